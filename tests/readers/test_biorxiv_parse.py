"""One row of api.biorxiv.org is one version of a preprint, read whole or set aside with a reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.model import Author, Event, Grant, Link, Record, record_from_json
from tracker.publish.licence import licence
from tracker.sources import UnreadableRecord
from tracker.sources.biorxiv.parse import author, events, parse
from tracker.sources.kinds import kind

Row = Callable[..., dict[str, Any]]


def read(row: dict[str, Any], server: str = "medrxiv") -> Record:
    return parse(server, json.dumps(row).encode())


def test_the_key_is_doi_and_version_and_the_doi_has_none(row: Row) -> None:
    record = read(row(7, version="3", date="2026-02-03", doi="10.64898/2026.01.02.26300007"))
    assert (record.source_id, record.doi, record.version) == (
        "10.64898/2026.01.02.26300007v3",
        "10.64898/2026.01.02.26300007",
        "3",
    )
    assert (record.date.value, record.created, record.journal) == ("2026-02-03", "2026-02-03", "medRxiv")


def test_both_prefixes_are_read(row: Row) -> None:
    for doi in ("10.1101/2023.10.21.23297352", "10.1101/135749", "10.64898/2026.09.13.26362948"):
        assert read(row(1, doi=doi.upper())).source_id == f"{doi}v1"


def test_a_preprint_is_a_preprint_and_says_where_it_stands(row: Row) -> None:
    record = read(row(1), "biorxiv")
    assert kind(record) == "preprint"
    assert (record.source, record.journal, record.publisher) == ("biorxiv", "bioRxiv", "bioRxiv")
    assert ("category", "public and global health") in record.extra


def test_authors_have_initials_and_the_corresponding_one_an_address_without_mail(row: Row) -> None:
    record = read(
        row(1, author_corresponding_institution="Institute, a@example.org", author_corresponding="C van der Moor")
    )
    assert record.authors == (
        Author("Ashpenny", initials="AB"),
        Author("van der Moor", initials="C", affiliations=("Institute",)),
    )
    assert not any("@" in said for person in record.authors for said in person.affiliations)


@pytest.mark.parametrize(
    ("said", "person"),
    [
        ("Tran, T. N.-A.", Author("Tran", initials="TNA")),
        ("Doe, Jane Mary", Author("Doe", "Jane Mary", "JM")),
        ("Doe, J., Jr", Author("Doe", initials="J", suffix="Jr")),
        ("The Silent Riders Consortium", Author(group="The Silent Riders Consortium")),
        ("MULTI Group,", Author(group="MULTI Group")),
        (", Lone", Author(group="Lone")),
        ("O'Regan, A.", Author("O'Regan", initials="A")),
        ("Garc{acute}a &amp; Sons, É.", Author("Garc{acute}a & Sons", initials="É")),
        ("", None),
        (" , ", None),
    ],
)
def test_names_are_cut_at_the_comma(said: str, person: Author | None) -> None:
    assert author(said) == person


def test_funders_come_as_a_word_or_as_a_list(row: Row) -> None:
    funders = [
        {"name": "Rail Fund", "id": "1", "id-type": "ROR", "award": "R1; R2"},
        {"name": "", "award": "x"},
        "odd",
        {"name": "Rail Fund", "award": "R1"},
        {"name": "Bus Fund", "award": None},
    ]
    assert read(row(1, funder=funders)).grants == (
        Grant("R1", agency="Rail Fund"),
        Grant("R2", agency="Rail Fund"),
        Grant(agency="Bus Fund"),
    )
    assert read(row(1, funder="NA")).grants == ()


def test_licences_are_theirs_and_all_rights_reserved_is_none(row: Row) -> None:
    shown = {
        said: licence([read(row(1, license=said))]) for said in ("cc_by", "cc_by_nc_nd", "cc0", "cc_no", "", "new")
    }
    assert {said: (found.name, found.open) for said, found in shown.items()} == {
        "cc_by": ("CC BY 4.0", True),
        "cc_by_nc_nd": ("CC BY-NC-ND 4.0", True),
        "cc0": ("CC0 1.0", True),
        "cc_no": ("", False),
        "": ("", False),
        "new": ("", False),
    }


def test_the_article_is_a_link_and_an_event(row: Row) -> None:
    record = read(row(1, published="https://doi.org/10.5555/ARTICLE.9"))
    assert record.links == (Link("published", doi="10.5555/article.9"),)
    assert events(record) == (
        Event("preprint", "", "medrxiv", "2026-01-05"),
        Event("published", "10.5555/article.9", "medrxiv"),
    )
    assert read(row(1, published="10.5555/2026.01.00000001")).links == ()  # itself


def test_a_later_version_is_an_event_of_its_own(row: Row) -> None:
    assert events(read(row(1, version="2")))[0] == Event("preprint", "version 2", "medrxiv", "2026-01-05")


WITHDRAWN = (
    "The authors have withdrawn this manuscript because of an error in the timetable.",
    "The authors have withdrawn their manuscript whilst they ride again.",
    "The author has withdrawn this manuscript.",
    "The corresponding author wishes to withdraw this preprint.",
    "Withdrawal Statement The authors have withdrawn this manuscript.",
    "This manuscript has been withdrawn by the authors.",
    "This preprint was removed.",
    "medRxiv has withdrawn this manuscript.",
)


@pytest.mark.parametrize("text", WITHDRAWN)
def test_a_withdrawal_is_told_by_its_statement(row: Row, text: str) -> None:
    found = events(read(row(1, abstract=text, version="2")))
    assert found[-1] == Event("withdrawn", "", "medrxiv", "2026-01-05", text)


def test_a_withdrawal_is_told_by_type_or_title(row: Row) -> None:
    by_type = events(read(row(1, type="withdrawn", server="bioRxiv"), "biorxiv"))
    by_title = events(read(row(1, title="WITHDRAWN: Loneliness on the night train")))
    assert [found[-1].kind for found in (by_type, by_title)] == ["withdrawn", "withdrawn"]


@pytest.mark.parametrize(
    "text",
    [
        "Socially withdrawn riders were asked. The authors have no train.",
        "We studied how papers are withdrawn. This manuscript has been written on trains.",
        "The authors are riders. Withdrawal was common.",
    ],
)
def test_withdrawn_people_are_no_withdrawn_paper(row: Row, text: str) -> None:
    assert all(event.kind != "withdrawn" for event in events(read(row(1, abstract=text))))


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "not JSON"),
        (b"\xff{", "not JSON"),
        (b"[1]", "not one record"),
        (b"{}", "no DOI with a version"),
        (b'{"doi":"10.5555/a","version":"0"}', "no DOI with a version"),
        (b'{"doi":"10.5555/a","version":true}', "no DOI with a version"),
        (b'{"doi":"10.5555/a","version":"1"}', "no day of posting"),
        (b'{"doi":"10.5555/a","version":"1","date":"2026-02"}', "no day of posting"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_what_cannot_be_read_says_why(raw: bytes, reason: str) -> None:
    with pytest.raises(UnreadableRecord, match=reason):
        parse("medrxiv", raw)


def test_members_may_be_absent_numbers_or_null(row: Row) -> None:
    bare = read(
        {"doi": "10.5555/a", "version": 2, "date": "2026-01-05", "title": None, "abstract": "NA", "license": None}
    )
    assert bare == Record(
        "medrxiv", "10.5555/av2", journal="medRxiv", publisher="medRxiv", date=bare.date, electronic_date=bare.date,
        created="2026-01-05", doi="10.5555/a", version="2", publication_types=(("D000076942", "Preprint"),),
    )  # fmt: skip


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda part: st.lists(part, max_size=3),
    max_leaves=5,
)
NAMES = ("title", "authors", "author_corresponding", "author_corresponding_institution", "abstract", "funder",
         "license", "published", "type", "category", "date", "version", "doi")  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), ANY), st.booleans())
def test_parse_is_total_and_what_it_gives_is_clean(said: dict[str, Any], whole: bool) -> None:
    row = ({"doi": "10.5555/a", "version": "1", "date": "2026-01-05"} if whole else {}) | said
    raw = json.dumps(row).encode("utf-8", "surrogatepass")
    try:
        record = parse("medrxiv", raw)
    except UnreadableRecord:
        return
    assert parse("medrxiv", raw) == record == record_from_json(record.to_json())
    assert record == replace(record, title=" ".join(record.title.split()))
    events(record)


@pytest.mark.parametrize(
    ("said", "person"),
    [
        ("King, M. L., III", Author("King", initials="ML", suffix="III")),
        ("Whitt, R. D., Jr.", Author("Whitt", initials="RD", suffix="Jr.")),
        ("Kest, J. Jr.", Author("Kest", initials="J", suffix="Jr.")),
        ("Kest Jr., J.", Author("Kest", initials="J", suffix="Jr.")),
        ("Kest III, J. B.", Author("Kest", initials="JB", suffix="III")),
        ("Kest, Anna B., 3rd", Author("Kest", "Anna B.", "AB", "3rd")),
        ("Kest, Anna Sr", Author("Kest", "Anna", "A", "Sr")),
        ("van der Moor, C., IV", Author("van der Moor", initials="C", suffix="IV")),
        ("Kest, A. II", Author("Kest", initials="A", suffix="II")),
        ("Kest, A. 2nd", Author("Kest", initials="A", suffix="2nd")),
        # no suffixes
        ("Kest, V.", Author("Kest", initials="V")),
        ("Kest, I. V.", Author("Kest", initials="IV")),
        ("Na, L.", Author("Na", initials="L")),
        ("NA, Li", Author("NA", "Li", "L")),
        ("Others, J.", Author("Others", initials="J")),
        ("Sr, M.", Author("Sr", initials="M")),
        ("Vi, T.", Author("Vi", initials="T")),
        ("Harbour Study Group", Author(group="Harbour Study Group")),
        ("Harbour Study Group, .", Author(group="Harbour Study Group")),
        ("., Harbour Study Group", Author(group="Harbour Study Group")),
    ],
)
def test_suffixes_stand_apart_and_groups_have_no_full_stop(said: str, person: Author) -> None:
    assert author(said) == person
