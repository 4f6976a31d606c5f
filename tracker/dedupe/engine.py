"""The engine: a batch of papers against an index, verdicts out. Pure: no SQL, no clock, no network.

What the caller does, once for each batch (new records, and records whose content changed):

1. ``papers = [from_record(id, record) ...]``  (:mod:`tracker.dedupe.paper`)
2. ``findings = run(papers, index, load, before)``  with a :class:`~tracker.dedupe.index.KeyIndex`, ``load(ids)`` giving
   stored papers by id (the batch may be among them), and ``before``: for changed records the paper they were.
3. Stored verdicts of the machine no longer hold when they touch a paper of the batch or a pair of ``findings.void``;
   ``findings.verdicts`` are to be stored in their place. (A row that is repeated word for word may simply stay.)
4. ``ids = component(ids of the batch and of the pairs in findings, touching)`` with ``touching(ids)`` giving the stored
   verdicts, machine's and person's, that touch these ids; then
   ``settled = settle(load(ids), verdicts, persons_verdicts, shared_dois(load(ids).values(), index, load))``
   (:mod:`tracker.dedupe.clusters`) gives the publication and the work of every record of these components, and what to
   ask a person.

The verdicts that stand after step 3 are the same for any order of arrival and any cut into batches; so are the
clusters. The cost follows the batch: its keys are looked up, and nothing else is read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from tracker.dedupe.index import KeyIndex
from tracker.dedupe.keys import digests, doi_key, keys, sought
from tracker.dedupe.paper import Paper
from tracker.dedupe.rules import RuleContext, judge, verdict
from tracker.model import Verdict

Load = Callable[[Collection[int]], Mapping[int, Paper]]
_CHUNK = 500  # papers whose candidates are held in memory at one time
_CROWD = 1000  # a description that more records share tells nothing: series, templates, columns of one author


@dataclass(frozen=True, slots=True)
class _Shelf:
    """What is stored; ``apart``: the bearers of each shared DOI, by its key."""

    index: KeyIndex
    load: Load
    apart: Mapping[int, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Findings:
    """``verdicts``: a < b, in order of the pair; ``void``: pairs outside the batch whose earlier verdict falls."""

    verdicts: tuple[Verdict, ...]
    void: frozenset[tuple[int, int]] = frozenset()


def run(batch: Iterable[Paper], index: KeyIndex, load: Load, before: Mapping[int, Paper] | None = None) -> Findings:
    """Judge every pair that touches the batch and shares a key; the batch is put into the index.

    Kept are the verdicts same, version, related and ask, and those of ``different`` that a person may wonder about
    (one title or one DOI, and yet apart).
    """
    papers = {paper.id: paper for paper in batch}
    index.put({number: digests(paper) for number, paper in papers.items()})
    shared, flipped = _touched_dois(papers, before or {}, index, load)
    context = RuleContext(frozenset(shared))
    apart = {doi_key(doi): bearers for doi, bearers in shared.items()}
    found: dict[tuple[int, int], Verdict] = {}
    void = set()
    for pair, one, two, is_shared in flipped:
        void.add(pair)
        if not is_shared or _share_another_key(one, two):
            _keep(found, one, two, context)
    ids = sorted(papers)
    for at in range(0, len(ids), _CHUNK):
        _judge_chunk(ids[at : at + _CHUNK], papers, _Shelf(index, load, apart), context, found)
    return Findings(tuple(found[pair] for pair in sorted(found)), frozenset(void))


def _judge_chunk(
    ids: Sequence[int],
    papers: Mapping[int, Paper],
    shelf: _Shelf,
    context: RuleContext,
    found: dict[tuple[int, int], Verdict],
) -> None:
    looked = {number: sought(papers[number]) for number in ids}
    bearers = shelf.index.find({key for both in looked.values() for keys in both for key in keys})
    rows = [
        (number, _candidates(number, [*firm, *_telling(said, bearers)], bearers, papers, shelf.apart))
        for number, (firm, said) in looked.items()
    ]
    wanted = {other for _, others in rows for other in others if other not in papers}
    stored = shelf.load(wanted) if wanted else {}
    for number, others in rows:
        for other in others:
            _keep(found, papers[number], papers.get(other) or stored[other], context)


def _telling(said: Sequence[int], bearers: Mapping[int, Collection[int]]) -> Iterator[int]:
    """Of the keys that describe a paper, those that do not stand on a crowd."""
    return (key for key in said if len(bearers.get(key, ())) <= _CROWD)


def _candidates(
    number: int,
    keys: Sequence[int],
    bearers: Mapping[int, Collection[int]],
    papers: Mapping[int, Paper],
    apart: Mapping[int, frozenset[int]],
) -> list[int]:
    """Records that share a key with one of the batch; of two in the batch the earlier is the candidate of the later.

    The bearers of a shared DOI are no candidates of each other for its sake.
    """
    near: set[int] = set()
    for key in keys:
        others: Collection[int] = bearers.get(key, ())
        if number in apart.get(key, ()):
            others = set(others) - apart[key]
        near.update(others)
    return sorted(other for other in near if other < number or (other > number and other not in papers))


def _keep(found: dict[tuple[int, int], Verdict], a: Paper, b: Paper, context: RuleContext) -> None:
    ruling = judge(a, b, context)
    if ruling.kind != "different" or ruling.told:
        pair = (min(a.id, b.id), max(a.id, b.id))
        found[pair] = verdict(a, b, context)


def shared_dois(papers: Iterable[Paper], index: KeyIndex, load: Load) -> frozenset[str]:
    """Of the DOIs of the papers, those that stand on unlike papers: whole supplements, books, copying mistakes."""
    buckets = _buckets({paper.doi for paper in papers if paper.doi}, index, load)
    return frozenset(doi for doi, bearers in buckets.items() if is_shared(bearers))


def is_shared(bearers: Sequence[Paper]) -> bool:
    """True when two of the papers that bear a DOI cannot be one publication."""
    unlike = {paper.order: paper for paper in bearers}.values()  # what says the same cannot contradict itself
    return any((ruling := judge(one, two)).kind == "different" and ruling.firm for one, two in combinations(unlike, 2))


def _buckets(dois: Collection[str], index: KeyIndex, load: Load) -> dict[str, list[Paper]]:
    """The papers that bear each DOI, in an order that does not depend on their arrival; single bearers left out."""
    numbers = {doi_key(doi): doi for doi in dois}
    rows = {numbers[key]: records for key, records in index.find(numbers).items() if len(records) > 1}
    papers = load({record for records in rows.values() for record in records}) if rows else {}
    found = {}
    for doi, records in rows.items():
        bearers = sorted((papers[number] for number in records if papers[number].doi == doi), key=lambda one: one.order)
        if len(bearers) > 1:
            found[doi] = bearers
    return found


def _touched_dois(
    papers: Mapping[int, Paper], before: Mapping[int, Paper], index: KeyIndex, load: Load
) -> tuple[dict[str, frozenset[int]], list[tuple[tuple[int, int], Paper, Paper, bool]]]:
    """The shared DOIs the batch touches, with their bearers; and the stored pairs under a DOI that became shared, or
    ceased to be."""
    dois = {paper.doi for paper in (*papers.values(), *before.values()) if paper.doi}

    def all_of(ids: Collection[int]) -> Mapping[int, Paper]:
        outside = [number for number in ids if number not in papers]
        return {**(load(outside) if outside else {}), **{n: papers[n] for n in ids if n in papers}}

    shared, flipped = {}, []
    for doi, bearers in _buckets(dois, index, all_of).items():
        now = is_shared(bearers)
        if now:
            shared[doi] = frozenset(paper.id for paper in bearers)
        old = [paper for paper in bearers if paper.id not in papers]
        was = is_shared([*old, *(paper for paper in before.values() if paper.doi == doi)])
        if now != was:
            for one, two in combinations(sorted(old, key=lambda paper: paper.id), 2):
                flipped.append(((one.id, two.id), one, two, now))
    return shared, flipped


def _share_another_key(one: Paper, two: Paper) -> bool:
    return bool((set(keys(one)) & set(keys(two))) - {("doi", one.doi)})


def component(seeds: Iterable[int], touching: Callable[[Collection[int]], Iterable[Verdict]]) -> set[int]:
    """The seeds and every record that verdicts of kind same, version or ask connect with them."""
    seen = set(seeds)
    edge = set(seen)
    while edge:
        reached = set()
        for one in touching(edge):
            if one.kind in ("same", "version", "ask"):
                reached |= {one.a, one.b}
        edge = reached - seen
        seen |= edge
    return seen
