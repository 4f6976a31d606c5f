"""What every stage is given: whose home it is, what time it is, and where to talk to a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from tracker.home import Home


@dataclass(frozen=True)
class Context:
    """What every stage is given."""

    home: Home
    clock: Callable[[], datetime]
    say: Callable[[str], None]

    def now(self) -> str:
        return iso(self.clock())


def iso(time: datetime) -> str:
    """``2026-11-24T06:00:00Z``: times as they are stored."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
