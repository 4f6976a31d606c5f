"""The demo's Europe PMC behind a port on 127.0.0.1, with a clock of its own and faults.

    with EuropePmcService(preprints, date(2024, 5, 1)) as service:
        os.environ["TRACKER_EUROPEPMC_URL"] = service.url
        service.faults.play("version-only", at=3)

See ``loopback`` for what all services of the demo have in common.

Behaviour seen in recorded answers and told by the service's reference, oddities included: errors come with a status of
200; a wrong page size is one, a wrong sort brings an envelope with nothing but its version; the cursor goes on to be
named on the last page, and then stays the same; the echo of a GET is percent-encoded.

Everything that can go wrong on the way can be played on demand; see ``faults`` for PubMed's. A fault takes hold of the
envelope of an answer (an object of JSON) or of the finished reply.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from emulator import wrong_answers
from emulator.europepmc_entry import BadQuery, Core, Document, Entry, Holdings, Test, core, document, idlist, parse
from emulator.loopback import LoopbackService
from emulator.plan import Plan
from emulator.wire import HTML, JSON, Reply

VERSION = "6.9"
LARGEST = 1_000  # records a page
PATHS = {"search": "GET", "searchPOST": "POST"}
Envelope = dict[str, Any]
Change = Callable[[Envelope], Envelope]


@dataclass
class EuropePmc:
    """The service over one set of records, on one day. ``most``: records a page, whatever was asked for.

    ``withheld`` are ids that are listed and whose records never come.
    """

    holdings: Holdings
    day: date
    most: int = LARGEST
    withheld: set[str] = field(default_factory=set)
    _shown: date | None = field(default=None, repr=False)
    _entries: Mapping[str, Entry] = field(default_factory=dict, repr=False)
    _documents: dict[str, tuple[Entry, Document]] = field(default_factory=dict, repr=False)
    _found: dict[str, list[Entry]] = field(default_factory=dict, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def answer(
        self, path: str, form: Mapping[str, str], *, get: bool, change: Change = lambda envelope: envelope
    ) -> Reply:
        """The reply to a request of ``search`` or ``searchPOST``; 404 for everything else."""
        if PATHS.get(path) != ("GET" if get else "POST"):
            return Reply(b"<h1>Not Found</h1>", HTML, 404)
        envelope = change(self.envelope(form, get=get))
        return Reply(json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode(), JSON)

    def entries(self) -> Mapping[str, Entry]:
        """The records of the day, those that come last first."""
        with self._lock:
            if self._shown != self.day:
                held = self.holdings.entries(self.day).values()
                newest_first = sorted(held, key=lambda entry: (entry.first_indexed, entry.id), reverse=True)
                self._entries = {entry.id: entry for entry in newest_first}
                self._found.clear()
                self._shown = self.day
            return self._entries

    def envelope(self, form: Mapping[str, str], *, get: bool) -> Envelope:
        """The answer as an object: a page of results, an error, or nothing but the version."""
        size, query, cursor = form.get("pageSize", "25"), form.get("query", "").strip(), form.get("cursorMark", "*")
        if not re.fullmatch("[0-9]{1,6}", size) or not 1 <= int(size) <= LARGEST:
            return error("Invalid page size provided. Valid size is between 1 and 1000")
        if form.get("sort") and not re.fullmatch(r"[A-Z_]+ (asc|desc)", form["sort"]):
            return {"version": VERSION}
        if not query or form.get("format") != "json":
            return error("Invalid request: a query and format=json are needed by this demonstration")
        kind, start = form.get("resultType", "lite"), _start(cursor)
        if start is None:
            return error("Invalid cursorMark provided")
        try:
            found = self.search(query)
        except BadQuery as wrong:
            return error(f"Invalid query: {wrong}")
        if kind == "core":
            found = [entry for entry in found if not entry.withheld and entry.id not in self.withheld]
        page = found[start : start + min(int(size), self.most)]
        show = core if kind == "core" else idlist
        following = _cursor(start + len(page)) if page else cursor
        more: Core = {"nextCursorMark": following} if found else {}
        if found and get:
            more["nextPageUrl"] = f"/search?query={query}&cursorMark={following}&resultType={kind}&format=json"
        return {
            "version": VERSION,
            "hitCount": len(found),
            **more,
            "request": {
                "queryString": query,
                "resultType": kind,
                "cursorMark": quote(cursor, safe="") if get else cursor,
                "pageSize": int(size),
                "sort": form.get("sort", ""),
                "synonym": form.get("synonym", "false" if get else "true").lower() == "true",
            },
            "resultList": {"result": [show(entry) for entry in page]},
        }

    def search(self, query: str) -> list[Entry]:
        """The records that a query finds. Raises BadQuery."""
        with self._lock:
            entries = self.entries()
            if query not in self._found:
                test: Test = parse(query)
                if len(self._found) > 50:
                    self._found.clear()
                self._found[query] = [entry for entry in entries.values() if test(self._document(entry))]
            return self._found[query]

    def _document(self, entry: Entry) -> Document:
        known = self._documents.get(entry.id)
        if known is None or known[0] is not entry:
            known = self._documents[entry.id] = entry, document(entry)
        return known[1]


def error(text: str, code: int = 404) -> Envelope:
    """An error as the service words it, to be sent with status 200."""
    return {"errCode": code, "errMsg": text}


def _cursor(start: int) -> str:
    return base64.b64encode(f"demo {start}".encode()).decode()


def _start(cursor: str) -> int | None:
    """Where a page begins; None if the cursor was never given out."""
    if cursor == "*":
        return 0
    try:
        said = base64.b64decode(cursor, validate=True).decode()
    except ValueError:
        return None
    found = re.fullmatch("demo ([0-9]{1,9})", said)
    return int(found[1]) if found else None


@dataclass(frozen=True)
class EuropePmcPlayed:
    """What a fault may look at: the service, its address, how often it was played; see ``spoil.Context``."""

    service: EuropePmc
    origin: str
    path: str
    turn: int = 1
    seconds: float = 3600.0
    size: int = 1_000_000_000


OfEnvelope = Callable[[Envelope, EuropePmcPlayed], Envelope]
OfReply = Callable[[Reply, EuropePmcPlayed], Reply]


@dataclass(frozen=True)
class EuropePmcFault:
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


def _elsewhere(reply: Reply, played: EuropePmcPlayed) -> Reply:
    """``localhost`` is another host than 127.0.0.1, and still this machine."""
    target = played.origin.replace("127.0.0.1", "localhost") + "/elsewhere"
    return Reply(b"", HTML, 307, (("Location", target),))


def _said(said: Envelope) -> OfEnvelope:
    return lambda envelope, played: said


def _with(**members: object) -> OfEnvelope:
    return lambda envelope, played: {**envelope, **members}


def _without(name: str) -> OfEnvelope:
    return lambda envelope, played: {member: value for member, value in envelope.items() if member != name}


def _results(change: Callable[[list[Core], EuropePmcPlayed], list[object]]) -> OfEnvelope:
    def of(envelope: Envelope, played: EuropePmcPlayed) -> Envelope:
        if "resultList" not in envelope:
            return envelope
        return {**envelope, "resultList": {"result": change(envelope["resultList"]["result"], played)}}

    return of


def _grows(envelope: Envelope, played: EuropePmcPlayed) -> Envelope:
    return {**envelope, "hitCount": envelope.get("hitCount", 0) + played.turn}


def _same_cursor(envelope: Envelope, played: EuropePmcPlayed) -> Envelope:
    return {**envelope, "nextCursorMark": unquote(envelope.get("request", {}).get("cursorMark", "*"))}


def _another_query(envelope: Envelope, played: EuropePmcPlayed) -> Envelope:
    return {**envelope, "request": {**envelope.get("request", {}), "queryString": "SRC:PPR"}}


def _synonyms(envelope: Envelope, played: EuropePmcPlayed) -> Envelope:
    return {**envelope, "request": {**envelope.get("request", {}), "synonym": True}}


def _foreign(results: list[Core], played: EuropePmcPlayed) -> list[object]:
    return [{"id": "990000001", "source": "MED", "pmid": "990000001"}, *results[1:]]


def _others(results: list[Core], played: EuropePmcPlayed) -> list[object]:
    """As many records as there should be, none of them among these."""
    asked = {result["id"] for result in results}
    spare = [entry for entry in played.service.entries().values() if entry.id not in asked]
    return [core(entry) for entry in spare[: len(results)]]


def _one_more(results: list[Core], played: EuropePmcPlayed) -> list[object]:
    return [*results[:-1], *_others(results[:1], played)] if len(results) > 1 else list(results)


def _hollow(results: list[Core], played: EuropePmcPlayed) -> list[object]:
    return [{"title": "A record without an id."}, *results[1:]]


def _odd_types(results: list[Core], played: EuropePmcPlayed) -> list[object]:
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


def _wrong(name: str, does: str, on: tuple[str, ...], change: Callable[[Envelope], Envelope]) -> EuropePmcFault:
    """An answer that is well-formed and wrong."""
    return EuropePmcFault(name, does, on, envelope=lambda envelope, played: change(envelope))


WRONG = (*wrong_answers.LISTS, *wrong_answers.CORE)
FAULTS: dict[str, EuropePmcFault] = {
    **{name: EuropePmcFault(name, does, on, reply=change) for name, (on, does, change) in _REPLIES.items()},
    **{name: EuropePmcFault(name, does, on, envelope=change) for name, (on, does, change) in _ENVELOPES.items()},
    **{name: _wrong(name, does, _LISTS, change) for name, (does, change) in wrong_answers.LISTS.items()},
    **{name: _wrong(name, does, _CORE, change) for name, (does, change) in wrong_answers.CORE.items()},
}


BASE = "/europepmc/webservices/rest"


class EuropePmcService(LoopbackService):
    """A running service; a context manager, or ``start`` and ``stop``.

    ``most``: records a page, whatever was asked for. ``faults``: a script by number of the request. ``withheld``: ids
    that are listed and whose records never come. In the log the result type stands as the utility.
    """

    def __init__(
        self,
        holdings: Holdings,
        day: date,
        *,
        most: int = LARGEST,
        faults: Mapping[int, str] | None = None,
        withheld: Collection[str] = (),
        latency: float = 0.0,
        gzip: bool = True,
        port: int = 0,
    ) -> None:
        self.search = EuropePmc(holdings, day, most, set(withheld))
        super().__init__(Plan(FAULTS), latency=latency, gzip=gzip, port=port)
        self.faults.script(faults or {})

    @property
    def url(self) -> str:
        """The address to give to ``TRACKER_EUROPEPMC_URL``."""
        return self.origin + BASE

    @property
    def day(self) -> date:
        """The day it is for the service; may be set, forward and back."""
        return self.search.day

    @day.setter
    def day(self, day: date) -> None:
        self.search.day = day

    def reply(self, method: str, target: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
        """Log the request and answer it, honestly or as the script says."""
        path = urlsplit(target).path
        folder, _, name = path.rpartition("/")
        kind = form.get("resultType", "lite")
        _, rule = self.record(method, path, kind, form, headers, self.day, spare=folder != BASE)
        if folder != BASE:
            return Reply(b"<h1>Not Found</h1>", HTML, 404)
        if rule is None:
            return self.search.answer(name, form, get=method == "GET")
        fault = FAULTS[rule.fault]
        played = EuropePmcPlayed(self.search, self.origin, path, rule.played, rule.seconds, rule.size)
        reply = self.search.answer(
            name, form, get=method == "GET", change=lambda envelope: fault.envelope(envelope, played)
        )
        return fault.reply(reply, played)
