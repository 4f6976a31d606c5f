"""A run that brings more than five times the usual: what it brought waits for a person's word before it is news.

It is held back in the transaction that begins the matches, so that no crash can let it through.
"""

from __future__ import annotations

from collections.abc import Iterable
from sqlite3 import Connection

from tracker.report.alarms import is_burst
from tracker.store import inflow, runs


def hold(db: Connection, run: int, rows: Iterable[tuple[str, runs.SearchRow]]) -> list[str]:
    """Hold back what came in a burst; ``rows`` are the run's (slug, row) of one source. A line for each burst."""
    told = []
    for slug, row in rows:
        if not row.baseline and is_burst(row.new, inflow.earlier(db, row.search, row.source, run)):
            held = inflow.hold(db, slug, row.source, run)
            told.append(f"{slug} on {row.source}: {held:,} papers at once, held back from the news")
    return told
