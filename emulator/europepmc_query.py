"""The demo's own reading of Europe PMC's search language: a second opinion, independent of ``tracker.strategy``.

``FIELD:word``, ``FIELD:"a phrase"``, ``FIELD:stem*``, ``FIELD:(a OR b)``, ``FIELD:[from TO until]``; AND binds tighter
than OR, neighbours without an operator are ANDed, NOT takes away. A term without a field is looked for in everything,
the full text included. A wildcard within quotation marks is not read; a quoted EXT_ID matches nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

WORDS = {  # fields in which words are looked for, and the parts of a document that they cover
    "TITLE": ("title",),
    "ABSTRACT": ("abstract",),
    "TITLE_ABS": ("title", "abstract"),
    "KW": ("keywords",),
    "KEYWORD": ("keywords",),
    "AUTH": ("authors",),
    "AUTH_FIRST": ("first author",),
    "AFF": ("affiliations",),
    "JOURNAL": ("journal",),
    "PUBLISHER": ("publisher",),
    "PUB_TYPE": ("types",),
    "LICENSE": ("licence",),
    "BODY": ("body",),
    "": ("title", "abstract", "keywords", "authors", "publisher", "journal", "body"),
}
EXACT = ("SRC", "EXT_ID", "DOI", "PMCID", "LANG", "HAS_ABSTRACT", "HAS_DOI", "HAS_PUBLISHED_VERSION", "OPEN_ACCESS")
DATES = ("FIRST_PDATE", "E_PDATE", "FIRST_IDATE", "CREATION_DATE", "UPDATE_DATE")
_TOKEN = re.compile(
    r'\s*(?:(?P<sign>[()])|(?P<field>[A-Z_]+):|"(?P<phrase>[^"]*)"|\[(?P<range>[^\]]*)\]|(?P<word>[^\s()"\[\]]+))'
)
_RANGE = re.compile(r"\s*(\S+)\s+TO\s+(\S+)\s*", re.I)


class BadQuery(ValueError):
    """The query cannot be read."""


@dataclass(frozen=True)
class Document:
    """What is searched of one record: words as ``words`` makes them, exact values in small letters, dates."""

    texts: Mapping[str, str]  # part -> " one two three " with a line for each unit
    exact: Mapping[str, str]
    dates: Mapping[str, date | None]


Test = Callable[[Document], bool]


def words(text: str) -> str:
    """Small letters and digits without accents, a space before and after each word."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(sign if sign.isalnum() else " " for sign in folded if not unicodedata.combining(sign))
    return f" {' '.join(kept.split())} "


def parse(query: str) -> Test:
    """The test that a query stands for. Raises BadQuery."""
    reader = _Reader(query)
    test = reader.alternatives("")
    if reader.here is not None:
        raise BadQuery(f"not read to its end: {query!r}")
    return test


class _Reader:
    def __init__(self, query: str) -> None:
        self.tokens = _tokens(query)
        self.at = 0

    @property
    def here(self) -> re.Match[str] | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def operator(self, *names: str) -> str:
        """The operator that stands here, consumed; '' if it is none of these."""
        token = self.here
        if token is not None and token["word"] in names:
            self.at += 1
            return str(token["word"])
        return ""

    def alternatives(self, field: str) -> Test:
        tests = [self.together(field)]
        while self.operator("OR"):
            tests.append(self.together(field))
        return tests[0] if len(tests) == 1 else lambda document: any(test(document) for test in tests)

    def together(self, field: str) -> Test:
        tests = [self.one(field)]
        while (token := self.here) is not None and token["sign"] != ")" and token["word"] != "OR":
            if self.operator("NOT"):
                tests.append(_not(self.one(field)))
            else:
                self.operator("AND")
                tests.append(_not(self.one(field)) if self.operator("NOT") else self.one(field))
        return tests[0] if len(tests) == 1 else lambda document: all(test(document) for test in tests)

    def one(self, field: str) -> Test:
        token = self.here
        if token is None or token["sign"] == ")" or token["word"] in ("AND", "OR"):
            raise BadQuery("a term is missing")
        if self.operator("NOT"):
            return _not(self.one(field))
        self.at += 1
        if token["sign"] == "(":
            test = self.alternatives(field)
            if (closing := self.here) is None or closing["sign"] != ")":
                raise BadQuery("a bracket is not closed")
            self.at += 1
            return test
        if token["field"] is not None:
            return self.one(token["field"])
        if token["range"] is not None:
            return _between(field, token["range"])
        if token["phrase"] is not None:
            return _term(field, token["phrase"], quoted=True)
        return _term(field, token["word"], quoted=False)


def _tokens(query: str) -> list[re.Match[str]]:
    found, at = [], 0
    query = query.rstrip()
    while at < len(query):
        token = _TOKEN.match(query, at)
        if token is None:
            raise BadQuery(f"not a query: {query[at : at + 30]!r}")
        found.append(token)
        at = token.end()
    return found


def _not(test: Test) -> Test:
    return lambda document: not test(document)


def _term(field: str, said: str, *, quoted: bool) -> Test:
    if field in DATES:
        return _between(field, f"{said} TO {said}")
    if field in EXACT:
        wanted = said.casefold()
        if field == "EXT_ID" and quoted:
            return lambda document: False
        return lambda document: document.exact.get(field, "") == wanted
    if field == "PUB_YEAR":
        return _between("FIRST_PDATE", f"{said}-01-01 TO {said}-12-31")
    stem = said.endswith("*") and not quoted
    wanted = words(said)
    wanted = wanted[:-1] if stem else wanted
    parts = WORDS.get(field, ())
    return lambda document: bool(wanted.strip()) and any(wanted in document.texts.get(part, "") for part in parts)


def _between(field: str, said: str) -> Test:
    bounds = _RANGE.fullmatch(said)
    if not bounds:
        raise BadQuery(f"not a range: {said!r}")
    low, high = (_date(text, end) for text, end in zip(bounds.groups(), (date.min, date.max), strict=True))
    return lambda document: (day := document.dates.get(field)) is not None and low <= day <= high


def _date(text: str, end: date) -> date:
    """A day as ``2020-01-31`` or ``20200131``; ``*`` is the end of all days."""
    if text == "*":
        return end
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadQuery(f"not a date: {text!r}") from None
