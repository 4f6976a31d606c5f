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
from typing import BinaryIO

from tracker.errors import UsageError
from tracker.formats.decode import decode
from tracker.formats.row import COLUMNS, REVIEWERS_OWN, Fields, Format, Piece, Reader, Row, Sink, Written
from tracker.text import clean
from tracker.text.names import is_nothing, listed

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
class CsvProfile:
    """How a reader of CSV wants it; ``cell`` is the longest cell in UTF-16 units."""

    name: str
    purpose: str
    bom: bool = False
    guard: bool = False
    ampersand: bool = False  # Rayyan splits the authors at every word "and"
    cell: int = PYTHON_CELL


SPREADSHEET = CsvProfile(
    "spreadsheet", "Excel, LibreOffice and other spreadsheets", bom=True, guard=True, cell=EXCEL_CELL
)
RAYYAN = CsvProfile("rayyan", "Rayyan", ampersand=True)
ASREVIEW = CsvProfile("asreview", "ASReview LAB")
PROFILES: Mapping[str, CsvProfile] = MappingProxyType({p.name: p for p in (SPREADSHEET, RAYYAN, ASREVIEW)})
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


def _cell(value: str | int, profile: CsvProfile) -> str:
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

    Reads what ``write`` wrote, and what Excel, LibreOffice or a tool made of it: any encoding, comma, semicolon, tab or
    bar, lines above the header. The guard is undone in our own columns (unless ``guarded`` is false: the file is known
    to come from a tool's profile); what a reviewer typed is taken as typed. A cell without a header name is called
    ``column 27``, the second column of a name ``decision (2)``. Raises UsageError if the file cannot be opened.
    """
    try:
        text = decode(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
    table = table_of(text)
    names = names_of(table.header)
    for _, cells in table.rows:
        if cells[-1].endswith(_END):
            cells = [*cells[:-1], cells[-1].removesuffix(_END)]
        yield _row(names, cells, guarded)


def names_of(cells: Sequence[str]) -> list[str]:
    """Header names without what tools leave on them (byte order marks, quotes, spaces); none empty, none twice."""
    names: list[str] = []
    for place, cell in enumerate(cells, start=1):
        name = cell.strip("\ufeff\"' \t")
        name = name.lower() if name.lower() in COLUMNS else name
        if name in names:
            number = sum(known == name or known.startswith(f"{name} (") for known in names) + 1
            name = f"{name} ({number})"
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
LOOK = 30  # rows among which the header is looked for
_END = "\x03the end of the file\x03"  # a row put behind the last: with an open quotation mark it becomes part of it
_KNOWN = {
    "title": "title articletitle documenttitle primarytitle ti papertitle itemtitle publicationtitle",
    "authors": "authors author authornames authorfullnames au authorsfull creators creator authorstring af authorlist",
    "editors": "editors editor bookeditors",
    "year": "year publicationyear publishedyear py pubyear yearpublished",
    "date": "date publicationdate publisheddate pubdate coverdate earlyaccessdate dateofpublication"
    " firstpublicationdate publicationdateonline publicationdateprint",
    "journal": "journal sourcetitle journaltitle publication so secondarytitle journalbook source anthologytitle"
    " journalname",
    "abbrev": "abbreviatedsourcetitle journalabbreviation jiso iso journalisoabbreviation ji",
    "volume": "volume vl vol journalvolume",
    "issue": "issue number is no issuenumber",
    "first": "pagestart firstpage startpage bp beginningpage",
    "last": "pageend lastpage endpage ep endingpage",
    "pages": "pages page pg pagination pageinfo",
    "number": "artno articlenumber ar",
    "abstract": "abstract ab abstractnote notesabstract summary abstracttext",
    "doi": "doi doilink di",
    "pmid": "pmid pubmedid pm medlinepmid medlineid",
    "pmcid": "pmcid pmc",
    "issn": "issn sn eissn issnisbn journalissn",
    "url": "url link plink links fulltextlink dimensionsurl",
    "language": "language la languageoforiginaldocument articlelanguage languageofarticle",
    "keywords": "keywords authorkeywords manualtags de subjects indexkeywords subject keywordsplus meshterms"
    " emtreemedicalindexterms emtreedrugindexterms emtreemedicalindextermsmajorfocus emtreedrugindextermsmajorfocus",
    "type": "type documenttype doctype publicationtype dt itemtype recordtype pubtype",
    "accession": "accessionnumber an accession eid ut uniquewosid utuniquewosid id uid key embaseaccessionid pui extid"
    " publicationid cochraneid centralid embaseaccessionnumber",
    "publisher": "publisher pu",
    "place": "location publisherlocation",
    "notes": "notes note",
    "database": "database db sourcedatabase",
}
_COLUMNS = {word: name for name, words in _KNOWN.items() for word in words.split()}
_WOS = {"id": "keywords", "pt": "", "ar": "number", "so": "journal"}  # Web of Science's tags that others use otherwise
_DECIDED_LISTED = "decision reviewer reason comment include included exclude maybe label value article_id"
_DECIDED = frozenset(_DECIDED_LISTED.split())
_SPLIT = {"keywords": re.compile(r"\s*;\s*|\s*\|\s*"), "issn": re.compile(r"[;,\s]+")}
_DATABASES = re.compile(r"scopus|embase|medline|pubmed|web of science|dimensions|cinahl|psycinfo|central|med|ppr", re.I)
_NUMBERS = frozenset({"pmid", "year", "volume", "issue", "first", "last", "number", "accession"})


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it stands: its header, what stood above it, and (line, cells) of each row below."""

    header: list[str]
    above: list[str]
    rows: list[tuple[int, list[str]]]


def column(name: str) -> str:
    """The field that a column holds, '' for one that is not known."""
    return _COLUMNS.get(_bare(name), "")


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower().replace("\ufeff", ""))


