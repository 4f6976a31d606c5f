"""A dead source is noticed, a quiet one is not, and one dead source is one alarm."""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tracker.report.alarms import all_alarms, inflow_alarm, is_burst, search_alarms, silence, stale
from tracker.store.inflow import CompleteRun, Series

DAILY = Path(__file__).resolve().parents[2] / ".." / "shared" / "bench" / "corpus" / "covid_mh_daily.jsonl.gz"
START = date(2026, 1, 5)  # a Monday
NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)


def first_alarms(observed: list[tuple[date, int]], judge: Callable[[list[tuple[date, int]]], Any]) -> list[date]:
    """The days on which an alarm opens when the counts arrive one a day."""
    opened, was = [], False
    for end in range(1, len(observed) + 1):
        now = bool(judge(observed[:end]))
        if now and not was:
            opened.append(observed[end - 1][0])
        was = now
    return opened


@pytest.fixture(scope="module")
def peer() -> dict[str, list[tuple[date, int]]]:
    if not DAILY.exists():
        pytest.skip("the daily files of a peer (../shared/bench/corpus) are not here")
    with gzip.open(DAILY, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    days = sorted({row["batch"] for row in rows})
    counts = Counter((row["source"], row["batch"]) for row in rows)
    return {
        source: [(date.fromisoformat(day), counts[source, day]) for day in days]
        for source in {row["source"] for row in rows}
    }


def test_a_peers_dead_sources_are_noticed_in_its_own_matched_counts(peer: dict[str, list[tuple[date, int]]]) -> None:
    """PsyArXiv within 9 days, WHO within 5 of each of its two deaths; at most one false alarm a month, all together."""
    opened = {source: first_alarms(counts, silence) for source, counts in peer.items()}
    deaths = {"PsyArXiv": [(date(2021, 5, 23), 9)], "WHO": [(date(2021, 3, 23), 5), (date(2021, 7, 30), 5)]}
    true = set()
    for source, known in deaths.items():
        days = [day for day, _ in peer[source]]
        for last, within in known:
            alarm = next(day for day in opened[source] if day > last)
            assert sum(last < day <= alarm for day in days) <= within, (source, last, alarm)
            true.add((source, alarm))
    false = [(source, day) for source, days in opened.items() for day in days if (source, day) not in true]
    false = [item for item in false if item[0] != "SocArXiv" or item[1] < date(2021, 5, 20)]  # it died with PsyArXiv
    assert len(false) <= 12, false


def weekly(mean: float, days: int, seed: int) -> list[tuple[date, int]]:
    """Invented counts with a weekend dip, as any service has."""
    dice = random.Random(seed)
    return [
        (day, sum(dice.random() < mean * (0.3 if day.weekday() > 4 else 1.28) / 40 for _ in range(40)))
        for day in (START + timedelta(days=number) for number in range(days))
    ]


@pytest.mark.parametrize("mean", [1.0, 3.0, 15.0])
def test_invented_counts_a_death_is_noticed_and_quiet_weeks_are_not(mean: float) -> None:
    false, late = 0, []
    for seed in range(10):
        counts = weekly(mean, 200, seed)
        false += len(first_alarms(counts, silence))
        dead = counts + [(counts[-1][0] + timedelta(days=number), 0) for number in range(1, 21)]
        late.append(next(day for day in first_alarms(dead, silence) if day > counts[-1][0]) - counts[-1][0])
    assert false <= 2  # 2,000 days
    assert max(late) <= timedelta(days=14 if mean == 1.0 else 5)


def test_a_long_outage_does_not_teach_that_outages_are_usual() -> None:
    counts = weekly(10, 80, 1)
    outage = counts + [(counts[-1][0] + timedelta(days=number), 0) for number in range(1, 61)]
    back = outage + [
        (outage[-1][0] + timedelta(days=1 + day), count) for day, (_, count) in enumerate(weekly(10, 30, 2))
    ]
    again = back + [(back[-1][0] + timedelta(days=number), 0) for number in range(1, 6)]
    assert silence(outage) == 60
    assert silence(back) == 0
    assert silence(again) == 5


def test_too_short_a_history_raises_no_alarm() -> None:
    assert silence([(START + timedelta(days=n), 5 if n < 15 else 0) for n in range(25)]) == 0


def raw_year(seed: int) -> list[tuple[date, int]]:
    dice = random.Random(seed)
    days = [date(2025, 1, 6) + timedelta(days=number) for number in range(365)]
    return [
        (
            day,
            max(
                0,
                round(
                    dice.gauss(1, 0.25)
                    * (15 if day.weekday() > 4 else 45)
                    * (0.4 if day.month == 12 and day.day > 23 else 1)
                ),
            ),
        )
        for day in days
    ]


@pytest.mark.parametrize("seed", range(5))
def test_raw_inflow_a_dead_source_is_noticed_within_three_days_and_a_year_raises_no_false_alarm(seed: int) -> None:
    year = raw_year(seed)
    assert first_alarms(year, inflow_alarm) == []
    for death in (60, 200, 330):
        dead = year[:death] + [(day, 0) for day, _ in year[death : death + 5]]
        opened = first_alarms(dead, inflow_alarm)
        assert len(opened) == 1
        assert opened[0] <= year[death + 2][0]


def test_raw_inflow_a_trickle_is_noticed() -> None:
    year = raw_year(1)
    broken = year[:100] + [(day, min(count, 2)) for day, count in year[100:110]]
    assert first_alarms(broken, inflow_alarm)


def test_a_service_that_never_counts_raises_no_alarm() -> None:
    assert inflow_alarm([(START + timedelta(days=number), 0) for number in range(40)]) == ""
    assert inflow_alarm([]) == ""


def a_series(search: str = "one", *promised: int, **said: Any) -> Series:
    runs = tuple(
        CompleteRun(
            number,
            (NOW - timedelta(days=len(promised) - number)).isoformat(),
            count,
            0,
            0,
            1,
            said.get("matched", count),
        )
        for number, count in enumerate(promised)
    )
    known: dict[str, Any] = {"every": "day", "first_started": NOW.isoformat(), "last_complete": NOW.isoformat()}
    known |= {"waiting": 0, "lost": (), "source": "pubmed"} | said
    known.pop("matched", None)
    return Series(search, runs=runs, **known)


def test_a_promise_that_falls_by_a_twentieth_is_an_alarm_and_a_single_paper_is_none() -> None:
    assert search_alarms(a_series("one", 100, 95), {}, NOW) == ["it promises 95, the run before promised 100"]
    assert search_alarms(a_series("one", 100, 96), {}, NOW) == []
    assert search_alarms(a_series("one", 10, 9), {}, NOW) == []
    assert "promises 0" in search_alarms(a_series("one", 500, 0), {}, NOW)[0]


def test_at_least_and_lost_known_papers_are_alarms() -> None:
    assert search_alarms(a_series("one", 90), {"pubmed": 100}, NOW) == ["90 match, at-least.pubmed says 100"]
    assert search_alarms(a_series("one", 90), {"": 100, "pubmed": 80}, NOW) == []
    assert "31741017" in search_alarms(a_series("one", 90, lost=("31741017",)), {}, NOW)[0]


def test_at_least_counts_what_matched_and_not_a_shelf_on_which_little_does() -> None:
    shelf = a_series("one", 12_000, matched=4, source="medrxiv")
    assert search_alarms(shelf, {"medrxiv": 5}, NOW) == ["4 match, at-least.medrxiv says 5"]
    assert search_alarms(shelf, {"medrxiv": 4}, NOW) == []


def test_at_least_without_a_source_is_of_all_sources_together_once_all_have_been_asked() -> None:
    series = [a_series("one", 90), a_series("one", 12_000, matched=4, source="medrxiv")]
    assert all_alarms(series, {}, {"one": {"": 94}}, NOW) == []
    told = ["one: 94 match on all its sources together, at-least says 95"]
    assert all_alarms(series, {}, {"one": {"": 95}}, NOW) == told
    assert all_alarms([*series, a_series("one", source="psyarxiv")], {}, {"one": {"": 95}}, NOW) == []


def test_a_burst_is_more_than_five_times_the_usual_and_not_a_handful() -> None:
    assert is_burst(60, [10] * 10)
    assert not is_burst(50, [10] * 10)
    assert not is_burst(19, [1] * 10)
    assert is_burst(1000, [10] * 3)  # from the first run on
    assert [is_burst(21, [], 4), is_burst(20, [], 4), is_burst(21, [], 5)] == [
        True,
        False,
        False,
    ]  # by what is expected


def test_one_dead_source_is_one_alarm() -> None:
    old = {
        "last_complete": (NOW - timedelta(days=4)).isoformat(),
        "first_started": (NOW - timedelta(days=90)).isoformat(),
    }
    dead = [a_series(f"s{number}", 10, **old) for number in range(10)]
    assert len(all_alarms(dead, {}, {}, NOW)) == 1
    assert stale(dead[0], NOW)
    one_old = [a_series("s0", 10, **old), a_series("s1", 10)]
    assert [line.split(":")[0] for line in all_alarms(one_old, {}, {}, NOW)] == ["s0 on pubmed"]
    zeros = {"pubmed": [(START + timedelta(days=number), 40 if number < 30 else 0) for number in range(33)]}
    assert len(all_alarms([a_series(f"s{n}", 10) for n in range(10)], zeros, {}, NOW)) == 1


def test_searches_that_fall_silent_together_are_one_alarm() -> None:
    counts = weekly(10, 60, 3) + [(START + timedelta(days=60 + number), 0) for number in range(6)]
    runs = tuple(
        CompleteRun(n, datetime.combine(day, datetime.min.time(), UTC).isoformat(), 100, count, 0, 1, 100)
        for n, (day, count) in enumerate(counts)
    )
    now = datetime.combine(counts[-1][0], datetime.min.time(), UTC)
    both = [Series(s, "pubmed", "day", now.isoformat(), now.isoformat(), runs, 0, ()) for s in ("a", "b", "c")]
    assert all_alarms(both, {}, {}, now) == ["pubmed: 3 of 3 searches find nothing new for longer than chance explains"]
    assert "6 runs" in all_alarms(both[:1], {}, {}, now)[0]
