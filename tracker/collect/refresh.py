"""Refresh: which known records to ask for again, and why.

    owing       listed, but nothing readable came the last time
    beginning   they begin to match a search: only what they say today tells why
    revised     the source says that it has revised them; 2,000 a run: the yearly MeSH revision touches nearly all
    rotated     it is their turn: a thirtieth of all a day, oldest answer first

So retractions, corrections and publication links arrive. What has been answered for today is neither revised nor due.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from sqlite3 import Connection

from tracker.errors import Blocked, SourceError
from tracker.sources import Source
from tracker.store import matches, records, runs

ROTATION = 30  # every known record is asked for again once in so many days
REVISED_LIMIT = 2000  # records a run


@dataclass(frozen=True)
class Answered:
    """A search that was answered: ``text`` as sent, when, and the ids it listed; in a baseline no reasons are asked."""

    search: int
    text: str
    started: str
    ids: Sequence[str]
    baseline: bool


@dataclass
class Refresh:
    """``because``: why each record is asked for again: 'revised', 'rotated', or '' (owing, beginning)."""

    because: dict[str, str] = field(default_factory=dict)
    trouble: list[str] = field(default_factory=list)
    note: str = ""
    blocked: bool = False  # the service has shut us out: nothing more may be asked


def beginning(db: Connection, source: str, answered: Sequence[Answered]) -> list[str]:
    """Stored records that begin to match a search, or began to without having been read again since."""
    found = matches.waiting(db, source)
    for item in answered:
        if not item.baseline:
            found += matches.beginning(db, item.search, source, item.ids, item.started)
    return list(dict.fromkeys(found))


def plan(db: Connection, source: Source, answered: Sequence[Answered], begin: Sequence[str], today: date) -> Refresh:
    """What to ask for again today: ``begin``, what the source says it has revised, and what is due in rotation."""
    found = Refresh()
    last = runs.last_reading(db, source.name, today.isoformat())
    revised = _revised(db, source, answered, last, today, found) if last else []
    if found.blocked:
        return found
    owing = records.owing(db, source.name, {key for item in answered for key in item.ids})
    found.because = {**dict.fromkeys([*owing, *begin], ""), **dict.fromkeys(revised, "revised")}
    share = _share(db, source.name, last, today)
    if share > 0:
        due = records.due(db, source.name, today.isoformat(), share + len(found.because))
        turn = [item for item in due if item not in found.because]
        found.because |= dict.fromkeys(turn[:share], "rotated")
    return found


def _revised(
    db: Connection, source: Source, answered: Sequence[Answered], last: str, today: date, found: Refresh
) -> list[str]:
    since = date.fromisoformat(last[:10]) - timedelta(days=1)  # the service counts days in its own time zone
    listed: list[str] = []
    full = False
    for item in answered:
        try:
            ids = source.revised(item.text, since, REVISED_LIMIT)
        except SourceError as error:
            found.blocked = isinstance(error, Blocked)
            found.trouble.append(f"which records were revised could not be asked: {error}")
            break
        listed += ids
        full = full or len(ids) >= REVISED_LIMIT
    known = records.not_asked_since(db, source.name, listed, today.isoformat())
    if full or len(known) > REVISED_LIMIT:
        found.note = f"{REVISED_LIMIT:,} or more known records were revised: the rest is asked for in rotation"
    return known[:REVISED_LIMIT]


def _share(db: Connection, source: str, last: str, today: date) -> int:
    """How many records rotation owes: a thirtieth of all for each day since the last whole reading."""
    day = date.fromisoformat(last[:10]) if last else today
    days = min(max((today - day).days, 1), ROTATION)
    since = day + timedelta(days=1) if day < today else today
    thirtieth = -(-records.count(db, source) // ROTATION)
    return thirtieth * days - runs.rotated_since(db, source, since.isoformat())
