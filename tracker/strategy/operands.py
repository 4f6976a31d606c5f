"""The blocks of a strategy: what its outermost operators join, and what they make of it from left to right.

``(a OR b) AND (c OR d) NOT e`` has three blocks and two combinations: the first two blocks, and the whole. Brackets
around the whole say nothing; a flat chain of terms has each term as a block.
"""

from __future__ import annotations

from typing import NamedTuple

from tracker.strategy.tree import Chain, Tree


class Operand(NamedTuple):
    """``op`` joins it to what stands before it (empty for the first); ``text`` is as written, brackets closed."""

    op: str
    text: str
    start: int
    end: int


class Combination(NamedTuple):
    """The first ``size`` operands together, as they are joined in the strategy."""

    size: int
    text: str


def operands(tree: Tree) -> list[Operand]:
    """What the outermost operators join, in the order of the strategy."""
    written, root = tree.source.text, tree.root
    closes = _closes(root)
    width = closes[-1] if closes else 0  # steps of the first operand
    start, end = _beginning(written, root, closes, width)
    spans = [("", start, end)]
    spans += [(step.op, step.node.start, step.node.end) for step in root.rest[width:]]
    return [Operand(op, written[low:high], low, high) for op, low, high in spans]


def combinations(tree: Tree) -> list[Combination]:
    """What the operands make together: after each AND and NOT, and at the end of each run of OR.

    The last one is the whole strategy. Empty where there is only one operand.
    """
    written, root = tree.source.text, tree.root
    closes = _closes(root)
    width = closes[-1] if closes else 0
    found = []
    for number in range(width, len(root.rest)):
        last = number + 1 == len(root.rest)
        if last or root.rest[number].op != "OR" or root.rest[number + 1].op != "OR":
            low, high = _beginning(written, root, closes, number + 1)
            found.append(Combination(number - width + 2, written[low:high]))
    return found


def _closes(root: Chain) -> list[int]:
    """After how many steps the brackets close that opened before the first term; those around the whole left out."""
    return [close for close in root.closes if close < len(root.rest)]


def _beginning(written: str, root: Chain, closes: list[int], steps: int) -> tuple[int, int]:
    """Where the strategy up to and with a step begins and ends, its brackets included and those around it left out."""
    low, high = root.first.start, root.rest[steps - 1].node.end if steps else root.first.end
    for close in closes:
        low = written.rindex("(", 0, low)  # nothing but brackets stands before the first term
        if close == steps:
            high = written.index(")", high) + 1
    return low, high
