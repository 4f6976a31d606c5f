"""Tests on the fields of a record: authors, journal, language, dates, numbers; None where the record does not say."""

from __future__ import annotations

import re
from collections.abc import Callable

from tracker.model import Author, Record
from tracker.strategy.tree import Leaf, Range, Term
from tracker.strategy.words import starred, words

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
