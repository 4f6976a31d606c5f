"""Stage 1: ask each source what the saved searches match, and keep what is new or changed.

    walk      every search: the complete set of ids, promised against received
    read      the ids not stored yet, once for all searches of the run, oldest first
    refresh   known records that are due: those the source has revised, and a thirtieth of all a day in rotation
    decide    where a source was asked wider than the search is, which of the listed records are hits (deciding)
    write     a search row each, with the matches that began or ended, and the end of the reading: one transaction

Killed anywhere, the next run ends with the same records and matches: nothing is derived from where this one stopped.
Ids are read in their own order, not in that of the answers, so that records, and with them the ids of works, stand in
the same order whether a run was stopped on the way or not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from sqlite3 import Connection

from tracker.collect import bursts, deciding, reading, refresh
from tracker.errors import Blocked, SourceError
from tracker.model import SavedSearch, Walk
from tracker.sources import Source
from tracker.store import Store, matches, records, runs

PERIODS = {"day": 0, "week": 6, "month": 27}  # days that must have passed since the last complete run began


@dataclass
class Asking:
    """One search on one source in this run."""

    search: SavedSearch
    text: str
    rules: deciding.Rules | None = None  # which of the listed ids are hits; None: all of them
    decided: deciding.Listed | None = None
    started: str = ""
    walk: Walk | None = None
    error: str = ""
    blocked: bool = False  # the service has shut us out
    row: runs.SearchRow | None = None

    @property
    def hits(self) -> Sequence[str]:
        """The ids that match."""
        if self.decided is not None:
            return self.decided.hits
        return self.walk.ids if self.walk else ()


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
    confirm_removals: frozenset[str] = frozenset()
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
            Asking(item, compiled[item.slug, name], deciding.rules_for(item, name))
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
    began = date.fromisoformat(last.started[:10])
    clock_was_ahead = began > job.today()
    return clock_was_ahead or began + timedelta(days=PERIODS[search.every]) <= job.today()


def _collect_source(job: Collector, run: int, source: Source, askings: Sequence[Asking]) -> runs.ReadingRow:
    started, before = job.now(), job.http_counts(source.name)
    _walk_all(job, source, askings)
    listed = frozenset(item for asking in askings if asking.walk for item in asking.walk.ids)
    with job.store.write() as db:
        key = runs.begin_reading(db, run, source.name, started)
    reader = reading.Reader(job.store, source, run, key, listed, job.clock, job.say)
    answered = _answered(job.store.db, source, askings)
    begin = refresh.beginning(job.store.db, source.name, answered)
    fresh = _read_unknown(job, reader, askings)
    plan, again = refresh.Refresh(), reading.Reading()
    if answered and not fresh.unanswered and not fresh.blocked:
        plan = refresh.plan(job.store.db, source, answered, begin, job.today())
        again = reader.read(list(plan.because), plan.because)
        again.trouble += plan.trouble
        again.blocked = again.blocked or plan.blocked
    unread = frozenset(begin) - again.read
    _decide(job.store.db, source.name, askings)
    after = job.http_counts(source.name)
    outcome, note = _reading_outcome([fresh, again], listed, plan) if answered else ("failed", "no search was answered")
    row = runs.ReadingRow(source.name, job.now(), outcome, after[0] - before[0], after[1] - before[1], note)
    with job.store.write() as db:  # all at once: no crash can fall between two searches
        matches.explain_waiting(db, source.name, unread)
        for asking in askings:
            asking.row = _write(job, db, run, source, asking, fresh, unread)
        written = [(asking.search.slug, asking.row) for asking in askings if asking.row]
        held = bursts.hold(db, run, written)
        runs.end_reading(db, key, row)
    for line in [*(_line(source, *each) for each in written), *held]:
        job.say(line)
    return row


def _decide(db: Connection, source: str, askings: Sequence[Asking]) -> None:
    """On all that was read: which of the ids listed for a search are its hits."""
    for asking in askings:
        if asking.walk is not None and asking.rules is not None:
            search = runs.search_id(db, asking.search.slug)
            asking.decided = deciding.Listed(search, asking.walk.ids, asking.rules)
    deciding.decide(db, source, [asking.decided for asking in askings if asking.decided is not None])


def _read_unknown(job: Collector, reader: reading.Reader, askings: Sequence[Asking]) -> reading.Reading:
    """Read what is not stored yet; nothing is asked of a service that has shut us out meanwhile."""
    source = reader.source
    wanted = sorted(records.unknown(job.store.db, source.name, reader.listed), key=_in_order)
    blocked = [asking.error for asking in askings if asking.blocked]
    if blocked:
        return reading.Reading(unanswered=wanted, trouble=blocked[:1], blocked=True)
    if wanted:
        requests = -(-len(wanted) // source.batch)
        job.say(f"{source.title}: {len(wanted):,} records to fetch: {source.ahead(requests, job.clock())}")
    return reader.read(wanted)


def _in_order(source_id: str) -> tuple[int, str]:
    """Numbers in ascending order: with PubMed that is, nearly, the order in which records were created."""
    return len(source_id), source_id


def _reading_outcome(
    readings: Sequence[reading.Reading], listed: frozenset[str], plan: refresh.Refresh
) -> tuple[str, str]:
    outcome, note = reading.outcome(readings, listed)
    if plan.note:
        outcome = "complete with notes" if outcome == "complete" else outcome
        note = f"{note}; {plan.note}" if note else plan.note
    return "failed" if any(item.blocked for item in readings) else outcome, note


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
            asking.error, asking.blocked = str(error), isinstance(error, Blocked)
            failures = reading.GIVE_UP_AFTER if isinstance(error, Blocked) else failures + 1


def _answered(db: Connection, source: Source, askings: Sequence[Asking]) -> list[refresh.Answered]:
    found = []
    for asking in askings:
        if asking.walk is not None:
            search = runs.search_id(db, asking.search.slug)
            last = runs.last_complete(db, search, source.name)
            baseline = last is None or runs.strategy_version(db, last.strategy) != asking.search.version
            listed = asking.walk.ids if asking.rules is None else ()  # what was refused does not begin to match
            found.append(refresh.Answered(search, asking.text, asking.started, listed, baseline))
    return found


def _write(
    job: Collector, db: Connection, run: int, source: Source, asking: Asking, fresh: reading.Reading,
    unread: frozenset[str],
) -> runs.SearchRow:  # fmt: skip
    """Write the search row and its matches; ``unread``: known records that should have been read again and were not."""
    search, strategy = runs.strategy(db, asking.search, run, asking.started)
    previous = runs.last_complete(db, search, source.name)
    baseline = "baseline" if previous is None else "strategy" if previous.strategy != strategy else ""
    sent = runs.sent_text(db, asking.text)
    row = runs.SearchRow(
        search, strategy, source.name, asking.started, job.now(), "failed", baseline, sent, note=asking.error
    )
    if asking.walk is not None:
        asked = matches.Asked(
            search, strategy, source.name, run, asking.started, baseline, previous, asking.walk.translation,
            asking.walk.warnings, unread,
        )  # fmt: skip
        row = _compare(job, db, row, asked, asking, asking.walk, fresh)
        if asking.decided is not None:
            deciding.note(db, run, search, source.name, asking.decided)
    runs.add_search_row(db, run, row)
    return row


def _compare(
    job: Collector, db: Connection, blank: runs.SearchRow, asked: matches.Asked, asking: Asking, walk: Walk,
    fresh: reading.Reading,
) -> runs.SearchRow:  # fmt: skip
    """The row of an answered walk; begins and ends the matches on the way."""
    outcome, notes = reading.of_walk(walk, fresh)
    slug, hits = asking.search.slug, asking.hits
    vanished = 0 if hits or asked.baseline else matches.standing(db, asked.search, asked.source)
    if vanished:
        notes.append(f"nothing matches any more, where {vanished:,} papers did")
    if vanished > matches.HELD_COUNT and slug not in job.confirm_removals:
        outcome = "incomplete"
        notes.append(f"not believed until a person says 'tracker collect --confirm-removals {slug}'")
    came = matches.arrive(db, asked, hits)
    left = matches.Change(0, 0)
    if outcome in runs.COMPLETE:
        left = matches.depart(db, asked, hits, slug in job.confirm_removals)
    if left.held:
        notes.append(
            f"{left.held:,} papers no longer match at once: kept until a person says "
            f"'tracker collect --confirm-removals {slug}'"
        )
    if outcome == "complete" and notes:
        outcome = "complete with notes"
    return replace(
        blank, outcome=outcome, walk=walk, known=came.known, new=came.new, rejected=len(walk.ids) - len(hits),
        missing=left.missing, gone=left.gone, held=left.held, note="; ".join(notes),
    )  # fmt: skip


def _line(source: Source, slug: str, row: runs.SearchRow) -> str:
    line = f"{slug} on {source.title}: "
    if row.walk:
        line += (
            f"{row.walk.promised_last:,} promised, {len(row.walk.ids):,} received, {row.known:,} known, {row.new:,} new"
        )
    if row.rejected:
        line += f", {row.rejected:,} refused"
    if row.gone:
        line += f", {row.gone:,} gone"
    line += f": {row.outcome}" if row.walk else row.outcome
    return f"{line} ({row.note})" if row.note else line
