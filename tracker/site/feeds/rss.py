"""RSS 2.0, as the RSS Advisory Board's profile says it: titles are plain text, descriptions are HTML."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime

from tracker.site.feeds.model import Feed, FeedEntry
from tracker.site.feeds.xml import DECLARATION, element, named, paragraphs, tag

MEDIA_TYPE = "application/rss+xml"
NAMESPACES = {
    "xmlns_atom": "http://www.w3.org/2005/Atom",
    "xmlns_fh": "http://purl.org/syndication/history/1.0",
    "xmlns_dc": "http://purl.org/dc/elements/1.1/",
    "xmlns_prism": "http://prismstandard.org/namespaces/basic/2.0/",
}


def rss(feed: Feed) -> str:
    """The document."""
    parts = [
        "\n",
        tag("title", feed.title),
        tag("link", feed.page),
        tag("description", feed.subtitle),
        tag("language", "en"),
        tag("copyright", feed.rights) if feed.rights else "",
        tag("lastBuildDate", day_and_time(feed.updated)),
        tag("generator", feed.generator),
        tag("atom:link", rel="self", type=MEDIA_TYPE, href=feed.address),
        *(tag("atom:link", rel=relation, type=MEDIA_TYPE, href=address) for relation, address in feed.links.items()),
        tag("fh:archive") if feed.archive else "",
        *map(_item, feed.entries),
    ]
    return DECLARATION + element("rss", "\n" + element("channel", "".join(parts)), version="2.0", **NAMESPACES)


def _item(entry: FeedEntry) -> str:
    prism = (
        ("prism:doi", entry.doi),
        ("prism:publicationName", entry.journal),
        ("prism:publicationDate", entry.date),
    )
    parts = [
        "\n",
        tag("title", entry.title),
        tag("link", entry.url),
        tag("guid", entry.id, isPermaLink="false"),
        tag("pubDate", day_and_time(entry.published)),
        *(tag("dc:creator", name) for name in named(entry.authors)),
        *(tag("category", item.label, domain=item.scheme) for item in entry.categories),
        tag("description", paragraphs(entry.summary, entry.content)),
        tag("dc:rights", entry.rights) if entry.rights else "",
        *(tag(name, value) for name, value in prism if value),
    ]
    return element("item", "".join(parts))


def day_and_time(text: str) -> str:
    """``Tue, 24 Nov 2026 06:00:00 +0000`` (RFC 822 with the year in four digits), whatever the locale."""
    return format_datetime(datetime.fromisoformat(text))
