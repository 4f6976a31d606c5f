"""Bodies of answers: decompressed as they come, bounded in size, and known to be whole."""

from __future__ import annotations

import zlib

from tracker.errors import Transient


class Body:
    """Takes the bytes as sent, gives the bytes as meant.

    ``encoding`` is the Content-Encoding, ``length`` the Content-Length (None when not stated), ``limit`` the most bytes
    allowed, as sent and decompressed. Raises Transient for a body that is too large, damaged or cut: a gzip stream
    that has not reached its end is no answer, even if everything before the cut can be read.
    """

    def __init__(self, encoding: str, length: int | None, limit: int) -> None:
        if encoding not in ("", "identity", "gzip", "x-gzip"):
            raise Transient(f"the answer is compressed in a way that was not asked for ({encoding[:20]})")
        if length is not None and length > limit:
            raise self._too_large(limit)
        self._stream = zlib.decompressobj(wbits=31) if "gzip" in encoding else None
        self._length, self._limit = length, limit
        self._sent = 0
        self._body = bytearray()

    def add(self, chunk: bytes) -> None:
        """The next bytes from the network."""
        self._sent += len(chunk)
        if self._sent > self._limit:
            raise self._too_large(self._limit)
        if self._stream is None:
            self._body += chunk
            return
        while chunk:
            chunk = self._inflate(chunk)

    def _inflate(self, chunk: bytes) -> bytes:
        """Decompress as much as the limit allows; returns what has yet to be looked at."""
        assert self._stream is not None  # noqa: S101 - for the type checker
        if self._stream.eof:  # another member follows, or the zero bytes some servers pad with
            if not chunk.strip(b"\0"):
                return b""
            self._stream = zlib.decompressobj(wbits=31)
        try:
            self._body += self._stream.decompress(chunk, self._limit - len(self._body) + 1)
        except zlib.error:
            raise Transient("the compressed answer is damaged") from None
        if len(self._body) > self._limit:
            raise self._too_large(self._limit)
        return self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail

    def whole(self) -> bytes:
        """The complete body; raises Transient when it was cut."""
        if self._length is not None and self._sent != self._length:
            raise Transient(f"the answer broke off after {self._sent:,} of {self._length:,} bytes")
        if self._stream is not None and self._sent and not self._stream.eof:
            raise Transient("the compressed answer broke off")
        return bytes(self._body)

    @staticmethod
    def _too_large(limit: int) -> Transient:
        size = f"{limit / 1_000_000:,.0f} MB" if limit >= 1_000_000 else f"{limit:,} bytes"
        return Transient(f"the answer is larger than {size}, not read further")
