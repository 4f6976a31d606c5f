"""What decisions come to: the latest of each reviewer, what the team has decided, conflicts, agreement. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tracker.screening.agreement import Agreement, agreements
from tracker.screening.decisions_read import CONSENSUS
from tracker.store.decisions import Standing

STAGES = ("screening", "retrieval", "full-text")
CONFLICT = "conflict"
VALUES = ("include", "exclude", "maybe", "undecided", CONFLICT)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a list says of a work at a stage; ``value`` is the team's, or "conflict"."""

    work: str
    stage: str
    value: str
    decisions: tuple[Standing, ...]  # the latest of each reviewer, for each key under which it was handed out

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is excluded, by those whose word counts."""
        counts = [one for one in self.decisions if one.value == self.value == "exclude"]
        return tuple(dict.fromkeys(reason for one in counts for reason in one.reasons))

    def __str__(self) -> str:
        said = [f"{one.reviewer} {one.value}{_under(one, self.work)}" for one in self.decisions]
        return f"{self.work}: {', '.join(said)}"


def _under(one: Standing, work: str) -> str:
    return "" if one.handed_out == work else f" (as {one.handed_out})"


def latest(decisions: Iterable[Standing]) -> list[Standing]:
    """The newest decision of each reviewer on each row handed out; ``decisions`` in the order in which they came."""
    newest = {(one.work, one.stage, one.handed_out, one.reviewer): one for one in decisions}
    return list(newest.values())


def verdicts(decisions: Iterable[Standing]) -> list[Verdict]:
    """One for each work and stage, by work and stage. Opposite decisions on works that were joined are a conflict.

    The word of the team (``consensus``) counts more than that of its members.
    """
    found: dict[tuple[str, int, str], list[Standing]] = {}
    for one in latest(decisions):
        found.setdefault((one.work, order_of(one.stage), one.stage), []).append(one)
    return [Verdict(work, stage, _value(said), tuple(said)) for (work, _, stage), said in sorted(found.items())]


def order_of(stage: str) -> int:
    return STAGES.index(stage) if stage in STAGES else len(STAGES)


def _value(said: Sequence[Standing]) -> str:
    team = {one.value for one in said if one.reviewer == CONSENSUS} - {"undecided"}
    values = team or {one.value for one in said} - {"undecided"}
    if not values:
        return "undecided"
    return values.pop() if len(values) == 1 else CONFLICT


def included(found: Iterable[Verdict]) -> dict[str, int]:
    """Work -> 1 or 0, by the last stage that has come to a decision; works on which there is none are left out."""
    known: dict[str, int] = {}
    for verdict in sorted(found, key=lambda one: order_of(one.stage)):
        if verdict.value in ("include", "exclude"):
            known[verdict.work] = int(verdict.value == "include")
        elif verdict.value in (CONFLICT, "maybe"):
            known.pop(verdict.work, None)
    return known


def agreement_at(found: Iterable[Verdict], stage: str) -> list[Agreement]:
    """Of each two reviewers at a stage, the team's own word left out."""
    decided: dict[str, dict[str, str]] = {}
    for verdict in found:
        for one in verdict.decisions if verdict.stage == stage else ():
            if one.value != "undecided" and one.reviewer != CONSENSUS:
                decided.setdefault(one.reviewer, {})[one.handed_out] = one.value
    return agreements(decided)


def counts(found: Iterable[Verdict], stage: str) -> dict[str, int]:
    """How many works stand how at a stage."""
    tally = Counter(verdict.value for verdict in found if verdict.stage == stage)
    return {value: tally[value] for value in VALUES if tally[value]}


def reasons(found: Iterable[Verdict], stage: str) -> Mapping[str, int]:
    """How often each reason was given for what is excluded; a work with two reasons counts for both."""
    given = (reason for verdict in found if verdict.stage == stage for reason in verdict.reasons)
    return dict(sorted(Counter(given).items(), key=lambda item: (-item[1], item[0])))


def stages_of(found: Iterable[Verdict]) -> list[str]:
    """The stages that were reached, in their order."""
    return sorted({verdict.stage for verdict in found}, key=order_of)
