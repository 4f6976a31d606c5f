"""What the answers of Europe PMC mean, checked in this order: first bytes, form, error, count, list, echo.

Its errors come with a status of 200, as ``{"errCode": ..., "errMsg": ...}`` or as an envelope with nothing but a
version in it. Neither is an answer without hits. Nothing here talks; every fault is raised as the error that says what
to do next (``tracker.errors``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, unquote_plus

from tracker.errors import Blocked, Refused, SourceError, Transient
from tracker.http.answer import Answer
from tracker.model import RawRecord
from tracker.text import clean

FIRST = "*"  # the cursor of the first page
_BLOCKED = re.compile(r"(?:been|is|are|access)\s+(?:\w+\s+)?blocked|<(?:title|h\d)[^>]*>[^<]*\bblocked\b", re.I)
_PASSING = re.compile(r"temporar|try again|time[d ]?-?out|unavailable|overload|too many requests", re.I)
_ID = re.compile("[A-Za-z0-9]{1,40}")
_SYNONYMS = "synonyms were searched as well, although they were asked not to be"


@dataclass(frozen=True)
class ResultPage:
    """One answer of ``search``: ``entries`` as sent, ``cursor`` of the next page ('' when none is named)."""

    count: int
    entries: tuple[Any, ...]
    cursor: str
    warnings: tuple[str, ...] = ()


def page(answer: Answer, query: str, cursor: str, result: str = "") -> ResultPage:
    """Understand an answer to ``query`` at ``cursor``, asked for as the result type ``result``.

    Raises Transient, Refused or Blocked for all that is none: what is echoed must be what was asked.
    """
    found = _json(answer.body)
    if found.get("errCode") or found.get("errMsg"):
        raise _failure(found)
    if "hitCount" not in found:
        raise Transient("the answer has no result in it, only " + (", ".join(sorted(found)[:5]) or "an empty object"))
    count = found["hitCount"]
    if isinstance(count, bool) or not re.fullmatch("[0-9]{1,12}", str(count)):
        raise Transient(f"the answer does not say how many records match: {clean(str(count))[:40]!r}")
    entries = _entries(found, int(count), cursor)
    echo = found.get("request")
    said = echo if isinstance(echo, dict) else {}
    _check_query(said.get("queryString"), query)
    _check_place(said, cursor, result)
    next_cursor = found.get("nextCursorMark")
    synonyms = str(said.get("synonym", "")).casefold() in ("true", "y", "yes")
    return ResultPage(
        int(count), entries, next_cursor if isinstance(next_cursor, str) else "", (_SYNONYMS,) if synonyms else ()
    )


def ids(page: ResultPage) -> tuple[str, ...]:
    """The preprints of a page that was asked for as ``idlist``, each once, in the order sent.

    Raises Refused when there is another kind of record among them: only a query written by hand can bring one.
    """
    found: list[str] = []
    for entry in page.entries:
        said = entry.get("id") if isinstance(entry, dict) else None
        if not isinstance(said, str) or not is_id(said):
            raise Transient(f"the answer lists something without an id: {clean(str(entry))[:60]}")
        if entry.get("source", "PPR") != "PPR":
            other = clean(f"{entry['source']} {said}")[:40]
            raise Refused(f"it listed {other}, which is no preprint; begin the query with SRC:PPR AND (...)")
        found.append(said)
    return tuple(dict.fromkeys(found))


def is_id(item: object) -> bool:
    """Whether it may stand in a query as an EXT_ID, unquoted: letters and digits only."""
    return isinstance(item, str) and _ID.fullmatch(item) is not None


def records(entries: Collection[Any], source: str, wanted: Collection[str]) -> dict[str, dict[str, Any]]:
    """The wanted records among core entries, by id, each once. Records of another source bear ids of another."""
    kept: dict[str, dict[str, Any]] = {}
    for entry in entries:
        if isinstance(entry, dict) and entry.get("id") in wanted and entry.get("source", source) == source:
            kept.setdefault(entry["id"], entry)
    return kept


def raw_records(entries: Collection[Any], wanted: Collection[str]) -> tuple[RawRecord, ...]:
    """Preprints as they are kept: the JSON of each alone, in ASCII.

    One that is too damaged to say whose it is belongs to the only id that is missing, if there is only one of both.
    """
    kept = {name: RawRecord(name, _bytes(entry)) for name, entry in records(entries, "PPR", wanted).items()}
    nameless = [entry for entry in entries if not (isinstance(entry, dict) and entry.get("id"))]
    missing = [item for item in wanted if item not in kept]
    if len(missing) == len(nameless) == 1:
        kept[missing[0]] = RawRecord(missing[0], _bytes(nameless[0]))
    return tuple(kept.values())


def _bytes(entry: object) -> bytes:
    return json.dumps(entry, separators=(",", ":")).encode("ascii")


def _json(body: bytes) -> dict[str, Any]:
    """The JSON object in ``body``, told apart from everything else that comes in its place."""
    body = body.removeprefix(b"\xef\xbb\xbf").strip()
    if not body:
        raise Transient("the answer is empty")
    if body.startswith(b"<"):
        opening = body[:4000].decode("utf-8", "replace")
        if _BLOCKED.search(opening):
            raise Blocked("has blocked this address; write to its help desk before the next run")
        raise Transient("a web page or XML came instead of JSON")
    try:
        said = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Transient("the answer is not complete JSON") from None
    if not isinstance(said, dict):
        raise Transient("the answer is JSON, but no result")
    found: dict[str, Any] = said
    return found


def _failure(found: dict[str, Any]) -> SourceError:
    """The error that Europe PMC's words stand for; the same code is used for all of them, so the words count too."""
    code, words = str(found.get("errCode", "")), clean(str(found.get("errMsg", "")))[:300]
    said = f"{words or 'no reason given'} (code {code})" if code else words
    if re.fullmatch("4[0-9]{2}", code) and code not in ("408", "429") and not _PASSING.search(words):
        return Refused(f"refuses the request: {said}")
    return Transient(f"could not answer: {said}")


