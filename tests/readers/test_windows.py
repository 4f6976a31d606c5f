"""Preprint servers without a search: read whole by days, searched on the shelf, with a ledger that adds up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from shelf_world import LONELY, OTHER, World, failing, search

from tracker.collect.by_day import spans
from tracker.collect.deciding import promote
from tracker.errors import Blocked, Incomplete
from tracker.http.answer import Answer
from tracker.model import Record
from tracker.sources import WindowPage, is_window, load
from tracker.store import Store, days, preprint_versions, records, runs


@pytest.fixture
def world(tmp_path: Path, clock: Any) -> Iterator[World]:
    with Store(tmp_path / "tracker.db") as store:
        made = World(store, clock)
        yield made
        assert made.verified() == []


def test_the_first_run_reads_ninety_days_and_searches_them(world: World) -> None:
    world.shop.post(1, "2026-01-10")
    world.shop.post(2, "2026-03-01", OTHER)
    world.shop.post(3, "2025-12-01")  # 91 days back
    world.run()
    assert world.matches() == [("1v1", "baseline", 1)]
    assert world.ledger() == (2, 0, 1, 1, 0, "complete")
    assert world.reading() == (2, 0, 0, 0, 0, 0, "complete")
    assert world.rows("select count(*), min(day), max(day) from window_day where read is not null") == [
        (91, "2025-12-02", "2026-03-02")
    ]


def test_what_matches_no_search_is_kept_raw_and_is_no_record(world: World) -> None:
    world.shop.post(1, "2026-03-01", OTHER)
    world.run()
    assert world.rows("select count(*) from record") == [(0,)]
    assert b"Timetables" in next(preprint_versions.after(world.store.db, "medrxiv", 0)).raw


def test_the_last_seven_days_are_read_again_always(world: World) -> None:
    world.shop.post(2, "2026-01-10", OTHER)
    world.run()
    world.http.asked.clear()
    world.shop.post(1, "2026-02-25")  # posted late
    world.next_day()
    assert world.matches() == [("1v1", "late", 1)]
    assert {path.split("/")[2] for path in world.http.asked} == {"2026-02-24"}


def test_days_read_too_early_before_a_pause_are_read_again_after_it(world: World) -> None:
    world.run()
    world.next_day(40)
    read = world.rows("select count(*) from window_day where date(read) < date(day, '+7 days') and day < '2026-04-01'")
    assert read == [(0,)]


def test_a_clock_that_was_ahead_hides_no_day(world: World) -> None:
    world.clock.move(days=400)
    world.run()
    world.clock.move(days=-400)
    world.shop.post(1, "2026-02-20")
    world.run()
    assert [key for key, _, _ in world.matches()] == ["1v1"]
    world.clock.move(days=330)
    world.shop.post(2, world.today())
    world.run()
    assert [key for key, _, _ in world.matches()] == ["1v1", "2v1"]
    assert days.due(world.store.db, "medrxiv", world.clock().date())


@pytest.mark.parametrize("size", [1, 30, 10_000])
def test_records_are_the_same_whatever_the_page_size(world: World, size: int) -> None:
    world.shop.size = size
    for number in range(70):
        world.shop.post(number, f"2026-02-{number % 28 + 1:02}", LONELY if number % 7 else OTHER)
    world.run()
    assert world.ledger() == (70, 0, 60, 10, 0, "complete")


def test_an_inflated_total_is_a_note_and_the_equations_hold(world: World) -> None:
    world.shop.inflated = 7
    world.shop.post(1, "2026-03-01")
    world.run()
    assert world.ledger()[-1] == "complete with notes"
    assert world.rows("select promised_first, promised_last, received from search_run") == [(8, 1, 1)]


def test_later_runs_find_what_is_new_and_nothing_twice(world: World) -> None:
    world.shop.post(1, "2026-02-20")
    world.run()
    world.shop.post(2, "2026-03-03")
    world.next_day()
    assert world.matches() == [("1v1", "baseline", 1), ("2v1", "new", 1)]
    assert world.ledger() == (2, 1, 1, 0, 0, "complete")
    world.next_day()
    assert world.ledger() == (2, 2, 0, 0, 0, "complete")
    assert world.reading() == (0, 0, 2, 0, 0, 1, "complete")  # one posted lately, one in rotation


def test_all_versions_of_a_preprint_stand_together_also_those_that_match_nothing(world: World) -> None:
    """A withdrawal is told by a version whose text says nothing of loneliness."""
    world.shop.post(1, "2026-02-20")
    world.run()
    world.shop.post(1, "2026-03-03", "The authors have withdrawn this manuscript.", version="2")
    world.next_day()
    assert [key[-2:] for (key,) in world.rows("select source_id from record order by id")] == ["v1", "v2"]
    assert world.rows("select kind from event order by id") == [("preprint",), ("preprint",), ("withdrawn",)]
    assert world.matches() == [("1v1", "baseline", 1)]


def elsewhere(world: World, doi: str) -> int:
    """A preprint that Europe PMC has brought; the run."""
    with world.store.write() as db:
        run = runs.begin(db, "collect", "2026-03-01T06:00:00Z")
        record = Record("europepmc", "PPR1", title="Car 1", doi=doi)
        records.keep(db, run, record, b"{}", 1, "2026-03-01T06:00:00Z")
    return run


def test_a_withdrawal_of_a_preprint_that_another_source_brought_is_told(world: World) -> None:
    """It was posted long before the days that are read, and the withdrawn version says nothing of loneliness."""
    elsewhere(world, "10.5555/2026.01.00000001")
    world.shop.post(1, "2026-02-20", "The authors have withdrawn this manuscript.", version="2")
    world.shop.post(2, "2026-02-20", "The authors have withdrawn this manuscript.", version="2")
    world.run()
    assert world.rows("select source_id from record where source = 'medrxiv'") == [("10.5555/2026.01.00000001v2",)]
    assert world.rows("select kind from event order by id") == [("preprint",), ("withdrawn",)]
    assert world.ledger()[:4] == (2, 0, 0, 2)
    assert world.next_day().rows[0][1].outcome == "complete"
    assert world.rows("select count(*) from record") == [(2,)]


@pytest.mark.parametrize("doi", ["10.31234/osf.io/ab123", "10.31234/osf.io/ab123_v1", "10.31234/osf.io/zz999_v1"])
def test_a_withdrawal_at_psyarxiv_is_told_whatever_the_form_of_the_doi(world: World, doi: str) -> None:
    run, now = elsewhere(world, doi), "2026-03-02T06:00:00Z"
    source = load("psyarxiv").build(world.http, {})  # type: ignore[arg-type]
    assert is_window(source)
    said = {"date_created": "2026-01-05T00:00:00", "title": "Night", "reviews_state": "withdrawn"}
    links = {"preprint_doi": "https://doi.org/10.31234/osf.io/ab123_v1"}
    raw = json.dumps({"id": "ab123_v1", "attributes": said, "links": links}).encode()
    with world.store.write() as db:
        preprint_versions.keep(db, run, source.parse(raw), "ab123", raw, 1, now)
        promote(db, run, source, [], now)
    told = [("preprint",), ("withdrawn",)] if "ab123" in doi else []
    assert world.rows("select kind from event order by id") == told


def test_an_earlier_version_that_matched_nothing_joins_when_a_later_one_does(world: World) -> None:
    world.shop.post(1, "2026-02-20", OTHER)
    world.run()
    world.shop.post(1, "2026-03-03", version="2")
    world.next_day()
    assert [key[-2:] for (key,) in world.rows("select source_id from record order by id")] == ["v1", "v2"]
    assert world.matches() == [("1v2", "new", 1)]


def test_a_new_search_is_matched_against_the_shelf_without_a_request(world: World) -> None:
    world.shop.post(1, "2026-02-01", OTHER)
    world.run()
    world.searches.append(search("two", "timetables[tiab]"))
    world.shop.faults.append(failing(1000))
    world.next_day()
    assert world.matches("two") == [("1v1", "baseline", 1)]
    assert world.ledger()[-1] == "incomplete"
    assert "only what was read before has been searched" in world.rows("select note from search_run")[-1][0]


def test_a_changed_strategy_is_a_baseline_and_ends_what_it_no_longer_finds(world: World) -> None:
    world.shop.post(1, "2026-02-01")
    world.shop.post(2, "2026-02-02", OTHER)
    world.run()
    world.searches = [search("one", "timetables[tiab]")]
    world.next_day()
    assert world.matches() == [("1v1", "baseline", 0), ("2v1", "strategy", 1)]
    assert world.ledger() == (2, 0, 1, 1, 1, "complete")


def test_a_record_that_stops_matching_is_gone_after_two_runs(world: World) -> None:
    row = world.shop.post(1, "2026-03-01")
    world.run()
    row["abstract"] = OTHER
    world.next_day()
    assert world.matches() == [("1v1", "baseline", 1)]
    assert world.reading()[1] == 1
    world.next_day()
    assert world.matches() == [("1v1", "baseline", 0)]
    assert world.ledger() == (1, 0, 0, 1, 1, "complete")
    assert world.rows("select count(*) from record_state") == [(2,)]


def test_an_edit_that_makes_a_record_match_is_told_as_one(world: World) -> None:
    world.shop.post(1, "2026-02-25", OTHER)
    row = world.shop.post(1, "2026-02-25", OTHER, version="2")
    world.searches.append(search("two", "timetables[tiab]"))
    world.run()
    row["abstract"] = LONELY
    world.clock.move(days=4)
    world.run()
    assert world.matches() == [("1v2", "edited", 1)]
    assert preprint_versions.count(world.store.db, "medrxiv") == 2
    assert world.rows("select count(*) from shelf_past") == [(1,)]


def test_many_gone_at_once_wait_for_a_person(world: World) -> None:
    rows = [world.shop.post(number, "2026-03-01") for number in range(30)]
    world.run()
    for row in rows[:25]:
        row["abstract"] = OTHER
    world.next_day()
    world.next_day()
    assert world.ledger()[-2:] == (0, "complete with notes")
    assert "confirm-removals one" in world.rows("select note from search_run order by id desc")[0][0]
    world.next_day(accept=("one",))
    assert world.ledger() == (30, 5, 0, 25, 25, "complete")


def test_what_is_behind_is_caught_up_with_in_several_runs(world: World) -> None:
    for number in range(120):
        world.shop.post(number, (date(2025, 12, 2) + timedelta(days=number % 90)).isoformat())
    world.shop.size = 5
    slow = Slow(world.source, budget=9)
    report = world.run(source=slow)
    assert world.ledger()[-1] == "catching up"
    assert report.troubles == []
    note = world.rows("select note from reading_run")[0][0]
    assert " of 91 days" in note
    done = [days.read_and_planned(world.store.db, "medrxiv", world.clock().date())[0]]
    for _ in range(8):
        world.clock.move(hours=1)
        world.run(source=slow)
        done.append(days.read_and_planned(world.store.db, "medrxiv", world.clock().date())[0])
    assert done == sorted(done)
    assert done[-1] == 91
    assert world.ledger() == (120, 120, 0, 0, 0, "complete")
    assert {why for _, why, _ in world.matches()} == {"baseline"}


class Slow:
    """A source with another budget, limit by the hour or span than its own."""

    def __init__(self, source: Any, **said: Any) -> None:
        self.source, self.said = source, said

    def __getattr__(self, name: str) -> Any:
        return self.said[name] if name in self.said else getattr(self.source, name)


def test_a_window_larger_than_the_budget_is_cut_and_a_single_day_is_read_whole(world: World) -> None:
    for number in range(80):
        world.shop.post(number, "2026-03-01" if number < 40 else "2026-02-10")
    world.shop.size = 5
    world.run(source=Slow(world.source, budget=12))
    assert world.ledger()[0] == 80
    assert len(world.http.asked) > 12
    assert world.ledger()[-1] == "catching up"


def test_the_hourly_limit_is_kept_over_runs(world: World) -> None:
    world.shop.post(1, "2026-03-01")
    limited = Slow(world.source, hourly=5)
    asked = []
    for _ in range(4):
        world.run(source=limited)
        world.clock.move(minutes=10)
        asked.append(len(world.http.asked))
    assert asked == [5, 5, 5, 5]
    assert world.ledger()[-1] == "catching up"
    for _ in range(3):
        world.clock.move(hours=1)
        world.run(source=limited)
    assert world.ledger()[-1] == "complete"


def test_reading_goes_further_back_on_request_and_that_is_no_news(world: World) -> None:
    world.shop.post(99, "2026-01-02", OTHER)
    world.shop.post(1, "2025-10-01")
    world.run()
    world.shop.post(2, "2026-03-03")
    world.next_day(since=date(2025, 9, 1))
    assert world.matches() == [("1v1", "baseline", 1), ("2v1", "new", 1)]
    assert days.first(world.store.db, "medrxiv") == date(2025, 9, 1)
    world.next_day(since=date(2026, 1, 1))  # never forward
    assert days.first(world.store.db, "medrxiv") == date(2025, 9, 1)


def test_a_window_that_fails_is_read_again_by_the_next_run(world: World) -> None:
    world.shop.post(1, "2026-02-28")
    world.shop.post(2, "2026-01-02")
    world.shop.faults.append(failing(3))  # as often as it is tried
    report = world.run()
    assert report.troubles
    assert world.ledger()[-1] == "incomplete"
    assert [key for key, _, _ in world.matches()] == ["2v1"]
    world.shop.faults.clear()
    world.next_day()
    assert world.ledger() == (2, 1, 1, 0, 0, "complete")


def test_a_dead_service_is_asked_twice_and_fails(world: World) -> None:
    world.shop.faults.append(failing(1000))
    report = world.run()
    assert len(world.http.asked) == 6  # two windows, three tries each
    assert world.ledger() == (0, 0, 0, 0, 0, "failed")
    assert world.rows("select promised_first from search_run") == [(None,)]
    assert world.reading()[-1] == "failed"
    assert len(report.troubles) == 2


def test_a_service_that_shuts_us_out_is_not_asked_again(world: World) -> None:
    def blocked(path: str) -> Answer:
        raise Blocked("shut out")

    world.shop.faults.append(blocked)
    world.run()
    assert len(world.http.asked) == 1
    assert world.reading()[-1] == "failed"


def test_a_false_nothing_is_asked_for_a_second_time(world: World, no_posts: Answer) -> None:
    world.shop.post(1, "2026-02-20")
    lies = [True]

    def fault(path: str) -> Answer | None:
        return no_posts if path.endswith("/0/json") and lies and lies.pop() else None

    world.shop.faults.append(fault)
    world.run()
    assert world.matches() == [("1v1", "baseline", 1)]


def test_a_server_that_is_empty_on_the_first_day_is_read_whole_on_the_next(world: World, no_posts: Answer) -> None:
    """Else ninety days would be lost in silence; what they bring is the baseline, and no news."""
    world.shop.post(1, "2026-01-10")
    world.shop.faults.append(lambda path: no_posts)
    world.run()
    assert world.reading()[-1] == "complete with notes"
    assert "nothing has ever come from it" in world.rows("select note from reading_run")[0][0]
    world.shop.faults.clear()
    world.next_day()
    assert world.matches() == [("1v1", "baseline", 1)]
    assert world.reading()[-1] == "complete"


def test_nothing_is_not_believed_of_days_that_had_something(world: World, no_posts: Answer) -> None:
    """A server that has lost its data for a day would leave days for read that nobody has read."""
    for number in range(3):
        world.shop.post(number, "2026-03-01")
    world.run()
    world.shop.post(9, "2026-03-02")
    world.shop.faults.append(lambda path: no_posts)
    world.next_day()
    assert world.reading()[-1] == "incomplete"
    assert "3 records that came before are not in the answer" in world.rows("select note from reading_run")[-1][0]
    world.shop.faults.clear()
    world.next_day(20)
    assert world.matches()[-1] == ("9v1", "new", 1)
    assert world.reading()[-1] == "complete"


def test_fewer_than_promised_leave_the_window_unread(world: World) -> None:
    class Short:
        name, title, parser_version, span, budget, hourly, rotates = "medrxiv", "medRxiv", 1, 30, 600, 0, False

        def window(self, first: date, last: date) -> Iterator[WindowPage]:
            yield WindowPage(5, ())

    world.run(source=Short())
    assert world.ledger()[-1] == "incomplete"
    assert "5 records promised, 0 came" in world.rows("select note from reading_run")[0][0]
    assert days.read_and_planned(world.store.db, "medrxiv", world.clock().date()) == (0, 91)


def test_the_same_page_again_and_again_is_no_whole_window(world: World, canned: Any, interval: Any, row: Any) -> None:
    """A server that does not look at the cursor, and does not say so."""
    page = [row(number) for number in range(30)]
    same = lambda path: interval(page, 300, cursor=None, interval=None)  # noqa: E731
    world.http.answering = same
    world.run()
    assert "came once more in place of the next ones" in world.rows("select note from reading_run")[0][0]
    assert world.ledger()[-1] == "incomplete"


def test_a_record_twice_in_a_window_is_one_and_may_stand_in_for_another(world: World) -> None:
    world.shop.post(1, "2026-02-20")
    world.shop.post(1, "2026-02-20")
    world.shop.post(2, "2026-02-20")
    world.run()
    assert world.ledger() == (2, 0, 2, 0, 0, "complete with notes")
    assert "3 records promised, 3 came, 2 different ones: read again" in world.reading_note()
    assert date(2026, 2, 20) in days.due(world.store.db, "medrxiv", world.clock().date())
    world.shop.rows[1] = world.shop.rows[2] | {"doi": "10.1101/2026.02.20.26000003", "title": "Car 3"}
    world.next_day()
    assert world.ledger()[-1] == "complete"
    assert world.matches()[-1][1] == "late"  # news, and not one of the baseline


def test_a_growing_window_is_read_a_second_time(world: World) -> None:
    for number in range(40):
        world.shop.post(number, "2026-03-01")
    grown: list[int] = []

    def grows(path: str) -> None:
        if path.endswith("/30/json") and not grown:
            grown.append(1)
            world.shop.post(99, "2026-02-28")  # comes before those that were read: one is pushed to the next page

    world.shop.faults.append(grows)
    world.run()
    assert world.ledger()[0] == 41


def test_rows_that_cannot_be_read_are_set_aside_and_resolved_when_they_can(world: World) -> None:
    row = world.shop.post(1, "2026-03-01", version="x")
    world.run()
    assert world.reading()[3] > 0
    assert world.ledger()[-1] == "complete with notes"
    row["version"] = "1"
    good = world.shop.post(2, "2026-03-01")
    good["date"] = "2026-02"
    world.shop.rows.remove(good)
    world.next_day()
    assert world.ledger()[0] == 1
    assert world.rows("select resolved is null from unreadable") == [(1,)]  # nameless: nobody can tell whose it was


def test_many_unreadable_rows_make_the_reading_incomplete(world: World) -> None:
    for number in range(5):
        world.shop.post(number, "2026-03-01", doi="none")
    world.run()
    assert world.reading()[-1] == "incomplete"


def test_known_preprints_are_asked_for_again_in_rotation(world: World) -> None:
    """An article's DOI arrives without a new version."""
    rows = [world.shop.post(number, "2026-01-10") for number in range(31)]
    world.run()
    for row in rows:
        row["published"] = f"10.5555/article.{row['doi'][-2:]}"
    asked = len(world.http.asked)
    world.next_day()
    assert world.reading()[5] == 2
    assert sum("/na/json" in path for path in world.http.asked[asked:]) == 2
    assert world.rows("select count(*) from event where kind = 'published'") == [(2,)]
    world.run()  # the same day: a thirtieth a day, not a run
    assert world.reading()[5] == 0
    for _ in range(16):
        world.next_day()
    assert world.rows("select count(*) from event where kind = 'published'") == [(31,)]


