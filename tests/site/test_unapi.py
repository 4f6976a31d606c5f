"""unAPI version 1: what the button of a reference manager asks for, answered as the specification says."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from making import NOW, Client, Maker, day, quiet, record

from tracker.model import Author
from tracker.publish import publish

MODS = "{http://www.loc.gov/mods/v3}"
UNAPI = "/unapi?id=LSI-000001"


def names(text: str) -> list[str | None]:
    return [node.get("name") for node in ElementTree.fromstring(text).findall("format")]


def test_the_formats_that_every_work_has(site: Any) -> None:
    """Without parameters: 200 and the list, in which Zotero finds MODS."""
    answer = site.get("/unapi")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/xml")
    assert names(answer.text) == ["mods", "ris", "bibtex"]
    assert all(node.get("type") for node in ElementTree.fromstring(answer.text))
    assert site.get("/unapi?id=").text == answer.text


def test_the_formats_of_one_work(site: Any) -> None:
    """With an id: 300 Multiple Choices."""
    answer = site.get(UNAPI)
    assert answer.status_code == 300
    assert ElementTree.fromstring(answer.text).get("id") == "LSI-000001"
    assert names(answer.text) == names(site.get("/unapi").text)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?id=LSI-000999", 404),
        ("?id=LSI-000999&format=mods", 404),
        ("?id=nothing&format=mods", 404),
        ("?id=%3Cscript%3E", 404),
        ("?id=LSI-000010", 404),  # matched by no search
        ("?id=LSI-000008&format=mods", 410),  # taken down
        ("?id=LSI-000008", 410),
        ("?id=LSI-000001&format=marcxml", 406),
        ("?id=LSI-000001&format=%00", 406),
        ("?format=mods", 400),
    ],
)
def test_what_cannot_be_given_is_refused_in_plain_text(site: Any, query: str, status: int) -> None:
    answer = site.get(f"/unapi{query}")
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/plain")
    assert "script" not in answer.text


def test_a_joined_work_is_given_as_the_one_that_stands(site: Any) -> None:
    answer = site.get("/unapi?id=LSI-000007&format=mods")
    assert answer.status_code == 301
    assert answer.headers["location"] == "/unapi?id=LSI-000002&format=mods"
    assert site.get("/unapi?id=LSI-000007").headers["location"] == "/unapi?id=LSI-000002"


def test_a_work_as_mods(site: Any) -> None:
    answer = site.get(f"{UNAPI}&format=mods")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/mods+xml; charset=utf-8"
    assert 'rel="describes"' in answer.headers["link"]
    root = ElementTree.fromstring(answer.text)
    assert root.findtext(f"{MODS}titleInfo/{MODS}title") == "Loneliness and mood in a cohort of adults, part 1"
    assert [node.text for node in root.iter(f"{MODS}namePart")] == ["Vale", "Ada", "Moss", "Ben Tim"]


def test_a_work_as_ris_and_as_bibtex_by_the_writers_of_the_exports(site: Any) -> None:
    ris = site.get(f"{UNAPI}&format=ris")
    assert ris.headers["content-type"].startswith("application/x-research-info-systems")
    assert ris.text.startswith("TY  - JOUR\r\n")
    assert "AU  - Vale, Ada\r\n" in ris.text
    assert "tracker-id: LSI-000001" in ris.text
    bibtex = site.get(f"{UNAPI}&format=bibtex")
    assert bibtex.headers["content-type"].startswith("application/x-bibtex")
    assert bibtex.text.startswith("@article{LSI-000001,")


def test_what_another_publication_gives_is_in_it(maker: Maker, open_site: Callable[..., Client]) -> None:
    """An article without keywords and authors of its own has those of its preprint, as on its page."""
    maker.run(day(1))
    maker.search("lonely")
    early = record(
        1, source="europepmc", source_id="PPR990001", pmid="", publication_types=(("D000076942", "Preprint"),),
        keywords=("owls",), authors=(Author("Vale", "Ada"), Author(group="WHO, Group")),
    )  # fmt: skip
    late = record(2, authors=())
    a, b = maker.record(early), maker.record(late)
    maker.match("lonely", late)
    maker.work(a, b, publications=[a, b])
    maker.db.close()
    publish(maker.path, maker.path.parent / "public", settings={}, now=NOW, say=quiet)
    root = ElementTree.fromstring(open_site(maker.path.parent / "public").get(f"{UNAPI}&format=mods").text)
    assert root.findtext(f"{MODS}genre") == "journalArticle"
    assert [node.text for node in root.iter(f"{MODS}topic")] == ["owls"]
    assert [node.text for node in root.iter(f"{MODS}namePart")] == ["Vale", "Ada", "WHO, Group"]


def test_pages_that_list_works_name_them_and_the_server(site: Any) -> None:
    """One abbr for each work of a list, and on the page of a work its own."""
    for path in ("/papers", "/papers?q=solitude", "/paper/LSI-000001"):
        page = site.get(path).text
        assert '<link rel="unapi-server" type="application/xml" title="unAPI" href="/unapi">' in page, path
        named = re.findall(r'<abbr class="unapi-id" title="([^"]+)"></abbr>', page)
        shown = re.findall(r'<h2><a href="/paper/([^"]+)"', page) or ["LSI-000001"]
        assert named == shown, path


def test_it_is_for_programs_and_not_for_pages_of_other_hosts(site: Any) -> None:
    assert "access-control-allow-origin" not in site.get("/unapi").headers
