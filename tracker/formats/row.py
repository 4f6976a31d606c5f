"""What every format shares: the row (one a paper, in the order of its columns), what a writer and a reader offer.

Files from elsewhere are cut into pieces first, so that a damaged reference costs itself and not its neighbours, and so
that each is kept as it was written and can be read again by a later reader.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from hashlib import sha256
from typing import BinaryIO

from tracker.formats.decode import decode
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


Fields = dict[str, list[str]]
"""A reference by the names below, each with its values in the order of the file.

title, vernacular, authors, editors, year, date, journal, abbrev, volume, issue, first, last, pages, number, abstract,
doi, pmid, pmcid, issn, url, language, keywords, mesh, type, accession, publisher, place, notes, database, status; and
``told``: sentences on what the reader did not understand.
"""


@dataclass(frozen=True, slots=True)
class Piece:
    """A reference as it stands in the file, from ``line`` (from 1) on; ``broken`` says why it cannot be read.

    ``note`` makes it no reference but something to tell of the file, such as a column that is not read.
    """

    line: int
    text: str
    broken: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """A format that references are read from: how it is known, how a file is cut, how a piece is read.

    ``text`` makes text of the bytes of a file and raises UsageError if it cannot. ``magic`` are the first bytes
    of a format that is not text: such a reader is asked for no other file, and no other reader for such a file.
    """

    name: str
    suffixes: tuple[str, ...]
    fits: Callable[[str], bool]  # by the beginning of a file
    cut: Callable[[str], list[Piece]]
    read: Callable[[str], Fields]  # raises ValueError with the reason
    text: Callable[[bytes], str] = decode
    magic: tuple[bytes, ...] = ()

    def takes(self, data: bytes, begin: int) -> bool:
        """Whether a file is in this format, judged by ``begin`` characters of it."""
        if self.magic:
            return data.startswith(self.magic)
        return self.fits(self.text(data[: 4 * begin])[:begin])


@dataclass(frozen=True, slots=True)
class Limit:
    """What a tool takes in one file: so many records, so many bytes."""

    records: int
    size: int


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: what its files are called, its profiles (name and whom it is for), a writer and a reader.

    ``write(rows, out, profile)`` writes row after row in constant memory. ``limits`` names the profiles whose tool
    takes only so much in one file. ``reader`` is set where files of the format can be imported too.
    """

    name: str
    suffix: str
    media_type: str
    profiles: Mapping[str, str]
    default_profile: str
    write: Callable[[Iterable[Row], BinaryIO, str], Written]
    limits: Mapping[str, Limit] = field(default_factory=dict)
    reader: Reader | None = None


@dataclass
class Collected:
    """Fields as they are found; a continuation goes to the value found last."""

    fields: Fields = field(default_factory=dict)
    _last: list[str] | None = None

    def add(self, name: str, value: str) -> None:
        self._last = self.fields.setdefault(name, []) if name else []
        self._last.append(value.strip())

    def go_on(self, value: str) -> None:
        if self._last:
            self._last[-1] = f"{self._last[-1]} {value.strip()}".strip()


class Sink:
    """A file-like object for text over a binary file; also what is left to say when all is written."""

    def __init__(self, out: BinaryIO) -> None:
        self.out, self.size, self.hash = out, 0, sha256()

    def write(self, text: str) -> None:
        self.put(text.encode("utf-8"))

    def put(self, data: bytes) -> None:
        self.out.write(data)
        self.size += len(data)
        self.hash.update(data)

    def written(self, records: int, cut: int = 0) -> Written:
        return Written(records, self.size, self.hash.hexdigest(), cut)
