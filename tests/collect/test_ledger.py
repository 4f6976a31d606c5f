"""Every run proves what it saw: the equations hold, a dead source is not a quiet one, nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from fake_world import saved

from tracker.model import Link

EQUATIONS = """
select count(*) from search_run where received <> known + new + rejected
    or (outcome in ('complete', 'complete with notes') and received not between
        min(promised_first, promised_last) and max(promised_first, promised_last))
union all
select count(*) from reading_run where fetched <> read + unreadable + withheld or read <> fresh + changed + same"""


def last(world: Any, column: str, table: str = "search_run") -> Any:
    return world.rows(f"select {column} from {table} order by id desc limit 1")[0][0]


@pytest.fixture(autouse=True)
def _equations(world: Any) -> Any:
    yield
    assert world.rows(EQUATIONS) == [(0,), (0,)]


def test_a_first_run_stores_everything_as_baseline(world: Any) -> None:
    for number in range(12):
        world.source.add(number, created="2019-05-05")
    report = world.run()
    assert report.troubles == []
    assert world.rows("select received, known, new, outcome, baseline from search_run") == [
        (12, 0, 12, "complete", "baseline")
    ]
    assert world.rows("select fetched, read, fresh from reading_run") == [(12, 12, 12)]
    assert {why for _, why, _ in world.matches()} == {"baseline"}


def test_a_second_run_on_the_same_day_makes_only_id_requests(world: Any) -> None:
    for number in range(40):
        world.source.add(number)
    world.run()
    fetches = len(world.source.fetched)
    world.clock.move(hours=3)
    world.run()
    assert len(world.source.fetched) == fetches
    assert (last(world, "received"), last(world, "known"), last(world, "new")) == (40, 40, 0)
    assert len(world.matches()) == 40


def test_a_dead_source_fails_and_never_looks_like_a_quiet_one(world: Any) -> None:
    world.source.add(1)
    world.run()
    world.source.dead = True
    report = world.next_day()
    assert report.troubles == ["one on pubmed: failed: PubMed did not answer", "pubmed: failed: no search was answered"]
    assert last(world, "outcome") == "failed"
    assert last(world, "promised_first") is None
    assert world.matches() == [("990000001", "baseline", 1)]
    world.source.dead = False
    world.source.add(2)
    assert world.next_day().troubles == []
    assert world.matches()[1][:2] == ("990000002", "new")


def test_after_two_searches_without_an_answer_the_rest_is_not_asked(world: Any) -> None:
    world.searches = [saved(name) for name in ("a", "b", "c", "d")]
    world.source.dead = True
    world.run()
    assert world.source.walks == 2
    assert [row[0] for row in world.rows("select outcome from search_run")] == ["failed"] * 4
    assert "not asked" in last(world, "note")


def test_a_walk_that_falls_short_is_incomplete_and_keeps_what_came(world: Any) -> None:
    world.source.add(1)
    world.source.short = "PubMed promised 2 and listed 1"
    assert "promised 2" in world.run().troubles[0]
    assert last(world, "outcome") == "incomplete"
    world.source.short = ""
    world.source.add(2)
    world.run()
    assert last(world, "baseline") == "baseline"  # the first complete run is still the baseline
    assert {why for _, why, _ in world.matches()} == {"baseline"}


def test_a_service_that_dies_while_fetching_is_incomplete_and_the_next_run_makes_it_right(world: Any) -> None:
    world.source.add(99, created="2010-01-01")
    world.run()
    world.clock.move(days=1)
    for number in range(20):
        world.source.add(number)
    world.source.dead_after = 3
    report = world.run()
    assert len(report.troubles) == 2  # the search and the reading
    assert last(world, "outcome") == "incomplete"
    assert world.rows("select count(*) from record") == [(11,)]
    assert sum(why == "" for _, why, _ in world.matches()) == 10  # not read yet: no reason invented
    world.source.dead_after = 1_000_000
    assert world.run().troubles == []
    assert world.rows("select count(*) from record") == [(21,)]
    assert {why for _, why, _ in world.matches()[1:]} == {"new"}


def test_records_left_out_are_asked_for_once_more_then_withheld_and_dated(world: Any) -> None:
    keys = [world.source.add(number) for number in range(8)]
    held = world.source.holds.pop(keys[3])
    assert world.run().troubles == []
    assert last(world, "outcome") == "complete with notes"
    assert last(world, "withheld", "reading_run") == 1
    assert world.source.fetched[-1] == [keys[3]]
    world.next_day()
    assert world.rows("select times, arrived from withheld") == [(2, None)]
    world.source.holds[keys[3]] = held
    world.next_day()
    assert world.rows("select count(*) from withheld where arrived is null") == [(0,)]
    assert last(world, "outcome") == "complete"


def test_many_records_left_out_of_one_request_make_it_incomplete(world: Any) -> None:
    keys = [world.source.add(number) for number in range(8)]
    for key in keys[:3]:
        del world.source.holds[key]
    assert world.run().troubles
    assert last(world, "outcome") == "incomplete"


def test_a_few_that_are_withheld_for_ever_do_not_keep_a_large_search_incomplete(world: Any) -> None:
    world.source.batch = 200
    keys = [world.source.add(number) for number in range(400)]
    for key in keys[:3]:
        del world.source.holds[key]
    world.run()
    assert last(world, "outcome") == "incomplete"
    world.next_day()
    assert last(world, "outcome") == "complete with notes"


def test_more_than_a_hundredth_withheld_for_ever_is_a_note_once_it_has_been_told(world: Any) -> None:
    world.source.batch = 200
    keys = [world.source.add(number) for number in range(203)]
    for key in keys[:3]:
        del world.source.holds[key]
    assert world.run().troubles
    for _ in range(3):
        assert world.next_day().troubles == []
        assert last(world, "outcome") == "complete with notes"


def test_a_service_that_answers_every_request_with_nothing_stays_incomplete(world: Any) -> None:
    for number in range(10):
        world.source.add(number)
    world.source.holds.clear()
    for _ in range(3):
        assert world.next_day().troubles
        assert last(world, "outcome", "reading_run") == "incomplete"


def test_a_record_that_cannot_be_read_is_set_aside_with_its_bytes_and_its_neighbours_are_kept(world: Any) -> None:
    key = world.source.add(1)
    world.source.add(2)
    good = world.source.holds[key]
    world.source.holds[key] = replace(good, title="damaged")
    world.run()
    assert world.rows("select source_id, reason, length(raw) > 0 from unreadable") == [(key, "its title is damaged", 1)]
    assert world.rows("select count(*) from record") == [(1,)]
    world.source.holds[key] = good
    world.next_day()
    assert world.rows("select resolved is not null from unreadable") == [(1,)]
    assert world.rows("select count(*) from record") == [(2,)]


def test_changed_means_content_not_bytes_and_every_state_is_kept(world: Any) -> None:
    key = world.source.add(1)
    world.run()
    world.clock.move(days=2)
    world.source.edit(key, title="Paper 1, corrected")
    world.run()
    assert last(world, "changed", "reading_run") == 1
    assert world.rows("select count(*) from record_state") == [(2,)]
    world.next_day()
    assert last(world, "same", "reading_run") == 1
    assert world.rows("select count(*) from record_state") == [(2,)]


def test_a_retraction_arrives_by_rotation_and_is_never_lost_by_a_later_fetch(world: Any) -> None:
    key = world.source.add(1)
    world.run()
    world.source.holds[key] = replace(world.source.holds[key], links=(Link("RetractionIn", "Notice 7"),))
    world.next_day()
    assert ("retracted", "Notice 7") in world.rows("select kind, notice from event")
    world.source.holds[key] = replace(world.source.holds[key], links=())
    world.next_day()
    assert ("retracted", "Notice 7") in world.rows("select kind, notice from event")


def test_rotation_asks_for_a_thirtieth_a_day_the_oldest_first(world: Any) -> None:
    for number in range(60):
        world.source.add(number)
    world.run()
    world.next_day()
    assert last(world, "rotated", "reading_run") == 2
    world.clock.move(hours=2)
    world.run()
    assert last(world, "rotated", "reading_run") == 0
    seen: set[str] = set()
    for _ in range(30):
        before = len(world.source.fetched)
        world.next_day()
        seen |= {key for page in world.source.fetched[before:] for key in page}
    assert len(seen) == 60


def test_a_search_of_every_week_is_not_run_again_the_next_day_unless_named(world: Any) -> None:
    world.searches = [replace(world.searches[0], every="week")]
    world.source.add(0)
    world.run()
    assert world.next_day().skipped == ("one on pubmed",)
    assert world.next_day(named=True).skipped == ()
    assert world.next_day(7).skipped == ()


def test_the_end_of_a_run_is_its_worst_outcome_and_a_dead_process_is_a_failed_run(world: Any) -> None:
    from tracker.store import runs

    with world.store.write() as db:
        runs.begin(db, "collect", "2026-03-02T05:00:00Z")
    world.source.add(0)
    world.run()
    assert world.rows("select outcome from run order by id") == [("failed",), ("complete",)]