def _entries(found: dict[str, Any], count: int, cursor: str) -> tuple[Any, ...]:
    """The list of the answer. The lists around it may be absent, but only where there is nothing to list."""
    group = found.get("resultList")
    listed = group.get("result") if isinstance(group, dict) else None
    if listed is None and (count == 0 or cursor != FIRST):
        return ()
    if not isinstance(listed, list):
        raise Transient("the answer has no list of results")
    if count and not listed and cursor == FIRST:
        raise Transient(f"the answer promises {count:,} records and lists none")
    if len(listed) > count:
        raise Transient(f"the answer lists {len(listed):,} records and promises {count:,}")
    return tuple(listed)


def _check_place(said: dict[str, Any], cursor: str, result: str) -> None:
    """The page must be the one at ``cursor``, of the kind of answer that was asked for."""
    echoed = said.get("cursorMark")
    places = (echoed, unquote(echoed), unquote_plus(echoed)) if isinstance(echoed, str) else (FIRST,)
    if FIRST not in places and cursor not in places:  # a first page once more shows by its ids
        raise Transient(f"the answer is the page at another cursor: {clean(places[0])[:40]}")
    kind = said.get("resultType")
    if result and isinstance(kind, str) and kind.casefold() != result:
        raise Transient(f"the answer is of the type {clean(kind)[:20]}, asked was {result}")


def _check_query(echoed: object, query: str) -> None:
    """What was answered must be what was asked; the echo of a GET may be percent-encoded."""
    if not isinstance(echoed, str):
        return
    asked = " ".join(query.split())
    if asked not in (" ".join(said.split()) for said in (echoed, unquote_plus(echoed))):
        raise Transient(f"the answer is one to another query: {clean(echoed)[:80]}")
