"""A reference from a file becomes a record: names, dates, pages, identifiers, keys that do not change by themselves."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.imports.imported import date_of, events, parse, raw_of
from tracker.model import Author, Event, Record, Section, record_from_json
from tracker.sources import UnreadableRecord
from tracker.sources.kinds import kind
from tracker.testing import text_faults
from tracker.text.names import person as person_of


def ris(**said: Any) -> bytes:
    lines = [
        f"{tag}  - {value}"
        for tag, values in said.items()
        for value in ([values] if isinstance(values, str) else values)
    ]
    return raw_of("ris", "\n".join(["TY  - JOUR", *lines]))


def read(**said: Any) -> Record:
    return parse("psycinfo", ris(**({"TI": "Loneliness on the night train"} | said)))


def test_a_reference_is_read_whole() -> None:
    record = read(
        AN="2026-00001-001", AU=["Ashpenny, Anna B.", "The Night Riders Group"], JF="Journal of Tests", VL="12", IS="3",
        SP="737", EP="48", PY="2026", DA="2026/03/05/", SN="1234-567x; 8765-4321", DO="doi.org/10.5555/Night.1",
        AB="BACKGROUND: Nobody spoke. RESULTS: <i>Silence</i>.", KW=["trains", "trains", "nights"], LA="English;French",
        DB="APA PsycInfo", UR="https://example.org",
    )  # fmt: skip
    assert record == Record(
        source="psycinfo", source_id="2026-00001-001", title="Loneliness on the night train",
        abstract=(Section("Nobody spoke.", "BACKGROUND"), Section("Silence.", "RESULTS")),
        authors=(Author("Ashpenny", "Anna B.", "AB"), Author(group="The Night Riders Group")),
        journal="Journal of Tests", issns=("1234-567X", "8765-4321"), volume="12", issue="3", pages="737-748",
        date=record.date, issue_date=record.date, doi="10.5555/night.1", other_ids=(("accession", "2026-00001-001"),),
        languages=("eng", "fre"), publication_types=(("", "Journal Article"),), keywords=("trains", "nights"),
        extra=(("database", "APA PsycInfo"),),
    )  # fmt: skip
    assert (record.date.value, record.date.text) == ("2026-03-05", "2026/03/05/")
    assert events(record) == (Event("published", "", "psycinfo", "2026-03-05"),)


@pytest.mark.parametrize(
    ("said", "person"),
    [
        ("Doe, Jane", Author("Doe", "Jane", "J")),
        ("Doe, J. A.", Author("Doe", initials="JA")),
        ("Doe, J, Jr.", Author("Doe", initials="J", suffix="Jr.")),
        ("Doe JA", Author("Doe", initials="JA")),
        ("van der Berg JP", Author("van der Berg", initials="JP")),
        ("Jane van der Berg", Author("van der Berg", "Jane", "J")),
        ("Jane Doe", Author("Doe", "Jane", "J")),
        ("Plato", Author("Plato")),
        ("{The Night Riders}", Author(group="The Night Riders")),
        ("COVID-19 Collaborators", Author(group="COVID-19 Collaborators")),
        ("World Health Organization", Author(group="World Health Organization")),
        (", Riders", Author("Riders")),
        ("{}", None),
        (" ;", None),
        ("", None),
    ],
)
def test_names_as_files_write_them(said: str, person: Author | None) -> None:
    assert person_of(said) == person


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("2026", "2026"), ("2026/03/05", "2026-03-05"), ("2026/03//", "2026-03"), ("2026///Spring", "2026"),
        ("2026/3/5/", "2026-03-05"), ("2026 Mar 5", "2026-03-05"), ("March 2026", "2026-03"), ("5/3/2026", "2026"),
        ("2026-03-05", "2026-03-05"), ("2026/13/40", "2026"), ("soon", ""), ("", ""),
    ],
)  # fmt: skip
def test_dates_as_files_write_them(said: str, value: str) -> None:
    assert date_of(said) == value


@pytest.mark.parametrize(
    ("said", "pages"),
    [
        ({"SP": "737", "EP": "748"}, "737-748"),
        ({"SP": "737-8"}, "737-738"),
        ({"SP": "e12", "EP": "e12"}, "e12"),
        ({"C7": "112345"}, "112345"),
        ({"EP": "748"}, ""),
        ({}, ""),
    ],
)
def test_pages_as_files_write_them(said: dict[str, str], pages: str) -> None:
    assert read(**said).pages == pages


def test_identifiers_are_clean_or_nothing_wherever_they_stand() -> None:
    assert read(DO="see text", UR="https://dx.doi.org/10.5555/a").doi == "10.5555/a"
    assert read(UR="https://example.org/10.5555/a").doi == ""
    assert read(DB="Ovid MEDLINE(R)", AN="38000001").pmid == "38000001"
    assert read(DB="CINAHL", AN="38000001").pmid == ""
    assert read(N1="PMID: 123; other").pmid == "123"
    assert (read(C2="PMC99").pmcid, read(C2="12").pmcid) == ("PMC99", "")


def test_a_preprint_is_told_by_its_type() -> None:
    record = read(M3="Preprint")
    assert kind(record) == "preprint"
    assert record.publication_types == (("D000076942", "Preprint"),)
    assert events(record)[0].kind == "preprint"


def test_wrongly_decoded_letters_are_put_right() -> None:
    record = read(TI="Ã‰tude sur lâ€™isolement", AU="MÃ¼ller, JÃ©rÃ´me")
    assert (record.title, record.authors[0].name) == ("Étude sur l’isolement", "Müller, Jérôme")


def test_keys_are_the_databases_own_or_made_of_what_identifies_the_paper() -> None:
    assert read(AN=" 2-s2.0-1 ").source_id == "2-s2.0-1"
    assert parse("x", raw_of("nbib", "PMID- 990000001\nTI  - A")).source_id == "pmid:990000001"
    made = read(DO="10.5555/a").source_id
    assert made.startswith("made-")
    assert read(DO="10.5555/a", AB="another abstract", VL="9").source_id == made
    assert read(DO="10.5555/a", TI="Another talk of the same supplement").source_id != made
    assert read(PY="2026").source_id != read(PY="2025").source_id
    assert parse("x", raw_of("ris", "TY  - JOUR\nTI  - A", 2)).source_id.endswith("#2")


def test_titles_in_two_languages_are_kept_apart() -> None:
    record = read(TT="Einsamkeit im Nachtzug")
    assert (record.title, record.vernacular_title) == ("Loneliness on the night train", "Einsamkeit im Nachtzug")
    assert parse("x", raw_of("ris", "TY  - JOUR\nTT  - Einsamkeit")).title == "Einsamkeit"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "Expecting value"),
        (b"[]", "list indices"),
        (b'{"format":"ris"}', "text"),
        (b'{"format":"xml","text":""}', "there is no format 'xml'"),
        (b'{"format":"csv","text":"{"}', "Expecting"),
        (b'{"format":"ris","text":"TY  - JOUR\\nVL  - 3"}', "neither a title nor an abstract nor a DOI nor a PMID"),
    ],
)
def test_what_cannot_be_read_says_why(raw: bytes, reason: str) -> None:
    with pytest.raises(UnreadableRecord, match=reason):
        parse("x", raw)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["ris", "nbib", "csv", "bibtex"]),
    st.dictionaries(st.sampled_from(["TI", "AU", "PY", "DA", "DO", "AB", "AN", "SN", "LA", "KW", "SP", "C2"]),
                    st.text(max_size=25), max_size=6),
)  # fmt: skip
def test_any_reference_is_a_clean_record_or_has_a_reason(form: str, said: dict[str, str]) -> None:
    text = {
        "ris": "\n".join(f"{tag}  - {value}" for tag, value in said.items()),
        "nbib": "PMID- 1\n" + "\n".join(f"{tag:4}- {value}" for tag, value in said.items()),
        "csv": json.dumps([["Title", value] for value in said.values()]),
        "bibtex": "@article{a, " + ", ".join(f"title = {{{value}}}" for value in said.values()) + "}",
    }[form]
    raw = raw_of(form, text)
    try:
        record = parse("x", raw)
    except UnreadableRecord:
        return
    assert text_faults(record) == []
    assert record_from_json(record.to_json()) == record == parse("x", raw)
