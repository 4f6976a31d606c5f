"""Own JSON, OpenSearch, sitemaps, robots.txt; JSON alone is open to other hosts; no withheld abstract leaves."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from making import METADATA, NOW, Client, Maker, fill, quiet

from tracker.publish import publish
from tracker.site.machines import opensearch, sitemap
from tracker.site.queries import machines as reading

API = Path(__file__).resolve().parents[2] / "docs" / "api.md"
OSD = "{http://a9.com/-/spec/opensearch/1.1/}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
Opened = Callable[..., Client]


def documented(heading: str) -> list[str]:
    """The fields of the table under a heading of docs/api.md."""
    part = re.split(r"\n#+ ", API.read_text(encoding="utf-8").split(f"{heading}\n", 1)[1])[0]
    rows = [line.split("|")[1] for line in part.splitlines() if line.startswith("| `")]
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row)]


def test_the_documented_fields_of_a_work_are_those_of_the_answer(site: Any) -> None:
    """docs/api.md is held against the answers, table by table."""
    whole = site.get("/paper/LSI-000003.json").json()
    assert list(whole) == documented("## One work: `/paper/LSI-000001.json`")
    for name in ("publications", "searches", "events", "joins"):
        assert whole[name], name
        for item in whole[name]:
            assert sorted(item) == sorted(documented(f"### `{name}`")), name
    assert sorted(whole["links"]) == ["bibtex", "csl_json", "mods", "page", "ris"]


def test_the_documented_fields_of_a_list_are_those_of_the_answer(site: Any) -> None:
    told = site.get("/papers.json").json()
    assert list(told) == documented("## A list of works: `/papers.json`")
    fields = documented("## One work: `/paper/LSI-000001.json`")
    assert all(list(work) == fields[: fields.index("abstract") + 1] for work in told["works"])


def test_the_documented_fields_of_related_works_are_those_of_the_answer(maker: Maker, open_site: Opened) -> None:
    fill(maker)
    maker.verdict(1, 2, "related", rule="parts", evidence="one of two")
    maker.db.close()
    publish(maker.path, maker.path.parent / "public", settings={}, now=NOW, say=quiet)
    related = open_site(maker.path.parent / "public").get("/paper/LSI-000001.json").json()["related"]
    assert [list(item) for item in related] == [documented("### `related`")]


def test_a_work_in_json_says_everything_that_its_page_says(site: Any) -> None:
    found = site.get("/paper/LSI-000003.json").json()
    assert [row["kind"] for row in found["publications"]] == ["article", "preprint"]
    assert found["publications"][1]["abstract"] == [{"label": "", "text": "A preprint about quarantined owls."}]
    assert found["joins"][0]["rule"] == "preprint-link"
    assert found["address"] == "http://localhost/paper/LSI-000003"
    assert site.get("/paper/LSI-000002.json").json()["older_keys"] == ["LSI-000007"]
    assert site.get("/paper/LSI-000005.json").json()["abstract"] == "withheld"


@pytest.mark.parametrize(
    ("path", "status", "location"),
    [
        ("/paper/LSI-000007.json", 301, "/paper/LSI-000002.json"),
        ("/paper/lsi-000002.json", 301, "/paper/LSI-000002.json"),
        ("/paper/LSI-000008.json", 410, None),
        ("/paper/LSI-000999.json", 404, None),
        ("/paper/nothing.json", 404, None),
    ],
)
def test_other_keys_answer_as_the_page_does_and_in_json(
    site: Any, path: str, status: int, location: str | None
) -> None:
    answer = site.get(path)
    assert (answer.status_code, answer.headers.get("location")) == (status, location)
    assert answer.headers["access-control-allow-origin"] == "*"
    if not location:
        assert answer.json()
        assert "Taken down at request" not in answer.text


def test_a_list_in_json_is_that_of_the_page_and_paging_shows_each_work_once(
    site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.site.pages.machines.LISTED", 2)
    for query in ("?sort=published", "?sort=newest", "?q=loneliness&sort=relevance", "?search=lonely"):
        address, keys = f"/papers.json{query}", []
        while address:
            told = site.get(address.removeprefix("http://localhost")).json()
            keys += [work["key"] for work in told["works"]]
            address = told["next"]
        assert len(keys) == len(set(keys)) == told["total"], query
        assert keys == re.findall(r'<h2><a href="/paper/([^"]+)"', site.get(f"/papers{query}").text), query


def test_a_list_in_json_says_how_it_was_read_and_what_could_not_be_used(site: Any) -> None:
    told = site.get("/papers.json?q=mood+-owls&since=yesterday&type=article").json()
    assert told["read_as"] == "mood NOT owls"
    assert told["notes"]
    assert told["page"] == "http://localhost/papers?q=mood+-owls&type=article"
    assert site.get("/papers.json?" + "a=b&" * 300).status_code == 200


def test_opensearch_is_valid_and_leads_to_both_lists(site: Any) -> None:
    answer = site.get("/opensearch.xml")
    assert answer.headers["content-type"].startswith("application/opensearchdescription+xml")
    root = ElementTree.fromstring(answer.text)
    assert root.tag == f"{OSD}OpenSearchDescription"
    assert 0 < len(root.findtext(f"{OSD}ShortName") or "") <= 16
    assert root.findtext(f"{OSD}Description") == "Tests."
    urls = {node.get("type"): node.get("template", "") for node in root.findall(f"{OSD}Url")}
    assert urls["text/html"] == "http://localhost/papers?q={searchTerms}"
    query = root.find(f"{OSD}Query")
    assert query is not None
    assert query.get("role") == "example"
    for kind in ("text/html", "application/json"):
        path = urls[kind].removeprefix("http://localhost").replace("{searchTerms}", query.get("searchTerms", ""))
        assert site.get(path).status_code == 200
    assert 'rel="search" type="application/opensearchdescription+xml"' in site.get("/").text


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("Evidence", "Evidence"),
        ("Loneliness, isolation and mental health", "Loneliness"),
        ("x" * 40, "x" * 16),
        ("<b>&\x00", "<b>&"),
    ],
)
def test_the_short_name_has_at_most_sixteen_characters(title: str, short: str) -> None:
    root = ElementTree.fromstring(opensearch.description(title, "", "http://localhost"))
    assert root.findtext(f"{OSD}ShortName") == short
    assert root.findtext(f"{OSD}Description")


def locations(text: str) -> dict[str, str]:
    found = {}
    for node in ElementTree.fromstring(text):
        found[node.findtext(f"{MAP}loc") or ""] = node.findtext(f"{MAP}lastmod") or ""
    return found


def test_the_sitemap_has_every_work_that_is_shown_with_its_last_change(site: Any) -> None:
    index = locations(site.get("/sitemap.xml").text)
    assert list(index) == ["http://localhost/sitemap-pages.xml", "http://localhost/sitemap-1.xml"]
    papers = locations(site.get("/sitemap-1.xml").text)
    assert {address.rpartition("/")[2] for address in papers} == {f"LSI-{n:06}" for n in (1, 2, 3, 4, 5, 6, 9)}
    changed = site.get("/paper/LSI-000004.json").json()["changed"]
    assert papers["http://localhost/paper/LSI-000004"] == changed
    assert index["http://localhost/sitemap-1.xml"] == max(papers.values())
    for path in ("/sitemap-2.xml", "/sitemap-0.xml", "/sitemap-x.xml", "/sitemap-9999999.xml"):
        assert site.get(path).status_code == 404, path


def test_every_page_of_words_in_the_sitemap_is_there(site: Any) -> None:
    for address in locations(site.get("/sitemap-pages.xml").text):
        assert site.get(address.removeprefix("http://localhost")).status_code == 200, address


def test_works_fall_into_maps_of_at_most_so_many(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """However the numbers lie, no map is longer than the standard allows, and no work is in two."""
    monkeypatch.setattr(sitemap, "MOST", 4)
    index = list(locations(site.get("/sitemap.xml").text))
    assert index[1:] == [f"http://localhost/sitemap-{number}.xml" for number in (1, 2, 3)]
    maps = [locations(site.get(address.removeprefix("http://localhost")).text) for address in index[1:]]
    assert [len(one) for one in maps] == [4, 2, 1]
    assert len({address for one in maps for address in one}) == 7


def test_the_map_is_read_by_the_primary_key(site: Any) -> None:
    from tracker.site.plugin import site_of

    found = site_of(site.datasette)
    assert found is not None
    sql = f"explain query plan select key, changed from works where {reading.IN_PART} order by id"
    plan = found.reader.ask(lambda db: [row["detail"] for row in db.execute(sql, (0, 50_000))])
    assert plan == ["SEARCH works USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"]


def may_fetch(rules: list[list[str]], path: str) -> bool:
    """RFC 9309, 2.2.2: the longest rule that fits decides."""
    return max((rule for rule in rules if path.startswith(rule[1])), key=lambda rule: len(rule[1]))[0] == "Allow"


def test_crawlers_may_read_papers_and_feeds_and_no_endless_lists(site: Any) -> None:
    answer = site.get("/robots.txt")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "Sitemap: http://localhost/sitemap.xml" in answer.text.splitlines()
    rules = [line.split(": ") for line in answer.text.splitlines() if line.startswith(("Allow", "Disallow"))]
    for path in ("/", "/papers", "/paper/LSI-000001", "/paper/LSI-000001.ris", "/feeds/all.atom", "/searches/lonely"):
        assert may_fetch(rules, path), path
    for path in ("/public", "/public/works?_facet=year", "/public.json?sql=select+1", "/papers?q=a&type=b",
                 "/papers.csv", "/papers.json?q=x", "/papers/?q=x", "/-/static/app.css"):  # fmt: skip
        assert not may_fetch(rules, path), path


def test_json_is_open_to_other_hosts_and_nothing_else_here_is(site: Any) -> None:
    for path in ("/paper/LSI-000001.json", "/papers.json", "/status.json"):
        assert site.get(path).headers["access-control-allow-origin"] == "*", path
    for path in ("/", "/papers", "/paper/LSI-000001", "/unapi?id=LSI-000001&format=mods", "/opensearch.xml",
                 "/sitemap.xml", "/sitemap-1.xml", "/robots.txt", "/public"):  # fmt: skip
        assert "access-control-allow-origin" not in site.get(path).headers, path


MACHINES = (
    "/paper/{key}", "/paper/{key}.json", "/paper/{key}.ris", "/paper/{key}.bib", "/paper/{key}.csl.json",
    "/paper/{key}.csv", "/unapi?id={key}&format=mods", "/unapi?id={key}&format=ris", "/unapi?id={key}&format=bibtex",
    "/papers.json", "/papers.json?q=zebrafish", "/sitemap-1.xml", "/opensearch.xml",
)  # fmt: skip
SECRET = ("Zebrafish", "companionship", "quarantined owls", "adults about solitude", "Mood was lower")


def test_nothing_for_machines_has_an_abstract_that_is_kept_back(maker: Maker, open_site: Opened) -> None:
    """public_abstracts = none: every output for programs is searched for the words of every abstract."""
    fill(maker)
    maker.db.close()
    told = {"public_abstracts": "none"}
    folder = maker.path.parent / "public"
    publish(maker.path, folder, settings=told, now=NOW, say=quiet)
    client = open_site(folder, {**METADATA, "plugins": {"tracker": told}})
    for key in (f"LSI-{number:06}" for number in (1, 2, 3, 4, 5, 6, 9)):
        for path in MACHINES:
            answer = client.get(path.format(key=key))
            assert answer.status_code in (200, 404), path
            for secret in SECRET:
                assert (
                    secret.casefold()
                    not in answer.text.replace("q=zebrafish", "").replace('"read_as": "zebrafish"', "").casefold()
                ), (path, key, secret)
            assert "citation_abstract" not in answer.text
            assert "<abstract" not in answer.text


def test_a_licensed_abstract_is_in_the_same_outputs(site: Any) -> None:
    """So that the test before would see it."""
    for path in ("/paper/{key}", "/paper/{key}.json", "/unapi?id={key}&format=mods"):
        assert "adults about solitude" in site.get(path.format(key="LSI-000001")).text, path


def test_a_work_that_was_taken_down_is_in_no_output(site: Any) -> None:
    for path in ("/papers.json", "/sitemap-1.xml", "/sitemap.xml"):
        assert "LSI-000008" not in site.get(path).text, path
    assert json.loads(site.get("/paper/LSI-000008.json").text)["state"] == "hidden"
