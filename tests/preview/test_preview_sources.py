"""The preview where PubMed does not answer: superset and local decision, stored records, other languages."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest

from emulator.biorxiv_service import row
from emulator.papers import Person
from emulator.preprints import PreprintVersion
from tracker.check import after
from tracker.check.effect import Effect
from tracker.check.preview import askable, preview
from tracker.check.report import check_folder
from tracker.errors import Transient
from tracker.http import Http
from tracker.model import IdList, RawRecord, Record, Section
from tracker.searches import read_search_files
from tracker.sources import Source, UnreadableRecord, is_window, load
from tracker.store import Store, days, records, runs
from tracker.store import preprint_versions as shelving
from tracker.store.sql import insert

NOW = "2026-11-24T06:00:00Z"


def paper(source: str, number: int, title: str) -> Record:
    return Record(source, str(number), title=title, abstract=(Section("Nothing else."),), doi=f"10.5555/it.{number}")


@dataclass
class Europe:
    """A service that lists what it is told to and hands out records; number 13 cannot be read."""

    listed: Sequence[str]
    papers: dict[str, Record]
    shortfall: str = ""
    broken: bool = False
    name: str = "europepmc"
    title: str = "Europe PMC"
    batch: int = 2
    fetched: list[tuple[str, ...]] = field(default_factory=list)

    def walk(self, text: str, cuts: Sequence[str] = ()) -> IdList:
        if self.broken:
            raise Transient("it is silent")
        return IdList(len(self.listed), len(self.listed), tuple(self.listed), "", ("odd",), (), (), self.shortfall)

    def fetch(self, ids: Sequence[str]) -> tuple[RawRecord, ...]:
        self.fetched.append(tuple(ids))
        return tuple(RawRecord(item, item.encode()) for item in ids)

    def parse(self, raw: bytes) -> Record:
        if raw == b"13":
            raise UnreadableRecord("no title")
        return self.papers[raw.decode()]


@dataclass
class Shelf:
    """A home with one search and a store that is filled by hand."""

    root: Path
    store: Store
    run: int = 0

    def write(self, text: str, sources: str, headers: str = "", slug: str = "one") -> None:
        path = self.root / "queries" / f"{slug}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"title: T\nsources: {sources}\n{headers}---\n{text}\n", encoding="utf-8")

    def keep(self, *held: Record, matching: Sequence[int] = ()) -> None:
        """Store records; those whose numbers are given match the search."""
        file = read_search_files(self.root / "queries")[0][0]
        with self.store.write() as db:
            self.run = self.run or runs.begin(db, "test", NOW)
            search, strategy = runs.strategy(db, file.search, self.run, NOW)
            for item in held:
                records.keep(db, self.run, item, b"", 1, NOW)
                if int(item.source_id) in matching:
                    insert(
                        db, "match", search_id=search, strategy_id=strategy, source=item.source,
                        source_id=item.source_id, from_run=self.run, since=NOW, why="baseline",
                    )  # fmt: skip

    def preview(self, **sources: Europe) -> Effect:
        queries = self.root / "queries"
        report = check_folder(queries)
        assert report.ok, report.mistakes
        found = cast("dict[str, Source]", sources)
        return preview(self.store.db, read_search_files(queries)[0][0].search, report.searches[0], found)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with Store(tmp_path / "db" / "tracker.db") as store:
        yield Shelf(tmp_path, store)


def europe(numbers: Sequence[int], title: str = "Tea", **said: Any) -> Europe:
    return Europe([str(n) for n in numbers], {str(n): paper("europepmc", n, title) for n in numbers}, **said)


def test_preprint_servers_are_decided_on_the_stored_records(shelf: Shelf) -> None:
    shelf.write("tea[ti]", "medrxiv", "finds: 10.5555/it.1, 10.5555/it.2, 10.5555/it.9\n")
    titles = {1: "Tea", 2: "Milk", 3: "Tea and milk", 4: "Water"}
    shelf.keep(*(paper("medrxiv", number, title) for number, title in titles.items()), matching=[1, 3])
    shelf.write("milk[ti]", "medrxiv", "finds: 10.5555/it.1, 10.5555/it.2, 10.5555/it.9\n")
    effect = shelf.preview()
    (source,) = effect.sources
    assert (source.how, source.before, source.after, source.added, source.lost) == ("decided", 2, 2, ("2",), ("1",))
    assert source.lost_sample[0].title == "Tea"
    assert [known.source_id for known in effect.finds_lost] == ["10.5555/it.1"]
    assert effect.finds_gained == ("10.5555/it.2",)
    assert effect.finds_missing == ("10.5555/it.9",)
    assert "medRxiv (decided here, exact for the records stored)" in effect.as_text()


def posted(number: int, title: str) -> bytes:
    """A row of medRxiv's service."""
    people = (Person("Doe", "Jane"),)
    day = date(2026, 11, number)
    return json.dumps(row(PreprintVersion("medrxiv", "", f"10.5555/it.{number}", day, title, authors=people))).encode()


def put(shelf: Shelf, raw: bytes) -> None:
    """What a reading puts on the shelf; nothing of it matches yet."""
    source = load("medrxiv").build(Http(), {})
    assert is_window(source)
    record = source.parse(raw)
    with shelf.store.write() as db:
        shelving.keep(db, shelf.run, record, source.preprint(record), raw, source.parser_version, NOW)


