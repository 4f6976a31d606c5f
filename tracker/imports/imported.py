"""Reading a reference that a person imported from a file: its fields as a record of the database it came from.

The raw bytes are JSON: the format, the reference as it stood in the file, and which of several with the same key it is
(``copy``, from 1). The key is the database's own (accession number, EID, PMID), else it is made from what identifies
the paper; a changed abstract changes no key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256

from tracker import states
from tracker.formats import fields as read_fields
from tracker.formats.decode import repair
from tracker.formats.row import Fields
from tracker.model import Event, Heading, PartialDate, Record, Section
from tracker.sources import UnreadableRecord
from tracker.sources.kinds import PREPRINT
from tracker.strategy.match import LANGUAGES
from tracker.text import clean, clean_doi, clean_pmcid, clean_pmid, pages_full, title_key
from tracker.text.dates import from_words, iso
from tracker.text.html_text import plain_once
from tracker.text.languages import language_code
from tracker.text.names import is_nothing, people

PARSER_VERSION = 3  # goes up when parse would read an old raw record differently: see ``tracker reparse``

_NO_ABSTRACT = re.compile(r"\W*(?:no abstract(?: (?:is )?available)?|abstract not available|not available)\W*", re.I)
_IN_PROCESS = re.compile(r"\s*\[?(?:in process citation)\]?\.?\s*", re.I)
_ISSN = re.compile(r"\b([0-9]{4})-?([0-9]{3}[0-9Xx])\b")
_PMID_IN_NOTES = re.compile(r"\bPMID:?\s*([0-9]{1,9})\b", re.I)
_PREPRINTS = frozenset({"preprint", "working paper", "posted content"})
_MEDLINE = re.compile(r"medline|pubmed", re.I)
_HEADING = re.compile(r"(?:^|(?<=[.;]\s))([A-Z][A-Z /&-]{3,40}):\s")


def raw_of(form: str, text: str, copy: int = 1) -> bytes:
    """What is kept of a reference, and read by :func:`parse`."""
    said = {"format": form, "text": text} | ({"copy": copy} if copy > 1 else {})
    return json.dumps(said, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")


def parse(source: str, raw: bytes) -> Record:
    """Read one reference of the source; raises UnreadableRecord with the reason, and nothing else."""
    return parse_and_tell(source, raw)[0]


def parse_and_tell(source: str, raw: bytes) -> tuple[Record, list[str]]:
    """:func:`parse`, and what the reader did not understand of the reference, in sentences."""
    try:
        said = json.loads(raw)
        form, text, copy = str(said["format"]), str(said["text"]), int(said.get("copy", 1))
        found = read_fields(form, text)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableRecord(clean(str(error)) or "not one reference") from error
    told = found.pop("told", [])
    fields = {name: _lines(name, values) for name, values in found.items()}
    record = _record(source, fields)
    if not (record.title or record.doi or record.pmid or record.abstract):
        raise UnreadableRecord("neither a title nor an abstract nor a DOI nor a PMID in it")
    key = _key(record, fields)
    return replace(record, source_id=key if copy < 2 else f"{key}#{copy}"), told


def events(record: Record) -> tuple[Event, ...]:
    """Published, or posted where the file calls it a preprint; a file tells of nothing else for certain."""
    preprint = any(ui == PREPRINT for ui, _ in record.publication_types)
    return (Event(states.PREPRINT.code if preprint else states.PUBLISHED.code, "", record.source, record.date.value),)


def _line(value: str) -> str:
    """One clean line without markup, its letters put right, encoded signs decoded once."""
    return plain_once(repair(value))


def _lines(name: str, values: Iterable[str]) -> list[str]:
    """The values of a field as clean lines; what only fills a place (``NA``, ``[No abstract]``) is nothing."""
    if name == "authors":
        return [line for value in values if (line := _line(value))]
    lines = [line for value in values if (line := _line(value)) and (name == "title" or not is_nothing(line))]
    if name == "abstract":
        return [line for line in lines if not _NO_ABSTRACT.fullmatch(line)]
    return [line for line in lines if not _IN_PROCESS.fullmatch(line)]


def _first(fields: Fields, *names: str) -> str:
    return next((value for name in names for value in fields.get(name, ())), "")


def _record(source: str, fields: Fields) -> Record:
    date = _date(fields)
    journal = _first(fields, "journal")
    types = _types(fields)
    authors, complete = people(fields.get("authors", ()))
    return Record(
        source=source,
        source_id="",
        title=_first(fields, "title", "vernacular"),
        vernacular_title=_first(fields, "vernacular"),
        abstract=_abstract(_first(fields, "abstract")),
        authors=authors,
        authors_complete=complete,
        journal=journal,
        journal_abbrev=_first(fields, "abbrev"),
        issns=_unique(f"{a}-{b}".upper() for said in fields.get("issn", ()) for a, b in _ISSN.findall(said)),
        publisher=_first(fields, "publisher"),
        volume=_first(fields, "volume"),
        issue=_first(fields, "issue"),
        pages=_pages(fields),
        date=date,
        issue_date=date,
        pmid=_pmid(fields),
        pmcid=next((pmcid for said in fields.get("pmcid", ()) if said.lower().startswith("pmc")
                    and (pmcid := clean_pmcid(said))), ""),
        doi=_doi(fields),
        other_ids=tuple(("accession", said) for said in fields.get("accession", ())[:1]),
        languages=_unique(map(_language, re.split(r"[;,]", ";".join(fields.get("language", ()))))),
        publication_types=types,
        mesh=tuple(Heading(name.partition("/")[0]) for name in fields.get("mesh", ())),
        keywords=_unique(fields.get("keywords", ())),
        status=_first(fields, "status"),
        extra=tuple(("database", said) for said in fields.get("database", ())[:1]),
    )  # fmt: skip


def _key(record: Record, fields: Fields) -> str:
    accession = re.sub(r"\s+", " ", _first(fields, "accession"))
    if accession and len(accession) <= 100:
        return accession
    if record.pmid:
        return f"pmid:{record.pmid}"
    said = "|".join(
        (
            record.doi,
            title_key(record.title)[:200],
            "" if record.doi else f"{record.date.value[:4]}|{record.pages}",
            "" if record.doi else title_key(record.authors[0].name if record.authors else ""),
        )
    )
    return f"made-{sha256(said.encode('utf-8', 'surrogatepass')).hexdigest()[:20]}"


def _doi(fields: Fields) -> str:
    """The DOI field, or an address of doi.org."""
    for said in fields.get("doi", ()):
        if doi := clean_doi(said):
            return doi
    return next((doi for said in fields.get("url", ()) if "doi.org/" in said and (doi := clean_doi(said))), "")


def _pmid(fields: Fields) -> str:
    """Its own field; the accession number of a copy of MEDLINE; "PMID: 123" in the notes."""
    for said in fields.get("pmid", ()):
        if pmid := clean_pmid(said):
            return pmid
    numbered = _MEDLINE.search(_first(fields, "database")) is not None
    if numbered and (pmid := clean_pmid(_first(fields, "accession"))):
        return pmid
    noted = next((found for said in fields.get("notes", ()) if (found := _PMID_IN_NOTES.search(said))), None)
    return clean_pmid(noted[1]) if noted else ""


def _date(fields: Fields) -> PartialDate:
    """A whole date before a year; ``2021/03/05/``, ``2021//``, ``2021 Mar 5``, ``March 2021``."""
    best = PartialDate()
    for said in (*fields.get("date", ()), *fields.get("year", ())):
        value = date_of(said)
        if len(value) > len(best.value):
            best = PartialDate(value, said)
    return best


