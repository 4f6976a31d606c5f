"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
from typing import Any

from tracker.site.feeds.model import Feed, FeedEntry

MEDIA_TYPE = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"


def json_feed(feed: Feed) -> str:
    """The document; older entries are in the document that ``next_url`` names."""
    told: dict[str, Any] = {
        "version": VERSION,
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.address,
        "description": feed.subtitle,
        "next_url": feed.links.get("prev-archive", ""),
        "authors": [{"name": feed.author}],
        "language": "en",
        "items": [_item(entry) for entry in feed.entries],
    }
    text = json.dumps({key: value for key, value in told.items() if value != ""}, ensure_ascii=False, indent=1)
    return text.encode("utf-8", "replace").decode("utf-8")  # lone surrogates become question marks


def _item(entry: FeedEntry) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": entry.id,
        "url": entry.url,
        "external_url": entry.links[0] if entry.links else "",
        "title": entry.title,
        "content_text": "\n\n".join(part for part in (entry.summary, entry.content) if part) or entry.title,
        "summary": entry.summary,
        "date_published": entry.published,
        "date_modified": entry.updated,
        "authors": [{"name": name} for name in entry.authors if name.strip()],
        "tags": list(dict.fromkeys(item.label for item in entry.categories)),
        "language": entry.language,
        "_tracker": dict(entry.own),
    }
    return {key: value for key, value in told.items() if value or key == "title"}
