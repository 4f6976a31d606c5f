"""init, import, reparse, doctor, backup, restore, verify, schedule: from the first day of a home on."""

from __future__ import annotations

import getpass
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.cli.common import clock, finish, home_of, say

if TYPE_CHECKING:
    from tracker.home import Home
    from tracker.store.verify import CheckResult


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--prefix",
    prompt="Prefix of work ids, for ever (capital letters)",
    default="LSI",
    show_default=True,
    help="Capital letters; every work's id begins with them, for ever.",
)
@click.option(
    "--authority",
    prompt="Your domain, for feed ids, for ever (example.org)",
    default="localhost",
    show_default=True,
    help="Your domain; stands in the ids of feeds for ever.",
)
@click.option(
    "--public-abstracts",
    prompt="Abstracts shown in public",
    type=click.Choice(["licensed", "all", "none"]),
    default="licensed",
    show_default=True,
)
@click.option("--decided-by", default="", help="With --public-abstracts all: who decided it (a name).")
def init(folder: Path, prefix: str, authority: str, public_abstracts: str, decided_by: str) -> None:
    """Make a new home in FOLDER: example searches, metadata.json, and what must be asked once.

    What is not given as an option is asked for.
    """
    from tracker.home import Home, make_home
    from tracker.safety import folders
    from tracker.store import Store, check_sqlite, identity

    check_sqlite()
    folders.check(Home(folder).database.parent)
    identity.check(prefix, authority)
    settings: dict[str, object] = {"public_abstracts": public_abstracts}
    if public_abstracts == "all":
        decided_by = decided_by or click.prompt("Name of the person who decided to show all abstracts")
        settings |= {"public_abstracts_by": decided_by, "public_abstracts_on": clock().date().isoformat()}
    home = make_home(folder, settings)
    with Store(home.database) as store, store.write() as db:
        identity.decide(db, prefix, authority)
    say(f"A new home in {folder}. Next: set TRACKER_EMAIL, then 'tracker --home {folder} update'.")
    say(f"The site's title, contact and privacy notice: {home.metadata_file} (docs/operations.md, 'Going public').")


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--search", "slug", required=True, metavar="SEARCH", help="The saved search that the papers answer.")
@click.option("--source", required=True, metavar="NAME", help="The database they come from, such as psycinfo.")
@click.pass_context
def import_(context: click.Context, files: tuple[Path, ...], slug: str, source: str) -> None:
    """Take in references from files: RIS, nbib, BibTeX, EndNote, CSL-JSON, CSV or a workbook."""
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


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--keep", type=click.IntRange(1), default=7, show_default=True, help="How many stay in db/backups/.")
@click.pass_context
def backup(context: click.Context, file: Path | None, keep: int) -> None:
    """Copy the database, queries/ and metadata.json into one checked file; may run during an update.

    FILE ends in .db or .db.gz (compressed, to be sent away); without it the copy goes to db/backups/.
    """
    from tracker.home import Context
    from tracker.safety import backup as backing

    click.echo(backing.backup(Context(home_of(context), clock, say), file, keep=keep).line)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--current", is_flag=True, help="Nothing was done since the backup: no id need be passed over.")
@click.pass_context
def restore(context: click.Context, file: Path, current: bool) -> None:
    """Put the database of a backup in the place of the one that is there, which is kept beside it.

    With --home a folder that is no home yet, the backup makes it one.
    """
    from tracker.home import Context, Home
    from tracker.safety import backup as backing

    told = backing.restore(Context(Home(Path(context.obj)), clock, say), file, current=current)
    click.echo("\n".join(told.lines))


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.option("--second-reading", "again", is_flag=True, help="Also have Biopython read PubMed's stored answers.")
@click.option("--records", type=click.IntRange(0), default=200, help="How many of them (default 200; 0: all).")
@click.pass_context
def verify(context: click.Context, as_json: bool, again: bool, records: int) -> None:
    """Check both databases: a line for each promise. Changes nothing; exit code 2 if one is broken.

    The second reading compares field by field what we read in PubMed's answers with what Biopython reads in them, so
    that a change of their format is told. A difference is a line that begins with DIFFERS, and exit code 1.
    """
    from tracker.safety import verify as verifying

    found = []
    for finding in verifying.verify(home_of(context)):
        found.append(finding)
        if not as_json:
            click.echo(verifying.line(finding))
    second = _second_reading(home_of(context), records) if again else None
    if second and not as_json:
        click.echo(verifying.line(second).replace("BROKEN", "DIFFERS", 1))
    if as_json:
        said = verifying.as_json(found)
        more = {"second_reading": verifying.as_json([second])} if second else {}
        click.echo(json.dumps(said | more, indent=2, ensure_ascii=False))
    if any(item.wrong for item in found):
        say("tracker: the database is not what it must be: 'tracker restore FILE' brings back a backup")
        raise click.exceptions.Exit(2)
    if second and second.wrong:
        say("tracker: Biopython reads PubMed's answers in another way: see docs/first-day.md")
        raise click.exceptions.Exit(1)


def _second_reading(home: Home, records: int) -> CheckResult:
    """What Biopython sees otherwise in at most ``records`` stored answers of PubMed (0: in all)."""
    from tracker.doctor import second_reading
    from tracker.model import RawRecord
    from tracker.sources import PUBMED
    from tracker.store import Store, reread
    from tracker.store.verify import CheckResult

    compared, wrong = 0, list[str]()
    with Store(home.database, create=False) as store:
        kept = reread.sample(store.db, PUBMED.name, records)
        raws = (RawRecord(item.source_id, item.raw) for item in kept if item.raw.startswith(b"<Pubmed"))
        for count, lines in second_reading.compare(raws):
            compared, wrong = compared + count, wrong + lines
    return CheckResult("second reading: Biopython reads PubMed's answers as we do", compared, tuple(wrong))


@click.command()
@click.argument("kind", type=click.Choice(["cron", "systemd", "github"]))
@click.option("--at", metavar="HH:MM", default="", help="When (default: at night). UTC; cron: local time.")
@click.option("--user", default="", help="systemd: whom it runs as (default: you).")
@click.option("--write", type=click.Path(path_type=Path, file_okay=False), help="Write the files into this folder.")
@click.pass_context
def schedule(context: click.Context, kind: str, at: str, user: str, write: Path | None) -> None:
    """Print a ready file for cron, systemd or GitHub Actions: once a day 'tracker update' and a backup."""
    from tracker.safety import schedule as scheduling
    from tracker.searches import read_lists, read_searches

    home = home_of(context)
    root = home.root.resolve()
    lists, _ = read_lists(home.queries, [item.slug for item in read_searches(home.queries)[0]])
    folders = {(root / Path(item.to).expanduser()).resolve() for item in lists if item.to}
    outside = sorted(folder for folder in folders if not folder.is_relative_to(root))
    place = scheduling.InstalledPlace(root, [sys.executable, "-m", "tracker"], user or getpass.getuser(), outside)
    text = scheduling.ready_file(kind, place, *scheduling.at(at, root))
    if write is None:
        click.echo(text, nl=False)
        return
    write.mkdir(parents=True, exist_ok=True)
    for name, part in scheduling.parts(kind, text).items():
        (write / name).write_text(part, encoding="utf-8", newline="\n")
        say(f"written: {write / name}")


COMMANDS = (init, import_, reparse, doctor, backup, restore, verify, schedule)
