"""Answers kept in memory: the same as made anew, gone with a publication and with the minute, bounded, nobody's own."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable, MutableMapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from making import METADATA, NOW, Client

from tracker.site import kept, serve
from tracker.site.kept import CachedAnswer, Kept, keeping
from tracker.site.queries.reader import PublicReader
from tracker.site.site import Site

PUBLIC = [(b"cache-control", b"public, max-age=60"), (b"content-type", b"text/html")]
Messages = list[MutableMapping[str, Any]]


class Asked:
    """An application that counts how often it is asked, gives what it is told to give, and does something meanwhile."""

    def __init__(self, headers: list[tuple[bytes, bytes]] = PUBLIC, status: int = 200) -> None:
        self.headers, self.status, self.scopes = headers, status, []  # type: ignore[var-annotated]
        self.bodies: list[bytes] | None = None
        self.meanwhile: Callable[[], None] = lambda: None

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        self.scopes.append(scope)
        self.meanwhile()
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        for body in self.bodies or []:
            await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body", "body": f"answer {len(self.scopes)}".encode()})


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def folder(filled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(filled, tmp_path / "public"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def small(folder: Path, clock: Clock) -> Any:
    site = Site(PublicReader(folder), METADATA, clock)
    yield site
    site.reader.close()


def publish_again(folder: Path, name: str = "public.db", digest: str = "the next") -> None:
    with closing(sqlite3.connect(folder / name)) as db, db:
        db.execute("update facts set value = ? where name = 'digest'", (digest,))


def ask(app: Any, path: str = "/papers", query: str = "", **headers: str) -> Messages:
    """All messages of the answer to one request."""
    given: Messages = []

    async def send(message: MutableMapping[str, Any]) -> None:
        given.append(message)

    sent = [
        (name.replace("_", "-").encode(), value.encode()) for name, value in {"host": "x.example", **headers}.items()
    ]
    scope = {"type": "http", "method": "GET", "scheme": "http", "path": path, "raw_path": path.encode(),
             "query_string": query.encode(), "headers": sent}  # fmt: skip
    asyncio.run(app(scope, None, send))
    return given


def body(messages: Messages) -> bytes:
    return b"".join(message.get("body", b"") for message in messages)


def test_the_same_question_is_answered_from_memory(small: Site) -> None:
    asked = Asked()
    app = keeping(asked, small)
    assert [body(ask(app)) for _ in range(3)] == [b"answer 1"] * 3
    assert len(asked.scopes) == 1


@pytest.mark.parametrize("other", [{"path": "/paper/X"}, {"query": "q=1"}, {"host": "y.example"}])
def test_another_question_gets_its_own_answer(small: Site, other: dict[str, str]) -> None:
    app = keeping(Asked(), small)
    assert body(ask(app)) == b"answer 1"
    assert body(ask(app, **other)) == b"answer 2"
    assert body(ask(app)) == b"answer 1"


@pytest.mark.parametrize("name", ["public.db", "search.db"])
def test_a_publication_is_seen_at_once(small: Site, folder: Path, name: str) -> None:
    app = keeping(Asked(), small)
    assert body(ask(app)) == b"answer 1"
    publish_again(folder, name)
    assert body(ask(app)) == b"answer 2"


def test_nothing_is_kept_beyond_its_minute(small: Site, clock: Clock) -> None:
    """Pages say how long ago something was, and their headers that they may be a minute old."""
    app = keeping(Asked(), small)
    ask(app)
    clock.now += timedelta(seconds=59)
    assert body(ask(app)) == b"answer 1"
    clock.now += timedelta(seconds=1)
    assert body(ask(app)) == b"answer 2"


def test_a_page_is_made_again_when_something_is_published_meanwhile(small: Site, folder: Path) -> None:
    """So that its parts, which may be read one after the other, are of one state."""
    asked = Asked()
    asked.meanwhile = lambda: publish_again(folder) if len(asked.scopes) == 1 else None
    app = keeping(asked, small)
    assert body(ask(app)) == b"answer 2"
    assert body(ask(app)) == b"answer 2"


def test_what_may_be_of_two_states_is_not_kept(small: Site, folder: Path) -> None:
    asked = Asked()
    asked.meanwhile = lambda: publish_again(folder, digest=f"state {len(asked.scopes)}")
    app = keeping(asked, small)
    assert body(ask(app)) == b"answer 3"
    assert body(ask(app)) == b"answer 6"


@pytest.mark.parametrize(
    "asked",
    [
        Asked([(b"cache-control", b"no-store")]),
        Asked([(b"cache-control", b"private")]),
        Asked([]),
        Asked([*PUBLIC, (b"vary", b"Accept")]),
        Asked([*PUBLIC, (b"set-cookie", b"a=b")]),
        Asked(PUBLIC, 404),
        Asked(PUBLIC, 500),
    ],
)
def test_what_not_everybody_may_be_given_is_not_kept(small: Site, asked: Asked) -> None:
    app = keeping(asked, small)
    before = len(asked.scopes)
    ask(app)
    ask(app)
    assert len(asked.scopes) == before + 2


@pytest.mark.parametrize("path", ["/public", "/public/works.json", "/-/static/app.css"])
def test_datasettes_own_answers_pass_through(small: Site, path: str) -> None:
    asked = Asked()
    app = keeping(asked, small)
    assert [body(ask(app, path, cookie="a=b")) for _ in range(2)] == [b"answer 1", b"answer 2"]
    assert (b"cookie", b"a=b") in asked.scopes[0]["headers"]


def test_what_is_streamed_passes_through_piece_by_piece(small: Site) -> None:
    asked = Asked()
    asked.bodies = [b"one ", b"two "]
    messages = ask(keeping(asked, small), "/papers.csv")
    assert [message.get("body") for message in messages] == [None, b"one ", b"two ", b"answer 1"]
    assert len(asked.scopes) == 1


def test_own_pages_know_nobody(small: Site) -> None:
    """Cookies that other programs of the same host have set neither reach a page nor keep caches from keeping it."""
    asked = Asked([*PUBLIC, (b"vary", b"Cookie, Authorization")])
    start = ask(keeping(asked, small), cookie="a=b", authorization="Basic x")[0]
    assert [name for name, _ in asked.scopes[0]["headers"]] == [b"host"]
    assert b"vary" not in dict(start["headers"])


def test_what_else_an_answer_varies_by_stays(small: Site) -> None:
    start = ask(keeping(Asked([*PUBLIC, (b"vary", b"Accept, Cookie")]), small))[0]
    assert dict(start["headers"])[b"vary"] == b"Accept"


@pytest.mark.parametrize("held", ["{tag}", "W/{tag}", '"x", {tag}', 'W/"x" , W/{tag}'])
def test_who_has_the_answer_already_is_told_so(small: Site, held: str) -> None:
    app = keeping(Asked(), small)
    tag = dict(ask(app)[0]["headers"])[b"etag"].decode()
    start, end = ask(app, if_none_match=held.format(tag=tag))
    assert (start["status"], end["body"]) == (304, b"")
    assert dict(start["headers"])[b"etag"].decode() == tag
    assert dict(start["headers"])[b"cache-control"] == b"public, max-age=60"


@pytest.mark.parametrize("held", ['"x"', "", "x" * 5000, '",,,'])
def test_who_has_another_answer_gets_this_one(small: Site, held: str) -> None:
    app = keeping(Asked(), small)
    ask(app)
    assert ask(app, if_none_match=held)[0]["status"] == 200


def test_an_answers_own_tag_is_not_replaced(small: Site) -> None:
    start = ask(keeping(Asked([*PUBLIC, (b"ETag", b'"own"')]), small))[0]
    assert [value for name, value in start["headers"] if name.lower() == b"etag"] == [b'"own"']


def test_memory_is_bounded_and_the_oldest_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    one = kept._size(("0",), CachedAnswer(200, PUBLIC, b"x" * 30))
    monkeypatch.setattr(kept, "MOST", 3 * one + 10)
    held = Kept()
    for number in range(10):
        held.put(("state",), (str(number),), CachedAnswer(200, PUBLIC, b"x" * 30))
    assert [number for number in range(10) if held.get(("state",), (str(number),))] == [7, 8, 9]
    held.put(("state",), ("9",), CachedAnswer(200, PUBLIC, b"y" * 35))
    assert [number for number in range(10) if held.get(("state",), (str(number),))] == [7, 8, 9]


def test_an_answer_that_is_too_long_is_not_kept(small: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "LONGEST", 3)
    app = keeping(Asked(), small)
    assert [body(ask(app)) for _ in range(2)] == [b"answer 1", b"answer 2"]


PAGES = ("/", "/papers", "/papers?q=loneliness", "/paper/LSI-000003", "/searches/lonely", "/status", "/methods",
         "/feeds/all.atom", "/paper/LSI-000007", "/nothing")  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_a_kept_page_is_the_page(site: Client, filled: Path, open_site: Callable[..., Client], path: str) -> None:
    """Asked twice of one site and once of another, which has kept nothing."""
    first, again, fresh = site.get(path), site.get(path), open_site(filled).get(path)
    assert first.status_code == again.status_code == fresh.status_code
    assert first.content == again.content == fresh.content
    assert first.headers == again.headers == fresh.headers
    assert "vary" not in first.headers


def test_pages_show_a_publication_at_once(folder: Path, open_site: Callable[..., Client]) -> None:
    client = open_site(folder)
    before = client.get("/papers").text
    with closing(sqlite3.connect(folder / "public.db")) as db, db:
        db.execute("update works set title = 'Brand new title' where state <> 'hidden'")
        db.execute("update facts set value = 'next' where name = 'digest'")
    assert "Brand new title" not in before
    assert client.get("/papers").text.count("Brand new title") > 3


def test_the_clock_of_a_served_site_is_asked_for_each_page(filled: Path) -> None:
    """Two sites over one folder keep apart what they have made."""
    clocks = [datetime(2026, 11, 24, 12, tzinfo=UTC), datetime(2026, 11, 26, 12, tzinfo=UTC)]
    clients = [Client(serve.build(filled, METADATA, clock=lambda now=now: now)) for now in clocks]
    texts = [client.get("/").text for client in clients]
    for client in clients:
        client.close()
    assert texts[0] != texts[1]
