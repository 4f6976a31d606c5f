"""What decisions come to: the latest of each reviewer, what the team has decided, conflicts, agreement, their display.

Agreement is Cohen's kappa (Cohen 1960), for each two reviewers who have decided on the same papers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

from tracker.home import Home
from tracker.screening import lists as list_files
from tracker.screening.decisions.report import some, told
from tracker.screening.decisions.rows import CONSENSUS
from tracker.screening.receipt import number
from tracker.store import Store, lists
from tracker.store import decisions as stored
from tracker.store.decisions import StandingDecision

STAGES = ("screening", "retrieval", "full-text")
CONFLICT = "conflict"
VALUES = ("include", "exclude", "maybe", "undecided", CONFLICT)


@dataclass(frozen=True, slots=True)
class ScreeningVerdict:
    """What a list says of a work at a stage; ``value`` is the team's, or "conflict"."""

    work: str
    stage: str
    value: str
    decisions: tuple[StandingDecision, ...]  # the latest of each reviewer, for each key under which it was handed out

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is excluded, by those whose word counts."""
        counts = [one for one in self.decisions if one.value == self.value == "exclude"]
        return tuple(dict.fromkeys(reason for one in counts for reason in one.reasons))

    def __str__(self) -> str:
        said = [f"{one.reviewer} {one.value}{_under(one, self.work)}" for one in self.decisions]
        return f"{self.work}: {', '.join(said)}"


def _under(one: StandingDecision, work: str) -> str:
    return "" if one.handed_out == work else f" (as {one.handed_out})"


def latest(decisions: Iterable[StandingDecision]) -> list[StandingDecision]:
    """The newest decision of each reviewer on each row handed out; ``decisions`` in the order in which they came."""
    newest = {(one.work, one.stage, one.handed_out, one.reviewer): one for one in decisions}
    return list(newest.values())


def verdicts(decisions: Iterable[StandingDecision]) -> list[ScreeningVerdict]:
    """One for each work and stage, by work and stage. Opposite decisions on works that were joined are a conflict.

    The word of the team (``consensus``) counts more than that of its members.
    """
    found: dict[tuple[str, int, str], list[StandingDecision]] = {}
    for one in latest(decisions):
        found.setdefault((one.work, order_of(one.stage), one.stage), []).append(one)
    return [
        ScreeningVerdict(work, stage, _value(said), tuple(said)) for (work, _, stage), said in sorted(found.items())
    ]


def order_of(stage: str) -> int:
    return STAGES.index(stage) if stage in STAGES else len(STAGES)


def _value(said: Sequence[StandingDecision]) -> str:
    team = {one.value for one in said if one.reviewer == CONSENSUS} - {"undecided"}
    values = team or {one.value for one in said} - {"undecided"}
    if not values:
        return "undecided"
    return values.pop() if len(values) == 1 else CONFLICT


def included(found: Iterable[ScreeningVerdict]) -> dict[str, int]:
    """Work -> 1 or 0, by the last stage that has come to a decision; works on which there is none are left out."""
    known: dict[str, int] = {}
    for verdict in sorted(found, key=lambda one: order_of(one.stage)):
        if verdict.value in ("include", "exclude"):
            known[verdict.work] = int(verdict.value == "include")
        elif verdict.value in (CONFLICT, "maybe"):
            known.pop(verdict.work, None)
    return known


def agreement_at(found: Iterable[ScreeningVerdict], stage: str) -> list[Agreement]:
    """Of each two reviewers at a stage, the team's own word left out."""
    decided: dict[str, dict[str, str]] = {}
    for verdict in found:
        for one in verdict.decisions if verdict.stage == stage else ():
            if one.value != "undecided" and one.reviewer != CONSENSUS:
                decided.setdefault(one.reviewer, {})[one.handed_out] = one.value
    return agreements(decided)


def counts(found: Iterable[ScreeningVerdict], stage: str) -> dict[str, int]:
    """How many works stand how at a stage."""
    tally = Counter(verdict.value for verdict in found if verdict.stage == stage)
    return {value: tally[value] for value in VALUES if tally[value]}


def reasons(found: Iterable[ScreeningVerdict], stage: str) -> Mapping[str, int]:
    """How often each reason was given for what is excluded; a work with two reasons counts for both."""
    given = (reason for verdict in found if verdict.stage == stage for reason in verdict.reasons)
    return dict(sorted(Counter(given).items(), key=lambda item: (-item[1], item[0])))


def stages_of(found: Iterable[ScreeningVerdict]) -> list[str]:
    """The stages that were reached, in their order."""
    return sorted({verdict.stage for verdict in found}, key=order_of)


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


@dataclass(frozen=True, slots=True)
class Shown:
    """All decisions of a list; ``handed_out`` are the works that count as handed out."""

    list: str
    handed_out: int
    imports: tuple[stored.Import, ...]
    verdicts: tuple[ScreeningVerdict, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "list": self.list,
            "handed_out": self.handed_out,
            "imports": [asdict(one) for one in self.imports],
            "stages": {stage: self._stage(stage) for stage in stages_of(self.verdicts)},
            "included": included(self.verdicts),
        }

    def _stage(self, stage: str) -> dict[str, Any]:
        here = [one for one in self.verdicts if one.stage == stage]
        return {
            "counts": counts(here, stage),
            "reasons": dict(reasons(here, stage)),
            "agreement": [asdict(one) for one in agreement_at(here, stage)],
            "conflicts": [one.work for one in here if one.value == CONFLICT],
            "works": [
                {"work": one.work, "value": one.value, "decisions": [asdict(said) for said in one.decisions]}
                for one in here
            ],
        }

    def as_text(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"list {self.list}: {number(self.handed_out, 'work')} handed out"
        for one in self.imports:
            yield f"  {one.made[:10]} {one.filename} ({one.tool}, {one.stage}): {number(one.decisions, 'decision')}"
        if not self.verdicts:
            yield "  no decisions yet: 'tracker decisions import FILE --list NAME' reads them"
        for stage in stages_of(self.verdicts):
            here = [one for one in self.verdicts if one.stage == stage]
            yield f"stage {stage}: {told(counts(here, stage))}"
            yield from (f"  excluded, {reason}: {count:,}" for reason, count in reasons(here, stage).items())
            yield from (f"  agreement of {one}" for one in agreement_at(here, stage))
            conflicts = tuple(str(one) for one in here if one.value == CONFLICT)
            yield from (f"  {line}" for line in some("conflict", conflicts))


def show(home: Home, store: Store, name: str) -> Shown:
    """The decisions of a list as they stand now; raises :class:`UsageError` if there is no such list."""
    listed = list_files.the_list(home.queries, lists.slugs(store.db), name, ())
    in_list = lists.find(store.db, name)
    found = verdicts(stored.standing(store.db, in_list, separate=listed.versions == "separate"))
    return Shown(name, len(lists.handed_out(store.db, name)), tuple(stored.imports(store.db, in_list)), tuple(found))
