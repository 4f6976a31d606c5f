"""Services that are stopped when the test ends, and clients that never wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from preprint_world import DAY, some

from emulator.europepmc_entry import Held
from emulator.europepmc_service import EuropePmcService
from tracker.http import Http
from tracker.sources.europepmc.client import EuropePMC, build

Running = Callable[..., EuropePmcService]


@pytest.fixture
def running() -> Iterator[Running]:
    """``running(entries, most=10)`` starts a service that stops with the test; 25 preprints if none are given."""
    with ExitStack() as stack:

        def start(entries: Any = None, **options: Any) -> EuropePmcService:
            held = entries if hasattr(entries, "entries") else Held(some(25) if entries is None else entries)
            return stack.enter_context(EuropePmcService(held, options.pop("day", DAY), **options))

        yield start


@pytest.fixture
def client() -> Iterator[Callable[..., EuropePMC]]:
    """``client(service)`` is the source as the product builds it, three attempts a request and no waiting."""
    made: list[Http] = []

    def make(service: EuropePmcService, **options: Any) -> EuropePMC:
        chosen = {"pace": 0, "attempts": 3, "sleep": lambda seconds: None, "timeout": (5.0, 5.0)}
        made.append(Http(**{**chosen, **options}))
        return build(made[-1], {"TRACKER_EUROPEPMC_URL": service.url})

    yield make
    for http in made:
        http.close()
