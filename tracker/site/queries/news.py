"""What is new: works by the day of their arrival, changes of state, and runs that brought a search's whole past."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

A_DAY, IN_ALL = 12, 30  # works shown of one day, and at most; the rest is one click away, and told by its number
CHANGES = 6


@dataclass(frozen=True, slots=True)
class Baseline:
    """First runs of searches or strategies on one day, and how many works they brought."""

    day: str
    works: int
    runs: list[sqlite3.Row]


@dataclass(frozen=True, slots=True)
class News:
    """Everything that arrived or changed from a day on, newest first."""

    total: int
    types: dict[str, int]
    days: list[tuple[str, int, list[sqlite3.Row]]]  # day, works that arrived, the first of them
    searches: dict[str, int]  # slug -> works that a search brought; a work counts in each that did
    changes: list[sqlite3.Row]  # the newest
    changed: dict[str, int]  # kind -> changes
    baselines: list[Baseline]


def news(db: sqlite3.Connection, since: str) -> News:
    """News from ``since`` (ISO day) on; what a baseline run brought is told in one line for each run."""
    numbers = db.execute(
        "select substr(news, 1, 10) as day, count(*) from works where news >= ? and news <> '' group by day "
        "order by day desc",
        (since,),
    ).fetchall()
    types = "select type, count(*) from works where news >= ? and news <> '' group by type"
    changed = f"select kind, count(*) from ({CHANGED}) group by kind"  # noqa: S608
    return News(
        total=sum(number for _, number in numbers),
        types=dict(db.execute(types, (since,)).fetchall()),
        days=_days(db, numbers),
        searches=_searches(db, since),
        changes=_changes(db, since),
        changed=dict(db.execute(changed, (since,)).fetchall()),
        baselines=_baselines(db, since),
    )


def per_day(db: sqlite3.Connection, since: str) -> dict[str, int]:
    """How many new works each day brought, only days that brought any."""
    sql = "select substr(news, 1, 10) as day, count(*) from works where news >= ? and news <> '' group by day"
    return {row[0]: row[1] for row in db.execute(sql, (since,))}


def _days(db: sqlite3.Connection, numbers: list[sqlite3.Row]) -> list[tuple[str, int, list[sqlite3.Row]]]:
    """Each day with its first works, as long as there is room for any."""
    days, room = [], IN_ALL
    for day, number in numbers:
        found = db.execute(
            "select * from works where news >= ? and news < ? and news <> '' order by news desc, id desc limit ?",
            (day, f"{day}~", min(A_DAY, room)),
        ).fetchall()
        room -= len(found)
        days.append((day, number, found))
    return days


def _searches(db: sqlite3.Connection, since: str) -> dict[str, int]:
    sql = """
    select slug, (select count(*) from work_searches where search_id = searches.id and news = 1 and since >= ?)
    from searches"""
    return dict(db.execute(sql, (since,)).fetchall())


# A preprint is not news about a paper, all other states are; several notices of one kind on one day are one change.
CHANGED = """
select min(events.id) as id, work_id, kind, max(events.seen) as seen, events.date as event_date, events.source, detail
from events join works on works.id = work_id
where later = 1 and events.seen >= ? and kind <> 'preprint' group by work_id, kind, substr(events.seen, 1, 10)"""


def _changes(db: sqlite3.Connection, since: str) -> list[sqlite3.Row]:
    return db.execute(
        f"select changes.*, works.key, title, authors, state from ({CHANGED}) as changes "  # noqa: S608
        "join works on works.id = work_id order by changes.seen desc, changes.id desc limit ?",
        (since, CHANGES),
    ).fetchall()


def _baselines(db: sqlite3.Connection, since: str) -> list[Baseline]:
    """What runs brought of the past, a line for each day."""
    rows = db.execute(
        "select runs.*, searches.title, substr(runs.started, 1, 10) as day from runs join searches on slug = search "
        "where baseline <> '' and new > 0 and started >= ? order by day desc, searches.title, runs.source",
        (since,),
    ).fetchall()
    count = """
    select count(*) from works where news = '' and first_seen >= ? and first_seen < ? and exists (
        select 1 from work_searches
        where work_id = works.id and since = first_seen and why in ('baseline', 'strategy'))"""
    return [
        Baseline(day, db.execute(count, (day, f"{day}~")).fetchone()[0], list(runs))
        for day, runs in groupby(rows, key=itemgetter("day"))
    ]
