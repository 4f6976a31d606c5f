"""Events: what happened to a paper, who said so, and when we first saw it. No later fetch takes one back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from tracker.model import Event


def add(db: sqlite3.Connection, run: int, source: str, source_id: str, events: Iterable[Event], now: str) -> None:
    """Add what is not known yet of a stored record; what is known keeps its first date of sight."""
    key = db.execute("select id from record where source = ? and source_id = ?", (source, source_id)).fetchone()[0]
    db.executemany(
        "insert into event (record_id, kind, notice, source, date, detail, run_id, seen) values (?,?,?,?,?,?,?,?) "
        "on conflict do nothing",
        [(key, item.kind, item.notice, item.source, item.date, item.detail, run, now) for item in events],
    )
