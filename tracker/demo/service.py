"""The demo's PubMed behind a port on 127.0.0.1: E-utilities over a literature, with a clock of its own and faults.

    with PubMedService(corpus, date(2024, 5, 1)) as service:
        os.environ["TRACKER_PUBMED_URL"] = service.url
        ...
        service.faults.play("reset", at=3)
        service.day = date(2024, 5, 2)

It listens on the loopback address only and answers only requests that name it by a loopback name.
"""

from __future__ import annotations

import contextlib
import socket
import socketserver
import sys
import threading
import time
from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from tracker.demo import panel
from tracker.demo.articles import Literature
from tracker.demo.eutils import CEILING, HTML, Changes, Entrez, Reply
from tracker.demo.faults import FAULTS
from tracker.demo.lexicon import Lexicon
from tracker.demo.plan import Asked, Plan
from tracker.demo.spoil import Context, rate_limited
from tracker.demo.wire import Line, transmit

HOST = "127.0.0.1"
BASE = "/entrez/eutils"
LOOPBACK = frozenset({HOST, "localhost"})


class PubMedService:
    """A running service; a context manager, or :meth:`start` and :meth:`stop`.

    ``ceiling``: how many records of one search are served (9,999 by the real one). ``limit``: requests a second above
    which 429 is answered, 0 for none (ten thirds of it with an api_key). ``latency``: seconds a request takes.
    ``faults``: a script by number of the request; ``service.faults.play(...)`` adds to it at any time.
    ``withheld``: ids that are listed and never sent. ``port``: 0 takes a free one; OSError when it is taken.
    """

    def __init__(
        self,
        literature: Literature,
        day: date,
        *,
        ceiling: int = CEILING,
        lexicon: Lexicon | None = None,
        faults: Mapping[int, str] | None = None,
        withheld: Collection[str] = (),
        limit: int = 0,
        latency: float = 0.0,
        gzip: bool = True,
        port: int = 0,
    ) -> None:
        tree, mapping = getattr(literature, "tree", {}), getattr(literature, "mapping", {})
        self.entrez = Entrez(literature, day, ceiling, lexicon or Lexicon(tree, mapping), set(withheld))
        self.faults = Plan()
        self.faults.script(faults or {})
        self.limit, self.latency, self.gzip = limit, latency, gzip
        self.log: list[Asked] = []
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._recent: deque[float] = deque()
        self._server = _Server((HOST, port), self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="demo", daemon=True)

    @property
    def origin(self) -> str:
        return f"http://{HOST}:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        """The address to give to ``TRACKER_PUBMED_URL``."""
        return self.origin + BASE

    @property
    def day(self) -> date:
        """The day it is for the service; may be set, forward and back."""
        return self.entrez.day

    @day.setter
    def day(self, day: date) -> None:
        self.entrez.day = day

    def asked(self, utility: str = "") -> list[Asked]:
        """The requests so far, of one utility or of all."""
        return [asked for asked in list(self.log) if utility in ("", asked.utility)]

    def start(self) -> Self:
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop at once, stalled and dripping answers included; every connection and thread is gone afterwards."""
        self.stopping.set()
        if self._thread.ident is not None:
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
        self._server.hang_up()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # One request

    def reply(self, method: str, target: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
        """Log the request and answer it, honestly or as the script says."""
        path = urlsplit(target).path
        if path in ("/", "/faults"):
            return panel.press(self, form) if (method, path) == ("POST", "/faults") else panel.show(self)
        folder, _, utility = path.removesuffix(".fcgi").rpartition("/")
        with self._lock:
            now = time.monotonic()
            asked = Asked(len(self.log) + 1, now, method, path, utility, form, headers, self.day)
            left = self._left(now, form)
            rule = self.faults.due(asked) if left >= 0 and folder == BASE else None
            turn = rule.played if rule else 0
            self.log.append(replace(asked, fault=rule.fault) if rule else asked)
        if self.latency:
            self.stopping.wait(self.latency)
        if folder != BASE:
            return Reply(b"<h1>Not Found</h1>", HTML, 404)
        if left < 0:
            return rate_limited(form.get("api_key", HOST), self._allowed(form))
        if not rule:
            return self._marked(self.entrez.answer(utility, form, get=method == "GET"), form, left)
        fault = FAULTS[rule.fault]
        context = Context(utility, form, self.entrez, self.origin, path, turn, rule.seconds, rule.size)
        changes = Changes(
            lambda result: fault.result(result, context), lambda elements: fault.elements(elements, context)
        )
        return fault.reply(self.entrez.answer(utility, form, get=method == "GET", changes=changes), context)

    def _allowed(self, form: Mapping[str, str]) -> int:
        return self.limit * 10 // 3 if form.get("api_key") else self.limit

    def _left(self, now: float, form: Mapping[str, str]) -> int:
        """How many more requests are allowed within this second; below 0: this one is not."""
        if not self.limit:
            return 0
        while self._recent and now - self._recent[0] >= 1:
            self._recent.popleft()
        self._recent.append(now)
        return self._allowed(form) - len(self._recent)

    def _marked(self, reply: Reply, form: Mapping[str, str], left: int) -> Reply:
        if not self.limit:
            return reply
        headers = (("X-RateLimit-Limit", str(self._allowed(form))), ("X-RateLimit-Remaining", str(left)))
        return Reply(reply.body, reply.kind, reply.status, reply.headers + headers)


class _Server(socketserver.ThreadingTCPServer):
    # On Windows the option would let another program take over the port.
    allow_reuse_address = sys.platform != "win32"
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], service: PubMedService) -> None:
        self.service = service
        self._open: dict[socket.socket, threading.Thread] = {}
        super().__init__(address, _Handler)

    def process_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]
        thread = threading.Thread(target=self.process_request_thread, args=(request, client_address), daemon=True)
        self._open[request] = thread
        thread.start()

    def shutdown_request(self, request: socket.socket) -> None:  # type: ignore[override]
        super().shutdown_request(request)
        self._open.pop(request, None)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that breaks off is no error of ours; everything else is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    def hang_up(self) -> None:
        """Close what is still open and wait for its threads."""
        for request, thread in list(self._open.items()):
            with contextlib.suppress(OSError):  # the client was faster
                request.shutdown(socket.SHUT_RDWR)
            thread.join(10)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    server: _Server

    def do_GET(self) -> None:
        self._serve("")

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("utf-8", "replace"))

    def _serve(self, body: str) -> None:
        service = self.server.service
        fields: dict[str, str] = {}
        for name, value in parse_qsl(f"{urlsplit(self.path).query}&{body}", keep_blank_values=True):
            fields[name] = f"{fields[name]},{value}" if name in fields else value
        headers = {name.lower(): value for name, value in self.headers.items()}
        packed = service.gzip and "gzip" in headers.get("accept-encoding", "")
        line = Line(self.connection, service.stopping, packed=packed, chunked=self.request_version == "HTTP/1.1")
        if headers.get("host", HOST).split(":")[0] not in LOOPBACK:
            reply = Reply(b"this service answers to loopback names only", HTML, 403)
        else:
            reply = service.reply(self.command, self.path, fields, headers)
        try:
            transmit(reply, line)
        except (ConnectionError, TimeoutError):  # the client left, or reads no more: its right
            line.closing = True
        self.close_connection = self.close_connection or line.closing

    def log_message(self, format: str, *args: object) -> None:
        """The log is ``service.log``; nothing goes to the terminal."""
