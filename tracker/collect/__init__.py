"""Stage 1: ask each source what the saved searches match, and keep what is new or changed.

    searched    services that are asked what a search matches: walk, read, refresh
    by_day      services without a usable search: read whole by days, and searched here
    deciding    which of the records that came are hits, decided by the local matcher
    outcomes    when a run is complete, complete with notes, incomplete or failed: one rule for both kinds of service
    licences    of articles, looked up at Europe PMC

Here is what both kinds share: the collector, the report, whether a search is due, and how a burst is held back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from sqlite3 import Connection

from tracker.model import RawRecord, Record, SavedSearch
from tracker.report.alarms import is_burst
from tracker.sources import AnySource, Source, UnreadableRecord
from tracker.store import Store, inflow, runs

PERIODS = {"day": 0, "week": 6, "month": 27}  # days that must have passed since the last complete run began


@dataclass(frozen=True)
class CollectReport:
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


def is_due(job: Collector, search: SavedSearch, source: str) -> bool:
    """Whether ``every`` says that the search should be run: by the start of its last complete run."""
    last = runs.last_complete(job.store.db, runs.search_id(job.store.db, search.slug), source)
    if last is None or runs.strategy_version(job.store.db, last.strategy) != search.version:
        return True
    began = date.fromisoformat(last.started[:10])
    clock_was_ahead = began > job.today()
    return clock_was_ahead or began + timedelta(days=PERIODS[search.every]) <= job.today()


def hold_bursts(db: Connection, run: int, rows: Iterable[tuple[str, runs.SearchRow]]) -> list[str]:
    """Hold back what came in a burst; ``rows`` are the run's (slug, row) of one source. A line for each.

    A burst is a run that brings more than five times the usual. It is held back in the transaction that begins the
    matches, so that no crash can let it through.
    """
    told = []
    for slug, row in rows:
        new = 0 if row.baseline else inflow.news(db, row.search, row.source, run)  # not what is read back on request
        if not new:
            continue
        earlier = inflow.earlier(db, row.search, row.source, run)
        last = runs.last_complete(db, row.search, row.source, before=run)
        expected = inflow.expected(db, row.search, row.source, last.started, row.started) if last else 0.0
        if is_burst(new, earlier, expected):
            held = inflow.hold(db, slug, row.source, run)
            told.append(f"{slug} on {row.source}: {held:,} papers at once, held back from the news")
    return told


def read_record(source: AnySource, raw: RawRecord) -> Record | str:
    """The record as ``source`` reads it, or the reason why it cannot be read."""
    try:
        return source.parse(raw.body)
    except UnreadableRecord as error:
        return str(error)
