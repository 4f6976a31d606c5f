"""The same paper through two sources, equal in title, abstract and keywords, matches the same searches."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from preprint_world import read

from emulator import corpus
from emulator.europepmc_entry import Entry, core, document
from emulator.europepmc_entry import parse as parse_query
from emulator.papers import DemoPaper
from emulator.pubmed_xml import element
from tracker.model import Record, SavedSearch
from tracker.searches import read_searches
from tracker.sources.pubmed.parse import parse as parse_pubmed
from tracker.strategy import compile_search, matcher, prepare
from tracker.strategy.words import words

QUERIES = Path(__file__).resolve().parents[2] / "queries"
PAPERS = [paper for paper in corpus.papers(corpus.FIRST_DAY).values() if paper.parts and not paper.book][::7]


@pytest.fixture(scope="module")
def searches() -> list[SavedSearch]:
    return read_searches(QUERIES)[0]


def as_preprint(paper: DemoPaper) -> Entry:
    """The paper as Europe PMC would show it, had it been a preprint."""
    keywords = tuple(word for group in paper.keywords for word in group)
    return Entry(f"PPR{paper.pmid}", paper.title, date(2026, 1, 1), parts=paper.parts, keywords=keywords)


def both(paper: DemoPaper) -> tuple[Record, Record]:
    return parse_pubmed(element(paper)), read(as_preprint(paper))


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.pmid)
def test_title_abstract_and_keywords_come_out_word_for_word(paper: DemoPaper) -> None:
    pubmed, europepmc = both(paper)
    assert words(europepmc.title) == words(pubmed.title)
    assert europepmc.title_markup == pubmed.title_markup
    assert [(part.label, part.text) for part in europepmc.abstract] == [
        (part.label, part.text) for part in pubmed.abstract
    ]
    assert europepmc.keywords == pubmed.keywords


def test_both_match_the_same_searches_and_the_wider_query_finds_what_matches(searches: list[SavedSearch]) -> None:
    matched = 0
    queries = [parse_query(compile_search(search, "europepmc").text) for search in searches]
    decide = [matcher(search.strategy) for search in searches]
    for paper in PAPERS:
        pubmed, europepmc = (prepare(record) for record in both(paper))
        held = document(as_preprint(paper))
        for one, query in zip(decide, queries, strict=True):
            assert one.matches(pubmed) == one.matches(europepmc)
            assert query(held) or not one.matches(europepmc)
            matched += one.matches(europepmc)
    assert matched > 100


def test_the_demo_writes_what_it_searches(searches: list[SavedSearch]) -> None:
    """Of the fictional preprints, what the service finds and what the record says are the same words."""
    for paper in PAPERS[:20]:
        entry = as_preprint(paper)
        assert document(entry).texts["title"].split() == words(read(entry).title)
        assert core(entry)["abstractText"].count("<h4>") == sum(bool(part.label) for part in paper.parts)
