"""The demo's Crossref and Retraction Watch, asked by the real checkers over HTTP: what they know, and every fault."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from checkers_lab import NOW, keep, marks, paper

from emulator import registers
from emulator.days import ACTORS, DAYS
from emulator.registers import CrossrefService, Deposit, RegisterHoldings, RegisterRow, RetractionsService
from emulator.server_faults import FAULTS
from tracker.checkers import Checker, crossref, retraction_watch, run_checkers
from tracker.http import Http
from tracker.store import Store, runs

DAY = date(2026, 3, 2)
# Whole and valid answers, as far as anybody can tell.
UNSEEN = {"gigantic", "stall", "record-twice", "hollow-record", "odd-record"}
SOME = 40  # rows and works that are about papers of elsewhere


def register() -> RegisterHoldings:
    """Paper 1 has been retracted; paper 2, a preprint, has come out as paper 3."""
    deposits = [Deposit("10.5555/Paper.2", "Two", ("10.5555/paper.3",)), Deposit("10.5555/paper.3", "Three")]
    rows = [RegisterRow(number, f"Rope {number}", "Retraction", date(2025, 1, 1)) for number in range(SOME)]
    told = RegisterRow(SOME, "One", "Retraction", date(2026, 2, 1), "10.5555/PAPER.1", notice_doi="10.5555/n.1")
    return RegisterHoldings(deposits, [*rows[: SOME // 2], told, *rows[SOME // 2 :]])


def quick() -> Http:
    return Http(pace=0.0, sleep=lambda seconds: None, timeout=(1.0, 1.0), deadline=3.0, attempts=2)


@pytest.fixture
def opened() -> Iterator[Callable[[str], tuple[Any, Checker]]]:
    """(service, checker) of one of the two."""
    running: list[Any] = []

    def start(name: str) -> tuple[Any, Checker]:
        kind = CrossrefService if name == "works" else RetractionsService
        service = kind(register(), DAY).start()
        running.append(service)
        settings = {"TRACKER_CROSSREF_URL": service.url, "TRACKER_RETRACTIONS_URL": service.url}
        module = crossref if name == "works" else retraction_watch
        return service, module.build(quick(), settings)

    yield start
    for service in running:
        service.stop()


@pytest.fixture
def papers(store: Store) -> int:
    other = paper(3, title="Silence in carriages: what nobody says on the way home at night")
    return keep(store, paper(1), paper(2, "medrxiv"), other)


EXPECTED = {
    "works": ("medrxiv", "published", "10.5555/paper.3", "", "crossref"),
    "file": ("pubmed", "retracted", "10.5555/n.1", "2026-02-01", "retraction-watch"),
}


@pytest.mark.parametrize("name", ["works", "file"])
def test_what_a_register_knows_is_found(opened: Any, name: str, store: Store, papers: int) -> None:
    _, checker = opened(name)
    assert checker.check(store, papers, NOW).new == 1
    assert marks(store) == [EXPECTED[name]]


def checked(store: Store, *checkers: Checker, clock: Any) -> tuple[str, str]:
    """(outcome, note) of the last of the checkers, in a run of its own."""
    with store.write() as db:
        run = runs.begin(db, "update", clock().strftime("%Y-%m-%dT%H:%M:%SZ"))
    rows = run_checkers(store, run, checkers, clock, str)
    return rows[-1].outcome, rows[-1].note


PAIRS = [(name, fault) for name in ("works", "file") for fault in sorted(FAULTS) if name in FAULTS[fault].on]


@pytest.mark.parametrize(("name", "fault"), PAIRS)
def test_every_fault_is_told_or_overcome_and_harms_nothing(
    opened: Any, name: str, fault: str, store: Store, papers: int, clock: Any
) -> None:
    """Played for good, the check is not complete, says why and marks nothing; once it is over, all is found."""
    service, checker = opened(name)
    if fault == "half-the-lines":  # only a file that was longer once can be seen to be too short
        checked(store, checker, clock=clock)
        clock.move(days=1)
    before = marks(store)
    service.faults.play(fault, times=None, seconds=5, size=1_000_000)
    outcome, note = checked(store, checker, clock=clock)
    if fault not in UNSEEN:
        assert outcome in ("incomplete", "failed")
        assert note
        assert marks(store) == before
    service.faults.clear()
    clock.move(days=7)
    assert checked(store, checker, clock=clock)[0] == "complete"
    assert marks(store) == [EXPECTED[name]]


@pytest.mark.parametrize("name", ["works", "file"])
def test_one_register_that_is_down_does_not_keep_the_other_from_being_asked(
    opened: Any, name: str, store: Store, papers: int, clock: Any
) -> None:
    both = {key: opened(key) for key in ("works", "file")}
    both[name][0].faults.play("error-503", times=None)
    rows = run_checkers(store, papers, [checker for _, checker in both.values()], clock, str)
    assert sorted(row.outcome for row in rows) == ["complete", "incomplete"]
    (left,) = [key for key in both if key != name]
    assert marks(store) == [EXPECTED[left]]


def test_crossref_is_asked_in_lists_and_refuses_what_it_does_not_know(opened: Any) -> None:
    service, _ = opened("works")

    def ask(query: str) -> tuple[int, Any]:
        try:
            with urllib.request.urlopen(f"{service.url}/{query}") as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                body = error.read()
            return error.code, json.loads(body) if body.startswith(b"{") else body

    code, said = ask("works?filter=doi:10.5555/paper.2,doi:10.5555/nobody,doi:10.5555/PAPER.3&select=DOI,relation")
    assert (code, said["message"]["total-results"]) == (200, 2)
    assert [set(item) for item in said["message"]["items"]] == [{"DOI", "relation"}] * 2
    assert ask("works?filter=doi:10.5555/paper.2,doi:10.5555/paper.3&rows=1")[1]["message"]["total-results"] == 2
    for wrong in ("works?filter=colour:red", "works?select=colour", "works?rows=many", "works?rows=1001"):
        code, said = ask(wrong)
        assert (code, said["message-type"]) == (400, "validation-failure")
    assert ask("journals") == (404, b"Resource not found.")


def test_notices_are_written_as_crossref_writes_them_and_read_by_the_checker() -> None:
    told = (("withdrawal", "10.5555/n.1", date(2026, 2, 3)), ("expression_of_concern", "10.5555/n.2", date(2026, 2, 4)))
    with CrossrefService(RegisterHoldings([Deposit("10.5555/p.1", "One", notices=told)]), DAY) as service:
        http = quick()
        checker = crossref.build(http, {"TRACKER_CROSSREF_URL": service.url})
        found = checker.ask(["10.5555/p.1", "10.5555/p.2"])
        http.close()
    assert [(one.kind, one.notice, one.date, one.detail) for one in found["10.5555/p.1"]] == [
        ("withdrawn", "10.5555/n.1", "2026-02-03", "Withdrawal"),
        ("concern", "10.5555/n.2", "2026-02-04", "Expression of concern"),
    ]


def test_the_file_is_at_its_address_alone(opened: Any) -> None:
    service, _ = opened("file")
    with pytest.raises(urllib.error.HTTPError) as told:
        urllib.request.urlopen(f"{service.origin}/elsewhere.csv")
    told.value.close()
    assert told.value.code == 404


def test_the_registers_of_the_demo_agree_with_pubmed_but_for_what_only_they_know() -> None:
    first, last = DAYS[0].date, DAYS[-1].date
    rows = {(row.pmid, row.nature) for row in registers.rows(last)}
    assert (ACTORS["quietly-retracted"], "Retraction") in rows
    assert (ACTORS["quietly-retracted"], "Retraction") not in {(r.pmid, r.nature) for r in registers.rows(first)}
    assert (ACTORS["corrected"], "Correction") in rows
    numbers = [row.number for row in registers.rows(last)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) > registers.ELSEWHERE
    assert len(registers.deposits(last)) > len(registers.deposits(first)) > 2_000
    assert any(deposit.notices for deposit in registers.deposits(first).values())
