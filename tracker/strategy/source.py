"""The text of a strategy, and where each character of it was written.

What a service is sent is one line: comments left out, lines joined by one space, ``#n`` and ``{name}`` replaced by
what they stand for, in brackets. A person reads files. :class:`Sourced` holds both: the text as sent, and for each
character the file, line and column it came from, so that a message about an inserted block points into the block.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from tracker.errors import Located

LONGEST = 200_000  # characters of a strategy after inserting; PubMed itself refuses far shorter ones

_LINE_END = re.compile(r"\r\n|\n|\r")
_NUMBERED = re.compile(r"#(\d{1,4})(?:[.:)]?\s+|\s*$)")
_OPERATOR = re.compile(r"(?:AND|OR|NOT)\b", re.IGNORECASE)
_REFERENCE = re.compile(r'"[^"]*"|#(\d{1,4})\b')
_INSERT = re.compile(r'"[^"]*"|\{([^{}]*)\}')


class Place(NamedTuple):
    """Where something is written; ``line`` and ``column`` count from 1."""

    path: Path | str
    line: int
    column: int


class StrategyError(Located):
    """A strategy that cannot be read; ``path`` is empty when the text did not come from a file."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters that stand next to each other in one line of one file."""

    text: str
    place: Place


@dataclass(frozen=True)
class Sourced:
    """A text in pieces. Of a numbered set: ``numbered`` are its lines, ``unused`` those the last line does not use."""

    pieces: tuple[Piece, ...]
    unused: tuple[tuple[int, Place], ...] = field(default=())
    numbered: tuple[Numbered, ...] = field(default=())

    @cached_property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)

    @cached_property
    def _starts(self) -> list[int]:
        starts, at = [], 0
        for piece in self.pieces:
            starts.append(at)
            at += len(piece.text)
        return starts

    def place(self, offset: int) -> Place:
        """File, line and column of the character at ``offset``; past the end: just after the last one."""
        if not self.pieces:
            return Place("", 1, 1)
        index = max(0, bisect_right(self._starts, offset) - 1)
        path, line, column = self.pieces[index].place
        return Place(path, line, column + min(offset - self._starts[index], len(self.pieces[index].text)))

    def cut(self, start: int, end: int) -> list[Piece]:
        """The pieces of ``text[start:end]``."""
        out: list[Piece] = []
        index = max(0, bisect_right(self._starts, start) - 1)
        while index < len(self.pieces) and self._starts[index] < end:
            piece, at = self.pieces[index], self._starts[index]
            low, high = max(0, start - at), min(len(piece.text), end - at)
            if low < high:
                path, line, column = piece.place
                out.append(Piece(piece.text[low:high], Place(path, line, column + low)))
            index += 1
        return out


class Numbered(NamedTuple):
    """A line ``#n`` of a numbered set: as written, and with all that it names put in."""

    number: int
    raw: Sourced
    filled: Sourced

    @property
    def written(self) -> str:
        return self.raw.text


def split_lines(text: str) -> list[str]:
    """Lines as every editor counts them: CR LF, LF and CR end a line, U+2028 and form feeds do not."""
    return _LINE_END.split(text)


def strategy_lines(lines: Iterable[str], path: Path | str = "", first: int = 1) -> list[Piece]:
    """The lines that say something: no comments (``# `` at the start), no empty ones, no space at the edges."""
    out = []
    for number, line in enumerate(lines, first):
        said = line.strip()
        if said and said != "#" and not said.startswith(("# ", "#\t")):
            column = len(line) - len(line.lstrip()) + 1
            out.append(Piece(said, Place(path, number, column)))
    return out


def join(lines: Sequence[Piece]) -> Sourced:
    """Lines joined by one space; the space belongs to the end of the line before it."""
    pieces: list[Piece] = []
    for index, line in enumerate(lines):
        pieces.append(line if index + 1 == len(lines) else Piece(line.text + " ", line.place))
    return Sourced(tuple(pieces))


