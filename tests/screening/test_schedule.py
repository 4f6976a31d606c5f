"""Scheduled hand-outs: into a folder, when due, with the receipt beside; one that fails stops no other."""

from __future__ import annotations

from pathlib import Path

import pytest
from lab import Lab

from tracker.formats.xlsx import read
from tracker.screening import schedule
from tracker.screening.schedule import HandOuts, due_hand_outs


def list_file(lab: Lab, name: str = "mine", every: str = "week", to: str = "out", more: str = "") -> None:
    folder = lab.home.queries / "lists"
    folder.mkdir(exist_ok=True)
    text = f"title: {name}\nsearches: one\nevery: {every}\nto: {to}\n{more}"
    (folder / f"{name}.txt").write_text(text, encoding="utf-8")


def due(lab: Lab, day: str) -> HandOuts:
    return due_hand_outs(lab.home, lab.store, f"{day}T06:00:00Z")


def test_a_due_list_is_written_with_its_receipt_beside_it(lab: Lab) -> None:
    lab.papers("one", [1, 2])
    list_file(lab)
    told = due(lab, "2026-03-02")
    assert [one.code for one in told.receipts] == ["E0001"]
    assert told.troubles == ()
    assert [row["key"] for row in read(lab.home.root / "out/mine_2026-03-02.xlsx")] == ["LSI-000001", "LSI-000002"]
    text = (lab.home.root / "out/mine_2026-03-02_receipt.txt").read_text(encoding="utf-8")
    assert text == f"{told.receipts[0]}\n"


@pytest.mark.parametrize(
    ("every", "early", "later"),
    [
        ("day", "2026-01-31", "2026-02-01"),
        ("week", "2026-02-06", "2026-02-07"),
        ("month", "2026-02-27", "2026-02-28"),
        ("month", "2026-02-27", "2026-03-01"),
    ],
)
def test_it_is_due_again_after_its_time_and_then_brings_what_is_new(
    lab: Lab, every: str, early: str, later: str
) -> None:
    lab.papers("one", [1])
    list_file(lab, every=every)
    due(lab, "2026-01-31")
    lab.papers("one", [1, 2])
    assert due(lab, early) == HandOuts((), ())
    (receipt,) = due(lab, later).receipts
    assert (receipt.mode, receipt.records, receipt.filename) == ("new", 1, f"mine_{later}.xlsx")


def test_a_month_is_a_calendar_month(lab: Lab) -> None:
    lab.papers("one", [1])
    list_file(lab, every="month")
    due(lab, "2026-01-15")
    lab.papers("one", [1, 2])
    assert due(lab, "2026-02-14").receipts == ()
    assert len(due(lab, "2026-02-15").receipts) == 1


def test_nothing_new_writes_nothing_and_the_list_stays_due(lab: Lab) -> None:
    lab.papers("one", [1])
    list_file(lab, every="day")
    due(lab, "2026-03-02")
    assert due(lab, "2026-03-03") == HandOuts((), ())
    lab.papers("one", [1, 2])
    assert len(due(lab, "2026-03-04").receipts) == 1
    assert len(list((lab.home.root / "out").iterdir())) == 4


def test_a_file_of_the_same_day_gets_a_number(lab: Lab) -> None:
    lab.papers("one", [1])
    list_file(lab, every="day")
    (lab.home.root / "out").mkdir()
    (lab.home.root / "out/mine_2026-03-02.xlsx").write_text("decisions", encoding="utf-8")
    (receipt,) = due(lab, "2026-03-02").receipts
    assert receipt.filename == "mine_2026-03-02_2.xlsx"


@pytest.mark.parametrize(
    ("profile", "suffix"),
    [("spreadsheet", "xlsx"), ("rayyan", "csv"), ("asreview", "csv"), ("covidence", "ris"), ("zotero", "ris")],
)
def test_the_profile_decides_the_format(lab: Lab, profile: str, suffix: str) -> None:
    lab.papers("one", [1])
    list_file(lab, more=f"profile: {profile}\n")
    (receipt,) = due(lab, "2026-03-02").receipts
    assert (receipt.filename, receipt.profile) == (f"mine_2026-03-02.{suffix}", profile)


def test_a_list_that_cannot_be_handed_out_stops_no_other(lab: Lab, tmp_path: Path) -> None:
    lab.papers("one", [1])
    list_file(lab, "a-share", to=str(tmp_path / "not-mounted"))
    list_file(lab, "b-file", to="out/x")
    list_file(lab, "c-good", to="good")
    (lab.home.queries / "lists/d-bad.txt").write_text("title: x\nsearches: nobody\n", encoding="utf-8")
    (lab.home.root / "out").write_text("a file", encoding="utf-8")
    told = due(lab, "2026-03-02")
    assert [one.list for one in told.receipts] == ["c-good"]
    mistake, share, file = told.troubles
    assert "d-bad.txt:2:11: there is no search 'nobody'" in mistake
    assert share.startswith("the list a-share could not be handed out: there is no folder ")
    assert "the list b-file could not be handed out: the folder" in file


def test_lists_without_a_schedule_wait_for_a_person(lab: Lab) -> None:
    lab.papers("one", [1])
    (lab.home.queries / "lists").mkdir()
    (lab.home.queries / "lists/mine.txt").write_text("title: x\nsearches: one\n", encoding="utf-8")
    assert due(lab, "2026-03-02") == HandOuts((), ())


def test_a_receipt_that_cannot_be_written_is_said(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.papers("one", [1])
    list_file(lab)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(schedule.Path, "write_text", full)
    (trouble,) = due(lab, "2026-03-02").troubles
    assert "E0001 is handed out, but" in trouble
