"""decisions: what reviewers have decided, back from their tools."""

from __future__ import annotations

import json
from pathlib import Path

import click

from tracker.cli.common import clock, home_of, say


@click.group()
def decisions() -> None:
    """Decisions back from the reviewers' tools, joined to what was handed out."""


@decisions.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--list", "name", required=True, help="The list whose papers were screened.")
@click.option("--tool", default="auto", show_default=True, help="Whose file it is: rayyan, asreview, covidence ...")
@click.option("--stage", default="screening", show_default=True, help="screening, retrieval or full-text.")
@click.option(
    "--as", "value", type=click.Choice(["include", "exclude", "maybe"]),
    help="What all papers of the file are, where the file does not say it (Covidence, EPPI-Reviewer, plain lists).",
)  # fmt: skip
@click.option("--reviewer", default="", help="Whose decisions they are, where the file names nobody.")
@click.option("--keep-names", is_flag=True, help="Keep reviewers' names as they are (default: R1, R2 ...).")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.pass_context
def import_file(
    context: click.Context, file: Path, name: str, tool: str, stage: str, value: str | None, reviewer: str,
    keep_names: bool, as_json: bool,
) -> None:  # fmt: skip
    """Read the decisions in FILE into a list; say what matched how, and what did not.

    Ends with exit code 1 if rows were set aside, with a line for each; the rest is kept.
    """
    from tracker import pipeline
    from tracker.screening.decisions import importing

    given = pipeline.Context(home_of(context), clock, say)
    with pipeline.writing(given) as store:
        report = importing.import_file(
            given.home, store, file, name=name, tool=tool, stage=stage, value=value or "", reviewer=reviewer,
            keep_names=keep_names, now=given.now(),
        )  # fmt: skip
    click.echo(json.dumps(report.as_json(), indent=2, ensure_ascii=False) if as_json else report)
    for row in report.troubles:
        say(str(row))
    if report.troubles:
        raise click.exceptions.Exit(1)


@decisions.command()
@click.option("--list", "name", required=True, help="The list.")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON, work by work.")
@click.pass_context
def show(context: click.Context, name: str, as_json: bool) -> None:
    """What the decisions of a list come to: counts, reasons, agreement, conflicts."""
    from tracker.screening.decisions.verdicts import show as showing
    from tracker.store import Store

    home = home_of(context)
    with Store(home.database, create=False) as store:
        found = showing(home, store, name)
    click.echo(json.dumps(found.as_json(), indent=2, ensure_ascii=False) if as_json else found.as_text())


COMMANDS = (decisions,)
