"""Whole answers kept in memory: until something is published, for a minute at most, and never more than a bound.

A page is also made again if a publication came while it was being made, so that no answer mixes two states. Our pages
know nobody: cookies and passwords that a browser happens to send are not passed on, and answers do not vary by them
(Datasette would say so of every answer, and no cache between here and the readers could keep any).
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from tracker.site import conditional
from tracker.site.headers import App, Message, Receive, Send
from tracker.site.queries.known import Mark
from tracker.site.site import Site

MOST = 32_000_000  # bytes of all answers, of what was asked for them, and of their headers
BESIDE = 1_000  # bytes that an answer takes beside those
LONGEST = 1_000_000  # bytes of one
TRIES = 3  # publications come once a day: a page that meets two of them is given as it is
PERSONAL = (b"cookie", b"authorization")
Key = tuple[Any, ...]
Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class CachedAnswer:
    status: int
    headers: Headers
    body: bytes

    def header(self, name: bytes) -> bytes:
        return next((value for key, value in self.headers if key.lower() == name), b"")

    @property
    def may_be_kept(self) -> bool:
        """Anybody may be given it: caches between here and the readers are told so too."""
        public = self.header(b"cache-control").startswith(b"public")
        varies = self.header(b"vary") or self.header(b"set-cookie")
        return self.status == 200 and public and not varies and len(self.body) <= LONGEST


@dataclass
class Kept:
    """Answers by what was asked, all of one publication and one minute."""

    _state: Key = ()
    _answers: dict[Key, CachedAnswer] = field(default_factory=dict)
    _size: int = 0

    def get(self, state: Key, key: Key) -> CachedAnswer | None:
        return self._answers.get(key) if state == self._state else None

    def put(self, state: Key, key: Key, answer: CachedAnswer) -> None:
        if state != self._state:
            self._state, self._answers, self._size = state, {}, 0
        self._forget(key)
        self._answers[key] = answer
        self._size += _size(key, answer)
        while self._size > MOST:  # the oldest first
            self._forget(next(iter(self._answers)))

    def _forget(self, key: Key) -> None:
        if answer := self._answers.pop(key, None):
            self._size -= _size(key, answer)


def _size(key: Key, answer: CachedAnswer) -> int:
    """Bytes of memory, roughly: an address can be longer than its page."""
    headers = sum(len(name) + len(value) for name, value in answer.headers)
    return BESIDE + sum(len(part) for part in key if part) + headers + len(answer.body)


def keeping(app: App, site: Site) -> App:
    """The application with its own pages kept; what is Datasette's and what is streamed passes through."""
    kept = Kept()

    async def answer(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"].startswith(("/public", "/-/")):
            await app(scope, receive, send)
            return
        asked = dict(scope["headers"])
        scope = {**scope, "headers": [item for item in scope["headers"] if item[0] not in PERSONAL]}
        path = scope.get("raw_path") or scope["path"].encode()
        key = (scope["scheme"], asked.get(b"host"), path, scope["query_string"])
        minute = int(site.clock().timestamp()) // 60
        now = site.published()
        found = kept.get((now, minute), key)
        if found is None:
            found, mark = await _made(app, site, now, scope, receive, send)
            if found is None:
                return
            if mark and found.may_be_kept:
                found = _recognisable(found)
                kept.put((mark, minute), key, found)
        await _give(found, asked, send)

    return answer


async def _made(
    app: App, site: Site, before: Mark, scope: MutableMapping[str, Any], receive: Receive, send: Send
) -> tuple[CachedAnswer | None, Mark | None]:
    """The application's answer, and the one publication it is of, if that is sure; no answer where it was streamed."""
    for _ in range(TRIES):
        found = await _collected(app, scope, receive, send)
        if found is None:
            break
        after = site.published()
        if after == before:
            return found, before
        before = after
    return found, None


async def _collected(app: App, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> CachedAnswer | None:
    """The answer if it comes in one piece; anything else is sent on piece by piece."""
    start: Message = {}
    whole: list[CachedAnswer] = []
    streamed = False

    async def collect(message: Message) -> None:
        nonlocal start, streamed
        if streamed:
            await send(message)
        elif message["type"] == "http.response.start":
            start = {**message, "headers": _for_anybody(message.get("headers", []))}
        elif message.get("more_body"):
            streamed = True
            await send(start)
            await send(message)
        else:
            whole.append(CachedAnswer(start["status"], start["headers"], message.get("body", b"")))

    await app(scope, receive, collect)
    return whole[0] if whole else None


def _for_anybody(headers: Headers) -> Headers:
    """Without what Datasette says of cookies; whatever else an answer varies by stays."""
    others = [item for item in headers if item[0].lower() != b"vary"]
    said = [part.strip() for name, value in headers if name.lower() == b"vary" for part in value.split(b",")]
    varies = b", ".join(part for part in said if part.lower() not in PERSONAL)
    return [*others, (b"vary", varies)] if varies else others


def _recognisable(answer: CachedAnswer) -> CachedAnswer:
    """With an entity tag (RFC 9110, 8.8.3), if it has none, so that it need not be sent twice to one who has it."""
    if answer.header(b"etag"):
        return answer
    tag = f'"{sha256(answer.body).hexdigest()[:32]}"'.encode()
    return CachedAnswer(answer.status, [*answer.headers, (b"etag", tag)], answer.body)


async def _give(answer: CachedAnswer, asked: Mapping[bytes, bytes], send: Send) -> None:
    """The answer, or 304 to one who holds it; ``asked``: the headers of the question."""
    status, headers, body = answer.status, answer.headers, answer.body
    if status == 200 and _held(answer, asked):
        status, body = 304, b""
        headers = [item for item in headers if item[0].lower() not in (b"content-length", b"content-type")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _held(answer: CachedAnswer, asked: Mapping[bytes, bytes]) -> bool:
    tag, modified = (answer.header(name).decode("latin-1") for name in (b"etag", b"last-modified"))
    none_match, since = (asked.get(name) for name in (b"if-none-match", b"if-modified-since"))
    said = None if none_match is None else none_match.decode("latin-1")
    return bool(tag) and conditional.held(tag, conditional.time_of(modified), said, (since or b"").decode("latin-1"))
