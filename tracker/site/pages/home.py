"""/ : what is new."""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta
from typing import Any

from tracker.site import answers, labels
from tracker.site.pages.kinds import Route
from tracker.site.pages.listing import Item, items
from tracker.site.queries import completeness, news
from tracker.site.queries.known import Known
from tracker.site.site import Site

PERIODS = ((1, "day"), (7, "week"), (30, "month"))
USUAL, LONGEST = 7, 366
CURVE_DAYS = 30


async def home(site: Site, request: Any) -> Any:
    """News of the last week, or since the day or the number of days in the address."""
    now = await site.now()
    today = now.time.date()
    since, days = _since(request.args.get("since"), request.args.get("days"), today)
    curve_since = today - timedelta(days=CURVE_DAYS - 1)
    told = await site.reader.run(_read, site.known, since.isoformat(), curve_since.isoformat())
    curve = _curve(told["per_day"], today)
    found = told["news"]
    text = site.render(
        "home.html",
        now,
        here="new",
        since=since.isoformat(),
        days=days,
        periods=PERIODS,
        today=today,
        curve=curve,
        among=[(name, found.types[name]) for name in labels.SEVERAL if name in found.types],
        changed=sum(found.changed.values()),
        became=[(kind, found.changed[kind]) for kind in labels.BECAME if kind in found.changed],
        **told,
    )
    return answers.html(text)


def _since(since: str | None, days: str | None, today: date) -> tuple[date, int | None]:
    """The first day to show, and the number of days where a number was asked for."""
    try:
        day = date.fromisoformat(since or "")
    except ValueError:
        number = int(days) if days and days.isascii() and days.isdigit() and len(days) < 5 else USUAL
        number = min(max(number, 1), LONGEST)
        return today - timedelta(days=number - 1), number
    return day, None


def _read(db: sqlite3.Connection, known: Known, since: str, curve_since: str) -> dict[str, Any]:
    found = news.news(db, since)
    days: list[tuple[str, int, list[Item]]] = [(day, number, items(db, rows)) for day, number, rows in found.days]
    return {
        "news": found,
        "by_day": days,
        "per_day": news.per_day(db, curve_since),
        "failed": completeness.failed_days(db, min(since, curve_since)),
        "sources": known.publication(db).source_counts,
    }


def _curve(per_day: dict[str, int], today: date) -> list[tuple[str, int, int]]:
    """(day, works, height of its bar in hundredths) for the last days, oldest first."""
    days = [(today - timedelta(days=back)).isoformat() for back in reversed(range(CURVE_DAYS))]
    highest = max([per_day.get(day, 0) for day in days] or [0]) or 1
    numbers = [(day, per_day.get(day, 0)) for day in days]
    return [(day, number, max(round(100 * number / highest), 2 if number else 0)) for day, number in numbers]


ROUTES: tuple[Route, ...] = ((r"^/$", home),)
