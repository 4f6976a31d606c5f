"""A desk at which strategies are looked at before they are run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from desks import Desk

from emulator.service import PubMedService
from emulator.synthetic import synthetic


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with PubMedService(synthetic(40), date(2026, 11, 20)) as running:
        yield Desk(tmp_path, running)
