"""Rows of a list of works with everything the list shows of them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from tracker.site.labels import unstop
from tracker.site.queries import highlight, papers
from tracker.site.searchbox import BoxTerm


@dataclass(frozen=True)
class Item:
    """One work in a list; texts are HTML with found words marked."""

    work: sqlite3.Row
    title: Markup | None  # None: nothing marked, show title_markup or the plain title
    title_markup: str
    title_language: str
    authors: Markup
    abstract: list[tuple[str, Markup]]
    publications: list[sqlite3.Row]
    searches: list[sqlite3.Row]
    excerpt: Markup
    elsewhere: dict[str, list[str]]

    @property
    def abstract_marked(self) -> bool:
        return any("<mark>" in text for _, text in self.abstract)

    @property
    def preprint_too(self) -> bool:
        """An article of which a preprint is known."""
        kinds = {row["kind"] for row in self.publications}
        return "preprint" in kinds and len(kinds) > 1


SHOWN = "work_id, kind, title, title_markup, language, abstract"  # of publications


def items(db: sqlite3.Connection, rows: Sequence[sqlite3.Row], terms: Sequence[BoxTerm] = ()) -> list[Item]:
    """What a list shows of works, in the order given; three queries however long it is."""
    ids = [row["id"] for row in rows]
    publications, searches = papers.publications(db, ids, SHOWN), papers.searches_of(db, ids)
    sections = {number: _sections(found) for number, found in publications.items()}
    texts = [(row["id"], row["title"], _joined(sections[row["id"]]), row["authors"]) for row in rows]
    marked = highlight.mark(db, terms, texts)
    return [
        _item(row, mark, publications[row["id"]], searches.get(row["id"], []), sections[row["id"]])
        for row, mark in zip(rows, marked, strict=True)
    ]


BREAK = "\ue002"  # between the sections of an abstract while words in it are being marked


def _item(
    row: sqlite3.Row, mark: highlight.Marked, found: list[sqlite3.Row], why: list[sqlite3.Row], sections: list[Any]
) -> Item:
    first = found[0]
    return Item(
        work=row,
        title=Markup(unstop(mark.title)) if "<mark>" in mark.title else None,  # noqa: S704 - marked HTML
        title_markup=first["title_markup"] if first["title"] == row["title"] else "",
        title_language="" if first["title"] else first["language"],
        authors=mark.authors,
        abstract=_split(mark.abstract, sections),
        publications=found,
        searches=why,
        excerpt=Markup(mark.excerpt.replace(BREAK, " ")),  # noqa: S704 - marked HTML
        elsewhere=mark.elsewhere,
    )


def _sections(publications: Sequence[sqlite3.Row]) -> list[list[str]]:
    """The first abstract that may be shown, as [label, text]."""
    return next((json.loads(row["abstract"]) for row in publications if row["abstract"] is not None), [])


def _joined(sections: Sequence[Sequence[str]]) -> str:
    return BREAK.join(_bare(text) for _, text in sections)


def _bare(text: str) -> str:
    return text.replace(BREAK, "")


def _split(marked: Markup, sections: Sequence[Sequence[str]]) -> list[tuple[str, Markup]]:
    """The sections again; a phrase that was found over the end of one is marked in both."""
    if not sections:
        return []
    texts, within = [], False
    for part in str(marked).split(BREAK):
        text = f"<mark>{part}" if within else part
        within = text.rfind("<mark>") > text.rfind("</mark>")
        texts.append(f"{text}</mark>" if within else text)
    return [(label, Markup(text)) for (label, _), text in zip(sections, texts, strict=True)]  # noqa: S704 - marked HTML
