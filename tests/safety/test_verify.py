"""``tracker verify`` finds whatever is made wrong, in both databases, and finds nothing where nothing is wrong."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from tracker.home import Home
from tracker.publish import verify as public
from tracker.safety.verify import verify
from tracker.store import verify as private

FIRST = "(select min(id) from {})"
TWIN = "(select min(work_id) from placement group by work_id having count(*) > 1)"

# What is made wrong so that the check of this promise finds it.
BROKEN = {
    "search rows: received = known + new + rejected": "update search_run set known = known + 1 where id = 1",
    "search rows: a complete answer lies between the first and the last promise":
        "update search_run set received = received + 9, known = known + 9 where id = 1",
    "search rows: new = the matches that the run began for the first time":
        "delete from match where id = (select min(id) from match)",
    "search rows: gone = the matches that have ended": "update search_run set gone = gone + 1 where id = 1",
    "search rows: the last complete answer = the matches that stand":
        "update match set missing_run = 7 where id = (select max(id) from match where to_run is null)",
    "reading rows: fetched = read + unreadable + withheld, read = fresh + changed + same":
        "update reading_run set same = same + 1 where id = 1",
    "reading rows: fresh = the records that the run stored first":
        "update record set first_run = first_run + 1 where id = 1",
    "reading rows: changed = the later contents that the run stored":
        "insert into record_state (record_id, run_id, seen, fingerprint, content, raw, parser) "
        "select record_id, 7, seen, fingerprint, content, raw, parser from record_state where id = 1",
    "runs: only the newest may be without an end": "update run set finished = null where id = 1",
    "matches: each interval is well formed":
        "update match set to_run = from_run, until = since, ended = 'gone' where id = 1",
    "matches: the intervals of one record in one search do not overlap":
        "insert into match (search_id, strategy_id, source, source_id, from_run, since, first) "
        "select search_id, strategy_id, source, source_id, from_run, since, 0 from match where id = 1",
    "matches: the first interval, and no other, is marked as the first": "update match set first = 0 where id = 1",
    "matches: the strategy is one of the search":
        "update match set strategy_id = (select max(id) from strategy) where id = 1",
    "strategies, and texts as sent, have the hash they are known by":
        "update strategy set text = text || ' ' where id = 1",
    "records: what holds now is the newest content": "update record set state_id = 2 where id = 1",
    "records: every content has its fingerprint":
        "update record_state set content = replace(content, 'e', 'f') where id = 1",
    "records: PMID, PMCID and DOI are those of the content": "update record set doi = '10.5555/other' where id = 1",
    "records: every raw answer can be unpacked": "update record_state set raw = substr(raw, 1, 90) where id = 1",
    "shelf: what matches on a source that is read whole stands on the shelf, and among the records":
        "insert into window_day (source, day) values ('pubmed', '2026-03-02')",
    "shelf: what stands among the records stands there as it does on the shelf":
        "insert into shelf (source, source_id, preprint, posted, revision, first_run, run_id, seen, fingerprint, raw, "
        "parser) select source, source_id, '', '', 1, 1, 1, '', 'another', x'', 1 from record where id = 1",
    "works: every record stands in a work that stands, with the publication it belongs to":
        "update placement set publication = record_id + 1 where record_id = 1",
    "works: each stands where the record stands that it was given for, or forwards to an older one there":
        "update placement set work_id = 2 where record_id = 1",
    "works: what one forwards to stands itself":
        f"update work set forwards = 1 where id = {TWIN}",
    "works: each id is written as its number, after the prefix that was decided":
        "update work set key = 'OTHER-000001' where id = 1",
    "events: none was seen before its record was stored":
        "update event set run_id = 1 where id = (select max(event.id) from event join record on record.id = record_id "
        "where first_run > 1)",
    "verdicts: each is about two records": "update verdict set b = a where id = 1",
    "exports: as many lines as the receipt says, each a work that is known": "update export set records = records + 1",
}  # fmt: skip
BROKEN_PUBLIC = {
    "every work is one of the private database, under the same key":
        "update public.works set key = 'DEMO-999999' where id = 1",
    "every key that forwards is known, and so is where to":
        "insert into public.work_forwards values ('DEMO-999998', 'DEMO-000001', '')",
    "every record that is named is stored":
        "update public.publications set records = replace(records, '\"id\":\"', '\"id\":\"0') where id = 1",
    "every search is one of the private database": "update public.searches set slug = 'another' where id = 1",
    "the index of words has exactly the works that are shown": "update public.works set state = 'hidden' where id = 1",
    "the works are those that a search ever matched": "delete from match where source_id in "
        "(select source_id from record join placement on record_id = record.id where work_id = 1)",
    "a work of one record shows its title, DOI and PMID":
        "update public.works set title = 'Something else' where id in "
        "(select work_id from placement group by 1 having count(*) = 1 limit 1)",
    "publications stand where their records stand": "update public.publications set work_id = 2 where work_id = 1",
    "why a work is here follows from the matches": "update public.work_searches set since = '2020' where work_id = 1",
    "the ledger is the private one": "delete from public.runs where id = (select max(id) from public.runs)",
}  # fmt: skip


def script(package: str) -> list[tuple[str, str, str]]:
    return list(private.checks(files(package).joinpath("verify.sql").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def db(played: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """Copies of the demo's databases, in which everything is rolled back."""
    folder = tmp_path_factory.mktemp("broken")
    home = Home(played.root)
    for path in (home.database, home.public / "public.db", home.public / "search.db"):
        (folder / path.name).write_bytes(path.read_bytes())
    with closing(sqlite3.connect(folder / "tracker.db", isolation_level=None)) as opened:
        opened.execute("attach ? as public", (str(folder / "public.db"),))
        opened.execute("attach ? as words", (str(folder / "search.db"),))
        opened.create_function("sha256_of", 1, private._sha256)
        opened.create_function("unpacks", 1, private._unpacks)
        opened.execute("pragma ignore_check_constraints = on")
        yield opened


