"""The file formats that lists are handed out in: one module each, and one line here.

A package outside the tracker adds a format by an entry point of the group ``tracker.formats`` that names a
:class:`~tracker.formats.row.Format`.
"""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

from tracker.errors import UsageError
from tracker.formats import bibtex, csl_json, csv, ris, xlsx
from tracker.formats.row import COLUMNS, Format, Row, Written

__all__ = ["COLUMNS", "FORMATS", "Format", "Row", "Written", "format_of"]

FORMATS: tuple[Format, ...] = (csv.CSV, xlsx.XLSX, ris.RIS, bibtex.BIBTEX, csl_json.CSL_JSON)
GROUP = "tracker.formats"


def format_of(path: Path) -> Format:
    """The format that the suffix of a file name decides; raises :class:`UsageError` if there is none."""
    known = {entry.suffix: entry for entry in (*_outside(), *FORMATS)}  # ours are not replaced from outside
    fitting = [suffix for suffix in known if path.name.lower().endswith(suffix)]
    if not fitting:
        raise UsageError(f"{path.name!r} must end in {' or '.join(sorted(known))}: the suffix decides the format")
    return known[max(fitting, key=len)]


def _outside() -> list[Format]:
    return [point.load() for point in entry_points(group=GROUP)]
