"""The file formats that lists are exported in and references are imported from: one module each, and one line here.

A package outside the tracker adds a format by an entry point of the group ``tracker.formats``::

    [project.entry-points."tracker.formats"]
    odd = "their_package:ODD"

The entry point names a :class:`~tracker.formats.row.Format` (a writer, and a reader where ``Format.reader`` is set) or
a :class:`~tracker.formats.row.Reader` (a reader alone). A writer is asked for by the suffix of the file that
``tracker export`` is told to write. A reader is found by ``tracker import``: by the suffix first, then by what the file
says. Names and suffixes of our own formats cannot be taken over from outside.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
from pathlib import Path, PurePath

from tracker.errors import UsageError
from tracker.formats import bibtex, csl, csv, endnote, nbib, ris, xlsx
from tracker.formats.row import COLUMNS, Fields, Format, Piece, Reader, Row, Written

__all__ = ["COLUMNS", "FORMATS", "READERS", "Format", "Reader", "Row", "Written", "fields", "format_of", "pieces"]

FORMATS: tuple[Format, ...] = (csv.CSV, xlsx.XLSX, ris.RIS, bibtex.BIBTEX, csl.CSL_JSON)
READERS: tuple[Reader, ...] = (
    xlsx.READER, ris.READER, nbib.READER, bibtex.READER, endnote.TAGGED, endnote.XML, csl.READER, csv.READER,
)  # fmt: skip
GROUP = "tracker.formats"
BEGIN = 20_000  # characters of a file by which its format is known


def format_of(path: Path) -> Format:
    """The format that the suffix of a file name decides; raises :class:`UsageError` if there is none."""
    outside = [entry for entry in _outside() if isinstance(entry, Format)]
    known = {entry.suffix: entry for entry in (*outside, *FORMATS)}  # ours are not replaced from outside
    fitting = [suffix for suffix in known if path.name.lower().endswith(suffix)]
    if not fitting:
        raise UsageError(f"{path.name!r} must end in {' or '.join(sorted(known))}: the suffix decides the format")
    return known[max(fitting, key=len)]


def reader_of(name: str, data: bytes) -> Reader | None:
    """The reader of a file with this name and content; None when it is in none of the formats."""
    suffix = PurePath(name).suffix.lower()
    readers = (*READERS, *_readers_outside())
    named = [reader for reader in readers if suffix in reader.suffixes]
    return next((reader for reader in (*named, *readers) if reader.takes(data, BEGIN)), None)


def pieces(name: str, data: bytes) -> tuple[Reader | None, list[Piece]]:
    """(reader, references) of a file; no reader: the file is in none of the formats."""
    reader = reader_of(name, data)
    return reader, reader.cut(reader.text(data)) if reader else []


def fields(form: str, text: str) -> Fields:
    """The fields of one piece of a format by name; raises ValueError with the reason."""
    for reader in READERS:
        if reader.name == form:
            return reader.read(text)
    for reader in _readers_outside():
        if reader.name == form:
            return reader.read(text)
    raise ValueError(f"there is no format {form!r}")


def _readers_outside() -> list[Reader]:
    """The readers that other packages bring, without those that have the name of one of ours."""
    found = [entry if isinstance(entry, Reader) else entry.reader for entry in _outside()]
    ours = {reader.name for reader in READERS}
    return [reader for reader in found if reader is not None and reader.name not in ours]


@cache
def _outside() -> tuple[Format | Reader, ...]:
    return tuple(point.load() for point in entry_points(group=GROUP))
