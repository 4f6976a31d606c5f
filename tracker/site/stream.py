"""Files that are written while they are sent: in constant memory, from one snapshot, however slowly they are taken.

Each download has a thread and a connection of its own, so that it holds up no page; there are few at a time, and others
wait a moment and are then asked to come back. The thread writes into a short queue and waits while that is full. When
the reader goes away, takes nothing for a while or takes too long, the thread ends and its connection is closed.

If anything fails after the first byte, the last piece is never sent, so that no reader takes the file for complete.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any, BinaryIO, cast

from tracker.errors import StoreError
from tracker.formats.row import Written
from tracker.site.headers import HEAD, Message, Receive, Send, refuse
from tracker.site.queries.reader import PublicReader

PIECE = 65_536  # bytes sent at once
AHEAD = 8  # pieces written before the reader has taken them


@dataclass(frozen=True, slots=True)
class Limits:
    """How many files may be written at a time, and how long, in seconds, is waited for what."""

    files: int = 4
    turn: float = 2.0  # for one of the others to end
    stalled: float = 30.0  # for a reader to take a piece
    whole: float = 3600.0  # for a reader to take all; as long the database's log may have to keep the old content


@dataclass(frozen=True, slots=True)
class File:
    """A file to be sent; ``write`` writes it and says what it wrote, which must be ``records`` records."""

    headers: Mapping[str, str]
    records: int
    write: Callable[[BinaryIO], Written]


@dataclass
class Downloads:
    """What all downloads of a site share."""

    reader: PublicReader
    limits: Limits = field(default_factory=Limits)
    # Python runs one thread at a time anyway: only one of them writes, so that pages have one rival and not four.
    turn: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.free = asyncio.Semaphore(self.limits.files)

    def answer(self, request: Any, prepare: Callable[[sqlite3.Connection], File | Any]) -> Download:
        """The answer to Datasette's ``request``: what ``prepare`` makes of a snapshot, a file or another answer."""
        return Download(self, request.receive, bool(request.scope.get(HEAD)), prepare)


class GoneError(Exception):
    """Nobody takes the file any more."""


class Pipe:
    """From the thread that writes to the event loop that sends: a binary file to the one, a queue to the other."""

    def __init__(self, loop: asyncio.AbstractEventLoop, turn: Lock) -> None:
        self.ended = Event()
        self._loop, self._turn = loop, turn
        self._queue: asyncio.Queue[Any] = asyncio.Queue(AHEAD)
        self._buffer = bytearray()

    def write(self, data: bytes) -> int:
        self._buffer += data
        if len(self._buffer) >= PIECE:
            self.flush()
        return len(data)

    def flush(self) -> None:
        if self._buffer:
            piece, self._buffer = bytes(self._buffer), bytearray()
            self.put(piece)

    def put(self, item: Any) -> None:
        """Wait until there is room; others may write meanwhile. Raises :class:`GoneError` if nobody wants it."""
        self._turn.release()
        try:
            if not self.ended.is_set():
                asyncio.run_coroutine_threadsafe(self._queue.put(item), self._loop).result()
        finally:
            self._turn.acquire()
        if self.ended.is_set():
            raise GoneError

    async def get(self) -> Any:
        """What the thread has put; None at the end."""
        return await self._queue.get()

    def end(self) -> None:
        """Called in the event loop: let go of the thread, and of whoever waits for it."""
        self.ended.set()
        while not self._queue.empty():
            self._queue.get_nowait()
        self._queue.put_nowait(None)


@dataclass(frozen=True, slots=True)
class Download:
    """An answer as Datasette takes it: it asks nothing of one but to send itself."""

    downloads: Downloads
    receive: Receive
    head: bool
    prepare: Callable[[sqlite3.Connection], File | Any]

    async def asgi_send(self, send: Send) -> None:
        limits, free = self.downloads.limits, self.downloads.free
        try:
            await asyncio.wait_for(free.acquire(), limits.turn)
        except TimeoutError:
            said = b"As many files are being downloaded as can be. Please try again."
            await refuse(send, 503, said, ((b"retry-after", b"10"),))
            return
        try:
            await self._run(send)
        finally:
            free.release()

    async def _run(self, send: Send) -> None:
        """Raises what went wrong in the thread; an answer to one who takes it too slowly is left incomplete."""
        pipe = Pipe(asyncio.get_running_loop(), self.downloads.turn)
        writing = asyncio.create_task(asyncio.to_thread(self._write, pipe))
        watching = asyncio.create_task(_watch(self.receive, pipe))
        try:
            async with asyncio.timeout(self.downloads.limits.whole):
                await self._send(pipe, writing, send)
        except TimeoutError:
            return
        finally:
            watching.cancel()
            pipe.end()
            await asyncio.wait([writing])

    def _write(self, pipe: Pipe) -> None:
        """In a thread of its own: prepare the answer and, if it is a file, write it."""
        with self.downloads.turn, suppress(GoneError):
            try:
                self._fill(pipe)
            finally:
                pipe.put(None)

    def _fill(self, pipe: Pipe) -> None:
        with self.downloads.reader.snapshot() as db:
            answer = self.prepare(db)
            pipe.put(answer)
            if isinstance(answer, File) and not self.head:
                written = answer.write(cast(BinaryIO, pipe))
                if written.records != answer.records:
                    raise StoreError(f"a download of {answer.records} works has {written.records} rows")
                pipe.flush()

    async def _send(self, pipe: Pipe, writing: asyncio.Task[None], send: Send) -> None:
        answer = await pipe.get()
        if isinstance(answer, File):
            headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in answer.headers.items()]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send(_piece(b""))  # the headers at once; and nobody on the way takes it for an answer in one piece
            while (piece := await pipe.get()) is not None:
                async with asyncio.timeout(self.downloads.limits.stalled):
                    await send(_piece(piece))
        if not pipe.ended.is_set():
            await writing  # raises what went wrong: then the answer has no end
            if isinstance(answer, File):
                await send({"type": "http.response.body", "body": b""})
            else:
                await answer.asgi_send(send)


def _piece(body: bytes) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": True}


async def _watch(receive: Receive, pipe: Pipe) -> None:
    """Notice that the reader has gone away."""
    while (await receive())["type"] != "http.disconnect":
        await asyncio.sleep(0.05)
    pipe.end()
