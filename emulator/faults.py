"""Everything that can go wrong between the tracker and PubMed, to be played on demand.

Each fault was seen in the wild or is what a broken or hostile server could do. It takes hold of the result of a search,
of the records of a fetch, or of the finished reply (status, body, and what happens to it on the wire, ``wire.py``).
``FAULTS`` is the table; ``plan.py`` says when one of them is played.

The functions before it take the result of a search, the records of a fetch or a finished reply, and give back a worse
one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from emulator import wrong_answers
from emulator.eutils import FETCH_ERROR_HEAD, SEARCH_HEAD, SET_HEAD, Entrez, Result
from emulator.wire import HTML, JSON, Reply

T = TypeVar("T")


@dataclass(frozen=True)
class FaultContext:
    """What a fault may look at: the request, the literature, the service's own address, how often it was played.

    ``seconds`` and ``size`` (bytes) are the measures of faults that need one.
    """

    utility: str
    form: Mapping[str, str]
    entrez: Entrez
    origin: str  # http://127.0.0.1:port
    path: str
    turn: int = 1
    seconds: float = 3600.0
    size: int = 1_000_000_000

    @property
    def fetching(self) -> bool:
        return self.utility == "efetch"


OfReply = Callable[[Reply, FaultContext], Reply]
OfResult = Callable[[Result, FaultContext], Result]
OfElements = Callable[[list[bytes], FaultContext], list[bytes]]


def untouched(answer: T, _: FaultContext) -> T:
    return answer


# Finished replies


def page(status: int, title: str, text: str = "", *, wait: str = "") -> OfReply:
    """An HTML page instead of the answer."""
    body = f"<html><head> <title>NCBI - {title}</title> </head> <body> <h1>{title}</h1> <p>{text}</p> </body></html>\n"
    headers = (("Retry-After", wait),) if wait else ()
    return lambda reply, context: Reply(body.encode(), HTML, status, headers)


def rate_limited(key: str, limit: int, *, status: int = 429, wait: str = "2") -> Reply:
    """The service's answer to haste; it shows the key, or the address when there is none."""
    said = {"error": "API rate limit exceeded", "api-key": key, "count": str(limit + 1), "limit": str(limit)}
    headers = {"Retry-After": wait, "X-RateLimit-Limit": str(limit), "X-RateLimit-Remaining": "0"}
    kept = tuple((name, value) for name, value in headers.items() if value)
    return Reply(json.dumps(said, separators=(",", ":")).encode(), JSON, status, kept)


def limited(status: int, wait: str) -> OfReply:
    return lambda reply, context: rate_limited(context.form.get("api_key", "127.0.0.1"), 3, status=status, wait=wait)


def error(text: str, status: int = 200) -> OfReply:
    """An error element in the root that the utility has."""

    def reply(_: Reply, context: FaultContext) -> Reply:
        root, head = ("eFetchResult", FETCH_ERROR_HEAD) if context.fetching else ("eSearchResult", SEARCH_HEAD)
        return Reply(f"{head}<{root}><ERROR>{text}</ERROR></{root}>\n".encode(), status=status)

    return reply


def body(text: str) -> OfReply:
    return lambda reply, context: replace(reply, body=text.encode())


def wire(name: str) -> OfReply:
    return lambda reply, context: replace(reply, wire=name, seconds=context.seconds, size=context.size)


