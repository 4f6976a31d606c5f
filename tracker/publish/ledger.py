"""The ledger made public: searches, runs, and which records were held together by which rule."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Protocol

COMPLETE = "('complete', 'complete with notes')"  # nothing was left out


class LedgerRows(Protocol):
    """Where rows go: :class:`tracker.publish.build.Writer`."""

    def write(self, table: str, row: Mapping[str, Any]) -> int: ...


# The strategy that was run last, which may be an earlier one taken up again; the newest where none has a row yet.
SEARCHES = """
select search.id, slug, coalesce(nullif(search.title, ''), strategy.title) as title, sources, every, number, text
from search join strategy on strategy.id = coalesce(
    (select strategy_id from search_run where search_run.search_id = search.id order by id desc limit 1),
    (select id from strategy where strategy.search_id = search.id order by number desc limit 1))
order by search.id"""
VERSIONS = """
select id, number, seen, text as strategy, coalesce(json_extract(headers, '$.changed'), '') as note
from strategy where search_id = ? order by number"""
# The last answer of each source to a strategy, complete ones first; what an import was made from names somebody's file.
ASKED = f"""
select own.source, case when run.command = 'import' then '' else coalesce(sent_text.text, '') end as sent, translation,
    first, own.started as last
from (select source, min(started) as first, coalesce(max(case when outcome in {COMPLETE} then id end), max(id)) as id
    from search_run where strategy_id = ? group by source) as found
join search_run as own on own.id = found.id join run on run.id = run_id left join sent_text on sent_text.id = sent_id
order by own.source"""  # noqa: S608


def searches(store: sqlite3.Connection, out: LedgerRows, active: Collection[str] | None) -> dict[str, int]:
    """All searches that ever ran, with the strategy that was run last; returns their ids by slug."""
    found = {}
    for row in list(_named(store, SEARCHES)):
        sources = json.loads(row["sources"]) or _asked(store, row["id"])
        told = {
            "id": row["id"],
            "slug": row["slug"],
            "title": row["title"],
            "sources": json.dumps(sources),
            "every": row["every"],
            "version": row["number"],
            "strategy": row["text"],
            "versions": json.dumps(_versions(store, row["id"]), ensure_ascii=False),
            "works": 0,
            "last_complete": _last_complete(store, row["id"], sources),
            "active": int(active is None or row["slug"] in active),
        }
        out.write("searches", told)
        found[row["slug"]] = row["id"]
    return found


def _versions(store: sqlite3.Connection, search: int) -> list[dict[str, Any]]:
    """All strategies a search ever had; ``note`` is what its header ``changed`` said when the version was first run.

    ``asked``: what each source was sent for it, how it said that it understood it, and when first and last.
    """
    found = list(_named(store, VERSIONS, (search,)))
    for row in found:
        row["asked"] = list(_named(store, ASKED, (row.pop("id"),)))
    return found


def _asked(store: sqlite3.Connection, search: int) -> list[str]:
    sql = "select distinct source from search_run where search_id = ? order by source"
    return [row[0] for row in store.execute(sql, (search,))]


def _last_complete(store: sqlite3.Connection, search: int, sources: Collection[str]) -> str:
    """The oldest, over its sources, of the last complete runs; '' if one of them has never been complete."""
    sql = f"""
    select source, run.started, max(search_run.id) from search_run join run on run.id = run_id
    where search_id = ? and search_run.outcome in {COMPLETE} group by source"""  # noqa: S608
    last = {source: started for source, started, _ in store.execute(sql, (search,))}
    return min((last.get(source, "") for source in sources), default="")


SEARCH_ROWS = """
select 2 * search_run.id as id, run_id as run, slug as search, source, strategy.number as strategy_version,
    started, finished, outcome, baseline, promised_first, promised_last, received, known, new, rejected, missing,
    gone, held, translation, warnings, note
from search_run join search on search.id = search_run.search_id join strategy on strategy.id = strategy_id
order by search_run.id"""
READING_ROWS = """
select 2 * id + 1 as id, run_id as run, '' as search, source, started, finished, outcome, '' as baseline,
    fetched, read, fresh, changed, same, unreadable, withheld, '' as translation, '[]' as warnings, note
from reading_run order by id"""


def runs(store: sqlite3.Connection, out: LedgerRows) -> None:
    """Search rows get even ids and reading rows odd ones, so that both keep theirs for ever."""
    for sql in (SEARCH_ROWS, READING_ROWS):
        for row in _named(store, sql):
            out.write("runs", row)


def last_runs(store: sqlite3.Connection) -> dict[str, object]:
    """The last run that asked sources, also one that died, and the start of the last one that left nothing out."""
    sql = "select started, coalesce(finished, '') as finished, coalesce(outcome, '') as outcome, command from run"
    asked = "(id in (select run_id from search_run) or outcome is null or outcome = 'failed')"
    last = next(_named(store, f"{sql} where {asked} order by id desc limit 1"), {})
    done = next(_named(store, f"{sql} where {asked} and outcome in {COMPLETE} order by id desc limit 1"), {})
    return {"last_run": last, "last_complete": str(done.get("started", ""))}


def read_from(store: sqlite3.Connection) -> dict[str, str]:
    """Of each source that is read whole, the first day that was read: what was posted before nobody has looked at."""
    sql = "select source, min(day) from window_day where read is not null group by source order by source"
    return dict(store.execute(sql).fetchall())


def first_year(store: sqlite3.Connection) -> str:
    """The year of the first run, which no later run changes, whatever the clock says; '' before it."""
    row = store.execute("select substr(started, 1, 4) from run order by id limit 1").fetchone()
    return row[0] if row else ""


def joins(store: sqlite3.Connection, out: Any) -> None:
    """Verdicts that hold now, between records of works that are public."""
    sql = """
    select verdict.id, pa.work_id, pb.work_id as other_id, verdict.kind, ra.source || ':' || ra.source_id as a,
        rb.source || ':' || rb.source_id as b, rule, evidence, by, made
    from verdict join placement pa on pa.record_id = a join placement pb on pb.record_id = b
    join record ra on ra.id = a join record rb on rb.id = b
    where undone is null and verdict.kind in ('same', 'version', 'related')
        and (verdict.kind = 'related') = (pa.work_id <> pb.work_id) order by verdict.id"""
    public = {row[0] for row in out.db.execute("select id from works where state <> 'hidden'")}
    for row in _named(store, sql):
        if row["work_id"] in public and row["other_id"] in public:
            out.write("joins", row)


def _named(db: sqlite3.Connection, sql: str, values: tuple[object, ...] = ()) -> Iterator[dict[str, Any]]:
    cursor = db.execute(sql, values)
    names = [item[0] for item in cursor.description]
    for row in cursor:
        yield dict(zip(names, row, strict=True))
