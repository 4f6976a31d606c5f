"""Ids of feeds and entries, given for ever: tag URIs (RFC 4151) that no change of address, title or year can reach.

``tag:<authority>,<year>:work/LSI-000123``. The authority was decided by ``tracker init`` and is kept in the database;
the year is that of the first run, which lies in the past when the first id is given and which no later run can change.
The same paper has the same id in every feed; when two works are joined, the one that stands keeps its id and the other
ceases to appear: none is made anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Ids:
    """Makes the ids of one installation."""

    authority: str
    year: str

    def feed(self, name: str) -> str:
        return self._tag("feed", name)

    def work(self, key: str) -> str:
        return self._tag("work", key)

    def change(self, key: str, kind: str, day: str) -> str:
        """One kind of change of one work on one day is one change, however many notices tell of it."""
        return self._tag("change", key, kind, day)

    def resource(self, number: int) -> str:
        return self._tag("resource", str(number))

    def scheme(self, name: str) -> str:
        """What kind of category: ``source``, ``type``, ``state``, ``search``; these names need no quoting."""
        return f"tag:{self.authority},{self.year}:scheme/{name}"

    def _tag(self, *parts: str) -> str:
        return f"tag:{self.authority},{self.year}:" + "/".join(quote(part, safe="", errors="replace") for part in parts)
