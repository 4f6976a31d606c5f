"""Reading a core record of a preprint in Europe PMC: JSON in which any member and any list may be absent.

Booleans are "Y" and "N", titles and abstracts are HTML (``tracker.text.html_text``). Some servers (Research Square,
Preprints.org, PsyArXiv since 2025) have one record a version, with a ``versionNumber`` and a list of the others;
bioRxiv and medRxiv have one record, whatever the version. Source: Europe PMC web service 6.9 reference, and answers.
Authors come from the list or, where there is none, from the line; ``events`` reads types, versions and links.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

from tracker import states
from tracker.model import Author, Event, Grant, Heading, Link, PartialDate, Record
from tracker.sources import EUROPEPMC, UnreadableRecord, withdrawal
from tracker.sources.kinds import RETRACTED, types
from tracker.text import clean, clean_doi, clean_orcid, clean_pmcid, clean_pmid, pages_full
from tracker.text.dates import citation_date, from_words, iso
from tracker.text.html_text import plain, plain_and_markup, sections
from tracker.text.languages import language_code
from tracker.text.names import without_suffix

Json = dict[str, Any]


def word(said: Json, name: str) -> str:
    """A member that is a text or a number as one clean line; '' for everything else."""
    value = said.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return clean(str(value))


def items(said: Json, *names: str) -> list[Json]:
    """The objects of a list that lies inside others (``authorList``, ``author``); a single object is a list of one."""
    return [item for item in _listed(said, names) if isinstance(item, dict)]


def words(said: Json, *names: str) -> list[str]:
    """The texts of such a list, as they came."""
    return [item for item in _listed(said, names) if isinstance(item, str)]


def _listed(said: Json, names: tuple[str, ...]) -> list[Any]:
    value: Any = said
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, list) else [value]


_INITIALS = re.compile(r"[^\W\d_a-z]{1,4}(?:-[^\W\d_a-z])?")  # capitals of any script


def people(said: Json) -> tuple[Author, ...]:
    """All authors in order; the printed line (``Wang H, Mai BK, Yang Y.``) where the list is absent or empty."""
    listed = [_author(item) for item in items(said, "authorList", "author")]
    found = tuple(author for author in listed if author.name)
    return found or _printed(word(said, "authorString"))


def _author(said: Json) -> Author:
    places = [word(item, "affiliation") for item in items(said, "authorAffiliationDetailsList", "authorAffiliation")]
    places.append(word(said, "affiliation"))
    person = Author(
        family=plain(word(said, "lastName")),
        given=plain(word(said, "firstName")),
        initials=plain(word(said, "initials")),
        group=plain(word(said, "collectiveName")),
        orcid=next(filter(None, (_orcid(item) for item in items(said, "authorId"))), ""),
        affiliations=tuple(dict.fromkeys(filter(None, map(plain, places)))),
    )
    if person.group:
        return person
    if person.family:
        family, suffix = without_suffix(person.family)
        return replace(person, family=family, suffix=suffix)
    named = _name(plain(word(said, "fullName")))
    return Author(
        family=named.family,
        given=person.given,
        initials=person.initials or named.initials,
        group=named.group,
        orcid=person.orcid,
        affiliations=person.affiliations,
    )


def _orcid(said: Json) -> str:
    return clean_orcid(word(said, "value")) if word(said, "type").upper() == "ORCID" else ""


def _printed(line: str) -> tuple[Author, ...]:
    names = [plain(name) for name in line.rstrip(" .").split(",")]
    return tuple(_name(name) for name in names if name and name.casefold() not in ("et al", "et al."))


def _name(text: str) -> Author:
    """``Mai BK`` is a person; what does not end in initials is a group, unless it is one word."""
    name, suffix = without_suffix(clean(text))
    family, _, last = name.rpartition(" ")
    if family and _INITIALS.fullmatch(last):
        return Author(family=family, initials=last, suffix=suffix)
    return Author(group=text) if family else Author(family=last)


_NOTICES = {
    "preprint of": states.PUBLISHED.code,
    "retraction in": states.RETRACTED.code,
    "retracted and republished in": states.RETRACTED.code,
    "erratum in": states.CORRECTED.code,
    "corrected and republished in": states.CORRECTED.code,
    "expression of concern in": states.CONCERN.code,
}
_WITHDRAWN_TYPES = frozenset({"preprint-withdrawal", "preprint-removal", "withdrawn publication"})


def events(record: Record) -> tuple[Event, ...]:
    """What happened to the preprint: posted, then one event for each article or notice it is linked to.

    ``notice`` is ``PMID 123``, else the DOI, else the citation. ``detail`` keeps the note that tells a link which was
    only guessed. Withdrawn: by type (also of another version), title, or an abstract that says nothing else.
    """
    found = [Event(states.PREPRINT.code, "", EUROPEPMC.name, record.date.value)]
    found += [_event(_NOTICES[link.kind.casefold()], link) for link in record.links if link.kind.casefold() in _NOTICES]
    said = types(record)
    if not said.isdisjoint({"retracted publication", RETRACTED.casefold()}) and not _any(found, states.RETRACTED.code):
        found.append(Event(states.RETRACTED.code, "", EUROPEPMC.name, detail="publication type Retracted Publication"))
    if reason := _withdrawn(record, said):
        found.append(Event(states.WITHDRAWN.code, "", EUROPEPMC.name, detail=reason))
    return tuple({(event.kind, event.notice): event for event in reversed(found)}.values())[::-1]


def _any(found: list[Event], kind: str) -> bool:
    return any(event.kind == kind for event in found)


def _withdrawn(record: Record, said: frozenset[str]) -> str:
    """Why it counts as withdrawn, '' if it does not."""
    if named := sorted(said & _WITHDRAWN_TYPES):
        return f"publication type {named[0]}"
    if withdrawal.titled(record.title):
        return "title begins with WITHDRAWN"
    if withdrawal.stated(record.abstract_text):
        return "the abstract says so"
    for link in record.links:
        named = sorted(_WITHDRAWN_TYPES.intersection(link.note.casefold().split(", ")))
        if link.kind == "Version" and named:
            return f"{link.text}: {named[0]}"
    return ""


def _event(kind: str, link: Link) -> Event:
    notice = f"PMID {link.pmid}" if link.pmid else link.doi or link.text
    detail = [part for part in (link.text, link.note) if part and part != notice]
    return Event(kind, notice, EUROPEPMC.name, citation_date(link.text), "; ".join(detail))


__all__ = ["PARSER_VERSION", "events", "licence", "parse"]

PARSER_VERSION = 2  # goes up when parse would read an old raw record differently: see ``tracker reparse``

# NLM's identifiers of the types that matter to what a record is; Europe PMC sends the words alone.
_TYPES = {
    "preprint": "D000076942",
    "journal article": "D016428",
    "published erratum": "D016425",
    "retracted publication": "D016441",
    "retraction of publication": "D016440",
    "expression of concern": "D000075742",
    "review": "D016454",
    "systematic review": "D000078182",
}
_GUESSED = re.compile(r"\bmatch(?:ed|ing)?\b", re.I)  # "Link created based on a title-first author match"
_DOI_IN_CITATION = re.compile(r"\bdoi:? ?(10\.\S+)", re.I)


def parse(raw: bytes) -> Record:
    """Read one preprint, all fields. Raises UnreadableRecord, with the reason, and nothing else."""
    said = _object(raw)
    name, source = word(said, "id"), word(said, "source") or "PPR"
    if not name:
        raise UnreadableRecord("no id in it")
    if source != "PPR":
        raise UnreadableRecord(f"{source} {name} is no preprint")
    return _published(_indexed(_written(Record(EUROPEPMC.name, name), said), said), said)


def licence(said: Json) -> str:
    """The licence as Europe PMC prints it: ``cc by-nc-nd``; '' where it names none."""
    return word(said, "license")


def _object(raw: bytes) -> Json:
    try:
        said = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise UnreadableRecord(f"not JSON: {clean(str(error))[:100]}") from error
    if not isinstance(said, dict):
        raise UnreadableRecord(f"not one record: {clean(str(said))[:80]}")
    found: Json = said
    return found


def _written(record: Record, said: Json) -> Record:
    """What the authors wrote."""
    title, markup = plain_and_markup(_text(said, "title"))
    return replace(
        record,
        title=title,
        title_markup=markup,
        abstract=sections(_text(said, "abstractText")),
        authors=people(said),
        keywords=_keywords(said),
        grants=_grants(said),
        languages=tuple(filter(None, [language_code(word(said, "language"))])),
        licence=licence(said),
    )


def _indexed(record: Record, said: Json) -> Record:
    """Identifiers, types, links, headings and the dates of Europe PMC itself."""
    created, indexed, revised = (day(said, name) for name in ("dateOfCreation", "firstIndexDate", "dateOfRevision"))
    history = (("created", created), ("indexed", indexed), ("revised", revised))
    number = word(said, "versionNumber")
    return replace(
        record,
        pmid=clean_pmid(word(said, "pmid")),
        pmcid=clean_pmcid(word(said, "pmcid")),
        doi=clean_doi(word(said, "doi")),
        publication_types=_publication_types(said),
        mesh=_headings(said),
        substances=_unique(word(item, "name") for item in items(said, "chemicalList", "chemical")),
        links=tuple(dict.fromkeys([*_links(said), *_versions(said, record.source_id)])),
        history=tuple(step for step in history if step[1]),
        created=indexed or created,
        revised=revised,
        completed=day(said, "dateOfCompletion"),
        version=number if number.isdecimal() else "",
        extra=(("open access", "yes"),) if word(said, "isOpenAccess") == "Y" else (),
    )


def _published(record: Record, said: Json) -> Record:
    """Where and when. The server stands where books have their publisher; it is shown where articles have a journal."""
    details, info = _inner(said, "bookOrReportDetails"), _inner(said, "journalInfo")
    journal = _inner(info, "journal")
    server = plain(_text(details, "publisher"))
    first = _date(said, "firstPublicationDate", "electronicPublicationDate")
    year = word(said, "pubYear") or word(details, "yearOfPublication")
    return replace(
        record,
        journal=plain(_text(journal, "title")) or server,
        journal_abbrev=plain(_text(journal, "medlineAbbreviation")),
        issns=_unique(word(journal, name) for name in ("issn", "essn")),
        nlm_id=word(journal, "nlmid"),
        publisher=server,
        volume=word(info, "volume"),
        issue=word(info, "issue"),
        pages=pages_full(word(said, "pageInfo")),
        date=first if first.value else PartialDate(iso(year), year),
        electronic_date=first,
        publication_status=word(said, "publicationStatus"),
    )


def day(said: Json, name: str) -> str:
    """An ISO date, as much of it as is one; '' for everything else."""
    return from_words(word(said, name))


def _date(said: Json, *names: str) -> PartialDate:
    """The first of these members that is a date."""
    found = (PartialDate(day(said, name), word(said, name)) for name in names)
    return next((date for date in found if date.value), PartialDate())


def _text(said: Json, name: str) -> str:
    """A member as it came, white space and all; '' when it is no text."""
    value = said.get(name)
    return value if isinstance(value, str) else ""


def _inner(said: Json, name: str) -> Json:
    value = said.get(name)
    return value if isinstance(value, dict) else {}


def _unique(texts: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, texts)))


def _keywords(said: Json) -> tuple[str, ...]:
    """Keywords, each once whatever its case."""
    first: dict[str, str] = {}
    for keyword in (plain(text) for text in words(said, "keywordList", "keyword")):
        first.setdefault(keyword.casefold(), keyword)
    return _unique(first.values())


def _publication_types(said: Json) -> tuple[tuple[str, str], ...]:
    """(UI, text); Preprint is among them in any case, for everything of this source is one."""
    named = [plain(text) for text in words(said, "pubTypeList", "pubType")]
    if not any(text.casefold() == "preprint" for text in named):
        named.insert(0, "Preprint")
    return tuple(dict.fromkeys((_TYPES.get(text.casefold(), ""), text) for text in named if text))


def _headings(said: Json) -> tuple[Heading, ...]:
    found = []
    for item in items(said, "meshHeadingList", "meshHeading"):
        qualifiers = items(item, "meshQualifierList", "meshQualifier")
        major = any(word(part, "majorTopic_YN") == "Y" for part in (item, *qualifiers))
        names = _unique(word(part, "qualifierName") for part in qualifiers)
        found.append(Heading(word(item, "descriptorName"), "", major, names))
    return tuple(heading for heading in found if heading.name)


def _grants(said: Json) -> tuple[Grant, ...]:
    found = (
        Grant(word(item, "grantId"), word(item, "acronym"), plain(_text(item, "agency")))
        for item in items(said, "grantsList", "grant")
    )
    return tuple(dict.fromkeys(grant for grant in found if grant != Grant()))


def _links(said: Json) -> list[Link]:
    """Comments and corrections, ``Preprint of`` among them. A link that was only guessed says so in its note."""
    found = []
    for item in items(said, "commentCorrectionList", "commentCorrection"):
        text, note = plain(_text(item, "reference")), plain(_text(item, "note"))
        doi = _DOI_IN_CITATION.search(text)
        pmid = clean_pmid(word(item, "id")) if word(item, "source") in ("MED", "") else ""
        if not pmid and not text:
            text = word(item, "id")
        kind = word(item, "type")
        if kind:
            note = f"heuristic: {note}" if _GUESSED.search(note) else note
            found.append(Link(kind, text, pmid, clean_doi(doi[1]) if doi else "", note))
    return found


def _versions(said: Json, own: str) -> list[Link]:
    """The other versions of the same preprint, which are records of their own."""
    found = []
    for item in items(said, "versionList", "version"):
        name, number, posted = word(item, "id"), word(item, "versionNumber"), day(item, "firstPublishDate")
        if name and name != own:
            types = [*words(item, "pubTypeList", "pubType"), *words(item, "pubType")]
            text = ", ".join(part for part in (f"version {number} of this preprint", name, posted) if part)
            found.append(Link("Version", text, note=", ".join(map(clean, types))))
    return found