def test_known_preprints_that_are_no_longer_given_out_are_noted(world: World) -> None:
    world.shop.post(1, "2026-01-10")
    world.run()
    world.shop.rows.clear()
    world.next_day()
    assert world.reading()[4:] == (1, 1, "complete with notes")
    assert world.matches() == [("1v1", "baseline", 1)]


def test_rotation_that_fails_is_told(world: World) -> None:
    world.shop.post(1, "2026-01-10")
    world.run()

    def fault(path: str) -> None:
        if path.endswith("/na/json"):
            raise Incomplete("gone fishing")

    world.shop.faults.append(fault)
    report = world.next_day()
    assert "could not be asked for again: gone fishing" in report.troubles[-1]


def test_a_search_that_is_not_due_waits_and_nothing_is_read_for_it(world: World) -> None:
    world.searches = [search("one", every="week")]
    world.shop.post(99, "2026-01-02", OTHER)
    world.run()
    asked = len(world.http.asked)
    assert world.next_day().skipped == ("one on medrxiv",)
    assert len(world.http.asked) == asked
    world.shop.post(1, world.today())
    world.next_day(6)
    assert [key for key, _, _ in world.matches()] == ["1v1"]
    world.searches = [replace(world.searches[0], sources=("pubmed",))]
    assert world.next_day() == type(world.next_day())((), ())


