"""Tables as text: the screening list that is exported, and the tables that databases and reviewers' tools export.

The list has its columns in their order, comma, CRLF, UTF-8, one physical line a record. Three profiles: ``spreadsheet``
for people (byte order mark, formula guard, cells within Excel's 32,767 characters), ``rayyan`` and ``asreview`` for the
tools (no byte order mark and no guard: both would show it). The formula guard (OWASP ASVS 1.2.10) puts one ``'`` before
a value that a spreadsheet might run as a formula, also before one that looks guarded already; so taking one ``'`` off
gives every value back.

Of a table that is read, the delimiter is the one that makes most columns known; a column is known by what is left of
its name without spaces and signs. A row with more cells than there are columns, or cut short, or with a quotation mark
that is never closed is broken: nothing is shifted or swallowed silently.
"""

from __future__ import annotations

import csv
import io
import json
import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, TextIO

from tracker.errors import UsageError
from tracker.formats.decode import encoding_of
from tracker.formats.row import COLUMNS, REVIEWERS_OWN, Fields, Format, Piece, Reader, Row, Sink, Written
from tracker.text import clean

TRUNCATED = " [truncated]"

EXCEL_CELL = 32_767  # characters as Excel counts them: UTF-16 units; it cuts longer cells without a word
PYTHON_CELL = 131_072  # csv.field_size_limit(): a longer cell stops Python's reader, and with it pandas and ASReview

_FORMULA = re.compile("'*[=+\\-@\t\r\0\uff1d\uff0b\uff0d\uff20]")
_GUARDED = re.compile("'+[=+\\-@\t\r\0\uff1d\uff0b\uff0d\uff20]")
_BEGINS = frozenset("'=+-@\t\r\0\uff1d\uff0b\uff0d\uff20")  # what _FORMULA begins with: looked up before it is tried
_QUOTE, _TWICE = '"', '""'
_AUTHORS = COLUMNS.index("authors")
_AND = re.compile(r"\band\b")
_SEP_LINE = re.compile(r'"?sep=(.)"?')
_OURS = frozenset(COLUMNS) - frozenset(REVIEWERS_OWN)


@dataclass(frozen=True, slots=True)
class Profile:
    """How a reader of CSV wants it; ``cell`` is the longest cell in UTF-16 units."""

    name: str
    purpose: str
    bom: bool = False
    guard: bool = False
    ampersand: bool = False  # Rayyan splits the authors at every word "and"
    cell: int = PYTHON_CELL


SPREADSHEET = Profile("spreadsheet", "Excel, LibreOffice and other spreadsheets", bom=True, guard=True, cell=EXCEL_CELL)
RAYYAN = Profile("rayyan", "Rayyan", ampersand=True)
ASREVIEW = Profile("asreview", "ASReview LAB")
PROFILES: Mapping[str, Profile] = MappingProxyType({p.name: p for p in (SPREADSHEET, RAYYAN, ASREVIEW)})
DEFAULT_PROFILE = SPREADSHEET.name


def write(rows: Iterable[Row], out: BinaryIO, profile: str = DEFAULT_PROFILE) -> Written:
    """Write the rows one after the other (memory does not grow) and return what was written.

    Raises :class:`UsageError` for a profile that is not there.
    """
    if profile not in PROFILES:
        raise UsageError(f"there is no CSV profile {profile!r}: use one of {', '.join(PROFILES)}")
    chosen, sink = PROFILES[profile], Sink(out)
    if chosen.bom:
        sink.put(BOM_UTF8)
    sink.write(_line(COLUMNS))
    values = attrgetter(*COLUMNS)
    records = cut = 0
    for row in rows:
        cells = [_cell(value, chosen) if value else _empty(value) for value in values(row)]
        if chosen.ampersand:
            cells[_AUTHORS] = _AND.sub("&", cells[_AUTHORS])
        for place, text in enumerate(cells):
            if 2 * len(text) > chosen.cell:
                cells[place], was_cut = cut_to(text, chosen.cell)
                cut += was_cut
        sink.write(_line(cells))
        records += 1
    return sink.written(records, cut)


def _line(cells: Iterable[str]) -> str:
    """Cells that hold no line break as a line (RFC 4180); csv.writer looks at each sign and takes four times longer."""
    quoted = [f'"{text.replace(_QUOTE, _TWICE)}"' if "," in text or _QUOTE in text else text for text in cells]
    return ",".join(quoted) + "\r\n"


def _empty(value: str | int | None) -> str:
    """The text of a cell whose value is None, '' or 0."""
    return "" if value is None else str(value)


def _cell(value: str | int, profile: Profile) -> str:
    """The text of one cell, however long."""
    if not isinstance(value, str):
        return str(value)
    text = clean(value)  # again: this file must hold whatever was stored
    return guard(text) if profile.guard else text


def guard(text: str) -> str:
    """The value made harmless in a spreadsheet; :func:`unguard` is the inverse."""
    return "'" + text if text[:1] in _BEGINS and _FORMULA.match(text) else text


