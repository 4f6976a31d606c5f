"""Works as sets, for counting: one integer for each value of each filter, in which bit n is set if work n has it.

SQLite counts what a filter leaves by reading works one by one, for each filter again: half a second of 100,000 works.
Two such integers are joined and their bits counted in microseconds. They are read once for each publication.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import compress
from operator import or_

COLUMNS = ("type", "state", "year", "language", "free", "abstract")  # of works
ORDERS = {"newest": "first_seen", "published": "sort_date"}  # sort -> column of works, the highest first
FEW = 5000  # of so few works each is looked up; of more all are gone through
NOT_ZERO = bytes.maketrans(b"01", b"\0\1")


@dataclass(frozen=True)
class Sets:
    """All works of one publication; ``size`` is one more than the highest id."""

    size: int
    shown: int  # all but tombstones
    values: dict[str, dict[str, int]]  # filter -> value -> its works
    names: list[str]  # of journals; the first is '', no journal
    journals: array[int]  # the place in ``names`` of each work's journal, the highest id first
    places: dict[str, array[int]]  # order -> the place of each work in it, by its id


def read(db: sqlite3.Connection) -> Sets:
    """Half a second for 100,000 works."""
    size = db.execute("select coalesce(max(id), 0) + 1 from works").fetchone()[0]
    sql = f"select id, journal_id, {', '.join(COLUMNS)} from works where state <> 'hidden'"  # noqa: S608
    rows = plain(db, sql).fetchall()
    ids, journals, *columns = zip(*rows, strict=True) if rows else [()] * (len(COLUMNS) + 2)
    values = {name: grouped(zip(column, ids, strict=True), size) for name, column in zip(COLUMNS, columns, strict=True)}
    values["source"] = grouped(plain(db, "select source, work_id from work_sources"), size)
    values["search"] = of_searches(db, size)
    shown = reduce(or_, values["state"].values(), 0)
    places = {name: _places(db, column, size) for name, column in ORDERS.items()}
    return Sets(size, shown, values, *_journals(db, size, zip(ids, journals, strict=True)), places)


def of_searches(db: sqlite3.Connection, size: int, when: str = "1", times: Sequence[object] = ()) -> dict[str, int]:
    """The works of each search; ``when`` is a condition on ``work_searches`` with the values ``times``."""
    found = grouped(plain(db, f"select search_id, work_id from work_searches where {when}", times), size)  # noqa: S608
    return {slug: found.get(str(key), 0) for key, slug in plain(db, "select id, slug from searches")}


def plain(db: sqlite3.Connection, sql: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
    """The rows as tuples, which are made in a third of the time of named ones."""
    cursor = db.cursor()
    cursor.row_factory = None
    return cursor.execute(sql, values)


def bits(rows: Iterable[tuple[int]], size: int) -> int:
    """The set of works given as rows of one id each; every id must be below ``size``."""
    signs = bytearray(b"0") * size
    for (number,) in rows:
        signs[~number] = 49  # the sign 1; the last sign stands for work 0
    return int(signs, 2)


def grouped(rows: Iterable[tuple[object, int]], size: int) -> dict[str, int]:
    """value -> the set of its works, from rows (value, id)."""
    found: dict[object, bytearray] = {}
    for value, number in rows:
        if value not in found:
            found[value] = bytearray(b"0") * size
        found[value][~number] = 49
    return {"" if value is None else str(value): int(signs, 2) for value, signs in found.items()}


def ids(works: int) -> list[int]:
    """The ids of a set, lowest first."""
    signs = f"{works:b}"[::-1]
    found, at = [], signs.find("1")
    while at >= 0:
        found.append(at)
        at = signs.find("1", at + 1)
    return found


def by_journal(sets: Sets, works: int) -> Counter[int]:
    """How many of ``works`` each journal has, by its place in ``names``."""
    if works.bit_count() <= FEW:
        return Counter([sets.journals[~number] for number in ids(works)])
    flags = f"{works:0{sets.size}b}".encode().translate(NOT_ZERO)
    return Counter(compress(sets.journals, flags))


def _places(db: sqlite3.Connection, column: str, size: int) -> array[int]:
    found = array("I", [0]) * size
    for place, (number,) in enumerate(plain(db, f"select id from works order by {column} desc, id desc")):  # noqa: S608
        found[number] = place
    return found


def _journals(db: sqlite3.Connection, size: int, works: Iterable[tuple[int, int]]) -> tuple[list[str], array[int]]:
    """Rows of ``journals`` that have one name count as one."""
    names: dict[str, int] = {"": 0}
    places = {key: names.setdefault(name, len(names)) for key, name in plain(db, "select id, name from journals")}
    found = array("I", [0]) * size
    for number, key in works:
        found[~number] = places[key]
    return list(names), found
