"""What is read once for each publication and then known, so that pages need not read it again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any, TypeVar

from tracker.site.choice import Choice
from tracker.site.queries import completeness, facts, selection, sets
from tracker.site.queries.facts import Facts
from tracker.site.queries.selection import Selection
from tracker.site.queries.sets import Sets

T = TypeVar("T")
MOST = 1000  # things that are kept; the largest have 20 kB of 100,000 works
Mark = tuple[str, str]  # digests of the two files: the index is published a moment before the works


def mark(db: sqlite3.Connection) -> Mark:
    """Tells publications apart; takes microseconds."""
    ((first, second),) = db.execute(
        "select (select value from main.facts where name = 'digest'), "
        "(select value from search.facts where name = 'digest')"
    ).fetchall()
    return first, second


@dataclass
class Publication:
    """One publication, and what has been made of it so far."""

    mark: Mark
    facts: Facts
    searches: list[sqlite3.Row]
    source_counts: list[sqlite3.Row]
    asked: list[sqlite3.Row]  # the last run of each search on each source
    finds: dict[str, bytes] = field(default_factory=dict)  # term of a strategy -> the works it is in, see ``matched``
    _works: list[Sets] = field(default_factory=list)
    _made: dict[Hashable, Any] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What ``make`` gives, made once and kept under ``key`` until there is too much."""
        found: T | None = self._made.get(key)
        if found is None:
            found = make()
            if len(self._made) >= MOST:
                self._made.clear()
            self._made[key] = found
        return found

    def works(self, db: sqlite3.Connection) -> Sets:
        """All works as sets."""
        with self._lock:  # the second who asks waits for the first: half a second for 100,000 works
            if not self._works:
                self._works.append(sets.read(db))
        return self._works[0]

    def select(self, db: sqlite3.Connection, choice: Choice) -> Selection:
        """The works of a choice with their counts; the same for every order and every page of it."""
        name = replace(choice, sort="newest", after="").url()
        return self.once(("works", name), lambda: selection.select(db, self.works(db), choice))

    @property
    def has_works(self) -> bool:
        return bool(self._works)


class Known:
    """The publication that a snapshot of the database shows, read when it is met for the first time."""

    def __init__(self) -> None:
        self._last: Publication | None = None

    def publication(self, db: sqlite3.Connection) -> Publication:
        now, found = mark(db), self._last
        if found is None or found.mark != now:
            found = Publication(
                now, facts.facts(db), facts.searches(db), facts.source_counts(db), completeness.asked(db)
            )
            self._last = found
        return found

    def has_works(self, db: sqlite3.Connection) -> bool:
        """Whether :meth:`Publication.works` has been read of what is published now."""
        return self.publication(db).has_works