def test_a_search_that_was_not_due_looks_later_at_what_others_read(world: World) -> None:
    world.searches = [search("one", every="month"), search("two")]
    world.shop.post(99, "2026-01-02", OTHER)
    world.run()
    world.clock.move(days=1)
    world.shop.post(1, world.today())
    for _ in range(10):
        world.next_day()
    assert world.matches("one") == []
    world.next_day(20)
    assert [key for key, _, _ in world.matches("one")] == ["1v1"]


def test_a_new_parser_looks_at_everything_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.shop.post(1, "2026-01-10", "Solitude on rails.")
    world.run()
    assert world.matches() == []
    from tracker.sources.biorxiv import parse

    monkeypatch.setattr(parse, "PARSER_VERSION", parse.PARSER_VERSION + 1)
    monkeypatch.setattr(parse, "abstract", lambda text: biorxiv_parse_abstract(text.replace("Solitude", "Loneliness")))
    world.next_day()
    assert [key for key, _, _ in world.matches()] == ["1v1"]
    world.next_day()
    assert world.rows("select count(*) from record_state") == [(1,)]


from tracker.sources.biorxiv.parse import abstract as biorxiv_parse_abstract  # noqa: E402


def test_an_override_for_the_server_decides_in_its_place(world: World) -> None:
    world.shop.post(1, "2026-02-01", OTHER)
    world.searches = [search("one", overrides=(("medrxiv", "timetables[tiab]"),))]
    world.run()
    assert [key for key, _, _ in world.matches()] == ["1v1"]


