"""Servers read by days whose answers are well-formed and wrong: told, read again, and right in the end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from test_server_services import made

from emulator.biorxiv_service import BiorxivService
from emulator.osf_service import OsfService
from emulator.preprints import PreprintVersion
from tracker.collect import Collector, CollectReport
from tracker.collect.by_day import collect
from tracker.http import Http
from tracker.model import SavedSearch
from tracker.report import status
from tracker.searches import version_of
from tracker.sources import load
from tracker.store import Store, days, inflow, runs, verify

TODAY = date(2026, 3, 2)


@dataclass
class Shelf:
    """A server's whole holdings, as the emulators ask for them."""

    held: list[PreprintVersion] = field(default_factory=list)

    def versions(self, server: str, day: date) -> list[PreprintVersion]:
        return [version for version in self.held if version.posted <= day]


@dataclass
class Home:
    """A store that follows one server behind its real reader; ``run`` is one morning."""

    store: Store
    server: str
    service: Any
    day: date = TODAY
    strategy: str = "loneliness[tiab]"

    def run(self, days: int = 0, since: date | None = None) -> CollectReport:
        self.day += timedelta(days=days)
        self.service.day = self.day
        http = Http(pace=0, attempts=2, sleep=lambda seconds: None)
        source = load(self.server).build(
            http, {"TRACKER_BIORXIV_URL": self.service.url, "TRACKER_OSF_URL": self.service.url}
        )
        job = Collector(
            self.store, {}, lambda: datetime.combine(self.day, time(6), UTC), lambda line: None,
            http_counts=lambda name: (http.requests.get(name, 0), 0),
        )  # fmt: skip
        with self.store.write() as db:
            run = runs.begin(db, "collect", job.now())
        search = SavedSearch("one", "One", (self.server,), self.strategy, version_of(self.strategy))
        report = collect(job, run, [search], {self.server: source}, since=since)  # type: ignore[dict-item]
        with self.store.write() as db:
            runs.end(db, run, job.now())
        http.close()
        return report

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.store.db.execute(sql)]

    def last(self) -> tuple[str, str]:
        """Outcome and note of the last reading."""
        return self.rows("select outcome, note from reading_run order by id desc limit 1")[0]  # type: ignore[return-value]

    def stored(self) -> int:
        return int(self.rows("select count(*) from shelf")[0][0])

    def news(self) -> list[str]:
        return [row[0] for row in self.rows("select why from match where why not in ('baseline', 'strategy')")]

    def sound(self) -> bool:
        return not [item for item in verify.findings(Path(self.store.path)) if item.wrong]


