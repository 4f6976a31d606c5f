"""The demo shows the whole job: seven days, one of them with a failing service, and what became of the papers."""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator import play
from emulator.days import ACTORS, DAYS, FAILING_DAY
from emulator.preprints import ACTORS as PREPRINTS
from tracker.errors import UsageError
from tracker.home import Home
from tracker.screening import afterwards
from tracker.screening.export import export
from tracker.store import Store


@pytest.fixture(scope="module")
def played(played: Any) -> tuple[Home, list[str]]:
    """The demo that all tests share, and what it said."""
    return Home(played.root), played.said


@pytest.fixture(scope="module")
def db(played: tuple[Home, list[str]]) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(played[0].database)
    yield connection
    connection.close()


def test_every_day_is_told(played: tuple[Home, list[str]]) -> None:
    text = "\n".join(played[1])
    for day in DAYS:
        assert day.story in text
    assert "incomplete" in text
    assert "Traceback" not in text


def test_the_failing_day_is_failed_and_every_other_day_is_done(db: sqlite3.Connection) -> None:
    outcomes = dict(db.execute("select substr(started, 1, 10), outcome from run"))
    assert outcomes.pop(FAILING_DAY.isoformat()) == "failed"
    assert set(outcomes.values()) <= {"complete", "complete with notes"}


def test_what_happened_to_the_papers_of_the_story_is_in_the_store(db: sqlite3.Connection) -> None:
    why = dict(db.execute("select source_id, why from match order by id desc"))
    assert why[ACTORS["late-match"]] == "edited" or why[ACTORS["late-match"]] == "late"
    assert why[ACTORS["misprint"]] in ("late", "edited")
    assert why[ACTORS["article"]] == "new"
    ended = {row[0] for row in db.execute("select source_id from match where to_run is not null")}
    assert ACTORS["no-longer-lonely"] in ended
    kinds = set(db.execute("select source_id, kind from event join record on record.id = record_id"))
    assert (ACTORS["retracted"], "retracted") in kinds
    assert (ACTORS["corrected"], "corrected") in kinds
    assert (ACTORS["retraction-notice"], "retracted") not in kinds
    assert (ACTORS["preprint"], "published") in kinds
    assert db.execute("select source_id from withheld").fetchall() == [(ACTORS["withheld"],)]


def test_what_happened_to_the_preprints_of_the_story_is_in_the_store(db: sqlite3.Connection) -> None:
    why = dict(db.execute("select source_id, why from match where source = 'europepmc' order by id desc"))
    assert why[PREPRINTS["first-version"]] == "baseline"
    assert why[PREPRINTS["second-version"]] == "new"
    assert why[PREPRINTS["refused"]] == "edited"
    kinds = set(db.execute("select source_id, kind from event join record on record.id = record_id"))
    assert (PREPRINTS["withdrawn"], "withdrawn") in kinds
    assert (PREPRINTS["becomes-article"], "published") in kinds


def test_everybody_else_goes_on_while_pubmed_fails(db: sqlite3.Connection) -> None:
    day = f"{FAILING_DAY.isoformat()}%"
    rows = db.execute("select source, outcome from reading_run where started like ?", (day,))
    others = ("europepmc", "medrxiv", "psyarxiv", "crossref", "retraction-watch")
    assert dict(rows.fetchall()) == {"pubmed": "failed", **dict.fromkeys(others, "complete")}
    new = "select sum(new) from search_run where started like ? and source = 'europepmc'"
    assert db.execute(new, (day,)).fetchone()[0] >= 2


def test_refused_preprints_are_remembered_and_are_no_works(db: sqlite3.Connection) -> None:
    refused = {row[0] for row in db.execute("select source_id from rejection")}
    matched = {row[0] for row in db.execute("select source_id from match where source = 'europepmc'")}
    placed = "select source_id from placement join record on record.id = record_id where source = 'europepmc'"
    assert len(refused) >= 3
    assert {row[0] for row in db.execute(placed)} == matched
    assert PREPRINTS["refused"] in matched - refused