def test_what_waits_for_a_moderator_is_kept_and_not_found(world: World) -> None:
    world.shop.post(1, "2026-02-01")
    world.run(source=Slow(world.source, posted=lambda record: False))
    assert world.ledger() == (1, 0, 0, 1, 0, "complete")


def test_a_version_that_waits_stays_off_the_records_of_its_preprint(world: World) -> None:
    world.shop.post(1, "2026-02-20")
    world.shop.post(1, "2026-02-28", version="2")
    waiting = Slow(world.source, posted=lambda record: record.version == "1")
    world.run(source=waiting)
    assert world.rows("select count(*) from record") == [(1,)]
    world.next_day()
    assert world.rows("select count(*) from record") == [(2,)]
    world.next_day(source=waiting)  # taken back: it stays known, and is no match any more
    world.next_day(source=waiting)
    assert world.rows("select count(*) from record") == [(2,)]


def test_inflow_of_whole_days_is_noted_for_the_alarms(world: World) -> None:
    for number, day in enumerate(("2026-02-27", "2026-02-27", "2026-03-01", "2026-03-02")):
        world.shop.post(number, day, OTHER)
    world.run()
    found = dict(world.rows("select day, records from inflow where source = 'medrxiv'"))
    assert (found["2026-02-27"], found["2026-03-01"]) == (2, 1)
    assert "2026-03-02" not in found


