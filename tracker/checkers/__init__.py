"""Checkers: services that are asked about papers already known, never for new ones.

    retraction_watch   the whole file once a day, joined by DOI and PMID: retracted, concern, corrected
    crossref           preprints without an article, in lists: the article they became, and notices about them

Each leaves a reading row in the ledger and events with the records; a mark once seen is never taken back. They are
asked only where the sources themselves are: a home whose services are all loopback asks no checker on the internet
unless its address is set.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from tracker.errors import Blocked, SourceError, UsageError
from tracker.http import Http, Service
from tracker.sources import load
from tracker.store import Store, checks, runs


@dataclass(frozen=True)
class Checked:
    """What a check came to: at how many things it looked, how many marks were new, and what there is to say."""

    looked_at: int
    new: int
    note: str = ""
    short: str = ""  # why it is not complete


class Checker(Protocol):
    """One checker; ``service`` is whom it asks."""

    @property
    def service(self) -> Service:
        """Where it is; the name is also that of its events and of its rows in the ledger."""
        ...

    def check(self, store: Store, run: int, now: str) -> Checked:
        """Ask, and mark what is found; raises SourceError when there is no answer."""
        ...


def run_checkers(
    store: Store, run: int, checkers: Sequence[Checker], clock: Callable[[], datetime], say: Callable[[str], None],
    counts: Callable[[str], tuple[int, int]] = lambda name: (0, 0),
) -> list[runs.ReadingRow]:  # fmt: skip
    """Run each checker that has not run today, with a reading row each, which are returned."""
    rows = []
    for checker in checkers:
        name, title = checker.service.name, checker.service.title
        started, before = _iso(clock()), counts(name)
        if checks.last_check(store.db, name)[0][:10] == started[:10]:
            continue
        with store.write() as db:
            key = runs.begin_reading(db, run, name, started)
        outcome, note = _checked(checker, store, run, started)
        after = counts(name)
        row = runs.ReadingRow(name, _iso(clock()), outcome, after[0] - before[0], after[1] - before[1], note)
        with store.write() as db:
            runs.end_reading(db, key, row)
        say(f"{title}: {outcome}: {note}")
        rows.append(row)
    return rows


def _checked(checker: Checker, store: Store, run: int, now: str) -> tuple[str, str]:
    """(outcome, note) of one checker."""
    try:
        found = checker.check(store, run, now)
    except SourceError as error:
        return ("failed" if isinstance(error, Blocked) else "incomplete"), str(error)
    told = f"{found.looked_at:,} looked at, {found.new:,} new marks"
    note = "; ".join(filter(None, (told, found.note, found.short)))
    with store.write() as db:
        checks.looked_at(db, checker.service.name, found.looked_at)
    return ("incomplete" if found.short else "complete"), note


def open_checkers(environ: Mapping[str, str], http: Http, sources: Collection[str]) -> list[Checker]:
    """The checkers as the environment names them; ``sources``: the names of those that are asked.

    Raises :class:`UsageError` for one on the internet that would be asked faster than it allows, or without a contact
    address.
    """
    from tracker.checkers import crossref, retraction_watch

    live = any(not load(name).service(environ).loopback for name in sources)
    found: list[Checker] = []
    for module in (retraction_watch, crossref):
        service = module.service(environ)
        named = bool(environ.get(module.ADDRESS, "").strip())
        if not (live or named):
            continue
        if http.pace < 1 and not service.loopback:
            raise UsageError(f"{module.ADDRESS} is no loopback address: a pace below 1 is not allowed")
        if not service.loopback and not environ.get("TRACKER_EMAIL", "").strip():
            raise UsageError(f"TRACKER_EMAIL is not set: {service.title} is on the internet and asks who calls")
        found.append(module.build(http, environ))
    return found


def _iso(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
