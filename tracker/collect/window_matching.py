"""Searching the shelf: which of the preprints read from a server each search wants, decided here, without the network.

Everything stored or changed since a search last looked is decided, once for all searches; all of it when the strategy
has changed, or the parser or the rules by which it is matched. So a strategy has one meaning on every preprint source,
and changing it costs no request.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from sqlite3 import Connection

from tracker.collect.deciding import rules_for
from tracker.collect.window_reading import parse
from tracker.model import RawRecord, SavedSearch
from tracker.sources import WindowSource
from tracker.store import events, preprint_versions, records, runs
from tracker.strategy import Matcher, compile_search, prepare


@dataclass
class Deciding:
    """One search that looks along the shelf from ``start`` on; ``text``: what is decided, as it was understood."""

    search: SavedSearch
    matcher: Matcher
    text: str
    mark: str
    start: int
    standing: set[str]
    matched: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    @property
    def current(self) -> set[str]:
        """Everything that matches now."""
        return (self.standing - self.refused) | set(self.matched)


def begin(db: Connection, source: WindowSource, search: SavedSearch) -> Deciding:
    """Where the search has to go on, or that it has to begin anew."""
    rules = rules_for(search, source.name)
    if rules is None:  # cannot be: only PubMed and a hand-written query for Europe PMC have none
        raise AssertionError(f"nothing decides on the records of {source.name}")
    key = runs.search_id(db, search.slug)
    text = compile_search(search, source.name).text
    mark = f"{rules.mark} parser {source.parser_version}"
    known, revision = preprint_versions.judged(db, key, source.name)
    start = revision if known == mark else 0
    return Deciding(search, rules.matcher, text, mark, start, preprint_versions.standing(db, key, source.name))


def decide(db: Connection, source: WindowSource, decidings: Sequence[Deciding]) -> int:
    """Decide on everything that is new to one of the searches; returns the revision that has been reached."""
    start = min(deciding.start for deciding in decidings)
    reached = start
    for row in preprint_versions.after(db, source.name, start):
        reached = row.revision
        record = parse(source, RawRecord(row.source_id, row.raw))
        prepared = None if isinstance(record, str) or not source.posted(record) else prepare(record)
        for deciding in decidings:
            if deciding.start < row.revision:
                if prepared is not None and deciding.matcher.matches(prepared):
                    deciding.matched.append(row.source_id)
                else:
                    deciding.refused.add(row.source_id)
    return reached


def promote(db: Connection, run: int, source: WindowSource, ids: Sequence[str], now: str) -> None:
    """Put versions among the records, with all others of the same preprints, and bring up to date what stands there.

    All versions, because it is often a later one that tells of a withdrawal or of the article, and matches nothing;
    for the same reason those of preprints that another source brought; but none that waits for a moderator.
    """
    known = [*ids, *preprint_versions.known_elsewhere(db, source.name, _before_the_id(db, source))]
    wanted = preprint_versions.differing(db, source.name, preprint_versions.siblings(db, source.name, known))
    wanted += preprint_versions.differing(db, source.name)
    for item, raw in preprint_versions.raw_of(db, source.name, dict.fromkeys(wanted)):
        record = parse(source, RawRecord(item, raw))
        if isinstance(record, str):
            continue
        if source.posted(record) or records.find(db, f"{source.name}:{item}"):
            records.keep(db, run, record, raw, source.parser_version, now)
            events.add(db, run, source.name, item, source.events(record), now)
            preprint_versions.read_as(db, record, source.parser_version)


def _before_the_id(db: Connection, source: WindowSource) -> str:
    """What the DOIs of this server have before the id of a preprint: nothing where the DOI is the id."""
    for row in preprint_versions.after(db, source.name, 0):
        record = parse(source, RawRecord(row.source_id, row.raw))
        if not isinstance(record, str) and source.preprint(record) in record.doi:
            return record.doi.partition(source.preprint(record))[0]
    return ""
