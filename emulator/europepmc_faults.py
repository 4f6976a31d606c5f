"""Everything that can go wrong between the tracker and Europe PMC, to be played on demand; see ``faults`` for PubMed's.

A fault takes hold of the envelope of an answer (an object of JSON) or of the finished reply.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import unquote

from emulator.europepmc import VERSION, Envelope, EuropePmc, error
from emulator.europepmc_entry import Core, core
from emulator.reply import HTML, Reply


@dataclass(frozen=True)
class Played:
    """What a fault may look at: the service, its address, how often it was played; see ``spoil.Context``."""

    service: EuropePmc
    origin: str
    path: str
    turn: int = 1
    seconds: float = 3600.0
    size: int = 1_000_000_000


OfEnvelope = Callable[[Envelope, Played], Envelope]
OfReply = Callable[[Reply, Played], Reply]


@dataclass(frozen=True)
class Fault:
    """One way to fail. ``on``: the result types it concerns; requests for others pass it by."""

    name: str
    does: str
    on: tuple[str, ...]
    envelope: OfEnvelope = lambda envelope, played: envelope
    reply: OfReply = lambda reply, played: reply


def _page(status: int, title: str, *, wait: str = "") -> OfReply:
    text = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
    headers = (("Retry-After", wait),) if wait else ()
    return lambda reply, played: Reply(text.encode(), HTML, status, headers)


def _body(text: str) -> OfReply:
    return lambda reply, played: replace(reply, body=text.encode())


def _wire(name: str) -> OfReply:
    return lambda reply, played: replace(reply, wire=name, seconds=played.seconds, size=played.size)


def _elsewhere(reply: Reply, played: Played) -> Reply:
    """``localhost`` is another host than 127.0.0.1, and still this machine."""
    target = played.origin.replace("127.0.0.1", "localhost") + "/elsewhere"
    return Reply(b"", HTML, 307, (("Location", target),))


def _said(said: Envelope) -> OfEnvelope:
    return lambda envelope, played: said


def _with(**members: object) -> OfEnvelope:
    return lambda envelope, played: {**envelope, **members}


def _without(name: str) -> OfEnvelope:
    return lambda envelope, played: {member: value for member, value in envelope.items() if member != name}


def _results(change: Callable[[list[Core], Played], list[object]]) -> OfEnvelope:
    def of(envelope: Envelope, played: Played) -> Envelope:
        if "resultList" not in envelope:
            return envelope
        return {**envelope, "resultList": {"result": change(envelope["resultList"]["result"], played)}}

    return of


def _grows(envelope: Envelope, played: Played) -> Envelope:
    return {**envelope, "hitCount": envelope.get("hitCount", 0) + played.turn}


def _same_cursor(envelope: Envelope, played: Played) -> Envelope:
    return {**envelope, "nextCursorMark": unquote(envelope.get("request", {}).get("cursorMark", "*"))}


def _another_query(envelope: Envelope, played: Played) -> Envelope:
    return {**envelope, "request": {**envelope.get("request", {}), "queryString": "SRC:PPR"}}


def _synonyms(envelope: Envelope, played: Played) -> Envelope:
    return {**envelope, "request": {**envelope.get("request", {}), "synonym": True}}


def _foreign(results: list[Core], played: Played) -> list[object]:
    return [{"id": "990000001", "source": "MED", "pmid": "990000001"}, *results[1:]]


def _others(results: list[Core], played: Played) -> list[object]:
    """As many records as there should be, none of them among these."""
    asked = {result["id"] for result in results}
    spare = [entry for entry in played.service.entries().values() if entry.id not in asked]
    return [core(entry) for entry in spare[: len(results)]]


def _one_more(results: list[Core], played: Played) -> list[object]:
    return [*results[:-1], *_others(results[:1], played)] if len(results) > 1 else list(results)


def _hollow(results: list[Core], played: Played) -> list[object]:
    return [{"title": "A record without an id."}, *results[1:]]


def _odd_types(results: list[Core], played: Played) -> list[object]:
    """Members of another type than they should be, lists in place of texts and the other way round."""
    odd = {
        "title": ["a", 1],
        "authorList": "nobody",
        "abstractText": {"p": 1},
        "doi": 10.5,
        "pubTypeList": [],
        "pmid": {},
    }
    return [{**results[0], **odd}, *results[1:]] if results else []


_LISTS, _CORE, _BOTH = ("idlist",), ("core",), ("idlist", "core")

# name: (result types concerned, what it does, what it makes of the finished reply)
_REPLIES: dict[str, tuple[tuple[str, ...], str, OfReply]] = {
    "rate-limit": (_BOTH, "429 with Retry-After: 2", _page(429, "Too Many Requests", wait="2")),
    "error-400": (_BOTH, "400: refused for ever", _page(400, "Bad Request")),
    "error-500": (_BOTH, "500 with a page", _page(500, "Internal Server Error")),
    "error-502": (_BOTH, "502 from the front end", _page(502, "Bad Gateway")),
    "error-503": (_BOTH, "503 from the front end", _page(503, "Service Unavailable")),
    "error-503-later": (_BOTH, "503 with Retry-After: 1", _page(503, "Service Unavailable", wait="1")),
    "error-504": (_BOTH, "504 from the front end", _page(504, "Gateway Time-out")),
    "html": (_BOTH, "an HTML page with status 200", _page(200, "Europe PMC is being maintained")),
    "blocked": (_BOTH, "a page 'Your access has been blocked' with status 200", _page(200, "Access blocked")),
    "empty-body": (_BOTH, "status 200 and no body at all", _body("")),
    "invalid-json": (_BOTH, "status 200 and a body that is no JSON", _body('{"version":6.9.1}')),
    "null-json": (_BOTH, "status 200 and the JSON value null", _body("null")),
    "truncated-json": (
        _BOTH,
        "the first half of the answer, as if it were all",
        lambda reply, played: replace(reply, body=reply.body[: len(reply.body) // 2]),
    ),
    "bad-bytes": (
        _BOTH,
        "bytes that are no UTF-8",
        lambda reply, played: replace(reply, body=reply.body.replace(b'"id"', b'"\xff\xfe"')),
    ),
    "wrong-type": (_BOTH, "the right body declared as text/html", lambda reply, played: replace(reply, kind=HTML)),
    "cut-gzip": (_BOTH, "gzip cut in the middle, in a transfer that ends properly", _wire("cut gzip")),
    "short-content": (_BOTH, "Content-Length promises more than is sent", _wire("short content")),
    "cut-chunks": (_BOTH, "a chunked body that ends before its last chunk", _wire("cut chunks")),
    "stall": (_BOTH, "no answer for a set time (seconds), then the right one", _wire("stall")),
    "reset": (_BOTH, "the connection is reset before the answer", _wire("reset")),
    "reset-in-body": (_BOTH, "the connection is reset in the middle of the body", _wire("reset in body")),
    "hang-up": (_BOTH, "the connection is closed without a word", _wire("hang up")),
    "gigantic": (_BOTH, "a body of a set size (a gigabyte if not set)", _wire("gigantic")),
    "redirect-elsewhere": (_BOTH, "307 to another host", _elsewhere),
}

# name: (result types concerned, what it does, what it makes of the envelope)
_ENVELOPES: dict[str, tuple[tuple[str, ...], str, OfEnvelope]] = {
    "page-size-200": (
        _BOTH,
        "an error about the page size with status 200",
        _said(error("Invalid page size provided.")),
    ),
    "error-in-200": (_BOTH, "an error of the server with status 200", _said(error("Internal error", 500))),
    "try-again-200": (
        _BOTH,
        "'temporarily unavailable' with status 200 and the code of a refusal",
        _said(error("The service is temporarily unavailable, please try again later")),
    ),
    "version-only": (_BOTH, "an envelope with nothing but its version", _said({"version": VERSION})),
    "moving-count": (_LISTS, "a promise that grows by one each time it is played", _grows),
    "count-word": (_BOTH, "a count that is not a number", _with(hitCount="many")),
    "no-count": (_BOTH, "no count at all", _without("hitCount")),
    "no-list": (_BOTH, "a count and no list", _without("resultList")),
    "null-list": (_BOTH, "a count and a list that is null", _with(resultList={"result": None})),
    "empty-list": (_BOTH, "a count and an empty list", _results(lambda results, played: [])),
    "false-zero": (
        _LISTS,
        "no hits for a search that has some",
        lambda envelope, played: {**_without("nextCursorMark")(envelope, played), "hitCount": 0, "resultList": {}},
    ),
    "clipped": (
        _LISTS,
        "a page with half of the ids it should have, the count unchanged",
        _results(lambda results, played: [*results[: len(results) // 2]]),
    ),
    "repeated-cursor": (_LISTS, "the cursor that was sent as the next one", _same_cursor),
    "no-cursor": (_LISTS, "no next cursor, wherever there is more", _without("nextCursorMark")),
    "duplicate-ids": (
        _LISTS,
        "the first id once more instead of the last one",
        _results(lambda results, played: [*results[:-1], *results[:1]]),
    ),
    "malformed-ids": (
        _LISTS,
        "ids that are none, in place of the first two",
        _results(lambda results, played: [{"source": "PPR"}, {"id": "PPR1 OR SRC:MED", "source": "PPR"}, *results[2:]]),
    ),
    "foreign-record": (_LISTS, "an article among the preprints", _results(_foreign)),
    "another-query": (_BOTH, "an echo that says another query was answered", _another_query),
    "synonyms": (_LISTS, "an echo that says synonyms were searched as well", _synonyms),
    "record-short": (_CORE, "the last record is missing", _results(lambda results, played: [*results[:-1]])),
    "half-batch": (
        _CORE,
        "the second half of the records is missing",
        _results(lambda results, played: [*results[: len(results) // 2]]),
    ),
    "no-records": (_CORE, "no hits for ids that are there", _with(hitCount=0, resultList={"result": []})),
    "other-records": (_CORE, "as many records as asked for, none of them asked for", _results(_others)),
    "one-more": (_CORE, "another record in place of the last one", _results(_one_more)),
    "record-twice": (
        _CORE,
        "the first record twice, the last one missing",
        _results(lambda results, played: [*results[:1], *results[:-1]]),
    ),
    "hollow-record": (_CORE, "a first record without an id", _results(_hollow)),
    "odd-types": (_CORE, "a first record whose members are of other types than they should be", _results(_odd_types)),
}

FAULTS: dict[str, Fault] = {
    **{name: Fault(name, does, on, reply=change) for name, (on, does, change) in _REPLIES.items()},
    **{name: Fault(name, does, on, envelope=change) for name, (on, does, change) in _ENVELOPES.items()},
}
