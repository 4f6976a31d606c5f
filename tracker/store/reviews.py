"""What a review of the rules compares: where records stood and stand, verdicts that came and fell, who saw what."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping


def places(db: sqlite3.Connection) -> dict[int, tuple[int, int]]:
    """(publication, work) of every record that has been judged."""
    return {row[0]: (row[1], row[2]) for row in db.execute("select record_id, publication, work_id from placement")}


def last_verdict(db: sqlite3.Connection) -> int:
    return int(db.execute("select coalesce(max(id), 0) from verdict").fetchone()[0])


def standing(db: sqlite3.Connection) -> dict[int, str]:
    """The kind of each verdict of the machine that stands, by its id."""
    return {
        row[0]: row[1] for row in db.execute("select id, kind from verdict where undone is null and by = 'machine'")
    }


def added(db: sqlite3.Connection, last: int) -> list[str]:
    """The kinds of the verdicts that were made after ``last`` and stand."""
    return [row[0] for row in db.execute("select kind from verdict where undone is null and id > ?", (last,))]


def fallen(db: sqlite3.Connection, stood: Mapping[int, str]) -> list[str]:
    """The kinds of those that stood and stand no more."""
    now = standing(db)
    return [kind for key, kind in stood.items() if key not in now]


def keys(db: sqlite3.Connection) -> dict[int, str]:
    return {row[0]: row[1] for row in db.execute("select id, key from work")}


def names(db: sqlite3.Connection, records: Collection[int]) -> dict[int, str]:
    """``source:id`` of each record."""
    sql = "select id, source || ':' || source_id from record where id in (select value from json_each(?))"
    return {row[0]: row[1] for row in db.execute(sql, (json.dumps(list(records)),))}


def seen(db: sqlite3.Connection, members: Mapping[int, Collection[int]]) -> dict[int, str]:
    """Why a person would notice a change of each work: exports that held it, taken down, a person's word on it."""
    owner: dict[int, set[int]] = {}
    for work, records in members.items():
        for record in records:
            owner.setdefault(record, set()).add(work)
    wanted = json.dumps(list(owner))
    why: dict[int, list[str]] = {work: [] for work in members}
    for code, record in db.execute(HANDED, {"records": wanted}):
        for work in owner[record]:
            why[work] += [f"in {code}"] if f"in {code}" not in why[work] else []
    for (work,) in db.execute("select id from work where hidden is not null order by id"):
        if work in why:
            why[work].append("taken down")
    spoken = {key for row in db.execute(SPOKEN, {"records": wanted}) for key in row}
    for work, records in members.items():
        if spoken.intersection(records):
            why[work].append("a person's word")
    return {work: ", ".join(reasons) for work, reasons in why.items()}


HANDED = """
select distinct code, one.value from export join export_item on export_id = export.id
join json_each(export_item.records) as one
where one.value in (select value from json_each(:records)) order by export.id"""
SPOKEN = """
select a, b from verdict where undone is null and by = 'person'
    and (a in (select value from json_each(:records)) or b in (select value from json_each(:records)))"""
