"""The walk: every preprint that was promised, or a line that says how many are missing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from preprint_world import ALL, preprint, some

from tracker.errors import Refused
from tracker.sources.europepmc.answers import ResultPage
from tracker.sources.europepmc.client import PAGES, pages, walk


def page(count: int, numbers: Any, cursor: str = "") -> ResultPage:
    return ResultPage(count, tuple({"id": f"PPR{number}", "source": "PPR"} for number in numbers), cursor)


def test_a_thousand_ids_a_page_and_no_request_more_than_needed(running: Any, client: Any) -> None:
    service = running(some(1_500))
    found = client(service).walk(ALL)
    assert (len(set(found.ids)), found.promised_first, found.promised_last) == (1_500, 1_500, 1_500)
    assert (found.shortfall, found.notes, found.warnings) == ("", (), ())
    assert [(asked.utility, asked.form["pageSize"]) for asked in service.log] == [("idlist", "1000")] * 2
    assert service.log[0].form["cursorMark"] == "*"


def test_what_is_sent_leaves_nothing_to_the_service(running: Any, client: Any) -> None:
    service = running()
    client(service).walk(ALL)
    form = dict(service.log[0].form)
    assert form == {
        "query": ALL,
        "format": "json",
        "resultType": "idlist",
        "pageSize": "1000",
        "cursorMark": "*",
        "synonym": "false",
    }


def test_a_short_query_travels_in_the_address_and_a_long_one_is_posted(running: Any, client: Any) -> None:
    service = running()
    short, long = client(service).walk(ALL), client(service).walk(f"{ALL} OR (TITLE:{'x' * 2_000})")
    assert list(dict.fromkeys((asked.method, asked.path.rsplit("/", 1)[1]) for asked in service.log)) == [
        ("GET", "search"),
        ("POST", "searchPOST"),
    ]
    assert set(short.ids) == set(long.ids)


def test_a_service_that_gives_fewer_a_page_than_asked_for_is_followed(running: Any, client: Any) -> None:
    found = client(running(most=4)).walk(ALL)
    assert (len(found.ids), found.shortfall) == (25, "")


def test_no_hits_is_an_answer(running: Any, client: Any) -> None:
    found = client(running()).walk("SRC:PPR AND (TITLE:nothing)")
    assert (found.ids, found.promised_first, found.promised_last, found.shortfall) == ((), 0, 0, "")


def test_an_article_among_the_answers_is_refused_and_the_line_says_what_to_write(running: Any, client: Any) -> None:
    service = running([*some(2), preprint(7, source="MED", server="")])
    with pytest.raises(Refused, match=r"begin the query with SRC:PPR AND \(\.\.\.\)"):
        client(service).walk("TITLE_ABS:lanterns")
    assert len(client(service).walk(ALL).ids) == 2


def test_a_promise_that_moved_during_the_walk_is_a_note_after_a_second_walk() -> None:
    answers = [page(3, (1, 2), "a"), page(4, (3,)), page(3, (1, 2), "a"), page(4, (3, 4))]
    found = walk(lambda cursor: answers.pop(0))
    assert (len(found.ids), found.promised_first, found.promised_last, found.shortfall) == (4, 3, 4, "")
    assert found.notes == ("the promise moved during the walk: 3, later 4; 4 ids came",)
    assert answers == []


def test_a_promise_that_is_not_kept_twice_is_a_shortfall() -> None:
    found = walk(lambda cursor: page(5, (1, 2)))
    assert found.shortfall == "Europe PMC promised 5 preprints, and 2 ids came"
    assert (found.ids, found.notes) == (("PPR1", "PPR2"), ())


def test_a_promise_kept_at_the_second_walk_is_whole() -> None:
    answers = [page(2, (1,)), page(2, (1, 2))]
    found = walk(lambda cursor: answers.pop(0))
    assert (found.ids, found.shortfall, found.notes) == (("PPR1", "PPR2"), "", ())


def test_cursors_that_go_round_in_a_circle_end() -> None:
    asked: list[str] = []

    def ask(cursor: str) -> ResultPage:
        asked.append(cursor)
        return page(9, (len(asked),), {"*": "a", "a": "b", "b": "a"}[cursor])

    assert len(list(pages(ask))) == 3
    assert asked == ["*", "a", "b"]


def test_ids_that_come_twice_count_once_and_the_missing_one_is_told() -> None:
    assert walk(lambda cursor: page(3, (1, 2, 2))).shortfall.endswith("3 preprints, and 2 ids came")


@settings(deadline=None)
@given(st.integers(0, 60), st.integers(1, 20), st.booleans())
def test_every_length_and_page_size_brings_each_id_once(count: int, size: int, cursor_at_end: bool) -> None:
    def ask(cursor: str) -> ResultPage:
        start = 0 if cursor == "*" else int(cursor)
        numbers = range(start, min(start + size, count))
        end = start + len(numbers)
        return page(count, numbers, str(end) if end < count or cursor_at_end else "")

    found = walk(ask)
    assert found.ids == tuple(f"PPR{number}" for number in range(count))
    assert (found.shortfall, found.promised_first) == ("", count)


def test_a_walk_has_a_ceiling() -> None:
    number = iter(range(10**9))
    assert sum(1 for _ in pages(lambda cursor: page(10**9, (next(number),), str(next(number))))) == PAGES


def test_revised_ids_are_those_updated_since_at_most_so_many(running: Any, client: Any) -> None:
    old = [preprint(number, revised=date(2026, 2, 1)) for number in range(1, 6)]
    new = [preprint(number, revised=date(2026, 2, 20)) for number in range(6, 16)]
    service = running([*old, *new], most=3)
    source = client(service)
    assert set(source.revised(ALL, date(2026, 2, 20), 100)) == {entry.id for entry in new}
    assert len(source.revised(ALL, date(2026, 1, 1), 7)) == 7
    assert source.revised(ALL, date(2026, 2, 21), 100) == ()
    assert source.revised(ALL, date(2026, 2, 1), 0) == ()
    assert service.log[0].form["query"] == f"({ALL}) AND UPDATE_DATE:[2026-02-20 TO 3000-12-31]"


def test_inflow_is_the_number_of_preprints_first_indexed_on_a_day(running: Any, client: Any) -> None:
    day = date(2026, 2, 3)
    articles = [preprint(90, source="MED", indexed=day, server="")]
    service = running(
        [*(preprint(n, indexed=day) for n in range(1, 4)), preprint(9, indexed=date(2026, 2, 4)), *articles]
    )
    assert client(service).inflow(day) == 3
    assert client(service).inflow(date(2026, 2, 5)) == 0


def test_how_long_a_job_takes_is_told_before_it_begins(running: Any, client: Any) -> None:
    source = client(running())
    assert source.ahead(1, None) == "1 request"
    assert source.ahead(45, None) == "45 requests, up to 2 minutes"
    assert source.ahead(30, None) == "30 requests, up to 1 minute"
