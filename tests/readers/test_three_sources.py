"""The seven days of the demo through all its services: one paper is one row, whoever brings it, and marks stay."""

from __future__ import annotations

import csv
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from emulator import corpus, preprints
from emulator.biorxiv_service import BiorxivService
from emulator.days import DAYS
from emulator.europepmc_service import EuropePmcService
from emulator.osf_service import OsfService
from emulator.service import PubMedService
from tracker import pipeline
from tracker.home import Home
from tracker.pipeline import open_sources
from tracker.screening.export import export
from tracker.store import Store, identity, verify

SOURCES = "pubmed, europepmc, medrxiv, psyarxiv"
SEARCHES = {"lonely": "loneliness[ti] OR lonely[ti]", "covid": '"COVID-19"[ti]'}


@dataclass
class Week:
    """A home that has lived through the seven days, and what each day brought."""

    home: Home
    outcomes: list[list[tuple[str, str]]]
    troubles: list[list[str]]

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with Store(self.home.database, create=False) as store:
            return [tuple(row) for row in store.db.execute(sql, values)]


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Week:
    root = tmp_path_factory.mktemp("week")
    (root / "queries").mkdir()
    for slug, strategy in SEARCHES.items():
        text = f"title: {slug}\nsources: {SOURCES}\n---\n{strategy}\n"
        (root / "queries" / f"{slug}.txt").write_text(text, encoding="utf-8")
    lived = Week(Home(root), [], [])
    with Store(lived.home.database) as store, store.write() as db:
        identity.decide(db, "DEMO", "demo.invalid")
    with ExitStack() as stack:
        pubmed = stack.enter_context(PubMedService(corpus, DAYS[0].date))
        europepmc = stack.enter_context(EuropePmcService(preprints, DAYS[0].date))
        biorxiv = stack.enter_context(BiorxivService(preprints, DAYS[0].date, size=30))
        osf = stack.enter_context(OsfService(preprints, DAYS[0].date))
        environment = {
            "TRACKER_PUBMED_URL": pubmed.url,
            "TRACKER_EUROPEPMC_URL": europepmc.url,
            "TRACKER_BIORXIV_URL": biorxiv.url,
            "TRACKER_OSF_URL": osf.url,
            "TRACKER_PACE": "0",
        }
        for number, day in enumerate(DAYS):
            pubmed.day = europepmc.day = biorxiv.day = osf.day = day.date
            if number == 3:
                biorxiv.faults.play("backend-200", times=None)
            live(lived, environment, day.date)
            biorxiv.faults.clear()
    return lived


def live(week: Week, environment: dict[str, str], day: date) -> None:
    context = pipeline.Context(week.home, lambda: datetime.combine(day, time(6), UTC), lambda line: None)
    searches = pipeline.searches_of(week.home)
    with pipeline.writing(context, create=True) as store:
        http, sources = open_sources(environment, pipeline.sources_of(searches))
        http._sleep = lambda seconds: None
        report = pipeline.collect(context, store, http, sources, searches)
        pipeline.dedupe(context, store)
    week.troubles.append(report.troubles)
    week.outcomes.append(
        week.rows("select source, outcome from reading_run where run_id = (select max(run_id) from reading_run)")
    )


def test_every_day_ends_complete_but_the_one_on_which_a_server_is_down(week: Week) -> None:
    done = {"complete", "complete with notes"}
    for number, outcomes in enumerate(week.outcomes):
        broken = {source for source, outcome in outcomes if outcome not in done}
        assert broken == ({"medrxiv"} if number == 3 else set())
        assert bool(week.troubles[number]) == (number == 3)


def test_the_ledger_and_the_shelf_hold_what_they_promise(week: Week) -> None:
    assert [f"{item.name}: {item.wrong}" for item in verify.findings(week.home.database) if item.wrong] == []


def test_the_same_paper_from_three_sources_is_one_work_and_one_row(week: Week, tmp_path: Path) -> None:
    shared = week.rows(
        "select work_id from placement join record on record.id = record_id where source in "
        "('europepmc', 'medrxiv', 'psyarxiv') group by work_id having count(distinct source) > 1"
    )
    assert len(shared) > 5
    dois = week.rows("select doi from record where doi <> '' group by doi having count(distinct source) > 1")
    for (doi,) in dois:
        assert len(week.rows("select distinct work_id from placement join record on record.id = record_id "
                             "where doi = ?", doi)) == 1  # fmt: skip
    context = pipeline.Context(week.home, lambda: datetime.combine(DAYS[-1].date, time(7), UTC), lambda line: None)
    out = tmp_path / "all.csv"
    with pipeline.writing(context) as store:
        export(week.home, store, out, name="all", searches=list(SEARCHES), now=context.now())
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    keys = [row["key"] for row in rows]
    assert len(keys) == len(set(keys))
    assert sum(len(row["sources"].split(";")) > 1 for row in rows) > 5
    titles = [row["title"] for row in rows if row["doi"].startswith("10.5555/demo.preprint")]
    assert len(titles) == len(set(titles))


def test_versions_withdrawals_and_articles_are_events_of_the_work(week: Week) -> None:
    kinds = dict(week.rows("select kind, count(*) from event where source in ('medrxiv', 'psyarxiv') group by kind"))
    assert kinds["preprint"] > 5
    assert kinds["withdrawn"] >= 1
    assert week.rows("select count(*) from event where source = 'medrxiv' and notice = 'version 2'") > [(0,)]


def test_what_no_search_wants_is_on_the_shelf_alone(week: Week) -> None:
    shelved, kept = (
        week.rows(f"select count(*) from {table} where source in ('medrxiv', 'psyarxiv')")[0][0]
        for table in ("shelf", "record")
    )
    assert shelved > 100
    assert 0 < kept < shelved / 2


def test_a_posting_is_seen_on_its_own_day_before_europe_pmc_has_it(week: Week) -> None:
    fresher = week.rows(
        "select count(*) from record as own join record as copy on copy.doi = own.doi and copy.source = 'europepmc' "
        "where own.source in ('medrxiv', 'psyarxiv') and own.first_seen < copy.first_seen"
    )
    assert fresher[0][0] > 0
