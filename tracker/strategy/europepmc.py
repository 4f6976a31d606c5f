"""A query in Europe PMC's language that brings at least every preprint the local matcher would accept.

Europe PMC reads AND before OR, searches the full text when no field is named, and does not say how it cuts words. So
every term names its fields, everything is in brackets, and whatever the two may read differently is asked wider and
decided on the record when it is here: phrases with ``*``, distances, all that follows NOT.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tracker.strategy.local import Always, LocalNode, Part, Seq, is_has_abstract, left_to_right
from tracker.strategy.tree import Leaf, Range, Term
from tracker.strategy.words import GREEK, Pattern, pattern, words

PREPRINTS = "SRC:PPR"

_FIELDS = {"ti": ("TITLE",), "ab": ("ABSTRACT",), "ot": ("KW",)}
_EVERYWHERE = ("TITLE_ABS", "KW")
# Words that a search engine may leave out of its index (the list of Lucene's English analyser).
_STOP = frozenset(
    [
        *("a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "if", "in", "into", "is", "it", "no", "not"),
        *("of", "on", "or", "such", "that", "the", "their", "then", "there", "these", "they", "this", "to", "was"),
        *("will", "with"),
    ]
)
_NAMES = sorted(GREEK.items(), key=lambda pair: -len(pair[1]))  # theta before eta
_OTHER_SIGNS = re.compile(r"[^\w\s'’*-]")
_APPROXIMATE = "looked for in title, abstract and keywords"
_ON_RECORD = "asked wider, decided on the record when it is here"
_NOT_ASKED = "not asked for, decided on the record when it is here"


@dataclass
class _Queries:
    """Collects what is said of each term; ``told`` by the term's place in the strategy."""

    told: dict[int, Part] = field(default_factory=dict)

    def tell(self, leaf: Leaf, kind: str, sent: str, reason: str = "") -> None:
        self.told[leaf.start] = Part(kind, "", sent, reason)


def superset(node: LocalNode) -> tuple[str, dict[int, Part]]:
    """The query (empty if nothing narrows it down) and, by the start of each term, how it is asked."""
    asked = _Queries()
    query = _ask(node, asked)
    return (f"{PREPRINTS} AND ({query})" if query is not None else ""), asked.told


def _ask(node: LocalNode, asked: _Queries) -> str | None:
    """The query for a node, None when it has to let every record pass."""
    if isinstance(node, Always):
        return None
    if isinstance(node, Seq):
        return _sequence(node, asked)
    return _record_field(node, asked) if isinstance(node, Range) or not _is_text(node) else _text(node, asked)


def _is_text(term: Term) -> bool:
    return (term.tag is None or term.tag.kind == "text") and not is_has_abstract(term)


def _sequence(node: Seq, asked: _Queries) -> str | None:
    first = _ask(node.first, asked)
    steps: list[tuple[str, str]] = []
    for op, other in node.steps:
        if op == "NOT":
            _leave_out(other, asked)
            continue
        query = _ask(other, asked)
        if query is not None and isinstance(other, Seq):
            query = f"({query})"
        if op == "OR" and (first is None or query is None):
            first, steps = None, []  # one side lets everything pass, so both do
        elif first is None:
            first = query
        elif query is not None:
            steps.append((op, query))
    return None if first is None else left_to_right(first, steps)


def _leave_out(node: LocalNode, asked: _Queries) -> None:
    """What follows NOT: a wider reading of it by the service would lose records."""
    waiting = [node]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Seq):
            waiting += [here.first, *(other for _, other in here.steps)]
        elif not isinstance(here, Always):
            asked.tell(here, "widened", "", "after NOT: " + _NOT_ASKED)


