"""A person's word: ``tracker join`` and ``tracker split``. Each can be taken back by the other."""

from __future__ import annotations

from tracker.dedupe import stage
from tracker.errors import UsageError
from tracker.model import Verdict
from tracker.store import Store, placement, records

RULE = "a person said so"


def join(store: Store, first: str, second: str, kind: str, reason: str, now: str) -> str:
    """Make two works one; ``kind`` is same (one publication) or version (preprint and article).

    Raises :class:`UsageError` when they are one already, or when another person's word keeps them apart.
    """
    with store.write() as db:
        one, two = placement.find_work(db, first), placement.find_work(db, second)
        if one == two:
            raise UsageError(f"{first} and {second} are one work already: {one[1]}")
        a, b = placement.anchor(db, one[0]), placement.anchor(db, two[0])
        stage.say(db, Verdict(a, b, kind, RULE, reason), reason, now)
        key, other = sorted((one, two))
        if placement.find_work(db, other[1])[0] != key[0]:
            raise UsageError(
                f"{first} and {second} stay apart: another verdict on their records forbids it (see 'tracker show')"
            )
        return f"{other[1]} now forwards to {key[1]}; take it back with 'tracker split'"


def split(store: Store, key: str, record: str, reason: str, now: str) -> str:
    """Take a record (``source:id``) out of a work: it stands alone, or under the id it had before.

    Raises :class:`UsageError` when the record is not in the work or is alone in it.
    """
    with store.write() as db:
        work, name = placement.find_work(db, key)
        number = records.find(db, record)
        members = placement.members(db, work)
        if number not in members:
            raise UsageError(f"{name} has no record {record!r} (see 'tracker show {name}')")
        if len(members) == 1:
            raise UsageError(f"{record} is the only record of {name}")
        for other in members:
            if other != number:
                stage.say(db, Verdict(number, other, "different", RULE, reason), reason, now)
        now_at = placement.work_of(db, number)
        return f"{record} now stands as {now_at}, apart from {name}"
