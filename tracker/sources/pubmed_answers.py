"""What the answers of NCBI's E-utilities mean, checked in this order: first bytes, form, error element, content.

A status of 200 says nothing: rate limits, failed backends and error pages come with it as well. Nothing here talks;
every fault is raised as the error that says what to do next (``tracker.errors``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from html import unescape
from typing import Any

from tracker.errors import Blocked, Refused, SourceError, Transient
from tracker.http.answer import Answer
from tracker.model import RawRecord
from tracker.sources import pubmed_parse

_BLOCKED = re.compile(
    r"error blocked|(?:been|is|are|access)\s+(?:\w+\s+)?blocked|<(?:title|h\d)[^>]*>[^<]*\bblocked\b", re.IGNORECASE
)
_BACKEND = re.compile(r"search backend failed|C\+\+ exception|txclient|rate limit|temporar|try again", re.IGNORECASE)
_FOR_EVER = re.compile(
    r"\binvalid\b|\bempty\b|neither query_key nor id|out of range|not supported|too many uids",
    re.IGNORECASE,
)
_ERROR_ELEMENT = re.compile(rb"<ERROR\b[^>]*>(.*?)</ERROR\s*>", re.DOTALL | re.IGNORECASE)
_HTML = re.compile(r"<!doctype\s+html|<(?:html|head|body|h1)\b", re.IGNORECASE)
_DECLARATION = re.compile(rb"<!(?:ENTITY|ELEMENT|ATTLIST|NOTATION)\b", re.IGNORECASE)
_ORDINARY = "no items found"  # PubMed says so of every search without hits


class UnusableIds(Transient):
    """The list of ids holds something that is not a PMID."""


class BeyondCeiling(Refused):
    """PubMed gives out only the first ids of an answer, and these lie behind them."""


@dataclass(frozen=True)
class Page:
    """One answer of esearch. ``returned`` counts the ids as sent, ``ids`` holds each once, in the order sent."""

    count: int
    returned: int
    ids: tuple[str, ...]
    translation: str
    warnings: tuple[str, ...]


def search_page(answer: Answer) -> Page:
    """Understand an answer of ``esearch.fcgi`` that was asked for as JSON."""
    found = _json(answer.body).get("esearchresult")
    if not isinstance(found, dict):
        raise Transient("the answer has no search result in it")
    for name in ("ERROR", "error"):
        if found.get(name):
            raise _failure(str(found[name]))
    count, ids = str(found.get("count", "")), found.get("idlist")
    if not re.fullmatch("[0-9]{1,12}", count):
        raise Transient("the answer does not say how many records match")
    if not isinstance(ids, list):
        raise Transient("the answer has no list of ids")
    odd = [item for item in ids if not is_pmid(item)]
    if odd:
        shown = ", ".join(repr(item)[:40] for item in odd[:5])
        raise UnusableIds(f"{len(odd)} of {len(ids)} ids in the answer are not PMIDs: {shown}")
    translation = found.get("querytranslation")
    return Page(
        int(count),
        len(ids),
        tuple(dict.fromkeys(ids)),
        translation if isinstance(translation, str) else "",
        tuple(_warnings(found)),
    )


def is_pmid(item: object) -> bool:
    """Whether it is a PMID as PubMed writes them; efetch would split "42.9" into two records, 42 and 9."""
    return isinstance(item, str) and re.fullmatch("[0-9]{1,12}", item) is not None


def fetched_records(answer: Answer, wanted: Collection[str]) -> tuple[RawRecord, ...]:
    """Understand an answer of ``efetch.fcgi``: the wanted records in it, each once. None at all is a valid answer."""
    body = answer.body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if body.startswith(b"{"):
        _json(body)
        raise Transient("the answer is JSON where records were asked for")
    _check_markup(body)
    prolog, _, _ = body.partition(b"<Pubmed")
    if _DECLARATION.search(prolog):
        raise Refused("the answer declares entities of its own, which no genuine one does; it was not read")
    kept: dict[str, RawRecord] = {}
    nameless = []
    for raw in pubmed_parse.split(body):
        if raw.source_id in wanted:
            kept.setdefault(raw.source_id, raw)
        elif not raw.source_id:
            nameless.append(raw)
    missing = [item for item in wanted if item not in kept]
    if len(missing) == len(nameless) == 1:  # too damaged to say whose it is, but only one can be meant
        kept[missing[0]] = RawRecord(missing[0], nameless[0].body)
    return tuple(kept.values())


def _json(body: bytes) -> dict[str, Any]:
    """The JSON object in ``body``, told apart from everything else that comes in its place."""
    body = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not body.startswith(b"{"):
        _check_markup(body)
        raise Transient("the answer is XML without a result")
    try:
        # strict=False: NCBI sends raw line breaks inside the text of an error
        said = json.loads(body.decode("utf-8"), strict=False)
    except (ValueError, RecursionError):
        raise Transient("the answer is not complete JSON") from None
    for name in ("error", "ERROR"):
        if said.get(name):
            raise _failure(str(said[name]))
    found: dict[str, Any] = said
    return found


def _check_markup(body: bytes) -> None:
    """Raise what a body stands for that is not the expected one; return when it may be the expected XML."""
    if not body:
        raise Transient("the answer is empty")
    opening = body[:4000].decode("utf-8", "replace")
    page = _HTML.search(opening) is not None
    if (page or not body.startswith(b"<")) and _BLOCKED.search(opening):
        raise Blocked("has blocked this address; write to its help desk before the next run")
    if page:
        raise Transient("an HTML page came instead of an answer")
    if not body.startswith(b"<"):
        raise Transient("the answer is neither JSON nor XML")
    element = _ERROR_ELEMENT.search(body)
    if element:
        raise _failure(unescape(element[1].decode("utf-8", "replace")))


def _failure(text: str) -> SourceError:
    """The error that NCBI's words stand for. Words that are not known are tried again: a lost run costs more."""
    words = " ".join(text.split())
    if _BLOCKED.search(words):
        return Blocked(f"has blocked this address: {words}")
    if "cannot be larger" in words:
        return BeyondCeiling(f"refuses the request: {words}")
    if _FOR_EVER.search(words) and not _BACKEND.search(words):
        return Refused(f"refuses the request: {words}")
    return Transient(f"could not answer: {words}")


def _warnings(found: dict[str, Any]) -> list[str]:
    """``errorlist`` and ``warninglist`` as lines ``phrasesnotfound: lonelinesss[tiab]``, in the order sent."""
    lines = []
    for name in ("errorlist", "warninglist"):
        held = found.get(name)
        for kind, entries in held.items() if isinstance(held, dict) else ():
            for entry in entries if isinstance(entries, list) else [entries]:
                words = " ".join(str(entry).split())
                if entry and not words.lower().startswith(_ORDINARY):
                    lines.append(f"{kind}: {words}")
    return list(dict.fromkeys(lines))
