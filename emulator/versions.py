"""The same work more than once: preprints and their articles, protocols and results, reviews and their updates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import count, cycle

from emulator.abstracts import marked
from emulator.dice import Dice
from emulator.journals import preprint_servers, rights
from emulator.notices import linked
from emulator.papers import Issue, Notice, Paper, Part, issue_of, later
from emulator.people import person
from emulator.shelf import Shelf
from emulator.studies import draft

FIRST = 990_200_001
LINKED, UNLINKED, ALONE, WITHDRAWN, PROTOCOLS, UPDATES, REPUBLISHED = 28, 4, 44, 2, 6, 3, 2
# Preprints are mostly about loneliness, which is what the tenth search looks for.
THEMES = ("loneliness", "interventions", "loneliness", "covid-population", "remote-care", "loneliness", "covid-young")
LATER = date(2024, 11, 20)  # from here on there is room for a preprint or a protocol before the paper


def versions(shelf: Shelf) -> None:
    """Puts all of them on the shelf, and links those that PubMed would link."""
    numbers, themes = count(FIRST), cycle(THEMES)
    for turn in range(LINKED):
        shelf.put(*published(shelf.take(next(themes), LATER), next(numbers), turn))
    for turn in range(UNLINKED):
        shelf.put(preprint(shelf.take(next(themes), LATER), next(numbers), turn))
    for turn in range(ALONE):
        shelf.put(_alone(shelf, next(numbers), next(themes), turn))
    for turn in range(WITHDRAWN):
        shelf.put(_withdrawn(shelf, next(numbers), turn))
    for _ in range(PROTOCOLS):
        shelf.put(*_protocol(shelf.take("interventions", LATER), next(numbers)))
    for _ in range(UPDATES):
        shelf.put(*_updated(shelf.take("loneliness"), next(numbers)))
    for _ in range(REPUBLISHED):
        shelf.put(*_republished(shelf.take("covid-population"), next(numbers)))


def preprint(paper: Paper, number: int, turn: int) -> Paper:
    """The preprint that the paper was, half a year before: other title forms, one author fewer, no pages, no MeSH."""
    server = preprint_servers()[turn % 2]
    created = paper.created - timedelta(days=90 + 37 * turn % 250)
    titles = (
        paper.title,
        " ".join(word[:1].upper() + word[1:] for word in paper.title.removesuffix(".").split(" ")),
        f"{shorter(paper.title)}.",
        f"A first telling of {paper.title[0].lower()}{paper.title[1:]}",
    )
    return replace(
        paper,
        pmid=str(number),
        title=titles[turn % 4],
        journal=server,
        created=created,
        revised=later(created, 4),
        completed=None,
        electronic=created - timedelta(days=6),
        received=None,
        issue=issue_of(created - timedelta(days=6), precise=True),
        volume="",
        number="",
        pages="",
        pii=f"{created.year}.{created.month:02}.{created.day:02}.{number}",
        doi=f"10.5555/demo.preprint.{created.year}.{number}",
        doi_in="both",
        pmcid=f"PMC{number}",
        types=("Preprint", "Journal Article"),
        mesh=(),
        status="PubMed-not-MEDLINE",
        indexing="",
        published_as="epublish",
        copyright=rights(server, created.year, Dice(number)),
        authors=paper.authors if turn % 3 else paper.authors[: max(1, len(paper.authors) - 1)],
        notices=(),
        references=(),
    )


def shorter(title: str) -> str:
    """A title without its subtitle, or without the quotation it begins with."""
    head, _, tail = title.removesuffix(".").partition(": ")
    return f"{tail[:1].upper()}{tail[1:]}" if head.startswith("“") and tail else head


def published(paper: Paper, number: int, turn: int) -> tuple[Paper, Paper]:
    """The preprint and the article, each linked to the other; the notices of PubMed say "Update"."""
    before = preprint(paper, number, turn)
    after = replace(paper, notices=(*paper.notices, Notice("UpdateOf", before.cited, before.pmid if turn % 7 else "")))
    return linked(before, "UpdateIn", after), after


def _alone(shelf: Shelf, number: int, theme: str, turn: int) -> Paper:
    """A preprint that never was published elsewhere."""
    server = preprint_servers()[turn % 2]
    paper = draft(number, theme, LATER - timedelta(days=300 - 23 * turn), shelf.titles, server)
    types = (
        "Preprint",
        *(kind for kind in paper.types if kind not in ("Editorial", "Letter", "Comment", "News", "Preprint")),
    )
    issue = issue_of(paper.created, precise=True)
    return replace(paper, types=types, issue=issue, doi=f"10.5555/demo.preprint.{number}", doi_in="both", mesh=())


def _withdrawn(shelf: Shelf, number: int, turn: int) -> Paper:
    paper = _alone(shelf, number, "loneliness", turn)
    return replace(paper, title=f"WITHDRAWN: {paper.title}")


def _protocol(paper: Paper, number: int) -> tuple[Paper, Paper]:
    """A year before the results: same people, same registration, another paper."""
    created = paper.created - timedelta(days=365)
    paper = replace(paper, registered=f"DEMO-REG-{paper.pmid[-6:]}")
    text = f"We tell in advance how loneliness and depression shall be asked after; registered as {paper.registered}."
    protocol = replace(
        paper,
        pmid=str(number),
        title=f"{shorter(paper.title)}: protocol for a study.",
        created=created,
        revised=later(created, 9),
        electronic=None,
        received=None,
        completed=None,
        status="PubMed-not-MEDLINE",
        indexing="",
        mesh=(),
        issue=issue_of(created),
        volume=str(created.year - 1990),
        pages=f"e{number % 10_000}",
        doi=f"10.5555/demo.protocol.{number}",
        doi_in="both",
        pii="",
        pmcid="",
        types=("Clinical Trial Protocol", "Journal Article"),
        parts=marked((Part(text),)),
        notices=(),
    )
    return protocol, paper


def _updated(paper: Paper, number: int) -> tuple[Paper, Paper]:
    """A review and its update, two works: the update has a title of its own and a further author."""
    paper = replace(paper, types=("Journal Article", "Systematic Review", "Review"))
    created = later(paper.created, 300)
    update = replace(
        paper,
        pmid=str(number),
        title=f"{paper.title.removesuffix('.')}: an update.",
        created=created,
        revised=later(created, 3),
        electronic=None,
        received=None,
        issue=Issue(str(created.year), season="Winter"),
        volume=str(created.year - 1990),
        doi=f"10.5555/demo.update.{number}",
        doi_in="both",
        pii="",
        pmcid="",
        status="PubMed-not-MEDLINE",
        indexing="",
        completed=None,
        mesh=(),
        authors=(*paper.authors, person(number % 700)),
        notices=(Notice("UpdateOf", paper.cited, paper.pmid),),
    )
    return linked(paper, "UpdateIn", update), update


def _republished(paper: Paper, number: int) -> tuple[Paper, Paper]:
    """A paper printed with faults and printed again without them."""
    created = later(paper.created, 90)
    again = replace(
        paper,
        pmid=str(number),
        created=created,
        revised=later(created, 3),
        issue=issue_of(created),
        electronic=None,
        pages=f"r{number % 10_000}",
        doi=f"10.5555/demo.republished.{number}",
        doi_in="both",
        pii="",
        pmcid="",
        types=("Journal Article", "Corrected and Republished Article"),
        status="PubMed-not-MEDLINE",
        indexing="",
        completed=None,
        mesh=(),
        notices=(Notice("CorrectedandRepublishedFrom", paper.cited, paper.pmid),),
    )
    return linked(paper, "CorrectedandRepublishedIn", again), again
