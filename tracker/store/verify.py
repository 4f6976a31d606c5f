"""Does the private database hold what it must? Each check is SQL that finds what is wrong; nothing is changed.

SQLite keeps no sums over its pages: a flipped bit inside a text leaves a database that ``integrity_check`` calls
sound. So every text that has a hash is hashed again, and everything compressed is unpacked.
"""

from __future__ import annotations

import re
import sqlite3
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from tracker.store import backup, cluster_members, lists, migrations

SOUND = "the file is sound, and every reference finds its row"
OLDER = "the database is of this version"
DECISIVE = (SOUND, OLDER)  # where one of these fails, nothing else can be judged
MOST = 1000  # faults counted of one check


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check: over how many things, what is wrong with which of them, or a note where nothing is."""

    name: str
    looked_at: int
    wrong: tuple[str, ...] = ()
    note: str = ""


def checks(script: str) -> Iterator[tuple[str, str, str]]:
    """(promise, table, query) of each check in a file of checks; see verify.sql."""
    for part in script.split("\n-- [")[1:]:
        table, promise, query = re.split(r"\] |\n", part, maxsplit=2)
        yield promise, table, query


def faults(db: sqlite3.Connection, query: str) -> tuple[str, ...]:
    """What the query of a check finds, the first ``MOST`` of it."""
    return tuple(str(row[0]) for row in db.execute(query).fetchmany(MOST))


def findings(path: Path) -> Iterator[CheckResult]:
    """Every check of the private database at ``path``; after a decisive one that fails no other is made.

    Raises sqlite3.DatabaseError where the file cannot be read at all.
    """
    db = backup.reading(path)
    try:
        db.create_function("sha256_of", 1, _sha256, deterministic=True)
        db.create_function("unpacks", 1, _unpacks, deterministic=True)
        db.execute("begin")
        wrong = tuple(backup.damage(db))
        pages = db.execute("pragma page_count").fetchone()[0]
        yield CheckResult(SOUND, pages, wrong)
        if wrong:
            return
        if older := [name for name in migrations.STEPS if name not in migrations.applied(db)]:
            yield CheckResult(OLDER, 0, (f"{older[0]} is to come: 'tracker update' brings it up to date",))
            return
        yield _schema(db)
        for promise, table, query in checks(files("tracker.store").joinpath("verify.sql").read_text(encoding="utf-8")):
            yield CheckResult(promise, _count(db, table), faults(db, query))
        yield _joins(db)
        yield _exports(db)
        yield _unplaced(db)
    finally:
        db.close()


def _count(db: sqlite3.Connection, table: str) -> int:
    return int(db.execute(f"select count(*) from {table}").fetchone()[0])  # noqa: S608


def _sha256(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _unpacks(raw: bytes) -> int:
    try:
        zlib.decompress(raw)
    except zlib.error:
        return 0
    return 1


def objects(db: sqlite3.Connection) -> dict[str, str]:
    """Tables, indexes, views and triggers by name, as SQL; those of SQLite itself left out."""
    rows = db.execute("select name, coalesce(sql, '') from sqlite_schema where name not like 'sqlite_%'")
    return {row[0]: " ".join(row[1].split()) for row in rows}


def _schema(db: sqlite3.Connection) -> CheckResult:
    fresh = sqlite3.connect(":memory:", isolation_level=None)
    try:
        migrations.migrate(fresh, Path(":memory:"))
        wanted, found = objects(fresh), objects(db)
    finally:
        fresh.close()
    wrong = [f"{name} is missing" for name in wanted.keys() - found.keys()]
    wrong += [f"{name} is not the tracker's" for name in found.keys() - wanted.keys()]
    wrong += [f"{name} is not as it was made" for name in wanted.keys() & found.keys() if wanted[name] != found[name]]
    return CheckResult("tables and indexes are those of this version", len(wanted), tuple(sorted(wrong)))


def _joins(db: sqlite3.Connection) -> CheckResult:
    """Whatever stands together is held together by verdicts that have not been taken back."""
    together: dict[int, list[int]] = defaultdict(list)
    for work, record in db.execute(
        "select work_id, record_id from placement where work_id in "
        "(select work_id from placement group by work_id having count(*) > 1)"
    ):
        together[work].append(record)
    work_of = {record: work for work, records in together.items() for record in records}
    near: dict[int, set[int]] = defaultdict(set)
    for a, b in db.execute("select a, b from verdict where undone is null and kind in ('same', 'version')"):
        if a in work_of and work_of[a] == work_of.get(b):
            near[a].add(b)
            near[b].add(a)
    wrong = tuple(f"work {work}" for work, records in together.items() if len(_reach(records[0], near)) < len(records))
    return CheckResult("joins: what stands together is held by a verdict", len(together), wrong)


def _reach(start: int, near: dict[int, set[int]]) -> set[int]:
    seen, ahead = {start}, [start]
    while ahead:
        fresh = near[ahead.pop()] - seen
        seen |= fresh
        ahead += fresh
    return seen


def _exports(db: sqlite3.Connection) -> CheckResult:
    """The files that were handed out can be written again, byte for byte."""
    rows = db.execute("select id, code, sha256 from export order by id").fetchall()
    wrong = tuple(code for key, code, mark in rows if _body_hash(db, key) != mark)
    return CheckResult("exports: the stored files have the SHA-256 of their receipt", len(rows), wrong)


def _body_hash(db: sqlite3.Connection, export: int) -> str:
    seen = sha256()
    try:
        for piece in lists.body(db, export):
            seen.update(piece)
    except zlib.error:
        return ""
    return seen.hexdigest()


def _unplaced(db: sqlite3.Connection) -> CheckResult:
    """A run that died before stage 2 leaves records without a place; that is no fault."""
    waiting = db.execute(
        "select count(*) from record where id not in (select record_id from placement) and "  # noqa: S608
        + cluster_members.is_wanted()
    ).fetchone()[0]
    note = f"{waiting:,} records wait for 'tracker dedupe'" if waiting else ""
    return CheckResult("works: every record has a place", _count(db, "record"), note=note)
