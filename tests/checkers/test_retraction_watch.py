"""The Retraction Watch file marks the papers that are here, by DOI and by PMID, and no others."""

from __future__ import annotations

from typing import Any

import pytest
from checkers_lab import HEADER, NOW, Canned, keep, marks, paper, the_file

from tracker.checkers import retraction_watch
from tracker.checkers.retraction_watch import content, event
from tracker.errors import Incomplete, Transient
from tracker.http.answer import Answer
from tracker.model import Event
from tracker.store import Store, checks, runs

ROW = dict.fromkeys(HEADER, "")


def checker(answer: Answer, url: str = "http://127.0.0.1:9/data/retractions.csv") -> Any:
    return retraction_watch.build(Canned(lambda path, params: answer), {"TRACKER_RETRACTIONS_URL": url})  # type: ignore[arg-type]


def test_papers_are_joined_by_doi_and_by_pmid(store: Store) -> None:
    run = keep(store, paper(1), paper(2), paper(3))
    answer = the_file(
        {
            "OriginalPaperDOI": "https://doi.org/10.5555/PAPER.1",
            "RetractionPubMedID": "990000099",
            "Reason": "+Error;+Data;",
        },
        {"OriginalPaperPubMedID": "990000002", "RetractionDOI": "10.5555/Notice.2", "RetractionNature": "Correction"},
        {"OriginalPaperPubMedID": "123", "OriginalPaperDOI": "10.5555/of-others"},
        {},
    )
    found = checker(answer).check(store, run, NOW)
    assert (found.looked_at, found.new) == (4, 2)
    assert marks(store) == [
        ("pubmed", "retracted", "PMID 990000099", "2026-01-30", "retraction-watch"),
        ("pubmed", "corrected", "10.5555/notice.2", "2026-01-30", "retraction-watch"),
    ]


def test_a_second_check_adds_nothing_and_takes_nothing_back(store: Store) -> None:
    run = keep(store, paper(1))
    row = {"OriginalPaperDOI": "10.5555/paper.1", "RetractionDOI": "10.5555/notice"}
    assert checker(the_file(row)).check(store, run, NOW).new == 1
    assert checker(the_file(row)).check(store, run, NOW).new == 0
    assert checker(the_file({})).check(store, run, NOW).new == 0
    assert len(marks(store)) == 1


def test_several_notices_of_one_paper_are_several_marks(store: Store) -> None:
    run = keep(store, paper(1))
    rows = [
        {"OriginalPaperDOI": "10.5555/paper.1", "RetractionDOI": f"10.5555/n{nature[0]}", "RetractionNature": nature}
        for nature in ("Expression of concern", "Correction", "Retraction")
    ]
    checker(the_file(*rows)).check(store, run, NOW)
    assert [kind for _, kind, *_ in marks(store)] == ["concern", "corrected", "retracted"]


def test_a_notice_that_is_stored_is_not_itself_retracted(store: Store) -> None:
    run = keep(store, paper(1), paper(2, title="Retraction: Loneliness on line 1"))
    row = {"OriginalPaperDOI": "10.5555/paper.1", "RetractionDOI": "10.5555/paper.2", "RetractionPubMedID": "990000002"}
    checker(the_file(row)).check(store, run, NOW)
    assert store.db.execute("select record_id from event where kind = 'retracted'").fetchall()[0][0] == 1
    assert len(marks(store)) == 1


def test_a_reinstated_paper_is_named_and_keeps_its_marks(store: Store) -> None:
    run = keep(store, paper(1))
    row = {"OriginalPaperDOI": "10.5555/paper.1", "RetractionNature": "Reinstatement"}
    found = checker(the_file(row)).check(store, run, NOW)
    assert found.note == "0 records of ours are in it; 1 are said to be reinstated"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"RetractionPubMedID": "0", "RetractionDOI": "unavailable", "Record ID": "77"}, ("Retraction Watch 77", "")),
        ({"RetractionDOI": "10.5555/a", "RetractionDate": "2026-02-03"}, ("10.5555/a", "2026-02-03")),
        ({"RetractionDOI": "10.5555/a", "RetractionDate": "12/31/2025 0:00"}, ("10.5555/a", "2025-12-31")),
        ({"RetractionDOI": "10.5555/a", "RetractionDate": "31/12/2025"}, ("10.5555/a", "2025")),
        ({"RetractionDOI": "10.5555/a", "RetractionDate": "soon"}, ("10.5555/a", "")),
    ],
)
def test_notices_are_named_and_dated_as_far_as_the_file_tells(said: dict[str, str], told: tuple[str, str]) -> None:
    found = event(ROW | {"RetractionNature": "Retraction"} | said)
    assert found is not None
    assert (found.notice, found.date) == told


