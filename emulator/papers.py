"""What an imagined paper consists of, and how it becomes an :class:`Article` of the demo's PubMed.

This is the demo's own model, on purpose not ``tracker.model``: the parser under test must not read what was written
with its own ideas. Texts called *fragments* are pieces of XML: ``&amp;`` for &, and inline ``<i> <b> <u> <sub> <sup>``.

A *literature* (:class:`Literature`) is anything with ``articles(day)``: the articles that PubMed would serve on that
day, by PMID. An article that was deleted or merged is simply absent from a later day; one that was edited (MeSH added,
abstract corrected, retracted) is a new :class:`Article` under the same PMID with a later ``revised``. Return the same
objects again for what did not change: the index of the service is then kept from day to day.

A :class:`Shelf` holds imagined papers while stories about them are told.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Article:
    """One article as PubMed has it on one day; everything searchable, and the XML that efetch sends.

    ``xml`` is the whole ``<PubmedArticle>...</PubmedArticle>`` (or ``<PubmedBookArticle>``) element in UTF-8 without
    XML declaration, or a function of the article that makes it when it is asked for. Everything else is plain text
    without markup and must say the same as the XML: it is what searches see. A partial publication date stands at the
    first day of what is known (NLM indexes "2024 Mar" as 1 March), as a search by [dp] sees it.
    """

    pmid: str
    created: date  # [crdt], in the XML PubMedPubDate[@PubStatus="entrez"]
    published: date  # [dp]
    title: str
    xml: bytes | Callable[[Article], bytes]
    revised: date | None = None  # [mdat], in the XML DateRevised; None: never revised since it was created
    abstract: str = ""  # all sections, as "LABEL: text LABEL: text"
    other_abstracts: tuple[str, ...] = ()  # translations, plain-language summaries; [tiab] covers them
    keywords: tuple[str, ...] = ()  # author keywords; [tiab] covers them
    mesh: tuple[str, ...] = ()  # descriptor names, or "Loneliness/psychology" with one qualifier each
    major: tuple[str, ...] = ()  # those of ``mesh`` that are major topics, written the same way
    publication_types: tuple[str, ...] = ("Journal Article",)
    languages: tuple[str, ...] = ("eng",)
    authors: tuple[str, ...] = ()  # "Example AB" or the name of a group
    journal: str = ""  # full title or abbreviation; [jour] and [ta] look here
    doi: str = ""
    pmcid: str = ""
    withheld: bool = False  # esearch lists it, efetch never sends it

    @property
    def entered(self) -> date:
        """The entry date [edat]: that of publication when the record came more than 12 months after it.

        Source: NLM Technical Bulletin 2008 Nov-Dec. It is why a window by [edat] loses records.
        """
        return self.published if self.created - self.published > timedelta(days=365) else self.created

    @property
    def modified(self) -> date:
        return self.revised or self.created

    def element(self) -> bytes:
        """The XML element as efetch sends it."""
        return self.xml if isinstance(self.xml, bytes) else self.xml(self)


class Literature(Protocol):
    """Something that has articles; ``emulator.corpus`` and ``emulator.synthetic`` make such things.

    May also carry ``tree``: MeSH headings and their narrower headings, and ``mapping``: what automatic term mapping
    turns an untagged word or phrase (lower case) into (a MeSH heading); see ``emulator.index``.
    """

    def articles(self, day: date) -> Mapping[str, Article]:
        """The articles that are in PubMed on that day, by PMID."""
        ...


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SEASONS = {"Winter": 1, "Spring": 4, "Summer": 7, "Autumn": 10, "Fall": 10}  # as NLM dates a season for searching
LATEST = date(2026, 11, 15)  # the day before the demo begins: no older paper was revised after it
_TAG = re.compile(r"<[^>]*>")
_NUMBERS = {**SEASONS, **{name: number for number, name in enumerate(MONTHS, start=1)}}
_NAMED = re.compile("|".join(_NUMBERS))


@dataclass(frozen=True, slots=True)
class Person:
    """An invented author; ``group`` (a fragment) instead of a name for a group."""

    family: str = ""
    given: str = ""
    suffix: str = ""
    group: str = ""
    orcid: str = ""  # as spelt in the record: bare, as an address, without hyphens
    affiliations: tuple[str, ...] = ()
    valid: bool = True  # False: a superseded spelling of the name before it
    equal: bool = False

    @property
    def initials(self) -> str:
        """``Mary-Jo A`` has the initials MJA; names in other scripts than Latin have none, as in PubMed."""
        parts = re.split(r"[\s\-]+", self.given)
        return "".join(part[0] for part in parts if part and part[0].isupper())

    @property
    def cited(self) -> str:
        """The name as searches know it: ``Abernook CM`` or that of the group."""
        return plain(self.group) or " ".join(part for part in (self.family, self.initials) if part)


@dataclass(frozen=True, slots=True)
class Journal:
    """An invented journal, preprint server or (``book``) book."""

    title: str
    abbrev: str
    nlm: str
    issn: str  # electronic
    issn_linking: str
    country: str
    lang: str = "eng"
    access: str = "silent"  # a Creative Commons licence, "closed" or "silent"
    labels: str = ""
    indexed: bool = True
    pages: str = "range"
    weight: int = 0
    preprints: bool = False


@dataclass(frozen=True, slots=True)
class Issue:
    """The date of an issue as printed: year with month, day or season, or NLM's free form (``medline``)."""

    year: str = ""
    month: str = ""
    day: str = ""
    season: str = ""
    medline: str = ""

    @property
    def text(self) -> str:
        return self.medline or " ".join(part for part in (self.year, self.season, self.month, self.day) if part)

    @property
    def first_day(self) -> date:
        """The day on which a search by [dp] sees it: the first of what is known."""
        year = int(self.year or self.medline[:4])
        named = [_NUMBERS[name] for name in _NAMED.findall(self.text)]
        month = int(self.month) if self.month.isdigit() else (named or [1])[0]
        return date(year, month, int(self.day or 1))


