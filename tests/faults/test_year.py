"""A year in which four services and two registers are followed through outages, pauses and changes of page size.

At its end nothing is missing, one paper is one row of the list whoever brought it, and no mark that was ever seen has
gone, although half of the services take theirs back.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from year_world import BACK, START, YEAR, Preprint, Year

from emulator.biorxiv_service import BiorxivService
from emulator.europepmc_service import EuropePmcService
from emulator.osf_service import OsfService
from emulator.registers import CrossrefService, RetractionsService
from emulator.service import PubMedService
from tracker import pipeline
from tracker.checkers import open_checkers
from tracker.home import Home
from tracker.pipeline import open_sources
from tracker.screening.export import export
from tracker.store import Store, identity, runs, verify

SIZES = (30, 100, 0)  # rows a page of api.biorxiv.org; 0 is all
OUTAGES = ("error-503", "reset", "html", "truncated-json", "throttled-long", "backend-200", "clipped", "cut-gzip")
UTILITY = {"pubmed": "esearch", "europepmc": "idlist", "medrxiv": "interval", "psyarxiv": "preprints",
           "crossref": "works", "retraction-watch": "file"}  # fmt: skip
PAUSE = (140, 165)  # nobody runs the tracker
STORY = "title: Lonely\nsources: pubmed, europepmc, medrxiv, psyarxiv\n---\nloneliness[tiab]\n"


@dataclass
class Lab:
    """A home, its services, and what has been seen so far."""

    home: Home
    services: dict[str, Any]
    dice: random.Random
    day: date = START
    seen: set[tuple[Any, ...]] = field(default_factory=set)

    def morning(self, broken: str = "") -> list[str]:
        """One run; returns its troubles. Marks seen before must still be there."""
        for service in self.services.values():
            service.day = self.day
        self.services["medrxiv"].size = self.dice.choice(SIZES)
        if broken:
            service = self.services[broken]
            known = [name for name in OUTAGES if UTILITY[broken] in getattr(service.faults.known.get(name), "on", ())]
            service.faults.play(self.dice.choice(known), times=None)
        try:
            return self._run()
        finally:
            for service in self.services.values():
                service.faults.clear()

    def _run(self) -> list[str]:
        context = pipeline.Context(self.home, lambda: datetime.combine(self.day, time(6), UTC), lambda line: None)
        searches = pipeline.searches_of(self.home)
        with pipeline.writing(context, create=True) as store:
            http, sources = open_sources(self.environment, pipeline.sources_of(searches))
            http._sleep = lambda seconds: None
            checkers = open_checkers(self.environment, http, sources)
            report = pipeline.collect(context, store, http, sources, searches, checkers=checkers)
            pipeline.dedupe(context, store)
            http.close()
            marks = {tuple(row) for row in store.db.execute("select record_id, kind, notice, source from event")}
        assert self.seen <= marks
        self.seen = marks
        return report.troubles

    @property
    def environment(self) -> dict[str, str]:
        names = {
            "pubmed": "TRACKER_PUBMED_URL", "europepmc": "TRACKER_EUROPEPMC_URL", "medrxiv": "TRACKER_BIORXIV_URL",
            "psyarxiv": "TRACKER_OSF_URL", "crossref": "TRACKER_CROSSREF_URL",
            "retraction-watch": "TRACKER_RETRACTIONS_URL",
        }  # fmt: skip
        return {"TRACKER_PACE": "0", **{name: self.services[key].url for key, name in names.items()}}

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with Store(self.home.database, create=False) as store:
            return [tuple(row) for row in store.db.execute(sql)]


@contextmanager
def opened(root: Path, year: Year, seed: int) -> Iterator[Lab]:
    (root / "queries").mkdir(parents=True)
    (root / "queries" / "lonely.txt").write_text(STORY, encoding="utf-8")
    home = Home(root)
    with Store(home.database) as store, store.write() as db:
        identity.decide(db, "DEMO", "demo.invalid")
    with ExitStack() as stack:
        services = {
            "pubmed": PubMedService(year, START),
            "europepmc": EuropePmcService(year, START),
            "medrxiv": BiorxivService(year, START),
            "psyarxiv": OsfService(year, START),
            "crossref": CrossrefService(year, START),
            "retraction-watch": RetractionsService(year, START),
        }
        for service in services.values():
            stack.enter_context(service)
        yield Lab(home, services, random.Random(seed))


def lived(lab: Lab, steps: tuple[int, ...]) -> None:
    """Mornings through the year, many with a service that does not answer as it should; then a quiet month."""
    end, turn = START + timedelta(days=YEAR), cycle(lab.services)
    while lab.day < end:
        broken = next(turn) if lab.day > START and lab.dice.random() < 0.4 else ""
        troubles = lab.morning(broken)
        assert all(broken and broken in line for line in troubles), (lab.day, broken, troubles)
        lab.day += timedelta(days=lab.dice.choice(steps))
        if PAUSE[0] <= (lab.day - START).days < PAUSE[1]:
            lab.day = START + timedelta(days=PAUSE[1])
    for _ in range(12):
        assert lab.morning() == []
        lab.day += timedelta(days=3)
    lab.day -= timedelta(days=3)


@pytest.mark.parametrize(
    ("seed", "steps"),
    [
        pytest.param(1, (4, 6, 8, 10), id="seldom", marks=pytest.mark.soak),
        *(pytest.param(seed, (1, 1, 2), id=f"daily-{seed}", marks=pytest.mark.soak) for seed in range(2, 6)),
    ],
)
def test_a_year(seed: int, steps: tuple[int, ...], tmp_path: Path) -> None:
    year = Year(seed)
    with opened(tmp_path / "home", year, seed) as lab:
        lived(lab, steps)
        assert [f"{item.name}: {item.wrong}" for item in verify.findings(lab.home.database) if item.wrong] == []
        _everything_was_read(lab, year)
        works = _one_work_each(lab, year)
        _marks_are_there(lab, year, works)
        _one_row_each(lab, year, works, tmp_path)


def _everything_was_read(lab: Lab, year: Year) -> None:
    """All versions of the days that were to be read, once each, whatever went wrong on the day."""
    for server in ("medrxiv", "psyarxiv"):
        first = (START - timedelta(days=BACK)).isoformat()
        held = lab.rows(f"select source_id, posted from shelf where source = '{server}'")
        shelved = {item for item, posted in held if posted >= first}
        given = {_id(one) for one in year.versions(server, lab.day) if one.posted.isoformat() >= first}
        assert given <= shelved, (server, sorted(given - shelved)[:5])
        outcomes = dict(
            lab.rows(f"select outcome, count(*) from reading_run where source = '{server}' group by outcome")
        )
        assert outcomes.get("incomplete", 0) + outcomes.get("failed", 0) > 0
        assert outcomes[runs.COMPLETE[0]] > 30


def _id(version: Any) -> str:
    return f"{version.doi}v{version.number}" if version.server == "medrxiv" else f"{version.name}_v{version.number}"


def _one_work_each(lab: Lab, year: Year) -> dict[int, int]:
    """Number of a preprint -> the one work in which all stand that tell of it and of its article."""
    places = lab.rows("select doi, work_id from record join placement on record_id = record.id")
    works: dict[int, int] = {}
    for item in year.preprints:
        mine = {work for doi, work in places if doi in (item.doi, item.article_doi)}
        assert len(mine) == (1 if item.lonely else 0), (item, mine)
        if mine:
            works[item.number] = mine.pop()
    assert len(set(works.values())) == len(works)
    sources = lab.rows(
        "select count(distinct source) from record join placement on record_id = record.id group by work_id"
    )
    assert sum(count >= 3 for (count,) in sources) >= 5
    return works


def _marks_are_there(lab: Lab, year: Year, works: dict[int, int]) -> None:
    """What happened until a fortnight ago, forgotten by its service or not; and nothing that did not happen."""
    found: dict[int, set[str]] = {}
    details: dict[int, str] = {}
    for work, kind, detail in lab.rows(
        "select work_id, kind, detail from event join placement on placement.record_id = event.record_id"
    ):
        found.setdefault(work, set()).add(kind)
        details[work] = f"{details.get(work, '')} {detail if kind == 'withdrawn' else ''}"
    before = lab.day - timedelta(days=14)
    for item in (one for one in year.preprints if one.lonely):
        kinds = found[works[item.number]]
        assert "preprint" in kinds
        for kind, day in (("withdrawn", item.withdrawn), ("published", item.article), ("retracted", item.retracted)):
            if day is None or day > lab.day:
                assert kind not in kinds, (kind, item)
            elif day <= before and _tellable(item, kind):
                assert kind in kinds, (kind, item)
        if item.withdrawn and item.withdrawn <= before:
            assert f"because number {item.number} was miscounted." in details[works[item.number]]


def _tellable(item: Preprint, kind: str) -> bool:
    """A link that only the server gives comes when it is the turn of the preprint; all else at once."""
    return kind != "published" or item.link != "server" or item.server == "psyarxiv"


def _one_row_each(lab: Lab, year: Year, works: dict[int, int], folder: Path) -> None:
    context = pipeline.Context(lab.home, lambda: datetime.combine(lab.day, time(7), UTC), lambda line: None)
    with pipeline.writing(context) as store:
        export(lab.home, store, folder / "all.csv", name="all", searches=["lonely"], now=context.now())
    with (folder / "all.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(works)
    assert sorted(row["title"].rstrip(".").casefold() for row in rows) == sorted(
        item.title.casefold() for item in year.preprints if item.lonely
    )
    retracted = {item.title.casefold() for item in year.preprints if item.lonely and item.retracted
                 and item.retracted <= lab.day - timedelta(days=14)}  # fmt: skip
    told = {row["title"].rstrip(".").casefold() for row in rows if row["status"].startswith("retracted")}
    assert retracted <= told
