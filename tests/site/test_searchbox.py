"""The search box: words, phrases, beginnings, without, OR, fields; and never an error."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tracker.site.choice import FACETS, SORTS, choice
from tracker.site.searchbox import LONGEST, MOST, read

TEXTS = {
    1: ("Loneliness and COVID-19 in adults", "Social isolation was measured.", "Smith, Jane", "solitude"),
    2: ("Depression after isolation", "Depressive symptoms; social contact.", "Müller, Jörg", "loneliness"),
    3: ("Virus isolation in children", "Nothing of the sort.", "Lee, K", "virology"),
}


@pytest.fixture(scope="module")
def index() -> sqlite3.Connection:
    db = sqlite3.connect(":memory:", check_same_thread=False)
    db.execute(
        "create virtual table words using fts5 (title, abstract, authors, keywords, content='', "
        "tokenize='porter unicode61 remove_diacritics 2')"
    )
    db.executemany("insert into words (rowid, title, abstract, authors, keywords) values (?, ?, ?, ?, ?)",
                   [(key, *texts) for key, texts in TEXTS.items()])  # fmt: skip
    return db


def found(db: sqlite3.Connection, text: str) -> set[int]:
    question = read(text)
    if question.fts:
        return {row[0] for row in db.execute("select rowid from words where words match ?", (question.fts,))}
    if question.fts_without:
        hit = {row[0] for row in db.execute("select rowid from words where words match ?", (question.fts_without,))}
        return set(TEXTS) - hit
    return set()


@pytest.mark.parametrize(
    ("text", "works"),
    [
        ("loneliness", {1, 2}),
        ("LONELINESS adults", {1}),
        ("isolation", {1, 2, 3}),
        ('"social isolation"', {1}),
        ("“social isolation”", {1}),
        ('"social isolation', {1}),  # not closed
        ("lonel*", {1, 2}),
        ("depress*", {2}),
        ("isolation -virus", {1, 2}),
        ("isolation NOT virus", {1, 2}),
        ("isolation -children -depression", {1}),
        ("-virus", {1, 2}),
        ("adults OR children", {1, 3}),
        ("isolation adults OR children", {1, 3}),
        ("adults | depression", {1, 2}),
        ("isolation AND depression", {2}),
        ("title:loneliness", {1}),
        ("keyword:loneliness", {2}),
        ("keywords:loneliness OR title:virus", {2, 3}),
        ("author:smith", {1}),
        ("au:muller", {2}),
        ("abstract:social", {1, 2}),
        ('title:"virus isolation"', {3}),
        ("loneliness[ti]", {1}),
        ("loneliness [title]", {1}),
        ("loneliness[tiab]", {1}),
        ("social[tiab]", {1, 2}),
        ("lonel*[mh]", {2}),
        ("isolation[tw]", {1, 2, 3}),
        ('"social contact"[tiab:~2]', {2}),
        ("covid-19", {1}),
        ("(loneliness) [adults]", {1}),
        ("unknown:word", set()),
        ("Müller", {2}),
        ("muller", {2}),
        ("measure", {1}),  # other forms of a word are found too
        ("", set()),
        ('"" * - ( OR ) NOT "', set()),
        ("OR loneliness", {1, 2}),
        ("title:", set()),
        ("😀", set()),
    ],
)
def test_what_is_found(index: sqlite3.Connection, text: str, works: set[int]) -> None:
    assert found(index, text) == works


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("lonely adults", "lonely AND adults"),
        ("a OR b c", "(a OR b) AND c"),
        ('"social isolation" -virus', '"social isolation" NOT virus'),
        ("depress*[ti]", "depress* in title"),
        ("x[tiab]", "x in title or abstract"),
        ("a OR b", "a OR b"),
    ],
)
def test_the_box_says_how_it_was_understood(text: str, shown: str) -> None:
    assert read(text).shown == shown


def test_a_long_question_is_cut_and_says_so() -> None:
    many = read(" ".join(f"w{number}" for number in range(200)))
    assert len(many.groups) == MOST
    assert many.notes == (f"Only the first {MOST} words were used.",)
    assert read("x" * 10_000).notes == (f"Only the first {LONGEST:,} characters were used.",)


SIGNS = st.text(
    alphabet=st.sampled_from("\"“”*-()[]{}:^~+&|!?.,;'’\\/<>=#%@ ORANDtitle:aué1\x00\ufeff\u202e😀漢字"), max_size=60
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(SIGNS, st.text(max_size=80)))
@example("NEAR(a b, 2)")
@example('a" OR "b')
@example("{title} : x")
@example("^start + plus")
@example("a AND OR NOT b")
@example("title:title:title:x")
@example('"' * 99)
@example("\ud800")
@example("ꟲ ᳡ 𞤀 \U0001e030")  # letters younger than SQLite's table of them
def test_nothing_that_can_be_typed_is_an_error(index: sqlite3.Connection, text: str) -> None:
    question = read(text)
    assert found(index, text) <= set(TEXTS)
    for term in question.terms:
        index.execute("select rowid from words where words match ?", (term.fts,)).fetchall()


NAMES = st.sampled_from([*FACETS, "q", "since", "until", "news", "sort", "after", "unknown", ""])
VALUES = st.one_of(
    st.text(max_size=20), st.sampled_from(["2026-11-24", "1", "relevance", "x~1", "10.5555/x", "99999999"])
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(NAMES, VALUES), max_size=12))
def test_any_address_is_a_choice_and_its_own_address_says_the_same(pairs: list[tuple[str, str]]) -> None:
    from urllib.parse import parse_qsl, urlsplit

    chosen, _ = choice(pairs)
    again, notes = choice(parse_qsl(urlsplit(chosen.url()).query, keep_blank_values=True))
    assert again == chosen
    assert again.url() == chosen.url()
    assert not [note for note in notes if "date" in note]
    assert chosen.sort in SORTS


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("10.5555/lsi.1", ("doi", "10.5555/lsi.1")),
        (" https://doi.org/10.5555/LSI.1. ", ("doi", "10.5555/lsi.1")),
        ("doi:10.5555/lsi.1", ("doi", "10.5555/lsi.1")),
        ("990000001", ("pmid", "990000001")),
        ("PMID: 990000001", ("pmid", "990000001")),
        ("https://pubmed.ncbi.nlm.nih.gov/990000001/", ("pmid", "990000001")),
        ("pmc990006", ("pmcid", "PMC990006")),
        ("lsi-000003", ("key", "LSI-000003")),
        ("10.5555/lsi.1 loneliness", ("", "")),
        ("12345", ("", "")),
        ("COVID-19", ("", "")),
    ],
)
def test_an_identifier_alone_is_looked_up(text: str, identifier: tuple[str, str]) -> None:
    assert choice([("q", text)])[0].identifier == identifier


def test_notes_tell_what_could_not_be_used() -> None:
    chosen, notes = choice([("since", "yesterday"), ("until", "2026-13-01"), *(("type", f"t{n}") for n in range(30))])
    assert (chosen.since, chosen.until) == ("", "")
    assert len(notes) == 3


def test_filters_are_set_and_taken_away() -> None:
    chosen, _ = choice(
        [("type", "review"), ("type", "trial"), ("since", "2026-11-01"), ("news", "1"), ("q", "x"), ("after", "y~1")]
    )
    assert chosen.without_value("type", "review").values("type") == ("trial",)
    assert chosen.with_value("year", "2026").url().endswith("type=review&type=trial&year=2026&since=2026-11-01&news=1")
    assert chosen.without("type").without("since").without("news").without("until").url() == "/papers?q=x"
    assert not chosen.without("q").question.groups
    assert choice([])[0].url() == "/papers"
    assert not choice([("free", "0")])[0].narrowed
    assert choice([("sort", "relevance")])[0].sort == "newest"  # nothing to be relevant to
    assert choice([("sort", "relevance"), ("q", "x")])[0].sort == "relevance"
