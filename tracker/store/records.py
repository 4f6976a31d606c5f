"""Source records: every content they ever had, with the raw answer it was read from. Nothing is overwritten."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Collection, Iterable, Iterator

from tracker.model import Record, fingerprint_of, record_from_json


def unknown(db: sqlite3.Connection, source: str, ids: Iterable[str]) -> list[str]:
    """Those of ``ids`` that are not stored, each once."""
    stored = {row[0] for row in db.execute("select source_id from record where source = ?", (source,))}
    return [item for item in dict.fromkeys(ids) if item not in stored]


def keep(db: sqlite3.Connection, run: int, record: Record, raw: bytes, parser: int, now: str) -> str:
    """Store what a source says of a paper now: 'fresh', 'changed' or 'same'. Content decides, not bytes."""
    content = record.to_json()  # once: it is the dearest part
    mark = fingerprint_of(content)
    row = db.execute(
        "select id, fingerprint from record where source = ? and source_id = ?", (record.source, record.source_id)
    ).fetchone()
    _arrived(db, record, now)
    if row and row["fingerprint"] == mark:
        db.execute("update record set refreshed = ? where id = ?", (now, row["id"]))
        return "same"
    if row:
        key, outcome = row["id"], "changed"
    else:
        key, outcome = _begin(db, run, record, mark, now), "fresh"
    state = db.execute(
        "insert into record_state (record_id, run_id, seen, fingerprint, content, raw, parser) values (?,?,?,?,?,?,?)",
        (key, run, now, mark, content, zlib.compress(raw, 6), parser),
    ).lastrowid
    db.execute(
        "update record set refreshed = ?, state_id = ?, fingerprint = ?, created = ?, revised = ?, "
        "pmid = ?, pmcid = ?, doi = ? where id = ?",
        (now, state, mark, record.created, record.revised, record.pmid, record.pmcid, record.doi, key),
    )
    return outcome


def _begin(db: sqlite3.Connection, run: int, record: Record, mark: str, now: str) -> int:
    row = db.execute(
        "insert into record (source, source_id, first_run, first_seen, refreshed, fingerprint) values (?,?,?,?,?,?) "
        "returning id",
        (record.source, record.source_id, run, now, now, mark),
    ).fetchone()
    return int(row[0])


def _arrived(db: sqlite3.Connection, record: Record, now: str) -> None:
    key = (now, record.source, record.source_id)
    db.execute("update withheld set arrived = ? where source = ? and source_id = ? and arrived is null", key)
    db.execute("update unreadable set resolved = ? where source = ? and source_id = ? and resolved is null", key)


def set_aside(db: sqlite3.Connection, run: int, source: str, source_id: str, raw: bytes, reason: str, now: str) -> None:
    """Keep a record that could not be read, with its bytes and the reason; what is known of it stays as it is."""
    db.execute(
        "insert into unreadable (run_id, source, source_id, seen, reason, raw) values (?,?,?,?,?,?) "
        "on conflict (source, source_id, reason) do update set raw = excluded.raw, resolved = null",
        (run, source, source_id, now, reason, zlib.compress(raw, 6)),
    )
    _answered(db, source, [source_id], now)


def withhold(db: sqlite3.Connection, source: str, ids: Collection[str], now: str) -> None:
    """Note that no record came for these ids, listed or known before; listed ones are asked for again each run."""
    db.executemany(
        "insert into withheld (source, source_id, since, asked) values (?,?,?,?) "
        "on conflict (source, source_id) do update set asked = excluded.asked, times = times + 1, arrived = null",
        [(source, item, now, now) for item in ids],
    )
    _answered(db, source, ids, now)


def _answered(db: sqlite3.Connection, source: str, ids: Iterable[str], now: str) -> None:
    """Known records whose turn it was, although nothing readable came: they must not block the rotation."""
    db.executemany(
        "update record set refreshed = ? where source = ? and source_id = ?", [(now, source, item) for item in ids]
    )


def withheld(db: sqlite3.Connection, source: str) -> set[str]:
    """Ids that the source lists but has not answered for yet."""
    rows = db.execute("select source_id from withheld where source = ? and arrived is null", (source,))
    return {row[0] for row in rows}


def owing(db: sqlite3.Connection, source: str, listed: Iterable[str]) -> list[str]:
    """Stored records among ``listed`` of which nothing readable came when they were asked for last."""
    rows = db.execute(
        "select source_id from (select source, source_id from withheld where arrived is null union "
        "select source, source_id from unreadable where resolved is null) join record using (source, source_id) "
        "where source = ? and source_id in (select value from json_each(?)) order by record.id",
        (source, json.dumps(list(listed))),
    )
    return [row[0] for row in rows]


def due(db: sqlite3.Connection, source: str, day: str, limit: int) -> list[str]:
    """Known records not asked for since ``day`` began, the oldest answer first.

    An answer that is dated after the day came while the clock was ahead, and counts as none.
    """
    found: list[str] = []
    for bound in ("refreshed > :day || '~'", "refreshed < :day"):
        rows = db.execute(
            f"select source_id from record where source = :source and {bound} order by refreshed, id limit :most",  # noqa: S608
            {"source": source, "day": day, "most": limit - len(found)},
        )
        found += [row[0] for row in rows]
    return found


def ask_first(db: sqlite3.Connection, source: str, ids: Iterable[str]) -> None:
    """Have these records asked for before all others in rotation."""
    db.executemany(
        "update record set refreshed = '1970-01-01T00:00:00Z' where source = ? and source_id = ?",
        [(source, item) for item in ids],
    )


def not_asked_since(db: sqlite3.Connection, source: str, ids: Iterable[str], day: str) -> list[str]:
    """Those of ``ids`` that are stored and were last answered before ``day`` began."""
    wanted = list(dict.fromkeys(ids))
    rows = db.execute(
        "select source_id from record where source = ? and (refreshed < ? or refreshed > ?) "
        "and source_id in (select value from json_each(?))",
        (source, day, day + "~", json.dumps(wanted)),
    )
    older = {row[0] for row in rows}
    return [item for item in wanted if item in older]


def had_abstract(db: sqlite3.Connection, record: Record) -> bool:
    """Whether a stored record has ever come with an abstract."""
    row = db.execute(
        "select 1 from record_state join record on record.id = record_id where source = ? and source_id = ? "
        "and json_extract(content, '$.abstract') is not null limit 1",
        (record.source, record.source_id),
    ).fetchone()
    return row is not None


def count(db: sqlite3.Connection, source: str) -> int:
    return int(db.execute("select count(*) from record where source = ?", (source,)).fetchone()[0])


def load_many(db: sqlite3.Connection, keys: Iterable[int]) -> Iterator[tuple[int, Record]]:
    """(record id, content as it stands now) of the given records, by id."""
    rows = db.execute(
        "select record.id, content from record join record_state on record_state.id = record.state_id "
        "where record.id in (select value from json_each(?)) order by record.id",
        (json.dumps(list(keys)),),
    )
    for row in rows:
        yield row[0], record_from_json(row[1])


def find(db: sqlite3.Connection, name: str) -> int:
    """The id of a record named ``source:id``, such as ``pubmed:123``; 0 when it is not stored."""
    source, _, source_id = name.partition(":")
    row = db.execute("select id from record where source = ? and source_id = ?", (source, source_id)).fetchone()
    return row[0] if row else 0