def half(reply: Reply, _: FaultContext) -> Reply:
    return replace(reply, body=reply.body[: len(reply.body) // 2])


def as_html(reply: Reply, _: FaultContext) -> Reply:
    return replace(reply, kind=HTML)


def rootless(_: Reply, context: FaultContext) -> Reply:
    return Reply((SET_HEAD if context.fetching else SEARCH_HEAD).encode())


def redirect(host: str) -> OfReply:
    """307, which keeps the method. ``localhost`` is another host than 127.0.0.1, and still this machine."""

    def reply(_: Reply, context: FaultContext) -> Reply:
        elsewhere = context.origin.replace("127.0.0.1", "localhost") + "/elsewhere"
        target = elsewhere if host == "other" else context.origin + context.path
        return Reply(b"", HTML, 307, (("Location", target),))

    return reply


LAUGHS = '<!ENTITY l0 "ha">\n' + "".join(
    f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">\n' for level in range(1, 10)
)  # fmt: skip
OUTSIDE = '<!ENTITY x SYSTEM "ORIGIN/elsewhere">\n'


def entities(declarations: str, use: str) -> OfReply:
    """A set of one record whose DOCTYPE declares entities and whose title uses one."""

    def reply(_: Reply, context: FaultContext) -> Reply:
        asked = re.search(r"\d+", context.form.get("id", ""))
        doctype = f"<!DOCTYPE PubmedArticleSet [\n{declarations.replace('ORIGIN', context.origin)}]>"
        record = (
            f'<PubmedArticle><MedlineCitation><PMID Version="1">{asked[0] if asked else "1"}</PMID><Article>'
            f"<ArticleTitle>{use}</ArticleTitle></Article></MedlineCitation></PubmedArticle>"
        )
        text = f'<?xml version="1.0" ?>\n{doctype}\n<PubmedArticleSet>{record}</PubmedArticleSet>\n'
        return Reply(text.encode())

    return reply


# Results of a search


def count_grows(result: Result, context: FaultContext) -> Result:
    return {**result, "count": str(int(result["count"]) + context.turn)}


def count_many(result: Result, _: FaultContext) -> Result:
    return {**result, "count": "many"}


def without(member: str) -> OfResult:
    return lambda result, context: {name: value for name, value in result.items() if name != member}


def ids_clipped(result: Result, _: FaultContext) -> Result:
    ids = result.get("idlist", [])
    return {**result, "idlist": ids[: len(ids) // 2]}


def ids_malformed(result: Result, _: FaultContext) -> Result:
    return {**result, "idlist": ["42.9", "", "PMC7", "-5", *result.get("idlist", [])[4:]]}


def ids_twice(result: Result, _: FaultContext) -> Result:
    ids = result.get("idlist", [])
    return {**result, "idlist": [*ids[:-1], *ids[:1]]}


def nothing(result: Result, _: FaultContext) -> Result:
    warning = {"phrasesignored": [], "quotedphrasesnotfound": [], "outputmessages": ["No items found."]}
    return {**result, "count": "0", "retmax": "0", "idlist": [], "warninglist": warning}


def another_search(result: Result, context: FaultContext) -> Result:
    """As many ids as PubMed has of another subject, with its own translation."""
    ids = [pmid for pmid in context.entrez.articles() if pmid not in result.get("idlist", [])][:10]
    count = str(len(ids))
    return {**result, "count": count, "retmax": count, "idlist": ids, "querytranslation": '"gardens"[Title/Abstract]'}


# Records of a fetch


def last_missing(elements: list[bytes], _: FaultContext) -> list[bytes]:
    return elements[:-1]


def half_missing(elements: list[bytes], _: FaultContext) -> list[bytes]:
    return elements[: len(elements) // 2]


def all_missing(_elements: list[bytes], _: FaultContext) -> list[bytes]:
    return []


def first_twice(elements: list[bytes], _: FaultContext) -> list[bytes]:
    return [*elements[:1], *elements]


def others(elements: list[bytes], context: FaultContext) -> list[bytes]:
    """As many records as asked for, none of them asked for."""
    asked = set(re.findall(r"\d+", context.form.get("id", "")))
    found: list[bytes] = []
    for pmid, article in context.entrez.articles().items():
        if len(found) == len(elements):
            break
        if pmid not in asked:
            found.append(article.element())
    return found


def one_more(elements: list[bytes], context: FaultContext) -> list[bytes]:
    return [*elements, *others(elements[:1], context)]


def broken(elements: list[bytes], _: FaultContext) -> list[bytes]:
    return _first(elements, b"</ArticleTitle>", b"<b>loose & bare</ArticleTitle>")


def hollow(elements: list[bytes], _: FaultContext) -> list[bytes]:
    empty = b"<PubmedArticle><MedlineCitation></MedlineCitation></PubmedArticle>"
    return [empty, *elements[1:]] if elements else []


def bad_bytes(elements: list[bytes], _: FaultContext) -> list[bytes]:
    return _first(elements, b"</PMID>", b"\xff\xfe</PMID>")


def _first(elements: list[bytes], old: bytes, new: bytes) -> list[bytes]:
    return [elements[0].replace(old, new, 1), *elements[1:]] if elements else []


@dataclass(frozen=True)
class Fault:
    """One way to fail. ``on``: the utilities it concerns; requests of others pass it by."""

    name: str
    does: str
    on: tuple[str, ...]
    reply: OfReply = untouched
    result: OfResult = untouched
    elements: OfElements = untouched


_SEARCH, _FETCH, _BOTH = ("esearch",), ("efetch",), ("esearch", "efetch")
_SERVER = "Your request could not be processed due to a problem on our Web server."
_BACKEND = "Search Backend failed: read request has failed. peer: 10.0.0.1:7011"
_TXCLIENT = "Search Backend failed: NCBI C++ Exception: TXCLIENT: (-1) cannot connect to the server"
_MISUSE = "Access has been temporarily blocked: possible misuse."
_BAD_DB = "Invalid db name specified: pubmed"

# name: (utilities concerned, what it does, what it makes of the finished reply)
_REPLIES: dict[str, tuple[tuple[str, ...], str, OfReply]] = {
    # statuses
    "rate-limit": (
        _BOTH,
        "429 with Retry-After: 2; the body shows the api_key or the address",
        limited(429, "2"),
    ),
    "rate-limit-bare": (_BOTH, "429 without Retry-After", limited(429, "")),
    "rate-limit-200": (_BOTH, "the rate limit message with status 200 (older reports)", limited(200, "")),
    "error-500": (_BOTH, "500 with a diagnostic page", page(500, "WWW Error 500 Diagnostic", _SERVER)),
    "error-502": (_BOTH, "502 from the front end", page(502, "502 Bad Gateway")),
    "error-503": (_BOTH, "503 from the front end", page(503, "503 Service Unavailable")),
    "error-503-later": (_BOTH, "503 with Retry-After: 1", page(503, "503 Service Unavailable", wait="1")),
    "error-504": (_BOTH, "504 from the front end", page(504, "504 Gateway Time-out")),
    "error-400": (_BOTH, "400 with an error element: refused for ever", error(_BAD_DB, 400)),
    # pages and errors that come with status 200
    "html": (_BOTH, "an HTML error page with status 200", page(200, "WWW Error 500 Diagnostic", _SERVER)),
    "maintenance": (_BOTH, "the maintenance page with status 200", page(200, "down_bethesda", "Back soon.")),
    "blocked": (
        _BOTH,
        "the page 'Error Blocked' with status 200: stop asking",
        page(200, "Error Blocked", _MISUSE),
    ),
    "backend-failed": (_BOTH, "an error element with status 200: Search Backend failed", error(_BACKEND)),
    "txclient": (_BOTH, "an error element with status 200: TXCLIENT", error(_TXCLIENT)),
    # bodies
    "empty-body": (_BOTH, "status 200 and no body at all", body("")),
    "invalid-json": (_SEARCH, "status 200 and a body that is no JSON", body('{"header":{"type":esearch}}')),
    "null-json": (_SEARCH, "status 200 and the JSON value null", body("null")),
    "truncated-json": (_SEARCH, "the first half of the answer, as if it were all", half),
    "truncated-xml": (_FETCH, "the first half of the answer, as if it were all", half),
    "rootless-xml": (_FETCH, "XML declaration and DOCTYPE without a root element", rootless),
    "wrong-type": (_BOTH, "the right body declared as text/html", as_html),
    # the wire
    "cut-gzip": (_BOTH, "gzip cut in the middle, in a transfer that ends properly", wire("cut gzip")),
    "short-content": (_BOTH, "Content-Length promises more than is sent", wire("short content")),
    "cut-chunks": (_BOTH, "a chunked body that ends before its last chunk", wire("cut chunks")),
    "stall": (_BOTH, "no answer for a set time (seconds), then the right one", wire("stall")),
    "stall-in-body": (
        _BOTH,
        "half of the body, silence for a set time (seconds), the rest",
        wire("stall in body"),
    ),
    "reset": (_BOTH, "the connection is reset before the answer", wire("reset")),
    "reset-in-body": (_BOTH, "the connection is reset in the middle of the body", wire("reset in body")),
    "hang-up": (_BOTH, "the connection is closed without a word", wire("hang up")),
    "endless": (_BOTH, "a body that drips, a byte at a time, and never ends", wire("endless")),
    "gigantic": (_BOTH, "a body of a set size (a gigabyte if not set)", wire("gigantic")),
    "gzip-bomb": (
        _BOTH,
        "a small gzip body that swells to a set size (a gigabyte if not set)",
        wire("gzip bomb"),
    ),
    "redirect": (_BOTH, "307 to the same address on the same host", redirect("same")),
    "redirect-elsewhere": (_BOTH, "307 to another host", redirect("other")),
    # hostile XML
    "xml-bomb": (_FETCH, "nested entities that would swell to two gigabytes", entities(LAUGHS, "&l9;")),
    "external-entity": (
        _FETCH,
        "an entity that stands for /elsewhere on this service",
        entities(OUTSIDE, "&x;"),
    ),
}

# name: (what it does, what it makes of the members of an esearch result)
_RESULTS: dict[str, tuple[str, OfResult]] = {
    "moving-count": ("a promise that grows by one each time it is played", count_grows),
    "count-word": ("a count that is not a number", count_many),
    "no-count": ("no count at all", without("count")),
    "no-idlist": ("a count and no idlist", without("idlist")),
    "clipped": ("a page with half of the ids it should have, the count unchanged", ids_clipped),
    "malformed-ids": ("the first four ids replaced by things that are no ids", ids_malformed),
    "duplicate-ids": ("the first id once more instead of the last one", ids_twice),
    "false-zero": ("'No items found.' for a search that has hits", nothing),
}

# name: (what it does, what it makes of the records of an efetch answer)
_ELEMENTS: dict[str, tuple[str, OfElements]] = {
    "record-short": ("the last record of the batch is missing", last_missing),
    "half-batch": ("the second half of the batch is missing", half_missing),
    "no-records": ("a closed, empty set", all_missing),
    "other-records": ("as many records as asked for, none of them asked for", others),
    "one-more": ("everything asked for and one record more", one_more),
    "record-twice": ("the first record twice", first_twice),
    "broken-record": ("broken markup inside the first record", broken),
    "hollow-record": ("a first record without PMID or anything else", hollow),
    "bad-bytes": ("bytes that are no UTF-8 in the first record", bad_bytes),
}

WRONG = ("another-search", *wrong_answers.SEARCH, *wrong_answers.RECORDS)  # well-formed


def _wrong_result(name: str, does: str, change: Callable[[Result], Result]) -> Fault:
    return Fault(name, does, _SEARCH, result=lambda result, context: change(result))


def _wrong_records(name: str, does: str, change: Callable[[list[bytes]], list[bytes]]) -> Fault:
    return Fault(name, does, _FETCH, elements=lambda elements, context: change(elements))


FAULTS: dict[str, Fault] = {
    **{name: Fault(name, does, on, reply=change) for name, (on, does, change) in _REPLIES.items()},
    **{name: Fault(name, does, _SEARCH, result=change) for name, (does, change) in _RESULTS.items()},
    **{name: Fault(name, does, _FETCH, elements=change) for name, (does, change) in _ELEMENTS.items()},
    "another-search": Fault("another-search", "the whole answer to another search", _SEARCH, result=another_search),
    **{name: _wrong_result(name, does, change) for name, (does, change) in wrong_answers.SEARCH.items()},
    **{name: _wrong_records(name, does, change) for name, (does, change) in wrong_answers.RECORDS.items()},
}
