"""What an import of decisions, or the decisions of a list, come to, as people read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from tracker.screening.decisions.joining import METHODS, TOOL_ID, Joined
from tracker.screening.receipt import number

SHOWN = 30  # rows or works named in the text; the JSON holds all
KINDS = ("unmatched", "ambiguous", "contradicting", "conflicting", "not understood")


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A row that was set aside: its place in the file, what it is called there, and why."""

    position: int
    title: str
    kind: str
    why: str

    @classmethod
    def of(cls, row: Joined, kind: str, why: str) -> Self:
        return cls(row.given.position, row.given.title or row.given.tool_id, kind, why)

    def __str__(self) -> str:
        return f"row {self.position} {self.title[:60]!r}: {self.kind}: {self.why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionReport:
    """What came of one file; ``names`` are told once and stored nowhere."""

    list: str
    tool: str
    stage: str
    filename: str
    rows: int
    matched: Mapping[str, int]
    outside: int
    empty: int
    stored: int
    known: int
    changed: int
    troubles: tuple[ReportRow, ...]
    reviewers: tuple[str, ...]
    counts: Mapping[str, int]
    agreement: tuple[str, ...]
    conflicts: tuple[str, ...]
    names: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def __str__(self) -> str:
        return "\n  ".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield (
            f"{self.filename} ({self.tool}), stage {self.stage} of the list {self.list}: "
            f"{number(self.rows, 'row')}, {number(self.stored, 'new decision')}"
        )
        if self.known:
            yield f"{number(self.known, 'decision')} known from the same file: nothing added for them"
        if self.changed:
            yield f"{number(self.changed, 'decision')} other than the same reviewer's last one"
        how = [f"{self.matched[one]:,} by {one}" for one in (*METHODS, TOOL_ID) if self.matched.get(one)]
        yield f"matched: {', '.join(how) or 'none'}"
        if self.outside:
            yield f"of these never handed out in this list: {self.outside:,}"
        if self.empty:
            yield f"without a decision: {number(self.empty, 'row')}"
        tally = Counter(row.kind for row in self.troubles)
        if self.troubles:
            yield f"set aside: {', '.join(f'{tally[kind]:,} {kind}' for kind in KINDS if tally[kind])}"
        if self.reviewers:
            names = f" ({', '.join(self.names)})" if self.names else ""
            yield f"reviewers: {', '.join(self.reviewers)}{names}"
        yield f"the list at this stage: {told(self.counts)}"
        yield from (f"agreement of {line}" for line in self.agreement)
        yield from some("conflict", self.conflicts)


def told(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {value}" for value, count in counts.items()) or "no decisions"


def some(word: str, lines: tuple[str, ...]) -> Iterator[str]:
    """The first of many lines, and how many more there are."""
    yield from (f"{word}: {line}" for line in lines[:SHOWN])
    if len(lines) > SHOWN:
        yield f"and {len(lines) - SHOWN:,} more (--json names all)"
