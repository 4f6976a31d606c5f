"""OSF's pages are followed to the end in both forms of totals, and the hourly limit is kept."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode

import pytest

from tracker.errors import Incomplete, Refused, Transient
from tracker.http.answer import Answer
from tracker.sources import WindowSource, is_window, load
from tracker.sources.osf.client import OsfProvider, page

FIRST, LAST = date(2026, 1, 1), date(2026, 1, 7)


def items(count: int) -> list[dict[str, Any]]:
    created = {"date_created": "2026-01-05T00:00:00", "title": "Loneliness"}
    return [
        {"id": f"AB{number:03}_v1", "attributes": created, "relationships": {"node": {}}} for number in range(count)
    ]


def psyarxiv(http: Any, **settings: str) -> OsfProvider:
    return load("psyarxiv").build(http, {"TRACKER_OSF_URL": "http://127.0.0.1:9/v2/", **settings})


class Osf:
    """Pages of a list; ``form`` says where the totals stand."""

    def __init__(self, in_json: Any, found: list[Any], size: int, form: str) -> None:
        self.in_json, self.found, self.size, self.form = in_json, found, size, form

    def __call__(self, path: str) -> Answer:
        asked = dict(parse_qsl(path.partition("?")[2]))
        number = int(asked.get("page", "1"))
        shown = self.found[(number - 1) * self.size : number * self.size]
        more = number * self.size < len(self.found)
        following = f"https://elsewhere.example.org/v2/preprints/?{urlencode(asked | {'page': str(number + 1)})}"
        meta = {"total": len(self.found), "per_page": self.size}
        said: dict[str, Any] = {"data": shown, "links": {"next": following if more else None}}
        (said if self.form == "2.20" else said["links"])["meta"] = meta
        return self.in_json(said)


@pytest.mark.parametrize("form", ["2.0", "2.20"])
@pytest.mark.parametrize("size", [1, 10, 100])
def test_pages_add_up_in_both_forms(canned, in_json, form: str, size: int) -> None:
    http = canned(Osf(in_json, items(25), size, form))
    pages = list(psyarxiv(http).window(FIRST, LAST))
    assert [raw.source_id for part in pages for raw in part.rows] == [f"ab{number:03}_v1" for number in range(25)]
    assert {part.promised for part in pages} == {25}


def test_the_days_asked_for_are_those_of_the_change_and_without_microseconds(canned, in_json) -> None:
    http = canned(Osf(in_json, [], 100, "2.20"))
    list(psyarxiv(http).window(FIRST, LAST))
    asked = parse_qs(http.asked[0].partition("?")[2])
    assert asked["filter[provider]"] == ["psyarxiv"]
    assert asked["filter[date_modified][gte]"] == ["2026-01-01"]
    assert asked["filter[date_modified][lt]"] == ["2026-01-08"]
    assert asked["page[size]"] == ["100"]
    assert asked["embed"] == ["bibliographic_contributors", "license"]


def test_only_the_query_of_the_next_link_is_followed(canned, in_json) -> None:
    """Whatever address it names: the token goes to the service that was asked, and nowhere else."""
    http = canned(Osf(in_json, items(25), 10, "2.20"))
    list(psyarxiv(http, OSF_TOKEN="secret").window(FIRST, LAST))
    assert len(http.asked) == 3
    assert all(path.startswith("preprints/?") for path in http.asked)
    assert all(headers["Authorization"] == "Bearer secret" for headers in http.headers)


def test_without_a_token_none_is_sent_and_the_version_is_asked_for(canned, in_json) -> None:
    http = canned(Osf(in_json, [], 100, "2.20"))
    list(psyarxiv(http).window(FIRST, LAST))
    assert http.headers == [{"Accept": "application/vnd.api+json;version=2.20"}]


def test_pages_in_a_circle_end(canned, in_json) -> None:
    circle = in_json({"data": items(1), "links": {"next": "/?page=2"}, "meta": {"total": 9}})
    with pytest.raises(Incomplete, match="go in a circle"):
        list(psyarxiv(canned(lambda path: circle)).window(FIRST, LAST))


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"links": {}, "meta": {"total": 1}}, "lacks its data"),
        ({"data": [], "meta": {"total": 1}}, "lacks its data or its links"),
        ({"data": [], "links": {"next": None}}, "does not say how many"),
        ({"data": [], "links": {"next": None}, "meta": {"total": "one"}}, "does not say how many"),
        ({"data": [], "links": {"next": 3}, "meta": {"total": 1}}, "whether there is more"),
        ({"data": [], "links": {"next": "https://[osf/?page=2"}, "meta": {"total": 0}}, "an empty page"),
        ({"data": [{}], "links": {"next": "https://[osf/?page=2"}, "meta": {"total": 2}}, "next page is none"),
        ({"data": [], "links": {"next": "/?page=2"}, "meta": {"total": 1}}, "an empty page"),
        ({"errors": [{"detail": "Request was throttled. Expected available in 9 seconds."}]}, "asks for a pause"),
    ],
)
def test_faults_are_told_as_such(in_json, said: Any, fault: str) -> None:
    with pytest.raises(Transient, match=fault):
        page(in_json(said))


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"data": [', b"[]"])
def test_no_broken_body_is_read_as_nothing(body: bytes) -> None:
    with pytest.raises(Transient):
        page(Answer(200, {}, body))


def test_a_refusal_is_told_with_its_reason(in_json) -> None:
    with pytest.raises(Refused, match="'tittle' is not a valid field"):
        page(in_json({"errors": [{"detail": "'tittle' is not a valid field for this endpoint."}]}, 400))
    with pytest.raises(Refused, match="no reason given"):
        page(in_json({"errors": ["?"]}))


def test_addresses_of_everything_around_are_not_kept(canned, in_json) -> None:
    found, _ = page(in_json({"data": [*items(1), "odd", {"id": 3}], "links": {}, "meta": {"total": 3}}))
    assert b"relationships" not in found.rows[0].body
    assert json.loads(found.rows[0].body)["attributes"]["title"] == "Loneliness"
    assert all(raw.source_id.startswith("nameless-") for raw in found.rows[1:])


def test_the_hourly_limit_is_higher_with_a_token_and_none_at_a_pace_of_zero(canned) -> None:
    quiet = lambda path: Answer(200, {}, b"")  # noqa: E731
    known: WindowSource = psyarxiv(canned(quiet))
    assert is_window(known)
    assert (known.hourly, known.budget, known.rotates, known.title) == (90, 600, False, "PsyArXiv")
    assert psyarxiv(canned(quiet), OSF_TOKEN="t").hourly == 400
    assert psyarxiv(canned(quiet, pace=0)).hourly == 0
    assert load("psyarxiv").service({}).base == "https://api.osf.io/v2"
    assert known.parser_version >= 1
    with pytest.raises(NotImplementedError):
        known.again("ab3cd")


def test_records_are_read_and_sorted_by_the_source(canned) -> None:
    known = psyarxiv(canned(lambda path: Answer(200, {}, b"")))
    record = known.parse(json.dumps(items(1)[0]).encode())
    assert (known.preprint(record), known.posted(record), known.span) == ("ab000", True, 30)
    assert known.events(record)[0].kind == "preprint"
