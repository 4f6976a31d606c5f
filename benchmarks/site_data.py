"""A tracker home of invented works, as large and as uneven as a real one, for `benchmarks.site`.

The private database is filled by hand (fast), the public copy is made by the real `publish`. Words are invented and
follow Zipf's law; a few real ones are put in so that it is known how many works a search for them finds (SHARES). Six
works of ten came with one first run, the others in the daily runs of 120 days; dates of publication tie heavily.
"""

from __future__ import annotations

import random
import sqlite3
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate

from tracker.home import Home
from tracker.model import Author, Event, Heading, PartialDate, Record, SavedSearch, Section
from tracker.store import Store, records, runs
from tracker.store.sql import insert

SHARES = {"loneliness": 0.87, "isolation": 0.33, "telehealth": 0.05, "quarantine": 0.01}  # word -> share of works
SOURCES = {"pubmed": 70, "europepmc": 12, "medrxiv": 8, "psyarxiv": 7, "biorxiv": 3}
LABELS = ("BACKGROUND", "METHODS", "RESULTS", "CONCLUSIONS")
TYPES = (("D016428", "Journal Article"), ("D016454", "Review"), ("D016449", "Randomized Controlled Trial"),
         ("D016422", "Letter"), ("D016421", "Editorial"))  # fmt: skip
LANGUAGES = {"eng": 90, "ger": 3, "fre": 2, "spa": 2, "chi": 2, "por": 1}
OPEN = "© The Authors. This is an open access article under the CC BY 4.0 license."
CLOSED = "© Some Publisher. All rights reserved."
DAYS, BASELINE, TWINS, SEARCHES, JOURNALS = 120, 0.6, 0.12, 10, 3000


@dataclass(frozen=True)
class Zipf:
    """Draws from ``items``, the first most often: weight 1 / (place + 5)."""

    items: list[str]
    sums: list[float]

    @classmethod
    def over(cls, items: list[str]) -> Zipf:
        return cls(items, list(accumulate(1 / (place + 5) for place in range(len(items)))))

    def draw(self, dice: random.Random, count: int) -> list[str]:
        return dice.choices(self.items, cum_weights=self.sums, k=count)


class Texts:
    """Titles, sentences, names and journals to draw from; making them once is what makes this quick."""

    def __init__(self, dice: random.Random) -> None:
        syllables = [a + b for a in "bcdfglmnprstv" for b in ("a", "e", "i", "o", "u", "an", "er", "ol")]
        words = sorted({"".join(dice.choices(syllables, k=dice.randint(2, 4))) for _ in range(30_000)})
        dice.shuffle(words)
        self.words = Zipf.over(words)
        self.sentences = [" ".join(self.words.draw(dice, 17)).capitalize() + "." for _ in range(20_000)]
        self.families = [word.capitalize() for word in words[:4000]]
        self.journals = Zipf.over([f"Journal of {word.capitalize()} {n}" for n, word in enumerate(words[:JOURNALS])])

    def abstract(self, dice: random.Random) -> tuple[Section, ...]:
        """About 250 words in four parts, with the words of SHARES in as many works as they say."""
        told = " ".join(word for word, share in SHARES.items() if dice.random() < share)
        parts = [" ".join(dice.choices(self.sentences, k=dice.randint(3, 4))) for _ in LABELS]
        parts[0] += f" Of {told}." if told else ""
        return tuple(Section(text, label) for text, label in zip(parts, LABELS, strict=True))


def work(number: int, texts: Texts, dice: random.Random) -> list[Record]:
    """The records of one work: one, or a second one of the same paper (or of its preprint) from another source."""
    source = dice.choices(list(SOURCES), list(SOURCES.values()))[0]
    day = date(2015, 1, 1) + timedelta(days=int(4200 * dice.random() ** 0.5))
    said = dice.choice((day.isoformat(), day.isoformat(), f"{day:%Y-%m}", f"{day:%Y}"))
    preprint = source in ("medrxiv", "psyarxiv", "biorxiv")
    free = preprint or dice.random() < 0.4
    first = Record(
        source, f"{source}-{number}", title=" ".join(texts.words.draw(dice, 14)).capitalize() + ".",
        abstract=texts.abstract(dice) if dice.random() < 0.9 else (), copyright=OPEN if free else CLOSED,
        authors=tuple(Author(dice.choice(texts.families), "Given Name", "GN") for _ in range(dice.randint(1, 9))),
        journal=source if preprint else texts.journals.draw(dice, 1)[0], volume="12", issue="3", pages="737-748",
        date=PartialDate(said), pmid="" if preprint else str(990_000_001 + number), doi=f"10.5555/bench.{number}",
        pmcid=f"PMC{9_000_000 + number}" if free and not preprint else "",
        languages=tuple(dice.choices(list(LANGUAGES), list(LANGUAGES.values()))),
        keywords=tuple(texts.words.draw(dice, 5)), mesh=tuple(map(Heading, texts.words.draw(dice, 8))),
        publication_types=(("D000076942", "Preprint"),) if preprint else (dice.choices(TYPES, (80, 10, 4, 3, 3))[0],),
    )  # fmt: skip
    if dice.random() >= TWINS:
        return [first]
    if not preprint:
        return [
            first,
            replace(first, source="europepmc" if source == "pubmed" else "pubmed", source_id=f"twin-{number}"),
        ]
    article = replace(
        first, source="pubmed", source_id=f"twin-{number}", pmid=str(990_000_001 + number), journal="Journal of Later",
        doi=f"10.5555/bench.{number}.article", publication_types=TYPES[:1],
    )  # fmt: skip
    return [first, article]


