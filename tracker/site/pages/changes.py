"""/changes : what happened to papers since a day, as a table."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode

from tracker.site import answers
from tracker.site.feeds.changes import notice_url
from tracker.site.pages.kinds import Route
from tracker.site.queries.changes import ChangesPage, ChangesRequest, counts, page
from tracker.site.site import Site
from tracker.states import CHANGES

KINDS = CHANGES  # the gravest first
MOST_PARAMETERS = 50


async def changes(site: Site, request: Any) -> Any:
    """``since``, ``until`` (ISO days, both included), ``kind`` (several: any of them), ``after``; never an error."""
    now = await site.now()
    asked, notes = _asked(request.query_string)
    found, number = await site.reader.run(_read, asked)
    text = site.render(
        "changes.html",
        now,
        here="changes",
        asked=asked,
        notes=notes,
        changes=found.changes,
        total=sum(number.get(kind, 0) for kind in asked.kinds or KINDS),
        kinds=[(kind, number.get(kind, 0), _url(_turned(asked, kind))) for kind in KINDS],
        all_url=_url(replace(asked, kinds=(), after="")),
        first_url=_url(replace(asked, after="")),
        next_url=_url(replace(asked, after=found.after)) if found.after else "",
        notice_url=notice_url,
        robots="noindex, follow" if asked != ChangesRequest() else "",
    )
    return answers.html(text)


def _read(db: sqlite3.Connection, asked: ChangesRequest) -> tuple[ChangesPage, dict[str, int]]:
    return page(db, asked), counts(db, asked)


def _asked(query: str) -> tuple[ChangesRequest, list[str]]:
    """What an address asks for, and notes on what of it could not be used."""
    try:
        pairs = parse_qsl(query, errors="replace", max_num_fields=MOST_PARAMETERS)
    except ValueError:  # absurdly many parameters
        pairs = []
    said = dict(reversed(pairs))
    notes: list[str] = []
    kinds = {value for name, value in pairs if name == "kind"}
    since, until = (_day(said.get(name, ""), name, notes) for name in ("since", "until"))
    return ChangesRequest(tuple(kind for kind in KINDS if kind in kinds), since, until, said.get("after", "")), notes


def _day(text: str, name: str, notes: list[str]) -> str:
    if not text.strip():
        return ""
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        notes.append(f"“{text[:40]}” is not a date like 2026-11-24, so “{name}” was not used.")
        return ""


def _turned(asked: ChangesRequest, kind: str) -> ChangesRequest:
    """The same with this kind added, or taken away where it was there."""
    kinds = set(asked.kinds) ^ {kind}
    return replace(asked, kinds=tuple(name for name in KINDS if name in kinds), after="")


def _url(asked: ChangesRequest) -> str:
    pairs = [("since", asked.since), ("until", asked.until), *(("kind", kind) for kind in asked.kinds)]
    pairs = [(name, value) for name, value in (*pairs, ("after", asked.after)) if value]
    return f"/changes?{urlencode(pairs)}" if pairs else "/changes"


ROUTES: tuple[Route, ...] = ((r"^/changes/?$", changes),)