def test_versions_of_a_preprint_and_its_twin_in_pubmed_are_one_publication(db: sqlite3.Connection) -> None:
    sql = "select publication from placement join record on record.id = record_id where source_id in (?, ?)"
    for names in (
        (PREPRINTS["first-version"], PREPRINTS["second-version"]),
        (ACTORS["preprint"], PREPRINTS["becomes-article"]),
    ):
        rows = db.execute(sql, names).fetchall()
        assert (len(rows), len(set(rows))) == (2, 1)


def test_the_same_paper_from_three_sources_is_one_row(played: tuple[Home, list[str]], db: sqlite3.Connection) -> None:
    with (played[0].root / play.HANDED_OUT[0]).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    (row,) = [row for row in rows if row["title"].startswith("Who knocks first?")]
    assert (row["key"], row["sources"]) == (play.SHOWN, "europepmc; medrxiv; pubmed")
    assert (row["status"], row["pubmed_id"]) == ("preprint", ACTORS["preprint"])
    placed = "select key from work join placement on work_id = work.id join record on record.id = record_id where "
    keys = db.execute(f"{placed} source_id in (?, ?)", (ACTORS["preprint"], PREPRINTS["becomes-article"])).fetchall()
    assert keys == [(row["key"],)] * 2


def test_one_dois_record_is_in_one_work_whoever_brings_it(db: sqlite3.Connection) -> None:
    sql = (
        "select count(distinct source), count(distinct work_id) from record join placement on record_id = record.id "
        "where doi like '10.5555/demo.preprint%' group by doi having count(distinct source) > 1"
    )
    found = db.execute(sql).fetchall()
    assert len(found) > 20
    assert {works for _, works in found} == {1}
    assert (3, 1) in found


def test_what_only_a_checker_knows_is_found(db: sqlite3.Connection) -> None:
    marks = set(db.execute("select source_id, kind, event.source from event join record on record.id = record_id"))
    quiet = {mark for mark in marks if mark[0] == ACTORS["quietly-retracted"]}
    assert quiet == {(ACTORS["quietly-retracted"], word, who) for word, who in
                     (("published", "pubmed"), ("retracted", "retraction-watch"))}  # fmt: skip
    assert (PREPRINTS["overtaken"], "published", "crossref") in marks
    names = (ACTORS["overtaken"], PREPRINTS["overtaken"])
    sql = "select work_id from placement join record on record.id = record_id where source_id in (?, ?)"
    assert len(set(db.execute(sql, names).fetchall())) == 1
    evidence = "select distinct evidence from verdict where undone is null and evidence like '%is-preprint-of'"
    assert db.execute(evidence).fetchall() == [("crossref states it: is-preprint-of",)]


def test_the_withdrawal_keeps_its_justification(db: sqlite3.Connection) -> None:
    sql = "select detail from event where kind = 'withdrawn' and source = 'medrxiv'"
    assert any("false balance" in row[0] for row in db.execute(sql))


def test_the_closing_words_tell_of_what_was_handed_out(played: tuple[Home, list[str]]) -> None:
    (line,) = [line for line in played[1] if line.startswith("Afterwards:")]
    assert "now holds 2 retracted papers, 1 withdrawn paper, 1 corrected paper and 2 preprints that have been " in line
    assert "1 no longer matches" in line


def test_what_was_handed_out_afterwards_is_not_told_again(played: tuple[Home, list[str]], tmp_path: Path) -> None:
    root = tmp_path / "home"
    shutil.copytree(played[0].root, root)
    home, now = Home(root), play.last_morning().strftime("%Y-%m-%dT%H:%M:%SZ")
    with Store(home.database) as store:
        (told,) = afterwards.tell(store.db, home.queries)
        (receipt,) = export(home, store, tmp_path / "changed.csv", name=play.LIST, mode="changed", now=now)
        assert receipt.records == told.changed == 7
        assert afterwards.tell(store.db, home.queries) == []


