"""The fictional literature on which the demo lives: some 2,400 papers of three years, and seven days of news.

Everything is invented, and shows it: journals carry "(demo)" in their names, the towns are on no map, DOIs begin with
10.5555/demo, PMIDs with 990, e-mail addresses end in example.org, and every abstract says "(Fictional demonstration
record.)". Headings bear names of MeSH because searches look for them; their identifiers are invented.

It is made of throws of seeded dice (:mod:`emulator.dice`), so that it is the same on every machine:

===================  ===========================================================================================
``places.toml``      towns, institutions, funders             ``places.py``
``people.toml``      names                                    ``people.py``
``journals.toml``    journals and their rights                ``journals.py``
``studies.toml``     themes: what is told in abstracts        ``studies.py`` (drafts), ``abstracts.py`` (sections)
``designs.toml``     study designs
``tongues.toml``     titles in other languages                ``volumes.py`` (also congress, book, editorials)
\\                    errata, retractions, concerns, letters   ``notices.py``
\\                    preprints, protocols, updates            ``versions.py``
\\                    odd and hostile records, by name         ``specimens.py``
\\                    the seven days                           ``days.py``
===================  ===========================================================================================

``papers.py`` is what a paper consists of and ``pubmed_xml.py`` writes it as PubMed would. The module itself is a
:class:`~emulator.articles.Literature`: it has :func:`articles`, ``tree`` and ``mapping``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType

from emulator.articles import Article
from emulator.days import DAYS, FAILING_DAY, FIRST_DAY, actors, changes
from emulator.dice import Dice
from emulator.notices import notices
from emulator.papers import Paper, article
from emulator.pubmed_xml import element
from emulator.shelf import Shelf
from emulator.specimens import specimens
from emulator.studies import draft, themes
from emulator.versions import versions
from emulator.volumes import volumes

__all__ = ["DAYS", "FAILING_DAY", "FIRST_DAY", "articles", "mapping", "papers", "tree"]

START = date(2023, 11, 16)
FIRST_PMID = 990_000_001
_SEED = 20261116

# Which of the headings used lie below which others, and what untagged words are mapped to.
tree: Mapping[str, tuple[str, ...]] = {
    "Self-Injurious Behavior": ("Suicide",),
    "Suicide": ("Suicidal Ideation",),
    "Telemedicine": ("Remote Consultation",),
}
mapping: Mapping[str, str] = {"loneliness": "Loneliness", "covid 19": "COVID-19", "mental health": "Mental Health"}


def articles(day: date) -> Mapping[str, Article]:
    """The literature as the demo's PubMed has it on that day, by PMID.

    Before the first day: the papers of the baseline that had arrived by then, as they were on the first day. After the
    last: as on the last. What did not change since the day before is the very same object.
    """
    if day < FIRST_DAY:
        return {pmid: one for pmid, one in _state(1)[1].items() if one.created <= day}
    return _state(min((day - FIRST_DAY).days + 1, len(DAYS)))[1]


def papers(day: date) -> Mapping[str, Paper]:
    """The same as papers, with everything their XML says."""
    return _state(max(1, min((day - FIRST_DAY).days + 1, len(DAYS))))[0]


@cache
def _state(number: int) -> tuple[Mapping[str, Paper], Mapping[str, Article]]:
    """Papers and articles on day ``number``, from 1: those of the day before and what the day changed."""
    if number == 1:
        shelf = _baseline()
        return shelf.papers, MappingProxyType({pmid: article(paper, element) for pmid, paper in shelf.papers.items()})
    before, served = _state(number - 1)
    changed, gone = changes(number, before, {paper.title for paper in before.values()})
    now = {**before, **{paper.pmid: paper for paper in changed}}
    shown = {**served, **{paper.pmid: article(paper, element) for paper in changed}}
    for pmid in gone:
        del now[pmid], shown[pmid]
    return now, MappingProxyType(shown)


def _baseline() -> Shelf:
    """Three years of papers, in the order in which they came, then the stories that are told of some of them."""
    shelf, dice = Shelf(), Dice(_SEED)
    named = [name for name, theme in themes().items() for _ in range(theme["weight"])]
    named = [name for _, name in sorted((dice.number(0, 10**9), name) for name in named)]
    span = (FIRST_DAY - START).days
    for place, name in enumerate(named):
        created = _weekday(START + timedelta(days=place * span // len(named)), dice)
        number = FIRST_PMID + place
        shelf.draft(name, draft(number, name, created, shelf.titles))
    for tell in (notices, versions, specimens, volumes, actors):
        tell(shelf)
    return shelf


def _weekday(day: date, dice: Dice) -> date:
    """Fewer records come on Saturdays, hardly any on Sundays: the others come some day before."""
    late = day.weekday() - 4
    if late > 0 and day > START + timedelta(days=7) and dice.chance(0.4 + 0.25 * late):
        return day - timedelta(days=late + dice.number(0, 4))
    return day
