"""Bounds for what one query of a stranger's SQL can cost, set on Datasette's connections (design B5).

SQLite looks at the clock between steps of its machine only, so a single call of a function is not stopped: measured
with the limit of 500 ms, printf with a precision of 10^9 took 40 s, instr and replace on long texts 30 s. Functions
that can take long are therefore refused, or replaced by ours, whose time grows with the length of the text only.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

LONGEST_VALUE = 1_000_000  # bytes of one value: SQLITE_LIMIT_LENGTH
LARGEST_ANSWER = 8_000_000  # characters and bytes of all values of one query: memory, and time to write them out
MOST_CELLS = 60_000  # values of one query; a thousand rows of our widest table are 35,000
MOST_COLUMNS = 200  # SQLITE_LIMIT_COLUMN; SQLite's own 2,000 made a page of 112 MB that took 21 s to write
LONGEST_PATTERN = 500  # characters of a pattern for LIKE and GLOB: SQLITE_LIMIT_LIKE_PATTERN_LENGTH
MOST_TRIMMED = 100  # different characters that trim may take away
REFUSED = frozenset({"printf", "format", "randomblob", "json_patch", "jsonb_patch"})
TOO_LONG = " " * (LONGEST_VALUE + 1)  # as an answer of a function it ends the query: "string or blob too big"


def limit(db: sqlite3.Connection) -> None:
    """Set the bounds on a connection to the public database."""
    db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
    db.setlimit(sqlite3.SQLITE_LIMIT_COLUMN, MOST_COLUMNS)
    db.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, LONGEST_PATTERN)
    db.set_authorizer(_authorize)
    db.create_function("instr", 2, _instr, deterministic=True)
    db.create_function("replace", 3, _replace, deterministic=True)
    for name, strip in (("trim", str.strip), ("ltrim", str.lstrip), ("rtrim", str.rstrip)):
        db.create_function(name, 2, _trimming(strip), deterministic=True)
    db.row_factory = _Rows()


class _Rows:
    """Makes rows as Datasette wants them and stops a query whose answer grows too large."""

    def __init__(self) -> None:
        self._cursor: sqlite3.Cursor | None = None
        self._size = self._cells = 0

    def __call__(self, cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> sqlite3.Row:
        if cursor is not self._cursor:
            self._cursor, self._size, self._cells = cursor, 0, 0
        self._cells += len(row)
        self._size += sum(len(value) if isinstance(value, str | bytes) else 8 for value in row)
        if self._cells > MOST_CELLS or self._size > LARGEST_ANSWER:
            raise sqlite3.OperationalError(
                f"the answer is larger than {LARGEST_ANSWER // 1_000_000} MB or {MOST_CELLS:,} values: "
                "ask for fewer rows or columns"
            )
        return sqlite3.Row(cursor, row)


def _authorize(action: int, first: str | None, second: str | None, database: str | None, trigger: str | None) -> int:
    """Where the database lies on this machine is nobody's business: the path reads as NULL."""
    if action == sqlite3.SQLITE_FUNCTION and str(second).lower() in REFUSED:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_READ and first == "pragma_database_list" and second == "file":
        return sqlite3.SQLITE_IGNORE
    return sqlite3.SQLITE_OK


def _text(value: str | bytes | float) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _instr(value: Any, part: Any) -> int | None:
    """SQL's instr: the place of the first ``part``, from 1; 0 where there is none; in bytes when both are blobs."""
    if value is None or part is None:
        return None
    if isinstance(value, bytes) and isinstance(part, bytes):
        return value.find(part) + 1
    return _text(value).find(_text(part)) + 1


def _replace(value: Any, old: Any, new: Any) -> str | None:
    """SQL's replace; an answer that would be too long is refused before it is made."""
    if value is None or old is None or new is None:
        return None
    text, gone, come = _text(value), _text(old), _text(new)
    if not gone:
        return text
    if len(text) + text.count(gone) * (len(come) - len(gone)) > LONGEST_VALUE:
        return TOO_LONG
    return text.replace(gone, come)


def _trimming(strip: Callable[[str, str], str]) -> Callable[[Any, Any], str | None]:
    """SQL's trim, ltrim, rtrim with the characters to take away named."""

    def trim(value: Any, signs: Any) -> str | None:
        if value is None or signs is None:
            return None
        wanted = "".join(set(_text(signs)))
        if len(wanted) > MOST_TRIMMED:
            return TOO_LONG
        return strip(_text(value), wanted)

    return trim
