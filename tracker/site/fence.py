"""The fence around what Datasette answers: few at a time, and of SQL that anybody may send one (design B5).

Datasette limits the time of a query, ``limits`` what it can cost in memory, ``rehearsal`` how long its planning takes;
this keeps a crowd of hostile queries from everybody's pages.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from tracker.site.headers import App, Message, Receive, Send, refusal, refuse

WAIT = 2.0  # seconds a request waits for the ones before
TABLES = 2  # pages of tables made at a time
MOST_PARAMETERS = 500
MOST_UNTAKEN = 64_000_000  # bytes of answers that nobody has taken yet; from there on nothing is asked
TAKING = 30.0  # seconds for an answer to be taken, piece by piece
PIECE = 65_536  # bytes
BUSY = b"Others are being answered. Please try again."
TOO_MANY = b"There are too many parameters in this address."
NO_WHERE = b"Conditions in SQL (_where) are not taken here. A whole query is: /public?sql=select ..."
INTRICATE = b"To plan this query takes too long: it is too intricate."
NO_CSV = b"This query cannot be answered. Without .csv in the address it is said why."
Planned = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address of Datasette's asks for: SQL of its sender's own, or else a page of tables."""

    sql: tuple[str, ...] = ()
    refused: bytes = b""  # why it is not answered


def asked(scope: MutableMapping[str, Any]) -> Asked | None:
    """What Datasette is asked, None where it is not: /public?sql=, /public/-/query?sql=, /public/works?_where="""
    if scope["type"] != "http" or "/public" not in scope["path"]:
        return None
    query = scope.get("query_string", b"").decode("latin-1")  # as Datasette reads it
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_PARAMETERS)
    except ValueError:
        return Asked(refused=TOO_MANY)
    sql = tuple(value for name, value in pairs if name == "sql")
    return Asked(sql, NO_WHERE if any(name == "_where" for name, _ in pairs) else b"")


def fenced(app: App, planned: Planned, wait: float = WAIT, taking: float = TAKING) -> App:
    """The application with one SQL request at a time; others wait ``wait`` seconds, then get 503.

    ``planned`` says, in a thread, whether a query can be planned in time. An answer that is not taken within ``taking``
    seconds is left incomplete.
    """
    fence = Fence(wait, taking)

    async def answer(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        question = asked(scope)
        if question is None:
            await app(scope, receive, send)
            return
        if question.refused:
            await refuse(send, 400, question.refused)
            return
        async with fence.turn(bool(question.sql)) as mine:
            messages = await _answered(app, scope, receive, planned, question.sql) if mine else _refusal(503, BUSY)
        # Sent after the turn has ended: a reader who takes the answer slowly holds up nobody.
        await fence.send(messages, send)

    return answer


class Fence:
    """Whose turn it is, and how much is waiting to be taken."""

    def __init__(self, wait: float, taking: float) -> None:
        self._wait, self._taking = wait, taking
        self._places = {True: asyncio.Semaphore(1), False: asyncio.Semaphore(TABLES)}
        self._untaken = 0

    @asynccontextmanager
    async def turn(self, sql: bool) -> AsyncIterator[bool]:
        """Whether a place came free in time, and until it is given back."""
        place = self._places[sql]
        try:
            await asyncio.wait_for(place.acquire(), self._wait)
        except TimeoutError:
            yield False
            return
        try:
            yield self._untaken < MOST_UNTAKEN
        finally:
            place.release()

    async def send(self, messages: list[Message], send: Send) -> None:
        """In pieces, so that the server waits for the reader and not with all of it in its own memory."""
        size = sum(len(message.get("body", b"")) for message in messages)
        self._untaken += size
        try:
            async with asyncio.timeout(self._taking):
                for message in messages:
                    for piece in _pieces(message):
                        await send(piece)
        except TimeoutError:
            return  # the server closes the connection of an answer without an end
        finally:
            self._untaken -= size


async def _answered(
    app: App, scope: MutableMapping[str, Any], receive: Receive, planned: Planned, statements: tuple[str, ...]
) -> list[Message]:
    """The application's whole answer, if every statement can be planned."""
    for sql in statements:
        if not await asyncio.to_thread(planned, sql):
            return _refusal(400, INTRICATE)
    messages: list[Message] = []

    async def keep(message: Message) -> None:
        messages.append(message)
        await asyncio.sleep(0)  # others' turn, between the lines of a long file

    await app(scope, receive, keep)
    whole = messages[0]["status"] == 200 and statements and scope["path"].endswith(".csv")
    empty = not b"".join(message.get("body", b"") for message in messages).strip()
    # Datasette makes of an error in SQL a file without even a heading, and says 200.
    return _refusal(400, NO_CSV) if whole and empty else messages


def _refusal(status: int, text: bytes) -> list[Message]:
    return refusal(status, text, ((b"retry-after", b"2"),) if status == 503 else ())


def _pieces(message: Message) -> Iterator[Message]:
    body = message.get("body", b"")
    if len(body) <= PIECE:
        yield message
        return
    for start in range(0, len(body), PIECE):
        more = message.get("more_body", False) or start + PIECE < len(body)
        yield {"type": message["type"], "body": body[start : start + PIECE], "more_body": more}
