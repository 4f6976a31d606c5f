"""OPML 2.0 (http://opml.org/spec2.opml): all feeds in one file, which reader programs import."""

from __future__ import annotations

from collections.abc import Iterable

from tracker.site.feeds.rss import day_and_time
from tracker.site.feeds.xml import DECLARATION, element, tag

MEDIA_TYPE = "text/x-opml"


def opml(title: str, built: str, feeds: Iterable[tuple[str, str, str]]) -> str:
    """``feeds`` are (title, address of the feed, address of its page); ``built`` is a time.

    ``type`` is ``rss`` whatever the format, as the specification has it for every feed.
    """
    head = tag("title", title) + tag("dateModified", day_and_time(built))
    body = "".join(
        tag("outline", type="rss", text=name, title=name, xmlUrl=address, htmlUrl=page) for name, address, page in feeds
    )
    return DECLARATION + element(
        "opml", "\n" + element("head", "\n" + head) + element("body", "\n" + body), version="2.0"
    )
