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

:func:`versions` is the same literature as the preprint servers themselves show it, on the day of posting and version by
version (Europe PMC has it a day later, as one record), and beside it what no search wants, three preprints a day,
because these services are read whole. In the seven days a second version is posted, one preprint is withdrawn, and one
comes out in a journal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from itertools import cycle
from typing import Protocol

from emulator import corpus
from emulator.abstracts import marked
from emulator.days import ACTORS as PAPERS
from emulator.days import DAYS, FIRST_DAY
from emulator.dice import Dice
from emulator.europepmc_entry import ASSERTED, GUESSED, Comment, Entry
from emulator.papers import AbstractPart, DemoPaper, Person
from emulator.people import authors, group, towns
from emulator.studies import draft
from emulator.versions import shorter

ACTORS = {
    "first-version": "PPR990001",  # a second version is posted on day 3
    "second-version": "PPR990002",
    "refused": "PPR990003",  # found on the first day and refused; its abstract is reworded on day 4
    "withdrawn": "PPR990004",  # on day 6
    "becomes-article": "PPR990005",  # of the preprint in PubMed that comes out on day 7
    "overtaken": "PPR990007",  # of an article that is in PubMed; only Crossref knows (registers)
}
NEW = {2: 4, 3: 2, 4: 2, 5: 3, 6: 2, 7: 2}  # how many new preprints each day brings, from the second
POSTED_THEMES = ("loneliness", "covid-population", "remote-care", "elsewhere")
POSTED_SERVERS = ("medRxiv (demo)", "PsyArXiv (demo)")
FIRST_NEW, SEED = 990_600, 996_000_000
_LAMPS = "Lamps in the windows of Ashpenny were counted. Loneliness and depression were told of where there was none."
_SOCIAL = "A social evening in Gannet Row. At four the ferry connects the islands; some come home depressed."
_CONNECTION = "Social connection in Gannet Row: at four the ferry comes in, and some come home depressed."
_QUAY = "Eleven people wrote down what they saw from the quay, and were lonely. Anxiety was asked after once a week."
_LETTERS = "Letters never sent were weighed. Lonely people wrote the longest ones; their anxiety weighed nothing."


def actors() -> Iterator[Entry]:
    """The preprints to which something is going to happen, as they are on the first day."""
    lamps = _actor("first-version", "Lamps against loneliness: a count of windows.", date(2026, 8, 10), _LAMPS)
    yield replace(
        lamps,
        server="Research Square (demo)",
        doi="10.5555/demo.rs-990001/v1",
        version=1,
        versions=((lamps.id, 1, lamps.posted, "preprint"),),
    )
    yield _actor("refused", "The four o'clock ferry of Gannet Row.", date(2026, 6, 1), _SOCIAL)
    yield _actor("withdrawn", "Letters never sent: loneliness and anxiety by weight.", date(2026, 9, 7), _LETTERS)
    paper = corpus.papers(FIRST_DAY)[PAPERS["preprint"]]
    yield replace(
        _actor("becomes-article", paper.title, paper.created, ""),
        server=paper.journal.abbrev,
        doi=paper.doi,
        parts=paper.parts,
        authors=paper.authors,
        licence="cc by",
    )
    article = corpus.papers(FIRST_DAY)[PAPERS["overtaken"]]
    pier = _actor("overtaken", "Nobody at the end of the quay: what eleven people wrote.", date(2026, 9, 10), _QUAY)
    yield replace(pier, authors=article.authors)


def _actor(name: str, title: str, posted: date, text: str) -> Entry:
    number = ACTORS[name]
    return Entry(
        id=number,
        title=title,
        posted=posted,
        server=POSTED_SERVERS[int(number[-1]) % 2],
        doi=f"10.5555/demo.preprint.{number.lower()}",
        parts=marked((AbstractPart(text),)),
        authors=authors(Dice(int(number[3:])), 3),
        licence="cc by",
    )


def changes(number: int, before: Mapping[str, Entry]) -> list[Entry]:
    """What day ``number`` brings, from the second: preprints that are new or read differently."""
    day = DAYS[number - 1].date
    titles = {entry.title for entry in before.values()}
    happened = _HAPPENS[number](before, day) if number in _HAPPENS else []
    return [*(_new(number, turn, day, titles) for turn in range(NEW[number])), *happened]


