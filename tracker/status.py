"""What ``tracker status`` tells: the last run of each source and search, what is stored, what needs a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from tracker.alarms import all_alarms
from tracker.context import iso
from tracker.home import Home
from tracker.store import inflow, ledger


@dataclass(frozen=True)
class Status:
    """Everything as plain rows; see ``store/ledger.py`` for their columns."""

    now: str
    searches: list[dict[str, Any]]
    readings: list[dict[str, Any]]
    counts: dict[str, int]
    exports: list[dict[str, Any]]
    sizes: dict[str, int] = field(default_factory=dict)
    alarms: list[str] = field(default_factory=list)
    clock: list[str] = field(default_factory=list)  # where it went back

    def as_json(self) -> dict[str, Any]:
        return {
            "now": self.now,
            "searches": self.searches,
            "readings": self.readings,
            "counts": self.counts,
            "exports": self.exports,
            "sizes": self.sizes,
            "alarms": self.alarms,
            "clock": self.clock,
        }

    def as_text(self) -> str:
        notes = [f"  {row['search']} on {row['source']}: {row['note']}" for row in self.searches if row["note"]]
        notes += [f"  {row['source']}: {row['note']}" for row in self.readings if row["note"]]
        notes += [f"  {line}" for line in self.clock]
        parts = [
            f"Status at {self.now}",
            _table(READING_COLUMNS, self.readings),
            _table(SEARCH_COLUMNS, self.searches),
            "\n".join(["Notes:", *notes]) if notes else "",
            "Stored: " + ", ".join(f"{number:,} {name}" for name, number in self.counts.items()),
            "On disk: " + ", ".join(f"{name} {size / 1e6:,.1f} MB" for name, size in self.sizes.items()),
            "\n".join(
                f"List {row['list']}: {row['exports']} exports, {row['records']:,} works" for row in self.exports
            ),
            "\n".join(f"alarm: {line}" for line in self.alarms) or "No alarm.",
        ]
        return "\n\n".join(part for part in parts if part)


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


def tell(db: Connection, home: Home, now: datetime) -> Status:
    searches = ledger.last_search_rows(db)
    return Status(
        iso(now),
        searches,
        ledger.last_reading_rows(db),
        ledger.counts(db),
        ledger.exports(db),
        {path.name: _size(path) for path in (home.database, home.public / "public.db", home.public / "search.db")},
        alarms(db, now),
        ledger.clock_turned(db),
    )


def alarms(db: Connection, now: datetime) -> list[str]:
    """What needs a person, a line each; see ``tracker.alarms``."""
    found = inflow.series(db)
    sources = {item.source for item in found}
    inflows = {name: inflow.of_source(db, name, now.astimezone(UTC).date()) for name in sources}
    ahead = ledger.clock_ahead(db, iso(now))
    return ([ahead] if ahead else []) + all_alarms(found, inflows, inflow.lowest(db), now)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
