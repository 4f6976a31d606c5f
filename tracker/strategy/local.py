"""What of a strategy can be decided on a record alone: the meaning it has on every preprint source.

A preprint has no headings and no publication type but Preprint. A term that asks for one is false for every preprint:
in an OR it is dropped, after NOT it takes nothing away, and an AND of nothing else can never hold. That last case is
reported as impossible, never guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tracker.strategy.tree import Chain, Leaf, Range, Step, Term, Tree, print_node

KINDS = ("exact", "widened", "dropped", "impossible")


class Part(NamedTuple):
    """One row of the report how a source is asked: what was written, what is sent for it, and why they differ.

    ``kind``: exact, widened (asked wider, decided on the record), dropped (matters to no record there), impossible.

    ``line`` and ``column`` are where ``original`` begins; ``path`` is empty for a text that is not from a file.
    """

    kind: str
    original: str
    sent: str
    reason: str = ""
    line: int = 0
    column: int = 0
    path: str = ""


TEXT_FIELDS = ("", "ti", "tiab", "ab", "ot", "tw", "all")
RECORD_FIELDS = ("au", "1au", "lastau", "fau", "cn", "ad", "ta", "la", "pmid", "aid", "lid")
INDEXED = ("mesh", "type", "filter")

_REASONS = {
    "mesh": "headings are given by indexers; a preprint has none",
    "type": "publication types are given by indexers; a preprint is only a Preprint",
    "filter": "this is a filter of PubMed's own",
}
_NO_FIELD = "records of preprints do not carry this field"


@dataclass(frozen=True, slots=True)
class Always:
    """Holds for every record, as ``"Preprint"[pt]`` does on a preprint source."""


@dataclass(slots=True)
class Seq:
    """``first`` and then (operator, node) from left to right, as in a chain; no brackets to remember."""

    first: LocalNode
    steps: list[tuple[str, LocalNode]]


LocalNode = Term | Range | Always | Seq


class Note(NamedTuple):
    """What became of the characters from ``start`` to ``end``: ``kind`` is test, always, dropped or impossible.

    ``opened`` brackets stand before ``start`` and close before ``end``.
    """

    kind: str
    start: int
    end: int
    reason: str = ""
    leaf: Leaf | None = None
    opened: int = 0

    def written(self, text: str) -> str:
        """The part of the strategy that the note is about."""
        return "(" * self.opened + text[self.start : self.end].rstrip()


@dataclass(slots=True)
class Local:
    """The part of a strategy that can be decided; ``node`` is None when that is nothing."""

    node: LocalNode | None
    notes: list[Note] = field(default_factory=list)
    failed: Note | None = None  # the first note that says impossible

    @property
    def impossible(self) -> list[Note]:
        return [note for note in self.notes if note.kind == "impossible"]


def local(tree: Tree, indexing: bool = False) -> Local:
    """What can be decided on a record's own fields; with ``indexing`` its headings and types count as fields too."""
    decided = _chain(tree.root, indexing)
    if decided.node is None:
        _fail(decided, tree.root.start, tree.root.end)
    return decided


def is_testable(leaf: Leaf, indexing: bool) -> bool:
    """Whether a record carries what the leaf asks for."""
    kind = leaf.tag.kind if leaf.tag else "text"
    if isinstance(leaf, Range) or kind == "date":
        return kind == "date"
    name = leaf.field_name
    return name in TEXT_FIELDS or name in RECORD_FIELDS or is_has_abstract(leaf) or (indexing and kind in INDEXED)


def is_has_abstract(leaf: Leaf) -> bool:
    """``hasabstract``, PubMed's word for records with an abstract; with or without a tag."""
    return isinstance(leaf, Term) and leaf.text.lower() == "hasabstract"


def _leaf(leaf: Leaf, indexing: bool) -> Local:
    kind = leaf.tag.kind if leaf.tag else "text"
    if kind == "type" and not indexing and isinstance(leaf, Term) and leaf.text.lower() == "preprint":
        note = Note("always", leaf.start, leaf.end, "every record of this source is a preprint", leaf)
        return Local(Always(), [note])
    if is_testable(leaf, indexing):
        return Local(leaf, [Note("test", leaf.start, leaf.end, "", leaf)])
    return Local(None, [Note("dropped", leaf.start, leaf.end, _REASONS.get(kind, _NO_FIELD), leaf)])


