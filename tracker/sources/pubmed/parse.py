"""Reading a record that PubMed sent: ``parse`` gives all its fields, ``events`` its state.

A record is an article (``PubmedArticle``), or a book or a chapter of one (``PubmedBookArticle``: StatPearls,
GeneReviews, NICE guidelines), whose paths differ. The paths and their traps are those of NLM's pubmed_250101.dtd and of
answers with the DTDs from 2015 on. Only the record's own children are looked at, never ``.//``: comments, corrections
and references carry PMIDs, DOIs and authors of other papers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from tracker import states
from tracker.model import Author, Event, Grant, Heading, Link, PartialDate, Record, Section
from tracker.sources import PUBMED, UnreadableRecord
from tracker.sources.kinds import RETRACTED, is_preprint, preprint_links, types
from tracker.text import clean, clean_doi, clean_orcid, clean_pmcid, clean_pmid, pages_full
from tracker.text.dates import citation_date, iso, pubdate
from tracker.text.languages import language_code
from tracker.text.markup import plain, plain_and_markup

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
        elif text and kind not in (PUBMED.name, ""):
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
        abstract=sections(abstract),
        copyright=words(abstract, "CopyrightInformation"),
        authors=people(authors),
        authors_complete=complete(document),
        investigators=people(children(document, "Investigator")),
        publisher=words(None if volume is None else volume.find("Publisher"), "PublisherName"),
        volume=words(volume, "Volume"),
        pages=pages(document.find("Pagination")),
        languages=languages(document),
        publication_types=publication_types(document.findall("PublicationType")),
        keywords=keywords(document),
        grants=grants(document),
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
    doi, pmcid, others = article_ids(document)
    later_doi, later_pmcid, later = article_ids(data)
    return replace(
        record,
        doi=doi or later_doi or location_doi(document) or location_doi(volume),
        pmcid=pmcid or later_pmcid,
        other_ids=tuple(dict.fromkeys(others + later)),
        publication_status=words(data, "PublicationStatus"),
    )


def _dated(record: Record, document: Element, volume: Element | None, data: Element | None) -> Record:
    """The day the chapter was contributed is its date; the book's own may be that of the first edition."""
    printed = None if volume is None else volume.find("PubDate")
    book_date = _date(printed)
    contributed = _date(document.find("ContributionDate"))
    stages = history(data)
    return replace(
        record,
        date=contributed if contributed.value else book_date,
        issue_date=book_date,
        electronic_date=contributed,
        history=stages,
        created=dict(stages).get("entrez", ""),
        revised=day(document.find("DateRevised")),
    )


def _date(element: Element | None) -> PartialDate:
    return pubdate(*(words(element, part) for part in ("Year", "Month", "Day", "Season", "MedlineDate")))


def _extra(document: Element, volume: Element | None) -> Pairs:
    """What has no field of its own; ``book`` is always there and marks the kind of record."""
    found = [("book", words(volume, "BookTitle"))]
    found += [("editor", author.name) for author in people(_by(volume, "editors") or _by(document, "editors"))]
    found += [("part", plain(item)) for item in document.findall("LocationLabel")]
    if volume is not None:
        found += [("location", words(item, "PublisherLocation")) for item in volume.findall("Publisher")]
        found += [("isbn", plain(item)) for item in volume.findall("Isbn")]
        names = (("collection", "CollectionTitle"), ("volume title", "VolumeTitle"), ("edition", "Edition"))
        found += [(name, words(volume, tag)) for name, tag in (*names, ("report number", "ReportNumber"))]
    return tuple(pair for pair in found if pair[1] or pair[0] == "book")


_NOTICES = {
    "RetractionIn": states.RETRACTED.code,
    "RetractedandRepublishedIn": states.RETRACTED.code,
    "ErratumIn": states.CORRECTED.code,
    "CorrectedandRepublishedIn": states.CORRECTED.code,
    "ExpressionOfConcernIn": states.CONCERN.code,
}
_RETRACTED_TYPES = frozenset({"retracted publication", RETRACTED.casefold()})
_WITHDRAWN_TITLE = re.compile(r"\W{0,3}WITHDRAWN\b\W{0,2}[:.]")
_WITHDRAWN_TYPES = frozenset({"withdrawn publication", "withdrawn preprint"})


