"""A mark once seen is never lost: by no sequence of fetches, checks, re-readings, joins, splits and absences."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_world import PMID, element, paper

from tracker.dedupe import people, stage
from tracker.errors import UsageError
from tracker.home import Context, Home
from tracker.http import Http
from tracker.imports import reparse
from tracker.model import Event
from tracker.sources import load
from tracker.sources.pubmed.client import PubMed
from tracker.store import Store, checks, events, identity, records, runs, works
from tracker.works.display import state

FIRST = datetime(2026, 3, 2, 6, tzinfo=UTC)
PAPERS = 4
KINDS = ("RetractionIn", "ErratumIn", "ExpressionOfConcernIn", "")
Mark = tuple[str, str, str, str]  # PMID, kind, notice, who says so


@dataclass
class Shelf:
    """A store to which things happen, and every mark that was ever seen, with the day on which it was seen first."""

    root: Path
    store: Store
    day: int = 0
    marks: dict[Mark, str] = field(default_factory=dict)

    def now(self) -> datetime:
        return FIRST + timedelta(days=self.day)

    @property
    def iso(self) -> str:
        return self.now().strftime("%Y-%m-%dT%H:%M:%SZ")

    @property
    def context(self) -> Context:
        return Context(Home(self.root), self.now, lambda line: None)

    def see(self, name: str, said: Any) -> None:
        for item in said:
            self.marks.setdefault((name, item.kind, item.notice, item.source), self.iso)

    def do(self, what: str, one: int, other: int, kind: str) -> None:
        self.day += 1
        with self.store.write() as db:
            run = runs.begin(db, "test", self.iso)
        getattr(self, what)(run, one, other, kind)
        with self.store.write() as db:
            runs.end(db, run, self.iso)

    # --- what can happen

    def fetch(self, run: int, one: int, other: int, kind: str) -> None:
        """The record comes, with a link to a notice or without; now and then its words have changed."""
        link = (kind, f"J Notices. 2026;{other}:{one}") if kind else ("", "")
        article = paper(one, "loneliness", date(2026, 1, 5), xml=partial(element, link=link))
        if other % 2:
            article = replace(article, abstract=f"Written anew, {other}.", revised=date(2026, 2, other))
        raw = element(article, link)
        record = SOURCE.parse(raw)
        with self.store.write() as db:
            records.keep(db, run, record, raw, 1, self.iso)
            events.add(db, run, "pubmed", record.source_id, SOURCE.events(record), self.iso)
        self.see(record.source_id, SOURCE.events(record))

    def check(self, run: int, one: int, other: int, kind: str) -> None:
        """A checker tells of a notice, and later of none: a mark is never taken back."""
        said = [Event("retracted", f"PMID {other}", "retraction-watch")] if kind else []
        key = self._id(one)
        if key:
            with self.store.write() as db:
                checks.mark(db, run, {key: said}, self.iso)
            self.see(str(PMID + one), said)

    def withhold(self, run: int, one: int, other: int, kind: str) -> None:
        with self.store.write() as db:
            records.withhold(db, "pubmed", [str(PMID + one)], self.iso)

    def judge(self, run: int, one: int, other: int, kind: str) -> None:
        stage.judge(self.store, self.iso)

    def reparse(self, run: int, one: int, other: int, kind: str) -> None:
        reparse.reread(self.context, self.store, apply=True)

    def reparse_blind(self, run: int, one: int, other: int, kind: str) -> None:
        """A parser that sees no marks at all, and reads every title otherwise."""
        real = PubMed.parse

        def parse(source: PubMed, raw: bytes) -> Any:
            found = real(source, raw)
            return replace(found, title=f"{found.title} {other}", links=())

        with patch.object(PubMed, "events", lambda self, record: ()), patch.object(PubMed, "parse", parse):
            reparse.reread(self.context, self.store, apply=True)

    def join(self, run: int, one: int, other: int, kind: str) -> None:
        self._said(people.join, str(PMID + one), str(PMID + other), "same" if kind else "version")

    def split(self, run: int, one: int, other: int, kind: str) -> None:
        self._said(people.split, str(PMID + one), f"pubmed:{PMID + one}")

    def _said(self, word: Any, *about: str) -> None:
        try:
            word(self.store, *about, "so it is", self.iso)
        except UsageError:  # there is no such work, or it is so already
            return

    def _id(self, one: int) -> int | None:
        row = self.store.db.execute("select id from record where source_id = ?", (str(PMID + one),)).fetchone()
        return row[0] if row else None

    # --- what must hold

    def check_all(self) -> None:
        rows = self.store.db.execute(
            "select source_id, kind, notice, event.source, seen from event join record on record.id = record_id"
        )
        assert {tuple(row[:4]): row[4] for row in rows} == self.marks
        for work in works.stream(self.store.db):
            names = {item.record.source_id for item in work.records}
            kinds = {kind for name, kind, _, _ in self.marks if name in names}
            assert {item.event.kind for item in work.events} == kinds
            assert (state(work) == "retracted") == ("retracted" in kinds)


HTTP = Http(pace=0)
SOURCE: Any = load("pubmed").build(HTTP, {})
NAMES = ("fetch", "fetch", "fetch", "check", "withhold", "judge", "judge", "reparse", "reparse_blind", "join", "split")
STEP = st.tuples(
    st.sampled_from(NAMES), st.integers(1, PAPERS), st.integers(1, PAPERS), st.sampled_from(KINDS)
)  # fmt: skip


@contextmanager
def opened() -> Iterator[Shelf]:
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "tracker.db") as store:
        with store.write() as db:
            identity.decide(db, "DEMO", "demo.invalid")
        yield Shelf(Path(folder), store)


def lived(steps: list[tuple[str, int, int, str]]) -> None:
    with opened() as shelf:
        for number in range(1, PAPERS + 1):
            shelf.do("fetch", number, 2, "")
        shelf.do("judge", 1, 1, "")
        for step in steps:
            shelf.do(*step)
            shelf.check_all()


@settings(max_examples=25, deadline=None)
@given(st.lists(STEP, max_size=14))
def test_no_sequence_of_events_takes_a_mark_back(steps: list[tuple[str, int, int, str]]) -> None:
    lived(steps)


@pytest.mark.soak
@settings(max_examples=1000, deadline=None)
@given(st.lists(STEP, max_size=40))
def test_no_long_sequence_of_events_takes_a_mark_back(steps: list[tuple[str, int, int, str]]) -> None:
    lived(steps)


def test_each_step_does_what_it_says() -> None:
    """The steps themselves are worth something: the retraction goes through each of them."""
    with opened() as shelf:
        for number in (1, 2):
            shelf.do("fetch", number, 2, "")
        shelf.do("judge", 1, 1, "")
        shelf.do("fetch", 1, 2, "RetractionIn")
        shelf.do("fetch", 1, 2, "")
        shelf.do("join", 1, 2, "same")
        assert len(list(works.stream(shelf.store.db))) == 1
        shelf.do("reparse_blind", 1, 3, "")
        shelf.do("reparse", 1, 1, "")
        shelf.do("check", 2, 1, "x")
        shelf.check_all()
        shelf.do("split", 2, 1, "")
        assert [state(work) for work in works.stream(shelf.store.db)] == ["retracted", "retracted"]
        assert sum(kind == "retracted" for _, kind, _, _ in shelf.marks) == 2
        shelf.check_all()
