"""The shelf: everything that was read from preprint servers without a search, whether any search wants it or not.

What a search wants is put among the records (``records``), with all versions of the same preprint. Here are the raw
answers, one row a version, and how far each search has looked. Private, and about as large as its raw answers.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.model import Record, fingerprint_of
from tracker.store.sql import insert

PAGE = 500
MARK = 32  # digits of a fingerprint that are kept


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """One version as it stands on the shelf; ``raw`` as the service sent it."""

    source_id: str
    revision: int
    raw: bytes


def keep(
    db: sqlite3.Connection, run: int, record: Record, preprint: str, raw: bytes, parser: int, now: str, day: str = ""
) -> str:  # fmt: skip
    """Store what came: 'fresh', 'changed' or 'same'. Content decides, not bytes; the old one is kept.

    ``day``: the ISO day by which the windows of the source find it; where it is not given, it stays as it was.
    """
    mark = fingerprint_of(record.to_json())[:MARK]
    db.execute(
        "update unreadable set resolved = ? where source = ? and source_id = ? and resolved is null",
        (now, record.source, record.source_id),
    )
    row = db.execute(
        "select id, fingerprint, run_id, seen, raw, parser, day from shelf where source = ? and source_id = ?",
        (record.source, record.source_id),
    ).fetchone()
    day = day or (row["day"] if row else "") or record.created
    if row and row["fingerprint"] == mark:
        db.execute("update shelf set seen = ?, day = ? where id = ?", (now, day, row["id"]))
        return "same"
    packed, revision = zlib.compress(raw, 9), last_revision(db, record.source) + 1
    if row is None:
        insert(
            db, "shelf", source=record.source, source_id=record.source_id, preprint=preprint, posted=record.created,
            revision=revision, first_run=run, run_id=run, seen=now, fingerprint=mark, raw=packed, parser=parser,
            day=day,
        )  # fmt: skip
        return "fresh"
    insert(
        db, "shelf_past", shelf_id=row["id"], run_id=row["run_id"], seen=row["seen"], raw=row["raw"],
        parser=row["parser"],
    )  # fmt: skip
    db.execute(
        "update shelf set preprint = ?, posted = ?, revision = ?, run_id = ?, seen = ?, fingerprint = ?, raw = ?, "
        "parser = ?, day = ? where id = ?",
        (preprint, record.created, revision, run, now, mark, packed, parser, day, row["id"]),
    )
    return "changed"


def last_revision(db: sqlite3.Connection, source: str) -> int:
    """The highest revision given so far; 0 on an empty shelf."""
    return int(db.execute("select coalesce(max(revision), 0) from shelf where source = ?", (source,)).fetchone()[0])


def count(db: sqlite3.Connection, source: str) -> int:
    """How many versions of preprints are on the shelf."""
    return int(db.execute("select count(*) from shelf where source = ?", (source,)).fetchone()[0])


def after(db: sqlite3.Connection, source: str, revision: int) -> Iterator[StoredVersion]:
    """What was stored or changed after ``revision``, in that order, a page at a time."""
    while True:
        rows = db.execute(
            "select source_id, revision, raw from shelf where source = ? and revision > ? order by revision limit ?",
            (source, revision, PAGE),
        ).fetchall()
        for row in rows:
            yield StoredVersion(row[0], row[1], zlib.decompress(row[2]))
        if len(rows) < PAGE:
            return
        revision = rows[-1][1]


def siblings(db: sqlite3.Connection, source: str, ids: Collection[str]) -> list[str]:
    """All versions of the preprints of which ``ids`` are versions, themselves included, oldest posting first."""
    rows = db.execute(
        "select source_id from shelf where source = :source and preprint in (select preprint from shelf "
        "where source = :source and source_id in (select value from json_each(:ids))) order by posted, id",
        {"source": source, "ids": json.dumps(list(ids))},
    )
    return [row[0] for row in rows]


def known_elsewhere(db: sqlite3.Connection, source: str, prefix: str) -> list[str]:
    """Versions that are no records yet, of preprints that another source brought; found by DOI: ``prefix`` and id."""
    rows = db.execute(
        "select source_id from shelf where source = :source and not exists (select 1 from record "
        "where record.source = shelf.source and record.source_id = shelf.source_id) and exists (select 1 from record "
        "where doi in (:prefix || preprint, :prefix || shelf.source_id)) order by posted, id",
        {"source": source, "prefix": prefix},
    )
    return [row[0] for row in rows]


def differing(db: sqlite3.Connection, source: str, ids: Collection[str] | None = None) -> list[str]:
    """Versions of preprints that stand among the records (or of ``ids``), but not as they are here; oldest first."""
    given = "" if ids is None else "and shelf.source_id in (select value from json_each(:ids))"
    sql = f"""
    select shelf.source_id from shelf left join record using (source, source_id)
    where shelf.source = :source and substr(coalesce(record.fingerprint, ''), 1, {MARK}) <> shelf.fingerprint
        and (:ids is not null or preprint in (select preprint from record as kept
            join shelf as here using (source, source_id) where kept.source = :source)) {given}
    order by posted, shelf.id"""  # noqa: S608
    wanted = None if ids is None else json.dumps(list(ids))
    return [row[0] for row in db.execute(sql, {"source": source, "ids": wanted})]


def raw_of(db: sqlite3.Connection, source: str, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """(id, raw answer) of versions on the shelf, in the order given."""
    for item in ids:
        row = db.execute("select raw from shelf where source = ? and source_id = ?", (source, item)).fetchone()
        if row is not None:
            yield item, zlib.decompress(row[0])


def read_as(db: sqlite3.Connection, record: Record, parser: int) -> None:
    """Note as what a version is read by today's parser, so that it does not differ from the record made of it."""
    db.execute(
        "update shelf set fingerprint = ?, parser = ? where source = ? and source_id = ? and fingerprint <> ?",
        (mark := record.fingerprint[:MARK], parser, record.source, record.source_id, mark),
    )