def test_reasons_are_the_detail_and_unknown_natures_are_nothing() -> None:
    row = ROW | {"RetractionNature": " retraction ", "RetractionDOI": "10.5555/a", "Reason": "+Error in Data;+Other;"}
    assert event(row) == Event("retracted", "10.5555/a", "retraction-watch", "", "Error in Data; Other")
    assert event(ROW | {"RetractionNature": "Applause"}) is None


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (Answer(200, {}, b""), "a page came instead of the file"),
        (Answer(200, {}, b"<!doctype html>"), "a page came"),
        (Answer(200, {}, b'{"message": "404"}'), "a page came"),
        (the_file(header=["Record ID", "Title"]), "no column OriginalPaperDOI"),
        (Answer(200, {}, the_file({"Title": "one"}).body[:-12]), "in the middle of a row"),
        (Answer(200, {}, the_file({"Notes": "x" * 10_000_001}).body.rstrip()), "cannot be read: field larger"),
    ],
)
def test_what_is_not_the_whole_file_is_tried_again(answer: Answer, fault: str) -> None:
    with pytest.raises(Transient, match=fault):
        content(answer)


def test_a_last_row_without_a_line_end_is_a_row() -> None:
    body, encoding = content(Answer(200, {}, the_file({"Notes": "end"}).body.rstrip()))
    assert (body[-3:], encoding) == (b"end", "utf-8")


def test_the_encoding_of_windows_is_understood(store: Store) -> None:
    run = keep(store, paper(1))
    row = {"OriginalPaperDOI": "10.5555/paper.1", "RetractionDOI": "10.5555/n", "Reason": "+Caf\xe9"}
    checker(the_file(row, encoding="cp1252")).check(store, run, NOW)
    assert store.db.execute("select detail from event where kind = 'retracted'").fetchone()[0] == "Café"


def test_a_file_that_has_shrunk_is_not_believed(store: Store) -> None:
    run = keep(store, paper(1))
    with store.write() as db:
        checks.looked_at(db, "retraction-watch", 100)
        key = runs.begin_reading(db, run, "retraction-watch", "2026-03-01T06:00:00Z")
        runs.end_reading(db, key, runs.ReadingRow("retraction-watch", NOW, "complete"))
    with pytest.raises(Incomplete, match="holds 1 rows, the last one held 100"):
        checker(the_file({})).check(store, run, NOW)


def test_rows_that_come_twice_do_not_stand_in_for_others(store: Store) -> None:
    run = keep(store, paper(1))
    with store.write() as db:
        checks.looked_at(db, "retraction-watch", 100)
        key = runs.begin_reading(db, run, "retraction-watch", "2026-03-01T06:00:00Z")
        runs.end_reading(db, key, runs.ReadingRow("retraction-watch", NOW, "complete"))
    twice = [{"Record ID": str(number % 50), "OriginalPaperDOI": f"10.5555/{number % 50}"} for number in range(100)]
    with pytest.raises(Incomplete, match="holds 50 rows, the last one held 100"):
        checker(the_file(*twice)).check(store, run, NOW)


def test_a_file_whose_columns_have_moved_is_not_believed(store: Store) -> None:
    run = keep(store, paper(1))
    with pytest.raises(Incomplete, match="0 of 120 rows name a paper: its columns have moved"):
        checker(the_file(*({"OriginalPaperDOI": "Retraction"} for _ in range(120)))).check(store, run, NOW)


def test_rows_that_are_too_short_and_line_breaks_in_cells_are_read(store: Store) -> None:
    run = keep(store, paper(1))
    head, _, rest = the_file({"OriginalPaperDOI": "10.5555/paper.1", "RetractionDOI": "10.5555/n",
                              "Title": "Two\nlines"}).body.partition(b"\n")  # fmt: skip
    checker(Answer(200, {}, head + b"\nshort,row\n\n" + rest)).check(store, run, NOW)
    assert len(marks(store)) == 1


@pytest.mark.parametrize(
    ("url", "base", "file"),
    [
        ("", "https://gitlab.com/crossref/retraction-watch-data/-/raw/main", "retraction_watch.csv"),
        ("http://127.0.0.1:9/data/file.csv?key=1", "http://127.0.0.1:9/data", "file.csv?key=1"),
        ("http://127.0.0.1:9", "http://127.0.0.1:9", ""),
    ],
)
def test_the_address_is_that_of_the_file(url: str, base: str, file: str) -> None:
    made = checker(the_file(), url)
    assert (made.service.base, made.file) == (base, file)
