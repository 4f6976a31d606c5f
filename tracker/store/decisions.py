"""Decisions brought back: who decided what on which work, as each file said it; nothing is ever edited.

A decision keeps the key under which the work was handed out and the records it then showed. Where these stand now is
asked when reading: a decision counts for every work in which one of its records stands, as handing out does.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from tracker.store.sql import insert

SALT = "reviewer_salt"


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision as it is stored; ``reviewer`` is the id of one."""

    position: int
    work_key: str
    records: tuple[int, ...]
    reviewer: int
    value: str
    reasons: tuple[str, ...]
    labels: tuple[str, ...]
    note: str
    decided: str
    matched_by: str
    tool_id: str


@dataclass(frozen=True, slots=True)
class StandingDecision:
    """A decision and the work it counts for today (``KEY.NUMBER``: a publication of a list with separate versions)."""

    work: str
    handed_out: str
    stage: str
    tool: str
    reviewer: str
    value: str
    reasons: tuple[str, ...]
    labels: tuple[str, ...]
    note: str
    decided: str
    imported: str


@dataclass(frozen=True, slots=True)
class Handed:
    """A line of the manifest of a list; ``works`` are the keys under which its records stand today."""

    work_key: str
    records: tuple[int, ...]
    pmid: str
    doi: str
    title_key: str
    year: int | None
    surname: str
    works: frozenset[str]


@dataclass(frozen=True, slots=True)
class Import:
    """A file of decisions that was read."""

    id: int
    tool: str
    stage: str
    filename: str
    made: str
    decisions: int


MANIFEST = """
select work_key, export_item.records, pmid, doi, title_key, year, surname,
    (select json_group_array(work.key) from json_each(export_item.records) as one
        join placement on record_id = one.value join work on work.id = work_id) as works
from export_item join export on export.id = export_id where list_id = ? order by export_id desc, position"""

STANDING = """
with stands(decision_id, work, publication, oldest) as (
    select distinct decision.id, work.key, placement.publication,
        (select min(publication) from placement as other where other.work_id = work.id)
    from decision join decision_import on decision_import.id = import_id
    join json_each(decision.records) as one join placement on placement.record_id = one.value
    join work on work.id = placement.work_id where list_id = :list
)
select distinct stands.work || iif(:separate and publication <> oldest, '.' || publication, '') as work,
    work_key as handed_out, stage, tool, label as reviewer, value, reasons, labels, note, decided,
    decision_import.made as imported
from stands join decision on decision.id = decision_id join decision_import on decision_import.id = import_id
join reviewer on reviewer.id = reviewer_id order by import_id, decided, position, 1"""

DECIDED = """
select distinct work_id, publication from decision join decision_import on decision_import.id = import_id
join json_each(decision.records) as one join placement on placement.record_id = one.value
where list_id = ? and decision.value <> 'undecided'"""


def manifest(db: sqlite3.Connection, list_id: int | None) -> Iterator[Handed]:
    """Every line of every file of a list, the newest file first."""
    for key, records, pmid, doi, title, year, surname, works in db.execute(MANIFEST, (list_id,)):
        shown = tuple(json.loads(records))
        yield Handed(key, shown, pmid, doi, title, year, surname, frozenset(json.loads(works)))


def list_id(db: sqlite3.Connection, name: str, now: str) -> int:
    """The id of a list, which is made if it was never handed out (decisions may be older than the tracker)."""
    db.execute("insert into list (name, made) values (?, ?) on conflict do nothing", (name, now))
    return int(db.execute("select id from list where name = ?", (name,)).fetchone()[0])


def salt(db: sqlite3.Connection) -> str:
    """A secret of this database, so that marks of reviewers cannot be looked up in a table of names."""
    db.execute("insert into setting values (?, ?) on conflict do nothing", (SALT, secrets.token_hex(16)))
    return str(db.execute("select value from setting where name = ?", (SALT,)).fetchone()[0])


def mark(salt: str, name: str) -> str:
    return sha256(f"{salt}:{' '.join(name.casefold().split())}".encode("utf-8", "replace")).hexdigest()


