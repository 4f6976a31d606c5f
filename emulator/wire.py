"""How a reply leaves the service: whole, or as a fault wants it. Nothing here knows what the reply says.

A :class:`Reply` is what a service of the demo has to say.
"""

from __future__ import annotations

import gzip
import socket
import struct
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus

JSON = "application/json; charset=UTF-8"
XML = "text/xml; charset=UTF-8"
HTML = "text/html; charset=UTF-8"


@dataclass(frozen=True)
class Reply:
    """An answer as it would leave the service; ``wire`` names what happens to it on the way (``wire.py``)."""

    body: bytes
    kind: str = XML
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    wire: str = "whole"
    seconds: float = 0.0
    size: int = 0


PIECE = 65_536
MEGABYTE = 1_048_576


class OpenConnection:
    """The open connection to one client; writing to a client that has left raises ConnectionError.

    ``packed``: the client takes gzip. ``chunked``: it speaks HTTP/1.1. After ``closing`` no more requests are read.
    """

    def __init__(self, connection: socket.socket, stopping: threading.Event, *, packed: bool, chunked: bool) -> None:
        self.connection, self.stopping = connection, stopping
        self.packed, self.chunked = packed, chunked
        self.closing = not chunked

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def rest(self, seconds: float) -> bool:
        """Wait; False when the service is being stopped."""
        return not self.stopping.wait(seconds)

    def reset(self) -> None:
        """Close so that the client sees a reset: a lingering time of 0 makes the system send RST instead of FIN."""
        linger = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        socket.close(self.connection.detach())
        self.closing = True


def transmit(reply: Reply, line: OpenConnection) -> None:
    """Send the reply in the manner that ``reply.wire`` names."""
    WIRES[reply.wire](reply, line)


def _head(reply: Reply, **more: str | int) -> bytes:
    fields = {
        "Content-Type": reply.kind,
        **dict(reply.headers),
        **{name.replace("_", "-").title(): value for name, value in more.items()},
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}\r\n{lines}\r\n".encode("latin-1")


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def _whole(reply: Reply, line: OpenConnection) -> None:
    """As the real service does: gzip when the client takes it, XML in chunks."""
    body, more = reply.body, dict[str, str | int]()
    if line.packed and body and reply.status == 200:
        body, more = gzip.compress(body, 1, mtime=0), {"content_encoding": "gzip"}
    if line.chunked and reply.kind == XML and reply.status == 200:
        head = _head(reply, transfer_encoding="chunked", **more)
        pieces = (_chunk(body[start : start + PIECE]) for start in range(0, len(body), PIECE))
        line.send(b"".join((head, *pieces, b"0\r\n\r\n")))
    else:
        line.send(_head(reply, content_length=len(body), **more) + body)


def _cut_gzip(reply: Reply, line: OpenConnection) -> None:
    packed = gzip.compress(reply.body, 6, mtime=0)
    cut = packed[: len(packed) * 2 // 3]
    line.send(_head(reply, content_encoding="gzip", content_length=len(cut)) + cut)


def _short_content(reply: Reply, line: OpenConnection) -> None:
    line.send(_head(reply, content_length=len(reply.body)) + reply.body[: len(reply.body) // 2])
    line.closing = True


def _cut_chunks(reply: Reply, line: OpenConnection) -> None:
    line.send(_head(reply, transfer_encoding="chunked") + _chunk(reply.body[: len(reply.body) // 2 + 1]))
    line.closing = True


def _stall(reply: Reply, line: OpenConnection) -> None:
    if line.rest(reply.seconds):
        _whole(reply, line)


def _stall_in_body(reply: Reply, line: OpenConnection) -> None:
    middle = len(reply.body) // 2
    line.send(_head(reply, content_length=len(reply.body)) + reply.body[:middle])
    if line.rest(reply.seconds):
        line.send(reply.body[middle:])


def _reset(_: Reply, line: OpenConnection) -> None:
    line.reset()


def _reset_in_body(reply: Reply, line: OpenConnection) -> None:
    line.send(_head(reply, content_length=len(reply.body)) + reply.body[: len(reply.body) // 2])
    line.rest(0.05)  # so that what was sent has arrived: a reset takes back what is still on its way
    line.reset()


def _hang_up(_: Reply, line: OpenConnection) -> None:
    line.closing = True


def _endless(reply: Reply, line: OpenConnection) -> None:
    line.send(_head(reply, transfer_encoding="chunked"))
    while line.rest(0.02):
        line.send(_chunk(b" "))


def _gigantic(reply: Reply, line: OpenConnection) -> None:
    line.send(_head(reply, transfer_encoding="chunked"))
    for size in _megabytes(reply.size):
        line.send(_chunk(b" " * size))
    line.send(b"0\r\n\r\n")


def _gzip_bomb(reply: Reply, line: OpenConnection) -> None:
    """One gzip member. A megabyte of blanks is packed once; flushed fully, the piece may stand any number of times."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = packer.compress(b" " * MEGABYTE) + packer.flush(zlib.Z_FULL_FLUSH)
    count, check = max(reply.size // MEGABYTE, 1), 0
    for _ in range(count):
        check = zlib.crc32(b" " * MEGABYTE, check)
    end = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS).flush()
    trailer = struct.pack("<LL", check, count * MEGABYTE & 0xFFFFFFFF)
    packed = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff" + block * count + end + trailer
    line.send(_head(reply, content_encoding="gzip", content_length=len(packed)) + packed)


def _megabytes(size: int) -> Iterator[int]:
    for start in range(0, size, MEGABYTE):
        yield min(MEGABYTE, size - start)


WIRES: dict[str, Callable[[Reply, OpenConnection], None]] = {
    "whole": _whole,
    "cut gzip": _cut_gzip,
    "short content": _short_content,
    "cut chunks": _cut_chunks,
    "stall": _stall,
    "stall in body": _stall_in_body,
    "reset": _reset,
    "reset in body": _reset_in_body,
    "hang up": _hang_up,
    "endless": _endless,
    "gigantic": _gigantic,
    "gzip bomb": _gzip_bomb,
}
