"""What Crossref and Retraction Watch hold of the fictional literature on a given day: what became of papers.

Most of it is known from PubMed and Europe PMC as well. One preprint is known only to Crossref to have become an
article, and one retraction is known only to Retraction Watch (``days`` and ``preprint_days`` tell of both).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from typing import Protocol

from emulator import corpus, preprints
from emulator.days import ACTORS, DAYS, FIRST_DAY
from emulator.europepmc_entry import ASSERTED, Entry
from emulator.papers import Notice, Paper
from emulator.preprint_days import ACTORS as PREPRINTS

ELSEWHERE = 150  # rows about papers that are in no literature of the demo
_NATURES = {"RetractionIn": "Retraction", "ExpressionOfConcernIn": "Expression of concern", "ErratumIn": "Correction"}
_TYPES = {"RetractionIn": "retraction", "ExpressionOfConcernIn": "expression_of_concern", "ErratumIn": "correction"}


@dataclass(frozen=True, slots=True)
class Deposit:
    """What Crossref has of a work: the DOIs of the articles it became, and notices about it (type, DOI, day)."""

    doi: str
    title: str = ""
    articles: tuple[str, ...] = ()
    notices: tuple[tuple[str, str, date], ...] = ()
    kind: str = "posted-content"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the Retraction Watch file; identifiers that are not known are empty."""

    number: int
    title: str
    nature: str
    told: date
    doi: str = ""
    pmid: str = ""
    notice_doi: str = ""
    notice_pmid: str = ""
    reasons: tuple[str, ...] = ()


class Registers(Protocol):
    """What both hold on a day: this module is such a thing, and :class:`Held`."""

    def deposits(self, day: date) -> Mapping[str, Deposit]:
        """What Crossref knows, by DOI in lower case."""
        ...

    def rows(self, day: date) -> list[Row]:
        """What Retraction Watch knows, oldest first."""
        ...


@dataclass
class Held:
    """These deposits, always; these rows, each from the day on which it is told."""

    held: Iterable[Deposit] = ()
    listed: Iterable[Row] = ()
    _held: tuple[Deposit, ...] = field(init=False, repr=False)
    _listed: tuple[Row, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._held, self._listed = tuple(self.held), tuple(self.listed)

    def deposits(self, day: date) -> Mapping[str, Deposit]:
        return {deposit.doi.lower(): deposit for deposit in self._held}

    def rows(self, day: date) -> list[Row]:
        return [row for row in self._listed if row.told <= day]


def deposits(day: date) -> Mapping[str, Deposit]:
    """Every preprint with a DOI, and every article in PubMed with one."""
    return _deposits(_number(day))


def rows(day: date) -> list[Row]:
    """The papers that PubMed had marked two days before, one that PubMed never marks, and many of elsewhere."""
    return list(_rows(_number(day)))


def _number(day: date) -> int:
    return min(max((day - FIRST_DAY).days + 1, 1), len(DAYS))


@cache
def _deposits(number: int) -> Mapping[str, Deposit]:
    day = DAYS[number - 1].date
    papers = corpus.papers(day)
    found = {paper.doi.lower(): _of_paper(paper, papers) for paper in papers.values() if paper.doi}
    entries = preprints.preprints(day)
    for entry in entries.values():
        if entry.doi and entry.doi.lower() not in found:
            found[entry.doi.lower()] = _of_preprint(entry, papers)
    known = found[entries[PREPRINTS["overtaken"]].doi.lower()]
    found[known.doi.lower()] = replace(known, articles=(papers[ACTORS["overtaken"]].doi,))
    return found


def _of_paper(paper: Paper, papers: Mapping[str, Paper]) -> Deposit:
    notices = tuple(
        (_TYPES[link.kind], papers[link.pmid].doi, papers[link.pmid].created)
        for link in paper.notices
        if link.kind in _TYPES and link.pmid in papers
    )
    if "Preprint" not in paper.types:
        return Deposit(paper.doi, paper.title, notices=notices, kind="journal-article")
    came_out = [link.pmid for link in paper.notices if link.kind == "UpdateIn" and link.pmid in papers]
    return Deposit(paper.doi, paper.title, tuple(papers[pmid].doi for pmid in came_out), notices)


def _of_preprint(entry: Entry, papers: Mapping[str, Paper]) -> Deposit:
    sure = [link.id for link in entry.comments if link.note == ASSERTED and link.id in papers]
    return Deposit(entry.doi, entry.title, tuple(papers[pmid].doi for pmid in sure if papers[pmid].doi))


@cache
def _rows(number: int) -> tuple[Row, ...]:
    papers = corpus.papers(DAYS[max(number - 3, 0)].date)
    cited = {paper.cited: paper for paper in papers.values()}
    links = ((paper, link) for paper in papers.values() for link in paper.notices if link.kind in _NATURES)
    found = [_row(paper, link, cited.get(link.source)) for paper, link in links]
    if number >= 5:
        found.append(_quietly(papers[ACTORS["quietly-retracted"]], DAYS[3].date))
    told = sorted([*found, *_elsewhere()], key=lambda row: (row.told, row.doi))
    return tuple(replace(row, number=place) for place, row in enumerate(told, 1))


def _row(paper: Paper, link: Notice, notice: Paper | None) -> Row:
    """A notice is known by the PMID by which PubMed links it, and by its DOI; one in print alone by neither."""
    told = notice.created if notice else paper.revised or paper.created
    doi = notice.doi if notice else ""
    return Row(0, paper.title, _NATURES[link.kind], told, paper.doi, paper.pmid, doi, link.pmid, ("Date Unknown",))


def _quietly(paper: Paper, told: date) -> Row:
    reasons = ("Concerns/Issues about Data", "Unreliable Results and/or Conclusions")
    notice = "10.5555/demo.notice.unseen"
    return Row(0, paper.title, "Retraction", told, paper.doi, paper.pmid, notice, reasons=reasons)


def _elsewhere() -> Iterator[Row]:
    for turn in range(ELSEWHERE):
        told = FIRST_DAY - timedelta(days=3 + 7 * turn)
        nature = ("Retraction", "Retraction", "Correction", "Expression of concern", "Reinstatement")[turn % 5]
        doi = f"10.5555/demo.elsewhere.{turn}"
        title = f"Rope, tar and the weight of a knot, part {turn + 1}"
        yield Row(0, title, nature, told, doi, notice_doi=f"{doi}.notice", reasons=("Error in Data", "Error by Author"))
