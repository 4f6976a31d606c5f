"""When which fault is played: a script of rules, and the log of what was asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from emulator.faults import FAULTS


@dataclass(frozen=True)
class LoggedRequest:
    """One request as it arrived. ``time`` is monotonic, in seconds; ``fault`` what was played on it ("" for none)."""

    number: int  # of the service's whole life, from 1
    time: float
    method: str
    path: str
    utility: str  # esearch, efetch, einfo, or the last part of an unknown path
    form: Mapping[str, str]
    headers: Mapping[str, str]  # names in lower case
    day: date
    fault: str = ""

    @property
    def ids(self) -> list[str]:
        """The ids asked for, of an efetch."""
        return [part for part in self.form.get("id", "").split(",") if part]


class KnownFault(Protocol):
    """What a script has to know of a fault: the utilities whose requests it concerns."""

    @property
    def on(self) -> tuple[str, ...]: ...


@dataclass
class FaultRule:
    """One line of the script, and how far it has got.

    ``at``: numbers of the requests it is played on, counted from 1 over the requests that the fault concerns, since the
    rule was made; empty means each. ``times``: how often at most; None is without end. ``where`` narrows it down.
    """

    fault: str
    on: tuple[str, ...]
    at: frozenset[int] = frozenset()
    times: int | None = 1
    where: Callable[[LoggedRequest], bool] = lambda asked: True
    seconds: float = 3600.0
    size: int = 1_000_000_000
    seen: int = 0
    played: int = 0

    def due(self, asked: LoggedRequest) -> bool:
        """Whether to play it on this request; counts the request."""
        if asked.utility not in self.on or not self.where(asked):
            return False
        self.seen += 1
        if self.times is not None and self.played >= self.times:
            return False
        return not self.at or self.seen in self.at


@dataclass
class Plan:
    """The rules in order; on each request the first that is due is played, and no other. ``known``: the faults."""

    known: Mapping[str, KnownFault] = field(default_factory=lambda: FAULTS)
    rules: list[FaultRule] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def play(
        self,
        fault: str,
        *,
        at: int | Iterable[int] = (),
        times: int | None = 1,
        where: Callable[[LoggedRequest], bool] = lambda asked: True,
        seconds: float = 3600.0,
        size: int = 1_000_000_000,
    ) -> FaultRule:
        """Add a rule (see :class:`Rule`): by default the fault is played once, on the next request it concerns.

        With ``at`` it is played on each of these. Raises ValueError for a fault that is not known.
        """
        if fault not in self.known:
            raise ValueError(f"no such fault: {fault}; known are {', '.join(self.known)}")
        numbers = frozenset((at,) if isinstance(at, int) else at)
        rule = FaultRule(fault, self.known[fault].on, numbers, len(numbers) or times, where, seconds, size)
        with self._lock:
            self.rules.append(rule)
        return rule

    def script(self, faults: Mapping[int, str]) -> None:
        """Faults by the number of the request in the service's whole life; each is passed by if it does not fit."""
        for number, fault in faults.items():
            self.play(fault, where=lambda asked, number=number: asked.number == number)  # type: ignore[misc]

    def clear(self) -> None:
        """No faults any more."""
        with self._lock:
            self.rules.clear()

    def due(self, asked: LoggedRequest) -> FaultRule | None:
        """The rule to play on this request, counted as played; None for an honest answer."""
        with self._lock:
            ready = [rule for rule in list(self.rules) if rule.due(asked)]
            if not ready:
                return None
            ready[0].played += 1
            return ready[0]
