"""Reading a core record of a preprint in Europe PMC: JSON in which any member and any list may be absent.

Booleans are "Y" and "N", titles and abstracts are HTML (``tracker.text.html_text``). Some servers (Research Square,
Preprints.org, PsyArXiv since 2025) have one record a version, with a ``versionNumber`` and a list of the others;
bioRxiv and medRxiv have one record, whatever the version. Source: Europe PMC web service 6.9 reference, and answers.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

from tracker.model import Grant, Heading, Link, PartialDate, Record
from tracker.sources import UnreadableRecord
from tracker.sources.europepmc_events import events
from tracker.sources.europepmc_people import people
from tracker.sources.json_fields import Json, items, word, words
from tracker.text import clean, clean_doi, clean_pmcid, clean_pmid, pages_full
from tracker.text.dates import from_words, iso
from tracker.text.html_text import plain, plain_and_markup, sections
from tracker.text.languages import language_code

__all__ = ["PARSER_VERSION", "events", "licence", "parse"]

PARSER_VERSION = 1  # goes up when parse would read an old raw record differently: see ``tracker reparse``

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
    return _published(_indexed(_written(Record("europepmc", name), said), said), said)


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
