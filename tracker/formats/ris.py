"""RIS for reference managers and screening tools: our own writer and reader.

The writer is our own because the libraries let a value end a record. It writes the shape that every reader tried
accepts: UTF-8 without byte order mark, CRLF, ``TY`` first, ``ER  - `` last with its space, a blank line between
records, one line a value, never wrapped. All white space inside a value is one space, so that no value holds a line
break or the two spaces that make a tag; nothing in it can end a record or begin another. The work's id stands in
``ID``, ``U1``, ``N1`` and, where there is no PMID, ``AN``: each tool keeps another of them. ``M1``, ``Y2``, ``L1`` and
``L2`` are never written: tools read them as something else.

The reader takes what EBSCO, Ovid, ProQuest, Scopus, Web of Science, Zotero, EndNote, EPPI-Reviewer, ASReview and Rayyan
make of it: any line ends, wrapped values, missing spaces, numbers before the references, a reference without an end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from tracker.errors import UsageError
from tracker.formats.decode import encoding_of
from tracker.formats.row import Collected, Fields, Format, Limit, Piece, Reader, Row, Sink, Written, parts, people
from tracker.sources import title
from tracker.text import clean

UNTITLED = "[No title]"
_AND = re.compile(r"\band\b")
_DASHES = re.compile(r"\s*-{2,}\s*")


@dataclass(frozen=True, slots=True)
class Profile:
    """Whom the file is for, and what that reader takes apart: Rayyan splits at ``and`` in names, ``--`` in keywords."""

    name: str
    purpose: str
    rayyan: bool = False
    limit: Limit | None = None


GENERIC = Profile("generic", "EndNote, Mendeley and other readers of RIS")
COVIDENCE = Profile("covidence", "Covidence", limit=Limit(15_000, 50_000_000))
PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        profile.name: profile
        for profile in (
            GENERIC, COVIDENCE, Profile("eppi", "EPPI-Reviewer"), Profile("rayyan", "Rayyan", rayyan=True),
            Profile("zotero", "Zotero"),
        )
    }
)  # fmt: skip


def write(rows: Iterable[Row], out: BinaryIO, profile: str = GENERIC.name) -> Written:
    """Write the rows one after the other (memory does not grow) and return what was written.

    Raises :class:`UsageError` for a profile that is not there.
    """
    if profile not in PROFILES:
        raise UsageError(f"there is no RIS profile {profile!r}: use one of {', '.join(PROFILES)}")
    chosen, sink, records = PROFILES[profile], Sink(out), 0
    for row in rows:
        lines = [f"{tag}  - {value}" for tag, value in _lines(row, chosen) if value]
        sink.write("\r\n".join(["TY  - JOUR", *lines, "ER  - ", "", ""]))
        records += 1
    return sink.written(records)


def _lines(row: Row, profile: Profile) -> Iterator[tuple[str, str]]:
    key, pages = clean(row.key), clean(row.pages)
    yield "ID", key
    yield "TI", clean(row.title) or UNTITLED
    for name in _names(row, profile):
        yield "AU", name
    if row.year is not None:
        yield "PY", f"{row.year:04}"
        if row.month and row.day:
            yield "DA", f"{row.year:04}/{row.month:02}/{row.day:02}"
    yield "T2", clean(row.journal)
    yield "J2", clean(row.journal_abbrev)
    yield "VL", clean(row.volume)
    yield "IS", clean(row.issue)
    first, _, last = pages.partition("-")
    yield "SP", first.strip()
    yield "EP", last.strip()
    yield "SN", clean(row.issn)
    yield "PB", clean(row.publisher)
    yield "DO", clean(row.doi)
    yield "UR", clean(row.url)
    yield "AB", clean(row.abstract)
    for word in _keywords(row, profile):
        yield "KW", word
    yield "LA", clean(row.language)
    yield "M3", clean(row.record_type).capitalize()
    yield "AN", clean(row.pubmed_id) or key
    yield "DB", "; ".join(title(name) for name in parts(clean(row.sources)))
    yield "U1", key
    yield "N1", clean(row.notes).replace("|", "/") or f"tracker-id: {key}"


def _names(row: Row, profile: Profile) -> Iterator[str]:
    """``Family, Given, Suffix``; a group without any comma, which readers would take for the end of a family name."""
    for author in people(row):
        if author.group:
            name = clean(author.group.replace(",", " "))
        else:
            parted = map(clean, (author.family, author.given or author.initials, author.suffix))
            name = ", ".join(part for part in parted if part)
        yield _AND.sub("&", name) if profile.rayyan else name


def _keywords(row: Row, profile: Profile) -> Iterator[str]:
    for word in parts(clean(row.keywords)):
        yield clean(_DASHES.sub(" - ", word)) if profile.rayyan else word


RIS = Format(
    name="ris",
    suffix=".ris",
    media_type="application/x-research-info-systems; charset=utf-8",
    profiles={profile.name: profile.purpose for profile in PROFILES.values()},
    default_profile=GENERIC.name,
    write=write,
    limits={profile.name: profile.limit for profile in PROFILES.values() if profile.limit},
)


_TAG = re.compile(r"\s{0,4}([A-Za-z][A-Za-z0-9])[ \t\xa0]{0,3}-(?:[ \t\xa0](.*)|$)")
_BEGIN = re.compile(r"\s{0,4}TY[ \t\xa0]{0,3}-", re.I)
_END = re.compile(r"\s{0,4}ER[ \t\xa0]{0,3}-[ \t\xa0]*$", re.I)
_NUMBER = re.compile(r"\s*[0-9]{1,6}\.?\s*$")

_NAMES = {
    **dict.fromkeys(("TI", "T1", "CT"), "title"),
    **dict.fromkeys(("AU", "A1"), "authors"),
    **dict.fromkeys(("ED", "A2", "A3", "A4"), "editors"),
    **dict.fromkeys(("PY", "Y1"), "year"),
    **dict.fromkeys(("JO", "JF", "T2", "BT"), "journal"),
    **dict.fromkeys(("JA", "J2", "J1"), "abbrev"),
    **dict.fromkeys(("IS", "CP"), "issue"),
    **dict.fromkeys(("AB", "N2"), "abstract"),
    **dict.fromkeys(("UR", "L2"), "url"),
    **dict.fromkeys(("N1", "RN"), "notes"),
    **dict.fromkeys(("CY", "PP"), "place"),
    "DA": "date",
    "VL": "volume",
    "SP": "first",
    "EP": "last",
    "C7": "number",
    "DO": "doi",
    "SN": "issn",
    "KW": "keywords",
    "LA": "language",
    "M3": "type",
    "AN": "accession",
    "PB": "publisher",
    "DB": "database",
    "C2": "pmcid",
    "TT": "vernacular",
}
# What a reference is, by its TY; NLM's words where there are some.
_TYPES = {
    "JOUR": "Journal Article", "JFULL": "Journal Article", "EJOUR": "Journal Article", "MGZN": "Magazine Article",
    "CHAP": "Book Chapter", "ECHAP": "Book Chapter", "BOOK": "Book", "EBOOK": "Book", "EDBOOK": "Book",
    "THES": "Dissertation", "CONF": "Congress", "CPAPER": "Congress", "RPRT": "Technical Report",
    "NEWS": "Newspaper Article", "INPR": "Journal Article",
}  # fmt: skip


def fits(begin: str) -> bool:
    """Whether a file that begins like this is RIS."""
    return any(_BEGIN.match(line) for line in begin.splitlines())


def cut(text: str) -> list[Piece]:
    """The references of a file; words between two of them are a broken piece, before the first a header."""
    pieces: list[Piece] = []
    lines: list[str] = []
    first, inside, seen = 0, False, False

    def close() -> None:
        if inside:
            pieces.append(Piece(first, "\n".join(lines)))
        elif seen:
            words = [place for place, line in enumerate(lines) if line.strip() and not _NUMBER.match(line)]
            if words:
                said = "\n".join(lines[words[0] :])
                pieces.append(Piece(first + words[0], said, "words that belong to no reference"))
        lines.clear()

    for number, line in enumerate(text.splitlines(), start=1):
        begins, ends = _BEGIN.match(line) is not None, _END.match(line) is not None
        if begins:
            close()
            first, inside, seen = number, True, True
        if ends and inside:
            close()
            first, inside = number + 1, False
        elif not ends:
            lines.append(line)
    close()
    return pieces


def read_fields(text: str) -> Fields:
    """The fields of one reference."""
    found = Collected()
    for line in text.splitlines():
        tag = _TAG.match(line)
        if tag is None:
            found.go_on(line)
        elif tag[1].upper() == "TY":
            found.add("type", _TYPES.get((tag[2] or "").strip().upper(), ""))
        else:
            found.add(_NAMES.get(tag[1].upper(), ""), tag[2] or "")
    return {name: values for name, values in found.fields.items() if any(values)}


READER = Reader("ris", (".ris",), fits, cut, read_fields)


Tags = dict[str, list[str]]

_OUR_TAG = re.compile(r"([A-Z][A-Z0-9])  -(?: (.*)|)")
_OUR_NUMBER = re.compile(r"\d+\.\s*")

# Column of the row -> where readers and writers of RIS keep it, the first that is there.
COLUMNS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "title": ("TI", "T1", "CT", "BT"),
        "journal": ("T2", "JO", "JF", "JA", "J2"),
        "issn": ("SN",),
        "volume": ("VL",),
        "issue": ("IS", "CP"),
        "url": ("UR",),
        "language": ("LA",),
        "publisher": ("PB",),
        "location": ("CY",),
        "abstract": ("AB", "N2"),
        "doi": ("DO",),
        "record_type": ("M3",),
        "accession": ("AN",),
    }
)


def entries(path: Path) -> Iterator[Tags]:
    """The records of a RIS file, each its values by tag. Raises :class:`UsageError` if the file cannot be opened."""
    try:
        with path.open(encoding=encoding_of(path), errors="replace") as file:
            yield from _tagged(file)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error


def _tagged(lines: Iterator[str]) -> Iterator[Tags]:
    tags: Tags = {}
    last: list[str] = []
    for line in lines:
        text = line.strip("\ufeff\r\n")
        found = _OUR_TAG.fullmatch(text.strip() if text.lstrip().startswith("ER") else text)
        if found is None:
            if tags and text.strip() and not _OUR_NUMBER.fullmatch(text):
                last[-1] = f"{last[-1]} {text.strip()}".strip()
            continue
        tag, value = found[1], (found[2] or "").strip()
        if tag in ("TY", "ER") and tags:
            yield tags
            tags = {}
        if tag == "TY" or (tags and tag != "ER"):
            last = tags.setdefault(tag, [])
            last.append(value)
    if tags:
        yield tags


def first(tags: Tags, names: Sequence[str]) -> str:
    return next((value for name in names for value in tags.get(name, ()) if value), "")


def read(path: Path) -> Iterator[dict[str, str]]:
    """The records as dicts by the names of our columns, and ``accession`` for the tag ``AN``."""
    for tags in entries(path):
        row = {column: first(tags, names) for column, names in COLUMNS.items()}
        year = re.search(r"\d{4}", first(tags, ("PY", "Y1", "DA")))
        row["year"] = year[0] if year else ""
        row["pages"] = "-".join(filter(None, (first(tags, ("SP",)), first(tags, ("EP",)))))
        row["authors"] = "; ".join(name for tag in ("AU", "A1") for name in tags.get(tag, ()) if name)
        row["keywords"] = "; ".join(filter(None, tags.get("KW", ())))
        row["notes"] = "; ".join(filter(None, tags.get("N1", ())))
        row["key"] = first(tags, ("ID",))
        yield row
