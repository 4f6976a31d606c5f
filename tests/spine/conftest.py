"""The commands as a person types them, in a home of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from emulator.service import PubMedService
from emulator.synthetic import synthetic
from tracker.cli import main


@dataclass
class Told:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def tracker(tmp_path: Path) -> Callable[..., Told]:
    """Runs ``tracker --home HOME ...`` with the given environment; a traceback fails the test."""

    def run(*words: str, home: Path | None = None, typed: str | None = None, **environment: str) -> Told:
        told = CliRunner().invoke(main, ["--home", str(home or tmp_path), *words], env=environment, input=typed)
        if told.exception and not isinstance(told.exception, SystemExit):
            raise told.exception
        return Told(told.exit_code, told.stdout, told.stderr)

    return run


@pytest.fixture
def service() -> Iterator[PubMedService]:
    """A loopback PubMed with forty articles, thirteen of them on loneliness."""
    with PubMedService(synthetic(40), date(2026, 11, 20)) as running:
        yield running


@pytest.fixture
def settings(service: PubMedService) -> dict[str, str]:
    return {"TRACKER_PUBMED_URL": service.url, "TRACKER_PACE": "0"}
