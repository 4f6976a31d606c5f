"""The public contract of a source holds for our own, and finds what breaks it in others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest

from emulator import corpus, preprints
from emulator.biorxiv_service import BiorxivService
from emulator.days import FIRST_DAY
from emulator.europepmc_service import EuropePmcService
from emulator.osf_service import OsfService
from emulator.service import PubMedService
from tracker.http import Http
from tracker.model import Author, Event, IdList, Link, PartialDate, RawRecord, Record, record_from_json
from tracker.sources import UnreadableRecord, WindowPage, load
from tracker.sources.europepmc import client
from tracker.testing import check_source, check_window_source, check_wrong_answers, check_wrong_windows


def test_pubmed_keeps_the_contract() -> None:
    with PubMedService(corpus, FIRST_DAY) as service:
        source = load("pubmed").build(Http(pace=0), {"TRACKER_PUBMED_URL": service.url})
        check_source(source, "loneliness[tiab]", most=120)  # type: ignore[arg-type]


def test_europe_pmc_keeps_the_contract() -> None:
    with EuropePmcService(preprints, FIRST_DAY) as service:
        source = client.build(Http(pace=0), {"TRACKER_EUROPEPMC_URL": service.url})
        check_source(source, "SRC:PPR AND (TITLE_ABS:loneliness)", most=120)


@pytest.mark.parametrize("name", ["medrxiv", "biorxiv", "psyarxiv"])
def test_the_preprint_servers_keep_the_contract(name: str) -> None:
    kind, setting = (OsfService, "TRACKER_OSF_URL") if name == "psyarxiv" else (BiorxivService, "TRACKER_BIORXIV_URL")
    with kind(preprints, FIRST_DAY) as service:
        source = load(name).build(Http(pace=0), {setting: service.url})
        check_window_source(source, date(2025, 1, 1), FIRST_DAY)  # type: ignore[arg-type]


def playing(service: Any, fault: str) -> Callable[[], AbstractContextManager[object]]:
    """The service plays a fault in every answer as long as the context is open."""

    @contextmanager
    def play() -> Iterator[None]:
        service.faults.play(fault, times=None)
        yield
        service.faults.clear()

    return play


def setting(service: Any, name: str, value: Any, honest: Any) -> Callable[[], AbstractContextManager[object]]:
    @contextmanager
    def play() -> Iterator[None]:
        setattr(service, name, value)
        yield
        setattr(service, name, honest)

    return play


def test_pubmed_takes_no_wrong_answer_for_the_truth() -> None:
    with PubMedService(corpus, FIRST_DAY) as service:
        source = load("pubmed").build(Http(pace=0, sleep=lambda seconds: None), {"TRACKER_PUBMED_URL": service.url})
        names = {"repeats": "duplicate-ids", "another question": "another-search", "zero": "false-zero",
                 "filter": "filter-added"}  # fmt: skip
        play = {kind: playing(service, fault) for kind, fault in names.items()}
        check_wrong_answers(source, "loneliness[tiab]", play)  # type: ignore[arg-type]


def test_europe_pmc_takes_no_wrong_answer_for_the_truth() -> None:
    with EuropePmcService(preprints, FIRST_DAY) as service:
        source = client.build(Http(pace=0, sleep=lambda seconds: None), {"TRACKER_EUROPEPMC_URL": service.url})
        names = {"repeats": "duplicate-ids", "another question": "another-query", "zero": "false-zero",
                 "filter": "language-filter"}  # fmt: skip
        play = {kind: playing(service, fault) for kind, fault in names.items()}
        check_wrong_answers(source, "SRC:PPR AND (TITLE_ABS:loneliness)", play)


@pytest.mark.parametrize("name", ["medrxiv", "biorxiv", "psyarxiv"])
def test_the_preprint_servers_take_no_wrong_answer_for_the_truth(name: str) -> None:
    osf = name == "psyarxiv"
    kind, address = (OsfService, "TRACKER_OSF_URL") if osf else (BiorxivService, "TRACKER_BIORXIV_URL")
    with kind(preprints, FIRST_DAY, **({"most": 10} if osf else {"size": 10})) as service:
        source = load(name).build(Http(pace=0, sleep=lambda seconds: None), {address: service.url})
        play = {
            "repeats": setting(service, "repeats", 2, 0),
            "another question": playing(service, "other-provider" if osf else "other-server"),
            "zero": playing(service, "nothing-listed" if osf else "false-nothing"),
            "filter": playing(service, "other-change" if osf else "other-category"),
            "late days": setting(service, "day", LATER, FIRST_DAY),
        }
        check_wrong_windows(source, date(2025, 1, 1), LATER, play)  # type: ignore[arg-type]


LATER = FIRST_DAY + timedelta(days=30)


@dataclass
class Deaf:
    """A source that takes whatever comes; ``heard`` is what its service says."""

    heard: Any
    honest: Any

    def walk(self, text: str, cuts: Sequence[str] = ()) -> IdList:
        return self.heard

    def window(self, first: date, last: date) -> Any:
        yield self.heard

    def now(self, heard: Any) -> Callable[[], AbstractContextManager[object]]:
        return setting(self, "heard", heard, self.honest)


def test_a_source_that_takes_whatever_comes_does_not_pass() -> None:
    honest = IdList(2, 2, ("1", "2"))
    deaf = Deaf(honest, honest)
    play = {
        "repeats": deaf.now(IdList(1, 1, ("1",))), "another question": deaf.now(IdList(2, 2, ("7", "8"))),
        "zero": deaf.now(IdList(0, 0, ("1",))), "filter": deaf.now(IdList(1, 1, ("2",))),
    }  # fmt: skip
    with pytest.raises(AssertionError) as told:
        check_wrong_answers(deaf, "all", play)  # type: ignore[arg-type]
    for line in ("repeats: taken", "another question: taken", "zero: ids came", "filter: taken"):
        assert line in str(told.value)
    with pytest.raises(AssertionError, match="also asks for 'zero': nothing, in good form"):
        check_wrong_answers(deaf, "all", {})  # type: ignore[arg-type]


def test_a_window_source_that_takes_whatever_comes_does_not_pass() -> None:
    def page(promised: int, *keys: str) -> WindowPage:
        return WindowPage(promised, tuple(RawRecord(key, b"") for key in keys))

    deaf = Deaf(page(2, "1", "2"), page(2, "1", "2"))
    play = {
        "repeats": deaf.now(page(1, "1", "1")), "another question": deaf.now(page(1, "7")),
        "zero": deaf.now(page(2)), "filter": deaf.now(page(1, "2")), "late days": deaf.now(page(2, "1", "2")),
    }  # fmt: skip
    with pytest.raises(AssertionError) as told:
        check_wrong_windows(deaf, date(2026, 1, 1), date(2026, 1, 2), play)  # type: ignore[arg-type]
    for line in ("repeats: taken", "not asked for: 7", "zero: 0 records came, 2", "filter: taken", "do not show"):
        assert line in str(told.value)


GOOD = Record(
    "other",
    "1",
    title="Loneliness",
    doi="10.5555/a",
    created="2026-01-01",
    date=PartialDate("2026-01", "January 2026"),
    authors=(Author("Doe", orcid="0000-0002-1825-0097"),),
    links=(Link("UpdateIn", doi="10.5555/b"),),
)


@dataclass
class Other:
    """A stranger's source; each attribute can be made to break a promise."""

    held: dict[str, Record] = field(default_factory=lambda: {"1": GOOD, "2": replace(GOOD, source_id="2")})
    name: str = "other"
    title: str = "Other"
    batch: int = 1
    parser_version: int = 1
    span: int = 7
    budget: int = 10
    hourly: int = 0
    rotates: bool = False
    short: str = ""
    promised: int | None = None
    extra: tuple[RawRecord, ...] = ()
    changing: bool = False
    raising: type[Exception] = UnreadableRecord
    reason: str = "damaged"
    said: tuple[Event, ...] = (Event("preprint", "", "other", "2026-01"),)
    calls: int = 0

    def walk(self, text: str, cuts: Sequence[str] = ()) -> IdList:
        ids = tuple(self.held) if text == "all" else ()
        promised = len(ids) if self.promised is None else self.promised
        return IdList(promised, promised, ids, shortfall=self.short)

    def fetch(self, ids: Sequence[str]) -> tuple[RawRecord, ...]:
        if not ids:
            return ()
        return tuple(RawRecord(key, self.held[key].to_json().encode()) for key in ids) + self.extra

    def window(self, first: date, last: date) -> Any:
        rows = tuple(RawRecord(key, record.to_json().encode()) for key, record in self.held.items()) + self.extra
        yield WindowPage(len(rows) if self.promised is None else self.promised, rows if last.year > 2000 else ())

    def parse(self, raw: bytes) -> Record:
        self.calls += 1
        try:
            record = record_from_json(raw.decode())
        except (ValueError, TypeError, AttributeError, KeyError):
            raise self.raising(self.reason) from None
        return replace(record, title=f"{record.title} {self.calls}") if self.changing else record

    def events(self, record: Record) -> tuple[Event, ...]:
        return self.said

    def preprint(self, record: Record) -> str:
        return record.doi

    def posted(self, record: Record) -> bool:
        return True


