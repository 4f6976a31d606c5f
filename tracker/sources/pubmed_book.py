"""Books and chapters in PubMed (StatPearls, GeneReviews, NICE guidelines ...): other paths than an article's."""

from __future__ import annotations

from dataclasses import replace
from xml.etree.ElementTree import Element

from tracker.model import PartialDate, Record
from tracker.sources import pubmed_fields as fields
from tracker.sources.pubmed_fields import day, words
from tracker.text.dates import pubdate
from tracker.text.markup import plain, plain_and_markup


def book(record: Record, document: Element, data: Element | None) -> Record:
    """Read a BookDocument into ``record``, which has the PMID.

    The book's title stands where an article has its journal; a whole book has its own title and its collection's.
    Authors are those of the chapter, else those of the book; editors, ISBN and place are in ``extra``.
    """
    volume = document.find("Book")
    title, markup, container = _titles(document, volume)
    vernacular = words(document, "VernacularTitle")
    abstract = document.find("Abstract")
    authors = _by(document, "authors") or _by(volume, "authors")
    return replace(
        _dated(_identified(record, document, volume, data), document, volume, data),
        title=title or vernacular,
        title_markup=markup,
        vernacular_title=vernacular,
        journal=container,
        abstract=fields.sections(abstract),
        copyright=words(abstract, "CopyrightInformation"),
        authors=fields.people(authors),
        authors_complete=fields.complete(document),
        investigators=fields.people(fields.children(document, "Investigator")),
        publisher=words(None if volume is None else volume.find("Publisher"), "PublisherName"),
        volume=words(volume, "Volume"),
        pages=fields.pages(document.find("Pagination")),
        languages=fields.languages(document),
        publication_types=fields.publication_types(document.findall("PublicationType")),
        keywords=fields.keywords(document),
        grants=fields.grants(document),
        extra=_extra(document, volume),
    )


def _titles(document: Element, volume: Element | None) -> tuple[str, str, str]:
    """(title, title with markup, title of what contains it)."""
    title, markup = plain_and_markup(document.find("ArticleTitle"))
    if title or volume is None:
        return title, markup, words(volume, "BookTitle")
    return *plain_and_markup(volume.find("BookTitle")), words(volume, "CollectionTitle")


def _by(parent: Element | None, role: str) -> list[Element]:
    """The authors or the editors; a list that does not say is of authors."""
    lists = [] if parent is None else parent.findall("AuthorList")
    return [author for group in lists if group.get("Type", "authors") == role for author in group.findall("Author")]


def _identified(record: Record, document: Element, volume: Element | None, data: Element | None) -> Record:
    doi, pmcid, others = fields.article_ids(document)
    later_doi, later_pmcid, later = fields.article_ids(data)
    return replace(
        record,
        doi=doi or later_doi or fields.location_doi(document) or fields.location_doi(volume),
        pmcid=pmcid or later_pmcid,
        other_ids=tuple(dict.fromkeys(others + later)),
        publication_status=words(data, "PublicationStatus"),
    )


def _dated(record: Record, document: Element, volume: Element | None, data: Element | None) -> Record:
    """The day the chapter was contributed is its date; the book's own may be that of the first edition."""
    printed = None if volume is None else volume.find("PubDate")
    book_date = _date(printed)
    contributed = _date(document.find("ContributionDate"))
    history = fields.history(data)
    return replace(
        record,
        date=contributed if contributed.value else book_date,
        issue_date=book_date,
        electronic_date=contributed,
        history=history,
        created=dict(history).get("entrez", ""),
        revised=day(document.find("DateRevised")),
    )


def _date(element: Element | None) -> PartialDate:
    return pubdate(*(words(element, part) for part in ("Year", "Month", "Day", "Season", "MedlineDate")))


def _extra(document: Element, volume: Element | None) -> fields.Pairs:
    """What has no field of its own; ``book`` is always there and marks the kind of record."""
    found = [("book", words(volume, "BookTitle"))]
    found += [("editor", author.name) for author in fields.people(_by(volume, "editors") or _by(document, "editors"))]
    found += [("part", plain(item)) for item in document.findall("LocationLabel")]
    if volume is not None:
        found += [("location", words(item, "PublisherLocation")) for item in volume.findall("Publisher")]
        found += [("isbn", plain(item)) for item in volume.findall("Isbn")]
        names = (("collection", "CollectionTitle"), ("volume title", "VolumeTitle"), ("edition", "Edition"))
        found += [(name, words(volume, tag)) for name, tag in (*names, ("report number", "ReportNumber"))]
    return tuple(pair for pair in found if pair[1] or pair[0] == "book")
