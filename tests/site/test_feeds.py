"""Feeds: valid for every judge, complete through their archives, with ids for ever, and not sent twice."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import feed_judges
import feedparser
import pytest
from feed_judges import ATOM, DC, FH
from makers import insert
from making import METADATA, NOW, Client, Maker, day, fill, quiet, record

from tracker.model import Event
from tracker.publish import publish
from tracker.site.pages import feeds as pages

NAMES = ("all", "changes", "resources", "lonely", "covid")
KINDS = {"atom": "application/atom+xml", "rss": "application/rss+xml", "json": "application/feed+json"}
PRISM = "{http://prismstandard.org/namespaces/basic/2.0/}"
BIG_DAY = 1500


def issue(maker: Maker) -> Path:
    """Publish what the maker holds; the public folder."""
    folder = maker.path.parent / "public"
    publish(maker.path, folder, settings={}, now=NOW, say=quiet)
    return folder


def ask(folder: Path, sql: str) -> list[Any]:
    db = sqlite3.connect(folder / "public.db")
    try:
        return [row[0] if len(row) == 1 else row for row in db.execute(sql)]
    finally:
        db.close()


def document(client: Client, url: str) -> ElementTree.Element:
    """An Atom document, judged."""
    answer = client.get(url)
    assert answer.status_code == 200, url
    return feed_judges.atom(answer.content)


def keys(root: ElementTree.Element) -> list[str]:
    return [(entry.findtext(f"{ATOM}id") or "").split("/", 1)[1] for entry in root.findall(f"{ATOM}entry")]


def link(root: ElementTree.Element, relation: str) -> str:
    """The path of a link of the document, '' if there is none."""
    found = root.find(f"{ATOM}link[@rel='{relation}']")
    parts = urlsplit("" if found is None else found.get("href", ""))
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def archives(client: Client, name: str) -> Iterator[ElementTree.Element]:
    """The archives of a feed, newest first, as RFC 5005, 4 has a reader find them."""
    path = link(document(client, f"/feeds/{name}.atom"), "prev-archive")
    while path:
        root = document(client, path)
        yield root
        path = link(root, "prev-archive")


def entry(root: ElementTree.Element, key: str) -> ElementTree.Element:
    [found] = [e for e in root.findall(f"{ATOM}entry") if (e.findtext(f"{ATOM}id") or "").endswith(f"work/{key}")]
    return found


# --- complete ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A baseline, some papers in two months, a day of 1,500, a burst that nobody has checked."""
    maker = Maker(tmp_path_factory.mktemp("busy") / "tracker.db")
    maker.run(day(1))
    for slug in ("one", "two"):
        maker.search(slug)
    maker.db.execute("begin")
    for number in range(1, 6):
        maker.simple(number, "one", since="2026-08-01T06:00:00Z", why="baseline")
    for number in range(10, 25):
        maker.simple(number, "one", since=f"2026-09-{number:02}T06:00:00Z")
    for number in range(100, 100 + BIG_DAY):
        maker.simple(number, "two" if number % 3 else "one", since="2026-11-20T06:00:00Z")
    held = record(9000)
    key = maker.record(held)
    maker.match("one", held, since="2026-11-21T06:00:00Z", held=1)
    maker.work(key)
    maker.db.execute("commit")
    maker.db.close()
    return issue(maker)


@pytest.mark.parametrize("name", ["all", "one", "two"])
def test_the_archives_hold_every_paper_that_is_news_exactly_once(
    busy: Path, open_site: Callable[..., Client], name: str
) -> None:
    """A day of 1,500 papers loses none, whichever feed is followed; the past and unchecked bursts are in none."""
    client, found = open_site(busy), []
    for root in archives(client, name):
        assert root.find(f"{FH}archive") is not None
        assert link(root, "current") == f"/feeds/{name}.atom"
        found += keys(root)
    in_search = f"where search_id = (select id from searches where slug = '{name}') and work_searches.news = 1"
    table = "works where news <> ''" if name == "all" else f"works join work_searches on work_id = id {in_search}"
    assert sorted(found) == sorted(ask(busy, f"select key from {table}"))
    assert len(found) >= BIG_DAY / 3


