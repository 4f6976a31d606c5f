"""The text of a strategy, and where each character of it was written.

What a service is sent is one line: comments left out, lines joined by one space, ``#n`` and ``{name}`` replaced by
what they stand for, in brackets. A person reads files. :class:`Sourced` holds both: the text as sent, and for each
character the file, line and column it came from, so that a message about an inserted block points into the block.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from tracker.errors import Located

LONGEST = 200_000  # characters of a strategy after inserting; PubMed itself refuses far shorter ones

_LINE_END = re.compile(r"\r\n|\n|\r")
_NUMBERED = re.compile(r"#[ \t]?(\d{1,4})(?:[.:)]?\s+|\s*$|[.:)]?(?=[(\"]))")
_SPACED = re.compile(r"#[ \t](\d{1,4})(?:[.:)]?\s+|[.:)]?(?=[(\"]))(\S.*)")
_SAYS_SOMETHING = re.compile(r"\[\s*(?:[a-z0-9]+|[a-z]+[ /][a-z][a-z ]*)\s*(?::[^\[\]]*)?\]|#\s?\d|\w\*", re.IGNORECASE)
_OPERATOR = re.compile(r"(?:AND|OR|NOT)\b", re.IGNORECASE)
_REFERENCE = re.compile(r'"[^"]*"|#[ \t]?(\d{1,4})\b')
_INSERT = re.compile(r'"[^"]*"|\{([^{}]*)\}')


class Place(NamedTuple):
    """Where something is written; ``line`` and ``column`` count from 1."""

    path: Path | str
    line: int
    column: int


class StrategyError(Located):
    """A strategy that cannot be read; ``path`` is empty when the text did not come from a file."""


@dataclass(frozen=True, slots=True)
class SourcePiece:
    """Characters that stand next to each other in one line of one file."""

    text: str
    place: Place


@dataclass(frozen=True)
class Sourced:
    """A text in pieces. Of a numbered set: ``numbered`` are its lines, ``unused`` those the last line does not use.

    ``units`` are the texts that it was put together from (numbered lines, blocks), each as its author wrote it: every
    one must be whole by itself. Empty where there is only the text itself.
    """

    pieces: tuple[SourcePiece, ...]
    unused: tuple[tuple[int, Place], ...] = field(default=())
    numbered: tuple[Numbered, ...] = field(default=())
    units: tuple[Sourced, ...] = field(default=())

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

    def cut(self, start: int, end: int) -> list[SourcePiece]:
        """The pieces of ``text[start:end]``."""
        out: list[SourcePiece] = []
        index = max(0, bisect_right(self._starts, start) - 1)
        while index < len(self.pieces) and self._starts[index] < end:
            piece, at = self.pieces[index], self._starts[index]
            low, high = max(0, start - at), min(len(piece.text), end - at)
            if low < high:
                path, line, column = piece.place
                out.append(SourcePiece(piece.text[low:high], Place(path, line, column + low)))
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


def _is_comment(line: str) -> bool:
    """A hash and space of any kind, also one that does not break (a web page's)."""
    return len(line) > 1 and line[0] == "#" and line[1].isspace()


def strategy_lines(lines: Iterable[str], path: Path | str = "", first: int = 1) -> list[SourcePiece]:
    """The lines that say something: no comments (``# `` at the start), no empty ones, no space at the edges.

    ``# 4 ...`` is a line of a numbered set where the others are, else a comment.
    """
    out = []
    lines = list(lines)
    spaced = _spaced_set(lines)
    for number, line in enumerate(lines, first):
        said = line.strip()
        if said and said != "#" and (not _is_comment(said) or number - first in spaced):
            column = len(line) - len(line.lstrip()) + 1
            out.append(SourcePiece(said, Place(path, number, column)))
    return out


def _spaced_set(lines: Sequence[str]) -> frozenset[int]:
    """Which lines (from 0) of the form ``# 4 ...`` are lines of a numbered set, and no comments.

    Two or more that all say what only a search says (a field tag, a line by its number, a stem), one of that kind
    beside lines ``#3 ...``, or any two where nothing else stands.
    """
    spaced: dict[int, re.Match[str]] = {}
    close, others = set(), 0
    for index, line in enumerate(lines):
        said = line.strip()
        match = _SPACED.fullmatch(said)
        if match:
            spaced[index] = match
        elif said and not _is_comment(said) and said != "#":
            others += 1
            numbered = _NUMBERED.match(said)
            if numbered and not _OPERATOR.match(said, numbered.end()):
                close.add(int(numbered[1]))
    telling = {index for index, match in spaced.items() if _SAYS_SOMETHING.search(match[2])}
    if close:
        return frozenset(index for index in telling if int(spaced[index][1]) not in close)
    if len(spaced) > 1 and (not others or telling == set(spaced)):
        return frozenset(spaced)
    return frozenset()


def join(lines: Sequence[SourcePiece]) -> Sourced:
    """Lines joined by one space; the space belongs to the end of the line before it."""
    pieces: list[SourcePiece] = []
    for index, line in enumerate(lines):
        pieces.append(line if index + 1 == len(lines) else SourcePiece(line.text + " ", line.place))
    return Sourced(tuple(pieces))


def assemble(lines: Sequence[SourcePiece], block: Callable[[str, Place], Sourced] | None = None) -> Sourced:
    """The text that is run: numbered lines resolved, blocks inserted (``block`` gives one by name, or raises).

    Raises :class:`StrategyError` at the first mistake.
    """
    numbered = bool(lines) and _set_number(lines[0], {}) is not None
    whole = _resolve_numbered(lines) if numbered else join(lines)
    if len(whole.text) > LONGEST:
        raise StrategyError(f"this is longer than {LONGEST:,} characters: no strategy is", *whole.place(LONGEST))
    own = tuple(line.raw for line in whole.numbered)
    if block is None:
        return replace(whole, units=own)
    insert = block
    inserted: dict[Sourced, None] = {}

    def named(match: re.Match[str], place: Place) -> Sourced:
        given = insert(match.group(1).strip(), place)
        inserted.update(dict.fromkeys(given.units or (given,)))
        return given

    filled = tuple(line._replace(filled=_replace(line.filled, _INSERT, named)) for line in whole.numbered)
    pieces = _replace(whole, _INSERT, named).pieces
    units = (*(own or (whole,)), *inserted) if own or inserted else ()
    return Sourced(pieces, whole.unused, filled, units)


def masked(unit: Sourced) -> str:
    """The text of a unit with what it inserts made a word of the same length, so that it can be read alone."""
    blank = unit.text
    for pattern in (_REFERENCE, _INSERT):
        blank = pattern.sub(lambda match: match[0] if match[1] is None else "x" * len(match[0]), blank)
    return blank


def source(text: str | Sourced, path: Path | str = "") -> Sourced:
    """A text as pasted (lines, comments, a numbered set) made ready to parse; no blocks are known here."""
    return text if isinstance(text, Sourced) else assemble(strategy_lines(split_lines(text), path))


def _replace(whole: Sourced, pattern: re.Pattern[str], give: Callable[[re.Match[str], Place], Sourced]) -> Sourced:
    """``whole`` with each match of the pattern's first group replaced by what ``give`` says, in brackets."""
    pieces: list[SourcePiece] = []
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
        pieces += [SourcePiece("(", place), *inside.pieces, SourcePiece(")", place)]
        done = match.end()
    return Sourced((*pieces, *whole.cut(done, len(whole.text))))


def _set_number(line: SourcePiece, known: dict[int, list[SourcePiece]]) -> tuple[int, int] | None:
    """(number, where its text begins) if the line opens a numbered set: ``#3 ...``, not ``#1 AND #2``."""
    match = _NUMBERED.match(line.text)
    if not match:
        return None
    number = int(match.group(1))
    if number in known and _OPERATOR.match(line.text, match.end()):
        return None  # a last line without a number of its own
    return number, match.end()


def _resolve_numbered(lines: Sequence[SourcePiece]) -> Sourced:
    groups: dict[int, list[SourcePiece]] = {}
    opened: dict[int, Place] = {}
    last = 0
    if _is_bare(lines):  # the newest first, and that one without a number of its own
        last = 1 + max(int(match[1]) for line in lines if (match := _NUMBERED.match(line.text)))
        groups[last], opened[last] = [lines[0]], lines[0].place
        lines = lines[1:]
    for line in lines:
        found = _set_number(line, groups)
        if found is not None:
            last, start = found
            if last in groups:
                raise StrategyError(f"there are two lines #{last}", *line.place)
            groups[last], opened[last] = [], line.place
            path, number, column = line.place
            line = SourcePiece(line.text[start:], Place(path, number, column + start))
        elif _NUMBERED.match(line.text) and groups[last]:
            last = max(groups) + 1
            groups[last], opened[last] = [], line.place
        if line.text:
            groups[last].append(line)
    numbers, highest = list(groups), max(groups)
    if numbers != sorted(numbers, reverse=numbers[0] == highest):
        raise StrategyError(
            f"the last line is #{last}, but #{highest} has the highest number: put the lines in order, the newest "
            "first or the oldest first; the highest number is what is run",
            *opened[last],
        )
    return _fill_references({number: groups[number] for number in sorted(groups)}, opened, highest)


def _is_bare(lines: Sequence[SourcePiece]) -> bool:
    """Whether the first line joins lines (``#2 AND #1``) that all come after it."""
    first = _NUMBERED.match(lines[0].text)
    if not first or not _OPERATOR.match(lines[0].text, first.end()):
        return False
    later = [match for line in lines[1:] if (match := _NUMBERED.match(line.text))]
    return any(match[1] == first[1] and not _OPERATOR.match(match.string, match.end()) for match in later)


def _fill_references(groups: dict[int, list[SourcePiece]], opened: dict[int, Place], last: int) -> Sourced:
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
