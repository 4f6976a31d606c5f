"""Which paper of a list a row of a file means. In this order, the first that gives exactly one: our id, PMID, DOI,
title with year and first author, title with year. Nothing is guessed: what gives none or several is told.

Asked first of what the list has handed out (as it was then, so that later edits do not matter), then of the works that
its searches match now: a list may be older than the tracker, or have been downloaded from the site.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tracker.screening.decisions.rows import Given
from tracker.store.decisions import Handed

METHODS = ("id", "PMID", "DOI", "title, year and author", "title and year")
TOOL_ID = "the tool's own id"


@dataclass(frozen=True, slots=True)
class Joined:
    """What a row was taken for: ``handed`` where it is exactly one paper, else ``why`` not."""

    given: Given
    handed: Handed | None = None
    by: str = ""
    outside: bool = False  # never handed out in this list
    kind: str = ""  # unmatched, ambiguous, contradicting
    why: str = ""


class ListIndex:
    """Papers by everything that they can be recognised by; of several lines for one paper the first given stands."""

    def __init__(self, papers: Iterable[Handed]) -> None:
        self.found: dict[tuple[str, object], list[Handed]] = {}
        for paper in papers:
            for entry in _entries(paper):
                self.found.setdefault(entry, []).append(paper)

    def by(self, method: str, given: Given) -> list[Handed]:
        """The different papers that a row may mean by one method."""
        if method == "id":
            exact = _different(paper for one in given.ids for paper in self.found.get(("id", one), ()))
            return exact or _different(paper for one in given.ids for paper in self.found.get(("stands", one), ()))
        entry = _said(given).get(method)
        return _different(self.found.get((method, entry), ())) if entry else []


def _said(given: Given) -> dict[str, object]:
    title = given.title_key if given.year else ""
    return {
        "PMID": given.pmid,
        "DOI": given.doi,
        "title, year and author": (title, given.year, given.surname.casefold()) if title else None,
        "title and year": (title, given.year) if title else None,
    }


def _entries(paper: Handed) -> Iterator[tuple[str, object]]:
    yield "id", paper.work_key
    for key in paper.works:
        yield "stands", key
    if paper.pmid:
        yield "PMID", paper.pmid
    if paper.doi:
        yield "DOI", paper.doi
    if paper.title_key and paper.year:
        yield "title, year and author", (paper.title_key, paper.year, paper.surname.casefold())
        yield "title and year", (paper.title_key, paper.year)


def _different(papers: Iterable[Handed]) -> list[Handed]:
    """One for each paper: lines of several files, and keys that stand for one work today, are the same paper."""
    found: list[Handed] = []
    for paper in papers:
        if not any(_same(paper, other) for other in found):
            found.append(paper)
    return found


def _same(one: Handed, other: Handed) -> bool:
    if "." in one.work_key or "." in other.work_key:  # publications of one work, each on a row of its own
        return one.work_key == other.work_key
    return one.work_key == other.work_key or not one.works.isdisjoint(other.works)


def join(given: Given, index: ListIndex, later: Callable[[], ListIndex]) -> Joined:
    """What one row means; ``later`` gives the works that were never handed out, asked only when they are needed."""
    joined = _by_index(given, index)
    if joined.kind == "unmatched":
        wider = _by_index(given, later())
        if wider.kind != "unmatched":
            return Joined(given, wider.handed, wider.by, wider.handed is not None, wider.kind, wider.why)
    return joined


def _by_index(given: Given, index: ListIndex) -> Joined:
    several: list[str] = []
    for method in METHODS:
        found = index.by(method, given)
        if len(found) == 1:
            other = _contradicted(given, index, found[0]) if method == "id" else None
            if other is not None:
                why = f"its id says {found[0].work_key}, everything else {other.work_key}"
                return Joined(given, kind="contradicting", why=why)
            return Joined(given, found[0], method)
        if found and not several:
            several = [paper.work_key for paper in found]
    if several:
        return Joined(given, kind="ambiguous", why=f"may be {' or '.join(several)}")
    return Joined(given, kind="unmatched", why=_nothing(given))


def _contradicted(given: Given, index: ListIndex, paper: Handed) -> Handed | None:
    """Another paper that everything but the id points to: one column of a sheet was sorted, and not the rest."""
    others: list[Handed] = []
    for method in METHODS[1:]:
        found = index.by(method, given)
        if any(_same(paper, one) for one in found):
            return None
        others += found
    others = _different(others)
    return others[0] if len(others) == 1 and given.title_key != paper.title_key else None


def _nothing(given: Given) -> str:
    known = [
        f"id {', '.join(given.ids)}" if given.ids else "",
        f"PMID {given.pmid}" if given.pmid else "",
        f"DOI {given.doi}" if given.doi else "",
    ]
    said = "; ".join(filter(None, known))
    return f"not in this list ({said})" if said else "not in this list by its title and year"
