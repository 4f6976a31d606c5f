"""schema.org ScholarlyArticle as JSON-LD, for search engines and aggregators (Zotero does not read it)."""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup

from tracker.model import Author
from tracker.site.machines.reference import Reference
from tracker.sources.links import doi_url, pmc_url, pubmed_url

# What could end the element, begin a comment in it, or end a line for old readers of JavaScript.
ESCAPED = str.maketrans({sign: f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"})


def article(paper: Reference) -> dict[str, Any]:
    """The work as a ScholarlyArticle; what is not known is left out."""
    said = {
        "@context": "https://schema.org",
        "@type": "ScholarlyArticle",
        "@id": paper.address,
        "url": paper.address,
        "headline": paper.title,
        "name": paper.title,
        "author": [_author(author) for author in paper.authors],
        "datePublished": paper.date,
        "inLanguage": list(paper.language_tags),
        "abstract": paper.abstract,
        "keywords": [*paper.keywords, *paper.mesh],
        "identifier": [
            {"@type": "PropertyValue", "propertyID": name, "value": value}
            for name, value in (("doi", paper.doi), ("pmid", paper.pmid), ("pmcid", paper.pmcid))
            if value
        ],
        "sameAs": [url for url in (doi_url(paper.doi), pubmed_url(paper.pmid), pmc_url(paper.pmcid)) if url],
        "isPartOf": _periodical(paper),
        "pageStart": paper.first_page,
        "pageEnd": paper.last_page,
        "publisher": _organization(paper.journal if paper.preprint else paper.publisher),
        "license": paper.licence_url or paper.licence,
        "creativeWorkStatus": paper.state or ("Preprint" if paper.preprint else ""),
    }
    return {name: value for name, value in said.items() if value}


def script(paper: Reference) -> Markup:
    """The same as the inside of a script element of a page: data, not a program."""
    text = json.dumps(article(paper), ensure_ascii=False, separators=(",", ":"))
    return Markup(text.translate(ESCAPED))  # noqa: S704 - nothing in it can end the element


def _author(author: Author) -> dict[str, str]:
    if author.group:
        return {"@type": "Organization", "name": author.group}
    parts = {"givenName": author.given, "familyName": author.family, "honorificSuffix": author.suffix}
    name = " ".join(part for part in parts.values() if part)
    return {"@type": "Person", "name": name, **{part: value for part, value in parts.items() if value}}


def _organization(name: str) -> dict[str, str] | None:
    return {"@type": "Organization", "name": name} if name else None


def _periodical(paper: Reference) -> dict[str, Any] | None:
    """The journal, within it the volume and the issue where there are any."""
    if paper.preprint or not paper.journal:
        return None
    kind = "Book" if paper.kind == "book" else "Periodical"
    found: dict[str, Any] = {"@type": kind, "name": paper.journal, **({"issn": paper.issn} if paper.issn else {})}
    if paper.volume:
        found = {"@type": "PublicationVolume", "volumeNumber": paper.volume, "isPartOf": found}
    if paper.issue:
        found = {"@type": "PublicationIssue", "issueNumber": paper.issue, "isPartOf": found}
    return found
