"""Matches: the stretches of runs in which a search matched a record, and the probable reason why it began.

An interval is half open: a match holds in every complete run r with from_run <= r < to_run.

What the local matcher has refused stands here too: ids that a source listed because it was asked wider. A refusal
holds for the rules it was made by (``mark``: the strategy and the version of the matcher) and for the record as it was
then (``fingerprint``). Where both still hold nothing is read or decided again. The record itself is among the records,
with its raw answer; as long as no search matches it, it is no work.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.model import Record, record_from_json
from tracker.store import runs
from tracker.store.sql import insert

LAG = timedelta(days=3)  # a record may be created some days before its source can find it
NOT_READ = "not read yet"
HELD_COUNT, HELD_SHARE = 20, 0.01  # design A3: more than 20 and more than 1 % gone at once waits for a person


@dataclass(frozen=True, slots=True)
class MatchChanges:
    """What one complete or partial answer changed: the numbers of the search row."""

    known: int
    new: int
    missing: int = 0
    gone: int = 0
    held: int = 0
    kept: int = 0  # of the missing: may be missed only because the service warns of something new


@dataclass(frozen=True, slots=True)
class SearchRun:
    """Who asked whom in which run; ``previous`` is the last complete run before it."""

    search: int
    strategy: int
    source: str
    run: int
    started: str
    baseline: str
    previous: runs.LastComplete | None
    translation: str
    warnings: tuple[str, ...]
    unread: frozenset[str] = frozenset()  # stored ids that should have been read again in this run, and were not


def arrive(db: sqlite3.Connection, asked: SearchRun, ids: Sequence[str]) -> MatchChanges:
    """Begin an interval for every id that does not match already; those that had been missed are here again."""
    missed = _open(db, asked.search, asked.source)
    began = [item for item in ids if item not in missed]
    new = 0
    for item in began:
        why, detail = _why(db, asked, item)
        first = not _ever(db, asked, item)
        new += first
        insert(
            db,
            "match",
            search_id=asked.search,
            strategy_id=asked.strategy,
            source=asked.source,
            source_id=item,
            from_run=asked.run,
            since=asked.started,
            why=why,
            why_detail=detail,
            first=first,
        )
    back = [item for item in ids if missed.get(item)]
    db.executemany(
        "update match set missing_run = null where search_id = ? and source = ? and source_id = ? and to_run is null",
        [(asked.search, asked.source, item) for item in back],
    )
    return MatchChanges(len(ids) - new, new)


def _open(db: sqlite3.Connection, search: int, source: str) -> dict[str, int | None]:
    """The ids that match, each with the first complete run that did not list it, if one did not."""
    sql = "select source_id, missing_run from match where search_id = ? and source = ? and to_run is null"
    cursor = db.cursor()
    cursor.row_factory = None  # plain pairs: three times as fast, and there may be hundreds of thousands
    return dict(cursor.execute(sql, (search, source)))


def _ever(db: sqlite3.Connection, asked: SearchRun, item: str) -> bool:
    """Whether the search has matched the record before."""
    sql = "select 1 from match where search_id = ? and source = ? and source_id = ? limit 1"
    return db.execute(sql, (asked.search, asked.source, item)).fetchone() is not None


def standing(db: sqlite3.Connection, search: int, source: str) -> int:
    """How many records match, those that are missed included."""
    sql = "select count(*) from match where search_id = ? and source = ? and to_run is null"
    return int(db.execute(sql, (search, source)).fetchone()[0])


def beginning(db: sqlite3.Connection, search: int, source: str, ids: Sequence[str], before: str) -> list[str]:
    """Those of ``ids`` that are stored, do not match yet, and were last read before the time ``before``."""
    known = _open(db, search, source)
    rows = db.execute(
        "select source_id from record where source = ? and refreshed < ? "
        "and source_id in (select value from json_each(?))",
        (source, before, json.dumps([item for item in ids if item not in known])),
    )
    return [row[0] for row in rows]


def depart(db: sqlite3.Connection, asked: SearchRun, ids: Sequence[str], accept: bool) -> MatchChanges:
    """After a complete answer: end what no longer matches, by the rules of design A3 ("Gone")."""
    listed = set(ids)
    missed = _open(db, asked.search, asked.source)
    absent = _rows(db, asked, [item for item in missed if item not in listed])
    doubted = set() if accept or asked.baseline else _doubted(db, asked, {row["missing_run"] for row in absent})
    if asked.baseline == "strategy":
        _end(db, [(row["id"], asked.run) for row in absent], "strategy")
        return MatchChanges(0, 0, gone=len(absent))
    settled = asked.previous is not None and (
        (asked.previous.translation, asked.previous.warnings) == (asked.translation, asked.warnings)
    )
    kept = sum(row["missing_run"] in doubted for row in absent)
    believed = [
        row for row in absent if accept or (row["missing_run"] and settled and row["missing_run"] not in doubted)
    ]
    held = len(believed) > HELD_COUNT and len(believed) > HELD_SHARE * len(missed) and not accept
    if not held:
        _end(db, [(row["id"], row["missing_run"] or asked.run) for row in believed], "gone")
    ended = {row["id"] for row in believed}
    waiting = [row for row in absent if row["id"] not in ended]
    # The first run without it is kept while the end is put off: the interval must not claim what that run did not see.
    fresh = [(asked.run, row["id"]) for row in waiting if row["missing_run"] is None]
    db.executemany("update match set missing_run = ? where id = ?", fresh)
    if held:
        return MatchChanges(0, 0, missing=len(absent), held=len(believed), kept=kept)
    return MatchChanges(0, 0, missing=len(waiting), gone=len(believed), kept=kept)


def _doubted(db: sqlite3.Connection, asked: SearchRun, began: Collection[int | None]) -> set[int | None]:
    """Those runs of ``began``, the first without some records, before which the service gave fewer warnings than now.

    A service that has begun to ignore a term no longer lists what only that term finds: nothing of it is gone.
    """
    found: set[int | None] = set()
    for run in began:
        before = runs.last_complete(db, asked.search, asked.source, before=run or asked.run)
        known = set(before.warnings if before else ()) | set(runs.accepted_warnings(db, asked.search, asked.source))
        if set(asked.warnings) - known:
            found.add(run)
    return found


def _end(db: sqlite3.Connection, ends: Iterable[tuple[int, int]], how: str) -> None:
    db.executemany(
        "update match set to_run = :run, until = (select started from run where id = :run), missing_run = null, "
        "ended = :how where id = :id",
        [{"id": key, "run": run, "how": how} for key, run in ends],
    )


def _rows(db: sqlite3.Connection, asked: SearchRun, ids: Sequence[str]) -> list[sqlite3.Row]:
    sql = (
        "select id, missing_run from match where search_id = ? and source = ? and to_run is null "
        "and source_id in (select value from json_each(?)) order by id"
    )
    return db.execute(sql, (asked.search, asked.source, json.dumps(ids))).fetchall()


def _why(db: sqlite3.Connection, asked: SearchRun, source_id: str) -> tuple[str, str]:
    if asked.baseline:
        return asked.baseline, ""
    if asked.previous is None:  # cannot be: without a complete run before it, a run is a baseline
        raise AssertionError("a run without a complete one before it must be a baseline")
    row = db.execute(
        "select id, created, revised, first_run from record where source = ? and source_id = ?",
        (asked.source, source_id),
    ).fetchone()
    if row is None or source_id in asked.unread:
        return "", NOT_READ
    edited = row["first_run"] <= asked.previous.run and bool(
        db.execute(
            "select 1 from record_state where record_id = ? and run_id >= ? and run_id > ? limit 1",
            (row["id"], asked.previous.run, row["first_run"]),
        ).fetchone()
    )
    retranslated = asked.previous.translation != asked.translation
    before = min(asked.previous.started, asked.started)  # should the clock have been ahead at the run before
    return reason(row["created"], row["revised"], before, edited, retranslated)


def reason(created: str, revised: str, before: str, edited: bool, retranslated: bool) -> tuple[str, str]:
    """(why, detail) of a match that began after the complete run of ``before`` (ISO time).

    ``created`` and ``revised`` are the source's own days; ``edited``: our earlier copy differs from today's.
    """
    last = date.fromisoformat(before[:10])
    if created and date.fromisoformat(created) >= last - LAG:
        return "new", f"entered the source on {created}"
    if edited:
        return "edited", f"its record changed after {last.isoformat()}"
    if retranslated:
        return "late", "the service now translates the strategy differently"
    if revised and date.fromisoformat(revised) >= last - LAG:
        return "late", f"entered the source on {created or 'an unknown day'}, revised on {revised}"
    return ("late", f"entered the source on {created}") if created else ("", "")


def waiting(db: sqlite3.Connection, source: str) -> list[str]:
    """Stored records that began to match, and of which it is not known why because they have not been read since."""
    rows = db.execute(
        "select distinct source_id from match where source = ? and why = '' and why_detail = ? and exists "
        "(select 1 from record where record.source = match.source and record.source_id = match.source_id)",
        (source, NOT_READ),
    )
    return [row[0] for row in rows]


def explain_waiting(db: sqlite3.Connection, source: str, unread: Collection[str] = ()) -> None:
    """Give the reason of matches whose record has been read only now; not of those that are ``unread`` still."""
    rows = db.execute(
        "select id, search_id, strategy_id, source, source_id, from_run, since from match "
        "where source = ? and why = '' and why_detail = ? and exists "
        "(select 1 from record where record.source = match.source and record.source_id = match.source_id)",
        (source, NOT_READ),
    ).fetchall()
    for row in (row for row in rows if row["source_id"] not in unread):
        now = db.execute(
            "select translation from search_run where search_id = ? and source = ? and run_id = ?",
            (row["search_id"], source, row["from_run"]),
        ).fetchone()
        previous = runs.last_complete(db, row["search_id"], source, before=row["from_run"])
        asked = SearchRun(
            row["search_id"], row["strategy_id"], source, row["from_run"], row["since"], "", previous,
            now["translation"] if now else "", (),
        )  # fmt: skip
        why, detail = _why(db, asked, row["source_id"])
        db.execute("update match set why = ?, why_detail = ? where id = ?", (why, detail, row["id"]))


PAGE = 500


def refused(db: sqlite3.Connection, search: int, source: str, mark: str) -> dict[str, str]:
    """Id and fingerprint of every record that a search has refused by the rules ``mark``."""
    rows = db.execute(
        "select source_id, fingerprint from rejection where search_id = ? and source = ? and mark = ?",
        (search, source, mark),
    )
    return dict(tuple(row) for row in rows)


def remember_refused(
    db: sqlite3.Connection, run: int, search: int, source: str, mark: str, refused: Mapping[str, str]
) -> None:
    """Note refusals, id -> fingerprint; one that was made before by other rules or on another content gives way."""
    db.executemany(
        "insert into rejection (search_id, source, source_id, mark, fingerprint, run_id) values (?, ?, ?, ?, ?, ?) "
        "on conflict (search_id, source, source_id) do update "
        "set mark = excluded.mark, fingerprint = excluded.fingerprint, run_id = excluded.run_id "
        "where (mark, fingerprint) <> (excluded.mark, excluded.fingerprint)",
        [(search, source, item, mark, fingerprint, run) for item, fingerprint in refused.items()],
    )


def forget_refused(db: sqlite3.Connection, search: int, source: str, ids: Collection[str]) -> None:
    """These match now."""
    db.execute(
        "delete from rejection where search_id = ? and source = ? and source_id in (select value from json_each(?))",
        (search, source, json.dumps(sorted(ids))),
    )


def fingerprints(db: sqlite3.Connection, source: str, ids: Collection[str]) -> dict[str, str]:
    """Those of ``ids`` that are stored, each with the fingerprint of its content."""
    rows = db.execute(
        "select source_id, fingerprint from record where source = ? and source_id in (select value from json_each(?))",
        (source, json.dumps(sorted(ids))),
    )
    return dict(tuple(row) for row in rows)


def contents(db: sqlite3.Connection, source: str, ids: Collection[str]) -> Iterator[Record]:
    """Those of ``ids`` that are stored, as they stand now, a page at a time."""
    wanted = sorted(ids)
    for start in range(0, len(wanted), PAGE):
        rows = db.execute(
            "select content from record join record_state on record_state.id = state_id "
            "where record.source = ? and record.source_id in (select value from json_each(?))",
            (source, json.dumps(wanted[start : start + PAGE])),
        ).fetchall()
        for row in rows:
            yield record_from_json(row[0])
