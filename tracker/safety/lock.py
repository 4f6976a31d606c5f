"""One writer at a time: a lock of the operating system, which ends with the process that holds it, however it ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from tracker.errors import Busy, StoreError
from tracker.home import Context
from tracker.safety import folders
from tracker.store import Store, check_sqlite, not_ours, require

RESTORING = "restoring.db"  # a restore that did not come to its end left this in db/


@contextmanager
def holding(context: Context) -> Iterator[None]:
    """While nobody else writes into this home's db/; raises :class:`Busy` naming the process that does.

    Raises :class:`StoreError` where the folder is no place for a database (:mod:`tracker.safety.folders`).
    """
    path = context.home.lock_file
    folders.check(path.parent)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    note = path.with_suffix(".txt")
    lock = FileLock(path, timeout=0)
    try:
        lock.acquire()
    except PermissionError as error:
        raise not_ours(path) from error
    except Timeout:
        raise Busy(f"another tracker is writing to {path.parent} ({_holder(note)}): wait until it has ended") from None
    try:
        note.write_text(f"process {os.getpid()}, started {context.now()}\n", encoding="utf-8")
        yield
    finally:
        lock.release()


def _holder(note: Path) -> str:
    try:
        return note.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return "just started"


@contextmanager
def writing(context: Context, *, create: bool = False, sound: bool = False) -> Iterator[Store]:
    """The open store, while no other process of this home writes.

    Raises :class:`Busy` as :func:`holding` does, and :class:`StoreError`, unless ``create``, when there is no database
    yet; when a restore broke off: then an empty database must not take the place of the real one; and, with ``sound``,
    when SQLite finds the database damaged: the whole file is read for that.
    """
    check_sqlite()
    if not create:
        require(context.home.database)
    with holding(context):
        if not context.home.database.exists() and (context.home.database.parent / RESTORING).exists():
            raise StoreError("the last 'tracker restore' did not come to its end: run it again")
        _check_not_lost(context)
        with Store(context.home.database) as store:
            if store.copied:
                context.say(f"the database was brought up to date; what it was before: {store.copied}")
            if sound:
                store.check()
            yield store


def _check_not_lost(context: Context) -> None:
    """Raise :class:`StoreError` when the database is gone, or emptied, but its public copy is not.

    A new database would start again at the first number: work ids that are out in the world would name other papers.
    """
    database, copy = context.home.database, context.home.public / "public.db"
    if (not database.exists() or not database.stat().st_size) and copy.exists() and copy.stat().st_size:
        raise StoreError(
            f"{database} is missing or empty, but a public copy made from it is there: 'tracker restore FILE' brings "
            f"back a backup; to begin again with new numbers, move {copy.parent} away first"
        )
