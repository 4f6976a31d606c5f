"""Reading JSON of which nothing may be taken for granted: members absent, of another type, one where a list is due."""

from __future__ import annotations

from typing import Any

from tracker.text import clean

Json = dict[str, Any]


def word(said: Json, name: str) -> str:
    """A member that is a text or a number as one clean line; '' for everything else."""
    value = said.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return clean(str(value))


def items(said: Json, *names: str) -> list[Json]:
    """The objects of a list that lies inside others (``authorList``, ``author``); a single object is a list of one."""
    return [item for item in _listed(said, names) if isinstance(item, dict)]


def words(said: Json, *names: str) -> list[str]:
    """The texts of such a list, as they came."""
    return [item for item in _listed(said, names) if isinstance(item, str)]


def _listed(said: Json, names: tuple[str, ...]) -> list[Any]:
    value: Any = said
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, list) else [value]
