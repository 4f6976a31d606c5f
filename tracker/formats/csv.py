"""The screening CSV: columns of design B4 in their order, comma, CRLF, UTF-8, one physical line a record.

Three profiles: ``spreadsheet`` for people (byte order mark, formula guard, cells within Excel's 32,767 characters),
``rayyan`` and ``asreview`` for the tools (no byte order mark and no guard: both would show it).

The formula guard (OWASP ASVS 1.2.10) puts one ``'`` before a value that a spreadsheet might run as a formula, also
before one that looks guarded already; so taking one ``'`` off gives every value back.
"""

from __future__ import annotations

import csv
import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, TextIO

from tracker.errors import UsageError
from tracker.formats.encoding import encoding_of
from tracker.formats.row import COLUMNS, REVIEWERS_OWN, Format, Row, Written
from tracker.formats.sink import Sink
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
    read=read,
)
