"""/feeds : what there is to follow. /feeds/<name>.atom, .rss, .json : all new papers, those of one search, changes.

Each feed is a document of its newest entries and, behind it, an archive for each month (RFC 5005, 4), so that a day of
1,500 papers loses none. Nothing is added to a month that is over; the one that still runs is linked with the number of
its entries in the address, so that a program which has read it before reads it again when there are more.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from tracker import __version__
from tracker.site import answers, conditional
from tracker.site.feeds import atom, jsonfeed, opml, rss
from tracker.site.feeds.changes import change
from tracker.site.feeds.ids import Ids
from tracker.site.feeds.model import Feed, FeedEntry
from tracker.site.feeds.papers import paper
from tracker.site.feeds.resources import resource
from tracker.site.pages.kinds import Route
from tracker.site.pages.texts import not_found
from tracker.site.queries import changes as happened
from tracker.site.queries import facts, feeds
from tracker.site.queries.feeds import Scope
from tracker.site.site import Site

NEWEST = 100  # entries of the document that reader programs ask for again and again
HOURLY = "public, max-age=3600"
ANYBODY = {"Access-Control-Allow-Origin": "*"}  # scripts in pages of other hosts may read feeds
FORMATS: dict[str, tuple[str, Callable[[Feed], str]]] = {
    "atom": (atom.MEDIA_TYPE, atom.atom),
    "rss": (rss.MEDIA_TYPE, rss.rss),
    "json": (jsonfeed.MEDIA_TYPE, jsonfeed.json_feed),
}


@dataclass(frozen=True, slots=True)
class FeedOffer:
    """A feed that can be followed, and the page that people look at instead."""

    name: str
    title: str
    about: str
    page: str
    search: bool = False


ALWAYS = (
    FeedOffer("all", "New papers", "Papers that the saved searches found, and what became of them.", "/"),
    FeedOffer("changes", "What happened to papers", "Retractions, corrections, expressions of concern and withdrawals "
              "of papers that were here before, and preprints that were published.", "/changes"),
    FeedOffer("resources", "Resources", "Reports, guidance and other resources chosen by people.", "/resources"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FeedRequest:
    """A document of a feed: ``month`` is '' for the newest entries; ``first``: so many of a month, the oldest."""

    offer: FeedOffer
    form: str
    base: str
    month: str = ""
    first: int | None = None

    def address(self, month: str, first: int | None = None) -> str:
        """Of a document of the same feed in the same format."""
        path = quote(self.offer.name, safe="") + (f"/{month}" if month else "")
        return f"{self.base}/feeds/{path}.{self.form}" + ("" if first is None else f"?first={first}")


async def feed(site: Site, request: Any) -> Any:
    """The newest entries, or those of one month; 404 where there is no such feed, or the month brought nothing."""
    now, said = await site.now(), request.url_vars
    offer = next((item for item in offers(now.searches) if item.name == said["name"]), None)
    if offer is None:
        return await not_found(site, request)
    asked = FeedRequest(
        offer, said["form"], site.base(request), said.get("month") or "", _number(request.args.get("first"))
    )
    if asked.month and not await site.reader.run(_brought_any, asked):
        return await not_found(site, request)
    kind, write = FORMATS[asked.form]
    said = now.complete.sentence
    return await _answer(site, request, kind, lambda db: write(_feed(db, asked, site, said)), said)


async def as_opml(site: Site, request: Any) -> Any:
    base = site.base(request)

    def build(db: sqlite3.Connection) -> str:
        told = [
            (f"{site.title}: {offer.title}", f"{base}/feeds/{quote(offer.name, safe='')}.atom", base + offer.page)
            for offer in _worth_telling(db)
        ]
        return opml.opml(site.title, feeds.version(db)[1], told)

    return await _answer(site, request, opml.MEDIA_TYPE, build)


async def page(site: Site, request: Any) -> Any:
    now = await site.now()
    told = await site.reader.run(_worth_telling)
    shown = [(offer, f"/feeds/{quote(offer.name, safe='')}") for offer in told]
    return answers.html(site.render("feeds.html", now, here="feeds", offers=shown, newest=NEWEST))


def offers(searches: Iterable[Any]) -> Iterator[FeedOffer]:
    """All feeds: those that are always there, and one for each search."""
    yield from ALWAYS
    for row in searches:
        about = f"Papers that the search “{row['title']}” found, and what became of them."
        yield FeedOffer(row["slug"], row["title"], about, f"/searches/{quote(row['slug'], safe='')}", search=True)


def _worth_telling(db: sqlite3.Connection) -> list[FeedOffer]:
    """The feeds to which something can come: those of searches that are still run, of resources where there are any."""
    running = [row for row in facts.searches(db) if row["active"]]
    return [
        item for item in offers(running) if item.name != "resources" or feeds.month_before(db, feeds.RESOURCES, "~")
    ]


async def _answer(
    site: Site, request: Any, kind: str, build: Callable[[sqlite3.Connection], str], complete: str = ""
) -> Any:
    """The document, or 304 without building it; its tag names all that it is made from."""

    def validators(digest: str, built: str) -> tuple[str, datetime]:
        made_from = (digest, built, __version__, site.title, site.said("license"), complete)
        asked = (site.base(request), request.path, request.query_string)
        return conditional.tag(*made_from, *asked), datetime.fromisoformat(built)

    def read(db: sqlite3.Connection) -> tuple[tuple[str, str], str]:
        return feeds.version(db), build(db)

    kind, now = f"{kind}; charset=utf-8", await site.now()
    mark, modified = validators(now.facts.digest, now.facts.built)
    if same := conditional.unchanged(request, mark, modified, kind=kind, cache=HOURLY, more=ANYBODY):
        return same
    version, body = await site.reader.run(read)
    told = conditional.validators(*validators(*version))
    return conditional.document(body, kind=kind, cache=HOURLY, more={**told, **ANYBODY})


def _feed(db: sqlite3.Connection, asked: FeedRequest, site: Site, complete: str) -> Feed:
    known, scope = facts.facts(db), _scope(db, asked.offer.name)
    ids = Ids(known.authority, known.founded)
    rows = feeds.month(db, scope, asked.month, asked.first) if asked.month else feeds.newest(db, scope, NEWEST)
    entries = _entries(db, asked, ids, rows)
    return Feed(
        id=ids.feed(asked.offer.name),
        title=f"{site.title}: {asked.offer.title}",
        subtitle=f"{asked.offer.about} {complete}",
        author=site.title,
        address=asked.address(asked.month, asked.first),
        page=asked.base + asked.offer.page,
        updated=max((entry.updated for entry in entries), default=known.built),
        generator=f"Evidence tracker {__version__}",
        rights=site.said("license"),
        links=_links(db, asked, scope),
        archive=bool(asked.month),
        entries=entries,
    )


def _entries(db: sqlite3.Connection, asked: FeedRequest, ids: Ids, rows: list[sqlite3.Row]) -> list[FeedEntry]:
    if asked.offer.name == "changes":
        return [change(found, ids, asked.base) for found in happened.changes(db, rows)]
    if asked.offer.name == "resources":
        return [resource(row, ids, asked.base) for row in rows]
    return [paper(told, ids, asked.base, row["arrived"]) for row, told in zip(rows, feeds.told(db, rows), strict=True)]


def _links(db: sqlite3.Connection, asked: FeedRequest, scope: Scope) -> dict[str, str]:
    """RFC 5005, 4: from the newest entries to the last month, from each month to the one before and the one after."""
    if not asked.month:
        last = feeds.month_before(db, scope, feeds.AFTER)
        return {"prev-archive": asked.address(last, feeds.size(db, scope, last))} if last else {}
    before, after = (find(db, scope, asked.month) for find in (feeds.month_before, feeds.month_after))
    told = {"current": asked.address("")}
    told |= {"prev-archive": asked.address(before)} if before else {}
    return told | ({"next-archive": asked.address(after)} if after else {})


def _scope(db: sqlite3.Connection, name: str) -> Scope:
    always = {"all": feeds.ALL, "changes": happened.CHANGES, "resources": feeds.RESOURCES}
    return always.get(name) or feeds.of_search(db, name)


def _brought_any(db: sqlite3.Connection, asked: FeedRequest) -> bool:
    return feeds.size(db, _scope(db, asked.offer.name), asked.month) > 0


def _number(text: str | None) -> int | None:
    """A number that can be counted to; what is none is as if it were not there."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 and int(text) else None


FORM = r"\.(?P<form>atom|rss|json)$"
ROUTES: tuple[Route, ...] = (
    (r"^/feeds/?$", page),
    (r"^/feeds\.opml$", as_opml),
    (rf"^/feeds/(?P<name>[^/]+){FORM}", feed),
    (rf"^/feeds/(?P<name>[^/]+)/(?P<month>[0-9]{{4}}-[0-9]{{2}}){FORM}", feed),
)