def events(record: Record) -> tuple[Event, ...]:
    """What happened to the paper: published (or posted as preprint), then one event for each notice.

    ``notice`` is ``PMID 123``, else the DOI, else the citation of the notice; '' where PubMed names none. ``date`` is
    the notice's, as its citation gives it; of ``published`` and ``preprint`` it is the record's own.
    """
    preprint = is_preprint(record)
    found = [Event(states.PREPRINT.code if preprint else states.PUBLISHED.code, "", PUBMED.name, record.date.value)]
    if preprint:
        found += [_event(states.PUBLISHED.code, link) for link in preprint_links(record)]
    found += [_event(_NOTICES[link.kind], link) for link in record.links if link.kind in _NOTICES]
    said = types(record)
    if not said.isdisjoint(_RETRACTED_TYPES) and not any(event.kind == states.RETRACTED.code for event in found):
        found.append(Event(states.RETRACTED.code, "", PUBMED.name, detail="publication type Retracted Publication"))
    if _WITHDRAWN_TITLE.match(record.title):
        found.append(Event(states.WITHDRAWN.code, "", PUBMED.name, detail="title begins with WITHDRAWN"))
    elif not said.isdisjoint(_WITHDRAWN_TYPES):
        found.append(Event(states.WITHDRAWN.code, "", PUBMED.name, detail="publication type Withdrawn Publication"))
    return tuple({(event.kind, event.notice): event for event in reversed(found)}.values())[::-1]


def _event(kind: str, link: Link) -> Event:
    notice = f"PMID {link.pmid}" if link.pmid else link.doi or link.text
    detail = [part for part in (link.text, link.note) if part and part != notice]
    return Event(kind, notice, PUBMED.name, citation_date(link.text), " ".join(detail))


PARSER_VERSION = 2  # goes up when parse would read an old raw record differently: see ``tracker reparse``

_RECORD = re.compile(rb"\s*<Pubmed(?:Book)?Article[\s>]")
_NO_TITLE = re.compile(r"\[?(?:not available|no title available)\]?\.?", re.I)


def parse(raw: bytes) -> Record:
    """Read one record of ``answers.split``, all fields. Raises UnreadableRecord, with the reason, and nothing else."""
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
    other = _other_paper(root, pmid)
    if other:
        raise UnreadableRecord(f"two PMIDs in one record: {pmid} and {other}")
    record = Record(source=PUBMED.name, source_id=pmid, pmid=pmid, version=_version(body))
    if document is not None:
        return book(record, document, root.find("PubmedBookData"))
    if citation is None or article is None:
        raise UnreadableRecord(f"PMID {pmid}: no article in the citation")
    record = _published(_written(record, article), article, citation.find("MedlineJournalInfo"))
    return _indexed(record, citation, article, root.find("PubmedData"))


def _other_paper(root: Element, pmid: str) -> str:
    """The PMID that a record's own list of ids names, if it is another than that of its citation; '' if not."""
    for path in ("PubmedData/ArticleIdList/ArticleId", "PubmedBookData/ArticleIdList/ArticleId"):
        for item in root.findall(path):
            if attribute(item, "IdType") == PUBMED.name and (named := clean_pmid(words(item, "."))) not in ("", pmid):
                return named
    return ""


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
        abstract=sections(abstract),
        copyright=words(abstract, "CopyrightInformation"),
        authors=with_address(people(children(article, "Author")), words(article, "Affiliation")),
        authors_complete=complete(article),
        languages=languages(article),
        publication_types=publication_types(children(article, "PublicationType")),
        grants=grants(article),
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
        issns=() if journal is None else unique(plain(item) for item in journal.findall("ISSN")),
        issn_linking=words(info, "ISSNLinking"),
        nlm_id=words(info, "NlmUniqueID"),
        country=words(info, "Country"),
        volume=words(issue, "Volume"),
        issue=words(issue, "Issue"),
        pages=pages(article.find("Pagination")),
        date=electronic_date if electronic_date.value else issue_date,
        issue_date=issue_date,
        electronic_date=electronic_date,
    )


def _indexed(record: Record, citation: Element, article: Element, data: Element | None) -> Record:
    """What PubMed adds: identifiers, subjects, links, history. The DOI of PubmedData comes first, then ELocationID."""
    doi, pmcid, other_ids = article_ids(data)
    stages = history(data)
    return replace(
        record,
        doi=doi or location_doi(article),
        pmcid=pmcid,
        other_ids=other_ids + registers(citation, article),
        other_abstracts=tuple(other_abstract(item) for item in citation.findall("OtherAbstract")),
        investigators=people(children(citation, "Investigator")),
        history=stages,
        created=dict(stages).get("entrez") or day(citation.find("DateCreated")),
        revised=day(citation.find("DateRevised")),
        completed=day(citation.find("DateCompleted")),
        mesh=headings(citation),
        substances=unique(words(item, "NameOfSubstance") for item in children(citation, "Chemical")),
        keywords=keywords(citation),
        links=links(citation),
        status=attribute(citation, "Status"),
        indexing=attribute(citation, "IndexingMethod"),
        publication_status=words(data, "PublicationStatus"),
        conflict=words(citation, "CoiStatement"),
        extra=tuple(("supplementary concept", plain(item)) for item in citation.findall("SupplMeshList/SupplMeshName")),
    )
