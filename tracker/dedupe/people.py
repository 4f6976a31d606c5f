"""A person's word: ``tracker join`` and ``tracker split``. Each takes the other back, and what it had put aside stands
again: the works, the publications and the ids are then what they were before.
"""

from __future__ import annotations

from collections.abc import Iterable
from sqlite3 import Connection, Row

from tracker.dedupe import stage
from tracker.errors import UsageError
from tracker.model import Verdict
from tracker.store import Store, cluster_members, records, verdicts

RULE = "a person said so"
ONE = ("same", "version")
APART = ("different", "related")


def join(store: Store, first: str, second: str, kind: str, reason: str, now: str) -> str:
    """Make two works one; ``kind`` is same (one publication) or version (preprint and article).

    Where persons' words keep their records apart, a split say, these are taken back; only if the works do not come
    together by that alone, the join is a word of its own. Raises :class:`UsageError` when they are one already, or
    when something else still keeps them apart.
    """
    with store.write() as db:
        one, two = cluster_members.find_work(db, first), cluster_members.find_work(db, second)
        if one == two:
            raise UsageError(f"{first} and {second} are one work already: {one[1]}")
        a, b = cluster_members.anchor(db, one[0]), cluster_members.anchor(db, two[0])
        pairs = _pairs(db, a, b, kind)
        word = verdicts.next_word(db)
        told = _take_back(db, _between(db, one[0], two[0]), word, now, reason)
        for wanted in ([(a, b)], list(pairs)):  # as little as is needed: all pairs, where rules pull doubles apart
            loose = [pair for pair in wanted if not _together(db, *pair)]
            for pair in loose:
                stage.say(db, Verdict(*pair, pairs[pair], RULE, reason), reason, now, word)
            if loose:
                stage.resettle(db, (a, b), now)
        if any(not _together(db, *pair) for pair in pairs):
            raise UsageError(
                f"{first} and {second} stay apart: another verdict on their records forbids it (see 'tracker show')"
            )
        key, other = sorted((one, two))
        back = f"'tracker split {key[1]} {cluster_members.record_name(db, b if key == one else a)}'"
        return f"{other[1]} now forwards to {cluster_members.work_of(db, a)}; take it back with {back}{told}"


def split(store: Store, key: str, record: str, reason: str, now: str) -> str:
    """Take a record (``source:id``) out of a work: it stands alone, or under the id it had before.

    A record that a person has brought in by a join goes back to where it came from, with what came with it. Raises
    :class:`UsageError` when the record is not in the work or is alone in it.
    """
    with store.write() as db:
        work, name = cluster_members.find_work(db, key)
        number = records.find(db, record)
        members = cluster_members.members(db, work)
        if number not in members:
            raise UsageError(f"{name} has no record {record!r} (see 'tracker show {name}')")
        if len(members) == 1:
            raise UsageError(f"{record} is the only record of {name}")
        word = verdicts.next_word(db)
        anchor = cluster_members.anchor(db, work)
        joins = [row for row in verdicts.words_on(db, members) if row["kind"] in ONE and number in (row["a"], row["b"])]
        told, parted = "", False
        for row in joins:  # the newest first, and no more of them than are needed
            if not parted:
                told += _take_back(db, [row], word, now, reason)
                apart_from = [anchor] if number != anchor else [row["a"] if row["b"] == number else row["b"]]
                parted = not any(_together(db, number, other) for other in apart_from)
        if not parted:
            _keep_apart(db, number, cluster_members.companions(db, [number]) - {number}, reason, now, word)
        back = "'tracker join' takes it back"
        return f"{record} now stands as {cluster_members.work_of(db, number)}, apart from {name}; {back}{told}"


def _keep_apart(db: Connection, record: int, others: Iterable[int], reason: str, now: str, word: int) -> None:
    """Say that the record is not the same work as these, and settle."""
    near = cluster_members.companions(db, [record, *others])
    for other in sorted(others):
        if verdicts.persons(db, record, other) not in APART:
            stage.say(db, Verdict(record, other, "different", RULE, reason), reason, now, word)
    stage.resettle(db, near, now)


def _pairs(db: Connection, a: int, b: int, kind: str) -> dict[tuple[int, int], str]:
    """What is said of each pair across the works of two records: ``kind`` of their own publications, else version."""
    mine, others = (cluster_members.companions(db, [key]) for key in (a, b))
    own, other = cluster_members.stands(db, a)[0], cluster_members.stands(db, b)[0]
    said = {}
    for x in sorted(mine):
        for y in sorted(others):
            theirs = cluster_members.stands(db, x)[0] == own and cluster_members.stands(db, y)[0] == other
            said[x, y] = kind if theirs else "version"
    return said


def _between(db: Connection, one: int, two: int) -> list[Row]:
    """What persons have said to keep the records of two works apart, the newest first."""
    left, right = set(cluster_members.members(db, one)), set(cluster_members.members(db, two))
    return [
        row
        for row in verdicts.words_on(db, left | right)
        if row["kind"] in APART and (row["a"] in left) != (row["b"] in left)
    ]


def _take_back(db: Connection, rows: Iterable[Row], word: int, now: str, reason: str) -> str:
    """Take the words back that these verdicts belong to, whole; returns a line for each, for the person to read."""
    lines, concerned = [], set()
    for number, row in {row["word"]: row for row in rows if row["word"]}.items():
        concerned |= verdicts.take_back(db, number, word, now, reason)
        lines.append(f"\n  taken back: {row['kind']!r}, said on {row['made']}: {row['reason']}")
    if concerned:
        stage.resettle(db, concerned, now)
    return "".join(lines)


def _together(db: Connection, a: int, b: int) -> bool:
    return b in cluster_members.companions(db, [a])
