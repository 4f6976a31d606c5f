"""The table of changes since a date: what happened to papers that were known before, each told once, by whom."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tracker.model import Event, Record
from tracker.report import status
from tracker.states import CODES
from tracker.store import Store, cluster_members, events, identity, ledger, records, runs
from tracker.works.display import state_of

KINDS = ("preprint", "published", "corrected", "concern", "retracted", "withdrawn")


class Shelf:
    """Records that come and are told of, a run a day from 1 March on."""

    def __init__(self, store: Store) -> None:
        self.store, self.run, self.day = store, 0, 0
        self.ids: dict[str, int] = {}

    @property
    def now(self) -> str:
        return f"2026-03-{self.day:02}T06:00:00Z"

    def morning(self) -> None:
        self.day += 1
        with self.store.write() as db:
            self.run = runs.begin(db, "test", self.now)
            runs.end(db, self.run, self.now)

    def tell(self, name: str, *told: tuple[str, str, str]) -> None:
        """(kind, notice, who says so) of a record, which is stored if it is new."""
        source, _, source_id = name.partition(":")
        with self.store.write() as db:
            if name not in self.ids:
                records.keep(db, self.run, Record(source, source_id, title=f"On {name}"), b"", 1, self.now)
                key = db.execute("select id from record where source_id = ?", (source_id,)).fetchone()[0]
                self.ids[name] = key
                cluster_members.place(db, [[[key]]], self.now)
            said = [Event(kind, notice, who, "2026-02") for kind, notice, who in told]
            events.add(db, self.run, source, source_id, said, self.now)

    def join(self, *names: str) -> None:
        with self.store.write() as db:
            cluster_members.place(db, [[[self.ids[name]] for name in names]], self.now)

    def changes(self, since: str = "2026-03-01") -> list[tuple[Any, ...]]:
        return [(one.kind, one.seen[:10], one.notices, one.sources) for one in events.later(self.store.db, since)]


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with Store(tmp_path / "tracker.db") as store:
        with store.write() as db:
            identity.decide(db, "DEMO", "demo.invalid")
        found = Shelf(store)
        found.morning()
        yield found


def test_what_came_with_a_paper_is_no_change_and_what_comes_later_is(shelf: Shelf) -> None:
    shelf.tell("pubmed:1", ("published", "", "pubmed"), ("corrected", "PMID 8", "pubmed"))
    shelf.morning()
    shelf.tell("pubmed:1", ("corrected", "PMID 8", "pubmed"), ("retracted", "PMID 9", "pubmed"))
    assert shelf.changes() == [("retracted", "2026-03-02", ("PMID 9",), ("pubmed",))]
    assert shelf.changes("2026-03-02") == shelf.changes()
    assert shelf.changes("2026-03-03") == []


def test_several_notices_are_several_changes_and_one_notice_is_one_whoever_tells_of_it_later(shelf: Shelf) -> None:
    shelf.tell("pubmed:1", ("published", "", "pubmed"))
    shelf.morning()
    shelf.tell("pubmed:1", ("corrected", "PMID 8", "pubmed"))
    shelf.morning()
    shelf.tell("pubmed:1", ("corrected", "PMID 8", "retraction-watch"), ("corrected", "PMID 9", "pubmed"))
    assert [(day, notices) for _, day, notices, _ in shelf.changes()] == [
        ("2026-03-02", ("PMID 8",)),
        ("2026-03-03", ("PMID 9",)),
    ]


def test_two_who_tell_on_one_day_stand_in_one_line(shelf: Shelf) -> None:
    shelf.tell("medrxiv:a", ("preprint", "", "medrxiv"))
    shelf.tell("europepmc:b", ("preprint", "", "europepmc"))
    shelf.join("medrxiv:a", "europepmc:b")
    shelf.morning()
    shelf.tell("medrxiv:a", ("withdrawn", "", "medrxiv"))
    shelf.tell("europepmc:b", ("withdrawn", "", "europepmc"))
    ((kind, _, notices, sources),) = shelf.changes()
    assert (kind, notices, set(sources)) == ("withdrawn", (), {"medrxiv", "europepmc"})


def test_a_preprint_is_published_once_by_a_link_or_by_its_article(shelf: Shelf) -> None:
    shelf.tell("medrxiv:linked", ("preprint", "", "medrxiv"))
    shelf.tell("medrxiv:joined", ("preprint", "", "medrxiv"))
    shelf.morning()
    shelf.tell("medrxiv:linked", ("published", "10.5555/x", "medrxiv"))
    shelf.tell("pubmed:2", ("published", "", "pubmed"))
    shelf.join("medrxiv:joined", "pubmed:2")
    shelf.morning()
    shelf.tell("medrxiv:linked", ("published", "PMID 1", "crossref"))
    shelf.tell("pubmed:1", ("published", "", "pubmed"))
    shelf.join("medrxiv:linked", "pubmed:1")
    assert [(kind, day) for kind, day, *_ in shelf.changes()] == [("published", "2026-03-02")] * 2


def test_a_preprint_that_was_linked_when_it_came_and_one_that_comes_after_its_article_are_no_change(
    shelf: Shelf,
) -> None:
    shelf.tell("medrxiv:old", ("preprint", "", "medrxiv"), ("published", "10.5555/x", "medrxiv"))
    shelf.tell("pubmed:2", ("published", "", "pubmed"))
    shelf.morning()
    shelf.tell("pubmed:1", ("published", "", "pubmed"))
    shelf.join("medrxiv:old", "pubmed:1")
    shelf.tell("medrxiv:late", ("preprint", "", "medrxiv"), ("published", "10.5555/y", "medrxiv"))
    shelf.join("pubmed:2", "medrxiv:late")
    assert shelf.changes() == []


def test_a_link_between_two_that_were_known_apart_is_a_change(shelf: Shelf) -> None:
    shelf.tell("psyarxiv:a", ("preprint", "", "psyarxiv"))
    shelf.tell("pubmed:1", ("published", "", "pubmed"))
    shelf.morning()
    shelf.tell("psyarxiv:a", ("published", "10.5555/x", "crossref"))
    shelf.join("psyarxiv:a", "pubmed:1")
    assert shelf.changes() == [("published", "2026-03-02", ("10.5555/x",), ("crossref",))]


def test_the_table_names_the_paper_and_says_when_there_is_nothing(shelf: Shelf) -> None:
    since = date(2026, 3, 2)
    assert status.changes_as_text([], since) == "No known paper has changed its state since 2026-03-02."
    shelf.tell("pubmed:1", ("published", "", "pubmed"))
    shelf.morning()
    shelf.tell("pubmed:1", ("concern", "PMID 9", "pubmed"))
    (row,) = status.changes_since(shelf.store.db, since)
    assert row == {
        "seen": "2026-03-02", "state": "expression of concern", "work": "DEMO-000001", "date": "2026-02",
        "notice": "PMID 9", "source": "pubmed", "title": "On pubmed:1",
    }  # fmt: skip
    head, line = status.changes_as_text([row], since).splitlines()
    assert head.split("  ")[0] == "first seen"
    assert line.endswith("On pubmed:1")


def test_works_are_counted_by_the_state_they_show(shelf: Shelf) -> None:
    expected = dict.fromkeys(CODES, 0)
    for number, kinds in enumerate(itertools.chain.from_iterable(itertools.combinations(KINDS, n) for n in range(4))):
        shelf.tell(f"pubmed:{number}", *((kind, "", "pubmed") for kind in kinds))
        expected[state_of(kinds)] += 1
    assert dict(zip(CODES, ledger.states(shelf.store.db), strict=True)) == expected
    assert sum(expected.values()) == 42


def test_a_known_paper_that_its_source_no_longer_gives_is_not_counted_as_withheld(shelf: Shelf) -> None:
    shelf.tell("pubmed:1")
    with shelf.store.write() as db:
        records.withhold(db, "pubmed", ["1", "77"], shelf.now)
    counts = ledger.counts(shelf.store.db)
    assert (counts["withheld"], counts["no longer given out"]) == (1, 1)


def test_the_line_of_a_run_counts_papers_and_not_records_and_says_nothing_twice(shelf: Shelf) -> None:
    for name in ("medrxiv:a", "europepmc:b"):
        shelf.tell(name, ("preprint", "", name.partition(":")[0]))
    shelf.join("medrxiv:a", "europepmc:b")
    shelf.tell("pubmed:1", ("published", "", "pubmed"))
    shelf.morning()
    shelf.tell("medrxiv:a", ("withdrawn", "", "medrxiv"))
    shelf.tell("europepmc:b", ("withdrawn", "", "europepmc"))
    shelf.tell("pubmed:1", ("corrected", "PMID 8", "pubmed"))
    assert ledger.summary(shelf.store.db, shelf.run) == "known before, now: 1 corrected, 1 withdrawn"
    shelf.morning()
    shelf.tell("pubmed:1", ("corrected", "PMID 8", "retraction-watch"))
    assert ledger.summary(shelf.store.db, shelf.run) == "no new paper"
    shelf.tell("pubmed:1", ("corrected", "PMID 9", "retraction-watch"))
    assert ledger.summary(shelf.store.db, shelf.run) == "known before, now: 1 corrected"
