"""A paper as an entry of a feed: what is told of it, and nothing that its page would not show."""

from __future__ import annotations

import json
import sqlite3
from urllib.parse import quote

from tracker import states
from tracker.site import labels
from tracker.site.feeds.ids import Ids
from tracker.site.feeds.model import Category, FeedEntry
from tracker.site.queries.feeds import FeedWork
from tracker.sources.links import doi_url, pmc_url, pubmed_url
from tracker.text import safe_url

NO_TITLE = "[no title]"
OWN = ("key", "state", "type", "journal", "date", "language", "doi", "pmid", "pmcid")


def paper(told: FeedWork, ids: Ids, base: str, arrived: str) -> FeedEntry:
    """The entry of a work that came into this feed at ``arrived``; ``base`` is where the site lives.

    ``updated`` is the last change worth telling (``works.changed``), or the arrival where that is later.
    """
    work, first = told.work, told.publications[0]
    shown = next((row for row in told.publications if row["abstract"] is not None), None)
    return FeedEntry(
        id=ids.work(work["key"]),
        title=states.prefixed(work["state"], title(work)),
        url=page(base, work),
        published=arrived,
        updated=max(work["changed"], arrived),
        authors=json.loads(first["authors"]),
        categories=categories(told, ids),
        summary=_abstract(shown),
        content="\n".join(filter(None, (published_in(work), why(told), _withheld(told, shown)))),
        rights=(shown or first)["licence"],
        language=language(first),
        links=links(work),
        doi=work["doi"],
        pmid=work["pmid"],
        journal=work["journal"],
        date=work["date"],
        own=own(told),
    )


def title(work: sqlite3.Row) -> str:
    return labels.unstop(work["title"]).strip() or NO_TITLE


def page(base: str, work: sqlite3.Row) -> str:
    return f"{base}/paper/{quote(work['key'], safe='', errors='replace')}"


def links(work: sqlite3.Row) -> list[str]:
    """Where the paper is: its DOI first."""
    found = (doi_url(work["doi"]), pubmed_url(work["pmid"]), pmc_url(work["pmcid"]), safe_url(work["url"]))
    return list(dict.fromkeys(link for link in found if link))


def categories(told: FeedWork, ids: Ids) -> list[Category]:
    """Type, state, sources and searches."""
    type_, state = told.work["type"], told.work["state"]
    return [
        Category(ids.scheme("type"), type_, labels.TYPES[type_]),
        Category(ids.scheme("state"), state, labels.STATES[state]),
        *(Category(ids.scheme("source"), source, labels.source(source)) for source in told.sources),
        *(Category(ids.scheme("search"), row["slug"], row["title"]) for row in told.searches),
    ]


def language(publication: sqlite3.Row) -> str:
    """Of the title, BCP 47; one in another language stands there only where there is no English one."""
    return labels.lang("" if publication["title"] else publication["language"]) or "en"


def published_in(work: sqlite3.Row) -> str:
    """``Vale A, Moss BT. Journal of Invented Results, October 2026. Review. Corrected.``"""
    place = ", ".join(filter(None, (work["journal"], labels.day(work["date"]))))
    state = labels.STATES[work["state"]] if work["state"] in states.GRAVE else ""
    return " ".join(f"{part}." for part in (work["authors"], place, labels.TYPES[work["type"]], state) if part)


def why(told: FeedWork) -> str:
    """``Found by: Loneliness and mental health (20 November 2026); ...``"""
    found = []
    for row in told.searches:
        ended = f", no longer matches since {labels.day(row['until'])}" if row["until"] else ""
        found.append(f"{row['title']} ({labels.day(row['since'])}{ended})")
    return f"Found by: {'; '.join(found)}."


def own(told: FeedWork) -> dict[str, object]:
    """What programs may want to know, in the words of the public tables."""
    said = {name: told.work[name] for name in OWN}
    return {**said, "sources": told.sources, "searches": [row["slug"] for row in told.searches]}


def _abstract(publication: sqlite3.Row | None) -> str:
    """Its paragraphs as lines, each with its heading; '' where there is none or it may not be shown."""
    sections = json.loads(publication["abstract"]) if publication else []
    return "\n".join(f"{label}: {text}" if label else text for label, text in sections)


def _withheld(told: FeedWork, shown: sqlite3.Row | None) -> str:
    if shown or not any(row["abstract_withheld"] for row in told.publications):
        return ""
    return "There is an abstract, but its licence is not known to allow showing it here."
