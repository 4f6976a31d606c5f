"""Chance that falls the same way on every machine and in every Python."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from itertools import accumulate
from typing import Any, TypeVar

T = TypeVar("T")


class Dice:
    """A seeded sequence of throws.

    Only ``Random.random()`` is used: the library promises that its sequence stays the same for a given seed in later
    versions, and does not promise it for ``choice``, ``sample`` or ``shuffle``.
    """

    def __init__(self, seed: int) -> None:
        self._throw = random.Random(seed).random

    def chance(self, probability: float) -> bool:
        return self._throw() < probability

    def number(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + int(self._throw() * (high - low + 1))

    def pick(self, items: Sequence[T]) -> T:
        return items[int(self._throw() * len(items))]

    def weighted(self, items: Sequence[T], weights: Sequence[float]) -> T:
        """One of the items; an item of weight 3 comes three times as often as one of weight 1."""
        sums = list(accumulate(weights))
        throw = self._throw() * sums[-1]
        return next(item for item, limit in zip(items, sums, strict=True) if throw < limit)

    def some(self, items: Sequence[T], count: int) -> list[T]:
        """That many of the items (or all, when there are fewer), in the order in which they stand."""
        places = list(range(len(items)))
        taken = [places.pop(int(self._throw() * len(places))) for _ in range(min(count, len(items)))]
        return [items[place] for place in sorted(taken)]


@cache
def table(name: str) -> dict[str, Any]:
    """The table of words ``name``.toml that lies beside this module; to be read, not changed."""
    return tomllib.loads((files("emulator") / f"{name}.toml").read_text(encoding="utf-8"))
