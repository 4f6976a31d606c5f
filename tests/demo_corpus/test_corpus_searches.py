"""Each of the ten starting searches finds a useful number in the fictional literature, and the days show on them."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from emulator import corpus
from emulator.days import ACTORS
from emulator.index import Index, Lexicon
from emulator.query import search
from tracker.searches import read_searches

QUERIES = Path(__file__).resolve().parents[2] / "queries"
SLUGS = {
    "loneliness-mental-health": (400, 999),
    "isolation-interventions": (150, 500),
    "covid-mh-general-population": (400, 999),
    "covid-existing-mh-conditions": (80, 300),
    "covid-health-workers": (100, 400),
    "covid-children-young-people": (100, 400),
    "covid-older-adults": (60, 300),
    "remote-mh-care": (100, 400),
    "covid-suicide-self-harm": (40, 200),
    "preprints-loneliness": (30, 120),
}
MAIN = "loneliness-mental-health"


@pytest.fixture(scope="module")
def matches() -> list[dict[str, set[str]]]:
    """For each day and search the PMIDs that the demo's PubMed finds."""
    searches, mistakes = read_searches(QUERIES)
    assert mistakes == []
    index, lexicon, days = Index(), Lexicon(corpus.tree, corpus.mapping), []
    for day in corpus.DAYS:
        index.show(corpus.articles(day.date))
        days.append({one.slug: _found(one.strategy, index, lexicon, day) for one in searches})
    return days


def _found(strategy: str, index: Index, lexicon: Lexicon, day: corpus.Day) -> set[str]:
    return set(index.ids(search(strategy, index, lexicon, day.date).hits, 10_000))


def test_the_ten_searches_are_there(matches: list[dict[str, set[str]]]) -> None:
    assert SLUGS.keys() <= matches[0].keys()


@pytest.mark.parametrize("slug", SLUGS)
def test_each_finds_a_useful_number(matches: list[dict[str, set[str]]], slug: str) -> None:
    low, high = SLUGS[slug]
    assert low <= len(matches[0][slug]) <= high


def test_several_hundred_papers_match_none(matches: list[dict[str, set[str]]]) -> None:
    found = set[str]().union(*matches[0].values())
    assert 400 < len(corpus.articles(corpus.FIRST_DAY).keys() - found) < 1000


def test_every_day_but_the_first_brings_news(matches: list[dict[str, set[str]]]) -> None:
    for before, after in itertools.pairwise(matches):
        assert set[str]().union(*after.values()) - set[str]().union(*before.values())


def test_the_late_match_the_edits_and_the_deletion(matches: list[dict[str, set[str]]]) -> None:
    appears = {"late-match": 3, "misprint": 4, "retraction-notice": 6, "article": 7, "withheld": 7}
    for name, number in appears.items():
        assert [ACTORS[name] in day[MAIN] for day in matches] == [day >= number for day in range(1, 8)], name
    for name, number in {"no-longer-lonely": 4, "deleted": 7}.items():
        assert [ACTORS[name] in day[MAIN] for day in matches] == [day < number for day in range(1, 8)], name
    assert all(ACTORS[name] in day[MAIN] for name in ("retracted", "corrected", "preprint") for day in matches)


def test_indexing_the_six_others_changes_no_search(matches: list[dict[str, set[str]]]) -> None:
    """On day 3 one paper matches late; everything else that is new on that day arrived on it."""
    new = set[str]().union(*matches[2].values()) - set[str]().union(*matches[1].values())
    articles = corpus.articles(corpus.DAYS[2].date)
    assert {pmid for pmid in new if articles[pmid].created < corpus.DAYS[2].date} == {ACTORS["late-match"]}
    assert all(not before - after for before, after in ((matches[1][slug], matches[2][slug]) for slug in SLUGS))
