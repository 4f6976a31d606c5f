"""What an answer may be, whatever was asked of it and whatever is in the database; each raises AssertionError."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

from tracker.formats import pieces

STATUS = {200, 300, 301, 303, 304, 400, 404, 406, 410}
VOID = {"meta", "link", "input", "br", "hr"}
# Every element that our templates have, with its attributes; "*" may stand on any.
ANY = {"class", "id", "lang", "title", "role", "tabindex", "hidden", "aria-label", "aria-labelledby",
       "aria-current", "aria-hidden", "aria-describedby"}  # fmt: skip
ALLOWED: dict[str, set[str]] = {
    "html": set(), "head": set(), "body": set(), "title": set(), "main": set(), "header": set(), "footer": set(),
    "meta": {"charset", "name", "content"}, "link": {"rel", "href", "type"}, "script": {"type"},
    "nav": set(), "div": set(), "section": set(), "article": set(), "aside": set(), "figure": set(),
    "figcaption": set(), "h1": set(), "h2": set(), "h3": set(), "h4": set(), "p": set(), "pre": set(),
    "ul": set(), "ol": {"start"}, "li": set(), "dl": set(), "dt": set(), "dd": set(), "blockquote": set(),
    "a": {"href", "rel", "hreflang", "type", "download"}, "span": set(), "strong": set(), "em": set(), "b": set(),
    "i": set(), "sub": set(), "sup": set(), "mark": set(), "code": set(), "cite": set(), "abbr": set(), "small": set(),
    "time": {"datetime"}, "br": set(), "ins": set(), "del": set(), "bdi": set(), "q": set(),
    "details": {"open"}, "summary": set(), "table": set(), "caption": set(), "thead": set(), "tbody": set(),
    "tr": set(), "th": {"scope", "colspan", "rowspan"}, "td": {"colspan", "rowspan"},
    "form": {"action", "method"}, "label": {"for"}, "button": {"type", "name", "value", "form", "formaction"},
    "input": {"type", "name", "value", "checked", "placeholder", "autocomplete", "size", "maxlength", "form"},
    "select": {"name"}, "option": {"value", "selected"}, "fieldset": set(), "legend": set(),
    "svg": {"viewbox", "width", "height", "xmlns", "preserveaspectratio"}, "g": {"transform"}, "desc": set(),
    "text": {"x", "y", "text-anchor", "dx", "dy"}, "line": {"x1", "x2", "y1", "y2"},
    "defs": set(), "pattern": {"id", "width", "height", "patternunits", "patterntransform"},
    "rect": {"fill", "x", "y", "width", "height", "rx"},
}  # fmt: skip
IN_FEEDS: dict[str, set[str]] = {"p": {"lang"}, "a": {"href"}, "strong": set(), "b": set(), "i": set(), "sub": set(),
                                 "sup": set(), "em": set(), "br": set(), "ul": set(), "li": set()}  # fmt: skip
FILES = ("/papers.csv", "/papers.ris", "/papers.bib", "/papers.csl.json")
HOSTS = {
    "pubmed.ncbi.nlm.nih.gov", "pmc.ncbi.nlm.nih.gov", "www.ncbi.nlm.nih.gov", "doi.org", "europepmc.org", "osf.io",
    "datasette.io", "www.w3.org", "www.equalityadvisoryservice.com", "ico.org.uk", "creativecommons.org", "schema.org",
    "localhost", "github.com",
}  # fmt: skip
TEL = "tel:03031231113"  # the Information Commissioner's helpline, on the privacy notice


class Page(HTMLParser):
    """Elements with their attributes; what is still open; the texts of script elements."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.strays: list[str] = []
        self.scripts: list[str] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        assert len(dict(attrs)) == len(attrs), (tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.strays.append(tag)

    def handle_data(self, data: str) -> None:
        (self.scripts if self.open[-1:] == ["script"] else self.text).append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data[:80]}")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"a declaration: {data[:80]}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data[:80]}")


def link(value: str, where: str) -> None:
    """Relative, or http(s) to a host that is ours to link to."""
    assert not re.search(r"[\x00-\x20<>\"\\]", value), (where, value)
    parts = urlsplit(value)
    if parts.scheme or parts.netloc:
        assert value == TEL or (parts.scheme in ("http", "https") and parts.netloc in HOSTS), (where, value)
    else:
        assert value.startswith(("/", "#", "?")), (where, value)


