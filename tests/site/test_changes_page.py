"""/changes : everything that happened to papers since a day, each thing once, and no address is an error."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from making import NOW, Client, Maker, day, quiet, record

from tracker.model import Event
from tracker.publish import publish
from tracker.site.queries import changes as reading
from tracker.site.queries.reader import PublicReader

WORKS = 130


@pytest.fixture(scope="module")
def eventful(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Works to which things happened in the same seconds; several notices of some on one day."""
    maker = Maker(tmp_path_factory.mktemp("eventful") / "tracker.db")
    maker.run(day(1))
    maker.search("lonely")
    first, second = maker.run(day(20)), maker.run(day(21))
    for number in range(1, WORKS + 1):
        maker.simple(number, "lonely")
        maker.event(number, Event("preprint", "", "medrxiv"), run=first, seen=day(20))  # no news
        maker.event(number, Event("corrected", f"PMID 9{number:05}", "pubmed"), run=first, seen=day(20))
        if number % 2:
            maker.event(number, Event("corrected", f"10.5555/c.{number}", "crossref", "2026-11-19", "Erratum"),
                        run=first, seen=day(20, "07:00:00"))  # fmt: skip
        if number % 3 == 0:
            maker.event(number, Event("retracted", "", "pubmed"), run=first, seen=day(20))
        if number % 10 == 0:
            maker.event(number, Event("corrected", "Second erratum", "pubmed"), run=second, seen=day(21))
    maker.db.close()
    folder = maker.path.parent / "public"
    publish(maker.path, folder, settings={}, now=NOW, say=quiet)
    return folder


def expected(kinds: tuple[str, ...] = ("corrected", "retracted"), since: int = 20) -> set[tuple[str, str, str]]:
    found = set()
    for number in range(1, WORKS + 1):
        key = f"LSI-{number:06}"
        found |= {(key, "corrected", day(20))} if since == 20 else set()
        found |= {(key, "retracted", day(20))} if number % 3 == 0 and since == 20 else set()
        found |= {(key, "corrected", day(21))} if number % 10 == 0 else set()
    return {item for item in found if item[1] in kinds}


def pages(client: Client, url: str) -> list[tuple[str, str, str]]:
    """(work, kind, time) of all rows, page after page."""
    found = []
    while url:
        page = client.get(url).text
        found += re.findall(
            r'<time datetime="([^"]+)">[^<]+</time><br><span class="badge (\w+)">.*?<a href="/paper/([^"]+)">', page
        )
        more = re.search(r'rel="next" href="([^"]+)"', page)
        url = html.unescape(more[1]) if more else ""
    return [(key, kind, seen) for seen, kind, key in found]


@pytest.mark.parametrize(
    ("query", "kinds", "since"),
    [
        ("", ("corrected", "retracted"), 20),
        ("?kind=retracted", ("retracted",), 20),
        ("?kind=corrected&kind=retracted", ("corrected", "retracted"), 20),
        ("?kind=withdrawn", (), 20),
        ("?since=2026-11-21", ("corrected", "retracted"), 21),
        ("?since=2026-11-20&kind=corrected", ("corrected",), 20),
    ],
)
def test_every_change_is_on_exactly_one_page(
    eventful: Path, open_site: Callable[..., Client], query: str, kinds: tuple[str, ...], since: int
) -> None:
    """Newest first, however many happened in the same second; several notices on one day are one change."""
    client = open_site(eventful)
    found, wanted = pages(client, f"/changes{query}"), expected(kinds, since)
    assert len(found) == len(set(found))
    assert set(found) == wanted
    assert [seen for _, _, seen in found] == sorted((seen for _, _, seen in found), reverse=True)
    assert f"<b>{len(wanted)} change{'' if len(wanted) == 1 else 's'}</b>" in client.get(f"/changes{query}").text


