"""Services that are asked what a search matches: walk, read, refresh, decide, write.

    walk      every search: the complete set of ids, promised against received
    read      the ids not stored yet, once for all searches of the run, oldest first
    refresh   known records that are due: those the source has revised, and a thirtieth of all a day in rotation
    decide    where a source was asked wider than the search is, which of the listed records are hits (deciding)
    write     a search row each, with the matches that began or ended, and the end of the reading: one transaction

Killed anywhere, the next run ends with the same records and matches: nothing is derived from where this one stopped.
Ids are read in their own order, not in that of the answers, so that records, and with them the ids of works, stand in
the same order whether a run was stopped on the way or not.

Reading asks for records by id and stores them, a transaction a page, until every id has one outcome. Ids that were not
answered, or whose record could not be read, are asked for once more at the end; what is still missing then is withheld
by the source, what is still damaged is set aside. The reading row of the ledger grows with each page, in the same
transaction: it is true wherever the process ends. The next page is fetched while this one is parsed and stored, so
that the polite interval is not lost to parsing.

Known records are asked for again for one of these reasons:

    owing       listed, but nothing readable came the last time
    beginning   they begin to match a search: only what they say today tells why
    revised     the source says that it has revised them; 2,000 a run: the yearly MeSH revision touches nearly all
    rotated     it is their turn: a thirtieth of all a day, oldest answer first

So retractions, corrections and publication links arrive. What has been answered for today is neither revised nor due.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from sqlite3 import Connection
from types import MappingProxyType

from tracker.collect import Collector, CollectReport, deciding, hold_bursts, is_due, outcomes, read_record
from tracker.collect.outcomes import ReadingResult, too_many
from tracker.errors import Blocked, SourceError, Transient
from tracker.model import IdList, RawRecord, SavedSearch
from tracker.sources import Source
from tracker.store import Store, events, holdings, matches, records, runs


@dataclass
class SearchOnSource:
    """One search on one source in this run."""

    search: SavedSearch
    text: str
    rules: deciding.Rules | None = None  # which of the listed ids are hits; None: all of them
    decided: deciding.ListedIds | None = None
    started: str = ""
    walk: IdList | None = None
    error: str = ""
    outcome: str = "failed"  # when there is no answer: incomplete for an answer to another question
    blocked: bool = False  # the service has shut us out
    thin: bool = False  # so many records came without an abstract that nothing ends for want of one
    row: runs.SearchRow | None = None

    @property
    def hits(self) -> Sequence[str]:
        """The ids that match."""
        if self.decided is not None:
            return self.decided.hits
        return self.walk.ids if self.walk else ()


def collect(
    job: Collector,
    run: int,
    searches: Sequence[SavedSearch],
    compiled: Mapping[tuple[str, str], str],
    *,
    all_due: bool = False,
) -> CollectReport:
    """Collect for ``searches``; ``compiled`` holds the text as sent for each (slug, source).

    ``all_due``: also those whose ``every`` says that it is not time yet.
    """
    rows: list[tuple[str, runs.SearchRow]] = []
    readings: list[runs.ReadingRow] = []
    skipped: list[str] = []
    for name, source in job.sources.items():
        askings = [
            SearchOnSource(item, compiled[item.slug, name], deciding.rules_for(item, name))
            for item in searches
            if name in item.sources and (item.slug, name) in compiled
        ]
        due = [item for item in askings if all_due or is_due(job, item.search, name)]
        skipped += [f"{item.search.slug} on {name}" for item in askings if item not in due]
        if due:
            readings.append(_collect_source(job, run, source, due))
            rows += [(item.search.slug, item.row) for item in due if item.row]
    return CollectReport(tuple(rows), tuple(readings), tuple(skipped))


def _collect_source(job: Collector, run: int, source: Source, askings: Sequence[SearchOnSource]) -> runs.ReadingRow:
    started, before = job.now(), job.http_counts(source.name)
    _walk_all(job, source, askings)
    listed = frozenset(item for asking in askings if asking.walk for item in asking.walk.ids)
    with job.store.write() as db:
        key = runs.begin_reading(db, run, source.name, started)
    reader = RecordReader(job.store, source, run, key, listed, job.clock, job.say)
    answered = _answered(job.store.db, source, askings)
    begin = beginning_to_match(job.store.db, source.name, answered)
    fresh = _read_unknown(job, reader, askings)
    plan, again = RefreshPlan(), outcomes.ReadingResult()
    if answered and not fresh.unanswered and not fresh.blocked:
        plan = plan_refresh(job.store.db, source, answered, begin, job.today())
        again = reader.read(list(plan.because), plan.because)
        again.trouble += plan.trouble
        again.blocked = again.blocked or plan.blocked
    unread = frozenset(begin) - again.read
    _decide(job.store.db, source.name, askings)
    after = job.http_counts(source.name)
    outcome, note = _reading_outcome([fresh, again], listed, plan) if answered else ("failed", "no search was answered")
    with job.store.write() as db:  # all at once: no crash can fall between two searches
        here = any(asking.rules is not None for asking in askings)
        if thin := outcomes.thin(db, source.name, fresh.abstracts + again.abstracts, decided_here=here):
            records.ask_first(db, source.name, [*fresh.hollow, *again.hollow])
            note, outcome = outcomes.noted(outcome, note, thin)
        row = runs.ReadingRow(source.name, job.now(), outcome, after[0] - before[0], after[1] - before[1], note)
        matches.explain_waiting(db, source.name, unread)
        for asking in askings:
            asking.thin = bool(thin)
            asking.row = _write(job, db, run, source, asking, fresh, unread)
        written = [(asking.search.slug, asking.row) for asking in askings if asking.row]
        held = hold_bursts(db, run, written)
        runs.end_reading(db, key, row)
    for line in [*(_line(source, *each) for each in written), *held]:
        job.say(line)
    return row


def _decide(db: Connection, source: str, askings: Sequence[SearchOnSource]) -> None:
    """On all that was read: which of the ids listed for a search are its hits."""
    for asking in askings:
        if asking.walk is not None and asking.rules is not None:
            search = runs.search_id(db, asking.search.slug)
            last = runs.last_complete(db, search, source)
            unchanged = last is not None and runs.strategy_version(db, last.strategy) == asking.search.version
            held = holdings.matching(db, search, source) if unchanged else frozenset()
            asking.decided = deciding.ListedIds(search, asking.walk.ids, asking.rules, held)
    deciding.decide(db, source, [asking.decided for asking in askings if asking.decided is not None])


def _read_unknown(job: Collector, reader: RecordReader, askings: Sequence[SearchOnSource]) -> outcomes.ReadingResult:
    """Read what is not stored yet; nothing is asked of a service that has shut us out meanwhile."""
    source = reader.source
    wanted = sorted(records.unknown(job.store.db, source.name, reader.listed), key=_in_order)
    blocked = [asking.error for asking in askings if asking.blocked]
    if blocked:
        return outcomes.ReadingResult(unanswered=wanted, trouble=blocked[:1], blocked=True)
    if wanted:
        requests = -(-len(wanted) // source.batch)
        job.say(f"{source.title}: {len(wanted):,} records to fetch: {source.ahead(requests, job.clock())}")
    return reader.read(wanted)


def _in_order(source_id: str) -> tuple[int, str]:
    """Numbers in ascending order: with PubMed that is, nearly, the order in which records were created."""
    return len(source_id), source_id


def _reading_outcome(
    readings: Sequence[outcomes.ReadingResult], listed: frozenset[str], plan: RefreshPlan
) -> tuple[str, str]:
    outcome, note = outcomes.outcome(readings, listed)
    note, outcome = outcomes.noted(outcome, note, plan.note)
    return "failed" if any(item.blocked for item in readings) else outcome, note


def _walk_all(job: Collector, source: Source, askings: Sequence[SearchOnSource]) -> None:
    """Walk every search; after two without an answer the service is taken to be down for this run."""
    failures = 0
    for asking in askings:
        asking.started = job.now()
        if failures >= GIVE_UP_AFTER:
            asking.error = f"not asked: {source.title} did not answer the searches before"
            continue
        try:
            _walk(job.store.db, source, asking)
            failures = 0
        except SourceError as error:
            asking.error, asking.blocked = str(error), isinstance(error, Blocked)
            failures = GIVE_UP_AFTER if isinstance(error, Blocked) else failures + 1


def _walk(db: Connection, source: Source, asking: SearchOnSource) -> None:
    """Walk one search. An answer to another question is asked for once more, and if it stays so it is none."""
    search = runs.search_id(db, asking.search.slug)
    cuts = runs.last_cuts(db, search, source.name)
    last, sent = runs.last_complete(db, search, source.name), holdings.sent(db, search, source.name)
    others = runs.others_translations(db, search, source.name, asking.text)
    for _ in range(2):
        found = source.walk(asking.text, cuts)
        wrong = outcomes.another_question(asking.text, found, sent, last.translation if last else "", others)
        if not wrong:
            asking.walk = found
            return
    asking.error, asking.outcome = f"{source.title}: {wrong}", "incomplete"


def _answered(db: Connection, source: Source, askings: Sequence[SearchOnSource]) -> list[AnsweredSearch]:
    found = []
    for asking in askings:
        if asking.walk is not None:
            search = runs.search_id(db, asking.search.slug)
            last = runs.last_complete(db, search, source.name)
            baseline = last is None or runs.strategy_version(db, last.strategy) != asking.search.version
            listed = asking.walk.ids if asking.rules is None else ()  # what was refused does not begin to match
            found.append(AnsweredSearch(search, asking.text, asking.started, listed, baseline))
    return found


def _write(
    job: Collector, db: Connection, run: int, source: Source, asking: SearchOnSource, fresh: outcomes.ReadingResult,
    unread: frozenset[str],
) -> runs.SearchRow:  # fmt: skip
    """Write the search row and its matches; ``unread``: known records that should have been read again and were not."""
    search, strategy = runs.strategy(db, asking.search, run, asking.started)
    previous = runs.last_complete(db, search, source.name)
    baseline = "baseline" if previous is None else "strategy" if previous.strategy != strategy else ""
    sent = runs.sent_text(db, asking.text)
    row = runs.SearchRow(
        search, strategy, source.name, asking.started, job.now(), asking.outcome, baseline, sent, note=asking.error
    )
    if asking.walk is not None:
        asked = matches.SearchRun(
            search, strategy, source.name, run, asking.started, baseline, previous, asking.walk.translation,
            asking.walk.warnings, unread,
        )  # fmt: skip
        row = _compare(job, db, source, row, asked, asking, asking.walk, fresh)
        if asking.decided is not None:
            deciding.note(db, run, search, source.name, asking.decided)
    runs.add_search_row(db, run, row)
    return row


def _compare(
    job: Collector, db: Connection, source: Source, blank: runs.SearchRow, asked: matches.SearchRun,
    asking: SearchOnSource, walk: IdList, fresh: outcomes.ReadingResult,
) -> runs.SearchRow:  # fmt: skip
    """The row of an answered walk; begins and ends the matches on the way."""
    outcome, notes = outcomes.of_walk(source.title, walk, fresh)
    slug, hits = asking.search.slug, asking.hits
    confirmed, nothing = slug in job.confirm_removals, bool(asked.baseline) and not walk.ids
    if nothing and confirmed:
        runs.accept_nothing(db, asked.search, asked.source)
    elif nothing:
        notes.append(outcomes.NOTHING_YET.format(slug))
    vanished = 0 if hits or asked.baseline else matches.standing(db, asked.search, asked.source)
    if vanished:
        notes.append(f"nothing matches any more, where {vanished:,} papers did")
    if vanished > matches.HELD_COUNT and not confirmed:
        outcome = "incomplete"
        notes.append(f"not believed until a person says 'tracker collect --confirm-removals {slug}'")
    came = matches.arrive(db, asked, hits)
    left = matches.MatchChanges(0, 0)
    believed = not nothing and not (asking.thin and asking.rules is not None)
    if outcome in runs.COMPLETE and (confirmed or believed):
        left = matches.depart(db, asked, hits, confirmed)
    if confirmed and walk.warnings:
        runs.accept_warnings(db, asked.search, asked.source, walk.warnings)
    if left.kept:
        notes.append(f"{left.kept:,} papers that no longer match are kept as long as {source.title} warns of this")
    if _retranslated(asked):
        notes.append(f"{source.title} now reads the search in another way than before")
    if left.held:
        notes.append(
            f"{left.held:,} papers no longer match at once: kept until a person says "
            f"'tracker collect --confirm-removals {slug}'"
        )
    if outcome == "complete" and notes:
        outcome = "complete with notes"
    return replace(
        blank, outcome=outcome, walk=walk, known=came.known, new=came.new, rejected=len(walk.ids) - len(hits),
        missing=left.missing, gone=left.gone, held=left.held, note="; ".join(notes),
    )  # fmt: skip


def _retranslated(asked: matches.SearchRun) -> bool:
    last = None if asked.baseline else asked.previous
    return last is not None and last.translation != asked.translation


def _line(source: Source, slug: str, row: runs.SearchRow) -> str:
    line = f"{slug} on {source.title}: "
    if row.walk:
        line += (
            f"{row.walk.promised_last:,} promised, {len(row.walk.ids):,} received, {row.known:,} known, {row.new:,} new"
        )
    if row.rejected:
        line += f", {row.rejected:,} refused"
    if row.gone:
        line += f", {row.gone:,} gone"
    line += f": {row.outcome}" if row.walk else row.outcome
    return f"{line} ({row.note})" if row.note else line


GIVE_UP_AFTER = 2  # pages in a row without an answer: the service is down
TELL_EVERY = 25  # pages

Pages = Sequence[Sequence[str]]


@dataclass
class RecordReader:
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

    def read(self, ids: Sequence[str], because: Mapping[str, str] = MappingProxyType({})) -> ReadingResult:
        """Fetch and store ``ids``; never raises for a service that fails: see :class:`Reading`.

        ``because``: of known ones, why they are asked for again: 'rotated' or 'revised', for the ledger.
        """
        long_withheld = records.withheld(self.store.db, self.source.name)
        reading = ReadingResult(because, expected=frozenset(long_withheld))
        pages = _cut_into(ids, self.source.batch)
        again, failed = self._read_pages(pages, reading)
        again += self._isolate(failed, reading)
        if again and not reading.unanswered:
            again, failed = self._read_pages(_cut_into(again, self.source.batch), reading, last=True)
            reading.unanswered += [item for page in failed for item in page]
        if reading.unanswered:
            reading.unanswered += again
        elif again:
            self._withhold(again, reading)
            newly = set(again).intersection(self.listed) - long_withheld
            reading.short = any(too_many(len(newly.intersection(page)), len(page)) for page in pages)
        return reading

    def _read_pages(self, pages: Pages, reading: ReadingResult, *, last: bool = False) -> tuple[list[str], Pages]:
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

    def _isolate(self, failed: Pages, reading: ReadingResult) -> list[str]:
        """Ask in halves for pages that failed, as long as a half is answered; returns ids to ask for again.

        One record that the service cannot give out must not keep its neighbours away for ever.
        """
        again: list[str] = []
        while not reading.blocked:
            parts = [part for page in failed if len(page) > 1 for part in _cut_into(page, -(-len(page) // 2))]
            if not parts:
                break
            reading.unanswered += [item for page in failed if len(page) == 1 for item in page]
            came, failed = self._read_pages(parts, reading)
            again += came
            if len(failed) == len(parts):
                break
        reading.unanswered += [item for page in failed for item in page]
        return again

    def _keep_page(
        self, page: Sequence[str], raws: Sequence[RawRecord], reading: ReadingResult, *, last: bool
    ) -> list[str]:
        """Store what came of a page in one transaction; returns the ids to ask for again."""
        parsed = [
            (raw, read_record(self.source, raw)) for raw in raws
        ]  # outside the transaction: parsing takes its time
        name, now = self.source.name, self.now()
        done: dict[str, str] = {}  # the outcome of each id that has one now
        with self.store.write() as db:
            for raw, record in parsed:
                if isinstance(record, str):
                    records.set_aside(db, self.run, name, raw.source_id, raw.body, record, now)
                    if last:
                        done[raw.source_id] = "unreadable"
                else:
                    reading.abstracts[bool(record.abstract_text)] += 1
                    if not record.abstract_text:
                        reading.hollow.append(raw.source_id)
                    done[raw.source_id] = records.keep(db, self.run, record, raw.body, self.source.parser_version, now)
                    events.add(db, self.run, name, record.source_id, self.source.events(record), now)
            self._count(db, done, reading)
        reading.unreadable += [item for item, outcome in done.items() if outcome == "unreadable"]
        return [item for item in page if item not in done]

    def _withhold(self, ids: list[str], reading: ReadingResult) -> None:
        reading.withheld += ids
        with self.store.write() as db:
            records.withhold(db, self.source.name, ids, self.now())
            self._count(db, dict.fromkeys(ids, "withheld"), reading)

    def _count(self, db: Connection, done: Mapping[str, str], reading: ReadingResult) -> None:
        """Enter outcomes by id into the reading row."""
        counts = Counter(done.values())
        reading.counts += counts
        again = Counter(reading.because.get(item, "") for item in done)
        runs.count_page(db, self.row, self.now(), counts, again["rotated"], again["revised"])

    def _tell(self, done: int, pages: int, seconds: float) -> None:
        left = seconds / done * (pages - done) / 60
        ahead = f", about {left:,.0f} minutes left" if left >= 1 else ""
        self.say(f"{self.source.title}: {done:,} of {pages:,} requests for records answered{ahead}")


def _cut_into(ids: Sequence[str], size: int) -> Pages:
    return [ids[start : start + size] for start in range(0, len(ids), size)]


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


ROTATION_DAYS = 30  # every known record is asked for again once in so many days
REVISED_LIMIT = 2000  # records a run


@dataclass(frozen=True)
class AnsweredSearch:
    """A search that was answered: ``text`` as sent, when, and the ids it listed; in a baseline no reasons are asked."""

    search: int
    text: str
    started: str
    ids: Sequence[str]
    baseline: bool


@dataclass
class RefreshPlan:
    """``because``: why each record is asked for again: 'revised', 'rotated', or '' (owing, beginning)."""

    because: dict[str, str] = field(default_factory=dict)
    trouble: list[str] = field(default_factory=list)
    note: str = ""
    blocked: bool = False  # the service has shut us out: nothing more may be asked


def beginning_to_match(db: Connection, source: str, answered: Sequence[AnsweredSearch]) -> list[str]:
    """Stored records that begin to match a search, or began to without having been read again since."""
    found = matches.waiting(db, source)
    for item in answered:
        if not item.baseline:
            found += matches.beginning(db, item.search, source, item.ids, item.started)
    return list(dict.fromkeys(found))


def plan_refresh(
    db: Connection, source: Source, answered: Sequence[AnsweredSearch], begin: Sequence[str], today: date
) -> RefreshPlan:
    """What to ask for again today: ``begin``, what the source says it has revised, and what is due in rotation."""
    found = RefreshPlan()
    last = runs.last_reading(db, source.name, today.isoformat())
    revised = _revised(db, source, answered, last, today, found) if last else []
    if found.blocked:
        return found
    owing = records.owing(db, source.name, {key for item in answered for key in item.ids})
    found.because = {**dict.fromkeys([*owing, *begin], ""), **dict.fromkeys(revised, "revised")}
    share = _share(db, source.name, last, today)
    if share > 0:
        due = records.due(db, source.name, today.isoformat(), share + len(found.because))
        turn = [item for item in due if item not in found.because]
        found.because |= dict.fromkeys(turn[:share], "rotated")
    return found


def _revised(
    db: Connection, source: Source, answered: Sequence[AnsweredSearch], last: str, today: date, found: RefreshPlan
) -> list[str]:
    since = date.fromisoformat(last[:10]) - timedelta(days=1)  # the service counts days in its own time zone
    listed: list[str] = []
    full = False
    for item in answered:
        try:
            ids = source.revised(item.text, since, REVISED_LIMIT)
        except SourceError as error:
            found.blocked = isinstance(error, Blocked)
            found.trouble.append(f"which records were revised could not be asked: {error}")
            break
        listed += ids
        full = full or len(ids) >= REVISED_LIMIT
    known = records.not_asked_since(db, source.name, listed, today.isoformat())
    if full or len(known) > REVISED_LIMIT:
        found.note = f"{REVISED_LIMIT:,} or more known records were revised: the rest is asked for in rotation"
    return known[:REVISED_LIMIT]


def _share(db: Connection, source: str, last: str, today: date) -> int:
    """How many records rotation owes: a thirtieth of all for each day since the last whole reading."""
    day = date.fromisoformat(last[:10]) if last else today
    days = min(max((today - day).days, 1), ROTATION_DAYS)
    since = day + timedelta(days=1) if day < today else today
    thirtieth = -(-records.count(db, source) // ROTATION_DAYS)
    return thirtieth * days - runs.rotated_since(db, source, since.isoformat())
