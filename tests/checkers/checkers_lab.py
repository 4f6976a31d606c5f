"""A service that says what a test wants, and a store with a few papers in their works."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tracker.dedupe import stage
from tracker.http.answer import Answer, Service, judge
from tracker.model import Author, Event, PartialDate, Record, Section
from tracker.store import Store, events, records, runs

NOW = "2026-03-02T06:00:00Z"
HEADER = ["Record ID", "Title", "RetractionDate", "RetractionDOI", "RetractionPubMedID", "OriginalPaperDOI",
          "OriginalPaperPubMedID", "RetractionNature", "Reason", "Notes"]  # fmt: skip


@dataclass
class Canned:
    """Stands in for ``tracker.http.Http``; each path asked is kept with its parameters."""

    answering: Callable[[str, Mapping[str, str]], Answer]
    pace: float = 1.0
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def ask(
        self, service: Service, path: str, *, read: Callable[[Answer], Any], params: Mapping[str, str] | None = None,
        limit: int = 0,
    ) -> Any:  # fmt: skip
        self.asked.append((path, dict(params or {})))
        return judge(self.answering(path, params or {}), read)


def the_file(*rows: Mapping[str, str], header: list[str] | None = None, encoding: str = "utf-8") -> Answer:
    """The Retraction Watch file with these rows; absent cells are as the file has them."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, header or HEADER, restval="", extrasaction="ignore")
    writer.writeheader()
    for number, row in enumerate(rows):
        usual = {"Record ID": str(number), "RetractionPubMedID": "0", "OriginalPaperPubMedID": "0",
                 "RetractionDOI": "unavailable", "OriginalPaperDOI": "Unavailable", "RetractionNature": "Retraction",
                 "RetractionDate": "1/30/2026 0:00"}  # fmt: skip
        writer.writerow(usual | dict(row))
    return Answer(200, {"content-type": "text/plain"}, out.getvalue().encode(encoding))


def in_json(said: object, status: int = 200) -> Answer:
    return Answer(status, {"content-type": "application/json"}, json.dumps(said).encode())


def paper(number: int, source: str = "pubmed", **said: Any) -> Record:
    """An invented paper; a preprint where the source is a preprint server."""
    made: dict[str, Any] = {
        "title": f"Loneliness on line {number} of the night trains, counted by hand",
        "authors": (Author(f"Rider{number}", "Anna", "A"), Author(f"Seat{number}", "Bo", "B"), Author("Third", "C")),
        "date": PartialDate("2025-06-01"),
        "created": "2025-06-01",
        "abstract": (Section("Few spoke."),),
        "doi": f"10.5555/paper.{number}",
    }
    if source == "pubmed":
        made |= {"pmid": str(990_000_000 + number), "journal": "Journal of Tests"}
    key = made.get("pmid") or f"{made['doi']}v1"
    return Record(source, said.pop("source_id", key), **(made | said))


def keep(store: Store, *papers: Record, judge_them: bool = True) -> int:
    """Store papers as a run would, with their events, and place them; returns the run."""
    with store.write() as db:
        run = runs.begin(db, "collect", NOW)
        for record in papers:
            records.keep(db, run, record, b"{}", 1, NOW)
            kind = "published" if record.source == "pubmed" else "preprint"
            events.add(db, run, record.source, record.source_id, [Event(kind, "", record.source)], NOW)
        runs.end(db, run, NOW)
    if judge_them:
        stage.judge(store, NOW)
    return run


def marks(store: Store) -> list[tuple[Any, ...]]:
    """(source of the paper, kind, notice, date, who says so) of every event that is no posting or publication of it."""
    rows = store.db.execute(
        "select record.source, kind, notice, date, event.source from event join record on record.id = record_id "
        "where notice <> '' order by event.id"
    )
    return [tuple(row) for row in rows]
