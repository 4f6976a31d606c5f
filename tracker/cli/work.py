"""show, join, split, hide, status, export: one work, one list, the state of things."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import click

from tracker.cli.common import clock, home_of, say
from tracker.errors import UsageError


@click.command()
@click.argument("key")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.pass_context
def show(context: click.Context, key: str, as_json: bool) -> None:
    """Why a work is here, and all its records and events. KEY: LSI-000123, a PMID or a DOI."""
    from tracker.report import show as showing
    from tracker.store import Store

    with Store(home_of(context).database, create=False) as store:
        told = showing.tell(store.db, key)
    click.echo(json.dumps(told.as_json(), indent=2, ensure_ascii=False) if as_json else told.as_text())


@click.command()
@click.argument("first")
@click.argument("second")
@click.option("--reason", required=True, help="Why they are one work.")
@click.option("--kind", type=click.Choice(["same", "version"]), default="same", show_default=True)
@click.pass_context
def join(context: click.Context, first: str, second: str, reason: str, kind: str) -> None:
    """Say that two works are one ('same' publication, or 'version': preprint and article)."""
    from tracker import pipeline
    from tracker.dedupe import people

    given = pipeline.Context(home_of(context), clock, say)
    with pipeline.writing(given) as store:
        click.echo(people.join(store, first, second, kind, reason, given.now()))


@click.command()
@click.argument("key")
@click.argument("record")
@click.option("--reason", required=True, help="Why the record does not belong there.")
@click.pass_context
def split(context: click.Context, key: str, record: str, reason: str) -> None:
    """Say that RECORD (source:id, such as pubmed:12345) is not the same work as the rest of KEY."""
    from tracker import pipeline
    from tracker.dedupe import people

    given = pipeline.Context(home_of(context), clock, say)
    with pipeline.writing(given) as store:
        click.echo(people.split(store, key, record, reason, given.now()))


@click.command()
@click.argument("key")
@click.option("--reason", help="Why it is taken down.")
@click.option("--undo", is_flag=True, help="Show it again.")
@click.pass_context
def hide(context: click.Context, key: str, reason: str | None, undo: bool) -> None:
    """Take a paper down: a tombstone keeps its id and its decisions. --undo brings it back."""
    from tracker import pipeline
    from tracker.store import cluster_members

    if undo == bool(reason):
        raise UsageError("say --reason WHY to take a paper down, or --undo to bring it back")
    given = pipeline.Context(home_of(context), clock, say)
    with pipeline.writing(given) as store, store.write() as db:
        if undo:
            shown, why = cluster_members.bring_back(db, key)
        else:
            shown = cluster_members.hide(db, key, str(reason), given.now())
    if undo:
        say(f"{shown} is shown again from the next 'tracker publish' on; it had been taken down because: {why}")
    else:
        say(f"{shown} is hidden from the next 'tracker publish' on; 'tracker hide {shown} --undo' brings it back.")


@click.command()
@click.option("--changes-since", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="A table of what has "
              "happened to known papers since then: published, corrected, retracted ...")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.pass_context
def status(context: click.Context, changes_since: datetime | None, as_json: bool) -> None:
    """The last run of each source and search, what is stored, what needs attention."""
    from tracker.report import status as telling
    from tracker.store import Store

    home = home_of(context)
    with Store(home.database, create=False) as store:
        if changes_since:
            found, since = telling.changes_since(store.db, changes_since.date()), changes_since.date()
            table = telling.changes_as_text(found, since)
            click.echo(json.dumps(found, indent=2, ensure_ascii=False) if as_json else table)
            return
        told = telling.tell(store.db, home, clock())
    click.echo(json.dumps(told.as_json(), indent=2, ensure_ascii=False) if as_json else told.as_text())
    if told.alarms:
        raise click.exceptions.Exit(3)


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--list", "name", help="The list's name: its file is queries/lists/NAME.txt.")
@click.option("--search", "searches", multiple=True, help="With the first export of a list: the searches it follows.")
@click.option("--new", "mode", flag_value="new", help="Only what was not handed out yet (the default after the first).")
@click.option("--all", "mode", flag_value="all", help="Everything once more, decisions in the column 'included'.")
@click.option("--changed", "mode", flag_value="changed", help="What has changed since it was handed out.")
@click.option("--profile", help="The tool it is for: spreadsheet, rayyan, asreview, covidence, eppi, zotero, generic.")
@click.option("--split-by-source", "by_source", is_flag=True, help="A file for each source: OUT-pubmed.ris ...")
@click.option("--sample", metavar="N", help="A pilot sample only: so many works, or a share of them (20%).")
@click.option("--seed", type=int, metavar="K", help="Which sample: the same seed draws the same works (default 1).")
@click.option("--repeat", metavar="CODE", help="Write the file of an earlier export (E0042) again, byte for byte.")
@click.option("--dry-run", is_flag=True, help="Print the receipt; hand out nothing.")
@click.pass_context
def export(
    context: click.Context, out: Path, name: str | None, searches: tuple[str, ...], mode: str | None,
    profile: str | None, by_source: bool, sample: str | None, seed: int | None, repeat: str | None, dry_run: bool,
) -> None:  # fmt: skip
    """Write a screening list to OUT and keep its receipt; the suffix of OUT decides the format."""
    from tracker import pipeline
    from tracker.screening import export as exporting

    given = pipeline.Context(home_of(context), clock, say)
    if repeat:
        if name or searches or mode or profile or by_source or sample or seed is not None or dry_run:
            raise UsageError("--repeat takes no other option: it writes what was written then")
        with pipeline.writing(given) as store:
            click.echo(exporting.repeat(store, repeat, out))
        return
    if not name:
        raise UsageError("--list NAME is needed: it remembers what was handed out")
    with pipeline.writing(given) as store:
        told = exporting.export(
            given.home, store, out, name=name, searches=searches, mode=mode, profile=profile, by_source=by_source,
            sample=sample, seed=seed, now=given.now(), dry_run=dry_run,
        )  # fmt: skip
    click.echo("\n".join(map(str, told)))


COMMANDS = (
    show,
    join,
    split,
    hide,
    status,
    export,
)
