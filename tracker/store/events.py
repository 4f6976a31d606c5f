"""Events: what happened to a paper, who said so, and when we first saw it. No later fetch takes one back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from tracker.model import Event
from tracker.states import PREPRINT, PUBLISHED


def add(db: sqlite3.Connection, run: int, source: str, source_id: str, events: Iterable[Event], now: str) -> None:
    """Add what is not known yet of a stored record; what is known keeps its first date of sight."""
    key = db.execute("select id from record where source = ? and source_id = ?", (source, source_id)).fetchone()[0]
    db.executemany(
        "insert into event (record_id, kind, notice, source, date, detail, run_id, seen) values (?,?,?,?,?,?,?,?) "
        "on conflict do nothing",
        [(key, item.kind, item.notice, item.source, item.date, item.detail, run, now) for item in events],
    )


def missing(db: sqlite3.Connection, source: str, source_id: str, events: Iterable[Event]) -> list[Event]:
    """Those of the events that are not known yet of a stored record."""
    rows = db.execute(
        "select kind, notice, event.source from event join record on record.id = record_id "
        "where record.source = ? and source_id = ?",
        (source, source_id),
    )
    known = {tuple(row) for row in rows}
    return [item for item in events if (item.kind, item.notice, item.source) not in known]


@dataclass(frozen=True, slots=True)
class Later:
    """A change of state of a work that was known before: first seen when, said by whom, of which notices."""

    work: str  # key
    kind: str
    seen: str
    date: str
    notices: tuple[str, ...]
    sources: tuple[str, ...]


# Each notice is a change of its own, told by whoever told it first; what came with the work is none. A preprint is
# published once: when it is linked to an article, or its article comes; one that was linked when it came is no change.
TOLD = f"""
with begun as (
    select work_id, min(first_run) as run from placement join record on record.id = record_id group by work_id
), posted as (
    select work_id, min(run_id) as run from event join placement on placement.record_id = event.record_id
    where kind = '{PREPRINT.code}' group by work_id
), told as (
    select placement.work_id, kind, notice, event.source, date, run_id as run, seen,
        min(run_id) over (partition by placement.work_id, kind, iif(kind = '{PUBLISHED.code}', '', notice)) as first,
        iif(kind = '{PUBLISHED.code}', posted.run, begun.run) as known
    from event join placement on placement.record_id = event.record_id
    join begun on begun.work_id = placement.work_id left join posted on posted.work_id = placement.work_id
    where kind <> '{PREPRINT.code}' and (kind <> '{PUBLISHED.code}' or notice <> '' or run_id > posted.run)
)"""  # noqa: S608
IS_NEWS = "run = first and run > known"
LATER = f"""{TOLD}
select key, kind, min(seen), max(date), json_group_array(distinct notice), json_group_array(distinct source)
from told join work on work.id = work_id
where {IS_NEWS} and seen >= ?
group by work_id, kind, run order by min(seen), work_id, kind"""  # noqa: S608


def later(db: sqlite3.Connection, since: str) -> list[Later]:
    """The changes of state first seen on ``since`` (ISO day) or later, oldest first."""
    return [
        Later(row[0], row[1], row[2], row[3], tuple(filter(None, json.loads(row[4]))), tuple(json.loads(row[5])))
        for row in db.execute(LATER, (since,))
    ]


def news(db: sqlite3.Connection) -> dict[int, set[tuple[str, str]]]:
    """For each work the (kind, notice) of the same changes."""
    found: dict[int, set[tuple[str, str]]] = {}
    sql = f"{TOLD} select work_id, kind, notice from told where {IS_NEWS}"  # noqa: S608
    for work, kind, notice in db.execute(sql):
        found.setdefault(work, set()).add((kind, notice))
    return found
