"""How long a backup and a verify take, on a store that is made here.

One JSON line each for: make (the store, by direct inserts, and its public copy by the real stage 3), backup (the copy
and its check), backup.gz (compressed as well), verify (every check of both databases), restore. `seconds` are by the
clock on the wall, `cpu_seconds` what this process took of them, `limit` what is allowed for 100,000 works; `db_mb` and
`public_mb` are the sizes of the databases. One record in 50 is joined to the one before; a record is about 28 kB as
PubMed sends it, references included.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import tempfile
import time
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from benchmarks.parse import HEAD, made_record
from tracker import pipeline
from tracker.home import Context, Home
from tracker.safety.backup import backup, restore
from tracker.safety.verify import verify
from tracker.sources.pubmed.answers import split
from tracker.sources.pubmed.parse import PARSER_VERSION, parse
from tracker.store import Store

NOW = "2026-11-24T06:00:00Z"
POOL = 400  # different records; the others are these under other ids
LIMITS = {"backup": 10, "verify": 60}
STRATEGY = "loneliness[tiab]"


def pool() -> list[tuple[str, str, bytes]]:
    """(PMID, content, raw compressed) of the records that all others are made from."""
    chance = random.Random(1)
    body = HEAD + "".join(made_record(990000000 + number, chance) for number in range(POOL)) + "</PubmedArticleSet>"
    return [(raw.source_id, parse(raw.body).to_json(), zlib.compress(raw.body)) for raw in split(body.encode())]


def contents(works: int) -> Iterator[tuple[str, str, bytes]]:
    """The same, as many as wanted, each with a PMID and a DOI of its own."""
    made = pool()
    for number in range(works):
        pmid, content, raw = made[number % len(made)]
        other = str(100000000 + number)
        yield other, content.replace(pmid, other), raw


def fill(db: sqlite3.Connection, works: int) -> None:
    """A tracker after its first run: one search, all records matched, placed and judged; 1 in 50 joined to the next."""
    mark = sha256(STRATEGY.encode()).hexdigest()
    db.execute("insert into setting values ('prefix', 'LSI')")
    db.execute("insert into run values (1, ?, ?, 'update', 'benchmark', 'complete', '')", (NOW, NOW))
    db.execute("insert into search (id, slug, first_run, title, sources) values (1, 'one', 1, 'One', '[\"pubmed\"]')")
    db.execute("insert into strategy values (1, 1, 1, ?, 'One', ?, '{}', ?)", (mark, STRATEGY, NOW))
    row = {"run_id": 1, "source": "pubmed", "started": NOW, "finished": NOW, "outcome": "complete"}
    add(db, "search_run", **row, search_id=1, strategy_id=1, baseline="baseline", promised_first=works,
        promised_last=works, received=works, new=works)  # fmt: skip
    add(db, "reading_run", **row, fetched=works, read=works, fresh=works)
    for number, (pmid, content, raw) in enumerate(contents(works), start=1):
        print_of = sha256(content.encode()).hexdigest()
        add(db, "record_state", id=number, record_id=number, run_id=1, seen=NOW, fingerprint=print_of, content=content,
            raw=raw, parser=PARSER_VERSION)  # fmt: skip
        add(db, "record", id=number, source="pubmed", source_id=pmid, first_run=1, first_seen=NOW, refreshed=NOW,
            state_id=number, fingerprint=print_of, pmid=pmid, doi=json.loads(content)["doi"])  # fmt: skip
        add(db, "match", search_id=1, strategy_id=1, source="pubmed", source_id=pmid, from_run=1, since=NOW,
            why="baseline")  # fmt: skip
        add(db, "event", record_id=number, kind="published", source="pubmed", run_id=1, seen=NOW)
        joined = number % 50 == 0
        first = number - 1 if joined else number
        add(db, "work", id=number, key=f"LSI-{number:06}", anchor=number, given=NOW, forwards=first if joined else None)
        add(db, "placement", record_id=number, publication=first, work_id=first, judged=number)
        if joined:
            add(db, "verdict", a=first, b=number, kind="same", rule="benchmark", rules_version=1, score=1.0,
                evidence="made so", by="machine", made=NOW)  # fmt: skip


def add(db: sqlite3.Connection, table: str, **row: Any) -> None:
    db.execute(f"insert into {table} ({', '.join(row)}) values ({', '.join('?' * len(row))})", tuple(row.values()))


def measure(folder: Path, works: int) -> Iterator[dict[str, Any]]:
    """One result after another."""
    home = Home(folder / "home")
    context = Context(home, lambda: datetime(2026, 11, 24, 6, 0, tzinfo=UTC), lambda line: None)
    home.queries.mkdir(parents=True)

    def make() -> None:
        with Store(home.database) as store, store.write() as db:
            db.execute("pragma defer_foreign_keys = on")
            fill(db, works)
        pipeline.publish(context)

    def judge() -> None:
        wrong = [finding for finding in verify(home) if finding.wrong or finding.note]
        if wrong:
            raise AssertionError(wrong)

    steps = {
        "make": make,
        "backup": lambda: backup(context, None, keep=1),
        "backup.gz": lambda: backup(context, folder / "copy.db.gz", keep=1),
        "verify": judge,
        "restore": lambda: restore(context, next(home.backups.glob("*.db"))),
    }
    for name, step in steps.items():
        start, busy = time.perf_counter(), time.process_time()
        step()
        seconds, busy = round(time.perf_counter() - start, 2), round(time.process_time() - busy, 2)
        sizes = {"db_mb": home.database.stat().st_size, "public_mb": (home.public / "public.db").stat().st_size}
        limit = {"limit": LIMITS[name]} if name in LIMITS else {}
        yield {"benchmark": f"safety.{name}", "works": works, "seconds": seconds, "cpu_seconds": busy, **limit,
               **{key: round(size / 1e6) for key, size in sizes.items()}}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.safety", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--works", type=int, default=100_000, help="how many records are made (default 100,000)")
    parser.add_argument("--folder", type=Path, help="where; needs about four times the size (default: a temporary one)")
    said = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=said.folder) as folder:
        for result in measure(Path(folder), said.works):
            print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
