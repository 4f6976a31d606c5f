"""What a service is asked and what it answers, and what the status of an answer stands for. Nothing here talks."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import responses
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

from tracker.errors import Blocked, Refused, SourceError, Transient

T = TypeVar("T")

REDIRECTING = (301, 302, 303, 307, 308)


@dataclass(frozen=True)
class Service:
    """A service as the network sees it; ``interval`` is the least number of seconds between two requests."""

    name: str
    title: str
    base: str
    interval: float

    @property
    def loopback(self) -> bool:
        """Whether the address is this very computer: an emulation, not the real service."""
        try:
            host = urlsplit(self.base).hostname or ""
        except ValueError:  # no address at all
            return False
        if host == "localhost" or host.endswith(".localhost"):
            return True
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:  # a name
            return False


@dataclass(frozen=True)
class Answer:
    """A complete answer; ``body`` is decompressed, the names of ``headers`` are matched in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx, which alone does not mean success."""
        return 200 <= self.status < 300


@dataclass(frozen=True)
class Request:
    """What is sent, the same in each attempt."""

    method: str
    url: str
    params: Mapping[str, str] | None
    data: Mapping[str, str] | None
    headers: Mapping[str, str] | None


def judge(answer: Answer, read: Callable[[Answer], T]) -> T:
    """What ``read`` makes of the answer; for a failed one the error its status and body stand for."""
    pause = _retry_after(answer.headers)
    if answer.ok:
        try:
            return read(answer)
        except Transient as error:
            if error.retry_after is None:
                error.retry_after = pause
            raise
    what = f"answered {answer.status} ({responses.get(answer.status, 'no known status')})"
    said: SourceError | None = None
    try:
        read(answer)
    except SourceError as error:
        said = error
    if isinstance(said, Blocked):
        raise said
    if answer.status == 429 or answer.status >= 500:
        raise Transient(what, pause)
    if isinstance(said, Refused):
        said.args = (f"{what}: {said}",)
        raise said
    raise Refused(f"{what}: {said}" if said else what)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """The pause in seconds that a service asks for, as a number or as a date (RFC 9110, 10.2.3)."""
    text = headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text)
    until = _date(text)
    if until is None:
        return None
    sent = _date(headers.get("Date", "")) or datetime.now(UTC)  # the service's own clock, if it shows it
    return max(0.0, (until - sent).total_seconds())


def _date(text: str) -> datetime | None:
    try:
        when = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def redirected(request: Request, answer: Answer) -> Request:
    """The request to send after a redirect, the same but for the address; raises Refused if it leads elsewhere."""
    try:
        target = urljoin(request.url, answer.headers.get("Location", ""))
        old, new = (_place(url) for url in (request.url, target))
    except ValueError:
        raise Refused(f"answered {answer.status} with an address that is none") from None
    if old[1] != new[1]:
        raise Refused(f"redirects to another host ({new[1]}), which is not followed")
    if old != new and (old[0], old[2], new[0], new[2]) != ("http", 80, "https", 443):
        raise Refused(f"redirects from {old[0]} port {old[2]} to {new[0]} port {new[2]}, which is not followed")
    if answer.status == 303:
        return replace(request, method="GET", url=target, params=None, data=None)
    return replace(request, url=target, params=None)


def _place(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
