"""What a reader typed into the search box, understood, and as an expression for SQLite's full-text search.

Words, "phrases", prefix*, -minus or NOT, OR, fields before (``title:``, ``author:``, ``abstract:``, ``keyword:``) or
PubMed's tags after (``[ti]``, ``[tiab]``, ``[au]``). Nothing is ever an error: what cannot be a word is a space.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LONGEST, MOST = 2000, 60  # characters read, words used: more is said to be left out, never silently

FIELDS = {
    "title": "title", "ti": "title",
    "author": "authors", "authors": "authors", "au": "authors",
    "abstract": "abstract", "ab": "abstract",
    "keyword": "keywords", "keywords": "keywords", "mesh": "keywords", "mh": "keywords",
}  # fmt: skip
TAGS = {
    "ti": "title", "title": "title", "tiab": "title abstract", "title/abstract": "title abstract", "ab": "abstract",
    "au": "authors", "author": "authors", "mh": "keywords", "mesh": "keywords", "mesh terms": "keywords",
    "ot": "keywords", "tw": "", "all": "", "all fields": "", "text word": "",
}  # fmt: skip

PIECE = re.compile(
    rf"""(?P<minus>-)?
    (?:(?P<field>[A-Za-z]+):(?=[\w"“]))?
    (?:["“”](?P<phrase>[^"“”]*)["“”]? | (?P<word>[^\s"“”()\[\]]+))
    (?P<star>\*)?
    (?:\s?\[(?P<tag>{"|".join(re.escape(tag) for tag in sorted(TAGS, reverse=True))})(?::[^\]\s]{{1,12}})?\])?""",
    re.VERBOSE | re.IGNORECASE,
)


LAST = re.compile(r"[^\W_]+(?:[^\W_]|[\u0300-\u036f])*$")


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


@dataclass(frozen=True, slots=True)
class BoxTerm:
    """One word or phrase; ``columns`` as in the index, '' for all.

    ``forms`` are words that begin as a prefix does, but not their stems (see ``queries.forms``); they are found too.
    """

    text: str
    prefix: bool = False
    columns: str = ""
    forms: tuple[str, ...] = ()

    @property
    def fts(self) -> str:
        start = self.text[: len(self.text) - len(self.last)]
        said = [_quoted(self.text) + (" *" if self.prefix else ""), *(_quoted(start + form) for form in self.forms)]
        found = said[0] if len(said) == 1 else f"({' OR '.join(said)})"
        return f"{{{self.columns}}} : {found}" if self.columns else found

    @property
    def last(self) -> str:
        """The last word, as the index divides words: at every sign."""
        return next(reversed(LAST.findall(self.text)), "")

    @property
    def word(self) -> str:
        """As a reader would type it, without its field."""
        return (f'"{self.text}"' if " " in self.text else self.text) + ("*" if self.prefix else "")

    @property
    def shown(self) -> str:
        """As said back to the reader."""
        where = self.columns.replace(" ", " or ")
        return f"{self.word} in {where}" if where else self.word


@dataclass(frozen=True, slots=True)
class Question:
    """All groups must be found, in each group one term; none of ``without``."""

    groups: tuple[tuple[BoxTerm, ...], ...] = ()
    without: tuple[BoxTerm, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def fts(self) -> str:
        """The expression for what must be found, '' when nothing must."""
        parts = [" OR ".join(term.fts for term in group) for group in self.groups]
        wanted = " AND ".join(f"({part})" for part in parts)
        return f"({wanted}) NOT ({self.fts_without})" if wanted and self.without else wanted

    @property
    def fts_without(self) -> str:
        return " OR ".join(term.fts for term in self.without)

    @property
    def terms(self) -> tuple[BoxTerm, ...]:
        """Every term that may be found, once."""
        return tuple(dict.fromkeys(term for group in self.groups for term in group))

    @property
    def shown(self) -> str:
        """How the box was understood, in words."""
        groups = [" OR ".join(term.shown for term in group) for group in self.groups]
        parts = [f"({text})" if len(group) > 1 and len(groups) > 1 else text
                 for text, group in zip(groups, self.groups, strict=True)]  # fmt: skip
        return " AND ".join(parts) + "".join(f" NOT {term.shown}" for term in self.without)


def read(text: str) -> Question:
    """Understand ``text``; whatever it is, a question that SQLite can be asked comes out."""
    notes = []
    if len(text) > LONGEST:
        notes.append(f"Only the first {LONGEST:,} characters were used.")
    groups: list[list[BoxTerm]] = []
    without: list[BoxTerm] = []
    either = negative = False
    for piece in PIECE.finditer(_plain(text[:LONGEST])):
        operator = piece["word"] if not (piece["field"] or piece["minus"] or piece["star"] or piece["tag"]) else ""
        if operator in ("OR", "|"):
            either = bool(groups)
        elif operator == "NOT":
            negative = True
        elif operator not in ("AND", "&") and (term := _term(piece)):
            if len(without) + sum(map(len, groups)) == MOST:
                notes.append(f"Only the first {MOST} words were used.")
                break
            if piece["minus"] or negative:
                without.append(term)
            elif either:
                groups[-1].append(term)
            else:
                groups.append([term])
            either = negative = False
    return Question(tuple(map(tuple, groups)), tuple(without), tuple(notes))


def _term(piece: re.Match[str]) -> BoxTerm | None:
    """The term of one piece, None when it has no letter and no digit that the index knows."""
    text, field = piece["phrase"] or piece["word"] or "", piece["field"] or ""
    prefix = bool(piece["star"]) or text.endswith("*")
    columns = FIELDS.get(field.lower(), "")
    if field and not columns:
        text = f"{field} {text}"
    columns = TAGS.get((piece["tag"] or "").lower().strip(), "") or columns
    said = " ".join("".join(char if _counts(char) else " " for char in text).split())
    return BoxTerm(said, prefix, columns) if any(map(_is_word, said)) else None


def _plain(text: str) -> str:
    return "".join(" " if unicodedata.category(char) in ("Cc", "Cs", "Cn") else char for char in text)


def _is_word(char: str) -> bool:
    return unicodedata.category(char)[0] in "LN" or unicodedata.category(char) == "Co"


def _counts(char: str) -> bool:
    """Kept in a term: letters, digits, and marks and hyphens between them; all else separates words."""
    return _is_word(char) or unicodedata.category(char)[0] == "M" or char in "-'’."
