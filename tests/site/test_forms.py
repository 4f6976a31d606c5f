"""A beginning with a star finds every word that begins so, though the index knows stems only."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from importlib.resources import files
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import METADATA, NOW, Client, Maker, day, quiet

from tracker.model import Section
from tracker.publish import publish
from tracker.publish.forms import Forms
from tracker.publish.work import Words
from tracker.site.queries.forms import expanded
from tracker.site.searchbox import read

WORDS = st.one_of(
    st.sampled_from(
        ["isolation", "isolated", "adolescents", "adolescence", "depression", "depressive", "lonely", "loneliness",
         "anxiety", "anxieties", "filing", "filings", "filingx", "relational", "rationalisation", "studies", "dying",
         "hopping", "universities", "caresses", "psychiatry", "psychiatric", "Ångström", "naïveté", "isol", "the"]
    ),
    st.text("aeiouylnstrgd", min_size=1, max_size=12),
)  # fmt: skip


def indexed(texts: list[str]) -> sqlite3.Connection:
    """An index of these titles, attached as the site attaches it."""
    name = f"file:{uuid4().hex}?mode=memory&cache=shared"
    search = sqlite3.connect(name, uri=True, isolation_level=None)
    search.executescript(files("tracker.publish").joinpath("search.sql").read_text(encoding="utf-8"))
    forms = Forms()
    for number, text in enumerate(texts, start=1):
        search.execute("insert into words (rowid, title, abstract, authors, keywords) values (?, ?, '', '', '')",
                       (number, text))  # fmt: skip
        forms.add(Words(text, "", "", ""))
    forms.write(search)
    db = sqlite3.connect(":memory:", uri=True, isolation_level=None)
    db.execute("attach ? as search", (name,))
    search.close()
    return db


def found(db: sqlite3.Connection, box: str) -> set[int]:
    asked = expanded(db, read(box)).fts
    return {row[0] for row in db.execute("select rowid from search.words where words match ?", (asked,))}


@settings(max_examples=100, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=12), st.data())
def test_every_word_that_begins_so_is_found(words: list[str], data: st.DataObject) -> None:
    db = indexed(words)
    word = data.draw(st.sampled_from(words))
    beginning = word[: data.draw(st.integers(1, len(word)))]
    wanted = {number for number, one in enumerate(words, start=1) if one.casefold().startswith(beginning.casefold())}
    assert wanted <= found(db, f"{beginning}*")
    db.close()


@pytest.mark.parametrize(
    ("box", "numbers"),
    [
        ("isolat*", {1, 2}),
        ("adolescen*", {3}),
        ("depressi*", {4, 5}),
        ('"social isolat*"', {1}),
        ("social isolat*", {1, 2}),
        ("title:isolat*", {1, 2}),
        ("author:isolat*", set()),
        ("depressi* -isolat*", {4, 5}),
        ("moods NOT isolat*", {3}),
        ("naivet*", {6}),
        ("zzz*", set()),
        ("*", set()),
    ],
)
def test_in_phrases_fields_and_behind_not(box: str, numbers: set[int]) -> None:
    texts = ["Social isolation", "Isolated from social moods", "Moods of adolescents"]
    texts += ["Depression", "Depressive old men", "Naïveté"]
    db = indexed(texts)
    assert (found(db, box) if read(box).groups else set()) == numbers
    db.close()


def test_the_page_finds_marks_and_says_so(maker: Maker, open_site: Callable[..., Client]) -> None:
    maker.run(day(1))
    maker.search("lonely")
    maker.simple(1, "lonely", title="Isolation of owls", abstract=(Section("Adolescents were kept."),))
    maker.simple(2, "lonely", title="Of mood", abstract=(Section("Isolating"),), copyright="All rights reserved.")
    maker.db.close()
    publish(maker.path, maker.path.parent / "public", settings={}, now=NOW, say=quiet)
    client = open_site(maker.path.parent / "public", METADATA)
    text = client.get("/papers?q=isolat*").text
    assert "<mark>Isolation</mark> of owls" in text
    assert "matches in the abstract: <b>isolat*</b>" in text
    assert "2 papers" in text
    assert "1 paper" in client.get("/papers?q=adolescen*&sort=relevance").text
    assert client.get("/papers.json?q=-isolat*").json()["works"] == []
