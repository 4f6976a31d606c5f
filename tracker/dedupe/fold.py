"""Folding text so that two spellings of one thing become equal: the only place where letters are changed.

Nothing folded is ever shown; it is compared and thrown away.
"""

from __future__ import annotations

import html
import re
import unicodedata

from tracker.dedupe.lexicon import GREEK

_TAG = re.compile(r"</?[A-Za-z][^<>]{0,60}>")
_WORD = re.compile(r"[^\W_]+")


# Letters that NFKD does not take apart, and Greek, which sources write as a letter or as a word (TNF-α, TNF-alpha).
_LETTERS: dict[int, str] = {
    **{ord(a): b for a, b in zip("αβγδεζηθικλμνξοπρστυφχψω", GREEK, strict=True)},
    **{ord(a): b for a, b in {"ς": "sigma", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}.items()},
    **{ord(a): b for a, b in {"æ": "ae", "œ": "oe", "ħ": "h", "ŀ": "l", "’": "'", "`": "'"}.items()},
}


def fold(text: str) -> str:
    """``text`` in small letters, without marks, markup, entities and apostrophes: ``Łęcka's β`` -> ``leckas beta``."""
    if text.isascii() and "<" not in text and "&" not in text:
        return text.lower().replace("'", "").replace("`", "")
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub("", text)
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    return text.translate(_LETTERS).replace("'", "")


def words(folded: str) -> tuple[str, ...]:
    """The runs of letters and digits of a folded text, in order."""
    return tuple(_WORD.findall(folded))


def squeeze(folded: str) -> str:
    """The same without anything between: ``covid-19`` and ``covid 19`` are one."""
    return "".join(_WORD.findall(folded))
