"""When a reading or a run of a search is complete, complete with notes, catching up, incomplete or failed.

One rule for services that are asked and for those that are read by days: what was left out makes it incomplete, what
somebody should know makes it complete with notes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from tracker.model import IdList
from tracker.text.plural import plural

WITHHELD_FOR_LONG = 0.1  # as much may be withheld for ever, when runs before have told of it
TOO_MANY, TOO_LARGE_A_SHARE = 3, 0.01  # withheld from one request: both reached, and the run is incomplete


@dataclass
class Reading:
    """What came of a list of ids. ``unanswered``: asked for, but the service failed; they are not in the counts.

    ``counts`` by fresh, changed, same, unreadable, withheld. ``because``: see :meth:`Reader.read`.
    """

    because: Mapping[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    withheld: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    short: bool = False  # a request came back with too many listed records missing
    expected: frozenset[str] = frozenset()  # withheld, as they were in a run before
    blocked: bool = False  # the service has shut us out: nothing more may be asked

    @property
    def read(self) -> frozenset[str]:
        """The known ones that came."""
        return frozenset(self.because).difference(self.unanswered, self.withheld, self.unreadable)


def outcome(readings: Sequence[Reading], listed: Collection[str]) -> tuple[str, str]:
    """(outcome, note) of several readings of one source in a run; ``listed``: all ids that its searches listed.

    A known record that is neither listed nor given out any more has left the source: a note, nothing is missing.
    """
    counts = sum((item.counts for item in readings), Counter[str]())
    trouble = list(dict.fromkeys(line for item in readings for line in item.trouble))
    missing = [key for item in readings for key in (*item.withheld, *item.unreadable) if key in listed]
    left = sum(key not in listed for item in readings for key in item.withheld)
    notes = [_unanswered(readings)] if any(item.unanswered for item in readings) else []
    notes += trouble
    notes += [f"{counts['unreadable']:,} could not be read, set aside"] if counts["unreadable"] else []
    notes += [f"{counts['withheld'] - left:,} withheld by the service"] if counts["withheld"] > left else []
    notes += [f"{plural(left, 'known record')} no longer given out by the service"] if left else []
    expected = sum(key in item.expected for item in readings for key in item.withheld if key in listed)
    lost = lacking(len(missing), expected, max(len(listed), counts.total()))
    incomplete = lost or bool(trouble) or any(item.short for item in readings)
    return "incomplete" if incomplete else "complete with notes" if notes else "complete", "; ".join(notes)


def of_walk(walk: IdList, fresh: Reading) -> tuple[str, list[str]]:
    """(outcome, notes) of a walk that was answered; ``fresh``: what came of the records not stored before."""
    listed = set(walk.ids)
    unanswered, withheld, unreadable = (
        len(listed.intersection(ids)) for ids in (fresh.unanswered, fresh.withheld, fresh.unreadable)
    )
    notes = list(walk.notes)
    if withheld:
        notes.append(f"{withheld:,} listed, but withheld when asked for")
    if unreadable:
        notes.append(f"{unreadable:,} could not be read, set aside")
    wrong = [walk.shortfall] if walk.shortfall else []
    if unanswered:
        wrong.append(f"{plural(unanswered, 'record')} could not be fetched: {fresh.trouble[-1]}")
    expected = len(listed.intersection(fresh.withheld) & fresh.expected)
    if (withheld and fresh.short) or lacking(withheld + unreadable, expected, len(listed)):
        wrong.append("too many records are missing")
    if wrong:
        return "incomplete", wrong + notes
    return "complete", notes


def _unanswered(readings: Sequence[Reading]) -> str:
    ids = [key for item in readings for key in item.unanswered]
    named = f" ({', '.join(ids)})" if len(ids) <= TOO_MANY else ""
    return f"{plural(len(ids), 'record')} could not be fetched, to be asked for again{named}"


def too_many(lost: int, asked: int) -> bool:
    """Whether so many of the records asked for are missing that the answer is not complete."""
    return lost >= TOO_MANY and lost > asked * TOO_LARGE_A_SHARE


def lacking(missing: int, expected: int, asked: int) -> bool:
    """The same where ``expected`` of the missing were withheld before: those alone must not leave a run incomplete."""
    return too_many(missing - expected, asked) or (missing >= TOO_MANY and missing > asked * WITHHELD_FOR_LONG)
