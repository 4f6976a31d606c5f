"""The page of a work as programs and readers use it: meta tags, JSON-LD, Link header, citing, relations, mistakes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from making import METADATA, NOW, Client, Maker, day, quiet, record

from tracker.model import Author, PartialDate, Section
from tracker.publish import publish
from tracker.site.mistakes import report_link
from tracker.site.relations import relation


class Head(HTMLParser):
    """Meta tags, in order, and what stands in the JSON-LD script, as a browser sees them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.meta: list[tuple[str, str]] = []
        self.data = ""
        self._in_script = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "meta" and told.get("name"):
            self.meta.append((told["name"] or "", told["content"] or ""))
        self._in_script = tag == "script"

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        self.data += data if self._in_script else ""

    def all(self, name: str) -> list[str]:
        return [content for key, content in self.meta if key == name]


def head(site: Any, number: int) -> Head:
    return Head(site.get(f"/paper/LSI-{number:06}").text)


Opened = Callable[..., Client]


def opened(maker: Maker, open_site: Opened, settings: dict[str, Any] | None = None) -> Client:
    maker.db.close()
    told: dict[str, Any] = {**METADATA, "plugins": {"tracker": settings or {}}}
    folder = maker.path.parent / "public"
    publish(maker.path, folder, settings=settings or {}, now=NOW, say=quiet)
    return open_site(folder, told)


@pytest.fixture
def full(maker: Maker, open_site: Opened) -> Client:
    """One article and one preprint of which everything is known."""
    maker.run(day(1))
    maker.search("lonely")
    everything: dict[str, Any] = {
        "authors": (Author("Çelik", "Özgür"), Author(group="COVID, Mood & <Loneliness> Group")),
        "date": PartialDate("2026-03-05"), "journal_abbrev": "J Invent Res", "volume": "12", "issue": "3",
        "pages": "e123-e130", "issn_linking": "9999-0164", "pmcid": "PMC990001",
        "abstract": (Section("a < b", "AIM"), Section("</script> & more", "RESULTS")),
    }  # fmt: skip
    maker.simple(1, "lonely", **everything)
    preprint = {**everything, "journal": "medRxiv : the preprint server for health sciences", "pages": "", "volume": ""}
    maker.simple(2, "lonely", **preprint, publication_types=(("D000076942", "Preprint"),))
    return opened(maker, open_site)


def test_an_article_has_all_highwire_tags(full: Client) -> None:
    told = head(full, 1)
    assert told.all("citation_title") == ["Loneliness and mood in a cohort of adults, part 1"]
    assert told.all("citation_author") == ["Çelik, Özgür", "COVID, Mood & <Loneliness> Group"]
    single = {
        "citation_publication_date": "2026/03/05", "citation_journal_title": "Journal of Invented Results",
        "citation_journal_abbrev": "J Invent Res", "citation_volume": "12", "citation_issue": "3",
        "citation_firstpage": "e123", "citation_lastpage": "e130", "citation_issn": "9999-0164",
        "citation_doi": "10.5555/lsi.1", "citation_pmid": "990000001", "citation_language": "en",
        "citation_abstract": "AIM: a < b RESULTS: </script> & more", "citation_public_url": "https://doi.org/10.5555/lsi.1",
    }  # fmt: skip
    assert {name: content for name, content in told.meta if name in single} == single
    assert told.all("z:itemType") == []


def test_a_preprint_has_its_server_as_publisher_no_journal_and_zoteros_type(full: Client) -> None:
    told = head(full, 2)
    assert told.all("citation_publisher") == ["medRxiv"]
    assert told.all("z:itemType") == ["preprint"]
    names = {name for name, _ in told.meta}
    assert not names & {"citation_journal_title", "citation_journal_abbrev", "citation_issn"}


@pytest.mark.parametrize(("said", "told"), [("2026-10", "2026/10"), ("2026", "2026"), ("", None)])
def test_a_date_is_as_precise_as_it_is_known(maker: Maker, open_site: Opened, said: str, told: str | None) -> None:
    maker.run(day(1))
    maker.search("lonely")
    maker.simple(1, "lonely", date=PartialDate(said))
    assert head(opened(maker, open_site), 1).all("citation_publication_date") == ([told] if told else [])


