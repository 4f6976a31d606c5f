"""import, reparse, doctor: papers from files, all that is stored read again, and how the services are."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from tracker.cli.common import clock, finish, home_of, say


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--search", "slug", required=True, metavar="SEARCH", help="The saved search that the papers answer.")
@click.option("--source", required=True, metavar="NAME", help="The database they come from, such as psycinfo.")
@click.pass_context
def import_(context: click.Context, files: tuple[Path, ...], slug: str, source: str) -> None:
    """Take in references from databases without an open API: RIS, nbib, CSV or BibTeX."""
    from tracker import imports, pipeline

    given = pipeline.Context(home_of(context), clock, say)
    (search,) = pipeline.searches_of(given.home, [slug])
    with pipeline.writing(given, create=True) as store:
        report = imports.import_files(given, store, files, search, source)
        pipeline.dedupe(given, store)
    for line in report.lines:
        click.echo(line)
    finish(report.troubles)


@click.command()
@click.option("--apply", "apply_", is_flag=True, help="Store what today's parsers read.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.pass_context
def reparse(context: click.Context, apply_: bool, as_json: bool) -> None:
    """Read all raw records again with today's parsers, without the network; tell what would change."""
    from tracker import pipeline
    from tracker.imports import reparse as rereading

    given = pipeline.Context(home_of(context), clock, say)
    with pipeline.writing(given) as store:
        report = rereading.reread(given, store, apply=apply_)
        if apply_ and report.differing:
            pipeline.dedupe(given, store)
    click.echo(json.dumps(report.as_json(), indent=2, ensure_ascii=False) if as_json else report.as_text())


@click.command()
@click.argument("sources", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.pass_context
def doctor(context: click.Context, sources: tuple[str, ...], as_json: bool) -> None:
    """Compare the services with what the code assumes of them: a few live requests each, nothing is stored.

    SOURCES: those to probe (default: all that the searches list, and the checkers).
    """
    from tracker import pipeline
    from tracker.checkers import open_checkers
    from tracker.doctor import Examination, examine
    from tracker.pipeline import open_sources

    searches = pipeline.searches_of(home_of(context))
    http, opened = open_sources(os.environ, sources or pipeline.sources_of(searches))
    checkers = [] if sources else open_checkers(os.environ, http, opened)
    found = []
    for finding in examine(http, opened, checkers, searches, clock().date()):
        say(f"{finding.service}: {finding.assumed}: {finding.verdict}")
        found.append(finding)
    examination = Examination(tuple(found))
    text = json.dumps(examination.as_json(), indent=2, ensure_ascii=False) if as_json else examination.as_text()
    click.echo(text)
    finish(examination.troubles)


COMMANDS = (import_, reparse, doctor)
