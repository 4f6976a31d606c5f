"""Rows of tracker.db as tests want them: the one place that knows the columns of the private schema.

    insert(db, "event", record_id=1, kind="retracted")

What is not given has a plain value, so a new column of the schema is a line here.
"""

from __future__ import annotations

import sqlite3
from typing import Any

MOMENT = "2026-01-01T00:00:00Z"
PLAIN: dict[str, dict[str, Any]] = {
    "event": {"notice": "", "source": "pubmed", "date": "", "run_id": 1, "seen": MOMENT},
    "export": {
        "made": MOMENT, "mode": "new", "profile": "", "format": "csv", "filename": "x.csv", "records": 0, "sha256": "",
        "receipt": "{}", "body": b"",
    },
    "list": {"made": MOMENT},
    "match": {"from_run": 1, "since": MOMENT, "why": "new"},
    "placement": {},
    "reading_run": {"source": "pubmed", "started": MOMENT, "finished": MOMENT, "outcome": "complete"},
    "record": {"first_run": 1, "first_seen": MOMENT, "refreshed": MOMENT, "pmid": "", "doi": ""},
    "record_state": {"run_id": 1, "seen": MOMENT, "raw": b"", "parser": 1},
    "run": {"started": MOMENT, "finished": MOMENT, "command": "update", "software": "test", "outcome": "complete"},
    "search": {"first_run": 1, "title": "", "sources": '["pubmed"]', "every": "day"},
    "search_run": {"source": "pubmed", "started": MOMENT, "finished": MOMENT, "outcome": "complete"},
    "sent_text": {},
    "setting": {},
    "strategy": {"number": 1, "version": "v", "title": "", "text": "", "headers": "{}", "seen": MOMENT},
    "unreadable": {"run_id": 1, "source": "pubmed", "seen": MOMENT, "reason": "no title", "raw": b""},
    "verdict": {"kind": "same", "rule": "same-pmid", "rules_version": 1, "score": 1.0, "by": "machine", "made": MOMENT},
    "withheld": {"source": "pubmed", "since": MOMENT, "asked": "2026-01-02", "times": 1},
    "work": {"given": MOMENT},
}  # fmt: skip


def insert(db: sqlite3.Connection, table: str, **columns: Any) -> int:
    """One row of ``table``, plain but for ``columns``; returns its rowid."""
    row = {**PLAIN[table], **columns}
    names, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
    return db.execute(f"insert into {table} ({names}) values ({marks})", tuple(row.values())).lastrowid or 0
