"""Reconciliation at size: answers above the ceiling, uneven days, shared records, a first run that is stopped."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from small_world import FIRST, PMID, SEARCHES, Days, Lab, paper, saved

from emulator.service import PubMedService
from emulator.synthetic import synthetic
from tracker import publish as publishing
from tracker.http import Http
from tracker.model import IdList, SavedSearch
from tracker.site.queries.news import news
from tracker.sources.pubmed import client
from tracker.sources.pubmed.client import PubMed, service


@contextmanager
def asking(running: PubMedService, **said: Any) -> Iterator[PubMed]:
    http = Http(pace=0)
    try:
        yield PubMed(http, service({"TRACKER_PUBMED_URL": running.url}), **said)
    finally:
        http.close()


def on_days(sizes: Sequence[tuple[date, int]]) -> Days:
    """Papers on loneliness, so many on each day."""
    days = [day for day, size in sizes for _ in range(size)]
    return Days({FIRST: [paper(number, "loneliness", day) for number, day in enumerate(days, start=1)]})


def walked(literature: Any, ceiling: int, cuts: Sequence[str] = ()) -> tuple[IdList, int]:
    """What a walk brings, and how many requests it took."""
    with PubMedService(literature, FIRST, ceiling=ceiling) as running, asking(running, ceiling=ceiling) as source:
        found = source.walk(SEARCHES["one"], cuts)
        return found, len(running.log)


def test_25_000_hits_come_complete_through_the_real_ceiling_and_the_cuts_save_requests() -> None:
    literature = synthetic(25_000, size=0, topics=[("Loneliness", "loneliness")])
    with PubMedService(literature, date(2025, 1, 1)) as running, asking(running) as source:
        found = source.walk("loneliness[tiab]")
        first = len(running.log)
        assert (found.promised_first, found.promised_last, found.shortfall) == (25_000, 25_000, "")
        assert set(found.ids) == {article.pmid for article in literature.listed}
        again = source.walk("loneliness[tiab]", found.cuts)
        assert set(again.ids) == set(found.ids)
        assert len(running.log) - first < first
        assert len(found.cuts) == 2


@pytest.mark.parametrize(
    "sizes",
    [
        pytest.param([(date(2020, 1, 1), 30), (date(2024, 6, 1), 1)], id="one day holds nearly all"),
        pytest.param([(date(2020, 1, day), 29) for day in range(1, 9)], id="a burst of days"),
        pytest.param([(date(1866, 1, 1), 20), (date(2020, 1, 1), 20), (date(2026, 3, 1), 20)], id="far apart"),
        pytest.param([(date(2024, 2, 28), 16), (date(2024, 2, 29), 16), (date(2024, 3, 1), 16)], id="leap day"),
        pytest.param([(date(2020, 1, 1), 31)], id="exactly the ceiling"),
        pytest.param([(date(2019, 12, 31), 1), (date(2020, 1, 1), 31)], id="one above the ceiling"),
    ],
)
def test_however_uneven_the_days_every_id_comes_once(sizes: list[tuple[date, int]]) -> None:
    found, _ = walked(on_days(sizes), ceiling=31)
    total = sum(size for _, size in sizes)
    assert found.shortfall == ""
    assert (found.promised_first, len(found.ids), len(set(found.ids)), found.promised_last) == (total,) * 4
    assert set(found.ids) == {str(PMID + number) for number in range(1, total + 1)}


def test_a_day_above_the_ceiling_is_incomplete_with_a_line_and_everything_else_is_kept(tmp_path: Path) -> None:
    literature = on_days([(date(2020, 1, 1), 5), (date(2020, 1, 2), 14), (date(2020, 1, 3), 6)])
    with PubMedService(literature, FIRST, ceiling=12) as running:
        lab = Lab(tmp_path / "home", running)
        troubles = lab.update().troubles
        assert "2020-01-02 alone has 14 records, PubMed gives no more than 12 of one day" in troubles[0]
        assert lab.rows("select count(*) from record where created <> '2020-01-02'") == [(11,)]
        assert lab.rows("select count(*) from record where created = '2020-01-02'") == [(12,)]
        lab.ceiling = 20
        running.entrez.ceiling = 20
        running.day += timedelta(days=1)
        assert lab.update().troubles == []
        assert lab.rows("select count(*) from record") == [(25,)]
        assert {why for (why,) in lab.rows("select why from match")} == {"baseline"}


def test_records_that_several_searches_share_are_fetched_once(blank: Lab) -> None:
    blank.searches += [saved("three", "loneliness[tiab] OR isolation[tiab]"), saved("four", "isolation[tiab]")]
    assert blank.update().troubles == []
    asked = Counter(key for request in blank.service.asked("efetch") for key in request.ids)
    assert set(asked.values()) == {1}
    assert len(asked) == 38


def test_a_first_run_that_is_stopped_again_and_again_goes_on_where_it_was(
    blank: Lab, checked: Callable[[Lab], None]
) -> None:
    class Stopped(BaseException):
        """Ctrl-C."""

    class Impatient(Http):
        fetches = 0

        def ask(self, service: Any, path: str, **named: Any) -> Any:
            self.fetches += path == "efetch.fcgi"
            if self.fetches > 3:
                raise Stopped
            return super().ask(service, path, **named)

    blank.make_http = Impatient
    for _ in range(2):
        with pytest.raises(Stopped):
            blank.update()
        checked(blank)
    assert blank.update().troubles == []
    told = [line for line in blank.said if "records to fetch" in line]
    assert [int(line.split()[1]) for line in told] == [38, 23, 8]
    asked = Counter(key for request in blank.service.asked("efetch") for key in request.ids)
    assert max(asked.values()) <= 2  # the page that was on its way
    assert blank.rows("select distinct baseline from search_run") == [("baseline",)]


def test_a_long_reading_tells_how_far_it_is(blank: Lab) -> None:
    blank.batch = 1
    blank.update()
    assert "PubMed: 25 of 38 requests for records answered" in blank.said


# --- requests and minutes ahead

BUSY, NIGHT = datetime(2026, 3, 2, 18, tzinfo=UTC), datetime(2026, 3, 3, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("requests", "interval", "now", "said"),
    [
        (1, 0.34, BUSY, "1 request"),
        (20, 0.34, BUSY, "20 requests, up to 1 minute"),
        (50, 0.34, BUSY, "50 requests, up to 2 minutes"),
        (1000, 0.34, NIGHT, "1,000 requests, 6 to 33 minutes"),
        (1000, 4.0, NIGHT, "1,000 requests, 67 minutes"),
    ],
)
def test_requests_and_minutes_are_told_ahead(requests: int, interval: float, now: datetime, said: str) -> None:
    assert client.ahead(requests, interval, now) == said


def test_a_large_job_in_busy_hours_is_told_when_it_would_be_kinder_and_that_it_may_be_stopped() -> None:
    said = client.ahead(1000, 0.34, BUSY)
    assert "at weekends or from 21:00 to 05:00 US Eastern time (02:00 to 10:00 UTC)" in said
    assert "may be stopped at any time" in said
    assert "(01:00 to 09:00 UTC)" in client.ahead(1000, 0.34, BUSY + timedelta(days=120))


@pytest.mark.parametrize(
    ("now", "quiet"),
    [
        ("2026-03-02T01:59:00+00:00", True),  # Sunday, 20:59 in Bethesda
        ("2026-03-03T01:59:00+00:00", False),  # Monday, 20:59
        ("2026-03-03T02:00:00+00:00", True),
        ("2026-03-03T09:59:00+00:00", True),
        ("2026-03-03T10:00:00+00:00", False),
        ("2026-07-07T00:59:00+00:00", False),  # Monday, 20:59 in summer
        ("2026-07-07T01:00:00+00:00", True),
        ("2026-07-07T09:00:00+00:00", False),
        ("2026-03-07T04:59:00+00:00", True),  # Friday night
        ("2026-03-07T18:00:00+00:00", True),  # Saturday
        ("2026-03-09T03:59:00+00:00", True),  # Sunday, summer time since this morning
        ("2026-11-02T04:59:00+00:00", True),  # Sunday, 23:59, winter time since this morning
        ("2026-11-02T15:00:00+01:00", False),  # Monday, 09:00
    ],
)
def test_night_and_weekend_are_those_of_bethesda(now: str, quiet: bool) -> None:
    assert client.is_quiet(datetime.fromisoformat(now)) is quiet


def test_the_hours_agree_with_the_table_of_time_zones() -> None:
    zoneinfo = pytest.importorskip("zoneinfo")
    try:
        eastern = zoneinfo.ZoneInfo("America/New_York")
    except zoneinfo.ZoneInfoNotFoundError:
        pytest.skip("this system has no table of time zones")
    now = datetime(2025, 1, 1, tzinfo=UTC)
    for step in range(2 * 365 * 24):
        moment = now + timedelta(hours=step)
        there = moment.astimezone(eastern)
        assert client.is_quiet(moment) == (there.weekday() >= 5 or not 5 <= there.hour < 21), moment


# --- what a first run puts into "what is new"


def test_a_first_run_of_thousands_is_one_line_of_what_is_new(tmp_path: Path) -> None:
    literature = synthetic(2_500, size=0, topics=[("Loneliness", "loneliness")], last=FIRST - timedelta(days=30))
    with PubMedService(literature, FIRST) as running:
        lab = Lab(tmp_path / "home", running, [SavedSearch("one", "One", ("pubmed",), "loneliness[tiab]", "1")])
        lab.ceiling, lab.batch = 9_999, 200
        assert lab.update().troubles == []
        first = _news(lab)
        assert (first.total, first.days, first.changed) == (0, [], {})
        assert [(line.day, line.works, len(line.runs)) for line in first.baselines] == [(FIRST.isoformat(), 2_500, 1)]
        running.entrez.literature = _with_one_more(literature.listed)
        running.day = FIRST + timedelta(days=1)
        assert lab.update().troubles == []
        later = _news(lab)
        assert (later.total, len(later.baselines)) == (1, 1)


def _with_one_more(listed: Any) -> Days:
    day = FIRST + timedelta(days=1)
    new = replace(
        next(iter(listed)), pmid=str(PMID + 500_000), created=day, doi="10.5555/new", title="Loneliness anew."
    )
    return Days({FIRST: list(listed), day: [*listed, new]})


def _news(lab: Lab) -> Any:
    publishing.publish(lab.home.database, lab.home.public, settings={}, now=lab.clock(), say=lab.said.append)
    db = sqlite3.connect(lab.home.public / "public.db")
    db.row_factory = sqlite3.Row
    try:
        return news(db, (FIRST - timedelta(days=3)).isoformat())
    finally:
        db.close()
