"""For all tests: no connection leaves this machine, no setting of the person who runs them leaks in."""

from __future__ import annotations

import ipaddress
import json
import os
import socket
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from recognisable import SECRETS

from emulator import play

REAL_CONNECT = socket.socket.connect


@pytest.fixture(autouse=True)
def _closed_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only loopback addresses can be reached."""

    def connect(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and not _loopback(str(address[0])):
            raise AssertionError(f"a test tried to reach {address!r}")
        REAL_CONNECT(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    for name in list(os.environ):
        if name.startswith("TRACKER_") or name in ("NCBI_API_KEY", "OSF_TOKEN"):
            monkeypatch.delenv(name)


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


@dataclass(frozen=True)
class Played:
    """The demo after all its days; ``said`` is all that was printed. Only to be read: copy the folder to change it."""

    root: Path
    said: list[str]


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Played:
    """The demo, played once for the whole suite, with a key and a contact that can be recognised wherever they leak."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent  # of all workers of this run
    words = shared / "demo.json"
    try:
        (shared / "demo").mkdir()
    except FileExistsError:  # another worker plays it
        until = monotonic() + 300
        while not words.exists() and monotonic() < until:
            sleep(0.1)
    else:
        said: list[str] = []
        home = play.run(shared / "demo" / "home", keep=False, say=said.append, settings=SECRETS)
        for path in (home.database, home.public / "public.db", home.public / "search.db"):
            with closing(sqlite3.connect(path)) as db:
                db.execute("pragma wal_checkpoint(truncate)")  # so that a file can be copied alone
        (shared / "demo.part").write_text(json.dumps(said), encoding="utf-8")
        (shared / "demo.part").rename(words)
    return Played(shared / "demo" / "home", json.loads(words.read_text(encoding="utf-8")))
