"""Licences of PubMed's articles, looked up by lists of PMIDs in rotation, and what they change in public."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from makers import insert

from tracker.collect import licences as licence_lookup
from tracker.errors import Transient
from tracker.model import Record
from tracker.publish.licence import licence
from tracker.store import Store, licences, records, runs, works

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)


@dataclass
class Library:
    """Knows licences; fails when it is told to."""

    known: dict[str, tuple[str, bool]]
    title: str = "Europe PMC"
    batch: int = 4
    asked: list[list[str]] = field(default_factory=list)
    fails: bool = False

    def licences(self, pmids: Sequence[str]) -> dict[str, tuple[str, bool]]:
        if self.fails:
            raise Transient("Europe PMC: answered 503")
        self.asked.append(list(pmids))
        return {pmid: self.known[pmid] for pmid in pmids if pmid in self.known}


def pmid(number: int) -> str:
    return str(990_000_000 + number)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "tracker.db") as opened:
        with opened.write() as db:
            run = runs.begin(db, "collect", "2026-03-02T06:00:00Z")
            for number in range(1, 7):
                line = "© 2026. All rights reserved." if number == 2 else "CC BY 4.0" if number == 3 else ""
                paper = Record("pubmed", pmid(number), pmid=pmid(number), title=f"Paper {number}", copyright=line)
                records.keep(db, run, paper, b"raw", 1, "2026-03-02T06:00:00Z")
            records.keep(db, run, Record("europepmc", "PPR1", title="Preprint"), b"raw", 1, "2026-03-02T06:00:00Z")
        yield opened


def look_up(store: Store, library: Library, now: datetime = NOW) -> list[str]:
    said: list[str] = []
    licence_lookup.look_up(store, library, now, said.append)
    return said


def named(store: Store) -> dict[str, tuple[str, str]]:
    return {row[0]: (row[1], row[2]) for row in store.db.execute("select source_id, code, url from licence")}


def test_articles_of_pubmed_are_asked_about_once_and_again_after_ninety_days(store: Store) -> None:
    library = Library({pmid(1): ("cc by-nc", True), pmid(4): ("", True)})
    assert look_up(store, library) == ["Europe PMC: 1 licence is known now"]
    assert library.asked == [[pmid(1), pmid(2), pmid(3), pmid(4)], [pmid(5), pmid(6)]]
    assert licences.count(store.db) == (6, 1)
    assert look_up(store, library, NOW + timedelta(days=89)) == []
    assert len(library.asked) == 2
    assert look_up(store, library, NOW + timedelta(days=91)) == []  # asked again, nothing new
    assert len(library.asked) == 4


def test_only_so_many_are_asked_about_in_one_run_the_longest_waiting_first(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(licence_lookup, "A_RUN", 3)
    library = Library({})
    look_up(store, library)
    look_up(store, library, NOW + timedelta(days=1))
    look_up(store, library, NOW + timedelta(days=91))
    assert library.asked == [[pmid(1), pmid(2), pmid(3)], [pmid(4), pmid(5), pmid(6)], [pmid(1), pmid(2), pmid(3)]]


def test_an_answer_without_a_licence_takes_none_away_and_another_one_takes_its_place(store: Store) -> None:
    library = Library({pmid(1): ("cc by", True)})
    look_up(store, library)
    library.known = {}
    look_up(store, library, NOW + timedelta(days=100))
    assert named(store)[pmid(1)] == ("CC BY", "")
    library.known = {pmid(1): ("cc by-nc-nd", True)}
    assert look_up(store, library, NOW + timedelta(days=200))
    assert named(store)[pmid(1)] == ("CC BY-NC-ND", "")


def test_only_creative_commons_is_taken_for_a_licence(store: Store) -> None:
    look_up(store, Library({pmid(1): ("cc0", True), pmid(2): ("open access", True), pmid(4): ("cc by-nc", False)}))
    kept = {key: code for key, (code, _) in named(store).items() if code}
    assert kept == {pmid(1): "CC0 1.0", pmid(4): "CC BY-NC"}


def test_a_service_that_fails_is_told_and_asked_again_next_time(store: Store) -> None:
    library = Library({pmid(1): ("cc by", True)}, fails=True)
    assert look_up(store, library) == ["Europe PMC: licences could not be asked: Europe PMC: answered 503"]
    assert licences.count(store.db) == (0, 0)
    library.fails = False
    look_up(store, library)
    assert licences.count(store.db) == (6, 1)


def shown(store: Store) -> dict[str, Record]:
    with store.write() as db:
        for number, row in enumerate(db.execute("select id from record where source = 'pubmed'").fetchall(), 1):
            insert(db, "work", id=number, key=f"X-{number:06}", anchor=row[0])
            insert(db, "placement", record_id=row[0], publication=row[0], work_id=number)
    return {item.record.pmid: item.record for work in works.stream(store.db) for item in work.records}


def test_a_work_bears_the_licence_unless_its_own_record_names_one(store: Store) -> None:
    look_up(store, Library({pmid(number): ("cc by-nc", True) for number in range(1, 6)}))
    papers = shown(store)
    assert licence([papers[pmid(1)]]).name == "CC BY-NC"
    assert licence([papers[pmid(2)]]).open  # "all rights reserved" beside an open full text
    assert (papers[pmid(3)].licence, licence([papers[pmid(3)]]).name) == ("", "CC BY 4.0")
    assert licence([papers[pmid(6)]]).name == ""


def test_sources_that_know_licences_are_told_from_others(client: Any, running: Any) -> None:
    assert licence_lookup.knows_licences(client(running()))
    assert not licence_lookup.knows_licences(object())
