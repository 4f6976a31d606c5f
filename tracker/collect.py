"""Stage 1: ask each source what the saved searches match, and keep what is new or changed.

    walk      every search: the complete set of ids, promised against received
    read      the ids not stored yet, once for all searches of the run
    refresh   known records that are due: those the source has revised, and a thirtieth of all a day in rotation
    write     a search row each, with the matches that began or ended: one transaction a search

Killed anywhere, the next run ends with the same records and matches: nothing is derived from where this one stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from sqlite3 import Connection

from tracker import reading
from tracker.errors import Blocked, SourceError
from tracker.model import SavedSearch, Walk
from tracker.sources import Source
from tracker.store import Store, matches, records, runs

ROTATION = 30  # every known record is asked for again once in so many days
REVISED_LIMIT = 2000  # records a run: the yearly MeSH revision touches nearly everything
PERIODS = {"day": 0, "week": 6, "month": 27}  # days that must have passed since the last complete run began


@dataclass
class Asking:
    """One search on one source in this run."""

    search: SavedSearch
    text: str
    started: str = ""
    walk: Walk | None = None
    error: str = ""
    row: runs.SearchRow | None = None


@dataclass(frozen=True)
class Report:
    """What a collection did, for people and for the exit code."""

    rows: tuple[tuple[str, runs.SearchRow], ...]  # (slug, row)
    readings: tuple[runs.ReadingRow, ...]
    skipped: tuple[str, ...] = ()  # not due yet

    @property
    def troubles(self) -> list[str]:
        """One line for everything that is incomplete or failed."""
        lines = [
            f"{slug} on {row.source}: {row.outcome}: {row.note}"
            for slug, row in self.rows
            if row.outcome not in runs.DONE
        ]
        return lines + [
            f"{row.source}: {row.outcome}: {row.note}" for row in self.readings if row.outcome not in runs.DONE
        ]


@dataclass
class Collector:
    """What a collection needs: the store, the sources by name, the clock, and where to talk to a person."""

    store: Store
    sources: Mapping[str, Source]
    clock: Callable[[], datetime]
    say: Callable[[str], None]
    accept_gone: frozenset[str] = frozenset()
    http_counts: Callable[[str], tuple[int, int]] = field(default=lambda name: (0, 0))  # (requests, retries) so far

    def now(self) -> str:
        return self.clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def today(self) -> date:
        return self.clock().astimezone(UTC).date()


def collect(
    job: Collector,
    run: int,
    searches: Sequence[SavedSearch],
    compiled: Mapping[tuple[str, str], str],
    *,
    all_due: bool = False,
) -> Report:
    """Collect for ``searches``; ``compiled`` holds the text as sent for each (slug, source).

    ``all_due``: also those whose ``every`` says that it is not time yet.
    """
    rows: list[tuple[str, runs.SearchRow]] = []
    readings: list[runs.ReadingRow] = []
    skipped: list[str] = []
    for name, source in job.sources.items():
        askings = [
            Asking(item, compiled[item.slug, name])
            for item in searches
            if name in item.sources and (item.slug, name) in compiled
        ]
        due = [item for item in askings if all_due or is_due(job, item.search, name)]
        skipped += [f"{item.search.slug} on {name}" for item in askings if item not in due]
        if due:
            readings.append(_collect_source(job, run, source, due))
            rows += [(item.search.slug, item.row) for item in due if item.row]
    return Report(tuple(rows), tuple(readings), tuple(skipped))


def is_due(job: Collector, search: SavedSearch, source: str) -> bool:
    """Whether ``every`` says that the search should be run: by the start of its last complete run."""
    last = runs.last_complete(job.store.db, runs.search_id(job.store.db, search.slug), source)
    if last is None or runs.strategy_version(job.store.db, last.strategy) != search.version:
        return True
    return date.fromisoformat(last.started[:10]) + timedelta(days=PERIODS[search.every]) <= job.today()


def _collect_source(job: Collector, run: int, source: Source, askings: Sequence[Asking]) -> runs.ReadingRow:
    started, before = job.now(), job.http_counts(source.name)
    _walk_all(job, source, askings)
    listed = [item for asking in askings if asking.walk for item in asking.walk.ids]
    wanted = records.unknown(job.store.db, source.name, listed)
    if wanted:
        job.say(f"{source.title}: {len(wanted):,} records to fetch, about {-(-len(wanted) // source.batch):,} requests")
    fresh = reading.read(job.store, source, run, wanted, job.now)
    answered = any(asking.walk for asking in askings)
    going = answered and not fresh.unanswered
    revised, rotated, trouble = _refresh_lists(job, source, askings) if going else ([], [], [])
    again = reading.read(job.store, source, run, [*revised, *rotated], job.now)
    again.trouble += trouble
    with job.store.write() as db:
        matches.explain_waiting(db, source.name)
    for asking in askings:
        asking.row = _write(job, run, source, asking, fresh)
        job.say(_line(source, asking.search.slug, asking.row))
    after = job.http_counts(source.name)
    outcome, note = (
        reading.outcome([fresh, again], len(set(listed))) if answered else ("failed", "no search was answered")
    )
    row = runs.ReadingRow(
        source.name, started, job.now(), outcome, reading.tally([fresh, again]), len(rotated), len(revised),
        after[0] - before[0], after[1] - before[1], note,
    )  # fmt: skip
    with job.store.write() as db:
        runs.add_reading_row(db, run, row)
    return row


def _walk_all(job: Collector, source: Source, askings: Sequence[Asking]) -> None:
    """Walk every search; after two without an answer the service is taken to be down for this run."""
    failures = 0
    for asking in askings:
        asking.started = job.now()
        if failures >= reading.GIVE_UP_AFTER:
            asking.error = f"not asked: {source.title} did not answer the searches before"
            continue
        cuts = runs.last_cuts(job.store.db, runs.search_id(job.store.db, asking.search.slug), source.name)
        try:
            asking.walk = source.walk(asking.text, cuts)
            failures = 0
        except SourceError as error:
            asking.error = str(error)
            failures = reading.GIVE_UP_AFTER if isinstance(error, Blocked) else failures + 1


def _refresh_lists(job: Collector, source: Source, askings: Sequence[Asking]) -> tuple[list[str], list[str], list[str]]:
    """(revised, rotated, trouble): known records to ask for again, none that has been asked for today already."""
    db, today = job.store.db, job.today().isoformat()
    last = runs.last_reading(db, source.name)
    listed: list[str] = []
    trouble: list[str] = []
    for asking in askings if last else ():
        if asking.walk is not None and not trouble:
            since = date.fromisoformat(last[:10]) - timedelta(days=1)  # the service counts days in its own time zone
            try:
                listed += source.revised(asking.text, since, REVISED_LIMIT)
            except SourceError as error:
                trouble.append(f"which records were revised could not be asked: {error}")
    revised = records.not_asked_since(db, source.name, listed, today)[:REVISED_LIMIT]
    share = -(-records.count(db, source.name) // ROTATION) - runs.rotated_on(db, source.name, today)
    due = records.due(db, source.name, today, share + len(revised)) if share > 0 else []
    taken = set(revised)
    return revised, [item for item in due if item not in taken][: max(share, 0)], trouble


def _write(job: Collector, run: int, source: Source, asking: Asking, fresh: reading.Reading) -> runs.SearchRow:
    """Write the search row and its matches in one transaction."""
    with job.store.write() as db:
        search, strategy = runs.strategy(db, asking.search, run, asking.started)
        previous = runs.last_complete(db, search, source.name)
        baseline = "baseline" if previous is None else "strategy" if previous.strategy != strategy else ""
        blank = runs.SearchRow(
            search,
            strategy,
            source.name,
            asking.started,
            job.now(),
            "failed",
            baseline,
            runs.sent_text(db, asking.text),
        )
        if asking.walk is None:
            row = replace(blank, note=asking.error)
        else:
            asked = matches.Asked(
                search, strategy, source.name, run, asking.started, baseline, previous, asking.walk.translation,
                asking.walk.warnings,
            )  # fmt: skip
            row = _compare(job, db, blank, asked, asking.walk, asking.search.slug, fresh)
        runs.add_search_row(db, run, row)
    return row


def _compare(
    job: Collector, db: Connection, blank: runs.SearchRow, asked: matches.Asked, walk: Walk, slug: str,
    fresh: reading.Reading,
) -> runs.SearchRow:  # fmt: skip
    """The row of an answered walk; begins and ends the matches on the way."""
    outcome, notes = _outcome(walk, fresh)
    came = matches.arrive(db, asked, walk.ids)
    left = matches.Change(0, 0)
    if outcome in runs.COMPLETE:
        left = matches.depart(db, asked, walk.ids, slug in job.accept_gone)
    if left.held:
        notes.append(
            f"{left.held:,} papers no longer match at once: kept until a person says "
            f"'tracker collect --accept-gone {slug}'"
        )
    if outcome == "complete" and notes:
        outcome = "complete with notes"
    return replace(
        blank, outcome=outcome, walk=walk, known=came.known, new=came.new, missing=left.missing, gone=left.gone,
        held=left.held, note="; ".join(notes),
    )  # fmt: skip


def _outcome(walk: Walk, fresh: reading.Reading) -> tuple[str, list[str]]:
    """The outcome of a walk that was answered, with its notes."""
    listed = set(walk.ids)
    unanswered, withheld = listed.intersection(fresh.unanswered), listed.intersection(fresh.withheld)
    notes = list(walk.notes)
    if withheld:
        notes.append(f"{len(withheld):,} listed, but withheld when asked for")
    wrong = [walk.shortfall] if walk.shortfall else []
    if unanswered:
        wrong.append(f"{len(unanswered):,} records could not be fetched: {fresh.trouble[-1]}")
    if withheld and fresh.short:
        wrong.append("too many records withheld from one request")
    if wrong:
        return "incomplete", wrong + notes
    return "complete", notes


def _line(source: Source, slug: str, row: runs.SearchRow) -> str:
    line = f"{slug} on {source.title}: "
    if row.walk:
        line += (
            f"{row.walk.promised_last:,} promised, {len(row.walk.ids):,} received, {row.known:,} known, {row.new:,} new"
        )
    if row.gone:
        line += f", {row.gone:,} gone"
    line += f": {row.outcome}" if row.walk else row.outcome
    return f"{line} ({row.note})" if row.note else line
