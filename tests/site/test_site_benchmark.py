"""benchmarks.site: what it makes and asks is what it says, and docs/nginx.conf is what nginx takes."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from making import METADATA, NOW, Client, quiet

from benchmarks.site import cases, judged
from benchmarks.site_asked import HOSTILE, Asked, asked
from benchmarks.site_data import DAYS, SEARCHES, SHARES, fill
from benchmarks.site_load import share
from benchmarks.site_server import CONFIGURATION, nginx
from tracker.home import Home
from tracker.publish import publish
from tracker.site.pages.downloads import ROUTES

WORKS = 400


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("made"))
    home.queries.mkdir()
    fill(home, WORKS, date(2026, 11, 24))
    publish(home.database, home.public, settings={}, now=NOW, say=quiet)
    return home


@pytest.fixture(scope="module")
def addresses(made: Home) -> Asked:
    return asked(made.public, date(2026, 11, 24))


def test_words_are_in_as_many_works_as_is_said(made: Home) -> None:
    with closing(sqlite3.connect(made.public / "search.db")) as db:
        for word, part in SHARES.items():
            found = db.execute("select count(*) from words where words match ?", (f"abstract : {word}",)).fetchone()[0]
            assert found / WORKS == pytest.approx(part * 0.9, abs=0.06), word  # one in ten has no abstract


def test_dates_tie_and_everything_there_is_is_there(made: Home) -> None:
    with closing(sqlite3.connect(made.public / "public.db")) as db:

        def count(what: str) -> int:
            return int(db.execute(f"select count({what}").fetchone()[0])

        assert count("*) from works") == WORKS
        assert count("distinct first_seen) from works") == DAYS + 1
        assert count("*) from searches") == SEARCHES
        assert count("distinct source) from work_sources") == 5
        assert count("*) from publications where abstract_withheld") > WORKS / 4
        assert count("*) from events where later") > 0
        assert count("*) from joins where kind = 'version'") > 0


def test_each_address_is_there(made: Home, addresses: Asked, open_site: Callable[..., Client]) -> None:
    client = open_site(made.public, METADATA)
    for paths in (addresses.works, addresses.lists, addresses.deep, addresses.few, addresses.many, addresses.homes,
                  addresses.feeds, addresses.readers):  # fmt: skip
        for path in paths[:5]:
            assert client.get(path).status_code == 200, path
    assert len(addresses.hostile) == len(HOSTILE)


def test_what_is_asked_once_is_in_its_list_once(addresses: Asked) -> None:
    for case in cases(addresses):
        assert not case.once or len(case.paths) == len(set(case.paths)), case.what


def test_readers_ask_for_the_same_pages_again(addresses: Asked) -> None:
    first = addresses.readers[:12_000]
    assert len(set(first)) < len(first) / 2


def test_a_target_that_is_missed_is_said_to_be() -> None:
    assert judged({"p95": 50.0}, {"p95": 50})["met"]
    assert not judged({"p95": 50.1}, {"p95": 50})["met"]
    assert judged({"rps": 300.0}, {"rps": 300})["met"]
    assert not judged({"rps": 299.9}, {"rps": 300})["met"]
    assert not judged({"p95": None}, {"p95": 50})["met"]


def test_shares_of_sorted_times() -> None:
    times = [number / 1000 for number in range(1, 101)]
    assert (share(times, 0.5), share(times, 0.95), share(times, 1.0), share([], 0.5)) == (51.0, 96.0, 100.0, None)


def test_nginx_streams_exactly_the_downloads() -> None:
    """What is streamed must not wait for nginx to have the whole of it."""
    place = re.search(r"location ~ (\S+) \{", CONFIGURATION.read_text(encoding="utf-8"))
    assert place
    for form in ("csv", "ris", "bib", "csl.json"):
        assert re.search(place[1], f"/papers.{form}")
        assert any(re.search(pattern, f"/papers.{form}") for pattern, _ in ROUTES)
    assert not re.search(place[1], "/papers")


@pytest.mark.skipif(not (shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")), reason="needs nginx")
def test_nginx_takes_the_configuration_of_the_docs(tmp_path: Path) -> None:
    command = nginx(tmp_path, 8080, 8001)
    done = subprocess.run([*command[:5], "-t"], capture_output=True, encoding="utf-8", check=False)
    assert "test is successful" in done.stderr, done.stderr
