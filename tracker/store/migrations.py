"""Changes of the private schema: explicit SQL, one transaction each, recorded by sqlite-utils' ``Migrations``.

Never edited once released; a change is a new step with a file of its own.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from tracker.errors import StoreError

SET = "tracker"
STEPS = ("schema_0001",)


def migrate(db: sqlite3.Connection, path: Path) -> None:
    """Bring the open database up to date; raises :class:`StoreError` if a newer program has written it."""
    applied = _applied(db)
    if unknown := applied - set(STEPS):
        raise StoreError(f"{path} was written by a newer tracker ({', '.join(sorted(unknown))}): update this program")
    if applied == set(STEPS):
        return
    from sqlite_utils import Database  # 0.4 s to import, so only when there is work
    from sqlite_utils.migrations import Migrations

    migrations = Migrations(SET)
    for name in STEPS:
        migrations(name=name)(_step(name))
    migrations.apply(Database(db))


def _applied(db: sqlite3.Connection) -> set[str]:
    known = db.execute("select 1 from sqlite_master where name = '_sqlite_migrations'").fetchone()
    rows = db.execute("select name from _sqlite_migrations where migration_set = ?", (SET,)) if known else ()
    return {row[0] for row in rows}


def _step(name: str):  # type: ignore[no-untyped-def]  # sqlite-utils' own type is private
    script = files("tracker.store").joinpath(f"{name}.sql").read_text(encoding="utf-8")

    def run(database) -> None:  # type: ignore[no-untyped-def]
        for statement in statements(script):
            database.conn.execute(statement)

    return run


def statements(script: str) -> Iterator[str]:
    """The statements of a script one by one: ``executescript`` would end the transaction they belong to."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
