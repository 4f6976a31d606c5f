"""When NCBI likes large jobs: at weekends, or between 21:00 and 05:00 US Eastern (E-utilities usage guidelines)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

LARGE_JOB = 50  # requests
EVENING, MORNING = 21, 5
SLOW = 2.0  # seconds that a request for 200 records may take


def ahead(requests: int, interval: float, now: datetime) -> str:
    """``165 requests, 1 to 6 minutes``, and for a large job in busy hours when it would be kinder.

    ``interval``: seconds that are kept between two requests.
    """
    words = f"{requests:,} request{'s' if requests > 1 else ''}"
    least, most = (round(requests * seconds / 60) for seconds in (interval, max(interval, SLOW)))
    if most >= 1:
        span = f"{most:,}" if least == most else f"{least:,} to {most:,}" if least else f"up to {most:,}"
        words += f", {span} minute{'s' if most > 1 else ''}"
    if requests <= LARGE_JOB or is_quiet(now):
        return words
    first, last = ((hour + _behind(now)) % 24 for hour in (EVENING, MORNING))
    return (
        f"{words}; NCBI would rather have large jobs at weekends or from {EVENING}:00 to 0{MORNING}:00 US Eastern time "
        f"({first:02}:00 to {last:02}:00 UTC): it may be stopped at any time, the next run goes on from there"
    )


def is_quiet(now: datetime) -> bool:
    """Whether it is weekend or night at NCBI."""
    there = now.astimezone(UTC) - timedelta(hours=_behind(now))
    return there.weekday() >= 5 or there.hour >= EVENING or there.hour < MORNING


def _behind(now: datetime) -> int:
    """Hours by which US Eastern time is behind UTC.

    Reckoned, because Windows has no table of time zones: summer time lasts from the second Sunday of March to the first
    of November, 02:00 local time (Energy Policy Act of 2005).
    """
    now = now.astimezone(UTC)
    begins = _sunday(now.year, 3, 2) + timedelta(hours=7)
    ends = _sunday(now.year, 11, 1) + timedelta(hours=6)
    return 4 if begins <= now < ends else 5


def _sunday(year: int, month: int, number: int) -> datetime:
    """The ``number``-th Sunday of a month, 00:00 UTC."""
    first = datetime(year, month, 1, tzinfo=UTC)
    return first + timedelta(days=(6 - first.weekday()) % 7 + 7 * (number - 1))
