"""The store: one private SQLite database, one writer at a time, one transaction a page.

Each noun has its module (``records``, ``runs``, ``matches``, ``works``, ``lists``, ``events``); they take the open
connection and write explicit columns. Everything that changes the database does so inside :meth:`Store.write`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from tracker.errors import StoreError
from tracker.store.migrations import migrate

OLDEST_SQLITE = (3, 37, 0)  # STRICT tables


def check_sqlite() -> None:
    """Raise :class:`StoreError` unless this Python's SQLite has STRICT tables (3.37) and FTS5."""
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise StoreError(
            f"this Python's SQLite is {sqlite3.sqlite_version}, the tracker needs 3.37 or newer: "
            "install a newer Python (python.org, Homebrew, deadsnakes)"
        )
    db = sqlite3.connect(":memory:")
    try:
        if not db.execute("select sqlite_compileoption_used('ENABLE_FTS5')").fetchone()[0]:
            raise StoreError("this Python's SQLite was built without FTS5 (full-text search): install another Python")
    finally:
        db.close()


def require(path: Path) -> None:
    """Raise :class:`StoreError` unless there is a database at ``path``."""
    if not path.exists():
        raise StoreError(f"there is no database yet at {path}: run 'tracker update' first")


def read_only(error: sqlite3.Error) -> bool:
    """Whether SQLite may not write where the database lies; it has to even to read: its log stands beside it."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_READONLY


def not_ours(path: Path) -> StoreError:
    """What to tell somebody who may read the database, or its lock, at ``path`` but not write beside it."""
    return StoreError(
        f"cannot write in {path.parent}, which using its database takes: run the tracker as the owner of that folder"
    )


class Store:
    """The open private database; ``db`` is in autocommit mode outside :meth:`write`.

    With ``create`` it is made where there is none and brought up to date where an older program has written it;
    ``copied`` is then the copy that was made before. Raises :class:`StoreError` when the file is no database, is
    damaged, or is of a version that cannot be read.
    """

    def __init__(self, path: Path, *, create: bool = True) -> None:
        self.path, self._create = path, create
        if not create:
            require(path)
        try:
            if create:
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.db = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False)
        except (OSError, sqlite3.OperationalError) as error:
            raise StoreError(f"cannot open the database {path}: {error}") from error
        try:
            self._prepare()
        except sqlite3.DatabaseError as error:
            self.db.close()
            unusable = StoreError(f"the database {path} cannot be used: {error}")
            raise (not_ours(path) if read_only(error) else unusable) from error
        except StoreError:
            self.db.close()
            raise

    def _prepare(self) -> None:
        self.db.row_factory = sqlite3.Row
        self.db.execute("pragma foreign_keys = on")
        self.db.execute("pragma journal_mode = wal")
        self.db.execute("pragma synchronous = full")
        self.copied = migrate(self.db, self.path, change=self._create)

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction, begun IMMEDIATE so that it never fails half-way for want of the lock."""
        self.db.execute("begin immediate")
        try:
            yield self.db
        except BaseException:
            if self.db.in_transaction:  # when the disk is full, SQLite has rolled back already
                self.db.execute("rollback")
            raise
        self.db.execute("commit")

    def check(self) -> None:
        """Raise :class:`StoreError` if SQLite finds the file damaged: writing on would make it worse."""
        try:
            said = self.db.execute("pragma quick_check(1)").fetchone()[0]
        except sqlite3.DatabaseError as error:
            said = str(error)
        if said != "ok":
            raise StoreError(
                f"the database {self.path} is damaged ({' '.join(said.split())}): nothing was changed; "
                "'tracker restore FILE' brings back a backup"
            )

    def close(self) -> None:
        self.db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
