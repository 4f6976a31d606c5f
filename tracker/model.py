"""The nouns: frozen dataclasses that know nothing of SQL and nothing of HTTP.

All text in them has been cleaned (``tracker.text``): NFC, no controls, one line unless said otherwise.
Dates are partial: ``value`` is ISO 8601 cut to what is known (``2024``, ``2024-03``, ``2024-03-05``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date as precise as the source knows it; ``text`` keeps the source's own words."""

    value: str = ""
    text: str = ""

    @property
    def year(self) -> int | None:
        return int(self.value[:4]) if self.value else None

    @property
    def precision(self) -> str:
        """'day', 'month', 'year' or '' when unknown."""
        return {10: "day", 7: "month", 4: "year"}.get(len(self.value), "")


@dataclass(frozen=True, slots=True)
class Author:
    """A person (family, given) or a group (``group`` alone)."""

    family: str = ""
    given: str = ""
    initials: str = ""
    suffix: str = ""
    group: str = ""
    orcid: str = ""
    affiliations: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """``Family, Given, Suffix`` or the name of the group."""
        return self.group or ", ".join(part for part in (self.family, self.given or self.initials, self.suffix) if part)


@dataclass(frozen=True, slots=True)
class Section:
    """One part of an abstract; ``label`` as printed, ``category`` NLM's own (may be empty)."""

    text: str = ""
    label: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A MeSH heading; ``major`` if the descriptor or any of its qualifiers is a major topic."""

    name: str = ""
    ui: str = ""
    major: bool = False
    qualifiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A link a source gives from this record to another (PubMed's CommentsCorrections and its like).

    ``kind`` is the source's word, for PubMed the RefType (``RetractionIn``, ``UpdateOf`` ...).
    """

    kind: str = ""
    text: str = ""
    pmid: str = ""
    doi: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    id: str = ""
    acronym: str = ""
    agency: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """What one source says of one paper, all fields of it; empty means the source does not say."""

    source: str
    source_id: str
    title: str = ""
    title_markup: str = ""  # the title with <i> <sub> <sup> <b> kept, only where it differs
    vernacular_title: str = ""
    abstract: tuple[Section, ...] = ()
    other_abstracts: tuple[tuple[str, str, str], ...] = ()  # (type, language, text)
    copyright: str = ""
    authors: tuple[Author, ...] = ()
    authors_complete: bool = True
    investigators: tuple[Author, ...] = ()
    journal: str = ""
    journal_abbrev: str = ""
    issns: tuple[str, ...] = ()
    issn_linking: str = ""
    nlm_id: str = ""
    publisher: str = ""
    country: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""  # full range: 737-738, never 737-8
    date: PartialDate = PartialDate()  # the date to show
    issue_date: PartialDate = PartialDate()
    electronic_date: PartialDate = PartialDate()
    history: tuple[tuple[str, str], ...] = ()  # (status, ISO date)
    created: str = ""  # ISO date on which the record entered the source
    revised: str = ""
    completed: str = ""
    pmid: str = ""
    pmcid: str = ""
    doi: str = ""  # lower case, bare
    other_ids: tuple[tuple[str, str], ...] = ()
    languages: tuple[str, ...] = ()
    publication_types: tuple[tuple[str, str], ...] = ()  # (UI, text)
    mesh: tuple[Heading, ...] = ()
    substances: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    grants: tuple[Grant, ...] = ()
    links: tuple[Link, ...] = ()
    status: str = ""
    indexing: str = ""
    publication_status: str = ""
    conflict: str = ""
    licence: str = ""
    licence_url: str = ""
    version: str = ""
    extra: tuple[tuple[str, str], ...] = ()

    @property
    def abstract_text(self) -> str:
        """All sections in one line: ``LABEL: text LABEL: text``."""
        return " ".join(f"{part.label}: {part.text}" if part.label else part.text for part in self.abstract)

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the fields that are not empty, so that a new field does not change old records."""
        return fingerprint_of(self.to_json())

    def to_json(self) -> str:
        """Canonical JSON without empty fields; :func:`record_from_json` reads it back to an equal record."""
        blank = Record("", "")
        said = {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name) != getattr(blank, f.name)}
        return json.dumps(said, default=_plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def fingerprint_of(content: str) -> str:
    """The fingerprint of the record that was written as ``content`` by :meth:`Record.to_json`."""
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: Any) -> Any:
    return {key: item for key, item in asdict(value).items() if item not in ("", (), False)}


def record_from_json(text: str) -> Record:
    """The inverse of :meth:`Record.to_json`."""
    said: dict[str, Any] = json.loads(text)
    for name, build in _BUILD.items():
        if name in said:
            said[name] = build(said[name])
    return Record(**said)


def _author(said: dict[str, Any]) -> Author:
    return Author(**{**said, "affiliations": tuple(said.get("affiliations", ()))})


def _rows(said: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(row) for row in said)


_BUILD: dict[str, Any] = {
    "abstract": lambda said: tuple(Section(**part) for part in said),
    "authors": lambda said: tuple(_author(part) for part in said),
    "investigators": lambda said: tuple(_author(part) for part in said),
    "mesh": lambda said: tuple(Heading(**{**part, "qualifiers": tuple(part.get("qualifiers", ()))}) for part in said),
    "grants": lambda said: tuple(Grant(**part) for part in said),
    "links": lambda said: tuple(Link(**part) for part in said),
    "date": lambda said: PartialDate(**said),
    "issue_date": lambda said: PartialDate(**said),
    "electronic_date": lambda said: PartialDate(**said),
    **dict.fromkeys(("other_abstracts", "history", "other_ids", "publication_types", "extra"), _rows),
    **dict.fromkeys(("issns", "languages", "substances", "keywords"), tuple),
}


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A file of ``queries/``, blocks inserted; ``version`` is the hash of the strategy after inserting."""

    slug: str
    title: str
    sources: tuple[str, ...]
    strategy: str
    version: str
    every: str = "day"
    at_least: tuple[tuple[str, int], ...] = ()  # (source or "", number)
    finds: tuple[str, ...] = ()  # PMIDs and DOIs of known relevant papers
    overrides: tuple[tuple[str, str], ...] = ()  # (source, text) from queries/<slug>.<source>.txt
    headers: tuple[tuple[str, str], ...] = ()  # every other header, as written


