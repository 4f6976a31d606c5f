"""Workbooks: the list for people as it is exported, and a small reader of workbooks.

Every value is written as text: no formula, no number that loses digits, no issue ``3-4`` that becomes a date. Cells
longer than a spreadsheet holds (32,767 characters) are cut on purpose and marked. Data on the first sheet, because
ASReview takes the sheet with most of the column names it knows. Rows go to disk one after the other. A drop-down for
the decision, a sheet that says what the file is.

The reader gives the text of each cell of the sheet that holds most of our column names, row after row, as Excel,
LibreOffice, ASReview (openpyxl) and our own writer make them: shared, inline and formula strings, numbers (a whole
number without ``.0``), truth values. Dates come as the number they are stored as.
"""

from __future__ import annotations

import io
import itertools
import json
import re
import shutil
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from hashlib import sha256
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, BinaryIO
from xml.etree import ElementTree
from zipfile import BadZipFile, ZipFile

from tracker.errors import UsageError
from tracker.formats.csv import EXCEL_CELL, LOOK, column, cut_to, names_of, of_rows, pieces_of, read_fields
from tracker.formats.row import COLUMNS, REVIEWERS_OWN, Format, Limit, Piece, Reader, Row, Written
from tracker.text import clean

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

PROFILE = "spreadsheet"
SHEET, READ_ME = "Screening", "Read me"
CHOICES = ("include", "exclude", "maybe")
WIDTHS: Mapping[str, int] = MappingProxyType(
    {"key": 14, "title": 60, "authors": 30, "journal": 30, "abstract": 80, "url": 30, "doi": 26, "notes": 30}
    | {"comment": 30, "versions": 30, "priority_why": 30, **dict.fromkeys(("year", "month", "day", "issue"), 7)}
)
LIMIT = Limit(1_000_000, 1 << 50)  # Excel has 1,048,576 rows a sheet
MADE = datetime(2000, 1, 1)  # noqa: DTZ001  # the same rows give the same bytes: no time of writing inside

HELP = (
    "One row a work. Write into the columns decision, reason, reviewer and comment; leave all others as they are.",
    "decision: include, exclude or maybe (yes and no, 1 and 0 are understood too); leave it empty while undecided.",
    "reason: why it is excluded, for instance: wrong population. Several reasons are parted by a semicolon.",
    "reviewer: your name or a sign of your own. The tracker keeps only a pseudonym of it.",
    "Never change the column key: decisions find their paper by it. Sorting and filtering do no harm.",
    "The receipt that came with this file says which searches it follows and how far they have been run.",
)


def write(rows: Iterable[Row], out: BinaryIO, profile: str = PROFILE) -> Written:
    """Write the rows one after the other (memory does not grow) and return what was written.

    Raises :class:`UsageError` for a profile that is not there.
    """
    if profile != PROFILE:
        raise UsageError(f"there is no XLSX profile {profile!r}: use {PROFILE}")
    from xlsxwriter import Workbook  # only when a workbook is wanted

    with TemporaryDirectory() as folder, TemporaryFile() as packed:
        options = {"constant_memory": True, "tmpdir": folder, "strings_to_numbers": False, "strings_to_formulas": False}
        book = Workbook(packed, options)
        try:
            records, cut = _fill_book(book, rows)
            book.close()
        finally:  # where a row cannot be had, the library leaves its own files open
            for sheet in book.worksheets():
                sheet.row_data_fh.close()
        size, digest = packed.tell(), sha256()
        packed.seek(0)
        while piece := packed.read(1 << 20):
            digest.update(piece)
        packed.seek(0)
        shutil.copyfileobj(packed, out)
    return Written(records, size, digest.hexdigest(), cut)


def _fill_book(book: Workbook, rows: Iterable[Row]) -> tuple[int, int]:
    book.set_properties({"title": "Screening list", "created": MADE})
    sheet = book.add_worksheet(SHEET)
    _before(book, sheet)
    records, cut = _fill(sheet, rows)
    _after(sheet, records)
    _help(book)
    return records, cut


def _before(book: Workbook, sheet: Worksheet) -> None:
    """What has to be said before the first row."""
    own = book.add_format({"bg_color": "#FFF8DC"})
    for place, name in enumerate(COLUMNS):
        sheet.set_column(place, place, WIDTHS.get(name, 12), own if name in REVIEWERS_OWN else None)
    sheet.freeze_panes(1, 2)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    bold = book.add_format({"bold": True})
    for place, name in enumerate(COLUMNS):
        sheet.write_string(0, place, name, bold)


