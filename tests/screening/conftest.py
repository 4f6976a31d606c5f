"""A fresh home for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import lab as laboratory
import pytest


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[laboratory.Lab]:
    with laboratory.opened(tmp_path / "home") as found:
        yield found
