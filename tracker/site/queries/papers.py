"""One page of a list of works, its exact count, and how many works each further filter would leave."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tracker.site.choice import FACETS, Choice
from tracker.site.queries.filters import Conditions, conditions, times

PAGE = 25
NARROW = ("type", "state", "year", "language", "free")

# sort -> (column of order, its direction, how "after this" is said)
ORDERS = {
    "newest": ("works.first_seen", "desc", "<"),
    "published": ("works.sort_date", "desc", "<"),
    "relevance": ("rank", "asc", ">"),
}


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of ``works`` and the mark after which the next page begins, '' on the last one."""

    rows: list[sqlite3.Row]
    after: str


@dataclass(frozen=True, slots=True)
class Counts:
    """The exact number of works, and for each filter its values with their numbers, as the other filters stand."""

    total: int
    facets: dict[str, list[tuple[str, int]]]


def page(db: sqlite3.Connection, choice: Choice, size: int = PAGE) -> Page:
    """The works after ``choice.after``; ids break ties, so each work is on exactly one page."""
    column, direction, beyond = ORDERS[choice.sort]
    where = conditions(choice)
    table = "works"
    if choice.sort == "relevance":
        table = "search.words join works on works.id = words.rowid"
        where.add("words match ?", choice.question.fts)
    if mark := _mark(choice):
        where.add(f"({column} {beyond} ? or ({column} = ? and works.id < ?))", mark[0], mark[0], mark[1])
    sql = f"""
    select works.*, {column} as place from {table} where {where.sql}
    order by {column} {direction}, works.id desc limit ?"""  # noqa: S608
    rows = db.execute(sql, (*where.values, size + 1)).fetchall()
    last = rows[size - 1] if len(rows) > size else None
    return Page(rows[:size], f"{last['place']!r}~{last['id']}".replace("'", "") if last else "")


def _mark(choice: Choice) -> tuple[str | float, int] | None:
    """(value, id) of the last work seen; None at the beginning and for what is not such a mark."""
    value, _, number = choice.after.rpartition("~")
    if not (number.isdecimal() and len(number) < 16):
        return None
    if choice.sort != "relevance":
        return value, int(number)
    try:
        return float(value), int(number)
    except ValueError:
        return None


def counts(db: sqlite3.Connection, choice: Choice) -> Counts:
    """Exact numbers. A filter's own values are counted as if it were not set, so that it can be widened."""
    where = conditions(choice)
    total = db.execute(f"select count(*) from works where {where.sql}", where.values).fetchone()[0]  # noqa: S608
    facets: dict[str, list[tuple[str, int]]] = {}
    unset = [name for name in FACETS if not choice.values(name)]
    facets |= _facets(db, where, unset)
    for name in FACETS:
        if name not in unset:
            facets |= _facets(db, conditions(choice.without(name)), [name])
    facets["search"] = _by_search(db, choice)
    return Counts(total, {name: facets[name] for name in FACETS})


def _facets(db: sqlite3.Connection, where: Conditions, names: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
    found: dict[str, list[tuple[str, int]]] = {}
    if narrow := [name for name in NARROW if name in names]:
        found |= _narrow(db, where, narrow)
    for name in names:
        if name in LINKED:
            rows = db.execute(LINKED[name].format(where=where.sql), where.values)
            found[name] = [(row[0], row[1]) for row in rows]
    return found


def _narrow(db: sqlite3.Connection, where: Conditions, names: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
    """Columns of ``works`` itself: one pass for all, added up here."""
    columns = ", ".join(names)
    sql = f"select count(*), {columns} from works where {where.sql} group by {columns}"  # noqa: S608
    sums: dict[str, Counter[str]] = {name: Counter() for name in names}
    for number, *values in db.execute(sql, where.values):
        for name, value in zip(names, values, strict=True):
            sums[name]["" if value is None else str(value)] += number
    return {name: _sorted(name, counted) for name, counted in sums.items()}


def _sorted(name: str, counted: Counter[str]) -> list[tuple[str, int]]:
    if name == "free":
        return [("1", counted["1"])]
    named = [item for item in counted.items() if item[0]]
    return sorted(named, reverse=True) if name == "year" else sorted(named, key=lambda item: (-item[1], item[0]))


LINKED = {
    "source": """
    select source, count(*) from work_sources where work_id in (select id from works where {where})
    group by source order by 2 desc, source""",
    "journal": """
    select name, sum(number) from (select journal_id, count(*) as number from works where {where} group by journal_id)
    join journals on journals.id = journal_id where name <> '' group by name order by 2 desc, name limit 15""",
}


def _by_search(db: sqlite3.Connection, choice: Choice) -> list[tuple[str, int]]:
    """For each search what choosing it would leave: then times are those of its own arrivals."""
    others = conditions(replace(choice.without("search"), since="", until="", news=False))
    when = times(choice, of_search=True)
    sql = f"""
    select slug, count(*) from work_searches join searches on searches.id = search_id
    where work_id in (select id from works where {others.sql}) and {when.sql or "1"}
    group by search_id order by 2 desc, slug"""  # noqa: S608
    return [(row[0], row[1]) for row in db.execute(sql, (*others.values, *when.values))]


def publications(db: sqlite3.Connection, ids: Iterable[int]) -> dict[int, list[sqlite3.Row]]:
    """The publications of works, the one that speaks for the work first."""
    sql = "select * from publications where work_id in (select value from json_each(?)) order by work_id, place"
    return _by_work(db.execute(sql, (json.dumps(list(ids)),)))


def searches_of(db: sqlite3.Connection, ids: Iterable[int]) -> dict[int, list[sqlite3.Row]]:
    """Why works are here: their searches, the first to bring them first."""
    sql = """
    select work_id, slug, title, since, until, why, detail, work_searches.sources from work_searches
    join searches on searches.id = search_id where work_id in (select value from json_each(?))
    order by work_id, since, slug"""
    return _by_work(db.execute(sql, (json.dumps(list(ids)),)))


def _by_work(rows: Iterable[sqlite3.Row]) -> dict[int, list[sqlite3.Row]]:
    found: dict[int, list[sqlite3.Row]] = {}
    for row in rows:
        found.setdefault(row["work_id"], []).append(row)
    return found


def found_in(db: sqlite3.Connection, expression: str, ids: Iterable[int]) -> set[int]:
    """Those of ``ids`` in which the index finds an expression."""
    sql = "select rowid from search.words where words match ? and rowid in (select value from json_each(?))"
    return {row[0] for row in db.execute(sql, (expression, json.dumps(list(ids))))}
