"""What ``tracker reparse`` needs of the store: raw answers a page at a time, and contents put in the place of others.

A content is what a parser makes of a raw answer. So it is replaced where it stands, with no new state: nothing
happened to the paper.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from tracker.model import Record, fingerprint_of

PAGE = 500


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """A stored raw answer: of a record (``key`` is its id), of something set aside, or on the shelf."""

    key: int
    source_id: str
    raw: bytes
    content: str = ""


def sources(db: sqlite3.Connection) -> list[tuple[str, bool]]:
    """(name, whether it was imported from files) of every source of which something is stored."""
    rows = db.execute(
        "select distinct source, exists(select 1 from reading_run join run on run.id = run_id "
        "where reading_run.source = found.source and command = 'import') from (select source from record union "
        "select source from shelf union select source from unreadable where resolved is null) as found order by source"
    )
    return [(row[0], bool(row[1])) for row in rows]


def record_pages(db: sqlite3.Connection, source: str) -> Iterator[list[StoredAnswer]]:
    """The records of a source as they stand now, by id."""
    sql = (
        "select record.id, source_id, raw, content from record join record_state on record_state.id = state_id "
        "where source = ? and record.id > ? order by record.id limit ?"
    )
    yield from _pages(db, sql, source)


def sample(db: sqlite3.Connection, source: str, most: int) -> Iterator[StoredAnswer]:
    """At most ``most`` records of a source as they stand now, spread evenly over all; 0: all of them."""
    total = int(db.execute("select count(*) from record where source = ?", (source,)).fetchone()[0])
    step = -(-total // most) if most else 1
    place = 0
    for page in record_pages(db, source):
        for kept in page:
            if place % step == 0:
                yield kept
            place += 1


def aside_pages(db: sqlite3.Connection, source: str) -> Iterator[list[StoredAnswer]]:
    """What was set aside and has not been read since."""
    sql = (
        "select id, source_id, raw, '' from unreadable where resolved is null and source = ? and id > ? "
        "order by id limit ?"
    )
    yield from _pages(db, sql, source)


def shelf_pages(db: sqlite3.Connection, source: str) -> Iterator[list[StoredAnswer]]:
    """What stands on the shelf, with the fingerprint it is known by as content."""
    sql = "select id, source_id, raw, fingerprint from shelf where source = ? and id > ? order by id limit ?"
    yield from _pages(db, sql, source)


def _pages(db: sqlite3.Connection, sql: str, source: str) -> Iterator[list[StoredAnswer]]:
    last = 0
    while rows := db.execute(sql, (source, last, PAGE)).fetchall():
        last = rows[-1][0]
        yield [StoredAnswer(row[0], row[1], zlib.decompress(row[2]), row[3]) for row in rows]


def replace(db: sqlite3.Connection, key: int, record: Record, content: str, parser: int) -> None:
    """Put what is read today in the place of what was read of the same raw answer; the record is judged again."""
    mark = fingerprint_of(content)
    db.execute(
        "update record_state set content = ?, fingerprint = ?, parser = ? "
        "where id = (select state_id from record where id = ?)",
        (content, mark, parser, key),
    )
    db.execute(
        "update record set fingerprint = ?, created = ?, revised = ?, pmid = ?, pmcid = ?, doi = ? where id = ?",
        (mark, record.created, record.revised, record.pmid, record.pmcid, record.doi, key),
    )
    db.execute("update placement set judged = null where record_id = ?", (key,))


def replace_on_shelf(
    db: sqlite3.Connection, key: int, record: Record, preprint: str, mark: str, revision: int, parser: int
) -> None:
    """The same for a version on the shelf; every search looks at it again."""
    db.execute(
        "update shelf set fingerprint = ?, preprint = ?, posted = ?, revision = ?, parser = ? where id = ?",
        (mark, preprint, record.created, revision, parser, key),
    )


def resolve(db: sqlite3.Connection, key: int, now: str) -> None:
    """What was set aside has been read."""
    db.execute("update unreadable set resolved = ? where id = ?", (now, key))
