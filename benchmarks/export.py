"""How fast screening lists are handed out and decisions are read back, and in how much memory.

A store of invented works with abstracts of 1.8 kB is made in a folder of its own (that takes longer than what is
measured), then one JSON line each:

export      the whole of `tracker export`: works chosen and read from the store, rows, manifest, file, receipt, all in
            one transaction; `write_seconds` is the writer alone, over rows that are in memory
decisions   `tracker decisions import` of a file with a decision on each work: read, joined, stored

`peak_mb` is the most Python memory held meanwhile, taken in a round of its own that is not timed (--memory); it must
not grow with --works.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import random
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tracker.formats import FORMATS, Format
from tracker.formats.csv import read
from tracker.home import Home
from tracker.model import Author, Heading, PartialDate, Record, SavedSearch, Section
from tracker.screening import export as exporting
from tracker.screening.decisions.importing import import_file
from tracker.store import Store, cluster_members, matches, records, runs, works
from tracker.works.display import display
from tracker.works.row import row

NOW = "2026-11-23T06:00:00Z"
SAID = (
    "loneliness social isolation depression anxiety young people adults pandemic lockdown survey cohort intervention "
    "women association wellbeing school family support symptoms scale baseline follow-up older students online β café"
)
WORDS = SAID.split()


def a_record(number: int, dice: random.Random) -> Record:
    """An article with an abstract of about 1.8 kB, eight authors, ten headings."""

    def say(count: int) -> str:
        return " ".join(dice.choices(WORDS, k=count))

    pmid = str(990000001 + number)
    sections = tuple(Section(say(54), label) for label in ("BACKGROUND", "METHODS", "RESULTS", "CONCLUSIONS"))
    return Record(
        "pubmed", pmid, title=f"{say(12).capitalize()} {number}", abstract=sections,
        authors=tuple(Author(f"Family{number % 977 + place}", "Given Name", "GN") for place in range(8)),
        journal="Journal of Invented Results", journal_abbrev="J Invent Res", issn_linking="1234-5679", volume="12",
        issue="3", pages="737-748", date=PartialDate("2024-03-05"), pmid=pmid, doi=f"10.5555/bench.{number}",
        languages=("eng",), keywords=tuple(dice.sample(WORDS, 5)), mesh=tuple(map(Heading, dice.sample(WORDS, 10))),
        publication_types=(("D016428", "Journal Article"),),
    )  # fmt: skip


def fill(store: Store, count: int) -> None:
    """As many works, each a record of its own, all matched by the search "bench"."""
    dice = random.Random(1)
    with store.write() as db:
        run = runs.begin(db, "benchmark", NOW)
        key, strategy = runs.strategy(db, SavedSearch("bench", "bench", ("pubmed",), "x", "1" * 64), run, NOW)
        made = [str(990000001 + number) for number in range(count)]
        for number in range(count):
            records.keep(db, run, a_record(number, dice), b"<x/>", 1, NOW)
        ids = [row[0] for row in db.execute("select id from record order by id")]
        cluster_members.place(db, [[[one]] for one in ids], NOW)
        matches.arrive(db, matches.SearchRun(key, strategy, "pubmed", run, NOW, "baseline", None, "", ()), made)
        runs.end(db, run, NOW)


def peak(work: Callable[[], object]) -> float:
    tracemalloc.start()
    work()
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return round(found / 1e6, 1)


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return round(time.perf_counter() - start, 3)


def measure_export(home: Home, store: Store, entry: Format, rounds: int, *, memory: bool) -> dict[str, Any]:
    made = iter(range(1_000_000))

    def hand_out() -> None:
        out = home.root / f"{entry.name}-{next(made)}{entry.suffix}"
        exporting.export(home, store, out, name=f"list-{out.name.partition('.')[0]}", searches=["bench"], now=NOW)

    if memory:
        return {"what": "export", "format": entry.name, "peak_mb": peak(hand_out)}
    seconds = min(timed(hand_out) for _ in range(rounds))
    rows = [row(work, display(work.records)) for work in works.stream(store.db)]
    written = min(timed(lambda: entry.write(rows, io.BytesIO(), entry.default_profile)) for _ in range(rounds))
    return {
        "what": "export", "format": entry.name, "works": len(rows), "seconds": seconds, "write_seconds": written,
    }  # fmt: skip


def measure_decisions(home: Home, store: Store, *, memory: bool) -> dict[str, Any]:
    handed, back = home.root / "handed.csv", home.root / "back.csv"
    exporting.export(home, store, handed, name="decided", searches=["bench"], now=NOW)
    with back.open("w", encoding="utf-8", newline="") as file:
        lines = read(handed)
        first = next(lines)
        writer = csv.DictWriter(file, list(first))
        writer.writeheader()
        for place, line in enumerate((first, *lines)):
            writer.writerow({**line, "decision": ("include", "exclude", "maybe")[place % 3], "reviewer": "A"})

    def bring() -> None:
        report = import_file(home, store, back, name="decided", now=NOW)
        assert report.stored == report.rows

    if memory:
        return {"what": "decisions", "peak_mb": peak(bring)}
    seconds = timed(bring)
    return {"what": "decisions", "rows": store.db.execute("select count(*) from decision").fetchone()[0],
            "seconds": seconds}  # fmt: skip


def lines(count: int, rounds: int, names: list[str], *, memory: bool) -> Iterator[dict[str, Any]]:
    with TemporaryDirectory() as folder:
        home = Home(Path(folder))
        home.queries.mkdir()
        with Store(home.database) as store:
            fill(store, count)
            for entry in FORMATS:
                if entry.name in names:
                    yield {**measure_export(home, store, entry, rounds, memory=memory), "works": count}
            if "decisions" in names:
                yield measure_decisions(home, store, memory=memory)


def main(argv: list[str] | None = None) -> None:
    every = [*(entry.name for entry in FORMATS), "decisions"]
    options = argparse.ArgumentParser(
        "benchmarks.export", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    options.add_argument("what", nargs="*", metavar="WHAT", help=f"of {', '.join(every)} (all)")
    options.add_argument("--works", type=int, default=10_000, help="how many works are made (10000)")
    options.add_argument("--rounds", type=int, default=3, help="how often each is done; the best counts (3)")
    options.add_argument("--memory", action="store_true", help="measure memory, not time")
    chosen = options.parse_args(argv)
    unknown = set(chosen.what) - set(every)
    if unknown:
        options.error(f"unknown: {', '.join(sorted(unknown))}")
    for line in lines(chosen.works, chosen.rounds, chosen.what or every, memory=chosen.memory):
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