def reviewer(db: sqlite3.Connection, in_list: int, marks: Sequence[str], label: str = "") -> tuple[int, str]:
    """(id, label) of the reviewer known under one of the marks; a new one gets ``label`` or the next free R1, R2 ...

    All marks are remembered as hers.
    """
    found = db.execute(
        "select reviewer.id, label from reviewer_mark join reviewer on reviewer.id = reviewer_id "
        "where reviewer_mark.list_id = ? and mark in (select value from json_each(?)) order by reviewer.id",
        (in_list, json.dumps(list(marks))),
    ).fetchone()
    if found is None:
        taken = {row[0] for row in db.execute("select label from reviewer where list_id = ?", (in_list,))}
        number = 1 + sum(1 for one in taken if one.startswith("R") and one[1:].isdigit())
        name = label if label and label not in taken else f"R{number}"
        found = (insert(db, "reviewer", list_id=in_list, label=name), name)
    db.executemany(
        "insert into reviewer_mark values (?, ?, ?) on conflict do nothing", [(in_list, one, found[0]) for one in marks]
    )
    return int(found[0]), str(found[1])


def begin_import(
    db: sqlite3.Connection, in_list: int, *, tool: str, stage: str, given: str, filename: str, digest: str, now: str
) -> int:
    """The id of the import of a file; the same file said to mean the same is the same import."""
    row = db.execute(
        "select id from decision_import where list_id = ? and stage = ? and given = ? and sha256 = ?",
        (in_list, stage, given, digest),
    ).fetchone()
    if row:
        return int(row[0])
    return insert(
        db, "decision_import", list_id=in_list, tool=tool, stage=stage, given=given, filename=filename, sha256=digest,
        made=now,
    )  # fmt: skip


def end_import(db: sqlite3.Connection, import_id: int, report: str) -> None:
    db.execute("update decision_import set report = ? where id = ?", (report, import_id))


def add(db: sqlite3.Connection, import_id: int, said: Decision) -> bool:
    """Store a decision; False if this import has it already."""
    return (
        db.execute(
            "insert into decision (import_id, position, work_key, records, reviewer_id, value, reasons, labels, note, "
            "decided, matched_by, tool_id) values (?,?,?,?,?,?,?,?,?,?,?,?) on conflict do nothing",
            (
                import_id, said.position, said.work_key, json.dumps(said.records), said.reviewer, said.value,
                _json(said.reasons), _json(said.labels), said.note, said.decided, said.matched_by, said.tool_id,
            ),
        ).rowcount
        > 0
    )  # fmt: skip


def standing(db: sqlite3.Connection, in_list: int | None, *, separate: bool = False) -> list[StandingDecision]:
    """Every decision of a list with the work it counts for today, in the order in which they came."""
    rows = db.execute(STANDING, {"list": in_list, "separate": separate})
    return [
        StandingDecision(**{**dict(row), "reasons": _tuple(row["reasons"]), "labels": _tuple(row["labels"])})
        for row in rows
    ]


def decided(db: sqlite3.Connection, in_list: int | None, *, publications: bool = False) -> set[int]:
    """Ids of the works (or of the publications) on which somebody has decided in a list."""
    return {row[int(publications)] for row in db.execute(DECIDED, (in_list,))}


def by_tool_id(db: sqlite3.Connection, in_list: int) -> dict[str, tuple[str, tuple[int, ...]]]:
    """(work key, records) by what a tool called the paper in an earlier file."""
    rows = db.execute(
        "select tool_id, work_key, records from decision join decision_import on decision_import.id = import_id "
        "where list_id = ? and tool_id <> '' order by decision.id",
        (in_list,),
    )
    return {row[0]: (row[1], tuple(json.loads(row[2]))) for row in rows}


def imports(db: sqlite3.Connection, in_list: int | None) -> list[Import]:
    """The files of decisions of a list, the oldest first."""
    rows = db.execute(
        "select id, tool, stage, filename, made, (select count(*) from decision where import_id = decision_import.id) "
        "from decision_import where list_id = ? order by id",
        (in_list,),
    )
    return [Import(*row) for row in rows]


def _json(values: Sequence[str]) -> str:
    return json.dumps(list(values), ensure_ascii=False)


def _tuple(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))
