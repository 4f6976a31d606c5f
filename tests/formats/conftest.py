"""For the tests of formats: Python's own limit of a CSV cell, as in a fresh process, whatever ran before."""

from __future__ import annotations

import csv

import pytest

from tracker.formats.csv import PYTHON_CELL


@pytest.fixture(autouse=True)
def _fresh_limit() -> None:
    csv.field_size_limit(PYTHON_CELL)