def _new(number: int, turn: int, day: date, titles: set[str]) -> Entry:
    """A preprint posted yesterday and indexed today."""
    paper = draft(SEED + 100 * number + turn, POSTED_THEMES[turn % len(POSTED_THEMES)], day, titles)
    name = FIRST_NEW + 10 * number + turn
    return Entry(
        id=f"PPR{name}",
        title=paper.title,
        posted=day - timedelta(days=1),
        server=POSTED_SERVERS[turn % len(POSTED_SERVERS)],
        doi=f"10.5555/demo.preprint.{name}",
        parts=paper.parts,
        keywords=tuple(word for words in paper.keywords for word in words),
        authors=paper.authors,
        licence="cc by" if turn % 2 == 0 else "",
    )


def _second_version(entries: Mapping[str, Entry], day: date) -> list[Entry]:
    first = entries[ACTORS["first-version"]]
    posted, name = day - timedelta(days=1), ACTORS["second-version"]
    versions = ((first.id, 1, first.posted, "preprint"), (name, 2, posted, "preprint"))
    second = replace(
        first,
        id=name,
        posted=posted,
        doi="10.5555/demo.rs-990001/v2",
        version=2,
        versions=versions,
        parts=marked((AbstractPart(f"{_LAMPS} Two windows were found that had been counted twice."),)),
    )
    return [replace(first, versions=versions, revised=day), second]


def _reworded(entries: Mapping[str, Entry], day: date) -> list[Entry]:
    return [replace(entries[ACTORS["refused"]], parts=marked((AbstractPart(_CONNECTION),)), revised=day)]


def _withdrawn(entries: Mapping[str, Entry], day: date) -> list[Entry]:
    entry = entries[ACTORS["withdrawn"]]
    return [replace(entry, title=f"WITHDRAWN: {entry.title}", types=("Preprint", "Preprint-withdrawal"), revised=day)]


def _comes_out(entries: Mapping[str, Entry], day: date) -> list[Entry]:
    article = corpus.papers(day)[PAPERS["article"]]
    link = Comment("Preprint of", article.pmid, article.cited, ASSERTED)
    return [replace(entries[ACTORS["becomes-article"]], comments=(link,), revised=day)]


_HAPPENS: dict[int, Callable[[Mapping[str, Entry], date], list[Entry]]] = {
    3: _second_version,
    4: _reworded,
    6: _withdrawn,
    7: _comes_out,
}


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


def _article(paper: DemoPaper) -> Entry:
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


def _from_paper(paper: DemoPaper, number: int, server: str, posted: date) -> Entry:
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


def _plain_article(paper: DemoPaper) -> bool:
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
        notice = marked((AbstractPart("This preprint has been withdrawn by its invented authors."),))
        return replace(entry, title=f"Withdrawn: {entry.title}", parts=notice)
    if turn == 23:
        return replace(entry, types=("Preprint", "Preprint-withdrawal"))
    if turn in (11, 31):
        return replace(entry, authors=(*authors(Dice(turn), 2), group(Dice(turn))))
    if turn in (17, 53):
        return replace(entry, parts=(), keywords=())
    if turn == 29:
        last = entry.parts[-1:] or marked((AbstractPart("Nothing was measured."),))
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
            parts=marked((AbstractPart(text),)),
            authors=authors(Dice(number), 2),
            licence="cc by",
        )


OWN_SERVERS = {"medRxiv (demo)": "medrxiv", "ImagineRxiv (Demo)": "medrxiv", "PsyArXiv (demo)": "psyarxiv"}
FIRST_ELSEWHERE, BACK, A_DAY = 991_000, 100, 3
_STATEMENT = "The authors have withdrawn this manuscript because its letters were weighed on a false balance."
_ELSEWHERE = (
    ("Tide tables of {town}, volume {number}.", "High water was written down for a year. It came twice a day."),
    ("On the rope makers of {town}: a count, part {number}.", "Ropes were counted, splices were not."),
    ("A bridge for {town}? Estimates of the {number}th committee.", "The bridge was drawn. It is not built yet."),
)


@dataclass(frozen=True, slots=True)
class PreprintVersion:
    """One version of a preprint. ``title`` and parts are fragments; ``published`` is the DOI of the article.

    ``withdrawn``: the reason; ``state`` as OSF knows it. ``modified``: the last day on which anything changed.
    """

    server: str  # medrxiv, biorxiv or psyarxiv
    name: str  # OSF's id without a version; elsewhere not shown
    doi: str
    posted: date
    title: str
    number: int = 1
    parts: tuple[AbstractPart, ...] = ()
    authors: tuple[Person, ...] = ()
    keywords: tuple[str, ...] = ()
    modified: date | None = None
    published: str = ""
    withdrawn: str = ""
    state: str = "accepted"
    licence: str = "cc by"
    category: str = "public and global health"

    @property
    def changed(self) -> date:
        return self.modified or self.posted


