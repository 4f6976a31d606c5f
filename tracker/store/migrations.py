"""Changes of the private schema: explicit SQL, one transaction each, recorded by sqlite-utils' ``Migrations``.

Never edited once released; a change is a new step with a file of its own. Before an existing database is changed, a
checked copy of it is made.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from importlib.resources import files
from pathlib import Path

from tracker import states
from tracker.errors import StoreError
from tracker.store import backup

SET = "tracker"
STEPS = ("schema_0001", "schema_0002", "schema_0003")


def migrate(db: sqlite3.Connection, path: Path, *, change: bool = True) -> Path | None:
    """Bring the open database up to date; returns where its copy is, if it was an older one.

    Raises :class:`StoreError` if a newer program has written it, and, unless ``change``, if an older one has: then only
    a command that writes, and holds the writer's lock, may change it.
    """
    done = applied(db)
    if unknown := steps_unknown(db):
        raise StoreError(f"{path} was written by a newer tracker ({', '.join(unknown)}): update this program")
    pending = [name for name in STEPS if name not in done]
    if not pending:
        if change:
            fill_states(db)
        return None
    if done and not change:
        raise StoreError(f"{path} was written by an older tracker: 'tracker update' brings it up to date")
    copy = _copy_before(path, pending[0]) if done else None
    db.execute("pragma foreign_keys = off")  # a step may put a new table in the place of an old one
    _apply(db)
    fill_states(db)
    db.execute("pragma foreign_keys = on")
    if db.execute("pragma foreign_key_check").fetchone():
        raise StoreError(f"{path} could not be brought up to date: 'tracker restore {copy}' brings back what it was")
    return copy


def fill_states(db: sqlite3.Connection) -> None:
    """The states that this program knows; those that only an earlier one knew stay."""
    known = {row[0] for row in db.execute("select code from state")}
    missing = [(code,) for code in states.CODES if code not in known]
    if missing:
        db.executemany("insert into state (code) values (?)", missing)


def applied(db: sqlite3.Connection) -> set[str]:
    """The steps that the open database has taken; none if it is empty or no tracker's."""
    known = db.execute("select 1 from sqlite_schema where name = '_sqlite_migrations'").fetchone()
    rows = db.execute("select name from _sqlite_migrations where migration_set = ?", (SET,)) if known else ()
    return {row[0] for row in rows}


def steps_unknown(db: sqlite3.Connection) -> list[str]:
    """The steps that only a newer program knows."""
    return sorted(applied(db) - set(STEPS))


def check_file(path: Path, name: Path) -> None:
    """Raise :class:`StoreError` unless ``path`` is a sound database of a tracker that this program knows.

    ``name`` is what the person knows the file by.
    """
    try:
        with closing(backup.reading(path)) as db:
            if not applied(db):
                raise StoreError(f"{name} is no database of a tracker")
            if unknown := steps_unknown(db):
                raise StoreError(f"{name} was written by a newer tracker ({', '.join(unknown)}): update this program")
            wrong = backup.damage(db)
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{name} is no sound database: {error}") from error
    if wrong:
        raise StoreError(f"{name} is damaged: {wrong[0]}")


def _copy_before(path: Path, step: str) -> Path:
    """A copy beside the database, named after the step to come; an earlier one is never overwritten."""
    folder = path.parent / "backups"
    folder.mkdir(exist_ok=True, mode=0o700)
    number = 1
    while (out := folder / f"before-{step}-{number}.db").exists():
        number += 1
    backup.snapshot(path, out)
    return out


def _apply(db: sqlite3.Connection) -> None:
    from sqlite_utils import Database  # 0.4 s to import, so only when there is work
    from sqlite_utils.migrations import Migrations

    migrations = Migrations(SET)
    for name in STEPS:
        migrations(name=name)(_step(name))
    migrations.apply(Database(db))


def _step(name: str):  # type: ignore[no-untyped-def]  # sqlite-utils' own type is private
    def run(database) -> None:  # type: ignore[no-untyped-def]
        for statement in statements(script(name)):
            database.conn.execute(statement)

    return run


def script(name: str) -> str:
    """The SQL of a step."""
    return files("tracker.store").joinpath(f"{name}.sql").read_text(encoding="utf-8")


def statements(script: str) -> Iterator[str]:
    """The statements of a script one by one: ``executescript`` would end the transaction they belong to."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
