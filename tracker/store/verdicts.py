"""Verdicts about pairs of records: who held what, by which rule, on what evidence. Rows are undone, never deleted.

Open questions: pairs that only a person can tell. Derived from the verdicts whenever these are settled.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence

from tracker.model import Verdict
from tracker.store.sql import insert


def add(
    db: sqlite3.Connection, verdict: Verdict, *, rules: int, by: str, now: str, reason: str = "",
    word: int | None = None,
) -> bool:  # fmt: skip
    """Add a verdict in the place of the one that stands; False if the same one stands already.

    The lower record id comes first. ``word``: the number of a person's word it is part of (:func:`next_word`).
    """
    a, b = sorted((verdict.a, verdict.b))
    said = (verdict.kind, verdict.rule, verdict.evidence)
    standing = db.execute(
        "select kind, rule, evidence from verdict where a = ? and b = ? and by = ? and undone is null", (a, b, by)
    ).fetchone()
    if standing and tuple(standing) == said:
        return False
    if standing:
        undo(db, a, b, by, now, "a newer verdict", word)
    insert(
        db, "verdict", a=a, b=b, kind=verdict.kind, rule=verdict.rule, rules_version=rules, score=verdict.score,
        evidence=verdict.evidence, by=by, reason=reason, made=now, word=word,
    )  # fmt: skip
    return True


def replace(
    db: sqlite3.Connection, gone: Iterable[tuple[int, int]], found: Sequence[Verdict], *, rules: int, now: str
) -> None:
    """Put the machine's findings in the place of what it held of these pairs; what it repeats stays as it stands."""
    pairs = {(item.a, item.b) for item in found} | set(gone)
    held = {(row[1], row[2]): row for row in db.execute(OF_MACHINE, (json.dumps(list({a for a, _ in pairs})),))}
    repeated = {(item.a, item.b) for item in found if _repeats(held.get((item.a, item.b)), item)}
    named = {(item.a, item.b) for item in found}
    db.executemany(
        "update verdict set undone = ?, undone_reason = ? where id = ?",
        [
            (now, "a newer verdict" if pair in named else "the records changed", held[pair][0])
            for pair in sorted(pairs - repeated)
            if pair in held
        ],
    )
    db.executemany(
        "insert into verdict (a, b, kind, rule, rules_version, score, evidence, by, made) "
        "values (?, ?, ?, ?, ?, ?, ?, 'machine', ?)",
        [
            (item.a, item.b, item.kind, item.rule, rules, item.score, item.evidence, now)
            for item in found
            if (item.a, item.b) not in repeated
        ],
    )


def _repeats(row: sqlite3.Row | None, item: Verdict) -> bool:
    return row is not None and tuple(row)[3:] == (item.kind, item.rule, item.evidence)


def undo(
    db: sqlite3.Connection, a: int, b: int, by: str, now: str, reason: str, word: int | None = None
) -> None:  # fmt: skip
    """Undo what ``by`` (machine or person) holds of the pair; ``word``: the person's word that takes it back."""
    low, high = sorted((a, b))
    db.execute(
        "update verdict set undone = ?, undone_reason = ?, undone_word = ? "
        "where a = ? and b = ? and by = ? and undone is null",
        (now, reason, word, low, high, by),
    )


def touching(db: sqlite3.Connection, records: Iterable[int]) -> list[tuple[Verdict, str]]:
    """(verdict, by) of all that stand and touch one of ``records``, in the order in which they were made."""
    rows = db.execute(TOUCHING, {"ids": json.dumps(list(records))})
    return [(Verdict(*tuple(row)[:6]), row[6]) for row in rows]


TOUCHING = """
select a, b, kind, rule, evidence, score, by from verdict where undone is null
    and (a in (select value from json_each(:ids)) or b in (select value from json_each(:ids))) order by id"""
REVIEWED = "rules reviewed"  # setting: the version of the rules by which every record has been judged
OF_MACHINE = """
select id, a, b, kind, rule, evidence from verdict
where a in (select value from json_each(?)) and by = 'machine' and undone is null"""
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


def next_word(db: sqlite3.Connection) -> int:
    """The number for all that a person says at one time."""
    return int(
        db.execute("select max(coalesce(max(word), 0), coalesce(max(undone_word), 0)) + 1 from verdict").fetchone()[0]
    )


def words_on(db: sqlite3.Connection, records: Iterable[int]) -> list[sqlite3.Row]:
    """What persons hold of pairs among ``records`` (id, a, b, kind, word, made, reason), the newest first."""
    return db.execute(WORDS, {"ids": json.dumps(list(records))}).fetchall()


