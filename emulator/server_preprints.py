"""The demo's preprint servers on a given day: the fictional preprints of ``preprints``, seen from their own side.

What Europe PMC shows a day later and as one record stands here on the day of posting and version by version; beside it
stands what no search wants, three preprints a day, because these services are read whole. In the seven days a second
version is posted, one preprint is withdrawn, and one comes out in a journal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from typing import Protocol

from emulator import corpus, preprints
from emulator.abstracts import marked
from emulator.days import DAYS, FIRST_DAY
from emulator.dice import Dice
from emulator.europepmc_entry import GUESSED, Entry
from emulator.papers import Part, Person
from emulator.people import authors
from emulator.places import towns

SERVERS = {"medRxiv (demo)": "medrxiv", "ImagineRxiv (Demo)": "medrxiv", "PsyArXiv (demo)": "psyarxiv"}
FIRST_ELSEWHERE, BACK, A_DAY = 991_000, 100, 3
_STATEMENT = "The authors have withdrawn this manuscript because its letters were weighed on a false balance."
_ELSEWHERE = (
    ("Tide tables of {town}, volume {number}.", "High water was written down for a year. It came twice a day."),
    ("On the rope makers of {town}: a count, part {number}.", "Ropes were counted, splices were not."),
    ("A bridge for {town}? Estimates of the {number}th committee.", "The bridge was drawn. It is not built yet."),
)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a preprint. ``title`` and parts are fragments; ``published`` is the DOI of the article.

    ``withdrawn``: the reason; ``state`` as OSF knows it. ``modified``: the last day on which anything changed.
    """

    server: str  # medrxiv, biorxiv or psyarxiv
    name: str  # OSF's id without a version; elsewhere not shown
    doi: str
    posted: date
    title: str
    number: int = 1
    parts: tuple[Part, ...] = ()
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
    """What a server holds on a day: this module is such a thing, and :class:`Held`."""

    def versions(self, server: str, day: date) -> list[Version]:
        """All versions posted up to that day, in the order of posting."""
        ...


@dataclass
class Held:
    """These versions, each from the day on which it was posted."""

    held: Iterable[Version]
    _held: tuple[Version, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._held = tuple(self.held)

    def versions(self, server: str, day: date) -> list[Version]:
        found = [version for version in self._held if version.server == server and version.posted <= day]
        return sorted(found, key=lambda version: version.posted)


def versions(server: str, day: date) -> list[Version]:
    """All versions on the server that have been posted by that day, in the order of posting."""
    number = min(max((day - FIRST_DAY).days + 1, 1), len(DAYS))
    return [version for version in _versions(number) if version.server == server and version.posted <= day]


@cache
def _versions(number: int) -> tuple[Version, ...]:
    """What stands on all servers on day ``number`` of the seven; Europe PMC learns of a posting on the day after it."""
    today = DAYS[number - 1].date
    known = {**preprints.preprints(today + timedelta(days=1)), **preprints.preprints(today)}
    found = [version for entry in known.values() if entry.server in SERVERS for version in _of_entry(entry, today)]
    return tuple(sorted([*found, *_elsewhere(today)], key=lambda version: (version.posted, version.doi)))


def _of_entry(entry: Entry, today: date) -> Iterator[Version]:
    """The versions of a preprint that Europe PMC knows; there a withdrawal is a change, here a version."""
    server, happened = SERVERS[entry.server], entry.revised
    withdrawn = entry.title.casefold().startswith("withdrawn:") or "Preprint-withdrawal" in entry.types
    first = Version(
        server,
        entry.id.lower().replace("ppr", "d"),
        entry.doi,
        entry.posted,
        entry.title.partition(": ")[2] if withdrawn and ":" in entry.title else entry.title,
        parts=entry.parts,
        authors=entry.authors,
        keywords=entry.keywords,
        modified=happened,
        published=_article(entry),
        licence=entry.licence,
    )
    if server == "psyarxiv":
        state = "withdrawn" if withdrawn else "accepted"
        yield replace(first, withdrawn=_STATEMENT if withdrawn else "", state=state)
        return
    yield replace(first, modified=None)
    if withdrawn:
        again = happened or entry.posted + timedelta(days=9)
        yield replace(first, number=2, posted=again, modified=None, parts=(Part(_STATEMENT),), withdrawn=_STATEMENT)
    elif int(entry.id[3:]) % 4 == 0:
        again = entry.posted + timedelta(days=30)
        if again <= today:
            yield replace(first, number=2, posted=again, modified=None)


def _article(entry: Entry) -> str:
    """The DOI of the article, where Europe PMC is sure of it."""
    papers = corpus.papers(DAYS[-1].date)
    sure = [comment.id for comment in entry.comments if comment.note != GUESSED]
    return next((papers[pmid].doi for pmid in sure if pmid in papers), "")


@cache
def _elsewhere(today: date) -> tuple[Version, ...]:
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
            Version(
                server,
                f"d{number}",
                f"10.5555/demo.preprint.{number}",
                posted,
                title.format(town=town, number=turn),
                parts=marked((Part(text),)),
                authors=authors(Dice(number), 2),
                category="economics",
            )
        )
    return tuple(found)
