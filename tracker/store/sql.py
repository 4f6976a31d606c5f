"""The one place where an INSERT is put together from column names (ours, never from data)."""

from __future__ import annotations

import sqlite3


def insert(db: sqlite3.Connection, table: str, **columns: object) -> int:
    """Insert one row of named columns; returns its rowid."""
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    cursor = db.execute(f"insert into {table} ({names}) values ({marks})", tuple(columns.values()))  # noqa: S608
    return int(cursor.lastrowid or 0)
