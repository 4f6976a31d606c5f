"""An answer as it leaves a service of the demo, before it goes over the wire."""

from __future__ import annotations

from dataclasses import dataclass

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
