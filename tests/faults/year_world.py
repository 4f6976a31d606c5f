"""A year of preprints that four services tell of, each in its own way and at its own time, and what is true of them.

Each preprint stands on medRxiv or PsyArXiv, a day later in Europe PMC, some in PubMed as well. Some get a second
version, some are withdrawn, some become articles, some articles are retracted; and some services forget a mark they
once gave. Between them stands what no search wants.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, partial

from small_world import NOTICE, PMID, element

from emulator.europepmc_entry import ASSERTED, Comment, Entry
from emulator.papers import AbstractPart, Article, Person
from emulator.preprints import PreprintVersion
from emulator.registers import Deposit, RegisterRow

START = date(2026, 3, 2)
BACK, YEAR = 90, 365
FORGOTTEN = timedelta(days=40)  # after so long a service no longer gives a mark
WHO = ("bakers", "bellringers", "cartographers", "dockers", "ferrymen", "gardeners", "lamplighters", "millers",
       "potters", "sailors")  # fmt: skip
WHERE = ("Ashpenny", "Brackenhythe", "Carrowmere", "Dunmallow", "Elderbrook", "Farthingholm", "Gannetrow",
         "Hollowmere", "Ivywick")  # fmt: skip
SURNAMES = ("Abernook", "Brindle", "Cattermole", "Dunnock", "Eskdale", "Fothergill", "Gathercole", "Hartnoll",
            "Inchbald", "Jessop")  # fmt: skip


@dataclass(frozen=True)
class Preprint:
    """What is true of one; days are None for what never happens. ``link``: who alone says that it became an article."""

    number: int
    server: str
    lonely: bool
    posted: date
    second: date | None = None
    withdrawn: date | None = None
    article: date | None = None
    link: str = ""  # server, europepmc, crossref
    retracted: date | None = None
    by: str = ""  # pubmed, retraction-watch
    in_pubmed: bool = False
    forgets: bool = False

    @property
    def title(self) -> str:
        who, where = WHO[self.number % len(WHO)], WHERE[self.number // len(WHO) % len(WHERE)]
        return (
            f"{'Loneliness' if self.lonely else 'Rope and tar'} among the {who} of {where}: year {1700 + self.number}"
        )

    @property
    def person(self) -> Person:
        family = SURNAMES[self.number % len(SURNAMES)]
        return Person(family, f"{'ABCDEFGHJK'[self.number % 10]}nna {'KLMNOPRSTU'[self.number // 10 % 10]}o")

    @property
    def text(self) -> str:
        mood = "They were lonely; loneliness was asked after" if self.lonely else "Knots were counted"
        return f"{mood} {self.number} times in {WHERE[self.number % len(WHERE)]}."

    @property
    def doi(self) -> str:
        return f"10.5555/{self.server}.{self.number:05}"

    @property
    def pmid(self) -> str:
        return str(PMID + 10_000 + self.number)

    @property
    def article_doi(self) -> str:
        return f"10.5555/journal.{self.number:05}"


class Year:
    """All of them, as each service shows them on a day."""

    def __init__(self, seed: int, lonely: int = 110, a_day: int = 5) -> None:
        self.dice = random.Random(seed)
        self.preprints = [self._preprint(number) for number in range(lonely)]
        self.noise = list(self._noise(a_day))

    def _preprint(self, number: int) -> Preprint:
        dice = self.dice
        posted = START + timedelta(days=dice.randint(-BACK + 8, YEAR - 30))
        found = Preprint(number, dice.choice(("medrxiv", "psyarxiv")), dice.random() < 0.8, posted)
        if dice.random() < 0.35:
            found = replace(found, second=posted + timedelta(days=dice.randint(10, 120)))
        fate = dice.random()
        if fate < 0.2:
            found = replace(found, withdrawn=posted + timedelta(days=dice.randint(5, 150)), forgets=dice.random() < 0.5)
        elif fate < 0.6:
            out = posted + timedelta(days=dice.randint(20, 200))
            found = replace(found, article=out, link=dice.choice(("server", "europepmc", "crossref")))
            if dice.random() < 0.5:
                told = out + timedelta(days=dice.randint(5, 120))
                by = dice.choice(("pubmed", "retraction-watch"))
                found = replace(found, retracted=told, by=by, forgets=dice.random() < 0.5)
        return replace(found, in_pubmed=dice.random() < 0.25)

    def _noise(self, a_day: int) -> Iterator[PreprintVersion]:
        for turn in range((BACK + YEAR + 60) * a_day):
            posted = START - timedelta(days=BACK) + timedelta(days=turn // a_day)
            server = ("medrxiv", "psyarxiv")[turn % 2]
            title, people = f"Tide table {turn}", (Person("Moor", "Abe"),)
            parts = (AbstractPart(f"High water came {turn} times."),)
            yield PreprintVersion(
                server, f"n{turn:05}", f"10.5555/noise.{turn:05}", posted, title, parts=parts, authors=people
            )

    # --- medRxiv and PsyArXiv

    def versions(self, server: str, day: date) -> list[PreprintVersion]:
        return list(self._versions(server, day))

    @cache  # noqa: B019 - a test holds one or two of them
    def _versions(self, server: str, day: date) -> tuple[PreprintVersion, ...]:
        own = (one for item in self.preprints if item.server == server for one in self._of(item, day))
        found = [version for version in (*own, *self.noise) if version.server == server and version.posted <= day]
        return tuple(sorted(found, key=lambda version: (version.posted, version.doi)))

    def _of(self, item: Preprint, day: date) -> Iterator[PreprintVersion]:
        first = PreprintVersion(
            item.server, f"p{item.number:05}", item.doi, item.posted, item.title, parts=(AbstractPart(item.text),),
            authors=(item.person,), published=self._said(item, day, "server"),
        )  # fmt: skip
        gone = item.withdrawn is not None and item.withdrawn <= day
        given = gone and not (item.forgets and item.withdrawn is not None and day >= item.withdrawn + FORGOTTEN)
        if item.server == "psyarxiv":
            state, changed = ("withdrawn" if given else "accepted"), item.withdrawn if gone else None
            justified = (
                f"The authors have withdrawn this manuscript because number {item.number} was miscounted."
                if given
                else ""
            )
            yield replace(first, withdrawn=justified, state=state, modified=changed)
            return
        yield first
        if item.second and item.second <= day and not (item.withdrawn and item.withdrawn <= item.second):
            yield replace(first, number=2, posted=item.second)
        if given and item.withdrawn:
            statement = f"The authors have withdrawn this manuscript because number {item.number} was miscounted."
            number = 3 if item.second and item.second < item.withdrawn else 2
            yield replace(
                first, number=number, posted=item.withdrawn, parts=(AbstractPart(statement),), withdrawn=statement
            )

    def _said(self, item: Preprint, day: date, by: str) -> str:
        return item.article_doi if item.article and item.article <= day and item.link == by else ""

    # --- Europe PMC

    def entries(self, day: date) -> Mapping[str, Entry]:
        return self._entries(day)

    @cache  # noqa: B019
    def _entries(self, day: date) -> dict[str, Entry]:
        before = self._entries(day - timedelta(days=1)) if day > START - timedelta(days=1) else {}
        made = (self._entry(item, day) for item in self.preprints if item.posted < day)
        return {entry.id: before[entry.id] if before.get(entry.id) == entry else entry for entry in made}

    def _entry(self, item: Preprint, day: date) -> Entry:
        entry = Entry(
            f"PPR{item.number:06}", f"{item.title}.", item.posted, server=item.server, doi=item.doi,
            parts=(AbstractPart(item.text),), authors=(item.person,), licence="cc by",
        )  # fmt: skip
        if item.withdrawn and item.withdrawn < day:
            entry = replace(
                entry, types=("Preprint", "Preprint-withdrawal"), revised=item.withdrawn + timedelta(days=1)
            )
        if item.article and item.link == "europepmc" and item.article < day:
            link = Comment("Preprint of", item.pmid, "Journal of Small Worlds. 2026;1:1", ASSERTED)
            entry = replace(entry, comments=(link,), revised=item.article + timedelta(days=1))
        return entry

    # --- PubMed

    def articles(self, day: date) -> Mapping[str, Article]:
        return self._articles(day)

    @cache  # noqa: B019
    def _articles(self, day: date) -> dict[str, Article]:
        before = self._articles(day - timedelta(days=1)) if day > START - timedelta(days=1) else {}
        made = (one for item in self.preprints for one in self._in_pubmed(item, day))
        return {one.pmid: before[one.pmid] if _same(before.get(one.pmid), one) else one for one in made}

    def _in_pubmed(self, item: Preprint, day: date) -> Iterator[Article]:
        name = f"{item.person.family} {item.person.given}"
        if item.in_pubmed and item.posted + timedelta(days=6) <= day:
            yield Article(
                str(PMID + 50_000 + item.number), item.posted + timedelta(days=6), item.posted, f"{item.title}.",
                xml=element, abstract=item.text, authors=(name,), journal="medRxiv", doi=item.doi,
                publication_types=("Preprint",),
            )  # fmt: skip
        if item.article and item.article <= day:
            yield self._article(item, name, day)

    def _article(self, item: Preprint, name: str, day: date) -> Article:
        assert item.article is not None
        article = Article(
            item.pmid, item.article, item.article, f"{item.title}.", xml=element, abstract=item.text, authors=(name,),
            journal="Journal of Small Worlds", doi=item.article_doi, publication_types=("Journal Article",),
        )  # fmt: skip
        if item.by != "pubmed" or item.retracted is None or item.retracted > day:
            return article
        if item.forgets and day >= item.retracted + FORGOTTEN:
            return replace(article, revised=item.retracted + FORGOTTEN)
        return replace(article, revised=item.retracted, xml=partial(element, link=("RetractionIn", NOTICE)))

    # --- Crossref and Retraction Watch

    def deposits(self, day: date) -> Mapping[str, Deposit]:
        return {
            item.doi: Deposit(item.doi, item.title, tuple(filter(None, [self._said(item, day, "crossref")])))
            for item in self.preprints
            if item.posted <= day
        }

    def rows(self, day: date) -> list[RegisterRow]:
        said = [
            RegisterRow(
                item.number, item.title, "Retraction", item.retracted, item.article_doi, notice_doi=f"{item.doi}.n"
            )
            for item in self.preprints
            if item.retracted and item.by == "retraction-watch" and item.retracted <= day
        ]
        return [*(RegisterRow(90_000 + turn, f"Knot {turn}", "Retraction", START) for turn in range(40)), *said]


def _same(before: Article | None, now: Article) -> bool:
    """Nothing changes without a new day of revision."""
    return before is not None and before.revised == now.revised
