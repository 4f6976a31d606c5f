"""Cuts a strategy into tokens. Never fails: what is broken becomes a token and a problem with its place."""

from __future__ import annotations

import re
from typing import NamedTuple

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
