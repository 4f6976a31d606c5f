"""``tracker demo``: seven days of a fictional literature, through the same code and HTTP path as live collection."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from emulator import corpus, preprints, registers
from emulator.biorxiv_service import BiorxivService
from emulator.days import DAYS, FAILING_DAY, Day
from emulator.europepmc_service import EuropePmcService
from emulator.osf_service import OsfService
from emulator.registers import CrossrefService, RetractionsService
from emulator.service import PubMedService
from tracker import pipeline
from tracker.checkers import open_checkers
from tracker.errors import UsageError
from tracker.home import Home, make_home
from tracker.pipeline import open_sources
from tracker.screening import afterwards
from tracker.screening.export import export
from tracker.store import Store, identity
from tracker.text.plural import plural

MARK = "this-is-a-demo.txt"
LIST, SEARCH = "demo-review", "loneliness-mental-health"
SHOWN = "DEMO-000003"  # held by three sources; on the last day its article comes out
HANDED_OUT = {0: "screening-first.csv", 5: "screening-new.csv"}  # after which day the list is handed out


def run(
    root: Path, *, keep: bool, say: Callable[[str], None], settings: Mapping[str, str] | None = None,
    days: int = len(DAYS),
) -> Home:  # fmt: skip
    """Play the first ``days`` days into a new home at ``root`` and say where to look.

    With ``keep`` the home that is there is used.
    ``settings`` are further environment variables of the runs (a key, a contact).
    Raises :class:`UsageError` when ``root`` holds anything that is not a demo.
    """
    home = Home(root)
    if keep and (root / MARK).exists() and (home.public / "public.db").exists():
        say(f"Going on with the demo in {root}.")
    else:
        _clear(root)
        home = _make(root)
        say(f"A fictional literature, {plural(days, 'day')} of it, collected into {root}. Nothing in it is real.\n")
        with _services(DAYS[0].date) as services:
            for number, day in enumerate(DAYS[:days]):
                _live(home, services, number, day, say, settings or {})
    _where_to_look(home, say)
    return home


@dataclass(frozen=True)
class Services:
    """The services of the demo, all with the same clock."""

    pubmed: PubMedService
    europepmc: EuropePmcService
    biorxiv: BiorxivService
    osf: OsfService
    crossref: CrossrefService
    retractions: RetractionsService

    def go_on(self, day: date) -> None:
        self.pubmed.day = self.europepmc.day = self.biorxiv.day = self.osf.day = day
        self.crossref.day = self.retractions.day = day

    @property
    def environment(self) -> dict[str, str]:
        """Where they are."""
        return {
            "TRACKER_PUBMED_URL": self.pubmed.url,
            "TRACKER_EUROPEPMC_URL": self.europepmc.url,
            "TRACKER_BIORXIV_URL": self.biorxiv.url,
            "TRACKER_OSF_URL": self.osf.url,
            "TRACKER_CROSSREF_URL": self.crossref.url,
            "TRACKER_RETRACTIONS_URL": self.retractions.url,
            "TRACKER_PACE": "0",
        }


@contextmanager
def _services(day: date) -> Iterator[Services]:
    with ExitStack() as stack:
        yield Services(
            stack.enter_context(PubMedService(corpus, day)),
            stack.enter_context(EuropePmcService(preprints, day)),
            stack.enter_context(BiorxivService(preprints, day, size=30)),
            stack.enter_context(OsfService(preprints, day)),
            stack.enter_context(CrossrefService(registers, day)),
            stack.enter_context(RetractionsService(registers, day)),
        )


def _clear(root: Path) -> None:
    if not root.exists() or (root.is_dir() and not any(root.iterdir())):
        return
    if not (root / MARK).exists():
        raise UsageError(f"{root} is no demo: the demo never touches a folder that it has not made itself")
    shutil.rmtree(root)


def _make(root: Path) -> Home:
    root.mkdir(parents=True, exist_ok=True)
    (root / MARK).write_text(
        "Made by 'tracker demo', which removes this folder when it starts anew.\n", encoding="utf-8"
    )
    home = make_home(root, {"public_abstracts": "licensed"})
    with Store(home.database) as store, store.write() as db:
        identity.decide(db, "DEMO", "demo.invalid")
    return home


def _live(
    home: Home, services: Services, number: int, day: Day, say: Callable[[str], None], settings: Mapping[str, str]
) -> None:
    """One morning: the run of that day, and what it left."""
    services.go_on(day.date)
    rule = services.pubmed.faults.play("error-503", times=None) if day.date == FAILING_DAY else None
    lines: list[str] = []
    context = pipeline.Context(home, lambda: _morning(day.date), lines.append)
    searches = pipeline.searches_of(home)
    with pipeline.writing(context, create=True) as store:
        environment = {**settings, **services.environment}
        http, sources = open_sources(environment, pipeline.sources_of(searches))
        checkers = open_checkers(environment, http, sources)
        troubles, alarms = pipeline.update(context, store, http, sources, searches, checkers)
    if rule:
        services.pubmed.faults.rules.remove(rule)
    say(f"{day.date}  {day.story}")
    told = lines if number == 0 else [line for line in lines if line.startswith(("Run", "public copy"))]
    for line in told:
        say(f"    {line}")
    for line in troubles[:2]:
        say(f"    incomplete: {line}")
    if len(troubles) > 2:
        say(f"    ... and {len(troubles) - 2} more; 'tracker status' names them all")
    for line in alarms:
        say(f"    alarm: {line}")
    if number in HANDED_OUT:
        _hand_out(context, HANDED_OUT[number], say)


def last_morning() -> datetime:
    """The demo's own time when its days are over: its pages are as old as they were then."""
    return _morning(DAYS[-1].date)


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(6), UTC)


def _hand_out(context: pipeline.Context, name: str, say: Callable[[str], None]) -> None:
    with pipeline.writing(context) as store:
        (receipt,) = export(
            context.home, store, context.home.root / name, name=LIST, searches=[SEARCH], now=context.now()
        )
    for line in str(receipt).splitlines():
        say(f"    {line}")


def _where_to_look(home: Home, say: Callable[[str], None]) -> None:
    say("")
    with Store(home.database, create=False) as store:
        for told in afterwards.tell(store.db, home.queries):
            say(f"Afterwards: {told}\n")
    say("Where to look:")
    made = [name for name in HANDED_OUT.values() if (home.root / name).exists()]
    say(f"    {home.root / ', '.join(made)}   screening lists, all papers first, then what is new")
    say(f"    {home.database}   everything, private")
    say(f"    {home.public / 'public.db'}   what the site shows")
    say(f"    tracker --home {home.root} status   what each run promised and received")
    say(f"    tracker --home {home.root} status --changes-since {DAYS[1].date}   what has happened to known papers")
    say(f"    tracker --home {home.root} show {SHOWN}   why a work is here: three sources, a preprint and its article")
