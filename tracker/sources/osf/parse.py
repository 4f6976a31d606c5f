"""Reading a preprint as OSF's API gives it (JSON:API, versions 2.0 to 2.20).

A record is one version (``c5s3f_v1``; before 2025 the id had no version). Its ``doi`` attribute is the journal
article's, as the author entered it; the preprint's own is a link. A withdrawn preprint keeps its texts and shows who
withdrew it and why; some other members are null then.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from tracker import states
from tracker.model import Author, Event, Link, PartialDate, Record, Section
from tracker.sources import UnreadableRecord, title
from tracker.sources.kinds import PREPRINT, cites_preprint
from tracker.text import clean, clean_doi, clean_orcid
from tracker.text.dates import iso
from tracker.text.html_text import decoded, plain_once
from tracker.text.licences import licence_of
from tracker.text.names import in_parts, person

PARSER_VERSION = 3  # goes up when parse would read an old raw record differently: see ``tracker reparse``

_ID = re.compile(r"([a-z0-9]{3,20})(?:_v([1-9][0-9]{0,3}))?")
_SHOWN = frozenset({"", "accepted", "withdrawn"})
_ENTERED = "entered by the author"


def parse(provider: str, raw: bytes) -> Record:
    """Read one element of ``data``, of this provider. Raises UnreadableRecord with the reason, and nothing else."""
    item = _item(raw)
    name = clean(item["id"]).lower() if isinstance(item.get("id"), str) else ""
    found, said = _ID.fullmatch(name), _part(item, "attributes")
    if not found:
        raise UnreadableRecord("no id of a preprint in it")
    created = _day(said, "date_published") or _day(said, "date_created")
    if not created:
        raise UnreadableRecord(f"{name}: no day of posting in it")
    own = clean_doi(_text(_part(item, "links"), "preprint_doi"))
    licence, licence_url = _licence(item)
    authors, complete = _authors(item)
    posted = PartialDate(created, _text(said, "date_published") or _text(said, "date_created"))
    abstract = plain_once(_raw(said, "description"))
    return Record(
        source=provider,
        source_id=name,
        title=plain_once(_raw(said, "title")),
        abstract=(Section(abstract),) if abstract else (),
        authors=authors,
        authors_complete=complete,
        journal=title(provider),
        publisher=title(provider),
        date=posted,
        electronic_date=posted,
        history=_history(said),
        created=created,
        revised=_day(said, "date_modified"),
        doi=own,
        publication_types=((PREPRINT, "Preprint"),),
        keywords=tuple(dict.fromkeys(word for tag in _list(said, "tags") if (word := _word(tag)))),
        links=_links(said, own),
        status=_text(said, "reviews_state").lower() or ("withdrawn" if _day(said, "date_withdrawn") else ""),
        conflict=plain_once(_raw(said, "conflict_of_interest_statement")),
        licence=licence,
        licence_url=licence_url,
        version=_word(said.get("version")) or found[2] or "",
        extra=_extra(said),
    )


def preprint(record: Record) -> str:
    """The id without its version."""
    return record.source_id.partition("_v")[0]


def posted(record: Record) -> bool:
    """Not what waits for a moderator, was refused by one, or has not been submitted."""
    return record.status in _SHOWN


def events(record: Record) -> tuple[Event, ...]:
    """Posted; published, with the article's DOI as notice; withdrawn, with the justification given."""
    version = "" if record.version in ("", "1") else f"version {record.version}"
    found = [Event(states.PREPRINT.code, version, record.source, record.date.value)] if posted(record) else []
    found += [Event(states.PUBLISHED.code, link.doi, record.source, "", link.note) for link in record.links]
    said = dict(record.extra)
    if record.status == "withdrawn" or "withdrawn" in said:
        found.append(
            Event(
                states.WITHDRAWN.code, "", record.source, said.get("withdrawn", ""), said.get("withdrawal reason", "")
            )
        )
    return tuple(found)


def _item(raw: bytes) -> dict[str, Any]:
    try:
        item = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise UnreadableRecord("not JSON") from error
    if not isinstance(item, dict):
        raise UnreadableRecord("not one record")
    return item


def _part(said: object, *names: str) -> Mapping[str, Any]:
    """The object below these names; an empty one where there is none."""
    for name in names:
        said = said.get(name) if isinstance(said, dict) else None
    return said if isinstance(said, dict) else {}