def _fill(sheet: Worksheet, rows: Iterable[Row]) -> tuple[int, int]:
    """All rows; returns how many, and how many cells had to be cut."""
    values = attrgetter(*COLUMNS)
    records = cut = 0
    for row in rows:
        records += 1
        for place, value in enumerate(values(row)):
            if value is None or value == "":
                continue
            text, was_cut = cut_to(clean(value) if isinstance(value, str) else str(value), EXCEL_CELL)
            cut += was_cut
            if sheet.write_string(records, place, text):
                raise ValueError(f"row {records + 1}, column {place + 1} cannot be written into a workbook")
    return records, cut


def _after(sheet: Worksheet, records: int) -> None:
    last = max(records, 1)
    decision = COLUMNS.index("decision")
    sheet.autofilter(0, 0, last, len(COLUMNS) - 1)
    sheet.data_validation(
        1, decision, last, decision,
        {
            "validate": "list", "source": list(CHOICES), "error_type": "warning", "error_title": "Decision",
            "error_message": "include, exclude or maybe",
        },
    )  # fmt: skip


def _help(book: Workbook) -> None:
    sheet = book.add_worksheet(READ_ME)
    sheet.set_column(0, 0, 110)
    for place, line in enumerate(HELP):
        sheet.write_string(place, 0, line)


XLSX = Format(
    name="xlsx",
    suffix=".xlsx",
    media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    profiles={PROFILE: "Excel, LibreOffice and other spreadsheets"},
    default_profile=PROFILE,
    write=write,
    limits={PROFILE: LIMIT},
)


ZIPPED, OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the first bytes of .xlsx and .ods, and of .xls
HUGE = 2_000_000_000  # bytes of one part of the workbook, unpacked: no list is as large, a zip bomb is
KNOWN = frozenset((*COLUMNS, "asreview_label", "label"))

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LETTERS = re.compile(r"[A-Z]+")
_WHOLE = re.compile(r"(-?\d+)(?:\.0+)?(?:E0)?")


def read(path: Path) -> Iterator[dict[str, str]]:
    """The rows as dicts by the names of the header row; rows without any value are left out.

    Raises :class:`UsageError` if the file is no workbook (.xlsx, .ods, .xls) or is damaged.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
    table = of_rows(_filled(_sheet(path.name, data)))
    names = names_of(table.header)
    for _, cells in table.rows:
        beyond = {f"column {place + 1}": cell for place, cell in enumerate(cells) if place >= len(names) and cell}
        yield dict.fromkeys(names, "") | dict(zip(names, cells, strict=False)) | beyond


def text_of(data: bytes) -> str:
    """The best sheet of a workbook as text: each row a line of JSON. Raises :class:`UsageError`."""
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in _sheet("the workbook", data))


def cut(text: str) -> list[Piece]:
    """A piece for each row of what :func:`text_of` gave; ``line`` is the row of the sheet."""
    try:
        rows = [list(map(str, json.loads(line))) for line in text.split("\n") if line]
    except (ValueError, TypeError, RecursionError):
        return [Piece(1, text, "not the rows of a workbook")]
    return pieces_of(of_rows(_filled(rows)))


def _filled(rows: Iterable[list[str]]) -> list[tuple[int, list[str]]]:
    """(number from 1, cells) of each row with anything in it."""
    return [(number, cells) for number, cells in enumerate(rows, start=1) if any(cell.strip() for cell in cells)]


def _sheet(name: str, data: bytes) -> list[list[str]]:
    """The rows of the sheet that holds most of our column names."""
    try:
        if data.startswith(OLD) or (data.startswith(ZIPPED) and _is_open_document(data)):
            return _by_calamine(name, data)
        with ZipFile(io.BytesIO(data)) as book:
            shared = _shared(book, name)
            sheets = sorted(part for part in book.namelist() if re.fullmatch(r"xl/worksheets/[^/]+\.xml", part))
            if not sheets:
                raise UsageError(f"{name} is no workbook: it has no sheet")
            best = max(sheets, key=lambda part: (_worth(_rows(book, part, shared, name)), -_number(part)))
            return list(_rows(book, best, shared, name))
    except (BadZipFile, zlib.error, ElementTree.ParseError, NotImplementedError, EOFError, OSError) as error:
        raise UsageError(f"{name} is no workbook, or it is damaged: {error}") from error


def _is_open_document(data: bytes) -> bool:
    with ZipFile(io.BytesIO(data)) as book:
        parts = {item.filename: item for item in book.infolist()}
        if "content.xml" not in parts or "xl/workbook.xml" in parts:
            return False
        if sum(item.file_size for item in parts.values()) > HUGE:
            raise UsageError("the workbook is larger than any list can be")
        return True


def _by_calamine(name: str, data: bytes) -> list[list[str]]:
    """The best sheet of an .ods or .xls workbook, which python-calamine reads."""
    from python_calamine import CalamineError, CalamineWorkbook  # only when such a workbook is brought

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [
            [[_said(value) for value in row] for row in book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)]
            for sheet in book.sheet_names
        ]
    except CalamineError as error:
        raise UsageError(f"{name} is no workbook, or it is damaged: {error}") from error
    if not sheets:
        raise UsageError(f"{name} is no workbook: it has no sheet")
    return max(sheets, key=lambda rows: _worth(iter(rows)))


def _said(value: object) -> str:
    """A cell as text: a whole number without its ``.0``, a date as ISO 8601."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _number(name: str) -> int:
    """sheet10 comes after sheet2."""
    digits = re.sub(r"\D", "", name)
    return int(digits) if digits else 0


