"""Licences looked up elsewhere: what Europe PMC says of articles whose own record at PubMed does not name a licence."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence


def due(db: sqlite3.Connection, source: str, before: str, limit: int) -> list[str]:
    """Records to be asked about: those never asked about first, then those last asked about before a time."""
    rows = db.execute(
        "select source_id from record left join licence using (source, source_id) "
        "where source = ? and coalesce(asked, '') < ? order by coalesce(asked, ''), record.id limit ?",
        (source, before, limit),
    )
    return [row[0] for row in rows]


def keep(
    db: sqlite3.Connection, source: str, asked: Sequence[str], found: Mapping[str, tuple[str, str]], now: str
) -> int:
    """Note that these were asked about, and what was ``found``: id -> (code, address of the deed). How many changed.

    An answer that names no licence takes none away: it may be the service that has lost it.
    """
    rows = [(source, item, *found.get(item, ("", "")), now) for item in asked]
    before = db.total_changes
    db.executemany(
        "insert into licence (source, source_id, code, url, asked, changed) values (?, ?, '', '', '', '') "
        "on conflict do nothing",
        [(source, item) for item in asked],
    )
    added = db.total_changes - before
    db.executemany(
        "update licence set code = :code, url = :url, changed = :now where source = :source and source_id = :item "
        "and :code <> '' and (code, url) <> (:code, :url)",
        [dict(zip(("source", "item", "code", "url", "now"), row, strict=True)) for row in rows],
    )
    changed = db.total_changes - before - added
    db.executemany(
        "update licence set asked = ? where source = ? and source_id = ?", [(now, source, item) for item in asked]
    )
    return changed


def count(db: sqlite3.Connection) -> tuple[int, int]:
    """(records asked about, of these with a licence)."""
    row = db.execute("select count(*), count(nullif(code, '')) from licence").fetchone()
    return row[0], row[1]
