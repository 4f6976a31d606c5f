"""One PsyArXiv preprint as OSF gives it, in both forms of its ids, posted, withdrawn or waiting."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.model import Author, Event, Link, Record, record_from_json
from tracker.publish.licence import licence
from tracker.sources import UnreadableRecord
from tracker.sources.kinds import kind
from tracker.sources.osf.parse import events, parse, posted, preprint


def person(full: str, index: int = 0, **parts: Any) -> dict[str, Any]:
    user = {"data": {"attributes": {"full_name": full, **parts}}}
    return {"attributes": {"index": index, "bibliographic": True, "unregistered_contributor": None},
            "embeds": {"users": user}}  # fmt: skip


def item(name: str = "ab3cd_v1", people: list[Any] | None = None, **said: Any) -> dict[str, Any]:
    attributes = {
        "title": "Loneliness on the night train",
        "description": "Background: trains.\n\nNobody spoke.",
        "date_created": "2026-01-03T10:00:00.123456Z",
        "date_published": "2026-01-04T10:00:00.123456Z",
        "date_modified": "2026-02-01T10:00:00.123456Z",
        "doi": None,
        "tags": ["loneliness", "loneliness", "trains "],
        "subjects": [[{"id": "1", "text": "Social Sciences"}, {"id": "2", "text": "Psychology"}]],
        "reviews_state": "accepted",
        "date_withdrawn": None,
        "is_published": True,
        "version": 1,
    }
    found: dict[str, Any] = {
        "id": name,
        "type": "preprints",
        "attributes": attributes | said,
        "links": {"preprint_doi": f"https://doi.org/10.31234/osf.io/{name}"},
        "embeds": {"bibliographic_contributors": {"data": people or [person("Anna Ashpenny")], "meta": {"total": 1}}},
    }
    return found


def read(said: dict[str, Any]) -> Record:
    return parse("psyarxiv", json.dumps(said).encode())


def test_a_preprint_is_read_whole() -> None:
    record = read(item())
    assert (record.source, record.source_id, record.version, preprint(record)) == ("psyarxiv", "ab3cd_v1", "1", "ab3cd")
    assert (record.doi, record.journal, kind(record)) == ("10.31234/osf.io/ab3cd_v1", "PsyArXiv", "preprint")
    assert (record.date.value, record.created, record.revised) == ("2026-01-04", "2026-01-04", "2026-02-01")
    assert record.abstract_text == "Background: trains. Nobody spoke."
    assert record.keywords == ("loneliness", "trains")
    assert record.extra == (("subject", "Social Sciences"), ("subject", "Psychology"))
    assert record.authors == (Author("Ashpenny", "Anna", "A"),)
    assert posted(record)
    assert events(record) == (Event("preprint", "", "psyarxiv", "2026-01-04"),)


def test_ids_without_a_version_are_read_and_a_version_may_stand_in_the_id_alone() -> None:
    assert [(read(item(name, version=None)).version) for name in ("ab3cd", "ab3cd_v2")] == ["", "2"]
    assert preprint(read(item("ab3cd"))) == preprint(read(item("ab3cd_v2"))) == "ab3cd"
    assert events(read(item("ab3cd_v2", version=2)))[0].notice == "version 2"


def test_the_doi_entered_by_the_author_is_the_article() -> None:
    record = read(item(doi="https://doi.org/10.5555/Article.1"))
    assert record.links == (Link("published", doi="10.5555/article.1", note="entered by the author"),)
    assert events(record)[1] == Event("published", "10.5555/article.1", "psyarxiv", "", "entered by the author")


@pytest.mark.parametrize("doi", ["10.31234/osf.io/ab3cd_v1", "10.31234/osf.io/other", "soon", "", None])
def test_a_preprint_is_not_published_by_another_preprint_or_by_words(doi: str | None) -> None:
    assert read(item(doi=doi)).links == ()


def test_a_withdrawn_preprint_keeps_its_text_and_says_who_withdrew_it_when() -> None:
    """Members that are null then: is_published, date_last_transitioned, the licence, the preprint's DOI."""
    said = item(
        reviews_state="withdrawn",
        date_withdrawn="2026-03-02T01:02:03Z",
        withdrawal_justification="An error\nin the timetable.",
        is_published=None,
        date_last_transitioned=None,
        license_record=None,
    )
    said["links"] = {"preprint_doi": None}
    record = read(said)
    assert posted(record)
    assert record.title == "Loneliness on the night train"
    assert events(record)[-1] == Event("withdrawn", "", "psyarxiv", "2026-03-02", "An error in the timetable.")
    assert read(item(reviews_state=None, date_withdrawn="2026-03-02")).status == "withdrawn"


