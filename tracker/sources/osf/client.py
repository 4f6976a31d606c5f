"""The preprint servers of OSF, through version 2 of its API: all preprints changed on given days, by pages.

    GET /preprints/?filter[provider]={provider}&filter[date_modified][gte]=...&filter[date_modified][lt]=...

The windows are those of the day of change, so a withdrawal, an edit and a new version each bring a record in again.
This module only talks; how a record is read is in ``parse``. OSF allows 100 requests an hour to everybody and
10,000 a day to holders of a free token (``OSF_TOKEN``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode, urlsplit

from tracker.errors import Incomplete, Refused, Transient
from tracker.http import Http, Service
from tracker.http.answer import Answer
from tracker.model import Event, RawRecord, Record
from tracker.sources import BUDGET, SourceInfo, WindowPage
from tracker.sources.osf import parse

BASE = "https://api.osf.io/v2"
INTERVAL = 1.0  # seconds between two requests; bursts of ten a second are allowed
HOURLY = 90  # of 100, so that a person with a browser at the same address is not shut out
HOURLY_WITH_TOKEN = 400  # of 10,000 a day
SPAN = 30  # days: some 1,200 records, twelve pages
PAGES = 2000  # of one window
_LEFT_OUT = frozenset({"relationships", "employment", "education", "timezone", "locale", "profile_image"})
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_ADDRESS = re.compile(r"/preprints/([a-z]+)/\w")
_TYPE = "application/vnd.api+json;version=2.20"


@dataclass(frozen=True)
class OpenOsf:
    """Opens one of the preprint servers of OSF: the provider whose row this is, called there by the same name."""

    info: SourceInfo

    def service(self, settings: Mapping[str, str]) -> Service:
        """Where OSF's API is (``TRACKER_OSF_URL``)."""
        base = settings.get("TRACKER_OSF_URL", "").strip() or BASE
        return Service(self.info.name, self.info.title, base.rstrip("/"), INTERVAL)

    def build(self, http: Http, settings: Mapping[str, str]) -> OsfProvider:
        """The server, ready to be read; ``OSF_TOKEN`` raises the limit."""
        return OsfProvider(http, self.service(settings), token=settings.get("OSF_TOKEN", "").strip())


@dataclass(frozen=True)
class OsfProvider:
    """A preprint server of OSF; see ``tracker.sources.WindowSource`` for what each method promises."""

    http: Http = field(repr=False)
    service: Service
    token: str = field(default="", repr=False)

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
        """Requests an hour; no limit where nobody is to be spared (a pace of 0, which only loopback addresses have)."""
        if self.http.pace == 0:
            return 0
        return HOURLY_WITH_TOKEN if self.token else HOURLY

    @property
    def rotates(self) -> bool:
        """Every change brings a record in a window again."""
        return False

    def window(self, first: date, last: date) -> Iterator[WindowPage]:
        """All preprints changed from ``first`` to ``last``, following ``links.next`` to the end."""
        query = urlencode(
            {
                "filter[provider]": self.name,
                "filter[date_modified][gte]": first.isoformat(),
                "filter[date_modified][lt]": (last + timedelta(days=1)).isoformat(),
                "page[size]": "100",
                "embed": "bibliographic_contributors",
            }
        )
        query += "&embed=license"
        asked: set[str] = set()
        while query:
            if query in asked or len(asked) >= PAGES:
                raise Incomplete(f"{self.title}: the pages from {first} to {last} go in a circle")
            asked.add(query)
            page, query = self._page(query, (first.isoformat(), last.isoformat()))
            yield page

    def again(self, preprint: str) -> tuple[RawRecord, ...]:
        """Never needed: see ``rotates``."""
        raise NotImplementedError(f"{self.title} tells of every change by itself")

    def parse(self, raw: bytes) -> Record:
        """Read one version of a preprint."""
        return parse.parse(self.name, raw)

    def events(self, record: Record) -> tuple[Event, ...]:
        """Posted, published, withdrawn."""
        return parse.events(record)

    def preprint(self, record: Record) -> str:
        """The id without the version."""
        return parse.preprint(record)

    def posted(self, record: Record) -> bool:
        """Not before a moderator's word, where one is waited for."""
        return parse.posted(record)

    def _page(self, query: str, days: tuple[str, str]) -> tuple[WindowPage, str]:
        headers = {"Accept": _TYPE}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return self.http.ask(
            self.service, f"preprints/?{query}", headers=headers, read=lambda answer: page(answer, self.name, days)
        )


