"""Inline markup of titles: the plain text, and the same with the four tags that may be shown."""

from __future__ import annotations

import re
import unicodedata
from html import escape
from xml.etree.ElementTree import Element

from tracker.text import clean
from tracker.text.html_text import decoded, plain_once

SHOWN = frozenset({"i", "b", "sub", "sup"})
_DEEPEST = 20  # nested deeper than any title is: the rest is taken as plain text


_ENCODED_TWICE = re.compile(r"<(p|i|b|em|sub|sup)>.*</\1>", re.S)  # some journals send their tags as text


def plain(element: Element | None) -> str:
    """All text inside an element as one clean line, '' for no element. Parts of markup are joined without a space."""
    if element is None:
        return ""
    if len(element):
        return clean("".join(map(decoded, element.itertext())))
    text = decoded(element.text or "")
    return plain_once(text) if _ENCODED_TWICE.search(text) else clean(text)


def plain_and_markup(element: Element | None) -> tuple[str, str]:
    """The plain text, and the text as HTML with only ``<i> <b> <sub> <sup>``; the second is '' if it has none of them.

    Everything else of the HTML is escaped. Other tags (``<u>``, MathML) give their text: ``H<sub>2</sub>O`` is ``H2O``.
    """
    text = plain(element)
    if element is None or not any(tag.tag in SHOWN for tag in element.iter()):
        return text, ""
    html = re.sub(" +", " ", _inside(element, 0)).strip()
    return text, html if "<" in html else ""


def _inside(element: Element, depth: int) -> str:
    if depth == _DEEPEST:
        return _piece("".join(element.itertext()))
    parts = [_piece(element.text)]
    for child in element:
        inside = _inside(child, depth + 1)
        parts.append(f"<{child.tag}>{inside}</{child.tag}>" if child.tag in SHOWN and inside.strip() else inside)
        parts.append(_piece(child.tail))
    return "".join(parts)


def _piece(text: str | None) -> str:
    """Text between two tags: cleaned, but white space at its ends stays one space; escaped.

    An accent that belongs to a letter before the tag is written as a number, lest it should melt with the ``>``.
    """
    if not text:
        return ""
    said = clean(decoded(text))
    if not said:
        return " " if text.strip() != text else ""
    html = escape(said, quote=False)
    if unicodedata.combining(said[0]):
        html = f"&#{ord(said[0])};{html[1:]}"
    return f"{' ' if text[0].isspace() else ''}{html}{' ' if text[-1].isspace() else ''}"