@pytest.mark.parametrize("state", ["pending", "rejected", "initial"])
def test_what_waits_for_a_moderator_or_was_refused_is_not_posted(state: str) -> None:
    record = read(item(reviews_state=state))
    assert not posted(record)
    assert events(record) == ()


def test_contributors_stand_in_their_order_and_only_authors_count() -> None:
    people = [
        person("Cora Moor", 1, given_name="Cora", middle_names="D.", family_name="van der Moor", suffix="Jr",
               social={"orcid": "0000-0002-1825-0097"}),
        person("Anna Ashpenny", 0),
        person("Helper One", 2) | {"attributes": {"index": 2, "bibliographic": False}},
        person("Merged Name", 3) | {"attributes": {"index": 3, "unregistered_contributor": "Old, Name"}},
        {"attributes": {"index": 4}, "embeds": {"users": {"errors": [{"detail": "gone"}]}}},
        person("Plato", 5),
    ]  # fmt: skip
    record = read(item(people=people))
    assert record.authors == (
        Author("Ashpenny", "Anna", "A"),
        Author("van der Moor", "Cora D.", "CD", "Jr", orcid="0000-0002-1825-0097"),
        Author("Old", "Name", "N"),
        Author("Plato"),
    )


@pytest.mark.parametrize(
    ("embedded", "complete"),
    [
        ({"meta": {"total": 1}}, True),
        ({"meta": {"total": 11}}, False),
        ({"links": {"meta": {"total": 11}}}, False),
        ({"links": {"next": "https://api.example.org/?page=2"}}, False),
        ({"links": {"next": None}}, True),
        ({}, True),
    ],
)
def test_more_than_ten_authors_are_known_to_be_cut(embedded: dict[str, Any], complete: bool) -> None:
    said = item()
    said["embeds"]["bibliographic_contributors"] = {"data": [person("Anna Ashpenny")], **embedded}
    assert read(said).authors_complete is complete


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("CC-By Attribution 4.0 International", "CC BY"),
        ("CC0 1.0 Universal", "CC0 1.0"),
        ("CC-By Attribution-NonCommercial-NoDerivatives 4.0 International", "CC BY-NC-ND"),
        ("No license", ""),
        ("Academic Free License (AFL) 3.0", "Academic Free License (AFL) 3.0"),
    ],
)
def test_licences_by_their_usual_code(name: str, shown: str) -> None:
    said = item()
    said["embeds"]["license"] = {"data": {"attributes": {"name": name}}}
    found = licence([read(said)])
    assert (found.name.removesuffix(" 4.0"), found.open) == (shown, shown.startswith("CC"))


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "not JSON"),
        (b"[]", "not one record"),
        (b"{}", "no id of a preprint"),
        (b'{"id":"../x"}', "no id of a preprint"),
        (b'{"id":"ab3cd_v1"}', "no day of posting"),
        (b'{"id":"ab3cd","attributes":{"date_created":"yesterday"}}', "no day of posting"),
    ],
)
def test_what_cannot_be_read_says_why(raw: bytes, reason: str) -> None:
    with pytest.raises(UnreadableRecord, match=reason):
        parse("psyarxiv", raw)


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.sampled_from(["attributes", "data", "text"]), part),
    max_leaves=6,
)
NAMES = st.sampled_from([*item()["attributes"], "withdrawal_justification", "conflict_of_interest_statement"])


@settings(max_examples=120, deadline=None)
@given(st.dictionaries(NAMES, ANY, max_size=5), ANY, ANY)
def test_parse_is_total(said: dict[str, Any], embeds: Any, links: Any) -> None:
    raw = json.dumps(
        item(**said) | {"embeds": {"bibliographic_contributors": embeds, "license": links}, "links": links}
    )
    try:
        record = parse("psyarxiv", raw.encode("utf-8", "surrogatepass"))
    except UnreadableRecord:
        return
    assert record_from_json(record.to_json()) == record
    events(record)


def closed(full: object, **meta: Any) -> dict[str, Any]:
    """A contributor whose account is closed: an error stands in place of the user."""
    error = {"detail": "The requested user is no longer available.", "meta": {"full_name": full, **meta}}
    return {"attributes": {"index": 0, "bibliographic": True, "unregistered_contributor": None},
            "embeds": {"users": {"errors": [error]}}}  # fmt: skip


