"""Records by lists of ids: asked against returned, nothing foreign kept, licences by lists of PMIDs."""

from __future__ import annotations

from typing import Any

import pytest
from preprint_world import preprint, some

from tracker.errors import Transient
from tracker.sources.europepmc.client import BATCH


def test_a_hundred_records_by_one_list_of_ids_without_quotation_marks(running: Any, client: Any) -> None:
    entries = some(150)
    service = running(entries)
    wanted = [entry.id for entry in entries[:BATCH]]
    came = client(service).fetch(wanted)
    assert sorted(raw.source_id for raw in came) == sorted(wanted)
    (asked,) = service.log
    assert asked.form["query"] == f"({' OR '.join(f'EXT_ID:{item}' for item in wanted)}) AND SRC:PPR"
    assert (asked.form["resultType"], asked.form["pageSize"], asked.method) == ("core", "100", "POST")


def test_withheld_unknown_and_foreign_ids_are_absent(running: Any, client: Any) -> None:
    service = running([*some(3), preprint(7, source="MED", server="")], withheld={"PPR990002"})
    came = client(service).fetch(["PPR990001", "PPR990002", "PPR990003", "PPR990007", "PPR1"])
    assert {raw.source_id for raw in came} == {"PPR990001", "PPR990003"}


def test_none_at_all_is_an_answer_and_nothing_asked_for_is_no_request(running: Any, client: Any) -> None:
    service = running()
    assert client(service).fetch(["PPR1"]) == ()
    assert client(service).fetch([]) == ()
    assert len(service.log) == 1


def test_a_service_that_sends_fewer_a_page_is_asked_for_the_rest(running: Any, client: Any) -> None:
    entries = some(25)
    service = running(entries, most=10)
    assert len(client(service).fetch([entry.id for entry in entries])) == 25
    assert len(service.log) == 3


@pytest.mark.parametrize("odd", ["", "PPR1 OR SRC:MED", "PPR-1", '"PPR1"', "PPR1)", "*"])
def test_what_could_be_read_as_a_part_of_the_query_is_never_sent(running: Any, client: Any, odd: str) -> None:
    service = running()
    with pytest.raises(ValueError, match="not an id"):
        client(service).fetch(["PPR990001", odd])
    with pytest.raises(ValueError, match="at most 100"):
        client(service).fetch([f"PPR{number}" for number in range(101)])
    assert service.log == []


def test_records_read_from_the_wire_are_parsed(running: Any, client: Any) -> None:
    source = client(running())
    (raw,) = source.fetch(["PPR990004"])
    record = source.parse(raw.body)
    assert (record.source, record.source_id, record.journal) == ("europepmc", "PPR990004", "medRxiv (demo)")
    assert [event.kind for event in source.events(record)] == ["preprint"]
    assert source.parser_version >= 1


def test_licences_come_by_lists_of_pmids(running: Any, client: Any) -> None:
    def article(number: int, licence: str) -> Any:
        return preprint(number, source="MED", server="", licence=licence)

    service = running([article(1, "cc by"), article(2, ""), preprint(3, licence="cc by")])
    found = client(service).licences(["PPR990001", "PPR990002", "PPR990003", "990000009"])
    assert found == {"PPR990001": ("cc by", True), "PPR990002": ("", False)}
    assert service.log[0].form["query"].endswith("AND SRC:MED")


def test_a_service_that_is_down_is_an_error_and_not_an_empty_answer(running: Any, client: Any) -> None:
    service = running()
    service.faults.play("error-503", times=None)
    with pytest.raises(Transient, match=r"Europe PMC: answered 503 .* \(tried 3 times\)"):
        client(service).fetch(["PPR990001"])
