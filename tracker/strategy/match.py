"""Decides on a record whether a strategy matches it, as PubMed would on title, abstract and keywords alone.

One text, one meaning on every preprint source: the same words, phrases, stems and distances, compared as PubMed
compares them (``words``). What cannot be known of a record (a language or a date it does not carry) never rejects it.
Built for many records: a strategy becomes a nest of small functions once, a record is cut into words once
(:func:`prepare`), whatever the number of strategies.

:func:`field_test` is the test of a term on authors, journal, language, dates or numbers; None where the record does
not say.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tracker.model import Author, Record
from tracker.strategy.local import TEXT_FIELDS, Always, Local, LocalNode, Seq, is_has_abstract, local
from tracker.strategy.parse import parse
from tracker.strategy.source import Sourced, StrategyError
from tracker.strategy.tree import Leaf, Range, Term
from tracker.strategy.words import Pattern, pattern, starred, words

FieldTest = Callable[[Record], bool | None]

# Names under which PubMed lets a language be searched, with the codes that sources use for it.
LANGUAGES = {
    "english": ("eng", "en"),
    "french": ("fre", "fra", "fr"),
    "german": ("ger", "deu", "de"),
    "spanish": ("spa", "es"),
    "portuguese": ("por", "pt"),
    "italian": ("ita", "it"),
    "dutch": ("dut", "nld", "nl"),
    "chinese": ("chi", "zho", "zh"),
    "japanese": ("jpn", "ja"),
    "korean": ("kor", "ko"),
    "russian": ("rus", "ru"),
    "polish": ("pol", "pl"),
    "turkish": ("tur", "tr"),
    "persian": ("per", "fas", "fa"),
    "arabic": ("ara", "ar"),
    "swedish": ("swe", "sv"),
    "norwegian": ("nor", "no"),
    "danish": ("dan", "da"),
    "finnish": ("fin", "fi"),
    "hungarian": ("hun", "hu"),
    "czech": ("cze", "ces", "cs"),
    "hebrew": ("heb", "he"),
    "greek": ("gre", "ell", "el"),
}
_DATE = re.compile(r"(\d{4})(?:[/-](\d{1,2}))?(?:[/-](\d{1,2}))?")
_CREATED = ("crdt", "edat", "p1dat")
_OPEN_END = "3000"


def field_test(leaf: Leaf) -> FieldTest:
    """The test of a leaf that does not look in title, abstract or keywords."""
    kind = leaf.tag.kind if leaf.tag else ""
    if isinstance(leaf, Range) or kind == "date":
        return _dated(leaf)
    if leaf.text.lower() == "hasabstract":
        return lambda record: bool(record.abstract_text.strip())
    tests = {"author": _author, "journal": _journal, "language": _language, "mesh": _heading, "type": _type, "id": _id}
    if kind in tests:
        return tests[kind](leaf)
    return _affiliation(leaf) if leaf.field_name == "ad" else lambda record: None


def _same(term: Term) -> Callable[[str], bool]:
    """Whether a name is the one asked for, or begins with it when it ends in ``*``."""
    said = " ".join(starred(term.text))
    if said.endswith("*"):
        return lambda name: name.startswith(said[:-1])
    return lambda name: name == said


def _author(term: Term) -> FieldTest:
    """``smith`` is every Smith, ``smith j`` also Smith JA; with quotation marks just Smith J."""
    same = _same(term)
    wanted = [word.rstrip("*") for word in starred(term.text)]
    exact = term.quoted or "*" in term.text

    def is_one(author: Author) -> bool:
        if author.group or term.field_name == "cn":
            return term.field_name in ("cn", "au") and same(" ".join(words(author.group)))
        family = words(author.family)
        initials = "".join(words(author.initials)) or "".join(word[0] for word in words(author.given))
        if same(" ".join([*family, initials] if initials else family)):
            return True
        if term.field_name == "fau" and sorted(wanted) == sorted([*family, *words(author.given)]):
            return True
        if wanted == family:
            return not exact or same(" ".join(family))
        return not exact and wanted[:-1] == family and bool(family) and initials.startswith(wanted[-1])

    def test(record: Record) -> bool:
        authors = record.authors
        if term.field_name in ("1au", "lastau"):
            authors = authors[:1] if term.field_name == "1au" else authors[-1:]
        return any(is_one(author) for author in authors)

    return test


def _journal(term: Term) -> FieldTest:
    """Title, abbreviation or ISSN of the journal; of a preprint, its server."""
    wanted = " ".join(starred(term.text)).rstrip("*")
    cut = "*" in term.text

    def test(record: Record) -> bool:
        names = [record.journal, record.journal_abbrev, record.publisher, *record.issns]
        said = [" ".join(words(name)) for name in names if name]
        return any(name == wanted or name.startswith(wanted if cut else f"{wanted} ") for name in said)

    return test


def _language(term: Term) -> FieldTest:
    name = " ".join(words(term.text))
    codes = set(LANGUAGES.get(name, ())) or {code for known in LANGUAGES.values() if name in known for code in known}
    codes |= {name}

    def test(record: Record) -> bool | None:
        return bool(codes & {language.lower() for language in record.languages}) if record.languages else None

    return test


def _heading(term: Term) -> FieldTest:
    """The heading itself, without those below it in the tree; ``X/psychology`` asks for the qualifier too."""
    name, _, qualifier = term.text.partition("/")
    wanted, wanted_qualifier = words(name), words(qualifier)
    field = term.field_name.split(":")[0]

    def test(record: Record) -> bool:
        if field in ("nm", "rn", "pa"):
            return any(words(substance) == words(term.text) for substance in record.substances)
        for heading in record.mesh:
            qualifiers = [words(said) for said in heading.qualifiers]
            if field == "sh":
                if wanted in qualifiers:
                    return True
            elif (
                words(heading.name) == wanted
                and (heading.major or field != "majr")
                and (not wanted_qualifier or wanted_qualifier in qualifiers)
            ):
                return True
        return False

    return test


def _type(term: Term) -> FieldTest:
    wanted = words(term.text)
    return lambda record: any(words(text) == wanted for _, text in record.publication_types)


def _id(term: Term) -> FieldTest:
    wanted = term.text.lower().removeprefix("https://doi.org/").removeprefix("doi:").strip()
    if term.field_name == "pmid":
        return lambda record: record.pmid == wanted
    return lambda record: wanted in {record.doi, *(value.lower() for _, value in record.other_ids)}


def _affiliation(term: Term) -> FieldTest:
    wanted = f" {' '.join(starred(term.text))} "
    if "*" in wanted:
        wanted = wanted[: wanted.index("*")]

    def test(record: Record) -> bool:
        return any(wanted in f" {' '.join(words(said))} " for author in record.authors for said in author.affiliations)

    return test


def _dated(leaf: Leaf) -> FieldTest:
    """A day, month or year, or a range of them; a year alone is its 1 January, as in PubMed."""
    low, high = (leaf.low, leaf.high) if isinstance(leaf, Range) else (leaf, leaf)
    first, last = _day(low.text, first=True), _day(high.text, first=False)
    created = leaf.tag is not None and leaf.tag.name in _CREATED

    def test(record: Record) -> bool | None:
        said = record.created if created else record.date.value
        day = _day(said, first=True)
        return None if not (day and first and last) else first <= day <= last

    return test


def _day(text: str, first: bool) -> str:
    """ISO day of ``2020/5`` (the first or the last day it may be); empty when it is no date."""
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return ""
    year, month, day = match.groups()
    month = month or ("01" if first else "12")
    return f"{year}-{int(month):02}-{int(day):02}" if day else f"{year}-{int(month):02}-{'01' if first else '31'}"


Truth = bool | None  # None: the record does not say
_GAP = " \n "  # no phrase runs over it

_EVERYWHERE = ("title", "abstract", "keywords")
# The parts of a record in which a text field looks.
SCOPES: dict[str, tuple[str, ...]] = dict.fromkeys(TEXT_FIELDS, _EVERYWHERE) | {
    "ti": ("title",),
    "ab": ("abstract",),
    "ot": ("keywords",),
}


class Prepared:
    """A record cut into words once. ``text[scope]`` has a space before and after every word."""

    def __init__(self, record: Record) -> None:
        self.record = record
        title = f" {' '.join(words(record.title))} "
        abstracts = [record.abstract_text, *(text for _, _, text in record.other_abstracts)]
        abstract = _GAP.join(f" {' '.join(words(text))} " for text in abstracts)
        keywords = _GAP.join(f" {' '.join(words(text))} " for text in record.keywords)
        whole = f"{title}\n{abstract}\n {keywords} "
        self.text = {"title": title, "abstract": abstract, "keywords": f" {keywords} ", "whole": whole}
        self.words = frozenset(whole.split())


@dataclass(frozen=True, slots=True)
class MatchResult:
    """``hits``: the terms found, as written, each with the part of the record it was found in."""

    matched: bool
    hits: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return self.matched

    @property
    def terms(self) -> tuple[str, ...]:
        """The terms found, each once, in the order of the strategy."""
        return tuple(dict.fromkeys(term for term, _ in self.hits))


_NO = MatchResult(False)
_Test = Callable[[Prepared], Truth]


def prepare(record: Record) -> Prepared:
    """For matching one record against many strategies."""
    return Prepared(record)


class Matcher:
    """A strategy ready to be asked: ``matcher(record)`` is true when it matches."""

    def __init__(self, decided: Local) -> None:
        if decided.node is None:
            raise ValueError("nothing can be decided locally")
        self._test = _test(decided.node)
        self._terms = _positive(decided.node)

    def __call__(self, record: Record | Prepared) -> MatchResult:
        prepared = record if isinstance(record, Prepared) else Prepared(record)
        return MatchResult(True, self._hits(prepared)) if self.matches(prepared) else _NO

    def matches(self, prepared: Prepared) -> bool:
        """The verdict alone; an unknown field does not reject."""
        return self._test(prepared) is not False

    def _hits(self, prepared: Prepared) -> tuple[tuple[str, str], ...]:
        found = []
        for said, looked_for, scopes in self._terms:
            found += [(said, scope) for scope in scopes if looked_for.found(prepared.text[scope])]
        return tuple(dict.fromkeys(found))


def matcher(text: str | Sourced, *, indexing: bool = False) -> Matcher:
    """The local matcher of a strategy; ``indexing`` also reads a record's headings and publication types.

    Raises :class:`StrategyError` when the text cannot be read, or when a block of it cannot be decided on a record.
    """
    tree = parse(text)
    decided = local(tree, indexing)
    if decided.node is None:
        first = decided.impossible[0]
        raise StrategyError(first.reason, *tree.source.place(first.start))
    return Matcher(decided)


def _positive(node: LocalNode) -> list[tuple[str, Pattern, tuple[str, ...]]]:
    """The text terms that speak for a record: those not after a NOT."""
    found = []
    waiting: list[LocalNode] = [node]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Seq):
            waiting += [other for op, other in reversed(here.steps) if op != "NOT"]
            waiting.append(here.first)
        elif isinstance(here, Term) and _is_text(here):
            found.append((here.text, pattern(here), SCOPES[here.field_name]))
    return found


def _is_text(leaf: Leaf) -> bool:
    return isinstance(leaf, Term) and leaf.field_name in SCOPES and not is_has_abstract(leaf)


def _test(node: LocalNode) -> _Test:
    if isinstance(node, Always):
        return lambda prepared: True
    if isinstance(node, Range):
        return _on_record(node)
    if isinstance(node, Term):
        return _text_test(node) if _is_text(node) else _on_record(node)
    return _sequence(node)


def _on_record(leaf: Leaf) -> _Test:
    test = field_test(leaf)
    return lambda prepared: test(prepared.record)


def _text_test(term: Term) -> _Test:
    looked_for = pattern(term)
    scopes = SCOPES[term.field_name]
    scope = "whole" if len(scopes) > 1 else scopes[0]
    if looked_for.word and scope == "whole":
        word = looked_for.word
        return lambda prepared: word in prepared.words
    found = looked_for.found
    return lambda prepared: found(prepared.text[scope])


def _sequence(node: Seq) -> _Test:
    """Runs of one operator become one function; the runs are worked off from left to right."""
    runs: list[tuple[str, list[LocalNode]]] = []
    for op, other in node.steps:
        if runs and runs[-1][0] == op:
            runs[-1][1].append(other)
        else:
            runs.append((op, [other]))
    first = _any([node.first, *runs.pop(0)[1]]) if runs[0][0] == "OR" else _test(node.first)
    if not runs:
        return first
    tests = [(op, _every(nodes) if op == "AND" else _any(nodes)) for op, nodes in runs]

    def sequence(prepared: Prepared) -> Truth:
        held = first(prepared)
        for op, test in tests:
            if op == "OR":
                held = True if held else _or(held, test(prepared))
            elif held is not False:
                other = test(prepared)
                held = _and(held, other if op == "AND" else (None if other is None else not other))
        return held

    return sequence


def _and(a: Truth, b: Truth) -> Truth:
    if a is False or b is False:
        return False
    return None if a is None or b is None else True


def _or(a: Truth, b: Truth) -> Truth:
    if a or b:
        return True
    return None if a is None or b is None else False


def _every(nodes: list[LocalNode]) -> _Test:
    tests = [_test(node) for node in nodes]

    def every(prepared: Prepared) -> Truth:
        held: Truth = True
        for test in tests:
            held = _and(held, test(prepared))
            if held is False:
                return False
        return held

    return every


def _any(nodes: list[LocalNode]) -> _Test:
    """Single words are looked up together; the rest one by one, cheapest first."""
    single: set[str] = set()
    tests: list[_Test] = []
    for node in nodes:
        word = _single_word(node)
        if word:
            single.add(word)
        else:
            tests.append(_test(node))
    known = frozenset(single)

    def some(prepared: Prepared) -> Truth:
        if not known.isdisjoint(prepared.words):
            return True
        held: Truth = False
        for test in tests:
            found = test(prepared)
            if found:
                return True
            if found is None:
                held = None
        return held

    return some


def _single_word(node: LocalNode) -> str:
    if isinstance(node, Term) and _is_text(node) and len(SCOPES[node.field_name]) > 1:
        return pattern(node).word
    return ""
