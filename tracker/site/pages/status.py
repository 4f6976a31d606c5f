"""/status : the last run of each source and of each search on each source, so that nothing is missed silently."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from tracker.site import answers
from tracker.site.pages.kinds import Route
from tracker.site.queries import facts
from tracker.site.queries import status as reading
from tracker.site.site import Now, Site

BAD = ("incomplete", "failed")
SEARCH_COLUMNS = (
    "search", "title", "source", "run", "strategy_version", "started", "finished", "outcome", "baseline",
    "promised_first", "promised_last", "received", "known", "new", "rejected", "missing", "gone", "held", "note",
    "last_complete",
)  # fmt: skip
READING_COLUMNS = (
    "source", "run", "started", "finished", "outcome", "fetched", "read", "fresh", "changed", "same", "unreadable",
    "withheld", "note", "last_complete",
)  # fmt: skip


async def status(site: Site, request: Any) -> Any:
    now = await site.now()
    told = await site.reader.run(_read)
    bad = {
        "bad_searches": sum(row["outcome"] in BAD for row in told["search_rows"]),
        "bad_sources": [row["source"] for row in told["readings"] if row["outcome"] in BAD],
    }
    return answers.html(site.render("status.html", now, here="status", warnings_of=_warnings, **bad, **told))


async def status_json(site: Site, request: Any) -> Any:
    now = await site.now()
    told = await site.reader.run(_read)
    return answers.as_json(_json(now, told))


def _read(db: sqlite3.Connection) -> dict[str, Any]:
    return {
        "readings": reading.readings(db),
        "search_rows": reading.search_rows(db),
        "sources": facts.source_counts(db),
    }


def _json(now: Now, told: dict[str, Any]) -> dict[str, Any]:
    return {
        "now": now.time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "published": now.facts.built,
        "demo": now.facts.demo,
        "last_run": now.facts.last_run,
        "last_complete": now.facts.last_complete,
        "stale_since": now.stale,
        "counts": now.facts.counts,
        "abstracts": {name: now.facts.abstracts[name] for name in ("shown", "withheld", "which")},
        "sources": [{name: row[name] for name in READING_COLUMNS} for row in told["readings"]],
        "searches": [
            {**{name: row[name] for name in SEARCH_COLUMNS}, "warnings": _warnings(row)} for row in told["search_rows"]
        ],
    }


def _warnings(row: Any) -> list[str]:
    return list(json.loads(row["warnings"]))


ROUTES: tuple[Route, ...] = (
    (r"^/status$", status),
    (r"^/status\.json$", status_json),
)
