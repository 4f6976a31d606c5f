"""Writes an imagined paper as PubMed's XML: the order of elements is that of NLM's pubmed_250101.dtd."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from xml.sax.saxutils import escape

from emulator.papers import AbstractPart, Book, DemoPaper, Issue, Notice, PaperHeading, Person

# The real identifiers of publication types: parsers go by them.
TYPES = {
    "Case Reports": "D002363",
    "Clinical Trial": "D016430",
    "Clinical Trial Protocol": "D000078325",
    "Comment": "D016420",
    "Congress": "D016423",
    "Corrected and Republished Article": "D016439",
    "Editorial": "D016421",
    "English Abstract": "D004740",
    "Expression of Concern": "D000075742",
    "Journal Article": "D016428",
    "Letter": "D016422",
    "Meta-Analysis": "D017418",
    "News": "D016433",
    "Observational Study": "D064888",
    "Personal Narrative": "D062210",
    "Preprint": "D000076942",
    "Published Erratum": "D016425",
    "Randomized Controlled Trial": "D016449",
    "Retracted Publication": "D016441",
    "Retraction of Publication": "D016440",
    "Review": "D016454",
    "Systematic Review": "D000078182",
    "Validation Study": "D023361",
}
QUALIFIERS = {
    "epidemiology": "Q000453",
    "methods": "Q000379",
    "organization & administration": "Q000458",
    "prevention & control": "Q000517",
    "psychology": "Q000523",
    "therapy": "Q000628",
    "trends": "Q000639",
}
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def element(paper: DemoPaper) -> bytes:
    """``<PubmedArticle>`` or, for a book and its chapters, ``<PubmedBookArticle>``; UTF-8, no declaration."""
    text = (
        _book(paper, paper.book) if paper.book else f"<PubmedArticle>{_citation(paper)}{_data(paper)}</PubmedArticle>"
    )
    return _CONTROLS.sub("", text).encode()


def _citation(paper: DemoPaper) -> str:
    journal = paper.journal
    indexing = f' IndexingMethod="{paper.indexing}"' if paper.indexing else ""
    subset = "<CitationSubset>IM</CitationSubset>" if paper.status == "MEDLINE" else ""
    return (
        f'<MedlineCitation Status="{paper.status}" Owner="NLM"{indexing}>'
        f'<PMID Version="{paper.version}">{paper.pmid}</PMID>'
        f"{_dated('DateCompleted', paper.completed)}{_dated('DateRevised', paper.revised)}{_article(paper)}"
        f"<MedlineJournalInfo><Country>{escape(journal.country)}</Country><MedlineTA>{escape(journal.abbrev)}</MedlineTA>"
        f"<NlmUniqueID>{journal.nlm}</NlmUniqueID><ISSNLinking>{journal.issn_linking}</ISSNLinking></MedlineJournalInfo>"
        f"{subset}{_list('CommentsCorrectionsList', map(_notice, paper.notices))}"
        f"{_list('MeshHeadingList', map(_heading, paper.mesh))}{_other_abstracts(paper)}{_keywords(paper)}"
        f"{f'<CoiStatement>{paper.coi}</CoiStatement>' if paper.coi else ''}"
        f"{_list('InvestigatorList', (_person(person, 'Investigator') for person in paper.investigators))}"
        "</MedlineCitation>"
    )


def _article(paper: DemoPaper) -> str:
    model = "Electronic" if not paper.pages else "Print-Electronic" if paper.electronic else "Print"
    pages = f"<Pagination><MedlinePgn>{escape(paper.pages)}</MedlinePgn></Pagination>" if paper.pages else ""
    place = ""
    if paper.pii or not (paper.doi or paper.pages):
        place += f'<ELocationID EIdType="pii" ValidYN="Y">{escape(paper.pii or paper.pmid)}</ELocationID>'
    if paper.doi and (paper.doi_in != "ids" or not (pages or place)):
        valid = "N" if paper.doi_in == "invalid" else "Y"
        place += f'<ELocationID EIdType="doi" ValidYN="{valid}">{escape(paper.doi)}</ELocationID>'
    vernacular = f"<VernacularTitle>{paper.vernacular}</VernacularTitle>" if paper.vernacular else ""
    languages = "".join(f"<Language>{code}</Language>" for code in paper.languages)
    day = _dated("ArticleDate", paper.electronic, ' DateType="Electronic"')
    return (
        f'<Article PubModel="{model}">{_journal(paper)}<ArticleTitle>{paper.title}</ArticleTitle>{pages}{place}'
        f"{_abstract(paper)}{_authors(paper.authors, paper.complete)}{languages}{_register(paper)}{_grants(paper)}"
        f"{_list('PublicationTypeList', map(_type, paper.types))}{vernacular}{day}</Article>"
    )


def _journal(paper: DemoPaper) -> str:
    journal = paper.journal
    number = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in _volume(paper) if text)
    return (
        f'<Journal><ISSN IssnType="Electronic">{journal.issn}</ISSN>'
        f'<JournalIssue CitedMedium="Internet">{number}<PubDate>{_issue(paper.issue)}</PubDate></JournalIssue>'
        f"<Title>{escape(journal.title)}</Title><ISOAbbreviation>{escape(journal.abbrev)}</ISOAbbreviation></Journal>"
    )


def _volume(paper: DemoPaper) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("Volume", paper.volume), ("Issue", paper.number)


def _issue(issue: Issue) -> str:
    said = {"MedlineDate": issue.medline, "Year": issue.year, "Month": issue.month, "Day": issue.day}
    said["Season"] = issue.season
    return "".join(f"<{name}>{escape(text)}</{name}>" for name, text in said.items() if text)


def _abstract(paper: DemoPaper) -> str:
    rights = f"<CopyrightInformation>{escape(paper.copyright)}</CopyrightInformation>" if paper.copyright else ""
    return f"<Abstract>{''.join(map(_part, paper.parts))}{rights}</Abstract>" if paper.parts else ""


def _part(part: AbstractPart) -> str:
    label = f' Label="{escape(part.label, _QUOTE)}"' if part.label else ""
    category = f' NlmCategory="{part.category}"' if part.category else ""
    return f"<AbstractText{label}{category}>{part.text}</AbstractText>"


_QUOTE = {'"': "&quot;"}


def _authors(people: tuple[Person, ...], complete: bool, kind: str = "") -> str:
    if not people:
        return ""
    listed = "".join(_person(person, "Author") for person in people)
    return f'<AuthorList{kind} CompleteYN="{"Y" if complete else "N"}">{listed}</AuthorList>'


def _person(person: Person, name: str) -> str:
    equal = ' EqualContrib="Y"' if person.equal else ""
    said = {"LastName": person.family, "ForeName": person.given, "Initials": person.initials, "Suffix": person.suffix}
    inner = "".join(f"<{tag}>{escape(text)}</{tag}>" for tag, text in said.items() if text)
    inner = f"<CollectiveName>{person.group}</CollectiveName>" if person.group else inner
    inner += f'<Identifier Source="ORCID">{person.orcid}</Identifier>' if person.orcid else ""
    inner += "".join(
        f"<AffiliationInfo><Affiliation>{escape(place)}</Affiliation></AffiliationInfo>"
        for place in person.affiliations
    )
    return f'<{name} ValidYN="{"Y" if person.valid else "N"}"{equal}>{inner}</{name}>'


def _register(paper: DemoPaper) -> str:
    if not paper.registered:
        return ""
    return (
        '<DataBankList CompleteYN="Y"><DataBank><DataBankName>Register of Unwritten Trials (demo)</DataBankName>'
        f"<AccessionNumberList><AccessionNumber>{paper.registered}</AccessionNumber></AccessionNumberList>"
        "</DataBank></DataBankList>"
    )


def _grants(paper: DemoPaper) -> str:
    def grant(said: dict[str, str]) -> str:
        return "".join(f"<{name}>{escape(text)}</{name}>" for name, text in said.items() if text)

    rows = (
        {"GrantID": row.id, "Acronym": row.acronym, "Agency": row.agency, "Country": row.country}
        for row in paper.grants
    )
    return _list("GrantList", (f"<Grant>{grant(row)}</Grant>" for row in rows), ' CompleteYN="Y"')


def _type(name: str) -> str:
    return f'<PublicationType UI="{TYPES[name]}">{name}</PublicationType>'


def _notice(notice: Notice) -> str:
    pmid = f'<PMID Version="1">{notice.pmid}</PMID>' if notice.pmid else ""
    note = f"<Note>{escape(notice.note)}</Note>" if notice.note else ""
    return (
        f'<CommentsCorrections RefType="{notice.kind}"><RefSource>{escape(notice.source)}</RefSource>'
        f"{pmid}{note}</CommentsCorrections>"
    )


def _heading(heading: PaperHeading) -> str:
    # Names of headings are real, their identifiers are not: D99 and a number made from the name.
    alone = "Y" if heading.major and not heading.qualifiers else "N"
    major = "Y" if heading.major else "N"
    ui = f"D99{sum((place + 1) * ord(char) for place, char in enumerate(heading.name)):06}"
    qualifiers = "".join(
        f'<QualifierName UI="{QUALIFIERS[name]}" MajorTopicYN="{major}">{escape(name)}</QualifierName>'
        for name in heading.qualifiers
    )
    name = f'<DescriptorName UI="{ui}" MajorTopicYN="{alone}">{escape(heading.name)}</DescriptorName>'
    return f"<MeshHeading>{name}{qualifiers}</MeshHeading>"


def _other_abstracts(paper: DemoPaper) -> str:
    return "".join(
        f'<OtherAbstract Type="{kind}" Language="{lang}">{"".join(map(_part, parts))}</OtherAbstract>'
        for kind, lang, parts in paper.other
    )


def _keywords(paper: DemoPaper) -> str:
    return "".join(
        _list("KeywordList", (f'<Keyword MajorTopicYN="N">{word}</Keyword>' for word in words), ' Owner="NOTNLM"')
        for words in paper.keywords
    )


def _data(paper: DemoPaper) -> str:
    references = "".join(
        f"<Reference><Citation>{escape(text)}</Citation><ArticleIdList>"
        f'<ArticleId IdType="pubmed">{pmid}</ArticleId><ArticleId IdType="doi">{doi}</ArticleId>'
        "</ArticleIdList></Reference>"
        for text, pmid, doi in paper.references
    )
    return (
        f"<PubmedData>{_history(paper)}<PublicationStatus>{paper.published_as}</PublicationStatus>{_ids(paper)}"
        f"{f'<ReferenceList>{references}</ReferenceList>' if references else ''}</PubmedData>"
    )


def _ids(paper: DemoPaper) -> str:
    ids = {"pubmed": paper.pmid, "pmc": paper.pmcid, "doi": paper.doi if paper.doi_in in ("both", "ids") else ""}
    ids["pii"] = paper.pii
    return _list(
        "ArticleIdList",
        (f'<ArticleId IdType="{kind}">{escape(text)}</ArticleId>' for kind, text in ids.items() if text),
    )


def _history(paper: DemoPaper) -> str:
    days: dict[str, date | None] = {"received": paper.received}
    days["accepted"] = paper.received and paper.received + timedelta(days=60)
    days["medline"] = paper.completed
    days["pubmed"] = paper.created + timedelta(days=1)
    days["entrez"] = paper.created
    clock = "<Hour>4</Hour><Minute>7</Minute>"
    rows = ((f' PubStatus="{name}"', day, clock if name == "entrez" else "") for name, day in days.items() if day)
    return _list("History", (_dated("PubMedPubDate", day, kind, hour) for kind, day, hour in rows))


def _book(paper: DemoPaper, book: Book) -> str:
    title = (
        f'<ArticleTitle book="demo" part="{book.accession.lower()}">{paper.title}</ArticleTitle>' if paper.title else ""
    )
    isbn = f"<Isbn>{book.isbn}</Isbn>" if book.isbn else ""
    editors = _authors(book.editors, True, ' Type="editors"')
    authors = _authors(paper.authors, paper.complete, ' Type="authors"')
    rows = (_dated("PubMedPubDate", paper.created, f' PubStatus="{name}"') for name in ("pubmed", "entrez"))
    return (
        f'<PubmedBookArticle><BookDocument><PMID Version="1">{paper.pmid}</PMID>'
        f'<ArticleIdList><ArticleId IdType="bookaccession">{book.accession}</ArticleId></ArticleIdList>'
        f"<Book><Publisher><PublisherName>{escape(book.publisher)}</PublisherName>"
        f"<PublisherLocation>{escape(book.place)}</PublisherLocation></Publisher>"
        f'<BookTitle book="demo">{book.title}</BookTitle><PubDate>{_issue(paper.issue)}</PubDate>'
        f"{editors}{isbn}<Medium>Internet</Medium></Book>"
        f"{title}<Language>eng</Language>{authors}"
        f"{''.join(map(_type, paper.types))}{_abstract(paper)}{_keywords(paper)}"
        f"{_dated('ContributionDate', paper.electronic)}{_dated('DateRevised', paper.revised)}</BookDocument>"
        f"<PubmedBookData>{_list('History', rows)}<PublicationStatus>ppublish</PublicationStatus>"
        f'<ArticleIdList><ArticleId IdType="pubmed">{paper.pmid}</ArticleId></ArticleIdList></PubmedBookData>'
        "</PubmedBookArticle>"
    )


def _dated(name: str, day: date | None, attributes: str = "", clock: str = "") -> str:
    if day is None:
        return ""
    said = f"<Year>{day.year}</Year><Month>{day.month:02}</Month><Day>{day.day:02}</Day>{clock}"
    return f"<{name}{attributes}>{said}</{name}>"


def _list(name: str, items: Iterable[str], attributes: str = "") -> str:
    inner = "".join(items)
    return f"<{name}{attributes}>{inner}</{name}>" if inner else ""
