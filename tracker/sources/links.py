"""Addresses of papers elsewhere, built from identifiers only; http and https and nothing else."""

from __future__ import annotations

import re
from urllib.parse import quote

from tracker.model import Record
from tracker.sources import PUBMED, info

LONGEST_SEARCH = 4_000  # characters; longer addresses are refused somewhere on the way


def pubmed_url(pmid: str) -> str:
    """The page of a PMID at PubMed, '' if it is none."""
    return PUBMED.page_of(pmid)


def pmc_url(pmcid: str) -> str:
    """The free full text at PubMed Central, '' if it is no PMCID."""
    return f"https://pmc.ncbi.nlm.nih.gov/articles/{pmcid}/" if re.fullmatch(r"PMC[0-9]{1,9}", pmcid) else ""


def pubmed_search_url(strategy: str) -> str:
    """PubMed's own page of a strategy; '' for one that is too long for an address."""
    if len(strategy) > LONGEST_SEARCH:
        return ""
    return f"https://pubmed.ncbi.nlm.nih.gov/?term={quote(strategy, safe='', errors='replace')}"


def doi_url(doi: str) -> str:
    """The address of a DOI, with everything quoted that is not plain; '' if it is no DOI."""
    return f"https://doi.org/{quote(doi, safe='/:;()._-')}" if re.match(r"10\.[0-9]{4,9}/\S", doi) else ""


def record_url(record: Record) -> str:
    """Where the source shows this record; where it has no page of its own, the DOI's or PubMed's."""
    return info(record.source).page_of(record.source_id) or doi_url(record.doi) or pubmed_url(record.pmid)
