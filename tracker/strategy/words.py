"""Words as PubMed compares them: no accents, no capitals, and every run of other signs is one space.

So ``self-harm`` and ``Self harm`` are the same two words, on the side of the strategy and on that of the record. A
Greek letter is its name, as NLM has it (``β-blocker`` and ``beta-blocker``), and letters that are no accented ones are
written as PubMed's users type them (``Łódź`` lodz, ``Bjørn`` bjorn, ``Cæsar`` caesar).

:func:`pattern` gives what a term looks for in a text so cut: a word, a stem, a phrase, words near each other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from tracker.strategy.tree import Term

# Small letters after casefold and NFKD that have no accent to take off.
_TYPED = {
    "ø": "o",
    "ł": "l",
    "æ": "ae",
    "œ": "oe",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "ħ": "h",
    "ı": "i",
    "ŧ": "t",
    "ŋ": "n",
}
GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρστυφχψω",
        (
            *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu"),
            *("nu", "xi", "omicron", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega"),
        ),
        strict=True,
    )
)
_UNITS = r"(?!(?:g|l|m|s|mol|gy|sv|v|a|w)(?![^\W_]))"  # after a mu these make a unit, no word
_LONE_GREEK = re.compile(rf"(?<![Ͱ-Ͽ])(?:μ{_UNITS}|[α-λν-ω])(?![Ͱ-Ͽ])")


class _Letters(dict[int, int | str | None]):
    """What becomes of each character after NFKD and casefold; filled as characters are met."""

    def __init__(self, keep: str) -> None:
        super().__init__()
        self.keep = keep

    def __missing__(self, code: int) -> int | str | None:
        sign = chr(code)
        made: int | str | None
        if sign in _TYPED:
            made = _TYPED[sign]
        elif sign.isalnum() or sign in self.keep:
            made = code
        else:
            made = None if unicodedata.category(sign).startswith("M") else " "
        self[code] = made
        return made


_PLAIN, _STARRED = _Letters(""), _Letters("*")


def words(text: str) -> list[str]:
    """The words of a text, a keyword or a name."""
    return _split(text, _PLAIN)


def starred(text: str) -> list[str]:
    """The same with each ``*`` kept where it stands: the words of a term of a strategy."""
    return _split(text, _STARRED)


def _split(text: str, table: _Letters) -> list[str]:
    if text.isascii():
        return text.lower().translate(table).split()
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(table)
    if _LONE_GREEK.search(folded):
        folded = _LONE_GREEK.sub(lambda match: GREEK.get(match[0], match[0]), folded)
    return folded.split()


@dataclass(frozen=True, slots=True)
class Pattern:
    """``found(text)`` tells whether a text (a space before and after each word) has it; ``word`` if it is just one.

    ``exact_phrase``: one word or words next to each other without ``*``; ``stem``: one word with ``*`` at its end.
    ``words`` are the words that every text with it has, stems with their ``*``.
    """

    words: tuple[str, ...]
    found: Callable[[str], bool]
    word: str = ""
    stem: bool = False
    exact_phrase: bool = False


@lru_cache(maxsize=20_000)
def pattern(term: Term) -> Pattern:
    """The pattern of a term that looks in a text (see ``SCOPES`` of match)."""
    said = tuple(starred(term.text))
    if term.near is not None:
        return Pattern(said, _near(said, term.near))
    if term.tag is None and not term.quoted and " " in term.text:
        return _all_of([pattern(_piece(part)) for part in term.text.split() if starred(part)])
    return _phrase(said)


def _piece(text: str) -> Term:
    return Term(text, quoted=True)


def _all_of(parts: list[Pattern]) -> Pattern:
    """Words without tag and quotation marks: each must be there, anywhere (how PubMed joins them)."""
    if len(parts) == 1:
        return parts[0]
    said = tuple(word for part in parts for word in part.words)
    return Pattern(said, lambda text: all(part.found(text) for part in parts))


def _phrase(said: tuple[str, ...]) -> Pattern:
    inner = any("*" in word[:-1] for word in said) or any("*" in word for word in said[:-1])
    if inner:
        expression = re.compile(" " + " ".join(_expression(word) for word in said) + " ")
        return Pattern(said, lambda text: expression.search(text) is not None)
    if said[-1].endswith("*"):
        begin = f" {' '.join(said)}"[:-1]
        return Pattern(said, lambda text: begin in text, stem=len(said) == 1)
    whole = f" {' '.join(said)} "
    return Pattern(said, lambda text: whole in text, word=said[0] if len(said) == 1 else "", exact_phrase=True)


def _expression(word: str) -> str:
    return "".join(r"[^ \n]*" if sign == "*" else re.escape(sign) for sign in word)


def _near(said: tuple[str, ...], distance: int) -> Callable[[str], bool]:
    """All words in any order, at most ``distance`` other words between the first and the last of them."""
    wanted = frozenset(said)
    window = len(said) + distance

    def found(text: str) -> bool:
        if not all(f" {word} " in text for word in wanted):
            return False
        return any(_within(unit.split(), wanted, window) for unit in text.split("\n"))

    return found


def _within(unit: list[str], wanted: frozenset[str], window: int) -> bool:
    """Whether the latest places of all wanted words ever lie within ``window`` words."""
    latest: dict[str, int] = {}
    for place, word in enumerate(unit):
        if word in wanted:
            latest[word] = place
            if len(latest) == len(wanted) and place - min(latest.values()) < window:
                return True
    return False
