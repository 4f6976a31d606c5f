"""Which days of a source without a search have been read, and which have to be read now.

A day is settled when it was read a week or more after it: until then its records may still be coming in. So the last
days are read again always, and so are those that were read too early before a pause.
"""

from __future__ import annotations

import json
import sqlite3
from datetime import date, timedelta

SETTLED = 7  # days


def plan(db: sqlite3.Connection, source: str, first: date, today: date) -> None:
    """All days from ``first`` to ``today`` are to be read; those planned before stay as they are."""
    days = [first + timedelta(days=number) for number in range((today - first).days + 1)]
    db.executemany(
        "insert into window_day (source, day) values (?, ?) on conflict do nothing",
        [(source, day.isoformat()) for day in days],
    )


def first(db: sqlite3.Connection, source: str) -> date | None:
    """The first day that is to be read; None before the first run."""
    row = db.execute("select min(day) from window_day where source = ?", (source,)).fetchone()
    return date.fromisoformat(row[0]) if row[0] else None


def due(db: sqlite3.Connection, source: str, today: date) -> list[date]:
    """The days up to ``today`` that are not settled, newest first.

    What was read after today, by a clock that was ahead, is not settled either.
    """
    rows = db.execute(
        "select day from window_day where source = :source and day <= :today and "
        "(read is null or date(read) < date(day, :settled) or date(read) > :today) order by day desc",
        {"source": source, "today": today.isoformat(), "settled": f"+{SETTLED} days"},
    )
    return [date.fromisoformat(row[0]) for row in rows]


def done(db: sqlite3.Connection, source: str, first: date, last: date, run: int, now: str) -> None:
    """The days of a window have been read whole."""
    db.execute(
        "update window_day set read = ?, first_run = coalesce(first_run, ?) where source = ? and day between ? and ?",
        (now, run, source, first.isoformat(), last.isoformat()),
    )


def begun(db: sqlite3.Connection, source: str, first: date, last: date, run: int) -> None:
    """The days of a window have been read, but not surely whole: they are due again, and what comes then is news."""
    db.execute(
        "update window_day set first_run = coalesce(first_run, ?) where source = ? and day between ? and ?",
        (run, source, first.isoformat(), last.isoformat()),
    )


def unread(db: sqlite3.Connection, source: str, first: date, last: date) -> None:
    """The days of a window are due again; when they were read for the first time is kept."""
    db.execute(
        "update window_day set read = null where source = ? and day between ? and ?",
        (source, first.isoformat(), last.isoformat()),
    )


def rotating(db: sqlite3.Connection, source: str, today: date, after: int) -> list[date]:
    """Settled days that were read ``after`` days ago or longer, a share of all that brings each up in that time.

    Newest first, as windows are cut; those that were read longest ago are chosen.
    """
    planned = read_and_planned(db, source, today)[1]
    rows = db.execute(
        "select day from window_day where source = ? and date(read) <= ? and date(read) >= date(day, ?) "
        "order by date(read), day limit ?",
        (source, (today - timedelta(days=after)).isoformat(), f"+{SETTLED} days", -(-planned // after)),
    )
    return sorted((date.fromisoformat(row[0]) for row in rows), reverse=True)


def oldest_reading(db: sqlite3.Connection, source: str, first: date, last: date) -> date | None:
    """When the day of a window was read that was read longest ago; None where one has not been read."""
    row = db.execute(
        "select count(*), count(read), min(date(read)) from window_day where source = ? and day between ? and ?",
        (source, first.isoformat(), last.isoformat()),
    ).fetchone()
    return date.fromisoformat(row[2]) if row[0] and row[0] == row[1] else None


def counted(db: sqlite3.Connection, source: str) -> dict[str, str]:
    """When each past window was counted again: its first day -> the day of the count."""
    row = db.execute("select value from setting where name = ?", (f"windows of {source} counted",)).fetchone()
    return dict(json.loads(row[0])) if row else {}


def count_again(db: sqlite3.Connection, source: str, first: date, today: date) -> None:
    """Note that the window that begins on ``first`` has been counted today."""
    known = counted(db, source) | {first.isoformat(): today.isoformat()}
    db.execute(
        "insert into setting (name, value) values (?, ?) on conflict (name) do update set value = excluded.value",
        (f"windows of {source} counted", json.dumps(known)),
    )


def forget(db: sqlite3.Connection, source: str) -> None:
    """No day counts as read any more: see ``tracker.collect.by_day``."""
    db.execute("update window_day set read = null, first_run = null where source = ?", (source,))


def read_and_planned(db: sqlite3.Connection, source: str, today: date) -> tuple[int, int]:
    """How many days up to ``today`` have been read at least once, of how many."""
    row = db.execute(
        "select count(read), count(*) from window_day where source = ? and day <= ?", (source, today.isoformat())
    ).fetchone()
    return row[0], row[1]


def read_since(db: sqlite3.Connection, source: str, run: int) -> set[str]:
    """The days that were read for the first time by a run after ``run``."""
    rows = db.execute("select day from window_day where source = ? and first_run > ?", (source, run))
    return {row[0] for row in rows}


def is_over(db: sqlite3.Connection, source: str, day: date) -> bool:
    """Whether the day was read after it had ended."""
    row = db.execute(
        "select date(read) > day from window_day where source = ? and day = ?", (source, day.isoformat())
    ).fetchone()
    return bool(row and row[0])


def requests_since(db: sqlite3.Connection, source: str, time: str) -> int:
    """How many requests the readings of a source have made that ended at ``time`` or later."""
    row = db.execute(
        "select coalesce(sum(requests), 0) from reading_run where source = ? and finished >= ?", (source, time)
    ).fetchone()
    return int(row[0])
