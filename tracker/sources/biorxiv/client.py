"""bioRxiv, and with it medRxiv: both are served by api.biorxiv.org, which has no search and is read day by day.

    /details/{server}/{from}/{to}/{cursor}/json    versions posted on these days, a page
    /details/{server}/{doi}/na/json                all versions of one preprint

This module only talks; what answers mean is in ``answers``, how a row is read in ``parse``.
Not api.medrxiv.org: it answers otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from tracker.errors import Blocked, Incomplete, SourceError, Transient
from tracker.http import Http, Service
from tracker.http.answer import Answer
from tracker.model import Event, RawRecord, Record
from tracker.sources import BUDGET, SourceInfo, WindowPage
from tracker.sources.biorxiv import answers, parse
from tracker.sources.biorxiv.answers import IntervalPage
from tracker.text import clean_doi

BASE = "https://api.biorxiv.org"
INTERVAL = 1.0  # seconds between two requests; no limit is published
SMALLEST_PAGE = 30  # pages of 30 and of 100 have been seen; a total may be too large by as much
SPAN = 30  # days asked for at once: there is no limit, but what breaks off is asked for again


@dataclass(frozen=True)
class OpenBiorxiv:
    """Opens one of the servers of api.biorxiv.org: the one whose row this is."""

    info: SourceInfo

    def service(self, settings: Mapping[str, str]) -> Service:
        """Where it is asked (``TRACKER_BIORXIV_URL``)."""
        base = settings.get("TRACKER_BIORXIV_URL", "").strip() or BASE
        return Service(self.info.name, self.info.title, base.rstrip("/"), INTERVAL)

    def build(self, http: Http, settings: Mapping[str, str]) -> PreprintServer:
        """The server, ready to be read."""
        return PreprintServer(http, self.service(settings))


@dataclass(frozen=True)
class PreprintServer:
    """The sources ``medrxiv`` and ``biorxiv``; see ``tracker.sources.WindowSource`` for what each method promises."""

    http: Http = field(repr=False)
    service: Service

    @property
    def name(self) -> str:
        """``medrxiv`` or ``biorxiv``, as in the addresses of the service."""
        return self.service.name

    @property
    def title(self) -> str:
        """The name for people."""
        return self.service.title

    @property
    def parser_version(self) -> int:
        """The version of ``parse``."""
        return parse.PARSER_VERSION

    @property
    def span(self) -> int:
        """Days in one window."""
        return SPAN

    @property
    def budget(self) -> int:
        """Requests a run: ten minutes of them."""
        return int(BUDGET / INTERVAL)

    @property
    def hourly(self) -> int:
        """No limit by the hour is known."""
        return 0

    @property
    def rotates(self) -> bool:
        """A preprint that comes out in a journal gets its link without a new version, so known ones are asked again."""
        return True

    def window(self, first: date, last: date) -> Iterator[WindowPage]:
        """All versions posted from ``first`` to ``last``, a page at a time; the next cursor is what has come so far.

        A page as long as the longest is not believed to be the last: its length may be what the total was made of.
        """
        cursor, longest = 0, 0
        total: int | None = None
        while True:
            left = 0 if total is None else total - cursor - max(longest, SMALLEST_PAGE)
            page = self._page(first, last, cursor, left) if cursor != total else self._beyond(first, last, cursor)
            if page.total is None:  # "no posts found": nothing at all, the end, or the total was too large
                if total != cursor:
                    yield WindowPage(cursor, ())
                return
            total, longest, cursor = page.total, max(longest, page.came), cursor + page.came
            yield WindowPage(total, page.rows)
            if cursor >= total and page.came < longest:
                return

    def again(self, preprint: str) -> tuple[RawRecord, ...]:
        """All versions of the preprint with this DOI as they stand today."""
        doi = clean_doi(preprint)
        if not doi:
            raise ValueError(f"not a DOI: {preprint!r}")
        return self.http.ask(
            self.service, f"details/{self.name}/{doi}/na/json", read=lambda answer: answers.versions(answer, doi)
        )

    def parse(self, raw: bytes) -> Record:
        """Read one version."""
        return parse.parse(self.name, raw)

    def events(self, record: Record) -> tuple[Event, ...]:
        """Posted, published, withdrawn."""
        return parse.events(record)

    def preprint(self, record: Record) -> str:
        """The DOI, which all versions share."""
        return record.doi

    def posted(self, record: Record) -> bool:
        """Only what has been posted is in the service."""
        return True

    def _beyond(self, first: date, last: date, cursor: int) -> IntervalPage:
        """What stands behind the last row that was promised: nothing, unless the promise was wrong."""
        try:
            return self._page(first, last, cursor, 0, beyond=True)
        except Blocked:
            raise
        except SourceError:  # nobody promised an answer here
            return IntervalPage(None, ())

    def _page(self, first: date, last: date, cursor: int, expected: int, *, beyond: bool = False) -> IntervalPage:
        """One page; ``expected``: how many rows at least should be left, 0 where none may be."""

        def read(answer: Answer) -> IntervalPage:
            page = answers.interval_page(answer, f"{first}:{last}", cursor, self.name, beyond=beyond)
            if page.total is None and expected > 0:
                raise Transient(
                    f"{expected:,} records or more are missing: it says that there are none from {cursor} on"
                )
            return page

        if cursor > 1_000_000:
            raise Incomplete(f"{self.title}: more than a million records from {first} to {last}")
        return self.http.ask(self.service, f"details/{self.name}/{first}/{last}/{cursor}/json", read=read)
