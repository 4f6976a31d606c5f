"""Homes with a public copy, and clients and browsers that look at them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from attack_world import hostile_home
from chromium import BINARY, Browser
from making import METADATA, NOW, Client, Maker, fill, quiet
from page_types import serving

from tracker.publish import publish
from tracker.site import serve


@pytest.fixture
def maker(tmp_path: Path) -> Iterator[Maker]:
    made = Maker(tmp_path / "db" / "tracker.db")
    yield made
    made.db.close()


@pytest.fixture
def open_site() -> Iterator[Callable[..., Client]]:
    """A function that opens the site over a public folder; closed at the end."""
    opened: list[Client] = []

    def build(folder: Path, metadata: dict[str, Any] = METADATA) -> Client:
        opened.append(Client(serve.build(folder, metadata, clock=lambda: NOW)))
        return opened[-1]

    yield build
    for client in opened:
        client.close()


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The public folder of the small tracker; only read it."""
    home = tmp_path_factory.mktemp("filled")
    made = fill(Maker(home / "db" / "tracker.db"))
    made.db.close()
    publish(home / "db" / "tracker.db", home / "db" / "public", settings={}, now=NOW, say=quiet)
    return home / "db" / "public"


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The public folder of a tracker full of attack strings (``attack_world``); only read it."""
    return hostile_home(tmp_path_factory.mktemp("hostile"))


@pytest.fixture
def site(filled: Path, open_site: Callable[..., Client]) -> Client:
    return open_site(filled)


@pytest.fixture(scope="session")
def address(filled: Path) -> Iterator[str]:
    """The small tracker over real HTTP on the loopback interface."""
    with serving(filled, METADATA, lambda: NOW) as found:
        yield found


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Debian's chromium; skipped where there is none (.ci/run installs it)."""
    if os.name != "posix" or not BINARY.exists():
        pytest.skip("needs Debian's chromium in /usr/bin")
    opened = Browser(tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()
