"""A small reader of workbooks: the text of each cell of the sheet that holds most of our column names.

Reads row after row what Excel, LibreOffice, ASReview (openpyxl) and our own writer make: shared, inline and formula
strings, numbers (a whole number without ``.0``), truth values. Dates come as the number they are stored as.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO
from xml.etree import ElementTree
from zipfile import BadZipFile, ZipFile

from tracker.errors import UsageError
from tracker.formats.row import COLUMNS

HUGE = 2_000_000_000  # bytes of one part of the workbook, unpacked: no list is as large, a zip bomb is
KNOWN = frozenset((*COLUMNS, "asreview_label", "label"))

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LETTERS = re.compile(r"[A-Z]+")
_WHOLE = re.compile(r"(-?\d+)(?:\.0+)?(?:E0)?")


def read(path: Path) -> Iterator[dict[str, str]]:
    """The rows as dicts by the names of the header row; rows without any value are left out.

    Raises :class:`UsageError` if the file is no workbook or is damaged.
    """
    try:
        with ZipFile(path) as book:
            shared = _shared(book)
            sheets = sorted(name for name in book.namelist() if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name))
            if not sheets:
                raise UsageError(f"{path} is no workbook: it has no sheet")
            best = max(sheets, key=lambda name: (_worth(book, name, shared), -_number(name)))
            yield from _dicts(_rows(book, best, shared))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
    except (BadZipFile, zlib.error, ElementTree.ParseError, NotImplementedError, EOFError) as error:
        raise UsageError(f"{path} is no workbook, or it is damaged: {error}") from error


def _number(name: str) -> int:
    """sheet10 comes after sheet2."""
    digits = re.sub(r"\D", "", name)
    return int(digits) if digits else 0


def _worth(book: ZipFile, name: str, shared: Sequence[str]) -> int:
    header = next(_rows(book, name, shared), [])
    return len(KNOWN.intersection(cell.strip("\ufeff ").lower() for cell in header))


def _dicts(rows: Iterator[list[str]]) -> Iterator[dict[str, str]]:
    names: list[str] = []
    for cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if names:
            yield {
                **dict.fromkeys(names, ""),
                **{
                    names[place] if place < len(names) else f"column {place + 1}": cell
                    for place, cell in enumerate(cells)
                    if cell or place < len(names)
                },
            }
        else:
            for place, cell in enumerate(cells, start=1):
                name = cell.strip("\ufeff ")
                name = name.lower() if name.lower() in COLUMNS else name
                names.append(name if name and name not in names else f"column {place}")


def _open(book: ZipFile, name: str) -> IO[bytes]:
    if book.getinfo(name).file_size > HUGE:
        raise UsageError(f"{book.filename}: {name} is larger than any list can be")
    part = book.open(name)
    if b"<!DOCTYPE" in part.read(1024):  # no workbook has one; entities could make it endless
        raise UsageError(f"{book.filename} is no workbook: it declares a document type")
    part.seek(0)
    return part


def _shared(book: ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in book.namelist():
        return []
    with _open(book, "xl/sharedStrings.xml") as part:
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


def _rows(book: ZipFile, name: str, shared: Sequence[str]) -> Iterator[list[str]]:
    with _open(book, name) as part:
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
