"""When a reading or a run of a search is complete, complete with notes, catching up, incomplete or failed.

One rule for services that are asked and for those that are read by days: what was left out makes it incomplete, what
somebody should know makes it complete with notes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from sqlite3 import Connection

from tracker.model import IdList
from tracker.store import inflow
from tracker.text.plural import plural

WITHHELD_FOR_LONG = 0.1  # as much may be withheld for ever, when runs before have told of it
NOTHING_YET = (
    "nothing matches yet: the first run is the one that finds something "
    "(if nothing is right: 'tracker collect --confirm-removals {0}')"
)
HALF = 0.5
THIN_LEAST, THIN_TIMES, THIN_MORE = 5, 3, 0.15  # records without an abstract: so many, and so much of the usual share
_TAG = re.compile(r"\[[^\]]*\]")
_WORD = re.compile(r"\w{2,}")
TOO_MANY, TOO_LARGE_A_SHARE = 3, 0.01  # withheld from one request: both reached, and the run is incomplete


@dataclass
class ReadingResult:
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
    abstracts: Counter[bool] = field(default_factory=Counter)  # of the records that came: with and without one
    hollow: list[str] = field(default_factory=list)  # ids of those without
    blocked: bool = False  # the service has shut us out: nothing more may be asked

    @property
    def read(self) -> frozenset[str]:
        """The known ones that came."""
        return frozenset(self.because).difference(self.unanswered, self.withheld, self.unreadable)


def outcome(readings: Sequence[ReadingResult], listed: Collection[str]) -> tuple[str, str]:
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


WARNINGS = {
    "phrasesnotfound": "did not find {0} and left it out of the search",
    "fieldsnotfound": "does not know the field {0}",
    "quotedphrasesnotfound": "searched the words of {0} apart",
    "phrasesignored": "ignored {0}",
    "filteradded": "added the filter {0}",
}


def warned(title: str, warning: str) -> str:
    """A warning of a service as stored (``phrasesnotfound: lonely[tiab]``), as a line for people."""
    kind, _, said = warning.partition(": ")
    return f"{title} {WARNINGS[kind].format(said)}" if kind in WARNINGS else f"{title} warns: {warning}"


def another_question(text: str, found: IdList, last_text: str, last: str, others: Collection[str]) -> str:
    """Why an answer is one to another question than ``text``, '' if it is not; judged by the service's translation.

    It is if it reads like that of one of the ``others`` (the translations of other searches), or if it names less than
    half of the words of ``text`` where the translation ``last`` of ``last_text`` named more: not every service names
    them. What a warning explains is no reason. Before a first run nothing is known of either.
    """
    if not found.translation or not last or found.translation == last:
        return ""
    if found.translation in others:
        return "the service answered another saved search instead"
    told = " ".join((found.translation, *found.warnings))
    if _named(text, told) < HALF <= _named(last_text, last):
        return "the service answered another question: its translation does not name the words of this search"
    return ""


def _named(text: str, translation: str) -> float:
    """The share of the words of a query that its translation names."""
    words = set(_WORD.findall(_TAG.sub(" ", text).casefold())) - {"and", "or", "not"}
    return len(words & set(_WORD.findall(translation.casefold()))) / len(words) if words else 1.0


def of_walk(title: str, walk: IdList, fresh: ReadingResult) -> tuple[str, list[str]]:
    """(outcome, notes) of a walk that was answered; ``fresh``: what came of the records not stored before."""
    listed = set(walk.ids)
    unanswered, withheld, unreadable = (
        len(listed.intersection(ids)) for ids in (fresh.unanswered, fresh.withheld, fresh.unreadable)
    )
    notes = [*walk.notes, *(warned(title, warning) for warning in walk.warnings)]
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


def noted(outcome: str, note: str, more: str) -> tuple[str, str]:
    """(note, outcome) with one more note, '' for none: a complete run is then complete with notes."""
    if not more:
        return note, outcome
    return f"{note}; {more}" if note else more, "complete with notes" if outcome == "complete" else outcome


def _unanswered(readings: Sequence[ReadingResult]) -> str:
    ids = [key for item in readings for key in item.unanswered]
    named = f" ({', '.join(ids)})" if len(ids) <= TOO_MANY else ""
    return f"{plural(len(ids), 'record')} could not be fetched, to be asked for again{named}"


def thin(db: Connection, source: str, came: Counter[bool], *, decided_here: bool) -> str:
    """A note if far more records came without an abstract than is usual of the source, '' if not; notes what came.

    ``came``: how many came with (True) and without one (False). What is found by its abstract is missed meanwhile.
    Before anything is known of a source, only one whose records are ``decided_here`` is judged: preprints have
    abstracts.
    """
    total, empty = came.total(), came[False]
    read, without = inflow.abstracts(db, source)
    usual = (without + 1) / (read + 20)
    if total:
        inflow.add_abstracts(db, source, total, empty)
    if not read and not decided_here:
        return ""
    if empty < THIN_LEAST or empty <= total * (THIN_TIMES * usual + THIN_MORE):
        return ""
    share = f"where {100 * without / read:,.0f} % are usual" if read else "far more than is usual"
    return f"{empty:,} of {total:,} records came without an abstract, {share}: they are asked for again"


def too_many(lost: int, asked: int) -> bool:
    """Whether so many of the records asked for are missing that the answer is not complete."""
    return lost >= TOO_MANY and lost > asked * TOO_LARGE_A_SHARE


def lacking(missing: int, expected: int, asked: int) -> bool:
    """The same where ``expected`` of the missing were withheld before: those alone must not leave a run incomplete."""
    return too_many(missing - expected, asked) or (missing >= TOO_MANY and missing > asked * WITHHELD_FOR_LONG)
