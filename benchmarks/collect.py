"""How much slower a collection is than politeness and the service make it, and what a second one costs.

A PubMed of counted-off articles runs in a process of its own and takes ``--latency`` seconds a request; one search that
matches all of them is collected (not published), then collected once more on the same day. One JSON line:

seconds        wall time of the first collection (walk, fetch, parse, store)
floor          sum over its requests of max(polite interval, time of the service): what cannot be avoided
ratio          seconds / floor
again          seconds and requests of the second collection on the same day (id requests only)
dedupe         seconds of the second stage over all records
peak_mb        the most memory this process held
database_mb    what is on disk afterwards

``--pace 0`` leaves out the polite interval: for growth (--articles 10000, 50000, 200000).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from tracker import pipeline
from tracker.home import Home
from tracker.http import Http
from tracker.model import SavedSearch
from tracker.sources.pubmed.client import PubMed, service

TEXT = "eng[la]"
NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=33_000)
    parser.add_argument("--size", type=int, default=28_000, help="bytes of XML an article")
    parser.add_argument("--latency", type=float, default=0.1, help="seconds of service time a request")
    parser.add_argument("--pace", type=float, default=1.0)
    said = parser.parse_args()
    words = ["--articles", str(said.articles), "--size", str(said.size), "--latency", str(said.latency)]
    served = subprocess.Popen(
        [sys.executable, "-m", "emulator", *words, "--day", NOW.date().isoformat()],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert served.stdout is not None
    assert served.stdin is not None
    try:
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(measure(Path(folder), served.stdout.readline().strip(), said)), flush=True)
    finally:
        served.stdin.close()
        served.wait()


def measure(root: Path, url: str, said: argparse.Namespace) -> dict[str, object]:
    home = Home(root)
    where = service({"TRACKER_PUBMED_URL": url})
    context = pipeline.Context(home, lambda: NOW, lambda line: None)
    search = SavedSearch("all", "All", ("pubmed",), TEXT, "1")
    taken, requests = [], []
    for _ in range(2):
        http = Http(pace=said.pace)
        with pipeline.writing(context, create=True) as store:
            began = time.perf_counter()
            report = pipeline.collect(context, store, http, {"pubmed": PubMed(http, where)}, [search])
            taken.append(time.perf_counter() - began)
        requests.append(http.requests["pubmed"])
        http.close()
        if report.troubles:
            raise SystemExit(f"incomplete: {report.troubles}")
    began = time.perf_counter()
    with pipeline.writing(context) as store:
        pipeline.dedupe(context, store)
        stored = store.db.execute("select count(*) from record").fetchone()[0]
    floor = requests[0] * max(where.interval * said.pace, said.latency)
    return {
        "articles": said.articles, "stored": stored, "size": said.size, "latency": said.latency, "pace": said.pace,
        "seconds": round(taken[0], 1), "requests": requests[0], "floor": round(floor, 1),
        "ratio": round(taken[0] / floor, 3) if floor else None,
        "again_seconds": round(taken[1], 1), "again_requests": requests[1],
        "dedupe": round(time.perf_counter() - began, 1), "peak_mb": _peak_mb(),
        "database_mb": round(home.database.stat().st_size / 1e6),
    }  # fmt: skip


def _peak_mb() -> float | None:
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1e6 if sys.platform == "darwin" else 1e3), 1)


if __name__ == "__main__":
    main()
