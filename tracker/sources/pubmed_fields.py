"""The parts that an article and a book chapter of PubMed have in common, read from their XML.

Only the record's own children are looked at, never ``.//``: comments, corrections and references carry PMIDs, DOIs
and authors of other papers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from xml.etree.ElementTree import Element

from tracker.model import Author, Grant, Heading, Link, Section
from tracker.text import clean, clean_doi, clean_orcid, clean_pmcid, clean_pmid, pages_full
from tracker.text.dates import iso
from tracker.text.languages import language_code
from tracker.text.markup import plain

_DOI_IN_CITATION = re.compile(r"\bdoi:? ?(10\.\S+)", re.I)
Pairs = tuple[tuple[str, str], ...]


def words(parent: Element | None, name: str) -> str:
    """The clean text of the first child of that name, '' when it is not there."""
    return "" if parent is None else plain(parent.find(name))


def children(parent: Element | None, name: str) -> Iterator[Element]:
    """The grandchildren ``name`` of ``parent``'s children ``nameList``, over all such lists."""
    if parent is not None:
        for group in parent.findall(f"{name}List"):
            yield from group.findall(name)


def unique(texts: Iterable[str]) -> tuple[str, ...]:
    """Without the empty ones and without repeats, in the order in which they came."""
    return tuple(dict.fromkeys(filter(None, texts)))


def attribute(element: Element, name: str) -> str:
    return clean(element.get(name, ""))


def day(parent: Element | None) -> str:
    """ISO date from Year, Month and Day inside an element, as much of it as is there."""
    return iso(words(parent, "Year"), words(parent, "Month"), words(parent, "Day"))


def people(found: Iterable[Element]) -> tuple[Author, ...]:
    """Authors or investigators; ``ValidYN="N"`` marks a name that has been superseded and is left out."""
    authors = (_author(element) for element in found if element.get("ValidYN") != "N")
    return tuple(author for author in authors if author.name)


def _author(element: Element) -> Author:
    orcids = (plain(item) for item in element.findall("Identifier") if element_is(item, "Source", "orcid"))
    places = [plain(item.find("Affiliation")) for item in element.findall("AffiliationInfo")]
    places += [plain(item) for item in element.findall("Affiliation")]  # the DTDs of 2010 and 2011
    return Author(
        family=words(element, "LastName"),
        given=words(element, "ForeName"),
        initials=words(element, "Initials"),
        suffix=words(element, "Suffix"),
        group=words(element, "CollectiveName"),
        orcid=next(filter(None, map(clean_orcid, orcids)), ""),
        affiliations=unique(places),
    )


def with_address(authors: tuple[Author, ...], address: str) -> tuple[Author, ...]:
    """Until 2014 an article had one affiliation, that of its first author; NLM has since moved it to that author."""
    if not authors or not address or authors[0].affiliations:
        return authors
    return (replace(authors[0], affiliations=(address,)), *authors[1:])


def complete(parent: Element) -> bool:
    """False if an AuthorList says that it leaves authors out."""
    return not any(group.get("CompleteYN") == "N" for group in parent.findall("AuthorList"))


def element_is(element: Element, name: str, value: str) -> bool:
    """Whether an attribute has that value, whatever its case."""
    return element.get(name, "").casefold() == value


def sections(abstract: Element | None) -> tuple[Section, ...]:
    """The parts of an abstract. NLM's own filler label UNLABELLED is no label; a part without text is no part."""
    if abstract is None:
        return ()
    found = []
    for part in abstract.findall("AbstractText"):
        label = attribute(part, "Label").rstrip(" :")
        if text := plain(part):
            found.append(Section(text, "" if label == "UNLABELLED" else label, attribute(part, "NlmCategory")))
    return tuple(found)


def other_abstract(element: Element) -> tuple[str, str, str]:
    """(type, language, text in one line) of a translation, plain-language summary or another database's abstract."""
    parts = sections(element)
    text = " ".join(f"{part.label}: {part.text}" if part.label else part.text for part in parts)
    return attribute(element, "Type"), language_code(element.get("Language", "eng")), text


def publication_types(found: Iterable[Element]) -> Pairs:
    """(UI, text): old files have no UI, or write the text in capitals; compare the UI or the case-folded text."""
    types = ((attribute(item, "UI"), plain(item)) for item in found)
    return tuple(dict.fromkeys(pair for pair in types if pair[1] or pair[0]))


