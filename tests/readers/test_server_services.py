"""The demo's preprint servers, read by the real readers over HTTP: pages of any size, and every fault."""

from __future__ import annotations

import contextlib
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from emulator import preprints
from emulator.biorxiv_service import BiorxivService
from emulator.days import DAYS
from emulator.osf_service import OsfService
from emulator.papers import AbstractPart, Person
from emulator.preprints import HeldVersions, PreprintVersion
from emulator.server_faults import FAULTS
from tracker.errors import SourceError
from tracker.http import Http
from tracker.sources import WindowSource, load

DAY = date(2026, 3, 2)
FIRST, LAST = date(2026, 2, 1), date(2026, 3, 2)
# Faults that change nothing for a reader, or that it cannot see: a whole, valid answer.
UNSEEN = {
    "empty-abstracts",
    "gigantic",
    "record-twice",
    "hollow-record",
    "odd-record",
    "moving-total",
    "stall",
    "no-next",
    "clipped",
}


def made(count: int, server: str) -> list[PreprintVersion]:
    people = (Person("Ashpenny", "Anna B", orcid="0000-0002-1825-0097"), Person(group="The Night Riders"))
    return [
        PreprintVersion(
            server,
            f"ab{number:03}",
            f"10.5555/2026.{number:05}",
            FIRST + timedelta(days=number % 30),
            f"Car {number}",
            parts=(AbstractPart("Loneliness rides along.", "Background"), AbstractPart("Few spoke.", "Results")),
            authors=people,
        )
        for number in range(count)
    ]


def quick(**options: Any) -> Http:
    return Http(pace=0.0, sleep=lambda seconds: None, timeout=(1.0, 1.0), deadline=3.0, attempts=2, **options)


@pytest.fixture
def opened() -> Iterator[Callable[..., tuple[Any, WindowSource]]]:
    """(service, reader) of one server with so many preprints."""
    running: list[Any] = []

    def start(server: str, count: int = 25, **options: Any) -> tuple[Any, WindowSource]:
        kind = OsfService if server == "psyarxiv" else BiorxivService
        service = kind(HeldVersions(made(count, server)), DAY, **options).start()
        running.append(service)
        settings = {"TRACKER_BIORXIV_URL": service.url, "TRACKER_OSF_URL": service.url}
        source = load(server).build(quick(), settings)
        return service, source  # type: ignore[return-value]

    yield start
    for service in running:
        service.stop()


def read(source: WindowSource) -> list[str]:
    return [raw.source_id for page in source.window(FIRST, LAST) for raw in page.rows]


@pytest.mark.parametrize("size", [1, 30, 100, 0])
@pytest.mark.parametrize("server", ["medrxiv", "biorxiv"])
def test_intervals_are_read_whole_at_any_page_size(opened, server: str, size: int) -> None:
    _, source = opened(server, 65 if size != 1 else 7, size=size)
    found = read(source)
    assert len(found) == len(set(found)) == (65 if size != 1 else 7)


@pytest.mark.parametrize("most", [1, 7, 100])
def test_osf_is_read_whole_at_any_page_size(opened, most: int) -> None:
    _, source = opened("psyarxiv", 20, most=most)
    assert len(set(read(source))) == 20


def test_records_come_over_as_they_were_written(opened) -> None:
    for server in ("medrxiv", "biorxiv", "psyarxiv"):
        _, source = opened(server, 1)
        record = source.parse(next(iter(source.window(FIRST, LAST))).rows[0].body)
        assert record.title == "Car 0"
        assert "Loneliness rides along." in record.abstract_text
        assert record.authors[0].name.startswith("Ashpenny")
        assert record.licence.startswith("CC BY")
        assert record.doi == "10.5555/2026.00000"


def test_all_versions_are_given_by_doi(opened) -> None:
    service, source = opened("medrxiv", 2)
    assert [raw.source_id for raw in source.again("10.5555/2026.00001")] == ["10.5555/2026.00001v1"]
    assert source.again("10.5555/nobody") == ()
    assert [asked.utility for asked in service.log] == ["doi", "doi"]


PAIRS = [
    (server, fault)
    for server, utility in (("medrxiv", "interval"), ("psyarxiv", "preprints"))
    for fault in sorted(FAULTS)
    if utility in FAULTS[fault].on
]


@pytest.mark.parametrize(("server", "fault"), PAIRS)
def test_every_fault_is_told_or_overcome_and_never_read_as_nothing(opened, server: str, fault: str) -> None:
    """Played for good it is an error, or the promise differs from what came; played once, all is read in the end."""
    service, source = opened(server, **({"most": 10} if server == "psyarxiv" else {"size": 10}))
    service.faults.play(fault, times=None, seconds=5, size=1_000_000)
    told, found, promised = "", [], 0
    try:
        for page in source.window(FIRST, LAST):
            promised = page.promised
            found += [raw.source_id for raw in page.rows]
    except SourceError as error:
        told = str(error)
    if fault not in UNSEEN:
        came = len(set(found))
        assert told.startswith(f"{source.title}: ") or promised != came or promised == 0 or came == 25
    service.faults.clear()
    service.faults.play(fault, seconds=0.1, size=1_000_000)
    with contextlib.suppress(SourceError):
        read(source)
    assert len(set(read(source))) == 25


def test_the_hourly_limit_of_osf_is_told(opened) -> None:
    service, source = opened("psyarxiv", 25, most=10, limit=2)
    with pytest.raises(SourceError, match="45 minutes"):
        read(source)
    service.spent = 0
    token = load("psyarxiv").build(quick(), {"TRACKER_OSF_URL": service.url, "OSF_TOKEN": "t"})
    assert len(read(token)) == 25  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("filter[tittle]=x", 400),
        ("filter[date_modified][near]=x", 400),
        ("page=9", 404),
        ("filter[provider]=socarxiv", 200),
    ],
)
def test_osf_refuses_what_it_does_not_know(opened, query: str, status: int) -> None:
    service, _ = opened("psyarxiv", 3)
    assert status_of(f"{service.url}/preprints/?{query}") == status


def status_of(url: str) -> int:
    try:
        with urllib.request.urlopen(url) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_other_paths_are_not_found(opened) -> None:
    for server in ("medrxiv", "psyarxiv"):
        service, _ = opened(server, 1)
        assert status_of(f"{service.url}/elsewhere") == 404


def test_the_fictional_servers_live_through_seven_days() -> None:
    """Versions, a withdrawal and a publication, and each posting on its own day."""
    before: set[tuple[str, int]] = set()
    for day in (item.date for item in DAYS):
        found = preprints.versions("medrxiv", day)
        assert [version.posted for version in found] == sorted(version.posted for version in found)
        assert all(version.posted <= day and version.changed <= day for version in found)
        now = {(version.doi, version.number) for version in found}
        assert before <= now
        before = now
    last = {server: preprints.versions(server, DAYS[-1].date) for server in ("medrxiv", "biorxiv", "psyarxiv")}
    first = preprints.versions("medrxiv", DAYS[0].date)
    assert sum(bool(version.withdrawn) for version in last["medrxiv"]) > sum(bool(v.withdrawn) for v in first)
    assert any(version.number == 2 and not version.withdrawn for version in last["medrxiv"])
    assert any(version.published for version in last["medrxiv"])
    assert any(version.state == "withdrawn" for version in last["psyarxiv"])
    assert last["biorxiv"]
    assert preprints.versions("medrxiv", date(2020, 1, 1)) == []
