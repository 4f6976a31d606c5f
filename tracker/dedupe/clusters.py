"""From verdicts on pairs to publications and works: a pure function of papers and verdicts, whatever their order.

A person's verdicts come first, then the machine's from the strongest down. Two clusters join only when no pair across
them contradicts; a record that fits two clusters equally well, which themselves must stay apart, joins neither and is
asked about. A work holds at most one journal article (with its republications): a preprint goes to the article it
fits best, by a margin to the runner-up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import combinations, groupby

from tracker.dedupe.paper import Paper
from tracker.dedupe.rules import RuleContext, judge
from tracker.model import Verdict

MARGIN = 0.08  # by how much the best article must beat the runner-up
_STRONG = 0.9  # a guessed link that a person hears of when it would bring a second article into a work
_STATED = ("stated link", "stated republication")


@dataclass(frozen=True, slots=True)
class Settled:
    """``publication`` and ``work``: the lowest record id of each record's publication and work; ``asks``: open
    questions, a pair each, with the rule that raised them."""

    publication: dict[int, int]
    work: dict[int, int]
    asks: tuple[Verdict, ...]


class _Groups:
    """Disjoint sets of record ids."""

    def __init__(self, ids: Iterable[int]) -> None:
        self.of = {number: number for number in ids}
        self.members = {number: [number] for number in self.of}

    def join(self, a: int, b: int) -> None:
        one, two = self.of[a], self.of[b]
        if one == two:
            return
        if len(self.members[one]) < len(self.members[two]):
            one, two = two, one
        for number in self.members[two]:
            self.of[number] = one
        self.members[one] += self.members.pop(two)

    def lowest(self) -> dict[int, int]:
        least = {name: min(members) for name, members in self.members.items()}
        return {number: least[name] for number, name in self.of.items()}


def settle(
    papers: Mapping[int, Paper],
    machine: Iterable[Verdict],
    person: Iterable[Verdict] = (),
    shared: Collection[str] = frozenset(),
) -> Settled:
    """Publications, works and open questions of whole components (:func:`tracker.dedupe.engine.component`).

    ``person``: at most one verdict a pair, the one that stands. Verdicts on records outside ``papers`` are ignored.
    """
    said = {_pair(one): one for one in person if one.a in papers and one.b in papers}
    held = [one for one in machine if one.a in papers and one.b in papers and _pair(one) not in said]
    board = _Board(papers, said, held, RuleContext(frozenset(shared)))
    board.publications()
    board.works()
    return Settled(board.publication.lowest(), board.work.lowest(), board.questions())


def _pair(one: Verdict) -> tuple[int, int]:
    return (one.a, one.b) if one.a < one.b else (one.b, one.a)


class _Board:
    """The state of one settling."""

    def __init__(
        self,
        papers: Mapping[int, Paper],
        said: dict[tuple[int, int], Verdict],
        held: list[Verdict],
        context: RuleContext,
    ) -> None:
        self.papers, self.said, self.held, self.context = papers, said, held, context
        self.kinds = {_pair(one): one.kind for one in held if one.kind != "different"}  # whether firmly, is judged anew
        self.persons = _Groups(papers)  # joined as one publication by persons alone
        self.publication = _Groups(papers)
        self.work = _Groups(())
        self.asks: dict[tuple[int, int], Verdict] = {}

    # publications

    def publications(self) -> None:
        for one in self._ordered(one for one in self.said.values() if one.kind == "same"):
            if self._join_publications(one, self._denied):
                self.persons.join(one.a, one.b)
            else:
                self.asks[_pair(one)] = replace(one, kind="ask", rule="answers of persons contradict each other")
        same = self._ordered(one for one in self.held if one.kind == "same")
        for _, level in groupby(same, key=lambda one: one.score):
            edges = list(level)
            unsure = self._torn(edges)
            for one in edges:
                if _pair(one) not in unsure:
                    self._join_publications(one, self._contrary)
                elif self.publication.of[one.a] != self.publication.of[one.b]:
                    self._ask(one, "fits two papers that are not one")

    def _ordered(self, verdicts: Iterable[Verdict]) -> list[Verdict]:
        """Strongest first; among equals by what the papers say, so that ids and arrival do not matter."""

        def rank(one: Verdict) -> tuple[float, list[bytes], int, int]:
            return (-one.score, sorted((self.papers[one.a].order, self.papers[one.b].order)), one.a, one.b)

        return sorted(verdicts, key=rank)

    def _join_publications(self, one: Verdict, apart: Callable[[int, int], bool]) -> bool:
        """Join the two clusters unless a pair across them is ``apart``; True when they are one now."""
        groups = self.publication
        if groups.of[one.a] != groups.of[one.b]:
            left, right = groups.members[groups.of[one.a]], groups.members[groups.of[one.b]]
            if any(apart(x, y) for x in left for y in right):
                return False
            groups.join(one.a, one.b)
        return True

    def _denied(self, a: int, b: int) -> bool:
        """A person has said that the two are not one publication."""
        said = self.said.get((min(a, b), max(a, b)))
        return said is not None and said.kind in ("different", "related", "version")

    def _apart(self, a: int, b: int) -> bool:
        """The two contradict each other: a person says so, or a rule."""
        pair = (min(a, b), max(a, b))
        if pair in self.said:
            return self.said[pair].kind not in ("same", "ask")
        kind = self.kinds.get(pair)
        if kind is None:
            ruling = judge(self.papers[a], self.papers[b], self.context)
            kind = ruling.kind if ruling.kind != "different" or ruling.firm else "unknown"
            self.kinds[pair] = kind
        return kind in ("different", "related", "version")

    def _contrary(self, a: int, b: int) -> bool:
        """The two contradict each other, and no person has bridged that: a double of a record goes where it goes."""
        if not self._apart(a, b):
            return False
        if (min(a, b), max(a, b)) in self.said:
            return True
        mine, others = self._bridged(a), self._bridged(b)
        return not any(self.kinds.get((min(x, y), max(x, y))) == "same" for x in mine for y in others)

    def _bridged(self, number: int) -> list[int]:
        return self.persons.members[self.persons.of[number]]

    def _torn(self, edges: list[Verdict]) -> set[tuple[int, int]]:
        """Edges of one strength by which a cluster would have to go to two that contradict each other."""
        of = self.publication.of
        links = [(of[one.a], of[one.b], _pair(one)) for one in edges if of[one.a] != of[one.b]]
        near: dict[int, set[int]] = defaultdict(set)
        whole = _Groups({name for x, y, _ in links for name in (x, y)})
        for x, y, _ in links:
            near[x].add(y)
            near[y].add(x)
            whole.join(x, y)
        contrary: dict[int, set[int]] = defaultdict(set)
        for names in whole.members.values():
            for x, y in combinations(names, 2):
                if self._clusters_contrary(x, y):
                    contrary[x].add(y)
                    contrary[y].add(x)
        torn = {(hub, end) for hub, ends in near.items() for end in ends if contrary[end] & ends}
        return {pair for x, y, pair in links if (x, y) in torn or (y, x) in torn}

    def _clusters_contrary(self, left: int, right: int) -> bool:
        members = self.publication.members
        return any(self._contrary(x, y) for x in members[left] for y in members[right])

    # works

    def works(self) -> None:
        groups = self.publication
        self.work = _Groups(self.papers)
        for members in groups.members.values():
            for other in members[1:]:
                self.work.join(members[0], other)
        versions = [one for one in self.held if one.kind == "version" and groups.of[one.a] != groups.of[one.b]]
        for one in self._ordered(one for one in versions if one.rule in _STATED):
            self._join_works(one, free=one.rule == "stated republication")
        for one in self._ordered(one for one in self.said.values() if one.kind in ("version", "same")):
            self._join_works(one, free=True)  # what a person adds to a work does not drive out what a source has stated
        guessed = self._best_edges(one for one in versions if one.rule not in _STATED)
        for one in guessed:
            rival = self._rival(one, guessed)
            if rival is None:
                self._join_works(one)
            elif self.work.of[one.a] != self.work.of[one.b]:
                self._ask(one, rival)

    def _best_edges(self, versions: Iterable[Verdict]) -> list[Verdict]:
        """The strongest verdict between each two publications, strongest first."""
        best: dict[tuple[int, int], Verdict] = {}
        for one in self._ordered(versions):
            x, y = self.publication.of[one.a], self.publication.of[one.b]
            best.setdefault((min(x, y), max(x, y)), one)
        return list(best.values())

    def _rival(self, one: Verdict, edges: list[Verdict]) -> str | None:
        """Why the pair may not be joined without a person: something else fits one of them nearly as well."""
        of = self.publication.of
        x, y = of[one.a], of[one.b]
        for other in edges:
            ends = {of[other.a], of[other.b]}
            common = ends & {x, y}
            if other is one or len(common) != 1 or abs(other.score - one.score) >= MARGIN:
                continue
            third = (ends - common).pop()
            mate = y if x in common else x
            if self._article(third) == self._article(mate) and not self._one_work(third, mate, edges):
                return "two papers fit nearly equally well"
        return None

    def _one_work(self, x: int, y: int, edges: list[Verdict]) -> bool:
        if self.work.of[x] == self.work.of[y]:
            return True
        of = self.publication.of
        return any({of[other.a], of[other.b]} == {x, y} for other in edges)

    def _article(self, group: int) -> bool:
        return any(not self.papers[number].preprint for number in self.publication.members[self.publication.of[group]])

    def _join_works(self, one: Verdict, free: bool = False) -> None:
        """Join two works unless a person denies it, or it would bring two journal articles or two rivals together."""
        work = self.work
        if work.of[one.a] == work.of[one.b]:
            return
        left, right = work.members[work.of[one.a]], work.members[work.of[one.b]]
        if any(self._foreign(x, y) for x in left for y in right):
            return
        if not free and not self._may_join(one, left, right):
            return
        work.join(one.a, one.b)

    def _foreign(self, a: int, b: int) -> bool:
        said = self.said.get((min(a, b), max(a, b)))
        return said is not None and said.kind in ("different", "related")

    def _may_join(self, one: Verdict, left: list[int], right: list[int]) -> bool:
        if self._has_article(left) and self._has_article(right):
            if one.rule in _STATED or one.score >= _STRONG:
                self._ask(one, "a second journal article in one work")
            return False
        return all(self._versions(x, y) for x in left for y in right)

    def _has_article(self, members: list[int]) -> bool:
        return any(not self.papers[number].preprint for number in members)

    def _versions(self, a: int, b: int) -> bool:
        """Two preprints share a work only when they are versions of each other; articles are counted elsewhere."""
        if not (self.papers[a].preprint and self.papers[b].preprint):
            return True
        return not self._apart(a, b) or self.kinds.get((min(a, b), max(a, b))) == "version"

    # questions

    def _ask(self, one: Verdict, rule: str) -> None:
        pair = _pair(one)
        if pair not in self.said:
            self.asks[pair] = Verdict(pair[0], pair[1], "ask", rule, one.evidence, one.score)

    def questions(self) -> tuple[Verdict, ...]:
        """Open questions, one for two publications, where these did not come together by another way."""
        for one in self.held:
            if one.kind == "ask":
                self._ask(one, one.rule)
        of = self.work.of
        open_asks: dict[tuple[int, ...], Verdict] = {}
        for one in self._ordered(self.asks.values()):
            ends = tuple(sorted((self.publication.of[one.a], self.publication.of[one.b])))
            if of[one.a] != of[one.b]:
                open_asks.setdefault(ends, one)
        return tuple(sorted(open_asks.values(), key=_pair))
