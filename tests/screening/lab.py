"""A home with a real store, filled by hand: records that match searches, joins, splits, runs that failed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from makers import insert

from tracker.home import Home
from tracker.model import Author, IdList, PartialDate, Record, SavedSearch
from tracker.screening.export import export
from tracker.screening.receipt import Receipt
from tracker.store import Store, cluster_members, matches, records, runs, works

ERRATUM = (("D016425", "Published Erratum"),)
PREPRINT = (("D000076942", "Preprint"),)


class Lab:
    """Papers are known by their number: PMID 990000000 + n, record id in the order of adding."""

    def __init__(self, root: Path) -> None:
        self.home = Home(root)
        self.home.queries.mkdir(parents=True, exist_ok=True)
        self.store = Store(self.home.database)
        self.day = 0
        self.ids: set[int] = set()  # of records

    @property
    def now(self) -> str:
        return f"2026-01-{1 + self.day % 28:02}T06:00:00Z"

    def search(self, slug: str) -> None:
        text = f"title: {slug}\nsources: pubmed\n---\nloneliness\n"
        (self.home.queries / f"{slug}.txt").write_text(text, encoding="utf-8")

    def run(
        self, slug: str, papers: Sequence[int], outcome: str = "complete", note: str = "", version: str = "1",
        source: str = "pubmed",
    ) -> None:  # fmt: skip
        """One run of a search on a source that lists exactly ``papers`` (unknown ones are only listed, not stored)."""
        self.day += 1
        self.search(slug)
        ids = [str(990000000 + paper) for paper in papers]
        with self.store.write() as db:
            run = runs.begin(db, "test", self.now)
            saved = SavedSearch(slug, slug, (source,), "loneliness", version * 64)
            key, strategy = runs.strategy(db, saved, run, self.now)
            before = runs.last_complete(db, key, source)
            asked = matches.SearchRun(
                key, strategy, source, run, self.now, "" if before else "baseline", before, "", ()
            )
            change = matches.arrive(db, asked, ids)
            walk = IdList(len(ids), len(ids), tuple(ids))
            row = runs.SearchRow(
                key,
                strategy,
                source,
                self.now,
                self.now,
                outcome,
                walk=walk,
                known=change.known,
                new=change.new,
                note=note,
            )
            runs.add_search_row(db, run, row)
            runs.end(db, run, self.now)

    def store_paper(self, paper: int, source: str = "pubmed", **said: Any) -> int:
        """A record in a work of its own; returns its record id."""
        pmid = str(990000000 + paper)
        given: dict[str, Any] = {
            "title": f"Paper {paper}",
            "pmid": pmid,
            "doi": f"10.5555/p{paper}",
            "authors": (Author("Doe", f"Given{paper}"),),
            "date": PartialDate("2025-03"),
        }
        record = Record(source, pmid, **{**given, **said})
        with self.store.write() as db:
            run = runs.begin(db, "test", self.now)
            records.keep(db, run, record, b"<x/>", 1, self.now)
            runs.end(db, run, self.now)
            key = int(db.execute("select id from record where source_id = ?", (pmid,)).fetchone()[0])
            if key not in self.ids:
                cluster_members.place(db, [[[key]]], self.now)
        self.ids.add(key)
        return key

    def papers(self, slug: str, numbers: Sequence[int], **said: Any) -> None:
        for number in numbers:
            self.store_paper(number, **said)
        self.run(slug, numbers)

    def mark(self, paper: int, kind: str, date: str = "2026-01-09") -> None:
        """Something happened to a paper."""
        with self.store.write() as db:
            found = db.execute(
                "select id, source, first_run from record where source_id = ?", (str(990000000 + paper),)
            )
            for number, source, run in found.fetchall():
                insert(db, "event", record_id=number, kind=kind, source=source, date=date, run_id=run, seen=self.now)

    def place(self, *groups: Sequence[int]) -> None:
        """Let records stand together: each group one work, each record a publication of its own."""
        with self.store.write() as db:
            cluster_members.place(db, [[[key] for key in group] for group in groups], self.now)

    def export(self, out: str = "list.csv", name: str = "mine", **options: Any) -> Receipt:
        """Hand out into one file."""
        (receipt,) = self.exports(out, name, **options)
        return receipt

    def exports(self, out: str = "list.csv", name: str = "mine", **options: Any) -> tuple[Receipt, ...]:
        self.day += 1
        return export(self.home, self.store, self.home.root / out, name=name, now=self.now, **options)

    def read(self, out: str = "list.csv") -> list[dict[str, str]]:
        data = (self.home.root / out).read_bytes()
        return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))

    def keys(self, out: str = "list.csv") -> list[str]:
        return [row["key"] for row in self.read(out)]

    def work_of(self, key: str) -> str:
        """The key under which a work stands now."""
        return works.resolve(self.store.db, key)

    def left_behind(self) -> list[str]:
        """Files beside the lists that nobody asked for."""
        return [path.name for path in self.home.root.iterdir() if path.name.endswith(".part")]


@contextmanager
def opened(root: Path) -> Iterator[Lab]:
    lab = Lab(root)
    try:
        yield lab
    finally:
        lab.store.close()