def _worth(rows: Iterator[list[str]]) -> int:
    """How many names of columns there are in one of the first rows."""
    return max((_names_in(cells) for cells in itertools.islice(rows, LOOK)), default=0)


def _names_in(cells: Sequence[str]) -> int:
    said = {cell.strip("\ufeff ").lower() for cell in cells}
    return len(KNOWN & said) + sum(bool(column(cell)) for cell in said - KNOWN)


def _open(book: ZipFile, part_name: str, file: str) -> IO[bytes]:
    if book.getinfo(part_name).file_size > HUGE:
        raise UsageError(f"{file}: {part_name} is larger than any list can be")
    part = book.open(part_name)
    if b"<!DOCTYPE" in part.read(1024):  # no workbook has one; entities could make it endless
        raise UsageError(f"{file} is no workbook: it declares a document type")
    part.seek(0)
    return part


def _shared(book: ZipFile, file: str) -> list[str]:
    if "xl/sharedStrings.xml" not in book.namelist():
        return []
    with _open(book, "xl/sharedStrings.xml", file) as part:
        return [_text(item) for item in _elements(part, "si")]


def _elements(part: IO[bytes], name: str) -> Iterator[ElementTree.Element]:
    """The elements of a name one after the other, each thrown away once it was used."""
    root: ElementTree.Element | None = None
    for event, element in ElementTree.iterparse(part, events=("start", "end")):  # noqa: S314  # no document type: see _open
        if root is None:
            root = element
        if event == "end" and element.tag.rpartition("}")[2] == name:
            yield element
            element.clear()
            root.clear()


def _rows(book: ZipFile, name: str, shared: Sequence[str], file: str) -> Iterator[list[str]]:
    with _open(book, name, file) as part:
        for row in _elements(part, "row"):
            cells: list[str] = []
            for cell in row:
                place = _place(cell.get("r", ""), len(cells))
                cells += [""] * (place - len(cells))
                cells.append(_cell(cell, shared))
            yield cells


def _place(reference: str, otherwise: int) -> int:
    """The column of ``AB12``, counted from 0; some writers leave it out."""
    letters = _LETTERS.match(reference)
    if letters is None:
        return otherwise
    place = 0
    for letter in letters[0][:3]:
        place = place * 26 + ord(letter) - 64
    return max(place - 1, otherwise)


def _cell(cell: ElementTree.Element, shared: Sequence[str]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _text(cell)
    value = next((part.text or "" for part in cell if part.tag.rpartition("}")[2] == "v"), "")
    if kind == "s":
        return shared[int(value)] if value.isdigit() and int(value) < len(shared) else ""
    if kind == "n":
        whole = _WHOLE.fullmatch(value)
        return whole[1] if whole else value
    return _plain(value)


def _text(element: ElementTree.Element) -> str:
    """All runs of a string, without the readings that Japanese workbooks put beside them."""
    runs = (part for part in _outside_phonetic(element) if part.tag.rpartition("}")[2] == "t")
    return _plain("".join(part.text or "" for part in runs))


def _outside_phonetic(element: ElementTree.Element) -> Iterator[ElementTree.Element]:
    for part in element:
        if part.tag.rpartition("}")[2] != "rPh":
            yield part
            yield from _outside_phonetic(part)


def _plain(text: str) -> str:
    """``_x000D_`` is how a workbook writes what XML cannot hold, ``_x005F_`` how it writes the underscore before it."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def _no_text(begin: str) -> bool:
    return False  # known by its first bytes alone


READER = Reader("workbook", (".xlsx", ".xls", ".ods"), _no_text, cut, read_fields, text_of, (ZIPPED, OLD))
