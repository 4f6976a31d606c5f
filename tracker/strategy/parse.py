"""Reads a strategy into a tree, without recursion, and with all that is wrong with its form.

:func:`read` always ends with a tree as good as can be had and a list of problems; :func:`parse` raises the first.

:func:`tokens` cuts the text; it never fails: what is broken becomes a token and a problem with its place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from tracker.strategy.source import Sourced, StrategyError, masked, source, split_lines
from tracker.strategy.tags import UNKNOWN, Tag, suggest, tag_use
from tracker.strategy.tree import DEEPEST, Chain, Leaf, Range, Step, Term, Tree
from tracker.strategy.words import words

OPERATORS = ("AND", "OR", "NOT")
NO_COLON = "take it out, or put the phrase in quotation marks; a heading is a line of its own that begins with '# '"

_OPENS, _CLOSES = "“”„‟«»＂″", "“”„‟«»＂″"
_LEXER = re.compile(
    rf"""
    \s*(?:
      (?P<open>\() | (?P<close>\))
    | (?P<quote>"[^"\[\]]*")
    | (?P<curly>"[^"{_CLOSES}\[\]]*[{_CLOSES}] | [{_OPENS}][^"{_CLOSES}\[\]]*["{_CLOSES}])
    | (?P<halfquote>["{_OPENS}])
    | (?P<tag>\[[^\[\]()"]*\])
    | (?P<halftag>\[\ *[\w/:~-]*)
    | (?P<stray>\])
    | (?P<braces>\{{[^{{}}\s]*\}}?)
    | (?P<reference>\#\d+[.:)]?(?=[\s()\[\]"]|$))
    | (?P<range>\d[\d/]*:\d[\d/]*(?=[\s\[)"]|$))
    | (?P<colon>:)
    | (?P<word>[^\s()\[\]"{{{_OPENS}:][^\s()\[\]"{{{_OPENS}]*)
    )""",
    re.VERBOSE,
)


class Token(NamedTuple):
    """``kind``: open, close, op, word, quote, tag, colon. ``text`` is without quotation marks and square brackets."""

    kind: str
    text: str
    start: int
    end: int


class Problem(NamedTuple):
    """Something wrong between two offsets of the assembled text; ``code`` names it for lint and tests."""

    code: str
    start: int
    message: str
    suggestion: str = ""


def tokens(text: str) -> tuple[list[Token], list[Problem]]:
    """The tokens of a strategy, and what could not be read as one."""
    found: list[Token] = []
    problems: list[Problem] = []
    for match in _LEXER.finditer(text, 0, len(text.rstrip())):
        kind = match.lastgroup or ""
        said, (start, end) = match.group(kind), match.span(kind)
        if kind == "word":
            found += _word(said, start, end)
        elif kind in _BROKEN:
            token, problem = _BROKEN[kind](said, start, end)
            problems.append(problem)
            found += token
        elif kind == "quote":
            found.append(Token("quote", said[1:-1], start, end))
        elif kind == "tag":
            found.append(Token("tag", said[1:-1], start, end))
        elif kind == "range":
            middle = start + said.index(":")
            found += [
                Token("word", text[start:middle], start, middle),
                Token("colon", ":", middle, middle + 1),
                Token("word", text[middle + 1 : end], middle + 1, end),
            ]
        else:
            found.append(Token(kind, said, start, end))
    return found, problems


def _word(said: str, start: int, end: int) -> list[Token]:
    if said.upper() in OPERATORS:
        return [Token("op", said, start, end)]
    bare = said.rstrip(":")
    if bare == said:
        return [Token("word", said, start, end)]
    return [Token("word", bare, start, start + len(bare)), Token("colon", ":", start + len(bare), end)]


def _curly(said: str, start: int, end: int) -> tuple[list[Token], Problem]:
    wrong = start if said[0] != '"' else end - 1
    message = f"{said[0] if said[0] != chr(34) else said[-1]} is not a quotation mark to PubMed: it is read as a space"
    problem = Problem("curly-quote", wrong, message, f'"{said[1:-1]}"')
    return [Token("quote", said[1:-1], start, end)], problem


def _halfquote(said: str, start: int, end: int) -> tuple[list[Token], Problem]:
    message = "this quotation mark is opened and never closed"
    return [], Problem("unclosed-quote", start, message, 'close it with " before the tag')


def _halftag(said: str, start: int, end: int) -> tuple[list[Token], Problem]:
    message = "this field tag is opened and never closed"
    return [Token("tag", said[1:], start, end)], Problem("unclosed-tag", start, message, f"{said.rstrip()}]")


def _stray(said: str, start: int, end: int) -> tuple[list[Token], Problem]:
    return [], Problem("unclosed-tag", start, "this ] closes a field tag that was not opened", "write [ before the tag")


def _braces(said: str, start: int, end: int) -> tuple[list[Token], Problem]:
    message = f"{said} inserts a block, and only a file of queries/ can do that; PubMed knows no braces"
    return [Token("word", said, start, end)], Problem("block", start, message, "write out what the block stands for")


def _reference(said: str, start: int, end: int) -> tuple[list[Token], Problem]:
    message = f"{said} stands for a numbered line, and no line here has that number"
    better = "begin each line with its number, as in: #1 lonel*[tiab]"
    return [Token("word", said, start, end)], Problem("numbered", start, message, better)


_BROKEN = {
    "curly": _curly,
    "halfquote": _halfquote,
    "halftag": _halftag,
    "stray": _stray,
    "braces": _braces,
    "reference": _reference,
}


# What leaves no single meaning to the text, so that there is no tree of it. The rest is for lint to tell.
STRUCTURE = frozenset(
    {
        "unclosed-bracket",
        "unclosed-quote",
        "unclosed-tag",
        "unknown-tag",
        "group-tag",
        "lone-tag",
        "empty",
        "deep",
        "block",
        "numbered",
        "wildcard-leading",
    }
)

NOTES = frozenset({"stray"})  # told by the parser, but no error: PubMed passes it over
WHOLE = frozenset({"unclosed-bracket", "unclosed-quote", "unclosed-tag", "curly-quote", "empty", "lone-tag"})
MOST_SUGGESTIONS = 50  # unknown tags for which a better one is looked for; beyond that a text is no strategy


class Reading(NamedTuple):
    """``tree`` is None when nothing at all could be read."""

    tree: Tree | None
    problems: tuple[Problem, ...]
    tokens: tuple[Token, ...]


def parse(text: str | bytes | Sourced) -> Tree:
    """The tree of a strategy in PubMed's language: lines as pasted, comments and a numbered set allowed.

    Raises :class:`StrategyError` with line and column where the text cannot be read.
    """
    said = _decoded(text)
    for unit, problem in unit_problems(said):
        if problem.code in STRUCTURE:
            raise StrategyError(problem.message, *unit.place(problem.start))
    tree, problems, _ = read(said)
    wrong = [problem for problem in problems if problem.code in STRUCTURE]
    if wrong or tree is None:
        first = min(wrong, key=lambda problem: problem.start)
        raise StrategyError(first.message, *said.place(first.start))
    return tree


def _decoded(text: str | bytes | Sourced) -> Sourced:
    if not isinstance(text, bytes):
        return source(text)
    raw = text.removeprefix(b"\xef\xbb\xbf")
    try:
        return source(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        before = split_lines(raw[: error.start].decode("utf-8", "replace"))
        raise StrategyError("this is not UTF-8", "", len(before), len(before[-1]) + 1) from error


def read(said: Sourced) -> Reading:
    """The tree, and the problems in the order in which they stand."""
    root, problems, found = _read_text(said.text)
    return Reading(Tree(root, said) if root else None, problems, found)


def unit_problems(said: Sourced) -> list[tuple[Sourced, Problem]]:
    """What is not whole in a numbered line or a block by itself, though it may be once all is put together."""
    found = []
    for unit in said.units:
        blank = masked(unit)
        found += [(unit, problem) for problem in _read_text(blank)[1] if problem.code in WHOLE]
    return found


@lru_cache(maxsize=64)
def _read_text(text: str) -> tuple[Chain | None, tuple[Problem, ...], tuple[Token, ...]]:
    found, problems = tokens(text)
    builder = _Builder(problems)
    at = 0
    while at < len(found):
        at = builder.take(found, at)
    root = builder.finish(len(text))
    return root, tuple(sorted(problems, key=lambda problem: problem.start)), tuple(found)


@dataclass(slots=True)
class _Open:
    """A bracket that is open (or the whole strategy), and what was read in it so far."""

    start: int
    first: Leaf | None = None
    rest: list[Step] = field(default_factory=list)
    closes: list[int] = field(default_factory=list)
    depth: int = 0  # how deep the brackets in it are nested
    op: Token | None = None  # the operator that waits for what follows
    written: str = ""
    end: int = 0
    failed: bool = False  # something in it was told already: no message that it is empty


class _Builder:
    """Puts tokens together; one bracket deeper is one more ``_Open``, never a call."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        self.half = {problem.start for problem in problems if problem.code == "unclosed-tag"}
        self.unknown_tags = 0
        self.too_deep = False
        self.stack = [_Open(0)]

    def tell(self, code: str, start: int, message: str, suggestion: str = "") -> None:
        self.problems.append(Problem(code, start, message, suggestion))

    def take(self, found: list[Token], at: int) -> int:
        """Works off the token at ``at`` (with its tag, if it is a term) and says where to go on."""
        token = found[at]
        if token.kind == "open":
            self.stack.append(_Open(token.start))
            return at + 1
        if token.kind == "close":
            self.close(token)
            return self.group_tag(found, at + 1)
        if token.kind == "op":
            self.operator(token)
            return at + 1
        leaf: Leaf | None
        leaf, after = self.term(found, at)
        if after < len(found) and found[after].kind == "colon":
            leaf, after = self.range(leaf, found, after)
        if leaf is not None:
            self.add(leaf, leaf.start, leaf.end)
        elif self.problems[-1].code not in NOTES:
            self.stack[-1].failed = True
            self.stack[-1].op = None
        return after

    def term(self, found: list[Token], at: int) -> tuple[Term | None, int]:
        """Words (or one quoted phrase) and the tag after them; ``PubMed[ti]``, ``two words[ti]``, ``"a b" [ti]``."""
        begin, token = at, found[at]
        if token.kind == "quote":
            at += 1
        else:
            while at < len(found) and found[at].kind == "word":
                at += 1
        tag = found[at] if at < len(found) and found[at].kind == "tag" else None
        if at == begin:
            self.nothing(token)
            return None, at + 1
        end = (tag or found[at - 1]).end
        said = " ".join(" ".join(part.text for part in found[begin:at]).split())
        if not said[:1].isalnum() and not words(said):
            self.wordless(said, token, tagged=tag is not None)
            return None, at + (tag is not None)
        field, near = self.tag(tag) if tag else (None, None)
        return Term(said, field, token.kind == "quote", near, token.start, end), at + (tag is not None)

    def wordless(self, said: str, token: Token, tagged: bool) -> None:
        if "*" in said:
            message = "this * has no letters before it: PubMed reads * only at the end of a word"
            self.tell("wildcard-leading", token.start, message, 'within a phrase: "social isolat*"[tiab]')
        elif token.kind == "word" and not tagged:
            self.tell("stray", token.start, f"{said} says nothing here, and PubMed passes it over", "take it out")
        else:
            self.tell("empty", token.start, f"there is nothing to search for in {said!r}", "take it out")

    def nothing(self, token: Token) -> None:
        """A tag or a colon with nothing before it."""
        if token.kind == "tag":
            message = f"the field tag [{token.text}] has no term before it"
            self.tell("lone-tag", token.start, message, "write the term before its tag, without an operator between")
        else:
            self.tell("empty", token.start, "a colon means a range, and one end of it is missing", NO_COLON)

    def tag(self, tag: Token) -> tuple[Tag, int | None]:
        use = tag_use(tag.text)
        if use is None:
            self.unknown(tag)
            return UNKNOWN, None
        return use.tag, use.near

    def unknown(self, tag: Token) -> None:
        if tag.start in self.half:
            return
        self.unknown_tags += 1
        better = suggest(tag.text) if self.unknown_tags <= MOST_SUGGESTIONS else ""
        if ":~" in tag.text:
            message = f"[{tag.text}] is no proximity tag: only [ti:~N], [tiab:~N] and [ad:~N] are, N a number"
            self.tell("unknown-tag", tag.start, message, better)
        else:
            message = f"PubMed has no field tag [{tag.text}]; it would search for something else without a word"
            self.tell("unknown-tag", tag.start, message, better and f"did you mean {better}?")

    def range(self, low: Term | None, found: list[Token], colon: int) -> tuple[Leaf | None, int]:
        if colon + 1 < len(found) and found[colon + 1].kind in ("word", "quote"):
            if low is None:
                self.nothing(found[colon])
            high, after = self.term(found, colon + 1)
            return (Range(low, high) if low is not None and high is not None else None), after
        message = "a colon means a range, and one end of it is missing"
        self.tell("empty", found[colon].start, message, NO_COLON)
        return None, colon + 1

    def add(self, node: Leaf | Chain, start: int, end: int) -> None:
        """Puts a term or a closed bracket behind what stands in the bracket that is open now."""
        here = self.stack[-1]
        here.end = end
        if here.first is None and not isinstance(node, Chain):
            here.first, here.op = node, None
            return
        op, here.op = here.op, None
        written = f"{here.written}{op.text}" if op else ""
        here.written = ""
        here.rest.append(Step(op.text.upper() if op else "AND", node, op.start if op else start, written))

    def operator(self, token: Token) -> None:
        here = self.stack[-1]
        word = token.text.upper()
        if here.op is not None and (here.op.text.upper(), word) == ("AND", "NOT"):
            here.written = f"{here.op.text} "
            token = token._replace(start=here.op.start)
        elif here.op is not None:
            message = f"there is nothing between {here.op.text} and {token.text}"
            self.tell(
                "empty", token.start, message, f"take out one of the two, or write what {here.op.text} stands before"
            )
        elif here.first is None and not here.failed:
            here.failed = True
            message = f"there is nothing before {token.text}"
            self.tell("empty", token.start, message, f"take out {token.text}, or write what it joins")
        here.op = token

    def close(self, token: Token) -> None:
        if len(self.stack) == 1:
            message = "this bracket closes one that was not opened"
            self.tell("unclosed-bracket", token.start, message, "take it out, or open one with (")
        else:
            self.shut(token.end)

    def shut(self, end: int) -> None:
        """Takes the innermost bracket off the stack and adds it to the one around it."""
        here = self.stack.pop()
        around = self.stack[-1]
        if not self.complete(here):
            around.failed = True
            around.op = None
        elif around.first is None:  # a bracket at the beginning changes nothing: keep only where it closes
            around.first, around.rest, around.closes, around.op = here.first, here.rest, here.closes, None
            around.closes.append(len(here.rest))
            around.depth, around.end = here.depth, end
        elif here.depth >= DEEPEST:
            if not self.too_deep:
                self.tell("deep", here.start, f"brackets are nested more than {DEEPEST} deep", "take out brackets")
            self.too_deep = around.failed = True
            around.op = None
        else:
            around.depth = max(around.depth, here.depth + 1)
            self.add(_chain(here, end), here.start, end)

    def complete(self, here: _Open) -> bool:
        """Whether anything stands in a bracket; what is missing is told."""
        if here.op is not None:
            message = f"there is nothing after {here.op.text}"
            self.tell("empty", here.op.start, message, f"take out {here.op.text}, or write what it joins")
        elif here.first is None and not here.failed:
            message = "there is nothing in these brackets" if len(self.stack) else "the strategy is empty"
            self.tell("empty", here.start, message, "take them out" if len(self.stack) else "")
        return here.first is not None

    def group_tag(self, found: list[Token], at: int) -> int:
        """A tag right after a closing bracket: PubMed does not spread it over what is in the bracket."""
        if at < len(found) and found[at].kind == "tag":
            tag = found[at].text
            message = f"[{tag}] after a bracket is not spread over the terms in it"
            self.tell("group-tag", found[at].start, message, f"write [{tag}] after each term in the bracket")
            return at + 1
        return at

    def finish(self, end: int) -> Chain | None:
        """The whole strategy; brackets that are still open are told and closed here."""
        while len(self.stack) > 1:
            self.tell(
                "unclosed-bracket", self.stack[-1].start, "this bracket is opened and never closed", "close it with )"
            )
            self.shut(end)
        root = self.stack.pop()
        return _chain(root, root.end) if self.complete(root) else None


def _chain(here: _Open, end: int) -> Chain:
    if here.first is None:
        raise ValueError("a chain needs a first term")
    return Chain(here.first, tuple(here.rest), tuple(here.closes), here.start, end)
