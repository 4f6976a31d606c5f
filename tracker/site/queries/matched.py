"""Which terms of its searches' strategies are in a work, also in abstracts that may not be shown."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from tracker.site.matched import Wanted, found, texts, wanted
from tracker.site.queries.forms import with_forms
from tracker.site.queries.known import Publication
from tracker.site.queries.paper import PaperRows
from tracker.site.queries.sets import plain


@dataclass(frozen=True, slots=True)
class Matched:
    """``seen``: terms in what the page shows; ``unseen``: further ones in an abstract that it may not show."""

    seen: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()


def matched(db: sqlite3.Connection, published: Publication, paper: PaperRows) -> Mapping[str, Matched]:
    """For each search of a work, by its slug, the terms of its strategy that are in the work."""
    said = texts(paper.publications)
    withheld = any(row["abstract_withheld"] for row in paper.publications)
    told = {}
    for row in paper.searches:
        terms = wanted(row["strategy"])
        here = found(terms, said)
        others = (term for term in terms if term not in here and term.asked) if withheld else ()
        unseen = [term.shown for term in others if _has(db, published.finds, term, paper.work["id"])]
        told[row["slug"]] = Matched(tuple(term.shown for term in terms if term in here), tuple(unseen))
    return told


def is_quick(published: Publication, paper: PaperRows) -> bool:
    """Whether :func:`matched` has nothing to ask the index: that takes some milliseconds for each term."""
    if not any(row["abstract_withheld"] for row in paper.publications):
        return True
    asked = (term.asked for row in paper.searches for term in wanted(row["strategy"]))
    return all(one in published.finds for one in asked if one)


def _has(db: sqlite3.Connection, known: dict[str, bytes], term: Wanted, work_id: int) -> bool:
    """Whether the index finds a term in a work.

    It is asked once for all works: that takes as long as some questions about one (a term with ``*`` has to be put
    together from all words that begin so), and the answer is kept as one bit a work, 12 kB for 100,000.
    """
    bits = known.get(term.asked)
    if bits is None:
        bits = known[term.asked] = _bits(db, term.fts or " AND ".join(with_forms(db, word).fts for word in term.words))
    place = work_id >> 3
    return place < len(bits) and bool(bits[place] >> (work_id & 7) & 1)


def _bits(db: sqlite3.Connection, expression: str) -> bytes:
    sql = "select rowid from search.words where words match ?"
    numbers = [number for (number,) in plain(db, sql, (expression,))]
    bits = bytearray((max(numbers, default=0) >> 3) + 1)
    for number in numbers:
        bits[number >> 3] |= 1 << (number & 7)
    return bytes(bits)