def test_the_newest_entries_are_those_that_came_last(busy: Path, open_site: Callable[..., Client]) -> None:
    root = document(open_site(busy), "/feeds/all.atom")
    newest = ask(busy, f"select key from works where news <> '' order by news desc, id desc limit {pages.NEWEST}")
    assert keys(root) == newest
    assert root.find(f"{FH}archive") is None


def test_archives_are_linked_both_ways_and_end(busy: Path, open_site: Callable[..., Client]) -> None:
    client = open_site(busy)
    newer, older = list(archives(client, "all"))
    assert link(newer, "next-archive") == ""
    assert link(older, "prev-archive") == ""
    assert link(older, "next-archive") == "/feeds/all/2026-11.atom"
    assert keys(document(client, "/feeds/all/2026-11.atom")) == keys(newer)
    for root in (newer, older):
        months = {(item.text or "")[:7] for item in root.findall(f"{ATOM}entry/{ATOM}published")}
        assert len(months) == 1


def test_json_and_rss_lead_through_the_same_months(busy: Path, open_site: Callable[..., Client]) -> None:
    client, found = open_site(busy), []
    url = "/feeds/all.json"
    while url:
        told = feed_judges.json_feed(client.get(url).content)
        if url != "/feeds/all.json":
            found += [item["id"] for item in told["items"]]  # type: ignore[attr-defined]
        url = str(told.get("next_url", "")).removeprefix("http://localhost")
    assert len(found) == len(set(found)) == BIG_DAY + 15
    rss = feed_judges.rss(client.get("/feeds/all/2026-09.rss").content)
    assert len(rss.findall("channel/item")) == 15
    assert rss.find(f"channel/{ATOM}link[@rel='current']") is not None


def test_an_archive_that_was_read_never_grows_and_a_reader_is_led_to_the_new_one(
    maker: Maker, open_site: Callable[..., Client]
) -> None:
    """RFC 5005, 4: readers do not fetch an archive twice, so the running month has another address when it grows."""
    maker.run(day(1))
    maker.search("lonely")
    for number in (1, 2):
        maker.simple(number, "lonely", since=day(19 + number))
    client = open_site(issue(maker))
    before = link(document(client, "/feeds/all.atom"), "prev-archive")
    held = keys(document(client, before))
    maker.run(day(23))
    maker.simple(3, "lonely", since=day(23))
    issue(maker)
    after = link(document(client, "/feeds/all.atom"), "prev-archive")
    assert after != before
    assert keys(document(client, before)) == held == ["LSI-000002", "LSI-000001"]
    assert keys(document(client, after)) == ["LSI-000003", *held]
    for odd in ("first=x", "first=0", "first=-1", "first=99999999999999999999", "first=", "first=%C2%B2"):
        assert keys(document(client, f"/feeds/all/2026-11.atom?{odd}")) == ["LSI-000003", *held]


# --- valid for every judge ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_feed_is_valid_in_every_format(site: Client, filled: Path, name: str) -> None:
    """feedparser, an XML parser, the rules of the W3C validator, and the schema of JSON Feed."""
    answers = {form: site.get(f"/feeds/{name}.{form}") for form in KINDS}
    atom, rss = feed_judges.atom(answers["atom"].content), feed_judges.rss(answers["rss"].content)
    told = feed_judges.json_feed(answers["json"].content)
    ids = [item["id"] for item in told["items"]]  # type: ignore[attr-defined]
    assert ids == [item.text for item in atom.findall(f"{ATOM}entry/{ATOM}id")]
    assert ids == [item.text for item in rss.findall("channel/item/guid")]
    for form, version in (("atom", "atom10"), ("rss", "rss20")):
        found = feedparser.parse(answers[form].content, response_headers=dict(answers[form].headers))
        assert (found.bozo, found.version) == (False, version)
        assert [item.id for item in found.entries] == ids
    found = feedparser.parse(answers["atom"].content)
    changed = dict(ask(filled, "select key, changed from works"))
    for item in found.entries if name != "changes" else ():
        assert item.updated == max(changed[item.id.split("/")[1]], item.published)
    assert all(item.title == said["title"] for item, said in zip(found.entries, told["items"], strict=True))  # type: ignore[call-overload]


