"""Stage 1 for preprint servers without a search: read whole, once for all searches, and searched here.

    plan      the days from 90 before the first run (or ``--since``) to today
    read      those that are due, newest first, in windows, within a budget; everything goes on the shelf
    decide    each search looks at what is new or changed on the shelf; at all of it when its strategy changed
    write     what a search wants goes among the records, with all its versions; a search row each, its matches

The search row of such a source counts the whole shelf: *received* are all versions stored, of which *known* and *new*
match now and *rejected* do not; *promised* is what is stored and what the service promised beyond in the windows of
this run (the two promises differ only where it moved). The reading row counts what came in this run. While days are
left that did not fit into the budget, the outcome is *catching up (n of m days)*. A server from which nothing has ever
come may have been empty by mistake: that is a note, and its days do not count as read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from sqlite3 import Connection

from tracker.collect import Collector, Report, bursts, is_due
from tracker.collect.reading import too_many
from tracker.collect.window_matching import Deciding, begin, decide, promote
from tracker.collect.window_reading import WindowReader, WindowReading
from tracker.model import SavedSearch, Walk
from tracker.sources import WindowSource
from tracker.store import days, inflow, matches, preprint_versions, runs

BACK = 90  # days read before the first run: history comes from Europe PMC


def collect(
    job: Collector,
    run: int,
    searches: Sequence[SavedSearch],
    sources: Mapping[str, WindowSource],
    *,
    since: date | None = None,
    all_due: bool = False,
) -> Report:
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
    return Report(tuple(rows), tuple(readings), tuple(skipped))


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
    decidings = [begin(job.store.db, source, item) for item in searches]
    reached = decide(job.store.db, source, decidings)
    outcome, note = _outcome(job.store.db, source.name, job.today(), reading)
    retries = job.http_counts(source.name)[1] - before[1]
    row = runs.ReadingRow(source.name, job.now(), outcome, asked(), retries, note)
    with job.store.write() as db:  # all at once: no crash can fall between two searches
        wanted = dict.fromkeys(item for deciding in decidings for item in deciding.matched)
        promote(db, run, source, list(wanted), job.now())
        written = [
            (each.search.slug, _write(job, db, run, source, each, reading, row, reached, started)) for each in decidings
        ]
        held = bursts.hold(db, run, written)
        runs.end_reading(db, key, row)
        _note_inflow(job, db, source.name)
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
        notes.append("nothing has ever come from it: all its days will be read again")
    note = "; ".join(notes)
    if reading.blocked or (reading.trouble and not reading.answered):
        return "failed", note
    if reading.trouble or too_many(unreadable, reading.counts.total()):
        return "incomplete", note
    if reading.left:
        return "catching up", note
    return ("complete with notes" if notes else "complete"), note


def _write(
    job: Collector, db: Connection, run: int, source: WindowSource, deciding: Deciding, reading: WindowReading,
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
    asked = matches.Asked(search, strategy, source.name, run, started, baseline, previous, "", ())
    new = _arrive(db, asked, deciding.matched)
    left = matches.Change(0, 0)
    if outcome in runs.COMPLETE:
        left = matches.depart(db, asked, sorted(deciding.current), slug in job.accept_gone)
        preprint_versions.set_judged(db, search, source.name, deciding.mark, reached)
    if left.held:
        kept = f"{left.held:,} papers no longer match at once: kept until a person says"
        note = "; ".join(filter(None, (note, f"{kept} 'tracker collect --accept-gone {slug}'")))
        outcome = "complete with notes"
    walk = None if outcome == "failed" else Walk(stored + reading.most, stored + reading.least, ())
    matching = len(deciding.current)
    row = replace(
        row, outcome=outcome, note=note, walk=walk, known=matching - new, new=new, rejected=stored - matching,
        missing=left.missing, gone=left.gone, held=left.held,
    )  # fmt: skip
    runs.add_search_row(db, run, row)
    return row


def _arrive(db: Connection, asked: matches.Asked, matched: Sequence[str]) -> int:
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


def _note_inflow(job: Collector, db: Connection, source: str) -> None:
    """How many versions were posted on each of the last days, as far as these have been read since they ended."""
    for day in inflow.missing_days(db, source, job.today()):
        if days.is_over(db, source, day):
            inflow.add(db, source, day, preprint_versions.posted_on(db, source, day.isoformat()), job.now())


def _line(source: WindowSource, slug: str, row: runs.SearchRow) -> str:
    line = f"{slug} on {source.title}: {row.received or 0:,} stored, {row.known:,} known, {row.new:,} new"
    if row.gone:
        line += f", {row.gone:,} gone"
    return f"{line}: {row.outcome} ({row.note})" if row.note else f"{line}: {row.outcome}"
