"""How far reviewers agree: Cohen's kappa (Cohen 1960), for each two who have decided on the same works. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of ``works`` on which both have decided, ``agreed`` the same way; ``kappa`` is None where it is not defined."""

    first: str
    second: str
    works: int
    agreed: int
    kappa: float | None

    def __str__(self) -> str:
        share = 100 * self.agreed / self.works
        kappa = "not defined" if self.kappa is None else f"{self.kappa:.2f}"
        return f"{self.first} and {self.second}: {self.agreed:,} of {self.works:,} ({share:.0f} %), kappa {kappa}"


def agreement(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's kappa of pairs of values: (po - pe) / (1 - pe); None where both always say one and the same."""
    total = len(pairs)
    if not total:
        return None
    observed = sum(1 for one, other in pairs if one == other) / total
    ones, others = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    expected = sum(ones[value] * others[value] for value in ones) / total**2
    return None if expected == 1 else (observed - expected) / (1 - expected)


def agreements(decided: Mapping[str, Mapping[str, str]]) -> list[Agreement]:
    """Each two reviewers; ``decided``: reviewer -> work -> include, exclude or maybe."""
    found = []
    for first, second in combinations(sorted(decided), 2):
        both = sorted(decided[first].keys() & decided[second].keys())
        pairs = [(decided[first][work], decided[second][work]) for work in both]
        if pairs:
            agreed = sum(1 for one, other in pairs if one == other)
            found.append(Agreement(first, second, len(pairs), agreed, agreement(pairs)))
    return found
