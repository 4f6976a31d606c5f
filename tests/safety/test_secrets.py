"""No key, token, contact or ping address is left in a file, a database, a message or an exception."""

from __future__ import annotations

import base64
import gzip
import json
import sqlite3
import traceback
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from recognisable import SECRETS

from emulator.faults import FAULTS
from emulator.service import PubMedService
from emulator.synthetic import synthetic
from tracker.errors import TrackerError
from tracker.pipeline import open_sources

PING = "http://127.0.0.1:9/zqping-5ec3e7"  # nobody listens there
ALL = {**SECRETS, "OSF_TOKEN": "zqosf5ec3e75ec3e7", "TRACKER_PING_URL": PING,
       "TRACKER_SMTP_URL": "smtp://zquser:zqpass5ec3e7@127.0.0.1:9"}  # fmt: skip
SHOWING = (
    "error-400", "redirect-elsewhere", "reset", *(pytest.param(fault, marks=pytest.mark.soak) for fault in (
        "rate-limit-bare", "rate-limit-200", "blocked", "html", "null-json", "broken-record", "bad-bytes")),
)  # fmt: skip


def spellings(secret: str) -> set[bytes]:
    texts = {secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1], secret[::-1]}
    return {text.encode() for text in texts} | {base64.b64encode(secret.encode()).rstrip(b"=")}


NEEDLES = {name: spellings(value) for name, value in ALL.items()} | {"ping": {b"zqping"}, "smtp": {b"zqpass"}}


def found_in(body: bytes) -> set[str]:
    """The names of the secrets that a body shows, compressed or not."""
    small = body.lower()
    return {name for name, said in NEEDLES.items() if any(text.lower() in small for text in said)}


def unpacked(value: bytes) -> Iterator[bytes]:
    yield value
    for unpack in (zlib.decompress, gzip.decompress):
        try:
            yield unpack(value)
        except (zlib.error, OSError, EOFError):
            continue


def cells(path: Path) -> Iterator[tuple[str, bytes]]:
    """Every value of every table of a database, as bytes; indexes of words by their words."""
    with closing(sqlite3.connect(path)) as db:
        db.text_factory = bytes
        for (table,) in db.execute("select name from sqlite_schema where type = 'table'").fetchall():
            name = table.decode()
            for row in db.execute(f'select * from "{name}"'):
                for value in row:
                    if isinstance(value, bytes):
                        yield f"{path.name}, {name}", value


def shown(folder: Path) -> dict[str, set[str]]:
    """Where under a folder a secret can be read."""
    places: dict[str, set[str]] = {}
    for path in (item for item in folder.rglob("*") if item.is_file()):
        body = path.read_bytes()
        parts = [(str(path), piece) for piece in unpacked(body)]
        if body.startswith(b"SQLite format 3"):
            parts += [(where, piece) for where, value in cells(path) for piece in unpacked(value)]
        for where, piece in parts:
            if names := found_in(piece):
                places[where] = places.get(where, set()) | names
    return places


def test_the_scan_finds_what_is_hidden(tmp_path: Path) -> None:
    secret = SECRETS["NCBI_API_KEY"]
    (tmp_path / "a.log").write_text(f"api_key={secret}", encoding="utf-8")
    (tmp_path / "b.gz").write_bytes(gzip.compress(quote(SECRETS["TRACKER_EMAIL"], safe="").encode()))
    with closing(sqlite3.connect(tmp_path / "c.db")) as db, db:
        db.execute("create table t (a, b)")
        db.execute("insert into t values (?, ?)", (zlib.compress(secret.encode()), None))
    assert {Path(place).name.split(",")[0] for place in shown(tmp_path)} == {"a.log", "b.gz", "c.db"}


def test_the_demo_collected_with_a_key_and_a_contact_leaves_neither(played: Any) -> None:
    assert shown(played.root) == {}
    assert found_in("\n".join(played.said).encode()) == set()


@pytest.fixture(params=SHOWING)
def faulty(request: pytest.FixtureRequest, a_home: Path) -> Iterator[PubMedService]:
    with PubMedService(synthetic(40), date(2026, 11, 20)) as running:
        running.faults.play(request.param, times=2, seconds=0.2, size=300_000)
        yield running


def test_whatever_a_service_does_wrong_nothing_is_shown_or_stored(
    faulty: PubMedService, tracker: Callable[..., Any], a_home: Path
) -> None:
    address = {"TRACKER_PUBMED_URL": faulty.url, "TRACKER_PACE": "0"}
    for _ in range(2):
        told = tracker("update", **address, **ALL)
        assert found_in((told.out + told.err).encode()) == set()
        assert "the ping address was not told" in told.err
    told = tracker("export", str(a_home / "list.csv"), "--list", "one", "--search", "one", **ALL)
    assert found_in((told.out + told.err).encode()) == set()
    for words in (["status"], ["status", "--json"], ["backup"], ["backup", str(a_home / "x.db.gz")], ["verify"]):
        told = tracker(*words, **ALL)
        assert found_in((told.out + told.err).encode()) == set()
    assert faulty.asked()[0].form["api_key"] == SECRETS["NCBI_API_KEY"]
    assert shown(a_home) == {}


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_no_exception_shows_a_secret_not_even_by_what_it_came_from(fault: str) -> None:
    with PubMedService(synthetic(40), date(2026, 11, 20)) as service:
        service.faults.play(fault, times=None, seconds=0.2, size=300_000)
        http, sources = open_sources({"TRACKER_PUBMED_URL": service.url, "TRACKER_PACE": "0", **ALL}, ["pubmed"])
        http.timeout, http.deadline, http.attempts = (1.0, 1.0), 2.0, 2
        try:
            walk = sources["pubmed"].walk("loneliness[tiab]")
            sources["pubmed"].fetch(walk.ids[:5])
        except TrackerError as error:
            told = "".join(traceback.format_exception(error)) + repr(error) + repr(error.args)
            assert found_in(told.encode()) == set()
        finally:
            http.close()
