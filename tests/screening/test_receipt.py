"""The receipt says how current each search was, and survives its storage."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lab import Lab

from tracker.screening.receipt import Receipt, SearchState, SourceState, receipt_from_json, render
from tracker.store import lists
from tracker.store.lists import Missing

DONE = SourceState("pubmed", "2026-11-23T06:00:10Z", 412, 3, "complete with notes", "")
FULL = Receipt(
    list="mine",
    made="2026-11-23T07:00:00Z",
    mode="new",
    format="csv",
    profile="spreadsheet",
    filename="list.csv",
    searches=(SearchState("one", 3, "ab" * 32, (DONE,)),),
    code="E0042",
    records=1234,
    size=56789,
    sha256="0" * 64,
    cut=1,
    notices=2,
    preprints=1,
    languages=3,
    hidden=1,
    ended=2,
    missing=(Missing("pubmed", "990000001", "not read yet"),),
    held=(("LSI-000007", "one"), ("LSI-000009", "one")),
    previous_code="E0041",
    previous_made="2026-11-16T07:00:00Z",
)


def test_it_is_read_by_people() -> None:
    assert render(FULL).splitlines() == [
        "E0042: 1,234 works of the list mine, new since E0041 of 2026-11-16, in list.csv",
        "  new, csv for spreadsheet, 2026-11-23 07:00 UTC, 56,789 bytes",
        "  sha256 " + "0" * 64,
        "  search one, strategy 3 (abababababab): PubMed up to 2026-11-23 06:00 UTC (run 412, strategy 3)",
        "  left out: 2 notices, 1 preprint, 1 hidden work, 3 works in other languages",
        "  2 works no longer matched by a search of the list (see notes in the file)",
        "  matched, but no record to hand out: PubMed 990000001 (not read yet)",
        (
            "  held back, because so many came at once: LSI-000007; LSI-000009 "
            "('tracker collect --release-held one' lets them through)"
        ),
        "  1 cell cut to what the reader of the file can hold, marked [truncated]",
    ]


def test_it_comes_back_from_json_as_it_was() -> None:
    assert receipt_from_json(FULL.to_json()) == FULL


@pytest.mark.parametrize(
    ("outcome", "note", "line"),
    [
        ("incomplete", "40 of 90 ids came", "PubMed was incomplete in the last run of one: 40 of 90 ids came"),
        ("failed", "", "PubMed was not reached (failed) in the last run of one"),
        ("catching up", "3 of 90 days", "PubMed was still catching up in the last run of one: 3 of 90 days"),
    ],
)
def test_a_source_that_was_incomplete_is_named(outcome: str, note: str, line: str) -> None:
    never = SourceState("osf", "", 0, 0, "complete", "")
    search = SearchState("one", 3, "ab" * 32, (replace(DONE, outcome=outcome, note=note), never))
    text = render(replace(FULL, searches=(search,)))
    assert f"\n  {line}\n" in text
    assert "(run 412, strategy 3); osf never completely" in text


def test_the_stored_receipt_is_the_one_that_was_told(lab: Lab) -> None:
    lab.papers("one", [1])
    told = lab.export(searches=["one"])
    kept = lists.by_code(lab.store.db, "E0001")
    assert kept is not None
    assert receipt_from_json(kept.receipt) == told
    assert (kept.sha256, kept.filename) == (told.sha256, "list.csv")


def test_it_tells_strategy_and_last_complete_run_of_each_source(lab: Lab) -> None:
    lab.papers("one", [1])
    lab.run("one", [1], version="2")
    lab.run("one", [1], outcome="incomplete", note="the service closed the connection", version="2")
    text = str(lab.export(searches=["one"]))
    assert "search one, strategy 2 (222222222222): PubMed up to 2026-01-03 06:00 UTC (run 3, strategy 2)" in text
    assert "PubMed was incomplete in the last run of one: the service closed the connection" in text
