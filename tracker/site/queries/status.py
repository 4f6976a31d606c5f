"""The ledger as readers see it: the last run of each source, and of each search on each source."""

from __future__ import annotations

import sqlite3

COMPLETE = "('complete', 'complete with notes')"  # nothing was left out


def readings(db: sqlite3.Connection) -> list[sqlite3.Row]:
    """The last reading of each source, with the start of the last complete one."""
    return db.execute(
        f"""
        select runs.*, (select started from runs as done where done.search = '' and done.source = runs.source
            and done.outcome in {COMPLETE} order by id desc limit 1) as last_complete
        from runs where id in (select max(id) from runs where search = '' group by source) order by source"""  # noqa: S608
    ).fetchall()


def search_rows(db: sqlite3.Connection) -> list[sqlite3.Row]:
    """The last run of each search on each source, with the start of the last complete one."""
    return db.execute(
        f"""
        select runs.*, title, active, every, (select started from runs as done where done.search = runs.search
            and done.source = runs.source and done.outcome in {COMPLETE} order by id desc limit 1) as last_complete
        from runs join searches on slug = search
        where runs.id in (select max(id) from runs where search <> '' group by search, source)
        order by active desc, title, runs.source"""  # noqa: S608
    ).fetchall()


def last_complete_rows(db: sqlite3.Connection) -> list[sqlite3.Row]:
    """The last complete run of each search on each source, of the searches that are still run."""
    return db.execute(
        f"""
        select search, source, run, started, outcome, promised_first, promised_last, received, known, new, rejected
        from runs where id in (
            select max(id) from runs where search <> '' and outcome in {COMPLETE} group by search, source)
        and search in (select slug from searches where active) order by source, search"""  # noqa: S608
    ).fetchall()


def runs_of(db: sqlite3.Connection, slug: str, most: int = 60) -> list[sqlite3.Row]:
    """The newest runs of one search, newest first."""
    return db.execute("select * from runs where search = ? order by id desc limit ?", (slug, most)).fetchall()