def test_until_ends_with_its_day(eventful: Path, open_site: Callable[..., Client]) -> None:
    client = open_site(eventful)
    assert {seen for _, _, seen in pages(client, "/changes?until=2026-11-20")} == {day(20)}
    assert pages(client, "/changes?until=2026-11-19") == []


def test_the_feed_tells_the_same_changes(eventful: Path, open_site: Callable[..., Client]) -> None:
    text = open_site(eventful).get("/feeds/changes/2026-11.atom").text
    told = re.findall(r"<id>tag:localhost,2026:change/([^/]+)/([^/]+)/([^<]+)</id>", text)
    assert set(told) == {(key, kind, seen[:10]) for key, kind, seen in expected()}
    assert len(told) == len(expected())


def test_numbers_of_kinds_are_those_of_the_time_asked_for(eventful: Path) -> None:
    reader = PublicReader(eventful)
    assert reader.ask(reading.counts, reading.ChangesRequest()) == {
        "corrected": WORKS + WORKS // 10,
        "retracted": WORKS // 3,
    }
    assert reader.ask(reading.counts, reading.ChangesRequest(since="2026-11-21", kinds=("retracted",))) == {
        "corrected": WORKS // 10
    }
    reader.close()


def test_a_change_is_told_with_all_who_say_so(eventful: Path, open_site: Callable[..., Client]) -> None:
    page = open_site(eventful).get("/changes?kind=corrected&until=2026-11-20").text
    row = next(row for row in page.split("<tr>") if "/paper/LSI-000129" in row)
    assert "20 November 2026" in row
    assert ">19 November 2026<" in row
    assert "PubMed, crossref" in row or "PubMed, Crossref" in row
    assert '<a href="https://pubmed.ncbi.nlm.nih.gov/900129/" rel="noopener">PMID 900129</a>' in row
    assert '<a href="https://doi.org/10.5555/c.129" rel="noopener">10.5555/c.129</a>' in row
    assert "Erratum" in row
    assert "Loneliness and mood in a cohort of adults, part 129</a>" in row


def test_a_notice_told_by_its_citation_is_no_link(eventful: Path, open_site: Callable[..., Client]) -> None:
    page = open_site(eventful).get("/changes?since=2026-11-21").text
    assert "<td>Second erratum</td>" in page


def test_what_was_chosen_can_be_taken_away_and_added(eventful: Path, open_site: Callable[..., Client]) -> None:
    page = open_site(eventful).get("/changes?kind=retracted&since=2026-11-01").text
    assert re.search(r'href="/changes\?since=2026-11-01" aria-current="true">Retracted', page)
    assert 'href="/changes?since=2026-11-01&amp;kind=retracted&amp;kind=corrected">Corrected' in page
    assert 'name="kind" value="retracted"' in page
    assert 'name="since" value="2026-11-01"' in page
    assert "noindex" in page
    assert "noindex" not in open_site(eventful).get("/changes").text


def test_the_small_tracker_tells_its_retraction_and_its_published_preprint(site: Client) -> None:
    """An article that arrives for a known preprint is a further publication of the work: it is told as such."""
    assert pages(site, "/changes") == [("LSI-000004", "retracted", day(20)), ("LSI-000003", "published", day(20))]
    page = site.get("/changes").text
    assert "Retraction in: J Invent Res. 2026" in page
    assert "/feeds/changes.atom" in page
    assert 'href="/changes?' in site.get("/").text or 'href="/changes"' in site.get("/").text


