"""A service of the demo behind a port on 127.0.0.1: connections, log and script of faults, whatever it answers.

It listens on the loopback address only and answers only requests that name it by a loopback name.
"""

from __future__ import annotations

import contextlib
import socket
import socketserver
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from emulator.plan import FaultRule, LoggedRequest, Plan
from emulator.wire import HTML, OpenConnection, Reply, transmit

HOST = "127.0.0.1"
LOOPBACK = frozenset({HOST, "localhost"})


class LoopbackService:
    """A running service; a context manager, or :meth:`start` and :meth:`stop`.

    ``latency``: seconds a request takes. ``port``: 0 takes a free one; OSError when it is taken.
    ``faults.play(...)`` adds to the script at any time.
    """

    def __init__(self, faults: Plan, *, latency: float, gzip: bool, port: int) -> None:
        self.faults, self.latency, self.gzip = faults, latency, gzip
        self.log: list[LoggedRequest] = []
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._server = _Server((HOST, port), self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="demo", daemon=True)

    @property
    def origin(self) -> str:
        return f"http://{HOST}:{self._server.server_address[1]}"

    def asked(self, utility: str = "") -> list[LoggedRequest]:
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

    def reply(self, method: str, target: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
        """Log the request and answer it, honestly or as the script says."""
        raise NotImplementedError

    def record(
        self, method: str, path: str, utility: str, form: Mapping[str, str], headers: Mapping[str, str], day: date,
        *, spare: bool = False,
    ) -> tuple[LoggedRequest, FaultRule | None]:  # fmt: skip
        """Log a request; with it the fault to play on it, unless it is to be spared."""
        with self._lock:
            asked = LoggedRequest(len(self.log) + 1, time.monotonic(), method, path, utility, form, headers, day)
            rule = None if spare else self.faults.due(asked)
            self.log.append(replace(asked, fault=rule.fault) if rule else asked)
        if self.latency:
            self.stopping.wait(self.latency)
        return asked, rule


class _Server(socketserver.ThreadingTCPServer):
    # On Windows the option would let another program take over the port.
    allow_reuse_address = sys.platform != "win32"
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], service: LoopbackService) -> None:
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
        line = OpenConnection(
            self.connection, service.stopping, packed=packed, chunked=self.request_version == "HTTP/1.1"
        )
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
