"""Measure the deduplicator on the store: what a batch of new records costs among many that are stored.

``python -m benchmarks.dedup_store FILE... [--stored 100000] [--new 500] [--home DIR]`` makes a mixed set out of the
files (benchmarks/grow.py; columns as for benchmarks.dedup), stores it in a new database, judges it, stores some records
more and judges these. One JSON line:

  stored, new          records in the database, records added
  keep_seconds         writing the stored records (contents, raw answers), not judged yet
  judge_seconds        judging and placing them, from an empty key index
  add_seconds          judging and placing the new ones: keys, verdicts, clusters, ids, commit; nothing read before
  add_cpu_seconds      the same as this process's own time: on a shared machine the other counts its waiting too
  works, asked         works that stand afterwards, questions that wait for a person
  database_mb, peak_mb the file; the memory of the whole process

``--home DIR`` keeps the database there (tracker.db) and goes on with it the next time: up to 20 batches of new records,
the sizes unchanged.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.dedup import peak_mb, rows_of
from benchmarks.grow import Row, grow
from tracker.dedupe import stage
from tracker.dedupe.names import split_authors
from tracker.model import Author, PartialDate, Record, Section
from tracker.store import Store, cluster_members, records, runs, verdicts

NOW = "2026-01-01T00:00:00Z"
PAGE = 2000
SPARE = 20  # batches of new records that a kept database can be given, one a run


def record_of(number: int, row: Row) -> Record:
    """The row as a source would bring it."""
    authors = []
    for name in split_authors(row["authors"]):
        family, _, given = name.partition(",")
        authors.append(Author(family=family.strip(), given=given.strip()))
    return Record(
        "pubmed",
        str(number),
        title=row["title"],
        abstract=(Section(row["abstract"]),) if row["abstract"] else (),
        authors=tuple(authors),
        journal=row["journal"],
        volume=row["volume"],
        issue=row["issue"],
        pages=row["pages"],
        date=PartialDate(row["year"]),
        doi=row["doi"],
        pmid=row["pmid"],
    )


def keep(store: Store, made: Iterable[Record]) -> float:
    """Seconds to store the records, a page a transaction."""
    began, page = time.perf_counter(), []
    for record in made:
        page.append(record)
        if len(page) == PAGE:
            _keep_page(store, page)
            page = []
    _keep_page(store, page)
    return time.perf_counter() - began


def _keep_page(store: Store, page: Sequence[Record]) -> None:
    with store.write() as db:
        run = runs.begin(db, "benchmark", NOW)
        for record in page:
            records.keep(db, run, record, b"", 1, NOW)


def judged(store: Store) -> float:
    """Seconds to judge what is not judged yet."""
    began = time.perf_counter()
    stage.judge(store, NOW)
    return time.perf_counter() - began


def measure(rows: Sequence[Row], folder: Path, stored: int, new: int) -> dict[str, object]:
    """The line."""
    path = folder / "tracker.db"
    with Store(path) as store:
        there = records.count(store.db, "pubmed")
        made = grow(rows, stored + SPARE * new)
        line: dict[str, object] = {"stored": max(stored, there), "new": new}
        if not there:
            line["keep_seconds"] = round(keep(store, (record_of(n, row) for n, row in enumerate(made[:stored]))), 2)
            line["judge_seconds"] = round(judged(store), 2)
    with Store(path) as store:  # nothing read before
        first = max(stored, there)
        if first + new > len(made):
            raise SystemExit(f"{path} holds all {SPARE} batches already: remove it")
        keep(store, (record_of(n, row) for n, row in enumerate(made[first : first + new], first)))
        cpu = time.process_time()
        line["add_seconds"] = round(judged(store), 2)
        line["add_cpu_seconds"] = round(time.process_time() - cpu, 2)
        line |= {"works": cluster_members.standing(store.db), "asked": verdicts.count_questions(store.db)}
    return line | {"database_mb": path.stat().st_size >> 20, "peak_mb": peak_mb()}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.dedup_store",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--stored", type=int, default=100_000, metavar="N", help="records in the database (100000)")
    parser.add_argument("--new", type=int, default=500, metavar="N", help="records added (500)")
    parser.add_argument("--home", type=Path, help="keep the database here, and go on with it")
    options = parser.parse_args(arguments)
    source: list[Row] = []
    for path in options.files:
        with rows_of(path) as rows:
            source += rows
    with TemporaryDirectory() as folder:
        home = options.home or Path(folder)
        home.mkdir(parents=True, exist_ok=True)
        print(json.dumps(measure(source, home, options.stored, options.new)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
