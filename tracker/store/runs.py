"""Runs and the ledger: what was asked, what was promised, what came."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from tracker import __version__
from tracker.model import IdList, SavedSearch, Tally
from tracker.store.sql import insert

COMPLETE = ("complete", "complete with notes")  # nothing was left out
DONE = (*COMPLETE, "catching up")
NOT_ENDED = "it has not ended"
OUTCOMES = ("fresh", "changed", "same", "unreadable", "withheld")  # of one record that was asked for
WORST_FIRST = ("failed", "incomplete", "catching up", "complete with notes", "complete")


@dataclass(frozen=True, slots=True)
class SearchRow:
    """One search row of the ledger as it is about to be written; see schema_0001.sql for the columns."""

    search: int
    strategy: int
    source: str
    started: str
    finished: str
    outcome: str
    baseline: str = ""
    sent: int | None = None
    walk: IdList | None = None
    known: int = 0
    new: int = 0
    rejected: int = 0  # by the local matcher
    received: int | None = None  # where the walk does not hold the ids themselves
    missing: int = 0
    gone: int = 0
    held: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class LastComplete:
    """The last complete run of a search on a source, whatever the strategy version."""

    run: int
    started: str
    strategy: int
    translation: str
    warnings: tuple[str, ...]


def begin(db: sqlite3.Connection, command: str, now: str) -> int:
    """Open a run; runs whose process died are ended as failed first, and so are their readings."""
    db.execute(
        "update reading_run set note = 'the process ended before the reading did' "
        "where run_id in (select id from run where finished is null) and outcome = 'failed' and note = ?",
        (NOT_ENDED,),
    )
    db.execute(
        "update run set finished = ?, outcome = 'failed', note = 'the process ended before the run did' "
        "where finished is null",
        (now,),
    )
    row = db.execute(
        "insert into run (started, command, software) values (?, ?, ?) returning id", (now, command, __version__)
    ).fetchone()
    return int(row[0])


def end(db: sqlite3.Connection, run: int, now: str, note: str = "") -> str:
    """Close a run with the worst outcome of its rows (complete when it had none); returns it."""
    rows = db.execute(
        "select outcome from search_run where run_id = :run union select outcome from reading_run where run_id = :run",
        {"run": run},
    )
    found = {row[0] for row in rows}
    outcome = next((name for name in WORST_FIRST if name in found), "complete")
    db.execute("update run set finished = ?, outcome = ?, note = ? where id = ?", (now, outcome, note, run))
    return outcome


def strategy(db: sqlite3.Connection, search: SavedSearch, run: int, now: str) -> tuple[int, int]:
    """(search id, strategy id) of a saved search as it stands in its file, adding rows for what is new."""
    key = db.execute(
        "insert into search (slug, first_run, title, sources, every, finds, at_least) values (?,?,?,?,?,?,?) "
        "on conflict (slug) do update set title = excluded.title, sources = excluded.sources, every = excluded.every, "
        "finds = excluded.finds, at_least = excluded.at_least returning id",
        (
            search.slug,
            run,
            search.title,
            json.dumps(search.sources),
            search.every,
            json.dumps(search.finds),
            json.dumps(dict(search.at_least)),
        ),
    ).fetchone()[0]
    row = db.execute("select id from strategy where search_id = ? and version = ?", (key, search.version)).fetchone()
    if row:
        return key, row[0]
    row = db.execute(
        "insert into strategy (search_id, number, version, title, text, headers, seen) values "
        "(?, (select coalesce(max(number), 0) + 1 from strategy where search_id = ?), ?, ?, ?, ?, ?) returning id",
        (key, key, search.version, search.title, search.strategy, json.dumps(dict(search.headers)), now),
    ).fetchone()
    return key, row[0]


def sent_text(db: sqlite3.Connection, text: str) -> int:
    """Id of a text as it was sent to a service; the same text is stored once."""
    mark = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    db.execute("insert into sent_text (hash, text) values (?, ?) on conflict do nothing", (mark, text))
    return int(db.execute("select id from sent_text where hash = ?", (mark,)).fetchone()[0])


def add_search_row(db: sqlite3.Connection, run: int, row: SearchRow) -> None:
    walk = row.walk or IdList(0, 0, ())
    insert(
        db,
        "search_run",
        run_id=run,
        search_id=row.search,
        strategy_id=row.strategy,
        source=row.source,
        sent_id=row.sent,
        started=row.started,
        finished=row.finished,
        outcome=row.outcome,
        baseline=row.baseline,
        promised_first=walk.promised_first if row.walk else None,
        promised_last=walk.promised_last if row.walk else None,
        received=len(walk.ids) if row.received is None else row.received,
        known=row.known,
        new=row.new,
        rejected=row.rejected,
        missing=row.missing,
        gone=row.gone,
        held=row.held,
        translation=walk.translation,
        warnings=json.dumps(walk.warnings),
        cuts=json.dumps(walk.cuts),
        note=row.note,
    )


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """How a reading ended; ``requests`` and ``retries`` count all HTTP requests of the source in this run."""

    source: str
    finished: str
    outcome: str
    requests: int = 0
    retries: int = 0
    note: str = ""


def begin_reading(db: sqlite3.Connection, run: int, source: str, started: str) -> int:
    """Open the reading row of a source; it says that it has not ended until it has. Returns its id."""
    return insert(
        db,
        "reading_run",
        run_id=run,
        source=source,
        started=started,
        finished=started,
        outcome="failed",
        note=NOT_ENDED,
    )


def count_page(
    db: sqlite3.Connection, reading: int, now: str, counts: Mapping[str, int], rotated: int = 0, revised: int = 0
) -> None:
    """Add what a page brought to a reading row, in the transaction that stores it: so the row holds wherever it ends.

    ``counts`` by the names in ``OUTCOMES``.
    """
    tally = Tally(sum(counts.values()), *(counts.get(name, 0) for name in OUTCOMES))
    db.execute(
        "update reading_run set finished = ?, fetched = fetched + ?, read = read + ?, fresh = fresh + ?, "
        "changed = changed + ?, same = same + ?, unreadable = unreadable + ?, withheld = withheld + ?, "
        "rotated = rotated + ?, revised = revised + ? where id = ?",
        (now, tally.fetched, tally.read, tally.fresh, tally.changed, tally.same, tally.unreadable, tally.withheld,
         rotated, revised, reading),
    )  # fmt: skip


def end_reading(db: sqlite3.Connection, reading: int, row: ReadingRow) -> None:
    db.execute(
        "update reading_run set finished = ?, outcome = ?, requests = ?, retries = ?, note = ? where id = ?",
        (row.finished, row.outcome, row.requests, row.retries, row.note, reading),
    )


def last_complete(db: sqlite3.Connection, search: int, source: str, before: int | None = None) -> LastComplete | None:
    """The last complete run of a search on a source, with a run id below ``before`` where given.

    A first answer without any hits is none, unless a person says that nothing is right: a service may have failed so.
    """
    row = db.execute(
        "select search_run.run_id, run.started, strategy_id, translation, warnings from search_run "
        "join run on run.id = run_id where search_id = ? and source = ? "
        "and search_run.outcome in ('complete', 'complete with notes') and run_id < ? "
        "and (received > 0 or baseline = '' or exists (select 1 from setting where name = ?)) "
        "order by search_run.id desc limit 1",
        (search, source, before if before is not None else 1 << 62, _nothing(search, source)),
    ).fetchone()
    return LastComplete(row[0], row[1], row[2], row[3], tuple(json.loads(row[4]))) if row else None


def first_warnings(db: sqlite3.Connection, search: int, source: str, strategy: int) -> tuple[str, ...]:
    """What the service warned of in the first complete run of a strategy on a source: it was there from the start."""
    row = db.execute(
        "select warnings from search_run where search_id = ? and source = ? and strategy_id = ? "
        "and outcome in ('complete', 'complete with notes') and received > 0 order by id limit 1",
        (search, source, strategy),
    ).fetchone()
    return tuple(json.loads(row[0])) if row else ()


def accepted_warnings(db: sqlite3.Connection, search: int, source: str) -> tuple[str, ...]:
    """The warnings that a person has seen and confirmed for a search on a source."""
    row = db.execute("select value from setting where name = ?", (_accepted(search, source),)).fetchone()
    return tuple(json.loads(row[0])) if row else ()


def accept_warnings(db: sqlite3.Connection, search: int, source: str, warnings: Sequence[str]) -> None:
    """A person's word: these warnings are known, and what they explain may end."""
    db.execute(
        "insert into setting (name, value) values (?, ?) on conflict (name) do update set value = excluded.value",
        (_accepted(search, source), json.dumps(warnings)),
    )


