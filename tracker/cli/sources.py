"""import, reparse: papers from files, and all that is stored read again."""

from __future__ import annotations

import json
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
    from tracker import pipeline, rereading

    given = pipeline.Context(home_of(context), clock, say)
    with pipeline.writing(given) as store:
        report = rereading.reread(given, store, apply=apply_)
        if apply_ and report.differing:
            pipeline.dedupe(given, store)
    click.echo(json.dumps(report.as_json(), indent=2, ensure_ascii=False) if as_json else report.as_text())


COMMANDS = (import_, reparse)
