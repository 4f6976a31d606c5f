"""One work, one row: what each column holds."""

from __future__ import annotations

import csv
import io
import tempfile
from dataclasses import replace
from pathlib import Path

import pandas
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lab import PREPRINT, opened

from tracker.formats import COLUMNS
from tracker.formats.csv import read
from tracker.model import Author, Event, Heading, Match, PartialDate, Record, Section, StoredEvent, StoredRecord, Work
from tracker.works.display import display
from tracker.works.row import joined, left_out, row

ARTICLE = Record(
    "pubmed",
    "990000001",
    title="Loneliness",
    abstract=(Section("First.", "BACKGROUND"), Section("Second.")),
    authors=(Author("Doe", "Jane"), Author("Wu", "Y"), Author("Wu", "Y"), Author(group="Team A; Team B and C")),
    journal="A Journal",
    issns=("1111-1111", "2222-2222"),
    issn_linking="2222-2222",
    country="England",
    volume="12",
    issue="3-4",
    pages="1-9",
    date=PartialDate("2024-03-05"),
    pmid="990000001",
    pmcid="PMC9900001",
    doi="10.5555/a<b>#1",
    languages=("eng", "ger"),
    keywords=("solitude", "a;b"),
    mesh=(Heading("Loneliness"), Heading("solitude")),
    publication_types=(("D016428", "Journal Article"),),
)
POSTED = Record("medrxiv", "10.5555/pre", title="Lonely", doi="10.5555/pre", publication_types=PREPRINT)
MATCH = Match("one", "pubmed", "990000001", "2026-01-01T00:00:00Z", "", "baseline", "", 1)


def stored(number: int, record: Record, publication: int = 0) -> StoredRecord:
    return StoredRecord(number, record, f"2026-01-0{number}T06:00:00Z", "2026-01-09", publication or number)


def work(*records: Record, events: tuple[str, ...] = (), matches: tuple[Match, ...] = (MATCH,)) -> Work:
    kept = tuple(stored(number, record) for number, record in enumerate(records, start=1))
    happened = tuple(StoredEvent(1, Event(kind, "", "pubmed"), "2026-01-01") for kind in events)
    return Work(1, "LSI-000001", kept, matches, happened)


def test_each_column_of_an_article() -> None:
    found = row(work(ARTICLE), ARTICLE)
    assert {name: getattr(found, name) for name in COLUMNS if getattr(found, name)} == {
        "key": "LSI-000001",
        "title": "Loneliness",
        "year": 2024,
        "month": 3,
        "day": 5,
        "journal": "A Journal",
        "issn": "2222-2222",
        "volume": "12",
        "issue": "3-4",
        "pages": "1-9",
        "authors": "Doe, Jane; Wu, Y; Wu, Y; Team A, Team B and C",
        "url": "https://doi.org/10.5555/a%3Cb%3E%231",
        "language": "eng; ger",
        "location": "England",
        "abstract": "BACKGROUND: First. Second.",
        "notes": "tracker-id: LSI-000001",
        "doi": "10.5555/a<b>#1",
        "keywords": "solitude; a,b; Loneliness",
        "pubmed_id": "990000001",
        "pmc_id": "PMC9900001",
        "record_type": "article",
        "status": "published",
        "versions": "article 10.5555/a<b>#1",
        "searches": "one",
        "sources": "pubmed",
        "first_seen": "2026-01-01",
    }
    assert found.names == ARTICLE.authors


def test_preprint_and_article_are_one_row_that_names_both() -> None:
    both = work(POSTED, ARTICLE)
    found = row(both, display(both.records))
    assert found.versions == "preprint 10.5555/pre; article 10.5555/a<b>#1"
    assert (found.sources, found.record_type, found.first_seen) == ("medrxiv; pubmed", "article", "2026-01-01")


def test_records_of_one_publication_are_one_version() -> None:
    twice = replace(work(ARTICLE), records=(stored(1, ARTICLE, 1), stored(2, replace(ARTICLE, doi="10.5555/x"), 1)))
    assert row(twice, ARTICLE).versions == "article 10.5555/a<b>#1"