def holding(**said: Any) -> dict[str, Record]:
    return {"1": replace(GOOD, **said)}


def test_a_good_source_passes() -> None:
    check_source(Other(), "all")  # type: ignore[arg-type]
    check_window_source(Other(), date(2026, 1, 1), date(2026, 1, 2))


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (Other(promised=3), "2 ids came where 3 and 3 were promised"),
        (Other(short="a page was clipped"), "not the whole answer: a page was clipped"),
        (Other(held={}), "nothing matches 'all'"),
        (Other(extra=(RawRecord("9", b"{}"),)), "records came that were not asked for: 9"),
        (Other(extra=(RawRecord("1", GOOD.to_json().encode()),)), "keys twice"),
        (Other(changing=True), "read differently the second time"),
        (Other(held={"1": replace(GOOD, source_id="7")}), "came under this key, reads as other:7"),
        (Other(held=holding(doi="10.5555/A")), "doi is '10.5555/A'"),
        (Other(held=holding(pmid="007")), "pmid is '007'"),
        (Other(held=holding(pmcid="12")), "pmcid is '12'"),
        (Other(held=holding(licence_url="javascript:x")), "licence_url is"),
        (Other(held=holding(authors=(Author("Doe", orcid="1234"),))), "orcid is '1234'"),
        (Other(held=holding(links=(Link("x", doi="doi:10.5555/b"),))), "doi of a link is"),
        (Other(held=holding(created="1 Jan")), "created is no ISO date: '1 Jan'"),
        (Other(held=holding(created="2026-01")), "created is no day"),
        (Other(held=holding(date=PartialDate("2026-13"))), "date.value is no ISO date"),
        (Other(held=holding(history=(("received", "soon"),))), "history received is no ISO date"),
        (Other(held=holding(title="Two\nlines")), "title is no clean line"),
        (Other(held=holding(keywords=(" padded",))), "keywords is no clean line"),
        (Other(said=(Event("celebrated", "", "x"),)), "there is no event 'celebrated'"),
        (Other(said=(Event("retracted", "", "x", "soon"),)), "date of an event is no ISO date"),
        (Other(raising=KeyError), "damaged, it raises KeyError"),
    ],
)
def test_a_broken_promise_is_told(source: Any, line: str) -> None:
    with pytest.raises(AssertionError) as told:
        check_source(source, "all")
    assert line in str(told.value)


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (Other(promised=3), "2 records came where 3 were promised"),
        (Other(held={}), "there is nothing to check"),
        (Other(extra=(RawRecord("1", GOOD.to_json().encode()),)), "the pages hold 1 keys twice"),
        (Other(held=holding(doi="")), "belongs to no preprint"),
        (Other(span=0), "span and budget"),
        (Other(extra=(RawRecord("9", b"{"),), reason=""), "9: unreadable without a reason"),
    ],
)
def test_a_broken_promise_of_a_server_read_by_days_is_told(source: Any, line: str) -> None:
    with pytest.raises(AssertionError) as told:
        check_window_source(source, date(2026, 1, 1), date(2026, 1, 2))
    assert line in str(told.value)


