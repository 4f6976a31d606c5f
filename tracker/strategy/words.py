"""Words as PubMed compares them: no accents, no capitals, and every run of other signs is one space.

So ``self-harm`` and ``Self harm`` are the same two words, on the side of the strategy and on that of the record.
"""

from __future__ import annotations

import unicodedata


class _Letters(dict[int, int | str | None]):
    """What becomes of each character after NFKD and casefold; filled as characters are met."""

    def __init__(self, keep: str) -> None:
        super().__init__()
        self.keep = keep

    def __missing__(self, code: int) -> int | str | None:
        sign = chr(code)
        if sign.isalnum() or sign in self.keep:
            made: int | str | None = code
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
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(table).split()
