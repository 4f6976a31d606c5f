"""The state of a preprint as Europe PMC tells it: its types, its versions and its links to articles and notices."""

from __future__ import annotations

import re

from tracker.kinds import RETRACTED, types
from tracker.model import Event, Link, Record
from tracker.text.dates import citation_date

_NOTICES = {
    "preprint of": "published",
    "retraction in": "retracted",
    "retracted and republished in": "retracted",
    "erratum in": "corrected",
    "corrected and republished in": "corrected",
    "expression of concern in": "concern",
}
_WITHDRAWN_TYPES = frozenset({"preprint-withdrawal", "preprint-removal", "withdrawn publication"})
_WITHDRAWN_TITLE = re.compile(r"\W{0,3}withdrawn\b\W{0,2}[:.\]]", re.I)  # bioRxiv and medRxiv since August 2023
_WITHDRAWN_TEXT = re.compile(
    r"(?:withdrawal statement\W+)?(?:th(?:is|e) (?:manuscript|preprint|article|paper|work|study) (?:has been|was|is) "
    r"(?:withdrawn|removed)\b|the authors? ha(?:s|ve) withdrawn (?:this|the|their) "
    r"(?:manuscript|preprint|article|paper|work|study)\b)",
    re.I,
)


def events(record: Record) -> tuple[Event, ...]:
    """What happened to the preprint: posted, then one event for each article or notice it is linked to.

    ``notice`` is ``PMID 123``, else the DOI, else the citation. ``detail`` keeps the note that tells a link which was
    only guessed. Withdrawn: by type (also of another version), title, or an abstract that says nothing else.
    """
    found = [Event("preprint", "", "europepmc", record.date.value)]
    found += [_event(_NOTICES[link.kind.casefold()], link) for link in record.links if link.kind.casefold() in _NOTICES]
    said = types(record)
    if not said.isdisjoint({"retracted publication", RETRACTED.casefold()}) and not _any(found, "retracted"):
        found.append(Event("retracted", "", "europepmc", detail="publication type Retracted Publication"))
    if reason := _withdrawn(record, said):
        found.append(Event("withdrawn", "", "europepmc", detail=reason))
    return tuple({(event.kind, event.notice): event for event in reversed(found)}.values())[::-1]


def _any(found: list[Event], kind: str) -> bool:
    return any(event.kind == kind for event in found)


def _withdrawn(record: Record, said: frozenset[str]) -> str:
    """Why it counts as withdrawn, '' if it does not."""
    if named := sorted(said & _WITHDRAWN_TYPES):
        return f"publication type {named[0]}"
    if _WITHDRAWN_TITLE.match(record.title):
        return "title begins with WITHDRAWN"
    if _WITHDRAWN_TEXT.match(record.abstract_text):
        return "the abstract says so"
    for link in record.links:
        named = sorted(_WITHDRAWN_TYPES.intersection(link.note.casefold().split(", ")))
        if link.kind == "Version" and named:
            return f"{link.text}: {named[0]}"
    return ""


def _event(kind: str, link: Link) -> Event:
    notice = f"PMID {link.pmid}" if link.pmid else link.doi or link.text
    detail = [part for part in (link.text, link.note) if part and part != notice]
    return Event(kind, notice, "europepmc", citation_date(link.text), "; ".join(detail))
