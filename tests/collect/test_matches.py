"""Every record says why it is here: baseline, strategy, new, late, edited; and matches end only when they should."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fake_world import FakeSource, World, saved
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.store.matches import reason


def test_a_paper_created_since_the_run_before_is_new(world: Any) -> None:
    world.source.add(0, created="2010-01-01")
    world.run()
    world.clock.move(days=1)
    world.source.add(1)
    world.run()
    assert world.matches()[1:] == [("990000001", "new", 1)]


def test_an_old_paper_that_starts_to_match_is_late(world: Any) -> None:
    world.source.add(0, created="2010-01-01")
    world.run()
    world.clock.move(days=1)
    world.source.add(1, created="2019-01-01", revised=world.clock().date().isoformat())
    world.run()
    assert world.matches()[1:] == [("990000001", "late", 1)]
    assert "2019-01-01" in world.rows("select why_detail from match")[1][0]


def test_a_paper_we_held_already_that_was_edited_into_matching_is_edited(world: Any) -> None:
    world.searches.append(saved("two"))
    world.source.add(0, created="2010-01-01")
    key = world.source.add(1, "two", created="2019-01-01")
    world.run()
    world.clock.move(days=3)
    world.source.edit(key, keywords=("loneliness",))
    world.run()
    world.source.matches["one"].append(key)
    world.next_day(0)
    assert world.matches()[1][1] == "edited"


def test_a_changed_translation_explains_an_old_paper(world: Any) -> None:
    world.source.add(0, created="2010-01-01")
    world.run()
    world.source.add(1, created="2019-01-01")
    world.source.translation = "as sent, and a new heading"
    world.next_day()
    assert world.matches()[1:] == [("990000001", "late", 1)]
    assert "translates" in world.rows("select why_detail from match")[1][0]


def test_a_changed_strategy_is_a_baseline_of_its_own_and_ends_what_it_no_longer_finds(world: Any) -> None:
    keys = [world.source.add(number, created="2019-01-01") for number in range(3)]
    world.run()
    world.searches = [replace(world.searches[0], strategy="other", version="2")]
    world.source.matches["other"] = [*keys[1:], world.source.add(9, "unused", created="2018-01-01")]
    world.next_day()
    assert world.rows("select baseline, known, new, gone from search_run order by id desc limit 1") == [
        ("strategy", 2, 1, 1)
    ]
    assert world.matches() == [
        (keys[0], "baseline", 0),
        (keys[1], "baseline", 1),
        (keys[2], "baseline", 1),
        ("990000009", "strategy", 1),
    ]


def test_a_match_ends_after_two_complete_runs_without_it_and_holds_until_the_first_of_them(world: Any) -> None:
    keys = [world.source.add(number) for number in range(2)]
    world.run()
    world.source.matches["one"] = keys[:1]
    world.next_day()
    assert world.rows("select missing, gone from search_run order by id desc limit 1") == [(1, 0)]
    assert [item[2] for item in world.matches()] == [1, 1]
    world.next_day()
    assert world.rows("select missing, gone from search_run order by id desc limit 1") == [(0, 1)]
    assert world.rows("select to_run, ended from match where to_run is not null") == [(2, "gone")]


def test_a_match_that_comes_back_between_never_ended(world: Any) -> None:
    keys = [world.source.add(number) for number in range(2)]
    world.run()
    for listed in (keys[:1], keys, keys[:1], keys):
        world.source.matches["one"] = listed
        world.next_day()
    assert world.matches() == [(key, "baseline", 1) for key in keys]


def test_failed_and_incomplete_runs_end_nothing(world: Any) -> None:
    keys = [world.source.add(number) for number in range(2)]
    world.run()
    world.source.matches["one"] = keys[:1]
    world.source.short = "a page was clipped"
    for _ in range(3):
        world.next_day()
    assert [item[2] for item in world.matches()] == [1, 1]


def test_a_changed_translation_delays_the_end(world: Any) -> None:
    keys = [world.source.add(number) for number in range(2)]
    world.run()
    world.source.matches["one"] = keys[:1]
    world.next_day()
    world.source.translation = "otherwise"
    world.next_day()
    assert [item[2] for item in world.matches()] == [1, 1]
    world.next_day()
    assert [item[2] for item in world.matches()] == [1, 0]
    assert world.rows("select to_run from match where to_run is not null") == [(2,)]  # run 2 did not list it


def test_many_at_once_wait_for_a_person(world: Any) -> None:
    for number in range(60):
        world.source.add(number)
    world.run()
    world.source.matches["one"] = world.source.matches["one"][:30]
    world.next_day()
    report = world.next_day()
    assert report.rows[0][1].held == 30
    assert "confirm-removals one" in report.rows[0][1].note
    assert all(still for _, _, still in world.matches())
    world.next_day(accept=("one",))
    assert sum(still for _, _, still in world.matches()) == 30


def test_a_match_that_returns_after_its_end_is_known_but_a_new_stretch(world: Any) -> None:
    key = world.source.add(1, created="2019-01-01")
    world.run()
    world.source.matches["one"] = []
    world.next_day()
    world.next_day()
    world.source.matches["one"] = [key]
    world.next_day()
    assert world.rows("select known, new from search_run order by id desc limit 1") == [(1, 0)]
    assert world.rows("select first, to_run is null from match order by id") == [(1, 0), (0, 1)]


def test_a_hit_that_did_not_change_writes_no_row(world: Any) -> None:
    for number in range(30):
        world.source.add(number)
    for _ in range(4):
        world.next_day()
    assert len(world.matches()) == 30


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sets(st.integers(0, 6)), min_size=1, max_size=7))
def test_the_hits_of_any_past_run_follow_from_the_intervals(answers: list[set[int]]) -> None:
    """After two quiet runs at the end (so that every departure is believed), recounting gives each answer back."""
    import tempfile
    from datetime import UTC, datetime
    from pathlib import Path

    from tracker.store import Store

    class Clock:
        time = datetime(2026, 3, 2, tzinfo=UTC)

        def __call__(self) -> datetime:
            return self.time

        def move(self, days: float) -> None:
            from datetime import timedelta

            self.time += timedelta(days=days)

    moving = Clock()
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "tracker.db") as store:
        world = World(store, FakeSource(moving), moving, [saved("one")])
        keys = [world.source.add(number) for number in range(7)]
        doubled = [answer for answer in answers for _ in range(2)]  # twice each: believed at once
        for answer in doubled:
            world.source.matches["one"] = [keys[number] for number in sorted(answer)]
            world.next_day()
        for run, answer in enumerate(doubled, start=1):
            rows = world.rows(
                "select source_id from match where from_run <= ? and coalesce(to_run, 1000) > ?", run, run
            )
            assert {row[0] for row in rows} == {keys[number] for number in answer}


def test_reasons_are_read_from_the_dates() -> None:
    before = "2026-03-01T06:00:00Z"
    assert reason("2026-03-01", "", before, edited=False, retranslated=False)[0] == "new"
    assert reason("2026-02-27", "", before, edited=False, retranslated=False)[0] == "new"
    assert reason("2020-01-01", "2026-03-02", before, edited=True, retranslated=True)[0] == "edited"
    assert reason("2020-01-01", "2026-03-02", before, edited=False, retranslated=False)[0] == "late"
    assert reason("", "", before, edited=False, retranslated=False) == ("", "")
