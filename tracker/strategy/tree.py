"""A strategy as a tree: terms, ranges, and chains of them read strictly from left to right.

PubMed knows no precedence: ``a OR b AND c`` is ``(a OR b) AND c``. So a bracket that opens a chain changes nothing,
and a chain keeps only where such brackets close (``closes``); what PubMed's search builder writes, one bracket a term,
stays flat. A bracket further right is a chain of its own.

Positions are offsets in the assembled text; they are no part of equality.

:func:`operands` are its blocks, :func:`combinations` what they make of it from left to right: ``(a OR b) AND (c OR d)
NOT e`` has three blocks and two combinations, the first two blocks and the whole. Brackets around the whole say
nothing; a flat chain of terms has each term as a block.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from tracker.strategy.source import Place, Sourced
from tracker.strategy.tags import Tag

DEEPEST = 60  # brackets within brackets, those at the beginning of a chain not counted


@dataclass(frozen=True, slots=True)
class Term:
    """What is looked for, as written without its quotation marks, and where: ``tag`` None is an untagged term."""

    text: str
    tag: Tag | None = None
    quoted: bool = False
    near: int | None = None  # proximity: how many other words may stand between
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    @property
    def field_name(self) -> str:
        return self.tag.name if self.tag else ""


@dataclass(frozen=True, slots=True)
class Range:
    """``low : high``, as in ``2020:2026[dp]``; each end may have a tag."""

    low: Term
    high: Term

    @property
    def start(self) -> int:
        return self.low.start

    @property
    def end(self) -> int:
        return self.high.end

    @property
    def tag(self) -> Tag | None:
        return self.high.tag or self.low.tag


@dataclass(frozen=True, slots=True)
class Step:
    """An operator and what follows it; ``written`` is empty for terms that just stand side by side."""

    op: str  # AND, OR, NOT
    node: Term | Range | Chain
    start: int = field(default=0, compare=False)
    written: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Chain:
    """``first`` and the steps after it, worked off from left to right.

    ``closes``: after how many steps each bracket that opened before ``first`` closes.
    """

    first: Term | Range
    rest: tuple[Step, ...] = ()
    closes: tuple[int, ...] = ()
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


Leaf = Term | Range
Node = Term | Range | Chain


@dataclass(frozen=True, slots=True)
class Tree:
    """A parsed strategy and the text it was parsed from; :meth:`text` prints it in one standard way."""

    root: Chain
    source: Sourced = field(compare=False)

    def text(self) -> str:
        """PubMed syntax: short tags, capital operators, none left out. Parsing it gives an equal tree."""
        return print_chain(self.root)

    def place(self, node: Node | Step) -> Place:
        return self.source.place(node.start)

    def written(self, node: Node) -> str:
        """The part of the strategy as its author wrote it."""
        return self.source.text[node.start : node.end]


def print_chain(chain: Chain) -> str:
    """The chain without brackets around the whole."""
    out = ["(" * len(chain.closes), print_node(chain.first), ")" * chain.closes.count(0)]
    closing: dict[int, int] = {}
    for position in chain.closes:
        closing[position] = closing.get(position, 0) + 1
    for number, step in enumerate(chain.rest, 1):
        out += [f" {step.op} ", print_node(step.node), ")" * closing.get(number, 0)]
    return "".join(out)


def print_node(node: Node) -> str:
    if isinstance(node, Chain):
        return f"({print_chain(node)})"
    if isinstance(node, Range):
        return f"{print_term(node.low)} : {print_term(node.high)}"
    return print_term(node)


def print_term(term: Term) -> str:
    near = "" if term.near is None else f":~{term.near}"
    tag = f"[{term.tag.name}{near}]" if term.tag else ""
    return f'"{term.text}"{tag}' if term.quoted else f"{term.text}{tag}"


def leaves(chain: Chain) -> list[Leaf]:
    """All terms and ranges from left to right."""
    found: list[Leaf] = []
    waiting: list[Node] = [chain]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Chain):
            waiting += [step.node for step in reversed(node.rest)]
            found.append(node.first)
        else:
            found.append(node)
    return found


def chains(root: Chain) -> list[Chain]:
    """The chain itself and all those within it."""
    found: list[Chain] = []
    waiting = [root]
    while waiting:
        chain = waiting.pop()
        found.append(chain)
        waiting += [step.node for step in chain.rest if isinstance(step.node, Chain)]
    return found


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
