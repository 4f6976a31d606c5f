"""Which terms of a strategy are in a work: why it is here, in the searchers' own words.

What is public of the work (title, abstract if it may be shown, keywords, headings) is compared as the tracker's own
reading of PubMed's language compares it. Of an abstract that may not be shown only the index of words knows: it is
asked by :mod:`tracker.site.queries.matched`, and compares by the stems of words.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tracker.model import Heading, Record, Section
from tracker.site import searchbox
from tracker.strategy import Prepared, StrategyError, parse
from tracker.strategy.match import SCOPES, field_test
from tracker.strategy.tree import Chain, Term
from tracker.strategy.words import pattern, starred

HEADING = "MeSH: "
Row = Any  # sqlite3.Row


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """A term that speaks for a paper: as its author wrote it, and whether a text has it.

    What finds it in an abstract by the index: all of ``words``, or ``fts``; neither where the index cannot tell.
    """

    shown: str
    is_in: Callable[[Prepared], bool]
    words: tuple[searchbox.BoxTerm, ...] = ()
    fts: str = ""

    @property
    def asked(self) -> str:
        """The expression, '' where the index cannot tell; words that a beginning stands for are not in it yet."""
        return self.fts or " AND ".join(word.fts for word in self.words)


@lru_cache(maxsize=200)
def wanted(strategy: str) -> tuple[Wanted, ...]:
    """The terms of a strategy that can be found in a text or among headings, each once; those after NOT left out.

    A strategy that today's reader of the language refuses (its rules grow) has none.
    """
    try:
        root = parse(strategy).root
    except StrategyError:
        return ()
    found: dict[tuple[str, ...], Wanted] = {}
    for term in _positive(root):
        if made := _wanted(term):
            kind = HEADING if made.shown.startswith(HEADING) else ""
            found.setdefault((kind, *starred(term.text)), made)  # COVID-19 and COVID 19 are the same words
    return tuple(found.values())


def _positive(root: Chain) -> list[Term]:
    """Terms from left to right."""
    found: list[Term] = []
    waiting: list[Any] = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Chain):
            waiting += [step.node for step in reversed(node.rest) if step.op != "NOT"]
            waiting.append(node.first)
        elif isinstance(node, Term):
            found.append(node)
    return found


def _wanted(term: Term) -> Wanted | None:
    if term.tag and term.tag.kind == "mesh":
        test = field_test(term)
        return Wanted(HEADING + term.text, lambda text: test(text.record) is True)
    scopes = SCOPES.get(term.field_name, ())
    if not scopes or not starred(term.text) or term.text.lower() == "hasabstract":
        return None
    has = pattern(term).found
    words, fts = _asked(term) if "abstract" in scopes else ((), "")
    return Wanted(term.text, lambda text: any(has(text.text[scope]) for scope in scopes), words, fts)


def _asked(term: Term) -> tuple[tuple[searchbox.BoxTerm, ...], str]:
    """The term for SQLite's full-text search, in abstracts; nothing for what it cannot say (a ``*`` inside)."""
    said = starred(term.text)
    if any("*" in word for word in said[:-1]) or "*" in said[-1][:-1] or not said[-1].strip("*"):
        return (), ""
    if term.near is not None:
        near = " ".join(f'"{word}"' for word in said)
        return (), "" if "*" in near else f"abstract : NEAR({near}, {term.near})"
    if term.tag is None and not term.quoted and " " in term.text:
        return tuple(_word(word) for word in said), ""
    return (_word(" ".join(said)),), ""


def _word(said: str) -> searchbox.BoxTerm:
    return searchbox.BoxTerm(said.rstrip("*"), said.endswith("*"), "abstract")


def texts(publications: Iterable[Row]) -> list[Prepared]:
    """What is public of these rows of ``publications``, ready to be compared with terms."""
    return [Prepared(_record(row)) for row in publications]


def found(terms: Iterable[Wanted], said: Sequence[Prepared]) -> set[Wanted]:
    """The terms that are in one of these texts."""
    return {one for one in terms if any(one.is_in(text) for text in said)}


def _record(row: Row) -> Record:
    """What is public of a publication, as a record again."""
    abstract = json.loads(row["abstract"] or "[]")
    return Record(
        "public",
        str(row["id"]),
        title=row["title"] or row["vernacular_title"],
        abstract=tuple(Section(text, label) for label, text in abstract),
        keywords=tuple(json.loads(row["keywords"])),
        mesh=tuple(map(_heading, json.loads(row["mesh"]))),
    )


def _heading(text: str) -> Heading:
    """``Loneliness / psychology, ethnology *`` in parts; the star is that of a major topic."""
    name, _, qualifiers = text.removesuffix(" *").partition(" / ")
    return Heading(name, major=text.endswith(" *"), qualifiers=tuple(filter(None, qualifiers.split(", "))))
