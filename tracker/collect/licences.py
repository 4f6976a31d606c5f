"""Licences of articles, looked up at Europe PMC by lists of PMIDs, in rotation.

PubMed names a licence only in some copyright lines, and without one an abstract may not be shown on the public site
(design: ``public_abstracts`` is ``licensed``). Europe PMC knows the licences of open full texts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeGuard

from tracker.errors import SourceError
from tracker.home import iso
from tracker.sources import PUBMED
from tracker.store import Store, licences
from tracker.text.licences import licence_of

A_RUN = 1_000  # articles asked about in one run
AGAIN = timedelta(days=90)  # a licence may come late, or with the full text


class Licences(Protocol):
    """A source that knows licences of PubMed's articles; ``batch`` PMIDs a request."""

    @property
    def title(self) -> str: ...

    @property
    def batch(self) -> int: ...

    def licences(self, pmids: Sequence[str]) -> dict[str, tuple[str, bool]]:
        """PMID -> (licence as printed, open access); those it does not know are absent. Raises SourceError."""
        ...


def knows_licences(source: object) -> TypeGuard[Licences]:
    """Whether the source can be asked for licences."""
    return hasattr(source, "licences")


def look_up(store: Store, source: Licences, now: datetime, say: Callable[[str], None]) -> None:
    """Ask about the articles that are due; what is not answered is asked for again by the next run."""
    wanted = licences.due(store.db, PUBMED.name, iso(now - AGAIN), A_RUN)
    changed = 0
    for start in range(0, len(wanted), source.batch):
        page = wanted[start : start + source.batch]
        try:
            answered = source.licences(page)
        except SourceError as error:
            say(f"{source.title}: licences could not be asked: {error}")
            break
        found = {pmid: licence_of(said) for pmid, (said, _) in answered.items()}
        with store.write() as db:
            changed += licences.keep(db, PUBMED.name, page, found, iso(now.astimezone(UTC)))
    if changed:
        say(f"{source.title}: {changed:,} {'licence is' if changed == 1 else 'licences are'} known now")
