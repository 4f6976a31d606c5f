"""Long products in two parts: what every run tries, and what only ``make soak`` tries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def every(step: int, values: Iterable[Any]) -> list[Any]:
    """The first of every ``step`` values for each run, all others for the soak; nothing is left out."""
    return [value if number % step == 0 else _for_soak(value) for number, value in enumerate(values)]


def _for_soak(value: Any) -> Any:
    if hasattr(value, "values") and hasattr(value, "marks"):  # a pytest.param
        return pytest.param(*value.values, id=value.id, marks=[*value.marks, pytest.mark.soak])
    return pytest.param(value, marks=pytest.mark.soak)
