"""Signposting: the ``Link`` header of a work's page, so that a robot finds its DOI, its data and its licence.

RFC 8288 for the header, FAIR Signposting (signposting.org) for the relations. Everything in it is built from
addresses that are percent-encoded or fixed, so that no text of a record can begin another header.
"""

from __future__ import annotations

import re

from tracker.site.machines.reference import Reference
from tracker.sources.links import doi_url

# suffix of the page's address -> media type
DATA = {
    ".ris": "application/x-research-info-systems",
    ".bib": "application/x-bibtex",
    ".csl.json": "application/vnd.citationstyles.csl+json",
    ".json": "application/json",
}
SAFE = re.compile(r"https?://[!#-;=?-Z_a-z~\[\]@]+")


def page_links(paper: Reference) -> str:
    """For the page of a work."""
    links = [_link(doi_url(paper.doi), "cite-as")]
    links += [_link(f"https://schema.org/{kind}", "type") for kind in ("ScholarlyArticle", "AboutPage")]
    links += [_link(f"{paper.address}{suffix}", "describedby", kind) for suffix, kind in DATA.items()]
    links.append(_link(paper.licence_url, "license"))
    return ", ".join(filter(None, links))


def data_links(address: str) -> str:
    """For data that describe a work: the way back to its page."""
    return _link(address, "describes", "text/html")


def _link(url: str, relation: str, kind: str = "") -> str:
    if not SAFE.fullmatch(url):
        return ""
    return f'<{url}>; rel="{relation}"' + (f'; type="{kind}"' if kind else "")
