"""Stage 2 on the store: judge what is new or changed, settle what it touches, and put every record in its place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from sqlite3 import Connection

from tracker.dedupe.clusters import Settled, settle
from tracker.dedupe.engine import component, run, shared_dois
from tracker.dedupe.paper import Paper, from_record
from tracker.dedupe.rules import RULES_VERSION
from tracker.model import Verdict, record_from_json
from tracker.store import Store, checks, cluster_members, records, verdicts
from tracker.store.keys import StoredIndex
from tracker.text.plural import plural

BATCH = 2000  # records a transaction


@dataclass(frozen=True)
class DedupeReport:
    """``asks``: questions that wait for a person; ``reviewed``: the version of the rules by which all was judged."""

    judged: int
    works: int
    asks: int
    reviewed: int = RULES_VERSION

    @property
    def line(self) -> str:
        judged = f"{plural(self.judged, 'record')} judged, {plural(self.works, 'work')} in all"
        told = [judged if self.judged else "nothing new"]
        if self.asks:
            told.append(f"{plural(self.asks, 'question')} for a person ('tracker dedupe --ask FILE.csv')")
        if self.reviewed < RULES_VERSION:
            told.append("there are new rules: 'tracker dedupe --review-rules' tells what they would change")
        return f"Dedupe: {', '.join(told)}"


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


def judge(store: Store, now: str) -> DedupeReport:
    """Judge every record that is new or has changed; a batch a transaction, so that it may be stopped at any point."""
    waiting = cluster_members.unjudged(store.db)
    for start in range(0, len(waiting), BATCH):
        with store.write() as db:
            verdicts.begin_reviewed(db, RULES_VERSION)
            judge_batch(db, waiting[start : start + BATCH], now)
    reviewed = verdicts.reviewed(store.db) or RULES_VERSION
    return DedupeReport(len(waiting), cluster_members.standing(store.db), verdicts.count_questions(store.db), reviewed)


def judge_batch(db: Connection, batch: Sequence[int], now: str) -> None:
    """Judge these records, settle what they touch, and place it."""
    papers = Papers(db)
    before = {
        key: from_record(key, record_from_json(text)) for key, text in cluster_members.judged_before(db, batch).items()
    }
    findings = run(papers.load(batch).values(), StoredIndex(db), papers.load, before)
    held = (item for item, by in verdicts.touching(db, batch) if by == "machine")
    gone = {(item.a, item.b) for item in held} | findings.void
    verdicts.replace(db, gone, findings.verdicts, rules=RULES_VERSION, now=now)
    touched = {key for item in findings.verdicts for key in (item.a, item.b)}
    touched.update(key for pair in findings.void for key in pair)
    resettle(db, {*batch, *touched}, now, papers)
    cluster_members.judge(db, batch)


def resettle(db: Connection, seeds: Iterable[int], now: str, papers: Papers | None = None) -> Settled:
    """Settle all that the verdicts connect with ``seeds``, and with what stood together with them, and place it."""
    papers, held = papers or Papers(db), {}

    def touching(ids: Collection[int]) -> list[Verdict]:
        found = verdicts.touching(db, ids)
        held.update({(item.a, item.b, by): item for item, by in found})
        return [item for item, _ in found]

    reach = component(cluster_members.companions(db, seeds), touching)
    machine = [item for (_, _, by), item in held.items() if by == "machine"]
    person = [item for (_, _, by), item in held.items() if by == "person"]
    loaded = papers.load(reach)
    settled = settle(loaded, machine, person, shared_dois(loaded.values(), StoredIndex(db), papers.load))
    cluster_members.place(db, _groups(settled), now)
    verdicts.put_questions(db, reach, settled.asks)
    return settled


def _groups(settled: Settled) -> list[list[list[int]]]:
    works: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for key, publication in settled.publication.items():
        works[settled.work[key]][publication].append(key)
    return [list(publications.values()) for publications in works.values()]


def say(db: Connection, verdict: Verdict, reason: str, now: str, word: int) -> None:
    """Store a person's word on a pair; it outranks every rule and outlives every re-run, once it is settled."""
    verdicts.add(db, verdict, rules=RULES_VERSION, by="person", now=now, reason=reason, word=word)
