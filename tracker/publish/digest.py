"""Has anything changed since the last publication? A digest of everything the public copy is made from."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping
from hashlib import sha256
from typing import Any

from tracker import __version__

REVISION = 3  # raised when the same input is to give another public copy

# Tables that only grow, or change with a run, are summed up; small ones that a person can change are read whole.
STATE = (
    "select count(nullif(code, '')), max(changed) from licence",
    "select count(*), max(id), max(finished), group_concat(outcome) from (select * from run order by id desc limit 9)",
    "select count(*), max(id), max(state_id), max(refreshed), min(first_run), sum(state_id) from record",
    "select count(*), max(id), count(to_run), sum(to_run), count(missing_run) from match",
    "select sum(held), total(length(why)) from match",
    "select count(*), max(id), sum(run_id) from event",
    "select count(*), max(id) from search_run",
    "select count(*), max(id) from reading_run",
    "select count(*), max(id) from strategy",
    "select count(*), max(id), count(undone), max(undone) from verdict",
    "select id, slug, title, sources, every from search order by id",
    "select name, value from setting order by name",
    "select id, key, forwards, hidden from work order by id",
    "select record_id, publication, work_id from placement order by record_id",
)


def digest(store: sqlite3.Connection, settings: Mapping[str, Any], active: Collection[str] | None, schema: str) -> str:
    """SHA-256 over the state of the private database, the settings, the public schema and this program's version."""
    mark = sha256()
    told = [REVISION, __version__, schema, dict(settings), None if active is None else sorted(active)]
    mark.update(json.dumps(told, sort_keys=True, default=str).encode())
    for sql in STATE:
        for row in store.execute(sql):
            mark.update(repr(tuple(row)).encode("utf-8", "surrogatepass"))
    return mark.hexdigest()
