"""How fast a preprint server is read and searched, and how much its shelf grows.

One JSON line each, one core, no network; everything is made here, or taken from FILEs: answers of api.biorxiv.org
(.json or .json.gz, their "collection"), whose rows are repeated under other DOIs until there are enough.

parse    rows a second through cleaning and parsing (the aim: 15,000 rows in 10 s)
shelve   the same rows put on an empty shelf, a transaction a page of 100
growth   bytes a record that the database grew by; raw bytes a record, as sent and packed
match    one saved search of --queries decided over the whole shelf, as when its strategy had changed (the aim: 60,000
         stored preprints in 30 s); and then all of them together
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import tempfile
import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tracker.collect.deciding import begin_backlog, decide_stored
from tracker.http import Http
from tracker.model import SavedSearch
from tracker.searches import read_searches
from tracker.sources import MEDRXIV, WindowSource, load
from tracker.store import Store, preprint_versions, runs

ORDINARY = """
association school family symptoms scale baseline follow-up men women older students review meta-analysis randomised
control group outcome effect confidence interval model virus antibody hospital patients infection vaccine ferry harbour
lamp letter ledger bridge tide rope window engine timetable seat carriage ticket protein cell mutation exposure cohort
survey weeks months years increase decrease ratio hazard odds mean median clinical trial treatment dose response risk
"""
TOPICAL = "loneliness social isolation depression anxiety mental health COVID-19 lockdown telehealth suicide children"
HEADINGS = ("Background", "Methods", "Results", "Conclusions")
SIGNS = ("{beta} = 0.31", "95% CI 0.12{middle dot}0.45", "p [&le;] 0.05", "{+/-}2", "O_SCPLOWKC_SCPLOW", "&gt; 65")


def made_rows(count: int) -> list[dict[str, Any]]:
    """Invented rows, abstracts of about 1,900 characters: half of them with glued headings, a quarter with codes."""
    chance, ordinary = random.Random(1), ORDINARY.split()
    known = [ordinary, [*ordinary, *TOPICAL.split()]]  # one in twenty is about what the searches look for

    def say(words: int) -> str:
        return " ".join(chance.choices(known[number % 20 == 0], k=words))

    rows = []
    for number in range(count):
        parts = [f"{say(16).capitalize()}. {say(18).capitalize()}. {say(16).capitalize()}" for _ in HEADINGS]
        if number % 2:
            parts = [heading + part for heading, part in zip(HEADINGS, parts, strict=True)]
        if number % 4 == 0:
            parts = [f"{part} ({chance.choice(SIGNS)})" for part in parts]
        rows.append(
            {
                "title": say(12).capitalize(),
                "authors": "; ".join(f"Family{chance.randrange(900)}, A. B." for _ in range(8)),
                "author_corresponding": "Anna Family1",
                "author_corresponding_institution": "Institute of Tests, Sometown, Nowhere",
                "doi": f"10.5555/{2026}.01.{number:08}",
                "date": f"2026-{number % 12 + 1:02}-{number % 28 + 1:02}",
                "version": "1",
                "type": "PUBLISHAHEADOFPRINT",
                "license": "cc_by_nc_nd",
                "category": "epidemiology",
                "jatsxml": f"https://www.medrxiv.org/content/early/2026/01/01/{number}.source.xml",
                "abstract": ".\n\n".join(parts) + ".",
                "funder": "NA",
                "published": "NA",
                "server": "medRxiv",
            }
        )
    return rows


def rows_of(files: Sequence[Path], count: int) -> list[dict[str, Any]]:
    """As many rows of the files, repeated under other DOIs."""
    found: list[dict[str, Any]] = []
    for path in files:
        body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        found += json.loads(body)["collection"]
    return [{**found[number % len(found)], "doi": f"10.5555/{number}"} for number in range(count)]


def measured(name: str, records: int, start: float, **more: object) -> dict[str, object]:
    seconds = time.perf_counter() - start
    rate = round(records / seconds) if seconds else 0
    return {"step": name, "records": records, "seconds": round(seconds, 2), "records_per_second": rate, **more}


def lines(rows: list[dict[str, Any]], parsed: int, queries: Path) -> Iterator[dict[str, object]]:
    source: WindowSource = load(MEDRXIV.name).build(Http(), {})
    raws = [json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() for row in rows]
    start = time.perf_counter()
    for raw in raws[:parsed]:
        source.parse(raw)
    yield measured("parse", min(parsed, len(raws)), start)
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "tracker.db") as store:
        empty = size(store)
        yield from _shelved(store, source, raws)
        sent, packed = sum(map(len, raws)), sum(len(zlib.compress(raw, 9)) for raw in raws)
        grown = round((size(store) - empty) / len(raws))
        count = len(raws)
        yield {
            "step": "growth",
            "records": count,
            "bytes_a_record": grown,
            "raw": sent // count,
            "packed": packed // count,
        }
        searches, _ = read_searches(queries)
        for chosen in (searches[:1], searches):
            yield _matched(store, source, chosen, len(raws))


def _shelved(store: Store, source: WindowSource, raws: list[bytes]) -> Iterator[dict[str, object]]:
    now = "2026-01-01T00:00:00Z"
    with store.write() as db:
        run = runs.begin(db, "benchmark", now)
    start = time.perf_counter()
    for place in range(0, len(raws), 100):
        with store.write() as db:
            for raw in raws[place : place + 100]:
                record = source.parse(raw)
                preprint_versions.keep(db, run, record, source.preprint(record), raw, source.parser_version, now)
    yield measured("shelve", len(raws), start)


def _matched(store: Store, source: WindowSource, searches: Sequence[SavedSearch], count: int) -> dict[str, object]:
    wanted = [replace(item, sources=(source.name,)) for item in searches]
    start = time.perf_counter()
    decidings = [begin_backlog(store.db, source, item) for item in wanted]
    decide_stored(store.db, source, decidings)
    matched = sum(len(item.matched) for item in decidings)
    return measured("match", count, start, searches=len(wanted), matched=matched)


def size(store: Store) -> int:
    store.db.execute("pragma wal_checkpoint(truncate)")
    return store.path.stat().st_size


def main(argv: list[str] | None = None) -> None:
    options = argparse.ArgumentParser(
        "benchmarks.readers", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    options.add_argument("files", nargs="*", type=Path, metavar="FILE", help="answers of api.biorxiv.org")
    options.add_argument("--parse", type=int, default=15_000, help="rows to parse (15000)")
    options.add_argument("--stored", type=int, default=60_000, help="preprints on the shelf (60000)")
    options.add_argument("--queries", type=Path, default=Path("queries"), help="the folder of saved searches (queries)")
    chosen = options.parse_args(argv)
    count = max(chosen.stored, chosen.parse)
    rows = rows_of(chosen.files, count) if chosen.files else made_rows(count)
    for line in lines(rows[: chosen.stored], chosen.parse, chosen.queries):
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
