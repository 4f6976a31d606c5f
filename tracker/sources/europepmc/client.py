"""Europe PMC's preprints (SRC:PPR): ids first, then the records of those that are new, by lists of ids.

This module only talks. What answers mean is in ``answers``, how a record is read in ``parse``. The service is asked for
a wider set than the search wants (``tracker.strategy``); which of the records match is decided on the records. All
preprints that a query matches are listed page by page along the cursor, and proved against what was promised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from urllib.parse import urlencode

from tracker.http import Http, Service
from tracker.http.answer import Answer
from tracker.model import Event, IdList, RawRecord, Record
from tracker.sources import EUROPEPMC, moved_too_far
from tracker.sources.europepmc import parse
from tracker.sources.europepmc.answers import FIRST, ResultPage, ids, is_id, page, raw_records, records

PAGES = 10_000  # requests of one walk; more means that the cursor makes no headway

Ask = Callable[[str], ResultPage]  # the page at a cursor


def pages(ask: Ask, *, known: bool = False) -> Iterator[ResultPage]:
    """The pages of an answer in order; ``known``: what may come is known beforehand, as where ids are asked for.

    The last is the one that names no further cursor, or one that has been used already, or lists nothing, or brings
    as many entries as the service promises (which saves the empty request at the end). A page as long as the first is
    not believed to be the last, whatever is promised: a promise as large as the page may be that of the page.
    """
    cursor, used, received, longest = FIRST, set[str](), 0, 0
    while cursor and cursor not in used and len(used) < PAGES:
        used.add(cursor)
        page = ask(cursor)
        yield page
        received += len(page.entries)
        longest = max(longest, len(page.entries))
        if not page.entries or (received >= page.count and (known or len(page.entries) < longest)):
            return
        cursor = page.cursor


def walk(ask: Ask) -> IdList:
    """All ids. Asked once more when the promise moved, the ids do not agree with it, or none came."""
    found = _once(ask)
    if found.ids and found.promised_first == len(found.ids) == found.promised_last:
        return found
    found = _once(ask)
    low, high = sorted((found.promised_first, found.promised_last))
    promise = f"{found.promised_first:,}" if low == high else f"{found.promised_first:,}, later {found.promised_last:,}"
    if not low <= len(found.ids) <= high:
        short = f"{EUROPEPMC.title} promised {promise} preprints, and {len(found.ids):,} ids came"
        return replace(found, shortfall=short)
    if moved_too_far(low, high):
        return replace(found, shortfall=f"the promise moved too far during the walk to be believed: {promise}")
    if low < high:
        return replace(found, notes=(f"the promise moved during the walk: {promise}; {len(found.ids):,} ids came",))
    return found


def _once(ask: Ask) -> IdList:
    found: dict[str, None] = {}
    promises: list[int] = []
    warnings: dict[str, None] = {}
    for part in pages(ask):
        promises.append(part.count)
        found.update(dict.fromkeys(ids(part)))
        warnings.update(dict.fromkeys(part.warnings))
    return IdList(promises[0], promises[-1], tuple(found), warnings=tuple(warnings))


BASE = "https://www.ebi.ac.uk/europepmc/webservices/rest"
BATCH = 100  # core records are large
PAGE = 1_000  # more is an error, not a clamp
LONGEST_ADDRESS = 1_500  # characters of a query that still travels in the address
SLOW = 2.0  # seconds that a request for 100 records may take
FAR_AWAY = "3000-12-31"


def service(settings: Mapping[str, str]) -> Service:
    """Where Europe PMC is (``TRACKER_EUROPEPMC_URL``); it publishes no limit: four requests a second, in turn."""
    base = settings.get("TRACKER_EUROPEPMC_URL", "").strip() or BASE
    return Service(EUROPEPMC.name, EUROPEPMC.title, base.rstrip("/"), 0.25)


def build(http: Http, settings: Mapping[str, str]) -> EuropePMC:
    """Europe PMC as the settings describe it; it wants no key."""
    return EuropePMC(http, service(settings))


@dataclass(frozen=True)
class EuropePMC:
    """The source ``europepmc``; see ``tracker.sources.Source`` for what each method promises."""

    http: Http = field(repr=False)
    service: Service

    @property
    def name(self) -> str:
        """The source name."""
        return self.service.name

    @property
    def title(self) -> str:
        """The name for people."""
        return self.service.title

    @property
    def batch(self) -> int:
        """Ids in one ``fetch``."""
        return BATCH

    @property
    def parser_version(self) -> int:
        """The version of ``parse``."""
        return parse.PARSER_VERSION

    def ahead(self, requests: int, now: datetime) -> str:
        """How long so many requests take; the service prefers no hour of the day."""
        minutes = round(requests * max(self.service.interval * self.http.pace, SLOW) / 60)
        words = f"{requests:,} request{'s' if requests > 1 else ''}"
        return f"{words}, up to {minutes:,} minute{'s' if minutes > 1 else ''}" if minutes else words

    def walk(self, text: str, cuts: Sequence[str] = ()) -> IdList:
        """All preprints that a query in Europe PMC's own language finds, a thousand ids a page."""
        return walk(lambda cursor: self._search(text, "idlist", PAGE, cursor))

    def revised(self, text: str, since: date, limit: int) -> tuple[str, ...]:
        """At most ``limit`` preprints of ``text`` whose record was updated on ``since`` or later."""
        query = f"({text}) AND UPDATE_DATE:[{since.isoformat()} TO {FAR_AWAY}]"
        found: dict[str, None] = {}
        if limit > 0:
            for part in pages(lambda cursor: self._search(query, "idlist", min(limit, PAGE), cursor)):
                found.update(dict.fromkeys(ids(part)))
                if len(found) >= limit:
                    break
        return tuple(found)[:limit]

    def inflow(self, day: date) -> int:
        """How many preprints were first indexed on ``day``, whatever they are about."""
        query = f"SRC:PPR AND FIRST_IDATE:[{day.isoformat()} TO {day.isoformat()}]"
        return self._search(query, "idlist", 1, FIRST).count

    def fetch(self, ids: Sequence[str]) -> tuple[RawRecord, ...]:
        """The records of at most 100 preprints. Those that Europe PMC withholds are absent.

        One request, unless the service sends fewer records a page than it was asked for.
        """
        wanted, entries = self._core(ids, "PPR")
        return raw_records(entries, wanted)

    def licences(self, pmids: Sequence[str]) -> dict[str, tuple[str, bool]]:
        """(licence as printed, open access) of at most 100 articles; PMIDs that are not there are absent.

        The licence is '' where Europe PMC names none.
        """
        wanted, entries = self._core(pmids, "MED")
        return {
            pmid: (parse.licence(entry), entry.get("isOpenAccess") == "Y")
            for pmid, entry in records(entries, "MED", wanted).items()
        }

    def parse(self, raw: bytes) -> Record:
        """Read one core record of a preprint."""
        return parse.parse(raw)

    def events(self, record: Record) -> tuple[Event, ...]:
        """What the record tells of publication, withdrawal and retraction."""
        return parse.events(record)

    def _core(self, ids: Sequence[str], source: str) -> tuple[tuple[str, ...], list[object]]:
        """(ids, each once; the core entries that came for them).

        The ids stand unquoted: a quoted one with SRC beside it matches nothing. Raises ValueError for what is no id,
        because it would be read as a part of the query.
        """
        wanted = tuple(dict.fromkeys(ids))
        odd = [item for item in wanted if not is_id(item)]
        if odd:
            raise ValueError(f"not an id of Europe PMC: {odd[0]!r}")
        if len(wanted) > BATCH:
            raise ValueError(f"{len(wanted)} ids in one request; at most {BATCH} are asked for")
        if not wanted:
            return wanted, []
        query = f"({' OR '.join(f'EXT_ID:{item}' for item in wanted)}) AND SRC:{source}"
        came = pages(lambda cursor: self._search(query, "core", BATCH, cursor), known=True)
        return wanted, [entry for part in came for entry in part.entries]

    def _search(self, query: str, result: str, size: int, cursor: str) -> ResultPage:
        """One request; a long query is posted, because an address has its limits."""
        form = {
            "query": query,
            "format": "json",
            "resultType": result,
            "pageSize": str(size),
            "cursorMark": cursor,
            "synonym": "false",
        }

        def read(answer: Answer) -> ResultPage:
            found = page(answer, query, cursor, result)
            if result == "idlist":
                ids(found)  # within the retry: ids that are none may be right the next time
            return found

        if len(urlencode({"query": query})) > LONGEST_ADDRESS:
            return self.http.ask(self.service, "searchPOST", data=form, read=read)
        return self.http.ask(self.service, "search", params=form, read=read)
