"""Checkers run once a day, leave a row in the ledger, and are not asked on the internet by a home on loopback."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from checkers_lab import NOW

from tracker.checkers import Checked, open_checkers, run_checkers
from tracker.errors import Blocked, SourceError, Transient, UsageError
from tracker.http import Http
from tracker.http.answer import Service
from tracker.store import Store, runs, verify


@dataclass
class Stub:
    error: SourceError | None = None
    short: str = ""
    service: Service = field(default_factory=lambda: Service("stub", "Stub", "http://127.0.0.1:9", 0.0))
    calls: int = 0

    def check(self, store: Store, run: int, now: str) -> Checked:
        self.calls += 1
        if self.error:
            raise self.error
        return Checked(5, 2, "fine", self.short)


def begun(store: Store) -> int:
    with store.write() as db:
        return runs.begin(db, "update", NOW)


def rows(store: Store) -> list[tuple[Any, ...]]:
    return [
        tuple(row) for row in store.db.execute("select source, outcome, requests, note from reading_run order by id")
    ]


def test_a_check_leaves_a_row_and_is_made_once_a_day(store: Store, clock: Any) -> None:
    stub, said = Stub(), list[str]()
    counts = iter([(3, 0), (7, 1)])
    found = run_checkers(store, begun(store), [stub], clock, said.append, lambda name: next(counts))
    assert rows(store) == [("stub", "complete", 4, "5 looked at, 2 new marks; fine")]
    assert [row.outcome for row in found] == ["complete"]
    assert said == ["Stub: complete: 5 looked at, 2 new marks; fine"]
    clock.move(hours=3)
    assert run_checkers(store, begun(store), [stub], clock, said.append) == []
    clock.move(days=1)
    run_checkers(store, begun(store), [stub], clock, said.append)
    assert stub.calls == 2
    assert [item.wrong for item in verify.findings(store.path) if item.wrong] == []


@pytest.mark.parametrize(
    ("stub", "outcome"),
    [
        (Stub(Transient("no answer")), "incomplete"),
        (Stub(Blocked("shut out")), "failed"),
        (Stub(short="half of it"), "incomplete"),
    ],
)
def test_a_check_that_fails_is_told_and_tried_again_by_the_next_run(
    store: Store, clock: Any, stub: Stub, outcome: str
) -> None:
    assert [row.outcome for row in run_checkers(store, begun(store), [stub], clock, str)] == [outcome]
    run_checkers(store, begun(store), [stub], clock, str)
    assert stub.calls == 2


def test_a_home_on_loopback_asks_no_checker_on_the_internet() -> None:
    loopback = {"TRACKER_PUBMED_URL": "http://127.0.0.1:9"}
    http = Http(pace=0)
    assert open_checkers(loopback, http, ["pubmed"]) == []
    named = open_checkers(loopback | {"TRACKER_CROSSREF_URL": "http://127.0.0.1:8"}, http, ["pubmed"])
    assert [item.service.name for item in named] == ["crossref"]
    live = open_checkers({"TRACKER_EMAIL": "tracker@example.org"}, Http(), ["pubmed"])
    assert [item.service.name for item in live] == ["retraction-watch", "crossref"]
    with pytest.raises(UsageError, match="TRACKER_CROSSREF_URL is no loopback address"):
        open_checkers(loopback | {"TRACKER_CROSSREF_URL": "https://example.org"}, http, ["pubmed"])
    with pytest.raises(UsageError, match="TRACKER_EMAIL is not set: Crossref"):  # one on the internet is enough
        open_checkers(loopback | {"TRACKER_CROSSREF_URL": "https://example.org"}, Http(), ["pubmed"])