def accept_nothing(db: sqlite3.Connection, search: int, source: str) -> None:
    """A person's word: that a search finds nothing on a source is right, and what it finds later is news."""
    db.execute("insert into setting (name, value) values (?, '1') on conflict do nothing", (_nothing(search, source),))


def _nothing(search: int, source: str) -> str:
    return f"no hits accepted for search {search} on {source}"


def _accepted(search: int, source: str) -> str:
    return f"warnings accepted for search {search} on {source}"


def others_translations(db: sqlite3.Connection, search: int, source: str, text: str) -> set[str]:
    """How a service understood the other searches in the last runs that it answered, but for those sent as ``text``."""
    rows = db.execute(
        "select translation from search_run join sent_text on sent_text.id = sent_id where search_run.id in "
        "(select max(id) from search_run where source = ? and search_id <> ? and promised_last is not null "
        "group by search_id) and translation <> '' and text <> ?",
        (source, search, text),
    )
    return {row[0] for row in rows}


def last_cuts(db: sqlite3.Connection, search: int, source: str) -> Sequence[str]:
    """The dates at which the last answer of this search had to be split."""
    row = db.execute(
        "select cuts from search_run where search_id = ? and source = ? and cuts <> '[]' order by id desc limit 1",
        (search, source),
    ).fetchone()
    return json.loads(row[0]) if row else ()


def last_reading(db: sqlite3.Connection, source: str, today: str) -> str:
    """Start of the last reading of a source in which nothing was left out, '' if there is none.

    One that says it began after ``today`` (ISO day) was made while the clock was ahead: nobody knows when that was.
    """
    row = db.execute(
        "select started from reading_run where source = ? and outcome in ('complete', 'complete with notes') "
        "and started < ? order by id desc limit 1",
        (source, today + "~"),
    ).fetchone()
    return str(row[0]) if row else ""


def rotated_since(db: sqlite3.Connection, source: str, day: str) -> int:
    """How many records have been asked for again in rotation since a day began."""
    row = db.execute(
        "select coalesce(sum(rotated), 0) from reading_run where source = ? and started >= ?", (source, day)
    ).fetchone()
    return int(row[0])


def strategy_version(db: sqlite3.Connection, key: int) -> str:
    """The hash of a stored strategy; ``key`` is strategy.id."""
    return str(db.execute("select version from strategy where id = ?", (key,)).fetchone()[0])


def search_id(db: sqlite3.Connection, slug: str) -> int:
    """The id of a search that has been run; 0, which no row has, for one that has not."""
    row = db.execute("select id from search where slug = ?", (slug,)).fetchone()
    return row[0] if row else 0
