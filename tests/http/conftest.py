"""Loopback servers that misbehave on demand, and a clock that does not wait."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from tracker.http import Http, Service


@dataclass
class Seen:
    """A request as it arrived."""

    method: str
    target: str
    headers: Mapping[str, str]
    form: dict[str, str]
    thread: str = ""

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))


@dataclass
class Reply:
    """An answer; ``length`` None states the true length, False states none and closes the connection at the end."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    length: int | bool | None = None


Raw = Callable[[BaseHTTPRequestHandler], None]
Answering = Callable[[Seen], "Reply | Raw"]


class Server:
    """A server on a free port; ``script`` is a function of the request, or replies in order (the last one stays)."""

    def __init__(self, script: Any) -> None:
        self.seen: list[Seen] = []
        self.stopping = threading.Event()
        self._script: list[Any] = script if isinstance(script, list) else []
        self._answering: Answering | None = None if isinstance(script, list) else script
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def _any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                form = dict(parse_qsl(body.decode(), keep_blank_values=True))
                seen = Seen(self.command, self.path, dict(self.headers.items()), form)
                server.seen.append(seen)
                reply = server.answer(seen)
                if callable(reply):
                    self.close_connection = True
                    reply(self)
                else:
                    self._send(reply)

            def _send(self, reply: Reply) -> None:
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if reply.length is None:
                    self.send_header("Content-Length", str(len(reply.body)))
                else:
                    if reply.length is not False:
                        self.send_header("Content-Length", str(reply.length))
                    self.send_header("Connection", "close")
                    self.close_connection = True
                self.end_headers()
                self.wfile.write(reply.body)

            do_GET = do_POST = _any  # noqa: N815

            def log_message(self, *_: object) -> None: ...

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, *_: object) -> None:
                """The client hung up, which is what many of these tests are about."""

        self._server = Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def answer(self, seen: Seen) -> Any:
        if self._answering is not None:
            return self._answering(seen)
        return self._script[0] if len(self._script) == 1 else self._script.pop(0)

    def service(self, interval: float = 0.0, path: str = "") -> Service:
        return Service("pubmed", "PubMed", self.url + path, interval)

    def close(self) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@dataclass
class Clock:
    """Sleeping moves it on; nobody waits."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def serve() -> Iterator[Callable[[Any], Server]]:
    servers: list[Server] = []

    def start(script: Any) -> Server:
        servers.append(Server(script))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make_http(clock: Clock) -> Iterator[Callable[..., Http]]:
    made: list[Http] = []

    def make(**options: Any) -> Http:
        made.append(Http(**{"sleep": clock.sleep, "monotonic": clock.monotonic, **options}))
        return made[-1]

    yield make
    for http in made:
        http.close()


@pytest.fixture
def reply() -> type[Reply]:
    return Reply


@dataclass
class Eutils:
    """A tiny esearch: PMIDs with their create dates; understands only the ranges that the walk adds to a term."""

    created: dict[str, date]
    ceiling: int = 9_999  # of an answer
    clip: int = 9_999  # most ids on one page
    moving: Callable[[Eutils], None] = lambda self: None  # called before each answer
    terms: list[tuple[str, int, int]] = field(default_factory=list)

    def __call__(self, seen: Seen) -> Reply:
        form = seen.form
        start, most = int(form["retstart"]), int(form["retmax"])
        self.terms.append((form["term"], start, most))
        self.moving(self)
        if start >= self.ceiling:
            words = f"Search Backend failed: Exception:\n'retstart' cannot be larger than {self.ceiling - 1}."
            return Reply(body=b'{"esearchresult":{"ERROR":"%s"}}' % words.encode())
        found = [pmid for pmid, day in self.created.items() if self._within(form["term"], day)]
        return Reply(body=esearch(len(found), found[start : min(start + min(most, self.clip), self.ceiling)]))

    def _within(self, term: str, day: date) -> bool:
        span = re.search(r'\("([\d/]+)"\[crdt\] : "([\d/]+)"\[crdt\]\)$', term)
        return span is None or span[1] <= f"{day:%Y/%m/%d}" <= span[2]


def esearch(count: object, ids: object, **more: object) -> bytes:
    result = {"count": str(count), "idlist": ids, "querytranslation": "translated", **more}
    return json.dumps({"header": {"type": "esearch"}, "esearchresult": result}).encode()


@pytest.fixture(scope="session")
def eutils() -> type[Eutils]:
    return Eutils


@pytest.fixture
def esearch_body() -> Callable[..., bytes]:
    return esearch
