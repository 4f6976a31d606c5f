"""``tracker dedupe --review-rules``: what a new version of the rules would change, told before it is done.

Everything is judged again inside one transaction; what then stands otherwise is told, and unless a person says so the
transaction is taken back. So what is told is what would be done, and a person's word outlives it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from sqlite3 import Connection

from tracker.dedupe import stage
from tracker.dedupe.rules import RULES_VERSION
from tracker.errors import UsageError
from tracker.store import Store, reviews, verdicts

Places = Mapping[int, tuple[int, int]]  # record id -> (publication, work)


@dataclass(frozen=True)
class VerdictChange:
    """One work that would change, or has; ``seen``: why a person would notice (handed out, taken down, spoken of)."""

    key: str
    what: str
    seen: str

    def __str__(self) -> str:
        return f"{self.key}: {self.what}" + (f" [{self.seen}]" if self.seen else "")


@dataclass(frozen=True)
class Review:
    """``verdicts``: kind -> how many more (+) or fewer (-) stand; ``applied``: whether it has been done."""

    before: int
    records: int
    verdicts: Mapping[str, tuple[int, int]]
    changes: tuple[VerdictChange, ...]
    applied: bool

    @property
    def lines(self) -> list[str]:
        if self.before == RULES_VERSION:
            return [f"No new rules: everything was judged by version {RULES_VERSION}."]
        told = [f"{kind} +{more:,} -{fewer:,}" for kind, (more, fewer) in sorted(self.verdicts.items())]
        seen = sum(bool(item.seen) for item in self.changes)
        works = f"{len(self.changes):,} works change, {seen:,} of them handed out, taken down or spoken of by a person"
        head = f"Rules {self.before} -> {RULES_VERSION}: {self.records:,} records judged again."
        end = "Done." if self.applied else "Nothing has been changed; 'tracker dedupe --review-rules --apply' does it."
        return [head, f"Verdicts: {', '.join(told) or 'none changes'}.", f"{works}.", *map(str, self.changes), end]


class _NotNow(Exception):  # takes the transaction back
    pass


def review(store: Store, now: str, *, apply: bool) -> Review:
    """Judge all again by today's rules; keep it with ``apply``. Raises :class:`UsageError` before the first run."""
    before = verdicts.reviewed(store.db)
    if not before:
        raise UsageError("nothing has been judged yet: run 'tracker dedupe'")
    found = Review(before, 0, {}, (), False)
    if before == RULES_VERSION:
        return found
    try:
        with store.write() as db:
            found = _judge_again(db, before, now, apply)
            if not apply:
                raise _NotNow
    except _NotNow:
        pass
    return found


def _judge_again(db: Connection, before: int, now: str, apply: bool) -> Review:
    places, last = reviews.places(db), reviews.last_verdict(db)
    stood = reviews.standing(db)
    numbers = sorted(places)
    for start in range(0, len(numbers), stage.BATCH):
        stage.judge_batch(db, numbers[start : start + stage.BATCH], now)
    verdicts.set_reviewed(db, RULES_VERSION)
    more, fewer = Counter(reviews.added(db, last)), Counter(reviews.fallen(db, stood))
    kinds = {kind: (more[kind], fewer[kind]) for kind in {*more, *fewer}}
    return Review(before, len(numbers), kinds, tuple(_changes(db, places, reviews.places(db))), apply)


def _changes(db: Connection, before: Places, after: Places) -> list[VerdictChange]:
    """A line for each work whose records, or whose publications, are others than before; by key."""
    works, now = _works(before), _works(after)
    concerned = [work for work in sorted({*works, *now}) if works.get(work) != now.get(work)]
    keys, names = reviews.keys(db), reviews.names(db, {key for work in concerned for key in _members(works, now, work)})
    seen = reviews.seen(db, {work: _members(works, now, work) for work in concerned})
    found = []
    for work in concerned:
        was, stands = _flat(works.get(work)), _flat(now.get(work))
        parts = [f"+ {names[key]} (from {keys[before[key][1]]})" for key in sorted(stands - was)]
        parts += [f"- {names[key]} (to {keys[after[key][1]]})" for key in sorted(was - stands)]
        found.append(
            VerdictChange(keys[work], ", ".join(parts) or "its publications are told apart otherwise", seen[work])
        )
    return found


def _works(places: Places) -> dict[int, frozenset[frozenset[int]]]:
    """Work -> its publications, each a set of record ids."""
    groups: dict[int, dict[int, set[int]]] = {}
    for record, (publication, work) in places.items():
        groups.setdefault(work, {}).setdefault(publication, set()).add(record)
    return {work: frozenset(map(frozenset, publications.values())) for work, publications in groups.items()}


def _flat(publications: frozenset[frozenset[int]] | None) -> set[int]:
    return {key for group in publications or () for key in group}


def _members(
    before: Mapping[int, frozenset[frozenset[int]]], after: Mapping[int, frozenset[frozenset[int]]], work: int
) -> Collection[int]:
    return _flat(before.get(work)) | _flat(after.get(work))