def test_licences_are_looked_up_and_more_abstracts_are_shown(
    db: sqlite3.Connection, played: tuple[Home, list[str]]
) -> None:
    silent = (
        "select source_id from licence where code <> '' and source_id not in (select source_id from record "
        "join record_state on record_state.id = state_id where json_extract(content, '$.copyright') is not null)"
    )
    pmids = {row[0] for row in db.execute(silent)}
    public = sqlite3.connect(played[0].public / "public.db")
    shown = public.execute("select pmid, licence from publications where abstract is not null").fetchall()
    public.close()
    assert pmids & {row[0] for row in shown}
    assert all(row[1].startswith("CC") for row in shown)


def test_a_preprint_and_its_article_are_one_work(db: sqlite3.Connection) -> None:
    rows = db.execute(
        "select work_id, publication from placement join record on record.id = record_id where source_id in (?, ?)",
        (ACTORS["preprint"], ACTORS["article"]),
    ).fetchall()
    assert len({row[0] for row in rows}) == 1
    assert len({row[1] for row in rows}) == 2


def test_ids_are_those_of_a_demo_and_the_pages_say_so(db: sqlite3.Connection, played: tuple[Home, list[str]]) -> None:
    assert all(row[0].startswith("DEMO-") for row in db.execute("select key from work"))
    public = sqlite3.connect(played[0].public / "public.db")
    assert public.execute("select value from facts where name = 'demo'").fetchone() == ("1",)
    public.close()


def test_the_two_hand_outs_are_disjoint(played: tuple[Home, list[str]]) -> None:
    keys = []
    for name in play.HANDED_OUT.values():
        with (played[0].root / name).open(encoding="utf-8-sig", newline="") as file:
            keys.append({row["key"] for row in csv.DictReader(file)})
    assert all(keys)
    assert not keys[0] & keys[1]


def test_the_demo_never_touches_a_folder_it_has_not_made(tmp_path: Path) -> None:
    (tmp_path / "db").mkdir()
    with pytest.raises(UsageError, match="no demo"):
        play.run(tmp_path, keep=False, say=lambda line: None)


def test_the_demo_is_kept_or_made_anew(played: tuple[Home, list[str]], tracker: Callable[..., Any]) -> None:
    before = (played[0].database).stat().st_mtime_ns
    told = tracker("demo", "--home", str(played[0].root), "--keep", "--no-serve")
    assert told.code == 0
    assert "Going on" in told.out
    assert played[0].database.stat().st_mtime_ns == before


def test_what_happened_to_known_papers_is_a_table_on_the_command_line(
    played: tuple[Home, list[str]], tracker: Callable[..., Any]
) -> None:
    """The preprint that only Crossref knows of, an erratum, two retractions, a withdrawal, an article."""
    since = DAYS[1].date.isoformat()
    told = tracker("status", "--changes-since", since, home=played[0].root)
    assert told.code == 0
    states = [line.split()[1] for line in told.out.splitlines()[1:]]
    assert states == ["published", "corrected", "retracted", "withdrawn", "retracted", "published"]
    rows = json.loads(tracker("status", "--changes-since", since, "--json", home=played[0].root).out)
    assert [row["source"] for row in rows if row["state"] == "retracted"] == ["retraction-watch", "pubmed"]
    late = tracker("status", "--changes-since", "2030-01-01", home=played[0].root)
    assert late.out == "No known paper has changed its state since 2030-01-01.\n"


def test_status_counts_works_by_state_and_tells_of_hand_outs(
    played: tuple[Home, list[str]], tracker: Callable[..., Any]
) -> None:
    said = json.loads(tracker("status", "--json", home=played[0].root).out)
    assert sum(said["states"].values()) == said["counts"]["works"]
    assert list(said["states"])[:2] == ["retracted", "withdrawn"]
    (told,) = said["afterwards"]
    assert (told["list"], told["codes"], told["retracted"], told["ended"]) == (play.LIST, ["E0001"], 2, 1)
    assert len(said["at_least"]) == 10
    assert 0.7 < said["at_least"][play.SEARCH] / 920 < 0.8
    text = tracker("status", home=played[0].root).out
    assert "it could be: " in text
    assert "Works by state: " in text
    assert "Your list demo-review of 16 November 2026" in text
