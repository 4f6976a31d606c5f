"""Stage 3: what becomes public, and that readers see the old copy or the new one, never anything between."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from making import NOW, OPEN, Maker, day, fill, quiet, record

from tracker import publish as publishing
from tracker.errors import StoreError, UsageError
from tracker.model import Author, Event, Heading, PartialDate, Section
from tracker.publish import live, publish
from tracker.publish.checks import ADDRESS, check

CLOSED = "© 2026 Some Publisher. All rights reserved."


def run(maker: Maker, settings: dict[str, Any] | None = None, **said: Any) -> publishing.Report:
    return publish(maker.path, public(maker), settings=settings or {}, now=NOW, **{"say": quiet, **said})


def public(maker: Maker) -> Path:
    return maker.path.parent / "public"


def rows(maker: Maker, sql: str, *values: object, name: str = "public.db") -> list[tuple[Any, ...]]:
    db = sqlite3.connect(public(maker) / name)
    try:
        return db.execute(sql, values).fetchall()
    finally:
        db.close()


def facts(maker: Maker) -> dict[str, str]:
    return dict(rows(maker, "select name, value from facts"))


@pytest.fixture
def full(maker: Maker) -> Maker:
    return fill(maker)


def test_only_matched_works_become_public_and_hidden_ones_leave_a_tombstone(full: Maker) -> None:
    report = run(full)
    assert (report.changed, report.works, report.tombstones) == (True, 7, 1)
    assert [row[0] for row in rows(full, "select id from works order by id")] == [1, 2, 3, 4, 5, 6, 8, 9]
    tomb = rows(full, "select * from works where state = 'hidden'")[0]
    assert tomb[:2] == (8, "LSI-000008")
    assert set(tomb[2:]) == {"", "hidden", 0, None, "other", "0000-00-00"}
    assert rows(full, "select count(*) from publications where work_id = 8") == [(0,)]
    assert rows(full, "select count(*) from words where words match 'request'", name="search.db") == [(0,)]


def test_the_projection_of_a_work_is_exact(full: Maker) -> None:
    """Every column of ``works`` for a preprint that became an article."""
    run(full)
    assert rows(full, "select * from works where id = 3") == [
        (
            3,
            "LSI-000003",
            "A later look at isolation",
            "Vale A, Moss BT",
            "Journal of Invented Results",
            1,
            "2026-11-02",
            "2026-11-02",
            2026,
            "article",
            "published",
            "eng",
            1,
            1,
            "10.5555/art.33",
            "990000033",
            "",
            "https://pubmed.ncbi.nlm.nih.gov/990000033/",
            day(1),
            "",
            day(20),
        ),
    ]
    found = rows(full, "select place, kind, title, doi, records from publications where work_id = 3 order by place")
    assert [row[:4] for row in found] == [
        (1, "article", "A later look at isolation", "10.5555/art.33"),
        (2, "preprint", "Early look at isolation", "10.5555/pre.3"),
    ]
    says = ["title", "abstract", "authors", "journal", "date", "doi", "languages", "publication_types"]
    assert json.loads(found[1][4]) == [
        {"source": "europepmc", "id": "PPR990003", "first_seen": day(1), "refreshed": day(1),
         "url": "https://europepmc.org/article/PPR/PPR990003", "says": says},
    ]  # fmt: skip
    assert rows(full, "select source, records from work_sources where work_id = 3 order by 1") == [
        ("europepmc", 1), ("pubmed", 1),
    ]  # fmt: skip


def test_why_a_work_is_here_comes_from_the_first_match_and_ends_only_with_the_last(full: Maker) -> None:
    run(full)
    sql = """
    select slug, since, until, why, detail from work_searches join searches on searches.id = search_id
    where work_id = ? order by 1"""
    assert rows(full, sql, 9) == [
        ("covid", day(20), "", "late", "MeSH added 2026-11-19"),
        ("lonely", day(1), day(20), "baseline", ""),
    ]


def test_news_leaves_out_what_a_first_run_brought(full: Maker) -> None:
    run(full)
    assert dict(rows(full, "select id, news from works where news <> ''")) == {2: day(20), 5: day(20), 6: day(24)}


def test_a_burst_that_nobody_has_checked_is_no_news(maker: Maker) -> None:
    maker.run(day(1))
    maker.search("s")
    for number, held in ((1, 0), (2, 1)):
        made = record(number)
        maker.match("s", made, since=day(2), why="new", held=held)
        maker.work(maker.record(made))
    run(maker)
    assert rows(maker, "select id, news from works") == [(1, day(2)), (2, "")]
    assert rows(maker, "select work_id, news from work_searches") == [(1, 1), (2, 0)]
    maker.db.execute("update match set held = 0")
    assert run(maker).changed
    assert rows(maker, "select id, news from works") == [(1, day(2)), (2, day(2))]


def test_events_are_distinct_and_news_only_when_seen_by_a_later_run(maker: Maker) -> None:
    first, second = maker.run(day(1)), maker.run(day(2))
    maker.search("s")
    a, b = record(1), record(1, source="europepmc", source_id="x")
    one, two = maker.record(a, run=first), maker.record(b, run=first)
    maker.match("s", a)
    maker.work(one, two)
    maker.event(one, Event("published", "", "pubmed"), first)
    maker.event(one, Event("retracted", "10.5555/n", "pubmed", "", ""), second, day(2))
    maker.event(two, Event("retracted", "10.5555/n", "europepmc", "2026-11-02", "Notice"), second, day(3))
    run(maker)
    assert rows(maker, "select kind, notice, source, date, seen, later, detail from events order by id") == [
        ("published", "", "pubmed", "", day(1), 0, ""),
        ("retracted", "10.5555/n", "europepmc", "2026-11-02", day(2), 1, "Notice"),  # nothing is mixed
    ]
    assert rows(maker, "select state, changed from works") == [("retracted", day(2))]


def test_joined_works_forward_to_the_one_that_stands(full: Maker) -> None:
    run(full)
    assert rows(full, "select * from work_forwards") == [("LSI-000007", "LSI-000002", day(2))]
    assert rows(full, "select a, b, kind, work_id, other_id from joins order by id") == [
        ("europepmc:PPR990003", "pubmed:990000033", "version", 3, 3),
        ("pubmed:990000002", "europepmc:990000002", "same", 2, 2),
    ]


def test_a_chain_of_joins_leads_to_its_end_and_undone_verdicts_are_not_told(maker: Maker) -> None:
    maker.run(day(1))
    maker.search("s")
    for number in (1, 2, 3):
        maker.simple(number, "s")
    maker.db.execute("update work set forwards = 2 where id = 3")
    maker.db.execute("update work set forwards = 1 where id = 2")
    maker.db.execute("update placement set work_id = 1")
    maker.verdict(1, 2)
    maker.verdict(2, 3, undone=day(3))
    run(maker)
    assert rows(maker, "select key, to_key, at from work_forwards") == [
        ("LSI-000002", "LSI-000001", day(2)), ("LSI-000003", "LSI-000001", ""),
    ]  # fmt: skip
    assert rows(maker, "select a, b from joins") == [("pubmed:990000001", "pubmed:990000002")]


def test_a_paper_once_taken_down_does_not_come_back_because_it_was_joined(maker: Maker) -> None:
    maker.run(day(1))
    maker.search("s")
    maker.simple(1, "s")
    maker.simple(2, "s")
    maker.db.execute("update work set hidden = ?, forwards = 1 where id = 2", (day(2),))
    maker.db.execute("update placement set work_id = 1")
    report = run(maker)
    assert (report.works, report.tombstones) == (0, 1)
    assert rows(maker, "select key, state from works") == [("LSI-000001", "hidden")]


def test_related_works_are_told_with_both_works_but_not_a_hidden_one(maker: Maker) -> None:
    maker.run(day(1))
    maker.search("s")
    for number in (1, 2, 3):
        maker.simple(number, "s")
    maker.db.execute("update work set hidden = ? where id = 3", (day(2),))
    maker.verdict(1, 2, "related")
    maker.verdict(1, 3, "related")
    maker.verdict(1, 2, "same")  # overruled: they are not one work
    run(maker)
    assert rows(maker, "select kind, work_id, other_id from joins") == [("related", 1, 2)]


def test_the_ledger_is_public_row_by_row(full: Maker) -> None:
    run(full)
    assert rows(full, "select count(*) from runs where search <> ''") == [(6,)]
    assert rows(full, "select search, outcome, promised_last, note from runs where run = 3 and search = 'lonely'") == [
        ("lonely", "failed", None, "the service answered with an error"),
    ]
    assert rows(
        full, "select source, fetched, read, withheld, strategy_version from runs where search = '' and run = 3"
    ) == [
        ("pubmed", 4, 3, 1, None),
    ]
    told = facts(full)
    assert json.loads(told["last_run"])["outcome"] == "failed"
    assert told["last_complete"] == day(20)
    assert rows(full, "select slug, works, last_complete, active, version, every from searches order by id") == [
        ("lonely", 6, day(20), 1, 1, "day"),
        ("covid", 3, "", 1, 1, "day"),  # one of its sources was never complete
    ]


def test_a_run_that_died_is_told_and_a_tracker_without_runs_is_published_too(maker: Maker) -> None:
    assert run(maker).line.startswith("public copy: 0 works")
    assert (facts(maker)["last_run"], facts(maker)["last_complete"]) == ("{}", "")
    maker.run(day(3), None)
    run(maker)
    assert json.loads(facts(maker)["last_run"]) == {
        "started": day(3), "finished": "", "outcome": "", "command": "update",
    }  # fmt: skip


def test_searches_without_a_file_are_marked(full: Maker) -> None:
    run(full, active=["covid"])
    assert rows(full, "select slug, active from searches order by id") == [("lonely", 0), ("covid", 1)]


def test_only_the_demo_is_called_a_demo(tmp_path: Path, full: Maker) -> None:
    run(full)
    assert facts(full)["demo"] == ""
    demo = Maker(tmp_path / "demo" / "tracker.db", prefix="DEMO")
    run(demo)
    assert facts(demo)["demo"] == "1"
    demo.db.close()


# --- abstracts ---------------------------------------------------------------------------------------------------


def withheld(maker: Maker, settings: dict[str, Any]) -> publishing.Report:
    maker.run(day(1))
    maker.search("s")
    maker.simple(1, "s", abstract=(Section("Openwordabc here."),), copyright=OPEN)
    maker.simple(2, "s", abstract=(Section("Closedwordabc here."),), copyright=CLOSED, title="Two")
    maker.simple(3, "s", abstract=(Section("Unsaidwordabc here."),), copyright="", title="Three")
    maker.simple(4, "s", abstract=(), copyright="", title="Four")
    return run(maker, settings)


@pytest.mark.parametrize(
    ("settings", "shown"),
    [
        ({}, {"Openwordabc"}),
        ({"public_abstracts": "licensed"}, {"Openwordabc"}),
        ({"public_abstracts": "none"}, set()),
        (
            {"public_abstracts": "all", "public_abstracts_by": "A. Person", "public_abstracts_on": "2026-11-24"},
            {"Openwordabc", "Closedwordabc", "Unsaidwordabc"},
        ),
    ],
)
def test_withheld_abstracts_are_in_no_byte_of_the_public_database_and_yet_found(
    maker: Maker, settings: dict[str, Any], shown: set[str]
) -> None:
    report = withheld(maker, settings)
    every = {"Openwordabc", "Closedwordabc", "Unsaidwordabc"}
    said = b"".join(path.read_bytes() for path in public(maker).iterdir() if path.name.startswith("public.db"))
    assert {word for word in every if word.encode() in said} == shown
    assert (report.abstracts_shown, report.abstracts_withheld) == (len(shown), 3 - len(shown))
    for number, word in enumerate(sorted(every, key=lambda word: ("O", "C", "U").index(word[0])), start=1):
        assert rows(maker, "select rowid from words where words match ?", word, name="search.db") == [(number,)]
    codes = [2 - (word in shown) for word in ("Openwordabc", "Closedwordabc", "Unsaidwordabc")]
    assert [row[0] for row in rows(maker, "select abstract from works order by id")] == [*codes, 0]


def test_the_index_keeps_no_text(maker: Maker) -> None:
    """The words of an abstract that may not be shown stand in the index one by one, never as sentences."""
    withheld(maker, {})
    said = b"".join(path.read_bytes() for path in public(maker).iterdir())
    assert b"Closedwordabc here" not in said


def test_a_stated_licence_outranks_the_copyright_line_and_one_open_record_is_enough(maker: Maker) -> None:
    maker.run(day(1))
    maker.search("s")
    maker.simple(1, "s", copyright=OPEN, licence="publisher's own", title="One")
    maker.simple(2, "s", copyright=CLOSED, licence="CC BY-NC 4.0", title="Two")
    a, b = record(3, copyright=CLOSED), record(3, source="europepmc", source_id="y", copyright="", licence="CC BY")
    maker.match("s", a)
    maker.work(maker.record(a), maker.record(b))
    run(maker)
    assert rows(maker, "select licence, abstract is not null from publications order by work_id") == [
        ("publisher's own", 0), ("CC BY-NC 4.0", 1), ("CC BY", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "settings",
    [
        {"public_abstracts": "everything"},
        {"public_abstracts": "all"},
        {"public_abstracts": "all", "public_abstracts_by": "A. Person"},
        {"public_abstracts": "all", "public_abstracts_by": "A. Person", "public_abstracts_on": "lately"},
        {"public_abstracts": "all", "public_abstracts_by": " ", "public_abstracts_on": "2026-11-24"},
    ],
)
def test_showing_all_abstracts_needs_a_person_and_a_day(maker: Maker, settings: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="public_abstracts"):
        run(maker, settings)
    assert not public(maker).exists()


# --- addresses ---------------------------------------------------------------------------------------------------


def test_no_mail_address_becomes_public_wherever_it_stood(maker: Maker) -> None:
    maker.run(day(1))
    maker.search("s", strategy="someone@example.org[ad]")
    person = Author("Vale", "Ada", affiliations=("Dept. Electronic address: ada.vale@example.org.",))
    made = record(
        1, title="Write to a.b+c@mail.example.com now", authors=(person, Author(group="Group (g@example.net)")),
        abstract=(Section("Contact: x@y.example.org."),), keywords=("k@example.org",), journal="J @home",
        links=(), conflict="none@example.org", publisher="wide＠example.org", volume="x" * 90 + "@example.org",
    )  # fmt: skip
    maker.match("s", made, why_detail="seen by z@example.org")
    key = maker.record(made)
    maker.work(key)
    maker.event(key, Event("corrected", "n@example.org", "pubmed", "", "mail q@example.org"))
    run(maker)
    said = b"".join(path.read_bytes() for path in public(maker).iterdir() if path.name.startswith("public.db"))
    assert not ADDRESS.search(said.decode("utf-8", "replace"))
    assert b"Electronic address" not in said
    assert rows(maker, "select title, journal from works") == [("Write to [e-mail address left out] now", "J @home")]
    assert json.loads(rows(maker, "select authors from publications")[0][0]) == [
        "Vale, Ada", "Group ([e-mail address left out])",
    ]  # fmt: skip


def test_an_address_that_slips_through_stops_the_publication(full: Maker) -> None:
    run(full)
    db = sqlite3.connect(public(full) / "public.db")
    db.execute("update publications set journal = 'ask me@example.org' where id = 1")
    db.commit()
    db.close()
    with pytest.raises(StoreError, match=r"publications\.journal"):
        check(public(full) / "public.db", public(full) / "search.db", works=7, tombstones=1)


# --- building beside, checking, copying ---------------------------------------------------------------------------


def test_nothing_is_done_when_nothing_changed_and_everything_that_changes_is_noticed(full: Maker) -> None:
    assert run(full).changed
    assert run(full).line == "public copy: nothing has changed since it was last published"

    def changes(sql: str, *values: object) -> bool:
        full.db.execute(sql, values)
        return run(full).changed

    assert run(full, {"public_abstracts": "none"}).changed
    assert run(full).changed
    assert run(full, active=["covid"]).changed
    assert run(full).changed
    assert changes("update work set hidden = ? where id = 1", day(23))
    assert changes("update verdict set undone = ? where id = 1", day(23))
    assert changes("update placement set publication = 3 where record_id = 4")
    assert changes("update match set to_run = 2, until = ? where id = 2", day(23))
    assert changes("update record set refreshed = ? where id = 1", day(25))
    assert changes("update search set title = 'Another' where id = 1")
    full.run(day(25))
    assert run(full).changed
    (public(full) / "search.db").unlink()
    (public(full) / "search.db").with_name("search.db-wal").unlink(missing_ok=True)
    assert run(full).changed
    assert not run(full).changed


def test_a_running_reader_sees_the_old_copy_then_the_new_one(full: Maker) -> None:
    """Connections stay open, as the server's do; a transaction that has begun goes on seeing what it saw."""
    run(full)
    reader = sqlite3.connect(f"{(public(full) / 'public.db').as_uri()}?mode=ro", uri=True, isolation_level=None)
    assert reader.execute("select count(*) from works").fetchone() == (8,)
    reader.execute("begin")
    assert reader.execute("select count(*) from works").fetchone() == (8,)
    full.simple(50, "lonely", since=day(21))
    run(full)
    assert reader.execute("select count(*) from works").fetchone() == (8,)
    reader.execute("commit")
    assert reader.execute("select count(*) from works").fetchone() == (9,)
    reader.close()


