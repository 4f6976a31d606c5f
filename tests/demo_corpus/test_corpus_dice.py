"""The literature is the same everywhere: in every process, under every hash seed, in every version of Python."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.dice import Dice

ROOT = Path(__file__).resolve().parents[2]
DIGEST = """
import hashlib
from emulator import corpus
digest = hashlib.sha256()
for day in corpus.DAYS:
    for article in list(corpus.articles(day.date).values())[::7]:
        digest.update(article.element())
print(digest.hexdigest())
"""


def test_the_same_bytes_in_two_processes_with_different_hash_seeds() -> None:
    made = set()
    for seed in ("1", "4711"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-c", DIGEST], env=environment, capture_output=True, text=True, check=True
        )
        made.add(done.stdout)
    assert len(made) == 1


def test_the_dice_fall_as_they_always_fell() -> None:
    """The very numbers, so that another Python that threw others would be noticed."""
    dice = Dice(20261116)
    assert [dice.number(1, 1000) for _ in range(6)] == NUMBERS
    assert dice.some("abcdefghij", 4) == SOME


NUMBERS = [211, 214, 405, 931, 505, 322]
SOME = list("abcg")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 12))
def test_some_are_different_items_in_order(seed: int, count: int) -> None:
    items = list(range(8))
    drawn = Dice(seed).some(items, count)
    assert drawn == sorted(set(drawn))
    assert len(drawn) == min(count, 8)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_numbers_keep_within_their_bounds(seed: int) -> None:
    dice = Dice(seed)
    assert all(3 <= dice.number(3, 5) <= 5 for _ in range(30))
    assert dice.pick("x") == "x"


def test_weights_weigh() -> None:
    dice = Dice(5)
    drawn = Counter(dice.weighted(("rare", "often", "never"), (1, 9, 0)) for _ in range(1000))
    assert 60 < drawn["rare"] < 140
    assert drawn["never"] == 0
