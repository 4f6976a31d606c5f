"""Verdicts about pairs of records: who held what, by which rule, on what evidence. Rows are undone, never deleted."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence

from tracker.model import Verdict
from tracker.store.sql import insert


def add(
    db: sqlite3.Connection, verdict: Verdict, *, rules: int, by: str, now: str, reason: str = "", run: int | None = None
) -> None:  # fmt: skip
    """Add a verdict unless the same one stands already; the lower record id comes first."""
    a, b = sorted((verdict.a, verdict.b))
    standing = db.execute(
        "select 1 from verdict where a = ? and b = ? and kind = ? and rule = ? and evidence = ? and by = ? "
        "and undone is null",
        (a, b, verdict.kind, verdict.rule, verdict.evidence, by),
    ).fetchone()
    if not standing:
        undo(db, a, b, by, now, "a newer verdict")
        insert(
            db, "verdict", a=a, b=b, kind=verdict.kind, rule=verdict.rule, rules_version=rules, score=verdict.score,
            evidence=verdict.evidence, by=by, reason=reason, run_id=run, made=now,
        )  # fmt: skip


def undo(db: sqlite3.Connection, a: int, b: int, by: str, now: str, reason: str) -> None:
    """Undo what ``by`` (machine or person) holds of the pair."""
    low, high = sorted((a, b))
    db.execute(
        "update verdict set undone = ?, undone_reason = ? where a = ? and b = ? and by = ? and undone is null",
        (now, reason, low, high, by),
    )


def touching(db: sqlite3.Connection, records: Iterable[int]) -> list[tuple[Verdict, str]]:
    """(verdict, by) of all that stand and touch one of ``records``, in the order in which they were made."""
    rows = db.execute(TOUCHING, {"ids": json.dumps(list(records))})
    return [(Verdict(*tuple(row)[:6]), row[6]) for row in rows]


TOUCHING = """
select a, b, kind, rule, evidence, score, by from verdict where undone is null
    and (a in (select value from json_each(:ids)) or b in (select value from json_each(:ids))) order by id"""
OF_RECORDS = """
select one.source || ':' || one.source_id as a, two.source || ':' || two.source_id as b, kind, rule, evidence, score,
    by, made, reason, coalesce(undone, '') as undone, undone_reason
from verdict join record as one on one.id = a join record as two on two.id = b
where kind in ('same', 'version', 'related', 'ask', 'different')
    and (a in (select value from json_each(:records)) or b in (select value from json_each(:records)))
order by verdict.id"""


def of_records(db: sqlite3.Connection, records: Sequence[int]) -> tuple[sqlite3.Row, ...]:
    """Every verdict, undone ones too, that touches one of the records, for people to read."""
    return tuple(db.execute(OF_RECORDS, {"records": json.dumps(records)}))
