"""The workbook for people: text cells only, a drop-down for the decision, a sheet that says what it is.

Every value is written as text: no formula, no number that loses digits, no issue ``3-4`` that becomes a date. Cells
longer than a spreadsheet holds (32,767 characters) are cut on purpose and marked. Data on the first sheet, because
ASReview takes the sheet with most of the column names it knows. Rows go to disk one after the other.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from operator import attrgetter
from tempfile import TemporaryDirectory, TemporaryFile
from types import MappingProxyType
from typing import TYPE_CHECKING, BinaryIO

from tracker.errors import UsageError
from tracker.formats.csv import EXCEL_CELL, cut_to
from tracker.formats.row import COLUMNS, REVIEWERS_OWN, Format, Limit, Row, Written
from tracker.formats.xlsx_read import read
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
    read=read,
    limits={PROFILE: LIMIT},
)
