"""A reader's choice as a set of works, its exact count, and how many works each further filter would leave.

What is chosen here and what ``filters`` writes as SQL are the same works; a test holds the two against each other.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_, or_

from tracker.site.choice import FACETS, Choice
from tracker.site.queries import sets
from tracker.site.queries.filters import IDENTIFIED, IN_SEARCH, PICKED, number, times
from tracker.site.queries.forms import expanded
from tracker.site.queries.sets import Sets

JOURNALS = 15  # offered at most


@dataclass(frozen=True, slots=True)
class FacetCounts:
    """The exact number of works, and for each filter its values with their numbers, as the other filters stand."""

    total: int
    facets: dict[str, list[tuple[str, int]]]


@dataclass(frozen=True, slots=True)
class Selection:
    """The chosen works as a set (see ``sets``), with their counts."""

    works: int
    counts: FacetCounts


def select(db: sqlite3.Connection, of: Sets, choice: Choice) -> Selection:
    """A filter's own values are counted as if it were not set, so that it can be widened."""
    parts = _parts(db, of, replace(choice, question=expanded(db, choice.question)))
    works = _all_but(parts, of.shown)
    facets = {name: _facet(db, of, choice, name, _all_but(parts, of.shown, name)) for name in FACETS}
    return Selection(works, FacetCounts(works.bit_count(), facets))


def _all_but(parts: dict[str, int], shown: int, name: str = "") -> int:
    """What all parts but one have in common; times count for a search, so they go with it."""
    left_out = ("search", "times") if name == "search" else (name,)
    return reduce(and_, (works for part, works in parts.items() if part not in left_out), shown)


def _parts(db: sqlite3.Connection, of: Sets, choice: Choice) -> dict[str, int]:
    """For each thing that narrows the choice the works it leaves."""
    parts = {name: _picked(db, of, name, values) for name, values in choice.picked}
    if choice.q.strip():
        parts["q"] = _words(db, of, choice)
    slugs = choice.values("search")
    when = times(choice, of_search=bool(slugs))
    if when.parts and slugs:
        sql = f"select works.id from works where {IN_SEARCH.format(when=when.sql)}"  # noqa: S608
        parts["search"] = _set(db, of, sql, json.dumps(slugs), *when.values)
    elif when.parts:
        parts["times"] = _set(db, of, f"select works.id from works where {when.sql}", *when.values)  # noqa: S608
    return parts


def _picked(db: sqlite3.Connection, of: Sets, name: str, values: Iterable[str]) -> int:
    if name == "journal":
        sql = f"select works.id from works where {PICKED[name]}"  # noqa: S608
        return _set(db, of, sql, json.dumps(list(values)))
    return reduce(or_, (of.values[name].get(str(number(name, value)), 0) for value in values), 0)


def _words(db: sqlite3.Connection, of: Sets, choice: Choice) -> int:
    name, value = choice.identifier
    if name:
        sql = f"select works.id from works where {IDENTIFIED[name]}"  # noqa: S608
        return _set(db, of, sql, *([value] * sql.count("?")))
    if choice.question.groups:
        return _found(db, of, choice.question.fts)
    return ~_found(db, of, choice.question.fts_without) if choice.question.without else 0


def _found(db: sqlite3.Connection, of: Sets, expression: str) -> int:
    # While something is being published the index may know works that are not there yet.
    return _set(db, of, "select rowid from search.words where words match ? and rowid < ?", expression, of.size)


def _set(db: sqlite3.Connection, of: Sets, sql: str, *values: object) -> int:
    return sets.bits(sets.plain(db, sql, values), of.size)


def _facet(db: sqlite3.Connection, of: Sets, choice: Choice, name: str, others: int) -> list[tuple[str, int]]:
    """The values of one filter with their numbers in the order in which they are offered."""
    if name == "journal":
        found = [(of.names[place], works) for place, works in sets.by_journal(of, others).items() if place]
        return sorted(found, key=lambda item: (-item[1], item[0]))[:JOURNALS]
    values = _arrivals(db, of, choice) if name == "search" else of.values[name]
    if name == "free":
        return [("1", (values.get("1", 0) & others).bit_count())]
    counted = [(value, (works & others).bit_count()) for value, works in values.items() if value]
    left = [item for item in counted if item[1]]
    return sorted(left, reverse=True) if name == "year" else sorted(left, key=lambda item: (-item[1], item[0]))


def _arrivals(db: sqlite3.Connection, of: Sets, choice: Choice) -> dict[str, int]:
    """The works of each search; when it is chosen, times are those of its own arrivals."""
    when = times(choice, of_search=True)
    if not when.parts:
        return of.values["search"]
    return sets.of_searches(db, of.size, when.sql, when.values)
