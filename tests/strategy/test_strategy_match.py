"""The local matcher: what PubMed would say of title, abstract and keywords."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategy_generator import answer, records, text_expressions, written

from tracker.model import Author, Heading, PartialDate, Record, Section
from tracker.strategy import StrategyError, matcher, prepare

PAPER = Record(
    source="medrxiv",
    source_id="10.5555/tea.1",
    title="Loneliness, self-harm and COVID-19: a naïve view",
    abstract=(
        Section("Older people living alone reported social isolation.", label="BACKGROUND"),
        Section("We asked 1,234 people in care homes about their wellbeing."),
    ),
    other_abstracts=(("plain", "eng", "Feeling cut off is common."),),
    keywords=("social support", "quality of life"),
    authors=(Author("Smith", "Jane Ann", "JA"), Author("van den Berg", "Piet"), Author(group="Tea Study Group")),
    publisher="medRxiv",
    date=PartialDate("2021-05-06"),
    created="2021-05-07",
    doi="10.5555/tea.1",
    pmid="990000001",
    languages=("eng",),
)


@pytest.mark.parametrize(
    ("strategy", "matches"),
    [
        ("loneliness[ti]", True),
        ("LONELINESS[tiab]", True),
        ("lonelines[tiab]", False),
        ("lonel*[tiab]", True),
        ("isolation[ti]", False),
        ("isolation[ab]", True),
        ('"social isolation"[tiab]', True),
        ('"isolation social"[tiab]', False),
        ('"social isolat*"[tiab]', True),
        ("social isolation[tiab]", True),
        ("self harm[tiab]", True),
        ('"self-harm*"[ti]', True),
        ("covid19[tiab]", False),
        ('"covid 19"[tiab]', True),
        ("naive[ti]", True),
        ("NAÏVE[ti]", True),
        ('"isolation we"[tiab]', True),
        ('"view background"[tiab]', False),  # title and abstract are searched apart
        ('"view older"[tiab]', False),
        ('"support quality"[tiab]', False),  # and each keyword by itself
        ('"quality of life"[tiab]', True),
        ('"quality of life"[ot]', True),
        ('"quality of life"[ti]', False),
        ("wellbeing[tw]", True),
        ("wellbeing[all]", True),
        ("wellbeing", True),
        ('"cut off"[tiab]', True),
        ("wellbeing loneliness", True),
        ("wellbeing happiness", False),
        ("isolation people covid-19", True),
        ("isolation people covid-20", False),
        ('"people isolation"[tiab:~5]', True),
        ('"people isolation"[tiab:~4]', True),
        ('"people isolation"[tiab:~3]', False),
        ('"isolation people"[ti:~9]', False),
        ('"care homes people"[tiab:~1]', True),
        ('"care homes people"[tiab:~0]', False),
        ("a[ti] OR b[ti] AND loneliness[ti]", True),
        ("loneliness[ti] OR isolation[ab] AND missing[tiab]", False),  # from left to right
        ("loneliness[ti] OR (isolation[ab] AND missing[tiab])", True),
        ("loneliness[ti] NOT isolation[tiab]", False),
        ("loneliness[ti] NOT (isolation[tiab] AND missing[tiab])", True),
        ("loneliness[ti] AND NOT isolation[tiab]", False),
        ("1,234[tiab]", True),
        ("hasabstract AND loneliness[ti]", True),
        ("loneliness[ti] AND hasabstract[text]", True),
        ("vaccin* schedul*[tiab]", False),
        ('"socia* isola*"[tiab]', True),
        ('"soc*al isolation"[tiab]', True),
        ("smith[au]", True),
        ("smith j[au]", True),
        ("smith ja[au]", True),
        ("smith k[au]", False),
        ('"smith j"[au]', False),
        ('"smith ja"[au]', True),
        ("smit*[au]", True),
        ("smith[1au]", True),
        ("van den berg[1au]", False),
        ("van den berg p[au]", True),
        ("smith, jane ann[fau]", True),
        ("smith[lastau]", False),
        ("tea study group[cn]", True),
        ("tea study group[lastau]", False),
        ("medrxiv[ta]", True),
        ("psyarxiv[ta]", False),
        ("medr*[jour]", True),
        ("english[la]", True),
        ("eng[la]", True),
        ("french[la]", False),
        ("2021[dp]", True),
        ("2020:2022[dp]", True),
        ("2020/01:2021/04[dp]", False),
        ('"2021/05/07"[crdt] : "3000"[crdt]', True),
        ('"2021/05/08"[crdt] : "3000"[crdt]', False),
        ("990000001[pmid]", True),
        ("10.5555/TEA.1[aid]", True),
        ("10.5555/tea.2[aid]", False),
        ('"Preprint"[pt] AND loneliness[ti]', True),
        ('"Loneliness"[Mesh] OR wellbeing[tiab]', True),
        ('"Loneliness"[Mesh] OR missing[tiab]', False),
        ("loneliness[ti] NOT (animals[mh] NOT humans[mh])", True),
        ("loneliness[ti] NOT review[pt]", True),
    ],
)
def test_known_verdicts(strategy: str, matches: bool) -> None:
    assert bool(matcher(strategy)(PAPER)) is matches


@given(text_expressions, records, st.integers(0, 15))
@settings(deadline=None, max_examples=100)
def test_verdict_is_that_of_plain_loops_over_the_words(expression: object, record: Record, quirky: int) -> None:
    assert bool(matcher(written(expression, quirky))(record)) == answer(expression, record)


def test_same_paper_from_two_sources_has_one_verdict() -> None:
    other = Record(
        source="pubmed",
        source_id="990000002",
        title="LONELINESS; self harm & COVID 19 - a naive view.",
        abstract=(Section("Background: Older people living alone reported social isolation"),),
        keywords=("Social Support",),
        mesh=(Heading("Loneliness"),),
    )
    for strategy in ('"covid 19"[ti] AND "social support"[tiab]', '"Loneliness"[Mesh] OR missing[tiab]'):
        assert bool(matcher(strategy)(other)) == bool(matcher(strategy)(PAPER))


def test_field_the_record_does_not_have_never_rejects_it() -> None:
    bare = Record("medrxiv", "x", title="Loneliness")
    for strategy, matches in (
        ("loneliness[ti] AND english[la]", True),
        ("loneliness[ti] NOT french[la]", True),
        ("loneliness[ti] AND 2020:2021[dp]", True),
        ("missing[ti] AND english[la]", False),
        ("missing[ti] OR english[la]", True),
        ("(english[la] OR french[la]) AND missing[ti]", False),
        ("(english[la] AND french[la]) OR missing[ti]", True),
        ("(english[la] AND loneliness[ti]) NOT missing[ti]", True),
        ("english[la] OR french[la] OR loneliness[ti]", True),
        ("english[la] AND french[la] AND missing[ti]", False),
        ("loneliness[ti] AND smith[au]", False),
        ("loneliness[ti] AND medrxiv[ta]", False),
    ):
        assert bool(matcher(strategy)(bare)) is matches, strategy


def test_result_names_the_terms_found_and_where_but_not_those_after_not() -> None:
    result = matcher('(lonel*[tiab] OR missing[ti] OR "social support"[tiab]) NOT (absent[ti] OR loneliness[ab])')(
        PAPER
    )
    assert result.matched
    assert result.hits == (("lonel*", "title"), ("social support", "keywords"))
    assert result.terms == ("lonel*", "social support")
    assert matcher("missing[ti]")(PAPER).hits == ()


def test_prepared_record_serves_many_strategies() -> None:
    prepared = prepare(PAPER)
    assert [bool(matcher(said)(prepared)) for said in ("lonel*[ti]", "tea[ti]", "wellbeing")] == [True, False, True]


@pytest.mark.parametrize(
    ("strategy", "column"),
    [('lonely[ti] AND "Loneliness"[Mesh]', 16), ("(review[pt]) AND lonely[ti]", 2), ("humans[filter]", 1)],
)
def test_block_of_headings_alone_is_refused_with_its_place(strategy: str, column: int) -> None:
    with pytest.raises(StrategyError) as caught:
        matcher(strategy)
    assert (caught.value.line, caught.value.column) == (1, column)


@pytest.mark.parametrize(
    ("strategy", "matches"),
    [
        ('"Loneliness"[Mesh]', True),
        ("loneliness/psychology[mh]", True),
        ("loneliness/ethnology[mh]", False),
        ('"Loneliness"[majr]', True),
        ('"Social Isolation"[majr]', False),
        ("psychology[sh]", True),
        ("ethnology[sh]", False),
        ("oxytocin[nm]", True),
        ("review[pt]", True),
        ("preprint[pt]", False),
        ("tea[ti] AND humans[filter]", True),
        ('"Loneliness"[Mesh] AND missing[ti]', False),
    ],
)
def test_indexing_of_a_stored_record_can_be_asked(strategy: str, matches: bool) -> None:
    record = Record(
        "pubmed",
        "1",
        title="Tea",
        mesh=(Heading("Loneliness", major=True, qualifiers=("psychology",)), Heading("Social Isolation")),
        substances=("Oxytocin",),
        publication_types=(("D016454", "Review"),),
    )
    assert bool(matcher(strategy, indexing=True)(record)) is matches


def test_affiliations_can_be_asked() -> None:
    record = Record("medrxiv", "1", authors=(Author("Ng", affiliations=("University of Tea, Teatown",)),))
    for strategy, matches in (("university of tea[ad]", True), ("coffee[ad]", False), ("teat*[ad]", True)):
        assert bool(matcher(strategy)(record)) is matches


def test_very_long_and_very_nested_strategies_are_matched() -> None:
    long = " OR ".join(f"word{number}[ti]" for number in range(3000)) + " AND loneliness[ti] OR wellbeing[tiab]" * 2000
    assert matcher(long)(PAPER)
    left = "(" * 5000 + "loneliness[ti]" + " OR tea[ti])" * 5000
    assert matcher(left)(PAPER)
    right = "(tea[ti] OR " * 60 + "loneliness[ti]" + ")" * 60
    assert matcher(right)(PAPER)
