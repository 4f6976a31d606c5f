"""Reading: ask a source for records by id and store them, a transaction a page, until every id has one outcome.

Ids that were not answered are asked for once more at the end; what is still missing then is withheld by the source.
The next page is fetched while this one is parsed and stored, so the polite interval is not lost to parsing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from tracker.errors import Blocked, SourceError
from tracker.model import RawRecord, Record, Tally
from tracker.sources import Source, UnreadableRecord
from tracker.store import Store, events, records

GIVE_UP_AFTER = 2  # pages in a row without an answer: the service is down
TOO_MANY, TOO_LARGE_A_SHARE = 3, 0.01  # withheld from one request: both reached, and the run is incomplete


@dataclass
class Reading:
    """What came of a list of ids. ``unanswered``: asked for, but the service failed; they are not in the tally."""

    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("fresh", "changed", "same", "unreadable", "withheld"), 0)
    )
    withheld: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    short: bool = False  # a request came back with too many records missing


def tally(readings: Sequence[Reading]) -> Tally:
    """The counts of several readings together, as the ledger keeps them."""
    names = ("fresh", "changed", "same", "unreadable", "withheld")
    sums = [sum(item.counts[name] for item in readings) for name in names]
    return Tally(sum(sums), *sums)


def outcome(readings: Sequence[Reading], listed: int) -> tuple[str, str]:
    """(outcome, note) of several readings of one source in a run; ``listed``: distinct ids that its searches listed."""
    counts = tally(readings)
    unanswered = sum(len(item.unanswered) for item in readings)
    trouble = list(dict.fromkeys(line for item in readings for line in item.trouble))
    notes = [f"{unanswered:,} records could not be fetched and will be asked for again"] if unanswered else []
    notes += trouble
    notes += [f"{counts.unreadable:,} could not be read and are set aside"] if counts.unreadable else []
    notes += [f"{counts.withheld:,} were withheld by the service"] if counts.withheld else []
    lost = too_many(counts.unreadable + counts.withheld, max(listed, counts.fetched))
    incomplete = lost or bool(trouble) or any(item.short for item in readings)
    return "incomplete" if incomplete else "complete with notes" if notes else "complete", "; ".join(notes)


def read(store: Store, source: Source, run: int, ids: Sequence[str], clock: Callable[[], str]) -> Reading:
    """Fetch and store ``ids``; never raises for a service that fails: see :class:`Reading`."""
    reading = Reading()
    pages = _pages(ids, source.batch)
    long_withheld = records.withheld(store.db, source.name)
    late = _read_pages(store, source, run, pages, clock, reading)
    if late and not reading.unanswered:
        late = _read_pages(store, source, run, _pages(late, source.batch), clock, reading)
    if reading.unanswered:
        reading.unanswered += late
        return reading
    _withhold(store, source, late, clock(), reading)
    newly = set(late) - long_withheld
    reading.short = any(too_many(len(newly.intersection(page)), len(page)) for page in pages)
    return reading


def too_many(lost: int, asked: int) -> bool:
    """Whether so many of the records asked for are missing that the answer is not complete."""
    return lost >= TOO_MANY and lost > asked * TOO_LARGE_A_SHARE


def _pages(ids: Sequence[str], size: int) -> list[Sequence[str]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]


def _read_pages(
    store: Store, source: Source, run: int, pages: Sequence[Sequence[str]], clock: Callable[[], str], reading: Reading
) -> list[str]:
    """Read the pages; returns the ids that the service left out of its answers."""
    left_out: list[str] = []
    failures = 0
    for number, (page, answer) in enumerate(_ahead(source, pages)):
        try:
            raws = answer.result()
        except SourceError as error:
            reading.trouble.append(str(error))
            reading.unanswered += page
            failures += 1
            if failures >= GIVE_UP_AFTER or isinstance(error, Blocked):
                reading.unanswered += [item for rest in pages[number + 1 :] for item in rest]
                break
            continue
        failures = 0
        _keep_page(store, source, run, raws, clock(), reading)
        answered = {raw.source_id for raw in raws}
        left_out += [item for item in page if item not in answered]
    return left_out


def _ahead(
    source: Source, pages: Sequence[Sequence[str]]
) -> Iterator[tuple[Sequence[str], Future[tuple[RawRecord, ...]]]]:
    """Each page with its answer to come; the page after it is already being fetched."""
    with ThreadPoolExecutor(1, thread_name_prefix="fetch") as pool:
        coming = [pool.submit(source.fetch, page) for page in pages[:1]]
        for number, page in enumerate(pages):
            answer = coming.pop()
            if number + 1 < len(pages):
                coming.append(pool.submit(source.fetch, pages[number + 1]))
            yield page, answer


def _keep_page(store: Store, source: Source, run: int, raws: Sequence[RawRecord], now: str, reading: Reading) -> None:
    parsed = [(raw, _parse(source, raw)) for raw in raws]  # outside the transaction: parsing takes its time
    with store.write() as db:
        for raw, record in parsed:
            if isinstance(record, str):
                records.set_aside(db, run, source.name, raw.source_id, raw.body, record, now)
                outcome = "unreadable"
            else:
                outcome = records.keep(db, run, record, raw.body, source.parser_version, now)
                events.add(db, run, source.name, record.source_id, source.events(record), now)
            reading.counts[outcome] += 1


def _parse(source: Source, raw: RawRecord) -> Record | str:
    """The record, or the reason why it cannot be read."""
    try:
        return source.parse(raw.body)
    except UnreadableRecord as error:
        return str(error)


def _withhold(store: Store, source: Source, ids: list[str], now: str, reading: Reading) -> None:
    with store.write() as db:
        records.withhold(db, source.name, ids, now)
    reading.counts["withheld"] += len(ids)
    reading.withheld += ids
