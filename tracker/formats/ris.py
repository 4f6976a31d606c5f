"""RIS for reference managers and screening tools: our own writer, because the libraries let a value end a record.

The shape that every reader tried accepts: UTF-8 without byte order mark, CRLF, ``TY`` first, ``ER  - `` last with its
space, a blank line between records, one line a value, never wrapped. All white space inside a value is one space, so
that no value holds a line break or the two spaces that make a tag; nothing in it can end a record or begin another.

The work's id stands in ``ID``, ``U1``, ``N1`` and, where there is no PMID, ``AN``: each tool keeps another of them.
``M1``, ``Y2``, ``L1`` and ``L2`` are never written: tools read them as something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import BinaryIO

from tracker.errors import UsageError
from tracker.formats.ris_read import read
from tracker.formats.row import Format, Limit, Row, Written, parts, people
from tracker.formats.sink import Sink
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
    read=read,
    limits={profile.name: profile.limit for profile in PROFILES.values() if profile.limit},
)
