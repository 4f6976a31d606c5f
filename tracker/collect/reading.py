"""Reading: ask a source for records by id and store them, a transaction a page, until every id has one outcome.

Ids that were not answered, or whose record could not be read, are asked for once more at the end; what is still missing
then is withheld by the source, what is still damaged is set aside. The reading row of the ledger grows with each page,
in the same transaction: it is true wherever the process ends. The next page is fetched while this one is parsed and
stored, so that the polite interval is not lost to parsing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from sqlite3 import Connection
from types import MappingProxyType

from tracker.errors import Blocked, SourceError, Transient
from tracker.model import RawRecord, Record, Walk
from tracker.sources import Source, UnreadableRecord
from tracker.store import Store, events, records, runs
from tracker.text.plural import plural

GIVE_UP_AFTER = 2  # pages in a row without an answer: the service is down
WITHHELD_FOR_LONG = 0.1  # as much may be withheld for ever, when runs before have told of it
TOO_MANY, TOO_LARGE_A_SHARE = 3, 0.01  # withheld from one request: both reached, and the run is incomplete
TELL_EVERY = 25  # pages

Pages = Sequence[Sequence[str]]


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


def of_walk(walk: Walk, fresh: Reading) -> tuple[str, list[str]]:
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


@dataclass
class Reader:
    """Reads for one source in one run; ``row`` is its reading row, ``listed`` all ids that its searches listed."""

    store: Store
    source: Source
    run: int
    row: int
    listed: Collection[str]
    clock: Callable[[], datetime]
    say: Callable[[str], None]

    def now(self) -> str:
        return self.clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def read(self, ids: Sequence[str], because: Mapping[str, str] = MappingProxyType({})) -> Reading:
        """Fetch and store ``ids``; never raises for a service that fails: see :class:`Reading`.

        ``because``: of known ones, why they are asked for again: 'rotated' or 'revised', for the ledger.
        """
        long_withheld = records.withheld(self.store.db, self.source.name)
        reading = Reading(because, expected=frozenset(long_withheld))
        pages = _pages(ids, self.source.batch)
        again, failed = self._read_pages(pages, reading)
        again += self._isolate(failed, reading)
        if again and not reading.unanswered:
            again, failed = self._read_pages(_pages(again, self.source.batch), reading, last=True)
            reading.unanswered += [item for page in failed for item in page]
        if reading.unanswered:
            reading.unanswered += again
        elif again:
            self._withhold(again, reading)
            newly = set(again).intersection(self.listed) - long_withheld
            reading.short = any(too_many(len(newly.intersection(page)), len(page)) for page in pages)
        return reading

    def _read_pages(self, pages: Pages, reading: Reading, *, last: bool = False) -> tuple[list[str], Pages]:
        """(ids to ask for again, pages without an answer): those left out and, unless ``last``, the unreadable."""
        again: list[str] = []
        failed: list[Sequence[str]] = []
        began = self.clock()
        for number, (page, answer) in enumerate(_Fetcher(self.source).ahead(pages), start=1):
            try:
                raws = answer.result()
            except SourceError as error:
                failed.append(page)
                reading.blocked = reading.blocked or isinstance(error, Blocked)
                reading.trouble += [] if isinstance(error, _NotAsked) else [str(error)]
                continue
            again += self._keep_page(page, raws, reading, last=last)
            if number % TELL_EVERY == 0 and number < len(pages):
                self._tell(number, len(pages), (self.clock() - began).total_seconds())
        return again, failed

    def _isolate(self, failed: Pages, reading: Reading) -> list[str]:
        """Ask in halves for pages that failed, as long as a half is answered; returns ids to ask for again.

        One record that the service cannot give out must not keep its neighbours away for ever.
        """
        again: list[str] = []
        while not reading.blocked:
            parts = [part for page in failed if len(page) > 1 for part in _pages(page, -(-len(page) // 2))]
            if not parts:
                break
            reading.unanswered += [item for page in failed if len(page) == 1 for item in page]
            came, failed = self._read_pages(parts, reading)
            again += came
            if len(failed) == len(parts):
                break
        reading.unanswered += [item for page in failed for item in page]
        return again

    def _keep_page(self, page: Sequence[str], raws: Sequence[RawRecord], reading: Reading, *, last: bool) -> list[str]:
        """Store what came of a page in one transaction; returns the ids to ask for again."""
        parsed = [(raw, _parse(self.source, raw)) for raw in raws]  # outside the transaction: parsing takes its time
        name, now = self.source.name, self.now()
        done: dict[str, str] = {}  # the outcome of each id that has one now
        with self.store.write() as db:
            for raw, record in parsed:
                if isinstance(record, str):
                    records.set_aside(db, self.run, name, raw.source_id, raw.body, record, now)
                    if last:
                        done[raw.source_id] = "unreadable"
                else:
                    done[raw.source_id] = records.keep(db, self.run, record, raw.body, self.source.parser_version, now)
                    events.add(db, self.run, name, record.source_id, self.source.events(record), now)
            self._count(db, done, reading)
        reading.unreadable += [item for item, outcome in done.items() if outcome == "unreadable"]
        return [item for item in page if item not in done]

    def _withhold(self, ids: list[str], reading: Reading) -> None:
        reading.withheld += ids
        with self.store.write() as db:
            records.withhold(db, self.source.name, ids, self.now())
            self._count(db, dict.fromkeys(ids, "withheld"), reading)

    def _count(self, db: Connection, done: Mapping[str, str], reading: Reading) -> None:
        """Enter outcomes by id into the reading row."""
        counts = Counter(done.values())
        reading.counts += counts
        again = Counter(reading.because.get(item, "") for item in done)
        runs.count_page(db, self.row, self.now(), counts, again["rotated"], again["revised"])

    def _tell(self, done: int, pages: int, seconds: float) -> None:
        left = seconds / done * (pages - done) / 60
        ahead = f", about {left:,.0f} minutes left" if left >= 1 else ""
        self.say(f"{self.source.title}: {done:,} of {pages:,} requests for records answered{ahead}")


def _pages(ids: Sequence[str], size: int) -> Pages:
    return [ids[start : start + size] for start in range(0, len(ids), size)]


def _parse(source: Source, raw: RawRecord) -> Record | str:
    """The record, or the reason why it cannot be read."""
    try:
        return source.parse(raw.body)
    except UnreadableRecord as error:
        return str(error)


class _NotAsked(Transient):
    """The service was not asked any more, because it had failed before."""


class _Fetcher:
    """Fetches pages one after the other, one ahead of the reader; after a block, or failures in a row, no more."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.failures = 0

    def ahead(self, pages: Pages) -> Iterator[tuple[Sequence[str], Future[tuple[RawRecord, ...]]]]:
        """Each page with its answer to come; the page after it is already being fetched."""
        with ThreadPoolExecutor(1, thread_name_prefix="fetch") as pool:
            coming = [pool.submit(self._fetch, page) for page in pages[:1]]
            for number, page in enumerate(pages):
                answer = coming.pop()
                if number + 1 < len(pages):
                    coming.append(pool.submit(self._fetch, pages[number + 1]))
                yield page, answer

    def _fetch(self, page: Sequence[str]) -> tuple[RawRecord, ...]:
        if self.failures >= GIVE_UP_AFTER:
            raise _NotAsked("not asked")
        try:
            answer = self.source.fetch(page)
        except SourceError as error:
            self.failures = GIVE_UP_AFTER if isinstance(error, Blocked) else self.failures + 1
            raise
        self.failures = 0
        return answer
