"""Where a writer of text writes: encodes, counts and hashes what goes out."""

from __future__ import annotations

from hashlib import sha256
from typing import BinaryIO

from tracker.formats.row import Written


class Sink:
    """A file-like object for text over a binary file; also what is left to say when all is written."""

    def __init__(self, out: BinaryIO) -> None:
        self.out, self.size, self.hash = out, 0, sha256()

    def write(self, text: str) -> None:
        self.put(text.encode("utf-8"))

    def put(self, data: bytes) -> None:
        self.out.write(data)
        self.size += len(data)
        self.hash.update(data)

    def written(self, records: int, cut: int = 0) -> Written:
        return Written(records, self.size, self.hash.hexdigest(), cut)
