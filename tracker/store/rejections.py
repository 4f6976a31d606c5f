"""What the local matcher has refused: ids that a source listed, because it was asked wider than the search is.

A refusal holds for the rules it was made by (``mark``: the strategy and the version of the matcher) and for the record
as it was then (``fingerprint``). Where both still hold nothing is read or decided again. The record itself is among the
records, with its raw answer; as long as no search matches it, it is no work.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping

from tracker.model import Record, record_from_json

PAGE = 500


def refused(db: sqlite3.Connection, search: int, source: str, mark: str) -> dict[str, str]:
    """Id and fingerprint of every record that a search has refused by the rules ``mark``."""
    rows = db.execute(
        "select source_id, fingerprint from rejection where search_id = ? and source = ? and mark = ?",
        (search, source, mark),
    )
    return dict(tuple(row) for row in rows)


def remember(db: sqlite3.Connection, run: int, search: int, source: str, mark: str, refused: Mapping[str, str]) -> None:
    """Note refusals, id -> fingerprint; one that was made before by other rules or on another content gives way."""
    db.executemany(
        "insert into rejection (search_id, source, source_id, mark, fingerprint, run_id) values (?, ?, ?, ?, ?, ?) "
        "on conflict (search_id, source, source_id) do update "
        "set mark = excluded.mark, fingerprint = excluded.fingerprint, run_id = excluded.run_id "
        "where (mark, fingerprint) <> (excluded.mark, excluded.fingerprint)",
        [(search, source, item, mark, fingerprint, run) for item, fingerprint in refused.items()],
    )


def forget(db: sqlite3.Connection, search: int, source: str, ids: Collection[str]) -> None:
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
