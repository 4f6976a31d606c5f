"""Every record of the literature is PubMed XML: by NLM's DTD, for Biopython, and for our own parser."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from html import unescape
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest
from Bio import Entrez
from dtd_shape import faults

from emulator import corpus
from emulator.papers import Article
from emulator.pubmed_xml import QUALIFIERS, TYPES
from tracker.model import Record
from tracker.sources.pubmed.answers import split
from tracker.sources.pubmed.parse import parse
from tracker.text import clean

HEAD = (
    b'<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
    b'"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n<PubmedArticleSet>\n'
)


@pytest.fixture(scope="module")
def articles() -> Mapping[str, Article]:
    return corpus.articles(corpus.DAYS[-1].date)


@pytest.fixture(scope="module")
def body(articles: Mapping[str, Article]) -> bytes:
    return HEAD + b"\n".join(one.element() for one in articles.values()) + b"</PubmedArticleSet>"


@pytest.fixture(scope="module")
def records(body: bytes) -> dict[str, Record]:
    return {raw.source_id: parse(raw.body) for raw in split(body)}


def test_every_record_keeps_to_the_dtd(body: bytes) -> None:
    root = fromstring(body)
    assert [(child.findtext(".//PMID"), fault) for child in root for fault in faults(child)] == []


def test_the_check_against_the_dtd_finds_faults() -> None:
    wrong = Element("PublicationTypeList")
    assert faults(wrong) == ["PublicationTypeList: "]
    assert faults(fromstring('<PublicationType Colour="red">x</PublicationType>')) == [
        "PublicationType/@Colour=red",
        "PublicationType lacks @UI",
    ]
    assert faults(fromstring('<Author ValidYN="?"><LastName>A</LastName></Author>')) == ["Author/@ValidYN=?"]


def test_biopython_reads_all_of_it(body: bytes, articles: Mapping[str, Article]) -> None:
    read: Any = Entrez.read(io.BytesIO(body), validate=True)
    found = {str(one["MedlineCitation"]["PMID"]): one for one in read["PubmedArticle"]}
    books = {str(one["BookDocument"]["PMID"]) for one in read["PubmedBookArticle"]}
    assert found.keys() | books == articles.keys()
    for pmid, one in found.items():
        said = one["MedlineCitation"]["Article"]
        # Biopython gives markup and escaped text alike: where the text has angle brackets, they stay.
        title = (
            str(said["ArticleTitle"]) if "<" in articles[pmid].title else re.sub(r"<[^>]*>", "", said["ArticleTitle"])
        )
        assert clean(title) == clean(articles[pmid].title), pmid
        assert tuple(map(str, said["PublicationTypeList"])) == articles[pmid].publication_types


def test_our_parser_reads_the_same_as_the_searches_see(
    records: dict[str, Record], articles: Mapping[str, Article]
) -> None:
    assert records.keys() == articles.keys()
    for pmid, one in articles.items():
        record = records[pmid]
        assert record.abstract_text == clean(
            unescape(one.abstract)
        )  # one specimen is encoded twice, as journals send it
        assert (record.created, record.revised) == (str(one.created), str(one.revised))
        assert (record.doi, record.pmcid) == (one.doi.casefold(), one.pmcid)
        assert tuple(name for _, name in record.publication_types) == one.publication_types
        assert record.languages == one.languages
        assert {heading.name for heading in record.mesh} == {name.split("/")[0] for name in one.mesh}
        assert {heading.name for heading in record.mesh if heading.major} == {name.split("/")[0] for name in one.major}


def test_our_parser_reads_links_and_rights(records: dict[str, Record]) -> None:
    for pmid, paper in corpus.papers(corpus.DAYS[-1].date).items():
        assert records[pmid].copyright == paper.copyright
        assert [(link.kind, link.pmid) for link in records[pmid].links] == [
            (one.kind, one.pmid) for one in paper.notices
        ]


def test_publication_types_and_qualifiers_have_their_real_identifiers() -> None:
    assert TYPES["Retracted Publication"] == "D016441"
    assert TYPES["Preprint"] == "D000076942"
    assert all(re.fullmatch(r"D\d{6}|D\d{9}", ui) for ui in TYPES.values())
    assert all(re.fullmatch(r"Q\d{6}", ui) for ui in QUALIFIERS.values())
