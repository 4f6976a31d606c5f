"""What feeds are made of: works by the time at which they came, a month of them, and the months around it.

A feed stands on a :class:`Scope`: a table of arrivals with an index in the order of time. Works are news or they are
not in a feed: what a first run brought, and bursts that nobody has checked yet, are left out.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from tracker.site.queries.papers import publications, searches_of

AFTER = "~"  # stands behind every sign of a time, so that "2026-11" < all times of the month < "2026-11~"


@dataclass(frozen=True, slots=True)
class Scope:
    """SQL of one feed: rows of ``columns`` from ``table``, by ``arrived`` and then by ``tie``, which is unique."""

    table: str
    columns: str
    arrived: str
    tie: tuple[str, ...]
    where: str
    values: tuple[object, ...] = ()
    later: str = ""  # the same rows where something happened to them after they had come, the last change first

    def order(self, direction: str) -> str:
        return ", ".join(f"{column} {direction}" for column in (self.arrived, *self.tie))


ALL = Scope(
    table="works",
    columns="works.*, news as arrived",
    arrived="news",
    tie=("id",),
    where="news <> ''",
    later="""
    select works.*, news as arrived from works where news <> '' and changed > first_seen
    order by changed desc, id desc limit ?""",
)
# A year alone says nothing of what is new.
RESOURCES = Scope("resources", "*, published as arrived", "published", ("id",), "length(published) >= 7")


def of_search(db: sqlite3.Connection, slug: str) -> Scope:
    """The works that one search brought as news, by the time at which it did."""
    return Scope(
        table="work_searches join works on works.id = work_id",
        columns="works.*, since as arrived",
        arrived="since",
        tie=("work_id",),
        where="search_id = ? and work_searches.news = 1",
        values=tuple(db.execute("select id from searches where slug = ?", (slug,)).fetchone()),
        later="""
        select works.*, (
            select since from work_searches where work_id = works.id and search_id = ? and work_searches.news = 1
        ) as arrived
        from works where arrived is not null and changed > first_seen order by changed desc, id desc limit ?""",
    )


@dataclass(frozen=True, slots=True)
class FeedWork:
    """A work with what hangs on it: rows of the public tables of these names."""

    work: sqlite3.Row
    publications: Sequence[sqlite3.Row]
    searches: Sequence[sqlite3.Row]
    sources: Sequence[str]


def told(db: sqlite3.Connection, rows: Sequence[sqlite3.Row]) -> list[FeedWork]:
    """What entries tell of works, in the order given; three queries however many there are."""
    ids = [row["id"] for row in rows]
    found, why, sources = publications(db, ids), searches_of(db, ids), _sources(db, ids)
    return [FeedWork(row, found[row["id"]], why.get(row["id"], []), sources.get(row["id"], [])) for row in rows]


def _sources(db: sqlite3.Connection, ids: Sequence[int]) -> dict[int, list[str]]:
    sql = """
    select work_id, source from work_sources where work_id in (select value from json_each(?))
    order by work_id, source"""
    found: dict[int, list[str]] = {}
    for number, source in db.execute(sql, (json.dumps(ids),)):
        found.setdefault(number, []).append(source)
    return found


def version(db: sqlite3.Connection) -> tuple[str, str]:
    """What tells one publication of the data from another: its digest, and when it was built."""
    said = dict(db.execute("select name, value from facts where name in ('digest', 'built')").fetchall())
    return said["digest"], said["built"]


def newest(db: sqlite3.Connection, scope: Scope, most: int) -> list[sqlite3.Row]:
    """The rows that came or changed last, newest first: a paper that was retracted is told again, where it was told."""
    sql = f"""
    select {scope.columns} from {scope.table} where {scope.where} order by {scope.order("desc")} limit ?"""  # noqa: S608
    rows = db.execute(sql, (*scope.values, most)).fetchall()
    if scope.later:
        rows += db.execute(scope.later, (*scope.values, most)).fetchall()
        rows = list({row["id"]: row for row in rows}.values())
        rows.sort(key=lambda row: (max(row["changed"], row["arrived"]), row["id"]), reverse=True)
    return rows[:most]


def month(db: sqlite3.Connection, scope: Scope, name: str, first: int | None = None) -> list[sqlite3.Row]:
    """All rows that came in a month (``2026-11``), newest first; ``first``: only so many, the oldest."""
    sql = f"""
    select {scope.columns} from {scope.table} where {scope.where} and {scope.arrived} >= ? and {scope.arrived} < ?
    order by {scope.order("asc")} limit ?"""  # noqa: S608
    limit = -1 if first is None else first
    return db.execute(sql, (*scope.values, name, name + AFTER, limit)).fetchall()[::-1]


def size(db: sqlite3.Connection, scope: Scope, name: str) -> int:
    """How many rows came in a month."""
    sql = f"""
    select count(*) from {scope.table} where {scope.where} and {scope.arrived} >= ? and {scope.arrived} < ?"""  # noqa: S608
    found: int = db.execute(sql, (*scope.values, name, name + AFTER)).fetchone()[0]
    return found


def month_before(db: sqlite3.Connection, scope: Scope, name: str) -> str:
    """The last month before this one in which anything came, '' if there is none."""
    return _month(db, scope, f"{scope.arrived} < ?", name, "desc")


def month_after(db: sqlite3.Connection, scope: Scope, name: str) -> str:
    """The next month after this one in which anything came, '' if there is none."""
    return _month(db, scope, f"{scope.arrived} >= ?", name + AFTER, "asc")


def _month(db: sqlite3.Connection, scope: Scope, when: str, value: str, direction: str) -> str:
    sql = f"""
    select {scope.arrived} from {scope.table} where {scope.where} and {when}
    order by {scope.arrived} {direction} limit 1"""  # noqa: S608
    row = db.execute(sql, (*scope.values, value)).fetchone()
    return row[0][:7] if row else ""
