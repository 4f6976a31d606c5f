"""Open questions: pairs that only a person can tell. Derived from the verdicts whenever these are settled."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence

from tracker.model import Verdict


def put(db: sqlite3.Connection, reach: Collection[int], asks: Iterable[Verdict]) -> None:
    """The questions of the records in ``reach``, which were settled together, in the place of what stood there."""
    db.execute(FORGET, {"ids": json.dumps(list(reach))})
    db.executemany(
        "insert into question (a, b, rule, evidence, score) values (?, ?, ?, ?, ?)",
        [(one.a, one.b, one.rule, one.evidence, one.score) for one in asks],
    )


FORGET = """
delete from question where a in (select value from json_each(:ids)) or b in (select value from json_each(:ids))"""
IN_ORDER = """
select a, b, question.rule, question.evidence, score from question
join record as one on one.id = a join record as two on two.id = b
order by one.source, length(one.source_id), one.source_id, two.source, length(two.source_id), two.source_id"""


def every(db: sqlite3.Connection) -> list[Verdict]:
    """All open questions, in the order of the records' ids at their sources."""
    return [Verdict(row[0], row[1], "ask", row[2], row[3], row[4]) for row in db.execute(IN_ORDER)]


def of_records(db: sqlite3.Connection, records: Sequence[int]) -> list[Verdict]:
    """The open questions about these records."""
    wanted = set(records)
    return [one for one in every(db) if one.a in wanted or one.b in wanted]


def count(db: sqlite3.Connection) -> int:
    return int(db.execute("select count(*) from question").fetchone()[0])
