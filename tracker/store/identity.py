"""The prefix of work ids and the authority of feed ids: decided once, kept in the database, never changed by a file."""

from __future__ import annotations

import re
import sqlite3

from tracker.errors import UsageError

PREFIX, AUTHORITY = "prefix", "authority"
WORKS_GIVEN, EXPORTS_GIVEN = "works given", "exports given"  # by a database that a backup has replaced
DEFAULT_PREFIX = "LSI"


def check(prefix: str, authority: str) -> None:
    """Raises :class:`UsageError` unless the prefix is 2 to 8 capital letters and the authority a domain name."""
    if not re.fullmatch(r"[A-Z]{2,8}", prefix):
        raise UsageError(f"the prefix must be 2 to 8 capital letters, not {prefix!r}")
    if not re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*", authority):
        raise UsageError(f"the authority must be a domain name in small letters, not {authority!r}")


def decide(db: sqlite3.Connection, prefix: str, authority: str) -> None:
    """Store both for ever; raises :class:`UsageError` when something else has been decided before."""
    check(prefix, authority)
    for name, value in ((PREFIX, prefix), (AUTHORITY, authority)):
        db.execute("insert into setting (name, value) values (?, ?) on conflict do nothing", (name, value))
        found = setting(db, name)
        if found != value:
            raise UsageError(
                f"the {name} was decided as {found!r} and stays so: ids that were given out must not change"
            )


def setting(db: sqlite3.Connection, name: str) -> str:
    """A stored setting, '' when it was never decided."""
    row = db.execute("select value from setting where name = ?", (name,)).fetchone()
    return row[0] if row else ""


def next_id(db: sqlite3.Connection, table: str, given: str) -> int:
    """The next id of ``work`` or ``export``: above all that are stored, and all that were given before a restore."""
    highest = db.execute(f"select coalesce(max(id), 0) from {table}").fetchone()[0]  # noqa: S608
    return max(int(highest), int(setting(db, given) or 0)) + 1


def prefix(db: sqlite3.Connection) -> str:
    """The prefix of work ids; the first work that gets an id decides for the default where nobody was asked."""
    db.execute("insert into setting (name, value) values (?, ?) on conflict do nothing", (PREFIX, DEFAULT_PREFIX))
    return setting(db, PREFIX)
