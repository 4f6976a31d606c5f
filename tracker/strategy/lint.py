"""What a librarian should know before a strategy is run: errors, with which nothing is sent, and advice.

An *error* is something with which PubMed would answer another question than the one written down. *Advice* is about
strategies that run as pasted but may not do what their author had in mind.

Here is what concerns the strategy as a whole (brackets that are missing, blocks that unindexed papers cannot pass,
repetitions); single terms are in ``terms``, text that was copied along in ``artefacts``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from tracker.strategy.artefacts import Artefact, artefacts, artefacts_of_lines
from tracker.strategy.parse import NOTES, WHOLE, Problem, read, unit_problems
from tracker.strategy.source import Place, Sourced, SourcePiece, StrategyError, source, split_lines, strategy_lines
from tracker.strategy.terms import sign_errors, sign_notes, term_errors, term_notes
from tracker.strategy.tree import Chain, Leaf, Node, Term, Tree, chains, leaves
from tracker.strategy.words import starred

# Headings that an indexer ticks for almost every study (NLM's check tags and age groups).
CHECK_TAGS = frozenset(
    [
        *("humans", "human", "animals", "animal", "male", "female", "pregnancy", "infant, newborn", "infant"),
        *("child, preschool", "child", "adolescent", "young adult", "adult", "middle aged", "aged"),
        *("aged, 80 and over", "mice", "rats", "cats", "dogs", "cattle", "rabbits", "swine"),
    ]
)
LONGEST_PHRASE, LONGEST_WORD = 12, 60  # longer terms are not compared with the others

_BREADTH = {"ti": ("tiab", "tw", "all"), "ot": ("tiab", "tw", "all"), "tiab": ("tw", "all"), "tw": ("all",)}


def advice(tree: Tree) -> Iterator[Problem]:
    """All advice about how the terms are joined."""
    for chain in chains(tree.root):
        yield from _mixed(chain)
        yield from _joints(chain)
        yield from _redundant(chain)
    yield from _indexed_blocks(tree)


def _mixed(chain: Chain) -> Iterator[Problem]:
    """OR beside AND or NOT with no bracket between; told once a chain."""
    closes = set(chain.closes)
    region = ""  # the operators since the last bracket closed
    for number, step in enumerate(chain.rest, 1):
        here = "OR" if step.op == "OR" else "AND"
        if region and region != here:
            message = "OR and AND (or NOT) side by side: PubMed works strictly from left to right"
            yield Problem("mixed", step.start, message, "set brackets around what belongs together")
            return
        region = "" if number in closes else here


def _joints(chain: Chain) -> Iterator[Problem]:
    for step in chain.rest:
        if step.written.upper() == "AND NOT":
            message = "AND NOT: PubMed has been seen to run it as AND"
            yield Problem("and-not", step.start, message, "write NOT alone")
        elif not step.written:
            message = "no operator between these two: PubMed puts AND"
            yield Problem("adjacent", step.start, message, "write AND (or OR, if that is meant)")


@dataclass
class _Block:
    """What was read so far of an operand of AND, and where it begins."""

    start: int
    leaves: list[Leaf] = field(default_factory=list)


def _indexed_blocks(tree: Tree) -> Iterator[Problem]:
    """Operands of AND that only an indexed paper can satisfy, and check tags among other terms."""
    told: set[int] = set()
    waiting: list[tuple[Chain, bool]] = [(tree.root, True)]
    while waiting:
        chain, whole = waiting.pop()
        blocks = list(_operands(chain))
        for block in blocks if whole or len(blocks) > 1 else ():  # else it is a part of the block around it
            problem = _indexed(block)
            if problem and problem.start not in told:
                told.add(problem.start)
                yield problem
        waiting += [(step.node, False) for step in chain.rest if isinstance(step.node, Chain) and step.op != "NOT"]
        yield from _flooding(chain, told)
        yield from _animals(chain)


def _operands(chain: Chain) -> Iterator[_Block]:
    """The parts of a chain that all must hold: what stands before the first AND, and after each."""
    block = _Block(chain.start if not chain.closes else chain.first.start, [chain.first])
    for step in chain.rest:
        if step.op == "NOT":
            continue
        if step.op == "AND":
            yield block
            block = _Block(step.node.start)
        block.leaves += _leaves(step.node)
    yield block


def _leaves(node: Node) -> list[Leaf]:
    return leaves(node) if isinstance(node, Chain) else [node]


def _kind(leaf: Leaf) -> str:
    return leaf.tag.kind if leaf.tag else "text"


def _is_check_tag(leaf: Leaf) -> bool:
    return isinstance(leaf, Term) and leaf.field_name.split(":")[0] == "mh" and leaf.text.lower() in CHECK_TAGS


def _indexed(block: _Block) -> Problem | None:
    kinds = {_kind(leaf) for leaf in block.leaves}
    said = {leaf.text.lower() for leaf in block.leaves if isinstance(leaf, Term)}
    if not kinds <= {"mesh", "type", "filter"} or said & {"preprint", "hasabstract"}:
        return None
    if any(_kind(leaf) == "mesh" and not _is_check_tag(leaf) for leaf in block.leaves):
        message = "this block holds headings only: papers not indexed yet, and preprints, cannot match"
        return Problem("mesh-only", block.start, message, "add the same idea as text words ([tiab])")
    message = "this filter rests on indexing: papers not indexed yet, and preprints, are dropped"
    return Problem("filter", block.start, message, "leave it out, or add text words ([tiab]) beside it")


def _flooding(chain: Chain, told: set[int]) -> Iterator[Problem]:
    """Check tags joined by OR to other terms."""
    for node in (node for run in _runs(chain) if len(run) > 1 for node in run):
        if isinstance(node, Term) and _is_check_tag(node) and node.start not in told:
            message = f"{node.text} is ticked by indexers for almost every study: it floods the answer"
            yield Problem("check-tag", node.start, message, "use text words, or headings for places and services")


def _runs(chain: Chain) -> Iterator[list[Node]]:
    """What is joined by OR alone: the beginning of the chain, and each stretch after an AND or NOT."""
    run: list[Node] = [chain.first]
    for step in chain.rest:
        if step.op == "OR":
            run.append(step.node)
        else:
            yield run
            run = []
    yield run


def _animals(chain: Chain) -> Iterator[Problem]:
    """``NOT animals[mh]`` drops studies of people and animals; ``NOT (animals NOT humans)`` does not."""
    for step in chain.rest:
        if step.op == "NOT" and isinstance(step.node, Term) and _is_check_tag(step.node):
            message = f"NOT {step.node.text} also drops the studies that are about others too"
            yield Problem("filter", step.start, message, "NOT (animals[mh] NOT humans[mh])")


class _Group:
    """Terms joined by OR, all of one field, ready to be compared."""

    def __init__(self) -> None:
        self.exact: dict[tuple[str, ...], Term] = {}
        self.stems: dict[tuple[str, ...], Term] = {}
        self.first: set[str] = set()  # first words of all phrases
        self.sizes: set[int] = set()  # of the last words of the stems

    def add(self, said: tuple[str, ...], term: Term) -> None:
        last = said[-1]
        if last.endswith("*"):
            last = last.rstrip("*")
            self.sizes.add(len(last))
            self.stems.setdefault((*said[:-1], last), term)
        else:
            self.exact.setdefault(said, term)
        if len(said) > 1:
            self.first.add(said[0])

    def covering(self, said: tuple[str, ...], term: Term) -> Term | None:
        """A term that finds all that ``term`` finds: a part of its phrase, or a stem of one."""
        plain = (*said[:-1], said[-1].rstrip("*"))
        cut = len(plain) if said[-1].endswith("*") else -1  # a part that ends there is a stem itself
        for low in range(len(plain)):
            highest = len(plain) if plain[low] in self.first else low + 1
            for high in range(low + 1, highest + 1):
                found = self.exact.get(plain[low:high]) if high != cut else None
                if found is None or found is term:
                    found = self._stem(plain[low : high - 1], plain[high - 1], term)
                if found is not None:
                    return found
        return None

    def _stem(self, before: tuple[str, ...], last: str, term: Term) -> Term | None:
        for size in self.sizes:
            found = self.stems.get((*before, last[:size])) if size <= len(last) else None
            if found is not None and found is not term:
                return found
        return None


def _redundant(chain: Chain) -> Iterator[Problem]:
    """Terms joined by OR to one that finds the same and more."""
    for run in _runs(chain):
        groups: dict[str, _Group] = {}
        terms: list[tuple[tuple[str, ...], Term]] = []
        for node in run:
            said = _comparable(node)
            if said and isinstance(node, Term):
                terms.append((said, node))
                groups.setdefault(node.field_name, _Group()).add(said, node)
        for said, term in terms:
            wider = _wider(said, term, groups)
            if wider is not None:
                message = f"{term.text!r} adds nothing: {wider.text!r} finds all of it"
                yield Problem("redundant", term.start, message, "take it out")


def _comparable(node: Node) -> tuple[str, ...]:
    """The words of a term that can be compared with others; nothing for all else."""
    if not isinstance(node, Term) or node.near is not None or not node.tag or node.tag.kind not in ("text", "mesh"):
        return ()
    said = tuple(starred(node.text))
    plain = "*" not in " ".join(said)[:-1]
    return said if plain and len(said) <= LONGEST_PHRASE and max(map(len, said)) <= LONGEST_WORD else ()


def _wider(said: tuple[str, ...], term: Term, groups: dict[str, _Group]) -> Term | None:
    for name in (term.field_name, *_BREADTH.get(term.field_name, ())):
        group = groups.get(name)
        if group is not None:
            found = group.exact.get(said) if _kind(term) == "mesh" else group.covering(said, term)
            if found is not None and found is not term:
                return found
    return None


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark: where, what (``code``), how grave (``severity`` is error or advice), and what to do about it."""

    line: int
    column: int
    code: str
    severity: str
    message: str
    suggestion: str = ""
    path: Path | str = ""

    @property
    def is_error(self) -> bool:
        return self.severity == "error"

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.path, self.line, self.column) if part)
        return f"{place}: {self.severity}: {self.message}" + (f" ({self.suggestion})" if self.suggestion else "")


