"""Two papers side by side: everything the rules ask about a pair, computed once, and the same in words."""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from tracker.dedupe import places
from tracker.dedupe.keys import generic
from tracker.dedupe.names import Shared, compare_authors
from tracker.dedupe.paper import Paper
from tracker.dedupe.titles import Likeness
from tracker.dedupe.titles import compare as compare_titles

_ABSTRACT = 900  # letters compared: enough to tell abstracts apart, and sources cut them at different lengths


@dataclass(slots=True)
class Pair:
    """A comparison. Numbers: 1 agree, 0 cannot be told, -1 contradict; ``pages`` 2 for an agreement that counts."""

    a: Paper
    b: Paper
    title: Likeness
    authors: Shared
    journal: int
    volume: int
    issue: int
    pages: int
    gap: int | None  # years between them
    doi: int
    pmid: int
    pmcid: int
    _abstract: float | None = None

    @property
    def alike(self) -> bool:
        """One title but for spelling."""
        return self.title.kind in ("equal", "near") and not self.title.clash

    @property
    def generic(self) -> bool:
        return generic(self.a.title.main) or generic(self.b.title.main)

    @property
    def year(self) -> int:
        """1 for one year or the next (a paper is dated online or in print), 0 unknown, -1 further apart."""
        return 0 if self.gap is None else 1 if self.gap <= 1 else -1

    @property
    def spot(self) -> bool:
        """Volume and first page agree: one spot in one journal, whatever the journal is called."""
        return self.volume == 1 and self.pages == 2 and self.issue >= 0

    @property
    def abstract(self) -> float:
        """Likeness of the abstracts, 0 to 1; -1 when one is missing."""
        if self._abstract is None:
            one, two = self.a.abstract, self.b.abstract
            size = min(len(one), len(two), _ABSTRACT)
            self._abstract = fuzz.ratio(one[:size], two[:size]) / 100 if size >= 100 else -1.0
        return self._abstract

    @property
    def near_doi(self) -> bool:
        """Two DOIs a misprint apart, or one cut short."""
        one, two = self.a.doi, self.b.doi
        return bool(one and two) and (one.startswith(two) or two.startswith(one) or Levenshtein.distance(one, two) <= 2)


def compare(a: Paper, b: Paper, shared: bool = False) -> Pair:
    """``shared``: the DOI of the two is known to stand on unlike papers, and says nothing."""
    one, two = a.place, b.place
    return Pair(
        a,
        b,
        compare_titles(a.title, b.title),
        compare_authors(a.authors, b.authors),
        places.compare_journals(one.journal, two.journal),
        places.compare_volumes(one, two),
        _equal(one.issue, two.issue),
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
        _title(pair),
        f"{pair.authors.matched} of {pair.authors.of} authors" if pair.authors.of else "",
        _three("journal", pair.journal, "agrees", "differs"),
        _three("volume", pair.volume, "agrees", "differs"),
        _three("pages", min(pair.pages, 1), "agree", "differ"),
        "" if pair.gap is None else "same year" if pair.gap == 0 else f"{pair.gap} year{'s' * (pair.gap > 1)} apart",
    ]
    if pair._abstract is not None and pair._abstract >= 0:
        said.append(f"abstract {pair._abstract:.2f}")
    return "; ".join(part for part in said if part)


def _title(pair: Pair) -> str:
    likeness = pair.title
    if likeness.kind == "unknown":
        return "a title is missing"
    word = "title equal" if likeness.kind == "equal" else f"title {likeness.score:.2f}"
    return f"{word} ({likeness.clash})" if likeness.clash else word


def _three(name: str, value: int, yes: str, no: str) -> str:
    return "" if value == 0 else f"{name} {yes if value > 0 else no}"