def test_readers_never_meet_an_error_or_a_half_while_copies_change(full: Maker) -> None:
    run(full)
    wrong: list[object] = []
    stop = threading.Event()

    def read() -> None:
        db = sqlite3.connect(f"{(public(full) / 'public.db').as_uri()}?mode=ro", uri=True, timeout=10)
        while not stop.is_set():
            works, spoken = db.execute(
                "select (select count(*) from works where state <> 'hidden'), count(distinct work_id) from publications"
            ).fetchone()
            if works != spoken:
                wrong.append((works, spoken))
        db.close()

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(60, 66):
        full.simple(number, "lonely", since=day(21))
        assert run(full).changed
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize("broken", ["check", "live.copy", "build"])
def test_a_failure_leaves_the_old_copy_and_no_rubbish(
    full: Maker, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    run(full)
    full.simple(50, "lonely", since=day(21))

    def fail(*given: object, **named: object) -> None:
        raise StoreError("this went wrong")

    with monkeypatch.context() as patch:
        patch.setattr(f"tracker.publish.{broken}", fail)
        with pytest.raises(StoreError, match="this went wrong"):
            run(full)
    assert rows(full, "select count(*) from works") == [(8,)]
    assert not list(public(full).glob(f"{live.BUILDING}*"))
    assert run(full).works == 8


def test_what_a_killed_publication_left_is_swept_away(full: Maker) -> None:
    public(full).mkdir()
    left = public(full) / f"{live.BUILDING}public.db"
    left.write_bytes(b"half a database")
    run(full)
    assert not left.exists()


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("delete from works where id = 9", "refers to a row that is not there"),
        ("update works set state = 'hidden' where id = 1", "6 works, there must be 7"),
        ("delete from publications where work_id = 1", "works with a publication"),
    ],
)
def test_the_checks_notice(full: Maker, sql: str, said: str) -> None:
    run(full)
    db = sqlite3.connect(public(full) / "public.db")
    db.execute(sql)
    db.commit()
    db.close()
    with pytest.raises(StoreError, match=said):
        check(public(full) / "public.db", public(full) / "search.db", works=7, tombstones=1)


