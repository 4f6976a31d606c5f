"""A small model of Europe PMC's query language: enough of it to run what we compile, written without our compiler.

AND binds tighter than OR (as in Lucene); a field name and a colon stand before each word or phrase; ``*`` ends a stem.
Words are runs of letters and digits in small letters without accents. With ``stop_words`` the commonest words are not
in the index: a query for one of them alone finds nothing, within a phrase they are passed over.
"""

from __future__ import annotations

import re

from strategy_generator import plain

from tracker.model import Record

STOP_WORDS = {"the", "in"}
_TOKEN = re.compile(r'\s*(?:(\()|(\))|(AND|OR|NOT)(?![\w:])|([A-Z_]+):(?:"([^"]*)"|([^\s()"]+)))')


class Model:
    """One record behind the query language; ``finds(query)`` tells whether the service would return it."""

    def __init__(self, record: Record, stop_words: bool = False) -> None:
        self.stop = STOP_WORDS if stop_words else set()
        units = {
            "TITLE": [record.title],
            "ABSTRACT": [record.abstract_text],
            "TITLE_ABS": [record.title, record.abstract_text],
            "KW": list(record.keywords),
            "AUTH": [f"{author.family} {author.initials} {author.group}" for author in record.authors],
            "JOURNAL": [record.journal],
            "PUBLISHER": [record.publisher],
            "AFF": [place for author in record.authors for place in author.affiliations],
            "EXT_ID": [record.source_id, record.pmid],
            "DOI": [record.doi],
            "SRC": ["PPR"],
        }
        self.fields = {
            name: [[word for word in plain(text) if word not in self.stop] for text in texts]
            for name, texts in units.items()
        }

    def finds(self, query: str) -> bool:
        found, end = self._or(self._tokens(query), 0)
        assert end == -1, f"not read to the end: {query}"
        return found

    @staticmethod
    def _tokens(query: str) -> list[tuple[str, ...]]:
        found, at = [], 0
        while query[at:].strip():
            match = _TOKEN.match(query, at)
            assert match, f"not a query: {query[at : at + 40]!r}"
            found.append(match.groups(default=""))
            at = match.end()
        return found

    def _or(self, tokens: list[tuple[str, ...]], at: int) -> tuple[bool, int]:
        held, at = self._and(tokens, at)
        while at != -1 and tokens[at][2] == "OR":
            more, at = self._and(tokens, at + 1)
            held = held or more
        return held, at

    def _and(self, tokens: list[tuple[str, ...]], at: int) -> tuple[bool, int]:
        held, at = self._one(tokens, at)
        while at != -1 and tokens[at][2] in ("AND", "NOT"):
            op = tokens[at][2]
            more, at = self._one(tokens, at + 1)
            held = held and (more if op == "AND" else not more)
        return held, at

    def _one(self, tokens: list[tuple[str, ...]], at: int) -> tuple[bool, int]:
        opened, _, _, name, phrase, word = tokens[at]
        if opened:
            held, at = self._or(tokens, at + 1)
            assert at != -1
            assert tokens[at][1] == ")"
            return held, self._next(tokens, at)
        assert name in self.fields, f"no field {name}"
        return self._has(name, phrase or word, bool(word)), self._next(tokens, at)

    @staticmethod
    def _next(tokens: list[tuple[str, ...]], at: int) -> int:
        return at + 1 if at + 1 < len(tokens) else -1

    def _has(self, name: str, said: str, bare: bool) -> bool:
        stem = bare and said.endswith("*")
        assert "*" not in (said[:-1] if stem else said), f"a wildcard where none is safe: {said}"
        wanted = [word for word in plain(said) if word not in self.stop]
        for unit in self.fields[name]:
            for start in range(len(unit) - len(wanted) + 1):
                found = unit[start : start + len(wanted)]
                if wanted and (found == wanted or (stem and found[0].startswith(wanted[0]))):
                    return True
        return False
