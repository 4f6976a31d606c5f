"""Which of the ids that a source listed are hits: decided here, on the records, where the source was asked wider.

PubMed's answer is the answer. Europe PMC cannot be asked what a strategy means, so it is asked for more
(``tracker.strategy``), and each record is decided by the local matcher: one strategy, one meaning on every preprint
source. A refusal is remembered with the rules and the content it was made on (``store.rejections``), and decided anew
when either has changed. What is listed but not here to be read (withheld, unreadable) is no hit.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from sqlite3 import Connection

from tracker.model import SavedSearch
from tracker.store import matches
from tracker.strategy import SOURCES, Matcher, matcher_for, prepare

MATCHING = 1  # goes up when the local matcher decides otherwise on the same record


@dataclass(frozen=True)
class Rules:
    """How a search decides on the records of a source; ``mark`` names the rules, for the memory of refusals."""

    matcher: Matcher
    mark: str


@dataclass
class Listed:
    """One search and the ids listed for it; ``hits`` in the order of ``ids``, ``refused`` with their fingerprints."""

    search: int
    ids: Sequence[str]
    rules: Rules
    hits: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


def rules_for(search: SavedSearch, source: str) -> Rules | None:
    """The rules that decide what the source brings; None where every answer counts as a match."""
    matcher = matcher_for(search, source) if source in SOURCES else None
    if matcher is None:
        return None
    said = dict(search.overrides).get(source, search.strategy)
    return Rules(matcher, sha256(f"{MATCHING} {said}".encode("utf-8", "surrogatepass")).hexdigest())


def decide(db: Connection, source: str, lists: Sequence[Listed]) -> None:
    """Fill in ``hits`` and ``refused``; every record is read and cut into words once, for all searches."""
    every = {item for listed in lists for item in listed.ids}
    standing = matches.fingerprints(db, source, every)
    open_for: dict[str, list[tuple[Listed, set[str]]]] = {}
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
            if listed.rules.matcher.matches(prepared):
                hits.add(record.source_id)
            else:
                listed.refused[record.source_id] = standing[record.source_id]
    for listed, hits in zip(lists, accepted, strict=True):
        listed.hits = [item for item in listed.ids if item in hits]


def undecided(ids: Collection[str], standing: Mapping[str, str], remembered: Mapping[str, str]) -> frozenset[str]:
    """Those of ``ids`` to be decided on: stored, and not refused before as they stand now (id -> fingerprint)."""
    return frozenset(item for item in ids if item in standing and remembered.get(item) != standing[item])


def note(db: Connection, run: int, search: int, source: str, listed: Listed) -> None:
    """Remember what was refused and forget what matches now."""
    matches.remember_refused(db, run, search, source, listed.rules.mark, listed.refused)
    matches.forget_refused(db, search, source, listed.hits)
