"""What other programs ask for: one work, the sitemap."""

from __future__ import annotations

import sqlite3

from tracker.formats.row import Row
from tracker.site.queries.papers import publications
from tracker.site.queries.rows import rows

IN_PART = "state <> 'hidden' and id > ? and id <= ?"


def work(db: sqlite3.Connection, key: str) -> tuple[sqlite3.Row, list[sqlite3.Row]] | None:
    """The row of a work and those of its publications (none: it was taken down); None for an unknown key."""
    found = db.execute("select * from works where key = ?", (key,)).fetchone()
    return (found, publications(db, [found["id"]]).get(found["id"], [])) if found else None


def row(db: sqlite3.Connection, number: int) -> Row:
    """One work as the exports write it."""
    return next(rows(db, [number]))


def parts(db: sqlite3.Connection, size: int) -> list[tuple[int, str]]:
    """(number, last change) of the parts into which ids fall, ``size`` ids each; parts without a work are not there."""
    sql = """
    select (id - 1) / ?, max(changed) from works where state <> 'hidden' group by 1 order by 1"""
    return [(row[0], row[1]) for row in db.execute(sql, (size,))]


def part(db: sqlite3.Connection, number: int, size: int) -> list[tuple[str, str]]:
    """(key, last change) of the works of one part, by id."""
    sql = f"select key, changed from works where {IN_PART} order by id"  # noqa: S608
    return [(row[0], row[1]) for row in db.execute(sql, (number * size, (number + 1) * size))]