@dataclass(frozen=True, slots=True)
class AbstractPart:
    """A part of an abstract: ``text`` is a fragment, ``category`` one of NLM's or empty."""

    text: str
    label: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class PaperHeading:
    """A MeSH heading; ``major`` stands on the qualifiers when there are any, else on the descriptor."""

    name: str
    qualifiers: tuple[str, ...] = ()
    major: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """A CommentsCorrections link; PubMed often knows no PMID for the other side."""

    kind: str
    source: str
    pmid: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class PaperGrant:
    id: str
    acronym: str
    agency: str
    country: str


@dataclass(frozen=True, slots=True)
class Book:
    """The book of which the paper is a chapter, or which it is (then the paper has no title of its own)."""

    title: str
    publisher: str
    place: str
    accession: str
    editors: tuple[Person, ...] = ()
    isbn: str = ""


@dataclass(frozen=True, slots=True)
class DemoPaper:
    """Everything a PubMed record says. ``title``, ``vernacular``, parts, keywords and coi are fragments."""

    pmid: str
    title: str
    journal: Journal
    issue: Issue
    created: date
    revised: date | None = None
    completed: date | None = None
    electronic: date | None = None
    received: date | None = None
    parts: tuple[AbstractPart, ...] = ()
    other: tuple[tuple[str, str, tuple[AbstractPart, ...]], ...] = ()  # (type, language, parts)
    copyright: str = ""
    vernacular: str = ""
    authors: tuple[Person, ...] = ()
    complete: bool = True
    investigators: tuple[Person, ...] = ()
    volume: str = ""
    number: str = ""
    pages: str = ""
    doi: str = ""
    doi_in: str = "both"  # both, ids (ArticleIdList alone), location (ELocationID alone), invalid (location, ValidYN=N)
    pii: str = ""
    pmcid: str = ""
    languages: tuple[str, ...] = ("eng",)
    types: tuple[str, ...] = ("Journal Article",)
    mesh: tuple[PaperHeading, ...] = ()
    keywords: tuple[tuple[str, ...], ...] = ()  # lists of author keywords
    grants: tuple[PaperGrant, ...] = ()
    registered: str = ""  # number in the (invented) trial register
    notices: tuple[Notice, ...] = ()
    references: tuple[tuple[str, str, str], ...] = ()  # (citation, pmid, doi)
    status: str = "PubMed-not-MEDLINE"
    indexing: str = ""
    published_as: str = "ppublish"
    coi: str = ""
    version: int = 1
    book: Book | None = None
    withheld: bool = False

    @property
    def cited(self) -> str:
        """The paper as another record's RefSource cites it."""
        place = f"{self.volume}({self.number})" if self.number else self.volume
        where = f"{self.issue.text};{place}:{self.pages}" if self.pages else self.issue.text
        doi = f" doi: {self.doi}." if self.doi else ""
        return f"{self.journal.abbrev}. {where}.{doi}"

    @property
    def published(self) -> date:
        return min(self.issue.first_day, self.electronic or date.max)


