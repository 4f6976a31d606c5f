"""What each source is asked: unchanged for PubMed, a superset for Europe PMC, and every difference told."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tracker.model import Record, SavedSearch
from tracker.searches import read_searches, version_of
from tracker.strategy import KINDS, StrategyError, compile, compile_search, matcher, matcher_for

STARTING, _ = read_searches(Path(__file__).resolve().parents[2] / "queries")


def asked(strategy: str) -> str:
    return compile(strategy, "europepmc", refuse=False).text.removeprefix("SRC:PPR AND ")


def kinds(strategy: str, source: str = "europepmc") -> list[tuple[str, str]]:
    return [(part.kind, part.original) for part in compile(strategy, source, refuse=False).parts]


@pytest.mark.parametrize("search", STARTING, ids=lambda search: search.slug)
@pytest.mark.parametrize("source", ["pubmed", "europepmc", "medrxiv", "biorxiv", "psyarxiv"])
def test_starting_searches_compile_for_every_source(search: SavedSearch, source: str) -> None:
    compiled = compile_search(search, source)
    assert compiled.text
    assert not compiled.impossible
    assert {part.kind for part in compiled.parts} <= set(KINDS)
    if source == "pubmed":
        assert compiled.text == search.strategy
        assert compiled.hash == search.version == version_of(search.strategy)
    else:
        assert all(part.reason for part in compiled.parts if part.kind != "exact")
        assert all(part.line and part.column for part in compiled.parts)


@pytest.mark.parametrize(
    "strategy", ["tea  OR “milk”[ti]", "social isolation [ Text Word ]", "a or b AND c", '2020:2021[dp]  AND "x"']
)
def test_pubmed_gets_the_text_as_written(strategy: str) -> None:
    assert compile(strategy, "pubmed", refuse=False).text == strategy


@pytest.mark.parametrize(
    ("strategy", "query"),
    [
        ("lonely[ti]", "(TITLE:lonely)"),
        ("lonely[ab]", "(ABSTRACT:lonely)"),
        ("lonely[ot]", "(KW:lonely)"),
        ("Lonely[tiab]", "((TITLE_ABS:lonely OR KW:lonely))"),
        ("lonely", "((TITLE_ABS:lonely OR KW:lonely))"),
        ("lonel*[ti]", "(TITLE:lonel*)"),
        ('"social isolation"[ti]', '(TITLE:"social isolation")'),
        ("social isolation[ti]", '(TITLE:"social isolation")'),
        ('"self-harm"[ti]', '((TITLE:"self harm" OR TITLE:"self-harm"))'),
        ("café[ti]", '((TITLE:cafe OR TITLE:"café"))'),
        ("naïv*[ti]", "((TITLE:naiv* OR TITLE:naïv*))"),
        ('"social isolat*"[ti]', "((TITLE:social AND TITLE:isolat*))"),
        ('"stay at home order*"[ti]', "((TITLE:stay AND TITLE:home AND TITLE:order*))"),
        ('"the*"[ti]', "(TITLE:the*)"),
        ('"social isolation"[ti:~3]', "((TITLE:social AND TITLE:isolation))"),
        ("will[ti]", '(TITLE:"will")'),
        ("a[ti] OR b[ti] AND c[ti]", '((TITLE:"a" OR TITLE:b) AND TITLE:c)'),
        ("a1[ti] AND (b[ti] OR c[ti])", "(TITLE:a1 AND (TITLE:b OR TITLE:c))"),
        ("tea[ti] NOT milk[ti]", "(TITLE:tea)"),
        ("smith j[au]", '((AUTH:"smith"))'),
        ("van berg[au]", '((AUTH:"van" AND AUTH:"berg"))'),
        ("medrxiv[ta]", '(((JOURNAL:"medrxiv" OR PUBLISHER:"medrxiv")))'),
        ("university of tea[ad]", '((AFF:"university" AND AFF:"of" AND AFF:"tea"))'),
        ("990000001[pmid]", "((EXT_ID:990000001))"),
        ("10.5555/Tea.1[aid]", '((DOI:"10.5555/tea.1"))'),
        ("tea[ti] AND smit*[au]", "(TITLE:tea)"),
        ("tea[ti] AND english[la]", "(TITLE:tea)"),
        ("english[la] AND tea[ti]", "(TITLE:tea)"),
        ("tea[ti] AND 2020:2021[dp]", "(TITLE:tea)"),
        ('"Preprint"[pt] AND tea[ti]', "(TITLE:tea)"),
        ('tea[ti] AND "Preprint"[pt]', "(TITLE:tea)"),
        ('(tea[ti] OR "Preprint"[pt]) AND milk[ti]', "(TITLE:milk)"),
        ("tea[ti] AND hasabstract", "(TITLE:tea)"),
    ],
)
def test_query_for_europe_pmc(strategy: str, query: str) -> None:
    assert asked(strategy) == query


def test_parts_of_a_strategy_are_told_one_by_one() -> None:
    strategy = (
        '("Loneliness"[Mesh] OR lonel*[tiab] OR "social isolat*"[tiab]) AND anxiety '
        'NOT (animals[mh] NOT humans[mh]) NOT protocol[ti] AND "Preprint"[pt]'
    )
    assert kinds(strategy) == [
        ("dropped", '"Loneliness"[Mesh]'),
        ("exact", "lonel*[tiab]"),
        ("widened", '"social isolat*"[tiab]'),
        ("widened", "anxiety"),
        ("dropped", "NOT (animals[mh] NOT humans[mh])"),
        ("widened", "protocol[ti]"),
        ("exact", '"Preprint"[pt]'),
    ]
    assert kinds(strategy, "psyarxiv") == [
        ("dropped", '"Loneliness"[Mesh]'),
        ("exact", "lonel*[tiab]"),
        ("exact", '"social isolat*"[tiab]'),
        ("widened", "anxiety"),
        ("dropped", "NOT (animals[mh] NOT humans[mh])"),
        ("exact", "protocol[ti]"),
        ("exact", '"Preprint"[pt]'),
    ]


@pytest.mark.parametrize(
    ("strategy", "part"),
    [
        ("tea[ti] AND (a[mh] OR b[mh])", "(a[mh] OR b[mh])"),
        ("(a[mh] OR b[mh]) AND tea[ti]", "(a[mh] OR b[mh])"),
        ("((a[mh] OR b[mh])) AND (tea[ti])", "((a[mh] OR b[mh]))"),
        ("tea[ti] AND review[pt]", "review[pt]"),
        ("tea[ti] AND medline[sb]", "medline[sb]"),
        ("tea[ti] AND 12[vi]", "12[vi]"),
        ("tea[ti] AND thé[tt]", "thé[tt]"),
        ("tea[ti] AND 1:2[vi]", "1:2[vi]"),
        ("a[mh] AND b[mh] AND tea[ti]", "a[mh]"),
        ("a[mh]", "a[mh]"),
        ("a[mh] NOT tea[ti]", "a[mh]"),
        ('tea[ti] NOT "Preprint"[pt]', 'NOT "Preprint"[pt]'),
    ],
)
def test_block_that_no_preprint_can_meet_is_impossible_never_a_guess(strategy: str, part: str) -> None:
    for source in ("europepmc", "medrxiv", "biorxiv", "psyarxiv"):
        compiled = compile(strategy, source)
        assert compiled.text == ""
        assert part in [found.original for found in compiled.impossible]
        assert all(found.reason for found in compiled.impossible)
    with pytest.raises(StrategyError):
        matcher(strategy)


@pytest.mark.parametrize(
    "strategy", ['"Preprint"[pt]', "tea[ti] OR english[la]", "hasabstract", "smit*[au] OR tea[ti]"]
)
def test_query_that_would_fetch_every_preprint_is_impossible_for_europe_pmc_alone(strategy: str) -> None:
    assert compile(strategy, "europepmc").impossible
    assert not compile(strategy, "medrxiv").impossible


def test_piece_of_an_or_that_cannot_hold_is_dropped_as_a_whole() -> None:
    strategy = "((a[mh] AND b[ti]) OR c[ti]) AND (d[ti] OR (e[ti] AND f[mh]) OR (g[mh] NOT h[ti]))"
    assert kinds(strategy) == [
        ("dropped", "(a[mh] AND b[ti])"),
        ("exact", "c[ti]"),
        ("exact", "d[ti]"),
        ("dropped", "(e[ti] AND f[mh])"),
        ("dropped", "(g[mh] NOT h[ti])"),
    ]
    assert asked(strategy) == "(TITLE:c AND TITLE:d)"


def test_unknown_source_and_errors_of_lint_are_refused() -> None:
    with pytest.raises(ValueError, match="no source 'scopus'"):
        compile("tea[ti]", "scopus")
    with pytest.raises(StrategyError) as caught:
        compile("tea[ti] AND\nwom?n[ti]", "pubmed")
    assert (caught.value.line, caught.value.column) == (2, 4)


def search(**overrides: str) -> SavedSearch:
    strategy = "tea[ti] AND milk[mh]"
    sources = ("pubmed", "europepmc", "medrxiv")
    return SavedSearch("tea", "Tea", sources, strategy, version_of(strategy), overrides=tuple(overrides.items()))


def test_override_takes_the_place_of_the_strategy_for_its_source() -> None:
    found = search(europepmc='TITLE:tea AND "MILK"', medrxiv="tea[ti] AND milk[tiab]")
    ours = compile_search(found, "europepmc")
    assert (ours.text, ours.filtered) == ('TITLE:tea AND "MILK"', False)
    assert ours.parts[0].reason == "written by hand"
    assert ours.hash == hashlib.sha256(ours.text.encode()).hexdigest()
    assert compile_search(found, "medrxiv").text == "tea[ti] AND milk[tiab]"
    assert compile_search(found, "pubmed").text == "tea[ti] AND milk[mh]"
    assert compile_search(search(), "europepmc").impossible


def test_matcher_of_a_search_decides_only_where_the_service_does_not() -> None:
    found = search(europepmc="TITLE:tea", medrxiv="tea[ti] AND milk[tiab]")
    assert matcher_for(found, "pubmed") is None
    assert matcher_for(found, "europepmc") is None
    decide = matcher_for(found, "medrxiv")
    assert decide is not None
    assert decide(Record("medrxiv", "1", title="Tea with milk"))
    assert not decide(Record("medrxiv", "1", title="Tea"))
    with pytest.raises(StrategyError):
        matcher_for(search(), "medrxiv")
