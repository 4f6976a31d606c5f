"""Which of the ids that a source listed are hits: decided here, on the records, where the source was asked wider.

PubMed's answer is the answer. Europe PMC cannot be asked what a strategy means, so it is asked for more
(``tracker.strategy``), and each record is decided by the local matcher: one strategy, one meaning on every preprint
source. A refusal is remembered with the rules and the content it was made on (``store.matches``), and decided anew
when either has changed. What is listed but not here to be read (withheld, unreadable) is no hit.

The same holds of servers that are read by days: everything stored or changed since a search last looked is decided,
once for all searches; all of it when the strategy has changed, or the parser or the rules by which it is matched. So a
strategy has one meaning on every preprint source, and changing it costs no request.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from sqlite3 import Connection

from tracker.collect import read_record
from tracker.model import RawRecord, Record, SavedSearch
from tracker.sources import WindowSource
from tracker.store import events, matches, preprint_versions, records, runs
from tracker.strategy import Matcher, compile_search, matcher_for, prepare

MATCHING = 1  # goes up when the local matcher decides otherwise on the same record


@dataclass(frozen=True)
class Rules:
    """How a search decides on the records of a source; ``mark`` names the rules, for the memory of refusals."""

    matcher: Matcher
    mark: str


@dataclass
class ListedIds:
    """One search and the ids listed for it; ``hits`` in the order of ``ids``, ``refused`` with their fingerprints.

    ``held``: the ids that match it already, by the same strategy.
    """

    search: int
    ids: Sequence[str]
    rules: Rules
    held: frozenset[str] = frozenset()
    hits: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


def rules_for(search: SavedSearch, source: str) -> Rules | None:
    """The rules that decide what the source brings; None where every answer counts as a match."""
    matcher = matcher_for(search, source)
    if matcher is None:
        return None
    said = dict(search.overrides).get(source, search.strategy)
    return Rules(matcher, sha256(f"{MATCHING} {said}".encode("utf-8", "surrogatepass")).hexdigest())


def decide(db: Connection, source: str, lists: Sequence[ListedIds]) -> None:
    """Fill in ``hits`` and ``refused``; every record is read and cut into words once, for all searches."""
    every = {item for listed in lists for item in listed.ids}
    standing = matches.fingerprints(db, source, every)
    open_for: dict[str, list[tuple[ListedIds, set[str]]]] = {}
    accepted: list[set[str]] = []
    for listed in lists:
        remembered = matches.refused(db, listed.search, source, listed.rules.mark)
        fresh, hits = undecided(listed.ids, standing, remembered), set[str]()
        listed.refused = {item: standing[item] for item in listed.ids if item in standing and item not in fresh}
        accepted.append(hits)
        for item in fresh:
            open_for.setdefault(item, []).append((listed, hits))
    for record in matches.contents(db, source, open_for.keys()):
        prepared = prepare(record)
        for listed, hits in open_for[record.source_id]:
            if listed.rules.matcher.matches(prepared) or _stripped(db, record, listed.held):
                hits.add(record.source_id)
            else:
                listed.refused[record.source_id] = standing[record.source_id]
    for listed, hits in zip(lists, accepted, strict=True):
        listed.hits = [item for item in listed.ids if item in hits]


def _stripped(db: Connection, record: Record, held: Collection[str]) -> bool:
    """Whether a record that matches has come without the abstract it had: that is no reason to refuse it."""
    return not record.abstract_text and record.source_id in held and records.had_abstract(db, record)


def undecided(ids: Collection[str], standing: Mapping[str, str], remembered: Mapping[str, str]) -> frozenset[str]:
    """Those of ``ids`` to be decided on: stored, and not refused before as they stand now (id -> fingerprint)."""
    return frozenset(item for item in ids if item in standing and remembered.get(item) != standing[item])


def note(db: Connection, run: int, search: int, source: str, listed: ListedIds) -> None:
    """Remember what was refused and forget what matches now."""
    matches.remember_refused(db, run, search, source, listed.rules.mark, listed.refused)
    matches.forget_refused(db, search, source, listed.hits)


@dataclass
class Backlog:
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


def begin_backlog(db: Connection, source: WindowSource, search: SavedSearch) -> Backlog:
    """Where the search has to go on, or that it has to begin anew."""
    rules = rules_for(search, source.name)
    if rules is None:  # cannot be: only PubMed and a hand-written query for Europe PMC have none
        raise AssertionError(f"nothing decides on the records of {source.name}")
    key = runs.search_id(db, search.slug)
    text = compile_search(search, source.name).text
    mark = f"{rules.mark} parser {source.parser_version}"
    known, revision = preprint_versions.judged(db, key, source.name)
    start = revision if known == mark else 0
    return Backlog(search, rules.matcher, text, mark, start, preprint_versions.standing(db, key, source.name))


def decide_stored(db: Connection, source: WindowSource, decidings: Sequence[Backlog]) -> int:
    """Decide on everything that is new to one of the searches; returns the revision that has been reached."""
    start = min(deciding.start for deciding in decidings)
    reached = start
    for row in preprint_versions.after(db, source.name, start):
        reached = row.revision
        record = read_record(source, RawRecord(row.source_id, row.raw))
        prepared = None if isinstance(record, str) or not source.posted(record) else prepare(record)
        for deciding in decidings:
            if deciding.start < row.revision:
                if prepared is not None and deciding.matcher.matches(prepared):
                    deciding.matched.append(row.source_id)
                elif isinstance(record, str) or not (deciding.start and _stripped(db, record, deciding.standing)):
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
        record = read_record(source, RawRecord(item, raw))
        if isinstance(record, str):
            continue
        if source.posted(record) or records.find(db, f"{source.name}:{item}"):
            records.keep(db, run, record, raw, source.parser_version, now)
            events.add(db, run, source.name, item, source.events(record), now)
            preprint_versions.read_as(db, record, source.parser_version)


def _before_the_id(db: Connection, source: WindowSource) -> str:
    """What the DOIs of this server have before the id of a preprint: nothing where the DOI is the id."""
    for row in preprint_versions.after(db, source.name, 0):
        record = read_record(source, RawRecord(row.source_id, row.raw))
        if not isinstance(record, str) and source.preprint(record) in record.doi:
            return record.doi.partition(source.preprint(record))[0]
    return ""
