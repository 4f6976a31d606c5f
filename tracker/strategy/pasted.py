"""What comes along when a strategy is copied out of a table, a history, a PDF, a web page or another service.

PubMed would search for such words and numbers like for any others, so each is an error at its place. These are signs
of whole lines; what is wrong in a single term is in ``lint_terms``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from html import unescape
from typing import NamedTuple
from urllib.parse import unquote, unquote_plus

from tracker.strategy.pasted_rules import NUMBER, NUMBERED_RULES, RULES, Rule
from tracker.strategy.source import Piece, Place, Sourced

SHOWN = 40  # characters of what was found, in a message
LONGEST = 200  # characters of a suggestion
TAIL = 60  # characters at the end of a line in which a number of hits may stand
MOST = 20  # remarks on one line

_QUOTED = re.compile(r'"[^"]*"|\[[^\[\]]*\]')
_FIRST = re.compile(r"(?P<before>[(S]?)1(?P<after>[.):]{0,2})\s+\S")
_OPERATOR = re.compile(r"\b(?:AND|OR|NOT)\b", re.IGNORECASE)
_BARE = re.compile(r"[\s()]*\d+[\s()]*")
_LAST_NUMBER = re.compile(rf"(?<=[\w*])\s+(?P<hits>{NUMBER}(?:\s+\d+:\d\d:\d\d)?)\s*$")
_ENDS_IN_NUMBER = re.compile(r"\s\d[\d,.: ]{0,20}$")


class Remark(NamedTuple):
    """Something that does not belong to a strategy; what else is told of the ``width`` characters there is noise."""

    place: Place
    width: int
    code: str
    message: str
    suggestion: str


@lru_cache(maxsize=64)
def pasted(said: Sourced) -> tuple[Remark, ...]:
    """Everything in the lines of a strategy that was copied along with it."""
    lines = list(_lines(said))
    found: list[Remark] = []
    if said.numbered:
        found += [*_hits_of_set(lines), *_bare_references(lines)]
    else:
        found += _line_numbers(lines)
    for line in lines:
        found += _of_line(line, bool(said.numbered))
    return tuple(found)


def pasted_lines(lines: Sequence[Piece]) -> tuple[Remark, ...]:
    """The same for lines that cannot be put together."""
    return pasted(Sourced(tuple(lines)))


def _lines(said: Sourced) -> Iterator[Sourced]:
    """The lines as they stand in their files, each once; those of inserted blocks too."""
    if not said.pieces:
        return
    home = said.pieces[0].place.path
    own = [piece for line in said.numbered for piece in line.raw.pieces] or said.pieces
    groups: dict[tuple[str, int], dict[tuple[int, str], Piece]] = {}
    for piece in (*own, *(piece for piece in said.pieces if said.numbered and piece.place.path != home)):
        group = groups.setdefault((str(piece.place.path), piece.place.line), {})
        group.setdefault((piece.place.column, piece.text), piece)
    for group in groups.values():
        yield Sourced(tuple(group.values()))


def _masked(text: str) -> str:
    """The text with what stands in quotation marks and field tags made unreadable; as long as before."""
    return _QUOTED.sub(lambda match: f"{match[0][0]}{chr(1) * (len(match[0]) - 2)}{match[0][-1]}", text)


def _of_line(line: Sourced, numbered: bool) -> Iterator[Remark]:
    text = line.text.rstrip()
    masked, small = _masked(text), text.lower()
    taken = bytearray(len(text))
    told = 0
    for rule in (*NUMBERED_RULES, *RULES) if numbered else RULES:
        if rule.needs and not any(sign in small for sign in rule.needs):
            continue
        for match in rule.pattern.finditer(text if rule.raw else masked, max(0, len(text) - TAIL) if rule.tail else 0):
            start = match.end() - len(match[0].lstrip())
            if taken[start]:
                continue
            told += 1
            if told > MOST:
                return
            end = len(text) if rule.rest else match.end()
            taken[start:end] = bytes([1]) * (end - start)
            yield _remark(line, rule, start, end - start, text[start : match.end()])


def _remark(line: Sourced, rule: Rule, start: int, width: int, shown: str) -> Remark:
    short = shown if len(shown) <= SHOWN else f"{shown[: SHOWN - 3]}..."
    sign = unquote(unescape(shown))
    better = rule.suggestion.replace("{sign}", "a space" if sign.isspace() else sign)
    better = better.replace("{decoded}", unquote_plus(shown.rpartition("term=")[2].partition("&")[0]))[:LONGEST]
    return Remark(line.place(start), width, rule.code, rule.message.replace("{}", repr(short)), better)


def _line_numbers(lines: Sequence[Sourced]) -> Iterator[Remark]:
    """Lines that are numbered otherwise than with ``#``: 1. and 2), (1) and (2), S1 and S2."""
    first = _FIRST.match(lines[0].text) if lines else None
    if first is None:
        return
    before, after = re.escape(first["before"]), re.escape(first["after"])
    number = re.compile(rf"{before}(\d{{1,3}}){after}\s+(?=\S)")
    found = [(line, match) for line in lines if (match := number.match(line.text))]
    counted = [int(match[1]) for _, match in found[:2]] == [1, 2]
    if not counted and (len(lines) > 1 or not first["after"]):
        return
    for line, match in found:
        whose = " as EBSCO writes it" if before == "S" else ""
        message = f"{match[0].strip()!r} is a line number{whose}; PubMed would search for it"
        better = f"number the lines with #, as in #{match[1]}, and name them so"
        yield Remark(line.place(0), match.end(), "numbered", message, better)


def _hits_of_set(lines: Sequence[Sourced]) -> Iterator[Remark]:
    """In a numbered set, a number at the end of every line is that of its hits, whatever stands before it."""
    if len(lines) < 2 or not all(_ENDS_IN_NUMBER.search(line.text.rstrip()) for line in lines):
        return
    for line in lines:
        match = _LAST_NUMBER.search(_masked(line.text))
        if match:
            message = f"{match['hits']!r} looks like a number of hits: PubMed would search for it"
            yield Remark(line.place(match.start("hits")), len(match["hits"]), "pasted", message, "take it out")


def _bare_references(lines: Sequence[Sourced]) -> Iterator[Remark]:
    """A line of a numbered set that joins numbers: ``1 OR 2`` instead of ``#1 OR #2``."""
    for line in lines:
        text = line.text.strip()
        parts = _OPERATOR.split(text)
        if len(parts) > 1 and all(_BARE.fullmatch(part) for part in parts):
            better = re.sub(r"(\d+)", r"#\1", text)
            message = f"{text!r} searches for numbers, not for lines"
            yield Remark(line.place(0), len(text), "numbered", message, f"write {better}")
