"""A work as one reference: what all that is written for other programs is made from. Only what is public is in it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tracker.model import Author
from tracker.site.labels import LANGUAGES, STATES, unstop
from tracker.site.queries.rows import authors
from tracker.sources.links import doi_url, pubmed_url
from tracker.states import GRAVE, prefixed
from tracker.text import clean
from tracker.text.licences import licence_of

Row = Any  # sqlite3.Row


@dataclass(frozen=True, slots=True)
class Reference:
    """The publication that speaks for a work; every text is one clean line, '' where it is not known."""

    key: str
    address: str  # absolute, of the page here
    title: str
    authors: tuple[Author, ...]
    kind: str  # preprint, article ... as in ``works.type``
    date: str  # partial ISO date
    journal: str  # of a preprint, the server
    journal_abbrev: str
    publisher: str
    volume: str
    issue: str
    first_page: str  # or the number of the article
    last_page: str
    issn: str
    doi: str
    pmid: str
    pmcid: str
    languages: tuple[str, ...]  # ISO 639-2 codes
    abstract: str  # '' where it may not be shown
    keywords: tuple[str, ...]
    mesh: tuple[str, ...]
    licence: str
    state: str  # Retracted, Withdrawn, Expression of concern, Corrected or ''
    changed: str  # the last change worth telling (UTC)

    @property
    def preprint(self) -> bool:
        return self.kind == "preprint"

    @property
    def url(self) -> str:
        """Where the paper itself is: its DOI, its page at PubMed, or else our page of it."""
        return doi_url(self.doi) or pubmed_url(self.pmid) or self.address

    @property
    def licence_url(self) -> str:
        """The deed of a Creative Commons licence, '' where none or no version is stated."""
        return licence_of(self.licence)[1]

    @property
    def language_tags(self) -> tuple[str, ...]:
        """Languages as BCP 47 writes them: ``en``; a code that is not known stays as it is."""
        return tuple(LANGUAGES.get(code, ("", code))[1] for code in self.languages)


def reference(work: Row, publications: Sequence[Row], address: str) -> Reference:
    """The reference of a row of ``works`` and of its rows of ``publications``, the one that speaks for it first.

    What the first one lacks and the work takes from another (``gives``) is taken from there, as the page does.
    """
    first = publications[0]
    others: dict[str, Row] = {name: row for row in publications[1:] for name in json.loads(row["gives"])}

    def giver(name: str) -> Row:
        return others.get(name, first)

    def said(name: str) -> str:
        return clean(str(first[name]))

    def words(name: str) -> tuple[str, ...]:
        return tuple(filter(None, map(clean, json.loads(giver(name)[name]))))

    preprint = first["kind"] == "preprint"
    start, _, end = said("pages").partition("-")
    sections = json.loads(giver("abstract")["abstract"] or "[]")
    languages = giver("languages")["language"].split(", ")
    return Reference(
        key=work["key"],
        address=address,
        title=prefixed(work["state"], clean(unstop(work["title"])) or "[No title]"),
        authors=tuple(author for author in map(_clean, authors(giver("authors"))) if author.name),
        kind=first["kind"],
        date=said("date"),
        journal=_server(said("journal") or said("publisher")) if preprint else said("journal"),
        journal_abbrev=said("journal_abbrev"),
        publisher=said("publisher"),
        volume=said("volume"),
        issue=said("issue"),
        first_page=start.strip(),
        last_page=end.strip(),
        issn=said("issn"),
        doi=said("doi"),
        pmid=said("pmid"),
        pmcid=said("pmcid"),
        languages=tuple(code for code in map(clean, languages) if code and code != "und"),
        abstract=clean(" ".join(f"{label}: {text}" if label else text for label, text in sections)),
        keywords=words("keywords"),
        mesh=tuple(name.removesuffix(" *") for name in words("mesh")),
        licence=said("licence"),
        state=STATES[work["state"]] if work["state"] in GRAVE else "",
        changed=work["changed"],
    )


def _clean(author: Author) -> Author:
    return Author(clean(author.family), clean(author.given), suffix=clean(author.suffix), group=clean(author.group))


def _server(name: str) -> str:
    """``medRxiv`` from PubMed's ``medRxiv : the preprint server for health sciences``."""
    return name.partition(" : ")[0]
