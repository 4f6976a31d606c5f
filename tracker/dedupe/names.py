"""Authors as sources write them, and how far two lists of authors agree."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from tracker.dedupe.fold import fold, words
from tracker.dedupe.lexicon import PARTICLES, SUFFIXES

_GROUP = re.compile(
    r"\b(group|consortium|collaborat\w*|investigators?|network|committee|team|society|association|study|trial|project|"
    r"initiative|foundation|organi[sz]ation|institute|university|department|ministry|council|taskforce|centre|center)\b"
)
_ET_AL = re.compile(r"\bet\s+al\b\.?|\band others\b")
_UMLAUT = re.compile(r"(?<=[aou])e")


@dataclass(frozen=True, slots=True)
class Authors:
    """``names``: folded surnames in order, particles left out; ``initials``: the first initial of each, or ``""``."""

    names: tuple[str, ...] = ()
    initials: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    cut: bool = False  # the list ends with "et al."
    written: tuple[str, ...] = ()  # the persons as the source writes them

    @property
    def first(self) -> str:
        return self.names[0] if self.names else ""

    @property
    def last(self) -> str:
        return self.names[-1] if self.names else ""


@dataclass(frozen=True, slots=True)
class Shared:
    """``kind``: agree, partly, unlike or unknown (one list is empty); ``matched`` of ``of`` (the shorter list)."""

    kind: str
    matched: int = 0
    of: int = 0
    first: bool = False
    share: float = 0.0  # matched by the longer list


def read_authors(names: Sequence[str], cut: bool = False) -> Authors:
    """``names`` one a person or group, each in any of the usual forms (``Harlow, Miriam J``; ``Harlow MJ``)."""
    surnames: list[str] = []
    initials: list[str] = []
    groups: list[str] = []
    written: list[str] = []
    for name in names:
        if ("al" in name or "others" in name) and _ET_AL.search(name):
            cut = True
            name = _ET_AL.sub("", name)
        surname, initial, group = _read_name(name)
        if group:
            groups.append(group)
        elif surname:
            surnames.append(surname)
            initials.append(initial)
            written.append(name)
    return Authors(tuple(surnames), tuple(initials), tuple(groups), cut, tuple(written))


def split_authors(text: str) -> list[str]:
    """The names of one text field: separated by ``; ``, or by commas in the Vancouver form."""
    parts = [part.strip() for part in text.split(";")]
    if len(parts) == 1 and text.count(",") >= 2:
        parts = [part.strip() for part in text.split(",")]
    return [part for part in parts if part]


@lru_cache(maxsize=200_000)
def _read_name(name: str) -> tuple[str, str, str]:
    """(surname, first initial, "") of a person, ("", "", name) of a group."""
    plain = fold(name)
    if _GROUP.search(plain) and len(plain) > 12:
        return "", "", " ".join(sorted(words(plain)))
    family, comma, given = plain.partition(",")
    if comma:
        lead = words(family)
        rest = words(given)
        if lead and all(part in PARTICLES for part in lead) and rest:  # "van, Kemenade F"
            return _surname(rest[:1]), rest[1][0] if len(rest) > 1 else "", ""
        return _surname(lead), rest[0][0] if rest else "", ""
    parts = name.replace(".", ". ").split()
    last = len(parts)
    while last > 1 and _is_initials(parts[last - 1]):
        last -= 1
    if last < len(parts):  # "Harlow MJ", "Greenfield Jr J. C."
        behind = [part for part in parts[last:] if words(fold(part)) and fold(part).strip(".") not in SUFFIXES]
        return _surname(words(fold(" ".join(parts[:last])))), fold(behind[0])[0] if behind else "", ""
    given_first = words(plain)
    if len(given_first) < 2:
        return _surname(given_first), "", ""
    if len(given_first[0]) == 1 or "." in parts[0]:
        return _surname(given_first[-1:]), given_first[0][0], ""
    return _surname(given_first[-1:]), given_first[0][0], ""  # "Miriam Harlow"


def _is_initials(part: str) -> bool:
    letters = part.replace(".", "").replace("-", "")
    return (letters.isupper() and len(letters) <= 3) or letters.lower() in SUFFIXES or (len(letters) == 1)


def _surname(parts: Sequence[str]) -> str:
    kept = [part for part in parts if part not in PARTICLES and part not in SUFFIXES] or list(parts)
    return _UMLAUT.sub("", "".join(kept))  # Mueller and Müller are one


def compare_authors(a: Authors, b: Authors) -> Shared:
    """How many of the shorter list stand in the longer one, misprints and double surnames allowed for."""
    if not a.names or not b.names:
        if a.groups and b.groups:
            same = a.groups[0] == b.groups[0]
            return Shared("agree" if same else "partly", int(same), 1, same, float(same))
        return Shared("unknown")
    if a.names == b.names:
        return Shared("agree", len(a.names), len(a.names), True, 1.0)
    if len(a.names) > len(b.names):
        a, b = b, a
    matched, first = _matched(a.names, b.names), same_surname(a.first, b.first)
    if 2 * matched < len(a.names):
        turned = _turned(a.written, b.written)
        if turned > matched:
            matched, first = turned, True
    share, part = matched / len(b.names), matched / len(a.names)
    if matched == 0:
        kind = "unlike"
    elif part >= 0.75 or (first and part >= 0.5):
        kind = "agree"
    else:
        kind = "partly"
    return Shared(kind, matched, len(a.names), first, share)


def _matched(short: Sequence[str], long: Sequence[str]) -> int:
    left = list(long)
    missing = []
    for name in short:
        if name in left:
            left.remove(name)
        else:
            missing.append(name)
    for name in missing:
        like = next((other for other in left if same_surname(name, other)), None)
        if like is not None:
            left.remove(like)
    return len(long) - len(left)


def _turned(short: Sequence[str], long: Sequence[str]) -> int:
    """How many match when one source took given names for surnames (``Mei-Ling, Chen`` for ``Chen, Mei-Ling``)."""
    left = [(_read_name(name)[0], _tokens(name)) for name in long]
    for name in short:
        surname, tokens = _read_name(name)[0], _tokens(name)
        like = next((one for one in left if surname in one[1] or one[0] in tokens), None)
        if like is not None:
            left.remove(like)
    return len(long) - len(left)


@lru_cache(maxsize=50_000)
def _tokens(name: str) -> frozenset[str]:
    return frozenset(_UMLAUT.sub("", word) for word in words(fold(name)) if len(word) > 1)


def same_surname(a: str, b: str) -> bool:
    """Equal, one within the other (double names), or a misprint apart."""
    if a == b:
        return True
    if len(a) < 4 or len(b) < 4:
        return False
    if a.startswith(b) or b.startswith(a) or a.endswith(b) or b.endswith(a):
        return True
    return a[0] == b[0] and Levenshtein.normalized_similarity(a, b) >= 0.75
