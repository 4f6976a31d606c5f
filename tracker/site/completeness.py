"""One sentence on whether what a reader sees is all there is: made here, shown wherever news, counts and lists are.

It is a pure function of the last runs of each search on each source and of the time. "Not searched" is never said as
zero: a source that did not answer, a schedule that stands still and a tracker that has never run each say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tracker import sources
from tracker.site import labels
from tracker.text.plural import plural

AWAKE = timedelta(hours=36)  # a daily schedule that has missed one day and half of the next
DONE = ("complete", "complete with notes", "catching up")  # what arrived is all that was asked for


@dataclass(frozen=True, slots=True)
class Completeness:
    """``sentence`` for people; ``whole``: nothing that was asked for is missing, and it was asked in time.

    ``silent``: (source, the day on which all of its searches were last complete, or ''), those that did not answer.
    ``covered``: the day up to which every source was searched in full, '' where one never was.
    """

    sentence: str
    whole: bool
    silent: tuple[tuple[str, str], ...] = ()
    covered: str = ""

    def covers(self, since: str) -> bool:
        """Whether anything at all has been searched since that day."""
        return bool(self.covered) and self.covered >= since


def completeness(rows: Sequence[Any], stale: str, now: datetime) -> Completeness:
    """``rows``: the last run of each search that is still run on each source, with its outcome, the start of the last
    complete one and how many listed records were not supplied; ``stale``: as :attr:`tracker.site.site.Now.stale`.
    """
    rows = [row for row in rows if sources.info(row["source"]).asked != sources.IMPORTED]  # files come when they come
    if not rows:
        return Completeness("No search has been run yet, so nothing is known of what is new.", whole=False)
    silent = _silent(rows)
    starts = [row["last_complete"] for row in rows]
    covered = min(starts)[:10] if all(starts) else ""
    newest = max(starts)
    if not newest:
        return Completeness("No search has been answered in full yet, so papers are missing.", False, silent, "")
    if stale and now - datetime.fromisoformat(newest) > AWAKE:
        ago = f"{labels.day(newest)}, {labels.ago(newest, now)}"
        text = f"Nothing has been searched since {ago}: what came later is not here."
        before = f" Before that, {_of_silent(silent, rows)}" if silent else ""
        return Completeness(f"{text}{before}", False, silent, covered)
    if silent:
        return Completeness(_of_silent(silent, rows), False, silent, covered)
    if stale:
        since = f"since {labels.day(stale)}" if stale != "never" else "yet"
        return Completeness(
            f"Some searches have not been run in full {since}: papers may be missing.", False, (), covered
        )
    missing = sum(row["missing"] or 0 for row in rows)
    text = f"Every source answered every search in full on {labels.day(covered)}"
    if missing:
        return Completeness(f"{text}, but {plural(missing, 'listed record')} did not come.", False, (), covered)
    return Completeness(f"{text}.", True, (), covered)


def _silent(rows: Sequence[Any]) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for row in rows:
        if row["outcome"] not in DONE:
            found[row["source"]] = min(found.get(row["source"], "~"), row["last_complete"][:10])
    return tuple(sorted(found.items()))


def _of_silent(silent: Sequence[tuple[str, str]], rows: Sequence[Any]) -> str:
    """``PubMed has not answered in full since 19 November 2026 (10 of 10 searches): newer papers ...``"""
    parts = []
    for source, since in silent:
        name = labels.source(source)
        asked = [row for row in rows if row["source"] == source]
        failed = sum(row["outcome"] not in DONE for row in asked)
        which = "" if failed == len(asked) else f" for {failed} of its {plural(len(asked), 'search', 'searches')}"
        when = f"since {labels.day(since)}" if since else "yet"
        parts.append(f"{name} has not answered in full {when}{which}")
    return f"{'; '.join(parts)}: newer papers from there are missing."
