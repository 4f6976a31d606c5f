"""Against an independent linter, search-query 0.15: nothing is fatal to it that we pass over in silence.

It is no dependency of the suite: without it these tests are skipped.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from test_strategy_lint import ADVICE, ERRORS, PUBLISHED

from tracker.searches import read_searches
from tracker.strategy import errors, lint

parser = pytest.importorskip("search_query.pubmed.parser", reason="the linter search-query is not installed")

STARTING = [search.strategy for search in read_searches(Path(__file__).resolve().parents[2] / "queries")[0]]

# What its table of fields lacks and PubMed's own list has.
UNKNOWN_TO_IT = ("[pmid]", "[issn]", "[mesh term]", "[medline", "[filter]", "[author]")


def fatal(strategy: str) -> list[str]:
    """The codes of what the other linter calls fatal, or its exception."""
    reader = parser.PubmedParser(strategy, silent=True)
    try:
        reader.parse()
    except Exception as error:  # noqa: BLE001  (whatever the other program does wrong)
        messages = reader.linter.messages
        rows = [row for listed in messages.values() for row in listed] if isinstance(messages, dict) else messages
        return [row["code"] for row in rows if row["is_fatal"]] or [type(error).__name__]
    return []


def broken(strategy: str) -> list[str]:
    """The strategy damaged in the ways in which pasting damages strategies."""
    half = len(strategy) // 2
    return [
        strategy[:-1],
        strategy[1:],
        strategy.replace("[tiab]", "[tiba]", 1),
        strategy.replace("[tiab]", "[tiab", 1),
        strategy.replace('"', "", 1),
        strategy.replace('"', "“", 1),
        strategy.replace(" OR ", " OR OR ", 1),
        strategy.replace(" AND ", " AND NOT ", 1),
        strategy.replace(" AND ", " ", 1),
        strategy.replace(" AND ", " AND () AND ", 1),
        strategy.replace("[Mesh]", "", 1),
        strategy.replace(")", ")[tiab]", 1),
        strategy[:half],
        strategy + " AND",
        "OR " + strategy,
        strategy + " AND 2010:2020[dp]",
        strategy + " AND 20-20[dp]",
    ]


@pytest.mark.parametrize("strategy", STARTING)
def test_starting_search_is_fatal_to_neither(strategy: str) -> None:
    assert fatal(strategy) == []
    assert errors(strategy) == []


@pytest.mark.parametrize("strategy", [damaged for search in STARTING for damaged in broken(search)])
def test_damage_that_is_fatal_there_is_found_here(strategy: str) -> None:
    if fatal(strategy):
        assert [finding for finding in lint(strategy) if finding.code not in ("redundant", "wildcard-wide")]


@pytest.mark.parametrize(
    "strategy", [text for table in (ERRORS, ADVICE) for listed in table.values() for text, _, _ in listed] + PUBLISHED
)
def test_case_of_our_own_that_is_fatal_there_is_found_here(strategy: str) -> None:
    known_gap = any(tag in strategy.lower() for tag in UNKNOWN_TO_IT)
    if fatal(strategy) and not strategy.startswith("#") and not known_gap:
        assert lint(strategy)
