"""What every format shares: the row (one a work, the columns of design B4 in their order) and what a format offers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import BinaryIO

from tracker.model import Author


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One work as it is handed out; the fields are the columns, in this order.

    ``key`` is the work id. Several authors, keywords, searches or sources are joined by ``"; "``.
    ``included`` is 1, 0 or None (empty). ``decision`` to ``comment`` are the reviewers' own. What stands behind them is
    no column: it is what the reference formats need and a table cannot hold.
    """

    key: str
    title: str = ""
    year: int | None = None
    month: int | None = None
    day: int | None = None
    journal: str = ""
    issn: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    authors: str = ""
    url: str = ""
    language: str = ""
    publisher: str = ""
    location: str = ""
    abstract: str = ""
    notes: str = ""
    doi: str = ""
    keywords: str = ""
    pubmed_id: str = ""
    pmc_id: str = ""
    record_type: str = ""
    status: str = ""
    versions: str = ""
    searches: str = ""
    sources: str = ""
    first_seen: str = ""
    priority: str = ""
    priority_why: str = ""
    priority_note: str = ""
    included: int | None = None
    decision: str = ""
    reason: str = ""
    reviewer: str = ""
    comment: str = ""
    names: tuple[Author, ...] = ()  # the authors in parts; empty: take ``authors`` apart
    journal_abbrev: str = ""


BESIDE: tuple[str, ...] = ("names", "journal_abbrev")
COLUMNS: tuple[str, ...] = tuple(f.name for f in fields(Row) if f.name not in BESIDE)
REVIEWERS_OWN: tuple[str, ...] = ("decision", "reason", "reviewer", "comment")


@dataclass(frozen=True, slots=True)
class Written:
    """What a writer wrote: records, bytes and their SHA-256, and how many cells had to be cut to the format's limit."""

    records: int
    size: int
    sha256: str
    cut: int = 0


def parts(text: str) -> list[str]:
    """The values of a column that holds several; the inverse of joining them by ``"; "``."""
    return [part for part in map(str.strip, text.split(";")) if part]


def people(row: Row) -> tuple[Author, ...]:
    """The authors in parts. Without ``names`` a name with a comma is taken for a person, one without for a group."""
    return row.names or tuple(_author(name) for name in parts(row.authors))


def _author(name: str) -> Author:
    return person(name) if "," in name else Author(group=name)


def person(name: str) -> Author:
    """The person called ``Family, Given, Suffix``, in parts."""
    family, _, rest = name.partition(",")
    given, _, suffix = rest.partition(",")
    return Author(family=family.strip(), given=given.strip(), suffix=suffix.strip())


@dataclass(frozen=True, slots=True)
class Limit:
    """What a tool takes in one file: so many records, so many bytes."""

    records: int
    size: int


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: what its files are called, its profiles (name and whom it is for), a writer and a reader.

    ``write(rows, out, profile)`` writes row after row in constant memory; ``read(path)`` gives dicts by column name.
    ``limits`` names the profiles whose tool takes only so much in one file.
    """

    name: str
    suffix: str
    media_type: str
    profiles: Mapping[str, str]
    default_profile: str
    write: Callable[[Iterable[Row], BinaryIO, str], Written]
    read: Callable[[Path], Iterator[dict[str, str]]] | None = None
    limits: Mapping[str, Limit] = field(default_factory=dict)