def page(answer: Answer, provider: str = "", days: tuple[str, str] = ("", "9")) -> tuple[WindowPage, str]:
    """(page, query of the next page or ''): totals stand in ``links.meta`` in version 2.0, in ``meta`` from 2.1 on.

    What is not of ``provider`` is the answer to another question, and so is a page of which half or more was not
    changed on ``days`` (first and last, ISO). Fewer of the latter are left out: nobody asked for them. Only the query
    of ``links.next`` is used: whatever address an answer names, we stay with the service we asked.
    """
    said = _json(answer)
    data, links = said.get("data"), said.get("links")
    if not isinstance(data, list) or not isinstance(links, dict):
        raise Transient("the answer lacks its data or its links")
    total = next((number for place in (said, links) if (number := _total(place)) is not None), None)
    if total is None:
        raise Transient("the answer does not say how many records there are")
    following = links.get("next")
    if following is not None and not isinstance(following, str):
        raise Transient("the answer does not say whether there is more")
    inside = [item for item in data if _is_inside(item, days)]
    if provider and any(_provider(item) not in ("", provider) for item in data):
        raise Transient(f"the answer holds preprints of another provider than {provider}")
    if (len(data) - len(inside)) * 2 > len(data):
        raise Transient(f"the answer holds preprints that were not changed from {days[0]} to {days[1]}")
    rows = tuple(_raw(item) for item in inside)
    if following and not data:
        raise Transient("an empty page came, with more to follow")
    return WindowPage(total, rows), _query(following or "")


def _is_inside(item: object, days: tuple[str, str]) -> bool:
    """Whether it was changed on these days; what does not say so is for the parser to judge."""
    said = item.get("attributes") if isinstance(item, dict) else None
    day = str(said.get("date_modified") or "")[:10] if isinstance(said, dict) else ""
    return not _DAY.fullmatch(day) or days[0] <= day <= days[1]


def _provider(item: object) -> str:
    """The provider that a preprint names, as a relation or in its address; '' where it names none."""
    place: Any = item
    for name in ("relationships", "provider", "data", "id"):
        place = place.get(name) if isinstance(place, dict) else None
    if isinstance(place, str):
        return place.casefold()
    links = item.get("links") if isinstance(item, dict) else None
    found = _ADDRESS.search(str(links.get("html") or "")) if isinstance(links, dict) else None
    return found[1].casefold() if found else ""


def _query(address: str) -> str:
    try:
        return urlsplit(address).query
    except ValueError:
        raise Transient("the address of the next page is none") from None


def _json(answer: Answer) -> dict[str, Any]:
    body = answer.body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not body.startswith(b"{"):
        raise Transient("the answer is empty" if not body else "a page came instead of an answer")
    try:
        said: dict[str, Any] = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Transient("the answer is not complete JSON") from None
    errors = said.get("errors")
    if errors:
        words = "; ".join(str(error.get("detail", "")) for error in errors if isinstance(error, dict))
        if "throttled" in words:
            raise Transient(f"asks for a pause: {words}")
        raise Refused(f"refuses the request: {' '.join(words.split())[:200] or 'no reason given'}")
    return said


def _total(place: Mapping[str, Any]) -> int | None:
    meta = place.get("meta")
    total = meta.get("total") if isinstance(meta, dict) else None
    return int(str(total)) if not isinstance(total, bool) and re.fullmatch("[0-9]{1,9}", str(total)) else None


def _raw(item: object) -> RawRecord:
    """One record, without the addresses of everything around it: they are three quarters of what is sent."""
    kept = _without_relationships(item)
    body = json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    name = item.get("id") if isinstance(item, dict) else None
    known = isinstance(name, str) and name.strip()
    return RawRecord(str(name).strip().lower() if known else f"nameless-{sha256(body).hexdigest()[:16]}", body)


def _without_relationships(said: Any) -> Any:
    if isinstance(said, dict):
        return {name: _without_relationships(value) for name, value in said.items() if name not in _LEFT_OUT}
    return [_without_relationships(value) for value in said] if isinstance(said, list) else said
