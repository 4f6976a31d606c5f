"""What every page needs: the facts of the publication, and the searches."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of this publication; see ``tracker.publish``."""

    built: str
    demo: bool
    counts: dict[str, int]
    abstracts: dict[str, Any]
    last_run: dict[str, Any]
    last_complete: str  # start of the last run in which nothing failed, '' if there was none
    digest: str
    authority: str  # of feed ids: tag:<authority>,<founded>:...
    founded: str  # year of the first run
    read_from: dict[str, str]  # source that is read whole -> the first day that was read


def facts(db: sqlite3.Connection) -> Facts:
    said = dict(db.execute("select name, value from facts").fetchall())
    return Facts(
        built=said["built"],
        demo=bool(said["demo"]),
        counts=json.loads(said["counts"]),
        abstracts=json.loads(said["abstracts"]),
        last_run=json.loads(said["last_run"]),
        last_complete=said["last_complete"],
        digest=said["digest"],
        authority=said["authority"],
        founded=said["founded"],
        read_from=json.loads(said.get("read_from", "{}")),
    )


def searches(db: sqlite3.Connection) -> list[sqlite3.Row]:
    """All searches, by title; those whose file is gone last."""
    return db.execute(
        "select id, slug, title, sources, every, version, strategy, works, last_complete, active from searches "
        "order by active desc, title, slug"
    ).fetchall()


def search(db: sqlite3.Connection, slug: str) -> sqlite3.Row | None:
    found: sqlite3.Row | None = db.execute("select * from searches where slug = ?", (slug,)).fetchone()
    return found


def source_counts(db: sqlite3.Connection) -> list[sqlite3.Row]:
    """How many works each source has records of."""
    return db.execute(
        "select source, count(*) as works, sum(records) as records from work_sources group by source order by 2 desc"
    ).fetchall()


def sortable(db: sqlite3.Connection) -> dict[str, list[str]]:
    """The columns of each table that Datasette may sort by: those in which no two rows have the same value.

    Datasette orders the first page by the column alone and the others by the column and the key, so that rows with the
    same value are lost or come twice wherever SQLite takes them in another order, as it does from an index.
    """
    names = [name for (name,) in db.execute("select name from sqlite_master where type in ('table', 'view')")]
    return {name: _unique(db, name) for name in names}


def _unique(db: sqlite3.Connection, table: str) -> list[str]:
    """Columns that are never empty and hold each value once."""
    columns = db.execute('select name, type, "notnull", pk from pragma_table_info(?)', (table,)).fetchall()
    keys = [name for name, _, _, place in columns if place]
    filled = {name for name, kind, notnull, place in columns if notnull or (place and kind.lower() == "integer")}
    found = db.execute("select name from pragma_index_list(?) where [unique] = 1 and partial = 0", (table,)).fetchall()
    held = [[name for (name,) in db.execute("select name from pragma_index_info(?)", tuple(index))] for index in found]
    alone = {group[0] for group in [*held, keys] if len(group) == 1}
    return [name for name, *_ in columns if name in alone & filled]
