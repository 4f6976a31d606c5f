"""For all tests: no connection leaves this machine, no setting of the person who runs them leaks in."""

from __future__ import annotations

import ipaddress
import json
import os
import shutil
import socket
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from filelock import FileLock
from recognisable import SECRETS

from emulator import play

# A property is tried on fewer inputs in each run than in the soak. Deadlines would only tell how busy a machine is.
hypothesis.settings.register_profile("quick", max_examples=40, deadline=None)
hypothesis.settings.register_profile("full", max_examples=300, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

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


CACHE = Path(__file__).resolve().parents[1] / ".cache" / "tests"


def made_of() -> str:
    """A hash of everything that makes the played demo what it is: program, emulator, searches, Python and libraries."""
    root = CACHE.parents[1]
    folders = [path for name in ("tracker", "emulator", "queries") for path in (root / name).rglob("*")]
    files = [path for path in folders if path.is_file() and path.suffix != ".pyc"]
    digest = sha256(json.dumps([sys.version, sqlite3.sqlite_version, SECRETS], sort_keys=True).encode())
    for path in sorted([*files, root / "metadata.json", Path(__file__)]):
        digest.update(path.relative_to(root).as_posix().encode() + sha256(path.read_bytes()).digest())
    for line in sorted(f"{found.metadata['Name']} {found.version}" for found in distributions()):
        digest.update(line.encode())
    return digest.hexdigest()[:20]


@pytest.fixture(scope="session")
def played() -> Played:
    """The demo, with a key and a contact that can be recognised wherever they leak.

    It is played once for a state of the program and kept; all workers of all runs read it. What was broken off has
    no ``said.json`` and is played anew.
    """
    folder = CACHE / f"demo-{made_of()}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with FileLock(CACHE / "lock"):
        if not (folder / "said.json").exists():
            for earlier in CACHE.glob("demo-*"):
                shutil.rmtree(earlier)
            _play(folder)
    return Played(folder / "home", json.loads((folder / "said.json").read_text(encoding="utf-8")))


def _play(folder: Path) -> None:
    said: list[str] = []
    home = play.run(folder / "home", keep=False, say=said.append, settings=SECRETS)
    for path in (home.database, home.public / "public.db", home.public / "search.db"):
        with closing(sqlite3.connect(path)) as db:
            db.execute("pragma wal_checkpoint(truncate)")  # so that a file can be copied alone
    (folder / "said.part").write_text(json.dumps(said), encoding="utf-8")
    (folder / "said.part").rename(folder / "said.json")
