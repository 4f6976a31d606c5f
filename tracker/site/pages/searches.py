"""/searches and /searches/<slug> : each strategy as it is run, how it was changed, and its runs."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from tracker.settings import helplines
from tracker.site import answers
from tracker.site.choice import Choice
from tracker.site.diff import DiffPart, changes
from tracker.site.pages.kinds import Route
from tracker.site.pages.listing import Item, items
from tracker.site.pages.texts import not_found
from tracker.site.queries import facts, papers, status
from tracker.site.site import Site
from tracker.sources.links import pubmed_search_url

NEWEST = 8


@dataclass(frozen=True)
class ShownVersion:
    """A strategy that a search has or had; ``changed`` is what differs from the version before, empty for the first."""

    number: int
    seen: str
    strategy: str
    note: str
    current: bool
    url: str
    changed: tuple[DiffPart, ...] = ()

    def count(self, kind: str) -> int:
        """Words that were added, or removed."""
        return sum(part.words for part in self.changed if part.kind == kind)


async def searches(site: Site, request: Any) -> Any:
    now = await site.now()
    return answers.html(site.render("searches.html", now, here="searches", sources_of=_sources))


async def search(site: Site, request: Any) -> Any:
    slug = request.url_vars["slug"]
    found = await site.reader.run(_read, slug)
    if found is None:
        return await not_found(site, request)
    now = await site.now()
    help = helplines.shown(site.setting("help"), (slug, found["search"]["title"]))
    return answers.html(
        site.render("search.html", now, here="searches", sources_of=_sources, warnings_of=_warnings, help=help, **found)
    )


def _read(db: sqlite3.Connection, slug: str) -> dict[str, Any] | None:
    row = facts.search(db, slug)
    if row is None:
        return None
    newest: list[Item] = items(db, papers.page(db, Choice(picked=(("search", (slug,)),)), NEWEST).rows)
    return {"search": row, "runs": status.runs_of(db, slug), "newest": newest, "versions": _versions(row)}


def _versions(row: Any) -> list[ShownVersion]:
    """All versions, newest first."""
    found: list[ShownVersion] = []
    for said in json.loads(row["versions"]):
        text = said["strategy"]
        changed = changes(found[-1].strategy, text) if found else ()
        current = said["number"] == row["version"]
        url = pubmed_search_url(text)
        found.append(ShownVersion(said["number"], said["seen"], text, said["note"], current, url, changed))
    return found[::-1]


def _sources(row: Any) -> list[str]:
    return list(json.loads(row["sources"]))


def _warnings(row: Any) -> list[str]:
    return list(json.loads(row["warnings"]))


ROUTES: tuple[Route, ...] = (
    (r"^/searches/?$", searches),
    (r"^/searches/(?P<slug>[^/]+)$", search),
)
