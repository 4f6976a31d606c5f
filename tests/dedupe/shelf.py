"""A database in memory around the engine: what the store does with it, in its shortest form."""

from __future__ import annotations

from tracker.dedupe.clusters import settle
from tracker.dedupe.engine import component, run, shared_dois
from tracker.dedupe.index import MemoryIndex


class Shelf:
    def __init__(self):
        self.papers = {}
        self.machine = {}
        self.index = MemoryIndex()

    def load(self, ids):
        return {number: self.papers[number] for number in ids}

    def add(self, batch):
        """New papers, or papers that changed."""
        batch = list(batch)
        before = {paper.id: self.papers[paper.id] for paper in batch if paper.id in self.papers}
        self.papers |= {paper.id: paper for paper in batch}
        findings = run(batch, self.index, self.load, before)
        ids = {paper.id for paper in batch}
        for pair in list(self.machine):
            if pair in findings.void or ids & set(pair):
                del self.machine[pair]
        self.machine |= {(held.a, held.b): held for held in findings.verdicts}
        return findings

    def settle(self, person=()):
        """All papers at once."""
        shared = shared_dois(self.papers.values(), self.index, self.load)
        return settle(self.papers, self.machine.values(), person, shared)

    def settle_near(self, seeds, person=()):
        """Only the components of the seeds."""
        held = [*self.machine.values(), *person]
        ids = component(seeds, lambda near: [one for one in held if one.a in near or one.b in near])
        papers = self.load(ids)
        return settle(papers, self.machine.values(), person, shared_dois(papers.values(), self.index, self.load))

    def partition(self, person=()):
        """The publications and works as sets of sets of ids."""
        settled = self.settle(person)
        return _sets(settled.publication), _sets(settled.work)


def _sets(names):
    groups = {}
    for number, name in names.items():
        groups.setdefault(name, set()).add(number)
    return {frozenset(group) for group in groups.values()}
