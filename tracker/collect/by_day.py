"""Stage 1 for preprint servers without a search: read whole, once for all searches, and searched here.

    plan      the days from 90 before the first run (or ``--since``) to today
    read      those that are due, newest first, in windows, within a budget; everything is stored
    decide    each search looks at what is new or changed among what is stored; at all of it when its strategy changed
    write     what a search wants goes among the records, with all its versions; a search row each, its matches

The search row of such a source counts all that is stored: *received* are all versions stored, of which *known* and
*new* match now and *rejected* do not; *promised* is what is stored and what the service promised beyond in the windows
of this run (the two promises differ only where it moved). The reading row counts what came in this run. While days are
left that did not fit into the budget, the outcome is *catching up (n of m days)*. A server from which nothing has ever
come may have been empty by mistake: that is a note, and its days do not count as read.

Each page is stored in a transaction of its own, matching or not; a window counts as read when as many records
came as the service promised. What fails, or does not fit into the budget, is due again in the next run. Killed
anywhere, nothing is lost but the mark that a window was read whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from math import ceil
from sqlite3 import Connection

from tracker.collect import Collector, CollectReport, hold_bursts, is_due, outcomes, read_record
from tracker.collect.deciding import Backlog, begin_backlog, decide_stored, promote
from tracker.collect.outcomes import too_many
from tracker.collect.searched import GIVE_UP_AFTER
from tracker.errors import Blocked, Incomplete, SourceError
from tracker.model import IdList, RawRecord, Record, SavedSearch
from tracker.sources import WindowPage, WindowSource
from tracker.store import Store, days, events, inflow, matches, preprint_versions, records, runs

BACK = 90  # days read before the first run: history comes from Europe PMC


def collect(
    job: Collector,
    run: int,
    searches: Sequence[SavedSearch],
    sources: Mapping[str, WindowSource],
    *,
    since: date | None = None,
    all_due: bool = False,
) -> CollectReport:
    """Read each source that a due search lists, and search it; ``since``: the day from which on it is to be read."""
    rows: list[tuple[str, runs.SearchRow]] = []
    readings: list[runs.ReadingRow] = []
    skipped: list[str] = []
    for name, source in sources.items():
        listed = [item for item in searches if name in item.sources]
        due = [item for item in listed if all_due or is_due(job, item, name)]
        skipped += [f"{item.slug} on {name}" for item in listed if item not in due]
        if due:
            found, reading = _collect_source(job, run, source, due, since)
            rows += found
            readings.append(reading)
    return CollectReport(tuple(rows), tuple(readings), tuple(skipped))


def _collect_source(
    job: Collector, run: int, source: WindowSource, searches: Sequence[SavedSearch], since: date | None
) -> tuple[list[tuple[str, runs.SearchRow]], runs.ReadingRow]:
    started, before = job.now(), job.http_counts(source.name)
    with job.store.write() as db:
        _plan(db, source.name, job.today(), since)
        key = runs.begin_reading(db, run, source.name, started)

    def asked() -> int:
        return job.http_counts(source.name)[0] - before[0]

    reading = WindowReader(job.store, source, run, key, job.clock, job.say, asked).read()
    decidings = [begin_backlog(job.store.db, source, item) for item in searches]
    reached = decide_stored(job.store.db, source, decidings)
    outcome, note = _outcome(job.store.db, source.name, job.today(), reading)
    retries = job.http_counts(source.name)[1] - before[1]
    row = runs.ReadingRow(source.name, job.now(), outcome, asked(), retries, note)
    with job.store.write() as db:  # all at once: no crash can fall between two searches
        wanted = dict.fromkeys(item for deciding in decidings for item in deciding.matched)
        promote(db, run, source, list(wanted), job.now())
        written = [
            (each.search.slug, _write(job, db, run, source, each, reading, row, reached, started)) for each in decidings
        ]
        held = hold_bursts(db, run, written)
        runs.end_reading(db, key, row)
        _note_inflow(job, db, source.name, reading.quiet)
        if not preprint_versions.count(db, source.name):
            days.forget(db, source.name)
    for line in [*(_line(source, *each) for each in written), *held]:
        job.say(line)
    return written, row


def _plan(db: Connection, source: str, today: date, since: date | None) -> None:
    first = days.first(db, source)
    if first is None or first > today:  # the second: a clock had been ahead
        first = today - timedelta(days=BACK)
    days.plan(db, source, min(first, since or first), today)


def _outcome(db: Connection, source: str, today: date, reading: WindowReading) -> tuple[str, str]:
    """(outcome, note) of the reading row."""
    read, planned = days.read_and_planned(db, source, today)
    again = f", {len(reading.left):,} of them to be read again" if read == planned else ""
    behind = f"{read:,} of {planned:,} days{again}" if reading.left else ""
    unreadable, withheld = reading.counts["unreadable"], reading.counts["withheld"]
    notes = [behind] if behind else []
    notes += reading.trouble
    notes += [f"{unreadable:,} could not be read, set aside"] if unreadable else []
    notes += [f"{withheld:,} known versions are no longer given out by the service"] if withheld else []
    notes += reading.notes
    if reading.answered and not preprint_versions.count(db, source):
        notes.append("nothing has ever come from it: all its days will be read again, and what comes first is no news")
    note = "; ".join(notes)
    if reading.blocked or (reading.trouble and not reading.answered):
        return "failed", note
    if reading.trouble or too_many(unreadable, reading.counts.total()):
        return "incomplete", note
    if reading.left:
        return "catching up", note
    return ("complete with notes" if notes else "complete"), note


def _write(
    job: Collector, db: Connection, run: int, source: WindowSource, deciding: Backlog, reading: WindowReading,
    read: runs.ReadingRow, reached: int, started: str,
) -> runs.SearchRow:  # fmt: skip
    """Begin and end the matches of one search, and write its row."""
    search, strategy = runs.strategy(db, deciding.search, run, started)
    previous = runs.last_complete(db, search, source.name)
    baseline = "baseline" if previous is None else "strategy" if previous.strategy != strategy else ""
    sent = runs.sent_text(db, deciding.text)
    stored, slug = preprint_versions.count(db, source.name), deciding.search.slug
    outcome, note = read.outcome, read.note
    if outcome == "failed" and stored:
        outcome, note = "incomplete", f"only what was read before has been searched: {note}"
    row = runs.SearchRow(
        search, strategy, source.name, started, job.now(), outcome, baseline, sent, received=stored, note=note
    )
    asked = matches.SearchRun(search, strategy, source.name, run, started, baseline, previous, "", ())
    new = _arrive(db, asked, deciding.matched)
    left = matches.MatchChanges(0, 0)
    if not stored and slug in job.confirm_removals:
        runs.accept_nothing(db, search, source.name)
    if outcome in runs.COMPLETE:
        if not reading.thin:
            left = matches.depart(db, asked, sorted(deciding.current), slug in job.confirm_removals)
        preprint_versions.set_judged(db, search, source.name, deciding.mark, reached)
    if left.held:
        kept = f"{left.held:,} papers no longer match at once: kept until a person says"
        note = "; ".join(filter(None, (note, f"{kept} 'tracker collect --confirm-removals {slug}'")))
        outcome = "complete with notes"
    walk = None if outcome == "failed" else IdList(stored + reading.most, stored + reading.least, ())
    matching = len(deciding.current)
    row = replace(
        row, outcome=outcome, note=note, walk=walk, known=matching - new, new=new, rejected=stored - matching,
        missing=left.missing, gone=left.gone, held=left.held,
    )  # fmt: skip
    runs.add_search_row(db, run, row)
    return row


def _arrive(db: Connection, asked: matches.SearchRun, matched: Sequence[str]) -> int:
    """Begin the matches; how many are new.

    Days read for the first time long after they were bring no news, and neither do older versions, of days that nobody
    reads, which came when the preprint was asked for again.
    """
    older: list[str] = []
    if asked.previous is not None and not asked.baseline:
        read_late = days.read_since(db, asked.source, asked.previous.run)
        before = (date.fromisoformat(min(asked.previous.started, asked.started)[:10]) - matches.LAG).isoformat()
        first = days.first(db, asked.source) or date.max
        posted = preprint_versions.days_of(db, asked.source, matched)
        older = [item for item in matched if posted[item] < before and _is_late(posted[item], read_late, first)]
    background = matches.arrive(db, replace(asked, baseline="baseline"), older)
    taken = set(older)
    return background.new + matches.arrive(db, asked, [item for item in matched if item not in taken]).new


def _is_late(posted: str, read_late: Collection[str], first: date) -> bool:
    return posted in read_late or posted < first.isoformat()


def _note_inflow(job: Collector, db: Connection, source: str, quiet: Collection[date]) -> None:
    """How many versions were posted on each of the last days, as far as these have been read since they ended.

    ``quiet``: days of which the service says that there is nothing; whether that is believed or not, it is silence.
    """
    for day in (job.today() - timedelta(days=back) for back in range(days.SETTLED, 0, -1)):
        if days.is_over(db, source, day) or day in quiet:
            inflow.add(db, source, day, preprint_versions.posted_on(db, source, day.isoformat()), job.now())


def _line(source: WindowSource, slug: str, row: runs.SearchRow) -> str:
    line = f"{slug} on {source.title}: {row.received or 0:,} stored, {row.known:,} known, {row.new:,} new"
    if row.gone:
        line += f", {row.gone:,} gone"
    return f"{line}: {row.outcome} ({row.note})" if row.note else f"{line}: {row.outcome}"


Span = tuple[date, date]

FEW = 2  # so many records of a window a server may have taken down; more do not vanish all at once
UNLIKELY_EMPTY = 7.0  # records usual in a window: that none comes then is less likely than 1 in 1,000
RECENT, COUNT_RECENT, COUNT_OLD = 45, 7, 30  # days: windows that old at most are counted so often, others so
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
    closed: list[Span] = field(default_factory=list)  # windows that were read whole
    quiet: list[date] = field(default_factory=list)  # days of which the service says that there is nothing
    abstracts: Counter[bool] = field(default_factory=Counter)  # of the records that came: with and without one
    thin: bool = False  # so many came without an abstract that nothing ends for want of one
    answered: bool = False
    blocked: bool = False  # the service has shut us out


@dataclass
class _Window:
    """One walk through a window; ``came`` counts rows, ``ids`` holds each record once."""

    first: int = -1  # the promises of its first and of its last page
    last: int = -1
    came: int = 0
    ids: set[str] = field(default_factory=set)
    ended: bool = True  # the last page was the service's word that there is no more
    fitting: int = 0  # how many of its days fit into what is left of the budget; 0 when all do

    @property
    def too_large(self) -> bool:
        return self.fitting > 0

    @property
    def doubtful(self) -> bool:
        """Whether it should be walked once more.

        The promise moved, was not kept, or was that there is nothing; or records came twice.
        """
        return not self.first == self.last == len(self.ids) == self.came or self.came == 0

    @property
    def lacking(self) -> int:
        """How many different records fewer came than the last page promised; negative if more did."""
        return self.last - len(self.ids)

    @property
    def shrunk(self) -> bool:
        """Whether the promise sank from page to page by more than a server takes down in these minutes.

        One that was too large ends with an empty page.
        """
        return not self.ended and too_many(self.first - self.last, self.first)


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
    failures: int = 0  # windows in a row without an answer

    def now(self) -> str:
        return self.clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def read(self) -> WindowReading:
        """Read what is due; never raises for a service that fails: see :class:`WindowReading`.

        Then, as far as the budget goes, what past windows have got more of since, and settled days in rotation: a
        record that no search wanted may have been sent without its abstract, or listed late.
        """
        reading = WindowReading()
        self.allowed = self._allowance()
        today = self._today()
        due = days.due(self.store.db, self.source.name, today)
        self.say(f"{self.source.title}: {len(due):,} days to read, at most {self.allowed:,} requests")
        reading.left += self._read(due, reading)
        if self._goes_on(reading):
            self._read(self._grown(reading), reading)
        if self._goes_on(reading):
            self._read(days.rotating(self.store.db, self.source.name, today, ROTATION), reading)
        if self.source.rotates and self._goes_on(reading):
            self._rotate(reading)
        with self.store.write() as db:
            if note := outcomes.thin(db, self.source.name, reading.abstracts, decided_here=True):
                reading.thin = True
                reading.notes.append(note)
                for span in reading.closed:
                    days.unread(db, self.source.name, *span)
        return reading

    def _today(self) -> date:
        return self.clock().astimezone(UTC).date()

    def _goes_on(self, reading: WindowReading) -> bool:
        """Whether the service answers and may be asked for more."""
        return reading.answered and self.failures < GIVE_UP_AFTER and not reading.blocked

    def _read(self, newest_first: Sequence[date], reading: WindowReading) -> list[date]:
        """Read these days in windows; returns those for which there was no time, or no answer."""
        waiting = list(spans(newest_first, self.source.span))
        while waiting and self._left() > 0 and self.failures < GIVE_UP_AFTER and not reading.blocked:
            span = waiting.pop(0)
            try:
                waiting[:0] = self._window(span, reading)
                self.failures = 0
            except SourceError as error:
                self.failures += 1
                reading.blocked = isinstance(error, Blocked)
                reading.trouble.append(f"{_named(span)}: {error}")
                reading.left += _days(span)
        return [day for span in waiting for day in _days(span)]

    def _grown(self, reading: WindowReading) -> list[date]:
        """Past days of which the service now promises more than is stored, newest first; a request a window.

        Services list some records days or weeks late under the day of their posting. Days of the last six weeks are
        counted again a week after they were read or counted, older ones a month after.
        """
        found: list[date] = []
        for span in self._uncounted():
            if self._left() <= 0:
                break
            try:
                page = next(iter(self.source.window(*span)), None)
            except SourceError as error:
                reading.notes.append(f"past days could not be counted again: {error}")
                self.failures += 1
                reading.blocked = isinstance(error, Blocked)
                break
            if page is not None:
                self._keep(page.rows, reading)
            held = len(self._found_in(span))
            more = page.promised - held if page is not None else 0
            with self.store.write() as db:
                days.count_again(db, self.source.name, span[0], self._today())
                if more > 0:
                    days.unread(db, self.source.name, *span)
            if more > 0:
                reading.notes.append(f"{_named(span)}: {more:,} more records than before, read again")
                found += reversed(_days(span))
        return found

    def _uncounted(self) -> Iterator[Span]:
        """Past windows, newest first, that were neither read nor counted for a week (old ones: a month)."""
        db, name, today = self.store.db, self.source.name, self._today()
        begin, end = days.first(db, name) or today, today - timedelta(days=days.SETTLED + 1)
        counted = days.counted(db, name)
        while end >= begin:
            start = max(begin, date.fromordinal(end.toordinal() // self.source.span * self.source.span))
            read = days.oldest_reading(db, name, start, end)
            last = max(read.isoformat(), counted.get(start.isoformat(), "")) if read else ""
            pause = COUNT_RECENT if end >= today - timedelta(days=RECENT) else COUNT_OLD
            if last and last <= (today - timedelta(days=pause)).isoformat():
                yield start, end
            end = start - timedelta(days=1)

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
        try:
            found = self._walk(span, reading)
        except Incomplete:  # pages that go in a circle, or come once more
            found = _Window()
        if found.doubtful and not found.too_large:
            if self._left() <= 0:
                reading.left += _days(span)
                return []
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
            found.ended = not page.rows
            self._keep(page.rows, reading)
            left, wanted = max(self._left(), 0), _requests(page) - 1
            if found.came == len(page.rows) and span[0] < span[1] and wanted > left:
                found.fitting = max(1, len(_days(span)) * left // (wanted + 1))
                break
        return found

    def _close(self, span: Span, found: _Window, reading: WindowReading) -> None:
        """Mark the days of a window as read, if everything came that was promised, and all that came before.

        Records that came twice may stand in for others that did not come. As long as they do, the days are due again;
        the run is incomplete if as many are missing as make it so elsewhere.
        """
        known = self._found_in(span)
        lost = len(known - found.ids)
        lacking, moved, twice = found.lacking, abs(found.last - found.first), found.came - len(found.ids)
        came = f"{found.last:,} records promised, {found.came:,} came, {len(found.ids):,} different ones"
        if lost > FEW and too_many(lost, len(known)):
            wrong = f"{lost:,} records that came before are not in the answer ({found.came:,} came)"
        elif found.shrunk or (abs(lacking) > moved and (not twice or too_many(lacking - moved, found.last))):
            wrong = came
        else:
            wrong = ""
        if wrong:
            reading.trouble.append(f"{_named(span)}: {wrong}")
            reading.left += _days(span)
            return
        doubt = f"{came}: read again by the next run" if twice else self._too_quiet(span, found)
        if moved:
            reading.notes.append(f"{_named(span)}: the promise moved from {found.first:,} to {found.last:,}")
        if doubt:
            reading.notes.append(f"{_named(span)}: {doubt}")
        reading.most += max(found.first, found.last) - len(found.ids)
        reading.least += min(found.first, found.last, len(found.ids)) - len(found.ids)
        with self.store.write() as db:
            if doubt:
                reading.quiet += [] if found.came else _days(span)
                days.begun(db, self.source.name, *span, self.run)
            else:
                days.done(db, self.source.name, *span, self.run, self.now())
                reading.closed.append(span)

    def _too_quiet(self, span: Span, found: _Window) -> str:
        """Why an answer that there is nothing is not believed yet, '' if it is; today is not over."""
        over = sum(day < self._today() for day in _days(span))
        usual = over * preprint_versions.a_day(self.store.db, self.source.name, span[0])
        if found.came or usual < UNLIKELY_EMPTY:
            return ""
        return f"it says that there is nothing, where {usual:,.0f} records are usual: read again by the next run"

    def _found_in(self, span: Span) -> set[str]:
        """The stored versions that belong into a window."""
        by_posting = self.source.rotates
        return preprint_versions.found_in(self.store.db, self.source.name, *span, by_posting=by_posting)

    def _rotate(self, reading: WindowReading) -> None:
        """Ask for known preprints again, a thirtieth of all a day, oldest answer first, as far as the budget goes."""
        name, today = self.source.name, self.now()[:10]
        share = ceil(records.count(self.store.db, name) / ROTATION) - runs.rotated_since(self.store.db, name, today)
        failures = 0  # in a row: one that the service cannot give must not keep the others from their turn
        for preprint, known in preprint_versions.rotation(self.store.db, name, today, share) if share > 0 else ():
            if self._left() <= 0 or failures >= GIVE_UP_AFTER or reading.blocked:
                return
            try:
                rows = self.source.again(preprint)
            except SourceError as error:
                reading.trouble.append(f"known preprints could not be asked for again: {error}")
                reading.blocked = isinstance(error, Blocked)
                failures += 1
                continue
            failures = 0
            missing = sorted(set(known).difference(raw.source_id for raw in rows))
            self._keep(rows, reading, missing, rotated=len(known))

    def _day(self, record: Record) -> str:
        """The day by which the windows of the source find a record."""
        return record.created if self.source.rotates else record.revised or record.created

    def _keep(
        self, rows: Sequence[RawRecord], reading: WindowReading, missing: Sequence[str] = (), rotated: int = 0
    ) -> None:
        """Store a page, and afresh among the records what stands there already: one transaction."""
        parsed = [(raw, read_record(self.source, raw)) for raw in rows]  # outside of it: parsing takes its time
        now, name, counts = self.now(), self.source.name, Counter[str]()
        with self.store.write() as db:
            for raw, record in parsed:
                if isinstance(record, str):
                    records.set_aside(db, self.run, name, raw.source_id, raw.body, record, now)
                    counts["unreadable"] += 1
                    continue
                version = self.source.parser_version
                preprint, day = self.source.preprint(record), self._day(record)
                counts[preprint_versions.keep(db, self.run, record, preprint, raw.body, version, now, day)] += 1
                reading.abstracts[bool(record.abstract_text)] += 1
                if records.find(db, f"{name}:{record.source_id}"):
                    records.keep(db, self.run, record, raw.body, version, now)
                    events.add(db, self.run, name, record.source_id, self.source.events(record), now)
            if missing:
                records.withhold(db, name, missing, now)
                counts["withheld"] += len(missing)
            runs.count_page(db, self.row, now, counts, rotated)
        reading.counts += counts


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


def _requests(page: WindowPage) -> int:
    """How many requests a window takes of which this is the first page."""
    return ceil(page.promised / len(page.rows)) if page.rows else 1


def _days(span: Span) -> list[date]:
    return [span[0] + timedelta(days=number) for number in range((span[1] - span[0]).days + 1)]


def _named(span: Span) -> str:
    return f"{span[0]} to {span[1]}" if span[0] < span[1] else f"{span[0]}"
