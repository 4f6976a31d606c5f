"""Where a paper stands: journal, volume, issue, pages, read from whatever the source wrote, and compared.

Every comparison answers 1 (agree), 0 (cannot be told) or -1 (contradict). Fields that a spreadsheet or an export has
damaged (``2.05031E+15``, ``9-Aug``, ``1)``) tell nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from tracker.dedupe.fold import fold, words
from tracker.dedupe.lexicon import SMALL

_CUT = re.compile(r"\s[:=/]\s|[(\[;]|\.\s*conference\b|:\s|\bconference:")
_SUPPLEMENT = re.compile(r"\b(?:\d*_?suppl\w*|meeting ?abstracts?|s\d+|conference|astracts|abstracts?)", re.IGNORECASE)
_PAGE = re.compile(r"([a-z]{0,6})[\s.:]*(\d{1,9})([a-z]?)(?:\.e\d+)?")
_MONTH = re.compile(r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b", re.IGNORECASE)
_DAMAGED = re.compile(
    r"\de\+\d|^(?:suppl|pt|t)\W|pagination|^[ivxlc]+\s*,|^\d+\s*pp?\.?$|unpaged|n\.?\s?pag|^p\.\s*no|#"
)
_ELIDED = re.compile(r"\b[ldLD]['’]")  # L'Encéphale
_NUMBER_AS_ISSUE = re.compile(r"e\d{3,}")
_RANGE = re.compile(r"\s*[-‐-―]+\s*")


@dataclass(frozen=True, slots=True)
class Pages:
    """``start`` and ``end`` as numbers, ``prefix`` the letters before or behind; ``article`` for an article number."""

    start: int
    end: int
    prefix: str = ""
    article: bool = False


@dataclass(frozen=True, slots=True)
class PrintedPlace:
    journal: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    issue: str = ""
    pages: Pages | None = None
    supplement: bool = False
    inner: tuple[str, ...] = ()  # every number of the issue: ``3 SUPPL. 1`` -> 3 and 1


def read_place(journal: str, volume: str, issue: str, pages: str) -> PrintedPlace:
    """The place of a paper; what cannot be read is left out."""
    numbers, inner = _volume(volume)
    supplement = bool(_SUPPLEMENT.search(issue) or _SUPPLEMENT.search(volume))
    found = _pages(pages)
    if found is None and not pages and (_NUMBER_AS_ISSUE.fullmatch(issue.strip()) or "no pagination" in volume):
        found, issue = _pages(issue), inner  # "8 (8) (no pagination)", "e70933": the article number in the wrong field
    if found is not None and found.prefix.startswith("s"):
        supplement = True
    shown = tuple(re.findall(r"\d+", f"{issue} {inner}")) if issue or inner else ()
    return PrintedPlace(_journal(journal), numbers, _issue(issue) or _issue(inner), found, supplement, shown)


@lru_cache(maxsize=50_000)
def _journal(text: str) -> tuple[str, ...]:
    plain = fold(_ELIDED.sub("", text))
    cut = _CUT.search(plain, 4)
    if cut:
        plain = plain[: cut.start()]
    return tuple(word for word in words(plain) if word not in SMALL)


@lru_cache(maxsize=50_000)
def _volume(text: str) -> tuple[tuple[str, ...], str]:
    """(volumes, issue that stands in the same field); ``1)`` is the rest of something and says nothing."""
    if not text or text.count("(") != text.count(")"):
        return (), ""
    outside = re.sub(r"\(.*\)", " ", text)
    runs = re.findall(r"\d+", re.sub(r"suppl\w*\.?\s*\d*|part\s*\d+\.", " ", outside, flags=re.IGNORECASE))
    inside = re.search(r"\(([^()]*)\)", text)
    combined = re.search(r"(\d+)\s*[-/–]\s*(\d+)\s*$", outside)  # 96-98
    numbers = combined.groups() if combined else tuple(runs[-1:])
    return tuple(number.lstrip("0") for number in numbers), (inside[1] if inside else "")


def _issue(text: str) -> str:
    if not text or _MONTH.search(text) or _SUPPLEMENT.search(text):
        return ""
    found = re.match(r"\s*(?:no\.?\s*)?(\d+)", text)
    return found[1].lstrip("0") if found else ""


@lru_cache(maxsize=200_000)
def _pages(text: str) -> Pages | None:
    plain = fold(text).strip().removeprefix("pp.").removeprefix("p.").strip()
    if not plain or _DAMAGED.search(plain) or _MONTH.search(plain):
        return None
    article = plain.startswith(("art", "no.", "cd", "article"))
    plain = re.sub(r"^(?:article|art\.?)\s*(?:number|no\.?)?\s*:?\s*|^no\.\s*", "", plain)
    first, *rest = _RANGE.split(plain, maxsplit=1)
    found = _PAGE.match(first)
    if not found:
        return None
    start = int(found[2])
    prefix = found[1] or found[3]
    end = start
    if rest and (last := _PAGE.match(rest[0])):
        end = _full_end(found[2], last[2])
    single = not rest
    locator = len(found[1]) == 1 and found[1] not in "sp"  # e123; a1754 of BMJ
    article = article or (single and (locator or prefix == "cd" or len(found[2]) >= 5))
    return Pages(start, end, prefix, article)


def _full_end(start: str, end: str) -> int:
    """The second number of ``311-20`` written out: 320. A number that runs backwards is dropped (``311-0``)."""
    if len(end) < len(start):
        end = start[: len(start) - len(end)] + end
    return int(end) if int(end) >= int(start) else int(start)


@lru_cache(maxsize=200_000)
def compare_journals(a: tuple[str, ...], b: tuple[str, ...]) -> int:
    """1 for one journal (abbreviations and acronyms allowed for), -1 for two, 0 when one name is part of the other."""
    if not a or not b:
        return 0
    if a == b or "".join(a) == "".join(b):
        return 1
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    if len(short) == 1 and len(short[0]) >= 2 and len(long) > 1 and "".join(word[0] for word in long) == short[0]:
        return 1
    matched, at = 0, 0
    for word in short:
        step = next((n for n in range(at, len(long)) if _abbreviates(word, long[n])), None)
        if step is None or (matched == 0 and step > 0):
            break
        matched, at = matched + 1, step + 1
    if matched == len(short):
        return 1 if len(long) - len(short) <= (len(short) >= 4) else 0
    return 0 if Levenshtein.normalized_similarity(" ".join(a), " ".join(b)) > 0.85 else -1


def _abbreviates(a: str, b: str) -> bool:
    """``natl`` for ``national``: the same first letter, and the letters in the same order."""
    if a == b:
        return True
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    if short[0] != long[0]:
        return False
    if long.startswith(short):
        return True
    letters = iter(long)
    return all(letter in letters for letter in short)


def compare_issues(a: PrintedPlace, b: PrintedPlace) -> int:
    """An article number in the place of the issue tells nothing."""
    if not a.issue or not b.issue:
        return 0
    if a.issue == b.issue:
        return 1
    starts = {str(place.pages.start) for place in (a, b) if place.pages is not None}
    return 0 if starts & {a.issue, b.issue} else -1


def compare_volumes(a: PrintedPlace, b: PrintedPlace) -> int:
    """Volumes in common, for combined ones too (96-98 and 96). An issue in the place of the volume tells nothing:
    exports of ``55 (SUPPL. 1)`` say volume 1."""
    if not a.volumes or not b.volumes:
        return 0
    if set(a.volumes) & set(b.volumes):
        return 1
    return 0 if set(a.volumes) & set(b.inner) or set(b.volumes) & set(a.inner) else -1


def compare_pages(a: Pages | None, b: Pages | None) -> int:
    """3 the same range; 2 the same first page; 1 may be the same (overlap, a misprint, 1-10 twice); 0 cannot be told;
    -1 other pages. A page 1 alone says little: papers ahead of print and in many online journals all begin there."""
    if a is None or b is None:
        return 0
    letters = a.prefix == b.prefix or not a.prefix or not b.prefix
    if a.start == b.start and letters:
        if a.start == 1 and not (a.prefix and b.prefix):
            return int(a.end == b.end > 1)
        return 3 if a.end == b.end > a.start else 2
    if a.article != b.article or any(page.start == 1 and not page.prefix for page in (a, b)):
        return 0
    if letters and max(a.start, b.start) <= min(a.end, b.end):
        return 1
    if a.end == b.end and a.end > a.start and b.end > b.start:
        return 1
    one, two = str(a.start), str(b.start)
    if letters and len(one) >= 3 and sorted(one) == sorted(two):
        return 1
    return -1
