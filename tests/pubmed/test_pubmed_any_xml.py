"""The parser is total: any XML in the shape of a record is read or refused with a reason, and what is read is kept."""

from __future__ import annotations

from dataclasses import fields
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pubmed_files import TWINS, article

from tracker.model import (
    Author,
    Grant,
    Heading,
    Link,
    PartialDate,
    Record,
    Section,
    record_from_json,
)
from tracker.sources import UnreadableRecord
from tracker.sources.kinds import kind
from tracker.sources.pubmed.answers import split
from tracker.sources.pubmed.parse import events, parse
from tracker.text import clean

# Every element and attribute of the fixtures, so that the parser's own words come together in every wrong way.
TREES = [ElementTree.parse(path).getroot() for path in TWINS.glob("*.xml")]
TAGS = sorted({item.tag for tree in TREES for item in tree.iter()} - {"PubmedArticleSet"})
NAMES = sorted({name for tree in TREES for item in tree.iter() for name in item.attrib})
SAID = st.text(st.characters(exclude_categories=("Cs",)), max_size=12).filter(lambda text: not set(text) & XML_FORBIDS)
XML_FORBIDS = {*map(chr, range(9)), *map(chr, [11, 12]), *map(chr, range(14, 32)), "\ufffe", "\uffff"}
WORDS = st.sampled_from(
    ["990000001", "2024", "Mar", "Y", "N", "10.5555/x", "doi", "eng", "Preprint", "", " ", "PMC1", "-"]
)


def element(tag: str, attributes: dict[str, str], text: str, tail: str, inside: list[Element]) -> Element:
    made = Element(tag, attributes)
    made.text, made.tail = text, tail
    made.extend(inside)
    return made


def trees(depth: int) -> st.SearchStrategy[Element]:
    inside: st.SearchStrategy[list[Element]] = st.lists(trees(depth - 1), max_size=4) if depth else st.just([])
    attributes = st.dictionaries(st.sampled_from(NAMES), WORDS | SAID, max_size=2)
    return st.builds(element, st.sampled_from(TAGS), attributes, WORDS | SAID, SAID, inside)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(trees(3), max_size=5), st.lists(trees(2), max_size=3), st.booleans())
def test_any_tree_of_known_elements_is_read_or_refused(
    article_parts: list[Element], parts: list[Element], book: bool
) -> None:
    """Whatever is read is clean, round-trips through JSON, and has events and a kind."""
    pmid = Element("PMID")
    pmid.text = "990000001"
    inner = "BookDocument" if book else "MedlineCitation"
    kept = element("Book" if book else "Article", {}, "", "", article_parts)
    root = element(
        "PubmedBookArticle" if book else "PubmedArticle", {}, "", "", [element(inner, {}, "", "", [pmid, kept, *parts])]
    )
    record = parse(ElementTree.tostring(root))
    assert record.pmid == "990000001"
    assert record_from_json(record.to_json()) == record
    assert kind(record)
    assert events(record)[0].kind in ("preprint", "published")
    for field in fields(record):
        held = getattr(record, field.name)
        assert not isinstance(held, str) or held == clean(held), field.name


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "not one PubMed record"),
        (b"<PubmedArticleSet/>", "not one PubMed record: <PubmedArticleSet/>"),
        (b"<?xml version='1.0'?><PubmedArticle/>", "not one PubMed record"),
        (b"<PubmedArticle><!DOCTYPE x></PubmedArticle>", "not one PubMed record"),
        (b"<PubmedArticle>", "not well-formed"),
        (b"<PubmedArticle></PubmedArticle>", "no PMID"),
        (b"<PubmedArticle><MedlineCitation><PMID>42.9</PMID></MedlineCitation></PubmedArticle>", "no PMID"),
        (
            b"<PubmedArticle><MedlineCitation><PMID>990000001</PMID></MedlineCitation></PubmedArticle>",
            "990000001: no article",
        ),
        (b"<PubmedBookArticle><BookDocument></BookDocument></PubmedBookArticle>", "no PMID"),
        (b"<PubmedArticle>\xff</PubmedArticle>", "not well-formed"),
        (b"<PubmedArticle>&bomb;</PubmedArticle>", "not well-formed"),
    ],
)
def test_what_cannot_be_read_says_why_in_one_line(raw: bytes, says: str) -> None:
    with pytest.raises(UnreadableRecord, match=says) as caught:
        parse(raw)
    assert "\n" not in str(caught.value)


def test_an_article_with_nothing_but_a_pmid_is_a_record() -> None:
    raw = b"<PubmedArticle><MedlineCitation><PMID>990000001</PMID><Article/></MedlineCitation></PubmedArticle>"
    assert parse(raw) == Record("pubmed", "990000001", pmid="990000001")
    book = b"<PubmedBookArticle><BookDocument><PMID>990000001</PMID></BookDocument></PubmedBookArticle>"
    assert parse(book) == Record("pubmed", "990000001", pmid="990000001", extra=(("book", ""),))


def test_parsing_is_repeatable_and_the_raw_bytes_suffice() -> None:
    """``tracker reparse`` reads the stored bytes alone: they give the same record and fingerprint as the answer did."""
    for path in TWINS.glob("*.xml"):
        for raw in split(path.read_bytes()):
            assert parse(raw.body).fingerprint == parse(bytes(raw.body)).fingerprint
            assert split(raw.body) == [raw]


def test_the_fingerprint_follows_the_content_and_not_the_bytes() -> None:
    one, same, other = article(title="One."), article(title="One\n  ."), article(title="Other.")
    assert parse(one.encode()).fingerprint != parse(other.encode()).fingerprint
    assert parse(same.encode()).title == "One ."
    assert parse(one.replace("><", ">\n<").encode()).fingerprint == parse(one.encode()).fingerprint


TEXT = st.text(st.characters(exclude_categories=()), max_size=10)
SOME = TEXT.filter(bool)
PAIR = st.tuples(TEXT, TEXT)


def several(items: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(items, max_size=2).map(tuple)


PERSON = st.builds(Author, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, several(TEXT))
DATE = st.builds(PartialDate, TEXT, TEXT)
RECORDS = st.builds(
    Record,
    source=SOME,
    source_id=SOME,
    title=TEXT,
    abstract=several(st.builds(Section, SOME, TEXT, TEXT)),
    other_abstracts=several(st.tuples(TEXT, TEXT, TEXT)),
    authors=several(PERSON),
    authors_complete=st.booleans(),
    investigators=several(PERSON),
    issns=several(TEXT),
    date=DATE,
    issue_date=DATE,
    electronic_date=DATE,
    history=several(PAIR),
    other_ids=several(PAIR),
    languages=several(TEXT),
    publication_types=several(PAIR),
    mesh=several(st.builds(Heading, SOME, TEXT, st.booleans(), several(TEXT))),
    keywords=several(TEXT),
    grants=several(st.builds(Grant, TEXT, TEXT, TEXT, TEXT)),
    links=several(st.builds(Link, SOME, TEXT, TEXT, TEXT, TEXT)),
    extra=several(PAIR),
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(RECORDS)
def test_any_record_comes_back_from_json_and_has_a_state(record: Record) -> None:
    assert record_from_json(record.to_json()) == record
    assert kind(record)
    assert len({(event.kind, event.notice) for event in events(record)}) == len(events(record))
