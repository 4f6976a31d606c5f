"""What alarms are read from: the daily inflow of sources, the series of each search, known papers, bursts held back."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.store import runs

REMEMBERED = 2_000  # records: what the share of empty abstracts is judged by
QUARTER, LAG = timedelta(days=90), 3  # days that a source may need to list what has entered it
WINDOW = 70  # runs of a search and days of a source that alarms look back over


@dataclass(frozen=True, slots=True)
class CompleteRun:
    """One complete run of a search that was no baseline: when, what was promised, what was new, and what waits.

    ``matched``: how many matched. The promise of a service that is asked for more, or read whole, is larger.
    """

    run: int
    started: str
    promised: int
    new: int
    held: int
    strategy: int
    matched: int


@dataclass(frozen=True, slots=True)
class Series:
    """A search on a source: its complete runs, oldest first; ``every`` is day, week or month."""

    search: str
    source: str
    every: str
    first_started: str
    last_complete: str
    runs: tuple[CompleteRun, ...]
    waiting: int  # matches of a burst that wait for a person's word
    lost: tuple[str, ...]  # known papers (finds) that matched and do not any more
    warnings: tuple[str, ...] = ()  # of the service, which it did not give in the first run of the strategy
    retranslated: bool = False  # it reads the search in another way than in the complete run before


def missing_days(db: sqlite3.Connection, source: str, today: date, most: int = 7) -> list[date]:
    """The last days before ``today`` whose inflow has not been asked for, oldest first.

    What was asked after today, by a clock that was ahead, was asked too early.
    """
    sql = "select day from inflow where source = ? and asked < ?"
    known = {row[0] for row in db.execute(sql, (source, today.isoformat() + "~"))}
    days = [today - timedelta(days=back) for back in range(most, 0, -1)]
    return [day for day in days if day.isoformat() not in known]


def add(db: sqlite3.Connection, source: str, day: date, count: int, now: str) -> None:
    db.execute(
        "insert into inflow (source, day, records, asked) values (?, ?, ?, ?) on conflict (source, day) "
        "do update set records = excluded.records, asked = excluded.asked",
        (source, day.isoformat(), count, now),
    )


def of_source(db: sqlite3.Connection, source: str, today: date) -> list[tuple[date, int]]:
    """(day, records that entered the source on it) of the days before ``today``, oldest first."""
    rows = db.execute(
        "select day, records from inflow where source = ? and day < ? and asked < ? order by day desc limit ?",
        (source, today.isoformat(), today.isoformat() + "~", WINDOW),
    ).fetchall()
    return [(date.fromisoformat(row[0]), row[1]) for row in reversed(rows)]


SEARCHES = """
select search.id, slug, search_run.source, every, min(started) as first_started,
    coalesce((select started from search_run as done where done.search_id = search.id
        and done.source = search_run.source and done.outcome in ('complete', 'complete with notes')
        order by done.id desc limit 1), '') as last_complete
