"""The fence around SQL that anybody may send: one such request at a time, answers bounded in size.

Datasette limits the time of a query; this bounds what one request can cost in memory, and keeps a crowd of hostile
queries from the threads that everybody's pages need (design B5).
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from tracker.site.headers import App, Message, Receive, Send, refuse

LONGEST_VALUE = 1_000_000  # bytes of one value: SQLITE_LIMIT_LENGTH
LARGEST_ANSWER = 16_000_000  # bytes of all values of one query
WAIT = 2.0  # seconds a request waits for the one before
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
    db.set_authorizer(_authorize)
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
    if action == sqlite3.SQLITE_READ and first == "pragma_database_list" and second == "file":
        return sqlite3.SQLITE_IGNORE
    return sqlite3.SQLITE_OK
