"""A tolerant reader of RIS: ours, and what EPPI-Reviewer, ASReview, Rayyan, EndNote and Zotero make of it.

Takes a byte order mark, UTF-8, UTF-16 or Windows-1252, any line ends, wrapped values, numbers before the records
(``1.``), a record that does not end, and ``ER`` with or without its space.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from tracker.errors import UsageError
from tracker.formats.encoding import encoding_of

Tags = dict[str, list[str]]

_TAG = re.compile(r"([A-Z][A-Z0-9])  -(?: (.*)|)")
_NUMBER = re.compile(r"\d+\.\s*")

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


def entries(path: Path) -> Iterator[Tags]:
    """The records of a RIS file, each its values by tag. Raises :class:`UsageError` if the file cannot be opened."""
    try:
        with path.open(encoding=encoding_of(path), errors="replace") as file:
            yield from _entries(file)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error


def _entries(lines: Iterator[str]) -> Iterator[Tags]:
    tags: Tags = {}
    last: list[str] = []
    for line in lines:
        text = line.strip("\ufeff\r\n")
        found = _TAG.fullmatch(text.strip() if text.lstrip().startswith("ER") else text)
        if found is None:
            if tags and text.strip() and not _NUMBER.fullmatch(text):
                last[-1] = f"{last[-1]} {text.strip()}".strip()
            continue
        tag, value = found[1], (found[2] or "").strip()
        if tag in ("TY", "ER") and tags:
            yield tags
            tags = {}
        if tag == "TY" or (tags and tag != "ER"):
            last = tags.setdefault(tag, [])
            last.append(value)
    if tags:
        yield tags


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
