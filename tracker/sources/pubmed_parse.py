"""Reading what PubMed sends: ``split`` cuts an answer into records, ``parse`` reads one, ``events`` says its state.

A record is an article (``PubmedArticle``) or a book or a chapter of one (``PubmedBookArticle``).
The paths and their traps are those of NLM's pubmed_250101.dtd and of answers with the DTDs from 2015 on.
"""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from tracker.model import Record
from tracker.sources import UnreadableRecord
from tracker.sources import pubmed_fields as fields
from tracker.sources.pubmed_book import book
from tracker.sources.pubmed_events import events
from tracker.sources.pubmed_fields import attribute, children, day, words
from tracker.sources.pubmed_split import split
from tracker.text import clean, clean_pmid
from tracker.text.dates import pubdate
from tracker.text.markup import plain, plain_and_markup

__all__ = ["PARSER_VERSION", "events", "parse", "split"]

PARSER_VERSION = 1  # goes up when parse would read an old raw record differently: see ``tracker reparse``

_RECORD = re.compile(rb"\s*<Pubmed(?:Book)?Article[\s>]")
_NO_TITLE = re.compile(r"\[?(?:not available|no title available)\]?\.?", re.I)


def parse(raw: bytes) -> Record:
    """Read one record of :func:`split`, all fields. Raises UnreadableRecord, with the reason, and nothing else."""
    if not _RECORD.match(raw) or b"<!" in raw:
        raise UnreadableRecord(f"not one PubMed record: {clean(raw[:80].decode('utf-8', 'replace'))}")
    try:
        root = ElementTree.fromstring(raw)  # noqa: S314 - nothing can be declared in it, see above
    except ElementTree.ParseError as error:
        raise UnreadableRecord(f"not well-formed XML: {error}") from error
    article, citation, document = (
        root.find("MedlineCitation/Article"),
        root.find("MedlineCitation"),
        root.find("BookDocument"),
    )
    body = document if citation is None else citation
    pmid = clean_pmid(words(body, "PMID"))
    if not pmid:
        raise UnreadableRecord("no PMID in it")
    record = Record(source="pubmed", source_id=pmid, pmid=pmid, version=_version(body))
    if document is not None:
        return book(record, document, root.find("PubmedBookData"))
    if citation is None or article is None:
        raise UnreadableRecord(f"PMID {pmid}: no article in the citation")
    record = _published(_written(record, article), article, citation.find("MedlineJournalInfo"))
    return _indexed(record, citation, article, root.find("PubmedData"))


def _version(body: Element | None) -> str:
    """The version of a record that has more than one (``PLoS currents`` and the like), '' for the first."""
    number = None if body is None else body.find("PMID")
    version = "" if number is None else attribute(number, "Version")
    return "" if version == "1" else version


def _written(record: Record, article: Element) -> Record:
    """What the authors wrote. Where there is no title but in the original language, that one is the title."""
    title, markup = plain_and_markup(article.find("ArticleTitle"))
    vernacular, vernacular_markup = plain_and_markup(article.find("VernacularTitle"))
    if vernacular and (not title or _NO_TITLE.fullmatch(title)):
        title, markup = vernacular, vernacular_markup
    abstract = article.find("Abstract")
    return replace(
        record,
        title=title,
        title_markup=markup,
        vernacular_title=vernacular,
        abstract=fields.sections(abstract),
        copyright=words(abstract, "CopyrightInformation"),
        authors=fields.with_address(fields.people(children(article, "Author")), words(article, "Affiliation")),
        authors_complete=fields.complete(article),
        languages=fields.languages(article),
        publication_types=fields.publication_types(children(article, "PublicationType")),
        grants=fields.grants(article),
    )


def _published(record: Record, article: Element, info: Element | None) -> Record:
    """Where and when. The date to show is that of the electronic publication, if there is one: it is always a day."""
    journal, issue = article.find("Journal"), article.find("Journal/JournalIssue")
    printed = None if issue is None else issue.find("PubDate")
    issue_date = pubdate(*(words(printed, part) for part in ("Year", "Month", "Day", "Season", "MedlineDate")))
    online = article.find("ArticleDate")
    electronic_date = pubdate(*(words(online, part) for part in ("Year", "Month", "Day")))
    return replace(
        record,
        journal=words(journal, "Title") or words(info, "MedlineTA"),
        journal_abbrev=words(journal, "ISOAbbreviation") or words(info, "MedlineTA"),
        issns=() if journal is None else fields.unique(plain(item) for item in journal.findall("ISSN")),
        issn_linking=words(info, "ISSNLinking"),
        nlm_id=words(info, "NlmUniqueID"),
        country=words(info, "Country"),
        volume=words(issue, "Volume"),
        issue=words(issue, "Issue"),
        pages=fields.pages(article.find("Pagination")),
        date=electronic_date if electronic_date.value else issue_date,
        issue_date=issue_date,
        electronic_date=electronic_date,
    )


def _indexed(record: Record, citation: Element, article: Element, data: Element | None) -> Record:
    """What PubMed adds: identifiers, subjects, links, history. The DOI of PubmedData comes first, then ELocationID."""
    doi, pmcid, other_ids = fields.article_ids(data)
    history = fields.history(data)
    return replace(
        record,
        doi=doi or fields.location_doi(article),
        pmcid=pmcid,
        other_ids=other_ids + fields.registers(citation, article),
        other_abstracts=tuple(fields.other_abstract(item) for item in citation.findall("OtherAbstract")),
        investigators=fields.people(children(citation, "Investigator")),
        history=history,
        created=dict(history).get("entrez") or day(citation.find("DateCreated")),
        revised=day(citation.find("DateRevised")),
        completed=day(citation.find("DateCompleted")),
        mesh=fields.headings(citation),
        substances=fields.unique(words(item, "NameOfSubstance") for item in children(citation, "Chemical")),
        keywords=fields.keywords(citation),
        links=fields.links(citation),
        status=attribute(citation, "Status"),
        indexing=attribute(citation, "IndexingMethod"),
        publication_status=words(data, "PublicationStatus"),
        conflict=words(citation, "CoiStatement"),
        extra=tuple(("supplementary concept", plain(item)) for item in citation.findall("SupplMeshList/SupplMeshName")),
    )
