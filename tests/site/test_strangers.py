"""What a stranger can write into a request costs little, is not repeated, and is refused in plain words."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
from making import METADATA, Client

from tracker.site import kept
from tracker.site.headers import hosted, secured
from tracker.site.kept import CachedAnswer, Kept
from tracker.site.rehearsal import Rehearsal

ENDLESS = "with recursive c(n) as (select 1 union all select n + 1 from c) select count(*) from c"


def _doubling(levels: int) -> str:
    """SQL whose plan doubles with every level."""
    tables = ", ".join(f"t{n} as (select a.x from t{n - 1} a, t{n - 1} b)" for n in range(1, levels))
    return f"with t0 as (select 1 as x), {tables} select count(*) from t{levels - 1}"


@pytest.mark.parametrize("before", ["", "explain ", "EXPLAIN QUERY PLAN ", "/* x */ explain\n", "-- x\nexplain "])
def test_an_intricate_query_is_refused_whatever_stands_before_it(filled: Path, before: str) -> None:
    planned = Rehearsal(filled / "public.db")
    try:
        assert planned(before + _doubling(3))
        assert not planned(before + _doubling(26))
    finally:
        planned.close()


@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_slow_query_is_the_askers_matter(site: Client, form: str) -> None:
    answer = site.get(f"/public.{form}?{urlencode({'sql': ENDLESS})}")
    assert answer.status_code == 400
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("part", ["path", "query", "headers", "body"])
def test_what_is_kept_is_bounded_by_all_of_it(monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    monkeypatch.setattr(kept, "MOST", 100_000)
    long = b"x" * 9_000
    held = Kept()
    for number in range(50):
        mark = str(number).encode()
        path, query = (mark + long if part == name else mark for name in ("path", "query"))
        headers = [(b"x-long", long)] if part == "headers" else []
        held.put(("s",), ("http", b"h", path, query), CachedAnswer(200, headers, long if part == "body" else b""))
    assert 5 <= len(held._answers) <= 11


@pytest.mark.parametrize("text", ["x" * 2001, "é" * 2001, "a " * 1001, "(" * 60_000 + "a"])
@pytest.mark.parametrize("path", ["/papers", "/papers.csv", "/papers.json", "/feed.xml", "/"])
def test_a_search_of_more_than_2000_characters_is_refused(site: Client, path: str, text: str) -> None:
    for name in ("q", "%71"):
        said = f"{name}={quote(text)}"
        answer = site.get(f"{path}?{said if len(said) < 60_000 else said.replace('%28', '(')}")
        assert answer.status_code == 400
        assert "2,000 characters" in answer.text
        assert len(answer.content) < 1000


def test_a_search_of_2000_characters_is_answered(site: Client) -> None:
    for text in ("x" * 2000, "é" * 2000):
        assert site.get(f"/papers?page=x&q={quote(text)}").status_code == 200


def test_the_host_of_a_request_is_not_repeated_where_the_site_has_an_address(
    filled: Path, open_site: Callable[..., Client]
) -> None:
    site = open_site(filled, {**METADATA, "plugins": {"tracker": {"url": "https://site.example/"}}})
    for path in ("/public", "/public/works", "/public/works.json?_size=1", "/papers", "/feed.xml"):
        answer = site.get(path, headers={"host": "evil.example"})
        assert "evil.example" not in answer.text + str(answer.headers)


@pytest.mark.parametrize("said", ["http://evil.example/", "http://evil.example/papers/", "evil.example", "*", ""])
def test_a_target_that_is_no_path_is_refused(said: str) -> None:
    told: list[Any] = []

    async def send(message: Any) -> None:
        told.append(message)

    async def never(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("was asked")

    scope = {"type": "http", "method": "GET", "path": said, "query_string": b"", "headers": []}
    asyncio.run(secured(never)(scope, never, send))
    assert told[0]["status"] == 400


@pytest.mark.parametrize("target", ["http://evil.example/papers/", "http://evil.example/public/", "//evil.example/"])
def test_an_absolute_target_is_not_redirected_to(address: str, target: str) -> None:
    place = urlsplit(address)
    with socket.create_connection((str(place.hostname), place.port or 80), timeout=10) as held:
        held.sendall(f"GET {target} HTTP/1.1\r\nHost: here.example\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: held.recv(65_536), b""))
    head = answer.partition(b"\r\n\r\n")[0].lower()
    assert head.startswith(b"http/1.1 ")
    assert not [line for line in head.splitlines() if line.startswith(b"location:") and b"evil" in line]


def test_without_an_address_of_its_own_the_application_stays_as_it_is() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("was asked")

    assert hosted(app, "") is app
