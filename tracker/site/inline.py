"""Datasette's pages under a policy by hashes: only what its templates write inside a page may act, not what data do.

Datasette's templates have scripts and styles inside the page, some of them made of the names of columns, so there is no
fixed list of hashes. Before a template is compiled, each ``<script>`` and ``<style>`` in its *source* is given a filter
that tells the hash (CSP Level 3, 2.3.1) of what it has written. Whatever data bring into a page is no part of a
template's source: it is never told, and no browser carries it out. Of other versions of Datasette that is as true;
what is written in some way not known here stays blocked, and the page can be read without.
"""

from __future__ import annotations

import asyncio
import re
from base64 import b64encode
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from jinja2 import Environment, Template
from jinja2.ext import Extension

MOST = 12  # hashes of one kind: caches between here and the reader bound the headers of an answer
PIECES = 200  # pieces of a page, cells of a table that are made before others have their turn
INLINE = re.compile(r'<(?P<kind>script|style)(?P<type>(?: type="[a-z/]+")?)>(?P<body>.*?)</(?P=kind)>', re.DOTALL)
STYLED = re.compile(r'\sstyle="(?:\{\{.*?\}\}|[^"{])*"')  # attributes have no hash; datasette.css does what they did


@dataclass
class InlineHtml:
    """The hashes of what templates have written inside the page that is being made."""

    hashes: dict[str, list[str]] = field(default_factory=lambda: {"script": [], "style": []})

    def add(self, kind: str, text: str) -> None:
        """Nothing that could end its own element: then a browser would read other bounds than the template."""
        known = self.hashes[kind]
        if not re.search(rf"</{kind}|<!--", text, re.IGNORECASE) and len(known) < MOST:
            known.append(b64encode(sha256(text.encode("utf-8", "replace")).digest()).decode())

    def sources(self, kind: str) -> str:
        """As in a policy: `` 'sha256-...'`` for each."""
        return "".join(f" 'sha256-{told}'" for told in dict.fromkeys(self.hashes[kind]))


_now: ContextVar[InlineHtml] = ContextVar("written")


@contextmanager
def writing() -> Iterator[InlineHtml]:
    """What is written by templates until the end, in this task and in those it begins."""
    written = InlineHtml()
    token = _now.set(written)
    try:
        yield written
    finally:
        _now.reset(token)


def told(text: str, kind: str) -> str:
    """As a filter of templates: the text itself, its hash told."""
    if (written := _now.get(None)) is not None:
        written.add(kind, str(text))
    return text


class Inline(Extension):
    """Datasette's templates as they are compiled for us."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        source = STYLED.sub("", source).replace("<html>", '<html lang="en">')
        filtered = r"<\g<kind>\g<type>>{% filter tracker_told('\g<kind>') %}\g<body>{% endfilter %}</\g<kind>>"
        return INLINE.sub(filtered, source)


class PatientTemplate(Template):
    """A template that lets others have their turn while it is written: a large table takes seconds."""

    async def render_async(self, *args: Any, **said: Any) -> str:
        context = self.new_context(dict(*args, **said))
        pieces: list[str] = []
        async for piece in self.root_render_func(context):  # type: ignore[attr-defined]
            pieces.append(piece)
            if len(pieces) % PIECES == 0:
                await asyncio.sleep(0)
        return self.environment.concat(pieces)


class Pause:
    """The same while the cells of a table are made."""

    def __init__(self) -> None:
        self._cells = 0

    def due(self) -> Awaitable[None] | None:
        self._cells += 1
        return None if self._cells % PIECES else asyncio.sleep(0)


def prepare(environment: Environment) -> None:
    """Make an environment of Datasette's ours."""
    environment.filters["tracker_told"] = told
    environment.add_extension(Inline)
    environment.template_class = PatientTemplate