def test_of_every_check_it_is_shown_that_it_can_fail() -> None:
    assert {name for name, _, _ in script("tracker.store")} == BROKEN.keys()
    assert {name.removeprefix(public.NOW) for name, _, _ in script("tracker.publish")} == BROKEN_PUBLIC.keys()


@pytest.mark.parametrize(
    ("package", "promise", "change"),
    [("tracker.store", *item) for item in BROKEN.items()]
    + [("tracker.publish", *item) for item in BROKEN_PUBLIC.items()],
    ids=lambda value: value if " " in value and not value.startswith(("update", "insert", "delete")) else "",
)
def test_each_check_finds_what_is_made_wrong(db: sqlite3.Connection, package: str, promise: str, change: str) -> None:
    query = next(sql for name, _, sql in script(package) if name.removeprefix(public.NOW) == promise)
    assert private.faults(db, query) == ()
    db.execute("begin")
    try:
        assert db.execute(change).rowcount > 0
        assert private.faults(db, query) != ()
    finally:
        db.execute("rollback")


def test_the_demo_holds_every_promise(played: Any) -> None:
    found = list(verify(Home(played.root)))
    assert [item for item in found if item.wrong or item.note] == []
    assert len(found) > 40


def test_verify_prints_a_line_a_promise_and_ends_with_0(tracker: Callable[..., Any], demo_home: Path) -> None:
    told = tracker("verify", home=demo_home)
    assert told.code == 0, told.out
    assert told.out.count("\n") > 40
    assert all(line.startswith("ok") for line in told.out.splitlines())
    said = json.loads(tracker("verify", "--json", home=demo_home).out)
    assert said["ok"] is True
    assert {"name", "looked_at", "wrong", "note"} == said["checks"][0].keys()


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for sql in statements:
            db.execute(sql)


