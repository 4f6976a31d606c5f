"""Stage 2 on the store: judge what is new or changed, settle what it touches, and put every record in its place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from sqlite3 import Connection

from tracker.dedupe.clusters import Settled, settle
from tracker.dedupe.engine import Findings, component, run, shared_dois
from tracker.dedupe.paper import Paper, from_record
from tracker.dedupe.rules import RULES_VERSION
from tracker.model import Verdict, record_from_json
from tracker.store import Store, checks, placement, records, verdicts
from tracker.store.keys import StoredIndex

BATCH = 2000  # records a transaction


@dataclass(frozen=True)
class Report:
    """``asks``: pairs that only a person can tell, among the records looked at."""

    judged: int
    works: int
    asks: int

    @property
    def line(self) -> str:
        if not self.judged:
            return "Dedupe: nothing new"
        asks = f", {self.asks:,} pairs for a person" if self.asks else ""
        return f"Dedupe: {self.judged:,} records judged, {self.works:,} works stand{asks}"


class Papers:
    """Stored records as the engine wants them, each read once."""

    def __init__(self, db: Connection) -> None:
        self.db = db
        self.kept: dict[int, Paper] = {}

    def load(self, ids: Collection[int]) -> Mapping[int, Paper]:
        missing = [key for key in ids if key not in self.kept]
        stated = checks.stated_articles(self.db, missing)
        for key, record in records.load_many(self.db, missing):
            paper = from_record(key, record)
            self.kept[key] = replace(paper, links=(*paper.links, *stated[key])) if key in stated else paper
        return {key: self.kept[key] for key in ids}


def judge(store: Store, now: str) -> Report:
    """Judge every record that is new or has changed; a batch a transaction, so that it may be stopped at any point."""
    waiting, asks = placement.unjudged(store.db), 0
    for start in range(0, len(waiting), BATCH):
        with store.write() as db:
            asks += len(_judge_batch(db, waiting[start : start + BATCH], now).asks)
    return Report(len(waiting), placement.standing(store.db), asks)


def _judge_batch(db: Connection, batch: list[int], now: str) -> Settled:
    papers = Papers(db)
    before = {key: from_record(key, record_from_json(text)) for key, text in placement.judged_before(db, batch).items()}
    findings = run(papers.load(batch).values(), StoredIndex(db), papers.load, before)
    _store(db, batch, findings, now)
    settled = resettle(db, [*batch, *(key for item in findings.verdicts for key in (item.a, item.b))], now, papers)
    placement.judge(db, batch)
    return settled


def _store(db: Connection, batch: Iterable[int], findings: Findings, now: str) -> None:
    """Put the findings in the place of what the machine held of the batch; what it repeats stays as it stands."""
    repeated = {(item.a, item.b) for item in findings.verdicts}
    fallen = {(old.a, old.b) for old, by in verdicts.touching(db, batch) if by == "machine"} | findings.void
    for a, b in fallen - repeated:
        verdicts.undo(db, a, b, "machine", now, "the records changed")
    for item in findings.verdicts:
        verdicts.add(db, item, rules=RULES_VERSION, by="machine", now=now)


def resettle(db: Connection, seeds: Iterable[int], now: str, papers: Papers | None = None) -> Settled:
    """Settle all that the verdicts connect with ``seeds``, and with what stood together with them, and place it."""
    papers = papers or Papers(db)
    reach = component(placement.companions(db, seeds), lambda ids: [item for item, _ in verdicts.touching(db, ids)])
    held = verdicts.touching(db, reach)
    machine = [item for item, by in held if by == "machine"]
    person = [item for item, by in held if by == "person"]
    loaded = papers.load(reach)
    settled = settle(loaded, machine, person, shared_dois(loaded.values(), StoredIndex(db), papers.load))
    placement.place(db, _groups(settled), now)
    return settled


def _groups(settled: Settled) -> list[list[list[int]]]:
    works: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for key, publication in settled.publication.items():
        works[settled.work[key]][publication].append(key)
    return [list(publications.values()) for publications in works.values()]


def say(db: Connection, verdict: Verdict, reason: str, now: str) -> Settled:
    """Store a person's word on a pair and settle again; it outranks every rule and outlives every re-run."""
    verdicts.add(db, verdict, rules=RULES_VERSION, by="person", now=now, reason=reason)
    return resettle(db, [verdict.a, verdict.b], now)