def test_preprint_servers_are_decided_on_everything_that_was_read_of_them(shelf: Shelf) -> None:
    """Most of what was read is no record: only what a search wanted is."""
    shelf.write("tea[ti]", "medrxiv", "finds: 10.5555/it.2\n")
    shelf.keep()
    for number, title in {1: "Tea", 2: "Milk", 3: "Milk and tea", 4: "Water"}.items():
        put(shelf, posted(number, title))
    with shelf.store.write() as db:
        days.plan(db, "medrxiv", date(2026, 11, 1), date(2026, 11, 4))
        days.done(db, "medrxiv", date(2026, 11, 2), date(2026, 11, 4), shelf.run, NOW)
        db.execute("update shelf set raw = ? where source_id = '10.5555/it.4v1'", (zlib.compress(b"{}"),))
        insert(
            db, "match", search_id=1, strategy_id=1, source="medrxiv", source_id="10.5555/it.1v1", from_run=shelf.run,
            since=NOW, why="baseline",
        )  # fmt: skip
    shelf.write("milk[ti]", "medrxiv", "finds: 10.5555/it.2\n")
    effect = shelf.preview()
    (source,) = effect.sources
    assert (source.how, source.before, source.after) == ("decided", 1, 2)
    assert (source.added, source.lost) == (("10.5555/it.3v1", "10.5555/it.2v1"), ("10.5555/it.1v1",))
    assert source.added_stored == 2
    assert source.added_sample[1].title == "Milk"
    assert source.notes == ("4 versions have been read so far, in 3 of 4 days",)
    assert effect.finds_gained == ("10.5555/it.2",)


def test_superset_is_asked_for_and_each_record_decided(shelf: Shelf) -> None:
    shelf.write("tea[ti]", "europepmc")
    shelf.keep(
        paper("europepmc", 1, "Tea"), paper("europepmc", 2, "Milk"), paper("europepmc", 3, "Tea"), matching=[1, 3]
    )
    service = europe([2, 3, 5, 6, 7, 13])
    service.papers |= {"6": paper("europepmc", 6, "Milk")}
    (source,) = shelf.preview(europepmc=service).sources
    assert source.how == "asked"
    assert source.added == ("7", "5")  # 2 and 6 are refused here, 13 cannot be read
    assert source.lost == ("1",)  # not listed any more
    assert source.added_sample[0].title == "Tea"
    assert service.fetched == [("13", "7"), ("6", "5")]
    assert "Europe PMC says: odd" in source.notes


def test_more_than_can_be_decided_is_told(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(after, "MOST_DECIDED", 3)
    shelf.write("tea[ti]", "europepmc")
    shelf.keep()
    (source,) = shelf.preview(europepmc=europe(range(20, 30))).sources
    assert source.added == ("29", "28", "27")
    assert "7 more are listed that are not stored and were not decided: some would be added" in source.notes


def test_answer_that_is_not_whole_loses_nothing(shelf: Shelf) -> None:
    shelf.write("tea[ti]", "europepmc")
    (shelf.root / "queries" / "one.europepmc.txt").write_text("TITLE:tea", encoding="utf-8")
    shelf.keep(paper("europepmc", 1, "Tea"), matching=[1])
    effect = shelf.preview(europepmc=europe([2], shortfall="the list ended early"))
    (source,) = effect.sources
    assert (source.added, source.lost) == (("2",), ())
    assert effect.troubles == ["one on europepmc: the list ended early; what would be lost cannot be told"]
    assert "incomplete: the list ended early" in effect.as_text()


def test_decided_answer_that_is_not_whole_loses_nothing(shelf: Shelf) -> None:
    shelf.write("tea[ti]", "europepmc")
    shelf.keep(paper("europepmc", 1, "Tea"), matching=[1])
    (source,) = shelf.preview(europepmc=europe([2], shortfall="the list ended early")).sources
    assert (source.added, source.lost) == (("2",), ())


def test_silent_service_is_decided_on_the_stored_records(shelf: Shelf) -> None:
    shelf.write("tea[ti]", "europepmc")
    shelf.keep(paper("europepmc", 1, "Tea"), paper("europepmc", 2, "Milk"), matching=[1])
    shelf.write("milk[ti]", "europepmc")
    effect = shelf.preview(europepmc=europe([], broken=True))
    (source,) = effect.sources
    assert (source.how, source.added, source.lost) == ("decided", ("2",), ("1",))
    assert effect.troubles == ["one on europepmc: it is silent"]


def test_text_in_another_language_is_never_guessed(shelf: Shelf) -> None:
    shelf.write("tea[ti]", "europepmc")
    (shelf.root / "queries" / "one.europepmc.txt").write_text("TITLE:tea", encoding="utf-8")
    shelf.keep(paper("europepmc", 1, "Tea"), matching=[1])
    (source,) = shelf.preview().sources
    assert (source.how, source.lost, source.added) == ("unknown", (), ())
    assert source.notes == ("it is asked in its own language, and only it can tell",)


def test_only_sources_with_a_search_are_asked(shelf: Shelf) -> None:
    shelf.write("tea[ti]", "pubmed, europepmc, medrxiv")
    search = read_search_files(shelf.root / "queries")[0][0].search
    assert askable(search, ("pubmed", "europepmc", "medrxiv")) == ["pubmed", "europepmc"]
    assert askable(search, ("pubmed", "medrxiv")) == ["pubmed"]
