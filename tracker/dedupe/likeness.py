"""How alike two titles are: word by word, with spelling variants, numbers and opposites told apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from tracker.dedupe.lexicon import GREEK, OPPOSED, OPPOSED_BEGINNINGS, STOP
from tracker.dedupe.titles import Form, Title

_GREEK_NAME = re.compile("|".join(sorted(GREEK, key=len, reverse=True)))
_YEAR = re.compile(r"(?:19|20)\d\d")
_UNLIKE = 0.6  # share of letters in common below which two titles are not compared word by word


@dataclass(frozen=True, slots=True)
class Likeness:
    """How two titles compare.

    ``kind``: equal; near (spelling only); part (one is the beginning or end of the other); extra (one has more words);
    changed (words replaced); unlike; unknown (one is missing). ``score``: share of letters in common, 0 to 1. ``clash``
    names numbers or opposites that exclude each other. ``more``: the words that one has and the other has not.
    """

    kind: str
    score: float
    clash: str = ""
    more: tuple[str, ...] = ()
    counts: bool = False  # the clash is one of counts only, which change while a study goes on (46400 against 46407)


_ORDER = {"unknown": 0, "unlike": 1, "changed": 2, "extra": 3, "part": 4, "near": 5, "equal": 6}
_NOTHING = Likeness("unknown", 0.0)
_EQUAL = Likeness("equal", 1.0)


def compare_titles(a: Title, b: Title) -> Likeness:
    """The likeness of the two wordings that are most alike."""
    if len(a.forms) == 1 and len(b.forms) == 1:
        return _compare(a.forms[0], b.forms[0])
    found = (_compare(one, two) for one in a.forms for two in b.forms)
    return max(found, key=lambda likeness: (_ORDER[likeness.kind], likeness.score))


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
    if score < _UNLIKE and not within:
        return Likeness("unlike", score)
    left, right = _left_over(a.words, b.words)
    clash, counts = _clash(a, b, left, right)
    left, right = _without_lookalikes(left, right)
    if not left and not right:
        return Likeness("near", score, clash, (), counts)
    kind = "changed" if left and right else "part" if within else "extra"
    return Likeness(kind, score, clash, (*left, *right), counts)


def _left_over(a: Sequence[str], b: Sequence[str]) -> tuple[list[str], list[str]]:
    """Words of each that the other does not have, counted."""
    one, two = Counter(a), Counter(b)
    return list((one - two).elements()), list((two - one).elements())


def _clash(a: Form, b: Form, left: list[str], right: list[str]) -> tuple[str, bool]:
    """What excludes the other title, and whether it is only a count."""
    only_a, only_b = _left_over(a.digits, b.digits)
    if only_a and only_b and "".join(a.digits) != "".join(b.digits):
        counts = all(len(number) >= 3 and not _YEAR.fullmatch(number) for number in (*only_a, *only_b))
        return f"{' '.join(only_a)} against {' '.join(only_b)}", counts
    return next((f"{word} against {other}" for word in left for other in right if opposed(word, other)), ""), False


@lru_cache(maxsize=100_000)
def opposed(a: str, b: str) -> bool:
    """True for two words that cannot stand for each other in one title: men and women, hypo- and hypertension."""
    if b in OPPOSED.get(a, ()):
        return True
    return any(
        _swapped(a, b, one, two) or _swapped(a, b, two, one)
        for one, two in OPPOSED_BEGINNINGS
        if a.startswith((one, two))
    )


def _swapped(a: str, b: str, one: str, two: str) -> bool:
    return a.startswith(one) and len(a) > len(one) + 3 and b == two + a[len(one) :]


def _without_lookalikes(left: list[str], right: list[str]) -> tuple[list[str], list[str]]:
    """What is left over when spelling variants, split words, acronyms and stop words are taken away."""
    left = [word for word in left if word not in STOP]
    right = [word for word in right if word not in STOP]
    for word in tuple(left):
        like = next((other for other in right if lookalike(word, other)), None)
        if like is not None:
            left.remove(word)
            right.remove(like)
    if left and right and Levenshtein.normalized_similarity("".join(left), "".join(right)) > 0.85:
        return [], []
    return _without_lost_letters(left, right)


def _without_lost_letters(left: list[str], right: list[str]) -> tuple[list[str], list[str]]:
    """Exports drop Greek letters: ``NF-B`` for ``NF-kappaB``. A letter against another letter is no loss."""
    one, two = "".join(left), "".join(right)
    bare_one, bare_two = _GREEK_NAME.sub("", one), _GREEK_NAME.sub("", two)
    if bare_one == bare_two and (one == bare_one) != (two == bare_two):
        return [], []
    return left, right


@lru_cache(maxsize=200_000)
def lookalike(a: str, b: str) -> bool:
    """Spelling variants and misprints of one word; never two numbers, never two opposites."""
    if min(len(a), len(b)) <= 3 or a.isdigit() or b.isdigit() or opposed(a, b):
        return False
    if min(len(a), len(b)) > 4 and (a.startswith(b) or b.startswith(a)) and abs(len(a) - len(b)) <= 3:
        return True
    return Levenshtein.normalized_similarity(a, b) >= 0.75


def overlap(a: Title, b: Title) -> float:
    """The share of the words of the shorter title that the other one has too, in any order; stop words left out."""
    return max(_overlap(one, two) for one in a.forms for two in b.forms)


def _overlap(a: Form, b: Form) -> float:
    short = [word for word in a.words if word not in STOP]
    long = [word for word in b.words if word not in STOP]
    if len(short) > len(long):
        short, long = long, short
    if not short:
        return 0.0
    found = 0
    for word in short:
        like = next((other for other in long if word == other or lookalike(word, other)), None)
        if like is not None:
            long.remove(like)
            found += 1
    return found / len(short)
