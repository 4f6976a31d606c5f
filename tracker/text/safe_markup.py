"""Titles with markup for pages: <i>, <b>, <sub>, <sup> and nothing else, whatever the text holds."""

from __future__ import annotations

import re

TAG = re.compile(r"</?(?:i|b|sub|sup)>")
ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)")


def safe_markup(text: str) -> str:
    """HTML in which only the four tags, properly paired, are tags; '' when they do not pair.

    ``text`` is what parsers keep as ``title_markup``: escaped text between tags. Anything else that looks like a tag
    becomes text.
    """
    parts, last, open_tags = [], 0, []
    for found in TAG.finditer(text):
        name = found[0].strip("</>")
        if not found[0].startswith("</"):
            open_tags.append(name)
        elif not open_tags or open_tags.pop() != name:
            return ""
        parts += [_text(text[last : found.start()]), found[0]]
        last = found.end()
    return "" if open_tags else "".join([*parts, _text(text[last:])])


def _text(escaped: str) -> str:
    for sign, entity in (("<", "&lt;"), (">", "&gt;"), ('"', "&#34;"), ("'", "&#39;")):
        escaped = escaped.replace(sign, entity)
    return ENTITY.sub("&amp;", escaped)
