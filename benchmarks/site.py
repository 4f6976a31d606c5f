"""How fast the public site is: pages, searches, downloads, under load, under attack, while something is published.

A home of invented works is made first (kept in --folder for the day), its public copy by the real `publish`. The site
runs as `tracker serve` starts it, one process; a stock Datasette runs beside it on the same public.db and is asked for
the nearest it has (its tables; it has no index of words, so it is not searched). Requests come from a process of their
own, over connections that stay open. One JSON line each:

machine       where and when this was measured; every later line has `load`, that of the machine (1 minute)
publish       the whole of `publish` of all works; target 60 s
one client    home, list, work, feed, searches: p50, p95, p99, max (milliseconds), rps. `again`: the same few addresses,
              which the site keeps until the next publication, a minute at most. `once`: no address twice, so that all
              is made anew. cpu_ms: processor time of the site for one request (Linux only), which tells more than the
              others where other programs run too. Targets (p95): home, list, work, feed 50 ms; a search that finds up
              to 5 % of works 100 ms; one for a word of 87 % 300 ms
8 clients     lists and works; targets 300 and 600 a second
download      all works as CSV and RIS: first byte (target 200 ms), whole (10 s), lines, the site's peak memory (400 MB;
              known on Linux only)
conditional   a feed with If-None-Match, answered 304; target p95 5 ms
hostile sql   works, one client, while 12 others send SQL that takes for ever; target p95 200 ms
readers       8 clients asking as many readers do (Zipf's law over works, lists, searches, feeds)
nginx         (--nginx) the same through nginx with docs/nginx.conf, 12,000 requests from an empty cache, then 12,000
              more: rps, and the share that did not reach the site
publishing    8 clients while a new public copy is copied into the live files: errors (target 0), the longest wait, and
              how long after the copy it was shown (target 1 s)

`met` says whether a target was reached; none is left out. Exit code 0 also where one was missed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sqlite3
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from benchmarks.site_asked import Asked, asked
from benchmarks.site_data import fill
from benchmarks.site_load import load, start
from benchmarks.site_server import Server, free_port, nginx, our_site, serving, stock
from tracker.home import Home
from tracker.publish import live, publish

Line = dict[str, Any]
OFTEN = 12_000  # requests: what a million readers a day ask in the busiest minute


@dataclass(frozen=True)
class Case:
    """Addresses that are asked in turn, what is to be reached, and the nearest that a stock Datasette has."""

    what: str
    paths: Sequence[str]
    target: Mapping[str, float]
    stock: Sequence[str] = ()
    clients: int = 1
    once: bool = False


def cases(found: Asked) -> list[Case]:
    rows = [f"/public/works/{int(path[-6:])}" for path in found.works[:5000]]
    table, filtered = ["/public/works?_sort_desc=first_seen"], ["/public/works?type=review&year=2020"]
    page, search, rate = {"p95": 50}, {"p95": 100}, {"rps": 300}
    return [
        Case("home again", ["/", "/?days=30"], page, ["/public"]),
        Case("home once", found.homes, page, once=True),
        Case("list again", ["/papers", "/papers?type=review", "/papers?sort=published"], page, table),
        Case("list once", found.lists, page, filtered, once=True),
        Case("deep page once", found.deep, page, once=True),
        Case("work once", found.works, page, rows, once=True),
        Case("feed again", ["/feeds/all.atom"], page),
        Case("feed once", found.feeds, page, once=True),
        Case("search up to 5 % once", found.few, search, once=True),
        Case("search 87 % once", found.many, {"p95": 300}, once=True),
        Case("lists again", ["/", "/papers", *found.lists[:20]], rate, table, 8),
        Case("lists once", [*found.lists[700:], *found.deep], rate, filtered, 8, once=True),
        Case("works again", found.works[-50:], {"rps": 600}, rows[:50], 8),
        Case("works once", found.works[::-1], {"rps": 600}, rows[::-1], 8, once=True),
    ]


def judged(line: Line, target: Mapping[str, float]) -> Line:
    """With the target beside the figure: rates and lines must reach it, all else must stay below."""
    met = [line.get(name) is not None and ((line[name] >= aim) if name == "rps" else (line[name] <= aim))
           for name, aim in target.items()]  # fmt: skip
    return {**line, "target": dict(target), "met": all(met)}


def measure(case: Case, site: Server, other: Server, seconds: float) -> Line:
    said = {"what": case.what, "clients": case.clients}
    if not case.once:
        load(site.port, case.paths, most=2 * len(case.paths))  # so that they are known
    most = len(case.paths) // case.clients if case.once else None
    before = site.cpu()
    line = {**said, **load(site.port, case.paths, clients=case.clients, seconds=seconds, most=most)}
    if before is not None and (after := site.cpu()) is not None:
        line["cpu_ms"] = round((after - before) * 1000 / line["requests"], 2)
    if case.stock:
        theirs = load(other.port, case.stock, clients=case.clients, seconds=seconds)
        line["stock"] = {name: theirs[name] for name in ("p50", "p95", "p99", "rps", "errors")}
    return judged(line, case.target)


def download(site: Server, path: str, works: int) -> Line:
    """One download of everything, read as fast as it comes."""
    site.forget_peak()
    begun = time.perf_counter()
    first, rows, size = None, 0, 0
    try:
        with urlopen(f"http://127.0.0.1:{site.port}{path}", timeout=120) as answer:
            while part := answer.read1(1 << 16):
                first = first or time.perf_counter() - begun
                size, rows = size + len(part), rows + part.count(b"\n")
    except HTTPError as error:
        return {"what": f"download {path}", "status": error.code, "met": False}
    whole = time.perf_counter() - begun
    line = {"what": f"download {path}", "first_byte_ms": round((first or whole) * 1000, 1), "seconds": round(whole, 2),
            "mb": round(size / 1e6, 1), "lines": rows, "all_there": rows > works,
            "peak_mb": site.peak_mb()}  # fmt: skip
    return judged(line, {"first_byte_ms": 200, "seconds": 10, "peak_mb": 400})


def conditional(site: Server, seconds: float) -> Line:
    path = "/feeds/all.atom"
    with urlopen(f"http://127.0.0.1:{site.port}{path}", timeout=30) as answer:
        held = {"If-None-Match": answer.headers["ETag"]}
    line = load(site.port, [path], seconds=seconds, headers=held, fine=["304"])
    return judged({"what": "conditional", **line}, {"p95": 5, "errors": 0})


def hostile(found: Asked, server: Server, paths: Sequence[str], seconds: float) -> Line:
    attack = start(server.port, found.hostile, clients=12, seconds=seconds + 1, fine=["200", "400", "503"])
    time.sleep(0.5)
    line = load(server.port, paths, seconds=seconds)
    theirs = attack.result()
    return {**line, "hostile": {name: theirs[name] for name in ("requests", "statuses", "errors")}}


def publishing(folder: Path, home: Home, site: Server, found: Asked) -> Line:
    """The same content with another digest and time, as the last step of `publish` copies it."""
    for name in ("public.db", "search.db"):
        built = Path(shutil.copy(home.public / name, folder / name))
        with closing(sqlite3.connect(built)) as db, db:
            db.execute("update facts set value = 'another' where name = 'digest'")
            db.execute("update facts set value = '2001-02-03T04:05:06Z' where name = 'built'")
    hammering = start(site.port, [*found.readers[:20_000]], clients=8, seconds=10)
    time.sleep(1)
    begun = time.perf_counter()
    live.copy(folder / "search.db", home.public / "search.db")
    live.copy(folder / "public.db", home.public / "public.db")
    copied = time.perf_counter()
    while b"2001-02-03" not in urlopen(f"http://127.0.0.1:{site.port}/status.json", timeout=30).read():
        pass
    shown = time.perf_counter() - copied
    line = {"what": "publishing", "copy_seconds": round(copied - begun, 2), "shown_after_seconds": round(shown, 3),
            **hammering.result()}  # fmt: skip
    return judged(line, {"errors": 0, "shown_after_seconds": 1})


def through_nginx(folder: Path, site: Server, found: Asked) -> Iterator[Line]:
    """From an empty cache, as many requests as the busiest minute has; and as many again."""
    port = free_port()
    (folder / "nginx").mkdir()
    with serving(nginx(folder / "nginx", port, site.port), port, folder / "nginx.log"):
        for number, what in enumerate(("nginx, empty cache", "nginx, a minute later")):
            part = found.readers[number * OFTEN : (number + 1) * OFTEN]
            line = load(port, part, clients=8, seconds=120, most=OFTEN // 8)
            reached = sum(line["marks"].get(name, 0) for name in ("MISS", "EXPIRED", "BYPASS", ""))
            yield {"what": what, **line, "hit_ratio": round(1 - reached / line["requests"], 3)}
        yield {"what": "nginx, all from the cache", **load(port, ["/", "/papers", *found.works[:20]], clients=8)}


def made(root: Path, works: int) -> tuple[Home, Line]:
    """The home in ``root``, made today or now, and how long `publish` took."""
    today = datetime.now(UTC)
    folder = root / f"works-{works}-{today:%Y-%m-%d}"
    home, told = Home(folder), folder / "published.json"
    if told.exists():
        return home, json.loads(told.read_text(encoding="utf-8"))
    home.queries.mkdir(parents=True)
    fill(home, works, today.date())
    begun, taken = time.perf_counter(), time.process_time()
    report = publish(home.database, home.public, settings={}, now=today, say=lambda text: None)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - taken
    line = {"what": "publish", "works": report.works, "seconds": round(seconds, 1), "cpu_seconds": round(cpu, 1)}
    line = with_load(judged(line, {"seconds": 60}))
    told.write_text(json.dumps(line), encoding="utf-8")
    return home, line


def lines(root: Path, folder: Path, works: int, seconds: float, with_nginx: bool) -> Iterator[Line]:
    yield machine(works)
    home, line = made(root, works)
    yield line
    ports = [free_port(), free_port()]
    found = asked(home.public, datetime.now(UTC).date())
    with ExitStack() as stack:
        site = stack.enter_context(serving(our_site(home.root, ports[0]), ports[0], folder / "site.log"))
        other = stack.enter_context(
            serving(stock(home.public / "public.db", ports[1]), ports[1], folder / "stock.log"))  # fmt: skip
        for case in cases(found):
            yield measure(case, site, other, seconds)
        for path in ("/papers.csv", "/papers.ris"):
            yield download(site, path, works)
        yield conditional(site, seconds)
        line = hostile(found, site, found.works[len(found.works) // 3 :], seconds)
        yield judged({"what": "hostile sql", **line}, {"p95": 200, "errors": 0})
        rows = [f"/public/works/{int(path[-6:])}" for path in found.works[:5000]]
        yield {"what": "hostile sql, stock", **hostile(found, other, rows, seconds)}
        yield {"what": "readers", **load(site.port, found.readers, clients=8, seconds=2 * seconds)}
        if with_nginx:
            yield from through_nginx(folder, site, found)
        yield publishing(folder, home, site, found)


def machine(works: int) -> Line:
    names = ("datasette", "uvicorn", "h11")
    return {
        "what": "machine", "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M"), "works": works,
        "cores": os.cpu_count(), "system": platform.platform(),
        "python": platform.python_version(), "sqlite": sqlite3.sqlite_version,
        **{name: version(name) for name in names},
    }  # fmt: skip


def with_load(line: Line) -> Line:
    return {**line, "load": round(os.getloadavg()[0], 2)} if hasattr(os, "getloadavg") else line


def main(argv: Sequence[str] | None = None) -> None:
    options = argparse.ArgumentParser(
        "benchmarks.site", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    options.add_argument("--works", type=int, default=100_000, help="how many works are made (100000)")
    options.add_argument("--seconds", type=float, default=3, help="how long each figure is measured (3)")
    options.add_argument("--folder", type=Path, help="where the made home is kept for the day (nowhere)")
    options.add_argument("--nginx", action="store_true", help="also through nginx, which must be installed")
    options.add_argument("--json", action="store_true", help="JSON lines: what is printed anyway")
    chosen = options.parse_args(argv)
    with TemporaryDirectory() as folder:
        for line in lines(chosen.folder or Path(folder), Path(folder), chosen.works, chosen.seconds, chosen.nginx):
            print(json.dumps(with_load(line)), flush=True)


if __name__ == "__main__":
    sys.exit(main())