def plain(fragment: str) -> str:
    """A fragment as a reader sees it: no tags, no entities."""
    return html.unescape(_TAG.sub("", fragment))


def spoken(parts: tuple[AbstractPart, ...]) -> str:
    """The parts of an abstract in one line, as searches read them."""
    return " ".join(f"{part.label}: {plain(part.text)}" if part.label else plain(part.text) for part in parts)


def issue_of(day: date, *, precise: bool = False) -> Issue:
    """The issue date of that day's month, with the day when ``precise``."""
    return Issue(str(day.year), MONTHS[day.month - 1], f"{day.day:02}" if precise else "")


def later(start: date, days: int) -> date:
    """So many days after, but never after the day before the demo begins."""
    return max(start, min(start + timedelta(days=days), LATEST))


def article(paper: DemoPaper, write: Callable[[DemoPaper], bytes]) -> Article:
    """The paper as the demo's PubMed has it; its XML is written when somebody asks for it."""
    headings = [(_spelt(heading), heading.major) for heading in paper.mesh]
    title = plain(f"{paper.title} {paper.book.title}".strip() if paper.book else paper.title)
    return Article(
        pmid=paper.pmid,
        created=paper.created,
        published=paper.published,
        revised=paper.revised,
        title=title,
        xml=lambda _: write(paper),
        abstract=spoken(paper.parts),
        other_abstracts=tuple(spoken(parts) for _, _, parts in paper.other),
        keywords=tuple(plain(word) for words in paper.keywords for word in words),
        mesh=tuple(name for names, _ in headings for name in names),
        major=tuple(name for names, major in headings if major for name in names),
        publication_types=paper.types,
        languages=paper.languages,
        authors=tuple(person.cited for person in paper.authors if person.valid),
        journal=paper.journal.title,
        doi=paper.doi if paper.doi_in != "invalid" else "",
        pmcid=paper.pmcid,
        withheld=paper.withheld,
    )


def _spelt(heading: PaperHeading) -> tuple[str, ...]:
    return tuple(f"{heading.name}/{qualifier}" for qualifier in heading.qualifiers) or (heading.name,)


SETTLED = date(2026, 6, 30)  # what happens to a paper in these three years happens to one created before this day
_STRIDE = 11


class Shelf:
    """Papers by PMID. :meth:`take` hands out drafts so that no two stories are told of one paper."""

    def __init__(self) -> None:
        self.papers: dict[str, DemoPaper] = {}
        self.titles: set[str] = set()  # as printed, to keep them different
        self._drafts: defaultdict[str, list[str]] = defaultdict(list)
        self._turns: dict[str, Iterator[str]] = {}

    def put(self, *papers: DemoPaper) -> None:
        """Adds papers, or replaces those of the same PMID."""
        self.papers.update((paper.pmid, paper) for paper in papers)

    def draft(self, theme: str, paper: DemoPaper) -> None:
        """Adds a paper that stories may be told of: one with an abstract, in a journal, some time ago."""
        self.put(paper)
        if paper.parts and paper.created <= SETTLED and not paper.journal.preprints:
            self._drafts[theme].append(paper.pmid)

    def take(self, theme: str, after: date = date.min) -> DemoPaper:
        """The next paper of the theme created after that day, at intervals: the stories are spread over the years."""
        if theme not in self._turns:
            pmids = self._drafts[theme]
            self._turns[theme] = iter([pmid for first in range(_STRIDE) for pmid in pmids[first::_STRIDE]])
        papers = (self.papers[pmid] for pmid in self._turns[theme])
        return next(paper for paper in papers if paper.created > after)