def lint(text: str | Sourced) -> list[Finding]:
    """All findings in the order in which they stand; a text that cannot even be cut into lines gives one."""
    try:
        said = source(text)
    except StrategyError as error:
        found = [Finding(error.line, error.column, "numbered", "error", error.message, path=error.path)]
        found += _along(artefacts_of_lines(strategy_lines(split_lines(text)))) if isinstance(text, str) else []
        return sorted(found, key=_in_order)
    remarks = artefacts(said)
    found = [_finding(said, problem, severity) for problem, severity in _problems(said.text)]
    alone = [_finding(unit, problem, "error") for unit, problem in unit_problems(said)]
    if alone:  # what is broken by itself breaks the whole in other places too
        found = [finding for finding in found if finding.code not in WHOLE]
    found = list(dict.fromkeys((*alone, *found, *_run_on(said))))
    found = [*(finding for finding in found if not _covered(finding, remarks)), *_along(remarks)]
    if any(finding.code == "dialect" for finding in found):  # another service's lines: numbering them does not help
        found = [finding for finding in found if finding.code != "numbered"]
    for number, place in said.unused:
        message = f"line #{number} is not used by the last line, so it is not searched"
        found.append(Finding(place.line, place.column, "unused", "advice", message, "", place.path))
    return sorted(found, key=_in_order)


