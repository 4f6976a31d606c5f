"""What the demo's Europe PMC holds: preprints, and articles of PubMed as it copies them; each with its core record.

This is the demo's own model, on purpose not ``tracker.model``. Texts called *fragments* are pieces of HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Protocol

from emulator.europepmc_query import Document, words
from emulator.papers import Part, Person, plain, spoken

Core = dict[str, Any]
GUESSED, ASSERTED = "Link created based on a title-first author match", "CrossRef Pre-print loader"


@dataclass(frozen=True, slots=True)
class Comment:
    """A link to another record: ``kind`` as Europe PMC words it ("Preprint of"), ``source`` MED or PPR."""

    kind: str
    id: str
    reference: str = ""
    note: str = ""
    source: str = "MED"


@dataclass(frozen=True, slots=True)
class Entry:
    """One record, of a preprint (``source`` PPR) or of an article (MED). ``title``, parts, keywords are fragments."""

    id: str
    title: str
    posted: date  # firstPublicationDate
    source: str = "PPR"
    indexed: date | None = None  # firstIndexDate; the day after it was posted where nothing is said
    revised: date | None = None
    server: str = ""
    journal: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    parts: tuple[Part, ...] = ()
    keywords: tuple[str, ...] = ()
    authors: tuple[Person, ...] = ()
    types: tuple[str, ...] = ("Preprint",)
    language: str = ""
    licence: str = ""
    version: int | None = None
    versions: tuple[tuple[str, int, date, str], ...] = ()  # (id, number, first publication, type), itself included
    comments: tuple[Comment, ...] = ()
    body: str = ""  # the full text, which a term without a field searches as well
    withheld: bool = False  # listed, and never sent

    @property
    def first_indexed(self) -> date:
        return self.indexed or self.posted + timedelta(days=1)

    @property
    def updated(self) -> date:
        return self.revised or self.first_indexed


class Holdings(Protocol):
    """Something that Europe PMC holds: ``emulator.preprints`` and :class:`Held` are such things."""

    def entries(self, day: date) -> Mapping[str, Entry]:
        """The records that are there on that day, by id; what did not change is the same object as the day before."""
        ...


@dataclass
class Held:
    """These records, each from the day on which it was first indexed."""

    held: Iterable[Entry]
    _held: tuple[Entry, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._held = tuple(self.held)

    def entries(self, day: date) -> Mapping[str, Entry]:
        return {entry.id: entry for entry in self._held if entry.first_indexed <= day}


def document(entry: Entry) -> Document:
    """The record as it is searched. Of a link only the preprint's side can be asked for."""
    people = [person.cited for person in entry.authors]
    places = [place for person in entry.authors for place in person.affiliations]
    texts = {
        "title": [plain(entry.title)],
        "abstract": [spoken(entry.parts)],
        "keywords": [plain(word) for word in entry.keywords],
        "authors": people,
        "first author": people[:1],
        "affiliations": places,
        "journal": [entry.journal],
        "publisher": [entry.server],
        "types": list(entry.types),
        "licence": [entry.licence],
        "body": [entry.body],
    }
    linked = any(comment.kind == "Preprint of" for comment in entry.comments)
    exact = {
        "SRC": entry.source,
        "EXT_ID": entry.id,
        "DOI": entry.doi,
        "PMCID": entry.pmcid,
        "LANG": entry.language,
        "HAS_ABSTRACT": _yes(bool(entry.parts)),
        "HAS_DOI": _yes(bool(entry.doi)),
        "HAS_PUBLISHED_VERSION": _yes(linked),
        "OPEN_ACCESS": _yes(bool(entry.licence)),
    }
    published = dict.fromkeys(("FIRST_PDATE", "E_PDATE"), entry.posted)
    indexed = dict.fromkeys(("FIRST_IDATE", "CREATION_DATE"), entry.first_indexed)
    return Document(
        {part: "\n".join(map(words, units)) for part, units in texts.items()},
        {name: value.casefold() for name, value in exact.items()},
        {**published, **indexed, "UPDATE_DATE": entry.updated},
    )


def idlist(entry: Entry) -> Core:
    """The record as ``resultType=idlist`` shows it."""
    return _without_nothing({"id": entry.id, "source": entry.source, "pmid": entry.pmid, "pmcid": entry.pmcid})


def core(entry: Entry) -> Core:
    """The record as ``resultType=core`` shows it. Members without content are left out, and so are empty lists."""
    people = [_author(person) for person in entry.authors if person.valid]
    details = {"publisher": entry.server, "yearOfPublication": entry.posted.year} if entry.server else None
    info = {"yearOfPublication": entry.posted.year, "journal": {"title": entry.journal}} if entry.journal else None
    return _without_nothing(
        {
            **idlist(entry),
            "doi": entry.doi,
            "title": entry.title,
            "authorString": ", ".join(person.cited for person in entry.authors) + "." if entry.authors else "",
            "authorList": _listed("author", people),
            "journalInfo": info,
            "pubYear": str(entry.posted.year),
            "abstractText": "".join(f"<h4>{p.label}</h4>{p.text}" if p.label else p.text for p in entry.parts),
            "language": entry.language,
            "pubTypeList": {"pubType": list(entry.types)},
            "keywordList": _listed("keyword", list(entry.keywords)),
            "bookOrReportDetails": details,
            "commentCorrectionList": _listed(
                "commentCorrection", [_comment(c, n) for n, c in enumerate(entry.comments)]
            ),
            "isOpenAccess": _yes(bool(entry.licence)),
            "inEPMC": "N",
            "citedByCount": 0,
            "license": entry.licence,
            "versionNumber": entry.version,
            "versionList": _listed("version", [_version(*version) for version in entry.versions]),
            "dateOfCreation": entry.first_indexed.isoformat(),
            "firstIndexDate": entry.first_indexed.isoformat(),
            "dateOfRevision": entry.revised.isoformat() if entry.revised else "",
            "firstPublicationDate": entry.posted.isoformat(),
        }
    )


def _author(person: Person) -> Core:
    if person.group:
        return {"collectiveName": person.group}
    name = f"{person.family} {person.suffix}".strip()
    places = [{"affiliation": place} for place in person.affiliations]
    return _without_nothing(
        {
            "fullName": f"{name} {person.initials}".strip(),
            "firstName": person.given,
            "lastName": name,
            "initials": person.initials,
            "authorId": {"type": "ORCID", "value": person.orcid} if person.orcid else None,
            "authorAffiliationDetailsList": _listed("authorAffiliation", places),
        }
    )


def _comment(comment: Comment, number: int) -> Core:
    said = {"id": comment.id, "source": comment.source, "reference": comment.reference, "type": comment.kind}
    return {**_without_nothing({**said, "note": comment.note}), "orderIn": 10_001 + number}


def _version(id: str, number: int, posted: date, kind: str) -> Core:
    return {
        "id": id,
        "source": "PPR",
        "firstPublishDate": posted.isoformat(),
        "versionNumber": number,
        "pubTypeList": {"pubType": [kind]},
        "hasEvaluations": "N",
    }


def _listed(name: str, items: list[Any]) -> Core | None:
    return {name: items} if items else None


def _yes(true: bool) -> str:
    return "Y" if true else "N"


def _without_nothing(said: Core) -> Core:
    return {name: value for name, value in said.items() if value not in (None, "")}
