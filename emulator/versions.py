"""The same work more than once: preprints and their articles, protocols and results, reviews and their updates.

And notices about papers: errata, retractions, expressions of concern, comments and replies, both sides linked. As in
PubMed the article's side often gives no PMID for the notice, and sometimes the notice is not in PubMed at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import count, cycle

from emulator.abstracts import marked
from emulator.dice import Dice
from emulator.journals import preprint_servers, rights
from emulator.papers import AbstractPart, DemoPaper, Issue, Notice, Person, Shelf, issue_of, later
from emulator.people import authors, person
from emulator.studies import draft

FIRST_NOTICE = 990_100_001
ERRATA, RETRACTED, CONCERNS, COMMENTS = 18, 8, 4, 24
# Stories of papers are told on these themes in turn (not on suicide: nothing there is played with).
NOTICE_THEMES = (
    "loneliness",
    "covid-population",
    "interventions",
    "covid-workers",
    "remote-care",
    "covid-young",
    "covid-conditions",
)
ERRATUM_TITLES = (
    "Correction.",
    "Correction to: {title}",
    "Erratum: {title}",
    "Corrigendum to “{bare}” [{abbrev} {volume} ({year}) {pages}].",
)


def notices(shelf: Shelf) -> None:
    """Puts all of them on the shelf, and marks the papers they are about."""
    numbers, themes = count(FIRST_NOTICE), cycle(NOTICE_THEMES)
    for turn in range(ERRATA):
        _erratum(shelf, shelf.take(next(themes)), next(numbers), turn)
    for turn in range(RETRACTED):
        _retraction(shelf, shelf.take(next(themes)), next(numbers), turn)
    for turn in range(CONCERNS):
        paper = shelf.take(next(themes))
        notice = concern_notice(paper, next(numbers))
        shelf.put(notice, linked(paper, "ExpressionOfConcernIn", notice, with_pmid=turn % 2 == 0))
    for turn in range(COMMENTS):
        _comment(shelf, shelf.take(next(themes)), numbers, turn)


def about(paper: DemoPaper, number: int, title: str, types: tuple[str, ...], kind: str, *, days: int) -> DemoPaper:
    """A notice in the paper's own journal, so many days after it: no abstract, no authors, linked to the paper."""
    created = later(paper.created, days)
    return DemoPaper(
        pmid=str(number),
        title=title,
        journal=paper.journal,
        issue=issue_of(created),
        created=created,
        revised=later(created, 3),
        electronic=created - timedelta(days=2),
        volume=str(created.year - 1990),
        number=str(created.month),
        pages=str(number % 900 + 1),
        doi=f"10.5555/demo.notice.{number}",
        types=types,
        notices=(Notice(kind, paper.cited, paper.pmid),),
    )


def linked(paper: DemoPaper, kind: str, notice: DemoPaper, *, with_pmid: bool = True, note: str = "") -> DemoPaper:
    """The paper, with a link to the notice; a link changes the record, so that its day of revision moves."""
    link = Notice(kind, notice.cited, notice.pmid if with_pmid else "", note)
    revised = max(paper.revised or paper.created, notice.created)
    return replace(paper, notices=(*paper.notices, link), revised=revised)


def retracted(paper: DemoPaper, notice: DemoPaper, *, renamed: bool, with_pmid: bool = True) -> DemoPaper:
    """The paper after its retraction."""
    paper = linked(paper, "RetractionIn", notice, with_pmid=with_pmid)
    title = f"RETRACTED: {paper.title}" if renamed else paper.title
    return replace(paper, title=title, types=(*paper.types, "Retracted Publication"))


def retraction_notice(paper: DemoPaper, number: int, *, days: int) -> DemoPaper:
    title = f"Retraction: {paper.title}" if number % 2 else f"Retraction notice to “{_bare(paper)}”."
    notice = about(paper, number, title, ("Retraction of Publication",), "RetractionOf", days=days)
    text = "The editors of this journal, which does not exist, withdraw the story at the wish of its narrators."
    return replace(notice, parts=marked((AbstractPart(text),))) if number % 3 == 0 else notice


def concern_notice(paper: DemoPaper, number: int) -> DemoPaper:
    title = f"Expression of concern: {paper.title}"
    return about(paper, number, title, ("Expression of Concern", "Journal Article"), "ExpressionOfConcernFor", days=150)


