"""The page of news at a glance: how many, of what kind, by which search; every number is that of the list behind it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from making import NOW, Client, Maker, day, quiet

from tracker.publish import publish
from tracker.site import labels
from tracker.site.queries import news

TOTAL = re.compile(r'class="total" role="status"><b>([\d,]+) paper')


def _opened(maker: Maker, open_site: Callable[..., Client]) -> Client:
    public = maker.path.parent / "public"
    publish(maker.path, public, settings={}, now=NOW, say=quiet)
    return open_site(public)


@pytest.mark.parametrize("query", ["", "?days=30", "?days=1", "?since=2026-11-20"])
def test_each_number_of_a_search_and_of_a_kind_is_that_of_its_list(site: Client, query: str) -> None:
    page = site.get(f"/{query}").text
    told = re.findall(r'<a href="(/papers\?search=[^"]+)">[^<]+</a> <span class="count">(\d+)<', page)
    told += re.findall(r'<a href="(/papers\?type=[^"]+)">(\d+)&nbsp;', page)
    assert len(told) >= 2
    for address, number in told:
        found = TOTAL.search(site.get(html.unescape(address)).text)
        assert found, address
        assert found[1] == number, address


def test_changes_are_told_by_kind_the_gravest_first(site: Client) -> None:
    page = " ".join(site.get("/?days=30").text.replace("&nbsp;", " ").split())
    assert (
        '<a href="#changes">2 changes</a> to papers known before: 1 retracted and 1 published after a preprint.' in page
    )


def test_a_month_of_many_papers_stays_a_short_page(maker: Maker, open_site: Callable[..., Client]) -> None:
    """Thirty papers at most, twelve of a day; the other days are a line each, and no day is left out."""
    maker.run(day(1))
    maker.search("lonely")
    for number in range(1, 101):
        maker.simple(number, "lonely", since=day(4 + number % 5 * 5))  # 4, 9, 14, 19, 24
    page = _opened(maker, open_site).get("/?days=30").text
    assert page.count("<article") == news.IN_ALL
    days = re.findall(r"(\d+) November 2026(?:</a>)? <span class=\"count\">20 papers<", page)
    assert days == ["24", "19", "14", "9", "4"]
    assert page.count('href="/papers?since=2026-11-19&amp;until=2026-11-19&amp;news=1"') == 1
    assert "All 100 new papers as a list" in page


def test_a_first_run_counts_each_search_once(maker: Maker, open_site: Callable[..., Client]) -> None:
    """However many sources a search has."""
    run = maker.run(day(20))
    maker.search("lonely", sources=["pubmed", "europepmc"])
    for source in ("pubmed", "europepmc"):
        maker.search_run(run, "lonely", source=source, baseline="baseline")
    maker.simple(1, "lonely", since=day(20), why="baseline")
    assert "the first run of 1 search brought 1 paper from the past" in _opened(maker, open_site).get("/").text


@pytest.mark.parametrize(
    ("names", "said"), [([], ""), (["PubMed"], "PubMed"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_names_in_a_row(names: list[str], said: str) -> None:
    assert labels.listed(names) == said
