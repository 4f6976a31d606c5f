"""Which format a file of references is in, by what it says and by its name, and its references."""

from __future__ import annotations

from pathlib import PurePath

from tracker.formats.decode import decode
from tracker.formats.entry import Fields, Piece, Reader
from tracker.formats.read_bibtex import BIBTEX
from tracker.formats.read_csv import CSV
from tracker.formats.read_nbib import NBIB
from tracker.formats.read_ris import RIS

READERS: tuple[Reader, ...] = (RIS, NBIB, BIBTEX, CSV)
BEGIN = 20_000  # characters of a file by which its format is known


def reader_of(name: str, text: str) -> Reader | None:
    """The reader of a file; None when it is in none of the formats."""
    begin = text[:BEGIN]
    suffix = PurePath(name).suffix.lower()
    named = [reader for reader in READERS if suffix in reader.suffixes]
    fitting = [reader for reader in (*named, *READERS) if reader.fits(begin)]
    return fitting[0] if fitting else None


def pieces(name: str, data: bytes) -> tuple[Reader | None, list[Piece]]:
    """(reader, references) of a file; no reader: the file is in none of the formats."""
    text = decode(data)
    reader = reader_of(name, text)
    return reader, reader.cut(text) if reader else []


def fields(form: str, text: str) -> Fields:
    """The fields of one piece of a format by name; raises ValueError with the reason."""
    for reader in READERS:
        if reader.name == form:
            return reader.read(text)
    raise ValueError(f"there is no format {form!r}")
