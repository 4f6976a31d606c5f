"""Under which licence a publication stands, as far as its records say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.model import Record
from tracker.text.licences import is_open, licence_of


@dataclass(frozen=True, slots=True)
class Licence:
    name: str = ""
    url: str = ""

    @property
    def open(self) -> bool:
        return bool(self.name) and is_open(self.name)


def licence(records: Sequence[Record]) -> Licence:
    """The licence of one publication: the field of a record before its copyright line, an open one before others."""
    found = []
    for record in records:
        if record.licence:
            code, url = licence_of(record.licence)
            found.append(Licence(code or record.licence, record.licence_url or url))
        elif record.copyright:
            found.append(Licence(*licence_of(record.copyright)))
    named = [item for item in found if item.name]
    return next((item for item in named if item.open), named[0] if named else Licence())
