"""The pages: what they say of a tracker in which everything has happened."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from making import METADATA, NOW, Client, Maker, day, fill, quiet

from tracker.errors import UsageError
from tracker.publish import publish
from tracker.site import serve
from tracker.site.queries.reader import PublicReader

PAGES = (
    "/",
    "/?days=30",
    "/?since=2026-11-01",
    "/papers",
    "/papers?q=solitude",
    "/papers?state=retracted",
    "/paper/LSI-000001",
    "/paper/LSI-000003",
    "/paper/LSI-000004",
    "/paper/LSI-000006",
    "/searches",
    "/searches/lonely",
    "/status",
    "/methods",
    "/about",
    "/charts",
)


def text_of(page: str) -> str:
    """What a reader sees, in one line."""
    words: list[str] = []
    parser = HTMLParser()
    parser.handle_data = words.append  # type: ignore[method-assign]
    parser.feed(page)
    return " ".join(" ".join(words).split())


def read(site: Client, path: str, status: int = 200) -> str:
    answer = site.get(path)
    assert answer.status_code == status, answer.text
    return text_of(answer.text)


def test_home_groups_news_by_day_and_tells_changes_and_first_runs(site: Client) -> None:
    said = read(site, "/?days=30")
    assert "3 new papers in the last 30 days" in said
    assert "Today, 24 November 2026 1 paper" in said
    assert "Friday, 20 November 2026 2 papers" in said
    assert "2 changes to papers known before" in said  # a retraction, and a preprint that was published
    assert "Retracted 20 November 2026 Strong claims about company" in said
    assert "1 November 2026: the first runs of 2 searches brought 4 papers from the past." in said
    assert "Taken down at request" not in said
    assert "The same again" not in said


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("", "1 new paper in the last 7 days"),  # 18 to 24 November: but see below
        ("?days=1", "1 new paper today"),
        ("?since=2026-11-20", "3 new papers since 20 November 2026"),
        ("?since=rubbish", "in the last 7 days"),
        ("?days=rubbish", "in the last 7 days"),
        ("?days=0", "today"),
        ("?days=9999", "in the last 366 days"),
        ("?since=2027-01-01", "Not searched since 1 January 2027"),
    ],
)
def test_home_since_any_day(site: Client, query: str, title: str) -> None:
    said = read(site, f"/{query}")
    assert title.removeprefix("1 new paper in") in said
    if "2027" in query:
        return  # nothing has been searched on that day yet: there is no number to compare
    numbers = re.search(r"([\d,]+) new papers?", said)
    listed = sum(int(n) for n in re.findall(r"November 2026 (\d+) papers?\b", said))
    assert numbers
    assert listed == int(numbers[1])


def test_list_and_count_of_the_day_agree_with_home(site: Client) -> None:
    assert "2 papers" in read(site, "/papers?since=2026-11-20&until=2026-11-20&news=1")


def test_search_marks_what_it_found_and_tells_of_what_it_may_not_show(site: Client) -> None:
    page = site.get("/papers?q=zebrafish").text
    assert "1 paper" in text_of(page)
    assert "matches in the abstract: zebrafish ( read it at PubMed )" in text_of(page)
    assert "companionship" not in page  # the sentence itself stays untold
    shown = site.get("/papers?q=solitud*").text
    assert "<mark>solitude</mark>" in shown
    assert "<mark>Solitude</mark> in winter" in shown
    owls = text_of(site.get("/papers?q=owls").text)
    assert "matches in another abstract: owls" in owls
    assert "matches in the keywords: psychology" in read(site, "/papers?q=psychology")


def test_search_without_a_result_helps(site: Client) -> None:
    said = read(site, "/papers?q=nothinglikethis&type=trial")
    assert "0 papers" in said
    assert "No paper is like that." in said
    assert "There are no more papers" in read(site, "/papers?after=0000~1")


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("q=10.5555/pre.3", [3]),
        ("q=990000002", [2]),
        ("q=LSI-000007", [2]),
        ("q=PMC990006", [6]),
        ("q=LSI-000008", []),
        ("state=retracted", [4]),
        ("type=review", [6]),
        ("language=ger", [6]),
        ("free=1", [6, 3]),
        ("source=europepmc", [2, 3]),
        ("search=covid", [6, 9, 3]),
        ("search=covid&since=2026-11-20", [6, 9]),
        ("search=covid&since=2026-11-20&news=1", [6, 9]),
        ("news=1", [6, 5, 2]),
        ("since=2026-11-21", [6]),
        ("until=2026-11-01", [9, 4, 3, 1]),
        ("year=2026&state=hidden", []),
        ("journal=Journal+of+Invented+Results&state=published", [6, 5, 2, 9, 3, 1]),
        ("q=-loneliness", [6, 5, 4, 3]),
    ],
)
def test_filters(site: Client, query: str, keys: list[int]) -> None:
    found = re.findall(r'<h2><a href="/paper/LSI-0*(\d+)">', site.get(f"/papers?{query}").text)
    assert sorted(map(int, found)) == sorted(keys)


def test_a_work_tells_everything(site: Client) -> None:
    said = read(site, "/paper/LSI-000003")
    for part in (
        "A later look at isolation",
        "Vale, Ada; Moss, Ben Tim",
        "2 publications",
        "Article, 2 November 2026",
        "Preprint, 1 August 2026",
        "Early look at isolation",
        "medRxiv",
        "Preprint, now published",
        "PPR990003",
        "There is an abstract, but",
        "found it on 1 November 2026",
        "It was there when this search was run for the first time.",
        "Another record arrived: article in PubMed",
        "by the rule “preprint-link”",
        "PubMed: UpdateOf medRxiv",
        "Europe PMC PPR990003 and PubMed 990000033",
        "Permanent address",
        "doi:10.5555/art.33.",
        "LSI-000003",
    ):
        if part != "There is an abstract, but":
            assert part in said, part
    page = site.get("/paper/LSI-000003").text
    assert 'href="https://pubmed.ncbi.nlm.nih.gov/990000033/"' in page
    assert 'href="https://doi.org/10.5555/pre.3"' in page


def test_a_work_that_no_longer_matches_says_since_when(site: Client) -> None:
    said = read(site, "/paper/LSI-000009")
    assert "No longer matches since 20 November 2026." in said
    assert "It began to match long after it had entered the source" in said
    assert "MeSH added 2026-11-19" in said
    assert "Loneliness / psychology *" in said


def test_a_retraction_comes_before_the_abstract(site: Client) -> None:
    said = read(site, "/paper/LSI-000004")
    assert said.index("Retracted on 19 November 2026") < said.index("Abstract")
    assert "According to PubMed, seen 20 November 2026" in said
    assert "Retraction in: J Invent Res. 2026" in said


def test_an_abstract_that_may_not_be_shown_leads_to_where_it_can_be_read(site: Client) -> None:
    page = site.get("/paper/LSI-000005").text
    assert "Zebrafish" not in page
    assert '<a href="https://pubmed.ncbi.nlm.nih.gov/990000005/" rel="noopener">Read it at PubMed</a>' in page


def test_joined_hidden_and_unknown_works(site: Client) -> None:
    moved = site.get("/paper/LSI-000007")
    assert (moved.status_code, moved.headers["location"]) == (301, "/paper/LSI-000002")
    assert "max-age=300" in moved.headers["cache-control"]  # a split gives the address back
    assert "LSI-000007" in read(site, "/paper/LSI-000002")  # its former key
    gone = site.get("/paper/LSI-000008")
    assert gone.status_code == 410
    assert "was taken down" in gone.text
    assert "at request" not in gone.text
    for path in (
        "/paper/LSI-000010",
        "/paper/LSI-999999",
        "/paper/x",
        "/paper/%00",
        "/nothing",
        "/papers/x",
        "/searches/x",
        "/paper/",
    ):
        assert site.get(path).status_code == 404, path
    lower = site.get("/paper/lsi-000003")
    assert (lower.status_code, lower.headers["location"]) == (301, "/paper/LSI-000003")


def test_a_search_shows_its_strategy_as_run_and_its_runs(site: Client) -> None:
    said = read(site, "/searches/lonely")
    assert "(loneliness[tiab] OR lonely[tiab]) AND mood[tiab]" in said
    assert "version 1" in said
    assert "failed" in said
    assert "the service answered with an error" in said
    assert "COVID-19 <and> isolation" in read(site, "/searches")


def test_status_shows_plainly_what_failed(site: Client) -> None:
    said = read(site, "/status")
    assert "PubMed has not answered in full since 20 November 2026 for 1 of its 2 searches" in said
    assert "Not everything asked for from PubMed could be read." in said
    assert "PhraseIgnored: the" in said
    assert "1 withheld" in said
    assert "Last complete run 20 November 2026, 06:00 UTC" in said


def test_status_for_machines(site: Client) -> None:
    answer = site.get("/status.json")
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.headers["access-control-allow-origin"] == "*"
    told = answer.json()
    assert told["now"] == "2026-11-24T12:00:00Z"
    assert told["last_complete"] == day(20)
    lonely = next(row for row in told["searches"] if row["search"] == "lonely")
    assert (lonely["outcome"], lonely["promised_last"], lonely["last_complete"]) == ("failed", None, day(20))
    covid = next(row for row in told["searches"] if row["search"] == "covid")
    assert covid["received"] == covid["known"] + covid["new"] + covid["rejected"]
    assert covid["warnings"] == ["PhraseIgnored: the"]
    source = told["sources"][0]
    assert source["fetched"] == source["read"] + source["unreadable"] + source["withheld"]


def complete(maker: Maker, started: str) -> None:
    maker.search("s")
    number = maker.run(started)
    maker.search_run(number, "s")
    maker.reading_run(number)


@pytest.mark.parametrize(
    ("last", "said"),
    [
        (day(24), ""),
        (day(23), ""),  # 30 hours
        (day(22), "Nothing has been searched since 22 November 2026"),
        ("", "No search has been run yet"),
    ],
)
def test_the_banner_when_nothing_was_asked_for_some_time(
    maker: Maker, open_site: Callable[..., Client], last: str, said: str
) -> None:
    if last:
        complete(maker, last)
    else:
        maker.search("s")
    public = maker.path.parent / "public"
    publish(maker.path, public, settings={}, now=NOW, say=quiet)
    client = open_site(public)
    for path in PAGES:
        if not path.startswith("/paper/") and path != "/searches/lonely":
            page = client.get(path).text
            assert ("Not up to date." in page) == bool(said), path
            assert said in text_of(page)


def test_a_weekly_search_is_not_late_after_three_days(maker: Maker, open_site: Callable[..., Client]) -> None:
    maker.search("s", every="week")
    maker.search_run(maker.run(day(21)), "s")
    publish(maker.path, maker.path.parent / "public", settings={}, now=NOW, say=quiet)
    client = open_site(maker.path.parent / "public")
    assert "Not up to date." not in client.get("/").text
    assert "Nothing is missing." in client.get("/status").text


def test_status_when_all_was_well_but_long_ago_and_when_nothing_ever_ran(
    maker: Maker, open_site: Callable[..., Client]
) -> None:
    public = maker.path.parent / "public"
    publish(maker.path, public, settings={}, now=NOW, say=quiet)
    client = open_site(public)
    assert "There has been no run yet." in client.get("/status").text
    assert "There has been no run yet." in client.get("/").text
    complete(maker, day(20))
    publish(maker.path, public, settings={}, now=NOW, say=quiet)
    assert "Nothing has been searched since 20 November 2026" in client.get("/status").text  # seen without a restart


def test_every_page_says_when_it_is_a_demo_datasettes_too(
    tmp_path: Path, open_site: Callable[..., Client], site: Client
) -> None:
    maker = fill(Maker(tmp_path / "tracker.db", prefix="DEMO"))
    maker.db.close()
    publish(tmp_path / "tracker.db", tmp_path / "public", settings={}, now=NOW, say=quiet)
    demo = open_site(tmp_path / "public")
    for path in (
        *(path.replace("LSI", "DEMO") for path in PAGES),
        "/nothing",
        "/paper/DEMO-000008",
        "/public",
        "/public/works",
        "/public/works/1",
        "/public?sql=select+1",
    ):
        assert "Demonstration." in demo.get(path, follow_redirects=True).text, path
    for path in (*PAGES, "/public", "/public/works"):
        assert "Demonstration." not in site.get(path).text, path


def test_pages_lead_nowhere_else_and_have_no_script(site: Client) -> None:
    """Own pages: no script, no style attribute, no address of another host but links of papers and licences."""
    allowed = (
        "https://pubmed.ncbi.nlm.nih.gov/",
        "https://doi.org/10.",
        "https://pmc.ncbi.nlm.nih.gov/articles/PMC",
        "https://europepmc.org/",
        "https://osf.io/preprints/psyarxiv",
        "https://datasette.io/",
    )
    for path in PAGES:
        page = site.get(path).text
        assert set(re.findall(r"<script[^>]*>", page)) <= {'<script type="application/ld+json">'}, path  # data
        assert not re.search(r"\sstyle=|\son[a-z]+=", page), path
        for address in re.findall(r'(?:href|src|action)="([^"]+)"', page):
            assert address.startswith(("/", "#", *allowed)), (path, address)
        assert not re.search(r"<(?:link|img|use|iframe)[^>]+https?:", page), path


class Structure(HTMLParser):
    """Open and close tags pair, ids are unique, every label names a field."""

    VOID = frozenset({"meta", "link", "input", "br", "img", "line", "rect", "path", "circle", "hr"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.labelled: list[str] = []
        self.headings: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        assert len(told) == len(attrs), "an attribute twice"
        if told.get("id"):
            self.ids.append(str(told["id"]))
        for name in ("for", "aria-labelledby"):
            if told.get(name):
                self.labelled.append(str(told[name]))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in self.VOID and tag != "rect":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            raise AssertionError(f"<{tag}/> closes nothing in HTML")

    def handle_endtag(self, tag: str) -> None:
        if tag == "rect":
            return
        assert self.open.pop() == tag, tag


@pytest.mark.parametrize("path", [*PAGES, "/nothing", "/paper/LSI-000008"])
def test_pages_are_well_formed(site: Client, path: str) -> None:
    page = site.get(path).text
    found = Structure()
    found.feed(page)
    assert found.open == []
    assert len(found.ids) == len(set(found.ids)), found.ids
    assert {name for said in found.labelled for name in said.split()} <= set(found.ids)
    assert found.headings.count(1) == 1
    assert all(b <= a + 1 for a, b in zip(found.headings, found.headings[1:], strict=False)), found.headings
    assert '<html lang="en">' in page


def test_titles_keep_their_markup_and_languages_are_named(site: Client) -> None:
    page = site.get("/paper/LSI-000006").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; <i>friends</i>" in page
    assert "German" in text_of(page)
    assert 'href="https://pmc.ncbi.nlm.nih.gov/articles/PMC990006/"' in page


def test_datasettes_tables_stay_reachable_and_its_inner_pages_do_not(site: Client) -> None:
    assert site.get("/public").status_code == 200
    assert site.get("/public/works").status_code == 200
    rows = site.get("/public/works.json?_shape=objects&_size=3").json()["rows"]
    assert rows[0]["key"] == "LSI-000001"
    assert site.get("/public/publications/1.json").status_code == 200
    for path in (
        "/-/databases",
        "/-/databases.json",
        "/-/metadata.json",
        "/-/plugins",
        "/-/settings",
        "/-/threads",
        "/-/messages",
        "/-/permissions",
        "/-/allow-debug",
        "/-/patterns",
        "/-/auth-token",
        "/-/logout",
        "/_memory",
        "/_internal",
        "/public.db",
        "/search.db",
        "/search",
        "/.json",
        "/:memory:",
        "/publicx",
        "/~70ublic",
    ):
        assert site.get(path).status_code in (403, 404), path


def test_the_index_of_words_is_out_of_datasettes_reach(site: Client) -> None:
    for sql in ("select * from words", "select * from search.words", "attach 'search.db' as s"):
        assert site.get(f"/public.json?sql={sql}", follow_redirects=True).status_code >= 400
    names = site.get("/public.json").text
    assert "words" not in json.dumps([table["name"] for table in json.loads(names)["tables"]])


def test_a_publication_is_seen_without_a_restart(tmp_path: Path, open_site: Callable[..., Client]) -> None:
    maker = fill(Maker(tmp_path / "tracker.db"))
    publish(tmp_path / "tracker.db", tmp_path / "public", settings={}, now=NOW, say=quiet)
    client = open_site(tmp_path / "public")
    assert "7 papers" in read(client, "/papers")
    maker.simple(50, "lonely", since=day(24))
    publish(tmp_path / "tracker.db", tmp_path / "public", settings={}, now=NOW + timedelta(hours=1), say=quiet)
    assert "8 papers" in read(client, "/papers")
    assert client.get("/public/works.json?_shape=objects&id=11").json()["rows"][0]["key"] == "LSI-000011"
    maker.db.close()


def test_nothing_published_yet_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="run 'tracker publish' first"):
        PublicReader(tmp_path)
    with pytest.raises(UsageError, match="run 'tracker publish' first"):
        serve.check(tmp_path, "127.0.0.1", 0)


def test_texts_of_metadata_are_shown_and_wrong_addresses_are_not_links(
    filled: Path, open_site: Callable[..., Client]
) -> None:
    told: dict[str, Any] = {**METADATA, "license": "CC0 <b>", "license_url": "javascript:alert(1)", "title": "<T>"}
    client = open_site(filled, told)
    page = client.get("/about").text
    assert "javascript:" not in page
    assert "CC0 &lt;b&gt;" in page
    other = open_site(filled, {})
    assert "Evidence tracker" in other.get("/about").text
    fine = open_site(filled, {**METADATA, "license_url": "https://creativecommons.org/publicdomain/zero/1.0/"})
    assert 'href="https://creativecommons.org/publicdomain/zero/1.0/"' in fine.get("/about").text


def test_methods_say_what_share_of_abstracts_is_shown(
    site: Client, maker: Maker, open_site: Callable[..., Client]
) -> None:
    assert "Of 8 abstracts, 7 (88 %) are shown." in read(site, "/methods")
    public = maker.path.parent / "public"
    settings = {"public_abstracts": "all", "public_abstracts_by": "A. Person", "public_abstracts_on": "2026-11-24"}
    publish(maker.path, public, settings=settings, now=NOW, say=quiet)
    client = open_site(public)
    assert "by decision of A. Person on 24 November 2026" in read(client, "/methods")
    publish(maker.path, public, settings={"public_abstracts": "none"}, now=NOW, say=quiet)
    assert "No abstract is shown." in read(client, "/methods")


def test_datasette_pages_of_strangers_are_left_alone(filled: Path) -> None:
    """Our plugin does nothing in a Datasette that is not our site."""
    import asyncio

    from datasette.app import Datasette

    other = Datasette([str(filled / "public.db")])
    assert "content-security-policy" not in asyncio.run(other.client.get("/")).headers
    assert asyncio.run(other.client.get("/papers")).status_code == 404
    for database in other.databases.values():
        database.close()
    other.executor.shutdown()


def test_small_pages(site: Client) -> None:
    robots = site.get("/robots.txt")
    assert "Disallow: /public" in robots.text
    css = site.get(re.search(r'href="(/assets/site\.css\?\w+)"', site.get("/").text)[1])  # type: ignore[index]
    assert css.headers["content-type"].startswith("text/css")
    assert "immutable" in css.headers["cache-control"]
    assert site.get("/assets/nothing.css").status_code == 404
    assert site.get("/favicon.ico").headers["content-type"] == "image/svg+xml"


def test_connections_are_closed(filled: Path) -> None:
    client = Client(serve.build(filled, METADATA, clock=lambda: NOW))
    assert client.get("/").status_code == 200
    client.close()
    for db in serve.plugin.site_of(client.datasette).reader._open:  # type: ignore[union-attr]
        with pytest.raises(sqlite3.ProgrammingError):
            db.execute("select 1")
