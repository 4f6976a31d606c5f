"""What the saved searches find today: their known papers, and an ``at-least`` that could stand in their files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from tracker.model import SavedSearch
from tracker.report.alarms import at_least
from tracker.sources import PUBMED
from tracker.sources.pubmed.client import PubMed

if TYPE_CHECKING:
    from tracker.doctor import Probe, ProbeResult


def probes(source: PubMed, searches: Sequence[SavedSearch]) -> Iterator[Probe]:
    """One request a search, one for each known paper."""
    for search in searches:
        if PUBMED.name not in search.sources:
            continue
        text = dict(search.overrides).get(PUBMED.name, search.strategy)
        yield f"{search.slug}: hits", partial(_hits, source, text, dict(search.at_least))
        for paper in search.finds:
            yield f"{search.slug}: finds {paper}", partial(_finds, source, text, paper)


def _hits(source: PubMed, text: str, lowest: dict[str, int]) -> ProbeResult:
    page = source.counted(text)
    wanted = lowest.get(PUBMED.name, 0)
    said = f"{page.count:,}, at-least.pubmed could be {at_least(page.count):,}"
    if page.warnings:
        return False, f"{said}; {'; '.join(page.warnings)}"
    if wanted:
        return page.count >= wanted, f"{said} (its file says {wanted:,})"
    return (None if page.count else False), said


def _finds(source: PubMed, text: str, paper: str) -> ProbeResult:
    tag = "pmid" if paper.isdigit() else "aid"
    found = source.counted(f'({text}) AND "{paper}"[{tag}]').count
    there = found or source.counted(f'"{paper}"[{tag}]').count
    return bool(found), "found" if found else "in PubMed, and not found" if there else "not in PubMed"