def test_a_feed_without_entries_is_valid_and_always_the_same(maker: Maker, open_site: Callable[..., Client]) -> None:
    maker.run(day(1))
    maker.search("lonely")
    client = open_site(issue(maker))
    for name in ("all", "lonely", "changes", "resources"):
        root = document(client, f"/feeds/{name}.atom")
        assert root.findtext(f"{ATOM}updated") == "2026-11-24T12:00:00Z"  # when it was published
        assert link(root, "prev-archive") == ""
        feed_judges.rss(client.get(f"/feeds/{name}.rss").content)
        assert feed_judges.json_feed(client.get(f"/feeds/{name}.json").content)["items"] == []


def test_a_tracker_without_a_run_has_valid_feeds(maker: Maker, open_site: Callable[..., Client]) -> None:
    root = document(open_site(issue(maker)), "/feeds/all.atom")
    assert root.findtext(f"{ATOM}id") == "tag:localhost,2026:feed/all"


# --- what is told -------------------------------------------------------------------------------------------------


def test_an_entry_tells_what_the_paper_is_and_why_it_is_here(site: Client) -> None:
    found = entry(document(site, "/feeds/lonely.atom"), "LSI-000003")
    assert found.findtext(f"{ATOM}title") == "A later look at isolation"
    assert [name.text for name in found.findall(f"{ATOM}author/{ATOM}name")] == ["Vale, Ada", "Moss, Ben Tim"]
    assert link(found, "alternate") == "/paper/LSI-000003"
    assert [item.get("href") for item in found.findall(f"{ATOM}link[@rel='related']")] == [
        "https://doi.org/10.5555/art.33",
        "https://pubmed.ncbi.nlm.nih.gov/990000033/",
    ]
    assert {(item.get("scheme", "").split("/")[1], item.get("term")) for item in found.findall(f"{ATOM}category")} == {
        ("type", "article"), ("state", "published"), ("source", "pubmed"), ("source", "europepmc"),
        ("search", "lonely"), ("search", "covid"),
    }  # fmt: skip
    assert found.findtext(f"{ATOM}summary") == "AIM: We asked adults about solitude.\nRESULTS: Mood was lower."
    assert found.findtext(f"{ATOM}rights") == "CC BY 4.0"
    content = found.findtext(f"{ATOM}content") or ""
    assert "Found by: COVID-19 &lt;and&gt; isolation (1 November 2026); Loneliness and mental health (20 " in content
    assert [item.text for item in found.findall(f"{DC}identifier")] == ["doi:10.5555/art.33", "pmid:990000033"]
    assert found.findtext(f"{PRISM}doi") == "10.5555/art.33"
    assert found.findtext(f"{PRISM}publicationName") == "Journal of Invented Results"
    assert found.findtext(f"{PRISM}publicationDate") == "2026-11-02"


def test_json_tells_the_same_in_its_own_words(site: Client) -> None:
    told = json.loads(site.get("/feeds/covid.json").content)
    [found] = [item for item in told["items"] if item["id"].endswith("LSI-000006")]
    assert found["url"] == "http://localhost/paper/LSI-000006"
    assert found["external_url"] == "https://doi.org/10.5555/lsi.6"
    assert found["authors"] == [{"name": "Vale, Ada"}, {"name": "Moss, Ben Tim"}]
    assert found["_tracker"]["language"] == "ger"
    assert found["_tracker"]["searches"] == ["covid"]
    assert "Review" in found["tags"]


def test_a_search_that_finds_a_known_paper_dates_it_by_its_own_finding(site: Client) -> None:
    """A paper that another search brought long ago is new to those who follow this one."""
    found = entry(document(site, "/feeds/covid.atom"), "LSI-000009")
    assert found.findtext(f"{ATOM}published") == found.findtext(f"{ATOM}updated") == day(20)
    assert "no longer matches since 20 November 2026" in (found.findtext(f"{ATOM}content") or "")
    assert "LSI-000009" not in site.get("/feeds/all.atom").text  # it came with a first run


