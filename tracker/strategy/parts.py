"""One row of the report how a source is asked: what was written, what is sent for it, and why they differ."""

from __future__ import annotations

from typing import NamedTuple

KINDS = ("exact", "widened", "dropped", "impossible")


class Part(NamedTuple):
    """``kind``: exact, widened (asked wider, decided on the record), dropped (matters to no record there), impossible.

    ``line`` and ``column`` are where ``original`` begins; ``path`` is empty for a text that is not from a file.
    """

    kind: str
    original: str
    sent: str
    reason: str = ""
    line: int = 0
    column: int = 0
    path: str = ""
