"""Measure the deduplicator on labelled sets of records.

``python -m benchmarks.dedup FILE... [--out DIR] [--case-column NAME]`` reads .csv or .csv.gz with the columns
record_id, source, title, authors, year, journal, volume, issue, pages, doi, pmid, abstract and, where there are labels,
group_id (one publication) and work_id (one work). The labels are taken off before the deduplicator sees a row.
One JSON line a file:

  records, seconds (reading the file, deduplicating, clustering), peak_mb (of the whole process so far)
  asked        records in pairs that would be put before a person
  lost         unique records wrongly merged away: a cluster over k groups loses k - 1
  missed       duplicates left over: a group in m pieces leaves m - 1
  pair_precision, pair_recall            pairs of one publication
  links, link_precision, link_recall     pairs of publications of one work: by work_id, group by group
  cases_D, cases_L, cases_X              with --case-column, where <name>.cases.csv lies beside: cases kept of each kind

``--bib-dedupe`` prints a second line for each file: bib-dedupe (to be installed beside) on the same rows.
``--grow 10000 100000`` measures mixed sets of that many records made out of the files (benchmarks/grow.py), and the
seconds that 500 more records take.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import sys
import time
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from benchmarks.grow import grow
from benchmarks.rival import bib_dedupe
from tracker.dedupe.clusters import settle
from tracker.dedupe.engine import run, shared_dois
from tracker.dedupe.index import MemoryIndex
from tracker.dedupe.keys import digests
from tracker.dedupe.paper import Paper, from_row
from tracker.model import Verdict

GOLD = ("group_id", "work_id")
ADDED = 500


@dataclass
class Result:
    """Clusters by position in the file: publication, work, and everything linked; open questions; told verdicts."""

    group: list[int]
    work: list[int]
    linked: list[int]
    asks: tuple[Verdict, ...]
    verdicts: tuple[Verdict, ...]


def read(path: Path) -> list[dict[str, str]]:
    csv.field_size_limit(100_000_000)
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def deduplicate(rows: Sequence[dict[str, str]]) -> Result:
    """One database of its own. Rows carry no labels here."""
    papers = {number: from_row(number, row) for number, row in enumerate(rows)}
    index = MemoryIndex()

    def load(ids: Iterable[int]) -> dict[int, Paper]:
        return {number: papers[number] for number in ids}

    findings = run(papers.values(), index, load)
    shared = shared_dois(papers.values(), index, load)
    settled = settle(papers, findings.verdicts, (), shared)
    group = [settled.publication[number] for number in range(len(rows))]
    work = [settled.work[number] for number in range(len(rows))]
    linked = list(work)
    related = [(one.a, one.b) for one in findings.verdicts if one.kind == "related"]
    return Result(group, work, close(linked, related), settled.asks, findings.verdicts)


def close(names: list[int], pairs: Iterable[tuple[int, int]]) -> list[int]:
    """The clusters after the pairs are joined too."""
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


def by_case(rows: Sequence[dict[str, str]], column: str) -> Result:
    """Each value of ``column`` as a database of its own."""
    cases: dict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        cases[row[column]].append(number)
    whole = Result([0] * len(rows), [0] * len(rows), [0] * len(rows), (), ())
    for numbers in cases.values():
        part = deduplicate([rows[number] for number in numbers])
        for at, number in enumerate(numbers):
            whole.group[number] = numbers[part.group[at]]
            whole.work[number] = numbers[part.work[at]]
            whole.linked[number] = numbers[part.linked[at]]
        moved = [Verdict(numbers[v.a], numbers[v.b], v.kind, v.rule, v.evidence, v.score) for v in part.verdicts]
        asked = [Verdict(numbers[v.a], numbers[v.b], v.kind, v.rule, v.evidence, v.score) for v in part.asks]
        whole.asks, whole.verdicts = (*whole.asks, *asked), (*whole.verdicts, *moved)
    return whole


def pieces(keys: Sequence[Hashable], names: Sequence[Hashable]) -> int:
    """How many names too many the keys have: the sum over the keys of (distinct names - 1)."""
    found: dict[Hashable, set[Hashable]] = defaultdict(set)
    for key, name in zip(keys, names, strict=True):
        found[key].add(name)
    return sum(len(one) - 1 for one in found.values())


def pairs_in(names: Sequence[Hashable]) -> set[tuple[int, int]]:
    members: dict[Hashable, list[int]] = defaultdict(list)
    for number, name in enumerate(names):
        members[name].append(number)
    return {pair for numbers in members.values() for pair in combinations(numbers, 2)}


def ignored(path: Path, rows: Sequence[dict[str, str]]) -> set[tuple[int, int]]:
    """Pairs of doubtful label, from ``<name>.ignore.csv`` beside the set."""
    beside = path.with_name(path.name.split(".csv")[0] + ".ignore.csv")
    if not beside.exists():
        return set()
    at = {row["record_id"]: number for number, row in enumerate(rows)}
    with beside.open(encoding="utf-8", newline="") as file:
        listed = [(at[row["record_id_1"]], at[row["record_id_2"]]) for row in csv.DictReader(file)]
    return {(min(pair), max(pair)) for pair in listed}


def score(result: Result, gold: Sequence[dict[str, str]], skip: set[tuple[int, int]]) -> dict[str, float]:
    groups = [row["group_id"] for row in gold]
    works = [row.get("work_id") or row["group_id"] for row in gold]
    # A pair of doubtful label is taken as the deduplicator sees it, for and against.
    judged = close(
        list(range(len(groups))), [*_chain(groups), *((a, b) for a, b in skip if result.group[a] == result.group[b])]
    )
    ours, theirs = pairs_in(result.group), pairs_in(judged)
    skipped = {pair for pair in skip if result.group[pair[0]] != result.group[pair[1]]}
    links_ours = pairs_in(result.work) - ours
    links_gold = pairs_in(works) - pairs_in(groups)
    hit = _group_pairs(links_ours, groups) & _group_pairs(links_gold, groups)
    return {
        "lost": pieces(result.group, judged),
        "missed": pieces(judged, result.group) - _left_apart(skipped, judged),
        "pair_precision": _share(len(ours & theirs), len(ours)),
        "pair_recall": _share(len(ours & theirs), len(theirs - skipped)),
        "links": len(_group_pairs(links_ours, groups)),
        "link_precision": _share(len(hit), len(_group_pairs(links_ours, groups))),
        "link_recall": _share(len(hit), len(_group_pairs(links_gold, groups))),
    }


def _left_apart(skipped: set[tuple[int, int]], judged: Sequence[int]) -> int:
    return sum(1 for a, b in skipped if judged[a] == judged[b])


def _chain(names: Sequence[Hashable]) -> list[tuple[int, int]]:
    last: dict[Hashable, int] = {}
    found = []
    for number, name in enumerate(names):
        if name in last:
            found.append((last[name], number))
        last[name] = number
    return found


def _group_pairs(pairs: Iterable[tuple[int, int]], groups: Sequence[str]) -> set[tuple[str, ...]]:
    return {tuple(sorted((groups[a], groups[b]))) for a, b in pairs if groups[a] != groups[b]}


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 1.0


def write_clusters(path: Path, rows: Sequence[dict[str, str]], result: Result) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("record_id", "group", "work", "linked"))
        for number, row in enumerate(rows):
            writer.writerow((row["record_id"], result.group[number], result.work[number], result.linked[number]))


def peak_mb() -> int | None:
    """The largest memory of this process so far; None where the system does not tell (Windows)."""
    try:
        import resource
    except ImportError:
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(most / (1024 * 1024 if sys.platform == "darwin" else 1024))


def measure(path: Path, case_column: str, out: Path | None) -> dict[str, object]:
    began = time.perf_counter()
    gold = read(path)
    line, rows, result = _measured(path.name, gold, case_column, began)
    if gold and "group_id" in gold[0]:
        line |= score(result, gold, ignored(path, gold))
    cases = path.with_name(path.name.split(".csv")[0] + ".cases.csv")
    if case_column and cases.exists():
        line |= verdicts_on_cases(cases, rows, result)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        write_clusters(out / (path.name.split(".csv")[0] + ".clusters.csv"), rows, result)
    return line


def _measured(
    name: str, gold: Sequence[dict[str, str]], case_column: str, began: float
) -> tuple[dict[str, object], list[dict[str, str]], Result]:
    rows = [{column: value for column, value in row.items() if column not in GOLD} for row in gold]
    result = by_case(rows, case_column) if case_column else deduplicate(rows)
    line: dict[str, object] = {
        "file": name,
        "records": len(rows),
        "seconds": round(time.perf_counter() - began, 2),
        "peak_mb": peak_mb(),
        "asked": len({number for one in result.asks for number in (one.a, one.b)}),
    }
    return line, rows, result


def rival(path: Path) -> dict[str, object]:
    """bib-dedupe on the same rows, counted in the same way."""
    began = time.perf_counter()
    gold = read(path)
    groups = bib_dedupe([{column: value for column, value in row.items() if column not in GOLD} for row in gold])
    seconds = round(time.perf_counter() - began, 2)
    line: dict[str, object] = {"file": path.name, "tool": "bib-dedupe", "records": len(gold), "seconds": seconds}
    if gold and "group_id" in gold[0]:
        line |= score(Result(groups, groups, groups, (), ()), gold, ignored(path, gold))
    return line


def grown(paths: Sequence[Path], size: int) -> dict[str, object]:
    """A mixed set of ``size`` records made of the files' (:mod:`benchmarks.grow`), and 500 more added to it."""
    source = [{name: value for name, value in row.items() if name not in GOLD} for path in paths for row in read(path)]
    gold = grow(source, size + ADDED)
    began = time.perf_counter()
    line, _, result = _measured(f"grown to {size}", gold[:size], "", began)
    line |= score(result, gold[:size], set())
    line["add_500_seconds"] = add(gold, size)
    line["peak_mb"] = peak_mb()
    return line