def headings(citation: Element) -> tuple[Heading, ...]:
    """MeSH; major if the descriptor is, or any of its qualifiers (where older records mark it)."""
    found = []
    for heading in children(citation, "MeshHeading"):
        descriptor = heading.find("DescriptorName")
        if descriptor is not None and (name := plain(descriptor)):
            major = any(part.get("MajorTopicYN") == "Y" for part in heading)
            qualifiers = unique(plain(part) for part in heading.findall("QualifierName"))
            found.append(Heading(name, attribute(descriptor, "UI"), major, qualifiers))
    return tuple(found)


def keywords(parent: Element) -> tuple[str, ...]:
    """Keywords of all lists (authors' and librarians'), each once whatever its case."""
    found = (plain(item) for item in children(parent, "Keyword"))
    first: dict[str, str] = {}
    for word in found:
        first.setdefault(word.casefold(), word)
    return unique(first.values())


def grants(parent: Element) -> tuple[Grant, ...]:
    """Grants without exact repeats."""
    found = (
        Grant(words(item, "GrantID"), words(item, "Acronym"), words(item, "Agency"), words(item, "Country"))
        for item in children(parent, "Grant")
    )
    return tuple(dict.fromkeys(grant for grant in found if grant != Grant()))


def links(citation: Element) -> tuple[Link, ...]:
    """Comments and corrections. The PMID is often absent, then the DOI may stand in the citation's text.

    ``Cites`` (old files) is a reference list in disguise and is left out, as reference lists are.
    """
    found = []
    for item in children(citation, "CommentsCorrections"):
        kind = attribute(item, "RefType")
        if kind not in ("", "Cites"):
            text = words(item, "RefSource")
            doi = _DOI_IN_CITATION.search(text)
            pmid = clean_pmid(words(item, "PMID"))
            found.append(Link(kind, text, pmid, clean_doi(doi[1]) if doi else "", words(item, "Note")))
    return tuple(dict.fromkeys(found))


def article_ids(parent: Element | None) -> tuple[str, str, Pairs]:
    """(DOI, PMCID, the others as (kind, id)) of the record's own ArticleIdList; the first valid one of each counts."""
    doi = pmcid = ""
    others = []
    for item in children(parent, "ArticleId"):
        kind, text = attribute(item, "IdType").lower(), plain(item)
        if kind == "doi":
            doi = doi or clean_doi(text)
        elif kind in ("pmc", "pmcid"):
            pmcid = pmcid or clean_pmcid(text)
        elif text and kind not in ("pubmed", ""):
            others.append((kind, text))
    return doi, pmcid, tuple(dict.fromkeys(others))


def location_doi(parent: Element | None) -> str:
    """The DOI given as electronic location, unless it is marked as not valid."""
    if parent is None:
        return ""
    found = (item for item in parent.findall("ELocationID") if element_is(item, "EIdType", "doi"))
    return next(filter(None, (clean_doi(plain(item)) for item in found if item.get("ValidYN") != "N")), "")


def history(data: Element | None) -> Pairs:
    """(status, ISO date) of each step of the record's life; ``entrez`` is the day it was created."""
    if data is None:
        return ()
    found = ((attribute(item, "PubStatus"), day(item)) for item in data.findall("History/PubMedPubDate"))
    return tuple(step for step in found if step[1])


def languages(parent: Element) -> tuple[str, ...]:
    return unique(language_code(plain(item)) for item in parent.findall("Language"))


def registers(citation: Element, article: Element) -> Pairs:
    """(register, number): trial registrations and data sets, then the ids of other databases."""
    found = []
    for bank in children(article, "DataBank"):
        name = words(bank, "DataBankName")
        found += [(name, plain(item)) for item in children(bank, "AccessionNumber")]
    found += [(attribute(item, "Source"), plain(item)) for item in citation.findall("OtherID")]
    return tuple(dict.fromkeys(pair for pair in found if pair[1]))


def pages(pagination: Element | None) -> str:
    """The full range; StartPage and EndPage where MedlinePgn is missing."""
    printed = words(pagination, "MedlinePgn")
    ends = (words(pagination, "StartPage"), words(pagination, "EndPage"))
    return pages_full(printed or "-".join(filter(None, ends)))
