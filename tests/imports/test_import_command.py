"""``tracker import``: a run like any other; the same file again adds nothing, a damaged one gives what it can."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tracker.imports import CHUNK
from tracker.store import verify


@pytest.fixture(autouse=True)
def _holds(desk: Any) -> Any:
    yield
    database = Path(desk.home) / "db" / "tracker.db"
    assert [f"{item.name}: {item.wrong}" for item in verify.findings(database) if item.wrong] == []


def test_an_import_is_a_run_with_its_rows(desk: Any, ris: Any) -> None:
    desk.file("a.ris", ris(1, 2))
    code, out, _ = desk.take("a.ris")
    assert code == 0
    assert out.splitlines() == [
        "a.ris (ris): 2 references: 2 fresh, 0 changed, 0 same, 0 unreadable",
        "2 new for the search, 2 imported so far",
    ]
    assert desk.rows("select command, outcome from run") == [("import", "complete")]
    assert desk.rows("select source, promised_first, promised_last, received, known, new, outcome from search_run") == [
        ("psycinfo", 2, 2, 2, 0, 2, "complete")
    ]
    assert desk.rows("select source, fetched, read, fresh from reading_run") == [("psycinfo", 2, 2, 2)]
    assert desk.rows("select source, why from match") == [("psycinfo", "baseline")] * 2
    assert desk.rows("select count(*) from work") == [(2,)]
    assert desk.rows("select text from sent_text")[0][0].startswith("imported from a.ris, SHA-256 ")


def test_the_same_file_again_adds_nothing(desk: Any, ris: Any) -> None:
    desk.file("a.ris", ris(1, 2))
    desk.take("a.ris")
    code, out, _ = desk.take("a.ris")
    assert (code, out.splitlines()[0]) == (0, "a.ris (ris): 2 references: 0 fresh, 0 changed, 2 same, 0 unreadable")
    for table, count in (("record", 2), ("record_state", 2), ("match", 2), ("event", 2), ("work", 2)):
        assert desk.rows(f"select count(*) from {table}") == [(count,)]
    assert desk.rows("select received, known, new from search_run order by id desc limit 1") == [(2, 2, 0)]


def test_a_later_search_adds_what_is_new_and_ends_nothing(desk: Any, ris: Any) -> None:
    desk.file("a.ris", ris(1, 2))
    desk.file("b.ris", ris(2, 3))
    desk.take("a.ris")
    desk.take("b.ris")
    assert desk.rows("select received, known, new, gone from search_run order by id desc limit 1") == [(3, 2, 1, 0)]
    assert desk.rows("select why from match order by id") == [("baseline",), ("baseline",), ("",)]


def test_an_abstract_that_was_corrected_is_a_change(desk: Any, ris: Any) -> None:
    desk.file("a.ris", ris(1))
    desk.file("b.ris", ris(1, AB="Now with an abstract."))
    desk.take("a.ris")
    _, out, _ = desk.take("b.ris")
    assert "0 fresh, 1 changed" in out
    assert desk.rows("select count(*) from record_state") == [(2,)]


def test_a_damaged_file_gives_what_can_be_read_and_lists_what_cannot(desk: Any, ris: Any) -> None:
    text = ris(1) + "lost words\r\n" + "TY  - JOUR\r\nVL  - 3\r\nER  - \r\n" + ris(2)
    desk.file("a.ris", text)
    code, out, err = desk.take("a.ris")
    assert code == 1
    assert "2 fresh, 0 changed, 0 same, 2 unreadable" in out
    assert "incomplete: a.ris:8: words that belong to no reference" in err
    assert "incomplete: a.ris:9: neither a title nor an abstract nor a DOI nor a PMID in it" in err
    assert desk.rows("select source_id, reason from unreadable order by id")[1] == (
        "a.ris:9",
        "neither a title nor an abstract nor a DOI nor a PMID in it",
    )
    assert desk.rows("select outcome, note from reading_run") == [
        ("complete with notes", "2 references could not be read, set aside")
    ]


def test_many_damaged_references_are_told_in_part(desk: Any) -> None:
    desk.file("a.ris", "TY  - JOUR\nVL  - 3\nER  - \n" * 60)
    _, _, err = desk.take("a.ris")
    assert "incomplete: and 10 more" in err


def test_a_file_in_no_known_format_is_told_and_the_others_are_read(desk: Any, ris: Any) -> None:
    desk.file("a.pdf", b"%PDF-1.4 nothing")
    desk.file("b.ris", ris(1))
    code, out, err = desk.take("a.pdf", "b.ris")
    assert code == 1
    assert (
        "a.pdf: no reference in it: RIS, nbib, BibTeX, EndNote, and CSV and workbooks with a header line can be read"
        in err
    )
    assert "1 fresh" in out


def test_a_reference_twice_in_a_file_is_one_and_two_under_one_number_are_two(desk: Any, ris: Any) -> None:
    other = ris(1).replace("Loneliness", "Solitude and other things")
    desk.file("a.ris", ris(1) + ris(1) + other)
    for _ in range(2):
        _, out, _ = desk.take("a.ris")
    assert out.splitlines()[0] == (
        "a.ris (ris): 3 references: 0 fresh, 0 changed, 3 same, 0 unreadable (1 of them twice in the file)"
    )
    assert desk.rows("select source_id from record order by id") == [("2026-1",), ("2026-1#2",)]


def test_the_same_paper_of_two_databases_is_one_work(desk: Any, ris: Any) -> None:
    desk.file("a.ris", ris(1, DO="10.5555/a"))
    desk.file(
        "b.csv",
        'Title,Authors,Year,DOI,EID\nLoneliness on line 1 of the night trains,"Rider1, A.",2026,10.5555/a,2-s2\n',
    )
    desk.take("a.ris")
    desk.take("b.csv", source="scopus")
    assert desk.rows("select count(*) from record") == [(2,)]
    assert desk.rows("select count(*) from work where forwards is null") == [(1,)]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_letters_are_the_same_in_every_encoding(desk: Any, ris: Any, encoding: str) -> None:
    desk.file("a.ris", ris(1, JO="Zeitschrift für Übung").encode(encoding))
    desk.take("a.ris")
    assert desk.rows("select json_extract(content, '$.journal') from record_state") == [("Zeitschrift für Übung",)]


def test_more_than_a_page_of_references(desk: Any, ris: Any) -> None:
    desk.file("a.ris", ris(*range(CHUNK + 3)))
    desk.take("a.ris")
    assert desk.rows("select fetched, fresh from reading_run") == [(CHUNK + 3, CHUNK + 3)]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("PsycINFO", "is not a name for a source"),
        ("pubmed", "is collected by the tracker itself"),
        ("medrxiv", "is collected by the tracker itself"),
        ("crossref", "is collected by the tracker itself"),
    ],
)
def test_a_name_that_cannot_be_one_is_refused(desk: Any, ris: Any, source: str, words: str) -> None:
    desk.file("a.ris", ris(1))
    code, _, err = desk.take("a.ris", source=source)
    assert code == 2
    assert words in err


def test_a_file_that_is_not_there_and_a_search_that_is_not_known(desk: Any, ris: Any) -> None:
    code, _, err = desk.take("none.ris")
    assert code == 2
    assert "cannot be read" in err
    desk.file("a.ris", ris(1))
    code, _, err = desk.run("import", str(desk.home / "a.ris"), "--search", "other", "--source", "scopus")
    assert code == 2
    assert "there is no saved search 'other'" in err


def test_imported_papers_raise_no_alarm_when_nothing_more_comes(desk: Any, ris: Any) -> None:
    """A database without an open API is not asked by the tracker, so it cannot fall silent."""
    from datetime import UTC, datetime, timedelta

    from tracker.report import status
    from tracker.store import Store

    desk.file("a.ris", ris(1))
    desk.take("a.ris")
    with Store(desk.home / "db" / "tracker.db") as store:
        assert status.alarms(store.db, datetime.now(UTC) + timedelta(days=400)) == []


@pytest.mark.parametrize("stop", [1, 2, 3])
def test_killed_anywhere_the_same_import_ends_the_same(desk: Any, ris: Any, stop: int, monkeypatch: Any) -> None:
    from tracker.store import Store

    desk.file("a.ris", ris(1, 2, 3))
    plain, left = Store.write, [stop]

    def write(self: Store) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return plain(self)

    monkeypatch.setattr(Store, "write", write)
    desk.take("a.ris")
    monkeypatch.undo()
    desk.take("a.ris")
    assert desk.rows("select source_id from record order by id") == [("2026-1",), ("2026-2",), ("2026-3",)]
    assert desk.rows("select count(*) from match") == [(3,)]
    assert desk.rows("select count(*) from work") == [(3,)]
