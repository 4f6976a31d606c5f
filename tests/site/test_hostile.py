"""Untrusted text stays text: attack strings in everything a source or a reader can write."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest
from making import NOW, OPEN, Client, Maker, day, quiet, record

from tracker.model import Author, Event, Heading, Section
from tracker.publish import publish
from tracker.text.safe_markup import safe_markup

ATTACKS = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    '" autofocus onfocus="alert(1)',
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "<iframe src=//evil.example>",
    "<style>@import 'https://evil.example'</style>",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content=0;url=https://evil.example>",
    "<a href=javascript:alert(1)>x</a>",
    "<b onclick=alert(1)>x</b>",
    "<i><script>x</i></script>",
    "<i>unclosed",
    "</i>stray",
    "<sup><sub></sup></sub>",
    "<I>big</I>",
    "<i >space</i >",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;",
    "&amp;lt;b&amp;gt;",
    "<<b>>",
    "<!--",
    "--><b>",
    "<![CDATA[x]]>",
    "{{ 7*7 }}",
    "{% include 'x' %}",
    "${7*7}",
    "#{7*7}",
    "%s%n",
    "%0d%0aSet-Cookie: x=1",
    "\\u003cscript\\u003e",
    "`${alert(1)}`",
    "'; drop table works; --",
    '"; select * from sqlite_master --',
    "' or 1=1 --",
    "title:(",
    'x" OR "y',
    "NEAR(",
    "a*b*c*",
    "=cmd|' /C calc'!A0",
    "+1",
    "-1",
    "@x",
    "../../etc/passwd",
    "//evil.example/x",
    "http://evil.example/",
    "\u202egnp.exe",
    "\ue000mark\ue001",
    "\ue002",
    "<mark>x</mark>",
    "﷽" * 5,
    "Z̷̡̛a̸l̶g̷o̶",
    "😀👩‍👩‍👧‍👦",
    "\u00ad\u200b\u2066",
    "x" * 3000,
    "[CDATA[",
    "]]>",
)


class Tags(HTMLParser):
    """Collects tags with their attributes, as a browser would see them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


HARMLESS = {
    "html",
    "head",
    "meta",
    "title",
    "link",
    "body",
    "a",
    "p",
    "strong",
    "header",
    "div",
    "nav",
    "ul",
    "li",
    "form",
    "label",
    "input",
    "button",
    "main",
    "h1",
    "h2",
    "h3",
    "span",
    "article",
    "details",
    "summary",
    "cite",
    "time",
    "section",
    "aside",
    "ol",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "footer",
    "code",
    "b",
    "i",
    "sub",
    "sup",
    "mark",
    "pre",
    "dl",
    "dt",
    "dd",
    "figure",
    "svg",
    "line",
    "rect",
    "figcaption",
    "br",
    "abbr",
    "script",
    "em",
    "caption",
    "text",
    "desc",
}
FILES = ("/papers.csv", "/papers.ris", "/papers.bib", "/papers.csl.json")
OURS = (
    "/",
    "#",
    "https://pubmed.ncbi.nlm.nih.gov/",
    "https://doi.org/10.",
    "https://pmc.ncbi.nlm.nih.gov/articles/PMC",
    "https://europepmc.org/",  # what follows: thanks and notices
    "https://osf.io/preprints/psyarxiv",
    "https://datasette.io/",
    "https://www.w3.org/TR/WCAG22/",
    "https://www.equalityadvisoryservice.com/",
    "https://ico.org.uk/make-a-complaint/",
    "tel:03031231113",
)


