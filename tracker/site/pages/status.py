"""/status : the last run of each source and of each search on each source, so that nothing is missed silently."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tracker.site import answers
from tracker.site.pages.kinds import Route
from tracker.site.queries import facts
from tracker.site.queries import status as reading
from tracker.site.site import Now, Site
from tracker.sources import info

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


@dataclass(frozen=True)
class Currency:
    """Up to when one source has been searched, and what it promised and sent in the last complete run of each search.

    ``since``: start of the oldest of these runs, '' where a search never had one. ``promised``, ``received``: sums over
    the searches, 0 where nothing is promised. ``moved``: by how much the promises themselves moved while they were
    read. ``unmet``: searches of which less, or more, came than was ever promised.
    """

    source: str
    searches: int
    complete: int
    since: str
    promises: bool
    promised: int
    received: int
    moved: int
    unmet: int


async def status(site: Site, request: Any) -> Any:
    now = await site.now()
    told = await site.reader.run(_read)
    bad = {
        "missing": sum(row["missing"] or 0 for row in told["search_rows"] if row["active"]),
        "bad_sources": [row["source"] for row in told["readings"] if row["outcome"] in BAD],
    }
    return answers.html(site.render("status.html", now, here="status", warnings_of=_warnings, **bad, **told))


async def status_json(site: Site, request: Any) -> Any:
    now = await site.now()
    told = await site.reader.run(_read)
    return answers.as_json(_json(now, told))


def _read(db: sqlite3.Connection) -> dict[str, Any]:
    search_rows = reading.search_rows(db)
    return {
        "readings": reading.readings(db),
        "search_rows": search_rows,
        "by_search": _by_search(search_rows),
        "sources": facts.source_counts(db),
        "currency": currency(search_rows, reading.last_complete_rows(db)),
    }


def _by_search(rows: Sequence[Any]) -> list[list[Any]]:
    """The rows of each search together, in the order in which the searches come."""
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row["search"], []).append(row)
    return list(found.values())


def currency(last: Sequence[Any], complete: Sequence[Any]) -> list[Currency]:
    """For each source, from the ``last`` runs of each search on each source, and the last ``complete`` ones."""
    active = [row["source"] for row in last if row["active"]]
    return [_of_source(name, active.count(name), complete) for name in sorted(set(active))]


def _of_source(name: str, searches: int, complete: Sequence[Any]) -> Currency:
    rows = [row for row in complete if row["source"] == name]
    numbers = ("promised_first", "promised_last")
    told = [row for row in rows if not info(name).reads_whole and None not in [row[n] for n in numbers]]
    ends = [sorted((row["promised_first"], row["promised_last"])) for row in told]
    return Currency(
        source=name,
        searches=searches,
        complete=len(rows),
        since=min(row["started"] for row in rows) if len(rows) == searches else "",
        promises=bool(told),
        promised=sum(row["promised_last"] for row in told),
        received=sum(row["received"] for row in told),
        moved=sum(high - low for low, high in ends),
        unmet=sum(not low <= row["received"] <= high for row, (low, high) in zip(told, ends, strict=True)),
    )


def _json(now: Now, told: dict[str, Any]) -> dict[str, Any]:
    return {
        "now": now.time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "published": now.facts.built,
        "demo": now.facts.demo,
        "last_run": now.facts.last_run,
        "last_complete": now.facts.last_complete,
        "stale_since": now.stale,
        "completeness": now.complete.sentence,
        "complete": now.complete.whole,
        "counts": now.facts.counts,
        "abstracts": {name: now.facts.abstracts[name] for name in ("shown", "withheld", "which")},
        "currency": [asdict(row) for row in told["currency"]],
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
