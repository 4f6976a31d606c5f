"""The hand-made world of the collection tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fake_world import FakeSource, World, saved

from tracker.store import Store


@pytest.fixture
def world(tmp_path: Path, clock: Any) -> Any:
    with Store(tmp_path / "db" / "tracker.db") as store:
        yield World(store, FakeSource(clock), clock, [saved("one")])
