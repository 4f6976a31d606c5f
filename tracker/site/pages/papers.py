"""/papers : search, filter, sort, page by page."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from typing import Any

from tracker.site import answers, labels
from tracker.site.choice import FACETS, SORTS, Choice, choice, parameters
from tracker.site.pages import downloads
from tracker.site.pages.kinds import Route
from tracker.site.pages.listing import Item, items
from tracker.site.queries.forms import expanded
from tracker.site.queries.known import Known, Publication
from tracker.site.queries.papers import page
from tracker.site.queries.selection import FacetCounts
from tracker.site.site import Now, Site

OFFERED = 8  # values of a filter that are offered at once; the rest under "more"


@dataclass(frozen=True)
class FilterLink:
    """A filter that can be set or taken away: what it is called, how many works it leaves, where it leads."""

    name: str
    number: int | None
    url: str
    set: bool = False


async def papers(site: Site, request: Any) -> Any:
    pairs = parameters(request.query_string)
    chosen, notes = choice(pairs)
    if chosen.question.terms or not site.reader.ask(site.known.has_works):
        told = await site.reader.run(_read, site.known, chosen)
    else:  # a matter of a millisecond: to hand it to another thread would take as long
        told = site.reader.ask(_read, site.known, chosen)
    published, found, after, number, withheld = told
    now = site.at(published)
    text = site.render(
        "papers.html",
        now,
        here="papers",
        choice=chosen,
        notes=notes,
        items=found,
        counts=number,
        next_url=replace(chosen, after=after).url() if after else "",
        first_url=chosen.first_page().url() if chosen.after else "",
        chips=_chips(chosen, now),
        facets=published.once(("facets", chosen.first_page().url()), lambda: _facets(number, chosen, now)),
        sorts=_sorts(chosen),
        offered=OFFERED,
        files=downloads.offers(chosen),
        withheld=withheld,
        none_ticked=any(name == downloads.SELECTED for name, _ in pairs),
        robots="noindex, follow" if chosen.narrowed or chosen.after else "",
    )
    return answers.html(text)


def _sorts(chosen: Choice) -> list[tuple[str, str, str]]:
    """(name, words, address) of the orders that this choice can have."""
    names = [name for name in SORTS if name != "relevance" or (chosen.question.groups and not chosen.identifier[0])]
    return [(name, SORTS[name], replace(chosen, sort=name, after="").url()) for name in names]


def _read(
    db: sqlite3.Connection, known: Known, chosen: Choice
) -> tuple[Publication, list[Item], str, FacetCounts, int]:
    published = known.publication(db)
    selection = published.select(db, chosen)
    found = page(db, chosen, works=selection.works, of=published.works(db))
    terms = () if chosen.identifier[0] else expanded(db, chosen.question).terms
    withheld = downloads.withheld(db, published, selection.works)
    return published, items(db, found.rows, terms), found.after, selection.counts, withheld


def _facets(number: FacetCounts, chosen: Choice, now: Now) -> dict[str, list[FilterLink]]:
    return {name: _facet(name, number, chosen, now) for name in FACETS}


def _facet(name: str, number: FacetCounts, chosen: Choice, now: Now) -> list[FilterLink]:
    """The values of a filter, those that are set first; what leads to nothing is not offered."""
    here = chosen.values(name)
    found = dict(number.facets[name])
    values = [*here, *(value for value, works in found.items() if value not in here and works)]
    return [
        FilterLink(
            labels.value(name, value, now.titles),
            found.get(value),
            (chosen.without_value if value in here else chosen.with_value)(name, value).url(),
            value in here,
        )
        for value in values
    ]


def _chips(chosen: Choice, now: Now) -> list[FilterLink]:
    """Everything that narrows the list, each with the address that takes it away."""
    chips = [FilterLink(f"“{chosen.q}”", None, chosen.without("q").url())] if chosen.q else []
    for name, values in chosen.picked:
        for value in values:
            said = f"{labels.FACETS[name]}: {labels.value(name, value, now.titles)}"
            chips.append(FilterLink(said, None, chosen.without_value(name, value).url()))
    if chosen.since:
        chips.append(FilterLink(f"here since {labels.day(chosen.since)}", None, chosen.without("since").url()))
    if chosen.until:
        chips.append(FilterLink(f"here until {labels.day(chosen.until)}", None, chosen.without("until").url()))
    if chosen.news:
        chips.append(FilterLink("without what first runs brought", None, chosen.without("news").url()))
    return chips


ROUTES: tuple[Route, ...] = ((r"^/papers/?$", papers),)
