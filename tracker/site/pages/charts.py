"""/charts : the literature in pictures, with their numbers beside; /charts.csv : the numbers.

Nothing is counted here: ``tracker.publish.charts`` has done it when the data were published, by the sources' own dates.
"""

from __future__ import annotations

import csv
import io
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from tracker.site import answers, labels, svg
from tracker.site.pages.kinds import Route
from tracker.site.queries import charts as reading
from tracker.site.queries.charts import Series
from tracker.site.site import Now, Site
from tracker.site.svg import Bar
from tracker.text.plural import plural

YEARS, MONTHS = 30, 36  # so many are drawn; the table has all
FEW_YEARS = 5  # of a younger literature the months are shown first
LONGEST_DELAY, SHORTEST_AXIS = 24, 12  # months; longer delays share a bar
COMBINATIONS = 12  # of sources that are drawn; the table has all


@dataclass(frozen=True)
class Panel:
    """One picture, and what is written around it. ``numbers`` has all steps, also those not drawn."""

    title: str
    url: str
    picture: Markup
    total: int
    notes: tuple[str, ...]
    numbers: Mapping[str, int]

    def of(self, steps: Sequence[str]) -> int:
        """The papers of these steps together."""
        return sum(self.numbers.get(step, 0) for step in steps)


@dataclass(frozen=True)
class Axis:
    """The years or months that are drawn, oldest first; the last one is not over."""

    steps: tuple[str, ...]
    by: str

    @property
    def last(self) -> str:
        return self.steps[-1]

    def bars(self, numbers: Mapping[str, int], searched: tuple[str, str]) -> list[Bar]:
        """``searched``: from which day ('': from the beginning) up to when."""
        return [
            Bar(
                labels.day(step), numbers.get(step, 0), self._tick(step), step == self.last,
                not _uncovered(step, *searched),
            )
            for step in self.steps
        ]  # fmt: skip

    def _tick(self, step: str) -> str:
        if self.by == "month":
            return step[:4] if step.endswith("-01") else ""
        every = -(-len(self.steps) // 5)
        return step if (int(self.last) - int(step)) % every == 0 else ""


def axis(by: str, first: str, today: str) -> Axis:
    """``today`` is an ISO day; ``first`` the first year that has a paper, '' if none has."""
    year, month = int(today[:4]), int(today[5:7])
    if by == "month":
        ends = 12 * year + month - 1
        return Axis(tuple(f"{n // 12:04}-{n % 12 + 1:02}" for n in range(ends - MONTHS + 1, ends + 1)), by)
    begins = min(max(int(first or year), year - YEARS + 1), year)
    return Axis(tuple(f"{n:04}" for n in range(begins, year + 1)), by)


async def charts(site: Site, request: Any) -> Any:
    now = await site.now()
    first, told = await site.reader.run(_read, request.args.get("by"), now.facts.built)
    shown = axis(told["by"], first, now.facts.built)
    sources, searches = told[f"source-{shown.by}"], told[f"search-{shown.by}"]
    named = [(name, labels.source(name), f"/papers?source={name}") for name in _largest_first(sources)]
    asked = [
        (row["slug"], row["title"], f"/searches/{quote(row['slug'], safe='')}") for row in now.searches if row["works"]
    ]
    text = site.render(
        "charts.html",
        now,
        here="charts",
        axis=shown,
        everything=_over_time(
            "all", "All papers", "/papers", told[f"all-{shown.by}"].get("", {}), shown, _searched(now)
        ),
        groups=(
            (
                "source",
                [
                    _over_time(f"source-{name}", title, url, sources[name], shown, _searched(now, name))
                    for name, title, url in named
                ],
            ),
            (
                "search",
                [
                    _over_time(f"search-{s}", title, url, searches.get(s, {}), shown, _searched(now))
                    for s, title, url in asked
                ],
            ),
        ),
        lines=_lines((told[f"all-{shown.by}"], sources, searches), shown),
        delay=_delay(told["delay"]),
        overlap=_overlap(told["overlap"]),
    )
    return answers.html(text)


def _searched(now: Now, source: str = "") -> tuple[str, str]:
    """From which day ('': from the beginning) a source was read, and up to when the last complete run was."""
    return now.facts.read_from.get(source, ""), now.facts.last_complete


def _uncovered(step: str, begins: str, until: str) -> bool:
    """Whether a year or month lies wholly outside what was searched; '' as ``until``: nothing was."""
    size = len(step)
    return not until or step > until[:size] or bool(begins and step < begins[:size])


def _read(db: sqlite3.Connection, by: str | None, today: str) -> tuple[str, dict[str, Any]]:
    first = reading.earliest_year(db)
    young = int(first or today[:4]) > int(today[:4]) - FEW_YEARS
    chosen = by if by in ("year", "month") else "month" if young else "year"
    names = [f"all-{chosen}", f"source-{chosen}", f"search-{chosen}", "delay", "overlap"]
    return first, {"by": chosen, **reading.counts(db, names)}


def _largest_first(found: Series) -> list[str]:
    return sorted(found, key=lambda name: (-sum(found[name].values()), name))


def _lines(charts: Sequence[Series], shown: Axis) -> list[tuple[str, tuple[str, ...]]]:
    """The lines of the tables, newest first: what each is called, and the steps that it adds up.

    All years have a line; of the months those that are drawn, with one line for all that went before.
    """
    found = {step for chart in charts for numbers in chart.values() for step in numbers}
    later = [step for step in found if step > shown.last]
    before = [step for step in found if step and step < shown.steps[0]]
    lines = [(f"after {labels.day(shown.last)}", tuple(later))] if later else []
    lines += [(labels.day(step), (step,)) for step in reversed(shown.steps)]
    if shown.by == "year":
        lines += [(step, (step,)) for step in sorted(before, reverse=True)]
    elif before:
        lines.append((f"before {labels.day(shown.steps[0])}", tuple(before)))
    return [*lines, ("not known", ("",))] if "" in found else lines


def _over_time(
    name: str, title: str, url: str, numbers: Mapping[str, int], shown: Axis, searched: tuple[str, str]
) -> Panel:
    """Papers by year or month; what cannot be drawn is said in words."""
    bars = shown.bars(numbers, searched)
    before = sum(n for step, n in numbers.items() if step and step < shown.steps[0])
    after = sum(n for step, n in numbers.items() if step > shown.last)
    notes = [f"{before:,} before {labels.day(shown.steps[0])}"] if before else []
    notes += [f"{after:,} with a date after {labels.day(shown.last)}"] if after else []
    notes += [f"{numbers['']:,} without a {shown.by}"] if numbers.get("") else []
    dark = [bar.label for bar in bars if not bar.covered]
    notes += [f"not searched, and hatched: {dark[0]}{f' to {dark[-1]}' if len(dark) > 1 else ''}"] if dark else []
    said = f"{title}: papers by {shown.by}"
    picture = svg.columns(f"chart-{name}", said, _told(bars, notes), bars)
    return Panel(title, url, picture, sum(numbers.values()), tuple(notes), numbers)


def _told(bars: Sequence[Bar], notes: Sequence[str]) -> str:
    """The numbers that matter, for those who do not see the picture."""
    highest = max([bar for bar in bars if not bar.open] or bars, key=lambda bar: bar.number)
    drawn = sum(bar.number for bar in bars)
    said = [f"{bars[0].label} to {bars[-1].label}: {plural(drawn, 'paper')}."]
    if highest.number:
        said.append(f"Most in {highest.label}: {highest.number:,}.")
    if drawn:
        said += [f"{bar.label}, which is not over: {bar.number:,}." for bar in bars if bar.open]
    if notes:
        said.append(f"Not drawn: {'; '.join(notes)}.")
    return " ".join(said)


@dataclass(frozen=True)
class Delay:
    """From the posting of a preprint to the publication of its article, in months."""

    picture: Markup
    known: int
    unknown: int
    waiting: int
    quarters: tuple[int, ...]  # months within which a quarter, half, three quarters were published
    rows: tuple[tuple[str, int], ...]


def _delay(found: Series) -> Delay | None:
    """None where no preprint has an article whose months are known."""
    numbers = found.get("article", {})
    months = Counter({int(step): number for step, number in numbers.items() if step})
    if not months:
        return None
    lumps: Counter[str] = Counter()
    for month, number in months.items():
        lumps["before" if month < 0 else "longer" if month > LONGEST_DELAY else str(month)] += number
    bars = [Bar("Article published before the preprint was posted", lumps["before"], "<0")] if lumps["before"] else []
    drawn = min(max(*months, SHORTEST_AXIS), LONGEST_DELAY)
    bars += [Bar(_months(n), lumps[str(n)], str(n) if n % 6 == 0 else "") for n in range(drawn + 1)]
    bars += [Bar(f"More than {_months(LONGEST_DELAY)}", lumps["longer"], "more")] if lumps["longer"] else []
    sorted_months = sorted(months.elements())
    quarters = tuple(sorted_months[(len(sorted_months) * part - 1) // 4] for part in (1, 2, 3))
    desc = (
        f"{plural(len(sorted_months), 'preprint')} with an article. A quarter waited up to {_months(quarters[0])}, "
        f"half up to {_months(quarters[1])}, three quarters up to {_months(quarters[2])}."
    )
    picture = svg.columns("chart-delay", "Months from the posting of a preprint to its article", desc, bars)
    rows = tuple((_months(month), months[month]) for month in sorted(months))
    waiting = sum(found.get("none", {}).values())
    return Delay(picture, len(sorted_months), numbers.get("", 0), waiting, quarters, rows)


def _months(number: int) -> str:
    return f"{number} {'month' if number == 1 else 'months'}"


@dataclass(frozen=True)
class Overlap:
    """Which sources have the same papers: exactly these sources, and every two of them."""

    picture: Markup
    rows: tuple[tuple[str, int], ...]
    sources: tuple[str, ...]
    both: Mapping[tuple[str, str], int]
    several: int
    total: int


def _overlap(found: Series) -> Overlap | None:
    """None where there is no paper, or only one source."""
    numbers = {tuple(name.split("+")): sum(steps.values()) for name, steps in found.items()}
    sources = tuple(sorted({source for names in numbers for source in names}))
    if len(sources) < 2:
        return None
    ordered = sorted(numbers, key=lambda names: (-numbers[names], len(names), names))
    rows = tuple((_together(names), numbers[names]) for names in ordered)
    rest = sum(number for _, number in rows[COMBINATIONS:])
    bars = [Bar(label, number) for label, number in rows[:COMBINATIONS]]
    bars += [Bar(f"{len(rows) - COMBINATIONS} other combinations", rest)] if rest else []
    desc = " ".join(f"{bar.label}: {bar.number:,}." for bar in bars)
    picture = svg.rows("chart-overlap", "Papers by the sources that have them", desc, bars)
    both = {
        (a, b): sum(n for names, n in numbers.items() if a in names and b in names) for a in sources for b in sources
    }
    several = sum(n for names, n in numbers.items() if len(names) > 1)
    return Overlap(picture, rows, sources, both, several, sum(numbers.values()))


def _together(names: Sequence[str]) -> str:
    said = [labels.source(name) for name in names]
    return f"{said[0]} alone" if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"


async def charts_csv(site: Site, request: Any) -> Any:
    """All numbers of the charts as (chart, series, step, number); see the table ``counts`` of the public data."""
    rows = await site.reader.run(reading.everything)
    text = io.StringIO(newline="")
    csv.writer(text).writerows([("chart", "series", "step", "number"), *rows])
    return answers.data(text.getvalue(), "text/csv; charset=utf-8")


ROUTES: tuple[Route, ...] = (
    (r"^/charts$", charts),
    (r"^/charts\.csv$", charts_csv),
)
