"""Probes of Europe PMC: preprints, page sizes, cursors, phrases, the echo of what was asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tracker.http import Http
from tracker.sources import UnreadableRecord
from tracker.sources.europepmc.answers import FIRST, ids
from tracker.sources.europepmc.client import PAGE, EuropePMC

if TYPE_CHECKING:
    from tracker.doctor import Probe, ProbeResult

LONELY = "SRC:PPR AND TITLE_ABS:loneliness"
PHRASE, WORDS = 'SRC:PPR AND TITLE_ABS:"social isolation"', "SRC:PPR AND TITLE_ABS:social AND TITLE_ABS:isolation"


def probes(http: Http, source: EuropePMC, today: date) -> Iterator[Probe]:
    """A dozen requests."""
    yield "preprints are found", lambda: _counted(source, LONELY, 500)
    yield "a page holds 1,000 ids, and the cursor leads to others", lambda: _pages(source)
    yield "a phrase finds fewer than its words", lambda: _ordered(source, PHRASE, WORDS)
    yield (
        "a wildcard finds more than one of its words",
        lambda: _ordered(source, LONELY, "SRC:PPR AND TITLE_ABS:lonel*"),
    )
    yield "preprints of PsyArXiv are here", lambda: _counted(source, 'SRC:PPR AND PUBLISHER:"PsyArXiv"', 10_000)
    yield "preprints of medRxiv are here", lambda: _counted(source, 'SRC:PPR AND PUBLISHER:"medRxiv"', 10_000)
    yield "new preprints are indexed every day", lambda: _inflow(source, today)
    yield "records are read by this parser", lambda: _read(source)


def _count(source: EuropePMC, query: str) -> int:
    return source._search(query, "idlist", 1, FIRST).count


def _counted(source: EuropePMC, query: str, least: int) -> ProbeResult:
    count = _count(source, query)
    return count >= least, f"{count:,} hits"


def _ordered(source: EuropePMC, fewer: str, more: str) -> ProbeResult:
    few, many = _count(source, fewer), _count(source, more)
    return 0 < few <= many, f"{fewer} {few:,}, {more} {many:,}"


def _pages(source: EuropePMC) -> ProbeResult:
    first = source._search("SRC:PPR AND TITLE_ABS:depression", "idlist", PAGE, FIRST)
    second = source._search("SRC:PPR AND TITLE_ABS:depression", "idlist", PAGE, first.cursor)
    same = set(ids(first)) & set(ids(second))
    return len(first.entries) == PAGE and not same, f"{len(first.entries):,} came, {len(same):,} of them once more"


def _inflow(source: EuropePMC, today: date) -> ProbeResult:
    days = [source.inflow(today - timedelta(days=back)) for back in (2, 3)]
    return any(count > 50 for count in days), f"{days[0]:,} and {days[1]:,} two and three days ago"


def _read(source: EuropePMC) -> ProbeResult:
    wanted = ids(source._search(LONELY, "idlist", 5, FIRST))
    raws = source.fetch(wanted)
    try:
        found = [source.parse(raw.body) for raw in raws]
    except UnreadableRecord as error:
        return False, str(error)
    whole = [record for record in found if record.title and record.authors and record.created and record.journal]
    return len(whole) == len(wanted) > 0, f"{len(raws)} of {len(wanted)} came, {len(whole)} read whole"