def date_of(text: str) -> str:
    """The ISO date of what a file says, as much of it as it says."""
    found = re.match(r"\s*([12][0-9]{3})(?:/([0-9]{0,2}))?(?:/([0-9]{0,2}))?(?:/.*)?\s*$", text, re.A)
    if found:
        return iso(found[1], found[2] or "", found[3] or "")
    found = re.match(r"\s*([0-9]{1,2})/([0-9]{1,2})/([12][0-9]{3})\s*$", text, re.A)
    return iso(found[3]) if found else from_words(text)  # day or month first: nobody knows


def _pages(fields: Fields) -> str:
    first, last = _first(fields, "first"), _first(fields, "last")
    if first and last and first != last and "-" not in first:
        return pages_full(f"{first}-{last}")
    return pages_full(_first(fields, "pages") or first or _first(fields, "number")).replace("--", "-")


def _language(said: str) -> str:
    """The code PubMed uses; files write it out as often as not."""
    name = said.strip().lower()
    return LANGUAGES[name][0] if name in LANGUAGES else language_code(name)


def _types(fields: Fields) -> tuple[tuple[str, str], ...]:
    said = [part for value in fields.get("type", ()) for part in re.split(r"\s*;\s*", value) if part]
    found = [
        (PREPRINT if word.lower() in ("preprint", "working paper", "posted content") else "", word) for word in said
    ]
    if any(ui == PREPRINT for ui, _ in found):  # a server's preprint is written as an article by many
        found = [pair for pair in found if pair[1].lower() != "journal article"]
    return tuple(dict.fromkeys(found))


def _abstract(text: str) -> tuple[Section, ...]:
    """Sections where headings in capitals with a colon stand in it; else one."""
    sections: list[Section] = []
    place, label = 0, ""
    for found in _HEADING.finditer(text):
        sections += _section(text[place : found.start()], label)
        place, label = found.end(), found[1].strip()
    return (*sections, *_section(text[place:], label))


def _section(text: str, label: str) -> list[Section]:
    said = clean(text)
    return [Section(said, label)] if said else []


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
