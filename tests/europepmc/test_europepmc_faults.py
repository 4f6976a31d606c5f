"""Every fault of the demo's Europe PMC: played once it costs nothing or is told, played always it is never believed."""

from __future__ import annotations

from typing import Any

import pytest
from preprint_world import ALL, some

from emulator.europepmc_service import FAULTS
from tracker.errors import Blocked, Refused, SourceError
from tracker.sources import UnreadableRecord

COUNT, MOST = 12, 5
IDS = {f"PPR99{number:04}" for number in range(1, COUNT + 1)}
WALKED = [name for name, fault in FAULTS.items() if "idlist" in fault.on]
FETCHED = [name for name, fault in FAULTS.items() if "core" in fault.on]

FOR_EVER = {"error-400", "page-size-200", "foreign-record", "redirect-elsewhere"}  # never tried again
# Faults that a walk lives with, even when they never end, because all that was promised came.
HARMLESS_WALK = {"wrong-type", "synonyms"}
NOTED = {
    "moving-count",
    "clipped",
    "repeated-cursor",
    "no-cursor",
    "duplicate-ids",
    "count-of-page",
    "count-shrinks",
}  # they end in a shortfall
UNDETECTABLE = {"false-zero"}  # the answer of a service that says in good form that nothing matches


def options(name: str) -> dict[str, Any]:
    return {"seconds": 30.0} if name == "stall" else {"size": 2_000_000} if name == "gigantic" else {}


def impatient(client: Any, service: Any) -> Any:
    return client(service, timeout=(0.5, 0.5), deadline=2.0)


@pytest.mark.parametrize("name", WALKED)
def test_a_fault_played_once_costs_a_walk_nothing_or_is_told(running: Any, client: Any, name: str) -> None:
    service = running(some(COUNT), most=MOST)
    service.faults.play(name, **options(name))
    source = impatient(client, service)
    if name in FOR_EVER | {"blocked"}:
        with pytest.raises(Blocked if name == "blocked" else Refused):
            source.walk(ALL)
    elif name in UNDETECTABLE:
        assert (source.walk(ALL).ids, source.walk(ALL).promised_first) != (IDS, 0)
    else:
        found = source.walk(ALL)
        assert (set(found.ids), found.shortfall) == (IDS, "")
    assert service.asked("idlist")[0].fault == name


@pytest.mark.parametrize("name", WALKED)
def test_a_fault_played_always_is_never_taken_for_a_whole_answer(running: Any, client: Any, name: str) -> None:
    service = running(some(COUNT), most=MOST)
    service.faults.play(name, times=None, **options(name))
    source = impatient(client, service)
    if name in HARMLESS_WALK:
        found = source.walk(ALL)
        assert (set(found.ids), found.shortfall) == (IDS, "")
        assert bool(found.warnings) == (name == "synonyms")
    elif name in NOTED:
        found = source.walk(ALL)
        assert found.shortfall.startswith("Europe PMC promised")
        assert set(found.ids) <= IDS
    elif name not in UNDETECTABLE:
        with pytest.raises(SourceError, match=r"^Europe PMC: "):
            source.walk(ALL)
        assert len(service.log) == (1 if name in FOR_EVER | {"blocked"} else 3)


@pytest.mark.parametrize("name", FETCHED)
def test_a_fault_of_a_fetch_brings_wanted_records_only_or_an_error(running: Any, client: Any, name: str) -> None:
    service = running(some(COUNT))
    service.faults.play(name, times=None, **options(name))
    source = impatient(client, service)
    wanted = sorted(IDS)[:4]
    loses = {"record-short": 1, "half-batch": 2, "no-records": 4, "other-records": 4, "one-more": 1, "record-twice": 1}
    if name in {**loses, "wrong-type": 0, "hollow-record": 0, "odd-types": 0, "no-abstracts": 0}:
        came = source.fetch(wanted)
        assert {raw.source_id for raw in came} <= set(wanted)
        assert len(came) == 4 - loses.get(name, 0)
        unreadable = []
        for raw in came:
            try:
                assert source.parse(raw.body).source_id == raw.source_id
            except UnreadableRecord as error:
                unreadable.append(str(error))
        assert unreadable == (["no id in it"] if name == "hollow-record" else [])
    else:
        with pytest.raises(SourceError, match=r"^Europe PMC: "):
            source.fetch(wanted)


def test_a_service_that_has_shut_us_out_is_not_asked_again(running: Any, client: Any) -> None:
    service = running()
    service.faults.play("blocked", times=None)
    with pytest.raises(Blocked, match="write to its help desk"):
        client(service).walk(ALL)
    assert len(service.log) == 1


def test_retry_after_is_obeyed(running: Any, client: Any) -> None:
    service, slept = running(), []
    service.faults.play("rate-limit")
    assert len(client(service, sleep=slept.append).walk(ALL).ids) == 25
    assert 2.0 in slept
