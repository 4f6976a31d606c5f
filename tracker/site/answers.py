"""Answers of our own pages: HTML, JSON, text, redirects, with their headers."""

from __future__ import annotations

import json
from typing import Any

from datasette import Response

# No script, no style but our own file, nothing from elsewhere: what slips through escaping still cannot act.
OWN_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
# A publication is seen a minute later; caches may give the page before while they fetch the new one, and for a day
# while the site cannot be reached (RFC 5861).
BRIEFLY = "public, max-age=60, stale-while-revalidate=60, stale-if-error=86400"
ANYBODY = {"Access-Control-Allow-Origin": "*"}  # programs in pages of other hosts may read it


def html(text: str, status: int = 200, cache: str = BRIEFLY, link: str = "") -> Response:
    """``link`` is the value of a ``Link`` header; whoever gives it answers for what is in it."""
    return _answer(text, "text/html; charset=utf-8", status, cache, {"Link": link} if link else None)


def plain(text: str) -> Response:
    return _answer(text, "text/plain; charset=utf-8", 200, "public, max-age=3600")


def as_json(value: Any, status: int = 200, link: str = "") -> Response:
    text = json.dumps(value, ensure_ascii=False, indent=1)
    more = {**ANYBODY, **({"Link": link} if link else {})}
    return _answer(text, "application/json; charset=utf-8", status, BRIEFLY, more)


def data(body: str | bytes, kind: str, status: int = 200, link: str = "") -> Response:
    """XML and other data; ``kind`` with its charset."""
    return _answer(body, kind, status, BRIEFLY, {"Link": link} if link else None)


def asset(body: bytes, kind: str) -> Response:
    return _answer(body, kind, 200, "public, max-age=31536000, immutable")


def redirect(path: str, more: dict[str, str] | None = None) -> Response:
    """Permanent, but remembered for minutes only: a join can be undone, and then the old address lives again."""
    return _answer("", "text/plain; charset=utf-8", 301, "public, max-age=300", {"Location": path, **(more or {})})


def see_other(path: str) -> Response:
    """To another page, this time only."""
    return _answer("", "text/plain; charset=utf-8", 303, "no-store", {"Location": path})


def _answer(body: str | bytes, kind: str, status: int, cache: str, more: dict[str, str] | None = None) -> Response:
    headers = {"Cache-Control": cache, "Content-Security-Policy": OWN_POLICY, **(more or {})}
    return Response(body, status=status, headers=headers, content_type=kind)
