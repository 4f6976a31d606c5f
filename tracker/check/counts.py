"""``tracker check --counts``: how many papers each line or block of a strategy finds on PubMed, and together.

A numbered set is counted line by line. Any other strategy is counted by its blocks (what its outermost operators join)
and by what they make together from left to right. Only numbers are asked for, and the same text only once.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from tracker.searches import SearchFile
from tracker.sources import PUBMED
from tracker.sources.pubmed.answers import SearchPage
from tracker.strategy import parse
from tracker.strategy.source import Sourced, SourcePiece
from tracker.strategy.tree import combinations, operands

WHOLE = "the whole strategy"
WIDTH = 72  # characters of what is counted, a line of the table
SHOWN = 3  # lines of it
LONGEST_NAME = 4  # operands that are all named where they are counted together

_INSERTED = re.compile(r"\(\{([^{}]*)\}\)")  # the brackets came with the insertion


@dataclass(frozen=True, slots=True)
class CountedLine:
    """What is counted: ``name`` (#3, 2, 1 AND 2), how it reads in its file, the text as sent, and what came."""

    name: str
    written: str
    text: str
    hits: int | None = None
    warnings: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """The lines of one search, in the order of its strategy; the last one is the whole."""

    slug: str
    title: str
    lines: tuple[CountedLine, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def as_text(self) -> str:
        """A table for people."""
        hits = ["-" if line.hits is None else f"{line.hits:,}" for line in self.lines]
        names = max(len(line.name) for line in self.lines)
        wide = max(len(number) for number in hits)
        rows = [f"{self.slug}: {self.title}: hits on PubMed"]
        for line, number in zip(self.lines, hits, strict=True):
            rows += _rows(line, f"  {number.rjust(wide)}  {line.name.ljust(names)}  ")
        return "\n".join(rows)


def plan(file: SearchFile) -> Counts:
    """What is to be counted of a saved search; nothing is asked yet. The strategy must be free of errors."""
    said = file.overrides.get(PUBMED.name, file.strategy)
    lines = _numbered(said) if said.numbered else _blocks(said)
    return Counts(file.search.slug, file.search.title, tuple(lines))


def count(planned: Counts, ask: Callable[[str], SearchPage], known: dict[str, SearchPage]) -> Counts:
    """The same with numbers; ``known`` holds the answers so far, by text. Raises SourceError when one does not come."""
    for text in requests([planned]):
        if text not in known:
            known[text] = ask(text)
    lines = [
        line if line.note else replace(line, hits=known[line.text].count, warnings=known[line.text].warnings)
        for line in planned.lines
    ]
    return replace(planned, lines=tuple(lines))


def requests(planned: Sequence[Counts]) -> list[str]:
    """The different texts that will be asked for."""
    return list(dict.fromkeys(line.text for counts in planned for line in counts.lines if not line.note))


def _numbered(said: Sourced) -> Iterator[CountedLine]:
    unused = {number for number, _ in said.unused}
    for line in said.numbered:
        note = "not used by the last line, so it was not counted" if line.number in unused else ""
        yield CountedLine(f"#{line.number}", line.written, line.filled.text, note=note)


def _blocks(said: Sourced) -> Iterator[CountedLine]:
    tree = parse(said)
    found = operands(tree)
    for number, operand in enumerate(found, 1):
        yield CountedLine(str(number), _as_in_file(said, operand.start, operand.end), operand.text)
    for together in combinations(tree):
        names = [f"{operand.op} {number}".strip() for number, operand in enumerate(found[: together.size], 1)]
        whole = together.size == len(found)
        name = " ".join(names) if len(names) <= LONGEST_NAME else f"1 to {together.size}"
        yield CountedLine(name, WHOLE if whole else "", said.text if whole else together.text)


def _as_in_file(said: Sourced, start: int, end: int) -> str:
    """Part of a strategy with the blocks that were inserted as ``{name}`` again."""
    home = said.pieces[0].place.path
    out: list[str] = []
    inside = False
    for piece in said.cut(start, end):
        block = _block(piece, home)
        if not block:
            out.append(piece.text)
        elif not inside:
            out.append(f"{{{block}}}")
        inside = bool(block)
    return _INSERTED.sub(r"{\1}", "".join(out).strip())


def _block(piece: SourcePiece, home: Path | str) -> str:
    """The name of the block that the piece was inserted from; empty for what stands in the search's own file."""
    path = Path(piece.place.path)
    return path.stem if str(path) != str(home) and path.parent.name == "blocks" else ""


def _rows(line: CountedLine, lead: str) -> Iterator[str]:
    said = [line.written, f"({line.note})" if line.note else "", *(f"PubMed: {text}" for text in line.warnings)]
    blank = " " * len(lead)
    if not any(said):
        yield lead.rstrip()
    for number, text in enumerate(part for part in said if part):
        yield textwrap.fill(
            text, len(lead) + WIDTH, initial_indent=blank if number else lead, subsequent_indent=blank,
            break_on_hyphens=False, max_lines=SHOWN, placeholder=" ...",
        )  # fmt: skip
