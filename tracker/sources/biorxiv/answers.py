"""What the answers of api.biorxiv.org mean: one page of an interval, or all versions of one preprint.

A status of 200 says nothing: a failed backend answers in plain text with it, and an error page may come from the
network in front. ``total`` has been seen larger, by up to a page, than the number of rows that can be had; the page
behind the last row then says "no posts found". The same words for rows that were promised are a fault.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from tracker.errors import Transient
from tracker.http.answer import Answer
from tracker.model import RawRecord
from tracker.sources.biorxiv.parse import key

_EMPTY = re.compile(r"\bno (?:posts|articles|papers|results)\b", re.I)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_INTERVAL = re.compile(r"\d{4}-\d\d-\d\d:\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class IntervalPage:
    """One answer. ``total``: rows of the whole interval as stated; None where the service says that there are none."""

    total: int | None
    rows: tuple[RawRecord, ...]
    came: int = 0  # rows that were sent: those outside the interval are left out of ``rows``


def interval_page(
    answer: Answer, interval: str, cursor: int, server: str = "", *, beyond: bool = False
) -> IntervalPage:
    """The page of ``interval`` (``2024-01-01:2024-01-07``) that begins at row ``cursor``, checked to be just that.

    Rows of another ``server``, of one category, or most of them posted on other days: that is the answer to another
    question. A total below the number of new papers, or of the rows that came, is no total; ``beyond`` the promised
    rows it was none, and what has come takes its place.
    """
    message, collection = _content(answer)
    if not collection:
        if _EMPTY.search(_word(message, "status")) or beyond:
            return IntervalPage(None, ())
        raise Transient(f"the answer holds no records and does not say why ({_word(message, 'status')[:60]})")
    total, count, echo = (_number(message, name) for name in ("total", "count", "cursor"))
    if total is None:
        raise Transient("the answer does not say how many records there are")
    if echo is not None and echo != cursor:
        raise Transient(f"rows from {echo} on came where those from {cursor} on were asked for")
    said = _word(message, "interval")
    if _INTERVAL.fullmatch(said) and said != interval:
        raise Transient(f"the answer is about {said}, asked was {interval}")
    if count is not None and count != len(collection):
        raise Transient(f"{len(collection)} records came where the answer counts {count}")
    new = _number(message, "count_new_papers")
    if beyond:
        total = cursor + len(collection)
    if total < max(new or 0, cursor + len(collection)):
        raise Transient(f"the totals of the answer do not fit: {total} in all, {new} new, {cursor} before this page")
    for name in ("category", "funder"):
        only = _word(message, name)
        if only and only.casefold() != "all":
            raise Transient(f"the answer is about the {name} {only[:40]}, asked was for all")
    return _inside(collection, interval, server, total)


def _inside(collection: list[Any], interval: str, server: str, total: int) -> IntervalPage:
    """The rows of a page that are what was asked for. Raises Transient where others have taken the place of most."""
    servers = {str(row.get("server") or server).casefold() for row in collection if isinstance(row, dict)}
    if server and servers - {server}:
        raise Transient(f"the answer holds rows of {', '.join(sorted(servers - {server}))}, asked was {server}")
    first, _, last = interval.partition(":")
    days = [str(row.get("date") or "") if isinstance(row, dict) else "" for row in collection]
    rows = [row for row, day in zip(collection, days, strict=True) if not _DAY.fullmatch(day) or first <= day <= last]
    if (len(collection) - len(rows)) * 2 > len(collection):
        raise Transient(f"the answer holds rows of other days than {first} to {last}")
    return IntervalPage(total, _raw(rows), len(collection))


def versions(answer: Answer, doi: str = "") -> tuple[RawRecord, ...]:
    """All versions of the preprint with this DOI, none when the service does not know it.

    Raises Transient for those of another preprint.
    """
    message, collection = _content(answer)
    asked = doi.casefold().rpartition("/")[2]  # the prefix of both servers has changed once
    named = {str(row.get("doi") or doi).casefold() for row in collection if isinstance(row, dict)}
    others = {name for name in named if name.rpartition("/")[2] != asked}
    if doi and others:
        raise Transient(f"the answer is about {sorted(others)[0][:60]}, asked was {doi}")
    if not collection and not _EMPTY.search(_word(message, "status")):
        raise Transient("the answer holds no records and does not say why")
    return _raw(collection)


def _content(answer: Answer) -> tuple[Mapping[str, Any], list[Any]]:
    body = answer.body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not body:
        raise Transient("the answer is empty")
    if not body.startswith(b"{"):
        opening = " ".join(body[:80].decode("utf-8", "replace").split())
        page = body[:1] == b"<"
        raise Transient("a page came instead of an answer" if page else f"could not answer: {opening}")
    try:
        said = json.loads(body.decode("utf-8"), strict=False)
    except (ValueError, RecursionError):
        raise Transient("the answer is not complete JSON") from None
    messages, collection = said.get("messages"), said.get("collection")
    message = messages[0] if isinstance(messages, list) and messages else messages
    if not isinstance(message, dict) or not isinstance(collection, list):
        raise Transient("the answer lacks its messages or its collection")
    return message, collection


def _word(message: Mapping[str, Any], name: str) -> str:
    value = message.get(name)
    return " ".join(value.split()) if isinstance(value, str) else ""


def _number(message: Mapping[str, Any], name: str) -> int | None:
    """Numbers come as such or in quotation marks."""
    said = str(message.get(name, ""))
    return int(said) if re.fullmatch("[0-9]{1,9}", said) else None


def _raw(collection: list[Any]) -> tuple[RawRecord, ...]:
    found = []
    for row in collection:
        body = json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
        name = key(row) if isinstance(row, dict) else ""
        found.append(RawRecord(name or f"nameless-{sha256(body).hexdigest()[:16]}", body))
    return tuple(found)
