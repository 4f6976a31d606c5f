"""A second reading: what Biopython sees in PubMed's answers, field by field beside what we read.

Two readers that were written apart rarely overlook the same thing, so a change of NLM's format that our parser passes
over shows here: as a field that differs, or as an element that the document type of 2025 does not have. ``Bio.Entrez``
reads the XML that is stored; ``Bio.Medline`` the MEDLINE text that PubMed gives for the same record (``tracker
doctor``). Biopython is wanted for this alone: the extra ``second-reading``.

``FIELDS`` is the list of what is compared. Entrez keeps inline markup as tags inside the text and cleans nothing, so
tags are taken out here, and both sides are brought to one line by ``clean``. The header is made one whose document
type Biopython brings along: for another it would open the network while parsing.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from html import unescape
from itertools import islice
from typing import Any

from tracker.errors import UsageError
from tracker.model import Author, RawRecord, Record
from tracker.sources import UnreadableRecord
from tracker.sources.pubmed.parse import parse
from tracker.text import clean, clean_doi, clean_orcid

Said = Any  # nested dictionaries and lists of Entrez

SAMPLE = 200  # records of a reading that is not of all: about a second
BATCH = 100  # records that Biopython is given at once: it takes half a megabyte of memory for each
HEAD = (
    '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
    '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n'
)


def require() -> None:
    """Raise :class:`UsageError` where Biopython is not installed."""
    try:
        import Bio.Entrez  # noqa: F401
    except ImportError:
        raise UsageError("the second reading takes Biopython: pip install 'evidence-tracker[second-reading]'") from None


def compare(raws: Iterable[RawRecord]) -> Iterator[tuple[int, list[str]]]:
    """Batch by batch: (records compared, a line for each difference), of records as ``answers.split`` cuts them.

    What our parser cannot read is left out: it is set aside, and told elsewhere.
    """
    require()
    stream = iter(raws)
    while batch := list(islice(stream, BATCH)):
        ours: dict[str, Record] = {}
        bodies = []
        for raw in batch:
            try:
                record = parse(raw.body)
            except UnreadableRecord:
                continue
            ours[record.pmid] = record
            bodies.append(raw.body)
        yield len(ours), _differences(ours, bodies)


def _differences(ours: dict[str, Record], bodies: Sequence[bytes]) -> list[str]:
    whole = b"<PubmedArticleSet>" + b"".join(bodies) + b"</PubmedArticleSet>"
    found = [f"an element that the document type of 2025 does not have: {name}" for name in unknown_elements(whole)]
    theirs = {str(_citation(said)["PMID"]): said for said in read(whole)} if ours else {}
    found += [f"PMID {pmid}: Biopython does not read it" for pmid in ours if pmid not in theirs]
    for pmid, said in theirs.items():
        for name, (seen, held) in FIELDS.items():
            if pmid in ours and seen(said) != held(ours[pmid]):
                found.append(f"PMID {pmid}, {name}: Biopython {_short(seen(said))}, here {_short(held(ours[pmid]))}")
    return found


def _short(value: object) -> str:
    return clean(repr(value))[:160]


def unknown_elements(body: bytes) -> list[str]:
    """The first element of a set that its document type does not declare, none if all are known."""
    from Bio.Entrez.Parser import ValidationError

    try:
        read(body, validate=True)
    except ValidationError as error:
        return [clean(str(error.name))]
    return []


def read(body: bytes, *, validate: bool = False) -> list[Said]:
    """Both kinds of records of an answer, in no particular order."""
    from Bio import Entrez

    text = body.decode("utf-8-sig")
    text = text[re.search(r"<Pubmed", text).start() :]  # type: ignore[union-attr]
    if not text.startswith("<PubmedArticleSet"):
        text = f"<PubmedArticleSet>{text}</PubmedArticleSet>"
    head = HEAD
    if "<DateCreated>" in text:  # an old file, with elements that today's document type does not know
        head = HEAD.replace("250101", "150101" if "<AffiliationInfo>" in text else "130501")
    found = Entrez.read(io.BytesIO((head + text).encode()), validate=validate, escape=True)
    return list(found) if isinstance(found, list) else [*found["PubmedArticle"], *found["PubmedBookArticle"]]


def medline_differences(text: str, ours: dict[str, Record]) -> tuple[int, list[str]]:
    """(records compared, what differs) between MEDLINE text as ``Bio.Medline`` reads it and our records by PMID."""
    require()
    from Bio import Medline

    compared, found = 0, []
    for said in Medline.parse(io.StringIO(text)):
        record = ours.get(str(said.get("PMID", "")))
        if record is None:
            continue
        compared += 1
        for name, (tag, held) in MEDLINE.items():
            seen = said.get(tag, "")
            if _letters(" ".join(seen) if isinstance(seen, list) else seen) != _letters(held(record)):
                found.append(f"PMID {record.pmid}, {name}: Bio.Medline {_short(seen)}, here {_short(held(record))}")
    return compared, found


def _letters(said: str) -> str:
    """Letters and digits alone: MEDLINE text breaks lines, and writes signs in its own way."""
    return re.sub(r"[\W_]+", "", said).casefold()


# name: (tag of the MEDLINE format, what our record says)
MEDLINE: dict[str, tuple[str, Callable[[Record], str]]] = {
    "title": ("TI", lambda ours: ours.title),
    "journal": ("TA", lambda ours: ours.journal_abbrev),
    "volume": ("VI", lambda ours: ours.volume),
    "issue": ("IP", lambda ours: ours.issue),
    "languages": ("LA", lambda ours: " ".join(ours.languages)),
    "authors": ("FAU", lambda ours: " ".join(f"{one.family} {one.given}" for one in ours.authors if not one.group)),
}


def text(said: Said) -> str:
    """Without tags, without escapes, in one line."""
    return clean(unescape(re.sub(r"</?[A-Za-z][^<>]*>", "", str(said)))) if said is not None else ""


def _get(said: Said, *path: str) -> Said:
    for name in path:
        said = said.get(name) if said is not None and said != "" else None
    return said


def _list(said: Said, *path: str) -> list[Said]:
    return list(_get(said, *path) or [])


def _citation(said: Said) -> Said:
    return said.get("MedlineCitation") or said["BookDocument"]


def _article(said: Said) -> Said:
    return _get(said, "MedlineCitation", "Article") or _citation(said)


def _data(said: Said) -> Said:
    return said.get("PubmedData") or said.get("PubmedBookData") or {}


def _date(said: Said) -> str:
    """Year, month and day of numbers."""
    parts = [text(_get(said, name)) for name in ("Year", "Month", "Day")]
    return f"{parts[0]}-{int(parts[1]):02}-{int(parts[2]):02}" if all(parts) else ""


def _title(said: Said) -> str:
    article = _article(said)
    own = text(article.get("ArticleTitle"))
    if own in ("", "[Not Available]."):
        own = text(article.get("VernacularTitle"))
    return own or text(_get(article, "Book", "BookTitle"))


def _abstract(said: Said) -> list[tuple[str, str, str]]:
    return _parts(_list(_article(said), "Abstract", "AbstractText"))


def _parts(said: list[Said]) -> list[tuple[str, str, str]]:
    """(label, category, text) of each part that has a text."""
    parts = []
    for part in said:
        label = clean(unescape(_of(part, "Label"))).rstrip(":")
        parts.append(("" if label == "UNLABELLED" else label, _of(part, "NlmCategory"), text(part)))
    return [part for part in parts if part[2]]


def _person(said: Said) -> tuple[object, ...]:
    ids = [clean_orcid(str(item)) for item in _list(said, "Identifier") if _of(item, "Source") == "ORCID"]
    orcid = [item.replace("-", "") for item in ids if item]  # one whose check digit is wrong is none
    places = [text(item.get("Affiliation")) for item in _list(said, "AffiliationInfo")]
    places += [text(said["Affiliation"])] if said.get("Affiliation") else []
    names = [text(said.get(name)) for name in ("LastName", "ForeName", "Initials", "Suffix", "CollectiveName")]
    return (*names, orcid[0] if orcid else "", list(dict.fromkeys(places)))


def _our_person(author: Author) -> tuple[object, ...]:
    names = (author.family, author.given, author.initials, author.suffix, author.group)
    return (*names, author.orcid.replace("-", ""), list(author.affiliations))


def _of(said: Said, name: str) -> str:
    return str(getattr(said, "attributes", {}).get(name, ""))


def _people(said: Said) -> list[tuple[object, ...]]:
    people = _all_people(said)
    address = text(_article(said).get("Affiliation"))
    return [(*people[0][:-1], people[0][-1] or [address]), *people[1:]] if people and address else people


def _all_people(said: Said) -> list[tuple[object, ...]]:
    if "BookDocument" in said:
        lists = _list(said, "BookDocument", "AuthorList") or _list(said, "BookDocument", "Book", "AuthorList")
        authors = [author for group in lists if _of(group, "Type") != "editors" for author in group]
    else:
        authors = _list(_article(said), "AuthorList")
    return [_person(author) for author in authors if _of(author, "ValidYN") != "N"]


def _investigators(said: Said) -> list[str]:
    groups = _list(_citation(said), "InvestigatorList")
    return [text(item["LastName"]) for group in groups for item in group if _of(item, "ValidYN") != "N"]


def _issue_date(said: Said) -> str:
    date = _get(_article(said), "Journal", "JournalIssue", "PubDate") or _get(_article(said), "Book", "PubDate")
    return clean(" ".join(text(_get(date, name)) for name in ("Year", "Month", "Day", "Season", "MedlineDate")))


def _electronic_date(said: Said) -> str:
    dates = _list(_article(said), "ArticleDate")
    return _date(dates[0] if dates else _get(_citation(said), "ContributionDate"))


def _ids(said: Said, kind: str) -> str:
    lists = [*_list(_data(said), "ArticleIdList"), *_list(said, "BookDocument", "ArticleIdList")]
    found = [str(item) for item in lists if _of(item, "IdType") == kind and item != "n/a"]
    return found[0] if found else ""


def _doi(said: Said) -> str:
    places = [item for item in _list(_article(said), "ELocationID") if _of(item, "EIdType") == "doi"]
    places += _list(_article(said), "Book", "ELocationID")
    valid = [str(item) for item in places if _of(item, "ValidYN") != "N"]
    return clean_doi(_ids(said, "doi") or (valid[0] if valid else ""))


def _types(said: Said) -> list[tuple[str, str]]:
    found = _article(said).get("PublicationTypeList") or _citation(said).get("PublicationType") or []
    return [(_of(item, "UI"), text(item)) for item in found]


def _mesh(said: Said) -> list[tuple[str, str, bool, list[str]]]:
    found = []
    for item in _list(_citation(said), "MeshHeadingList"):
        parts = [item["DescriptorName"], *item["QualifierName"]]
        major = any(_of(part, "MajorTopicYN") == "Y" for part in parts)
        found.append((text(parts[0]), _of(parts[0], "UI"), major, list(dict.fromkeys(map(text, parts[1:])))))
    return found


def _keywords(said: Said) -> list[str]:
    found = [text(word) for group in _list(_citation(said), "KeywordList") for word in group]
    return sorted({word.casefold() for word in found if word})


def _grants(said: Said) -> list[tuple[str, ...]]:
    grants = [
        tuple(text(grant.get(name)) for name in ("GrantID", "Acronym", "Agency", "Country"))
        for grant in _list(_article(said), "GrantList")
    ]
    return list(dict.fromkeys(grants))


def _links(said: Said) -> list[tuple[str, str, str, str]]:
    found = [
        (_of(item, "RefType"), text(item.get("RefSource")), text(item.get("PMID")), text(item.get("Note")))
        for item in _list(_citation(said), "CommentsCorrectionsList")
    ]
    return [link for link in dict.fromkeys(found) if link[0] != "Cites"]


def _other_abstracts(said: Said) -> list[tuple[str, str, str]]:
    found = []
    for item in _list(_citation(said), "OtherAbstract"):
        lines = [f"{label}: {words}" if label else words for label, _, words in _parts(item["AbstractText"])]
        found.append((_of(item, "Type"), _of(item, "Language"), " ".join(lines)))
    return found


def _history(said: Said) -> list[tuple[str, str]]:
    return [(_of(item, "PubStatus"), _date(item)) for item in _list(_data(said), "History")]


def _place(said: Said, *path: str) -> str:
    return text(_get(_article(said), *path))


def _info(said: Said, name: str) -> str:
    return text(_get(_citation(said), "MedlineJournalInfo", name))


def _container(said: Said) -> str:
    if "BookDocument" not in said:
        return _place(said, "Journal", "Title") or _info(said, "MedlineTA")
    whole = not said["BookDocument"].get("ArticleTitle")
    return _place(said, "Book", "CollectionTitle" if whole else "BookTitle")


def _languages(said: Said) -> list[str]:
    return list(dict.fromkeys({"en": "eng"}.get(item.lower(), item.lower()) for item in _article(said)["Language"]))


# name: (what Entrez sees, what our record says)
FIELDS: dict[str, tuple[Callable[[Said], object], Callable[[Record], object]]] = {
    "PMID": (lambda said: str(_citation(said)["PMID"]), lambda ours: ours.pmid),
    "title": (_title, lambda ours: ours.title),
    "original title": (lambda said: _place(said, "VernacularTitle"), lambda ours: ours.vernacular_title),
    "abstract": (_abstract, lambda ours: [(part.label, part.category, part.text) for part in ours.abstract]),
    "copyright": (lambda said: _place(said, "Abstract", "CopyrightInformation"), lambda ours: ours.copyright),
    "authors": (_people, lambda ours: [_our_person(author) for author in ours.authors]),
    "investigators": (_investigators, lambda ours: [author.family for author in ours.investigators]),
    "journal": (_container, lambda ours: ours.journal),
    "abbreviation": (
        lambda said: _place(said, "Journal", "ISOAbbreviation") or _info(said, "MedlineTA"),
        lambda ours: ours.journal_abbrev,
    ),
    "ISSN": (lambda said: _place(said, "Journal", "ISSN"), lambda ours: "".join(ours.issns)),
    "linking ISSN": (lambda said: _info(said, "ISSNLinking"), lambda ours: ours.issn_linking),
    "NLM id": (lambda said: _info(said, "NlmUniqueID"), lambda ours: ours.nlm_id),
    "country": (lambda said: _info(said, "Country"), lambda ours: ours.country),
    "volume": (
        lambda said: _place(said, "Journal", "JournalIssue", "Volume") or _place(said, "Book", "Volume"),
        lambda ours: ours.volume,
    ),
    "issue": (lambda said: _place(said, "Journal", "JournalIssue", "Issue"), lambda ours: ours.issue),
    "first page": (
        lambda said: re.split(
            "[-,;]", _place(said, "Pagination", "MedlinePgn") or _place(said, "Pagination", "StartPage")
        )[0],
        lambda ours: re.split("[-,;]", ours.pages)[0],
    ),
    "date of issue": (_issue_date, lambda ours: ours.issue_date.text),
    "electronic date": (_electronic_date, lambda ours: ours.electronic_date.value),
    "DOI": (_doi, lambda ours: ours.doi),
    "PMCID": (
        lambda said: (re.findall("PMC[0-9]+", _ids(said, "pmc") or _ids(said, "pmcid")) or [""])[0],
        lambda ours: ours.pmcid,
    ),
    "languages": (_languages, lambda ours: list(ours.languages)),
    "publication types": (_types, lambda ours: list(ours.publication_types)),
    "MeSH": (_mesh, lambda ours: [(item.name, item.ui, item.major, list(item.qualifiers)) for item in ours.mesh]),
    "substances": (
        lambda said: list(
            dict.fromkeys(text(item["NameOfSubstance"]) for item in _list(_citation(said), "ChemicalList"))
        ),
        lambda ours: list(ours.substances),
    ),
    "keywords": (_keywords, lambda ours: sorted(word.casefold() for word in ours.keywords)),
    "grants": (_grants, lambda ours: [(item.id, item.acronym, item.agency, item.country) for item in ours.grants]),
    "links": (_links, lambda ours: [(item.kind, item.text, item.pmid, item.note) for item in ours.links]),
    "other abstracts": (_other_abstracts, lambda ours: list(ours.other_abstracts)),
    "history": (_history, lambda ours: list(ours.history)),
    "created": (
        lambda said: dict(_history(said)).get("entrez") or _date(_get(_citation(said), "DateCreated")),
        lambda ours: ours.created,
    ),
    "revised": (lambda said: _date(_citation(said).get("DateRevised")), lambda ours: ours.revised),
    "completed": (lambda said: _date(_citation(said).get("DateCompleted")), lambda ours: ours.completed),
    "status": (lambda said: _of(_citation(said), "Status"), lambda ours: ours.status),
    "indexing": (lambda said: _of(_citation(said), "IndexingMethod"), lambda ours: ours.indexing),
    "publication status": (
        lambda said: text(_data(said).get("PublicationStatus")),
        lambda ours: ours.publication_status,
    ),
    "conflict": (lambda said: text(_citation(said).get("CoiStatement")), lambda ours: ours.conflict),
}