def _erratum(shelf: Shelf, paper: DemoPaper, number: int, turn: int) -> None:
    title = ERRATUM_TITLES[turn % 4].format(
        title=paper.title,
        bare=_bare(paper),
        abbrev=paper.journal.abbrev,
        volume=paper.volume,
        year=paper.created.year,
        pages=paper.pages,
    )
    types = ("Published Erratum",) if turn % 3 else ("Journal Article", "Published Erratum")
    notice = about(paper, number, title, types, "ErratumFor", days=45 + 7 * turn)
    if turn % 4 == 3:
        notice = replace(notice, parts=marked((AbstractPart(f"[This corrects the article DOI: {paper.doi}.]"),)))
        notice = replace(notice, authors=paper.authors)
    shelf.put(notice, linked(paper, "ErratumIn", notice, with_pmid=turn % 3 == 0))


def _retraction(shelf: Shelf, paper: DemoPaper, number: int, turn: int) -> None:
    notice = retraction_notice(paper, number, days=200)
    shelf.put(retracted(paper, notice, renamed=turn % 2 == 0, with_pmid=turn % 4 != 3))
    if turn != RETRACTED - 1:  # the last notice exists in print alone
        shelf.put(notice)


def _comment(shelf: Shelf, paper: DemoPaper, numbers: Iterator[int], turn: int) -> None:
    number = next(numbers)
    titles = (
        "Comment on: {}",
        "Letter to the editor regarding “{}”.",
        "{}: a second opinion from the tavern.",
        "Response to “{}”.",
    )
    title = titles[turn % 4].format(paper.title if turn % 4 == 0 else _bare(paper))
    types = ("Letter", "Comment") if turn % 2 else ("Editorial", "Comment")
    comment = replace(about(paper, number, title, types, "CommentOn", days=60), authors=_others(paper, number))
    if turn % 3:
        shelf.put(comment, linked(paper, "CommentIn", comment))
        return
    reply = about(comment, next(numbers), f"Reply to “{_bare(comment)}”.", ("Letter", "Comment"), "CommentOn", days=20)
    reply = replace(
        reply, authors=paper.authors[:3], notices=(*reply.notices, Notice("CommentOn", paper.cited, paper.pmid))
    )
    comment = linked(comment, "CommentIn", reply)
    shelf.put(reply, comment, linked(linked(paper, "CommentIn", comment), "CommentIn", reply))


def _others(paper: DemoPaper, number: int) -> tuple[Person, ...]:
    """Two people who did not write the paper."""
    return tuple(person for person in authors(Dice(number), 20) if person not in paper.authors)[:2]


def _bare(paper: DemoPaper) -> str:
    return paper.title.removesuffix(".")


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


def preprint(paper: DemoPaper, number: int, turn: int) -> DemoPaper:
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


def published(paper: DemoPaper, number: int, turn: int) -> tuple[DemoPaper, DemoPaper]:
    """The preprint and the article, each linked to the other; the notices of PubMed say "Update"."""
    before = preprint(paper, number, turn)
    after = replace(paper, notices=(*paper.notices, Notice("UpdateOf", before.cited, before.pmid if turn % 7 else "")))
    return linked(before, "UpdateIn", after), after


def _alone(shelf: Shelf, number: int, theme: str, turn: int) -> DemoPaper:
    """A preprint that never was published elsewhere."""
    server = preprint_servers()[turn % 2]
    paper = draft(number, theme, LATER - timedelta(days=300 - 23 * turn), shelf.titles, server)
    types = (
        "Preprint",
        *(kind for kind in paper.types if kind not in ("Editorial", "Letter", "Comment", "News", "Preprint")),
    )
    issue = issue_of(paper.created, precise=True)
    return replace(paper, types=types, issue=issue, doi=f"10.5555/demo.preprint.{number}", doi_in="both", mesh=())


def _withdrawn(shelf: Shelf, number: int, turn: int) -> DemoPaper:
    paper = _alone(shelf, number, "loneliness", turn)
    return replace(paper, title=f"WITHDRAWN: {paper.title}")


def _protocol(paper: DemoPaper, number: int) -> tuple[DemoPaper, DemoPaper]:
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
        parts=marked((AbstractPart(text),)),
        notices=(),
    )
    return protocol, paper


def _updated(paper: DemoPaper, number: int) -> tuple[DemoPaper, DemoPaper]:
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


def _republished(paper: DemoPaper, number: int) -> tuple[DemoPaper, DemoPaper]:
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
