"""Each odd answer is told apart from an answer without hits, and from each other, by what to do next."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.errors import Blocked, Refused, SourceError, Transient
from tracker.http.answer import Answer
from tracker.sources.europepmc.answers import ResultPage, ids, page, raw_records

QUERY = 'SRC:PPR AND (TITLE_ABS:"social isolation")'
ERRORS = Path(__file__).resolve().parents[2] / "../shared/samples"
GOOD: dict[str, Any] = {
    "version": "6.9",
    "hitCount": 2,
    "nextCursorMark": "AoE=",
    "request": {"queryString": QUERY, "resultType": "idlist", "cursorMark": "%2A", "pageSize": 1000, "synonym": False},
    "resultList": {"result": [{"id": "PPR1", "source": "PPR"}, {"id": "PPR2", "source": "PPR", "pmid": "990000001"}]},
}


def answer(said: object) -> Answer:
    return Answer(200, {}, said if isinstance(said, bytes) else json.dumps(said).encode())


def understood(cursor: str = "*", **changes: Any) -> ResultPage:
    said = {name: value for name, value in {**GOOD, **changes}.items() if value is not ...}
    return page(answer(said), QUERY, cursor)


def test_a_good_answer_is_understood() -> None:
    found = understood()
    assert (found.count, ids(found), found.cursor, found.warnings) == (2, ("PPR1", "PPR2"), "AoE=", ())


def test_a_byte_order_mark_and_white_space_around_it_mean_nothing() -> None:
    assert page(answer(b"\xef\xbb\xbf \n" + json.dumps(GOOD).encode() + b"\n"), QUERY, "*").count == 2


@pytest.mark.parametrize(
    ("body", "error", "words"),
    [
        (b"", Transient, "empty"),
        (b"  \n", Transient, "empty"),
        (b"<html><body>Back soon</body></html>", Transient, "web page"),
        (b"<?xml version='1.0'?><responseWrapper/>", Transient, "XML"),
        (b"<html><h1>Access blocked</h1></html>", Blocked, "blocked this address"),
        (b'{"version":"6.9","hitCount":', Transient, "not complete JSON"),
        (b'{"version":"\xff"}', Transient, "not complete JSON"),
        (b"[" * 100_000, Transient, "not complete JSON"),
        (b"null", Transient, "no result"),
        (b"[1]", Transient, "no result"),
        (b"{}", Transient, "empty object"),
        ({"version": "6.9"}, Transient, "only version"),
        (
            {"errCode": 404, "errMsg": "Invalid page size provided."},
            Refused,
            r"Invalid page size provided\. \(code 404\)",
        ),
        ({"errCode": "404", "errMsg": "nothing"}, Refused, "nothing"),
        ({"errCode": 500, "errMsg": "Internal"}, Transient, "Internal"),
        ({"errCode": 429, "errMsg": "slow down"}, Transient, "slow down"),
        ({"errCode": 404, "errMsg": "Service temporarily unavailable"}, Transient, "temporarily"),
        ({"errMsg": "odd"}, Transient, "odd"),
        ({"errCode": 503}, Transient, "no reason given"),
    ],
)
def test_what_is_no_answer_says_what_to_do_next(body: object, error: type[SourceError], words: str) -> None:
    with pytest.raises(error, match=words):
        page(answer(body), QUERY, "*")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"hitCount": ...}, "no result in it"),
        ({"hitCount": "many"}, "does not say how many"),
        ({"hitCount": True}, "does not say how many"),
        ({"hitCount": -1}, "does not say how many"),
        ({"hitCount": 1.5}, "does not say how many"),
        ({"hitCount": None}, "does not say how many"),
        ({"hitCount": 1}, "lists 2 records and promises 1"),
        ({"resultList": ...}, "no list of results"),
        ({"resultList": {}}, "no list of results"),
        ({"resultList": {"result": None}}, "no list of results"),
        ({"resultList": {"result": {"id": "PPR1"}}}, "no list of results"),
        ({"resultList": []}, "no list of results"),
        ({"resultList": {"result": []}}, "promises 2 records and lists none"),
        ({"request": {"queryString": "cancer"}}, "one to another query: cancer"),
    ],
)
def test_an_answer_that_contradicts_itself_is_asked_for_again(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(Transient, match=words):
        understood(**changes)


def test_lists_may_be_absent_where_there_is_nothing_to_list() -> None:
    for nothing in (..., {}, {"result": None}, {"result": []}):
        assert understood(hitCount=0, nextCursorMark=..., resultList=nothing).entries == ()
        assert understood(cursor="AoE=", resultList=nothing).entries == ()


def test_a_count_in_quotation_marks_is_a_count_and_a_cursor_that_is_no_text_is_none() -> None:
    found = understood(hitCount="2", nextCursorMark=None)
    assert (found.count, found.cursor) == (2, "")


@pytest.mark.parametrize(
    "echo",
    [..., None, "text", {}, {"queryString": None}, {"queryString": f"  {QUERY.replace(' ', '  ')} "},
     {"queryString": "SRC%3APPR%20AND+(TITLE_ABS%3A%22social%20isolation%22)"}],
)  # fmt: skip
def test_the_echo_may_be_absent_spaced_or_percent_encoded(echo: object) -> None:
    assert understood(request=echo).count == 2


@pytest.mark.parametrize("said", [True, "true", "Y"])
def test_synonyms_that_were_not_wanted_are_a_warning(said: object) -> None:
    found = understood(request={"queryString": QUERY, "synonym": said})
    assert found.warnings == ("synonyms were searched as well, although they were asked not to be",)


@pytest.mark.parametrize("entry", [None, "PPR1", {}, {"id": ""}, {"id": 7}, {"id": "PPR1 OR SRC:MED"}, {"id": "PPR-1"}])
def test_an_entry_without_an_id_that_can_be_asked_for_is_no_entry(entry: object) -> None:
    with pytest.raises(Transient, match="without an id"):
        ids(understood(resultList={"result": [{"id": "PPR1", "source": "PPR"}, entry]}))


def test_an_entry_that_does_not_name_its_source_is_taken_for_a_preprint() -> None:
    assert ids(understood(resultList={"result": [{"id": "PPR8"}, {"id": "PPR8", "source": "PPR"}]})) == ("PPR8",)


def test_only_wanted_preprints_are_kept_each_once_and_in_ascii() -> None:
    entries = [
        {"id": "PPR1", "source": "PPR", "title": "é\ud800"},
        {"id": "PPR1", "source": "PPR", "title": "again"},
        {"id": "PPR2", "source": "MED"},
        {"id": "PPR3", "source": "PPR"},
    ]
    kept = raw_records(entries, ("PPR1", "PPR2"))
    assert [raw.source_id for raw in kept] == ["PPR1"]
    assert b'"\\u00e9\\ud800"' in kept[0].body


def test_a_record_without_a_name_is_that_of_the_only_id_that_is_missing() -> None:
    entries = [{"id": "PPR1", "source": "PPR"}, {"title": "nobody's"}]
    assert [raw.source_id for raw in raw_records(entries, ("PPR1", "PPR2"))] == ["PPR1", "PPR2"]
    assert [raw.source_id for raw in raw_records(entries, ("PPR1", "PPR2", "PPR3"))] == ["PPR1"]


@settings(deadline=None)
@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_a_page_or_an_error_of_ours(body: bytes) -> None:
    with pytest.raises(SourceError):
        ids(page(answer(body), QUERY, "*"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([*GOOD, "errCode", "errMsg"]), JSON), st.sampled_from(["*", "AoE="]))
def test_members_of_any_kind_are_a_page_or_an_error_of_ours(changes: dict[str, Any], cursor: str) -> None:
    with suppress(SourceError):
        found = understood(cursor, **changes)
        assert len(found.entries) <= found.count
        ids(found)


@pytest.mark.skipif(not ERRORS.exists(), reason="the recorded samples are not on this machine")
def test_recorded_answers_are_understood() -> None:
    def recorded(name: str, query: str) -> ResultPage:
        return page(Answer(200, {}, (ERRORS / name).read_bytes()), query, "*")

    found = recorded("europepmc/search_idlist_25.json", "cancer")
    assert (found.count, len(found.entries)) == (5_059_039, 25)
    assert recorded("europepmc/searchPOST_lite_25.json", "cancer").warnings
    assert recorded("europepmc/search_no_results.json", "asdkfjhasdkfjhasdfasdasdasdfgsagsd").count == 0
    with pytest.raises(Refused, match="page size"):
        recorded("errors/europepmc_bad_pagesize_200.json", "cancer")
    with pytest.raises(Transient, match="only version"):
        recorded("errors/europepmc_bad_sort_version_only_200.json", "cancer")
