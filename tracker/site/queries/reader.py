"""Connections that can only read, each used by one thread, so that no page waits for another."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from tracker.errors import UsageError

T = TypeVar("T")
CACHE = 8000  # kB of pages for each connection
THREADS = 4  # Python runs one at a time; more would only share the same processor


class PublicReader:
    """Runs reading functions ``f(db, ...)`` in threads of its own; ``db`` is public.db with search.db attached."""

    def __init__(self, folder: Path) -> None:
        self.public, self.search = folder / "public.db", folder / "search.db"
        for path in (self.public, self.search):
            if not path.exists():
                raise UsageError(f"nothing has been published yet ({path} is not there): run 'tracker publish' first")
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="reader")
        self._own = threading.local()
        self._open: list[sqlite3.Connection] = []

    async def run(self, function: Callable[..., T], *args: Any) -> T:
        """The answer of ``function(db, *args)``, one snapshot of the database; the event loop goes on meanwhile."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.ask, function, *args)

    def ask(self, function: Callable[..., T], *args: Any) -> T:
        """The same in the calling thread."""
        db = self._connection()
        db.execute("begin")
        try:
            return function(db, *args)
        finally:
            db.execute("rollback")

    def look(self, function: Callable[..., T]) -> T:
        """The same for a single statement, which is one snapshot by itself; it must be read to its end."""
        return function(self._connection())

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """A connection of its own and one snapshot, for what takes so long that it would hold up pages."""
        db = self._connect()
        try:
            db.execute("begin")
            yield db
        finally:
            db.close()

    def _connection(self) -> sqlite3.Connection:
        db: sqlite3.Connection | None = getattr(self._own, "db", None)
        if db is None:
            db = self._own.db = self._connect()
            self._open.append(db)
        return db

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(
            _read_only(self.public), uri=True, isolation_level=None, timeout=10, check_same_thread=False
        )
        db.row_factory = sqlite3.Row
        db.execute("attach ? as search", (_read_only(self.search),))
        db.execute("pragma query_only = on")
        db.execute("pragma temp_store = memory")
        db.execute(f"pragma cache_size = -{CACHE}")
        return db

    def close(self) -> None:
        """Wait for what is being read and close all connections."""
        self._threads.shutdown()
        for db in self._open:
            db.close()


def _read_only(path: Path) -> str:
    return f"{path.resolve().as_uri()}?mode=ro"
