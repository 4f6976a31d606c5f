"""A reader's choice as conditions on the table ``works``."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from tracker.site.choice import Choice

# Values come as one JSON list each, so that the text of a condition never depends on what a reader wrote.
PICKED = {
    "type": "works.type in (select value from json_each(?))",
    "state": "works.state in (select value from json_each(?))",
    "language": "works.language in (select value from json_each(?))",
    "year": "works.year in (select value from json_each(?))",
    "free": "works.free in (select value from json_each(?))",
    "journal": """works.journal_id in (
        select id from journals where name in (select value from json_each(?)))""",
    "source": """works.id in (
        select work_id from work_sources where source in (select value from json_each(?)))""",
}
NUMBERS = ("year", "free")
IDENTIFIED = {
    "key": "(works.key = ? or works.key in (select to_key from work_forwards where key = ?))",
    "doi": "works.id in (select work_id from publications where doi = ?)",
    "pmid": "works.id in (select work_id from publications where pmid = ?)",
    "pmcid": "works.id in (select work_id from publications where pmcid = ?)",
}
IN_SEARCH = """works.id in (
    select work_id from work_searches where search_id in (
        select id from searches where slug in (select value from json_each(?))) and ({when}))"""


@dataclass
class Conditions:
    """SQL conditions joined by AND, and the values of their question marks, in order."""

    parts: list[str] = field(default_factory=list)
    values: list[object] = field(default_factory=list)

    def add(self, part: str, *values: object) -> None:
        self.parts.append(part)
        self.values += values

    @property
    def sql(self) -> str:
        return " and ".join(self.parts)


def conditions(choice: Choice) -> Conditions:
    """What a work must be to be shown; a tombstone never is."""
    found = Conditions(["works.state <> 'hidden'"])
    _words(choice, found)
    for name, values in choice.picked:
        if name in PICKED:
            found.add(PICKED[name], json.dumps([number(name, value) for value in values]))
    _arrival(choice, found)
    return found


def number(name: str, value: str) -> str | int:
    """A value as its column has it: years are numbers."""
    return int(value) if name in NUMBERS and value.isascii() and value.isdigit() and len(value) < 6 else value


def _words(choice: Choice, found: Conditions) -> None:
    name, value = choice.identifier
    if name:
        found.add(IDENTIFIED[name], *([value] * IDENTIFIED[name].count("?")))
    elif choice.question.groups:
        found.add("works.id in (select rowid from search.words where words match ?)", choice.question.fts)
    elif choice.question.without:
        found.add("works.id not in (select rowid from search.words where words match ?)", choice.question.fts_without)
    elif choice.q.strip():
        found.add("0")  # only signs: nothing that could be found


def times(choice: Choice, *, of_search: bool) -> Conditions:
    """When it arrived: in a search (columns of ``work_searches``), or in the tracker as a whole."""
    found = Conditions()
    column = "since" if of_search else "works.first_seen"
    if choice.since:
        found.add(f"{column} >= ?", choice.since)
    if choice.until:
        found.add(f"{column} < ?", f"{choice.until}~")
    if choice.news:
        found.add("news = 1" if of_search else "works.news <> ''")
    return found


def _arrival(choice: Choice, found: Conditions) -> None:
    slugs = choice.values("search")
    when = times(choice, of_search=bool(slugs))
    if slugs:
        found.add(IN_SEARCH.format(when=when.sql or "1"), json.dumps(slugs), *when.values)
    elif when.parts:
        found.add(when.sql, *when.values)
