"""Why a work is here, in the searchers' own words: the terms of each strategy that are in it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import METADATA, NOW, Client, Maker, day, quiet

from tracker.model import Heading, Section
from tracker.publish import publish
from tracker.site.matched import found, texts, wanted
from tracker.site.plugin import site_of

Opened = Callable[..., Client]
INDEX = "create virtual table words using fts5 (title, abstract, authors, keywords, tokenize='porter unicode61')"


def row(**said: Any) -> dict[str, Any]:
    return {"id": 1, "title": "", "vernacular_title": "", "abstract": None, "keywords": "[]", "mesh": "[]", **said}


def shown(strategy: str, **said: Any) -> list[str]:
    terms = wanted(strategy)
    here = found(terms, texts([row(**said)]))
    return [term.shown for term in terms if term in here]


@pytest.mark.parametrize(
    ("strategy", "said", "terms"),
    [
        ('(lonel*[tiab] OR "social isolation"[tiab]) AND mood[ti]', {"title": "Lonely moods: social  isolation"},
         ["lonel*", "social isolation"]),
        ("self-harm[tw] OR self harm[tw]", {"title": "Self-harm"}, ["self-harm"]),  # the same words, said once
        ("mood[ti]", {"abstract": '[["", "mood"]]'}, []),
        ("mood[tiab]", {"abstract": '[["AIM", "Our mood"]]'}, ["mood"]),
        ("mood[ot]", {"keywords": '["mood"]'}, ["mood"]),
        ("lonely people", {"title": "People who are lonely"}, ["lonely people"]),
        ('"lonely people"[tiab:~3]', {"title": "people who are lonely"}, ["lonely people"]),
        ("Loneliness[mh] OR Mood[majr]", {"mesh": '["Loneliness / psychology *", "Mood"]'}, ["MeSH: Loneliness"]),
        ("Mood/psychology[mh]", {"mesh": '["Mood / ethnology, psychology"]'}, ["MeSH: Mood/psychology"]),
        ("mood[tiab] NOT rats[tiab]", {"title": "Mood of rats"}, ["mood"]),
        ("mood[tiab] AND 2020:2024[dp] AND english[la] AND hasabstract", {"title": "Mood"}, ["mood"]),
        ("((", {"title": "Mood"}, []),  # no strategy any more
    ],
)  # fmt: skip
def test_terms_are_found_as_the_tracker_reads_them(strategy: str, said: dict[str, Any], terms: list[str]) -> None:
    assert shown(strategy, **said) == terms


def expression(strategy: str) -> str:
    return wanted(strategy)[0].asked


@pytest.mark.parametrize(
    ("strategy", "fts"),
    [
        ("lonel*[tiab]", '{abstract} : "lonel" *'),
        ('"social isolation"[tiab]', '{abstract} : "social isolation"'),
        ("social isolat*[tiab]", '{abstract} : "social isolat" *'),
        ("lonely people", '{abstract} : "lonely" AND {abstract} : "people"'),
        ('"lonely people"[tiab:~3]', 'abstract : NEAR("lonely" "people", 3)'),
        ("wom*n[tiab]", ""),
        ("mood[ti]", ""),
        ("Loneliness[mh]", ""),
    ],
)
def test_the_index_is_asked_about_abstracts_only(strategy: str, fts: str) -> None:
    assert expression(strategy) == fts


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=40))
def test_whatever_a_strategy_is_the_index_can_be_asked(text: str) -> None:
    db = sqlite3.connect(":memory:")
    db.execute(INDEX)
    for term in (*wanted(text), *wanted(f'"{text}"[tiab]')):
        if term.asked:
            db.execute("select rowid from words where words match ?", (term.asked,)).fetchall()
    db.close()


def opened(maker: Maker, open_site: Opened) -> Client:
    maker.db.close()
    publish(maker.path, maker.path.parent / "public", settings={}, now=NOW, say=quiet)
    return open_site(maker.path.parent / "public", METADATA)


def told(client: Client, number: int) -> str:
    """What the page says of the terms, as a reader sees it."""
    found = re.search(r'<span class="terms">(.*?)</span>', client.get(f"/paper/LSI-{number:06}").text)
    return re.sub(r"<[^>]+>", "", found[1]) if found else ""


@pytest.fixture
def two(maker: Maker, open_site: Opened) -> Client:
    """A work whose abstract is shown, one whose abstract may not be shown, one in which nothing is found."""
    maker.run(day(1))
    maker.search("lonely", strategy="(lonel*[tiab] OR Loneliness[mh]) AND (owls[tiab] OR mood[tiab] OR bats[tiab])")
    abstract = (Section("Owls in loneliness were kept."),)
    maker.simple(
        1, "lonely", title="Of mood", abstract=abstract, mesh=(Heading("Loneliness", qualifiers=("psychology",)),)
    )
    maker.simple(2, "lonely", title="Of mood", abstract=abstract, copyright="All rights reserved.")
    maker.simple(3, "lonely", title="Something else", abstract=())
    return opened(maker, open_site)


def test_the_page_tells_the_terms_of_each_search(two: Client) -> None:
    assert told(two, 1) == "Terms found: lonel*, MeSH: Loneliness, owls, mood."
    assert told(two, 3) == ""


def test_terms_in_an_abstract_that_may_not_be_shown_are_told_apart(two: Client) -> None:
    """The reader learns which words of the search are in it, not what it says."""
    said = "Terms found: mood; in the abstract, which may not be shown here, forms of lonel*, owls."
    assert told(two, 2) == said
    assert told(two, 2) == said  # and again, from memory
    assert "were kept" not in two.get("/paper/LSI-000002").text
    assert two.get("/paper/LSI-000002.json").json()["searches"][0]["terms"] == ["mood", "lonel*", "owls"]


def test_what_the_index_said_is_forgotten_with_the_next_publication(two: Client) -> None:
    site = site_of(two.datasette)
    assert site is not None
    told(two, 2)
    published = site.reader.ask(site.known.publication)
    assert set(published.finds) == {'{abstract} : "lonel" *', '{abstract} : "owls"', '{abstract} : "bats"'}
    assert all(len(bits) == 1 for bits in published.finds.values())
