"""Small XML documents: text escaped, what XML 1.0 cannot hold taken out."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from tracker.text import clean

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
KIND = "application/xml; charset=utf-8"


def text(value: str) -> str:
    """As the text of an element."""
    return escape(clean(value))


def attribute(value: str) -> str:
    """As the value of an attribute, with its quotation marks."""
    return quoteattr(clean(value))
