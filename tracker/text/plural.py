"""A number with its noun."""

from __future__ import annotations


def plural(number: int, one: str, many: str = "") -> str:
    """``1 paper``, ``2 papers``; ``many`` where an s does not make it."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