def _worth(cells: Sequence[str]) -> int:
    """How many of the cells are names of columns."""
    return sum(bool(column(cell)) or cell.strip().lower() in _DECIDED for cell in cells)


def fits(begin: str) -> bool:
    """Whether a file that begins like this is a table of references: with a title in its header or in its labels."""
    table = table_of(begin)
    return "title" in {column(name) for name in table.header} or _labelled(table)


def _lines_of(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """(line on which it begins, cells) of each row that is not empty; the last ends with ``_END`` if it has no end."""
    limit = csv.field_size_limit(len(text) + len(_END) + 1)  # no cell is longer
    try:
        lines = io.StringIO(f"{text}\n{_END}".replace("\0", ""), newline="")
        reader = csv.reader(lines, delimiter=delimiter)
        line = 1
        for row in reader:
            if row != [_END] and any(cell.strip("\ufeff \t") for cell in row):
                yield line, row
            line = reader.line_num + 1
    finally:
        csv.field_size_limit(limit)


def _delimiter(text: str) -> str:
    """What a ``sep=`` line says, else the sign that makes most columns of one of the first lines known."""
    lines = [line for line in re.split(r"[\r\n]+", text[:100_000].lstrip("\ufeff"), maxsplit=LOOK) if line.strip()]
    if lines and (found := _SEP_LINE.fullmatch(lines[0].strip())):
        return found[1]

    def known(sign: str) -> tuple[int, int]:
        rows = [next(csv.reader([line], delimiter=sign), []) for line in lines[:LOOK]]
        return max((_worth(cells), len(cells) if place == 0 else 0) for place, cells in enumerate(rows or [[]]))

    return max(DELIMITERS, key=known)


def table_of(text: str) -> Table:
    """The table in a text. Its header is the first row, or the first below with more names of columns than that."""
    delimiter = _delimiter(text)
    rows = list(_lines_of(text, delimiter))
    if rows and _SEP_LINE.fullmatch(delimiter.join(rows[0][1]).strip('\ufeff "')):
        del rows[0]
    return of_rows(rows)


def of_rows(rows: list[tuple[int, list[str]]]) -> Table:
    """The table of rows that are not empty, each with its line."""
    if not rows:
        return Table([], [], [])
    worth = [_worth(cells) for _, cells in rows[:LOOK]]
    place = worth.index(max(worth)) if worth[0] < 2 <= max(worth) else 0
    above = [" ".join(filter(None, cells)) for _, cells in rows[:place]]
    header = [name.strip().lstrip("\ufeff") for name in rows[place][1]]
    return Table(header, above, rows[place + 1 :])


def _labelled(table: Table) -> bool:
    """Whether each row is a field (``"TITLE","Quiet ferries"``), as Embase exports them "field-labelled"."""
    labels = [table.header[0] if table.header else "", *(cells[0] for _, cells in table.rows[: 4 * LOOK])]
    known = [label for label in labels if column(label)]
    titles = sum(column(label) == "title" for label in labels)
    return titles > 0 and len(known) > 2 and 2 * len(known) > len(labels) and _worth(table.header[1:]) == 0


def cut(text: str) -> list[Piece]:
    """A piece for each row, with the names of the columns beside the cells, as JSON."""
    return pieces_of(table_of(text))


def pieces_of(table: Table) -> list[Piece]:
    """The references of a table, and what to tell of it."""
    header = table.header
    if _labelled(table):
        return _of_labels([(1, header), *table.rows])
    pieces = []
    if table.above:
        pieces.append(Piece(1, "", note=f"left out above the header: {table.above[0][:80]!r}"))
    doubled = [name for name in dict.fromkeys(header) if name and header.count(name) > 1]
    for name in doubled:
        if column(name) and column(name) not in _SPLIT:
            many = f"{header.count(name)} columns are called {name!r}"
            pieces.append(Piece(1, "", note=f"{many}: the first that is filled is read"))
    for line, row in table.rows:
        pieces.append(_piece(header, line, row))
    return pieces


def _piece(header: list[str], line: int, row: list[str]) -> Piece:
    if row[-1].endswith(_END):
        said = json.dumps([*row[:-1], row[-1].removesuffix(_END)], ensure_ascii=False)
        return Piece(line, said, "a quotation mark is opened in it and not closed before the file ends")
    said = json.dumps([[name, cell] for name, cell in zip(header, row, strict=False)], ensure_ascii=False)
    if any(cell.strip() for cell in row[len(header) :]):
        return Piece(line, json.dumps(row, ensure_ascii=False), f"{len(row)} cells for {len(header)} columns")
    if len(row) < len(header) and len(row) < _last_needed(header):
        return Piece(line, said, f"the row ends after {len(row)} of {len(header)} cells")
    return Piece(line, said)


def _of_labels(rows: Sequence[tuple[int, list[str]]]) -> list[Piece]:
    """The references of a field-labelled table: each begins with the label with which the first begins."""
    pieces: list[Piece] = []
    first = _bare(rows[0][1][0])
    begun, pairs = rows[0][0], list[list[str]]()
    for line, cells in [*rows, (0, [rows[0][1][0]])]:
        if _bare(cells[0]) == first and pairs:
            pieces.append(Piece(begun, json.dumps(pairs, ensure_ascii=False)))
            begun, pairs = line, []
        values = [cell.strip().removesuffix(_END) for cell in cells[1:] if cell.strip()]
        pairs.append([cells[0], "; ".join(values)])
    return pieces


def _last_needed(header: list[str]) -> int:
    """Rows must reach the title at least; empty cells at their end are often left out."""
    return next((place + 1 for place, name in enumerate(header) if column(name) == "title"), 0)


def read_fields(text: str) -> Fields:
    """The fields of one row; of several columns for one field the first that says something, keywords from all."""
    fields: Fields = {}
    pairs = [(str(name), str(cell)) for name, cell in json.loads(text)]
    names = {_bare(name) for name, _ in pairs}
    tagged = _WOS if {"ut", "ti", "so"} <= names else {}
    for name, cell in pairs:
        field = tagged.get(_bare(name), column(name))
        said = cell.strip()
        if _bare(name) == "source" and _DATABASES.fullmatch(said):
            field = "database"
        if not field or is_nothing(said) or (field == "type" and len(said) == 1):
            continue
        if field in _SPLIT:
            fields.setdefault(field, []).extend(filter(None, _SPLIT[field].split(said)))
        elif field == "authors":
            fields.setdefault(field, listed(cell))
        else:
            fields.setdefault(field, [whole(said) if field in _NUMBERS else cell])
    return fields


def whole(text: str) -> str:
    """A whole number as people write it: ``12.0`` is 12, ``3.9000001E+07`` is 39000001; what has lost digits stays."""
    found = re.fullmatch(r"([0-9]+)(?:\.([0-9]*))?(?:[eE]\+?([0-9]{1,2}))?", text)
    if found is None:
        return text
    digits, places = (found[2] or "").rstrip("0"), int(found[3] or 0)
    if len(digits) > places or (places and len(found[2] or "") < places):
        return text
    return found[1] + (found[2] or "")[:places].ljust(places, "0") if places else found[1]


READER = Reader("csv", (".csv", ".tsv", ".txt"), fits, cut, read_fields)