@pytest.mark.parametrize(
    ("changes", "url", "version"),
    [
        ({"doi": ""}, "https://pubmed.ncbi.nlm.nih.gov/990000001/", "article PMID 990000001"),
        ({"doi": "", "pmid": ""}, "", "article pubmed:990000001"),
    ],
)
def test_links_and_versions_without_a_doi(changes: dict[str, str], url: str, version: str) -> None:
    record = replace(ARTICLE, **changes)
    found = row(work(record), record)
    assert (found.url, found.versions) == (url, version)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", (None, None, None)),
        ("2024", (2024, None, None)),
        ("2024-03", (2024, 3, None)),
        ("2024-03-05", (2024, 3, 5)),
    ],
)
def test_dates_are_as_precise_as_known(value: str, expected: tuple[int | None, ...]) -> None:
    record = replace(ARTICLE, date=PartialDate(value))
    found = row(work(record), record)
    assert (found.year, found.month, found.day) == expected


def test_grave_states_stand_in_status_and_notes() -> None:
    found = row(work(ARTICLE, events=("published", "corrected", "concern", "retracted")), ARTICLE)
    assert found.status == "retracted; expression of concern; corrected"
    assert found.notes == "tracker-id: LSI-000001; retracted; expression of concern; corrected"


def test_notes_say_what_a_reviewer_has_to_know() -> None:
    record = replace(ARTICLE, authors_complete=False)
    ended, other = replace(MATCH, until="2026-02-01T00:00:00Z"), replace(MATCH, search="two")
    found = row(work(record, matches=(ended, other)), record, ["one"])
    assert found.notes == (
        "tracker-id: LSI-000001; no longer matches since 2026-02-01; the source lists not all authors"
    )
    assert row(work(ARTICLE, matches=(ended, other)), ARTICLE).notes == "tracker-id: LSI-000001"


def test_an_abstract_in_another_language_is_better_than_none() -> None:
    record = replace(ARTICLE, abstract=(), other_abstracts=(("Publisher", "ger", "Einsam."), ("", "fre", "Seul.")))
    assert row(work(record), record).abstract == "[Publisher ger] Einsam."
    assert row(work(ARTICLE), replace(record, abstract=ARTICLE.abstract)).abstract == "BACKGROUND: First. Second."


def test_a_title_only_in_its_own_language_is_shown() -> None:
    record = replace(
        ARTICLE, title="", vernacular_title="Einsamkeit", journal="", journal_abbrev="A J", issn_linking=""
    )
    found = row(work(record), record)
    assert (found.title, found.journal, found.issn) == ("Einsamkeit", "A J", "1111-1111")


@pytest.mark.parametrize(
    ("languages", "leave_out", "why"),
    [
        (("eng",), ("languages",), ""),
        (("ger",), ("languages",), "languages"),
        ((), ("languages",), ""),
        (("ger",), ("notices",), ""),
    ],
)
def test_only_what_is_known_to_be_in_other_languages_is_left_out(
    languages: tuple[str, ...], leave_out: tuple[str, ...], why: str
) -> None:
    assert left_out(replace(ARTICLE, languages=languages), leave_out) == why


@given(st.lists(st.text(min_size=1), max_size=5))
def test_joined_values_part_again_into_as_many(values: list[str]) -> None:
    assert len(joined(values).split(";")) == max(1, len(values))


HOSTILE = st.text(st.characters(), max_size=20)


@given(
    st.lists(st.tuples(HOSTILE, HOSTILE, HOSTILE), min_size=1, max_size=4), st.sampled_from(["rayyan", "spreadsheet"])
)
@example([("=1+1", "a\r\nER  - \r\nTY  - JOUR", "\ud800\x00\u2028\ufeff")], "spreadsheet")
@settings(max_examples=25, deadline=None)
def test_any_text_in_the_store_the_same_works_in_the_file(texts: list[tuple[str, str, str]], profile: str) -> None:
    """From the store to the reviewer, through every reader; surrogates cannot be stored, so they stop at the door."""
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as lab:
        storable = [[part.encode("utf-8", "ignore").decode("utf-8") for part in parts] for parts in texts]
        for number, (title, abstract, name) in enumerate(storable, start=1):
            author = Author(name, abstract, group=title)
            sections = (Section(abstract, name),) if abstract else ()
            lab.store_paper(number, title=title, abstract=sections, journal=name, authors=(author,))
        lab.run("one", list(range(1, len(texts) + 1)))
        receipt = lab.export(searches=["one"], profile=profile)
        data = (lab.home.root / "list.csv").read_bytes()
        count = receipt.records + receipt.notices
        assert count == len(texts)
        assert len(list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))) == receipt.records + 1
        assert len(pandas.read_csv(io.BytesIO(data))) == receipt.records
        assert len(list(read(lab.home.root / "list.csv"))) == receipt.records
