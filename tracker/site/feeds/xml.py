"""XML by hand: escaped text between tags, and nothing that XML 1.0 forbids."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2


def text(plain: str) -> str:
    """The text as the content of an element."""
    plain = plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return FORBIDDEN.sub("", plain).replace("\r", "&#13;")  # which a parser would make a line feed


def named(names: Iterable[str]) -> list[str]:
    """The names of which something is left to be read."""
    return [name for name in names if FORBIDDEN.sub("", name).strip()]


def paragraphs(*texts: str) -> str:
    """Plain text as HTML, a paragraph for each line: what readers of feeds show best."""
    lines = [line for text in texts for line in text.split("\n") if line.strip()]
    return "".join(f"<p>{html.escape(line, quote=False)}</p>" for line in lines)


def tag(name: str, said: str | None = None, /, **attributes: str) -> str:
    """``<name a="b">said</name>`` on a line of its own, ``<name a="b"/>`` without ``said``; no attribute is empty.

    ``said`` is plain text. Names are ours; an underscore in the name of an attribute stands for a colon.
    """
    return element(name, None if said is None else text(said), **attributes)


def element(name: str, inner: str | None = None, /, **attributes: str) -> str:
    """The same around XML that is ready."""
    told = "".join(f' {key.replace("_", ":")}="{_in_quotes(value)}"' for key, value in attributes.items() if value)
    return f"<{name}{told}/>\n" if inner is None else f"<{name}{told}>{inner}</{name}>\n"


def _in_quotes(plain: str) -> str:
    """The text as the value of an attribute, where a parser makes spaces of line feeds and tabs."""
    return text(plain).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
