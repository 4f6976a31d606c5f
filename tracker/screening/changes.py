"""What has happened to a work since it was last handed out: compared with what was said of it then. Pure.

A mark is told once, wherever it comes from: what counts is the state that was shown, and the state that would be shown
now. A work that no longer matches any search of its list has changed as well, and so has one that matches again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from tracker.model import Work
from tracker.states import GRAVE, PREPRINT, PUBLISHED
from tracker.states import words as state_words
from tracker.store.lists import LastExport
from tracker.store.standing import WorkStanding
from tracker.works.row import states_of, words


@dataclass(frozen=True, slots=True)
class Change:
    """What is different; false where nothing is.

    ``now`` is the status that would be shown, where it is another than ``was``; ``what`` the gravest thing in it that
    is news (retracted, withdrawn, concern, corrected, published), '' where there is none. ``added`` are publications,
    ``ended`` the day since which no search of the list matches.
    """

    code: str = ""
    was: str = ""
    now: str = ""
    what: str = ""
    added: frozenset[int] = frozenset()
    parted: bool = False
    ended: str = ""
    again: bool = False

    def __bool__(self) -> bool:
        return bool(self.now or self.added or self.parted or self.ended or self.again)


NOTHING = Change()


def change(told: LastExport, standing: WorkStanding) -> Change:
    """What is different between what was told of a work and how it stands."""
    states = states_of(standing.kinds)
    status = words(states)
    before, others = set(told.status.split("; ")), {word for said in told.apart for word in said.split("; ")}
    now = status if set(status.split("; ")) != before else ""
    then = any(since <= told.made < (until or "~") for since, until in standing.matches)
    still = any(not until for _, until in standing.matches)
    days = [until for _, until in standing.matches if until]
    return Change(
        told.code,
        told.status,
        now,
        _news(states, standing.kinds, before, others),
        standing.publications - told.publications,
        bool(told.publications - standing.publications),
        max(days)[:10] if days and then and not still else "",
        still and not then,
    )


def _news(states: Collection[str], kinds: Collection[str], before: set[str], others: set[str]) -> str:
    for word in GRAVE:
        if word in states and state_words(word) not in before:
            return word
    return PUBLISHED.code if PUBLISHED.code in kinds and PREPRINT.code in before | others else ""


def standing_of(unit: Work, searches: Collection[str]) -> WorkStanding:
    """How a work that has been loaded stands (or one of its publications made a work of its own)."""
    return WorkStanding(
        unit.id,
        frozenset(item.event.kind for item in unit.events),
        frozenset(item.publication for item in unit.records),
        tuple((match.since, match.until) for match in unit.matches if match.search in searches),
    )
