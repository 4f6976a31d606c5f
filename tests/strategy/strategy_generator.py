"""Random strategies whose meaning is known without our parser, and random records for them.

A strategy is built as nested tuples and only then written out, so that what a record should answer can be computed
from the tuples by plain loops. Words come from a small list, so that records and strategies meet often.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from hypothesis import strategies as st

from tracker.model import Author, PartialDate, Record, Section

WORDS = ["lonely", "loneliness", "social", "isolation", "isolated", "mental", "health", "care", "covid", "19", "self"]
WORDS += ["harm", "the", "in", "café", "Sjögren"]
STEMS = ["lonel", "isolat", "heal", "ment", "loneliness", "sjog"]
TEXT_TAGS = ["ti", "tiab", "ab", "ot", "tw", "all", ""]
SPELLINGS = {"ti": "[Title]", "tiab": "[Title/Abstract]", "tw": "[ Text Word ]", "all": "[All Fields]", "ot": "[ot]"}


def plain(text: str) -> list[str]:
    """The words of a text by the rule of the reference: NFKD, no marks, small letters, letters and digits only."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return re.findall(r"[^\W_]+", bare.casefold())


# ---- strategies ------------------------------------------------------------------------------------------------------

_word = st.sampled_from(WORDS)
_tag = st.sampled_from(TEXT_TAGS)
_phrase = st.lists(_word, min_size=2, max_size=3).map(" ".join)
_joined = st.sampled_from([" ", "-"])

_leaf = st.one_of(
    st.tuples(st.just("word"), _word, _tag),
    st.tuples(st.just("stem"), st.sampled_from(STEMS), _tag),
    st.tuples(st.just("phrase"), _phrase, _tag),
    st.tuples(st.just("phrase-stem"), st.tuples(_word, st.sampled_from(STEMS)).map(" ".join), _tag),
    st.tuples(st.just("near"), _phrase, st.sampled_from(["ti", "tiab"]), st.integers(0, 3)),
    st.tuples(st.just("tagged"), _phrase, st.sampled_from(["ti", "tiab", "ab"])),
)
_odd = st.one_of(
    st.just(("mesh", "Loneliness", "mh")),
    st.just(("mesh", "Humans", "Mesh:noexp")),
    st.just(("type", "Review", "pt")),
    st.just(("preprint", "Preprint", "pt")),
    st.tuples(st.just("author"), st.sampled_from(["smith", "smith j", "berg a"]), st.just("au")),
    st.tuples(st.just("language"), st.sampled_from(["english", "fre"]), st.just("la")),
    st.tuples(st.just("journal"), st.sampled_from(["medrxiv", "psyarxiv"]), st.just("ta")),
    st.just(("abstract", "hasabstract", "")),
)
_operator = st.sampled_from(["AND", "OR", "NOT"])


def _chain(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    rest = st.lists(st.tuples(_operator, inner), min_size=1, max_size=4)
    return st.tuples(st.just("chain"), inner, rest)


text_expressions = st.recursive(_leaf, _chain, max_leaves=12)
expressions = st.recursive(st.one_of(_leaf, _leaf, _leaf, _odd), _chain, max_leaves=12)


def written(node: Any, quirky: int = 0, top: bool = True) -> str:
    """The strategy as text. ``quirky`` bits: long tags, small operators, spaces before tags, extra brackets."""
    if node[0] == "chain":
        out = written(node[1], quirky, False)
        for op, other in node[2]:
            word = op.lower() if quirky & 2 else op
            out += f" {word} {written(other, quirky, False)}"
        return out if top and not quirky & 8 else f"({out})"
    kind, text, tag = node[:3]
    name = SPELLINGS.get(tag, f"[{tag}]") if quirky & 1 else f"[{tag}]"
    field = (" " if quirky & 4 else "") + name if tag else ""
    if kind == "near":
        return f'"{text}"[{tag}:~{node[3]}]'
    if kind in ("phrase", "mesh", "type", "preprint"):
        return f'"{text}"{field}'
    if kind == "phrase-stem":
        return f'"{text}*"{field}'
    return f"{text}*{field}" if kind == "stem" else f"{text}{field}"


def answer(node: Any, record: Record) -> bool:
    """Whether a record that says everything matches a strategy of text terms."""
    if node[0] == "chain":
        held = answer(node[1], record)
        for op, other in node[2]:
            more = answer(other, record)
            held = (held or more) if op == "OR" else (held and more if op == "AND" else held and not more)
        return held
    return any(_in_unit(node, unit) for unit in _units(node[2], record))


def _units(tag: str, record: Record) -> list[list[str]]:
    title, abstract = [plain(record.title)], [plain(record.abstract_text)]
    keywords = [plain(word) for word in record.keywords]
    return {"ti": title, "ab": abstract, "ot": keywords}.get(tag, title + abstract + keywords)


def _in_unit(node: Any, unit: list[str]) -> bool:
    kind, said = node[0], plain(node[1])
    if kind == "near":
        reach = len(said) + node[3]
        return any(set(said) <= set(unit[start : start + reach]) for start in range(len(unit)))
    for start in range(len(unit) - len(said) + 1):
        found = unit[start : start + len(said)]
        if kind in ("stem", "phrase-stem"):
            if found[:-1] == said[:-1] and found[-1].startswith(said[-1]):
                return True
        elif found == said:
            return True
    return False


# ---- records ---------------------------------------------------------------------------------------------------------

_signs = st.sampled_from([" ", " ", " ", "-", ", ", ". ", " (", "/"])
_text = st.lists(st.tuples(_word, _signs), max_size=8).map(lambda parts: "".join(word + sign for word, sign in parts))
_authors = st.lists(
    st.sampled_from([Author("Smith", "Jane A", "JA"), Author("Berg", "", "A"), Author(group="Lonely Group")]),
    max_size=2,
).map(tuple)

records = st.builds(
    Record,
    source=st.just("europepmc"),
    source_id=st.just("PPR1"),
    title=_text,
    abstract=_text.map(lambda text: (Section(text),) if text else ()),
    keywords=st.lists(_text, max_size=2).map(tuple),
    authors=_authors,
    languages=st.sampled_from([(), ("eng",), ("fre",)]),
    publisher=st.sampled_from(["", "medRxiv", "PsyArXiv"]),
    date=st.sampled_from([PartialDate(), PartialDate("2021"), PartialDate("2022-03-04")]),
)