def of_persons(db: sqlite3.Connection) -> dict[tuple[int, int], sqlite3.Row]:
    """All that persons hold (kind, made, reason), by pair."""
    rows = db.execute(f"select a, b, kind, made, reason from verdict where {STANDS} order by id")  # noqa: S608
    return {(row["a"], row["b"]): row for row in rows}


def take_back(db: sqlite3.Connection, number: int, by: int, now: str, reason: str) -> set[int]:
    """Undo a person's word and say again what it had displaced; returns the records concerned.

    ``by`` is the number of the word that takes it back, so that this can be taken back in its turn. What a later word
    has put on a pair stays.
    """
    made = db.execute("select a, b from verdict where word = ? and undone is null", (number,)).fetchall()
    db.execute(
        "update verdict set undone = ?, undone_reason = ?, undone_word = ? where word = ? and undone is null",
        (now, f"taken back: {reason}", by, number),
    )
    displaced = db.execute(f"{AGAIN} where undone_word = ? order by id", (number,)).fetchall()
    for row in displaced:
        _say_again(db, row, now)
    return {key for row in (*made, *displaced) for key in (row["a"], row["b"])}


def _say_again(db: sqlite3.Connection, row: sqlite3.Row, now: str) -> None:
    """A row that was displaced stands again, over what an older word has put there; under a newer one it stays away."""
    over = db.execute(f"{AGAIN} where a = ? and b = ? and {STANDS}", (row["a"], row["b"])).fetchone()
    if over is None or (over["word"] or 0) < (row["word"] or 0):
        undo(db, row["a"], row["b"], "person", now, "a newer verdict", row["word"])
        insert(db, "verdict", **dict(row), by="person", made=now)


def persons(db: sqlite3.Connection, a: int, b: int) -> str:
    """The kind of the person's verdict that stands on a pair, '' where there is none."""
    sql = f"select kind from verdict where a = ? and b = ? and {STANDS}"  # noqa: S608
    row = db.execute(sql, sorted((a, b))).fetchone()
    return str(row[0]) if row else ""


STANDS = "by = 'person' and undone is null"
WORDS = """
select id, a, b, kind, word, made, reason from verdict where undone is null and by = 'person'
    and a in (select value from json_each(:ids)) and b in (select value from json_each(:ids)) order by id desc"""
AGAIN = "select a, b, kind, rule, rules_version, score, evidence, reason, word from verdict"


def reviewed(db: sqlite3.Connection) -> int:
    """The version of the rules by which every record has been judged; 0 before the first."""
    row = db.execute("select value from setting where name = ?", (REVIEWED,)).fetchone()
    return int(row[0]) if row else 0


def begin_reviewed(db: sqlite3.Connection, version: int) -> None:
    """Note the version of the rules unless one has been noted: only a review raises it."""
    db.execute("insert into setting (name, value) values (?, ?) on conflict do nothing", (REVIEWED, str(version)))


def set_reviewed(db: sqlite3.Connection, version: int) -> None:
    db.execute("update setting set value = ? where name = ?", (str(version), REVIEWED))


def put_questions(db: sqlite3.Connection, reach: Collection[int], asks: Iterable[Verdict]) -> None:
    """The questions of the records in ``reach``, which were settled together, in the place of what stood there."""
    db.execute(FORGET_QUESTIONS, {"ids": json.dumps(list(reach))})
    db.executemany(
        "insert into question (a, b, rule, evidence, score) values (?, ?, ?, ?, ?)",
        [(one.a, one.b, one.rule, one.evidence, one.score) for one in asks],
    )


FORGET_QUESTIONS = """
delete from question where a in (select value from json_each(:ids)) or b in (select value from json_each(:ids))"""
QUESTIONS_IN_ORDER = """
select a, b, question.rule, question.evidence, score from question
join record as one on one.id = a join record as two on two.id = b
order by one.source, length(one.source_id), one.source_id, two.source, length(two.source_id), two.source_id"""


def open_questions(db: sqlite3.Connection) -> list[Verdict]:
    """All open questions, in the order of the records' ids at their sources."""
    return [Verdict(row[0], row[1], "ask", row[2], row[3], row[4]) for row in db.execute(QUESTIONS_IN_ORDER)]


def questions_of(db: sqlite3.Connection, records: Sequence[int]) -> list[Verdict]:
    """The open questions about these records."""
    wanted = set(records)
    return [one for one in open_questions(db) if one.a in wanted or one.b in wanted]


def count_questions(db: sqlite3.Connection) -> int:
    return int(db.execute("select count(*) from question").fetchone()[0])
