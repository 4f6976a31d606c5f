"""Told afterwards: what has become of the works of each hand-out since it last told of them.

    Your list wellbeing of 3 March 2026 (412 works, E0042) now holds 1 retracted paper and 6 preprints that have been
    published; 2 no longer match: 'tracker export changed.csv --list wellbeing --changed' hands them out

Nothing is stored for it: it is the hand-out ``--changed`` of each list, counted and not written. So it falls silent
when that has been handed out.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tracker import states
from tracker.formats import format_of
from tracker.screening import choose
from tracker.screening import lists as list_files
from tracker.screening.changes import Change
from tracker.screening.receipt import number, receipt_from_json
from tracker.searches import ListFile
from tracker.store import lists

SAID = {
    **{state.code: (state.one, state.many) for state in states.STATES if state.code in states.CHANGES},
    "another": ("paper that has appeared in another version", "papers that have appeared in another version"),
    "parted": ("paper that is no longer one with another", "papers that are no longer one with another"),
    "other": ("paper of another state", "papers of another state"),
}
KINDS = tuple(SAID)
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Afterwards:
    """A hand-out of a list and what has become of its works: ``counts`` by ``KINDS``, and how many match no longer.

    Each changed work is counted once in ``counts``, by the gravest that is news, or not at all where only its matching
    has changed (``ended``, ``again``).
    """

    hand_out: lists.HandOut
    changed: int
    counts: Counter[str]
    ended: int
    again: int

    def as_json(self) -> dict[str, Any]:
        """Plain values under names that stay."""
        told = self.hand_out
        return {
            "list": told.list,
            "codes": list(told.codes),
            "made": told.made,
            "works": told.works,
            "changed": self.changed,
            **{kind: self.counts[kind] for kind in KINDS},
            "ended": self.ended,
            "again": self.again,
        }

    def __str__(self) -> str:
        told, holds = self.hand_out, list(_holds(self.counts))
        codes = told.codes[0] if len(told.codes) == 1 else f"{told.codes[0]} to {told.codes[-1]}"
        head = f"Your list {told.list} of {day(told.made)} ({number(told.works, 'work')}, {codes})"
        parts = [f"{head} now holds {_and(holds)}" if holds else f"{head} has changed"]
        parts += [f"{self.ended:,} no longer {'matches' if self.ended == 1 else 'match'}"] if self.ended else []
        parts += [f"{self.again:,} {'matches' if self.again == 1 else 'match'} again"] if self.again else []
        return f"{'; '.join(parts)}: 'tracker export changed.csv --list {told.list} --changed' hands them out"


def tell(db: sqlite3.Connection, queries: Path) -> list[Afterwards]:
    """Every hand-out of which works have changed since they were last told of, oldest first; none where nothing has.

    A list whose file has gone or cannot be read is followed as its last receipt says.
    """
    hand_outs = lists.hand_outs(db)
    listed, _ = list_files.all_lists(queries, lists.slugs(db)) if hand_outs else ([], [])
    known = {one.name: one for one in listed}
    changes: dict[str, list[Change]] = {}
    for name in dict.fromkeys(one.list for one in hand_outs):
        for change in choose.changed(db, _order(known.get(name) or _from_receipt(db, name))):
            changes.setdefault(change.code, []).append(change)
    found = [_counted(one, [change for code in one.codes for change in changes.get(code, ())]) for one in hand_outs]
    return [one for one in found if one.changed]


def _order(listed: ListFile) -> choose.Order:
    """A hand-out of what has changed, of which nothing will be written."""
    nowhere = Path("changed.csv")
    return choose.Order(listed, format_of(nowhere), "spreadsheet", "changed", nowhere, "")


def _from_receipt(db: sqlite3.Connection, name: str) -> ListFile:
    last = lists.last_export(db, name)
    if last is None:  # cannot be: the list has been handed out
        raise AssertionError(f"the list {name} was never handed out")
    receipt = receipt_from_json(last.receipt)
    return ListFile(name, name, tuple(search.slug for search in receipt.searches), versions=receipt.versions)


def _counted(hand_out: lists.HandOut, changes: list[Change]) -> Afterwards:
    kinds = Counter(kind for change in changes if (kind := _kind(change)))
    ended, again = (sum(bool(getattr(change, name)) for change in changes) for name in ("ended", "again"))
    return Afterwards(hand_out, len(changes), kinds, ended, again)


def _kind(change: Change) -> str:
    if change.what:
        return change.what
    return "another" if change.added else "parted" if change.parted else "other" if change.now else ""


def _holds(counts: Counter[str]) -> Iterator[str]:
    for kind in KINDS:
        if counts[kind]:
            yield f"{counts[kind]:,} {SAID[kind][counts[kind] > 1]}"


def _and(parts: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def day(time: str) -> str:
    """``3 March 2026``."""
    said = date.fromisoformat(time[:10])
    return f"{said.day} {MONTHS[said.month - 1]} {said.year}"
