"""Alarms: what a silent or broken source looks like, judged from its own history. Pure functions of the ledger.

*Source*: its whole inflow, whatever our searches: nothing three days in a row, or under a fifth of the usual week.
*Search*: the promise falls, a known paper is lost, ``at-least`` is missed, its own inflow is silent longer than its
history makes 1 in 1,000 likely, or a run brings more than five times the usual.
One dead source is one alarm, not one for each search.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from math import log
from statistics import median

from tracker.store.inflow import Series

UNLIKELY = 0.001
HISTORY = 28  # observations before a silence can be judged
HITS = 8  # of them not empty
SHORTEST = 4  # observations: two days of silence are a weekend
PRIOR = 2.0  # how many observations of the overall share stand behind that of a weekday
QUIET_DAYS = 3
LOW_WEEK = 0.2
LEAST_INFLOW = 2.4  # records a day: below, three empty days are nothing unlikely
SHARE = 0.8  # of what matches today: below that something is wrong with the service or with the strategy
FALL, FALL_LEAST = 0.05, 3
BURST, BURST_LEAST = 5, 20
STALE_HOURS = 36  # a daily schedule that has missed one day and half of the next
PERIOD = {"day": 1, "week": 7, "month": 31}


def inflow_alarm(days: Sequence[tuple[date, int]]) -> str:
    """What is wrong with the inflow of a source, '' if nothing is; ``days`` oldest first, one entry a day asked."""
    counts = [count for _, count in days]
    recent, before = counts[-QUIET_DAYS:], counts[:-QUIET_DAYS]
    if before and len(recent) == QUIET_DAYS and not any(recent) and sum(before) / len(before) >= LEAST_INFLOW:
        return f"no record has entered it on {QUIET_DAYS} days in a row ({days[-1][0]} the last)"
    weeks = [sum(counts[end - 7 : end]) for end in range(len(counts), 6, -7)]
    if len(weeks) >= 5 and weeks[0] < LOW_WEEK * median(weeks[1:5]):
        return f"{weeks[0]:,} records entered it in seven days, where {median(weeks[1:5]):,.0f} are usual"
    return ""


def silence(observed: Sequence[tuple[date, int]]) -> int:
    """How many observations (one a run, oldest first) the silence at the end lasts, if it is unlikely; else 0.

    The chance of an empty day is estimated for each weekday from the history before, drawn towards the overall share.
    Silences that were unlikely when they happened are left out of the history, so that a long outage does not teach
    that outages are usual.
    """
    history: list[tuple[int, bool]] = []  # (weekday, empty)
    quiet: list[int] = []
    alarmed = False
    for day, count in observed:
        if count:
            history += [] if alarmed else [(weekday, True) for weekday in quiet]
            history.append((day.weekday(), False))
            quiet, alarmed = [], False
        else:
            quiet.append(day.weekday())
            alarmed = alarmed or _unlikely(quiet, history)
    return len(quiet) if alarmed else 0


def _unlikely(quiet: Sequence[int], history: Sequence[tuple[int, bool]]) -> bool:
    empty = sum(blank for _, blank in history)
    if len(quiet) < SHORTEST or len(history) < HISTORY or len(history) - empty < HITS:
        return False
    overall = (empty + 1) / (len(history) + 2)

    def share(weekday: int) -> float:
        its = [blank for day, blank in history if day == weekday]
        return (sum(its) + PRIOR * overall) / (len(its) + PRIOR)

    return sum(log(share(weekday)) for weekday in quiet) < log(UNLIKELY)


def is_burst(new: int, earlier: Sequence[int], expected: float = 0.0) -> bool:
    """Whether a run brought more than five times the usual; ``earlier``: what the runs before brought, newest last.

    ``expected``: how many papers the time since the run before should bring, by when those that match entered the
    source. It stands in for runs that have not been made yet, and for days on which none was.
    """
    usual = earlier[-HISTORY:]
    return new >= BURST_LEAST and new > BURST * max(sum(usual) / max(len(usual), 1), expected, 1)


def search_alarms(series: Series, lowest: Mapping[str, int], now: datetime) -> list[str]:
    """What is wrong with one search on one source, a line each; silence and staleness are judged apart."""
    lines = [f"the known paper {paper} is no longer found" for paper in series.lost]
    if series.waiting:
        lines.append(f"{series.waiting:,} papers came at once, more than five times the usual: they wait for "
                     f"'tracker collect --release-held {series.search}' before they are news")  # fmt: skip
    if not series.runs:
        return lines
    lines += [f"the service warns of something new, and nothing is ended meanwhile: {line}" for line in series.warnings]
    if series.retranslated:
        lines.append("the service reads the search in another way than in the run before: see 'tracker status'")
    last = series.runs[-1]
    if last.held:
        lines.append(f"{last.held:,} papers no longer match at once: nothing is ended until "
                     f"'tracker collect --confirm-removals {series.search}'")  # fmt: skip
    if last.matched < lowest.get(series.source, 0):
        lines.append(f"{last.matched:,} match, at-least.{series.source} says {lowest[series.source]:,}")
    before = series.runs[-2] if len(series.runs) > 1 else None
    if before and before.strategy == last.strategy:
        fall = before.promised - last.promised
        if fall >= FALL_LEAST and fall >= FALL * before.promised:
            lines.append(f"it promises {last.promised:,}, the run before promised {before.promised:,}")
    return lines


def at_least(count: int) -> int:
    """What could stand as ``at-least`` where so many match: a share of them, rounded down to two figures.

    3,417 gives 2,700.
    """
    lowest = int(count * SHARE)
    unit: int = 10 ** max(0, len(str(lowest)) - 2)
    return lowest // unit * unit


def stale(series: Series, now: datetime) -> bool:
    """Whether the last complete run is too long ago for how often the search is run."""
    age = now - datetime.fromisoformat(series.last_complete or series.first_started)
    return age.total_seconds() > STALE_HOURS * 3600 * PERIOD[series.every]


def all_alarms(
    found: Sequence[Series],
    inflows: Mapping[str, Sequence[tuple[date, int]]],
    lowest: Mapping[str, Mapping[str, int]],
    now: datetime,
) -> list[str]:
    """Every open alarm, a line each: sources first; what a dead source explains is not said again for its searches."""
    lines = []
    for source in sorted({item.source for item in found}):
        its = [item for item in found if item.source == source]
        dead = inflow_alarm(inflows.get(source, ()))
        old = [item for item in its if stale(item, now)]
        quiet = {item.search: silence([(_day(run.started), run.new) for run in item.runs]) for item in its}
        silent = [slug for slug, length in quiet.items() if length]
        if dead:
            lines.append(f"{source}: {dead}")
        if old and len(old) == len(its):
            since = max(item.last_complete or item.first_started for item in old)
            lines.append(f"{source}: no complete run of any search since {since}")
        else:
            lines += [
                f"{item.search} on {source}: no complete run since {item.last_complete or item.first_started}"
                for item in old
            ]
        if len(silent) > 1 and len(silent) * 2 >= len(its) and not dead:
            lines.append(
                f"{source}: {len(silent)} of {len(its)} searches find nothing new for longer than chance explains"
            )
        elif not dead:
            lines += [
                f"{slug} on {source}: nothing new in {quiet[slug]} runs, longer than chance explains" for slug in silent
            ]
        for item in its:
            lines += [
                f"{item.search} on {source}: {line}" for line in search_alarms(item, lowest.get(item.search, {}), now)
            ]
    return [*lines, *_too_few(found, lowest)]


def _too_few(found: Sequence[Series], lowest: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """Searches that find less than ``at-least`` on all their sources together, as far as all have been asked."""
    for slug, wanted in lowest.items():
        its = [item for item in found if item.search == slug]
        matched = sum(item.runs[-1].matched for item in its if item.runs)
        if its and all(item.runs for item in its) and matched < wanted.get("", 0):
            yield f"{slug}: {matched:,} match on all its sources together, at-least says {wanted['']:,}"


def _day(started: str) -> date:
    return date.fromisoformat(started[:10])
