"""Highwire Press meta tags, which Zotero, Mendeley and Google Scholar read in the head of a page.

``citation_journal_title`` makes an article of it, so a preprint has none: its server is the publisher, and Zotero's
own ``z:itemType`` says what it is. A group's name is given as it is; these tags know only persons (unAPI knows both).
"""

from __future__ import annotations

from tracker.site.machines.reference import Reference


def tags(paper: Reference) -> list[tuple[str, str]]:
    """(name, content) of the meta tags, those without content left out."""
    told = [
        ("citation_title", paper.title),
        *(("citation_author", author.name) for author in paper.authors),
        ("citation_publication_date", paper.date.replace("-", "/")),
        *(_preprint(paper) if paper.preprint else _article(paper)),
        ("citation_doi", paper.doi),
        ("citation_pmid", paper.pmid),
        ("citation_abstract", paper.abstract),
        ("citation_language", paper.language_tags[0] if paper.language_tags else ""),
        ("citation_public_url", paper.url),
    ]
    return [(name, content) for name, content in told if content]


def _article(paper: Reference) -> list[tuple[str, str]]:
    return [
        ("citation_journal_title", paper.journal),
        ("citation_journal_abbrev", paper.journal_abbrev),
        ("citation_publisher", paper.publisher),
        ("citation_volume", paper.volume),
        ("citation_issue", paper.issue),
        ("citation_firstpage", paper.first_page),
        ("citation_lastpage", paper.last_page),
        ("citation_issn", paper.issn),
    ]


def _preprint(paper: Reference) -> list[tuple[str, str]]:
    return [("citation_publisher", paper.journal), ("z:itemType", "preprint")]
