"""A small literature of two days, a PubMed that serves it in small portions, and a tracker that follows it.

First day: 38 papers, found by two searches that share four of them. Second day: seven papers are new (one of them is
what became of a preprint), two old ones get their heading only now, one that search "two" found is edited so that
"one" finds it as well, one is retracted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from emulator.papers import Article
from emulator.service import PubMedService
from tracker import collect as collecting
from tracker import pipeline
from tracker.home import Home
from tracker.http import Http
from tracker.model import SavedSearch
from tracker.sources.pubmed.client import PubMed, service
from tracker.store import Store

FIRST, SECOND = date(2026, 3, 2), date(2026, 3, 3)
CEILING, BATCH = 12, 5
LARGEST = 2_000_000  # bytes of an answer with records
PMID = 990_000_000
NOTICE = "J Small Worlds. 2026;9:1"
NAMES = ("Abel", "Born", "Cole", "Dunn", "Egan", "Ford", "Gale", "Hart", "Ivey", "Jago", "Kent", "Lunn", "Moss", "Nash")
SUBJECTS = (
    "nurses",
    "students",
    "farmers",
    "widowers",
    "migrants",
    "carers",
    "pilots",
    "teachers",
    "miners",
    "sailors",
)

# --- papers


def element(article: Article, link: tuple[str, str] = ("", "")) -> bytes:
    """The XML of a paper, as much as the tests need; ``link``: RefType and PMID or citation of what it points to."""

    def day(value: date) -> str:
        return f"<Year>{value.year}</Year><Month>{value.month:02}</Month><Day>{value.day:02}</Day>"

    mesh = "".join(
        f'<MeshHeading><DescriptorName UI="D000000" MajorTopicYN="N">{escape(name)}</DescriptorName></MeshHeading>'
        for name in article.mesh
    )
    author = article.authors[0].split()
    kind, target = link
    said = f'<PMID Version="1">{target}</PMID>' if target.isdigit() else ""
    pointing = f'<CommentsCorrections RefType="{kind}"><RefSource>{target}</RefSource>{said}</CommentsCorrections>'
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">{article.pmid}</PMID>'
        f"<DateRevised>{day(article.modified)}</DateRevised><Article><Journal><JournalIssue><Volume>1</Volume>"
        f"<PubDate>{day(article.published)}</PubDate></JournalIssue><Title>{escape(article.journal)}</Title></Journal>"
        f"<ArticleTitle>{escape(article.title)}</ArticleTitle><Pagination><MedlinePgn>{int(article.pmid) % 1000}"
        f"</MedlinePgn></Pagination><Abstract><AbstractText>{escape(article.abstract)}</AbstractText></Abstract>"
        f"<AuthorList><Author><LastName>{author[0]}</LastName><ForeName>{author[1]}</ForeName></Author></AuthorList>"
        f'<PublicationTypeList><PublicationType UI="D0">{article.publication_types[0]}</PublicationType>'
        f"</PublicationTypeList></Article><MeshHeadingList>{mesh}</MeshHeadingList>"
        f"<CommentsCorrectionsList>{pointing if kind else ''}</CommentsCorrectionsList></MedlineCitation><PubmedData>"
        f'<History><PubMedPubDate PubStatus="entrez">{day(article.created)}</PubMedPubDate></History><ArticleIdList>'
        f'<ArticleId IdType="pubmed">{article.pmid}</ArticleId><ArticleId IdType="doi">{article.doi}</ArticleId>'
        "</ArticleIdList></PubmedData></PubmedArticle>"
    ).encode()


def paper(number: int, topic: str, created: date, **said: Any) -> Article:
    """Paper ``number``, a study of its own of ``topic``, created on a day."""
    who = SUBJECTS[number % len(SUBJECTS)]
    return Article(
        pmid=str(PMID + number),
        created=created,
        published=created - timedelta(days=40),
        title=said.pop("title", f"{topic.capitalize()} among {who} of region {number}: cohort {number * 37 % 101}."),
        xml=said.pop("xml", element),
        abstract=said.pop("abstract", f"We followed {number} {who} for years."),
        authors=(f"{NAMES[number % len(NAMES)]} {chr(65 + number % 26)}",),
        journal="Journal of Small Worlds",
        doi=said.pop("doi", f"10.5555/small.{number}"),
        **said,
    )


def first_day() -> list[Article]:
    old = [paper(number, "loneliness", date(2019, 1, 7) + timedelta(days=61 * number)) for number in range(1, 27)]
    both = [
        paper(number, "loneliness and isolation", date(2021, 2, 1) + timedelta(days=90 * (number - 26)))
        for number in range(27, 31)
    ]
    two = [
        paper(number, "isolation", date(2022, 5, 2) + timedelta(days=30 * (number - 30))) for number in range(31, 39)
    ]
    old[4] = replace(old[4], publication_types=("Preprint",), journal="Preprints of Small Worlds")
    unfound = [paper(number, "solitude", date(2015, 6, number - 38)) for number in (39, 40)]
    return [*old, *both, *two, *unfound]


def second_day() -> list[Article]:
    was = {article.pmid: article for article in first_day()}
    new = [paper(number, "loneliness", SECOND) for number in range(41, 47)]
    preprint = was[str(PMID + 5)]
    printed = replace(
        preprint, pmid=str(PMID + 47), doi="10.5555/small.47", created=SECOND, publication_types=("Journal Article",),
        journal="Journal of Printed Things", xml=partial(element, link=("UpdateOf", preprint.pmid)),
    )  # fmt: skip
    late = [replace(was[str(PMID + number)], mesh=("Loneliness",), revised=SECOND) for number in (39, 40)]
    said = "We also looked at loneliness."
    edited = replace(was[str(PMID + 33)], abstract=said, revised=SECOND)
    retracted = replace(was[str(PMID + 12)], revised=SECOND, xml=partial(element, link=("RetractionIn", NOTICE)))
    changed = {article.pmid: article for article in (*new, printed, *late, edited, retracted)}
    return list((was | changed).values())


class Days:
    """A literature told day by day; a day that is not told is like the one before."""

    def __init__(self, told: dict[date, list[Article]]) -> None:
        self.told = {day: {article.pmid: article for article in articles} for day, articles in sorted(told.items())}

    def articles(self, day: date) -> dict[str, Article]:
        return self.told[max((told for told in self.told if told <= day), default=min(self.told))]


def two_days() -> Days:
    return Days({FIRST: first_day(), SECOND: second_day()})


SEARCHES = {"one": "loneliness[tiab] OR Loneliness[mh]", "two": "isolation[tiab]"}


def saved(slug: str, text: str, **said: Any) -> SavedSearch:
    return SavedSearch(slug, slug.title(), ("pubmed",), text, hashlib.sha256(text.encode()).hexdigest(), **said)


# --- the tracker


@dataclass
class Lab:
    """A home at ``root`` that follows the service; everything as in a real run but the waiting and publishing."""

    root: Path
    service: PubMedService
    searches: list[SavedSearch] = field(default_factory=lambda: [saved(*item) for item in SEARCHES.items()])
    ceiling: int = CEILING
    batch: int = BATCH
    attempts: int = 5
    patience: float = 5.0  # seconds to wait for an answer
    said: list[str] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)
    make_http: Callable[..., Http] = Http

    def clock(self) -> datetime:
        return datetime.combine(self.service.day, time(6), UTC)

    @property
    def home(self) -> Home:
        return Home(self.root)

    def http(self) -> Http:
        timeout = (5.0, self.patience)
        deadline = self.patience * 1.5
        return self.make_http(
            pace=0, timeout=timeout, deadline=deadline, attempts=self.attempts, sleep=self.waited.append
        )

    def update(self, *, confirm_removals: Collection[str] = ()) -> collecting.CollectReport:
        """Collect and dedupe, as ``tracker update`` does before it publishes."""
        http = self.http()
        where = service({"TRACKER_PUBMED_URL": self.service.url})
        source = PubMed(http, where, batch=self.batch, ceiling=self.ceiling, largest=LARGEST)
        context = pipeline.Context(self.home, self.clock, self.said.append)
        try:
            with pipeline.writing(context, create=True) as store:
                report = pipeline.collect(
                    context, store, http, {"pubmed": source}, self.searches, confirm_removals=confirm_removals
                )
                pipeline.dedupe(context, store)
        finally:
            http.close()
        return report

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with Store(self.home.database, create=False) as store:
            return [tuple(row) for row in store.db.execute(sql, values)]

    def state(self) -> State:
        with Store(self.home.database, create=False) as store:
            return state(store)


# --- what must be the same


@dataclass
class State:
    """Everything that must not depend on faults and kills; runs, times and numbers of attempts may."""

    records: dict[str, list[str]]  # the fingerprints it had, oldest first
    matches: set[tuple[Any, ...]]  # search, source, id, why, open, for the first time, held back from the news
    works: dict[str, list[str]]  # key -> records
    events: set[tuple[Any, ...]]
    aside: list[tuple[Any, ...]]  # withheld or unreadable to this day

    @property
    def grouped(self) -> set[tuple[str, ...]]:
        """Which records stand together, whatever the keys of their works."""
        return {tuple(members) for members in self.works.values()}


def differences(left: State, right: State, *, keys: bool = True) -> list[str]:
    """What differs, in words; ``keys``: the keys of works must be the same as well, not only what stands together."""
    found = [
        f"{name}: {one!r} is not {other!r}"
        for name in ("records", "works")
        for key in {*getattr(left, name), *getattr(right, name)}
        if (one := (key, getattr(left, name).get(key))) != (other := (key, getattr(right, name).get(key)))
        if keys or name == "records"
    ]
    sets = ("matches", "events", "aside", "grouped")
    return found + [
        f"{name}: {sorted({*getattr(left, name)} ^ {*getattr(right, name)})}"
        for name in sets
        if getattr(left, name) != getattr(right, name)
    ]


def state(store: Store) -> State:
    def rows(sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in store.db.execute(sql)]

    records: dict[str, list[str]] = {}
    for key, mark in rows(STATES):
        records.setdefault(key, []).append(mark)
    works: dict[str, list[str]] = {}
    for key, member in rows(WORKS):
        works.setdefault(key, []).append(member)
    return State(records, set(rows(MATCHES)), works, set(rows(EVENTS)), rows(ASIDE))


STATES = """
select source || ':' || source_id, record_state.fingerprint from record join record_state on record_id = record.id
order by record_state.id"""
WORKS = """
select key, source || ':' || source_id from work join placement on work_id = work.id
join record on record.id = record_id order by 2"""
MATCHES = """
select slug, source, source_id, why, to_run is null, first, held from match join search on search.id = search_id"""
EVENTS = "select source_id, kind, notice, event.source, date from event join record on record.id = record_id"
ASIDE = """
select source_id, 'withheld' from withheld where arrived is null
union all select source_id, 'unreadable' from unreadable where resolved is null order by 1"""


# --- the ledger, recounted

WRONG = {
    "received = known + new + rejected": "select * from search_run where received <> known + new + rejected",
    "received lies between the first and the last promise": (
        "select * from search_run where outcome in ('complete', 'complete with notes') "
        "and received not between min(promised_first, promised_last) and max(promised_first, promised_last)"
    ),
    "fetched = read + unreadable + withheld": "select * from reading_run where fetched <> read + unreadable + withheld",
    "read = fresh + changed + same": "select * from reading_run where read <> fresh + changed + same",
    "again is part of fetched": "select * from reading_run where rotated + revised > fetched",
    "fresh = records that are here since that run": (
        "select reading_run.* from reading_run where fresh <> (select count(*) from record "
        "where first_run = run_id and record.source = reading_run.source)"
    ),
    "fresh + changed = states of that run": (
        "select reading_run.* from reading_run where fresh + changed <> (select count(*) from record_state "
        "join record on record.id = record_id where record_state.run_id = reading_run.run_id "
        "and record.source = reading_run.source)"
    ),
    "new = matches that began for the first time": (
        "select * from search_run where new <> (select count(*) from match where from_run = run_id "
        "and match.search_id = search_run.search_id and match.source = search_run.source and first = 1)"
    ),
    "received = what matched in a complete run, but for what was missing in it and came back": (
        "select run_id, received, missing, count(match.id) as matched from search_run "
        "left join match on match.search_id = search_run.search_id and match.source = search_run.source "
        "and from_run <= run_id and coalesce(to_run, 1000000) > run_id "
        "where outcome in ('complete', 'complete with notes') group by search_run.id "
        "having received > matched or received + missing < matched"
    ),
    "every record has one state that holds": (
        "select record.* from record left join record_state on record_state.id = state_id "
        "where record_state.record_id is not record.id or record_state.fingerprint <> record.fingerprint"
    ),
    "a record has at most one open match in a search": (
        "select search_id from match where to_run is null group by search_id, source, source_id having count(*) > 1"
    ),
    "a run that ended has an outcome": "select * from run where (finished is null) <> (outcome is null)",
}


def recount(db: Any) -> list[str]:
    """The names of the equations that do not hold, with the rows that break them."""
    return [
        f"{name}: {json.dumps([tuple(row) for row in rows])}"
        for name, sql in WRONG.items()
        if (rows := db.execute(sql).fetchall())
    ]
