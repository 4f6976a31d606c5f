"""Probes of PubMed: limits, search language, dates, and one record read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING

from tracker.doctor import second_reading
from tracker.http import Http
from tracker.sources import UnreadableRecord
from tracker.sources.pubmed.client import PubMed

if TYPE_CHECKING:
    from tracker.doctor import Probe, ProbeResult

PHRASE, WORDS = '"social isolation"[tiab]', "(social[tiab] AND isolation[tiab])"
KNOWN = ("31741017", "33856845")  # articles that have been in PubMed for years


def probes(http: Http, source: PubMed, today: date) -> Iterator[Probe]:
    """Two dozen requests, numbers alone but for one list of ids and two records."""
    yield "a plain search is answered", lambda: _many(source, "loneliness[tiab]", 1_000)
    if source.key:
        yield "the key (NCBI_API_KEY) is accepted", lambda: _many(source, "depression[tiab]", 1_000)
    yield "one request lists at most 9,999 ids", lambda: _ceiling(source)
    yield "a phrase finds fewer than its words", lambda: _ordered(source, PHRASE, WORDS)
    yield "a wildcard finds more than one of its words", lambda: _ordered(source, "loneliness[tiab]", "lonel*[tiab]")
    yield "a wildcard inside a phrase is taken", lambda: _ordered(source, PHRASE, '"social isolat*"[tiab]')
    yield "proximity 0 finds at least the phrase", lambda: _ordered(source, PHRASE, '"social isolation"[tiab:~0]')
    yield (
        "proximity 2 finds more than proximity 0",
        lambda: _ordered(source, '"social isolation"[tiab:~0]', '"social isolation"[tiab:~2]'),
    )
    yield (
        "operators are worked off from left to right",
        lambda: _same(source, "tea[ti] OR coffee[ti] AND loneliness[ti]", "(tea[ti] OR coffee[ti]) AND loneliness[ti]"),
    )
    yield "a day of creation can be asked for ([crdt])", lambda: _day(source, today, "crdt")
    yield "a day of revision can be asked for ([mdat])", lambda: _day(source, today, "mdat")
    yield "records are read by this parser", lambda: _read(source)
    if find_spec("Bio"):  # the extra second-reading
        yield "Biopython reads the same records the same (Bio.Entrez)", lambda: _second_reading(source)
        yield "and so it does in PubMed's MEDLINE text (Bio.Medline)", lambda: _medline(source)


def _many(source: PubMed, text: str, least: int) -> ProbeResult:
    page = source.counted(text)
    said = f"; {'; '.join(page.warnings)}" if page.warnings else ""
    return page.count >= least and not page.warnings, f"{page.count:,} hits{said}"


def _ceiling(source: PubMed) -> ProbeResult:
    page = source._search("depression[tiab]", 0, 20_000)
    return page.returned == 9_999, f"{page.returned:,} of {page.count:,} came"


def _ordered(source: PubMed, fewer: str, more: str) -> ProbeResult:
    few, many = source.counted(fewer), source.counted(more)
    warnings = (*few.warnings, *many.warnings)
    said = f"; {'; '.join(warnings)}" if warnings else ""
    return 0 < few.count <= many.count and not warnings, f"{fewer} {few.count:,}, {more} {many.count:,}{said}"


def _same(source: PubMed, one: str, two: str) -> ProbeResult:
    a, b = source.counted(one).count, source.counted(two).count
    return a == b, f"{a:,} and {b:,}"


def _day(source: PubMed, today: date, tag: str) -> ProbeResult:
    """Two days ago: every weekday brings thousands, a Sunday hundreds."""
    day = today - timedelta(days=2)
    count = source.counted(f'"{day:%Y/%m/%d}"[{tag}]').count
    return count > 50, f"{count:,} on {day}"


def _second_reading(source: PubMed) -> ProbeResult:
    compared, found = 0, list[str]()
    for count, lines in second_reading.compare(source.fetch(KNOWN)):
        compared, found = compared + count, found + lines
    return compared > 0 and not found, found[0] if found else f"{compared} of {len(KNOWN)} compared in all fields"


def _medline(source: PubMed) -> ProbeResult:
    try:
        ours = {record.pmid: record for record in (source.parse(raw.body) for raw in source.fetch(KNOWN))}
    except UnreadableRecord as error:
        return False, str(error)
    form = source._with_caller({"retmode": "text", "rettype": "medline", "id": ",".join(KNOWN)})
    text = source.http.ask(source.service, "efetch.fcgi", data=form, read=lambda answer: answer.body.decode())
    compared, found = second_reading.medline_differences(text, ours)
    if not compared:
        return None, "no record came in that form"
    return not found, found[0] if found else f"{compared} of {len(KNOWN)} compared"


def _read(source: PubMed) -> ProbeResult:
    raws = source.fetch(KNOWN)
    try:
        found = [source.parse(raw.body) for raw in raws]
    except UnreadableRecord as error:
        return False, str(error)
    whole = [record for record in found if record.title and record.abstract and record.authors and record.created]
    return len(whole) == len(KNOWN), f"{len(raws)} of {len(KNOWN)} came, {len(whole)} read whole"
