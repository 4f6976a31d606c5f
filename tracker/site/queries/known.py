"""What is read once for each publication and then known, so that pages need not read it again."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field, replace
from threading import Lock

from tracker.site.choice import Choice
from tracker.site.queries import facts, selection, sets
from tracker.site.queries.facts import Facts
from tracker.site.queries.selection import Selection
from tracker.site.queries.sets import Sets

MOST = 500  # selections that are kept
Mark = tuple[str, str]  # digests of the two files: the index is published a moment before the works


def mark(db: sqlite3.Connection) -> Mark:
    """Tells publications apart; takes microseconds."""
    first, second = db.execute(
        "select (select value from main.facts where name = 'digest'), "
        "(select value from search.facts where name = 'digest')"
    ).fetchone()
    return first, second


@dataclass
class Publication:
    """One publication; ``works`` and selections are made when they are first asked for."""

    mark: Mark
    facts: Facts
    searches: list[sqlite3.Row]
    source_counts: list[sqlite3.Row]
    _sets: list[Sets] = field(default_factory=list)
    _selections: dict[str, Selection] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def works(self, db: sqlite3.Connection) -> Sets:
        """All works as sets."""
        with self._lock:  # the second who asks waits for the first: half a second for 100,000 works
            if not self._sets:
                self._sets.append(sets.read(db))
        return self._sets[0]

    def select(self, db: sqlite3.Connection, choice: Choice) -> Selection:
        """The works of a choice with their counts; the same for every order and every page of it."""
        name = replace(choice, sort="newest", after="").url()
        found = self._selections.get(name) or selection.select(db, self.works(db), choice)
        if len(self._selections) >= MOST:
            self._selections.clear()
        self._selections[name] = found
        return found


class Known:
    """The publication that a snapshot of the database shows, read when it is met for the first time."""

    def __init__(self) -> None:
        self._last: Publication | None = None

    def publication(self, db: sqlite3.Connection) -> Publication:
        now, found = mark(db), self._last
        if found is None or found.mark != now:
            found = Publication(now, facts.facts(db), facts.searches(db), facts.source_counts(db))
            self._last = found
        return found
