"""PubMed's answers that are well-formed and wrong: told, tried again or waited for, and never taken for the truth."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from small_world import CEILING, FIRST, Days, Lab, differences, first_day, saved, two_days

from emulator.faults import WRONG
from emulator.service import PubMedService
from tracker.cli import main
from tracker.report import status
from tracker.store import Store


@pytest.fixture
def lab(tmp_path: Path, service: PubMedService, after_first: Path) -> Lab:
    """A home at the end of the first day, of which every day that follows is like it."""
    shutil.copytree(after_first, tmp_path / "home")
    (tmp_path / "home" / "queries").mkdir(exist_ok=True)
    return Lab(tmp_path / "home", service, ceiling=CEILING * 100)


def rows(lab: Lab) -> list[tuple[str, str]]:
    found = lab.rows("select outcome, note from search_run where run_id = (select max(id) from run)")
    return [(outcome, note) for outcome, note in found]


def alarms(lab: Lab) -> list[str]:
    with Store(lab.home.database, create=False) as store:
        return status.alarms(store.db, lab.clock())


def next_morning(lab: Lab, fault: str = "") -> None:
    """One more day without news, with a fault in every answer."""
    lab.service.faults.clear()
    if fault:
        lab.service.faults.play(fault, times=None, where=lambda asked: "mdat" not in asked.form.get("term", ""))
    lab.service.day += timedelta(hours=24)
    lab.update()


def ended(lab: Lab) -> int:
    return int(lab.rows("select count(*) from match where to_run is not null")[0][0])


@pytest.fixture
def quiet(service: PubMedService) -> Any:
    """The second day brings nothing either: only the faults make a difference."""
    was = service.entrez.literature
    service.entrez.ceiling = CEILING * 100  # one page a search
    service.entrez.literature = Days({FIRST: first_day()})
    yield service
    service.entrez.literature, service.entrez.ceiling = was, CEILING
    service.entrez._shown = None


@pytest.mark.parametrize(("fault", "said"), [
    ("term-ignored", "PubMed did not find lonely[tiab] and left it out of the search"),
    ("filter-added", "PubMed added the filter"),
])  # fmt: skip
def test_a_new_warning_is_a_note_and_an_alarm_as_long_as_it_stands_and_ends_nothing(
    lab: Lab, quiet: Any, fault: str, said: str
) -> None:
    before = lab.state()
    for _ in range(4):
        next_morning(lab, fault)
        assert [outcome for outcome, _ in rows(lab)] == ["complete with notes"] * 2
        assert all(said in note for _, note in rows(lab))
        assert sum("warns of something new" in line for line in alarms(lab)) == 2
        assert ended(lab) == 0
    assert "are kept as long as PubMed warns" in rows(lab)[0][1]
    next_morning(lab)
    assert not [line for line in alarms(lab) if "warns" in line]
    assert differences(lab.state(), before) == []


def test_a_person_who_confirms_a_warning_ends_what_it_explains_and_the_alarm(lab: Lab, quiet: Any) -> None:
    next_morning(lab, "term-ignored")
    lab.service.day += timedelta(days=1)
    lab.update(confirm_removals=("one", "two"))
    assert ended(lab) > 0
    assert alarms(lab) == []


def test_status_shows_what_a_service_made_of_a_search(lab: Lab, quiet: Any) -> None:
    next_morning(lab, "term-ignored")
    told = CliRunner().invoke(main, ["--home", str(lab.root), "status", "--json"])
    row = json.loads(told.stdout)["searches"][0]
    assert row["warnings"] == ["phrasesnotfound: lonely[tiab]"]
    assert "[Title/Abstract]" in row["translation"]
    text = CliRunner().invoke(main, ["--home", str(lab.root), "status"]).stdout
    assert "warning: phrasesnotfound: lonely[tiab]" in text
    assert f"one on pubmed: {row['translation'][:20]}" in text


def test_a_warning_of_the_first_run_is_a_note_and_no_alarm(tmp_path: Path, service: PubMedService) -> None:
    fresh = Lab(tmp_path / "fresh", service, [saved("two", "isolation[tiab]")])
    service.faults.play("term-ignored", times=None)
    fresh.update()
    assert [outcome for outcome, _ in rows(fresh)] == ["complete with notes"]
    assert "lonely[tiab]" in rows(fresh)[0][1]
    assert not [line for line in alarms(fresh) if "warns" in line]


def test_the_answer_to_another_search_is_none_and_nothing_of_it_is_filed(lab: Lab, quiet: Any) -> None:
    before = lab.state()
    for _ in range(3):
        asked = len(lab.service.log)
        next_morning(lab, "another-search")
        assert [outcome for outcome, _ in rows(lab)] == ["incomplete"] * 2
        assert all("another question" in note or "another saved search" in note for _, note in rows(lab))
        assert sum(item.utility == "esearch" for item in lab.service.log[asked:]) == 4  # each was asked once more
    next_morning(lab)
    assert [outcome for outcome, _ in rows(lab)] == ["complete"] * 2
    assert differences(lab.state(), before) == []


def test_the_answer_to_another_search_that_comes_once_costs_nothing(lab: Lab, quiet: Any) -> None:
    before = lab.state()
    lab.service.faults.play("another-search", at=1)
    lab.service.day += timedelta(days=1)
    assert lab.update().troubles == []
    assert [outcome for outcome, _ in rows(lab)] == ["complete"] * 2
    assert differences(lab.state(), before) == []


def test_a_changed_translation_is_a_note_and_an_alarm_and_ends_nothing_that_day(lab: Lab, quiet: Any) -> None:
    next_morning(lab, "other-mapping")
    assert [outcome for outcome, _ in rows(lab)] == ["complete with notes"] * 2
    assert all("reads the search in another way" in note for _, note in rows(lab))
    assert sum("in another way than in the run before" in line for line in alarms(lab)) == 2
    next_morning(lab, "other-mapping")
    assert [outcome for outcome, _ in rows(lab)] == ["complete"] * 2
    assert alarms(lab) == []
    assert ended(lab) == 0


@pytest.mark.parametrize("fault", ["other-place", "other-database", "count-shrinks"])
def test_what_is_of_another_place_or_does_not_add_up_leaves_nothing_behind(lab: Lab, quiet: Any, fault: str) -> None:
    before = lab.state()
    next_morning(lab, fault)
    next_morning(lab)
    assert lab.update().troubles == []
    after = lab.state()
    assert after.records == before.records
    assert {row for row in after.matches if row[4]} >= {row for row in before.matches if row[4]}


def test_a_first_answer_without_hits_is_no_first_run_and_what_comes_next_is_no_news(
    tmp_path: Path, service: PubMedService
) -> None:
    fresh = Lab(tmp_path / "fresh", service)
    service.faults.play("false-zero", times=None)
    fresh.update()
    assert [outcome for outcome, _ in rows(fresh)] == ["complete with notes"] * 2
    assert all("the first run is the one that finds something" in note for _, note in rows(fresh))
    service.faults.clear()
    service.day = FIRST + timedelta(days=1)
    fresh.update()
    assert {row[0] for row in fresh.rows("select distinct why from match")} == {"baseline"}
    assert {row[0] for row in fresh.rows("select baseline from search_run")} == {"baseline"}


def test_nothing_is_the_first_run_where_a_person_says_so(tmp_path: Path) -> None:
    empty = Days({FIRST: [], FIRST + timedelta(days=2): first_day()[:3]})
    with PubMedService(empty, FIRST) as running:
        fresh = Lab(tmp_path / "fresh", running)
        fresh.update(confirm_removals=("one",))
        running.day += timedelta(days=2)
        fresh.update()
        assert [row[0] for row in fresh.rows("select why from match order by id")] == ["late"] * 3


def test_a_changed_strategy_that_finds_nothing_ends_nothing(lab: Lab, quiet: Any) -> None:
    standing = lab.rows("select count(*) from match where to_run is null")
    lab.searches = [saved("one", "loneliness[ti]"), lab.searches[1]]
    next_morning(lab, "false-zero")
    assert lab.rows("select count(*) from match where to_run is null") == standing
    next_morning(lab)
    assert lab.rows("select distinct baseline from search_run where run_id = (select max(id) from run)") == [
        ("strategy",), ("",),
    ]  # fmt: skip


def test_of_two_versions_of_a_record_the_highest_is_kept(lab: Lab, service: PubMedService) -> None:
    service.entrez.literature = two_days()
    next_morning(lab, "two-versions")
    assert not [title for (title,) in lab.rows("select content from record_state") if "Before it was mended" in title]


def test_a_record_that_names_two_papers_is_set_aside_with_the_reason(lab: Lab) -> None:
    next_morning(lab, "two-papers")
    reasons = {row[0] for row in lab.rows("select reason from unreadable where resolved is null")}
    assert reasons
    assert all(reason.startswith("two PMIDs in one record: ") for reason in reasons)
    next_morning(lab)
    assert lab.rows("select count(*) from unreadable where resolved is null") == [(0,)]


def test_a_burst_in_the_first_runs_waits_for_a_person(tmp_path: Path) -> None:
    many = first_day()
    with PubMedService(Days({FIRST: many[:6], FIRST + timedelta(days=1): many}), FIRST) as running:
        fresh = Lab(tmp_path / "fresh", running)
        fresh.update()
        running.day += timedelta(days=1)
        fresh.update()
        assert fresh.rows("select count(*) from match where held = 1")[0][0] >= 20
        assert any("wait for" in line for line in alarms(fresh))


def test_every_wrong_answer_is_played_here() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    assert [name for name in WRONG if f'"{name}"' not in text] == []
