"""A preprint server made by hand behind the real reader of api.biorxiv.org, a store, and the days that pass."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from readers_lab import NO_POSTS, Canned, interval_answer, json_answer, posted_row

from tracker.collect import Collector, CollectReport
from tracker.collect.by_day import collect
from tracker.errors import Transient
from tracker.http.answer import Answer
from tracker.model import SavedSearch
from tracker.searches import version_of
from tracker.sources import WindowSource, load
from tracker.store import Store, runs, verify

LONELY = "BackgroundLoneliness rides the night train.\n\nResultsOf 412 passengers, 31 spoke."
OTHER = "BackgroundTimetables are long.\n\nResultsThey grew."


@dataclass
class Shop:
    """What the server holds, how large its pages are, and how it fails; ``faults`` are functions of the path."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    size: int = 30
    inflated: int = 0
    faults: list[Callable[[str], Answer | None]] = field(default_factory=list)

    def post(self, number: int, day: str, abstract: str = LONELY, **said: Any) -> dict[str, Any]:
        row = posted_row(number, **{"title": f"Car {number}", "date": day, "abstract": abstract, **said})
        self.rows.append(row)
        return row

    def __call__(self, path: str) -> Answer:
        for fault in self.faults:
            answer = fault(path)
            if answer is not None:
                return answer
        found = re.fullmatch(r"details/medrxiv/([\d-]+)/([\d-]+)/(\d+)/json", path)
        if not found:
            doi = path.removeprefix("details/medrxiv/").removesuffix("/na/json")
            rows = [row for row in self.rows if row["doi"] == doi]
            return json_answer({"messages": [{"status": "ok"}], "collection": rows}) if rows else NO_POSTS
        first, last, cursor = found[1], found[2], int(found[3])
        rows = sorted((row for row in self.rows if first <= row["date"] <= last), key=lambda row: row["date"])
        page = rows[cursor : cursor + self.size]
        total = len(rows) + (self.inflated if rows else 0)
        return interval_answer(page, total, cursor, interval=f"{first}:{last}") if page else NO_POSTS


@dataclass
class World:
    """The store, the shop and the saved searches of one home; ``run`` is one morning."""

    store: Store
    clock: Any
    shop: Shop = field(default_factory=Shop)
    searches: list[SavedSearch] = field(default_factory=lambda: [search("one")])
    said: list[str] = field(default_factory=list)
    http: Canned = field(init=False)

    def __post_init__(self) -> None:
        self.http = Canned(self.shop)

    @property
    def source(self) -> WindowSource:
        return load("medrxiv").build(self.http, {})  # type: ignore[arg-type, return-value]

    def run(
        self, *, since: date | None = None, accept: tuple[str, ...] = (), source: Any = None, named: bool = False
    ) -> CollectReport:
        counts = lambda name: (len(self.http.asked), 0)  # noqa: E731
        job = Collector(self.store, {}, self.clock, self.said.append, frozenset(accept), counts)
        with self.store.write() as db:
            run = runs.begin(db, "collect", job.now())
        read = source or self.source
        report = collect(job, run, self.searches, {read.name: read}, since=since, all_due=named)
        with self.store.write() as db:
            runs.end(db, run, job.now())
        return report

    def next_day(self, days: int = 1, **options: Any) -> CollectReport:
        self.clock.move(days=days)
        return self.run(**options)

    def today(self) -> str:
        return self.clock().date().isoformat()

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.store.db.execute(sql, values)]

    def matches(self, slug: str = "one") -> list[tuple[str, str, int]]:
        """(number of the paper and version, why, whether it still matches), in the order in which they began."""
        found = self.rows(
            "select source_id, why, to_run is null from match join search on search.id = search_id where slug = ? "
            "order by match.id",
            slug,
        )
        return [(short(key), why, still) for key, why, still in found]

    def ledger(self) -> tuple[Any, ...]:
        """The newest search row: received, known, new, rejected, gone, outcome."""
        return self.rows(
            "select received, known, new, rejected, gone, outcome from search_run order by id desc limit 1"
        )[0]

    def reading(self) -> tuple[Any, ...]:
        """The newest reading row: fresh, changed, same, unreadable, withheld, rotated, outcome."""
        return self.rows(
            "select fresh, changed, same, unreadable, withheld, rotated, outcome from reading_run order by id desc"
        )[0]

    def reading_note(self) -> str:
        return str(self.rows("select note from reading_run order by id desc")[0][0])

    def verified(self) -> list[str]:
        """Whatever the private database promises and does not hold."""
        return [f"{item.name}: {item.wrong}" for item in verify.findings(Path(self.store.path)) if item.wrong]


def short(source_id: str) -> str:
    number, _, version = source_id.rpartition(".")[2].partition("v")
    return f"{int(number)}v{version}"


def search(slug: str, strategy: str = "loneliness[tiab]", **said: Any) -> SavedSearch:
    sources = said.pop("sources", ("medrxiv",))
    return SavedSearch(slug, slug.title(), sources, strategy, version_of(strategy), **said)


def failing(times: int, error: str = "no connection") -> Callable[[str], Answer | None]:
    """The service does not answer so many requests."""
    left = [times]

    def fault(path: str) -> Answer | None:
        if left[0] <= 0:
            return None
        left[0] -= 1
        raise Transient(error)

    return fault
