"""The only opener of HTTP connections, and a polite one.

    turn (pace)  ->  connection  ->  download  ->  decompression  ->  read  ->  again, if the fault may pass

``ask`` encloses all of it, because a body can be cut, or be an error page, after a status of 200: urllib3's own retry
sees neither, and it lets a gzip body that was cut in the middle through as a short one (measured with 2.8).
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any, TypeVar

import requests
import urllib3
from requests.adapters import HTTPAdapter

from tracker import __version__
from tracker.errors import Refused, SourceError, Transient
from tracker.http.answer import REDIRECTING, Answer, Request, Service, judge, redirected
from tracker.http.body import Body
from tracker.http.deadline import Deadline
from tracker.http.redaction import Redactor

__all__ = ["Answer", "Http", "Service"]

T = TypeVar("T")

LONGEST_PAUSE = 600.0  # seconds; a service that asks for more is asked again by the next run
LONGEST_BACKOFF = 60.0  # seconds, before jitter and pace
REDIRECTS = 3
ERROR_BODY = 1_000_000  # bytes read of the body of a failed answer


@dataclass
class _Gate:
    """Whose turn it is at one service; holding the lock is having the turn."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    last: float | None = None


class Http:
    """Asks services. One object may be used by several threads; they keep one common pace per service.

    ``pace`` multiplies every polite interval and every back-off (0 in tests), never a Retry-After.
    ``timeout`` is (connect, read) in seconds, ``deadline`` bounds each attempt as a whole.
    ``say`` is given one line before each further attempt. ``requests`` and ``retries`` count by service name.
    """

    def __init__(
        self,
        *,
        contact: str = "",
        pace: float = 1.0,
        timeout: tuple[float, float] = (10.0, 30.0),
        deadline: float = 300.0,
        attempts: int = 5,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        secrets: Sequence[str] = (),
        say: Callable[[str], None] | None = None,
    ) -> None:
        self.pace, self.timeout, self.deadline, self.attempts = pace, timeout, deadline, max(1, attempts)
        self.requests: dict[str, int] = {}
        self.retries: dict[str, int] = {}
        self._sleep, self._monotonic, self._say = sleep, monotonic, say
        self._redactor = Redactor((*secrets, contact))
        reach = "".join(sign for sign in contact if sign.isascii() and sign.isprintable()).strip()
        self._agent = f"evidence-tracker/{__version__}" + (f" (+{reach})" if reach else "")
        self._gates: dict[str, _Gate] = {}
        self._idle: dict[bool, list[_Session]] = {True: [], False: []}
        self._lock = threading.Lock()

    def ask(
        self,
        service: Service,
        path: str,
        *,
        read: Callable[[Answer], T],
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        limit: int = 200_000_000,
    ) -> T:
        """GET ``path``, or POST it with ``data``, and return what ``read`` makes of the complete answer.

        ``read`` checks first bytes, parses, checks completeness, and raises a SourceError: Transient is tried again,
        every other goes straight to the caller. It is also shown the body of a failed answer (``status`` is not 2xx):
        Blocked then counts always, Refused in place of any other 4xx. ``limit`` bounds the body in bytes, both as
        sent and decompressed. Every error names the service, in one line, without secrets.
        """
        url = f"{service.base.rstrip('/')}/{path.lstrip('/')}"
        request = Request("GET" if data is None else "POST", url, params, data, headers)
        for attempt in range(1, self.attempts + 1):
            try:
                return judge(self._follow(service, request, limit), read)
            except SourceError as error:
                failure = error
            pause = self._pause(failure, attempt)
            if pause is None:
                break
            self._rest(service, pause, failure, attempt)
        tries = f" (tried {attempt} times)" if attempt > 1 else ""
        failure.args = (self._line(service, f"{failure}{tries}"),)
        raise failure  # outside the except block: no earlier exception, with an address in it, hangs on this one

    def redact(self, text: str) -> str:
        """``text`` without keys, contact, e-mail addresses and the parameters that carry them."""
        return self._redactor(text)

    def close(self) -> None:
        """Close the connections that are kept open for the next request."""
        with self._lock:
            for sessions in self._idle.values():
                while sessions:
                    sessions.pop().close()

    def _line(self, service: Service, text: str) -> str:
        words = " ".join("".join(sign if sign.isprintable() else " " for sign in self.redact(text)).split())
        return f"{service.title}: {words if len(words) <= 500 else words[:499] + '…'}"

    def _pause(self, failure: SourceError, attempt: int) -> float | None:
        """Seconds until the next attempt; None when there is to be none."""
        if not isinstance(failure, Transient):
            return None
        if failure.retry_after is not None and failure.retry_after > LONGEST_PAUSE:
            minutes = f"{failure.retry_after / 60:.0f}"
            failure.args = (f"{failure}; it asks for a pause of {minutes} minutes, which is too long to wait",)
            return None
        if attempt == self.attempts:
            return None
        if failure.retry_after is not None:
            return failure.retry_after
        return min(LONGEST_BACKOFF, 2.0 ** (attempt - 1)) * random.uniform(0.75, 1.5) * self.pace

    def _rest(self, service: Service, pause: float, failure: SourceError, attempt: int) -> None:
        """Wait before the next attempt; the other threads wait as well, because this one keeps the turn."""
        if self._say is not None:
            again = f"{failure}; trying again in {pause:.0f} s ({attempt + 1} of {self.attempts})"
            self._say(self._line(service, again))
        with self._gate(service).lock:
            self.retries[service.name] = self.retries.get(service.name, 0) + 1
            if pause > 0:
                self._sleep(pause)

    def _turn(self, service: Service) -> None:
        """Wait until this service may be asked again."""
        gate = self._gate(service)
        with gate.lock:
            wait = 0.0 if gate.last is None else gate.last + service.interval * self.pace - self._monotonic()
            if wait > 0:
                self._sleep(wait)
            gate.last = self._monotonic()
            self.requests[service.name] = self.requests.get(service.name, 0) + 1

    def _gate(self, service: Service) -> _Gate:
        with self._lock:
            return self._gates.setdefault(service.name, _Gate())

    @contextmanager
    def _session(self, service: Service) -> Iterator[_Session]:
        """A session of nobody else's; requests does not promise that one may be shared by threads."""
        with self._lock:
            idle = self._idle[service.loopback]
            session = idle.pop() if idle else _Session(self._agent, trust_env=not service.loopback)
        try:
            yield session
        finally:
            with self._lock:
                idle.append(session)

    def _follow(self, service: Service, request: Request, limit: int) -> Answer:
        """One attempt: at most three redirects, and none of them to another host."""
        with self._session(service) as session:
            for _ in range(1 + REDIRECTS):
                self._turn(service)
                answer = session.exchange(request, self.timeout, self.deadline, limit)
                if answer.status not in REDIRECTING:
                    return answer
                request = redirected(request, answer)
        raise Refused(f"redirects more than {REDIRECTS} times")


