"""PubMed, through NCBI's E-utilities: esearch for ids, efetch for records.

This module only talks. What answers mean is in ``pubmed_answers``, how a walk is proved complete in ``pubmed_walk``,
how a record is read in ``pubmed_parse``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from tracker.errors import Incomplete
from tracker.http import Http, Service
from tracker.model import Event, IdList, RawRecord, Record
from tracker.sources import pubmed_hours, pubmed_parse, pubmed_walk
from tracker.sources.pubmed_answers import Page, UnusableIds, fetched_records, is_pmid, search_page

BASE = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
BATCH = 200  # NCBI asks for no more in one request
LARGEST_SEARCH = 20_000_000  # bytes; 9,999 ids are about 120,000
LARGEST_FETCH = 100_000_000  # bytes; 200 records are about 6,000,000


def service(settings: Mapping[str, str]) -> Service:
    """Where PubMed is (``TRACKER_PUBMED_URL``); three requests a second, ten with a key (``NCBI_API_KEY``)."""
    base = settings.get("TRACKER_PUBMED_URL", "").strip() or BASE
    return Service("pubmed", "PubMed", base.rstrip("/"), 0.10 if settings.get("NCBI_API_KEY", "").strip() else 0.34)


def build(http: Http, settings: Mapping[str, str]) -> PubMed:
    """PubMed as the settings describe it; ``TRACKER_EMAIL`` is sent along, as NCBI asks."""
    key, email = (settings.get(name, "").strip() for name in ("NCBI_API_KEY", "TRACKER_EMAIL"))
    return PubMed(http, service(settings), key=key, email=email)


@dataclass(frozen=True)
class PubMed:
    """The source ``pubmed``; see ``tracker.sources.Source`` for what each method promises."""

    http: Http = field(repr=False)
    service: Service
    key: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    tool: str = "evidence-tracker"
    batch: int = BATCH  # ids in one ``fetch``
    ceiling: int = pubmed_walk.CEILING  # ids that one search gives out
    largest: int = LARGEST_FETCH  # bytes of one ``fetch``, decompressed

    @property
    def name(self) -> str:
        """The source name."""
        return self.service.name

    @property
    def title(self) -> str:
        """The name for people."""
        return self.service.title

    @property
    def parser_version(self) -> int:
        """The version of ``parse``."""
        return pubmed_parse.PARSER_VERSION

    def ahead(self, requests: int, now: datetime) -> str:
        """How long so many requests take, and whether NCBI would rather have them at night."""
        return pubmed_hours.ahead(requests, self.service.interval * self.http.pace, now)

    def walk(self, text: str, cuts: Sequence[str] = ()) -> IdList:
        """All PMIDs of ``text``, sent unchanged; above 9,999 in parts by create date."""
        return pubmed_walk.walk(self._search, text, cuts, self.ceiling)

    def revised(self, text: str, since: date, limit: int) -> tuple[str, ...]:
        """At most ``limit`` PMIDs of ``text`` whose record was changed on ``since`` or later."""
        term = f'({text}) AND ("{since:%Y/%m/%d}"[mdat] : "3000"[mdat])'
        ids: dict[str, None] = {}
        start, count = 0, limit
        while start < min(count, limit):
            page = self._search(term, start, min(limit - start, self.ceiling))
            if set(ids).issuperset(page.ids) and page.count > start:
                raise Incomplete(f"{self.title}: lists {start:,} of {page.count:,} revised records and no more")
            ids.update(dict.fromkeys(page.ids))
            start, count = start + page.returned, page.count
        return tuple(ids)[:limit]

    def counted(self, text: str) -> Page:
        """How many records match ``text``, and PubMed's warnings; no ids are asked for."""
        return self._search(text, 0, 0)

    def inflow(self, day: date) -> int:
        """How many records PubMed created on ``day``, whatever they are about: a day without any is an alarm."""
        return self._search(f'"{day:%Y/%m/%d}"[crdt]', 0, 0).count

    def fetch(self, ids: Sequence[str]) -> tuple[RawRecord, ...]:
        """The records of at most 200 PMIDs, in one request. Those that PubMed withholds are absent.

        Raises ValueError for anything but a PMID: efetch would take "42.9" for two records.
        """
        wanted = tuple(dict.fromkeys(ids))
        odd = [item for item in wanted if not is_pmid(item)]
        if odd:
            raise ValueError(f"not a PMID: {odd[0]!r}")
        if len(wanted) > self.batch:
            raise ValueError(f"{len(wanted)} ids in one request; PubMed takes {self.batch}")
        if not wanted:
            return ()
        data = {"retmode": "xml", "id": ",".join(wanted)}
        return self.http.ask(
            self.service,
            "efetch.fcgi",
            data=self._with_caller(data),
            read=lambda answer: fetched_records(answer, frozenset(wanted)),
            limit=self.largest,
        )

    def parse(self, raw: bytes) -> Record:
        """Read one PubmedArticle or PubmedBookArticle."""
        return pubmed_parse.parse(raw)

    def events(self, record: Record) -> tuple[Event, ...]:
        """What the record tells of corrections, retractions and versions."""
        return pubmed_parse.events(record)

    def _search(self, term: str, start: int, count: int) -> Page:
        data = {"term": term, "retmode": "json", "retmax": str(count), "retstart": str(start)}
        try:
            return self.http.ask(
                self.service, "esearch.fcgi", data=self._with_caller(data), read=search_page, limit=LARGEST_SEARCH
            )
        except UnusableIds as error:
            unusable = str(error)
        raise Incomplete(unusable)

    def _with_caller(self, data: Mapping[str, str]) -> dict[str, str]:
        """The form to post: who asks travels in the body, never in an address that could be logged."""
        caller = {"tool": self.tool, "email": self.email, "api_key": self.key}
        return {"db": "pubmed", **data, **{name: said for name, said in caller.items() if said}}
