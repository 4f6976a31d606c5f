"""A store with invented records, as the tests of stage 2 on the store want it."""

from __future__ import annotations

from typing import Any

from makers import insert

from tracker.dedupe import stage
from tracker.model import Author, PartialDate, Record, Section
from tracker.store import Store, lists, records, runs

NOW = "2026-03-02T06:00:00Z"
LATER = "2026-03-09T06:00:00Z"
SUBJECTS = ("gardens", "bicycles", "choirs", "lighthouses", "bakeries", "harbours", "orchards", "museums", "glaciers")
TEAM = (Author(family="Alderidge", given="Ann"), Author(family="Brock", given="Bea"), Author(family="Cole", given="Cy"))


def keep(store: Store, number: int, *, source: str = "pubmed", **said: Any) -> str:
    """Store a record of its own subject, unless told otherwise; returns ``source:id``."""
    key = str(990000000 + number)
    subject = SUBJECTS[number % len(SUBJECTS)]
    said.setdefault("title", f"A plainly different study of {subject}, the {number * 7919}th of its kind")
    said.setdefault("authors", (Author(family=f"Name{number}", given="Ann"),))
    said.setdefault("date", PartialDate("2024"))
    if source == "pubmed":
        said.setdefault("pmid", key)
    with store.write() as db:
        run = runs.begin(db, "collect", NOW)
        records.keep(db, run, Record(source, key, **said), b"raw", 1, NOW)
    return f"{source}:{key}"


def doubtful(store: Store, number: int) -> tuple[str, str]:
    """Two records of which only a person can say whether they are one: DOI and authors agree, the titles do not."""
    said = {"doi": f"10.5555/doubt.{number}", "authors": TEAM, "journal": "Journal of Doubts", "pmid": ""}
    one = keep(store, number, title=f"=Loneliness among keepers of {SUBJECTS[number % 9]} in winter", **said)
    two = keep(store, number, source="import", title="Sleep and its measurement: what remains to be done", **said)
    return one, two


def abstract(text: str) -> tuple[Section, ...]:
    return (Section(text),)


def stands(store: Store) -> dict[str, tuple[str, str]]:
    """``source:id`` -> (key of its work, ``source:id`` of the first record of its publication)."""
    sql = """
    select one.source || ':' || one.source_id, key, two.source || ':' || two.source_id from placement
    join record as one on one.id = record_id join record as two on two.id = publication
    join work on work.id = work_id"""
    return {row[0]: (row[1], row[2]) for row in store.db.execute(sql)}


def ids(store: Store) -> set[tuple[str, int]]:
    """Every key ever given, and the record it was given for."""
    return {tuple(row) for row in store.db.execute("select key, anchor from work")}


def judge(store: Store) -> stage.DedupeReport:
    return stage.judge(store, NOW)


def hand_out(store: Store, name: str) -> str:
    """Hand all works of the list out that were not handed out yet, as an export does; returns its code."""
    with store.write() as db:
        number, code = lists.next_export(db)
        done = lists.handed_out(db, name) if lists.find(db, name) else set()
        rows = db.execute("select id, key from work where forwards is null order by id").fetchall()
        for position, (work, key) in enumerate((row for row in rows if row[0] not in done), start=1):
            members = [row[0] for row in db.execute("select record_id from placement where work_id = ?", (work,))]
            lists.add_item(
                db, number, position, lists.ListedItem(key, tuple(members), "", "", "", None, "", "published")
            )
        if not db.execute("select 1 from list where name = ?", (name,)).fetchone():
            insert(db, "list", name=name, made=NOW)
        insert(db, "export", id=number, code=code, list_id=lists.find(db, name), made=NOW)
    return code
