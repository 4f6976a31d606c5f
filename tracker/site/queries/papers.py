"""One page of a list of works, and what a list shows of its works."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from heapq import nsmallest
from itertools import islice

from tracker.site.choice import Choice
from tracker.site.queries import sets
from tracker.site.queries.filters import Conditions, conditions
from tracker.site.queries.forms import expanded
from tracker.site.queries.sets import Sets

PAGE = 25
FEW = 800  # so many chosen works are sorted at once; of more the first ones are soon found by going through all


@dataclass(frozen=True, slots=True)
class WorksPage:
    """Rows of ``works`` and the mark after which the next page begins, '' on the last one."""

    rows: list[sqlite3.Row]
    after: str


def page(
    db: sqlite3.Connection, choice: Choice, size: int = PAGE, works: int | None = None, of: Sets | None = None
) -> WorksPage:
    """The works after ``choice.after``; ids break ties, so each work is on exactly one page.

    ``works`` is the choice as a set (see ``selection``), ``of`` what it was chosen from; with them the page is found
    much faster.
    """
    if of and works is not None and choice.sort in of.places and not choice.after and works.bit_count() <= sets.FEW:
        return _first(db, choice.sort, size, works, of)
    places = list(islice(in_order(db, choice, works), size + 1))
    last = places[size - 1] if len(places) > size else None
    rows = _rows(db, [number for number, _ in places[:size]])
    return WorksPage(rows, f"{last[1]}~{last[0]}" if last else "")


def _first(db: sqlite3.Connection, sort: str, size: int, works: int, of: Sets) -> WorksPage:
    """The first page of not too many works, found without a look at the others."""
    ids = nsmallest(size + 1, sets.ids(works), key=of.places[sort].__getitem__)
    rows = _rows(db, ids[:size])
    return WorksPage(rows, f"{rows[-1][sets.ORDERS[sort]]}~{rows[-1]['id']}" if len(ids) > size else "")


def in_order(db: sqlite3.Connection, choice: Choice, works: int | None = None) -> Iterator[tuple[int, str | float]]:
    """(id, place in the order) of all works from ``choice.after`` on."""
    choice = replace(choice, question=expanded(db, choice.question))
    if choice.sort == "relevance":
        return _best(db, choice)
    return _in_order(db, choice, Conditions() if works is not None else conditions(choice), works)


def _in_order(
    db: sqlite3.Connection, choice: Choice, where: Conditions, works: int | None
) -> Iterator[tuple[int, str | float]]:
    """(id, place in the order) of the chosen works behind the mark."""
    column = f"works.{sets.ORDERS[choice.sort]}"
    if works is not None and works.bit_count() <= FEW:
        where.add("works.id in (select value from json_each(?))", json.dumps(sets.ids(works)))
        works = None
    end = works.bit_length() if works else 0
    flags = works.to_bytes((end >> 3) + 1, "little") if works else b""
    mark = _mark(choice)
    # First the rest of those that tie with the mark, then what is behind them: the index leads straight to both.
    stretches = [(f"{column} = ? and works.id < ?", mark), (f"{column} < ?", mark[:1])] if mark else [("1", ())]
    for stretch, values in stretches:
        sql = f"""
        select works.id, {column} from works where {" and ".join([stretch, *where.parts])}
        order by {column} desc, works.id desc"""  # noqa: S608
        for number, place in sets.plain(db, sql, (*values, *where.values)):
            if works is None or (number < end and flags[number >> 3] >> (number & 7) & 1):
                yield number, place


def _best(db: sqlite3.Connection, choice: Choice) -> Iterator[tuple[int, str | float]]:
    """The same by rank, the best match first."""
    where = conditions(choice)
    where.add("words match ?", choice.question.fts)
    if mark := _mark(choice):
        where.add("(rank > ? or (rank = ? and works.id < ?))", mark[0], mark[0], mark[1])
    sql = f"""
    select works.id, rank from search.words join works on works.id = words.rowid where {where.sql}
    order by rank, works.id desc"""  # noqa: S608
    return sets.plain(db, sql, where.values)


def _rows(db: sqlite3.Connection, ids: list[int]) -> list[sqlite3.Row]:
    found = db.execute("select * from works where id in (select value from json_each(?))", (json.dumps(ids),))
    by_id = {row["id"]: row for row in found}
    return [by_id[number] for number in ids]


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


def publications(db: sqlite3.Connection, ids: Iterable[int], columns: str = "*") -> dict[int, list[sqlite3.Row]]:
    """The publications of works, the one that speaks for the work first; ``columns`` with ``work_id`` among them."""
    sql = f"""
    select {columns} from publications where work_id in (select value from json_each(?)) order by work_id, place"""  # noqa: S608
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