def assemble(lines: Sequence[Piece], block: Callable[[str, Place], Sourced] | None = None) -> Sourced:
    """The text that is run: numbered lines resolved, blocks inserted (``block`` gives one by name, or raises).

    Raises :class:`StrategyError` at the first mistake.
    """
    numbered = bool(lines) and _set_number(lines[0], {}) is not None
    whole = _resolve_numbered(lines) if numbered else join(lines)
    if len(whole.text) > LONGEST:
        raise StrategyError(f"this is longer than {LONGEST:,} characters: no strategy is", *whole.place(LONGEST))
    if block is None:
        return whole
    insert = block

    def named(match: re.Match[str], place: Place) -> Sourced:
        return insert(match.group(1).strip(), place)

    filled = tuple(line._replace(filled=_replace(line.filled, _INSERT, named)) for line in whole.numbered)
    return Sourced(_replace(whole, _INSERT, named).pieces, whole.unused, filled)


def source(text: str | Sourced, path: Path | str = "") -> Sourced:
    """A text as pasted (lines, comments, a numbered set) made ready to parse; no blocks are known here."""
    return text if isinstance(text, Sourced) else assemble(strategy_lines(split_lines(text), path))


def _replace(whole: Sourced, pattern: re.Pattern[str], give: Callable[[re.Match[str], Place], Sourced]) -> Sourced:
    """``whole`` with each match of the pattern's first group replaced by what ``give`` says, in brackets."""
    pieces: list[Piece] = []
    size, done = 0, 0
    for match in pattern.finditer(whole.text):
        if match.group(1) is None:  # a quoted phrase: left alone
            continue
        place = whole.place(match.start())
        inside = give(match, place)
        size += len(inside.text) + match.start() - done + 2
        if size > LONGEST:
            raise StrategyError(f"with this inserted the strategy is longer than {LONGEST:,} characters", *place)
        pieces += whole.cut(done, match.start())
        pieces += [Piece("(", place), *inside.pieces, Piece(")", place)]
        done = match.end()
    return Sourced((*pieces, *whole.cut(done, len(whole.text))))


def _set_number(line: Piece, known: dict[int, list[Piece]]) -> tuple[int, int] | None:
    """(number, where its text begins) if the line opens a numbered set: ``#3 ...``, not ``#1 AND #2``."""
    match = _NUMBERED.match(line.text)
    if not match:
        return None
    number = int(match.group(1))
    if number in known and _OPERATOR.match(line.text, match.end()):
        return None  # a last line without a number of its own
    return number, match.end()


def _resolve_numbered(lines: Sequence[Piece]) -> Sourced:
    groups: dict[int, list[Piece]] = {}
    opened: dict[int, Place] = {}
    last = 0
    for line in lines:
        found = _set_number(line, groups)
        if found is not None:
            last, start = found
            if last in groups:
                raise StrategyError(f"there are two lines #{last}", *line.place)
            groups[last], opened[last] = [], line.place
            path, number, column = line.place
            line = Piece(line.text[start:], Place(path, number, column + start))
        elif _NUMBERED.match(line.text) and groups[last]:
            last = max(groups) + 1
            groups[last], opened[last] = [], line.place
        if line.text:
            groups[last].append(line)
    if last != max(groups):
        raise StrategyError(
            f"the last line is #{last}, but #{max(groups)} has the highest number: put the lines in order, the one "
            "that is run at the end (PubMed's history prints the newest first)",
            *opened[last],
        )
    return _fill_references(groups, opened, last)


def _fill_references(groups: dict[int, list[Piece]], opened: dict[int, Place], last: int) -> Sourced:
    """Each line with the earlier lines it names put in; the last one is the strategy."""
    done: dict[int, Sourced] = {}
    uses: dict[int, set[int]] = {}
    for number, lines in groups.items():
        if not lines:
            raise StrategyError(f"line #{number} is empty", *opened[number])
        named: set[int] = set()

        def give(match: re.Match[str], place: Place, named: set[int] = named) -> Sourced:
            wanted = int(match.group(1))
            if wanted not in done:
                better = "if it begins a line of the set, put it on a line of its own"
                raise StrategyError(f"#{wanted} is not a line above this one; {better}", *place)
            named.add(wanted)
            return done[wanted]

        done[number] = _replace(join(lines), _REFERENCE, give)
        uses[number] = named
    reached, open_ = {last}, [last]
    while open_:
        fresh = uses[open_.pop()] - reached
        reached |= fresh
        open_ += fresh
    unused = tuple((number, opened[number]) for number in groups if number not in reached)
    numbered = tuple(Numbered(number, join(lines), done[number]) for number, lines in groups.items())
    return Sourced(done[last].pieces, unused, numbered)
