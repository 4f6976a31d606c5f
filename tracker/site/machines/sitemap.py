"""Sitemaps (sitemaps.org): an index, one map of the pages of words, and maps of papers of at most 50,000 addresses."""

from __future__ import annotations

from collections.abc import Iterable

from tracker.site.machines.xml import DECLARATION, text

MOST = 50_000  # addresses in one map, by the standard
SCHEMA = "http://www.sitemaps.org/schemas/sitemap/0.9"


def index(maps: Iterable[tuple[str, str]]) -> str:
    """The index of maps given as (address, last change)."""
    return _document("sitemapindex", "sitemap", maps)


def pages(addresses: Iterable[tuple[str, str]]) -> str:
    """A map of pages given as (address, last change)."""
    return _document("urlset", "url", addresses)


def _document(root: str, entry: str, told: Iterable[tuple[str, str]]) -> str:
    lines = "".join(
        f"<{entry}><loc>{text(address)}</loc><lastmod>{text(changed)}</lastmod></{entry}>\n"
        for address, changed in told
    )
    return f'{DECLARATION}<{root} xmlns="{SCHEMA}">\n{lines}</{root}>\n'
