"""check: everything a person has written, and what an edit of it would do."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

import click

from tracker.cli.common import clock, finish, home_of, say
from tracker.errors import Blocked, SourceError, UsageError
from tracker.strategy.dialects import DIALECTS

if TYPE_CHECKING:
    from tracker.check.report import CheckReport
    from tracker.home import Home
    from tracker.searches import SearchFile
    from tracker.sources import Source


@click.command()
@click.argument("searches", nargs=-1)
@click.option("--preview", is_flag=True, help="Say what an edited strategy would add and lose; asks the services.")
@click.option("--counts", is_flag=True, help="Ask PubMed for the hits of each line or block.")
@click.option("--offline", is_flag=True, help="With --preview: ask no service, estimate from the stored records.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("-q", "--quiet", is_flag=True, help="One line for each search, and its errors.")
@click.option(
    "--translate", "origin", metavar="FILE", help="Write a strategy of another service for PubMed, as a new file."
)
@click.option("--from", "dialect", type=click.Choice(DIALECTS), help="With --translate: whose language FILE is in.")
@click.option("--to", "target", metavar="NEW", help="With --translate: the new file; else FILE's name and -pubmed.txt.")
@click.pass_context
def check(context: click.Context, /, searches: tuple[str, ...], **options: Any) -> None:
    """Read all searches, lists and metadata.json; say how each source will be asked.

    Without --preview and --counts no service is asked; with them nothing is stored either. --preview without SEARCH
    looks at the strategies that have changed since they were run. --translate needs no home and asks no service: each
    line of FILE is marked same, wider or by hand.
    """
    if options["origin"] is not None:
        if searches or any(options[name] for name in ("preview", "counts", "offline", "quiet")):
            raise UsageError("--translate goes with --from, --to and --json alone")
        _translate(Path(options["origin"]), options["dialect"] or "", options["target"], options["as_json"])
    elif options["dialect"] or options["target"]:
        raise UsageError("--from and --to go with --translate alone")
    else:
        _check(
            context, searches, **{name: options[name] for name in ("preview", "counts", "offline", "quiet", "as_json")}
        )


def _translate(origin: Path, dialect: str, target: str | None, as_json: bool) -> None:
    """Writes the new file and says line by line what became of each."""
    from tracker.searches.headers import decode
    from tracker.strategy.translate import translate

    new = Path(target) if target else origin.with_name(f"{_slug(origin.stem)}-pubmed.txt")
    try:
        made = translate("\n".join(decode(origin)), dialect)
    except ValueError as error:
        raise UsageError(f"{origin}: {error}") from error
    try:
        with new.open("x", encoding="utf-8", newline="\n") as file:
            file.write(made.search_file(new.stem, origin.name))
    except FileExistsError as error:
        raise UsageError(f"{new} is there already and stays as it is: name another with --to") from error
    except OSError as error:
        raise UsageError(f"{new} cannot be written: {error.strerror or error}") from error
    if as_json:
        lines = [line._asdict() for line in made.lines]
        left_out = [{"line": at, "written": text} for at, text in made.left_out]
        said = {"file": str(new), "dialect": made.dialect, "lines": lines, "left_out": left_out}
        click.echo(json.dumps(said, indent=2, ensure_ascii=False))
        return
    click.echo(f"{new}: translated from {DIALECTS[made.dialect]}")
    for at, text in made.left_out:
        click.echo(f"  line {at}: belongs to no search, left out: {text}")
    for line in made.lines:
        click.echo(f"  #{line.number} {line.mark}: {line.text or '(left out)'}")
        for reason in line.reasons:
            click.echo(f"      {reason}")
    click.echo(f"{len(made.by_hand)} of {len(made.lines)} lines by hand: look at them before the search is run")


def _slug(name: str) -> str:
    """The name of a file as that of a search."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "search"


def _check(
    context: click.Context,
    searches: tuple[str, ...],
    *,
    preview: bool,
    counts: bool,
    offline: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    from tracker.check import report as checking

    if offline and (counts or not preview):
        raise UsageError("--offline goes with --preview alone: counts can only be asked for")
    home = home_of(context)
    report = checking.check(home, searches)
    asked = _Answers(None if as_json else click.echo)
    if report.ok and preview:
        _preview(home, report, searches, offline, asked)
    if report.ok and counts:
        _count(home, report, asked)
    if as_json:
        click.echo(json.dumps({**report.as_json(), **asked.told}, indent=2, ensure_ascii=False))
    elif not asked.told:
        click.echo(report.as_text(quiet=quiet))
    for mistake in report.mistakes:
        say(str(mistake))
    if report.mistakes:
        raise click.exceptions.Exit(2)
    finish(asked.troubles)


class _Answer(Protocol):
    def as_json(self) -> dict[str, Any]: ...
    def as_text(self) -> str: ...


@dataclass
class _Answers:
    """What services were asked for: shown at once, or kept for the JSON report."""

    show: Callable[[str], None] | None
    told: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)

    def add(self, kind: str, item: _Answer) -> None:
        self.told.setdefault(kind, []).append(item.as_json())
        if self.show:
            self.show(f"{item.as_text()}\n")


def _chosen(home: Home, report: CheckReport) -> list[SearchFile]:
    from tracker.searches import read_search_files

    wanted = {search.slug for search in report.searches}
    return [file for file in read_search_files(home.queries)[0] if file.search.slug in wanted]


def _preview(home: Home, report: CheckReport, named: Sequence[str], offline: bool, asked: _Answers) -> None:
    from tracker.check import preview as previewing
    from tracker.pipeline import open_sources
    from tracker.sources import names
    from tracker.store import Store

    asked.told["preview"] = []
    reports = {search.slug: search for search in report.searches}
    with Store(home.database, create=False) as store:
        chosen = [file.search for file in _chosen(home, report)]
        chosen = [search for search in chosen if named or previewing.changed(store.db, search)]
        if not chosen:
            say("no strategy has changed since it was run last")
            return
        wanted = dict.fromkeys(name for search in chosen for name in previewing.askable(search, names()))
        opened = {} if offline else open_sources(os.environ, list(wanted))[1]
        sources = cast("dict[str, Source]", opened)  # what is read by days is not askable
        for search in chosen:
            effect = previewing.preview(store.db, search, reports[search.slug], sources)
            asked.add("preview", effect)
            asked.troubles += effect.troubles


def _count(home: Home, report: CheckReport, asked: _Answers) -> None:
    from tracker.check import counts as counting
    from tracker.pipeline import open_sources
    from tracker.sources import PUBMED
    from tracker.sources.pubmed.answers import SearchPage
    from tracker.sources.pubmed.client import PubMed

    asked.told["counts"] = []
    files = _chosen(home, report)
    for file in files:
        if PUBMED.name not in file.search.sources:
            say(f"{file.search.slug}: it does not list pubmed, so there is nothing to count")
    plans = [counting.plan(file) for file in files if PUBMED.name in file.search.sources]
    pubmed = cast(PubMed, open_sources(os.environ, [PUBMED.name])[1][PUBMED.name])
    say(f"{pubmed.title}: {pubmed.ahead(len(counting.requests(plans)), clock())}")
    known: dict[str, SearchPage] = {}
    for planned in plans:
        try:
            asked.add("counts", counting.count(planned, pubmed.counted, known))
        except SourceError as error:
            asked.troubles.append(f"{planned.slug}: not counted: {error}")
            if isinstance(error, Blocked):
                return


COMMANDS = (check,)
