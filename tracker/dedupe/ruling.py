"""What one rule says of a pair."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ruling:
    """``kind``: same, version, related, different or ask. ``firm``: the papers contradict each other, so that not even
    a third record may bring them into one publication. ``score`` 0 to 1 orders rulings of one kind. ``why`` replaces
    the comparison as evidence. ``told``: a person may wonder why the two are apart, so the verdict is kept."""

    kind: str
    rule: str
    score: float = 1.0
    firm: bool = False
    why: str = ""
    told: bool = False
