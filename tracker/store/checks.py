"""What checkers ask of the store: which stored papers bear an identifier, which preprints have no article yet."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping

from tracker.model import Event
from tracker.sources import CROSSREF
from tracker.states import PREPRINT, PUBLISHED

Known = dict[str, list[int]]  # identifier -> record ids


def identifiers(db: sqlite3.Connection) -> tuple[Known, Known]:
    """(by DOI, by PMID): the stored records under each."""
    dois: Known = {}
    pmids: Known = {}
    rows = db.execute("select id, doi, pmid from record where (doi <> '' or pmid <> '') order by id")
    for key, doi, pmid in rows:
        if doi:
            dois.setdefault(doi, []).append(key)
        if pmid:
            pmids.setdefault(pmid, []).append(key)
    return dois, pmids


def mark(db: sqlite3.Connection, run: int, found: Mapping[int, Iterable[Event]], now: str) -> list[int]:
    """Add events to records; what is known keeps its date of sight. Returns the records that have something new."""
    new = []
    for key, events in found.items():
        added = 0
        for item in events:
            added += db.execute(
                "insert into event (record_id, kind, notice, source, date, detail, run_id, seen) "
                "values (?,?,?,?,?,?,?,?) on conflict do nothing",
                (key, item.kind, item.notice, item.source, item.date, item.detail, run, now),
            ).rowcount
        if added:
            new.append(key)
    return new


UNPUBLISHED = f"""
select distinct doi from record join placement on record_id = record.id
left join checked on checked.checker = :checker and checked.key = doi
where doi <> '' and doi not like '%,%' and exists (
        select 1 from placement as here join event on event.record_id = here.record_id
        where here.work_id = placement.work_id and event.kind = '{PREPRINT.code}' and event.record_id = record.id)
    and not exists (
        select 1 from placement as here join event on event.record_id = here.record_id
        where here.work_id = placement.work_id and event.kind = '{PUBLISHED.code}')
    and (coalesce(checked.asked, '') < :before or checked.asked > :now)
order by coalesce(checked.asked, ''), record.id limit :most"""  # noqa: S608


def unpublished(db: sqlite3.Connection, checker: str, before: str, now: str, most: int) -> list[str]:
    """DOIs of preprints of which no article is known, not asked about since ``before``, longest ago first.

    What was asked after ``now``, by a clock that was ahead, does not count.
    """
    rows = db.execute(UNPUBLISHED, {"checker": checker, "before": before, "now": now, "most": most})
    return [row[0] for row in rows]


def asked(db: sqlite3.Connection, checker: str, keys: Iterable[str], now: str) -> None:
    """Note that the checker has been asked about these."""
    db.executemany(
        "insert into checked (checker, key, asked) values (?, ?, ?) "
        "on conflict (checker, key) do update set asked = excluded.asked",
        [(checker, key, now) for key in keys],
    )


def last_check(db: sqlite3.Connection, checker: str) -> tuple[str, int]:
    """(start, number of things looked at) of the last complete check; ('', 0) before the first."""
    row = db.execute(
        "select started, (select value from setting where name = 'looked at by ' || source) from reading_run "
        "where source = ? and outcome in ('complete', 'complete with notes') order by id desc limit 1",
        (checker,),
    ).fetchone()
    return (row[0], int(row[1] or 0)) if row else ("", 0)


def looked_at(db: sqlite3.Connection, checker: str, number: int) -> None:
    """Remember at how many things a check has looked, so that the next one can tell a file that was cut."""
    db.execute(
        "insert into setting (name, value) values (?, ?) on conflict (name) do update set value = excluded.value",
        (f"looked at by {checker}", str(number)),
    )


def stated_articles(db: sqlite3.Connection, records: Collection[int]) -> dict[int, list[tuple[str, str, str, str]]]:
    """The articles that Crossref says are those of the given preprints: record id -> (kind, PMID, DOI, note) ..."""
    rows = db.execute(
        f"select record_id, notice, detail from event where source = '{CROSSREF.name}' and kind = '{PUBLISHED.code}' "  # noqa: S608
        "and record_id in (select value from json_each(?)) order by id",
        (json.dumps(list(records)),),
    )
    found: dict[int, list[tuple[str, str, str, str]]] = {}
    for key, doi, detail in rows:
        found.setdefault(key, []).append(("is-preprint-of", "", doi, detail))
    return found


def judge_again(db: sqlite3.Connection, records: Collection[int]) -> None:
    """Have the records judged once more by the next dedupe: something is known of them that was not."""
    db.execute(
        "update placement set judged = null where record_id in (select value from json_each(?))",
        (json.dumps(list(records)),),
    )