def posted_on(db: sqlite3.Connection, source: str, day: str) -> int:
    """How many versions were posted on a day."""
    return int(db.execute("select count(*) from shelf where source = ? and posted = ?", (source, day)).fetchone()[0])


DAY = "case when day = '' and ? then posted else day end"  # what was stored before days were: by posting, if ever


def found_in(db: sqlite3.Connection, source: str, first: date, last: date, *, by_posting: bool) -> set[str]:
    """The stored versions that the windows of a source find from ``first`` to ``last``.

    ``by_posting``: whether they go by the day of posting, which never changes.
    """
    sql = f"select source_id from shelf where {DAY} between ? and ? and source = ?"  # noqa: S608
    return {row[0] for row in db.execute(sql, (by_posting, first.isoformat(), last.isoformat(), source))}


def a_day(db: sqlite3.Connection, source: str, until: date) -> float:
    """How many versions a day the windows of a source usually find: the mean of the sixty days before ``until``."""
    first = until - timedelta(days=60)
    sql = "select count(*) from shelf where source = ? and day >= ? and day < ?"
    return int(db.execute(sql, (source, first.isoformat(), until.isoformat())).fetchone()[0]) / 60


def rotation(db: sqlite3.Connection, source: str, day: str, limit: int) -> list[tuple[str, list[str]]]:
    """(preprint, its versions among the records) not asked for since ``day`` began, oldest answer first.

    As many as hold at least ``limit`` versions together.
    """
    rows = db.execute(
        "select preprint, json_group_array(record.source_id), max(refreshed) as asked from record "
        "join shelf using (source, source_id) where record.source = ? group by preprint having asked < ? "
        "order by asked, preprint limit ?",
        (source, day, limit),
    )
    found: list[tuple[str, list[str]]] = []
    for preprint, ids, _ in rows:
        if sum(len(known) for _, known in found) >= limit:
            break
        found.append((preprint, json.loads(ids)))
    return found


def judged(db: sqlite3.Connection, search: int, source: str) -> tuple[str, int]:
    """(mark, revision) up to which a search has decided; ('', 0) for one that never has."""
    row = db.execute(
        "select mark, revision from judged where search_id = ? and source = ?", (search, source)
    ).fetchone()
    return (row[0], row[1]) if row else ("", 0)


def set_judged(db: sqlite3.Connection, search: int, source: str, mark: str, revision: int) -> None:
    """Note that a search has decided on everything up to ``revision``."""
    db.execute(
        "insert into judged (search_id, source, mark, revision) values (?, ?, ?, ?) "
        "on conflict (search_id, source) do update set mark = excluded.mark, revision = excluded.revision",
        (search, source, mark, revision),
    )


def standing(db: sqlite3.Connection, search: int, source: str) -> set[str]:
    """The versions that match a search and were not missed by its last complete run."""
    sql = "select source_id from match where search_id = ? and source = ? and to_run is null and missing_run is null"
    return {row[0] for row in db.execute(sql, (search, source))}


def days_of(db: sqlite3.Connection, source: str, ids: Collection[str]) -> dict[str, str]:
    """The day of posting of each version."""
    rows = db.execute(
        "select source_id, posted from shelf where source = ? and source_id in (select value from json_each(?))",
        (source, json.dumps(list(ids))),
    )
    return dict(tuple(row) for row in rows)
