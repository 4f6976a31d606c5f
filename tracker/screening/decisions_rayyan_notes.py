"""What Rayyan writes behind our notes: parts joined by " | ".

``RAYYAN-INCLUSION: {"Ana"=>"Included"}``, ``RAYYAN-LABELS: a,b``, ``RAYYAN-EXCLUSION-REASONS: a,b``,
``USER-NOTES: {"Ana"=>["..."]}``. Names may hold quotes and notes may hold " | ", so the parts are read one after the
other, not split. Older exports carry true and false in place of the words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tracker.screening.decisions_read import listed

WORDS: Mapping[Any, str] = {
    "included": "include", "excluded": "exclude", "maybe": "maybe", "undecided": "undecided",
    True: "include", False: "exclude", None: "undecided",
}  # fmt: skip
_MARK = re.compile(r"(RAYYAN-INCLUSION|RAYYAN-LABELS|RAYYAN-EXCLUSION-REASONS|USER-NOTES):\s*")
_NEXT = re.compile(r"\s*\|\s*(?=(?:RAYYAN-INCLUSION|RAYYAN-LABELS|RAYYAN-EXCLUSION-REASONS|USER-NOTES):)")
_TOKEN = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|(true|false|nil)|(=>|[{}\[\],]))', re.S)
_CONSTANTS = {"true": True, "false": False, "nil": None}


class NotUnderstood(ValueError):
    """The notes do not have the form that Rayyan writes."""


@dataclass
class Notes:
    """What Rayyan has added to the notes of one article."""

    values: dict[str, str] = field(default_factory=dict)  # name -> value
    labels: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    notes: dict[str, str] = field(default_factory=dict)  # name -> text


def notes_of(text: str) -> Notes:
    """Read the parts one after the other; raises :class:`NotUnderstood`."""
    found, place = Notes(), 0
    while mark := _MARK.search(text, place):
        place = mark.end()
        if mark[1] in ("RAYYAN-INCLUSION", "USER-NOTES"):
            said, place = _hash(text, place)
            if mark[1] == "USER-NOTES":
                found.notes = {name: "; ".join(map(str, _many(value))) for name, value in said.items()}
            else:
                found.values = {name: _word(value) for name, value in said.items()}
        else:
            said_here = _NEXT.split(text[place:], maxsplit=1)[0]
            parts, place = listed(said_here, ","), place + len(said_here)
            if mark[1] == "RAYYAN-LABELS":
                found.labels = parts
            else:
                found.reasons = parts
    return found


def _word(value: Any) -> str:
    known = WORDS.get(value.casefold() if isinstance(value, str) else value)
    if known is None:
        raise NotUnderstood(f"decision {value!r}")
    return known


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _hash(text: str, place: int) -> tuple[dict[str, Any], int]:
    """A Ruby hash as Rayyan prints it, and where it ends."""
    said: dict[str, Any] = {}
    place = _expect(text, place, "{")
    while True:
        token, place = _token(text, place)
        if token == ("sign", "}"):
            return said, place
        if token == ("sign", ","):
            continue
        if token[0] != "text":
            raise NotUnderstood(f"a name was expected at {text[place : place + 20]!r}")
        place = _expect(text, place, "=>")
        said[token[1]], place = _value(text, place)


def _value(text: str, place: int) -> tuple[Any, int]:
    token, place = _token(text, place)
    if token[0] != "sign":
        return token[1], place
    if token[1] != "[":
        raise NotUnderstood(f"a value was expected at {text[place : place + 20]!r}")
    items: list[Any] = []
    while True:
        token, place = _token(text, place)
        if token == ("sign", "]"):
            return items, place
        if token[0] != "sign":
            items.append(token[1])
        elif token[1] != ",":
            raise NotUnderstood(f"a list does not end at {text[place : place + 20]!r}")


def _token(text: str, place: int) -> tuple[tuple[str, Any], int]:
    found = _TOKEN.match(text, place)
    if found is None:
        raise NotUnderstood(f"not understood: {text[place : place + 20]!r}")
    if found[1] is not None:
        return ("text", re.sub(r"\\(.)", _escaped, found[1], flags=re.S)), found.end()
    return (("constant", _CONSTANTS[found[2]]) if found[2] else ("sign", found[3])), found.end()


def _escaped(found: re.Match[str]) -> str:
    return " " if found[1] in "nrt" else found[1]


def _expect(text: str, place: int, sign: str) -> int:
    token, place = _token(text, place)
    if token != ("sign", sign):
        raise NotUnderstood(f"{sign} was expected at {text[place : place + 20]!r}")
    return place
