"""A tracker that follows a loopback Europe PMC: its own store, its own clock, one run after the other."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from preprint_world import DAY

from emulator.europepmc_entry import Entry
from emulator.europepmc_service import EuropePmcService
from tracker import pipeline
from tracker.dedupe import stage
from tracker.home import Home
from tracker.http import Http
from tracker.model import SavedSearch
from tracker.searches import version_of
from tracker.sources.europepmc.client import EuropePMC
from tracker.store import Store

TEXT = '"social connect*"[tiab] AND depress*[tiab]'  # asked as words anywhere, decided as a phrase


def saved(slug: str = "one", text: str = TEXT, **more: Any) -> SavedSearch:
    return SavedSearch(slug, slug.title(), ("europepmc",), text, version_of(text), **more)


@dataclass
class Shelf:
    """What the service holds; may be changed between two runs."""

    held: dict[str, Entry] = field(default_factory=dict)

    def entries(self, day: Any) -> dict[str, Entry]:
        return {entry.id: entry for entry in self.held.values() if entry.first_indexed <= day}

    def put(self, *entries: Entry) -> None:
        self.held.update((entry.id, entry) for entry in entries)

    def edit(self, name: str, day: Any, **changes: Any) -> None:
        self.held[name] = replace(self.held[name], revised=day, **changes)


@dataclass
class Lab:
    """``update()`` is a run of today; ``tomorrow()`` moves clock and service on by a day first."""

    root: Path
    service: EuropePmcService
    source: EuropePMC
    searches: list[SavedSearch]
    shelf: Shelf
    day: Any = DAY
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        (self.root / "db").mkdir(parents=True)
        self.store = Store(self.root / "db" / "tracker.db")

    def update(self, **options: Any) -> Any:
        self.service.search._shown = None  # what it holds may have been edited
        self.service.day = self.day
        now = datetime.combine(self.day, time(6), UTC)
        context = pipeline.Context(Home(self.root), lambda: now, self.said.append)
        sources = {"europepmc": self.source}
        report = pipeline.collect(context, self.store, Http(), sources, self.searches, **options)
        stage.judge(self.store, context.now())
        return report

    def tomorrow(self, days: int = 1, **options: Any) -> Any:
        self.day += timedelta(days=days)
        return self.update(**options)

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.store.db.execute(sql, values)]

    def ledger(self) -> list[tuple[Any, ...]]:
        """(received, known, new, rejected, outcome) of every search row."""
        return self.rows("select received, known, new, rejected, outcome from search_run order by id")

    def matching(self, slug: str = "one") -> set[str]:
        sql = "select source_id from match join search on search.id = search_id where slug = ? and to_run is null"
        return {row[0] for row in self.rows(sql, slug)}

    def fetched(self, since: int = 0) -> list[str]:
        """Ids asked for as records of preprints, after so many requests."""
        asked = [item.form["query"] for item in self.service.log[since:] if item.utility == "core"]
        return [part.removeprefix("(").removeprefix("EXT_ID:").rstrip(")") for query in asked
                if query.endswith("SRC:PPR") for part in query.split(" AND ")[0].split(" OR ")]  # fmt: skip
