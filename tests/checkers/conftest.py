"""A store for each test of checkers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tracker.store import Store, identity


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "tracker.db") as opened:
        with opened.write() as db:
            identity.decide(db, "DEMO", "demo.invalid")
        yield opened
