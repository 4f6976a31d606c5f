"""A deadline for one exchange with a service, kept whatever the other side does."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class Deadline:
    """Ends an exchange whose time is up by shutting its socket.

    A read timeout counts from the last byte, so an answer that drips for ever would never meet it.
    """

    def __init__(self, seconds: float) -> None:
        self.expired = False
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> Deadline:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            self._socket = None

    def watch(self, sock: object) -> None:
        """The socket whose answer is about to be read."""
        with self._lock:
            self._socket = sock if isinstance(sock, socket.socket) else None
            if self.expired:
                self._shut()

    def _end(self) -> None:
        with self._lock:
            self.expired = True
            self._shut()

    def _shut(self) -> None:
        if self._socket is not None:
            with suppress(OSError):  # the other side was quicker
                # the plain socket's method: that of a TLS socket would pull its state from under the reader
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
