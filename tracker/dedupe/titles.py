"""Titles: what indexers wrap around them is taken off, and what is left is cut into words.

PubMed puts a translated title in square brackets; Ovid adds ``[Review] [72 refs]`` and ``[Erratum appears in ...]``;
Embase adds ``[Japanese]`` and sometimes the original title behind it; publishers put ``RETRACTED:`` in front. None of
that is part of the title. ``Erratum to:`` in front is: it makes the record another paper, a notice about the first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tracker.dedupe.fold import fold, words
from tracker.dedupe.lexicon import COUNTED, COVID, LANGUAGES, LETTERED, ROMAN, ROMAN_AFTER, SPELLED
from tracker.states import CONCERN

_LANGUAGES = "|".join(" ".join(language) for language in LANGUAGES)
# Words an indexer put in brackets; what begins with one of these is no part of the title.
_ASIDE = (
    r"(?:systematic )?review(?: article)?|\d+ refs?|references|comments?(?: (?:in|on)\b.*)?|see comments?.*|"
    r"corrected.*|"
    r"(?:published )?err[ae]t(?:um|a) (?:appears?|in|published)\b.*|(?:article|text) in\b.*|"
    r"in process citation|letter|editorial|(?:structured )?abstract.*|retract(?:ed|ion in)\b.*|withdrawn\b.*|"
    r"translated?\b.*|authors? transl.*|updated? (?:in|of)\b.*|"
    r"original(?: article)?|proceedings?|republished\b.*|reprint.*|meeting abstract|conference abstract|preprint|"
    rf"with english abstract|(?:{_LANGUAGES})(?:[;,/ ]+(?:{_LANGUAGES}))*"
)
_IS_ASIDE = re.compile(rf"\W*(?:{_ASIDE})\W*", re.DOTALL)
_BRACKETS = re.compile(r"\[([^\[\]]*)\]")
_ROUND = re.compile(r"\(([^()]*)\)")
_OPEN_ASIDE = re.compile(r"(?<=.{20})\[[^\]]*$", re.DOTALL)  # an aside that an export cut off before its end
_LANGUAGE_THEN_ORIGINAL = re.compile(rf"\[\s*(?:{_LANGUAGES})\s*\]\.?\s*(?=\S)", re.IGNORECASE)
_WHOLE = re.compile(r"\s*\[(.*)\]\W*", re.DOTALL)
_BESIDE = re.compile(r"(.{12,}?)\s*\[([^\[\]]{12,})\]\W*", re.DOTALL)
_MARK = re.compile(r"\W*(retracted|withdrawn)(?: (?:article|paper|chapter))?\s*[:.\-–—\]]+\s*", re.IGNORECASE)
_MARK_BEHIND = re.compile(r"[\s:.(\[\-–—]+(retracted|withdrawn)(?: (?:article|paper))?[\s)\].]*$", re.IGNORECASE)

# Notices: papers about a paper. The subject is what the pattern leaves over.
_SEP = r"\s*[:.,\-–—]+\s*"
_ABOUT = (
    r"(?:\s+(?:to|on|for|in|of|about|regarding|concerning)\b(?:\s+the\s+(?:article|paper|editor))?"
    rf"\s*[:\-–—]?|{_SEP})\s*"
)
_BY = r"(?:(?:author|publisher)'?s?'?\s+)?"
_AUTHORS = r"(?:the\s+)?authors?'?s?'?\s+"
_FRONT: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(r"\W*" + pattern, re.IGNORECASE))
    for kind, pattern in (
        ("erratum", rf"{_BY}(?:erratum|errata|corrigend(?:um|a))\b(?:{_ABOUT}|\s*$)"),
        ("erratum", rf"{_BY}(?:corrections?(?:\s+notice)?|addend(?:um|a))(?:\s+to\b\s*:?|{_SEP}|\s*$)"),
        ("retraction", rf"(?:retraction|withdrawal)\s+(?:notice|note|statement)\b(?:{_ABOUT})?"),
        ("retraction", rf"(?:retraction|withdrawal)(?:\s+to\b\s*:?|{_SEP}|\s*$)"),
        ("retraction", rf"(?:statement|notice)\s+of\s+(?:retraction|withdrawal)(?:{_ABOUT}|\s*$)"),
        (CONCERN.notice, rf"(?:editorial\s+)?expression\s+of\s+concern(?:{_ABOUT}|\s*$)"),
        ("reply", rf"(?:{_AUTHORS}|in\s+)?(?:reply|response)(?:\s+to\b\s*:|{_SEP}|\s*$)"),
        ("reply", rf"{_AUTHORS}(?:reply|response)(?:{_ABOUT})|reply{_ABOUT}"),
        ("comment", rf"(?:invited\s+|editorial\s+)?(?:comments?|commentary|letter|discussion)(?:\s+on\b\s*:?|{_SEP})"),
        ("comment", rf"letter\s+to\s+the\s+editor{_SEP}|re\s*:\s*"),
    )
)
_BACK: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"[\s\"'”’]*[:.;\-–—(\[]+\s*{pattern}[\s)\].]*$", re.IGNORECASE))
    for kind, pattern in (
        ("erratum", r"(?:erratum|corrigendum|corrections?|addendum)"),
        ("erratum", r"vol\.?\s+\d+\s*,\s*(?:pg|p|art|no)\b[^()\[\]]*"),  # Web of Science: "X (vol 12, pg 3, 2010)"
        ("retraction", r"retraction(?:\s+of\s+vol\b[^()\[\]]*)?"),
        (CONCERN.notice, r"(?:editorial )?expression of concern"),
        ("reply", r"(?:(?:the )?authors?'?s?'? |in )?(?:reply|response)(?: (?:to|from|by)\b[^()\[\]:]{0,60})?"),
        ("comment", r"(?:invited )?(?:comment|commentary|discussion)"),
    )
)

_MAY_BE_NOTICE = re.compile(  # a word of one of the patterns above, looked for first because most titles have none
    r"errat|corrig|correction|addend|retract|withdraw|concern|reply|response|comment|letter|discussion|\bre\s*:|\bvol\b",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")
_YEARS = re.compile(r"\b(19|20)(\d\d)\s?[-–/]\s?(\d\d)(?!\d)")  # 1986-90 and 1986-1990 are the same years
_THOUSANDS = re.compile(r"(?<=\d)[,  ](?=\d{3}(?!\d))")


@dataclass(frozen=True, slots=True)
class Form:
    """One wording of a title: its words, and the same squeezed."""

    key: str
    compact: str
    words: tuple[str, ...]
    digits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Title:
    """A title taken apart. ``forms``: the wording, or original and translation where both are given."""

    forms: tuple[Form, ...]
    notice: str = ""  # erratum, retraction, concern, reply, comment; empty for a paper in its own right
    marked: str = ""  # "retracted" or "withdrawn" when the title itself says so
    translated: bool = False

    @property
    def main(self) -> Form:
        return self.forms[0]


def read_title(text: str) -> Title:
    """The title without what was wrapped around it; every word of ``text`` is used for one thing or another."""
    text = text.strip()
    marked = ""
    notice = ""
    others: list[str] = []
    if "[" in text or "(" in text:
        text, others = _without_asides(text)
    if found := _MARK.match(text) or _MARK_BEHIND.search(text):
        marked, text = found[1].lower(), text[: found.start()] + text[found.end() :]
    notice, text = _notice(text)
    translated = False
    if whole := _WHOLE.fullmatch(text):
        text, translated = whole[1], True
    elif beside := _BESIDE.fullmatch(text):
        text = beside[1]
        others.insert(0, beside[2])
    elif " = " in text:
        text, *rest = text.split(" = ")
        others[:0] = rest
    forms = [form for form in map(_form, [text, *others]) if form.compact]
    return Title(tuple(forms) or (_form(""),), notice, marked, translated)


def _without_asides(text: str) -> tuple[str, list[str]]:
    """``text`` without indexers' asides, and the original title that Embase writes behind ``[Language]``."""
    others = []
    if found := _LANGUAGE_THEN_ORIGINAL.search(text, 10):
        behind = text[found.end() :]
        if len(behind) > 15 and not behind.startswith("["):
            others.append(_BRACKETS.sub(" ", behind))
            text = text[: found.end()]
    text = _OPEN_ASIDE.sub("", text)
    for pattern in (_BRACKETS, _ROUND):
        text = pattern.sub(lambda part: " " if _IS_ASIDE.fullmatch(fold(part[1])) else part[0], text)
    return text.strip(), others


