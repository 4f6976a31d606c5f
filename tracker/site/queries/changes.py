"""What happened to papers after they had come: events that a later run saw, for a table and for a feed.

One change is one kind of event of one work on one day: that several notices or sources tell of it on that day does
not make it several. The first event of such a group stands for it. A preprint is no news about a paper.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from tracker.site.queries.feeds import FeedWork, Scope, told

PAGE = 50
FIRST = """
events.later = 1 and events.kind <> 'preprint' and not exists (
    select 1 from events as other where other.work_id = events.work_id and other.kind = events.kind and other.later = 1
    and substr(other.seen, 1, 10) = substr(events.seen, 1, 10)
    and (other.seen < events.seen or (other.seen = events.seen and other.id < events.id)))"""
# Events have no numbers that last from one publication to the next; work, kind and day together do.
CHANGES = Scope(
    table="events join works on works.id = events.work_id",
    columns="works.*, events.kind as happened, events.seen as arrived",
    arrived="events.seen",
    tie=("events.work_id", "events.kind"),
    where=FIRST,
)


@dataclass(frozen=True, slots=True)
class StateChange:
    """A change with all rows of ``events`` that tell of it, the first one first."""

    told: FeedWork
    kind: str
    seen: str
    events: Sequence[sqlite3.Row]

    @property
    def work(self) -> sqlite3.Row:
        return self.told.work

    @property
    def dates(self) -> list[str]:
        """The dates of the notices, partial."""
        return self._said("date")

    @property
    def sources(self) -> list[str]:
        """Who says so."""
        return self._said("source")

    @property
    def details(self) -> list[str]:
        return self._said("detail")

    @property
    def notices(self) -> list[str]:
        """DOI, PubMed number or citation of each notice."""
        return self._said("notice")

    def _said(self, name: str) -> list[str]:
        return list(dict.fromkeys(row[name] for row in self.events if row[name]))


@dataclass(frozen=True, slots=True)
class ChangesRequest:
    """What a reader wants to see: ``kinds`` (none: all), first and last day, and the mark after which to go on."""

    kinds: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """Changes, newest first, and the mark after which the next page begins, '' on the last one."""

    changes: list[StateChange]
    after: str


def changes(db: sqlite3.Connection, rows: Sequence[sqlite3.Row]) -> list[StateChange]:
    """The changes for which rows of the scope ``CHANGES`` stand, in their order."""
    works = told(db, rows)
    sql = """
    select * from events where later = 1 and work_id in (select value from json_each(?)) order by seen, id"""
    found: dict[tuple[int, str, str], list[sqlite3.Row]] = {}
    for event in db.execute(sql, (json.dumps([row["id"] for row in rows]),)):
        found.setdefault((event["work_id"], event["kind"], event["seen"][:10]), []).append(event)
    return [
        StateChange(work, row["happened"], row["arrived"], found[row["id"], row["happened"], row["arrived"][:10]])
        for row, work in zip(rows, works, strict=True)
    ]


def page(db: sqlite3.Connection, asked: ChangesRequest, size: int = PAGE) -> ChangesPage:
    """The changes after ``asked.after``; work and kind break ties, so each change is on exactly one page."""
    where, values = _conditions(asked)
    if mark := _mark(asked.after):
        where += f" and (events.seen, {', '.join(CHANGES.tie)}) < (?, ?, ?)"
        values += mark
    sql = f"select {CHANGES.columns} from {CHANGES.table} where {where} order by {CHANGES.order('desc')} limit ?"  # noqa: S608
    rows = db.execute(sql, (*values, size + 1)).fetchall()
    last = rows[size - 1] if len(rows) > size else None
    after = f"{last['arrived']}~{last['id']}~{last['happened']}" if last else ""
    return ChangesPage(changes(db, rows[:size]), after)


def counts(db: sqlite3.Connection, asked: ChangesRequest) -> dict[str, int]:
    """How many changes of each kind there are in the time asked for, whatever kinds were asked for."""
    where, values = _conditions(ChangesRequest(since=asked.since, until=asked.until))
    sql = f"select kind, count(*) from events where {where} group by kind"  # noqa: S608
    return {row[0]: row[1] for row in db.execute(sql, values)}


def _conditions(asked: ChangesRequest) -> tuple[str, list[object]]:
    where, values = FIRST, list[object]()
    for part, value in (
        ("events.seen >= ?", asked.since),
        ("events.seen < ?", asked.until and f"{asked.until}~"),
        ("events.kind in (select value from json_each(?))", asked.kinds and json.dumps(asked.kinds)),
    ):
        if value:
            where, values = f"{where} and {part}", [*values, value]
    return where, values


def _mark(after: str) -> tuple[str, int, str] | None:
    """(time, work, kind) of the last change seen; None at the beginning and for what is not such a mark."""
    seen, _, rest = after.partition("~")
    number, _, kind = rest.partition("~")
    return (seen, int(number), kind) if number.isascii() and number.isdigit() and len(number) < 16 else None