def _raw(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    return value if isinstance(value, str) else ""


def _text(said: Mapping[str, Any], name: str) -> str:
    return clean(_raw(said, name))


def _list(said: Mapping[str, Any], name: str) -> list[Any]:
    value = said.get(name)
    return value if isinstance(value, list) else []


def _word(value: object) -> str:
    if isinstance(value, bool):
        return ""
    return plain_once(str(value)) if isinstance(value, str | int) else ""


def _day(said: Mapping[str, Any], name: str) -> str:
    """The day of ``2026-01-05T10:11:12.000000Z``, '' where there is none."""
    found = re.match(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T|$)", _text(said, name), re.A)
    day = iso(*found.groups()) if found else ""
    return day if len(day) == 10 else ""


def _history(said: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    names = (("created", "date_created"), ("withdrawn", "date_withdrawn"), ("transitioned", "date_last_transitioned"))
    return tuple((status, day) for status, name in names if (day := _day(said, name)))


def _links(said: Mapping[str, Any], own: str) -> tuple[Link, ...]:
    """The article, unless the author entered the DOI of a preprint."""
    doi = clean_doi(_text(said, "doi"))
    link = Link("published", doi=doi, note=_ENTERED)
    return (link,) if doi and doi != own and not cites_preprint(link) else ()


def _licence(item: Mapping[str, Any]) -> tuple[str, str]:
    """``CC-By Attribution 4.0 International`` by its usual code; others by the name they have."""
    said = _part(item, "embeds", "license", "data", "attributes")
    name = _text(said, "name")
    code, url = licence_of(f"{name} {_text(said, 'url')}")
    return (code, url) if code else (name if name.lower() != "no license" else "", "")


def _authors(item: Mapping[str, Any]) -> tuple[tuple[Author, ...], bool]:
    """(authors, whether these are all): only the first page of contributors, ten names, is embedded."""
    embedded = _part(item, "embeds", "bibliographic_contributors") or _part(item, "embeds", "contributors")
    people = [named for one in _contributors(embedded) if (named := _author(one))]
    meta = _part(embedded, "meta") or _part(embedded, "links", "meta")
    more = bool(_text(_part(embedded, "links"), "next"))
    total = _word(meta.get("total"))
    return tuple(people), not more and not (total.isdecimal() and int(total) > len(_list(embedded, "data")))


def _contributors(embedded: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Those who count as authors, in their order."""
    listed = [one for one in _list(embedded, "data") if isinstance(one, dict)]
    place = {id(one): _part(one, "attributes").get("index") for one in listed}
    if all(isinstance(number, int) for number in place.values()):
        listed.sort(key=lambda one: int(place[id(one)] or 0))
    for one in listed:
        if _part(one, "attributes").get("bibliographic") is not False:
            yield one


def _author(one: Mapping[str, Any]) -> Author | None:
    """A name in parts where the user has said them, else the full name cut before its last word."""
    user = _part(one, "embeds", "users", "data", "attributes")
    full = _text(_part(one, "attributes"), "unregistered_contributor")
    family, suffix = decoded(_text(user, "family_name")), _text(user, "suffix")
    given = decoded(clean(f"{_text(user, 'given_name')} {_text(user, 'middle_names')}"))
    orcid = clean_orcid(_text(_part(user, "social"), "orcid"))
    if full or not family:
        named = person(decoded(full or _text(user, "full_name") or _closed(one)))
        return None if named is None else replace(named, orcid=orcid)
    return replace(in_parts(family, given, suffix), orcid=orcid)


def _closed(one: Mapping[str, Any]) -> str:
    """The name of somebody whose account is closed: it stands in the error that comes in place of the user."""
    for error in _list(_part(one, "embeds", "users"), "errors"):
        if name := _text(_part(error, "meta"), "full_name"):
            return name
    return ""


def _extra(said: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    subjects = [_text(level, "text") for chain in _list(said, "subjects") for level in _levels(chain)]
    pairs = [("subject", subject) for subject in dict.fromkeys(subjects) if subject]
    pairs.append(("withdrawn", _day(said, "date_withdrawn")))
    pairs.append(("withdrawal reason", plain_once(_raw(said, "withdrawal_justification"))[:1000].strip()))
    return tuple(pair for pair in pairs if pair[1])


def _levels(chain: object) -> list[Mapping[str, Any]]:
    return [level for level in chain if isinstance(level, dict)] if isinstance(chain, list) else []
