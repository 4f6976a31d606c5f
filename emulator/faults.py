"""Everything that can go wrong between the tracker and PubMed, to be played on demand.

Each fault was seen in the wild or is what a broken or hostile server could do. It takes hold of the result of a search,
of the records of a fetch, or of the finished reply (status, body, and what happens to it on the wire, ``wire.py``).
``FAULTS`` is the table; ``plan.py`` says when one of them is played.
"""

from __future__ import annotations

from dataclasses import dataclass

from emulator import spoil


@dataclass(frozen=True)
class Fault:
    """One way to fail. ``on``: the utilities it concerns; requests of others pass it by."""

    name: str
    does: str
    on: tuple[str, ...]
    reply: spoil.OfReply = spoil.untouched
    result: spoil.OfResult = spoil.untouched
    elements: spoil.OfElements = spoil.untouched


_SEARCH, _FETCH, _BOTH = ("esearch",), ("efetch",), ("esearch", "efetch")
_SERVER = "Your request could not be processed due to a problem on our Web server."
_BACKEND = "Search Backend failed: read request has failed. peer: 10.0.0.1:7011"
_TXCLIENT = "Search Backend failed: NCBI C++ Exception: TXCLIENT: (-1) cannot connect to the server"
_MISUSE = "Access has been temporarily blocked: possible misuse."
_BAD_DB = "Invalid db name specified: pubmed"

# name: (utilities concerned, what it does, what it makes of the finished reply)
_REPLIES: dict[str, tuple[tuple[str, ...], str, spoil.OfReply]] = {
    # statuses
    "rate-limit": (
        _BOTH,
        "429 with Retry-After: 2; the body shows the api_key or the address",
        spoil.limited(429, "2"),
    ),
    "rate-limit-bare": (_BOTH, "429 without Retry-After", spoil.limited(429, "")),
    "rate-limit-200": (_BOTH, "the rate limit message with status 200 (older reports)", spoil.limited(200, "")),
    "error-500": (_BOTH, "500 with a diagnostic page", spoil.page(500, "WWW Error 500 Diagnostic", _SERVER)),
    "error-502": (_BOTH, "502 from the front end", spoil.page(502, "502 Bad Gateway")),
    "error-503": (_BOTH, "503 from the front end", spoil.page(503, "503 Service Unavailable")),
    "error-503-later": (_BOTH, "503 with Retry-After: 1", spoil.page(503, "503 Service Unavailable", wait="1")),
    "error-504": (_BOTH, "504 from the front end", spoil.page(504, "504 Gateway Time-out")),
    "error-400": (_BOTH, "400 with an error element: refused for ever", spoil.error(_BAD_DB, 400)),
    # pages and errors that come with status 200
    "html": (_BOTH, "an HTML error page with status 200", spoil.page(200, "WWW Error 500 Diagnostic", _SERVER)),
    "maintenance": (_BOTH, "the maintenance page with status 200", spoil.page(200, "down_bethesda", "Back soon.")),
    "blocked": (
        _BOTH,
        "the page 'Error Blocked' with status 200: stop asking",
        spoil.page(200, "Error Blocked", _MISUSE),
    ),
    "backend-failed": (_BOTH, "an error element with status 200: Search Backend failed", spoil.error(_BACKEND)),
    "txclient": (_BOTH, "an error element with status 200: TXCLIENT", spoil.error(_TXCLIENT)),
    # bodies
    "empty-body": (_BOTH, "status 200 and no body at all", spoil.body("")),
    "invalid-json": (_SEARCH, "status 200 and a body that is no JSON", spoil.body('{"header":{"type":esearch}}')),
    "null-json": (_SEARCH, "status 200 and the JSON value null", spoil.body("null")),
    "truncated-json": (_SEARCH, "the first half of the answer, as if it were all", spoil.half),
    "truncated-xml": (_FETCH, "the first half of the answer, as if it were all", spoil.half),
    "rootless-xml": (_FETCH, "XML declaration and DOCTYPE without a root element", spoil.rootless),
    "wrong-type": (_BOTH, "the right body declared as text/html", spoil.as_html),
    # the wire
    "cut-gzip": (_BOTH, "gzip cut in the middle, in a transfer that ends properly", spoil.wire("cut gzip")),
    "short-content": (_BOTH, "Content-Length promises more than is sent", spoil.wire("short content")),
    "cut-chunks": (_BOTH, "a chunked body that ends before its last chunk", spoil.wire("cut chunks")),
    "stall": (_BOTH, "no answer for a set time (seconds), then the right one", spoil.wire("stall")),
    "stall-in-body": (
        _BOTH,
        "half of the body, silence for a set time (seconds), the rest",
        spoil.wire("stall in body"),
    ),
    "reset": (_BOTH, "the connection is reset before the answer", spoil.wire("reset")),
    "reset-in-body": (_BOTH, "the connection is reset in the middle of the body", spoil.wire("reset in body")),
    "hang-up": (_BOTH, "the connection is closed without a word", spoil.wire("hang up")),
    "endless": (_BOTH, "a body that drips, a byte at a time, and never ends", spoil.wire("endless")),
    "gigantic": (_BOTH, "a body of a set size (a gigabyte if not set)", spoil.wire("gigantic")),
    "gzip-bomb": (
        _BOTH,
        "a small gzip body that swells to a set size (a gigabyte if not set)",
        spoil.wire("gzip bomb"),
    ),
    "redirect": (_BOTH, "307 to the same address on the same host", spoil.redirect("same")),
    "redirect-elsewhere": (_BOTH, "307 to another host", spoil.redirect("other")),
    # hostile XML
    "xml-bomb": (_FETCH, "nested entities that would swell to two gigabytes", spoil.entities(spoil.LAUGHS, "&l9;")),
    "external-entity": (
        _FETCH,
        "an entity that stands for /elsewhere on this service",
        spoil.entities(spoil.OUTSIDE, "&x;"),
    ),
}

