"""PubMed, through NCBI's E-utilities: esearch for ids, efetch for records.

This module only talks. What answers mean is in ``answers``, how a record is read in ``parse``.

A walk brings all PMIDs that a text matches, proved against what PubMed promised. PubMed gives out the first 9,999 ids
of an answer and clips the rest without a word, so a larger answer is asked for in parts by create date. The parts are
disjoint and together complete, because every record has one create date that never changes (NLM Technical Bulletin 2008
Nov-Dec); the sum of the parts is compared with the whole all the same.

NCBI likes large jobs at weekends, or between 21:00 and 05:00 US Eastern (E-utilities usage guidelines).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from tracker.errors import Incomplete
from tracker.http import Http, Service
from tracker.model import Event, IdList, RawRecord, Record
from tracker.sources import PUBMED, moved_too_far
from tracker.sources.pubmed import parse
from tracker.sources.pubmed.answers import BeyondCeiling, SearchPage, UnusableIds, fetched_records, is_pmid, search_page

LARGE_JOB = 50  # requests
EVENING, MORNING = 21, 5
SLOW = 2.0  # seconds that a request for 200 records may take


def ahead(requests: int, interval: float, now: datetime) -> str:
    """``165 requests, 1 to 6 minutes``, and for a large job in busy hours when it would be kinder.

    ``interval``: seconds that are kept between two requests.
    """
    words = f"{requests:,} request{'s' if requests > 1 else ''}"
    least, most = (round(requests * seconds / 60) for seconds in (interval, max(interval, SLOW)))
    if most >= 1:
        span = f"{most:,}" if least == most else f"{least:,} to {most:,}" if least else f"up to {most:,}"
        words += f", {span} minute{'s' if most > 1 else ''}"
    if requests <= LARGE_JOB or is_quiet(now):
        return words
    first, last = ((hour + _behind(now)) % 24 for hour in (EVENING, MORNING))
    return (
        f"{words}; NCBI would rather have large jobs at weekends or from {EVENING}:00 to 0{MORNING}:00 US Eastern time "
        f"({first:02}:00 to {last:02}:00 UTC): it may be stopped at any time, the next run goes on from there"
    )


def is_quiet(now: datetime) -> bool:
    """Whether it is weekend or night at NCBI."""
    there = now.astimezone(UTC) - timedelta(hours=_behind(now))
    return there.weekday() >= 5 or there.hour >= EVENING or there.hour < MORNING


def _behind(now: datetime) -> int:
    """Hours by which US Eastern time is behind UTC.

    Reckoned, because Windows has no table of time zones: summer time lasts from the second Sunday of March to the first
    of November, 02:00 local time (Energy Policy Act of 2005).
    """
    now = now.astimezone(UTC)
    begins = _sunday(now.year, 3, 2) + timedelta(hours=7)
    ends = _sunday(now.year, 11, 1) + timedelta(hours=6)
    return 4 if begins <= now < ends else 5


def _sunday(year: int, month: int, number: int) -> datetime:
    """The ``number``-th Sunday of a month, 00:00 UTC."""
    first = datetime(year, month, 1, tzinfo=UTC)
    return first + timedelta(days=(6 - first.weekday()) % 7 + 7 * (number - 1))


CEILING = 9_999
FULL_DAYS = 3  # days above the ceiling after which the walk stops
PAGES = 1_000  # requests for one part; more means that the pages make no headway
ROOMY = 0.8  # of the ceiling: up to there neighbouring parts are joined next time, with room left to grow
FIRST_DAY, LAST_DAY = date(1800, 1, 1), date(3000, 12, 31)
BUSY_FROM, BUSY_TO = date(1960, 1, 1), date(2040, 1, 1)  # nearly all create dates; halving beyond finds nothing
ONE_DAY = timedelta(days=1)

Ask = Callable[[str, int, int], SearchPage]  # (term, retstart, retmax)


@dataclass(frozen=True)
class _Part:
    """The records created between two days, both included."""

    first: date
    last: date

    def term(self, text: str) -> str:
        return f'({text}) AND ("{self.first:%Y/%m/%d}"[crdt] : "{self.last:%Y/%m/%d}"[crdt])'

    def halves(self) -> tuple[_Part, _Part]:
        """Two parts of about the same length, as far as the length can hold records; at least a day each."""
        low, high = max(self.first, BUSY_FROM), min(self.last, BUSY_TO)
        if low >= high:
            low, high = self.first, self.last
        middle = low + (high - low) // 2
        return _Part(self.first, middle), _Part(middle + ONE_DAY, self.last)


@dataclass
class _Round:
    """One passage through the whole answer."""

    ask: Ask
    text: str
    most: int  # ids to ask for at once
    ceiling: int  # ids that can be had; less than ``most`` when that turns out
    ids: dict[str, None] = field(default_factory=dict)
    sizes: list[tuple[_Part, int]] = field(default_factory=list)
    clipped: list[str] = field(default_factory=list)
    too_full: list[str] = field(default_factory=list)
    warnings: dict[str, None] = field(default_factory=dict)
    translations: dict[str, str] = field(default_factory=dict)  # of each term that was asked

    def run(self, cuts: Sequence[str]) -> IdList:
        whole = self._asked(self.text, 0, self.most)
        last = self._take(self.text, whole, "") if whole.count <= self.ceiling else None
        if last is None:
            unseen = whole.count
            *parts, final = _cut_at(cuts)
            for part in parts:
                unseen -= self._part(part, None)
            self._part(final, unseen)
            last = self._asked(self.text, 0, 0).count
        return IdList(
            promised_first=whole.count,
            promised_last=last,
            ids=tuple(self.ids),
            translation=whole.translation,
            warnings=tuple(self.warnings),
            cuts=self._cuts(),
            shortfall="; ".join((*self.too_full, *self.clipped)),
        )

    def _asked(self, term: str, start: int, most: int) -> SearchPage:
        """One page. Requests for the same term must be understood in the same way, or they are not one answer."""
        page = self.ask(term, start, most)
        about_us = [line for line in page.warnings if term == self.text or "[crdt]" not in line]  # not our own days
        self.warnings.update(dict.fromkeys(about_us))
        if self.translations.setdefault(term, page.translation) != page.translation:
            self.clipped.append("PubMed understood the same search in two ways within one walk")
        return page

    def _part(self, part: _Part, known: int | None) -> int:
        """Take a part, halved as often as need be; returns its size. One known to be too large is not asked for."""
        if len(self.too_full) >= FULL_DAYS:  # a service that does not heed dates would be asked for every day
            return 0
        one_day = part.first == part.last
        if known is None or known <= self.ceiling or one_day:
            page = self._asked(part.term(self.text), 0, self.most)
            size = None
            if page.count <= self.ceiling or one_day:
                size = self._take(part.term(self.text), page, f" for {part.first} to {part.last}")
            if one_day and page.count > self.ceiling:
                given = f"PubMed gives no more than {self.ceiling:,} of one day"
                self.too_full.append(f"{part.first} alone has {page.count:,} records, {given}")
                size = page.count
            if size is not None:
                self.sizes.append((part, size))
                return size
            known = page.count
        earlier, later = part.halves()
        size = self._part(earlier, None)
        return size + self._part(later, known - size)

    def _take(self, term: str, page: SearchPage, where: str) -> int | None:
        """Keep the ids of a page and of those after it, going on from what was returned.

        Returns the last promise; None when it turns out that the service gives out fewer than we thought it did, and
        the answer has to be split after all.
        """
        self.ids.update(dict.fromkeys(page.ids))
        start = page.returned
        for _ in range(PAGES):
            if start >= min(page.count, self.ceiling):
                return page.count
            try:
                page = self._asked(term, start, self.ceiling - start)
            except BeyondCeiling:
                self.ceiling = start
                return None
            if not page.returned:
                break
            self.ids.update(dict.fromkeys(page.ids))
            start += page.returned
        self.clipped.append(f"the list of ids{where} ended after {start:,} of {page.count:,}")
        return page.count

    def _cuts(self) -> tuple[str, ...]:
        """The days at which parts begin; neighbours that fit into one are joined."""
        cuts, filled = [], 0
        for part, size in self.sizes:
            if filled and filled + size > self.ceiling * ROOMY:
                cuts.append(part.first.isoformat())
                filled = 0
            filled += size
        return tuple(cuts)


def walk(ask: Ask, text: str, cuts: Sequence[str] = (), ceiling: int = CEILING) -> IdList:
    """All ids of ``text``. Asked once more when the promise moved meanwhile, or when the ids do not agree with it.

    Asked once more as well when nothing is said to match: services have said so of searches with thousands of hits.
    ``cuts`` are those of an earlier walk; what cannot be understood in them is left out, for they only save requests.
    """
    first = _Round(ask, text, ceiling, ceiling)
    found = first.run(cuts)
    whole = not found.shortfall and found.promised_first == len(found.ids) == found.promised_last
    if first.too_full or (whole and found.ids):
        return found
    found = _Round(ask, text, ceiling, first.ceiling).run(found.cuts or cuts)
    low, high = sorted((found.promised_first, found.promised_last))
    promise = f"{found.promised_first:,}" if low == high else f"{found.promised_first:,}, later {found.promised_last:,}"
    if found.shortfall:
        return found
    if not low <= len(found.ids) <= high:
        return replace(found, shortfall=f"PubMed promised {promise} records, and {len(found.ids):,} ids came")
    if moved_too_far(low, high):
        return replace(found, shortfall=f"the promise moved too far during the walk to be believed: {promise}")
    if low < high:
        return replace(found, notes=(f"the promise moved during the walk: {promise}; {len(found.ids):,} ids came",))
    return found


def _cut_at(cuts: Sequence[str]) -> list[_Part]:
    """The parts that begin at the first day and at each of ``cuts`` (ISO dates)."""
    begins = {FIRST_DAY}
    for cut in cuts:
        with suppress(ValueError):
            begins.add(date.fromisoformat(cut))
    days = sorted(day for day in begins if FIRST_DAY <= day <= LAST_DAY)
    return [_Part(day, later - ONE_DAY) for day, later in pairwise((*days, LAST_DAY + ONE_DAY))]


BASE = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
BATCH = 200  # NCBI asks for no more in one request
LARGEST_SEARCH = 20_000_000  # bytes; 9,999 ids are about 120,000
LARGEST_FETCH = 100_000_000  # bytes; 200 records are about 6,000,000


def service(settings: Mapping[str, str]) -> Service:
    """Where PubMed is (``TRACKER_PUBMED_URL``); three requests a second, ten with a key (``NCBI_API_KEY``)."""
    base = settings.get("TRACKER_PUBMED_URL", "").strip() or BASE
    return Service(
        PUBMED.name, PUBMED.title, base.rstrip("/"), 0.10 if settings.get("NCBI_API_KEY", "").strip() else 0.34
    )


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
    ceiling: int = CEILING  # ids that one search gives out
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
        return parse.PARSER_VERSION

    def ahead(self, requests: int, now: datetime) -> str:
        """How long so many requests take, and whether NCBI would rather have them at night."""
        return ahead(requests, self.service.interval * self.http.pace, now)

    def walk(self, text: str, cuts: Sequence[str] = ()) -> IdList:
        """All PMIDs of ``text``, sent unchanged; above 9,999 in parts by create date."""
        return walk(self._search, text, cuts, self.ceiling)

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

    def counted(self, text: str) -> SearchPage:
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
        return parse.parse(raw)

    def events(self, record: Record) -> tuple[Event, ...]:
        """What the record tells of corrections, retractions and versions."""
        return parse.events(record)

    def _search(self, term: str, start: int, count: int) -> SearchPage:
        data = {"term": term, "retmode": "json", "retmax": str(count), "retstart": str(start)}
        try:
            return self.http.ask(
                self.service,
                "esearch.fcgi",
                data=self._with_caller(data),
                read=lambda answer: search_page(answer, term, start),
                limit=LARGEST_SEARCH,
            )
        except UnusableIds as error:
            unusable = str(error)
        raise Incomplete(unusable)

    def _with_caller(self, data: Mapping[str, str]) -> dict[str, str]:
        """The form to post: who asks travels in the body, never in an address that could be logged."""
        caller = {"tool": self.tool, "email": self.email, "api_key": self.key}
        return {"db": "pubmed", **data, **{name: said for name, said in caller.items() if said}}
