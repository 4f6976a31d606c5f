"""Any text makes a feed that every reader can read, with the same number of entries and the same words."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import feed_judges
import feedparser
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.site.feeds import atom, jsonfeed, opml, rss, xml
from tracker.site.feeds.ids import Ids
from tracker.site.feeds.model import Category, Feed, FeedEntry

IDS = Ids("evidence.example", "2026")
ANY = st.text(st.characters(exclude_categories=()), max_size=60) | st.sampled_from(
    (
        "\x00\x01\x1f",
        "\ud800",
        "\ufffe\uffff",
        "]]>",
        "<!--",
        "&#0;",
        "&amp;",
        "\r\n\r",
        "<b>",
        "\"'",
        "  ",
        "\x85\u2028",
        "😀",
    )
)
TIMES = st.integers(0, 30_000_000_000).map(
    lambda seconds: (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
)


@st.composite
def entries(draw: st.DrawFn) -> FeedEntry:
    key, kind = draw(ANY.filter(bool)), draw(ANY)
    first, second = sorted((draw(TIMES), draw(TIMES)))
    return FeedEntry(
        id=IDS.change(key, kind, "2026-11-24"),
        title=draw(ANY),
        url="https://evidence.example/paper/LSI-000001",
        published=first,
        updated=second,
        authors=draw(st.lists(ANY, max_size=3)),
        categories=[Category(IDS.scheme("state"), draw(ANY), draw(ANY))],
        summary=draw(ANY),
        content=draw(ANY),
        rights=draw(ANY),
        language=draw(st.sampled_from(("en", "de", "zh"))),
        links=draw(st.sampled_from(((), ("https://doi.org/10.5555/x",)))),
        doi=draw(ANY),
        pmid=draw(ANY),
        journal=draw(ANY),
        date=draw(ANY),
        own={"key": draw(ANY)},
    )


@st.composite
def feeds(draw: st.DrawFn) -> Feed:
    said = draw(st.lists(entries(), max_size=4, unique_by=lambda entry: entry.id))
    return Feed(
        id=IDS.feed(draw(ANY)),
        title=draw(ANY),
        subtitle=draw(ANY),
        author=draw(ANY),
        address="https://evidence.example/feeds/all.atom",
        page="https://evidence.example/",
        updated=max((entry.updated for entry in said), default="2026-11-24T06:00:00Z"),
        generator=draw(ANY),
        rights=draw(ANY),
        links={"current": "https://evidence.example/feeds/all.atom"},
        archive=draw(st.booleans()),
        entries=said,
    )


def kept(text: str) -> str:
    """What XML can hold of a text."""
    return xml.FORBIDDEN.sub("", text)


@given(feeds())
@settings(max_examples=60, deadline=None)
def test_atom_of_any_text_is_well_formed_and_says_the_same(feed: Feed) -> None:
    root = ElementTree.fromstring(atom.atom(feed).encode())
    found = root.findall(f"{feed_judges.ATOM}entry")
    assert [entry.findtext(f"{feed_judges.ATOM}title") for entry in found] == [kept(e.title) for e in feed.entries]
    assert [entry.findtext(f"{feed_judges.ATOM}id") for entry in found] == [entry.id for entry in feed.entries]
    for entry, said in zip(found, feed.entries, strict=True):
        names = [name.text for name in entry.findall(f"{feed_judges.ATOM}author/{feed_judges.ATOM}name")]
        assert names == [kept(name) for name in said.authors if kept(name).strip()]


@given(feeds())
@settings(max_examples=60, deadline=None)
def test_rss_of_any_text_is_well_formed_and_its_html_holds_nothing_but_paragraphs(feed: Feed) -> None:
    root = ElementTree.fromstring(rss.rss(feed).encode())
    found = root.findall("channel/item")
    assert [(item.findtext("title"), item.findtext("guid")) for item in found] == [
        (kept(entry.title), entry.id) for entry in feed.entries
    ]
    for item in found:
        bare = (item.findtext("description") or "").replace("<p>", "").replace("</p>", "")
        assert "<" not in bare
        assert ">" not in bare


@given(feeds())
@settings(max_examples=60, deadline=None)
def test_json_feed_of_any_text_is_json_with_the_same_items(feed: Feed) -> None:
    told = json.loads(jsonfeed.json_feed(feed).encode())
    assert [item["id"] for item in told["items"]] == [entry.id for entry in feed.entries]
    assert [item["title"] for item in told["items"]] == [
        entry.title.encode("utf-8", "replace").decode() for entry in feed.entries
    ]


@given(feeds())
@settings(max_examples=40, deadline=None)
def test_feedparser_finds_the_same_entries_in_all_of_them(feed: Feed) -> None:
    for text, version in ((atom.atom(feed), "atom10"), (rss.rss(feed), "rss20")):
        found = feedparser.parse(text.encode())
        assert (found.bozo, found.version) == (False, version)
        assert [entry.id for entry in found.entries] == [entry.id for entry in feed.entries]


@given(st.lists(st.tuples(ANY, ANY, ANY), max_size=4))
@settings(max_examples=40, deadline=None)
def test_opml_of_any_text_has_an_outline_for_each_feed(said: list[tuple[str, str, str]]) -> None:
    root = ElementTree.fromstring(opml.opml("T", "2026-11-24T06:00:00Z", said).encode())
    assert len(root.findall("body/outline")) == len(said)


@given(ANY.filter(bool), ANY.filter(bool))
@settings(max_examples=60, deadline=None)
def test_ids_are_tag_uris_whatever_a_key_or_a_slug_holds(key: str, slug: str) -> None:
    """RFC 4151; what stands between two slashes is told apart from a slash inside."""
    for made in (IDS.work(key), IDS.feed(slug), IDS.change(key, slug, "2026-11-24")):
        assert feed_judges.TAG_URI.fullmatch(made)
    assert IDS.change(key, slug, "2026-11-24") != IDS.change(f"{key}/{slug}", "", "2026-11-24")


def test_attributes_keep_line_feeds_tabs_and_quotes() -> None:
    said = 'a"b\nc\td\re<f>&'
    assert ElementTree.fromstring(xml.tag("x", "", y=said)).get("y") == said
