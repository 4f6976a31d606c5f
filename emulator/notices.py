"""Notices about papers: errata, retractions, expressions of concern, comments and replies, both sides linked.

As in PubMed the article's side often gives no PMID for the notice, and sometimes the notice is not in PubMed at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count, cycle

from emulator.abstracts import marked
from emulator.dice import Dice
from emulator.papers import Notice, Paper, Part, Person, issue_of, later
from emulator.people import authors
from emulator.shelf import Shelf

FIRST = 990_100_001
ERRATA, RETRACTED, CONCERNS, COMMENTS = 18, 8, 4, 24
# Stories of papers are told on these themes in turn (not on suicide: nothing there is played with).
THEMES = (
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
    numbers, themes = count(FIRST), cycle(THEMES)
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


def about(paper: Paper, number: int, title: str, types: tuple[str, ...], kind: str, *, days: int) -> Paper:
    """A notice in the paper's own journal, so many days after it: no abstract, no authors, linked to the paper."""
    created = later(paper.created, days)
    return Paper(
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


def linked(paper: Paper, kind: str, notice: Paper, *, with_pmid: bool = True, note: str = "") -> Paper:
    """The paper, with a link to the notice; a link changes the record, so that its day of revision moves."""
    link = Notice(kind, notice.cited, notice.pmid if with_pmid else "", note)
    revised = max(paper.revised or paper.created, notice.created)
    return replace(paper, notices=(*paper.notices, link), revised=revised)


def retracted(paper: Paper, notice: Paper, *, renamed: bool, with_pmid: bool = True) -> Paper:
    """The paper after its retraction."""
    paper = linked(paper, "RetractionIn", notice, with_pmid=with_pmid)
    title = f"RETRACTED: {paper.title}" if renamed else paper.title
    return replace(paper, title=title, types=(*paper.types, "Retracted Publication"))


def retraction_notice(paper: Paper, number: int, *, days: int) -> Paper:
    title = f"Retraction: {paper.title}" if number % 2 else f"Retraction notice to “{_bare(paper)}”."
    notice = about(paper, number, title, ("Retraction of Publication",), "RetractionOf", days=days)
    text = "The editors of this journal, which does not exist, withdraw the story at the wish of its narrators."
    return replace(notice, parts=marked((Part(text),))) if number % 3 == 0 else notice


def concern_notice(paper: Paper, number: int) -> Paper:
    title = f"Expression of concern: {paper.title}"
    return about(paper, number, title, ("Expression of Concern", "Journal Article"), "ExpressionOfConcernFor", days=150)


def _erratum(shelf: Shelf, paper: Paper, number: int, turn: int) -> None:
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
        notice = replace(notice, parts=marked((Part(f"[This corrects the article DOI: {paper.doi}.]"),)))
        notice = replace(notice, authors=paper.authors)
    shelf.put(notice, linked(paper, "ErratumIn", notice, with_pmid=turn % 3 == 0))


def _retraction(shelf: Shelf, paper: Paper, number: int, turn: int) -> None:
    notice = retraction_notice(paper, number, days=200)
    shelf.put(retracted(paper, notice, renamed=turn % 2 == 0, with_pmid=turn % 4 != 3))
    if turn != RETRACTED - 1:  # the last notice exists in print alone
        shelf.put(notice)


def _comment(shelf: Shelf, paper: Paper, numbers: Iterator[int], turn: int) -> None:
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


def _others(paper: Paper, number: int) -> tuple[Person, ...]:
    """Two people who did not write the paper."""
    return tuple(person for person in authors(Dice(number), 20) if person not in paper.authors)[:2]


def _bare(paper: Paper) -> str:
    return paper.title.removesuffix(".")
