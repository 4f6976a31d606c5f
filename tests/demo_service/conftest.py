"""Services that are stopped when the test ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from typing import Any

import pytest
from demo_client import DAY

from emulator.service import PubMedService
from emulator.synthetic import Listed, synthetic


@pytest.fixture
def running() -> Iterator[Callable[..., PubMedService]]:
    """``running(articles, ceiling=10)`` starts a service that stops with the test; 20 articles if none are given."""
    with ExitStack() as stack:

        def start(literature: Any = None, day: date = DAY, **options: Any) -> PubMedService:
            if literature is None:
                literature = synthetic(20, last=date(2023, 12, 31))
            elif isinstance(literature, list):
                literature = Listed(literature)
            return stack.enter_context(PubMedService(literature, day, **options))

        yield start
