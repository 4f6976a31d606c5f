"""The state of a paper as PubMed tells it: publication types and links to notices, as events.

A notice carries RetractionOf, ErratumFor or ExpressionOfConcernFor; it is about another paper and is not itself
retracted or corrected by that. The paper carries RetractionIn, ErratumIn ... whose PMID is often missing.
"""

from __future__ import annotations

import re

from tracker.kinds import RETRACTED, is_preprint, preprint_links, types
from tracker.model import Event, Link, Record
from tracker.text.dates import citation_date

_NOTICES = {
    "RetractionIn": "retracted",
    "RetractedandRepublishedIn": "retracted",
    "ErratumIn": "corrected",
    "CorrectedandRepublishedIn": "corrected",
    "ExpressionOfConcernIn": "concern",
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
    found = [Event("preprint" if preprint else "published", "", "pubmed", record.date.value)]
    if preprint:
        found += [_event("published", link) for link in preprint_links(record)]
    found += [_event(_NOTICES[link.kind], link) for link in record.links if link.kind in _NOTICES]
    said = types(record)
    if not said.isdisjoint(_RETRACTED_TYPES) and not any(event.kind == "retracted" for event in found):
        found.append(Event("retracted", "", "pubmed", detail="publication type Retracted Publication"))
    if _WITHDRAWN_TITLE.match(record.title):
        found.append(Event("withdrawn", "", "pubmed", detail="title begins with WITHDRAWN"))
    elif not said.isdisjoint(_WITHDRAWN_TYPES):
        found.append(Event("withdrawn", "", "pubmed", detail="publication type Withdrawn Publication"))
    return tuple({(event.kind, event.notice): event for event in reversed(found)}.values())[::-1]


def _event(kind: str, link: Link) -> Event:
    notice = f"PMID {link.pmid}" if link.pmid else link.doi or link.text
    detail = [part for part in (link.text, link.note) if part and part != notice]
    return Event(kind, notice, "pubmed", citation_date(link.text), " ".join(detail))