@pytest.mark.parametrize(
    ("statements", "named"),
    [
        (["delete from work where id = 1"], "refers to a row of work"),
        (["create table mine (note text)"], "mine is not the tracker's"),
        (["drop index match_open"], "match_open is missing"),
        (["update export set body = zeroblob(9) where id = 1"], "E0001"),
        (["update export set body = (select body from export where id = 2) where id = 1"], "E0001"),
        (["update verdict set undone = made"], "held by a verdict"),
        (["update work set hidden = given where id = 1"], "note"),  # the public copy is older now
    ],
)
def test_what_is_made_wrong_by_hand_is_named_and_ends_with_2(
    tracker: Callable[..., Any], demo_home: Path, statements: list[str], named: str
) -> None:
    change(demo_home / "db" / "tracker.db", *statements)
    told = tracker("verify", home=demo_home)
    assert named in told.out
    assert told.code == (0 if named == "note" else 2)
    if told.code:
        assert "restore" in told.err


@pytest.mark.parametrize(
    ("file", "statement", "named"),
    [
        ("public.db", "alter table works add column reviewer text", "public.db: works"),
        ("public.db", "create table reviewers (name text)", "public.db: reviewers"),
        ("search.db", "create table abstracts (text text)", "search.db: abstracts"),
        ("public.db", "update works set title = 'ask ada@example.org' where id = 1", "e-mail address"),
        ("public.db", "delete from works where id = 1", "damaged"),
    ],
)
def test_a_public_copy_that_shows_more_or_less_than_it_may_is_named(
    tracker: Callable[..., Any], demo_home: Path, file: str, statement: str, named: str
) -> None:
    change(demo_home / "db" / "public" / file, statement)
    told = tracker("verify", home=demo_home)
    assert told.code == 2
    assert named in told.out or "refers to a row" in told.out


def test_what_was_taken_down_must_not_be_shown(demo_home: Path, tracker: Callable[..., Any]) -> None:
    assert tracker("hide", "DEMO-000003", "--reason", "asked", home=demo_home).code == 0
    assert "it is older: 'tracker publish'" in tracker("verify", home=demo_home).out
    assert tracker("publish", home=demo_home).code == 0
    assert tracker("verify", home=demo_home).code == 0
    with closing(sqlite3.connect(demo_home / "db" / "public" / "public.db")) as db:
        mark = db.execute("select value from facts where name = 'digest'").fetchone()
    assert mark
    change(demo_home / "db" / "public" / "public.db", "update works set state = 'published' where id = 3")
    assert tracker("verify", home=demo_home).code == 2


def test_a_work_of_several_records_shows_what_is_chosen_from_them(demo_home: Path, tracker: Callable[..., Any]) -> None:
    twins = "select work_id from work_sources group by 1 having sum(records) > 1"
    change(demo_home / "db" / "public" / "public.db", f"update works set title = 'Another' where id in ({twins})")
    told = tracker("verify", home=demo_home)
    assert told.code == 2
    assert "works of several records" in told.out


def test_a_flipped_bit_inside_a_text_which_sqlite_calls_sound_is_found(
    demo_home: Path, tracker: Callable[..., Any]
) -> None:
    path = demo_home / "db" / "tracker.db"
    body = bytearray(path.read_bytes())
    body[body.index(b'"title":"') + 9] ^= 1
    path.write_bytes(body)
    told = tracker("verify", home=demo_home)
    assert told.code == 2
    assert "every content has its fingerprint" in told.out


def test_a_record_without_a_place_is_a_note(demo_home: Path, tracker: Callable[..., Any]) -> None:
    change(
        demo_home / "db" / "tracker.db",
        "insert into record (source, source_id, first_run, first_seen, refreshed, fingerprint, state_id) "
        "select source, '1', 1, first_seen, refreshed, fingerprint, state_id from record where id = 1",
    )
    assert "1 records wait for 'tracker dedupe'" in tracker("verify", home=demo_home).out


def test_before_the_first_publish_and_the_first_update(tracker: Callable[..., Any], settings: dict[str, str]) -> None:
    assert tracker("verify").code == 2
    tracker("collect", **settings)
    told = tracker("verify")
    assert told.code == 0
    assert "nothing has been published yet" in told.out


def test_a_file_that_is_no_database_is_named(tracker: Callable[..., Any], a_home: Path) -> None:
    (a_home / "db").mkdir()
    (a_home / "db" / "tracker.db").write_bytes(b"no database" * 1000)
    told = tracker("verify")
    assert told.code == 2
    assert "BROKEN  the database can be read" in told.out
