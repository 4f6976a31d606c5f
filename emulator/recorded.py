"""A literature made of recorded PubMed answers, so that real records can be served through the loopback service.

It reads only what a search needs to see, with plain ElementTree and apart from the parser of ``tracker.sources``; the
bytes of each record are kept as they came.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

from emulator.papers import Article
from emulator.synthetic import Listed

RECORD = re.compile(rb"<(PubmedArticle|PubmedBookArticle)[\s>].*?</\1>", re.DOTALL)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
UNKNOWN = date(1900, 1, 1)


def recorded(paths: Iterable[Path]) -> Listed:
    """The literature of these files of efetch XML (.xml or .xml.gz); of a PMID that comes twice, the later one.

    Raises ValueError for a record that is not well-formed, naming the file.
    """
    found = {article.pmid: article for path in paths for article in _read(path)}
    return Listed(found.values())


def _read(path: Path) -> Iterator[Article]:
    data = path.read_bytes()
    for match in RECORD.finditer(gzip.decompress(data) if path.suffix == ".gz" else data):
        try:
            yield article_of(match[0])
        except ET.ParseError as error:
            raise ValueError(f"{path}: {error}") from error


def article_of(element: bytes) -> Article:
    """One ``<PubmedArticle>`` or ``<PubmedBookArticle>`` element as an article."""
    root = ET.fromstring(element)  # noqa: S314 - recorded files that the caller chose
    citation = root[0]
    article = citation if citation.tag == "BookDocument" else _child(citation, "Article")
    published = _published(article)
    created = _day(root.find(".//PubMedPubDate[@PubStatus='entrez']")) or published
    headings = citation.findall("MeshHeadingList/MeshHeading")
    return Article(
        pmid=citation.findtext("PMID", ""),
        created=created,
        published=published,
        title=_text(article, "ArticleTitle") or _text(article, "VernacularTitle"),
        xml=element,
        revised=_day(citation.find("DateRevised")),
        abstract=" ".join(map(_section, article.findall("Abstract/AbstractText"))),
        other_abstracts=tuple(" ".join(map(_section, other)) for other in citation.findall("OtherAbstract")),
        keywords=tuple(map(_all, citation.findall("KeywordList/Keyword"))),
        mesh=tuple(name for each in headings for name in _names(each, "DescriptorName", "QualifierName")),
        major=tuple(
            name
            for each in headings
            for name in _names(each, "DescriptorName[@MajorTopicYN='Y']", "QualifierName[@MajorTopicYN='Y']")
        ),
        publication_types=tuple(map(_all, article.iter("PublicationType"))),
        languages=tuple(map(_all, article.findall("Language"))),
        authors=tuple(filter(None, map(_author, article.findall("AuthorList/Author")))),
        journal=_text(article, "Journal/Title") or _text(article, "Book/BookTitle"),
        doi=root.findtext("PubmedData/ArticleIdList/ArticleId[@IdType='doi']", ""),
        pmcid=root.findtext("PubmedData/ArticleIdList/ArticleId[@IdType='pmc']", ""),
    )


def _child(element: ET.Element, tag: str) -> ET.Element:
    return next(element.iter(tag))


def _all(element: ET.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _text(element: ET.Element, path: str) -> str:
    found = element.find(path)
    return "" if found is None else _all(found)


def _section(element: ET.Element) -> str:
    label = element.get("Label")
    return f"{label}: {_all(element)}" if label else _all(element)


def _names(found: ET.Element, descriptor: str, qualifier: str) -> list[str]:
    """The heading alone where it is named by ``descriptor``, and with each qualifier that ``qualifier`` names."""
    main = _text(found, "DescriptorName")
    qualified = [f"{main}/{_all(each)}" for each in found.findall(qualifier)]
    return [main, *qualified] if found.find(descriptor) is not None else qualified


def _author(element: ET.Element) -> str:
    names = (_text(element, part) for part in ("LastName", "Initials"))
    return _text(element, "CollectiveName") or " ".join(filter(None, names))


def _day(element: ET.Element | None) -> date | None:
    """Year with Month and Day where there are any; None without a year."""
    year = "" if element is None else element.findtext("Year", "")
    if element is None or not year.isdecimal():
        return None
    month, day = element.findtext("Month", "1"), element.findtext("Day", "1")
    number = int(month) if month.isdecimal() else _month(month)
    return date(int(year), number, int(day) if day.isdecimal() else 1)


def _month(name: str) -> int:
    return MONTHS.index(name[:3].lower()) + 1 if name[:3].lower() in MONTHS else 1


def _published(article: ET.Element) -> date:
    """As a search by [dp] sees it: the electronic date if there is one, else the issue's, at the first day it means."""
    found = article.find("ArticleDate")
    issue = next(article.iter("PubDate"), None)
    day = _day(found) or _day(issue)
    if day is None and issue is not None:
        words = re.findall(r"[A-Za-z]+|\d{4}", issue.findtext("MedlineDate", ""))
        years, months = [each for each in words if each.isdecimal()], [each for each in words if each.isalpha()]
        day = date(int(years[0]), _month(months[0]) if months else 1, 1) if years else None
    return day or UNKNOWN