def test_an_abstract_that_may_not_be_shown_is_in_no_feed(site: Client) -> None:
    for name in NAMES:
        for form in KINDS:
            assert "ebrafish" not in site.get(f"/feeds/{name}.{form}").text
    found = entry(document(site, "/feeds/lonely.atom"), "LSI-000005")
    assert found.find(f"{ATOM}summary") is None
    assert "its licence is not known to allow showing it" in (found.findtext(f"{ATOM}content") or "")


def test_hidden_and_joined_works_do_not_appear(site: Client) -> None:
    """A tombstone would need a day, which is not public: a hidden work ceases to appear, and its page says why."""
    for name in NAMES:
        assert not {"LSI-000007", "LSI-000008"} & set(keys(document(site, f"/feeds/{name}.atom")))


def test_hostile_titles_stay_text(site: Client) -> None:
    title = "<script>alert(1)</script> & friends"
    assert entry(document(site, "/feeds/all.atom"), "LSI-000006").findtext(f"{ATOM}title") == title
    found = feedparser.parse(site.get("/feeds/all.rss").content)
    assert title in [item.title for item in found.entries]
    for form in ("atom", "rss"):
        assert "<script" not in site.get(f"/feeds/all.{form}").text
        assert "<and>" not in site.get(f"/feeds/covid.{form}").text
    assert all("<script" not in item["content"][0]["value"] for item in feedparser.parse(
        site.get("/feeds/all.atom").content, sanitize_html=False).entries)  # fmt: skip


def test_a_title_in_another_language_says_so(maker: Maker, open_site: Callable[..., Client]) -> None:
    maker.run(day(1))
    maker.search("lonely")
    maker.simple(1, "lonely", title="", vernacular_title="Einsamkeit", languages=("ger",))
    maker.simple(2, "lonely", title="")
    client = open_site(issue(maker))
    root = document(client, "/feeds/all.atom")
    title = entry(root, "LSI-000001").find(f"{ATOM}title")
    assert title is not None
    assert (title.text, title.get("{http://www.w3.org/XML/1998/namespace}lang")) == ("Einsamkeit", "de")
    assert entry(root, "LSI-000002").findtext(f"{ATOM}title") == "[no title]"
    assert {item["language"] for item in json.loads(client.get("/feeds/all.json").content)["items"]} == {"de", "en"}


# --- for ever -----------------------------------------------------------------------------------------------------


@pytest.fixture
def young(maker: Maker) -> Maker:
    """One paper that is news, one that came with the first run."""
    maker.run(day(1))
    maker.search("lonely")
    maker.simple(1, "lonely", since=day(20))
    maker.simple(2, "lonely", why="baseline")
    return maker


def test_a_run_that_brings_nothing_changes_no_byte_of_a_feed(young: Maker, open_site: Callable[..., Client]) -> None:
    client = open_site(issue(young))
    before = {path: client.get(path).content for path in ("/feeds/all.atom", "/feeds/all.rss", "/feeds/lonely.json")}
    young.run(day(24))
    young.record(record(3), run=2, seen=day(24))  # matched by no search
    young.db.execute("update record set refreshed = ?", (day(24),))
    issue(young)
    assert {path: client.get(path).content for path in before} == before


