"""What the tests of readers share; see ``readers_lab``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from readers_lab import NO_POSTS, Canned, interval_answer, json_answer, posted_row

from tracker.http.answer import Answer


@pytest.fixture
def canned() -> type[Canned]:
    return Canned


@pytest.fixture
def row() -> Callable[..., dict[str, Any]]:
    return posted_row


@pytest.fixture
def interval() -> Callable[..., Answer]:
    return interval_answer


@pytest.fixture
def in_json() -> Callable[..., Answer]:
    return json_answer


@pytest.fixture
def no_posts() -> Answer:
    return NO_POSTS
