"""Probes of the preprint servers that are read by days: page sizes, paging forms, limits, records read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from tracker.errors import Incomplete
from tracker.http import Http
from tracker.model import RawRecord, Record
from tracker.sources import UnreadableRecord, WindowPage, WindowSource
from tracker.sources.biorxiv.client import PreprintServer
from tracker.sources.osf.client import OsfProvider
from tracker.text import clean_doi

if TYPE_CHECKING:
    from tracker.doctor import Probe, ProbeResult

WEEK = timedelta(days=7)
SIZES = (30, 100)


def biorxiv(http: Http, source: PreprintServer, today: date) -> Iterator[Probe]:
    """Half a dozen requests."""
    pages: list[WindowPage] = []

    def first() -> ProbeResult:
        pages.extend(islice(source.window(today - WEEK, today - timedelta(days=1)), 2))
        return pages[0].promised > 50, f"{pages[0].promised:,} versions in the last seven days"

    yield "the last seven days can be read", first
    yield "a page holds 30 or 100 rows", lambda: _size(pages)
    yield "the next page begins where the last one ended", lambda: _no_overlap(pages)
    yield "an empty interval is answered with 'no posts found'", lambda: _empty(source)
    yield "all versions are given by DOI", lambda: _by_doi(source, pages)
    yield "records are read by this parser", lambda: _read(source, _rows(pages))


def osf(http: Http, source: OsfProvider, today: date) -> Iterator[Probe]:
    """Three requests: the limit is a hundred an hour."""
    pages: list[WindowPage] = []

    def first() -> ProbeResult:
        pages.extend(islice(source.window(today - WEEK, today - timedelta(days=1)), 2))
        return pages[0].promised > 20, f"{pages[0].promised:,} preprints changed in the last seven days"

    yield "the last seven days of changes can be read", first
    yield "a page holds 100 preprints", lambda: _full(pages)
    yield "the next page holds others", lambda: _no_overlap(pages)
    yield "records are read by this parser", lambda: _read(source, _rows(pages))
    yield "contributors and licences are embedded", lambda: _embedded(source, _rows(pages))
    if source.token:
        yield "the token (OSF_TOKEN) is accepted", lambda: (bool(pages), "sent along with these requests")


def _rows(pages: Sequence[WindowPage]) -> list[RawRecord]:
    return [raw for page in pages for raw in page.rows]


def _first(pages: Sequence[WindowPage]) -> WindowPage:
    if not pages:
        raise Incomplete("there is no page to look at")
    return pages[0]


def _size(pages: Sequence[WindowPage]) -> ProbeResult:
    page = _first(pages)
    size = len(page.rows)
    return size in SIZES or size == page.promised, f"{size:,} of {page.promised:,} came"


def _full(pages: Sequence[WindowPage]) -> ProbeResult:
    page = _first(pages)
    return len(page.rows) == min(100, page.promised), f"{len(page.rows):,} of {page.promised:,} came"


def _no_overlap(pages: Sequence[WindowPage]) -> ProbeResult:
    if _first(pages) and (len(pages) < 2 or not pages[1].rows):
        return None, "there was no second page"
    same = {raw.source_id for raw in pages[0].rows} & {raw.source_id for raw in pages[1].rows}
    return not same, f"{len(same):,} records stand on both"


def _empty(source: PreprintServer) -> ProbeResult:
    pages = list(source.window(date(2001, 1, 1), date(2001, 1, 2)))
    return all(not page.rows for page in pages), f"{sum(len(page.rows) for page in pages):,} rows"


def _by_doi(source: PreprintServer, pages: Sequence[WindowPage]) -> ProbeResult:
    named = [raw.source_id for raw in _rows(pages) if clean_doi(raw.source_id.rpartition("v")[0])]
    if not named:
        return None, "there is no DOI to ask for"
    doi = named[0].rpartition("v")[0]
    found = source.again(doi)
    return any(raw.source_id == named[0] for raw in found), f"{len(found)} versions of {doi}"


def _read(source: WindowSource, rows: Sequence[RawRecord]) -> ProbeResult:
    records, lost = _parsed(source, rows)
    whole = sum(bool(record.title and record.authors and record.created) for record in records)
    prefixes = sum(bool(record.doi) for record in records)
    said = f"{len(rows):,} rows: {whole:,} read whole, {prefixes:,} with a DOI, {len(lost):,} not readable"
    return bool(rows) and not lost and whole >= 0.9 * len(rows), f"{said}: {lost[0]}" if lost else said


def _parsed(source: WindowSource, rows: Sequence[RawRecord]) -> tuple[list[Record], list[str]]:
    """(the records, why others cannot be read)."""
    records, lost = [], []
    for raw in rows:
        try:
            records.append(source.parse(raw.body))
        except UnreadableRecord as error:
            lost.append(str(error))
    return records, lost


def _embedded(source: OsfProvider, rows: Sequence[RawRecord]) -> ProbeResult:
    records, _ = _parsed(source, rows)
    people, licences = (sum(bool(value) for value in values) for values in zip(
        *((record.authors, record.licence) for record in records), strict=True)) if records else (0, 0)  # fmt: skip
    return people > 0 and licences > 0, f"{people:,} of {len(records):,} with authors, {licences:,} with a licence"
