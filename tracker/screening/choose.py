"""Which works go into which file of a hand-out: by history, by sample, by source; and what is left out, counted."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from tracker.errors import UsageError
from tracker.formats import Format
from tracker.formats.row import Row
from tracker.model import Record, StoredRecord, Work
from tracker.screening.changes import NOTHING, Change, standing_of
from tracker.screening.changes import change as difference
from tracker.screening.decisions import verdicts as views
from tracker.searches import ListFile
from tracker.sources.kinds import kind
from tracker.store import decisions, lists, standing, works
from tracker.text import first_surname, title_key
from tracker.works.display import display, ordered
from tracker.works.row import ended_on, left_out, row


@dataclass(frozen=True, slots=True)
class Sample:
    """A pilot sample: ``size`` works, or that many in a hundred; the same works for the same seed."""

    size: int
    percent: bool
    seed: int

    def choose(self, keys: Collection[str]) -> frozenset[str]:
        """Those whose hash with the seed is lowest, so that it can be drawn again anywhere."""
        wanted = -(-len(keys) * self.size // 100) if self.percent else self.size
        drawn = sorted(keys, key=lambda key: sha256(f"{self.seed}:{key}".encode()).digest())
        return frozenset(drawn[:wanted])

    def __str__(self) -> str:
        return f"{self.size}{' %' if self.percent else ''} (seed {self.seed})"


def sample_of(text: str | None, seed: int | None) -> Sample | None:
    """``50`` or ``20%``; raises :class:`UsageError` for anything else, and for a seed without a sample."""
    if text is None:
        if seed is not None:
            raise UsageError("--seed belongs to --sample")
        return None
    found = re.fullmatch(r"(\d{1,9})\s*(%?)", text.strip())
    if not found or not int(found[1]) or (found[2] and int(found[1]) > 100):
        raise UsageError(f"--sample {text} is neither a number of works (50) nor a share of them (20%)")
    return Sample(int(found[1]), bool(found[2]), 1 if seed is None else seed)


@dataclass(frozen=True)
class Order:
    """What was asked for, options and list file put together."""

    listed: ListFile
    entry: Format
    profile: str
    mode: str  # new, all, changed; '' as the list's history says
    out: Path
    now: str
    by_source: bool = False
    sample: Sample | None = None

    @property
    def separate(self) -> bool:
        return self.listed.versions == "separate"


@dataclass
class ChoiceTally:
    """What happened to the works on their way into the file."""

    left: Counter[str] = field(default_factory=Counter)  # notices, preprints, languages, hidden, decided
    ended: int = 0
    eligible: int = 0  # of which a sample was drawn


@dataclass(frozen=True, slots=True)
class Batch:
    """Works for one file; ``only`` the units of them that are meant, None for all."""

    label: str
    keys: Sequence[str]
    only: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """What becomes one row: a work or one of its publications, what it shows, its kind, and how it has changed."""

    work: Work
    shown: Record
    kind: str
    change: Change


Chosen = tuple[Row, lists.ListedItem]


def batches(db: sqlite3.Connection, order: Order, tally: ChoiceTally) -> list[Batch]:
    """The works of the hand-out: one batch, or one for each source; a sample is drawn over all of them."""
    keys = _keys(db, order, tally)
    if not order.by_source and order.sample is None:
        return [Batch("", keys)]
    units = (one.work for one in _units(db, order, keys, tally))
    sources = {unit.key: _source(unit) if order.by_source else "" for unit in units}
    tally.eligible = len(sources)
    drawn = order.sample.choose(sources) if order.sample else frozenset(sources)
    labels = sorted({sources[key] for key in drawn})
    return [_batch(label, [key for key in sources if key in drawn and sources[key] == label]) for label in labels]


def _batch(label: str, units: Sequence[str]) -> Batch:
    return Batch(label, list(dict.fromkeys(key.partition(".")[0] for key in units)), frozenset(units))


def rows(db: sqlite3.Connection, order: Order, batch: Batch, tally: ChoiceTally) -> Iterator[Chosen]:
    """The rows of a batch in the order of work ids, in constant memory, each with its line of the manifest."""
    left = tally if batch.only is None else ChoiceTally()  # what was left out has been counted when the batch was made
    known = _included(db, order) if order.mode == "all" else {}
    for one in _units(db, order, batch.keys, left):
        unit = one.work
        if batch.only is not None and unit.key not in batch.only:
            continue
        tally.ended += bool(ended_on(unit, order.listed.searches))
        line = row(unit, one.shown, order.listed.searches, one.kind)
        if one.change:
            line = replace(line, notes=f"{line.notes}; {_told(unit, one.change)}")
        if unit.key in known:
            line = replace(line, included=known[unit.key])
        yield line, _item(unit, line)


def _included(db: sqlite3.Connection, order: Order) -> dict[str, int]:
    """What the list has decided so far: key -> 1 or 0."""
    found = decisions.standing(db, lists.find(db, order.listed.name), separate=order.separate)
    return views.included(views.verdicts(found))


def _item(unit: Work, line: Row) -> lists.ListedItem:
    records = tuple(item.id for item in unit.records)
    surname = first_surname(line.authors.partition(";")[0])
    return lists.ListedItem(
        unit.key, records, line.pubmed_id, line.doi, title_key(line.title), line.year, surname, line.status
    )


def _keys(db: sqlite3.Connection, order: Order, tally: ChoiceTally) -> list[str]:
    """Keys of the works that come into question."""
    found = lists.matched(db, order.listed.searches)
    if order.mode == "all" or (order.mode == "new" and order.separate):
        return [key for _, key in found]
    handed = lists.handed_out(db, order.listed.name)
    if order.mode == "changed":
        changed = _changed(db, order, handed)
        return [key for work, key in found if work in changed]
    decided = decisions.decided(db, lists.find(db, order.listed.name)) - handed
    tally.left["decided"] += sum(1 for work, _ in found if work in decided)
    return [key for work, key in found if work not in handed and work not in decided]


def _units(db: sqlite3.Connection, order: Order, keys: Sequence[str], tally: ChoiceTally) -> Iterator[Unit]:
    """Works, or with ``versions: separate`` their publications."""
    fits = _filter(db, order)
    for work in works.stream(db, keys):
        for unit in _parted(work) if order.separate else (work,):
            change = fits(unit)
            if change is None:
                continue
            shown = display(unit.records)
            what = kind(shown)
            reason = "hidden" if work.hidden else left_out(shown, order.listed.leave_out, what)
            if reason:
                tally.left[reason] += 1
            else:
                yield Unit(unit, shown, what, change)


def changed(db: sqlite3.Connection, order: Order) -> Iterator[Change]:
    """How the works that a hand-out of what has changed would hold have changed."""
    return (one.change for one in _units(db, order, _keys(db, order, ChoiceTally()), ChoiceTally()))


def _changed(db: sqlite3.Connection, order: Order, handed: Collection[int]) -> set[int]:
    """Ids of the works handed out that have changed, or of which a publication has."""
    last = lists.last_told(db, order.listed.name, by_publication=order.separate)
    found = set[int]()
    for now in standing.of_works(db, handed, order.listed.searches, by_publication=order.separate):
        told = last.get(min(now.publications) if order.separate else now.work)
        if told and difference(told, now):
            found.add(now.work)
    return found


def _filter(db: sqlite3.Connection, order: Order) -> Callable[[Work], Change | None]:
    """None for a unit that does not belong to the hand-out, else how it has changed."""
    if order.mode == "changed":
        last, searches = lists.last_told(db, order.listed.name, by_publication=order.separate), order.listed.searches

        def change(unit: Work) -> Change | None:
            told = last.get(unit.records[0].publication if order.separate else unit.id)
            return (difference(told, standing_of(unit, searches)) or None) if told else None

        return change
    if order.mode == "new" and order.separate:
        seen = lists.shown_publications(db, order.listed.name)
        seen |= decisions.decided(db, lists.find(db, order.listed.name), publications=True)
        return lambda unit: None if unit.records[0].publication in seen else NOTHING
    return lambda unit: NOTHING


def _parted(work: Work) -> Iterator[Work]:
    """The publications of a work as works of their own: the oldest under its key, the others under ``KEY.NUMBER``.

    The number is that of the publication's first record, so it never becomes another's.
    """
    groups: dict[int, list[StoredRecord]] = {}
    for item in work.records:
        groups.setdefault(item.publication, []).append(item)
    for place, (publication, items) in enumerate(sorted(groups.items())):
        names = {(item.record.source, item.record.source_id) for item in items}
        ids = {item.id for item in items}
        own = tuple(match for match in work.matches if (match.source, match.source_id) in names)
        yield replace(
            work, key=f"{work.key}.{publication}" if place else work.key, records=tuple(items),
            matches=own or work.matches, events=tuple(event for event in work.events if event.record in ids),
        )  # fmt: skip


def _source(unit: Work) -> str:
    """The source of the record that speaks for the work: each work goes into one file only."""
    return ordered(unit.records)[0].record.source


def _told(unit: Work, change: Change) -> str:
    """How a work has changed, in words."""
    said = [f"was {change.was}, is {change.now}"] if change.now else []
    now = {item.publication: item.record for item in ordered(unit.records)[::-1]}
    said += [f"also published as {_called(now[new])}" for new in sorted(change.added)]
    if change.parted:
        said.append("no longer one paper with another")
    if change.ended:
        said.append("no search of the list matches it any more")
    if change.again:
        said.append("a search of the list matches it again")
    return f"changed since {change.code}: {', '.join(said)}"


def _called(record: Record) -> str:
    return f"{kind(record)} {record.doi or record.pmid or record.source_id}"
