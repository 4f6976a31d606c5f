"""EndNote's tagged and XML exports and CSL-JSON as references."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.formats import READERS, fields, pieces
from tracker.imports.imported import parse, raw_of
from tracker.model import Record

TAGGED = """%0 Journal Article
%T Quiet ferries of
the north
%A Kest, Anna
%A {Harbour Group}
%D 2020
%J Journal of Invention
%R 10.5555/a
%K loneliness
ships
%X Ferries are quiet.

%0 Book
%T Lonely bakers
%D 2021
"""
XML = """<?xml version="1.0" encoding="UTF-8"?>
<xml><records><record><ref-type name="Journal Article">17</ref-type><contributors><authors>
<author><style face="normal">Kest, Anna</style></author></authors></contributors>
<titles><title><style face="normal">Quiet </style><style face="italic">ferries</style></title>
<secondary-title>Journal of Invention</secondary-title></titles><dates><year>2020</year></dates>
<electronic-resource-num>10.5555/a</electronic-resource-num></record>
<record><titles><title>Cut</title>"""
ITEMS = [
    {"id": "1", "type": "article-journal", "title": "Quiet ferries", "author": [{"family": "Kest", "given": "Anna"},
     {"literal": "Harbour, Group"}], "issued": {"date-parts": [[2020, 3, 5]]}, "DOI": "10.5555/a", "PMID": 39000001},
    "odd",
]  # fmt: skip


def read(name: str, text: str) -> list[Record | str]:
    reader, found = pieces(name, text.encode())
    assert reader is not None
    return [piece.broken or parse("x", raw_of(reader.name, piece.text)) for piece in found]


def test_tagged() -> None:
    first, second = read("x.enw", TAGGED)
    assert isinstance(first, Record)
    assert isinstance(second, Record)
    assert (first.title, first.doi, first.keywords) == (
        "Quiet ferries of the north",
        "10.5555/a",
        ("loneliness", "ships"),
    )
    assert [author.name for author in first.authors] == ["Kest, Anna", "Harbour Group"]
    assert (second.title, second.publication_types) == ("Lonely bakers", (("", "Book"),))


def test_xml() -> None:
    first, second = read("x.xml", XML)
    assert isinstance(first, Record)
    assert (first.title, first.journal, first.doi) == ("Quiet ferries", "Journal of Invention", "10.5555/a")
    assert second == "the record is not closed"


def test_csl_json() -> None:
    reader, found = pieces("x.json", json.dumps(ITEMS).encode())
    assert reader is not None
    first = parse("x", raw_of(reader.name, found[0].text))
    assert (first.title, first.date.value, first.pmid) == ("Quiet ferries", "2020-03-05", "39000001")
    assert [author.name for author in first.authors] == ["Kest, Anna", "Harbour, Group"]
    with pytest.raises(ValueError, match="not one reference"):
        fields("csl-json", found[1].text)
    assert pieces("x.json", b'[{"type": "book"')[1][0].broken.startswith("not JSON")


def test_declarations_are_refused() -> None:
    with pytest.raises(ValueError, match="declaration"):
        fields("endnote-xml", "<!DOCTYPE x><record/>")


@given(text=st.text(alphabet=st.sampled_from('%0ATX \n<record></title>[]{}"type:,') | st.characters(), max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_text_is_a_value_or_a_reason(text: str) -> None:
    """Nothing but ValueError comes out of a reader."""
    for reader in READERS:
        for piece in reader.cut(text):
            assert piece.line >= 1
            if not piece.broken and not piece.note:
                with suppress(ValueError):
                    assert all(isinstance(values, list) for values in reader.read(piece.text).values())