# name: (what it does, what it makes of the members of an esearch result)
_RESULTS: dict[str, tuple[str, spoil.OfResult]] = {
    "moving-count": ("a promise that grows by one each time it is played", spoil.count_grows),
    "count-word": ("a count that is not a number", spoil.count_many),
    "no-count": ("no count at all", spoil.without("count")),
    "no-idlist": ("a count and no idlist", spoil.without("idlist")),
    "clipped": ("a page with half of the ids it should have, the count unchanged", spoil.ids_clipped),
    "malformed-ids": ("the first four ids replaced by things that are no ids", spoil.ids_malformed),
    "duplicate-ids": ("the first id once more instead of the last one", spoil.ids_twice),
    "false-zero": ("'No items found.' for a search that has hits", spoil.nothing),
}

# name: (what it does, what it makes of the records of an efetch answer)
_ELEMENTS: dict[str, tuple[str, spoil.OfElements]] = {
    "record-short": ("the last record of the batch is missing", spoil.last_missing),
    "half-batch": ("the second half of the batch is missing", spoil.half_missing),
    "no-records": ("a closed, empty set", spoil.all_missing),
    "other-records": ("as many records as asked for, none of them asked for", spoil.others),
    "one-more": ("everything asked for and one record more", spoil.one_more),
    "record-twice": ("the first record twice", spoil.first_twice),
    "broken-record": ("broken markup inside the first record", spoil.broken),
    "hollow-record": ("a first record without PMID or anything else", spoil.hollow),
    "bad-bytes": ("bytes that are no UTF-8 in the first record", spoil.bad_bytes),
}

FAULTS: dict[str, Fault] = {
    **{name: Fault(name, does, on, reply=change) for name, (on, does, change) in _REPLIES.items()},
    **{name: Fault(name, does, _SEARCH, result=change) for name, (does, change) in _RESULTS.items()},
    **{name: Fault(name, does, _FETCH, elements=change) for name, (does, change) in _ELEMENTS.items()},
}
