"""Probes of the checkers: lists of works at Crossref, the columns of the Retraction Watch file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tracker import states
from tracker.checkers.crossref import Crossref
from tracker.checkers.retraction_watch import RetractionWatch, content, rows
from tracker.http import Http

if TYPE_CHECKING:
    from tracker.doctor import Probe, ProbeResult

# A preprint whose article Crossref knows, and one of PsyArXiv.
KNOWN = ("10.21203/rs.1.1/v2", "10.31234/osf.io/hq8sd_v1")


def probes(http: Http, checker: Crossref | RetractionWatch) -> Iterator[Probe]:
    """One request each; the Retraction Watch file is downloaded as a whole, some 60 MB."""
    if isinstance(checker, Crossref):
        yield "works can be asked for in lists, with their relations", lambda: _relations(checker)
    else:
        yield "the file has the columns that are read, and is whole", lambda: _file(checker)


def _relations(checker: Crossref) -> ProbeResult:
    found = checker.ask(KNOWN)
    told = [event.notice for events in found.values() for event in events if event.kind == states.PUBLISHED.code]
    return bool(told), f"{len(found)} of {len(KNOWN)} works say something: {', '.join(told) or 'no article'}"


def _file(checker: RetractionWatch) -> ProbeResult:
    body, encoding = checker.http.ask(checker.service, checker.file, read=content, limit=400_000_000)
    count = sum(1 for _ in rows(body, encoding))
    return count > 50_000, f"{count:,} rows, {len(body) / 1e6:,.0f} MB, {encoding}"
