"""Reading the ledger back: plain rows for status, pages and checks."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from tracker.states import CODES, CONCERN, PREPRINT, PUBLISHED, sql_gravity

LAST_SEARCH_ROWS = """
select slug as search, search_run.source, outcome, baseline, search_run.started, search_run.finished,
    promised_first, promised_last, received, known, new, rejected, missing, gone, held,
    number as strategy_version, search_run.note, every, translation, warnings,
    coalesce((select started from search_run as done where done.search_id = search_run.search_id
        and done.source = search_run.source and done.outcome in ('complete', 'complete with notes')
        order by id desc limit 1), '')
        as last_complete,
    (select min(started) from search_run as begun where begun.search_id = search_run.search_id
        and begun.source = search_run.source) as first_started
from search_run join search on search.id = search_run.search_id join strategy on strategy.id = strategy_id
where search_run.id in (select max(id) from search_run group by search_id, source)
order by slug, search_run.source"""

LAST_READING_ROWS = """
select source, outcome, started, finished, fetched, read, fresh, changed, same, unreadable, withheld, rotated, revised,
    requests, retries, note,
    coalesce((select started from reading_run as done where done.source = reading_run.source
        and done.outcome in ('complete', 'complete with notes') order by id desc limit 1), '') as last_complete
from reading_run where id in (select max(id) from reading_run group by source) order by source"""

COUNTS = {
    "records": "select count(*) from record",
    "works": "select count(*) from work where forwards is null",
    "open matches": "select count(*) from match where to_run is null",
    "withheld": "select count(*) from withheld where arrived is null and not exists (select 1 from record "
    "where record.source = withheld.source and record.source_id = withheld.source_id)",
    "no longer given out": "select count(*) from withheld join record using (source, source_id) where arrived is null",
    "unreadable": "select count(*) from unreadable where resolved is null",
    "runs": "select count(*) from run",
}

# The place of each work's state in ``states.CODES``: the gravest of its events, and a paper of which nothing is
# known is out (works/display.py).
STATES = f"""
select coalesce(min({sql_gravity("kind")}), {CODES.index(PUBLISHED.code)}) as gravest
from placement left join event on event.record_id = placement.record_id group by work_id"""  # noqa: S608

EXPORTS = """
select name as list, count(*) as exports, coalesce(sum(records), 0) as records, max(export.made) as last
from list join export on list_id = list.id group by name order by name"""


TURNED = """
select id, started, before_id, before from (
    select id, started, lag(id) over (order by id) as before_id, lag(started) over (order by id) as before from run
) where started < before order by id"""


def clock_turned(db: sqlite3.Connection) -> list[str]:
    """Where the clock went back between one run and the next, a line each: times of one of them are wrong."""
    return [
        f"the clock went back: run {row['id']} says it began on {row['started']}, "
        f"run {row['before_id']} before it on {row['before']}"
        for row in db.execute(TURNED)
    ]


def clock_ahead(db: sqlite3.Connection, now: str) -> str:
    """What is to be said if the newest run began after ``now`` (ISO time): it or today's clock is wrong; else ''."""
    row = db.execute("select id, started from run order by id desc limit 1").fetchone()
    if row is None or row["started"] <= now:
        return ""
    return f"the clock was ahead when run {row['id']} began, or is behind now: it says {row['started']}"


def last_search_rows(db: sqlite3.Connection) -> list[dict[str, Any]]:
    """The newest row of each search x source, with what the service said of it: its translation, its warnings."""
    return [dict(row) | {"warnings": json.loads(row["warnings"])} for row in db.execute(LAST_SEARCH_ROWS)]


def last_reading_rows(db: sqlite3.Connection) -> list[dict[str, Any]]:
    """The newest reading of each source."""
    return [dict(row) for row in db.execute(LAST_READING_ROWS)]


def counts(db: sqlite3.Connection) -> dict[str, int]:
    return {name: int(db.execute(sql).fetchone()[0]) for name, sql in COUNTS.items()}


def states(db: sqlite3.Connection) -> list[int]:
    """How many works there are of each state, in the order of ``tracker.states.CODES``."""
    found = dict(db.execute(f"select gravest, count(*) from ({STATES}) group by gravest").fetchall())  # noqa: S608
    return [found.get(place, 0) for place in range(len(CODES))]


def exports(db: sqlite3.Connection) -> list[dict[str, Any]]:
    return [dict(row) for row in db.execute(EXPORTS)]


NEWS = """
select why, count(distinct source || source_id) as papers from match where from_run = :run and first = 1 group by why"""
TOLD = f"""
select event.kind, count(distinct coalesce(placement.work_id, -event.record_id)) as papers
from event join record on record.id = event.record_id left join placement on placement.record_id = event.record_id
where event.run_id = :run and first_run < :run and event.kind <> '{PREPRINT.code}' and not exists (
    select 1 from placement as beside join event as told on told.record_id = beside.record_id
    where beside.work_id = placement.work_id and told.kind = event.kind and told.notice = event.notice
        and told.run_id < :run)
group by event.kind"""  # noqa: S608
WORDS = {
    "baseline": "of the baseline", "strategy": "by a changed strategy", "new": "new", "late": "late",
    "edited": "edited into it", "": "for an unknown reason", CONCERN.code: "with a concern",
}  # fmt: skip


def summary(db: sqlite3.Connection, run: int) -> str:
    """What a run brought, in a line: papers that began to match, by reason; that ceased to; what befell known ones."""
    began = [f"{row['papers']:,} {WORDS[row['why']]}" for row in db.execute(NEWS, {"run": run})]
    gone = db.execute("select coalesce(sum(gone), 0) from search_run where run_id = ?", (run,)).fetchone()[0]
    told = [f"{row['papers']:,} {WORDS.get(row['kind'], row['kind'])}" for row in db.execute(TOLD, {"run": run})]
    parts = ["papers: " + ", ".join(began)] if began else []
    parts += [f"no longer matching: {gone:,}"] if gone else []
    parts += ["known before, now: " + ", ".join(told)] if told else []
    return "; ".join(parts) or "no new paper"