def test_a_second_run_that_brings_other_records_or_changed_ones_is_told() -> None:
    class Restless(Other):
        fetches = 0

        def fetch(self, ids: Sequence[str]) -> tuple[RawRecord, ...]:
            self.fetches += 1
            if self.fetches == 1:
                return super().fetch(ids)
            return tuple(RawRecord(raw.source_id, raw.body.replace(b"Lone", b"Happi")) for raw in super().fetch(ids))

    with pytest.raises(AssertionError, match="1: changed where it should be same"):
        check_source(Restless(held={"1": GOOD}), "all")  # type: ignore[arg-type]

    class Vanishing(Restless):
        def fetch(self, ids: Sequence[str]) -> tuple[RawRecord, ...]:
            self.fetches += 1
            return Other.fetch(self, ids) if self.fetches == 1 else ()

    with pytest.raises(AssertionError, match="other records than the first"):
        check_source(Vanishing(held={"1": GOOD}), "all")  # type: ignore[arg-type]


def test_many_faults_are_told_in_part() -> None:
    held = {str(number): replace(GOOD, source_id=str(number), doi="X") for number in range(60)}
    with pytest.raises(AssertionError, match=r"\.\.\. and \d+ more"):
        check_source(Other(held=held), "all")  # type: ignore[arg-type]


def test_records_to_nobody_are_told() -> None:
    class Generous(Other):
        def fetch(self, ids: Sequence[str]) -> tuple[RawRecord, ...]:
            return super().fetch(ids or ("1",))

    with pytest.raises(AssertionError, match="no ids asked for, but records came"):
        check_source(Generous(), "all")  # type: ignore[arg-type]