def fill(home: Home, count: int, today: date) -> None:
    """The private database of a new home with ``count`` works, the last run this morning."""
    dice = random.Random(8)
    texts = Texts(dice)
    with Store(home.database) as store, store.write() as db:
        days = [today - timedelta(days=DAYS - number) for number in range(DAYS + 1)]
        times = [f"{day}T04:00:00Z" for day in days]
        for number, time in enumerate(times):
            _run(db, dice, number, time)
        for number in range(count):
            at = 0 if number < count * BASELINE else 1 + int(DAYS * (number / count - BASELINE) / (1 - BASELINE))
            _work(db, dice, number + 1, work(number, texts, dice), at + 1, times)


def _run(db: sqlite3.Connection, dice: random.Random, number: int, time: str) -> None:
    """A run of all searches on all sources, run 1 as their baseline; runs are numbered from 1."""
    run = runs.begin(db, "update", time)
    for place in range(1, SEARCHES + 1):
        text = f"(loneliness[tiab] OR {'word OR ' * 30} isolation[tiab]) AND health[tiab]"
        saved = SavedSearch(f"search-{place}", f"Loneliness and subject {place}", tuple(SOURCES), text, str(place) * 64)
        search, strategy = runs.strategy(db, saved, run, time)
        for source in SOURCES:
            row = runs.SearchRow(search, strategy, source, time, time, "complete", "" if number else "baseline",
                                 known=1000, new=dice.randint(0, 9), received=None, note="")  # fmt: skip
            runs.add_search_row(db, run, replace(row, received=row.known + row.new))
    for source in SOURCES:
        runs.end_reading(db, runs.begin_reading(db, run, source, time), runs.ReadingRow(source, time, "complete"))
    runs.end(db, run, time)


def _work(
    db: sqlite3.Connection, dice: random.Random, key: int, found: list[Record], run: int, times: list[str]
) -> None:
    ids, time = [], times[run - 1]
    searches = sorted({min(int(dice.expovariate(0.4)) + 1, SEARCHES) for _ in range(dice.randint(1, 3))})
    for record in found:
        records.keep(db, run, record, b"", 1, time)
        ids.append(db.execute("select max(id) from record").fetchone()[0])
        for search in searches:
            insert(db, "match", search_id=search, strategy_id=search, source=record.source, source_id=record.source_id,
                   from_run=run, since=time, why="baseline" if run == 1 else "new")  # fmt: skip
    insert(db, "work", id=key, key=f"LSI-{key:06}", anchor=ids[0], given=time)
    version = len(found) > 1 and found[0].doi != found[1].doi
    for number in ids:
        insert(db, "placement", record_id=number, publication=number if version else ids[0], work_id=key)
    if len(ids) > 1:
        insert(db, "verdict", a=ids[0], b=ids[1], kind="version" if version else "same", rule="same-doi",
               rules_version=1, score=1.0, evidence="both have the same DOI", by="machine", made=time)  # fmt: skip
    state = "preprint" if found[0].source.endswith("rxiv") else "published"
    _event(db, ids[0], Event(state, "", found[0].source), run, time)
    if dice.random() < 0.02:
        kind, later = dice.choice(("retracted", "corrected", "corrected", "concern")), dice.randint(run, DAYS + 1)
        _event(
            db, ids[0], Event(kind, str(991_000_000 + key), "pubmed", times[later - 1][:10]), later, times[later - 1]
        )


def _event(db: sqlite3.Connection, record: int, event: Event, run: int, seen: str) -> None:
    insert(db, "event", record_id=record, kind=event.kind, notice=event.notice, source=event.source, date=event.date,
           detail=event.detail, run_id=run, seen=seen)  # fmt: skip