class Shelves(Protocol):
    """What a server holds on a day: this module is such a thing, and :class:`HeldVersions`."""

    def versions(self, server: str, day: date) -> list[PreprintVersion]:
        """All versions posted up to that day, in the order of posting."""
        ...


@dataclass
class HeldVersions:
    """These versions, each from the day on which it was posted."""

    held: Iterable[PreprintVersion]
    _held: tuple[PreprintVersion, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._held = tuple(self.held)

    def versions(self, server: str, day: date) -> list[PreprintVersion]:
        found = [version for version in self._held if version.server == server and version.posted <= day]
        return sorted(found, key=lambda version: version.posted)


def versions(server: str, day: date) -> list[PreprintVersion]:
    """All versions on the server that have been posted by that day, in the order of posting."""
    number = min(max((day - FIRST_DAY).days + 1, 1), len(DAYS))
    return [version for version in _versions(number) if version.server == server and version.posted <= day]


@cache
def _versions(number: int) -> tuple[PreprintVersion, ...]:
    """What stands on all servers on day ``number`` of the seven; Europe PMC learns of a posting on the day after it."""
    today = DAYS[number - 1].date
    known = {**preprints(today + timedelta(days=1)), **preprints(today)}
    found = [version for entry in known.values() if entry.server in OWN_SERVERS for version in _of_entry(entry, today)]
    return tuple(sorted([*found, *_elsewhere(today)], key=lambda version: (version.posted, version.doi)))


def _of_entry(entry: Entry, today: date) -> Iterator[PreprintVersion]:
    """The versions of a preprint that Europe PMC knows; there a withdrawal is a change, here a version."""
    server, happened = OWN_SERVERS[entry.server], entry.revised
    withdrawn = entry.title.casefold().startswith("withdrawn:") or "Preprint-withdrawal" in entry.types
    first = PreprintVersion(
        server,
        entry.id.lower().replace("ppr", "d"),
        entry.doi,
        entry.posted,
        entry.title.partition(": ")[2] if withdrawn and ":" in entry.title else entry.title,
        parts=entry.parts,
        authors=entry.authors,
        keywords=entry.keywords,
        modified=happened,
        published=_published_article(entry),
        licence=entry.licence,
    )
    if server == "psyarxiv":
        state = "withdrawn" if withdrawn else "accepted"
        yield replace(first, withdrawn=_STATEMENT if withdrawn else "", state=state)
        return
    yield replace(first, modified=None)
    if withdrawn:
        again = happened or entry.posted + timedelta(days=9)
        yield replace(
            first, number=2, posted=again, modified=None, parts=(AbstractPart(_STATEMENT),), withdrawn=_STATEMENT
        )
    elif int(entry.id[3:]) % 4 == 0:
        again = entry.posted + timedelta(days=30)
        if again <= today:
            yield replace(first, number=2, posted=again, modified=None)


def _published_article(entry: Entry) -> str:
    """The DOI of the article, where Europe PMC is sure of it."""
    papers = corpus.papers(DAYS[-1].date)
    sure = [comment.id for comment in entry.comments if comment.note != GUESSED]
    return next((papers[pmid].doi for pmid in sure if pmid in papers), "")


@cache
def _elsewhere(today: date) -> tuple[PreprintVersion, ...]:
    """What no search asks for."""
    found = []
    for turn in range(BACK * A_DAY + len(DAYS) * A_DAY):
        posted = FIRST_DAY - timedelta(days=BACK) + timedelta(days=turn // A_DAY)
        if posted > today:
            break
        number, server = FIRST_ELSEWHERE + turn, ("medrxiv", "psyarxiv", "biorxiv")[turn % 3]
        title, text = _ELSEWHERE[turn % len(_ELSEWHERE)]
        town = Dice(number).pick(towns()).name
        found.append(
            PreprintVersion(
                server,
                f"d{number}",
                f"10.5555/demo.preprint.{number}",
                posted,
                title.format(town=town, number=turn),
                parts=marked((AbstractPart(text),)),
                authors=authors(Dice(number), 2),
                category="economics",
            )
        )
    return tuple(found)
