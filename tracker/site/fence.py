"""The fence around SQL that anybody may send: one such request at a time, answers bounded in size.

Datasette limits the time of a query; this bounds what one request can cost in memory, and keeps a crowd of hostile
queries from the threads that everybody's pages need (design B5).

SQLite looks at the clock between steps of its machine only, so a single call of a function is not stopped: measured
with the limit of 500 ms, printf with a precision of 10^9 took 40 s, instr and replace on long texts 30 s. Functions
that can take long are therefore refused, or replaced by ours, whose time grows with the length of the text only.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from tracker.site.headers import App, Message, Receive, Send, refuse

LONGEST_VALUE = 1_000_000  # bytes of one value: SQLITE_LIMIT_LENGTH
LARGEST_ANSWER = 16_000_000  # bytes of all values of one query
WAIT = 2.0  # seconds a request waits for the one before
LONGEST_PATTERN = 500  # characters of a pattern for LIKE and GLOB: SQLITE_LIMIT_LIKE_PATTERN_LENGTH
MOST_TRIMMED = 100  # different characters that trim may take away
REFUSED = frozenset({"printf", "format", "randomblob", "json_patch", "jsonb_patch"})
TOO_LONG = " " * (LONGEST_VALUE + 1)  # as an answer of a function it ends the query: "string or blob too big"
SQL_PARAMETERS = frozenset({"sql", "_where"})


def is_sql(scope: MutableMapping[str, Any]) -> bool:
    """Whether a request carries SQL of its sender's own: /public?sql=, /public/-/query?sql=, /public/works?_where="""
    if scope["type"] != "http" or not scope["path"].startswith("/public"):
        return False
    try:
        pairs = parse_qsl(scope.get("query_string", b""), keep_blank_values=True, max_num_fields=1000)
    except ValueError:
        return True  # absurdly many parameters: behind the fence with it
    return any(name.decode("latin-1") in SQL_PARAMETERS for name, _ in pairs)


def fenced(app: App, wait: float = WAIT) -> App:
    """The application with one SQL request at a time; others wait ``wait`` seconds, then get 503."""
    turn = asyncio.Lock()

    async def answer(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if not is_sql(scope):
            await app(scope, receive, send)
            return
        try:
            await asyncio.wait_for(turn.acquire(), wait)
        except TimeoutError:
            await refuse(
                send, 503, b"Somebody else's SQL is being answered. Please try again.", ((b"retry-after", b"2"),)
            )
            return
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        try:
            await app(scope, receive, keep)
        finally:
            turn.release()
        # Sent after the turn has ended: a reader who takes the answer slowly holds up nobody.
        for message in messages:
            await send(message)

    return answer


def limit(db: sqlite3.Connection) -> None:
    """Bounds for one of Datasette's connections to the public database."""
    db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
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
        self._size = 0

    def __call__(self, cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> sqlite3.Row:
        if cursor is not self._cursor:
            self._cursor, self._size = cursor, 0
        self._size += sum(len(value) if isinstance(value, str | bytes) else 8 for value in row)
        if self._size > LARGEST_ANSWER:
            raise sqlite3.OperationalError(
                f"the answer is larger than {LARGEST_ANSWER // 1_000_000} MB: ask for fewer rows or columns"
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
