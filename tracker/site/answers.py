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
BRIEFLY = "public, max-age=60"  # a publication is seen a minute later at the latest


def html(text: str, status: int = 200, cache: str = BRIEFLY) -> Response:
    return _answer(text, "text/html; charset=utf-8", status, cache)


def plain(text: str) -> Response:
    return _answer(text, "text/plain; charset=utf-8", 200, "public, max-age=3600")


def as_json(value: Any) -> Response:
    text = json.dumps(value, ensure_ascii=False, indent=1)
    return _answer(text, "application/json; charset=utf-8", 200, BRIEFLY, {"Access-Control-Allow-Origin": "*"})


def asset(body: bytes, kind: str) -> Response:
    return _answer(body, kind, 200, "public, max-age=31536000, immutable")


def redirect(path: str) -> Response:
    """Permanent, but remembered for minutes only: a join can be undone, and then the old address lives again."""
    return _answer("", "text/plain; charset=utf-8", 301, "public, max-age=300", {"Location": path})


def _answer(body: str | bytes, kind: str, status: int, cache: str, more: dict[str, str] | None = None) -> Response:
    headers = {"Cache-Control": cache, "Content-Security-Policy": OWN_POLICY, **(more or {})}
    return Response(body, status=status, headers=headers, content_type=kind)