def html(page: str, where: str, allowed: dict[str, set[str]] | None = None) -> Page:
    """Only elements and attributes that our templates have, all of them closed; scripts are data that parse."""
    seen = Page(page)
    assert (seen.open, seen.strays) == ([], []), where
    for tag, attrs in seen.found:
        assert tag in (allowed or ALLOWED), (where, tag, attrs)
        assert set(attrs) <= (allowed or ALLOWED)[tag] | (set() if allowed else ANY), (where, tag, attrs)
        for name in ("href", "action"):
            if name in attrs:
                link(attrs[name] or "", where)
        assert attrs.get("formaction") in (None, *FILES), (where, attrs)
        if tag == "script":
            assert attrs == {"type": "application/ld+json"}, (where, attrs)  # data: no browser carries it out
    for script in seen.scripts:
        assert not re.search(r"[<>&\u2028\u2029]", script), where
        assert json.loads(script)["@context"] == "https://schema.org", where
    if allowed is None:
        counted = Counter(tag for tag, _ in seen.found)
        assert {counted[tag] for tag in ("html", "head", "body", "main", "h1")} == {1}, (where, counted)
    assert "49" not in re.findall(r">(49|7777777)<", page), where  # no template was carried out
    return seen


def xml(body: bytes, where: str) -> None:
    """Well-formed, with no document type and nothing of XHTML or SVG in it; what is HTML in a feed is harmless."""
    assert b"<!DOCTYPE" not in body[:200], where
    root = ElementTree.fromstring(body)
    in_items = [part for item in root.iter("item") for part in item]  # of RSS: the description of a feed is plain text
    for item in root.iter():
        assert isinstance(item.tag, str), where  # neither comment nor instruction
        assert "w3.org/1999" not in item.tag, (where, item.tag)
        assert "w3.org/2000/svg" not in item.tag, (where, item.tag)
        for name, value in item.attrib.items():
            if name in ("href", "url", "xmlUrl", "htmlUrl", "rel", "template") and ":" in value:
                assert urlsplit(value).scheme in ("http", "https"), (where, name, value)
        rss = item in in_items and item.tag.endswith(("description", "encoded"))
        if item.get("type") == "html" or rss:
            html(item.text or "", where, IN_FEEDS)
        if item.tag.rpartition("}")[2] in ("link", "loc", "url") and (item.text or "").strip():
            assert urlsplit(item.text or "").scheme in ("http", "https"), (where, item.text)


def as_json(body: bytes, where: str) -> Any:
    said = json.loads(body)
    if isinstance(said, dict):
        for item in said.get("items", ()):
            html(item.get("content_html", ""), where, IN_FEEDS)
            assert urlsplit(item["url"]).netloc == "localhost", (where, item["url"])
    return said


def records(name: str, body: bytes, number: int, where: str) -> None:
    """As many records as works, by our own readers; in a sheet for people no cell that a program would compute."""
    found = len(json.loads(body)) if name == "csl.json" else len(pieces(f"x.{name}", body)[1])
    assert found == number, (where, found, number)
    if name == "csv":
        rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))
        assert {len(row) for row in rows} == {len(rows[0])}, where
        if "profile=" not in where:  # the other profiles are for programs that compute nothing
            assert [cell for row in rows for cell in row if re.match(r"[=+\-@\t\r]", cell)] == [], where


def headers(answer: Any, where: str) -> None:
    """None that was not meant, none with a line end, no address elsewhere."""
    for name, value in answer.headers.multi_items():
        assert re.fullmatch(r"[a-z-]+", name.lower()), (where, name)
        assert re.fullmatch(r"[\x20-\x7e]*", value), (where, name, value)
    assert "set-cookie" not in answer.headers, where
    assert "x-attack" not in answer.headers, where
    assert "default-src 'none'" in answer.headers["content-security-policy"], where
    assert "unsafe" not in answer.headers["content-security-policy"], where
    assert answer.headers["x-content-type-options"] == "nosniff", where
    location = answer.headers.get("location", "/")
    assert location.startswith("/"), (where, location)
    assert not location.startswith(("//", "/\\")), (where, location)
    for target in re.findall(r"<([^>]*)>", answer.headers.get("link", "")):
        link(target, where)


def judge(answer: Any, where: str) -> None:
    """Any answer of ours."""
    assert answer.status_code in STATUS, (where, answer.status_code, answer.text[:300])
    headers(answer, where)
    kind = answer.headers.get("content-type", "").partition(";")[0]
    if not answer.content:
        return
    if kind == "text/html":
        html(answer.text, where)
    elif kind.endswith("json"):
        as_json(answer.content, where)
    elif kind == "image/svg+xml":
        ElementTree.fromstring(answer.content)
    elif kind.endswith("xml") or "opml" in kind:
        xml(answer.content, where)
    elif "x-tracker-works" in answer.headers:
        name = {"text/csv": "csv", "application/x-research-info-systems": "ris"}.get(kind, "bib")
        records(name, answer.content, int(answer.headers["x-tracker-works"]), where)
    else:
        assert kind.startswith("text/") or kind in ("application/x-bibtex",
                                                    "application/x-research-info-systems"), (where, kind)  # fmt: skip
