"""What can go wrong between the tracker and the demo's preprint servers and registers, to be played on demand.

A fault takes hold of the body of an answer (an object of JSON) or of the finished reply; see ``faults`` for PubMed's.
The utilities are ``interval`` and ``doi`` of api.biorxiv.org, ``preprints`` of OSF, ``works`` of Crossref and the
``file`` of Retraction Watch.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from emulator import wrong_answers
from emulator.wire import HTML, JSON, Reply

Body = dict[str, Any]


@dataclass(frozen=True)
class ServerPlayed:
    """What a fault may look at: how often it was played, and its measures (see ``spoil.Context``)."""

    origin: str
    turn: int = 1
    seconds: float = 3600.0
    size: int = 1_000_000_000


OfBody = Callable[[Body, ServerPlayed], Body]
OfReply = Callable[[Reply, ServerPlayed], Reply]


@dataclass(frozen=True)
class ServerFault:
    """One way to fail. ``on``: the utilities it concerns; requests of others pass it by."""

    name: str
    does: str
    on: tuple[str, ...]
    body: OfBody = lambda body, played: body
    reply: OfReply = lambda reply, played: reply


def answer(body: Body, fault: ServerFault | None, played: ServerPlayed) -> Reply:
    """The reply made of a body, with the fault in it, if there is one."""
    if fault is None:
        return Reply(json.dumps(body).encode(), JSON)
    return fault.reply(Reply(json.dumps(fault.body(body, played)).encode(), JSON), played)


def _page(status: int, title: str, *, wait: str = "") -> OfReply:
    text = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
    headers = (("Retry-After", wait),) if wait else ()
    return lambda reply, played: Reply(text.encode(), HTML, status, headers)


def _body(text: str) -> OfReply:
    return lambda reply, played: replace(reply, body=text.encode())


def _wire(name: str) -> OfReply:
    return lambda reply, played: replace(reply, wire=name, seconds=played.seconds, size=played.size)


def _throttled(wait: int) -> OfReply:
    said = {"errors": [{"detail": f"Request was throttled. Expected available in {wait} seconds."}]}
    headers = (("Retry-After", str(wait)),)
    return lambda reply, played: Reply(json.dumps(said).encode(), JSON, 429, headers)


def _elsewhere(reply: Reply, played: ServerPlayed) -> Reply:
    """``localhost`` is another host than 127.0.0.1, and still this machine."""
    target = played.origin.replace("127.0.0.1", "localhost") + "/elsewhere"
    return Reply(b"", HTML, 307, (("Location", target),))


def _rows(change: Callable[[list[Any]], list[Any]]) -> OfBody:
    """Change the list of records, whatever the service calls it."""

    def of(body: Body, played: ServerPlayed) -> Body:
        if "items" in body.get("message", ()):
            return {**body, "message": {**body["message"], "items": change(body["message"]["items"])}}
        name = "collection" if "collection" in body else "data"
        return {**body, name: change(body[name])}

    return of


def _message(**members: object) -> OfBody:
    """Change members of the message of api.biorxiv.org; None takes one out."""

    def of(body: Body, played: ServerPlayed) -> Body:
        message = {**body["messages"][0], **members}
        return {**body, "messages": [{name: value for name, value in message.items() if value is not None}]}

    return of


def _grows(body: Body, played: ServerPlayed) -> Body:
    if "messages" in body:
        total = int(body["messages"][0].get("total", 0)) + played.turn
        return _message(total=str(total))(body, played)
    place = body if "meta" in body else body["links"]
    return {**body, "meta": {**place["meta"], "total": place["meta"]["total"] + played.turn}}


def _same_next(body: Body, played: ServerPlayed) -> Body:
    return {**body, "links": {**body["links"], "next": f"{played.origin}/v2/preprints/?page=2"}}


def _no_next(body: Body, played: ServerPlayed) -> Body:
    return {**body, "links": {**body["links"], "next": None}}


def _no_total(body: Body, played: ServerPlayed) -> Body:
    links = {name: value for name, value in body["links"].items() if name != "meta"}
    return {**{name: value for name, value in body.items() if name != "meta"}, "links": links}


def _fewer_lines(reply: Reply, played: ServerPlayed) -> Reply:
    lines = reply.body.splitlines(keepends=True)
    return replace(reply, body=b"".join(lines[: len(lines) // 2]))


_INTERVAL, _DETAILS, _OSF, _FILE = ("interval",), ("interval", "doi"), ("preprints",), ("file",)
_LISTS = (*_DETAILS, *_OSF, "works")
_ALL = (*_LISTS, *_FILE)
_NO_POSTS: Body = {"messages": [{"status": "no posts found"}], "collection": []}

# name: (utilities concerned, what it does, what it makes of the finished reply)
_REPLIES: dict[str, tuple[tuple[str, ...], str, OfReply]] = {
    "throttled": (_ALL, "429 with Retry-After: 1", _throttled(1)),
    "throttled-long": (_ALL, "429 with a Retry-After of three quarters of an hour", _throttled(2711)),
    "error-400": (_ALL, "400: refused for ever", _page(400, "Bad Request")),
    "error-403": (_ALL, "403 from the front end", _page(403, "Forbidden")),
    "error-404": (_ALL, "404: a page past the end", _page(404, "Not Found")),
    "error-500": (_ALL, "500 with a page", _page(500, "Internal Server Error")),
    "error-502": (_ALL, "502 from the front end", _page(502, "Bad Gateway")),
    "error-503": (_ALL, "503 from the front end", _page(503, "Service Unavailable")),
    "error-524": (_ALL, "504 from the front end", _page(504, "Gateway Time-out")),
    "backend-200": (_DETAILS, "a dead backend in plain text, status 200", _body("Error : (2002) Connection refused")),
    "html": (_ALL, "an HTML page with status 200", _page(200, "Just a moment...")),
    "empty-body": (_ALL, "status 200 and no body at all", _body("")),
    "null-json": (_ALL, "status 200 and the JSON value null", _body("null")),
    "truncated-json": (
        _ALL,
        "the first half of the answer, as if it were all",
        lambda reply, played: replace(reply, body=reply.body[: len(reply.body) // 2]),
    ),
    "cut-gzip": (_ALL, "gzip cut in the middle, in a transfer that ends properly", _wire("cut gzip")),
    "short-content": (_ALL, "Content-Length promises more than is sent", _wire("short content")),
    "stall": (_ALL, "no answer for a set time (seconds), then the right one", _wire("stall")),
    "reset": (_ALL, "the connection is reset before the answer", _wire("reset")),
    "reset-in-body": (_ALL, "the connection is reset in the middle of the body", _wire("reset in body")),
    "hang-up": (_ALL, "the connection is closed without a word", _wire("hang up")),
    "gigantic": (_ALL, "a body of a set size (a gigabyte if not set)", _wire("gigantic")),
    "redirect-elsewhere": (_ALL, "307 to another host", _elsewhere),
    "half-the-lines": (_FILE, "a well-formed file of half of its lines", _fewer_lines),
}

# name: (utilities concerned, what it does, what it makes of the body)
_BODIES: dict[str, tuple[tuple[str, ...], str, OfBody]] = {
    "false-nothing": (_DETAILS, "'no posts found' where there are some", lambda body, played: _NO_POSTS),
    "other-words": (
        _INTERVAL,
        "'no articles found' where there are some, and one message in place of a list",
        lambda body, played: {"messages": {"status": "no articles found for 2026"}, "collection": []},
    ),
    "empty-list": (_LISTS, "everything but the records", _rows(lambda rows: [])),
    "clipped": (_LISTS, "half of the records the page should have", _rows(lambda rows: rows[: len(rows) // 2])),
    "record-twice": (_LISTS, "the first record twice, the last one missing", _rows(lambda rows: rows[:1] + rows[:-1])),
    "hollow-record": (_LISTS, "an empty object in place of the first record", _rows(lambda rows: [{}, *rows[1:]])),
    "odd-record": (_LISTS, "a number in place of the first record", _rows(lambda rows: [7, *rows[1:]])),
    "moving-total": (("interval", "preprints"), "a promise that grows each time it is played", _grows),
    "no-total": (_INTERVAL, "no total at all", _message(total=None)),
    "total-word": (_INTERVAL, "a total that is not a number", _message(total="many")),
    "wrong-cursor": (_INTERVAL, "an echo of another cursor", _message(cursor=999)),
    "wrong-interval": (_INTERVAL, "an echo of other days", _message(interval="2020-01-01:2020-01-02")),
    "same-next": (_OSF, "the same next page for ever", _same_next),
    "no-next": (_OSF, "no next page, wherever there is more", _no_next),
    "no-meta": (_OSF, "no total at all", _no_total),
}


def _wrong(name: str, does: str, on: tuple[str, ...], change: Callable[[Body], Body]) -> ServerFault:
    """An answer that is well-formed and wrong."""
    return ServerFault(name, does, on, body=lambda body, played: change(body) if body.get("data", 1) else body)


FAULTS: Mapping[str, ServerFault] = {
    **{name: ServerFault(name, does, on, reply=change) for name, (on, does, change) in _REPLIES.items()},
    **{name: ServerFault(name, does, on, body=change) for name, (on, does, change) in _BODIES.items()},
    **{name: _wrong(name, does, _INTERVAL, change) for name, (does, change) in wrong_answers.INTERVAL.items()},
    **{name: _wrong(name, does, _OSF, change) for name, (does, change) in wrong_answers.PREPRINTS.items()},
}