def _notice(text: str) -> tuple[str, str]:
    if not _MAY_BE_NOTICE.search(text):
        return "", text
    for kind, pattern in _FRONT:
        if found := pattern.match(text):
            return kind, text[found.end() :].strip(" \"'“”‘’") or text
    for kind, pattern in _BACK:
        if (found := pattern.search(text)) and found.start():
            return kind, text[: found.start()].strip(" \"'“”‘’")
    return "", text


def _form(text: str) -> Form:
    plain = fold(text)
    plain = _YEARS.sub(r"\1\2 \1\3", _THOUSANDS.sub("", plain))
    parts = words(plain)
    if "cov" in plain or "corona" in plain:
        parts = _short_names(parts)
    counted = tuple(_number(parts, at) for at in range(len(parts)))
    key = " ".join(counted)
    return Form(key, "".join(counted), counted, tuple(_DIGITS.findall(key)))


def _short_names(parts: tuple[str, ...]) -> tuple[str, ...]:
    text = f" {' '.join(parts)} "
    for name in COVID:
        text = text.replace(f" {name} ", " covid ")
    return tuple(text.split())


def _number(parts: tuple[str, ...], at: int) -> str:
    """The word itself, or the digit for ``iii``, ``three`` and the ``I`` of ``Part I``."""
    word = parts[at]
    if word in ROMAN and (at or len(parts) > 1):
        return ROMAN[word]
    if word in ROMAN_AFTER and at and parts[at - 1] in COUNTED:
        return ROMAN_AFTER[word]
    if at and parts[at - 1] in ("part", "parts") and word in LETTERED:
        return LETTERED[word]
    if word == "one" and at and parts[at - 1] in COUNTED:
        return "1"
    return SPELLED.get(word, word)