def add(rows: Sequence[dict[str, str]], stored: int) -> float:
    """Seconds to judge and settle the rows behind ``stored`` against the rows before, which are in the index."""
    papers = {number: from_row(number, row) for number, row in enumerate(rows[:stored])}
    index = MemoryIndex()
    index.put({number: digests(paper) for number, paper in papers.items()})

    def load(ids: Iterable[int]) -> dict[int, Paper]:
        return {number: papers[number] for number in ids}

    began = time.perf_counter()
    batch = {number: from_row(number, rows[number]) for number in range(stored, len(rows))}
    papers |= batch
    found = run(batch.values(), index, load).verdicts
    near = load({number for one in found for number in (one.a, one.b)})
    settle(near, found, (), shared_dois(near.values(), index, load))
    return round(time.perf_counter() - began, 2)


def verdicts_on_cases(path: Path, rows: Sequence[dict[str, str]], result: Result) -> dict[str, str]:
    """Trap cases kept, by what they ask for: D one record; L linked, not merged; X apart (X2: first and last)."""
    at = {row["record_id"]: number for number, row in enumerate(rows)}
    kept: dict[str, list[bool]] = {"D": [], "L": [], "X": []}
    with path.open(encoding="utf-8", newline="") as file:
        for case in csv.DictReader(file):
            numbers = [at[name] for name in case["record_ids"].split(";")]
            groups = [result.group[number] for number in numbers]
            linked = len({result.linked[number] for number in numbers}) == 1
            apart = groups[0] != groups[-1] if case["verdict"] == "X2" else len(set(groups)) == len(groups)
            right = {"D": len(set(groups)) == 1, "L": linked and apart}.get(case["verdict"], apart)
            kept[case["verdict"][0]].append(right)
    return {f"cases_{kind}": f"{sum(right)} of {len(right)}" for kind, right in kept.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.dedup", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--out", type=Path, help="write <name>.clusters.csv here: record_id, group, work, linked")
    parser.add_argument("--case-column", default="", help="treat each value of this column as a database of its own")
    parser.add_argument("--bib-dedupe", action="store_true", help="a second line a file: bib-dedupe on the same rows")
    text = "also measure mixed sets of N records made of the files'"
    parser.add_argument("--grow", type=int, nargs="+", default=[], metavar="N", help=text)
    options = parser.parse_args(arguments)
    for path in options.files:
        print(json.dumps(measure(path, options.case_column, options.out)), flush=True)
        if options.bib_dedupe:
            print(json.dumps(rival(path)), flush=True)
    for size in options.grow:
        print(json.dumps(grown(options.files, size)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
