"""Each field of what is shown names the record it was taken from."""

from __future__ import annotations

from dataclasses import fields

from hypothesis import given, settings
from hypothesis import strategies as st
from shelves import TEAM, abstract, judge, keep

from tracker.model import PartialDate, Record, StoredRecord
from tracker.report import show
from tracker.store import Store
from tracker.works.display import BLANK, display, says_what

WORDS = st.sampled_from(["", "one", "two"])
RECORDS = st.builds(
    Record,
    source=st.sampled_from(["pubmed", "medrxiv", "europepmc"]),
    source_id=st.just("1"),
    title=WORDS,
    journal=WORDS,
    volume=WORDS,
    doi=WORDS,
    licence=WORDS,
    abstract=st.sampled_from([(), abstract("one"), abstract("two")]),
    keywords=st.sampled_from([(), ("a",), ("b",)]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(RECORDS, st.integers(1, 2)), min_size=1, max_size=4))
def test_what_is_shown_is_what_the_named_record_says(said: list[tuple[Record, int]]) -> None:
    stored = [StoredRecord(n, record, "", "", group) for n, (record, group) in enumerate(said)]
    shown, givers = display(stored), says_what(stored)
    for field in fields(Record):
        value = getattr(shown, field.name)
        if field.name in givers:
            assert value == getattr(givers[field.name].record, field.name) != getattr(BLANK, field.name)
        elif field.name not in ("source", "source_id", "authors_complete"):
            assert value == getattr(BLANK, field.name)


def test_show_tells_it_as_text_and_as_json(store: Store) -> None:
    said = {"authors": TEAM, "doi": "10.5555/one", "date": PartialDate("2024"), "title": "Loneliness among the keepers"}
    keep(store, 1, journal="Journal of Keepers", **said)
    keep(store, 2, source="import", abstract=abstract("What they said."), **said)
    judge(store)
    told = show.tell(store.db, "10.5555/one")
    assert told.as_json()["fields"] == {
        "title": "pubmed:990000001",
        "abstract": "import:990000002",
        "authors": "pubmed:990000001",
        "journal": "pubmed:990000001",
        "date": "pubmed:990000001",
        "pmid": "pubmed:990000001",
        "doi": "pubmed:990000001",
    }
    text = told.as_text()
    assert "Which record says what:\n  pubmed:990000001: title, authors, journal, date, pmid, doi" in text
    assert "import:990000002: abstract" in text


def test_show_tells_of_a_question_that_waits_for_a_person(store: Store) -> None:
    from shelves import doubtful

    one, _ = doubtful(store, 1)
    judge(store)
    told = show.tell(store.db, one)
    assert [row["rule"] for row in told.as_json()["questions"]] == ["DOI and authors, unlike titles"]
    assert "Waits for a person" in told.as_text()
    assert "Which record says what" not in told.as_text()
