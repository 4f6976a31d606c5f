"""Writes the dump of a database as a released version makes it, for the test that newer programs can read it.

At each release: ``python tests/safety/released.py VERSION``, and commit ``tests/data/VERSION.sql``, which never changes
after.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

from emulator.service import PubMedService
from emulator.synthetic import synthetic
from tracker import pipeline
from tracker.home import Context, Home
from tracker.pipeline import open_sources
from tracker.screening.export import export

DATA = Path(__file__).parent.parent / "data"
NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def dump() -> str:
    """Two runs, a join, a hand-out: some rows in the tables that matter."""
    with tempfile.TemporaryDirectory() as folder, PubMedService(synthetic(25), date(2026, 11, 20)) as service:
        home = Home(Path(folder))
        home.queries.mkdir()
        (home.queries / "one.txt").write_text("title: one\nsources: pubmed\n---\nloneliness[tiab]\n", encoding="utf-8")
        context = Context(home, lambda: NOW, lambda line: None)
        environment = {"TRACKER_PUBMED_URL": service.url, "TRACKER_PACE": "0"}
        for _ in range(2):
            searches = pipeline.searches_of(home)
            http, sources = open_sources(environment, ["pubmed"])
            with pipeline.writing(context, create=True) as store:
                pipeline.update(context, store, http, sources, searches)
            http.close()
        with pipeline.writing(context) as store:
            export(home, store, home.root / "a.csv", name="one", searches=["one"], now=context.now())
            return "\n".join(store.db.iterdump()) + "\n"


def load(text: str, path: Path) -> None:
    """Make the database of a dump."""
    db = sqlite3.connect(path)
    db.executescript(text)
    db.close()


if __name__ == "__main__":
    DATA.mkdir(exist_ok=True)
    (DATA / f"{sys.argv[1]}.sql").write_text(dump(), encoding="utf-8", newline="\n")
