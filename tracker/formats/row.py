"""What every format shares: the row (one a work, the columns of design B4 in their order) and what a format offers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import BinaryIO


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One work as it is handed out; the fields are the columns, in this order.

    ``key`` is the work id. Several authors, keywords, searches or sources are joined by ``"; "``.
    ``included`` is 1, 0 or None (empty). The last four columns are the reviewers' own.
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


COLUMNS: tuple[str, ...] = tuple(f.name for f in fields(Row))
REVIEWERS_OWN: tuple[str, ...] = ("decision", "reason", "reviewer", "comment")


@dataclass(frozen=True, slots=True)
class Written:
    """What a writer wrote: records, bytes and their SHA-256, and how many cells had to be cut to the format's limit."""

    records: int
    size: int
    sha256: str
    cut: int = 0


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: what its files are called, its profiles (name and whom it is for), a writer and a reader.

    ``write(rows, out, profile)`` writes row after row in constant memory; ``read(path)`` gives dicts by column name.
    """

    name: str
    suffix: str
    media_type: str
    profiles: Mapping[str, str]
    default_profile: str
    write: Callable[[Iterable[Row], BinaryIO, str], Written]
    read: Callable[[Path], Iterator[dict[str, str]]]
