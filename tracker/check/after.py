"""Which records would match: asked of the service, decided here record by record, or estimated here."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from sqlite3 import Connection

from tracker.model import Record
from tracker.sources import Source, UnreadableRecord, WindowSource
from tracker.store import days, holdings, preprint_versions
from tracker.strategy import Matcher, StrategyError, matcher, prepare

MOST_DECIDED = 1_000  # records not stored here that are fetched only to be decided


@dataclass
class After:
    """The ids that would match, and what that rests on (``effect.HOW``)."""

    how: str
    ids: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    trouble: str = ""
    titles: dict[str, str] = field(default_factory=dict)  # of records that are not stored
    by_record: bool = False  # the service was asked for more, and each record decided here
    dois: dict[str, set[str]] = field(default_factory=dict)  # DOI -> ids, of records that are on the shelf alone


def asked(source: Source, text: str, cuts: Sequence[str], before: Collection[str]) -> After:
    """The ids that the service lists for a text. What it does not list is lost only if its answer was whole."""
    walk = source.walk(text, cuts)
    after = After("asked", set(walk.ids), [*walk.notes, *(f"{source.title} says: {said}" for said in walk.warnings)])
    if walk.shortfall:
        after.trouble = f"{walk.shortfall}; what would be lost cannot be told"
        after.ids |= set(before)
    return after


def asked_and_decided(
    db: Connection, source: Source, text: str, cuts: Sequence[str], before: Collection[str], decide: Matcher
) -> After:
    """The same where the service is asked for more than is wanted, and each record is decided here."""
    stored = holdings.stored(db, source.name)
    after = asked(source, text, cuts, ())
    listed, after.ids, after.by_record = after.ids, set(before) if after.trouble else set(), True
    for record in holdings.contents(db, source.name):
        if record.source_id in listed and decide(record):
            after.ids.add(record.source_id)
    unknown = sorted(listed - stored, key=newest_first, reverse=True)
    for record in _fetched(source, unknown[:MOST_DECIDED]):
        if decide(record):
            after.ids.add(record.source_id)
            after.titles[record.source_id] = record.title
    left = len(unknown) - MOST_DECIDED
    if left > 0:
        after.notes.append(f"{left:,} more are listed that are not stored and were not decided: some would be added")
    return after


def decided(db: Connection, source: str, decide: Matcher) -> After:
    """The stored records that match, for a source of which every record is read and kept."""
    return After("decided", {record.source_id for record in holdings.contents(db, source) if decide(record)})


def on_shelf(db: Connection, source: WindowSource, decide: Matcher) -> After:
    """The versions that match of all that was read from a preprint server, whether any search wanted them or not."""
    after = After("decided")
    for row in preprint_versions.after(db, source.name, 0):
        try:
            record = source.parse(row.raw)
        except UnreadableRecord:
            continue  # it was read once: 'tracker reparse' tells of what cannot be read any more
        if source.posted(record) and decide(record):
            after.ids.add(record.source_id)
            after.titles[record.source_id] = record.title
            after.dois.setdefault(record.doi, set()).add(record.source_id)
    read, planned = days.read_and_planned(db, source.name, date.max)
    behind = f", in {read:,} of {planned:,} days" if read < planned else ""
    after.notes.append(f"{preprint_versions.count(db, source.name):,} versions have been read so far{behind}")
    return after


def estimated(db: Connection, source: str, old: str, new: str, before: Collection[str]) -> After:
    """An estimate for a source that decides itself, from the stored records and their headings.

    A record comes or goes where our own reading of the strategy changes, so that what this reading does not see
    (headings below a heading, automatic mapping) cancels out. How often it agrees with the store is told.
    """
    try:
        new_one, old_one = matcher(new, indexing=True), matcher(old, indexing=True) if old else None
    except StrategyError as error:
        return After("unknown", set(before), [f"the strategy cannot be read against stored records: {error.message}"])
    after = After("estimated", set(before))
    total = agree = 0
    for record in holdings.contents(db, source):
        prepared = prepare(record)
        now, then = record.source_id in before, new_one.matches(prepared)
        held = old_one.matches(prepared) if old_one else now
        total, agree = total + 1, agree + (held == now)
        if then != now and held == now:
            (after.ids.add if then else after.ids.discard)(record.source_id)
    if old_one:
        after.notes.append(f"our reading of the old strategy agrees with the source on {agree:,} of {total:,} records")
    after.notes.append("records that are not stored are not in the estimate")
    return after


def titles(source: Source, ids: Sequence[str]) -> dict[str, str]:
    """Titles of records that are not stored, with one request for at most ``batch`` of them; none for no ids."""
    return {record.source_id: record.title for record in _fetched(source, ids[: source.batch])}


def newest_first(source_id: str) -> tuple[int, str]:
    """Sorted by this in reverse, numbers that a service gives in ascending order come newest first."""
    return len(source_id), source_id


def _fetched(source: Source, ids: Sequence[str]) -> Iterator[Record]:
    for start in range(0, len(ids), source.batch):
        for raw in source.fetch(ids[start : start + source.batch]):
            try:
                yield source.parse(raw.body)
            except UnreadableRecord:  # it will be set aside, with the reason, by the run that stores it
                continue
