"""Counting the errors of clusters against labels: lost, missed, pairs, links, trap cases."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path


@dataclass
class Clusters:
    """By position in the file, the position of the first member: publication, work, and everything linked."""

    group: list[int]
    work: list[int]
    linked: list[int]


@dataclass
class Labels:
    """What people say of each row: one publication, one work."""

    groups: list[str]
    works: list[str]


def close(names: Sequence[int], pairs: Iterable[tuple[int, int]]) -> list[int]:
    """The clusters after the pairs (of positions) are joined too."""
    parent = {name: name for name in names}

    def root(name: int) -> int:
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for a, b in pairs:
        one, two = sorted((root(names[a]), root(names[b])))
        parent[two] = one
    return [root(name) for name in names]


def pieces(keys: Sequence[Hashable], names: Sequence[Hashable]) -> int:
    """How many names too many the keys have: the sum over the keys of (distinct names - 1)."""
    found: dict[Hashable, set[Hashable]] = defaultdict(set)
    for key, name in zip(keys, names, strict=True):
        found[key].add(name)
    return sum(len(one) - 1 for one in found.values())


def pairs_in(names: Sequence[Hashable]) -> set[tuple[int, int]]:
    """Every two positions that bear one name."""
    members: dict[Hashable, list[int]] = defaultdict(list)
    for number, name in enumerate(names):
        members[name].append(number)
    return {pair for numbers in members.values() for pair in combinations(numbers, 2)}


def ignored(path: Path, ids: Sequence[str]) -> set[tuple[int, int]]:
    """Pairs of doubtful label, from ``<name>.ignore.csv`` beside the set: counted neither for nor against."""
    beside = path.with_name(path.name.split(".csv")[0] + ".ignore.csv")
    if not beside.exists():
        return set()
    at = {name: number for number, name in enumerate(ids)}
    with beside.open(encoding="utf-8", newline="") as file:
        listed = [(at[row["record_id_1"]], at[row["record_id_2"]]) for row in csv.DictReader(file)]
    return {(min(pair), max(pair)) for pair in listed}


def score(found: Clusters, labels: Labels, skip: set[tuple[int, int]]) -> dict[str, float]:
    """The figures of one set. A pair to be skipped is taken as it was found."""
    joined = [(a, b) for a, b in skip if found.group[a] == found.group[b]]
    apart = {(a, b) for a, b in skip if found.group[a] != found.group[b]}
    judged = close(range(len(labels.groups)), [*_chain(labels.groups), *joined])
    ours, theirs = pairs_in(found.group), pairs_in(judged)
    links = _between(pairs_in(found.work) - ours, labels.groups)
    wanted = _between(pairs_in(labels.works) - pairs_in(labels.groups), labels.groups)
    return {
        "lost": pieces(found.group, judged),
        "missed": pieces(judged, found.group) - sum(1 for a, b in apart if judged[a] == judged[b]),
        "pair_precision": _share(len(ours & theirs), len(ours)),
        "pair_recall": _share(len(ours & theirs), len(theirs - apart)),
        "links": len(links),
        "link_precision": _share(len(links & wanted), len(links)),
        "link_recall": _share(len(links & wanted), len(wanted)),
    }


def _chain(names: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Each position with the one before it of the same name."""
    last: dict[Hashable, int] = {}
    found = []
    for number, name in enumerate(names):
        if name in last:
            found.append((last[name], number))
        last[name] = number
    return found


def _between(pairs: Iterable[tuple[int, int]], groups: Sequence[str]) -> set[tuple[str, ...]]:
    """The pairs as pairs of publications, each once."""
    return {tuple(sorted((groups[a], groups[b]))) for a, b in pairs if groups[a] != groups[b]}


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 1.0


def cases_kept(path: Path, ids: Sequence[str], found: Clusters) -> dict[str, str]:
    """Trap cases kept, by what they ask for: D one record; L linked, not merged; X apart (X2: first and last)."""
    at = {name: number for number, name in enumerate(ids)}
    kept: dict[str, list[bool]] = {"D": [], "L": [], "X": []}
    with path.open(encoding="utf-8", newline="") as file:
        for case in csv.DictReader(file):
            numbers = [at[name] for name in case["record_ids"].split(";")]
            groups = [found.group[number] for number in numbers]
            linked = len({found.linked[number] for number in numbers}) == 1
            apart = groups[0] != groups[-1] if case["verdict"] == "X2" else len(set(groups)) == len(groups)
            right = {"D": len(set(groups)) == 1, "L": linked and apart}.get(case["verdict"], apart)
            kept[case["verdict"][0]].append(right)
    return {f"cases_{kind}": f"{sum(right)} of {len(right)}" for kind, right in kept.items()}
