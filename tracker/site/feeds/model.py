"""A feed and its entries, as the writers are given them. All text is plain text; times are ``2026-11-24T06:00:00Z``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Category:
    """``scheme`` (an address or tag URI) says what kind of category it is, ``term`` is for machines."""

    scheme: str
    term: str
    label: str


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One paper or one change. ``id`` never changes; ``updated`` only when something worth telling happened."""

    id: str
    title: str
    url: str  # our page
    published: str
    updated: str
    authors: Sequence[str] = ()
    categories: Sequence[Category] = ()
    summary: str = ""  # the abstract, '' where there is none that may be shown
    content: str = ""  # where it was published and why it is here; paragraphs are lines
    rights: str = ""  # of the summary
    language: str = "en"  # of title and summary, BCP 47
    links: Sequence[str] = ()  # where the paper itself is, the best first
    doi: str = ""
    pmid: str = ""
    journal: str = ""
    date: str = ""  # of publication, partial
    own: Mapping[str, Any] = field(default_factory=dict)  # for machines, JSON only


@dataclass(frozen=True, slots=True)
class Feed:
    """One document of a feed; all documents of a feed have the same ``id``.

    ``links`` are those of RFC 5005, 4: relation -> address: ``current``, ``prev-archive``, ``next-archive``;
    ``archive`` marks a document to which nothing will be added.
    """

    id: str
    title: str
    subtitle: str
    author: str
    address: str  # of this document
    page: str  # what people look at instead
    updated: str
    generator: str
    rights: str = ""
    links: Mapping[str, str] = field(default_factory=dict)
    archive: bool = False
    entries: Sequence[FeedEntry] = ()
