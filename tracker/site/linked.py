"""Texts of metadata.json as HTML: web and e-mail addresses become links, everything else is escaped."""

from __future__ import annotations

import re
from urllib.parse import quote

from markupsafe import Markup, escape

from tracker.text import safe_url

MAIL = re.compile(r"[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}")
PIECE = re.compile(rf"(https?://[^\s<>\"]+|{MAIL.pattern})")
CLOSING = ".,;:!?)]'\u201d\u2019"  # behind an address, these belong to the sentence


def linked(text: str) -> Markup:
    """One line of text with its addresses as links."""
    parts = PIECE.split(text)
    return Markup("").join(_link(part) if place % 2 else escape(part) for place, part in enumerate(parts))


def paragraphs(text: str) -> list[Markup]:
    """The paragraphs of a text, which stand apart by an empty line."""
    return [linked(" ".join(part.split())) for part in re.split(r"\n\s*\n", text) if part.strip()]


def _link(piece: str) -> Markup:
    bare = piece.rstrip(CLOSING)
    url = f"mailto:{quote(bare, safe='@+')}" if MAIL.fullmatch(bare) else safe_url(bare)
    if not url:
        return escape(piece)
    return Markup('<a href="{}" rel="noopener">{}</a>{}').format(url, bare, piece[len(bare) :])
