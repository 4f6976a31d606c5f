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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.grow import Row, grow
from benchmarks.rival import bib_dedupe
from benchmarks.scoring import Clusters, Labels, cases_kept, close, ignored, score
from tracker.dedupe.clusters import settle
from tracker.dedupe.engine import run, shared_dois
from tracker.dedupe.index import MemoryIndex
from tracker.dedupe.keys import digests
from tracker.dedupe.paper import Paper, from_row
from tracker.model import Verdict

ADDED = 500


@dataclass
class Collection:
    """A file read for the deduplicator: papers by position; beside them, never among them, ids, labels and cases."""

    papers: dict[int, Paper] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    cases: list[str] = field(default_factory=list)
    labels: Labels | None = None


@dataclass
class Result:
    """What came of it: clusters, open questions, verdicts."""

    clusters: Clusters
    asks: tuple[Verdict, ...]
    verdicts: tuple[Verdict, ...]


@contextmanager
def rows_of(path: Path) -> Iterator[Iterator[Row]]:
    """The rows of a .csv or .csv.gz, one at a time."""
    csv.field_size_limit(100_000_000)
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
            yield csv.DictReader(file)
    else:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield csv.DictReader(file)


def collect(rows: Iterable[Row], case_column: str = "") -> Collection:
    """Take the labels off each row, and make a paper of what is left."""
    found = Collection()
    groups, works = [], []
    for number, row in enumerate(rows):
        group, work = row.pop("group_id", None), row.pop("work_id", None)
        if group is not None:
            groups.append(group)
            works.append(work or group)
        found.ids.append(row["record_id"])
        found.cases.append(row[case_column] if case_column else "")
        found.papers[number] = from_row(number, row)
    found.labels = Labels(groups, works) if groups else None
    return found


def deduplicate(papers: Mapping[int, Paper]) -> Result:
    """One database of its own, all at once."""
    index = MemoryIndex()

    def load(ids: Iterable[int]) -> dict[int, Paper]:
        return {number: papers[number] for number in ids}

    findings = run(papers.values(), index, load)
    settled = settle(papers, findings.verdicts, (), shared_dois(papers.values(), index, load))
    group = [settled.publication[number] for number in papers]
    work = [settled.work[number] for number in papers]
    return Result(Clusters(group, work, []), settled.asks, findings.verdicts)


def deduplicate_cases(found: Collection) -> Result:
    """Each case as a database of its own (without a case column: the whole file)."""
    cases: dict[str, dict[int, Paper]] = defaultdict(dict)
    for number, case in enumerate(found.cases):
        cases[case][number] = found.papers[number]
    size = len(found.ids)
    whole = Result(Clusters([0] * size, [0] * size, []), (), ())
    for papers in cases.values():
        part = deduplicate(papers)
        for number, group, work in zip(papers, part.clusters.group, part.clusters.work, strict=True):
            whole.clusters.group[number], whole.clusters.work[number] = group, work
        whole.asks, whole.verdicts = whole.asks + part.asks, whole.verdicts + part.verdicts
    related = [(one.a, one.b) for one in whole.verdicts if one.kind == "related"]
    whole.clusters.linked = close(whole.clusters.work, related)
    return whole


def write_clusters(path: Path, ids: Sequence[str], found: Clusters) -> None:
    """``record_id, group, work, linked``: same; same and version; same, version and related."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("record_id", "group", "work", "linked"))
        writer.writerows(zip(ids, found.group, found.work, found.linked, strict=True))


def peak_mb() -> int | None:
    """The largest memory of this process so far; None where the system does not tell (Windows)."""
    try:
        import resource
    except ImportError:
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(most / (1024 * 1024 if sys.platform == "darwin" else 1024))


def measure(path: Path, case_column: str = "", out: Path | None = None) -> dict[str, object]:
    """The line of one file."""
    began = time.perf_counter()
    with rows_of(path) as rows:
        found = collect(rows, case_column)
    result = deduplicate_cases(found)
    line = _line(path.name, found, result, time.perf_counter() - began)
    if found.labels is not None:
        line |= score(result.clusters, found.labels, ignored(path, found.ids))
    name = path.name.split(".csv")[0]
    if case_column and (cases := path.with_name(f"{name}.cases.csv")).exists():
        line |= cases_kept(cases, found.ids, result.clusters)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        write_clusters(out / f"{name}.clusters.csv", found.ids, result.clusters)
    return line


def _line(name: str, found: Collection, result: Result, seconds: float) -> dict[str, object]:
    return {
        "file": name,
        "records": len(found.ids),
        "seconds": round(seconds, 2),
        "peak_mb": peak_mb(),
        "asked": len({number for one in result.asks for number in (one.a, one.b)}),
    }


def rival(path: Path) -> dict[str, object]:
    """bib-dedupe on the same rows, counted in the same way."""
    with rows_of(path) as rows:
        kept = list(rows)
    found = collect(dict(row) for row in kept)
    began = time.perf_counter()
    groups = bib_dedupe(kept)
    seconds = round(time.perf_counter() - began, 2)
    line: dict[str, object] = {"file": path.name, "tool": "bib-dedupe", "records": len(kept), "seconds": seconds}
    if found.labels is not None:
        line |= score(Clusters(groups, groups, groups), found.labels, ignored(path, found.ids))
    return line


def grown(paths: Sequence[Path], size: int) -> dict[str, object]:
    """A mixed set of ``size`` records made of the files' (:mod:`benchmarks.grow`), and 500 more added to it."""
    source: list[Row] = []
    for path in paths:
        with rows_of(path) as rows:
            source += rows
    made = grow(source, size + ADDED)
    del source
    later = made[size:]
    del made[size:]
    made.reverse()
    began = time.perf_counter()
    found = collect(made.pop() for _ in range(size))
    result = deduplicate_cases(found)
    line = _line(f"grown to {size}", found, result, time.perf_counter() - began)
    assert found.labels is not None
    line |= score(result.clusters, found.labels, set())
    line["add_500_seconds"] = add(found.papers, later)
    return line


def add(papers: dict[int, Paper], rows: Sequence[Row]) -> float:
    """Seconds to judge the rows against the papers, which are in the index, and to settle what they touch."""
    index = MemoryIndex()
    index.put({number: digests(paper) for number, paper in papers.items()})

    def load(ids: Iterable[int]) -> dict[int, Paper]:
        return {number: papers[number] for number in ids}

    began = time.perf_counter()
    batch = {number: from_row(number, row) for number, row in enumerate(rows, len(papers))}
    papers |= batch
    verdicts = run(batch.values(), index, load).verdicts
    near = load({number for one in verdicts for number in (one.a, one.b)})
    settle(near, verdicts, (), shared_dois(near.values(), index, load))
    return round(time.perf_counter() - began, 2)


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
