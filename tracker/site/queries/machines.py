"""What other programs ask for: one work as a reference, the sitemap."""

from __future__ import annotations

import sqlite3

FIRST = "select * from publications where work_id = ? order by place limit 1"
IN_PART = "state <> 'hidden' and id > ? and id <= ?"


def reference(db: sqlite3.Connection, key: str) -> tuple[sqlite3.Row, sqlite3.Row | None] | None:
    """The row of a work and that of its first publication (None: it was taken down); None for an unknown key."""
    work = db.execute("select * from works where key = ?", (key,)).fetchone()
    return (work, db.execute(FIRST, (work["id"],)).fetchone()) if work else None


def parts(db: sqlite3.Connection, size: int) -> list[tuple[int, str]]:
    """(number, last change) of the parts into which ids fall, ``size`` ids each; parts without a work are not there."""
    sql = """
    select (id - 1) / ?, max(changed) from works where state <> 'hidden' group by 1 order by 1"""
    return [(row[0], row[1]) for row in db.execute(sql, (size,))]


def part(db: sqlite3.Connection, number: int, size: int) -> list[tuple[str, str]]:
    """(key, last change) of the works of one part, by id."""
    sql = f"select key, changed from works where {IN_PART} order by id"  # noqa: S608
    return [(row[0], row[1]) for row in db.execute(sql, (number * size, (number + 1) * size))]
