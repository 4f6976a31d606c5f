"""Commands as a person types them, a loopback PubMed, a home with one search, and the demo, played with secrets."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from emulator.service import PubMedService
from emulator.synthetic import synthetic
from tracker.cli import main

SEARCH = "title: one\nsources: pubmed\n---\nloneliness[tiab]\n"


@dataclass
class Told:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def _no_ping(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRACKER_PING_URL", raising=False)


@pytest.fixture
def a_home(tmp_path: Path) -> Path:
    """A home with one saved search that matches thirteen of the service's forty articles."""
    (tmp_path / "home" / "queries").mkdir(parents=True)
    (tmp_path / "home" / "queries" / "one.txt").write_text(SEARCH, encoding="utf-8")
    return tmp_path / "home"


@pytest.fixture
def tracker(a_home: Path) -> Callable[..., Told]:
    """Runs ``tracker --home HOME ...`` with the given environment; a traceback fails the test."""

    def run(*words: str, home: Path | None = None, **environment: str) -> Told:
        told = CliRunner().invoke(main, ["--home", str(home or a_home), *words], env=environment)
        if told.exception and not isinstance(told.exception, SystemExit):
            raise told.exception
        return Told(told.exit_code, told.stdout, told.stderr)

    return run


@pytest.fixture
def service() -> Iterator[PubMedService]:
    with PubMedService(synthetic(40), date(2026, 11, 20)) as running:
        yield running


@pytest.fixture
def settings(service: PubMedService) -> dict[str, str]:
    return {"TRACKER_PUBMED_URL": service.url, "TRACKER_PACE": "0"}


@pytest.fixture
def demo_home(played: Any, tmp_path: Path) -> Path:
    return Path(shutil.copytree(played.root, tmp_path / "demo"))