def test_a_retraction_is_told_in_the_entry_that_was_there(young: Maker, open_site: Callable[..., Client]) -> None:
    """Same id, same ``published``; the title says it, a category says it, ``updated`` is when it was seen."""
    client = open_site(issue(young))
    before = entry(document(client, "/feeds/lonely.atom"), "LSI-000001")
    run = young.run(day(24))
    for number in (1, 2):
        young.event(number, Event("retracted", "PMID 990000099", "pubmed", "2026-11-23"), run=run, seen=day(24))
    issue(young)
    root = document(client, "/feeds/lonely.atom")
    after = entry(root, "LSI-000001")
    assert keys(root) == ["LSI-000001"]  # the other one came with the first run
    assert after.findtext(f"{ATOM}id") == before.findtext(f"{ATOM}id")
    assert after.findtext(f"{ATOM}published") == before.findtext(f"{ATOM}published") == day(20)
    assert after.findtext(f"{ATOM}updated") == root.findtext(f"{ATOM}updated") == day(24)
    assert after.findtext(f"{ATOM}title") == f"RETRACTED: {before.findtext(f'{ATOM}title')}"
    assert after.find(f"{ATOM}category[@term='retracted']") is not None
    changes = document(client, "/feeds/changes.atom")
    assert keys(changes) == ["LSI-000002/retracted/2026-11-24", "LSI-000001/retracted/2026-11-24"]
    first = changes.find(f"{ATOM}entry")
    assert first is not None
    assert "Retracted on 23 November 2026. PubMed says so, first seen here on 24 November 2026. Notice: PMID" in (
        first.findtext(f"{ATOM}content") or ""
    )
    hrefs = [item.get("href") for item in first.findall(f"{ATOM}link[@rel='related']")]
    assert "https://pubmed.ncbi.nlm.nih.gov/990000099/" in hrefs


def test_an_old_paper_that_was_retracted_is_among_the_newest_entries_again(
    busy: Path, tmp_path: Path, open_site: Callable[..., Client]
) -> None:
    folder = tmp_path / "public"
    shutil.copytree(busy, folder)
    db = sqlite3.connect(folder / "public.db")
    db.execute("update works set changed = '2026-11-21T06:00:00Z', state = 'retracted' where key = 'LSI-000010'")
    db.commit()
    db.close()
    client = open_site(folder)
    for name in ("all", "one"):
        root = document(client, f"/feeds/{name}.atom")
        assert keys(root)[0] == "LSI-000010"
        assert len(keys(root)) == pages.NEWEST
    assert "LSI-000010" not in client.get("/feeds/two.atom").text


def test_a_title_that_says_it_already_is_not_told_twice(maker: Maker, open_site: Callable[..., Client]) -> None:
    maker.run(day(1))
    maker.search("lonely")
    maker.simple(1, "lonely", title="RETRACTED: Strong claims")
    maker.simple(2, "lonely", title="Retracted lives")
    for number in (1, 2):
        maker.event(number, Event("retracted", "", "pubmed"))
    client = open_site(issue(maker))
    titles = [item.text for item in document(client, "/feeds/all.atom").findall(f"{ATOM}entry/{ATOM}title")]
    assert sorted(titles) == ["RETRACTED: Retracted lives", "RETRACTED: Strong claims"]


def test_the_year_in_ids_is_that_of_the_first_run_for_ever(young: Maker, open_site: Callable[..., Client]) -> None:
    young.db.execute("update run set started = '2024-12-31T23:59:59Z' where id = 1")
    insert(young.db, "setting", name="authority", value="evidence.example")
    client = open_site(issue(young))
    assert "<id>tag:evidence.example,2024:work/LSI-000001</id>" in client.get("/feeds/all.atom").text
    young.run("2019-01-01T00:00:00Z")  # a clock that goes wrong
    young.run("2031-01-01T00:00:00Z")
    young.simple(5, "lonely", since="2031-01-01T00:00:00Z")
    issue(young)
    ids = [item.text or "" for item in document(client, "/feeds/all.atom").findall(f"{ATOM}entry/{ATOM}id")]
    assert len(ids) == 2
    assert all(text.startswith("tag:evidence.example,2024:work/") for text in ids)


def test_a_join_mints_no_new_id(tmp_path: Path, open_site: Callable[..., Client]) -> None:
    maker = Maker(tmp_path / "tracker.db")
    maker.run(day(1))
    maker.search("lonely")
    for number in (1, 2):
        maker.simple(number, "lonely", since=day(19 + number))
    client = open_site(issue(maker))
    before = set(keys(document(client, "/feeds/all.atom")))
    maker.run(day(24))
    maker.verdict(1, 2)
    maker.db.execute("update work set forwards = 1 where id = 2")
    maker.db.execute("update placement set work_id = 1, publication = 1 where record_id = 2")
    issue(maker)
    assert keys(document(client, "/feeds/all.atom")) == ["LSI-000001"]
    assert before == {"LSI-000001", "LSI-000002"}
    maker.db.close()


