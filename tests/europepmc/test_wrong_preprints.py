"""Europe PMC's answers that are well-formed and wrong: told, tried again or waited for, never taken for the truth."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest
from preprint_lab import Lab, Shelf, saved
from preprint_world import preprint

from tracker.report import status

HIT = "Social connection and depression were told of."


@pytest.fixture
def lab(running: Any, client: Any, tmp_path: Path) -> Iterator[Lab]:
    """Twenty-one preprints match by their abstract; the service gives seven a page."""
    shelf = Shelf()
    shelf.put(*(preprint(number, text=HIT) for number in range(1, 22)))
    service = running(shelf, most=7)
    found = Lab(tmp_path / "home", service, client(service), [saved()], shelf)
    yield found
    found.store.close()


def last(lab: Lab) -> tuple[str, str]:
    return lab.rows("select outcome, note from search_run order by id desc limit 1")[0]


def alarms(lab: Lab) -> list[str]:
    return status.alarms(lab.store.db, datetime.combine(lab.day, time(7), UTC))


def next_day(lab: Lab, days: int = 1) -> None:
    for _ in range(days):
        lab.tomorrow()


def test_synonyms_that_were_searched_are_a_note_and_from_one_day_on_an_alarm(lab: Lab) -> None:
    lab.update()
    lab.service.faults.play("synonyms", times=None)
    for _ in range(3):
        next_day(lab)
        assert last(lab)[0] == "complete with notes"
        assert "synonyms were searched" in last(lab)[1]
        assert any("warns of something new" in line for line in alarms(lab))
    lab.service.faults.clear()
    next_day(lab)
    assert last(lab)[0] == "complete"
    assert not any("warns" in line for line in alarms(lab))


@pytest.mark.parametrize("fault", ["other-cursor", "lite-type", "language-filter", "another-query"])
def test_the_answer_to_another_question_is_none(lab: Lab, fault: str) -> None:
    lab.update()
    before = lab.matching()
    lab.service.faults.play(fault, times=None, where=lambda asked: "UPDATE_DATE" not in asked.form.get("query", ""))
    next_day(lab)
    assert last(lab)[0] in ("failed", "incomplete")
    assert lab.matching() == before
    lab.service.faults.clear()
    next_day(lab)
    assert (last(lab)[0], lab.matching()) == ("complete", before)


@pytest.mark.parametrize("fault", ["count-of-page", "count-shrinks"])
def test_a_count_that_is_that_of_the_page_does_not_end_the_reading(lab: Lab, fault: str) -> None:
    lab.service.faults.play(fault, times=None)
    lab.update()
    assert last(lab)[0] == "incomplete"  # everything came, but nobody promised it
    assert len(lab.matching()) == 21
    lab.service.faults.clear()
    next_day(lab)
    assert last(lab)[0] == "complete"
    assert lab.rows("select distinct why from match") == [("baseline",)]


def test_records_without_abstracts_are_a_note_and_come_first_in_rotation(lab: Lab) -> None:
    lab.service.faults.play("no-abstracts", times=1)
    lab.update()
    assert "7 of 21 records came without an abstract" in lab.rows("select note from reading_run")[0][0]
    assert len(lab.matching()) == 14
    next_day(lab, 25)
    assert len(lab.matching()) == 21


def test_nothing_ends_on_a_day_that_brings_records_without_their_abstracts(lab: Lab) -> None:
    lab.update()
    lab.service.faults.play("no-abstracts", times=None)
    next_day(lab, 5)
    assert lab.rows("select count(*) from match where to_run is not null") == [(0,)]
    lab.service.faults.clear()
    next_day(lab, 35)
    assert len(lab.matching()) == 21


def test_a_first_answer_without_hits_is_no_first_run(lab: Lab) -> None:
    lab.service.faults.play("false-zero", times=None)
    lab.update()
    assert "the first run is the one that finds something" in last(lab)[1]
    lab.service.faults.clear()
    next_day(lab)
    assert lab.rows("select distinct why from match") == [("baseline",)]
