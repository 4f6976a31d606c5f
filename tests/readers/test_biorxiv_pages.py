"""Intervals of api.biorxiv.org are read to their end, by the length of what came, and every fault is told as one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from tracker.errors import SourceError, Transient
from tracker.http.answer import Answer
from tracker.sources import WindowSource, is_walked, is_window, load
from tracker.sources.biorxiv.client import PreprintServer

FIRST, LAST = date(2026, 1, 1), date(2026, 1, 7)


class Server:
    """Rows by the page; the page size may be anything, and the total too large."""

    def __init__(self, rows: list[Any], size: int, interval: Any, no_posts: Answer, inflated: int = 0) -> None:
        self.rows, self.size, self.interval, self.no_posts, self.inflated = rows, size, interval, no_posts, inflated

    def __call__(self, path: str) -> Answer:
        found = re.fullmatch(r"details/medrxiv/2026-01-01/2026-01-07/(\d+)/json", path)
        assert found, path
        cursor = int(found[1])
        page = self.rows[cursor : cursor + self.size]
        return self.interval(page, len(self.rows) + self.inflated, cursor) if page else self.no_posts


def medrxiv(http: Any) -> PreprintServer:
    module = load("medrxiv")
    return module.build(http, {"TRACKER_BIORXIV_URL": "http://127.0.0.1:9/"})


@pytest.mark.parametrize("size", [1, 30, 100, 10_000])
@pytest.mark.parametrize("inflated", [0, 1])
def test_pages_add_up_whatever_their_size(canned, row, interval, no_posts, size: int, inflated: int) -> None:
    rows = [row(number) for number in range(73 if size > 1 else 5)]
    http = canned(Server(rows, size, interval, no_posts, inflated * min(size, 20)))
    pages = list(medrxiv(http).window(FIRST, LAST))
    ids = [raw.source_id for page in pages for raw in page.rows]
    assert ids == [f"{item['doi']}v1" for item in rows]
    assert pages[-1].promised == len(rows)
    assert pages[0].promised == len(rows) + inflated * min(size, 20)


def test_the_next_cursor_is_what_came_so_far(canned, row, interval, no_posts) -> None:
    http = canned(Server([row(number) for number in range(70)], 30, interval, no_posts))
    list(medrxiv(http).window(FIRST, LAST))
    assert [int(path.split("/")[-2]) for path in http.asked] == [0, 30, 60]


def test_an_empty_interval_is_no_fault(canned, row, interval, no_posts) -> None:
    pages = list(medrxiv(canned(Server([], 30, interval, no_posts))).window(FIRST, LAST))
    assert [(page.promised, page.rows) for page in pages] == [(0, ())]


def test_rows_that_were_promised_and_are_denied_are_a_fault(canned, row, interval, no_posts) -> None:
    http = canned(Server([row(number) for number in range(30)], 30, interval, no_posts, inflated=61))
    with pytest.raises(Transient, match="31 records or more are missing"):
        list(medrxiv(http).window(FIRST, LAST))
    assert len(http.asked) == 4  # it was tried again


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"cursor": 30}, "rows from 30 on came where those from 0 on"),
        ({"count": 31}, "records came where the answer counts 31"),
        ({"interval": "2026-01-01:2026-01-06"}, "the answer is about 2026-01-01:2026-01-06"),
        ({"total": None}, "does not say how many"),
        ({"total": "many"}, "does not say how many"),
    ],
)
def test_a_page_must_be_the_one_that_was_asked_for(canned, row, interval, change, fault: str) -> None:
    http = canned(lambda path: interval([row(1), row(2)], 2, 0, **change))
    with pytest.raises(Transient, match=fault):
        list(medrxiv(http).window(FIRST, LAST))


NOTHING = Answer(200, {}, b'{"messages":[{"status":"no posts found"}],"collection":[]}')


def test_numbers_and_words_of_the_other_host_are_understood(canned, row, interval) -> None:
    """Numbers as such, no category, other words for the interval, a cursor in quotation marks."""
    said = {"category": None, "total": 1, "interval": "all of it", "count": "1"}
    http = canned(lambda path: interval([row(1)], 1, "0", **said) if "/0/" in path else NOTHING)
    assert [page.promised for page in medrxiv(http).window(FIRST, LAST)] == [1]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"", "empty"),
        (b"Error : (2002) Connection refused", "could not answer: Error : .2002. Connection refused"),
        (b"<!doctype html><title>524</title>", "a page came"),
        (b'{"messages":[{"status":"ok"}],"collection":[{"doi"', "not complete JSON"),
        (b'{"messages":[],"collection":[]}', "lacks its messages"),
        (b'{"messages":[{"status":"ok"}]}', "lacks its messages or its collection"),
        (b'{"messages":[{"status":"ok"}],"collection":[]}', "does not say why .ok."),
        (b"null", "could not answer: null"),
        (b"{" * 9000, "not complete JSON"),
    ],
)
def test_no_error_body_is_read_as_no_posts(canned, body: bytes, fault: str) -> None:
    http = canned(lambda path: Answer(200, {}, body))
    with pytest.raises(Transient, match=fault):
        list(medrxiv(http).window(FIRST, LAST))
    with pytest.raises(SourceError):
        medrxiv(http).again("10.5555/a")


def test_other_words_for_no_posts_and_a_single_message(canned, in_json) -> None:
    said = in_json({"messages": {"status": "no articles found for 2026"}, "collection": []})
    http = canned(lambda path: said)
    assert [page.promised for page in medrxiv(http).window(FIRST, LAST)] == [0]
    assert medrxiv(http).again("10.5555/a") == ()


def test_all_versions_of_one_preprint_are_asked_for_by_its_doi(canned, row, in_json) -> None:
    rows = [row(1, version=str(number)) for number in (1, 2)]
    http = canned(lambda path: in_json({"messages": [{"status": "ok", "category": "all"}], "collection": rows}))
    found = medrxiv(http).again("10.5555/2026.01.00000001")
    assert [raw.source_id for raw in found] == ["10.5555/2026.01.00000001v1", "10.5555/2026.01.00000001v2"]
    assert http.asked == ["details/medrxiv/10.5555/2026.01.00000001/na/json"]
    with pytest.raises(ValueError, match="not a DOI"):
        medrxiv(http).again("../../etc")


def test_rows_without_a_name_keep_their_bytes_and_get_one(canned, interval) -> None:
    http = canned(lambda path: interval([{"title": "x"}, "odd", 3], 3))
    rows = next(medrxiv(http).window(FIRST, LAST)).rows
    assert len({raw.source_id for raw in rows}) == 3
    assert all(raw.source_id.startswith("nameless-") for raw in rows)
    assert json.loads(rows[0].body) == {"title": "x"}


def test_both_servers_are_one_service_with_two_names(canned) -> None:
    names = {}
    for name in ("medrxiv", "biorxiv"):
        module = load(name)
        assert module.service({}).base == "https://api.biorxiv.org"
        source = module.build(canned(lambda path: Answer(200, {}, b"")), {})
        assert is_window(source)
        assert not is_walked(source)
        known: WindowSource = source
        assert (known.budget, known.hourly, known.rotates, known.span) == (600, 0, True, 30)
        assert known.parser_version >= 1
        names[name] = known.title
    assert names == {"medrxiv": "medRxiv", "biorxiv": "bioRxiv"}


def test_versions_share_the_doi_and_everything_is_posted(canned, row: Callable[..., Any]) -> None:
    source = medrxiv(canned(lambda path: Answer(200, {}, b"")))
    one, two = (source.parse(json.dumps(row(1, version=version)).encode()) for version in "12")
    assert source.preprint(one) == source.preprint(two) == "10.5555/2026.01.00000001"
    assert source.posted(one)
    assert source.events(one)