# --- headers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", KINDS)
def test_headers_of_feeds(site: Client, form: str) -> None:
    headers = site.get(f"/feeds/all.{form}").headers
    assert headers["content-type"] == f"{KINDS[form]}; charset=utf-8"
    assert re.fullmatch(r'"[0-9a-f]{32}"', headers["etag"])
    assert headers["last-modified"] == format_datetime(NOW, usegmt=True)
    assert headers["cache-control"] == "public, max-age=3600"
    assert headers["access-control-allow-origin"] == "*"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "access-control-allow-origin" not in site.get("/feeds").headers


def test_what_a_reader_holds_is_not_built_again(
    site: Client, filled: Path, open_site: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By tag and by time, for feeds, archives and OPML; by a server that has just begun it is not built even once."""
    paths = ("/feeds/all.atom", "/feeds/lonely.json", "/feeds/changes.rss", "/feeds/all/2026-11.atom", "/feeds.opml")
    tags = {path: site.get(path).headers["etag"] for path in paths}
    assert len(set(tags.values())) == len(paths)

    def fail(*_: Any) -> Any:
        raise AssertionError("the feed was built")

    monkeypatch.setattr(pages, "_feed", fail)
    monkeypatch.setattr(pages.opml, "opml", fail)
    fresh = open_site(filled)
    for path in paths:
        for said in (
            {"If-None-Match": tags[path]},
            {"If-None-Match": f'"other", W/{tags[path]}'},
            {"If-None-Match": "*"},
            {"If-Modified-Since": format_datetime(NOW, usegmt=True)},
        ):
            for answer in (fresh.get(path, headers=said), site.get(path, headers=said)):
                assert (answer.status_code, answer.content) == (304, b""), (path, said)
                assert answer.headers["etag"] == tags[path]
                assert answer.headers["cache-control"] == "public, max-age=3600"
                assert answer.headers["access-control-allow-origin"] == "*"


def test_what_a_reader_does_not_hold_is_sent(site: Client) -> None:
    for said in (
        {"If-None-Match": '"other"'},
        {"If-None-Match": '"other"', "If-Modified-Since": format_datetime(NOW, usegmt=True)},
        {"If-Modified-Since": "Mon, 23 Nov 2026 12:00:00 GMT"},
        {"If-Modified-Since": "soon"},
    ):
        assert site.get("/feeds/all.atom", headers=said).status_code == 200


def test_the_tag_changes_with_everything_a_feed_is_made_from(young: Maker, open_site: Callable[..., Client]) -> None:
    folder = issue(young)
    client, renamed = open_site(folder), open_site(folder, {**METADATA, "title": "Another name"})
    tags = [
        client.get("/feeds/all.atom").headers["etag"],
        client.get("/feeds/all.rss").headers["etag"],
        client.get("/feeds/all.atom?x=1").headers["etag"],
        client.get("/feeds/all.atom", headers={"Host": "other.example"}).headers["etag"],
        renamed.get("/feeds/all.atom").headers["etag"],
    ]
    young.run(day(24))
    issue(young)
    tags.append(client.get("/feeds/all.atom").headers["etag"])
    assert len(set(tags)) == len(tags)


@pytest.mark.parametrize(
    "path",
    ["/feeds/nothing.atom", "/feeds/all.xml", "/feeds/all/2026-10.atom", "/feeds/all/2026-13.atom", "/feeds/%00.rss",
     "/feeds/nothing/2026-11.atom", "/feeds/all/2026-11", "/feeds/lonely", "/feeds/'.json", "/feeds/LONELY.atom"],
)  # fmt: skip
def test_what_is_no_feed_is_not_found_whatever_is_held(site: Client, path: str) -> None:
    assert site.get(path).status_code == 404
    assert site.get(path, headers={"If-None-Match": "*"}).status_code == 404


# --- found by people and by programs ------------------------------------------------------------------------------


def discovered(page: str) -> list[str]:
    return re.findall(r'<link rel="alternate" type="application/atom\+xml" href="([^"]+)"', page)


@pytest.mark.parametrize(
    ("path", "own"),
    [("/", []), ("/papers", []), ("/paper/LSI-000001", []), ("/status", []), ("/feeds", []), ("/changes", []),
     ("/nothing", []), ("/searches/lonely", ["/feeds/lonely.atom"]), ("/papers?search=covid", ["/feeds/covid.atom"]),
     ("/papers?search=covid&search=lonely", []), ("/papers?search=nothing", [])],
)  # fmt: skip
def test_every_page_tells_programs_of_its_feeds(site: Client, path: str, own: list[str]) -> None:
    assert discovered(site.get(path).text) == ["/feeds/all.atom", "/feeds/changes.atom", *own]


def test_the_page_of_feeds_leads_to_all_that_work(site: Client) -> None:
    page = site.get("/feeds").text
    paths = re.findall(r'href="(/feeds[^"]*\.[a-z]+)"', page)
    assert {"/feeds/all.atom", "/feeds/changes.rss", "/feeds/lonely.json", "/feeds/covid.atom", "/feeds.opml"} <= set(
        paths
    )
    assert all(site.get(path).status_code == 200 for path in paths)
    assert "/feeds/resources" not in page  # there are none yet
    assert "COVID-19 &lt;and&gt; isolation" in page
    assert 'href="/feeds"' in site.get("/").text


def test_opml_names_the_feeds_of_all_searches_that_are_run(full_home: Maker, open_site: Callable[..., Client]) -> None:
    folder = full_home.path.parent / "public"
    publish(full_home.path, folder, settings={}, now=NOW, say=quiet, active=["lonely"])
    client = open_site(folder)
    answer = client.get("/feeds.opml")
    assert answer.headers["content-type"] == "text/x-opml; charset=utf-8"
    root = ElementTree.fromstring(answer.content)
    assert [item.get("xmlUrl") for item in root.findall("body/outline")] == [
        f"http://localhost/feeds/{name}.atom" for name in ("all", "changes", "lonely")
    ]
    assert {item.get("type") for item in root.findall("body/outline")} == {"rss"}
    assert client.get("/feeds/covid.atom").status_code == 200  # who follows it still finds what there was


@pytest.fixture
def full_home(maker: Maker) -> Maker:
    return fill(maker)


def test_resources_are_told_when_there_are_any(filled: Path, tmp_path: Path, open_site: Callable[..., Client]) -> None:
    folder = tmp_path / "public"
    shutil.copytree(filled, folder)
    db = sqlite3.connect(folder / "public.db")
    row = "insert into resources (id, title, kind, body, published, url, summary) values (?, ?, ?, ?, ?, ?, ?)"
    db.execute(row, (1, "A <b>report</b>", "report", "A Body", "2026-11", "https://body.example/r", "About & more"))
    db.execute(row, (2, "", "", "", "2026-11-02", "javascript:alert(1)", ""))
    db.execute(row, (3, "Undated", "report", "", "2025", "", ""))
    db.commit()
    db.close()
    client = open_site(folder)
    root = document(client, "/feeds/resources.atom")
    assert [item.text for item in root.findall(f"{ATOM}entry/{ATOM}title")] == ["[no title]", "A <b>report</b>"]
    assert [item.text for item in root.findall(f"{ATOM}entry/{ATOM}updated")] == [
        "2026-11-02T00:00:00Z",
        "2026-11-01T00:00:00Z",
    ]
    assert [item.get("href") for item in root.findall(f"{ATOM}entry/{ATOM}link[@rel='related']")] == [
        "https://body.example/r"
    ]
    assert "/feeds/resources.atom" in client.get("/feeds").text
    assert len(list(archives(client, "resources"))) == 1
