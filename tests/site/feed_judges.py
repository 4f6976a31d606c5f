"""Judges of feeds: the rules of the W3C feed validator and of the specifications that can be said in code.

Each takes a document as bytes and raises AssertionError with what is wrong; feedparser is asked in the tests beside.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree

import jsonschema

ATOM, FH = "{http://www.w3.org/2005/Atom}", "{http://purl.org/syndication/history/1.0}"
DC = "{http://purl.org/dc/elements/1.1/}"
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
RFC822 = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} "
    r"\d\d:\d\d:\d\d (GMT|[+-]\d{4})"
)
TAG_URI = re.compile(r"tag:[a-z0-9.-]+,\d{4}:[A-Za-z0-9._~%/:-]+")  # RFC 4151
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def times(text: str | None) -> datetime:
    assert text, "a time is missing"
    assert RFC3339.fullmatch(text), text
    return datetime.fromisoformat(text)


def address(text: str | None) -> str:
    assert text, "an address is missing"
    assert urlsplit(text).scheme in ("http", "https"), text
    assert not re.search(r"[\s<>\"\\]", text), text
    return text


def atom(document: bytes) -> ElementTree.Element:
    """RFC 4287 and RFC 5005."""
    root = ElementTree.fromstring(document)
    assert root.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated"):
        assert len(root.findall(f"{ATOM}{name}")) == 1, name
    assert TAG_URI.fullmatch(root.findtext(f"{ATOM}id") or "")
    assert root.findtext(f"{ATOM}author/{ATOM}name")
    links = _links(root)
    assert len(links["self"]) == 1
    assert set(links) <= {"self", "alternate", "current", "prev-archive", "next-archive"}
    if root.find(f"{FH}archive") is not None:
        assert links["current"], "an archive has to say where the newest entries are"
    entries = root.findall(f"{ATOM}entry")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == len(ids), "the same entry twice"
    for entry in entries:
        _atom_entry(entry)
    newest = [times(entry.findtext(f"{ATOM}updated")) for entry in entries]
    assert not newest or times(root.findtext(f"{ATOM}updated")) == max(newest)
    return root


def _links(element: ElementTree.Element) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for link in element.findall(f"{ATOM}link"):
        found.setdefault(link.get("rel", "alternate"), []).append(address(link.get("href")))
    return found


def _atom_entry(entry: ElementTree.Element) -> None:
    for name in ("id", "title", "updated", "published"):
        assert len(entry.findall(f"{ATOM}{name}")) == 1, name
    for name in ("summary", "content", "rights"):
        assert len(entry.findall(f"{ATOM}{name}")) <= 1, name
    assert TAG_URI.fullmatch(entry.findtext(f"{ATOM}id") or "")
    assert times(entry.findtext(f"{ATOM}published")) <= times(entry.findtext(f"{ATOM}updated"))
    assert len(_links(entry)["alternate"]) == 1
    for name in ("title", "summary", "rights"):
        assert all(element.get("type") == "text" and not len(element) for element in entry.findall(f"{ATOM}{name}"))
    for category in entry.findall(f"{ATOM}category"):
        assert category.get("term")
        assert TAG_URI.fullmatch(category.get("scheme", ""))
    assert all(author.findtext(f"{ATOM}name", "").strip() for author in entry.findall(f"{ATOM}author"))
    forbidden = {f"{DC}date", "{http://purl.org/dc/terms/}modified", "{http://purl.org/dc/terms/}issued"}
    assert not forbidden & {child.tag for child in entry}, "readers take these for the times of the entry"


def rss(document: bytes) -> ElementTree.Element:
    """RSS 2.0 with the profile of the RSS Advisory Board."""
    root = ElementTree.fromstring(document)
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    [channel] = root
    for name in ("title", "link", "description", "language", "lastBuildDate"):
        assert len(channel.findall(name)) == 1, name
    address(channel.findtext("link"))
    moment(channel.findtext("lastBuildDate"))
    assert len(_links(channel)["self"]) == 1
    guids = []
    for item in channel.findall("item"):
        for name in ("title", "link", "guid", "pubDate", "description"):
            assert len(item.findall(name)) == 1, name
        address(item.findtext("link"))
        moment(item.findtext("pubDate"))
        assert item.find("guid").get("isPermaLink") == "false"  # type: ignore[union-attr]
        assert TAG_URI.fullmatch(item.findtext("guid") or "")
        guids.append(item.findtext("guid"))
    assert len(set(guids)) == len(guids)
    return root


def moment(text: str | None) -> datetime:
    assert text, "a time is missing"
    assert RFC822.fullmatch(text), text
    return parsedate_to_datetime(text)


PERSON = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string", "minLength": 1}}}
URL = {"type": "string", "pattern": r"^https?://\S+$"}
TIME = {"type": "string", "pattern": f"^{RFC3339.pattern}$"}
TAGS = {"type": "array", "items": {"type": "string"}, "uniqueItems": True}
ITEM = {
    "type": "object",
    "required": ["id", "url", "title", "content_text", "date_published", "date_modified"],
    "properties": {
        "id": {"type": "string", "pattern": f"^{TAG_URI.pattern}$"},
        "url": URL,
        "external_url": URL,
        "title": {"type": "string"},
        "content_text": {"type": "string"},
        "summary": {"type": "string"},
        "date_published": TIME,
        "date_modified": TIME,
        "authors": {"type": "array", "items": PERSON},
        "tags": TAGS,
        "language": {"type": "string", "pattern": f"^{LANGUAGE.pattern}$"},
        "_tracker": {"type": "object"},
    },
    "additionalProperties": False,
}
JSON_FEED = {
    "type": "object",
    "required": ["version", "title", "items", "home_page_url", "feed_url"],
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": {"type": "string", "minLength": 1},
        "home_page_url": URL,
        "feed_url": URL,
        "next_url": URL,
        "description": {"type": "string"},
        "authors": {"type": "array", "items": PERSON},
        "language": {"const": "en"},
        "items": {"type": "array", "items": ITEM},
    },
    "additionalProperties": False,
}


def json_feed(document: bytes) -> dict[str, object]:
    """JSON Feed 1.1."""
    told: dict[str, object] = json.loads(document)
    jsonschema.Draft202012Validator(JSON_FEED).validate(told)
    ids = [item["id"] for item in told["items"]]  # type: ignore[attr-defined]
    assert len(set(ids)) == len(ids)
    return told