def _chain(chain: Chain, indexing: bool) -> Local:
    done = _leaf(chain.first, indexing)
    for number, step in enumerate(chain.rest):
        other = _chain(step.node, indexing) if isinstance(step.node, Chain) else _leaf(step.node, indexing)
        opened = 0
        if done.node is None:
            opened = sum(close <= number for close in chain.closes)
        _JOIN[step.op](done, other, chain, step, opened)
    return done


def _either(done: Local, other: Local, chain: Chain, step: Step, opened: int) -> None:
    if done.node is None:
        _drop(done, chain.first.start, step.start, opened)
    if other.node is None:
        _drop(other, step.node.start, step.node.end)
    done.notes += other.notes
    if done.node is None:
        done.node = other.node
    elif isinstance(done.node, Always) or isinstance(other.node, Always):
        done.node = Always()
    elif other.node is not None:
        done.node = _then(done.node, "OR", other.node)


def _both(done: Local, other: Local, chain: Chain, step: Step, opened: int) -> None:
    if done.node is None:
        _fail(done, chain.first.start, step.start, opened)
    if other.node is None:
        _fail(other, step.node.start, step.node.end)
    done.notes += other.notes
    done.failed = done.failed or other.failed
    if done.node is None or other.node is None:
        done.node = None
    elif isinstance(done.node, Always):
        done.node = other.node
    elif not isinstance(other.node, Always):
        done.node = _then(done.node, "AND", other.node)


def _without(done: Local, other: Local, chain: Chain, step: Step, opened: int) -> None:
    if done.node is None:
        _fail(done, chain.first.start, step.start, opened)
    elif other.node is None:
        reason = "no preprint is indexed so: there is nothing to take away"
        done.notes.append(Note("dropped", step.start, step.node.end, reason))
    elif isinstance(other.node, Always):
        done.node = None
        done.failed = Note("impossible", step.start, step.node.end, "this takes every preprint away")
        done.notes.append(done.failed)
    else:
        done.notes += other.notes
        done.node = _then(done.node, "NOT", other.node)


_JOIN = {"OR": _either, "AND": _both, "NOT": _without}


def _drop(side: Local, start: int, end: int, opened: int = 0) -> None:
    """A side of an OR that can never hold: one note for it, unless all its terms are dropped one by one."""
    if side.failed is not None:
        side.notes = [Note("dropped", start, end, side.failed.reason, None, opened)]
        side.failed = None


def _fail(side: Local, start: int, end: int, opened: int = 0) -> None:
    """A side of an AND (or the whole strategy) that can never hold; told where it begins to be so."""
    if side.failed is None:
        reason = (
            f"{side.notes[0].reason}: nothing else stands in this part, so it can match none; add text words ([tiab])"
        )
        side.failed = Note("impossible", start, end, reason, None, opened)
        side.notes = [side.failed]


def _then(node: LocalNode, op: str, other: LocalNode) -> Seq:
    if isinstance(node, Seq):
        node.steps.append((op, other))
        return node
    return Seq(node, [(op, other)])


def print_local(node: LocalNode) -> str:
    """PubMed syntax of what is decided locally, with brackets wherever the operator changes."""
    if isinstance(node, Always):
        return '"Preprint"[pt]'
    if not isinstance(node, Seq):
        return print_node(node)
    steps = []
    for op, other in node.steps:
        steps.append((op, f"({print_local(other)})" if isinstance(other, Seq) else print_local(other)))
    return left_to_right(print_local(node.first), steps)


def left_to_right(first: str, steps: Sequence[tuple[str, str]]) -> str:
    """Joins texts so that any reader, with or without precedence, reads them from left to right."""
    opened, out, last = 0, [first], ""
    for op, text in steps:
        if last and (op != last or op == "NOT"):
            opened += 1
            out.append(")")
        out.append(f" {op} {text}")
        last = op
    return "(" * opened + "".join(out)
