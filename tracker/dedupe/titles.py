"""Titles: what indexers wrap around them is taken off, and two of them are compared word by word.

PubMed puts a translated title in square brackets; Ovid adds ``[Review] [72 refs]`` and ``[Erratum appears in ...]``;
Embase adds ``[Japanese]`` and sometimes the original title behind it; publishers put ``RETRACTED:`` in front. None of
that is part of the title. ``Erratum to:`` in front is: it makes the record another paper, a notice about the first.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from tracker.dedupe.fold import fold, words
from tracker.dedupe.lexicon import COUNTED, LANGUAGES, OPPOSED, OPPOSED_BEGINNINGS, ROMAN, ROMAN_AFTER, SPELLED, STOP

_LANGUAGES = "|".join(" ".join(language) for language in LANGUAGES)
# Words an indexer put in brackets; what begins with one of these is no part of the title.
_ASIDE = (
    r"(?:systematic )?review(?: article)?|\d+ refs?|references|comments?(?: (?:in|on)\b.*)?|see comments?.*|"
    r"corrected.*|"
    r"(?:published )?err[ae]t(?:um|a) (?:appears?|in|published)\b.*|(?:article|text) in\b.*|"
    r"in process citation|letter|editorial|"
    r"abstract.*|retract(?:ed|ion in)\b.*|withdrawn\b.*|translated?\b.*|authors? transl.*|updated? (?:in|of)\b.*|"
    r"original(?: article)?|proceedings?|republished\b.*|reprint.*|meeting abstract|conference abstract|preprint|"
    rf"with english abstract|(?:{_LANGUAGES})(?:[;,/ ]+(?:{_LANGUAGES}))*"
)
_IS_ASIDE = re.compile(rf"\W*(?:{_ASIDE})\W*", re.DOTALL)
_BRACKETS = re.compile(r"\[([^\[\]]*)\]")
_ROUND = re.compile(r"\(([^()]*)\)")
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
_FRONT: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(r"\W*" + pattern, re.IGNORECASE))
    for kind, pattern in (
        ("erratum", rf"(?:(?:author|publisher)'?s?'?\s+)?(?:erratum|errata|corrigend(?:um|a))\b(?:{_ABOUT}|\s*$)"),
        ("erratum", rf"(?:(?:author|publisher)'?s?'?\s+)?(?:corrections?|addend(?:um|a))(?:\s+to\b\s*:?|{_SEP}|\s*$)"),
        (
            "retraction",
            rf"(?:retraction|withdrawal)(?:\s+(?:notice|note|statement)\b(?:{_ABOUT})?|\s+to\b\s*:?|{_SEP}|\s*$)",
        ),
        ("retraction", rf"(?:statement|notice)\s+of\s+(?:retraction|withdrawal)(?:{_ABOUT}|\s*$)"),
        ("concern", rf"(?:editorial\s+)?expression\s+of\s+concern(?:{_ABOUT}|\s*$)"),
        ("reply", rf"(?:(?:the\s+)?authors?'?s?'?\s+)?(?:reply|response)(?:\s+to\b\s*:|{_SEP}|\s*$)"),
        ("reply", rf"(?:(?:the\s+)?authors?'?s?'?\s+)(?:reply|response)(?:{_ABOUT})|reply{_ABOUT}"),
        (
            "comment",
            rf"(?:invited\s+|editorial\s+)?(?:comments?|commentary|letter|discussion)(?:\s+on\b\s*:?|\s+to\s+the\s+editor{_SEP}|{_SEP})",
        ),
        ("comment", r"re\s*:\s*"),
    )
)
_BACK: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"[\s\"'”’]*[:.;\-–—(\[]+\s*{pattern}[\s)\].]*$", re.IGNORECASE))
    for kind, pattern in (
        ("erratum", r"(?:erratum|corrigendum|corrections?|addendum)"),
        ("erratum", r"vol\.?\s+\d+\s*,\s*(?:pg|p|art|no)\b[^()\[\]]*"),  # Web of Science: "X (vol 12, pg 3, 2010)"
        ("retraction", r"retraction(?:\s+of\s+vol\b[^()\[\]]*)?"),
        ("concern", r"(?:editorial )?expression of concern"),
        ("reply", r"(?:(?:the )?authors?'?s?'? )?(?:reply|response)"),
        ("comment", r"(?:invited )?(?:comment|commentary|discussion)"),
    )
)

_DIGITS = re.compile(r"\d+")
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


@dataclass(frozen=True, slots=True)
class Likeness:
    """How two titles compare.

    ``kind``: equal; near (spelling only); part (one is the beginning or end of the other); extra (one has more words);
    changed (words replaced); unlike; unknown (one is missing). ``clash`` names numbers or opposites that exclude each
    other. ``score`` is the share of letters in common, 0 to 1.
    """

    kind: str
    score: float
    clash: str = ""
    more: tuple[str, ...] = ()


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
    for pattern in (_BRACKETS, _ROUND):
        text = pattern.sub(lambda part: " " if _IS_ASIDE.fullmatch(fold(part[1])) else part[0], text)
    return text.strip(), others


def _notice(text: str) -> tuple[str, str]:
    for kind, pattern in _FRONT:
        if found := pattern.match(text):
            return kind, text[found.end() :].strip(" \"'“”‘’") or text
    for kind, pattern in _BACK:
        if (found := pattern.search(text)) and found.start():
            return kind, text[: found.start()].strip(" \"'“”‘’")
    return "", text


def _form(text: str) -> Form:
    plain = fold(text)
    if "," in plain:
        plain = _THOUSANDS.sub("", plain)
    parts = words(plain)
    counted = tuple(_number(parts, at) for at in range(len(parts)))
    digits = tuple(run for part in counted for run in _DIGITS.findall(part))
    return Form(" ".join(counted), "".join(counted), counted, digits)


def _number(parts: tuple[str, ...], at: int) -> str:
    """The word itself, or the digit for ``iii``, ``three`` and the ``I`` of ``Part I``."""
    word = parts[at]
    if word in ROMAN and (at or len(parts) > 1):
        return ROMAN[word]
    if word in ROMAN_AFTER and at and parts[at - 1] in COUNTED:
        return ROMAN_AFTER[word]
    if word == "one" and at and parts[at - 1] in COUNTED:
        return "1"
    return SPELLED.get(word, word)


def compare(a: Title, b: Title) -> Likeness:
    """The likeness of the two wordings that are most alike."""
    if len(a.forms) == 1 and len(b.forms) == 1:
        return _compare(a.forms[0], b.forms[0])
    return max((_compare(one, two) for one in a.forms for two in b.forms), key=_rank)


_ORDER = {"unknown": 0, "unlike": 1, "changed": 2, "extra": 3, "part": 4, "near": 5, "equal": 6}


def _rank(likeness: Likeness) -> tuple[int, float]:
    return _ORDER[likeness.kind], likeness.score


_NOTHING = Likeness("unknown", 0.0)
_EQUAL = Likeness("equal", 1.0)


def _compare(a: Form, b: Form) -> Likeness:
    if not a.compact or not b.compact:
        return _NOTHING
    if a.compact == b.compact:
        return _EQUAL
    score = fuzz.ratio(a.key, b.key) / 100
    short, long = (a, b) if len(a.words) <= len(b.words) else (b, a)
    within = len(short.compact) >= 8 and (
        long.compact.startswith(short.compact) or long.compact.endswith(short.compact)
    )
    if score < 0.6 and not within:
        return Likeness("unlike", score)
    left, right = _left_over(a.words, b.words)
    clash = _clash(a, b, left, right)
    left, right = _without_lookalikes(left, right)
    if not left and not right:
        return Likeness("near", score, clash)
    if left and right:
        return Likeness("changed", score, clash, tuple(left + right))
    return Likeness("part" if within else "extra", score, clash, tuple(left or right))


def _left_over(a: tuple[str, ...], b: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Words of each that the other does not have, counted."""
    one, two = Counter(a), Counter(b)
    return list((one - two).elements()), list((two - one).elements())


