"""What is held of a search: the records that match it now, and how they are called. Reads only."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from tracker.model import Record, record_from_json


@dataclass(frozen=True, slots=True)
class StrategyVersion:
    """A strategy version as stored: ``number`` as people see it, ``seen`` when it was first run."""

    number: int
    version: str
    text: str
    seen: str


@dataclass(frozen=True, slots=True)
class NamedRecord:
    """A stored record as it is named to people; ``key`` is its work, empty until it has been placed."""

    source_id: str
    title: str
    key: str


def newest_strategy(db: sqlite3.Connection, search: int) -> StrategyVersion | None:
    """The version that was run last; None for a search that has never been run. ``search`` is search.id."""
    row = db.execute(
        "select number, version, text, strategy.seen from strategy join search_run on strategy_id = strategy.id "
        "where search_run.search_id = ? order by search_run.id desc limit 1",
        (search,),
    ).fetchone()
    return StrategyVersion(*tuple(row)) if row else None


def sent(db: sqlite3.Connection, search: int, source: str) -> str:
    """The text that was sent in the last complete run; empty when there was none."""
    row = db.execute(
        "select text from search_run join sent_text on sent_text.id = sent_id where search_id = ? and source = ? "
        "and outcome in ('complete', 'complete with notes') order by search_run.id desc limit 1",
        (search, source),
    ).fetchone()
    return row[0] if row else ""


def matching(db: sqlite3.Connection, search: int, source: str) -> frozenset[str]:
    """Ids that match now; those missed once and not yet believed to be gone are among them."""
    sql = "select source_id from match where search_id = ? and source = ? and to_run is null"
    return frozenset(row[0] for row in db.execute(sql, (search, source)))


def matching_others(db: sqlite3.Connection, search: int, source: str, ids: Collection[str]) -> int:
    """How many of ``ids`` match another search now."""
    row = db.execute(
        "select count(distinct source_id) from match where search_id <> ? and source = ? and to_run is null "
        "and source_id in (select value from json_each(?))",
        (search, source, json.dumps(sorted(ids))),
    ).fetchone()
    return int(row[0])


def stored(db: sqlite3.Connection, source: str) -> frozenset[str]:
    """All ids of a source that are stored."""
    return frozenset(row[0] for row in db.execute("select source_id from record where source = ?", (source,)))


def contents(db: sqlite3.Connection, source: str) -> Iterator[Record]:
    """Every stored record of a source as it stands now, in constant memory."""
    rows = db.execute(
        "select content from record join record_state on record_state.id = state_id where record.source = ? "
        "order by record.id",
        (source,),
    )
    for row in rows:
        yield record_from_json(row[0])


def named(db: sqlite3.Connection, source: str, ids: Collection[str]) -> dict[str, NamedRecord]:
    """Those of ``ids`` that are stored, with their titles and works."""
    rows = db.execute(
        "select record.source_id, coalesce(json_extract(content, '$.title'), "
        "json_extract(content, '$.vernacular_title'), ''), coalesce(work.key, '') "
        "from record join record_state on record_state.id = state_id "
        "left join placement on placement.record_id = record.id left join work on work.id = work_id "
        "where record.source = ? and record.source_id in (select value from json_each(?))",
        (source, json.dumps(sorted(ids))),
    )
    return {row[0]: NamedRecord(*tuple(row)) for row in rows}


def of_paper(db: sqlite3.Connection, paper: str) -> set[tuple[str, str]]:
    """(source, id) of all stored records with a PMID or DOI."""
    rows = db.execute("select source, source_id from record where pmid = :it or doi = :it", {"it": paper})
    return {(row[0], row[1]) for row in rows}
