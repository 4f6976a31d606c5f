"""``tracker doctor``: a handful of live probes that compare the services with what the code assumes of them.

Nothing is stored. Each probe says what is assumed, what was found, and whether the two agree; a service that cannot be
reached is one line. Written for the first day on which a home meets the real services: see ``docs/first-day.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from tracker.errors import SourceError
from tracker.http import Http
from tracker.model import SavedSearch
from tracker.sources import PUBMED, AnySource, info, is_walked, is_window, named
from tracker.sources.pubmed.client import PubMed

AGREES, DIFFERS, SILENT, TOLD = "as assumed", "differs", "no answer", "for you to judge"


@dataclass(frozen=True, slots=True)
class ProbeFinding:
    """One probe: the service, what is assumed, what was found, and the verdict."""

    service: str
    assumed: str
    found: str
    verdict: str


@dataclass(frozen=True)
class Examination:
    """All findings, and what they mean for the exit code."""

    findings: tuple[ProbeFinding, ...]

    @property
    def troubles(self) -> list[str]:
        """A line for each finding that differs, or that could not be made."""
        return [
            f"{item.service}: {item.assumed}: {item.verdict}: {item.found}"
            for item in self.findings
            if item.verdict in (DIFFERS, SILENT)
        ]

    def as_json(self) -> dict[str, Any]:
        return {"findings": [asdict(item) for item in self.findings]}

    def as_text(self) -> str:
        lines: list[str] = []
        service = ""
        for item in self.findings:
            if item.service != service:
                service = item.service
                lines += ["", service] if lines else [service]
            mark = {AGREES: "ok", DIFFERS: "DIFFERS", SILENT: "NO ANSWER", TOLD: "--"}[item.verdict]
            lines.append(f"  {mark:10}{item.assumed}: {item.found}")
        counts = {
            verdict: sum(item.verdict == verdict for item in self.findings) for verdict in (AGREES, DIFFERS, SILENT)
        }
        return "\n".join([*lines, "", ", ".join(f"{count} {verdict}" for verdict, count in counts.items())])


ProbeResult = tuple[bool | None, str]  # (agrees; None where a person has to judge, what was found)
Probe = tuple[str, Callable[[], ProbeResult]]  # (what is assumed, the question)


def examine(
    http: Http, sources: Mapping[str, AnySource], checkers: Sequence[Any], searches: Sequence[SavedSearch], today: date
) -> Iterator[ProbeFinding]:
    """Probe each service; after two probes without an answer the rest of its probes are not made."""
    from tracker.doctor import checking, saved

    for name, source in sources.items():
        make = named(said) if (said := info(name).probes) else any_probes
        yield from probe(source.title, make(http, source, today))
    for checker in checkers:
        yield from probe(checker.service.title, checking.probes(http, checker))
    if isinstance(asked := sources.get(PUBMED.name), PubMed):
        yield from probe("Saved searches on PubMed", saved.probes(asked, searches))


def any_probes(http: Http, source: AnySource, today: date) -> Iterator[Probe]:
    """What can be asked of any source, also one of another package: whether it answers, and what of."""
    yesterday = today - timedelta(days=1)
    if is_window(source):
        found = source
        yield (
            "the records of a day come",
            lambda: (None, f"{sum(len(page.rows) for page in found.window(yesterday, yesterday)):,} of {yesterday}"),
        )
    elif is_walked(source):
        asked = source
        yield "it counts the records of a day", lambda: (None, f"{asked.inflow(yesterday):,} of {yesterday}")


def probe(service: str, probes: Iterator[Probe]) -> Iterator[ProbeFinding]:
    """Make the probes of one service one after the other."""
    silent = 0
    for assumed, ask in probes:
        if silent == 2:
            yield ProbeFinding(service, assumed, "not asked: it did not answer before", SILENT)
            continue
        try:
            agrees, found = ask()
        except SourceError as error:
            silent += 1
            yield ProbeFinding(service, assumed, str(error), SILENT)
        else:
            silent = 0
            yield ProbeFinding(service, assumed, found, TOLD if agrees is None else AGREES if agrees else DIFFERS)