def _text(term: Term, asked: _Queries) -> str:
    fields = _FIELDS.get(term.field_name, _EVERYWHERE)
    looked_for = pattern(term)
    exact = looked_for.exact_phrase or looked_for.stem
    query = _exact(term, looked_for, fields) if exact else _all_words(looked_for, fields)
    reasons = []
    if term.field_name not in (*_FIELDS, "tiab"):
        mapping = (
            "" if term.tag or term.quoted or "*" in term.text else "; PubMed's own mapping to headings is left behind"
        )
        reasons.append(_APPROXIMATE + mapping)
    if not exact:
        reasons.append(_ON_RECORD)
    asked.tell(term, "widened" if reasons else "exact", query, "; ".join(reasons))
    return query


def _exact(term: Term, looked_for: Pattern, fields: tuple[str, ...]) -> str:
    """One word, one stem or a phrase; with hyphens or accents also as they were written."""
    spellings = [" ".join(looked_for.words)]
    spellings += [said for said in [" ".join(map(_with_letter, looked_for.words))] if said not in spellings]
    original = " ".join(_OTHER_SIGNS.sub(" ", term.text.lower()).split())
    if original not in spellings and (not looked_for.stem or original.find("*") == len(original) - 1):
        spellings.append(original)
    return _any_of([f"{name}:{_quoted(said)}" for said in spellings for name in fields])


def _all_words(looked_for: Pattern, fields: tuple[str, ...]) -> str:
    """Each word anywhere: every text with the phrase has them all. Words that may not be indexed are not asked for."""
    telling = [word for word in looked_for.words if word not in _STOP] or list(looked_for.words)
    stems = [word if "*" not in word else word[: word.index("*") + 1] for word in telling]
    asked = [dict.fromkeys((word, _with_letter(word))) for word in stems]
    each = (_any_of([f"{name}:{_quoted(word)}" for word in both for name in fields]) for both in asked)
    return f"({' AND '.join(each)})"


def _with_letter(word: str) -> str:
    """The word with the name of a Greek letter written as the letter: texts have ``β`` and ``TNFα``."""
    bare = word.rstrip("*")
    for letter, name in _NAMES:
        if bare == name or (word != bare and len(bare) > 3 and name.startswith(bare)):
            return letter + word[len(bare) :]
        if len(name) > 3 and (bare.startswith(name) or bare.endswith(name)):
            return word.replace(name, letter)
    return word


def _quoted(said: str) -> str:
    """A stem stands without quotation marks (within them ``*`` is not read), all but plain words with them."""
    if said.endswith("*") or (said.isascii() and said.isalnum() and said not in _STOP):
        return said
    return f'"{said}"'


def _any_of(queries: list[str]) -> str:
    unique = list(dict.fromkeys(queries))
    return unique[0] if len(unique) == 1 else f"({' OR '.join(unique)})"


def _record_field(leaf: Leaf, asked: _Queries) -> str | None:
    """Authors, journal and numbers are asked by their words; a language or a date is left to the record."""
    kind = leaf.tag.kind if leaf.tag else ""
    said = words(leaf.text) if isinstance(leaf, Term) else []
    query: str | None = None
    if kind == "author":
        family = said[:-1] if len(said) > 1 and len(said[-1]) <= 3 else said
        query = " AND ".join(f'AUTH:"{word}"' for word in family)
    elif kind == "journal":
        query = " AND ".join(_any_of([f'JOURNAL:"{word}"', f'PUBLISHER:"{word}"']) for word in said)
    elif isinstance(leaf, Term) and leaf.field_name == "ad":
        query = " AND ".join(f'AFF:"{word}"' for word in said)
    elif isinstance(leaf, Term) and leaf.field_name == "pmid":
        query = f"EXT_ID:{said[0]}"
    elif isinstance(leaf, Term) and leaf.field_name in ("aid", "lid"):
        query = f'DOI:"{re.sub(r"[^a-z0-9./()_;:-]", "", leaf.text.lower())}"'
    if isinstance(leaf, Term) and "*" in leaf.text:
        query = None
    asked.tell(leaf, "widened", query or "", _ON_RECORD if query else _NOT_ASKED)
    return f"({query})" if query else None
