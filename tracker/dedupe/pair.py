"""Two papers side by side: everything the rules ask about a pair, and the same in words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from tracker.dedupe import places
from tracker.dedupe.fold import fold
from tracker.dedupe.keys import generic, telling
from tracker.dedupe.likeness import Likeness, compare_titles, overlap
from tracker.dedupe.names import Shared, compare_authors
from tracker.dedupe.paper import Paper

_ABSTRACT = 1000  # letters compared: enough to tell abstracts apart, and sources cut them at different lengths
_FRONT_MATTER = 20  # pages at the front of an issue bear the same numbers in every issue of some journals


@dataclass(slots=True)
class Pair:
    """A comparison. Numbers: 1 (or more) agree, 0 cannot be told, -1 contradict. What costs most is computed when it
    is first asked for."""

    a: Paper
    b: Paper
    title: Likeness
    volume: int
    issue: int
    pages: int
    gap: int | None  # years between them
    doi: int
    pmid: int
    pmcid: int
    _authors: Shared | None = None
    _abstract: float | None = None
    _overlap: float | None = None

    @property
    def authors(self) -> Shared:
        if self._authors is None:
            self._authors = compare_authors(self.a.authors, self.b.authors)
        return self._authors

    @property
    def journal(self) -> int:
        return places.compare_journals(self.a.place.journal, self.b.place.journal)

    @property
    def abstract(self) -> float:
        """Likeness of the abstracts, 0 to 1; -1 when one is missing."""
        if self._abstract is None:
            one, two = _opening(self.a.abstract), _opening(self.b.abstract)
            size = min(len(one), len(two))
            self._abstract = fuzz.ratio(one[:size], two[:size]) / 100 if size >= 100 else -1.0
        return self._abstract

    @property
    def overlap(self) -> float:
        """The share of the words of the shorter title that stand in the other, in any order."""
        if self._overlap is None:
            self._overlap = overlap(self.a.title, self.b.title)
        return self._overlap

    @property
    def alike(self) -> bool:
        """One title but for spelling."""
        return self.title.kind in ("equal", "near") and not self.title.clash

    @property
    def generic(self) -> bool:
        """The shorter title says nothing: ``Editorial``."""
        return generic(self.a.title.main) or generic(self.b.title.main)

    @property
    def telling(self) -> int:
        """How many telling words the shorter title has."""
        return min(len(telling(self.a.title.main)), len(telling(self.b.title.main)))

    @property
    def year(self) -> int:
        """1 for one year or the next (a paper is dated online or in print), 0 unknown, -1 further apart."""
        return 0 if self.gap is None else 1 if self.gap <= 1 else -1

    @property
    def congress(self) -> int:
        """How many of the two stand in a supplement, where congress abstracts are printed."""
        return self.a.place.supplement + self.b.place.supplement

    @property
    def spot(self) -> bool:
        """One spot in print: volume and first page agree; or the pages, when a volume is missing or misread."""
        if self.pages < 2:
            return False
        if self.issue < 0 and (self.generic or min(self._starts()) <= _FRONT_MATTER):
            return False
        return self.volume > 0 or (self.journal > 0 and self.gap == 0 and not self.generic)

    def _starts(self) -> tuple[int, ...]:
        return tuple(paper.place.pages.start for paper in (self.a, self.b) if paper.place.pages is not None)

    @property
    def long(self) -> bool:
        """Both are ranges of four pages or more: no notice, no letter."""
        both = (self.a.place.pages, self.b.place.pages)
        return all(pages is not None and pages.end - pages.start >= 3 for pages in both)


@lru_cache(maxsize=20_000)
def _opening(abstract: str) -> str:
    return fold(abstract[: _ABSTRACT + 200])[:_ABSTRACT]


def compare(a: Paper, b: Paper, shared: bool = False) -> Pair:
    """``shared``: the DOI of the two is known to stand on unlike papers, and says nothing."""
    one, two = a.place, b.place
    return Pair(
        a,
        b,
        compare_titles(a.title, b.title),
        places.compare_volumes(one, two),
        places.compare_issues(one, two),
        places.compare_pages(one.pages, two.pages),
        None if a.year is None or b.year is None else abs(a.year - b.year),
        0 if shared and a.doi == b.doi else _equal(a.doi, b.doi),
        _equal(a.pmid, b.pmid),
        _equal(a.pmcid, b.pmcid),
    )


def _equal(a: str, b: str) -> int:
    return 0 if not a or not b else 1 if a == b else -1


def evidence(pair: Pair) -> str:
    """The comparison in words: ``DOI equal; title 0.98; 5 of 5 authors; pages agree``."""
    said = [
        _three("PMID", pair.pmid, "equal", "differs"),
        _three("PMCID", pair.pmcid, "equal", "differs"),
        _three("DOI", pair.doi, "equal", "differs"),
        _title(pair.title),
        f"{pair.authors.matched} of {pair.authors.of} authors" if pair.authors.of else "",
        _three("journal", pair.journal, "agrees", "differs"),
        _three("volume", pair.volume, "agrees", "differs"),
        _three("issue", min(pair.issue, 0), "", "differs"),
        _three("pages", pair.pages, "agree" if pair.pages > 1 else "may agree", "differ"),
        "" if pair.gap is None else "same year" if pair.gap == 0 else f"{pair.gap} year{'s' * (pair.gap > 1)} apart",
        f"abstract {pair._abstract:.2f}" if pair._abstract is not None and pair._abstract >= 0 else "",
    ]
    return "; ".join(part for part in said if part)


def _title(likeness: Likeness) -> str:
    if likeness.kind == "unknown":
        return "a title is missing"
    words = "title equal" if likeness.kind == "equal" else f"title {likeness.score:.2f}"
    return f"{words} ({likeness.clash})" if likeness.clash else words


def _three(name: str, value: int, yes: str, no: str) -> str:
    return "" if value == 0 else f"{name} {yes if value > 0 else no}"