def _run_on(said: Sourced) -> Iterator[Finding]:
    """A line that ends within a term that the next line goes on with: a list becomes one phrase."""
    tree = read(said).tree
    for leaf in leaves(tree.root) if tree else ():
        if not isinstance(leaf, Term) or leaf.quoted:
            continue
        written = said.text[leaf.start : leaf.end]
        pieces = said.cut(leaf.start, leaf.start + written.rindex("[") if leaf.tag and "[" in written else leaf.end)
        for piece, following in pairwise(pieces):
            before, after = piece.text.rstrip(), following.text.lstrip()
            new_line = piece.place.path == following.place.path and piece.place.line != following.place.line
            if new_line and before and after and after[0] not in "[*:":
                at = piece.place.column + len(before)
                message = f"the line ends within a term: PubMed reads {_shown(leaf.text)} as one, with the next line"
                better = "end the line with OR, or write the whole term on one line"
                yield Finding(piece.place.line, at, "run-on", "advice", message, better, piece.place.path)


def _shown(text: str, length: int = 60) -> str:
    return repr(text if len(text) <= length else f"{text[: length - 3]}...")


def _in_order(finding: Finding) -> tuple[str, int, int]:
    return str(finding.path), finding.line, finding.column


def _along(remarks: Sequence[Artefact]) -> list[Finding]:
    """What was copied along with a strategy, as findings."""
    return [
        Finding(place.line, place.column, code, "error", message, better, place.path)
        for place, _, code, message, better in remarks
    ]


def _covered(finding: Finding, remarks: Sequence[Artefact]) -> bool:
    """Whether a finding is about characters that do not belong to the strategy anyway."""
    return any(
        (finding.path, finding.line) == remark.place[:2]
        and (
            remark.code == "doubled-quote"  # nothing in such a line is what it seems
            or remark.place.column <= finding.column < remark.place.column + remark.width
        )
        for remark in remarks
    )


def errors(text: str | Sourced) -> list[Finding]:
    """Only the errors: with one of them nothing is sent."""
    return [finding for finding in lint(text) if finding.is_error]


@lru_cache(maxsize=64)
def _problems(text: str) -> tuple[tuple[Problem, str], ...]:
    """The text decides alone, so each is looked at once, however many sources ask."""
    tree, form, tokens = read(Sourced((SourcePiece(text, Place("", 1, 1)),)))
    wrong = [*(problem for problem in form if problem.code not in NOTES), *sign_errors(text, tokens)]
    notes = [*(problem for problem in form if problem.code in NOTES), *sign_notes(text, tokens)]
    if tree is not None:
        wrong += term_errors(tree)
        notes += [*term_notes(tree), *advice(tree)]
    return (*((problem, "error") for problem in wrong), *((problem, "advice") for problem in notes))


def _finding(said: Sourced, problem: Problem, severity: str) -> Finding:
    path, line, column = said.place(problem.start)
    return Finding(line, column, problem.code, severity, problem.message, problem.suggestion, path)
