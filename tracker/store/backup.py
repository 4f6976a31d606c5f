"""Whole copies of the database: of one moment, checked, with the home's own files inside.

A copy is one plain SQLite file: the tables of the database and ``backup_file``, which holds ``queries/`` and
``metadata.json`` as they were, so that one file brings a home back on another computer.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from tracker.errors import StoreError
from tracker.store import identity

FILES = "create table backup_file (path text primary key, body blob not null) strict, without rowid"


def snapshot(database: Path, out: Path, files: Mapping[str, bytes] | None = None) -> None:
    """Write a copy of ``database`` to ``out``, whatever is being written to it meanwhile, and check it.

    ``files``: path inside the home (with ``/``) -> content. Raises :class:`StoreError` if the database or the copy is
    damaged or the copy cannot be written; ``out`` is then removed.
    """
    try:
        out.unlink(missing_ok=True)  # what a copy that was killed left there
        out.touch(0o600)
        with closing(reading(database)) as source, closing(sqlite3.connect(out, isolation_level=None)) as copy:
            copy.execute("pragma synchronous = off")  # written to the disk as a whole below
            source.backup(copy)
            copy.execute("pragma journal_mode = delete")
            if files is not None:
                _put(copy, files)
            wrong = damage(copy)
        if wrong:
            raise StoreError(f"{database} is damaged: {wrong[0]}")
        with out.open("rb+") as file:
            os.fsync(file.fileno())
    except sqlite3.DatabaseError as error:
        out.unlink(missing_ok=True)
        raise StoreError(f"{database} cannot be copied to {out.parent}: {error}") from error
    except BaseException:
        out.unlink(missing_ok=True)
        raise


def reading(path: Path) -> sqlite3.Connection:
    """A connection that cannot change the database at ``path``."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=30)


def damage(db: sqlite3.Connection) -> list[str]:
    """What SQLite itself finds wrong with the open database, a line each; none if it is sound."""
    found = [row[0] for row in db.execute("pragma integrity_check(5)")]
    wrong = [] if found == ["ok"] else [" ".join(line.split()) for line in found]
    for table, key, parent, _ in db.execute("pragma foreign_key_check").fetchmany(5):
        wrong.append(f"{table} {key} refers to a row of {parent} that is not there")
    return wrong


def take_files(path: Path) -> dict[str, bytes]:
    """The home's own files out of a copy, which is then nothing but the database; none if it holds none."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        if not db.execute("select 1 from sqlite_schema where name = 'backup_file'").fetchone():
            return {}
        files = {row[0]: bytes(row[1]) for row in db.execute("select path, body from backup_file")}
        db.execute("drop table backup_file")
    return files


def _put(copy: sqlite3.Connection, files: Mapping[str, bytes]) -> None:
    copy.execute("begin")
    copy.execute("drop table if exists backup_file")
    copy.execute(FILES)
    copy.executemany("insert into backup_file (path, body) values (?, ?)", files.items())
    copy.execute("commit")


def given(path: Path) -> tuple[int, int] | None:
    """The highest work id and export id that a database has given; None where it cannot be read."""
    if not path.exists():
        return None
    try:
        with closing(reading(path)) as db:
            return (
                identity.next_id(db, "work", identity.WORKS_GIVEN) - 1,
                identity.next_id(db, "export", identity.EXPORTS_GIVEN) - 1,
            )
    except sqlite3.DatabaseError:
        return None  # damaged: that is why it is being replaced


def keep_given(path: Path, works: int, exports: int) -> None:
    """Note in a restored database which ids were given after it was copied: they are not given again."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for table, name, highest in (
            ("work", identity.WORKS_GIVEN, works),
            ("export", identity.EXPORTS_GIVEN, exports),
        ):
            if highest >= identity.next_id(db, table, name):
                db.execute(
                    "insert into setting (name, value) values (?, ?) "
                    "on conflict (name) do update set value = excluded.value",
                    (name, str(highest)),
                )