def test_a_paper_is_published_once(maker: Maker, open_site: Callable[..., Client]) -> None:
    """A preprint is published once: with its link, or with its article where that comes first; never by both."""
    maker.run(day(1))
    maker.search("lonely")
    article, preprint = (record(number, title="One work") for number in (1, 2))
    for made in (article, preprint):
        maker.match("lonely", made)
    told = Event("published", "10.5555/lsi.1", "medrxiv"), Event("published", "", "pubmed")
    keys = [maker.record(made) for made in (article, preprint)]
    maker.work(*keys, publications=keys)
    maker.event(keys[0], told[1])  # the article was here first
    maker.event(keys[1], Event("preprint", "", "medrxiv"), run=maker.run(day(20)), seen=day(20))
    maker.event(keys[1], told[0], run=2, seen=day(20))
    other = [maker.record(made) for made in (record(3, title="Another"), record(4, title="Another"))]
    maker.match("lonely", record(3))
    maker.work(*other, publications=other)
    maker.event(other[0], Event("preprint", "", "medrxiv"))  # the preprint was here first
    maker.event(other[0], told[0], run=2, seen=day(20))
    maker.event(other[1], told[1], run=maker.run(day(22)), seen=day(22))
    folder = maker.path.parent / "public"
    publish(maker.path, folder, settings={}, now=NOW, say=quiet)
    client = open_site(folder)
    assert pages(client, "/changes") == [("LSI-000002", "published", day(20))]


ODD = ("since=&until=&kind=&after=", "since=yesterday", "since=2026-13-45", "until=%00", "kind=hidden", "kind=<b>",
       "after=~~", "after=x", "after=2026~1~", "after=~1~corrected", "after=2026-11-20T06:00:00Z~9999999999999999~x",
       "after=2026~%C2%B2~x", "after=%FF", "since=2026-11-20&since=x", "&&&=", "kind=retracted" + "&kind=x" * 500,
       "since='%20or%201=1", "after='; drop table works; --~1~x", "since=20261120")  # fmt: skip


@pytest.mark.parametrize("query", ODD)
def test_no_address_is_an_error(site: Client, query: str) -> None:
    answer = site.get(f"/changes?{query}")
    assert answer.status_code == 200
    assert "<b>kind" not in answer.text
    assert "What happened to papers" in answer.text


def test_a_date_that_is_none_is_told(site: Client) -> None:
    page = site.get(f"/changes?since={quote('<b>soon</b>')}").text
    assert "“&lt;b&gt;soon&lt;/b&gt;” is not a date like 2026-11-24, so “since” was not used." in page
    assert len(pages(site, "/changes?since=soon")) == 2


def test_beyond_the_last_page_and_when_nothing_happened(
    site: Client, maker: Maker, open_site: Callable[..., Client]
) -> None:
    assert "There are no more changes." in site.get("/changes?after=2000~1~x").text
    assert "Nothing of this kind happened in this time." in site.get("/changes?since=2030-01-01").text
    publish(maker.path, maker.path.parent / "public", settings={}, now=NOW, say=quiet)
    assert "Nothing of this kind happened." in open_site(maker.path.parent / "public").get("/changes").text


ATTACK = "<script>alert(1)</script>"


def test_hostile_notices_and_details_stay_text(maker: Maker, open_site: Callable[..., Client]) -> None:
    maker.run(day(1))
    maker.search("lonely")
    made = record(1, title=f"{ATTACK} title", journal=ATTACK)
    maker.match("lonely", made)
    maker.work(maker.record(made))
    run = maker.run(day(20))
    for notice in (ATTACK, "javascript:alert(1)", 'PMID 1" onclick="x', '10.5555/"><svg onload=alert(1)>'):
        maker.event(1, Event("retracted", notice, ATTACK, ATTACK, ATTACK), run=run, seen=day(20))
    publish(maker.path, maker.path.parent / "public", settings={}, now=NOW, say=quiet)
    client = open_site(maker.path.parent / "public")
    page = client.get("/changes").text
    assert "<script" not in page
    assert "<svg" not in page
    assert not re.search(r'href="(?!/|#|https://(doi\.org|pubmed\.ncbi\.nlm\.nih\.gov)/)', page)
    for form in ("atom", "rss"):
        text = client.get(f"/feeds/changes.{form}").text
        assert "<script" not in text
        assert "javascript:" not in re.sub(r"<(content|description)[^<]*", "", text)