def test_the_checks_notice_a_damaged_file(full: Maker, tmp_path: Path) -> None:
    run(full)
    broken = tmp_path / "broken.db"
    body = bytearray((public(full) / "public.db").read_bytes())
    body[4096 * 3 :] = b"\xff" * (len(body) - 4096 * 3)
    broken.write_bytes(bytes(body))
    with pytest.raises(StoreError, match="damaged"):
        check(broken, public(full) / "search.db", works=7, tombstones=1)


def test_clear_errors_for_a_database_that_is_not_there_or_none(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no database yet"):
        publish(tmp_path / "nothing.db", tmp_path / "public", settings={}, now=NOW, say=quiet)
    junk = tmp_path / "junk.db"
    junk.write_bytes(b"this is no database, it is a letter to a friend" * 100)
    with pytest.raises(StoreError, match="cannot make the public copy"):
        publish(junk, tmp_path / "public", settings={}, now=NOW, say=quiet)


def test_a_clear_error_where_the_folder_cannot_be_made_or_written(full: Maker, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way", encoding="utf-8")
    with pytest.raises(StoreError, match="cannot make the folder"):
        publish(full.path, blocked, settings={}, now=NOW, say=quiet)
    target = tmp_path / "public"
    (target / "search.db").mkdir(parents=True)
    with pytest.raises(StoreError, match="cannot write"):
        publish(full.path, target, settings={}, now=NOW, say=quiet)
    (target / "search.db").rmdir()
    (target / "public.db").write_bytes(b"not a database at all, but in the way of one " * 200)
    assert publish(full.path, target, settings={}, now=NOW, say=quiet).changed  # damaged: built again


# --- small rules --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("authors", "complete", "said"),
    [
        ((), True, ""),
        ((Author("Vale", "Ada"),), True, "Vale A"),
        ((Author("Vale", "Ada Jo-Ann", suffix="Jr"),), False, "Vale AJA Jr, and others"),
        (tuple(Author(name, initials="X") for name in "ABCD"), True, "A X, B X, C X, D X"),
        (tuple(Author(name) for name in "ABCDE"), False, "A, B, C, and 2 more"),
        ((Author(group="The Group"), Author("Vale", "Ada", "A")), True, "The Group, Vale A"),
    ],
)
def test_first_authors(maker: Maker, authors: tuple[Author, ...], complete: bool, said: str) -> None:
    maker.run(day(1))
    maker.search("s")
    maker.simple(1, "s", authors=authors, authors_complete=complete)
    run(maker)
    assert rows(maker, "select authors from works") == [(said,)]


def test_dates_sort_by_what_is_known(maker: Maker) -> None:
    maker.run(day(1))
    maker.search("s")
    for number, date in enumerate(("", "2026", "2026-03", "2026-03-05"), start=1):
        maker.simple(number, "s", date=PartialDate(date))
    run(maker)
    assert rows(maker, "select date, sort_date, year from works order by id") == [
        ("", "0000-00-00", None), ("2026", "2026-00-00", 2026), ("2026-03", "2026-03-00", 2026),
        ("2026-03-05", "2026-03-05", 2026),
    ]  # fmt: skip


def test_spellings_of_one_journal_are_one(maker: Maker) -> None:
    maker.run(day(1))
    maker.search("s")
    said = [
        ("The  Journal", "1", ""),
        ("J.", "1", ""),
        ("the journal", "", "1234-5679"),
        ("Other", "", "1234-5679"),
        ("", "", ""),
    ]
    for number, (name, nlm, issn) in enumerate(said, start=1):
        maker.simple(number, "s", journal=name, nlm_id=nlm, issn_linking=issn)
    run(maker)
    assert [row[0] for row in rows(maker, "select journal_id from works order by id")] == [1, 1, 1, 1, 0]
    assert rows(maker, "select id, name, works from journals order by id") == [(0, "", 1), (1, "The  Journal", 4)]


def test_headings_and_words_of_all_records_are_in_the_index(maker: Maker) -> None:
    maker.run(day(1))
    maker.search("s")
    a = record(
        1,
        mesh=(Heading("Loneliness", major=True, qualifiers=("psychology", "ethnology")),),
        substances=("Oxytocin",),
        vernacular_title="Einsamkeit",
        other_abstracts=(("plain-language-summary", "eng", "Zwitschern"),),
    )
    b = replace(record(1, source="europepmc", source_id="z"), title="Anothertitle", authors=(Author("Zuniga"),))
    maker.match("s", a)
    maker.work(maker.record(a), maker.record(b))
    run(maker)
    for word in ("ethnology", "oxytocin", "einsamkeit", "zwitschern", "anothertitle", "zuniga"):
        assert rows(maker, "select rowid from words where words match ?", word, name="search.db") == [(1,)], word
    assert json.loads(rows(maker, "select mesh from publications")[0][0]) == ["Loneliness / psychology, ethnology *"]


def test_metadata_describes_every_public_table_and_column(full: Maker) -> None:
    """metadata.json and public.sql are held against each other, name by name."""
    run(full)
    path = Path(__file__).resolve().parents[2] / "metadata.json"
    told = json.loads(path.read_text(encoding="utf-8"))["databases"]["public"]["tables"]
    names = [
        row[0] for row in rows(full, "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'")
    ]
    assert sorted(told) == sorted(names)
    for name in names:
        columns = [row[0] for row in rows(full, "select name from pragma_table_info(?)", name)]
        assert list(told[name]["columns"]) == columns, name
        assert all(told[name]["columns"].values())
        assert told[name]["description"]


def test_the_report_says_the_share_of_abstracts(full: Maker) -> None:
    assert run(full).line == "public copy: 7 works, 8 publications; abstracts shown: 7 of 8 (88%); taken down: 1"


def test_keywords_of_the_call_are_what_the_design_says(maker: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    """``say`` hears that something is being done, and only then."""
    heard: list[str] = []
    say: Callable[[str], None] = heard.append
    publish(maker.path, public(maker), settings={}, now=NOW, say=say)
    publish(maker.path, public(maker), settings={}, now=NOW, say=say)
    assert heard == ["publishing: building the new copy"]


def test_abstracts_that_are_no_longer_shown_leave_no_byte_behind(maker: Maker) -> None:
    """A decision taken back is taken back: freed pages of the live file hold nothing of it either."""
    withheld(
        maker, {"public_abstracts": "all", "public_abstracts_by": "A. Person", "public_abstracts_on": "2026-11-24"}
    )
    run(maker, {"public_abstracts": "none"})
    said = b"".join(path.read_bytes() for path in public(maker).iterdir() if path.name.startswith("public.db"))
    assert b"wordabc" not in said


@pytest.mark.parametrize("name", ["public.db", "search.db"])
@pytest.mark.parametrize("place", [0, 3_000])
def test_a_damaged_copy_is_built_again_and_the_line_says_so(full: Maker, name: str, place: int) -> None:
    run(full)
    path = public(full) / name
    before = rows(full, "select count(*) from works")
    path.with_name(f"{name}-wal").unlink(missing_ok=True)
    whole = path.read_bytes()
    path.write_bytes(whole[:place] + b"\xff" * 6_000 + whole[place + 6_000 :])
    said: list[str] = []
    assert run(full, say=said.append).changed
    assert any(line.startswith(f"publishing: {name} was damaged") for line in said)
    assert rows(full, "select count(*) from works") == before
    assert not run(full).changed
