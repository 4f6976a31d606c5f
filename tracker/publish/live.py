"""From a finished file into the live one, under its readers' eyes: they see the old content, then the new.

A server keeps reading the file it has opened, so a new file put in its place would never be noticed.
SQLite's online backup writes all pages in one transaction of the live file's write-ahead log instead.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tracker.errors import StoreError

BUILDING = ".building-"


def beside(live: Path) -> Path:
    """Where the new content of ``live`` is built; nobody reads it there."""
    return live.with_name(BUILDING + live.name)


def sweep(folder: Path) -> None:
    """Remove what a publication left behind that did not come to its end."""
    for path in folder.glob(f"{BUILDING}*"):
        path.unlink()


def sound(live: Path) -> bool:
    """Whether SQLite can read the file and finds nothing wrong with it."""
    try:
        with closing(sqlite3.connect(f"{live.resolve().as_uri()}?mode=ro", uri=True)) as db:
            return bool(db.execute("pragma quick_check(1)").fetchone()[0] == "ok")
    except sqlite3.DatabaseError:
        return False


def remove(live: Path) -> None:
    """Take away a damaged file with its log, so that a new one can be written in its place.

    Raises :class:`StoreError` where it cannot be removed.
    """
    try:
        for path in (live, live.with_name(f"{live.name}-wal"), live.with_name(f"{live.name}-shm")):
            path.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"cannot remove the damaged {live}: {error}") from error


def copy(built: Path, live: Path) -> None:
    """Make ``live`` hold what ``built`` holds, in one step; raises :class:`StoreError` if it cannot be written."""
    try:
        with closing(sqlite3.connect(built)) as source, closing(sqlite3.connect(live, timeout=30)) as target:
            target.execute("pragma journal_mode = wal")
            source.backup(target)
            # Readers may keep the log from being emptied now; the next publication empties it then.
            target.execute("pragma busy_timeout = 2000")
            target.execute("pragma wal_checkpoint(truncate)")
    except sqlite3.DatabaseError as error:
        raise StoreError(f"cannot write {live}: {error}") from error
