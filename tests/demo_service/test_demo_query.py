"""The demo's reading of PubMed's language, against what is documented and measured of the real one."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from demo_client import article
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.index import Index, Lexicon, bitset, numbers
from emulator.papers import Article
from emulator.query import Found, search

TREE = {
    "Mental Disorders": ("Anxiety Disorders", "Mood Disorders"),
    "Mood Disorders": ("Depressive Disorder",),
    "Behavior": ("Loneliness",),
}
DAY = date(2024, 6, 1)
ARTICLES = [
    article(1, "Loneliness and depression in old age", abstract="Social isolation is common.", keywords=("Ageing",)),
    article(2, "Social life", abstract="Isolation wards. Loneliness was not measured.", mesh=("Loneliness/psychology",),
            major=("Loneliness/psychology",), languages=("ger",), publication_types=("Journal Article", "Review")),
    article(3, "Depressive symptoms", mesh=("Depressive Disorder", "Humans"), authors=("Smith AB", "Smithson C"),
            journal="Journal of Examples", doi="10.5555/abc.3", pmcid="PMC99"),
    article(4, "Self-harm in São Paulo", abstract="Hip to knee pain.", other_abstracts=("Einsamkeit im Alter.",),
            authors=("Study Group on Examples",)),
    article(5, "Pain of the hip", published=date(2019, 3, 1), created=date(2023, 5, 6), revised=date(2024, 2, 2)),
    article(6, "Mood", mesh=("Mood Disorders",), published=date(2023, 12, 1)),
]  # fmt: skip


def index_of(articles: list[Article]) -> Index:
    index = Index()
    index.show({each.pmid: each for each in articles})
    return index


INDEX = index_of(ARTICLES)


def found(term: str, **more: Any) -> Found:
    return search(term, INDEX, Lexicon(TREE, {"lonely": "Loneliness"}, **more), DAY)


def hits(term: str, **more: Any) -> list[int]:
    """The numbers of the articles found, ascending."""
    return sorted(int(pmid) - 990_000_000 for pmid in INDEX.ids(found(term, **more).hits, 100))


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        # words, fields
        ("loneliness[tiab]", [1, 2]),
        ("loneliness[ti]", [1]),
        ("loneliness[ab]", [2]),
        ("LONELINESS[Title/Abstract]", [1, 2]),
        ("loneliness[ tiab ]", [1, 2]),
        ("ageing[tiab]", [1]),  # author keywords count
        ("ageing[ot]", [1]),
        ("einsamkeit[tiab]", [4]),  # so do other abstracts
        ("sao[ti]", [4]),  # no marks
        ("review[tw]", [2]),  # [tw] adds headings and types
        ("review[tiab]", []),
        # phrases
        ('"social isolation"[tiab]', [1]),
        ("social isolation[tiab]", [1]),  # tagged words are a phrase
        ('"life isolation"[tiab]', []),  # a phrase does not run from the title into the abstract
        ("self harm[ti]", [4]),
        ("self-harm[ti]", [4]),
        # truncation
        ("depress*[tiab]", [1, 3]),
        ('"social isolat*"[tiab]', [1]),
        ('"self-har*"[ti]', [4]),
        # proximity: any order, at most N words between
        ('"pain hip"[tiab:~2]', [4, 5]),
        ('"pain hip"[ti:~2]', [5]),
        ('"hip pain"[tiab:~1]', []),
        ('"hip to"[tiab:~x]', [4]),  # an unknown tag: a phrase in any field
        ('"hip pai*"[tiab:~5]', []),  # a wildcard makes PubMed drop the ":~5": a plain phrase is left
        # headings
        ('"Mental Disorders"[mh]', [3, 6]),
        ('"Mental Disorders"[mesh:noexp]', []),
        ("Mood Disorders[Mesh]", [3, 6]),
        ('"Mood Disorders"[mh:noexp]', [6]),
        ('"Loneliness"[majr]', [2]),
        ('"Loneliness/psychology"[mh]', [2]),
        ('"Behavior/psychology"[mh]', [2]),
        ('"Depressive Disorder"[majr]', []),
        ("lonely[mh]", [2]),  # an entry term
        ("Depressive D*[mh]", [3]),
        ("psychology[sh]", [2]),
        # other fields
        ("review[pt]", [2]),
        ("german[la]", [2]),
        ("ger[la]", [2]),
        ("smith[au]", [3]),
        ("smith a[au]", [3]),
        ('"smith a"[au]', []),
        ("smithson[au]", [3]),
        ("smithson[1au]", []),
        ("smithson c[lastau]", [3]),
        ("smit*[1au]", [3]),
        ("journal of examples[ta]", [3]),
        ("10.5555/abc.3[aid]", [3]),
        ("PMC99[pmc]", [3]),
        ("990000004[pmid]", [4]),
        ("990000004", [4]),
        ("hasabstract", [1, 2, 4]),
        ("hasabstract[filter]", [1, 2, 4]),
        ("humans[filter]", [3]),
        ("university[ad]", []),  # a field the demo does not fill
        # dates
        ("2019[dp]", [5]),
        ("2023/12[dp]", [6]),
        ("2019/03/01[dp]", [5]),
        ("2019:2023[dp]", [5, 6]),
        ('"2023/05/06"[crdt] : "2023/05/06"[crdt]', [5]),
        ('"2024/01/04"[crdt] : "3000"[crdt]', [3, 4, 6]),
        ("2024/02[mdat]", [5]),
        ("2019/03[edat]", [5]),  # came more than a year after publication: entry date = publication date
        ("2023/05[edat]", []),
        ('"last 150 days"[crdt]', [2, 3, 4, 6]),
        ("pain 2019:2020[dp]", [5]),
        # operators: from left to right, whatever a mathematician expects
        ("social[tiab] OR pain[tiab] AND hip[tiab]", [4, 5]),
        ("social[tiab] OR (pain[tiab] AND hip[tiab])", [1, 2, 4, 5]),
        ("pain[tiab] NOT hip[ti] OR mood[ti]", [4, 6]),
        ("loneliness[tiab] social[tiab]", [1, 2]),  # neighbours are ANDed
        ("loneliness[tiab] AND NOT social[ti]", [2]),  # executed as AND
        ("loneliness[tiab] not social[ti]", [1]),  # lower case works too
        ("NOT loneliness[tiab]", [3, 4, 5, 6]),
        ("(loneliness OR mood)[ti]", [1, 2, 6]),  # a tag behind a bracket does not distribute
        ("((loneliness[ti]) OR ((mood[ti])))", [1, 6]),
        # automatic term mapping, and what switches it off
        ("lonely", [2]),
        ('"lonely"', []),
        ("lonel*", [1, 2]),
        ("the loneliness of", [1, 2]),
        ('"social isolation"', [1]),
        ("cancer[nosuchfield]", []),
        ("pain[nosuchfield]", [4, 5]),  # an unknown tag is not refused
        # untidy text
        ("loneliness[ti] OR", [1]),
        ("loneliness[ti])", [1]),
        ("(loneliness[ti]", [1]),
        ("loneliness[ti]) mood", []),
        ("() loneliness[ti]", [1]),
        ("[ti] loneliness[ti] : ", [1]),
        ("a:b[ti]", []),
        ("smith : ab[au]", [3]),
        ("", []),
    ],
)  # fmt: skip
def test_terms_find_what_pubmed_would_find(term: str, expected: list[int]) -> None:
    assert hits(term) == expected


@pytest.mark.parametrize("term", ["ab*[tiab]", "***[tiab]", '"!!"[tiab:~2]', "of the"])
def test_what_cannot_be_searched_is_ignored_with_a_warning(term: str) -> None:
    answer = found(f"loneliness[ti] AND {term}")
    assert INDEX.ids(answer.hits, 9) == ["990000001"]
    assert answer.ignored


@pytest.mark.parametrize("term", ["2024/13[dp]", "yesterday[crdt]", "2024/02/30[dp]", "9999[dp]"])
def test_a_date_that_is_none_is_dropped_and_named(term: str) -> None:
    answer = found(f"loneliness[ti] AND {term}")
    assert (INDEX.ids(answer.hits, 9), answer.phrases_not_found) == (["990000001"], (term,))


def test_the_open_end_of_a_range_is_the_year_3000() -> None:
    assert found('"1800"[crdt] : "3000"[crdt]').translation == "1800/01/01:3000/12/31[Date - Create]"
    assert hits('"1800"[crdt] : "3000"[crdt]') == [1, 2, 3, 4, 5, 6]


def test_halves_of_a_create_date_range_are_disjoint_and_complete() -> None:
    first, second = hits('"1800"[crdt] : "2024/01/03"[crdt]'), hits('"2024/01/04"[crdt] : "3000"[crdt]')
    assert sorted(first + second) == [1, 2, 3, 4, 5, 6]


def test_a_word_missing_from_the_index_is_dropped_and_the_rest_answered() -> None:
    answer = found("lonelinesss[tiab] OR mood[ti]", unknown=("lonelinesss",))
    assert (INDEX.ids(answer.hits, 9), answer.phrases_not_found) == (["990000006"], ("lonelinesss[tiab]",))


def test_a_search_of_nothing_but_unknown_words_finds_nothing() -> None:
    answer = found("abcXYZ", closed=True)
    assert (answer.hits, answer.phrases_not_found, answer.translation) == (0, ("abcXYZ",), "")


def test_a_quoted_phrase_missing_from_the_index_is_searched_word_by_word_with_a_warning() -> None:
    answer = found('"isolation loneliness"[tiab]', closed=True)
    assert INDEX.ids(answer.hits, 9) == ["990000002", "990000001"]
    assert answer.quoted_not_found == ('"isolation loneliness"',)
    assert found("isolation loneliness[tiab]", closed=True).quoted_not_found == ()


def test_an_open_lexicon_knows_every_phrase_so_that_remarks_do_not_change_from_day_to_day() -> None:
    answer = found('"isolation loneliness"[tiab] OR qqxz[tiab]')
    assert (answer.hits, answer.quoted_not_found, answer.phrases_not_found) == (0, (), ())


def test_the_translation_shows_fields_headings_and_the_order_of_work() -> None:
    assert found("lonely").translations == (("lonely", '"loneliness"[MeSH Terms] OR "lonely"[All Fields]'),)
    assert found("depress*[tiab] OR mood[ti] AND x[pt]").translation == (
        '("depress*"[Title/Abstract] OR "mood"[Title]) AND "x"[Publication Type]'
    )
    assert found("a b[tiab] AND (mood[ti] NOT pain)").translation == (
        '"a b"[Title/Abstract] AND ("mood"[Title] NOT "pain"[All Fields])'
    )
    assert found("x[ad] OR hip pain").translation == '"x"[ad] OR ("hip"[All Fields] AND "pain"[All Fields])'


# The evaluator against a model that could hardly be simpler: sets, and no precedence.

WORDS = ("alpha", "beta", "gamma", "delta")


@st.composite
def strategies(draw: st.DrawFn, depth: int = 3) -> tuple[str, Any]:
    """A text and the tree it stands for: a word, or a list of (operator, tree)."""
    if depth == 0 or draw(st.booleans()):
        word = draw(st.sampled_from(WORDS))
        return f"{word}[ti]", word
    parts = draw(
        st.lists(st.tuples(st.sampled_from(("AND", "OR", "NOT")), strategies(depth - 1)), min_size=1, max_size=4)
    )
    text, tree = "", []
    for place, (operator, (inner, branch)) in enumerate(parts):
        text += f" {operator} {inner}" if place else inner
        tree.append((operator if place else "AND", branch))
    return f"({text})", tree


def model(tree: Any, titles: list[set[str]]) -> set[int]:
    if isinstance(tree, str):
        return {number for number, words in enumerate(titles) if tree in words}
    result = set(range(len(titles)))
    for operator, branch in tree:
        other = model(branch, titles)
        result = {"AND": result & other, "OR": result | other, "NOT": result - other}[operator]
    return result


@settings(max_examples=100, deadline=None)
@given(strategies(), st.lists(st.sets(st.sampled_from(WORDS)), max_size=12))
def test_any_nesting_of_operators_equals_plain_sets_worked_off_from_left_to_right(
    strategy: tuple[str, Any], titles: list[set[str]]
) -> None:
    text, tree = strategy
    index = index_of([article(number, " ".join(sorted(words))) for number, words in enumerate(titles)])
    answer = search(text, index, Lexicon(), DAY)
    assert {int(pmid) - 990_000_000 for pmid in index.ids(answer.hits, 99)} == model(tree, titles)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='ab "()[]:*~/-ANDORT2019\n', max_size=40) | st.text(max_size=40))
def test_no_text_makes_the_reader_stumble(text: str) -> None:
    assert found(text).hits & ~INDEX.alive == 0


@settings(max_examples=100, deadline=None)
@given(st.sets(st.integers(0, 300)))
def test_sets_of_numbers_survive_the_way_into_bits_and_back(members: set[int]) -> None:
    assert numbers(bitset(members, 301)) == sorted(members)


# The index from day to day


def test_an_edited_article_is_found_by_its_new_words_only_and_going_back_in_time_works() -> None:
    old = article(1, "Loneliness")
    new = article(1, "Solitude")
    index = index_of([old])
    index.show({new.pmid: new})
    assert search("loneliness[ti]", index, Lexicon(), DAY).hits == 0
    assert index.ids(search("solitude[ti]", index, Lexicon(), DAY).hits, 9) == [new.pmid]
    index.show({old.pmid: article(1, "Loneliness")})  # an equal article is the same article
    assert index.ids(search("loneliness[ti]", index, Lexicon(), DAY).hits, 9) == [old.pmid]
    index.show({})
    assert search("loneliness[ti] OR solitude[ti]", index, Lexicon(), DAY).hits == 0


def test_the_newest_come_first_and_the_limit_holds() -> None:
    assert INDEX.ids(INDEX.alive, 3) == ["990000006", "990000004", "990000003"]
    assert INDEX.ids(INDEX.alive, 100)[-1] == "990000005"  # created in 2023
