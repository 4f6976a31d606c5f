"""PubMed's search language read into chains of terms; what they mean is the business of ``query.py``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from emulator.fields import DATES, canonical

TOKEN = re.compile(
    r'"(?P<quoted>[^"]*"\*?)|\[(?P<tag>[^\]]*)\]|(?P<open>\()|(?P<close>\))|(?P<colon>:)|(?P<word>[^\s()"\[\]:]+)'
)
OPERATORS = frozenset({"AND", "OR", "NOT"})
DATE = re.compile(r"(\d{4})(?:/(\d{1,2}))?(?:/(\d{1,2}))?")


@dataclass(frozen=True)
class Term:
    """A word, phrase or value; ``tag`` is None when there was none; ``upto`` makes it a range."""

    text: str
    tag: str | None
    quoted: bool = False
    upto: str = ""

    @property
    def written(self) -> str:
        text = f'"{self.text}"' if self.quoted else self.text
        return text if self.tag is None else f"{text}[{self.tag}]"


@dataclass(frozen=True)
class Chain:
    """Operands with the operator before each, to be worked off from left to right."""

    parts: tuple[tuple[str, Term | Chain], ...]


def parse(text: str) -> Chain:
    """The text as chains of terms; what cannot be understood is passed over, as PubMed does."""
    tokens = [(found.lastgroup or "", found[found.lastgroup or 0]) for found in TOKEN.finditer(text)]
    parser = _Parser(tokens)
    chains = [parser.chain()]
    while parser.kind:  # a closing bracket too many
        parser.take()
        chains.append(parser.chain())
    full = [chain for chain in chains if chain.parts]
    return full[0] if len(full) == 1 else Chain(tuple(("AND", chain) for chain in full))


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens, self.place = tokens, 0

    @property
    def kind(self) -> str:
        """The kind of the token that comes next; "" at the end."""
        kind, text = self.tokens[self.place] if self.place < len(self.tokens) else ("", "")
        return "operator" if kind == "word" and text.upper() in OPERATORS else kind

    def take(self) -> str:
        self.place += 1
        return self.tokens[self.place - 1][1]

    def chain(self) -> Chain:
        parts: list[tuple[str, Term | Chain]] = []
        operator = ""
        while self.kind not in ("", "close"):
            if self.kind == "operator":
                word = self.take().upper()
                operator = operator or word  # "A AND NOT B" is executed as "A AND B"
            elif self.kind == "open":
                self.take()
                inner = self.chain()
                if self.kind == "close":
                    self.take()
                if self.kind == "tag":  # a tag behind a bracket does not distribute
                    self.take()
                parts.append((operator or "AND", inner))
                operator = ""
            elif self.kind in ("tag", "colon"):
                self.take()
            else:
                parts.append((operator or "AND", self.term()))
                operator = ""
        return Chain(tuple(parts))

    def term(self) -> Term:
        first = self.atom()
        if self.kind != "colon":
            return first
        self.take()
        if self.kind not in ("word", "quoted"):
            return first
        last = self.atom()
        tag = last.tag if last.tag is not None else first.tag
        if tag is not None and canonical(tag) in DATES:
            return Term(first.text, tag, upto=last.text)
        return Term(f"{first.text} {last.text}", tag)  # a colon elsewhere is punctuation

    def atom(self) -> Term:
        quoted = self.kind == "quoted"
        if quoted:
            text = self.take()
            text = text.removesuffix("*").removesuffix('"') + ("*" if text.endswith("*") else "")
        else:
            run = [self.take()]
            while self.kind == "word":
                run.append(self.take())
            if len(run) > 1 and self.kind == "colon" and DATE.fullmatch(run[-1]):
                self.place -= 1  # "lonely 2020:2026[dp]": the range is a term of its own
                run.pop()
            text = " ".join(run)
        return Term(text, self.take() if self.kind == "tag" else None, quoted)
