"""A private database put together by hand, and a client of the site that serves its public copy."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import zlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from makers import insert

from tracker.model import Author, Event, Heading, PartialDate, Record, Section
from tracker.site import serve
from tracker.store import migrations

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
OPEN = "© 2026 The Authors. This is an open access article under the CC BY 4.0 license."
METADATA = {"title": "Tracker under test", "description": "Tests.", "license": "CC0", "plugins": {"tracker": {}}}


def quiet(text: str) -> None:
    """Nobody listens."""


def day(number: int, clock: str = "06:00:00") -> str:
    """The run of a day of November 2026."""
    return f"2026-11-{number:02}T{clock}Z"


def record(number: int, **said: Any) -> Record:
    """A plausible article, invented."""
    usual: dict[str, Any] = {
        "source": "pubmed",
        "source_id": str(990000000 + number),
        "pmid": str(990000000 + number),
        "doi": f"10.5555/lsi.{number}",
        "title": f"Loneliness and mood in a cohort of adults, part {number}.",
        "authors": (Author("Vale", "Ada", "A"), Author("Moss", "Ben Tim", "BT")),
        "journal": "Journal of Invented Results",
        "date": PartialDate("2026-10"),
        "languages": ("eng",),
        "publication_types": (("D016428", "Journal Article"),),
        "abstract": (Section("We asked adults about solitude.", "AIM"), Section("Mood was lower.", "RESULTS")),
        "copyright": OPEN,
    }
    return Record(**{**usual, **said})


@dataclass
class Maker:
    """Writes rows of the private schema directly, so that tests do not depend on the stages before."""

    path: Path
    runs: int = 0
    works: int = 0
    prefix: str = "LSI"
    searches: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.db = sqlite3.connect(self.path, isolation_level=None)
        self.db.execute("pragma journal_mode = wal")
        self.db.execute("pragma synchronous = off")
        for step in migrations.STEPS:
            self.db.executescript(migrations.script(step))
        migrations.fill_states(self.db)
        insert(self.db, "setting", name="prefix", value=self.prefix)

    def run(self, started: str, outcome: str | None = "complete") -> int:
        self.runs += 1
        finished = started if outcome else None
        insert(self.db, "run", id=self.runs, started=started, finished=finished, outcome=outcome)
        return self.runs

    def search(self, slug: str, title: str = "", strategy: str = "loneliness[tiab]", **said: Any) -> int:
        number = len(self.searches) + 1
        self.searches[slug] = number
        said = {"sources": json.dumps(said.get("sources", ["pubmed"])), "every": said.get("every", "day")}
        insert(self.db, "search", id=number, slug=slug, title=title or slug.title(), **said)
        insert(self.db, "strategy", id=number, search_id=number, title=title, text=strategy, seen=day(1))
        return number

    def search_run(self, run: int, slug: str, source: str = "pubmed", outcome: str = "complete", **said: Any) -> None:
        started = self.db.execute("select started from run where id = ?", (run,)).fetchone()[0]
        row = {
            "run_id": run, "search_id": self.searches[slug], "strategy_id": self.searches[slug], "source": source,
            "started": started, "finished": started, "outcome": outcome, "promised_first": 5, "promised_last": 5,
            "received": 5, "known": 3, "new": 2, **said,
        }  # fmt: skip
        insert(self.db, "search_run", **row)

    def reading_run(self, run: int, source: str = "pubmed", outcome: str = "complete", **said: Any) -> None:
        started = self.db.execute("select started from run where id = ?", (run,)).fetchone()[0]
        row = {"run_id": run, "source": source, "started": started, "finished": started, "outcome": outcome, **said}
        insert(self.db, "reading_run", **row)

    def record(self, made: Record, run: int = 1, seen: str = day(1), refreshed: str = "") -> int:
        number = insert(
            self.db,
            "record",
            source=made.source,
            source_id=made.source_id,
            first_run=run,
            first_seen=seen,
            refreshed=refreshed or seen,
            fingerprint=made.fingerprint,
            pmid=made.pmid,
            doi=made.doi,
        )
        state = insert(
            self.db,
            "record_state",
            record_id=number,
            run_id=run,
            seen=seen,
            fingerprint=made.fingerprint,
            content=made.to_json(),
            raw=zlib.compress(b"raw"),
            parser=1,
        )
        self.db.execute("update record set state_id = ? where id = ?", (state, number))
        return number

    def work(self, *records: int, publications: list[int] | None = None) -> int:
        """A work standing on records; ``publications`` gives the publication of each (all one, where not given)."""
        self.works += 1
        insert(self.db, "work", id=self.works, key=f"{self.prefix}-{self.works:06}", anchor=records[0], given=day(1))
        for number, publication in zip(records, publications or [records[0]] * len(records), strict=True):
            insert(self.db, "placement", record_id=number, publication=publication, work_id=self.works)
        return self.works

    def match(self, slug: str, made: Record, run: int = 1, since: str = day(1), why: str = "new", **said: Any) -> None:
        row = {
            "search_id": self.searches[slug], "strategy_id": self.searches[slug], "source": made.source,
            "source_id": made.source_id, "from_run": run, "since": since, "why": why, **said,
        }  # fmt: skip
        insert(self.db, "match", **row)

    def event(self, record_id: int, event: Event, run: int = 1, seen: str = day(1)) -> None:
        row = {
            "record_id": record_id, "kind": event.kind, "notice": event.notice, "source": event.source,
            "date": event.date, "detail": event.detail, "run_id": run, "seen": seen,
        }  # fmt: skip
        insert(self.db, "event", **row)

    def verdict(self, a: int, b: int, kind: str = "same", **said: Any) -> int:
        row = {
            "a": a, "b": b, "kind": kind, "rule": "same-pmid", "rules_version": 1, "score": 1.0,
            "evidence": "both have PMID 990000001", "by": "machine", "made": day(2), **said,
        }  # fmt: skip
        return insert(self.db, "verdict", **row)

    def simple(self, number: int, slug: str, since: str = day(1), why: str = "new", **said: Any) -> int:
        """One record, its work and its match, all at once; returns the id of the work."""
        made = record(number, **said)
        key = self.record(made, seen=since)
        self.match(slug, made, since=since, why=why)
        return self.work(key)


def fill(maker: Maker) -> Maker:
    """A small tracker in which everything a page can show has happened."""
    first, second = maker.run(day(1)), maker.run(day(20))
    maker.search("lonely", "Loneliness and mental health", "(loneliness[tiab] OR lonely[tiab]) AND mood[tiab]")
    maker.search("covid", "COVID-19 <and> isolation", sources=["pubmed", "europepmc"])
    for run, baseline in ((first, "baseline"), (second, "")):
        maker.search_run(run, "lonely", baseline=baseline)
        maker.search_run(run, "covid", baseline=baseline)
        maker.reading_run(run, fetched=5, read=5, fresh=2, same=3)
    last = maker.run(day(24), "failed")
    maker.search_run(last, "lonely", outcome="failed", promised_first=None, promised_last=None, received=0, known=0,
                     new=0, note="the service answered with an error")  # fmt: skip
    maker.search_run(last, "covid", outcome="complete with notes", warnings=json.dumps(["PhraseIgnored: the"]))
    maker.reading_run(last, outcome="incomplete", fetched=4, read=3, fresh=1, same=2, withheld=1, note="1 withheld")

    maker.simple(1, "lonely", why="baseline")  # 1: the past
    maker.simple(2, "lonely", since=day(20))  # 2: news
    _preprint_and_article(maker)  # 3: a preprint that became an article
    _retracted(maker)  # 4: retracted later
    maker.simple(  # 5: an abstract that may not be shown
        5,
        "lonely",
        since=day(20),
        title="Solitude in winter.",
        copyright="© 2026 Some Publisher. All rights reserved.",
        abstract=(Section("Zebrafish companionship was measured."),),
    )
    maker.simple(6, "covid", since=day(24), title="<script>alert(1)</script> & friends",  # 6: hostile
                 title_markup="&lt;script&gt;alert(1)&lt;/script&gt; &amp; <i>friends</i>", pmcid="PMC990006",
                 languages=("ger",), publication_types=(("D016454", "Review"),))  # fmt: skip
    _joined(maker)  # 7 forwards to 2
    hidden = maker.simple(8, "lonely", since=day(20), title="Taken down at request")  # 8
    maker.db.execute("update work set hidden = ?, hidden_reason = 'asked' where id = ?", (day(22), hidden))
    gone = record(
        9,
        title="Gone from the search",
        mesh=(Heading("Loneliness", major=True, qualifiers=("psychology",)),),
        keywords=("solitude", "mood"),
    )
    key = maker.record(gone, seen=day(1))
    maker.match("lonely", gone, why="baseline", until=day(20), to_run=second, ended="gone")
    maker.match("covid", gone, run=second, since=day(20), why="late", why_detail="MeSH added 2026-11-19")
    maker.work(key)  # 9
    unmatched = record(10, title="Read, but matched by no search")
    maker.work(maker.record(unmatched))  # 10: not public
    return maker


def _preprint_and_article(maker: Maker) -> None:
    early = record(
        3,
        source="europepmc",
        source_id="PPR990003",
        pmid="",
        doi="10.5555/pre.3",
        journal="medRxiv",
        title="Early look at isolation",
        publication_types=(("D000076942", "Preprint"),),
        abstract=(Section("A preprint about quarantined owls."),),
        date=PartialDate("2026-08-01"),
    )
    late = record(33, title="A later look at isolation", date=PartialDate("2026-11-02"), doi="10.5555/art.33")
    a = maker.record(early, seen=day(1))
    b = maker.record(late, run=2, seen=day(20))
    maker.match("covid", early, why="baseline")
    maker.match("lonely", late, run=2, since=day(20))
    maker.work(a, b, publications=[a, b])
    maker.event(a, Event("preprint", "", "europepmc", "2026-08-01"))
    maker.event(b, Event("published", "10.5555/art.33", "pubmed", "2026-11-02"), run=2, seen=day(20))
    maker.verdict(a, b, "version", rule="preprint-link", evidence="PubMed: UpdateOf medRxiv")


def _retracted(maker: Maker) -> None:
    made = record(4, title="Strong claims about company")
    key = maker.record(made)
    maker.match("lonely", made, why="baseline")
    maker.work(key)
    maker.event(key, Event("published", "", "pubmed"))
    maker.event(key, Event("retracted", "990000044", "pubmed", "2026-11-19", "Retraction in: J Invent Res. 2026"),
                run=2, seen=day(20))  # fmt: skip


def _joined(maker: Maker) -> None:
    twin = replace(record(2, source="europepmc", source_id="990000002"), title="The same again")
    key = maker.record(twin, run=2, seen=day(20))
    maker.match("lonely", twin, run=2, since=day(20))
    number = maker.work(key)
    older = maker.db.execute("select anchor from work where id = 2").fetchone()[0]
    maker.verdict(older, key, evidence="both have PMID 990000002")
    maker.db.execute("update work set forwards = 2 where id = ?", (number,))
    maker.db.execute("update placement set work_id = 2, publication = ? where record_id = ?", (older, key))


class Client:
    """Asks the site as a browser would, without a network."""

    def __init__(self, datasette: Any) -> None:
        self.datasette = datasette
        self.loop = asyncio.new_event_loop()

    def get(self, path: str, method: str = "GET", **said: Any) -> Any:
        return self.loop.run_until_complete(self.datasette.client.request(method, path, **said))

    def close(self) -> None:
        serve.close(self.datasette)
        for database in self.datasette.databases.values():
            database.close()
        self.datasette.executor.shutdown()
        self.loop.close()