@pytest.mark.parametrize(
    ("full", "author"),
    [
        ("Anna Ashpenny", Author("Ashpenny", "Anna", "A")),
        ("Bo van der Moor", Author("van der Moor", "Bo", "B")),
        ("Jean-Pierre Kest", Author("Kest", "Jean-Pierre", "JP")),
        ("Anna B. Kest Jr.", Author("Kest", "Anna B.", "AB", "Jr.")),
        ("Kest, Anna", Author("Kest", "Anna", "A")),
        ("Ülle Õunapuu", Author("Õunapuu", "Ülle", "Ü")),
        ("Иван Морев", Author("Морев", "Иван", "И")),
        ("Anna Kest PhD", Author("Kest", "Anna", "A")),
        ("The Night Train Consortium", Author(group="The Night Train Consortium")),
        ("ANNA KEST", Author("Kest", "Anna", "A")),
        ("Li Na", Author("Na", "Li", "L")),
        ("Jane Others", Author("Others", "Jane", "J")),
        ("Mononym", Author("Mononym")),
        ("Anna O&#39;Regan", Author("O'Regan", "Anna", "A")),
    ],
)
def test_the_name_of_a_closed_account_is_kept(full: str, author: Author) -> None:
    record = read(item(people=[closed(full)]))
    assert (record.authors, record.authors_complete) == ((author,), True)


@pytest.mark.parametrize("full", ["", " ", None, 7, "NA", "[No author name available]"])
def test_a_closed_account_without_a_name_is_nobody(full: object) -> None:
    assert read(item(people=[closed(full), person("Bo Lorr", 1)])).authors == (Author("Lorr", "Bo", "B"),)


@pytest.mark.parametrize("errors", [[], None, ["gone"], [{"meta": None}], [{"detail": "Not found."}], {"meta": {}}])
def test_errors_of_other_forms_are_nobody(errors: object) -> None:
    one = closed("x")
    one["embeds"]["users"]["errors"] = errors
    assert read(item(people=[one])).authors == ()


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ({"date_withdrawn": "2026-03-02T01:02:03.123456Z"}, "2026-03-02"),
        ({"date_withdrawn": "2026-03-02T01:02:03Z", "reviews_state": None}, "2026-03-02"),
        ({"date_withdrawn": "2026-03-02T01:02:03", "reviews_state": "accepted"}, "2026-03-02"),
        ({"date_withdrawn": "2026-03-02", "reviews_state": "withdrawn"}, "2026-03-02"),
        ({"date_withdrawn": "2026-03-02", "is_published": False}, "2026-03-02"),
        ({"date_withdrawn": None, "reviews_state": "withdrawn"}, ""),
        ({"date_withdrawn": "", "reviews_state": "Withdrawn"}, ""),
        ({"date_withdrawn": "soon", "reviews_state": "withdrawn"}, ""),
        ({"date_withdrawn": "2026-13-02", "reviews_state": "withdrawn"}, ""),
        ({"date_withdrawn": " 2026-03-02T00:00:00Z "}, "2026-03-02"),
    ],
)
def test_a_withdrawal_is_told_by_its_day_or_by_its_state(said: dict[str, Any], day: str) -> None:
    record = read(item(withdrawal_justification="Data &amp; code &lt; half", **said))
    assert posted(record)
    assert events(record)[-1] == Event("withdrawn", "", "psyarxiv", day, "Data & code < half")


@pytest.mark.parametrize("day", [None, "", " ", "soon", "2026", "2026-03", "2026-02-31", 20260302, False, []])
def test_what_is_no_day_is_no_withdrawal(day: object) -> None:
    record = read(item(date_withdrawn=day, withdrawal_justification=""))
    assert [event.kind for event in events(record)] == ["preprint"]


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("Quiet &amp; calm: p &lt; .05", "Quiet & calm: p < .05"),
        ("a<b and c>d", "a<b and c>d"),
        ("a&lt;b and c&gt;d", "a<b and c>d"),
        ("R&amp;amp;D", "R&amp;D"),
        ("AT&T, fish &chips", "AT&T, fish &chips"),
        ("Caf&eacute; owners&#8217; moods", "Café owners’ moods"),
        ("5 &gt; 3 &#x2265; 2", "5 > 3 ≥ 2"),
        ("<p>Quiet</p>", "Quiet"),
        ("H<sub>2</sub>O", "H2O"),
        ("&lt;i&gt;Quiet&lt;/i&gt; trains", "Quiet trains"),
        ("1 < 2 > 0", "1 < 2 > 0"),
    ],
)
def test_texts_that_are_stored_encoded_are_decoded_once(said: str, right: str) -> None:
    record = read(item(title=said, description=said))
    assert (record.title, record.abstract_text) == (right, right)
