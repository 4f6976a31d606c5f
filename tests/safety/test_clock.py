"""A clock that was ahead, or goes back, breaks nothing: searches stay due, rotation goes on, pages turn stale."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from emulator.service import PubMedService
from tracker import pipeline
from tracker.home import Context, Home
from tracker.pipeline import open_sources
from tracker.report import status
from tracker.safety import heartbeat
from tracker.site import serve
from tracker.store import Store, inflow, ledger, records, runs

TODAY = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
AHEAD = datetime(2036, 5, 1, 6, 0, tzinfo=UTC)


class World:
    """A home, a service and a clock that is set by hand."""

    def __init__(self, root: Path, service: PubMedService) -> None:
        self.home, self.service, self.said = Home(root), service, list[str]()
        self.time = TODAY

    def update(self, time: datetime) -> tuple[list[str], list[str]]:
        self.time = time
        context = Context(self.home, lambda: self.time, self.said.append)
        searches = pipeline.searches_of(self.home)
        environment = {"TRACKER_PUBMED_URL": self.service.url, "TRACKER_PACE": "0"}
        http, sources = open_sources(environment, ["pubmed"])
        try:
            with pipeline.writing(context, create=True) as store:
                return pipeline.update(context, store, http, sources, searches)
        finally:
            http.close()

    def told(self) -> status.Status:
        with Store(self.home.database, create=False) as store:
            return status.tell(store.db, self.home, self.time)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.home.database)) as db:
            return db.execute(sql).fetchall()


@pytest.fixture
def world(a_home: Path, service: PubMedService) -> World:
    return World(a_home, service)


def test_after_a_run_by_a_clock_that_was_ahead_the_next_run_is_made_and_all_is_right_again(world: World) -> None:
    world.update(AHEAD)
    world.time = TODAY
    told = world.told()
    assert any("clock was ahead when run 1 began" in line for line in told.alarms)
    troubles, alarms = world.update(TODAY)
    assert troubles == []
    assert world.rows("select count(*) from search_run") == [(2,)]
    assert not any("clock" in line for line in alarms)
    told = world.told()
    assert told.searches[0]["last_complete"] == "2026-11-20T06:00:00Z"
    assert told.readings[0]["last_complete"] == "2026-11-20T06:00:00Z"
    assert any("clock went back: run 2" in line for line in told.clock)
    assert "the clock went back" in told.as_text()
    assert json.dumps(told.as_json())


@pytest.mark.parametrize("every", ["day", "week", "month"])
def test_a_search_is_due_when_its_last_run_says_it_will_be_in_the_future(world: World, every: str) -> None:
    path = world.home.queries / "one.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("---", f"every: {every}\n---"), encoding="utf-8")
    world.update(AHEAD)
    world.update(TODAY)
    assert world.rows("select count(*) from search_run") == [(2,)]


def test_records_answered_in_the_future_are_due_and_are_asked_for_again(world: World) -> None:
    world.update(AHEAD)
    with Store(world.home.database) as store:
        due = records.due(store.db, "pubmed", TODAY.date().isoformat(), 100)
        assert len(due) == records.count(store.db, "pubmed")
        assert records.not_asked_since(store.db, "pubmed", due, TODAY.date().isoformat()) == due
        assert runs.last_reading(store.db, "pubmed", TODAY.date().isoformat()) == ""
    for days in range(1, 32):
        world.update(TODAY + timedelta(days=days))
    assert world.rows("select count(*) from record where refreshed > '2030'") == [(0,)]
    assert world.rows("select count(*) from record where refreshed < '2026-11'") == [(0,)]


def test_the_reason_of_a_match_is_judged_from_the_earlier_of_two_contradicting_times(
    world: World,
) -> None:
    world.service.day = date(2023, 1, 1)
    world.update(AHEAD)
    world.service.day = date(2026, 11, 20)
    world.update(datetime(2023, 1, 2, 6, 0, tzinfo=UTC))
    assert {row[0] for row in world.rows("select why from match where from_run = 2")} == {"new"}


def test_inflow_counted_too_early_is_counted_again_and_raises_no_alarm(world: World) -> None:
    world.update(AHEAD)
    world.update(TODAY)
    with Store(world.home.database) as store:
        days = [day for day, _ in inflow.of_source(store.db, "pubmed", TODAY.date())]
        assert days[-1] == date(2026, 11, 19)
        later = AHEAD.date() - timedelta(days=7)
        assert inflow.missing_days(store.db, "pubmed", later + timedelta(days=1))[-1] == later
        with store.write() as db:
            inflow.add(db, "pubmed", later, 12, "2036-04-25T06:00:00Z")
        assert (later, 12) in inflow.of_source(store.db, "pubmed", AHEAD.date())


def test_a_clock_far_behind_breaks_nothing(world: World) -> None:
    world.update(TODAY)
    troubles, _ = world.update(datetime(1971, 1, 1, tzinfo=UTC))
    assert troubles == []
    world.update(TODAY + timedelta(days=1))
    told = world.told()
    assert told.searches[0]["last_complete"] == "2026-11-21T06:00:00Z"
    assert [line for line in told.alarms if "clock" in line] == []
    assert len(told.clock) == 1


def page_of(public: Path, time: datetime, path: str) -> str:
    """What the site shows at a time."""
    datasette = serve.build(public, {}, clock=lambda: time)

    async def get() -> str:
        return str((await datasette.client.get(path)).text)

    try:
        return asyncio.run(get())
    finally:
        serve.close(datasette)
        for database in datasette.databases.values():
            database.close()
        datasette.executor.shutdown()


def test_the_pages_turn_stale_by_themselves_when_runs_stop_and_when_a_run_was_in_the_future(world: World) -> None:
    def page(time: datetime, path: str) -> str:
        return page_of(world.home.public, time, path)

    world.update(TODAY)
    assert "Not up to date" not in page(TODAY + timedelta(hours=20), "/")
    for path in ("/", "/status", "/papers"):
        assert "Not up to date" in page(TODAY + timedelta(hours=40), path)
    assert json.loads(page(TODAY + timedelta(hours=40), "/status.json"))["stale_since"] == "2026-11-20T06:00:00Z"
    assert json.loads(page(TODAY + timedelta(hours=20), "/status.json"))["stale_since"] == ""
    world.update(AHEAD)
    assert "Not up to date" in page(TODAY + timedelta(hours=40), "/")


def test_the_heartbeat_is_never_due_years_ahead(world: World) -> None:
    world.update(AHEAD)
    with Store(world.home.database) as store:
        due = heartbeat.next_due(store, pipeline.searches_of(world.home), TODAY)
        assert due == "2026-11-21T06:00:00Z"
        assert ledger.clock_ahead(store.db, "2037-01-01T00:00:00Z") == ""


def test_an_empty_database_says_nothing_of_clocks(tmp_path: Path) -> None:
    with Store(tmp_path / "tracker.db") as store:
        assert ledger.clock_ahead(store.db, "2026-11-20T06:00:00Z") == ""
        assert ledger.clock_turned(store.db) == []
        assert heartbeat.next_due(store, (), TODAY) == "2026-11-20T06:00:00Z"
