"""Reading a preprint server without a search: the days that are due, newest first, in windows, within a budget.

Each page is put on the shelf in a transaction of its own, matching or not; a window counts as read when as many records
came as the service promised. What fails, or does not fit into the budget, is due again in the next run. Killed
anywhere, nothing is lost but the mark that a window was read whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from math import ceil

from tracker.collect.reading import GIVE_UP_AFTER, too_many
from tracker.errors import Blocked, Incomplete, SourceError
from tracker.model import RawRecord, Record
from tracker.sources import UnreadableRecord, WindowPage, WindowSource
from tracker.store import Store, days, events, preprint_versions, records, runs

Span = tuple[date, date]

FEW = 2  # so many records of a window a server may have taken down; more do not vanish all at once
ROTATION = 30  # every known preprint is asked for again once in so many days


@dataclass
class WindowReading:
    """What came of it. ``most`` and ``least``: by how much the promises of the windows read exceed what came.

    ``counts`` by fresh, changed, same, unreadable, withheld. ``left``: days that were due and are so still.
    """

    counts: Counter[str] = field(default_factory=Counter)
    most: int = 0
    least: int = 0
    trouble: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    left: list[date] = field(default_factory=list)
    answered: bool = False
    blocked: bool = False  # the service has shut us out


@dataclass
class _Window:
    """One walk through a window; ``came`` counts rows, ``ids`` holds each record once."""

    first: int = -1  # the promises of its first and of its last page
    last: int = -1
    came: int = 0
    ids: set[str] = field(default_factory=set)
    fitting: int = 0  # how many of its days fit into what is left of the budget; 0 when all do

    @property
    def too_large(self) -> bool:
        return self.fitting > 0

    @property
    def doubtful(self) -> bool:
        """Whether it should be walked once more: the promise moved, was not kept, or was that there is nothing."""
        return not self.first == self.last == self.came or self.came == 0


@dataclass
class WindowReader:
    """Reads for one source in one run; ``row`` is its reading row, ``asked`` tells how many requests were made."""

    store: Store
    source: WindowSource
    run: int
    row: int
    clock: Callable[[], datetime]
    say: Callable[[str], None]
    asked: Callable[[], int]
    allowed: int = 0

    def now(self) -> str:
        return self.clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def read(self) -> WindowReading:
        """Read what is due; never raises for a service that fails: see :class:`WindowReading`."""
        reading = WindowReading()
        self.allowed = self._allowance()
        due = days.due(self.store.db, self.source.name, self.clock().astimezone(UTC).date())
        waiting = list(spans(due, self.source.span))
        self.say(f"{self.source.title}: {len(due):,} days to read, at most {self.allowed:,} requests")
        failures = 0
        while waiting and self._left() > 0 and failures < GIVE_UP_AFTER and not reading.blocked:
            span = waiting.pop(0)
            try:
                waiting[:0] = self._window(span, reading)
                failures = 0
            except SourceError as error:
                failures += 1
                reading.blocked = isinstance(error, Blocked)
                reading.trouble.append(f"{_named(span)}: {error}")
                reading.left += _days(span)
        reading.left += [day for span in waiting for day in _days(span)]
        if self.source.rotates and reading.answered and failures < GIVE_UP_AFTER and not reading.blocked:
            self._rotate(reading)
        return reading

    def _allowance(self) -> int:
        """Requests for this run: the budget of a run, and what the last hour has left of the hourly limit."""
        if not self.source.hourly:
            return self.source.budget
        hour_ago = (self.clock().astimezone(UTC) - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        made = days.requests_since(self.store.db, self.source.name, hour_ago)
        return max(0, min(self.source.budget, self.source.hourly - made))

    def _left(self) -> int:
        return self.allowed - self.asked()

    def _window(self, span: Span, reading: WindowReading) -> list[Span]:
        """Read one window, a second time if the first leaves a doubt; returns its parts if it is too large."""
        found = self._walk(span, reading)
        if found.doubtful and not found.too_large:
            found = self._walk(span, reading)
        if found.too_large:
            rest = span[1] - timedelta(days=found.fitting)
            return [(rest + timedelta(days=1), span[1]), (span[0], rest)]
        self._close(span, found, reading)
        return []

    def _walk(self, span: Span, reading: WindowReading) -> _Window:
        found = _Window()
        for page in self.source.window(*span):
            reading.answered = True
            ids = {raw.source_id for raw in page.rows}
            if len(ids) > 1 and ids <= found.ids:
                raise Incomplete("the same records came once more in place of the next ones")
            found.first = page.promised if found.first < 0 else found.first
            found.last, found.came = page.promised, found.came + len(page.rows)
            found.ids |= ids
            self._keep(page.rows, reading)
            left, wanted = max(self._left(), 0), _pages(page) - 1
            if found.came == len(page.rows) and span[0] < span[1] and wanted > left:
                found.fitting = max(1, len(_days(span)) * left // (wanted + 1))
                break
        return found

    def _close(self, span: Span, found: _Window, reading: WindowReading) -> None:
        """Mark the days of a window as read, if everything came that was promised."""
        if not found.came and (lost := self._posted_before(span)) > FEW:
            reading.trouble.append(f"{_named(span)}: it says that there is nothing, where {lost:,} records came before")
            reading.left += _days(span)
            return
        lacking, moved, twice = found.last - found.came, abs(found.last - found.first), found.came - len(found.ids)
        if abs(lacking) > moved or too_many(twice, found.came):
            came = f"{found.came:,} came, {len(found.ids):,} different ones"
            reading.trouble.append(f"{_named(span)}: {found.last:,} records promised, {came}")
            reading.left += _days(span)
            return
        if moved:
            reading.notes.append(f"{_named(span)}: the promise moved from {found.first:,} to {found.last:,}")
        reading.most += max(found.first, found.last) - found.came
        reading.least += min(found.first, found.last) - found.came
        with self.store.write() as db:
            days.done(db, self.source.name, *span, self.run, self.now())

    def _posted_before(self, span: Span) -> int:
        """How many stored records belong into a window; windows by day of change, which do not rotate, lose theirs."""
        return preprint_versions.posted_in(self.store.db, self.source.name, *span) if self.source.rotates else 0

    def _rotate(self, reading: WindowReading) -> None:
        """Ask for known preprints again, a thirtieth of all a day, oldest answer first, as far as the budget goes."""
        name, today = self.source.name, self.now()[:10]
        share = ceil(records.count(self.store.db, name) / ROTATION) - runs.rotated_since(self.store.db, name, today)
        for preprint, known in preprint_versions.rotation(self.store.db, name, today, share) if share > 0 else ():
            if self._left() <= 0:
                return
            try:
                rows = self.source.again(preprint)
            except SourceError as error:
                reading.trouble.append(f"known preprints could not be asked for again: {error}")
                reading.blocked = isinstance(error, Blocked)
                return
            missing = sorted(set(known).difference(raw.source_id for raw in rows))
            self._keep(rows, reading, missing, rotated=len(known))

    def _keep(
        self, rows: Sequence[RawRecord], reading: WindowReading, missing: Sequence[str] = (), rotated: int = 0
    ) -> None:
        """Put a page on the shelf, and afresh among the records what stands there already: one transaction."""
        parsed = [(raw, parse(self.source, raw)) for raw in rows]  # outside of it: parsing takes its time
        now, name, counts = self.now(), self.source.name, Counter[str]()
        with self.store.write() as db:
            for raw, record in parsed:
                if isinstance(record, str):
                    records.set_aside(db, self.run, name, raw.source_id, raw.body, record, now)
                    counts["unreadable"] += 1
                    continue
                version = self.source.parser_version
                counts[
                    preprint_versions.keep(db, self.run, record, self.source.preprint(record), raw.body, version, now)
                ] += 1
                if records.find(db, f"{name}:{record.source_id}"):
                    records.keep(db, self.run, record, raw.body, version, now)
                    events.add(db, self.run, name, record.source_id, self.source.events(record), now)
            if missing:
                records.withhold(db, name, missing, now)
                counts["withheld"] += len(missing)
            runs.count_page(db, self.row, now, counts, rotated)
        reading.counts += counts


def parse(source: WindowSource, raw: RawRecord) -> Record | str:
    """The record, or the reason why it cannot be read."""
    try:
        return source.parse(raw.body)
    except UnreadableRecord as error:
        return str(error)


def spans(newest_first: Sequence[date], longest: int) -> Iterator[Span]:
    """Days that follow each other as windows of at most ``longest`` days, newest first."""
    place = 0
    while place < len(newest_first):
        last = first = newest_first[place]
        place += 1
        while place < len(newest_first) and (last - newest_first[place]).days < longest:
            if first - newest_first[place] != timedelta(days=1):
                break
            first = newest_first[place]
            place += 1
        yield first, last


def _pages(page: WindowPage) -> int:
    """How many requests a window takes of which this is the first page."""
    return ceil(page.promised / len(page.rows)) if page.rows else 1


def _days(span: Span) -> list[date]:
    return [span[0] + timedelta(days=number) for number in range((span[1] - span[0]).days + 1)]


def _named(span: Span) -> str:
    return f"{span[0]} to {span[1]}" if span[0] < span[1] else f"{span[0]}"