def unguard(text: str) -> str:
    return text[1:] if _GUARDED.match(text) else text


def cut_to(text: str, limit: int) -> tuple[str, bool]:
    """The text within ``limit`` UTF-16 units, marked ``[truncated]`` at its end if it had to be cut."""
    if 2 * len(text) <= limit:
        return text, False
    units = text.encode("utf-16-le")
    if len(units) <= 2 * limit:
        return text, False
    kept = units[: 2 * (limit - len(TRUNCATED))].decode("utf-16-le", "ignore")  # no half of a pair
    return kept.rstrip() + TRUNCATED, True


def read(path: Path, *, guarded: bool = True) -> Iterator[dict[str, str]]:
    """The rows of a CSV as dicts of its own header names, ours spelled as in ``COLUMNS``; empty rows are left out.

    Reads what ``write`` wrote, and what Excel, LibreOffice or a tool made of it: any byte order mark, UTF-8, UTF-16 or
    Windows-1252, comma, semicolon, tab or bar. The guard is undone in our own columns (unless ``guarded`` is false:
    the file is known to come from a tool's profile); what a reviewer typed is taken as typed. A cell without a header
    name is called ``column 27``. Raises :class:`UsageError` if the file cannot be opened or read as CSV.
    """
    try:
        with path.open(encoding=encoding_of(path), errors="replace", newline="") as text:
            delimiter = _delimiter(text)
            lines = csv.reader(text, delimiter=delimiter)
            try:
                yield from _rows(lines, delimiter, guarded)
            except csv.Error as error:
                raise UsageError(f"{path}: line {lines.line_num} cannot be read as CSV: {error}") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error


def _rows(lines: Iterator[list[str]], delimiter: str, guarded: bool) -> Iterator[dict[str, str]]:
    names: list[str] = []
    for cells in lines:
        if not any(cell.strip("\ufeff \t") for cell in cells):
            continue
        if names:
            yield _row(names, cells, guarded)
        elif not _SEP_LINE.fullmatch(delimiter.join(cells)):
            names = _names(cells)


def _delimiter(text: TextIO) -> str:
    """What the header line is divided by: the sign that makes most of our column names appear. Rewinds the file."""
    line = next((line for line in text if line.strip()), "").strip("\r\n")
    text.seek(0)
    if found := _SEP_LINE.fullmatch(line.strip()):
        return found[1]

    def worth(sign: str) -> tuple[int, int]:
        names = _names(next(csv.reader([line], delimiter=sign), []))
        return len(set(COLUMNS).intersection(names)), len(names)

    return max(",;\t|", key=worth)


def _names(cells: Sequence[str]) -> list[str]:
    """Header names without what tools leave on them (byte order marks, quotes, spaces); none empty, none twice."""
    names: list[str] = []
    for place, cell in enumerate(cells, start=1):
        name = cell.strip("\ufeff\"' \t")
        name = name.lower() if name.lower() in COLUMNS else name
        names.append(name if name and name not in names else f"column {place}")
    return names


def _row(names: Sequence[str], cells: Sequence[str], guarded: bool) -> dict[str, str]:
    row = dict.fromkeys(names, "")
    for place, cell in enumerate(cells):
        if place < len(names):
            name = names[place]
            row[name] = unguard(cell) if guarded and name in _OURS else cell
        elif cell:
            row[f"column {place + 1}"] = cell
    return row


CSV = Format(
    name="csv",
    suffix=".csv",
    media_type="text/csv; charset=utf-8",
    profiles={profile.name: profile.purpose for profile in PROFILES.values()},
    default_profile=DEFAULT_PROFILE,
    write=write,
)


DELIMITERS = ",;\t|"
_END = "\x03the end of the file\x03"  # a row put behind the last: with an open quotation mark it becomes part of it
_KNOWN = {
    "title": "title articletitle documenttitle primarytitle ti papertitle itemtitle",
    "authors": "authors author authorfullnames authornames au authorsfull creators creator",
    "editors": "editors editor bookeditors",
    "year": "year publicationyear publishedyear py pubyear yearpublished",
    "date": "date publicationdate publisheddate pubdate coverdate earlyaccessdate",
    "journal": "journal sourcetitle journaltitle publicationtitle publication so secondarytitle journalbook source",
    "abbrev": "abbreviatedsourcetitle journalabbreviation jiso iso",
    "volume": "volume vl vol",
    "issue": "issue number is no",
    "first": "pagestart firstpage startpage bp beginningpage",
    "last": "pageend lastpage endpage ep endingpage",
    "pages": "pages page pg pagination",
    "number": "artno articlenumber ar",
    "abstract": "abstract ab abstractnote notesabstract summary",
    "doi": "doi doilink di",
    "pmid": "pmid pubmedid pm",
    "pmcid": "pmcid pmc",
    "issn": "issn sn eissn issnisbn",
    "url": "url link plink links",
    "language": "language la languageoforiginaldocument",
    "keywords": "keywords authorkeywords manualtags de subjects indexkeywords subject",
    "type": "type documenttype doctype publicationtype dt itemtype recordtype",
    "accession": "accessionnumber an accession eid ut uniquewosid utuniquewosid id uid key",
    "publisher": "publisher pu",
    "place": "location publisherlocation",
    "notes": "notes note",
    "database": "database db sourcedatabase",
}
_COLUMNS = {word: name for name, words in _KNOWN.items() for word in words.split()}
_SPLIT = {"keywords": re.compile(r"\s*;\s*|\s*\|\s*"), "issn": re.compile(r"[;,\s]+")}


