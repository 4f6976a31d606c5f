"""A literature service made by hand: what it holds, what it matches and how it fails are plain attributes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from tracker import collect as collecting
from tracker.collect import searched
from tracker.errors import Transient
from tracker.model import Event, IdList, RawRecord, Record, SavedSearch, record_from_json
from tracker.sources import UnreadableRecord
from tracker.store import Store, runs


@dataclass
class FakeSource:
    """Holds records by id; ``matches`` names the ids that a strategy finds."""

    clock: Callable[[], Any]
    name: str = "pubmed"
    title: str = "PubMed"
    batch: int = 5
    parser_version: int = 1
    holds: dict[str, Record] = field(default_factory=dict)
    matches: dict[str, list[str]] = field(default_factory=dict)
    translation: str = "as sent"
    warnings: tuple[str, ...] = ()
    revised_ids: list[str] = field(default_factory=list)
    dead: bool = False
    dead_after: int = 1_000_000  # fetches
    short: str = ""
    fetched: list[list[str]] = field(default_factory=list)
    walks: int = 0

    def add(self, number: int, search: str = "one", **said: Any) -> str:
        key = str(990000000 + number)
        said.setdefault("created", self.clock().date().isoformat())
        self.holds[key] = Record("pubmed", key, pmid=key, title=f"Paper {number}", **said)
        self.matches.setdefault(search, []).append(key)
        return key

    def edit(self, key: str, **said: Any) -> None:
        self.holds[key] = replace(self.holds[key], revised=self.clock().date().isoformat(), **said)
        self.revised_ids.append(key)

    def ahead(self, requests: int, now: Any) -> str:
        return f"{requests} requests"

    def walk(self, text: str, cuts: Sequence[str] = ()) -> IdList:
        self.walks += 1
        if self.dead:
            raise Transient("PubMed did not answer")
        ids = tuple(self.matches.get(text, []))
        return IdList(len(ids), len(ids), ids, self.translation, self.warnings, shortfall=self.short)

    def revised(self, text: str, since: date, limit: int) -> tuple[str, ...]:
        if self.dead:
            raise Transient("PubMed did not answer")
        return tuple(self.revised_ids[:limit])

    def fetch(self, ids: Sequence[str]) -> tuple[RawRecord, ...]:
        if self.dead or len(self.fetched) >= self.dead_after:
            raise Transient("PubMed did not answer")
        self.fetched.append(list(ids))
        return tuple(RawRecord(key, self.holds[key].to_json().encode()) for key in ids if key in self.holds)

    def parse(self, raw: bytes) -> Record:
        record = record_from_json(raw.decode())
        if record.title == "damaged":
            raise UnreadableRecord("its title is damaged")
        return record

    def events(self, record: Record) -> tuple[Event, ...]:
        retracted = [Event("retracted", link.text, "pubmed") for link in record.links if link.kind == "RetractionIn"]
        return (Event("published", "", "pubmed", record.date.value), *retracted)


@dataclass
class World:
    """A store, a service and the days that pass."""

    store: Store
    source: FakeSource
    clock: Any
    searches: list[SavedSearch]
    said: list[str] = field(default_factory=list)

    def run(self, *, accept: tuple[str, ...] = (), named: bool = False) -> collecting.CollectReport:
        job = collecting.Collector(self.store, {"pubmed": self.source}, self.clock, self.said.append, frozenset(accept))
        with self.store.write() as db:
            run = runs.begin(db, "collect", job.now())
        texts = {(item.slug, "pubmed"): item.strategy for item in self.searches}
        report = searched.collect(job, run, self.searches, texts, all_due=named)
        with self.store.write() as db:
            runs.end(db, run, job.now())
        return report

    def next_day(self, days: int = 1, **options: Any) -> collecting.CollectReport:
        self.clock.move(days=days)
        return self.run(**options)

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.store.db.execute(sql, values)]

    def matches(self, search: str = "one") -> list[tuple[Any, ...]]:
        return self.rows(
            "select source_id, why, to_run is null from match join search on search.id = search_id where slug = ? "
            "order by match.id",
            search,
        )


def saved(slug: str, strategy: str | None = None, **said: Any) -> SavedSearch:
    text = strategy or slug
    return SavedSearch(slug, slug.title(), ("pubmed",), text, f"version of {text}", **said)