@pytest.fixture(params=["medrxiv", "psyarxiv"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Home]:
    """A server with 87 preprints of February, read whole the day before: nothing is due but the last days."""
    yield from open_home(request.param, tmp_path)


@pytest.fixture
def medrxiv(tmp_path: Path) -> Iterator[Home]:
    yield from open_home("medrxiv", tmp_path)


def open_home(server: str, folder: Path) -> Iterator[Home]:
    shelf = Shelf(many(87, server))
    make: Any = OsfService if server == "psyarxiv" else BiorxivService
    size = {"most": 30} if server == "psyarxiv" else {"size": 30}
    with make(shelf, TODAY, **size) as service, Store(folder / "tracker.db") as store:
        yield Home(store, server, service)


def many(count: int, server: str) -> list[PreprintVersion]:
    return made(count, server)


def test_an_honest_server_is_read_whole(home: Home) -> None:
    home.run()
    assert home.last()[0] == "complete"
    assert home.stored() == 87
    home.run(1)
    assert home.last()[0] == "complete"
    assert home.sound()


@pytest.mark.parametrize("repeats", [1, 2, 5])
def test_rows_that_come_twice_do_not_stand_in_for_rows_that_never_came(home: Home, repeats: int) -> None:
    home.service.repeats = repeats
    home.run()
    outcome, note = home.last()
    assert outcome == ("complete with notes" if repeats <= 2 else "incomplete")
    assert "different ones" in note
    assert home.stored() < 87
    assert days.due(home.store.db, home.server, TODAY)[-1] <= date(2026, 2, 28)
    assert home.sound()
    home.service.repeats = 0
    home.run(1)
    assert home.stored() == 87
    assert home.last()[0] == "complete"
    home.run(1)
    assert home.sound()


WRONG = {
    "medrxiv": ["other-server", "mixed-servers", "other-category", "other-funder", "other-dates", "total-below-new"],
    "psyarxiv": ["other-provider", "mixed-providers", "other-change", "other-total", "next-loops"],
}

UNPROVEN = ("other-total", "next-loops")  # what comes is right, but nobody knows whether it is all


@pytest.mark.parametrize(("server", "fault"), [(server, fault) for server, found in WRONG.items() for fault in found])
def test_the_answer_to_another_question_is_none(tmp_path: Path, server: str, fault: str) -> None:
    for home in open_home(server, tmp_path):
        home.service.faults.play(fault, times=None)
        home.run()
        assert home.last()[0] in ("incomplete", "failed")
        if fault not in UNPROVEN:
            assert home.rows("select count(*) from match") == [(0,)]
        home.service.faults.clear()
        home.run(1)
        assert (home.last()[0], home.stored()) == ("complete", 87)
        assert home.news() == []
        home.service.faults.play(fault)  # once: asked again, and nothing is lost
        home.run(1)
        if fault == "next-loops":  # the address of a page that was asked for in good faith
            home.run(1)
        assert (home.last()[0], home.stored()) == ("complete", 87)


def test_a_total_as_large_as_the_page_does_not_end_the_reading(medrxiv: Home) -> None:
    medrxiv.service.faults.play("total-of-page", times=None)
    medrxiv.run()
    assert medrxiv.last()[0] == "complete with notes"
    assert medrxiv.stored() == 87
    assert "the promise moved from 30 to 87" in medrxiv.last()[1]


def test_nothing_at_all_is_not_believed_where_much_is_usual(home: Home) -> None:
    home.run()
    held = home.service.shelves.held
    newest = max(version.posted for version in held)
    home.service.faults.play("nothing-listed" if home.server == "psyarxiv" else "false-nothing", times=None)
    home.run((newest - TODAY).days + 20)
    assert home.last()[0] != "complete"
    assert home.rows("select count(*) from match where to_run is not null") == [(0,)]


def test_a_server_that_falls_silent_is_an_alarm_although_the_silence_is_not_believed(home: Home) -> None:
    home.day = TODAY - timedelta(days=15)
    home.run()
    while home.day < TODAY + timedelta(days=5):
        home.run(1)
    now = datetime.combine(home.day, time(7), UTC)
    assert any("no record has entered it on 3 days in a row" in line for line in status.alarms(home.store.db, now))
    while home.day < TODAY + timedelta(days=10):
        home.run(1)
    assert "are usual: read again" in home.last()[1]
    assert home.rows("select count(*) from inflow where records = 0")[0][0] >= 7


def test_what_is_listed_late_under_its_day_is_read_within_a_month(medrxiv: Home) -> None:
    lags = {
        version.doi: lag for version, lag in zip(medrxiv.service.shelves.held[25:30], (8, 9, 12, 20, 33), strict=True)
    }
    medrxiv.service.lags = lags
    medrxiv.run()
    for _ in range(75):
        medrxiv.run(1)
    assert medrxiv.stored() == 87
    assert sorted(medrxiv.news()) == ["late"] * len(lags)
    assert medrxiv.sound()


@pytest.mark.parametrize("fault", ["error-500", "error-403"])
def test_past_days_that_cannot_be_counted_are_told_and_counted_later(medrxiv: Home, fault: str) -> None:
    medrxiv.run()
    long_ago = "2026-02-0"

    def past(asked: Any) -> bool:
        return f"/{long_ago}" in asked.path or "/2026-01-" in asked.path

    medrxiv.service.faults.play(fault, times=None, where=past)
    for _ in range(40):
        medrxiv.run(1)
    notes = [row[0] for row in medrxiv.rows("select note from reading_run where note <> ''")]
    assert any("past days could not be counted again" in note for note in notes)
    medrxiv.service.faults.clear()
    medrxiv.run(1)
    assert "could not be counted" not in medrxiv.last()[1]


def test_counting_past_days_again_costs_a_request_a_window_and_week(medrxiv: Home) -> None:
    medrxiv.run()
    asked = len(medrxiv.service.log)
    for _ in range(28):
        medrxiv.run(1)
    past = [item for item in medrxiv.service.log[asked:] if item.path.endswith("/0/json")]
    assert len(past) < 28 * 4  # a day: the last days, a thirtieth of all, now and then a window


def test_records_without_abstracts_are_a_note_and_asked_for_until_they_have_one(home: Home) -> None:
    if home.server == "psyarxiv":
        pytest.skip("its emulation has no such fault")
    home.service.faults.play("empty-abstracts", times=None)
    home.strategy = '"rides along"[tiab]'
    home.run()
    assert "87 of 87 records came without an abstract" in home.last()[1]
    assert home.rows("select count(*) from match") == [(0,)]
    home.service.faults.clear()
    home.run(1)
    assert home.rows("select count(*) from match") == [(87,)]


def test_what_was_refused_comes_up_in_rotation(medrxiv: Home) -> None:
    """One record without its abstract is nothing unusual; it is read again within a month all the same."""
    held = medrxiv.service.shelves.held
    whole = held[3]
    held[3] = replace(whole, parts=())
    medrxiv.strategy = '"rides along"[tiab]'
    medrxiv.run()
    assert medrxiv.rows("select count(*) from match") == [(86,)]
    held[3] = whole
    for _ in range(45):
        medrxiv.run(1)
    assert medrxiv.rows("select count(*) from match") == [(87,)]


def test_a_source_that_says_nothing_at_first_has_had_no_first_run(home: Home) -> None:
    home.service.faults.play("nothing-listed" if home.server == "psyarxiv" else "false-nothing", times=None)
    home.run()
    assert "nothing has ever come" in home.last()[1]
    home.service.faults.clear()
    home.run(1)
    assert home.news() == []


def test_the_share_of_empty_abstracts_is_remembered_and_fades(tmp_path: Path) -> None:
    with Store(tmp_path / "tracker.db") as store, store.write() as db:
        assert inflow.abstracts(db, "medrxiv") == (0, 0)
        inflow.add_abstracts(db, "medrxiv", 4_000, 40)
        inflow.add_abstracts(db, "medrxiv", 10, 10)
        assert inflow.abstracts(db, "medrxiv") == (2_010, 30)
        assert status.alarms(db, datetime(2026, 3, 2, tzinfo=UTC)) == []


def test_one_preprint_that_cannot_be_given_does_not_keep_the_others_from_their_turn(medrxiv: Home) -> None:
    medrxiv.run()
    bad = medrxiv.service.shelves.held[0].doi
    medrxiv.service.faults.play("error-500", times=None, where=lambda asked: bad in asked.path)
    for _ in range(3):
        medrxiv.run(1)
    turns = medrxiv.rows("select rotated from reading_run order by id desc limit 3")
    assert all(turn[0] > 0 for turn in turns)
    assert "could not be asked for again" in medrxiv.last()[1]
    medrxiv.service.faults.clear()
    medrxiv.run(1)
    assert medrxiv.last()[0] == "complete"


def test_the_versions_of_another_preprint_are_no_answer(medrxiv: Home) -> None:
    medrxiv.run()
    held = medrxiv.service.shelves.held
    other = held[1]
    medrxiv.service._versions = lambda server, doi: {
        "messages": [{"status": "ok"}], "collection": [{"doi": other.doi, "version": "1", "server": "medRxiv"}],
    }  # fmt: skip
    before = medrxiv.stored()
    medrxiv.run(1)
    assert "the answer is about" in medrxiv.last()[1]
    assert medrxiv.stored() == before


def test_what_is_read_back_on_request_is_no_burst_and_holds_no_news(tmp_path: Path) -> None:
    for home in open_home("medrxiv", tmp_path):
        held = home.service.shelves.held
        old = [
            replace(one, doi=f"{one.doi}.old", posted=date(2025, 6, 1 + number % 28)) for number, one in enumerate(held)
        ]
        held += old
        home.run()
        assert home.stored() == 87
        held.append(replace(held[0], doi="10.5555/2026.new", posted=TODAY + timedelta(days=1)))
        home.run(1, since=date(2025, 5, 1))
        assert home.stored() == 87 * 2 + 1
        assert home.news() == ["new"]
        assert home.rows("select count(*) from match where held = 1") == [(0,)]
