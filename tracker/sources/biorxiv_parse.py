"""Reading what api.biorxiv.org says of one version of a preprint; medRxiv and bioRxiv speak alike.

A record is one version (key: DOI and version): the DOI is that of the preprint and says nothing of the version.
Both prefixes are in use, 10.1101 until November 2025 and 10.64898 since.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from tracker.kinds import PREPRINT
from tracker.model import Author, Event, Grant, Link, PartialDate, Record
from tracker.sources import UnreadableRecord
from tracker.sources.biorxiv_clean import abstract, title
from tracker.text import clean, clean_doi, strip_emails
from tracker.text.dates import iso

PARSER_VERSION = 1  # goes up when parse would read an old raw record differently: see ``tracker reparse``

SERVERS = {"medrxiv": "medRxiv", "biorxiv": "bioRxiv"}
# Their licences are those of version 4.0; cc_no is "all rights reserved".
_LICENCES = {
    "cc_by": ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"),
    "cc_by_sa": ("CC BY-SA 4.0", "https://creativecommons.org/licenses/by-sa/4.0/"),
    "cc_by_nd": ("CC BY-ND 4.0", "https://creativecommons.org/licenses/by-nd/4.0/"),
    "cc_by_nc": ("CC BY-NC 4.0", "https://creativecommons.org/licenses/by-nc/4.0/"),
    "cc_by_nc_sa": ("CC BY-NC-SA 4.0", "https://creativecommons.org/licenses/by-nc-sa/4.0/"),
    "cc_by_nc_nd": ("CC BY-NC-ND 4.0", "https://creativecommons.org/licenses/by-nc-nd/4.0/"),
    "cc0": ("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
}
_USUAL = re.compile(r"([^,{}&_\\]+), ((?:[A-Z]\.[ -]?)+)")  # Watson, O. J.
_INITIALS = re.compile(r"(?:[^\W\d_]\.?(?:[ -]+|(?<=\.)))*[^\W\d_]\.?")
_NOTHING = frozenset({"", "na", "n/a", "none", "null"})

_PAPER = r"(?:manuscript|preprint|paper|article|work|study|submission)"
_BY_AUTHORS = r"(?:the|all|this|these) (?:\w+ ){0,3}authors? (?:have|has|wish(?:es)? to|would like to|are|is|request)"
_BY_NOBODY = rf"(?:this|the) {_PAPER} (?:has been|was|is|have been) (?:temporarily |formally )?"
_WITHDRAWN_TEXT = re.compile(
    rf"(?:withdrawal statement\W*)?(?:{_BY_AUTHORS}[^.]{{0,60}}?(?:withdraw|withdrawn|withdrawing|withdrawal)\b"
    rf"|{_BY_NOBODY}(?:withdrawn|retracted|removed)\b|(?:medrxiv|biorxiv) has (?:withdrawn|removed) this {_PAPER})",
    re.I,
)
_WITHDRAWN_TITLE = re.compile(r"\W{0,3}(?:WITHDRAWN|REMOVED)\b\W{0,2}[:.]", re.I)


def key(row: Mapping[str, Any]) -> str:
    """``10.1101/2023.10.21.23297352v3``, the DOI with the version behind it, as the servers' own pages have it; or ''.

    Whatever else is wrong with a row, this tells whose it is.
    """
    doi, version = clean_doi(_text(row, "doi")), _text(row, "version")
    return f"{doi}v{version}" if doi and re.fullmatch(r"[1-9][0-9]{0,3}", version) else ""


def parse(server: str, raw: bytes) -> Record:
    """Read one row of ``collection``; ``server`` is medrxiv or biorxiv. Raises UnreadableRecord with the reason."""
    row = _row(raw)
    name = key(row)
    if not name:
        raise UnreadableRecord("no DOI with a version in it")
    day = iso(*_text(row, "date").split("-")[:3]) if _text(row, "date") else ""
    if len(day) != 10:
        raise UnreadableRecord(f"{name}: no day of posting in it")
    doi, _, version = name.rpartition("v")
    licence, licence_url = _LICENCES.get(_text(row, "license").lower(), ("", ""))
    posted = PartialDate(day, _text(row, "date"))
    return Record(
        source=server,
        source_id=name,
        title=title(_said(row, "title")),
        abstract=abstract(_said(row, "abstract")),
        authors=_authors(row),
        journal=SERVERS[server],
        publisher=SERVERS[server],
        date=posted,
        electronic_date=posted,
        created=day,
        doi=doi,
        publication_types=((PREPRINT, "Preprint"),),
        grants=_grants(row.get("funder")),
        links=_links(row, doi),
        licence=licence,
        licence_url=licence_url,
        version=version,
        extra=_extra(row),
    )


def events(record: Record) -> tuple[Event, ...]:
    """Posted; published, with the journal's DOI as notice; withdrawn, with the authors' reason.

    bioRxiv marks a withdrawn version by its type. medRxiv does not: there the statement stands in place of the
    abstract, or before the title.
    """
    posted = "" if record.version == "1" else f"version {record.version}"
    found = [Event("preprint", posted, record.source, record.date.value)]
    found += [Event("published", link.doi, record.source) for link in record.links if link.kind == "published"]
    text = record.abstract_text
    stated = _WITHDRAWN_TEXT.match(text) is not None
    if stated or ("type", "withdrawn") in record.extra or _WITHDRAWN_TITLE.match(record.title):
        found.append(Event("withdrawn", "", record.source, record.date.value, text[:1000] if stated else ""))
    return tuple(found)


def _row(raw: bytes) -> dict[str, Any]:
    try:
        row = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise UnreadableRecord("not JSON") from error
    if not isinstance(row, dict):
        raise UnreadableRecord("not one record")
    return row


def _said(row: Mapping[str, Any], name: str) -> str:
    """A member as text, line breaks kept; '' for what is none, or says that there is none."""
    value = row.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value.strip().lower() not in _NOTHING else ""


def _text(row: Mapping[str, Any], name: str) -> str:
    return clean(_said(row, name))


def _authors(row: Mapping[str, Any]) -> tuple[Author, ...]:
    """``Watson, O. J.; The Group``; the institution of the corresponding author goes to whoever bears the name."""
    people = [person for said in _said(row, "authors").split(";") if (person := author(said.strip()))]
    corresponding = _text(row, "author_corresponding")
    institution = strip_emails(_said(row, "author_corresponding_institution"))
    last = corresponding.rpartition(" ")[2].casefold()
    for place, person in enumerate(people if institution and last else ()):
        if not person.family.casefold().endswith(last) or not _ends_with(corresponding, person.family):
            continue
        people[place] = Author(person.family, person.given, person.initials, person.suffix, affiliations=(institution,))
        break
    return tuple(people)


def author(said: str) -> Author | None:
    """``Tran, T. N.-A.`` is family name and initials, ``Doe, Jane`` family and given name, without a comma a group."""
    usual = _USUAL.fullmatch(said)
    if usual and said.isprintable():
        initials = "".join(sign for sign in usual[2] if sign.isalpha())
        return Author(clean(usual[1]), initials=initials)
    said = title(said) if "_" in said or "{" in said or "&" in said else clean(said)
    family, comma, rest = (part.strip() for part in said.partition(","))
    if not family:
        return Author(group=rest) if rest else None
    if not comma or not rest:
        return Author(group=family)
    rest, _, suffix = (part.strip() for part in rest.partition(","))
    if _INITIALS.fullmatch(rest):
        return Author(family, initials="".join(sign for sign in rest if sign.isalpha()), suffix=suffix)
    initials = "".join(part[0] for part in re.split(r"[\s.-]+", rest) if part and part[0].isalpha())
    return Author(family, rest, initials, suffix)


def _ends_with(name: str, family: str) -> bool:
    return f" {name}".casefold().endswith(f" {family}".casefold())


def _links(row: Mapping[str, Any], own: str) -> tuple[Link, ...]:
    doi = clean_doi(_text(row, "published"))
    return (Link("published", doi=doi),) if doi and doi != own else ()


def _grants(funders: object) -> tuple[Grant, ...]:
    """``funder`` is "NA", or a list of {name, id, id-type, award}; an award may be several, between semicolons."""
    found = []
    for funder in funders if isinstance(funders, list) else ():
        if isinstance(funder, dict) and _text(funder, "name"):
            awards = [clean(award) for award in _said(funder, "award").split(";") if clean(award)] or [""]
            found += [Grant(id=award, agency=_text(funder, "name")) for award in awards]
    return tuple(dict.fromkeys(found))


def _extra(row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    kind = _text(row, "type").lower()
    said = (
        ("category", _text(row, "category")),
        ("type", "" if kind == "publishaheadofprint" else kind),
        ("corresponding author", _text(row, "author_corresponding")),
    )
    return tuple(pair for pair in said if pair[1])