def _clash(a: Form, b: Form, left: list[str], right: list[str]) -> str:
    one, two = Counter(a.digits), Counter(b.digits)
    only_a, only_b = list((one - two).elements()), list((two - one).elements())
    if only_a and only_b and "".join(a.digits) != "".join(b.digits) and not _same_years(only_a, only_b):
        return f"{' '.join(only_a)} against {' '.join(only_b)}"
    for word in left:
        for other in right:
            if opposed(word, other):
                return f"{word} against {other}"
    return ""


def _same_years(a: list[str], b: list[str]) -> bool:
    """1986-1990 and 1986-90 name the same years."""
    return len(a) == len(b) and all(
        len(x) >= 2 and len(y) >= 2 and (x.endswith(y) or y.endswith(x)) and len(x) + len(y) == 6
        for x, y in zip(a, b, strict=True)
    )


def opposed(a: str, b: str) -> bool:
    """True for two words that cannot stand for each other in one title: men and women, hypo- and hypertension."""
    if any(a in group and b in group for group in OPPOSED):
        return True
    for one, two in OPPOSED_BEGINNINGS:
        for first, second in ((one, two), (two, one)):
            rest = a[len(first) :]
            if len(rest) > 3 and a.startswith(first) and b == second + rest:
                return True
    return False


def _without_lookalikes(left: list[str], right: list[str]) -> tuple[list[str], list[str]]:
    """What is left over when spelling variants, split words and stop words are taken away."""
    left = [word for word in left if word not in STOP]
    right = [word for word in right if word not in STOP]
    for word in tuple(left):
        like = next((other for other in right if lookalike(word, other)), None)
        if like is not None:
            left.remove(word)
            right.remove(like)
    if left and right and Levenshtein.normalized_similarity("".join(left), "".join(right)) > 0.85:
        return [], []
    return left, right


def lookalike(a: str, b: str) -> bool:
    """Spelling variants and misprints of one word; never two numbers, never two opposites."""
    if a.isdigit() or b.isdigit() or opposed(a, b):
        return False
    if len(a) > 4 and len(b) > 4 and (a.startswith(b) or b.startswith(a)) and abs(len(a) - len(b)) <= 3:
        return True
    return Levenshtein.normalized_similarity(a, b) >= 0.75 and min(len(a), len(b)) > 3
