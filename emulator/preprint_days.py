"""What becomes of the preprints of the demo's Europe PMC in the seven days; ``days`` tells it of PubMed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta

from emulator import corpus
from emulator.abstracts import marked
from emulator.days import ACTORS as PAPERS
from emulator.days import DAYS, FIRST_DAY
from emulator.dice import Dice
from emulator.europepmc_entry import ASSERTED, Comment, Entry
from emulator.papers import Part
from emulator.people import authors
from emulator.studies import draft

ACTORS = {
    "first-version": "PPR990001",  # a second version is posted on day 3
    "second-version": "PPR990002",
    "refused": "PPR990003",  # found on the first day and refused; its abstract is reworded on day 4
    "withdrawn": "PPR990004",  # on day 6
    "becomes-article": "PPR990005",  # of the preprint in PubMed that comes out on day 7
    "overtaken": "PPR990007",  # of an article that is in PubMed; only Crossref knows (registers)
}
NEW = {2: 4, 3: 2, 4: 2, 5: 3, 6: 2, 7: 2}  # how many new preprints each day brings, from the second
THEMES = ("loneliness", "covid-population", "remote-care", "elsewhere")
SERVERS = ("medRxiv (demo)", "PsyArXiv (demo)")
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
        server=SERVERS[int(number[-1]) % 2],
        doi=f"10.5555/demo.preprint.{number.lower()}",
        parts=marked((Part(text),)),
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
    paper = draft(SEED + 100 * number + turn, THEMES[turn % len(THEMES)], day, titles)
    name = FIRST_NEW + 10 * number + turn
    return Entry(
        id=f"PPR{name}",
        title=paper.title,
        posted=day - timedelta(days=1),
        server=SERVERS[turn % len(SERVERS)],
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
        parts=marked((Part(f"{_LAMPS} Two windows were found that had been counted twice."),)),
    )
    return [replace(first, versions=versions, revised=day), second]


def _reworded(entries: Mapping[str, Entry], day: date) -> list[Entry]:
    return [replace(entries[ACTORS["refused"]], parts=marked((Part(_CONNECTION),)), revised=day)]


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