@dataclass(frozen=True, slots=True)
class IdList:
    """Everything a service says a strategy matches, without the records themselves.

    ``promised_first`` and ``promised_last`` are the totals that the service stated with the first and the last request.
    ``cuts`` are the ISO dates at which the answer had to be split, to be tried first next time.
    """

    promised_first: int
    promised_last: int
    ids: tuple[str, ...]
    translation: str = ""
    warnings: tuple[str, ...] = ()
    cuts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    shortfall: str = ""  # why the walk is not the whole answer; empty when it is


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One record as the service sent it (reference lists left out); ``body`` is what ``parse`` reads."""

    source_id: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is held of two records: ``kind`` is same, version, related, different or ask."""

    a: int
    b: int
    kind: str
    rule: str
    evidence: str
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a paper: a state, who says so, and the notice that says it.

    ``kind``: preprint, published, corrected, concern, retracted, withdrawn; ``date`` may be partial or empty.
    """

    kind: str
    notice: str
    source: str
    date: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """The reading row of the ledger: fetched = read + unreadable + withheld, read = fresh + changed + same."""

    fetched: int = 0
    fresh: int = 0
    changed: int = 0
    same: int = 0
    unreadable: int = 0
    withheld: int = 0

    @property
    def read(self) -> int:
        return self.fresh + self.changed + self.same


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record as it stands in the store; ``publication`` is the lowest id of the records that are the same paper."""

    id: int
    record: Record
    first_seen: str
    refreshed: str
    publication: int


@dataclass(frozen=True, slots=True)
class Match:
    """A stretch of runs in which a search matched a record; ``until`` is empty while it does."""

    search: str  # slug
    source: str
    source_id: str
    since: str
    until: str
    why: str  # baseline, strategy, new, late, edited or empty (unknown)
    detail: str
    strategy: int  # number of the strategy version under which it began
    held: bool = False  # came in a burst: no news until a person says so


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event and when the tracker first saw it; ``record`` is the id of the record it hangs on."""

    record: int
    event: Event
    seen: str


@dataclass(frozen=True, slots=True)
class Work:
    """What a reader counts as one paper, with everything known of it."""

    id: int
    key: str  # LSI-000123
    records: tuple[StoredRecord, ...]  # by id
    matches: tuple[Match, ...]
    events: tuple[StoredEvent, ...]
    hidden: str = ""  # when it was taken down