from search_run join search on search.id = search_id
where search_run.source in (select value from json_each(search.sources))
group by search.id, search_run.source order by slug, 3"""
RUNS = """
select run_id, started, promised_last, new, held, strategy_id, received - rejected from search_run
where search_id = ? and source = ? and outcome in ('complete', 'complete with notes') and baseline = ''
order by id desc limit ?"""
LOST = """
select value from json_each((select finds from search where id = :search)) as known
where exists (select 1 from match left join record using (source, source_id)
        where search_id = :search and match.source = :source and known.value in (match.source_id, doi))
    and not exists (select 1 from match left join record using (source, source_id)
        where search_id = :search and match.source = :source and to_run is null and missing_run is null
        and known.value in (match.source_id, doi))"""


def series(db: sqlite3.Connection) -> list[Series]:
    """Every search on every source that it lists and has been run on: what was imported from files never runs dry."""
    found = []
    for row in db.execute(SEARCHES).fetchall():
        key, source = row["id"], row["source"]
        asked = [CompleteRun(*tuple(item)) for item in db.execute(RUNS, (key, source, WINDOW))]
        waiting = db.execute(
            "select count(*) from match where search_id = ? and source = ? and held = 1", (key, source)
        ).fetchone()[0]
        lost = tuple(item[0] for item in db.execute(LOST, {"search": key, "source": source}))
        found.append(
            Series(
                row["slug"], source, row["every"], row["first_started"], row["last_complete"], tuple(reversed(asked)),
                waiting, lost, *wording(db, key, source),
            )
        )  # fmt: skip
    return found


def wording(db: sqlite3.Connection, search: int, source: str) -> tuple[tuple[str, ...], bool]:
    """(warnings of the last complete run that are new, whether the search was read in another way than before).

    New is what the service did not warn of in the first run of the strategy, nor a person has confirmed.
    """
    rows = db.execute(
        "select strategy_id, translation, warnings from search_run where search_id = ? and source = ? "
        "and outcome in ('complete', 'complete with notes') and received > 0 order by id desc limit 2",
        (search, source),
    ).fetchall()
    if not rows:
        return (), False
    known = runs.first_warnings(db, search, source, rows[0][0]) + runs.accepted_warnings(db, search, source)
    changed = len(rows) > 1 and rows[0][0] == rows[1][0] and rows[0][1] != rows[1][1]
    return tuple(line for line in json.loads(rows[0][2]) if line not in known), changed


def abstracts(db: sqlite3.Connection, source: str) -> tuple[int, int]:
    """(records that a source has sent lately, how many of them without an abstract)."""
    row = db.execute("select value from setting where name = ?", (f"abstracts of {source}",)).fetchone()
    read, empty = json.loads(row[0]) if row else (0, 0)
    return read, empty


def add_abstracts(db: sqlite3.Connection, source: str, read: int, empty: int) -> None:
    """Note what came; what lies further back counts less."""
    before, lacking = abstracts(db, source)
    faded = min(1.0, REMEMBERED / before) if before else 0.0
    value = json.dumps([round(before * faded) + read, round(lacking * faded) + empty])
    db.execute(
        "insert into setting (name, value) values (?, ?) on conflict (name) do update set value = excluded.value",
        (f"abstracts of {source}", value),
    )


def earlier(db: sqlite3.Connection, search: int, source: str, run: int) -> list[int]:
    """How many papers each complete run of a search on a source brought that was no baseline, oldest first.

    Only runs before ``run``.
    """
    sql = """
    select new from search_run where search_id = ? and source = ? and outcome in ('complete', 'complete with notes')
        and baseline = '' and run_id < ? order by id desc limit ?"""
    return [row[0] for row in reversed(db.execute(sql, (search, source, run, WINDOW)).fetchall())]


def expected(db: sqlite3.Connection, search: int, source: str, since: str, now: str) -> float:
    """How many papers should begin to match from ``since`` to ``now`` (ISO times), the source's lag included.

    As many a day as entered the source in the three months before ``since``, of those that match.
    """
    last, today = date.fromisoformat(since[:10]), date.fromisoformat(now[:10])
    entered = db.execute(
        "select count(*) from match join record using (source, source_id) where search_id = ? and match.source = ? "
        "and held = 0 and created between ? and ?",
        (search, source, (last - QUARTER).isoformat(), last.isoformat()),
    ).fetchone()[0]
    return int(entered) / QUARTER.days * (max((today - last).days, 1) + LAG)


def news(db: sqlite3.Connection, search: int, source: str, run: int) -> int:
    """How many papers began to match for the first time in a run that were not there from the start."""
    row = db.execute(
        "select count(*) from match where search_id = ? and source = ? and from_run = ? and first = 1 "
        "and why not in ('baseline', 'strategy')",
        (search, source, run),
    ).fetchone()
    return int(row[0])


def hold(db: sqlite3.Connection, search: str, source: str, run: int) -> int:
    """Keep what a run brought out of the news until a person says so; returns how many."""
    return db.execute(
        "update match set held = 1 where from_run = ? and source = ? and why not in ('baseline', 'strategy') "
        "and search_id = (select id from search where slug = ?)",
        (run, source, search),
    ).rowcount


def release(db: sqlite3.Connection, search: str) -> int:
    """A person's word: what was held back is news; returns how many."""
    return db.execute(
        "update match set held = 0 where held = 1 and search_id = (select id from search where slug = ?)", (search,)
    ).rowcount


def lowest(db: sqlite3.Connection) -> dict[str, dict[str, int]]:
    """``at-least`` of each search: slug -> source ('' for all together) -> number."""
    return {row[0]: json.loads(row[1]) for row in db.execute("select slug, at_least from search")}