def test_json_ld_tells_search_engines_the_same(full: Client) -> None:
    told = head(full, 1)
    assert not set(told.data) & set("<>&\u2028\u2029")
    said = json.loads(told.data)
    assert (said["@context"], said["@type"]) == ("https://schema.org", "ScholarlyArticle")
    assert said["@id"] == said["url"] == "http://localhost/paper/LSI-000001"
    assert said["author"] == [
        {"@type": "Person", "name": "Özgür Çelik", "givenName": "Özgür", "familyName": "Çelik"},
        {"@type": "Organization", "name": "COVID, Mood & <Loneliness> Group"},
    ]
    assert said["datePublished"] == "2026-03-05"
    assert {item["propertyID"]: item["value"] for item in said["identifier"]} == {
        "doi": "10.5555/lsi.1", "pmid": "990000001", "pmcid": "PMC990001",
    }  # fmt: skip
    assert said["sameAs"][0] == "https://doi.org/10.5555/lsi.1"
    issue = said["isPartOf"]
    assert (issue["@type"], issue["issueNumber"]) == ("PublicationIssue", "3")
    assert issue["isPartOf"]["volumeNumber"] == "12"
    journal = {"@type": "Periodical", "name": "Journal of Invented Results", "issn": "9999-0164"}
    assert issue["isPartOf"]["isPartOf"] == journal
    assert said["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert said["abstract"].startswith("AIM: a < b")
    assert "creativeWorkStatus" not in said


def test_json_ld_says_what_became_of_a_paper(site: Any, full: Client) -> None:
    assert json.loads(head(site, 4).data)["creativeWorkStatus"] == "Retracted"
    preprint = json.loads(head(full, 2).data)
    assert preprint["creativeWorkStatus"] == "Preprint"
    assert preprint["publisher"]["name"] == "medRxiv"
    assert "isPartOf" not in preprint


def links(header: str) -> list[tuple[str, str, str]]:
    """(relation, address, type) of a Link header."""
    found = re.findall(r'<([^<>]+)>; rel="([^"]+)"(?:; type="([^"]+)")?', header)
    return [(relation, address, kind) for address, relation, kind in found]


def test_signposting_leads_from_the_page_to_doi_data_and_licence(full: Client) -> None:
    told = links(full.get("/paper/LSI-000001").headers["link"])
    here = "http://localhost/paper/LSI-000001"
    assert ("cite-as", "https://doi.org/10.5555/lsi.1", "") in told
    assert [address for name, address, _ in told if name == "type"] == [
        "https://schema.org/ScholarlyArticle", "https://schema.org/AboutPage",
    ]  # fmt: skip
    assert {kind: address for name, address, kind in told if name == "describedby"} == {
        "application/x-research-info-systems": f"{here}.ris",
        "application/x-bibtex": f"{here}.bib",
        "application/vnd.citationstyles.csl+json": f"{here}.csl.json",
        "application/json": f"{here}.json",
    }
    assert ("license", "https://creativecommons.org/licenses/by/4.0/", "") in told
    assert links(full.get("/paper/LSI-000001.json").headers["link"]) == [("describes", here, "text/html")]
    assert full.get("/paper/LSI-000001", method="HEAD").headers["link"]


@pytest.mark.parametrize(
    "doi", ['10.5555/a>; rel="x"', "10.5555/a\r\nSet-Cookie: x", "10.5555/é,<b>", "10.5555/%0d%0aX: y"]
)
def test_no_doi_begins_another_header_or_another_link(maker: Maker, open_site: Opened, doi: str) -> None:
    maker.run(day(1))
    maker.search("lonely")
    maker.simple(1, "lonely", doi=doi)
    answer = opened(maker, open_site).get("/paper/LSI-000001")
    assert answer.status_code == 200
    assert not {"set-cookie", "x"} & set(answer.headers)
    assert {name for name, _, _ in links(answer.headers["link"])} <= {"cite-as", "type", "describedby", "license"}


def test_absolute_addresses_are_those_of_the_setting(maker: Maker, open_site: Opened) -> None:
    maker.run(day(1))
    maker.search("lonely")
    maker.simple(1, "lonely")
    client = opened(maker, open_site, {"url": "https://evidence.example/"})
    assert "https://evidence.example/paper/LSI-000001.ris" in client.get("/paper/LSI-000001").headers["link"]
    page = client.get("/paper/LSI-000001", headers={"Host": "evil.example"}).text
    assert "<code>https://evidence.example/paper/LSI-000001</code>" in page
    assert "evil.example" not in page


def test_every_way_to_take_a_paper_away_is_a_link(site: Any) -> None:
    page = site.get("/paper/LSI-000001").text
    for suffix in (".ris", ".bib", ".csl.json", ".csv", ".json"):
        assert f'<a href="/paper/LSI-000001{suffix}">' in page
    assert "J Invent Res" in page or "Journal of Invented Results. 2026" in page


# --- related works ----------------------------------------------------------------------------------------------


def linked(maker: Maker, rule: str, evidence: str, **other: Any) -> None:
    """Works 1 and 2, held to be related."""
    maker.run(day(1))
    maker.search("lonely")
    first = record(1, date=PartialDate("2024-05"))
    second = record(2, **{"date": PartialDate("2025-02"), "title": "The other one", **other})
    a, b = maker.record(first), maker.record(second)
    maker.match("lonely", first)
    maker.match("lonely", second)
    maker.work(a)
    maker.work(b)
    maker.verdict(a, b, "related", rule=rule, evidence=evidence)


def related(page: str) -> tuple[str, str]:
    """(relation, key) as the page of a work has it."""
    found = re.search(r'<li><b>([^<]+):</b> <a href="/paper/([^"]+)">', page)
    assert found
    return found[1], found[2]


NOTICE = (("D016425", "Published Erratum"),)


@pytest.mark.parametrize(
    ("rule", "evidence", "types", "from_first", "from_second"),
    [
        ("stated link", "pubmed states it: ErratumFor", NOTICE, "Correction of this paper",
         "The paper that it corrects"),
        ("stated link", "pubmed states it: RetractionIn", (("D016440", "Retraction of Publication"),),
         "Retraction notice of this paper", "The paper that it retracts"),
        ("stated link", "pubmed states it: CommentIn", (("D016420", "Comment"),), "Comment on this paper",
         "The paper on which it comments"),
        ("Cochrane update", "1 year apart", (), "Update of this paper", "The paper that it updates"),
        ("parts", "title 0.97", (), "Another part of the same work", "Another part of the same work"),
        ("said by a person", "they wrote so", (), "Related paper", "Related paper"),
    ],
)  # fmt: skip
def test_related_works_are_linked_both_ways_with_what_they_are(
    maker: Maker, open_site: Opened, rule: str, evidence: str, types: Any, from_first: str, from_second: str
) -> None:
    linked(maker, rule, evidence, **({"publication_types": types} if types else {}))
    client = opened(maker, open_site)
    assert related(client.get("/paper/LSI-000001").text) == (from_first, "LSI-000002")
    assert related(client.get("/paper/LSI-000002").text) == (from_second, "LSI-000001")
    assert client.get("/paper/LSI-000001.json").json()["related"][0]["relation"] == from_first


def test_the_earlier_of_two_may_be_the_notice_by_its_date(maker: Maker, open_site: Opened) -> None:
    """A notice is about a paper even where its date is the earlier one."""
    linked(maker, "stated link", "pubmed states it: ErratumFor", publication_types=NOTICE, date=PartialDate("2023"))
    assert related(opened(maker, open_site).get("/paper/LSI-000001").text)[0] == "Correction of this paper"


@pytest.mark.parametrize(
    ("rule", "here", "other", "said"),
    [
        ("protocol", "article", "protocol", "Protocol of this study"),
        ("protocol", "protocol", "article", "Results of what this protocol planned"),
        ("preprint and congress abstract", "article", "preprint", "Preprint of the same study"),
        ("preprint and congress abstract", "preprint", "article", "Congress abstract of the same study"),
        ("notice: reply", "letter", "letter", "Reply to this paper"),
    ],
)
def test_what_a_work_is_decides_before_its_date(rule: str, here: str, other: str, said: str) -> None:
    one = {"id": 1, "type": here, "sort_date": "2024"}
    two = {"id": 2, "type": other, "sort_date": "2025"}
    assert relation(rule, "", one, two) == said


def test_a_work_is_related_once_and_a_hidden_one_not_at_all(maker: Maker, open_site: Opened) -> None:
    linked(maker, "parts", "title 0.97")
    maker.verdict(1, 2, "related", rule="stated link", evidence="pubmed states it: UpdateIn", made=day(5))
    client = opened(maker, open_site)
    page = client.get("/paper/LSI-000001").text
    assert page.count('<a href="/paper/LSI-000002">') == 1
    assert related(page)[0] == "Update of this paper"
    assert "Linked to another paper: Update of this paper" in page  # in the timeline: it came later


def test_a_tombstone_is_not_told_of_as_related(maker: Maker, open_site: Opened) -> None:
    linked(maker, "parts", "title 0.97")
    maker.db.execute("update work set hidden = ?, hidden_reason = 'asked' where id = 2", (day(3),))
    client = opened(maker, open_site)
    page = client.get("/paper/LSI-000001").text
    assert "Related papers" not in page
    assert "LSI-000002" not in page
    assert client.get("/paper/LSI-000001.json").json()["related"] == []


# --- report a mistake -------------------------------------------------------------------------------------------


def report(maker: Maker, open_site: Opened, contact: str) -> str:
    maker.run(day(1))
    maker.search("lonely")
    maker.simple(1, "lonely", title="Mood & <loneliness>?")
    return opened(maker, open_site, {"contact": contact}).get("/paper/LSI-000001").text


def test_a_mistake_is_reported_by_mail_with_key_and_title_filled_in(maker: Maker, open_site: Opened) -> None:
    page = report(maker, open_site, "evidence+net@network.example")
    assert 'href="mailto:evidence%2Bnet@network.example?subject=Mistake%20in%20LSI-000001%3A%20Mood%20%26%20%3C' in page
    assert "%0D%0A" in page


def test_a_mistake_is_reported_in_a_form(maker: Maker, open_site: Opened) -> None:
    page = report(maker, open_site, "https://code.example/net/issues/new?labels=data#top")
    assert 'href="https://code.example/net/issues/new?labels=data&amp;title=Mistake%20in%20LSI-000001' in page


@pytest.mark.parametrize(
    "contact", ["", "javascript:alert(1)", "a@b", "a@b.example?bcc=x@y.example", "ask at the desk"]
)
def test_without_a_contact_the_page_says_whom_to_ask(maker: Maker, open_site: Opened, contact: str) -> None:
    page = report(maker, open_site, contact)
    assert "A mistake in this record?" in page
    assert "mailto:" not in page
    assert "javascript:" not in page


def test_no_title_adds_to_the_message(full: Client) -> None:
    from test_mods import ARTICLE

    link = report_link("a@b.example", replace(ARTICLE, title="x&bcc=y@z.example\r\nBcc: q"))
    assert link.count("&") == 1
    assert "\r" not in link
    assert "@" not in link.partition("?")[2]


def test_files_of_the_site_name_no_mail_address_but_the_contact(
    maker: Maker, open_site: Opened, tmp_path: Path
) -> None:
    page = report(maker, open_site, "evidence@network.example")
    assert set(re.findall(r"[\w.+-]+@[\w.-]+", page)) == {"evidence@network.example"}


def test_a_retracted_paper_leaves_the_page_as_one_in_every_title(site: Any) -> None:
    title = "RETRACTED: Strong claims about company"
    assert head(site, 4).all("citation_title") == [title]
    page = site.get("/paper/LSI-000004").text
    assert f"<title>{title} ·" in page
    assert '<span class="state">RETRACTED:</span> Strong claims about company</h1>' in page
    assert site.get("/paper/LSI-000004.csl.json").json()[0]["title"] == title
    for name in ("ris", "bib", "csv"):
        assert title in site.get(f"/paper/LSI-000004.{name}").text.replace("{", "").replace("}", ""), name
    assert title in site.get("/unapi?id=LSI-000004&format=mods").text


def test_events_are_told_in_json_too(site: Any) -> None:
    found = site.get("/paper/LSI-000004.json").json()
    assert [event["kind"] for event in found["events"]] == ["published", "retracted"]
    assert found["state"] == "retracted"