@pytest.mark.parametrize("stop", range(1, 12))
def test_killed_anywhere_the_next_run_ends_the_same(tmp_path: Path, clock: Any, stop: int) -> None:
    """Killed after so many requests, or between two transactions: the same records, matches and days."""

    def home(name: str) -> World:
        made = World(Store(tmp_path / name), clock)
        made.shop.size = 4
        for number in range(30):
            made.shop.post(number, f"2026-02-{number % 28 + 1:02}", LONELY if number % 3 else OTHER)
            if number % 5 == 0:
                made.shop.post(number, "2026-03-01", OTHER, version="2")
        return made

    whole, broken = home("whole.db"), home("broken.db")
    whole.run()
    kill = Killed(broken.store, stop)
    with pytest.raises(KeyboardInterrupt):
        kill.run(broken.run)
    for _ in range(2):
        broken.run()
    whole.run()
    told = [
        "select source_id, posted, preprint, fingerprint from shelf order by posted, id",
        "select id, source, source_id, fingerprint from record order by id",
        "select source_id, why from match order by source_id",
        "select record_id, kind, notice from event order by record_id, id",
        "select day, read is null from window_day order by day",
    ]
    assert [broken.rows(sql) for sql in told] == [whole.rows(sql) for sql in told]
    assert broken.verified() == []
    for made in (whole, broken):
        made.store.close()


