"""For all tests: no connection leaves this machine, no setting of the person who runs them leaks in."""

from __future__ import annotations

import ipaddress
import socket
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

REAL_CONNECT = socket.socket.connect


@pytest.fixture(autouse=True)
def _closed_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only loopback addresses can be reached."""

    def connect(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and not _loopback(str(address[0])):
            raise AssertionError(f"a test tried to reach {address!r}")
        REAL_CONNECT(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    addresses = ("TRACKER_PUBMED_URL", "TRACKER_EUROPEPMC_URL")
    for name in (
        "TRACKER_HOME",
        "TRACKER_EMAIL",
        "TRACKER_PACE",
        "NCBI_API_KEY",
        "OSF_TOKEN",
        "TRACKER_PING_URL",
        *addresses,
    ):
        monkeypatch.delenv(name, raising=False)


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.time = now

    def __call__(self) -> datetime:
        return self.time

    def move(self, **delta: float) -> None:
        self.time += timedelta(**delta)


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 3, 2, 6, 0, tzinfo=UTC))
