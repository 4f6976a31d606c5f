"""A burst waits for a person's word before it is news; the whole inflow of a source is asked for once a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fake_world import FakeSource, World, saved

from tracker import pipeline
from tracker.errors import Transient
from tracker.home import Home
from tracker.report import status


class Counting(FakeSource):
    """A service that also tells its whole inflow."""

    counts: Callable[[date], int]
    asked: list[date]

    def inflow(self, day: date) -> int:
        self.asked.append(day)
        return self.counts(day)


@pytest.fixture
def counting(world: World) -> Any:
    source = Counting(world.clock)
    source.counts, source.asked = lambda day: 4000, []
    world.source = source
    return source


def run(world: World, folder: Path) -> Any:
    context = pipeline.Context(Home(folder), world.clock, world.said.append)
    http: Any = SimpleNamespace(requests={}, retries={})
    return pipeline.collect(context, world.store, http, {"pubmed": world.source}, world.searches)


def days(world: World, folder: Path, number: int) -> None:
    for _ in range(number):
        world.clock.move(days=1)
        run(world, folder)


def test_the_inflow_of_each_day_is_asked_for_once(world: World, counting: Any, tmp_path: Path) -> None:
    run(world, tmp_path)
    assert counting.asked == [date(2026, 2, day) for day in range(23, 29)] + [date(2026, 3, 1)]
    run(world, tmp_path)
    assert len(counting.asked) == 7
    days(world, tmp_path, 1)
    assert counting.asked[7:] == [date(2026, 3, 2)]


def test_a_source_that_nothing_enters_any_more_is_one_alarm_on_the_third_day(
    world: World, counting: Any, tmp_path: Path
) -> None:
    world.searches = [saved("one"), saved("two")]
    world.source.add(0)
    world.source.add(1, "two")
    run(world, tmp_path)
    days(world, tmp_path, 20)
    assert status.alarms(world.store.db, world.clock()) == []
    counting.counts = lambda day: 0
    days(world, tmp_path, 2)
    assert status.alarms(world.store.db, world.clock()) == []
    days(world, tmp_path, 1)
    assert len(status.alarms(world.store.db, world.clock())) == 1


def test_an_inflow_that_cannot_be_asked_stops_nothing_and_is_asked_again(
    world: World, counting: Any, tmp_path: Path
) -> None:
    def fails(day: date) -> int:
        raise Transient("PubMed did not answer")

    counting.counts = fails
    assert run(world, tmp_path).troubles == []
    assert len(counting.asked) == 1
    counting.counts = lambda day: 10
    run(world, tmp_path)
    assert len(counting.asked) == 8


def test_a_burst_is_held_back_until_a_person_says_it_is_news(world: World, counting: Any, tmp_path: Path) -> None:
    number = 0
    run(world, tmp_path)
    for _ in range(10):
        world.clock.move(days=1)
        for _ in range(3):
            number += 1
            counting.add(number)
        run(world, tmp_path)
    world.clock.move(days=1)
    for _ in range(40):
        number += 1
        counting.add(number)
    run(world, tmp_path)
    assert world.rows("select count(*) from match where held = 1") == [(40,)]
    assert any("--release-held one" in line for line in status.alarms(world.store.db, world.clock()))
    context = pipeline.Context(Home(tmp_path), world.clock, world.said.append)
    pipeline.release_held(context, world.store, ["one"])
    assert world.rows("select count(*) from match where held = 1") == [(0,)]
    assert status.alarms(world.store.db, world.clock()) == []


def test_a_known_paper_that_is_no_longer_found_is_an_alarm(world: World, counting: Any, tmp_path: Path) -> None:
    key = counting.add(1, doi="10.5555/known")
    counting.add(2)
    world.searches = [saved("one", finds=("10.5555/known", "990000999"))]
    run(world, tmp_path)
    assert status.alarms(world.store.db, world.clock()) == []  # one that was never found is no alarm
    counting.matches["one"].remove(key)
    days(world, tmp_path, 1)
    assert status.alarms(world.store.db, world.clock()) == [
        "one on pubmed: the known paper 10.5555/known is no longer found"
    ]


def test_at_least_is_an_alarm(world: World, counting: Any, tmp_path: Path) -> None:
    counting.add(1)
    world.searches = [saved("one", at_least=(("", 100),))]
    run(world, tmp_path)
    days(world, tmp_path, 1)
    told = ["one: 1 match on all its sources together, at-least says 100"]
    assert status.alarms(world.store.db, world.clock()) == told
