"""A running service of the small world, and homes that have followed it to the end of its first day."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from small_world import CEILING, FIRST, SECOND, Lab, recount, two_days

from emulator.service import PubMedService
from tracker.store import Store


@pytest.fixture(scope="module")
def running() -> Iterator[PubMedService]:
    with PubMedService(two_days(), FIRST, ceiling=CEILING) as service:
        yield service


@pytest.fixture
def service(running: PubMedService) -> PubMedService:
    """The service as on its first day, honest."""
    running.faults.clear()
    running.entrez.withheld.clear()
    running.day = FIRST
    return running


@pytest.fixture(scope="module")
def after_first(running: PubMedService, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home at the end of the first day, to be copied."""
    running.faults.clear()
    running.day = FIRST
    lab = Lab(tmp_path_factory.mktemp("first") / "home", running)
    assert lab.update().troubles == []
    return lab.root


@pytest.fixture(scope="module")
def undisturbed(running: PubMedService, after_first: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What an undisturbed tracker knows after the first and after the second day."""
    lab = Lab(tmp_path_factory.mktemp("undisturbed") / "home", running)
    shutil.copytree(after_first, lab.root)
    found = {"first": lab.state()}
    running.faults.clear()
    running.day = SECOND
    assert lab.update().troubles == []
    return found | {"second": lab.state()}


@pytest.fixture
def lab(service: PubMedService, after_first: Path, tmp_path: Path) -> Iterator[Lab]:
    """A tracker on the morning of the second day; its ledger is recounted at the end, whatever happened to it."""
    found = Lab(tmp_path / "home", service)
    shutil.copytree(after_first, found.root)
    service.day = SECOND
    yield found
    check(found)


@pytest.fixture
def blank(service: PubMedService, tmp_path: Path) -> Iterator[Lab]:
    """A tracker on the morning of the first day."""
    found = Lab(tmp_path / "home", service)
    yield found
    check(found)


def check(lab: Lab) -> None:
    with Store(lab.home.database, create=False) as store:
        assert recount(store.db) == []
        assert store.db.execute("pragma foreign_key_check").fetchall() == []


@pytest.fixture
def checked() -> Callable[[Lab], None]:
    return check
