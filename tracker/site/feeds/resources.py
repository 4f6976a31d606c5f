"""A curated resource as an entry of a feed."""

from __future__ import annotations

import sqlite3

from tracker.site.feeds.ids import Ids
from tracker.site.feeds.model import Category, FeedEntry
from tracker.site.feeds.papers import NO_TITLE
from tracker.text import safe_url

FIRST = "0000-01-01"


def resource(row: sqlite3.Row, ids: Ids, base: str) -> FeedEntry:
    """The entry of a row of ``resources``; its day may be partial, a feed wants a time: the first that it can mean."""
    day = row["published"][:10]
    time = f"{day}{FIRST[len(day) :]}T00:00:00Z"
    return FeedEntry(
        id=ids.resource(row["id"]),
        title=row["title"].strip() or NO_TITLE,
        url=f"{base}/resources",
        published=time,
        updated=time,
        categories=[Category(ids.scheme("resource"), row["kind"], row["kind"])] if row["kind"] else [],
        summary=row["summary"],
        content=f"{row['body']}." if row["body"] else "",
        links=[url] if (url := safe_url(row["url"])) else [],
        date=row["published"],
    )