class _Adapter(HTTPAdapter):
    """Shows each connection to the deadline before its answer is read, headers included."""

    deadline: Deadline

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """The pool of connections that requests asks for, with our class of connection in it."""
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        plain = pool.ConnectionCls
        if not plain.__name__.startswith("Watched"):

            def getresponse(connection: Any) -> Any:
                self.deadline.watch(connection.sock)
                return plain.getresponse(connection)

            pool.ConnectionCls = type(f"Watched{plain.__name__}", (plain,), {"getresponse": getresponse})
        return pool


class _Session(requests.Session):
    """requests, without what it does unasked: .netrc, cookies, redirects, decompression."""

    def __init__(self, agent: str, *, trust_env: bool) -> None:
        super().__init__()
        self.trust_env = trust_env  # the environment's proxies
        self.auth = lambda request: request  # not None, so that .netrc is not looked into
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        self.headers.update({"User-Agent": agent, "Accept-Encoding": "gzip"})
        self._adapter = _Adapter()
        for scheme in ("http://", "https://"):
            self.mount(scheme, self._adapter)

    def get_redirect_target(self, resp: requests.Response) -> None:
        """None always: requests would download the whole body of a redirect, whatever its size."""

    def exchange(self, request: Request, timeout: tuple[float, float], seconds: float, limit: int) -> Answer:
        """One request and its complete answer; raises Transient or Refused with the reason in words."""
        answer, failure = None, SourceError()
        with Deadline(seconds) as deadline:
            self._adapter.deadline = deadline
            try:
                with self.request(
                    request.method,
                    request.url,
                    params=request.params,
                    data=request.data,
                    headers=request.headers,
                    timeout=timeout,
                    stream=True,
                    allow_redirects=False,
                ) as response:
                    answer = _download(response, limit)
            except Transient as error:
                failure = error
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
                failure = _in_words(error, timeout)
        if deadline.expired and (answer is None or answer.ok):
            raise Transient(f"no complete answer within {seconds:g} s")
        if answer is None:
            raise failure
        return answer


def _download(response: requests.Response, limit: int) -> Answer:
    """The complete answer. Of a redirect nothing is read; of a failed answer what can be had, for its message."""
    status, headers = response.status_code, response.headers
    if status in REDIRECTING:
        return Answer(status, headers, b"")
    length = headers.get("Content-Length", "").strip()
    stated = int(length) if length.isdecimal() and len(length) < 16 and "Transfer-Encoding" not in headers else None
    try:
        body = Body(headers.get("Content-Encoding", "").strip().lower(), stated, limit if status < 300 else ERROR_BODY)
        for chunk in response.raw.stream(65_536, decode_content=False):
            body.add(chunk)
        return Answer(status, headers, body.whole())
    except (Transient, urllib3.exceptions.HTTPError, OSError):
        if status < 300:
            raise
        return Answer(status, headers, b"")


def _in_words(error: Exception, timeout: tuple[float, float]) -> SourceError:
    """What happened to the connection. Never the error's own text: it holds the address with its parameters."""
    if isinstance(error, requests.exceptions.InvalidHeader):
        return Transient("the headers of the answer contradict each other")
    if isinstance(error, ValueError):  # requests' InvalidURL, MissingSchema ...
        return Refused("its address, as set, is not one that can be asked")
    if isinstance(error, requests.ConnectTimeout):
        return Transient(f"no connection within {timeout[0]:g} s")
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError):
        return Transient(f"no answer for {timeout[1]:g} s")
    what = "the connection failed"
    if isinstance(error, requests.exceptions.ProxyError):
        what = "the connection through the proxy failed"
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.strerror:
            return Transient(f"{what}: {cause.strerror}")
        cause = cause.__cause__ or cause.__context__
    return Transient(f"{what} before the answer was complete")
