"""What the matrix does not show: how long is waited, what is no longer asked, and how little one bad record costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from small_world import FIRST, PMID, SECOND, Days, Lab, State, differences, element, first_day, second_day

from tracker.collect import searched
from tracker.store import runs

TOTAL = 38  # records of the first day


def key(number: int) -> str:
    return str(PMID + number)


def outcomes(lab: Lab) -> list[str]:
    return [row[0] for row in lab.rows("select outcome from search_run where run_id = (select max(id) from run)")]


# --- waiting


def test_retry_after_is_obeyed_even_without_a_pace_and_back_off_follows_the_pace(lab: Lab) -> None:
    lab.service.faults.play("rate-limit", at=(1, 2), where=lambda asked: asked.utility == "esearch")
    lab.service.faults.play("error-503-later", where=lambda asked: asked.utility == "efetch")
    lab.service.faults.play("rate-limit-bare", where=lambda asked: asked.utility == "efetch")
    assert lab.update().troubles == []
    assert lab.waited == [2.0, 2.0, 1.0]


def test_a_retry_is_counted_in_the_ledger(lab: Lab) -> None:
    lab.service.faults.play("error-503", at=(1, 3), where=lambda asked: asked.utility == "esearch")
    before = len(lab.service.log)
    lab.update()
    requests, retries = lab.rows("select requests, retries from reading_run order by id desc limit 1")[0]
    assert retries == 2
    inflow = sum(
        "[crdt]" in asked.form.get("term", "") and "AND" not in asked.form["term"] for asked in lab.service.log[before:]
    )
    assert requests == len(lab.service.log) - before - inflow


# --- no more asking


@pytest.mark.parametrize(
    ("utility", "number"), [("esearch", 1), ("esearch", 8), ("esearch", 9), ("efetch", 1), ("efetch", 3)]
)
def test_after_a_block_nothing_more_is_asked_in_this_run(
    utility: str, number: int, lab: Lab, undisturbed: dict[str, State]
) -> None:
    lab.service.faults.play("blocked", at=number, where=lambda asked: asked.utility == utility)
    report = lab.update()
    assert any("has blocked this address" in line for line in report.troubles)
    assert lab.service.log[-1].fault == "blocked"
    lab.service.faults.clear()
    assert lab.update().troubles == []
    assert differences(lab.state(), undisturbed["second"], keys=False) == []


def test_a_service_that_is_down_is_not_asked_for_everything(lab: Lab) -> None:
    lab.service.faults.play("error-500", times=None)
    lab.attempts = 2
    before = len(lab.service.log)
    lab.update()
    assert len(lab.service.log) - before == 2 * lab.attempts  # two searches, then it is taken to be down
    lab.service.faults.clear()
    lab.service.faults.play("error-500", times=None, where=lambda asked: asked.utility == "efetch")
    before = len(lab.service.asked("efetch"))
    lab.update()
    assert len(lab.service.asked("efetch")) - before <= 6 * lab.attempts


# --- one bad record


@pytest.mark.parametrize("fault", ["error-500", "error-400", "truncated-xml", "xml-bomb"])
def test_a_record_that_breaks_every_answer_does_not_keep_its_neighbours_away(
    fault: str, blank: Lab, undisturbed: dict[str, State]
) -> None:
    blank.attempts = 2
    blank.service.faults.play(fault, times=None, where=lambda asked: key(13) in asked.ids)
    for _ in range(2):
        troubles = blank.update().troubles
        assert f"1 record could not be fetched, to be asked for again ({key(13)})" in troubles[-1]
        assert blank.rows("select count(*) from record") == [(TOTAL - 1,)]
    blank.service.faults.clear()
    assert blank.update().troubles == []
    assert differences(blank.state(), undisturbed["first"], keys=False) == []


def test_a_damaged_record_is_asked_for_once_more_before_it_is_set_aside(
    lab: Lab, undisturbed: dict[str, State]
) -> None:
    lab.service.faults.play("broken-record", where=lambda asked: asked.utility == "efetch")
    assert lab.update().troubles == []
    assert lab.rows("select resolved is not null from unreadable") == [(1,)]  # its bytes stay as evidence
    assert outcomes(lab) == ["complete", "complete"]
    assert differences(lab.state(), undisturbed["second"]) == []


def test_a_record_that_stays_damaged_is_set_aside_with_its_reason_and_read_when_it_is_mended(
    blank: Lab, undisturbed: dict[str, State], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = blank.service.entrez.literature
    papers = first_day()
    papers[12] = replace(papers[12], xml=element(papers[12]).replace(b"</ArticleTitle>", b"<b>loose</ArticleTitle>"))
    monkeypatch.setattr(blank.service.entrez, "literature", Days({FIRST: papers}))
    monkeypatch.setattr(blank.service.entrez, "_shown", None)
    for _ in range(3):
        assert blank.update().troubles == []
        assert outcomes(blank) == ["complete with notes", "complete"]
        assert blank.rows("select source_id, length(raw) > 0, resolved from unreadable") == [(key(13), 1, None)]
    monkeypatch.setattr(blank.service.entrez, "literature", whole)
    monkeypatch.setattr(blank.service.entrez, "_shown", None)
    assert blank.update().troubles == []
    assert outcomes(blank) == ["complete", "complete"]
    assert differences(blank.state(), undisturbed["first"], keys=False) == []


def test_a_pmid_withheld_for_ever_is_asked_for_each_run_counted_and_dated(blank: Lab) -> None:
    blank.service.entrez.withheld.add(key(7))
    for times in (1, 2, 3):
        assert blank.update().troubles == []
        assert outcomes(blank) == ["complete with notes", "complete"]
        assert blank.rows("select source_id, times, arrived from withheld") == [(key(7), times, None)]
    blank.service.entrez.withheld.clear()
    assert blank.update().troubles == []
    assert outcomes(blank) == ["complete", "complete"]
    assert blank.rows("select times, arrived is not null from withheld") == [(3, 1)]
    assert blank.rows("select why from match where source_id = ?", key(7)) == [("baseline",)]


# --- deleted and merged


def test_a_deleted_pmid_ends_its_match_keeps_its_record_and_does_not_hold_up_the_rotation(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = {key(number) for number in (1, 2, 3, 4, 5)}
    left = [article for article in first_day() if article.pmid not in gone]
    monkeypatch.setattr(lab.service.entrez, "literature", Days({FIRST: first_day(), SECOND: left}))
    asked: set[str] = set()
    for _ in range(30):
        before = len(lab.service.asked("efetch"))
        assert lab.update().troubles == []
        asked |= {item for request in lab.service.asked("efetch")[before:] for item in request.ids}
        lab.service.day += timedelta(days=1)
    assert len(asked) == TOTAL  # each in its turn, whether it is still given out or not
    ended = lab.rows("select source_id, ended, to_run from match where to_run is not null order by 1")
    assert ended == [(item, "gone", 2) for item in sorted(gone)]
    assert lab.rows("select count(*) from record") == [(TOTAL,)]
    notes = lab.rows("select note from reading_run where note <> ''")
    assert all("no longer given out by the service" in note for (note,) in notes)
    assert len(notes) >= 2


# --- answers that move or vanish


def test_a_promise_that_moves_during_the_walk_is_walked_once_more(lab: Lab, undisturbed: dict[str, State]) -> None:
    lab.service.day = FIRST

    def turn(asked: Any) -> bool:
        if asked.utility == "esearch" and "[crdt]" in asked.form["term"]:
            lab.service.day = SECOND  # midnight, in the middle of the first walk
        return False

    lab.service.faults.play("html", times=None, where=turn)
    assert lab.update().troubles == []
    row = lab.rows(
        "select promised_first, promised_last, received from search_run where run_id = 2 order by id limit 1"
    )
    assert row == [(40, 40, 40)]
    assert differences(lab.state(), undisturbed["second"]) == []


def test_that_nothing_matches_any_more_is_asked_twice_and_then_not_believed(
    lab: Lab, undisturbed: dict[str, State]
) -> None:
    lab.service.faults.play("false-zero", times=None)
    report = lab.update()
    assert [row.outcome for _, row in report.rows] == ["incomplete", "complete with notes"]
    assert "nothing matches any more, where 30 papers did" in report.troubles[0]
    assert "confirm-removals one" in report.troubles[0]
    assert "where 12 papers did" in report.rows[1][1].note  # few: gone only if the next complete run says so as well
    assert lab.rows("select count(*) from match where to_run is not null") == [(0,)]
    lab.service.faults.clear()
    assert lab.update().troubles == []
    assert differences(lab.state(), undisturbed["second"]) == []


def test_a_person_may_say_that_nothing_matches_any_more(lab: Lab) -> None:
    lab.service.faults.play("false-zero", times=None)
    assert lab.update(confirm_removals=["one"]).troubles == []
    assert lab.rows("select count(*) from match join search on search.id = search_id where slug = 'one' "
                    "and to_run is null") == [(0,)]  # fmt: skip


# --- refresh


def test_rotation_makes_up_for_days_without_a_run(lab: Lab) -> None:
    lab.service.day = FIRST + timedelta(days=1)
    lab.service.entrez.literature = Days({FIRST: first_day()})
    try:
        rotated = []
        for days in (1, 1, 4, 60):
            lab.service.day += timedelta(days=days)
            lab.update()
            rotated.append(lab.rows("select rotated from reading_run order by id desc limit 1")[0][0])
    finally:
        lab.service.entrez.literature = Days({FIRST: first_day(), SECOND: second_day()})
    assert rotated == [4, 2, 8, TOTAL]


def test_what_was_asked_in_rotation_before_a_crash_is_not_asked_again_that_day(
    lab: Lab, checked: Callable[[Lab], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: Any) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(runs, "end_reading", crash)
        with pytest.raises(MemoryError):
            lab.update()
    checked(lab)
    assert lab.rows("select outcome, fetched, rotated, note from reading_run where run_id = 2") == [
        ("failed", 13, 2, "it has not ended")
    ]
    before = len(lab.service.asked("efetch"))
    assert lab.update().troubles == []
    assert len(lab.service.asked("efetch")) == before
    assert lab.rows("select fetched, rotated from reading_run where run_id = 3") == [(0, 0)]
    assert lab.rows("select note from reading_run where run_id = 2") == [("the process ended before the reading did",)]


def test_more_revised_records_than_one_run_may_ask_for_are_told(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searched, "REVISED_LIMIT", 2)
    assert lab.update().troubles == []
    outcome, note = lab.rows("select outcome, note from reading_run order by id desc limit 1")[0]
    assert (outcome, "2 or more known records were revised: the rest is asked for in rotation" in note) == (
        "complete with notes", True,
    )  # fmt: skip


def test_why_a_known_record_begins_to_match_is_said_once_it_has_been_read_again(lab: Lab) -> None:
    """Search "two" holds it already; "one" finds it since an edit that could not be read at first."""
    lab.service.faults.play("error-503", times=None, where=lambda asked: key(33) in asked.ids)
    lab.attempts = 2
    lab.update()
    sql = "select why from match join search on search.id = search_id where slug = 'one' and source_id = ?"
    assert lab.rows(sql, key(33)) == [("",)]
    lab.service.faults.clear()
    lab.update()
    assert lab.rows(sql, key(33)) == [("edited",)]
