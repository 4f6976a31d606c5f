"""Conditional requests (RFC 9110, 13): an answer that the asker has already is told in one line, and not built.

A page that takes part says what its answer is made from (:func:`tag`) and since when that stands, asks
:func:`unchanged` before it does any work, and gives its answer the headers of :func:`validators`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from typing import Any

from datasette import Response

from tracker.site.answers import OWN_POLICY

TAG = re.compile(r'"[^"]*"')  # of W/"..." too: tags are compared weakly here


def tag(*parts: str) -> str:
    """A strong entity tag (RFC 9110, 8.8.3): the same for the same parts, another for any others.

    The parts must name everything that the bytes of the answer depend on; the clock must not be among it.
    """
    return f'"{sha256(json.dumps(parts).encode()).hexdigest()[:32]}"'


def validators(mark: str, modified: datetime) -> dict[str, str]:
    """The headers by which an answer can be recognised later."""
    return {"ETag": mark, "Last-Modified": format_datetime(modified.astimezone(UTC), usegmt=True)}


def unchanged(
    request: Any, mark: str, modified: datetime, *, kind: str, cache: str, more: Mapping[str, str] | None = None
) -> Response | None:
    """304 where the asker holds what stands now, else None: then the answer has to be built.

    ``kind`` (media type), ``cache`` and ``more`` are those of the full answer: a cache takes them over (RFC 9110,
    15.4.5).
    """
    headers = request.headers
    if not held(mark, modified, headers.get("if-none-match"), headers.get("if-modified-since", "")):
        return None
    return document("", 304, kind=kind, cache=cache, more={**validators(mark, modified), **(more or {})})


def held(mark: str, modified: datetime | None, none_match: str | None, modified_since: str) -> bool:
    """Whether the asker has what stands now, by the headers If-None-Match (None: not there) and If-Modified-Since.

    Tags are compared weakly, ``*`` is any (RFC 9110, 13.1.2); a tag outranks a time, and what is no time does not count
    (13.1.3).
    """
    if none_match is not None:
        return none_match.strip() == "*" or mark in TAG.findall(none_match)
    since = time_of(modified_since)
    return since is not None and modified is not None and modified.replace(microsecond=0) <= since


def document(body: str | bytes, status: int = 200, *, kind: str, cache: str, more: Mapping[str, str]) -> Response:
    """An answer of ours with headers of its own; nothing in it may act, if a browser should ever show it as a page."""
    headers = {"Cache-Control": cache, "Content-Security-Policy": OWN_POLICY, **more}
    return Response(body, status=status, headers=headers, content_type=kind)


def time_of(told: str) -> datetime | None:
    """The time of a header, None where it is none."""
    try:
        time = parsedate_to_datetime(told)
    except (ValueError, OverflowError):
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)
