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
from tracker.formats.decode import decode
from tracker.formats.row import Fields, Format, Limit, Piece, Reader, Row, Sink, Written, parts, people
from tracker.sources import title
from tracker.text import clean, clean_doi
from tracker.text.names import listed

UNTITLED = "[No title]"
_AND = re.compile(r"\band\b")
_DASHES = re.compile(r"\s*-{2,}\s*")


@dataclass(frozen=True, slots=True)
class RisProfile:
    """Whom the file is for, and what that reader takes apart: Rayyan splits at ``and`` in names, ``--`` in keywords."""

    name: str
    purpose: str
    rayyan: bool = False
    limit: Limit | None = None


GENERIC = RisProfile("generic", "EndNote, Mendeley and other readers of RIS")
COVIDENCE = RisProfile("covidence", "Covidence", limit=Limit(15_000, 50_000_000))
PROFILES: Mapping[str, RisProfile] = MappingProxyType(
    {
        profile.name: profile
        for profile in (
            GENERIC, COVIDENCE, RisProfile("eppi", "EPPI-Reviewer"), RisProfile("rayyan", "Rayyan", rayyan=True),
            RisProfile("zotero", "Zotero"),
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
        sink.write("\r\n".join([f"TY  - {_type(row)}", *lines, "ER  - ", "", ""]))
        records += 1
    return sink.written(records)


def _type(row: Row) -> str:
    """``JOUR`` for whatever is no book: some screening tools take nothing else apart from its journal."""
    if row.record_type == "book":
        return "CHAP" if clean(row.journal) else "BOOK"
    return "JOUR"


def _lines(row: Row, profile: RisProfile) -> Iterator[tuple[str, str]]:
    key, pages = clean(row.key), clean(row.pages)
    yield "ID", key
    yield "TI", clean(row.title) or UNTITLED
    for name in _names(row, profile):
        yield "AU", name
    if row.year is not None:
        yield "PY", f"{row.year:04}"
        if row.month:
            yield "DA", f"{row.year:04}/{row.month:02}/{f'{row.day:02}' if row.day else '/'}"
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


def _names(row: Row, profile: RisProfile) -> Iterator[str]:
    """``Family, Given, Suffix``; a group without any comma, which readers would take for the end of a family name."""
    for author in people(row):
        if author.group:
            name = clean(author.group.replace(",", " "))
        else:
            parted = map(clean, (author.family, author.given or author.initials, author.suffix))
            name = ", ".join(part for part in parted if part)
        yield _AND.sub("&", name) if profile.rayyan else name


def _keywords(row: Row, profile: RisProfile) -> Iterator[str]:
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


# Known tags only: what else begins a line is words. RefMan's own, and those that databases and tools add.
_KNOWN_LISTED = """
TY ER ID TI T1 T2 T3 CT BT AU A1 A2 A3 A4 A5 ED PY Y1 Y2 DA JO JF JA J1 J2 VL IS CP SP EP SN DO UR AB N1 N2 KW
LA M1 M2 M3 AN DB DP PB CY PP AD C1 C2 C3 C4 C5 C6 C7 C8 CA CN ET L1 L2 L3 L4 LB LK NV OP RI RN RP SE ST SV TA
TT U1 U2 U3 U4 U5 UN WP XT PM PT NS AV RD DI PMID
"""
_KNOWN = frozenset(_KNOWN_LISTED.split())
_STRICT = re.compile(r"([A-Z][A-Z0-9])  -(?:[ \t\xa0]*(.*)|$)")
_LOOSE = re.compile(r"[ \t\xa0\ufeff]{0,4}([A-Za-z][A-Za-z0-9])[ \t\xa0]{0,3}-(?:[ \t\xa0]+(.*)|$)")
_BEGIN = re.compile(r"[ \t\xa0\ufeff]{0,4}TY(?:[ \t\xa0]{2}-.*|[ \t\xa0]{0,3}-[ \t\xa0]*[A-Za-z]{3,10}\s*$)", re.I)
_END = re.compile(r"\s{0,4}ER[ \t\xa0]{0,3}-[ \t\xa0]*$", re.I)
_NUMBER = re.compile(r"\s*[0-9]{1,6}\.?\s*$")
# What providers print round their references: numbers and names of lines, links, searches, rules of signs.
_PROVIDER = re.compile(
    r"(?:(?:Record|Reference|Article|Citation|Result)s? (?:#|No\.? ?)?[0-9]+|Link to the Ovid|Search Strategy"
    r"|Copyright|©|(?:Export|Download)|End of|[A-Z][A-Za-z /]{2,30}: ?\S|https?://|<[0-9]+>|[0-9]+\.? .*\([0-9]+\)$"
    r"|[-=_*<>#]+$|Total )",
)
_WRAPPING = frozenset({"AB", "N2", "N1", "TI", "T1"})  # long values, which are wrapped

_NAMES = {
    **dict.fromkeys(("TI", "T1", "CT"), "title"),
    **dict.fromkeys(("AU", "A1"), "authors"),
    **dict.fromkeys(("ED", "A2", "A3", "A4"), "editors"),
    **dict.fromkeys(("PY", "Y1"), "year"),
    **dict.fromkeys(("JO", "JF", "T2", "BT"), "journal"),
    **dict.fromkeys(("JA", "J2", "J1", "TA"), "abbrev"),
    **dict.fromkeys(("IS", "CP"), "issue"),
    **dict.fromkeys(("AB", "N2"), "abstract"),
    **dict.fromkeys(("UR", "L2", "LK"), "url"),
    **dict.fromkeys(("N1", "RN"), "notes"),
    **dict.fromkeys(("CY", "PP"), "place"),
    **dict.fromkeys(("DO", "DI", "L3"), "doi"),
    **dict.fromkeys(("PM",), "pmid"),
    "DA": "date",
    "VL": "volume",
    "SP": "first",
    "EP": "last",
    "C7": "number",
    "SN": "issn",
    "KW": "keywords",
    "LA": "language",
    "M3": "type",
    "PT": "type",
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
_DOI = re.compile(r"(?:doi|digital object identifier)\s*[:=]?\s*(10\.[0-9]{4,9}/\S+)\.?", re.I)

Tags = dict[str, list[str]]  # the values of one reference by tag


def fits(begin: str) -> bool:
    """Whether a file that begins like this is RIS."""
    return any(_BEGIN.match(line) for line in begin.splitlines())


def cut(text: str) -> list[Piece]:
    """The references of a file. Tags before ``TY`` belong to what follows; other words between references are told.

    Tags with a title that end in ``ER`` without any ``TY`` are a reference too.
    """
    pieces: list[Piece] = []
    lines: list[str] = []
    first, inside = 1, False
    for number, line in enumerate(text.splitlines(), start=1):
        if _BEGIN.match(line):
            if inside:
                pieces.append(Piece(first, "\n".join(lines)))
                lines = []
            else:
                pieces += _outside(first, lines, begins=not pieces)
                lines = _leading(lines)
            lines.append(line)
            first, inside = number, True
        elif _END.match(line):
            if inside or _titled(lines):
                pieces.append(Piece(first, "\n".join(lines)))
            else:
                pieces += _outside(first, lines, begins=not pieces)
            lines, first, inside = [], number + 1, False
        else:
            lines.append(line)
    if inside:
        pieces.append(Piece(first, "\n".join(lines)))
    else:
        pieces += _outside(first, lines, begins=not pieces)
    return pieces


def _leading(lines: Sequence[str]) -> list[str]:
    """The tags directly before ``TY``."""
    found: list[str] = []
    for line in reversed(lines):
        if line.strip() and not _strict(line):
            break
        found.insert(0, line)
    return [line for line in found if line.strip()] if not _titled(found) else []


def _titled(lines: Sequence[str]) -> bool:
    return any((tag := _strict(line)) and tag[0] in ("TI", "T1") for line in lines)


def _strict(line: str) -> tuple[str, str] | None:
    found = _STRICT.match(line)
    return (found[1], (found[2] or "").strip()) if found and found[1] in _KNOWN else None


def _outside(first: int, lines: Sequence[str], begins: bool) -> list[Piece]:
    """Words that belong to no reference are broken; not numbers, tags, what providers print, what ``begins`` a file."""
    before = "\n".join(lines).split("\nSearch Strategy:")[0].splitlines()  # Ovid prints it behind the last one
    titled = _titled(lines)
    words = [
        place
        for place, line in enumerate(before)
        if line.strip()
        and not _NUMBER.match(line)
        and (titled or (not _PROVIDER.match(line.strip()) and not _strict(line)))
    ]
    if titled:
        why = "a reference without its beginning (TY) or its end (ER)"
    elif words and not begins:
        why = "words that belong to no reference"
    else:
        return []
    return [Piece(first + words[0], "\n".join(lines[words[0] :]), why)]


def tags_of(text: str) -> Tags:
    """The values of one reference by tag, in the order of the text; a wrapped value is one line.

    How tags are written is taken from ``TY``: where it has its two spaces, a line with fewer is a tag only if it is a
    known one and does not stand in a long value. So a wrapped line that only looks like a tag stays text.
    """
    tags: Tags = {}
    last: list[str] = []
    name = ""
    strict = any(_STRICT.match(line) and line.startswith("TY") for line in text.splitlines())
    for line in text.splitlines():
        found = _strict(line) or _loose(line, strict, name)
        if found is None:
            _go_on(line.strip(), name, last)
        elif found[0] == "ER":
            continue
        else:
            name = found[0]
            last = tags.setdefault(name, [])
            last.append(found[1])
    return tags


def _go_on(said: str, name: str, last: list[str]) -> None:
    """Another line of a value: of keywords each line is one."""
    if not said or not last:
        return
    if name == "KW" and last[-1] and not last[-1].endswith((",", "-", "(", "/")):
        last.append(said)
    else:
        last[-1] = f"{last[-1]} {said}".strip()


def _loose(line: str, strict: bool, before: str) -> tuple[str, str] | None:
    found = _LOOSE.match(line)
    if found is None or found[1].upper() not in _KNOWN:
        return None
    if strict and (before in _WRAPPING or found[1] != found[1].upper()):
        return None
    return found[1].upper(), (found[2] or "").strip()


def read_fields(text: str) -> Fields:
    """The fields of one reference."""
    fields: Fields = {}
    for tag, values in tags_of(text).items():
        for value in values:
            name, said = _NAMES.get(tag, ""), [value]
            if tag == "TY":
                name, said = "type", [_TYPES.get(value.upper(), "")]
            elif tag in ("M3", "N1") and (doi := _DOI.fullmatch(value)):
                name, said = "doi", [doi[1]]
            elif tag == "L3" and not clean_doi(value):
                name = "url"
            elif name == "authors":
                said = listed(value)
            elif tag == "KW":
                said = re.split(r"\s*;\s*", value)
            if name:
                fields.setdefault(name, []).extend(filter(None, said))
    return {name: values for name, values in fields.items() if values}


READER = Reader("ris", (".ris",), fits, cut, read_fields)


def entries(path: Path) -> Iterator[Tags]:
    """The references of a RIS file, each its values by tag. Raises :class:`UsageError` if it cannot be opened."""
    try:
        text = decode(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
    for piece in cut(text):
        if not piece.broken and not piece.note:
            yield tags_of(piece.text)


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