class Killed:
    """Stops the process, as it were, before a given transaction."""

    def __init__(self, store: Store, stop: int) -> None:
        self.store, self.left = store, stop

    def run(self, run: Callable[[], Any]) -> None:
        plain = self.store.write

        def write() -> Any:
            self.left -= 1
            if self.left < 0:
                raise KeyboardInterrupt
            return plain()

        self.store.write = write  # type: ignore[method-assign]
        try:
            run()
        finally:
            self.store.write = plain  # type: ignore[method-assign]


def test_spans_join_days_that_follow_each_other() -> None:
    found = [date(2026, 1, day) for day in (9, 8, 7, 4, 2, 1)]
    assert list(spans(found, 30)) == [
        (date(2026, 1, 7), date(2026, 1, 9)),
        (date(2026, 1, 4), date(2026, 1, 4)),
        (date(2026, 1, 1), date(2026, 1, 2)),
    ]
    assert list(spans(found, 2))[:2] == [(date(2026, 1, 8), date(2026, 1, 9)), (date(2026, 1, 7), date(2026, 1, 7))]
    assert list(spans([], 2)) == []


def test_only_sources_that_are_decided_here_can_be_searched_here(world: World) -> None:
    from tracker.collect.deciding import begin_backlog

    with pytest.raises(AssertionError, match="nothing decides"):
        begin_backlog(world.store.db, load("pubmed").build(world.http, {}), search("one"))  # type: ignore[arg-type]
