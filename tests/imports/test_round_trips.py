"""What our writers of references write, our readers read as it was meant, whatever the words are."""

from __future__ import annotations

import io
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.formats import Format, Row, pieces
from tracker.formats.bibtex import BIBTEX
from tracker.formats.csl import CSL_JSON
from tracker.formats.ris import RIS
from tracker.imports.imported import parse_and_tell, raw_of
from tracker.model import Author, Record

formats = pytest.mark.parametrize("entry", [CSL_JSON, BIBTEX, RIS], ids=lambda entry: entry.name)
WORDS = (
    "quiet", "ferries", "Müller", "Łódź", "p < .05", "R&D", "100 %", "a<b and c>d", "$5", "snake_case", "#1", "C\\D",
    "x^2", "~7", "α-synuclein", "孤独", "“so”", "it’s", "{NaCl}", "and", "Others", "NA1", "10⁶", "½", "и", "é",
)  # fmt: skip
FAMILIES = (
    "Kest",
    "Kest Lorr",
    "Lorr",
    "Müller",
    "van der Berg",
    "O'Regan",
    "Na",
    "Others",
    "Łukasz",
    "D'Arc",
    "Иванова",
    "Öz",
)
GIVENS = ("Anna", "Bo B.", "Jean-Pierre", "Émilie", "Ян", "Anna Maria")
said = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)
person = st.builds(
    Author, st.sampled_from(FAMILIES), given=st.sampled_from(GIVENS), suffix=st.sampled_from(["", "Jr", "III"])
)
group = st.sampled_from(["Care and Sea Group", "Health, Ageing and Sea Consortium"]).map(
    lambda name: Author(group=name)
)
rows = st.builds(
    Row,
    key=st.just("DEMO-000001"),
    title=said.map(lambda text: f"Study of {text} here"),
    year=st.integers(1900, 2030),
    month=st.integers(1, 12),
    journal=st.sampled_from(["Journal of Ferries & Tides", "Żagle", "Sea: 100 % Quiet"]),
    volume=st.sampled_from(["", "12", "12 Suppl 1"]),
    issue=st.sampled_from(["", "3", "3-4"]),
    pages=st.sampled_from(["", "101-109", "S12-S18", "e12345"]),
    abstract=said.map(lambda text: f"We saw {text} there."),
    doi=st.sampled_from(["", "10.5555/a.1", "10.5555/a_b(20)1-2", "10.5555/a--b"]),
    pubmed_id=st.sampled_from(["", "990000001"]),
    pmc_id=st.sampled_from(["", "PMC9900001"]),
    issn=st.sampled_from(["", "1234-567X"]),
    keywords=st.lists(st.sampled_from(["loneliness", "old age", "Ärger"]), unique=True).map("; ".join),
    language=st.sampled_from(["", "eng", "ger"]),
    record_type=st.just("article"),
    names=st.lists(st.one_of(person, group), max_size=4).map(tuple),
)


def read_again(entry: Format, row: Row) -> tuple[Record, list[str]]:
    out = io.BytesIO()
    entry.write([row], out, "generic")
    reader, found = pieces(f"x{entry.suffix}", out.getvalue())
    assert reader is not None
    assert [(piece.broken, piece.note) for piece in found] == [("", "")]
    return parse_and_tell("elsewhere", raw_of(reader.name, found[0].text))


def plain(entry: Format, authors: Iterable[Author]) -> list[tuple[str, str, str, str]]:
    """Names in parts; in RIS a comma parts a person, so that groups have none there."""
    return [
        (one.family, one.given, one.suffix, one.group.replace(",", "") if entry is RIS else one.group)
        for one in authors
    ]


@formats
@given(row=rows)
@settings(max_examples=150, deadline=None)
def test_a_reference_comes_back_as_it_was_written(entry: Format, row: Row) -> None:
    record, told = read_again(entry, row)
    assert told == []
    assert (record.title, record.abstract_text) == (row.title, row.abstract)
    assert (plain(entry, record.authors), record.authors_complete) == (plain(entry, row.names), True)
    assert record.doi == row.doi
    if entry is not RIS:  # no tag of it is read for these by all
        assert (record.pmid, record.pmcid) == (row.pubmed_id, row.pmc_id)
    assert (record.journal, record.volume, record.issue, record.pages) == (
        row.journal, row.volume, row.issue, row.pages,
    )  # fmt: skip
    assert ("; ".join(record.keywords), "; ".join(record.languages)) == (row.keywords, row.language)
    assert record.date.value.startswith(f"{row.year:04}")
    assert "-".join(record.issns) == row.issn