def column(name: str) -> str:
    """The field that a column holds, '' for one that is not known."""
    return _COLUMNS.get(re.sub(r"[^a-z0-9]", "", name.lower().replace("\ufeff", "")), "")


def fits(begin: str) -> bool:
    """Whether a file that begins like this is a table with a title in it."""
    header = _header(begin)
    return "title" in {column(name) for name in header}


def _lines_of(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """(line on which it begins, cells) of each row that is not empty; the last ends with ``_END`` if it has no end."""
    limit = csv.field_size_limit(len(text) + len(_END) + 1)  # no cell is longer
    try:
        lines = io.StringIO(f"{text}\n{_END}".replace("\0", ""), newline="")
        reader = csv.reader(lines, delimiter=delimiter)
        line = 1
        for row in reader:
            if row != [_END] and any(cell.strip() for cell in row):
                yield line, row
            line = reader.line_num + 1
    finally:
        csv.field_size_limit(limit)


def _divider(text: str) -> str:
    first = re.split(r"[\r\n]", text[:100_000].lstrip("\ufeff\r\n"), maxsplit=1)[0]

    def known(delimiter: str) -> int:
        cells = next(csv.reader([first], delimiter=delimiter), [])
        return sum(bool(column(name)) for name in cells)

    return max(DELIMITERS, key=known)


def _header(text: str) -> list[str]:
    found = next(_lines_of(text, _divider(text)), (1, []))[1]
    return [name.strip().lstrip("\ufeff") for name in found]


def cut(text: str) -> list[Piece]:
    """A piece for each row, with the names of the columns beside the cells, as JSON."""
    header = _header(text)
    rows = _lines_of(text, _divider(text))
    next(rows, None)
    pieces = []
    for line, row in rows:
        if row[-1].endswith(_END):
            row[-1] = row[-1].removesuffix(_END)
            said = json.dumps(row, ensure_ascii=False)
            pieces.append(Piece(line, said, "a quotation mark is opened in it and not closed before the file ends"))
            continue
        said = json.dumps([[name, cell] for name, cell in zip(header, row, strict=False)], ensure_ascii=False)
        empty = [cell for cell in row[len(header) :] if cell.strip()]
        if empty:
            pieces.append(
                Piece(line, json.dumps(row, ensure_ascii=False), f"{len(row)} cells for {len(header)} columns")
            )
        elif len(row) < len(header) and len(row) < _last_needed(header):
            pieces.append(Piece(line, said, f"the row ends after {len(row)} of {len(header)} cells"))
        else:
            pieces.append(Piece(line, said))
    return pieces


def _last_needed(header: list[str]) -> int:
    """Rows must reach the title at least; empty cells at their end are often left out."""
    return next((place + 1 for place, name in enumerate(header) if column(name) == "title"), 0)


def read_fields(text: str) -> Fields:
    """The fields of one row; of several columns for one field the first that says something, keywords from all."""
    fields: Fields = {}
    for name, cell in json.loads(text):
        field = column(name)
        if not field or not cell.strip():
            continue
        if field in _SPLIT:
            fields.setdefault(field, []).extend(filter(None, _SPLIT[field].split(cell.strip())))
        elif field == "authors":
            fields.setdefault(field, people(cell))
        else:
            fields.setdefault(field, [cell])
    return fields


_DOTTED = re.compile(r"(?<=\.),\s+")
_COMMAS = re.compile(r",\s+")


def people(text: str) -> list[str]:
    """The names in one cell: ``A, B.; C, D.``, ``A and B``, Scopus' ``A B., C D.`` and ``A, B., C, D.``."""
    text = text.strip().rstrip(";,")
    if ";" in text:
        return [name.strip() for name in text.split(";") if name.strip()]
    if re.search(r"\s(?:and|&)\s", text):
        return [name.strip(" ,") for name in re.split(r",?\s(?:and|&)\s", text) if name.strip(" ,")]
    parts = _COMMAS.split(text)
    if len(parts) > 1 and all(" " in part for part in parts):  # Doe A., Roe B.
        return parts
    if len(_DOTTED.split(text)) > 1:  # Doe, A., Roe, B.
        return _DOTTED.split(text)
    return [text]


READER = Reader("csv", (".csv", ".tsv", ".txt"), fits, cut, read_fields)
