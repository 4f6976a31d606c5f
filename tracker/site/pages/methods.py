"""/methods : every strategy as it was run, the rules of deduplication and what they did, the numbers, the gaps."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tracker import __version__, sources
from tracker.site import answers, rules_in_words
from tracker.site.pages.kinds import Route
from tracker.site.queries import charts as counting
from tracker.site.queries import facts
from tracker.site.queries import methods as reading
from tracker.site.queries.charts import Series
from tracker.site.site import Site

# What a source does with a strategy; an import has none of these.
WIDER = "It was asked for more than the search wants, and each record was then decided here by the strategy itself:"
WHOLE = "It has no search: all of its records are read, and each was decided here by this form of the strategy:"
HOW = {sources.AS_WRITTEN: "Sent as:", sources.WIDER: WIDER, sources.WHOLE: WHOLE}


@dataclass(frozen=True)
class SentText:
    """What one source was sent for one version; ``how`` introduces ``sent``, which is '' where it was the strategy."""

    source: str
    how: str
    sent: str
    translation: str
    first: str
    last: str


@dataclass(frozen=True)
class StrategyShown:
    number: int
    seen: str
    strategy: str
    note: str
    current: bool
    asked: tuple[SentText, ...]


@dataclass(frozen=True)
class Strategy:
    """A saved search with its versions, the one that is run now first."""

    row: sqlite3.Row
    sources: tuple[str, ...]
    versions: tuple[StrategyShown, ...]


@dataclass(frozen=True)
class JoinRule:
    """How many pairs a rule holds together."""

    kind: str
    name: str
    words: str
    machine: int
    person: int


async def methods(site: Site, request: Any) -> Any:
    now = await site.now()
    told = await site.reader.run(_read)
    counts = now.facts.counts
    text = site.render(
        "methods.html",
        now,
        here="methods",
        address=site.base(request),
        version=__version__,
        duplicates=told["records"] - counts["publications"],
        others=counts["publications"] - counts["works"],
        kinds=rules_in_words.KINDS,
        **told,
    )
    return answers.html(text)


def _read(db: sqlite3.Connection) -> dict[str, Any]:
    joins = {kind: f"joins-{kind}" for kind in rules_in_words.KINDS}
    found = counting.counts(db, tuple(joins.values()))
    return {
        "strategies": [_strategy(row) for row in reading.strategies(db)],
        "rules": [rule for kind, chart in joins.items() for rule in _rules(kind, found[chart])],
        "records": sum(row["records"] for row in facts.source_counts(db)),
    }


def _strategy(row: sqlite3.Row) -> Strategy:
    found = [_version(said, row["version"]) for said in json.loads(row["versions"])]
    ordered = sorted(found, key=lambda version: (not version.current, -version.number))
    return Strategy(row, tuple(json.loads(row["sources"])), tuple(ordered))


def _version(said: Mapping[str, Any], current: int) -> StrategyShown:
    text, number = said["strategy"], said["number"]
    asked = tuple(_asked(item, text) for item in said["asked"])
    return StrategyShown(number, said["seen"], text, said["note"], number == current, asked)


def _asked(said: Mapping[str, str], strategy: str) -> SentText:
    sent = "" if said["sent"] == strategy else said["sent"]
    how = HOW.get(sources.info(said["source"]).asked, "Sent as:") if sent else "Sent exactly as it stands above."
    if not said["sent"]:
        how = (
            "What was sent was not kept."
            if sources.info(said["source"]).asked in HOW
            else "Files from this database were imported."
        )
    return SentText(said["source"], how, sent, said["translation"], said["first"], said["last"])


def _rules(kind: str, found: Series) -> list[JoinRule]:
    """The rules of one kind, those that hold most together first."""
    made = [
        JoinRule(kind, name, rules_in_words.words(name), by.get("machine", 0), by.get("person", 0))
        for name, by in found.items()
    ]
    return sorted(made, key=lambda rule: (-rule.machine - rule.person, rule.name))


ROUTES: tuple[Route, ...] = ((r"^/methods$", methods),)