def assert_harmless(page: str, where: str) -> None:
    """Only our tags, no handler, no style, no address that is not ours."""
    seen = Tags()
    seen.feed(page)
    for tag, attrs in seen.found:
        assert tag in HARMLESS, (where, tag, attrs)
        for name, value in attrs.items():
            assert not name.startswith("on"), (where, tag, name)
            assert name not in ("style", "srcdoc"), (where, tag, name)
            if name == "formaction":
                assert value in FILES, (where, tag, value)
            if name in ("href", "src", "action"):
                assert (value or "").startswith(OURS), (where, tag, value)
                assert not (value or "").startswith("//"), (where, value)
        if tag == "meta":
            assert "http-equiv" not in attrs, where
        if tag == "script":
            assert attrs == {"type": "application/ld+json"}, (where, attrs)  # data: no browser carries it out
    assert "49" not in re.findall(r">(49)<", page), where  # no template was carried out


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One work for each attack string, which stands in every field that a source can fill."""
    home = tmp_path_factory.mktemp("hostile")
    maker = Maker(home / "tracker.db")
    run = maker.run(day(1))
    maker.search("bad", title=ATTACKS[3], strategy="\n".join(ATTACKS))
    maker.search_run(run, "bad", note=ATTACKS[0], translation=ATTACKS[1], warnings='["<img src=x onerror=alert(1)>"]')
    maker.reading_run(run, note=ATTACKS[2])
    for number, text in enumerate(ATTACKS, start=1):
        made = record(
            number,
            title=text,
            title_markup=text,
            vernacular_title=text,
            journal=text,
            journal_abbrev=text,
            publisher=text,
            authors=(Author(text, text, text, text), Author(group=text)),
            volume=text,
            issue=text,
            pages=text,
            doi=text if number % 2 else f"10.5555/{text}",
            pmid=text if number % 3 == 0 else str(990000000 + number),
            pmcid=text,
            languages=(text,),
            keywords=(text,),
            mesh=(Heading(text, qualifiers=(text,)),),
            issns=(text,),
            publication_types=((text, text),),
            abstract=(Section(text, text), Section(text)),
            copyright=OPEN,
            licence=text if number % 5 == 0 else "",
            licence_url=text,
        )
        twin = record(
            number + 500,
            source="europepmc",
            source_id=text,
            doi=text,
            title=text,
            abstract=(Section(text),),
            copyright="",
        )
        a, b = maker.record(made), maker.record(twin)
        maker.match("bad", made, why_detail=text)
        maker.work(a, b, publications=[a, b])
        maker.event(a, Event("retracted", text, text, "", text), run, day(2))
        maker.event(a, Event("corrected", f"10.5555/{text}", "pubmed", "", text), run, day(2))
        maker.verdict(a, b, "version", rule=text, evidence=text)
    maker.verdict(1, 3, "related", rule=ATTACKS[0], evidence=ATTACKS[2])
    maker.db.execute("update event set run_id = ?", (maker.run(day(2)),))
    maker.db.close()
    publish(home / "tracker.db", home / "public", settings={}, now=NOW, say=quiet)
    return home / "public"


def test_hostile_records_are_text_on_every_page(hostile: Path, open_site: Callable[..., Client]) -> None:
    client = open_site(hostile)
    paths = ["/", "/?days=300", "/papers", "/searches", "/searches/bad", "/status", "/methods", "/about", "/charts"]
    paths += ["/privacy", "/accessibility"]
    paths += [f"/paper/LSI-{number:06}" for number in range(1, len(ATTACKS) + 1)]
    paths += ["/papers?q=script", "/papers?q=alert+OR+mark+OR+x&sort=relevance", "/papers?sort=published&q=-script"]
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.text[:300])
        assert_harmless(answer.text, path)
    next_page = re.search(r'rel="next" href="([^"]+)"', client.get("/papers").text)
    assert next_page
    assert_harmless(client.get(next_page[1].replace("&amp;", "&")).text, "the second page")


def test_the_text_itself_is_still_there(hostile: Path, open_site: Callable[..., Client]) -> None:
    """Escaped, not eaten."""
    client = open_site(hostile)
    said: list[str] = []
    parser = HTMLParser()
    parser.handle_data = said.append  # type: ignore[method-assign]
    parser.feed(client.get("/paper/LSI-000001").text)
    assert "".join(said).count("<script>alert(1)</script>") > 8


@pytest.mark.parametrize(
    "name",
    [
        "q",
        "search",
        "source",
        "type",
        "state",
        "year",
        "journal",
        "language",
        "free",
        "since",
        "until",
        "news",
        "sort",
        "after",
        "unknown",
        "days",
    ],
)
def test_hostile_parameters_are_text(hostile: Path, open_site: Callable[..., Client], name: str) -> None:
    client = open_site(hostile)
    attacks = ATTACKS if name in ("q", "journal") else ATTACKS[::4]
    for text in (*attacks, "\x00", "\ud800", "\r\nX: y"):
        said = quote(text.encode("utf-8", "surrogatepass"))
        for path in (f"/papers?{name}={said}", f"/?{name}={said}"):
            answer = client.get(path)
            assert answer.status_code == 200, (path, answer.text[:300])
            assert_harmless(answer.text, path)


def test_raw_bytes_and_absurd_addresses_are_answered(hostile: Path, open_site: Callable[..., Client]) -> None:
    client = open_site(hostile)
    for query in ("q=%ff%fe", "q=%", "q=%zz", "&&&&", "=&=", "q=a&q=b&q=c", "x=1&" * 500, "type=a&" * 150, ";q=1"):
        answer = client.get(f"/papers?{query}")
        assert answer.status_code == 200
        assert_harmless(answer.text, query)
    for path in (
        "/paper/<script>",
        "/paper/%3Cscript%3E",
        "/searches/%22%3E%3Csvg%3E",
        "/searches/..%2f..",
        "/%3Cscript%3E",
        "//evil.example",
        "/paper//evil.example",
        "/paper/LSI-000001/",
        "/paper/LSI-000001%0d%0a",
    ):
        answer = client.get(path)
        assert answer.status_code == 404, path
        assert_harmless(answer.text, path)


def test_lowered_keys_cannot_lead_elsewhere(hostile: Path, open_site: Callable[..., Client]) -> None:
    client = open_site(hostile)
    for path in ("/paper/lsi-000001", "/paper/lſi-000001", "/paper/LSI-00000１"):
        location = client.get(path).headers.get("location", "/paper/LSI-000001")
        assert location == "/paper/LSI-000001"


def test_datasettes_pages_show_hostile_rows_as_text(hostile: Path, open_site: Callable[..., Client]) -> None:
    client = open_site(hostile)
    for path in (
        "/public",
        "/public/works",
        "/public/publications",
        "/public/events",
        "/public/runs",
        "/public/searches/1",
    ):
        page = client.get(path).text
        assert "<script>alert(1)" not in page, path
        assert "<img src=x" not in page, path
        assert 'href="javascript:' not in page, path


@pytest.mark.parametrize("text", ATTACKS)
def test_markup_lets_four_tags_through_and_nothing_else(text: str) -> None:
    html = safe_markup(text)
    assert not re.search(r"<(?!/?(?:i|b|sub|sup)>)", html)
    open_tags = re.findall(r"<(\w+)>", html)
    assert sorted(open_tags) == sorted(re.findall(r"</(\w+)>", html))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("H<sub>2</sub>O &amp; <i>E. coli</i>", "H<sub>2</sub>O &amp; <i>E. coli</i>"),
        ("<b><i>x</i></b>", "<b><i>x</i></b>"),
        ("a & b <i>c</i>", "a &amp; b <i>c</i>"),
        ("&copy; &#233; &#xe9; <i>x</i>", "&amp;copy; &#233; &#xe9; <i>x</i>"),
        ("<i>a<b>c</i></b>", ""),
        ("plain", "plain"),
    ],
)
def test_markup_by_example(text: str, html: str) -> None:
    assert safe_markup(text) == html


def test_only_http_addresses_are_in_the_public_database(hostile: Path) -> None:
    db = sqlite3.connect(hostile / "public.db")
    for (url,) in db.execute("select url from works union select url from publications").fetchall():
        assert url == "" or url.startswith(("https://pubmed.ncbi.nlm.nih.gov/", "https://doi.org/10."))
        assert not set(url) & set("<>\"'` \r\n")
    db.close()
