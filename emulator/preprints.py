"""The fictional preprints of the demo's Europe PMC: some two hundred, and what becomes of them in the seven days.

===============  =======================================================================================
twins            what PubMed has as a preprint, too: same DOI, another record
forerunners      preprints of articles in PubMed: linked by the publisher, linked by a guess, not linked
alone            never published elsewhere; some in two or three versions, one record each; some withdrawn
near misses      found by a query that is wider than the search, and refused when they are read
===============  =======================================================================================

Servers carry "(demo)" in their names, DOIs begin with 10.5555/demo, ids with PPR99. Beside the preprints stand the
articles of the demo's PubMed, as Europe PMC copies them, for whoever asks for their licence. The module itself is a
:class:`~emulator.europepmc_entry.Holdings`: it has :func:`entries`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import cycle

from emulator import corpus
from emulator.abstracts import marked
from emulator.days import ACTORS as PAPERS
from emulator.days import DAYS, FIRST_DAY
from emulator.dice import Dice
from emulator.europepmc_entry import ASSERTED, GUESSED, Comment, Entry
from emulator.papers import Paper, Part
from emulator.people import authors, group
from emulator.preprint_days import ACTORS, actors, changes
from emulator.studies import draft
from emulator.versions import shorter

MEDRXIV, PSYARXIV, SQUARE = "medRxiv (demo)", "PsyArXiv (demo)", "Research Square (demo)"
SERVERS = (MEDRXIV, PSYARXIV, SQUARE, "medRxiv (demo)", "Preprints.org (demo)", "PsyArXiv (demo)", "SSRN (demo)")
VERSIONED = (SQUARE, "Preprints.org (demo)")  # one record a version
LICENCES = ("cc by", "cc by-nc-nd", "", "cc by", "cc0", "cc by-nc")
THEMES = (
    *("loneliness", "interventions", "covid-population", "remote-care"),
    *("loneliness", "covid-older", "covid-workers", "elsewhere"),
)
TWIN_EVERY, ARTICLE_EVERY, ALONE, NEAR = 3, 61, 96, 14
FIRST_TWIN, FIRST_FORERUNNER, FIRST_ALONE, FIRST_NEAR = 990_100, 990_200, 990_300, 990_800
NUMBER = 995_000_000  # of the drafts; no PMID
NEAR_TEXTS = (
    "A social evening in {place}. At four the ferry connects the islands; some come home depressed, some sing.",
    "The social club of {place} keeps a register of isolation wards. Anxiety is told of in two letters.",
    "Two harbours share one network of lamps. Social history is kept in a box, with a note on mental health.",
)


def entries(day: date) -> Mapping[str, Entry]:
    """Everything Europe PMC holds on that day, by id; before the first day as on the first."""
    number = min(max((day - FIRST_DAY).days + 1, 1), len(DAYS))
    return _preprints(number) | _articles(number)


def preprints(day: date) -> Mapping[str, Entry]:
    """The preprints alone."""
    return _preprints(min(max((day - FIRST_DAY).days + 1, 1), len(DAYS)))


@cache
def _preprints(number: int) -> dict[str, Entry]:
    if number == 1:
        made = [*_twins(), *_forerunners(), *_alone(), *_near_misses(), *actors()]
        return {entry.id: entry for entry in made}
    before = _preprints(number - 1)
    return before | {entry.id: entry for entry in changes(number, before)}


@cache
def _articles(number: int) -> dict[str, Entry]:
    """The articles of PubMed, copied a day late; those that did not change are the same objects."""
    papers = corpus.papers(DAYS[max(number - 2, 0)].date)
    before = _articles(number - 1) if number > 1 else {}
    earlier = corpus.papers(DAYS[max(number - 3, 0)].date) if number > 1 else {}
    return {
        pmid: before[pmid] if pmid in before and earlier.get(pmid) is paper else _article(paper)
        for pmid, paper in papers.items()
    }


def _article(paper: Paper) -> Entry:
    access = paper.journal.access
    if access == "silent" and int(paper.pmid) % 4 == 0:
        access = "CC BY"  # known to Europe PMC from the full text; the record at PubMed says nothing
    licence = "" if access in ("silent", "closed") else access.removesuffix(" 4.0").removesuffix(" 1.0").lower()
    return Entry(
        id=paper.pmid,
        source="MED",
        pmid=paper.pmid,
        title=paper.title,
        posted=paper.published,
        indexed=paper.created,
        revised=paper.revised,
        journal=paper.journal.title,
        doi=paper.doi,
        types=paper.types,
        language=paper.languages[0] if paper.languages else "",
        licence=licence,
    )


def _twins() -> Iterator[Entry]:
    """Preprints that PubMed has as well; where they came out, Europe PMC names the article by its PMID."""
    papers = corpus.papers(FIRST_DAY).values()
    found = [paper for paper in papers if "Preprint" in paper.types and paper.pmid != PAPERS["preprint"]]
    for turn, paper in enumerate(found[::TWIN_EVERY]):
        links = [notice for notice in paper.notices if notice.kind == "UpdateIn" and notice.pmid]
        comments = tuple(Comment("Preprint of", link.pmid, link.source, ASSERTED) for link in links)
        yield replace(
            _from_paper(paper, FIRST_TWIN + turn, paper.journal.abbrev, paper.created - timedelta(days=5)),
            doi=paper.doi,
            comments=comments,
        )


def _from_paper(paper: Paper, number: int, server: str, posted: date) -> Entry:
    return Entry(
        id=f"PPR{number}",
        title=paper.title,
        posted=posted,
        indexed=posted + timedelta(days=1),
        server=server,
        doi=f"10.5555/demo.preprint.{number}",
        parts=paper.parts,
        keywords=tuple(word for words in paper.keywords for word in words),
        authors=paper.authors,
        licence=LICENCES[number % len(LICENCES)],
        body="The full text mentions loneliness, depression and COVID-19, as full texts do.",
    )


def _forerunners() -> Iterator[Entry]:
    """Preprints of articles that PubMed does not link: by the publisher, by a guess, or by nobody, in turns."""
    papers = [paper for paper in corpus.papers(FIRST_DAY).values() if _plain_article(paper)]
    for turn, paper in enumerate(papers[::ARTICLE_EVERY]):
        number, posted = FIRST_FORERUNNER + 3 * turn, paper.created - timedelta(days=120 + 31 * turn % 200)
        link = Comment("Preprint of", paper.pmid, paper.cited, (ASSERTED, GUESSED, "")[turn % 3])
        title = (paper.title, f"{shorter(paper.title)}.", paper.title.removesuffix("."))[turn // 3 % 3]
        entry = replace(
            _from_paper(paper, number, SERVERS[turn % len(SERVERS)], posted),
            title=title,
            comments=(link,) if turn % 3 < 2 else (),
            authors=paper.authors if turn % 2 else paper.authors[: max(1, len(paper.authors) - 1)],
        )
        yield from _in_versions(entry, 1 + turn % 2) if entry.server in VERSIONED else (entry,)


def _plain_article(paper: Paper) -> bool:
    return (
        bool(paper.parts)
        and not paper.notices
        and "Preprint" not in paper.types
        and "Journal Article" in paper.types
        and paper.languages == ("eng",)
        and date(2025, 1, 1) < paper.created < date(2026, 9, 1)
        and 990_000_000 < int(paper.pmid) < 990_100_000
    )


def _alone() -> Iterator[Entry]:
    titles = {paper.title for paper in corpus.papers(FIRST_DAY).values()}
    themes, servers = cycle(THEMES), cycle(SERVERS)
    for turn in range(ALONE):
        number, created = FIRST_ALONE + 3 * turn, FIRST_DAY - timedelta(days=3 + 9 * turn)
        entry = _special(new(NUMBER + turn, number, next(themes), next(servers), created, titles), turn)
        yield from _in_versions(entry, 1 + turn % 3) if entry.server in VERSIONED else (entry,)


def new(seed: int, number: int, theme: str, server: str, posted: date, titles: set[str]) -> Entry:
    """An invented preprint on a theme."""
    paper = draft(seed, theme, posted, titles)
    return replace(_from_paper(paper, number, server, posted), revised=None)


def _special(entry: Entry, turn: int) -> Entry:
    """Some are odd: withdrawn in three ways, written by groups, without abstract, with signs that look like tags."""
    if turn in (5, 40):
        notice = marked((Part("This preprint has been withdrawn by its invented authors."),))
        return replace(entry, title=f"Withdrawn: {entry.title}", parts=notice)
    if turn == 23:
        return replace(entry, types=("Preprint", "Preprint-withdrawal"))
    if turn in (11, 31):
        return replace(entry, authors=(*authors(Dice(turn), 2), group(Dice(turn))))
    if turn in (17, 53):
        return replace(entry, parts=(), keywords=())
    if turn == 29:
        last = entry.parts[-1:] or marked((Part("Nothing was measured."),))
        return replace(entry, parts=(*entry.parts[:-1], replace(last[0], text=f"{last[0].text} (p < .05, n <1 year)")))
    return entry


def _in_versions(entry: Entry, count: int) -> Iterator[Entry]:
    """One record a version, each with a DOI of its own and a list of all of them."""
    number = int(entry.id.removeprefix("PPR"))
    posted = [entry.posted + timedelta(days=40 * turn) for turn in range(count)]
    ids = [f"PPR{number + turn}" for turn in range(count)]
    listed = tuple((ids[turn], turn + 1, posted[turn], "preprint") for turn in range(count))
    for turn in range(count):
        yield replace(
            entry,
            id=ids[turn],
            doi=f"{entry.doi}/v{turn + 1}",
            posted=posted[turn],
            indexed=posted[turn] + timedelta(days=1),
            version=turn + 1,
            versions=listed,
            comments=entry.comments if turn + 1 == count else (),
        )


def _near_misses() -> Iterator[Entry]:
    """Their words are those of the searches, but not side by side."""
    for turn in range(NEAR):
        number, posted = FIRST_NEAR + turn, FIRST_DAY - timedelta(days=20 + 31 * turn)
        text = NEAR_TEXTS[turn % len(NEAR_TEXTS)].format(place="Ternhaven")
        yield Entry(
            id=f"PPR{number}",
            title=f"Lamps, letters and ledgers of Ternhaven, part {turn + 1}.",
            posted=posted,
            indexed=posted + timedelta(days=1),
            server=SERVERS[turn % len(SERVERS)],
            doi=f"10.5555/demo.preprint.{number}",
            parts=marked((Part(text),)),
            authors=authors(Dice(number), 2),
            licence="cc by",
        )


__all__ = ["ACTORS", "entries", "new", "preprints"]
