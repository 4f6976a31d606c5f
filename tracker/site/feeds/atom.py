"""Atom 1.0 (RFC 4287), with archives (RFC 5005) and what PRISM and Dublin Core say of papers.

``dc:date``, ``dcterms:issued`` and ``dcterms:modified`` are left out on purpose: readers take them for the times of
the entry itself. The content repeats the abstract: where both are there, most readers show the content alone.
"""

from __future__ import annotations

from tracker.site.feeds.model import Feed, FeedEntry
from tracker.site.feeds.xml import DECLARATION, element, named, paragraphs, tag

MEDIA_TYPE = "application/atom+xml"
NAMESPACES = {
    "xmlns": "http://www.w3.org/2005/Atom",
    "xmlns_fh": "http://purl.org/syndication/history/1.0",
    "xmlns_dc": "http://purl.org/dc/elements/1.1/",
    "xmlns_prism": "http://prismstandard.org/namespaces/basic/2.0/",
}


def atom(feed: Feed) -> str:
    """The document; always with an author, so that an entry need not have one (RFC 4287, 4.1.1)."""
    parts = [
        "\n",
        tag("id", feed.id),
        tag("title", feed.title, type="text"),
        tag("subtitle", feed.subtitle, type="text"),
        tag("updated", feed.updated),
        element("author", tag("name", feed.author)),
        tag("generator", feed.generator),
        tag("rights", feed.rights, type="text") if feed.rights else "",
        tag("link", rel="self", type=MEDIA_TYPE, href=feed.address),
        tag("link", rel="alternate", type="text/html", href=feed.page),
        *(tag("link", rel=relation, type=MEDIA_TYPE, href=address) for relation, address in feed.links.items()),
        tag("fh:archive") if feed.archive else "",
        *map(_entry, feed.entries),
    ]
    return DECLARATION + element("feed", "".join(parts), **NAMESPACES, xml_lang="en")


def _entry(entry: FeedEntry) -> str:
    own = "" if entry.language == "en" else entry.language
    parts = [
        "\n",
        tag("id", entry.id),
        tag("title", entry.title, type="text", xml_lang=own),
        tag("published", entry.published),
        tag("updated", entry.updated),
        *(element("author", tag("name", name)) for name in named(entry.authors)),
        tag("link", rel="alternate", type="text/html", href=entry.url),
        *(tag("link", rel="related", href=url) for url in entry.links),
        *(tag("category", term=item.term, scheme=item.scheme, label=item.label) for item in entry.categories),
        tag("summary", entry.summary, type="text", xml_lang=own) if entry.summary else "",
        tag("content", paragraphs(entry.summary, entry.content), type="html"),
        tag("rights", entry.rights, type="text") if entry.rights else "",
        _prism(entry),
    ]
    return element("entry", "".join(parts))


def _prism(entry: FeedEntry) -> str:
    told = (
        ("dc:identifier", entry.doi and f"doi:{entry.doi}"),
        ("dc:identifier", entry.pmid and f"pmid:{entry.pmid}"),
        ("prism:doi", entry.doi),
        ("prism:publicationName", entry.journal),
        ("prism:publicationDate", entry.date),
    )
    return "".join(tag(name, value) for name, value in told if value)
