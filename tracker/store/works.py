"""Works: what readers count as one paper, loaded whole and one after the other."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from typing import Any

from tracker.model import Event, Match, Record, StoredEvent, StoredRecord, Work, record_from_json
from tracker.text.licences import licence_of

PAGE = 500


def stream(db: sqlite3.Connection, keys: Sequence[str] | None = None) -> Iterator[Work]:
    """Every work that stands (not joined into another), by id, in constant memory; only ``keys`` where given."""
    if keys is not None:
        for start in range(0, len(keys), PAGE):
            yield from _load(db, _ids_of(db, keys[start : start + PAGE]))
        return
    last = 0
    while True:
        ids = [
            row[0]
            for row in db.execute(
                "select id from work where forwards is null and id > ? order by id limit ?", (last, PAGE)
            )
        ]
        if not ids:
            return
        yield from _load(db, ids)
        last = ids[-1]


def _ids_of(db: sqlite3.Connection, keys: Sequence[str]) -> list[int]:
    rows = db.execute(
        "select id from work where forwards is null and key in (select value from json_each(?)) order by id",
        (json.dumps(keys),),
    )
    return [row[0] for row in rows]


RECORDS = """
select work_id, record.id, content, coalesce(code, ''), coalesce(url, ''), first_seen, refreshed, publication
from placement join record on record.id = placement.record_id join record_state on record_state.id = state_id
left join licence on licence.source = record.source and licence.source_id = record.source_id
where work_id in (select value from json_each(?)) order by work_id, record.id"""
MATCHES = """
select work_id, search.slug, match.source, match.source_id, since, coalesce(until, ''), why, why_detail, number, held
from placement join record on record.id = record_id
join match on match.source = record.source and match.source_id = record.source_id
join search on search.id = match.search_id join strategy on strategy.id = match.strategy_id
where work_id in (select value from json_each(?)) order by work_id, match.id"""
EVENTS = """
select work_id, event.record_id, kind, notice, source, date, detail, seen
from placement join event on event.record_id = placement.record_id
where work_id in (select value from json_each(?)) order by work_id, event.id"""
WORKS = """
select id, key, coalesce(hidden, '') from work where id in (select value from json_each(?)) order by id"""


def _load(db: sqlite3.Connection, ids: Sequence[int]) -> Iterator[Work]:
    records, matches, events = (_grouped(db, sql, ids) for sql in (RECORDS, MATCHES, EVENTS))
    for key, name, hidden in db.execute(WORKS, (json.dumps(ids),)):
        yield Work(
            key,
            name,
            tuple(StoredRecord(item[1], _record(*item[2:5]), *item[5:]) for item in records.get(key, [])),
            tuple(Match(*item[1:]) for item in matches.get(key, [])),
            tuple(StoredEvent(item[1], Event(*item[2:7]), item[7]) for item in events.get(key, [])),
            hidden,
        )


def _record(content: str, licence: str, url: str) -> Record:
    """The record, with the licence that was looked up for it, unless it names one itself."""
    record = record_from_json(content)
    if not licence or record.licence or licence_of(record.copyright)[0]:
        return record
    return replace(record, licence=licence, licence_url=url)


def _grouped(db: sqlite3.Connection, sql: str, ids: Sequence[int]) -> dict[int, list[tuple[Any, ...]]]:
    rows = (tuple(row) for row in db.execute(sql, (json.dumps(ids),)))
    return {key: list(group) for key, group in groupby(rows, key=itemgetter(0))}


def resolve(db: sqlite3.Connection, key: str) -> str:
    """The key under which a work stands now (itself, or the older work it was joined into); '' if never given."""
    row = db.execute("select key, forwards from work where key = ?", (key,)).fetchone()
    while row and row["forwards"]:
        row = db.execute("select key, forwards from work where id = ?", (row["forwards"],)).fetchone()
    return str(row["key"]) if row else ""
