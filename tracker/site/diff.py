"""What was changed from one strategy to the next, word by word, for people to read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

AROUND = 8  # words of what stayed that are shown before and after a change
SHORTEST_GAP = 6  # words that stayed and are worth leaving out

_WORD = re.compile(r"\s*(?:[()]|[^\s()]+)")


class DiffPart(NamedTuple):
    """A stretch of words: ``kind`` is same, added, removed, or gap (``words`` that stayed and are left out)."""

    kind: str
    text: str
    words: int


@lru_cache(maxsize=256)
def changes(before: str, after: str) -> tuple[DiffPart, ...]:
    """The later strategy with what was added and what was taken out; long stretches that stayed are gaps.

    Brackets are words of their own; what differs in spaces alone does not differ.
    """
    old, new = _WORD.findall(before), _WORD.findall(after)
    said = []
    for kind, a, b, c, d in _steps([word.strip() for word in old], [word.strip() for word in new]):
        if kind == "equal":
            said.append(("same", new[c:d]))
            continue
        said += [("removed", old[a:b])] if a < b else []
        said += [("added", new[c:d])] if c < d else []
    return tuple(_shortened(said))


def _steps(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """Like ``get_opcodes``, with what the ends have in common set aside first: that is nearly everything."""
    low = next(
        (at for at, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), min(len(old), len(new))
    )
    most = min(len(old), len(new)) - low
    ends = zip(reversed(old), reversed(new), strict=False)
    high = min(next((at for at, pair in enumerate(ends) if pair[0] != pair[1]), most), most)
    if low:
        yield "equal", 0, low, 0, low
    middle = SequenceMatcher(None, old[low : len(old) - high], new[low : len(new) - high])
    for kind, a, b, c, d in middle.get_opcodes():
        yield kind, a + low, b + low, c + low, d + low
    if high:
        yield "equal", len(old) - high, len(old), len(new) - high, len(new)


def _shortened(said: Sequence[tuple[str, list[str]]]) -> Iterator[DiffPart]:
    for number, (kind, words) in enumerate(said):
        before = AROUND if number else 0  # words kept after the change before this stretch
        after = AROUND if number + 1 < len(said) else 0
        left_out = len(words) - before - after
        if kind != "same" or left_out < SHORTEST_GAP:
            yield DiffPart(kind, "".join(words), len(words))
            continue
        if before:
            yield DiffPart("same", "".join(words[:before]), before)
        yield DiffPart("gap", "", left_out)
        if after:
            yield DiffPart("same", "".join(words[len(words) - after :]), after)
