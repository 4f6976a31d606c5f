"""One reference of a file from elsewhere: as cut out of the file, and as its fields.

Files are cut into pieces first, so that a damaged reference costs itself and not its neighbours, and so that each is
kept as it was written and can be read again by a later reader.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

Fields = dict[str, list[str]]  # by the names below, each with its values in the order of the file

# title, vernacular, authors, editors, year, date, journal, abbrev, volume, issue, first, last, pages, number, abstract,
# doi, pmid, pmcid, issn, url, language, keywords, mesh, type, accession, publisher, place, notes, database, status


@dataclass(frozen=True, slots=True)
class Piece:
    """A reference as it stands in the file, from ``line`` (from 1) on; ``broken`` says why it cannot be read."""

    line: int
    text: str
    broken: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """A format: how it is known, how a file of it is cut, how a piece is read."""

    name: str
    suffixes: tuple[str, ...]
    fits: Callable[[str], bool]  # by the beginning of a file
    cut: Callable[[str], list[Piece]]
    read: Callable[[str], Fields]  # raises ValueError with the reason


@dataclass
class Collected:
    """Fields as they are found; a continuation goes to the value found last."""

    fields: Fields = field(default_factory=dict)
    _last: list[str] | None = None

    def add(self, name: str, value: str) -> None:
        self._last = self.fields.setdefault(name, []) if name else []
        self._last.append(value.strip())

    def go_on(self, value: str) -> None:
        if self._last:
            self._last[-1] = f"{self._last[-1]} {value.strip()}".strip()
