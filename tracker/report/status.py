"""What ``tracker status`` tells: the last run of each source and search, what is stored, what needs a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from tracker import states
from tracker.home import Home, iso
from tracker.report.alarms import all_alarms, at_least
from tracker.screening import afterwards
from tracker.store import events, inflow, ledger, runs, works
from tracker.text.plural import plural
from tracker.works.display import display


@dataclass(frozen=True)
class Status:
    """Everything as plain rows; see ``store/ledger.py`` for their columns."""

    now: str
    searches: list[dict[str, Any]]
    readings: list[dict[str, Any]]
    counts: dict[str, int]
    states: dict[str, int]
    exports: list[dict[str, Any]]
    afterwards: list[afterwards.Afterwards] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)
    at_least: dict[str, int] = field(default_factory=dict)  # what could stand in the files of searches without one
    alarms: list[str] = field(default_factory=list)
    clock: list[str] = field(default_factory=list)  # where it went back

    def as_json(self) -> dict[str, Any]:
        return {
            "now": self.now,
            "searches": self.searches,
            "readings": self.readings,
            "counts": self.counts,
            "states": self.states,
            "exports": self.exports,
            "afterwards": [one.as_json() for one in self.afterwards],
            "sizes": self.sizes,
            "at_least": self.at_least,
            "alarms": self.alarms,
            "clock": self.clock,
        }

    def _readings(self) -> list[str]:
        """What each service made of a search in the last run, a line each: its translation and its warnings."""
        lines = []
        for row in self.searches:
            if row["translation"] or row["warnings"]:
                said = row["translation"]
                said = f"{said[:TRANSLATION]} ..." if len(said) > TRANSLATION else said or "(not told)"
                lines.append(f"  {row['search']} on {row['source']}: {said}")
                lines += [f"    warning: {line}" for line in row["warnings"]]
        return lines

    def as_text(self) -> str:
        notes = [f"  {row['search']} on {row['source']}: {row['note']}" for row in self.searches if row["note"]]
        notes += [f"  {row['source']}: {row['note']}" for row in self.readings if row["note"]]
        notes += [f"  {line}" for line in self.clock]
        floors = ", ".join(f"{slug} {number}" for slug, number in self.at_least.items())
        parts = [
            f"Status at {self.now}",
            _table(READING_COLUMNS, self.readings),
            _table(SEARCH_COLUMNS, self.searches),
            "\n".join(["Notes:", *notes]) if notes else "",
            "\n".join(["How the services read the searches:", *self._readings()]) if self._readings() else "",
            "Stored: " + ", ".join(f"{number:,} {name}" for name, number in self.counts.items()),
            "Works by state: " + ", ".join(f"{number:,} {name}" for name, number in self.states.items()),
            "On disk: " + ", ".join(f"{name} {size / 1e6:,.1f} MB" for name, size in self.sizes.items()),
            "\n".join(
                f"List {row['list']}: {plural(row['exports'], 'export')}, {plural(row['records'], 'row')} in all"
                for row in self.exports
            ),
            "\n".join(map(str, self.afterwards)),
            f"No at-least yet, so that no fall below it is an alarm; it could be: {floors}" if floors else "",
            "\n".join(f"alarm: {line}" for line in self.alarms) or "No alarm.",
            "" if self.searches or self.readings else "Nothing has been collected yet: run 'tracker update'.",
        ]
        return "\n\n".join(part for part in parts if part)


TRANSLATION = 300  # characters of a translation that are shown; --json has all


READING_COLUMNS = (
    ("source", "source"), ("outcome", "outcome"), ("started", "started"), ("fetched", "fetched"), ("read", "= read"),
    ("unreadable", "+ unreadable"), ("withheld", "+ withheld"), ("fresh", "fresh"), ("changed", "changed"),
    ("same", "same"), ("last_complete", "last complete"),
)  # fmt: skip
SEARCH_COLUMNS = (
    ("search", "search"), ("source", "source"), ("strategy_version", "strategy"), ("promised_last", "promised"),
    ("received", "received"), ("known", "= known"), ("new", "+ new"), ("rejected", "+ rejected"), ("gone", "gone"),
    ("outcome", "outcome"), ("last_complete", "last complete"),
)  # fmt: skip


CHANGE_COLUMNS = (
    ("seen", "first seen"), ("state", "state"), ("work", "work"), ("date", "dated"), ("notice", "notice"),
    ("source", "said by"), ("title", "title"),
)  # fmt: skip


def _table(columns: Sequence[tuple[str, str]], rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as aligned text; numbers to the right."""
    if not rows:
        return ""
    cells = [[title for _, title in columns]] + [[_cell(row[name]) for name, _ in columns] for row in rows]
    widths = [max(len(line[place]) for line in cells) for place in range(len(columns))]
    right = [isinstance(rows[0][name], int) for name, _ in columns]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if aligned else cell.ljust(width)
            for cell, width, aligned in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in cells
    )


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else "-" if value in (None, "") else str(value)


def proposed(db: Connection, searches: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """An ``at-least`` for each search without one, once all its sources have been asked completely."""
    lowest = inflow.lowest(db)
    found: dict[str, int] = {}
    for slug in dict.fromkeys(row["search"] for row in searches):
        its = [row for row in searches if row["search"] == slug]
        if not lowest.get(slug) and all(row["outcome"] in runs.COMPLETE for row in its):
            found[slug] = at_least(sum(row["received"] - row["rejected"] for row in its))
    return {slug: number for slug, number in found.items() if number}


def tell(db: Connection, home: Home, now: datetime) -> Status:
    searches = ledger.last_search_rows(db)
    return Status(
        iso(now),
        searches,
        ledger.last_reading_rows(db),
        ledger.counts(db),
        dict(zip(map(states.words, states.CODES), ledger.states(db), strict=True)),
        ledger.exports(db),
        afterwards.tell(db, home.queries),
        {path.name: _size(path) for path in (home.database, home.public / "public.db", home.public / "search.db")},
        proposed(db, searches),
        alarms(db, now),
        ledger.clock_turned(db),
    )


def changes_since(db: Connection, since: date) -> list[dict[str, Any]]:
    """Every change of state of a known work first seen on that day or later: published, corrected, retracted ..."""
    found = events.later(db, since.isoformat())
    titles = {work.key: display(work.records).title for work in works.stream(db, sorted({one.work for one in found}))}
    return [
        {
            "seen": one.seen[:10],
            "state": states.words(one.kind),
            "work": one.work,
            "date": one.date,
            "notice": ", ".join(one.notices),
            "source": ", ".join(one.sources),
            "title": titles.get(one.work, ""),
        }
        for one in found
    ]


def changes_as_text(changes: Sequence[Mapping[str, Any]], since: date) -> str:
    """The same as a table."""
    return _table(CHANGE_COLUMNS, changes) or f"No known paper has changed its state since {since}."


def alarms(db: Connection, now: datetime) -> list[str]:
    """What needs a person, a line each; see ``tracker.report.alarms``."""
    found = inflow.series(db)
    sources = {item.source for item in found}
    inflows = {name: inflow.of_source(db, name, now.astimezone(UTC).date()) for name in sources}
    ahead = ledger.clock_ahead(db, iso(now))
    return ([ahead] if ahead else []) + all_alarms(found, inflows, inflow.lowest(db), now)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
