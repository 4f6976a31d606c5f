"""One sentence says whether what is shown is all there is, wherever news, counts, lists and feeds are shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from making import NOW, Client, Maker, day, quiet

from tracker.publish import publish
from tracker.site.completeness import completeness

READ = ("/", "/papers", "/changes", "/searches", "/searches/lonely", "/charts", "/status")
TOLD = datetime(2026, 11, 24, 12, tzinfo=UTC)


def row(source: str = "pubmed", outcome: str = "complete", last: str = day(24), missing: int = 0) -> dict[str, Any]:
    return {"source": source, "outcome": outcome, "last_complete": last, "missing": missing}


@pytest.mark.parametrize(
    ("rows", "stale", "said", "whole"),
    [
        ([], "never", "No search has been run yet", False),
        ([row()], "", "Every source answered every search in full on 24 November 2026.", True),
        ([row(), row("europepmc")], "", "Every source answered every search in full on 24 November 2026.", True),
        ([row(outcome="failed", last=day(19))], "", "PubMed has not answered in full since 19 November 2026", False),
        ([row(outcome="incomplete", last="")], "never", "No search has been answered in full yet", False),
        ([row(), row("psyarxiv", "failed", "")], "never", "PsyArXiv has not answered in full yet", False),
        ([row(), row(outcome="failed", last=day(20))], "", "for 1 of its 2 searches", False),
        ([row(missing=2)], "", "but 2 listed records did not come", False),
        ([row(last=day(16))], day(16), "Nothing has been searched since 16 November 2026, 8 days ago", False),
        ([row("psycinfo", last="")], "", "No search has been run yet", False),  # files only
        ([row(), row("psycinfo", last=day(1))], "", "Every source answered every search in full", True),
        ([row(outcome="catching up")], "", "Every source answered", True),
    ],
)
def test_the_sentence(rows: list[dict[str, Any]], stale: str, said: str, whole: bool) -> None:
    found = completeness(rows, stale, TOLD)
    assert said in found.sentence
    assert found.whole is whole


def site_of(maker: Maker, open_site: Callable[..., Client]) -> Client:
    publish(maker.path, maker.path.parent / "public", settings={}, now=NOW, say=quiet)
    return open_site(maker.path.parent / "public")


def everywhere(client: Client, sentence: str) -> None:
    for path in READ:
        assert sentence in client.get(path).text, path
    assert sentence in client.get("/feeds/all.atom").text
    assert sentence in client.get("/feeds/all.rss").text
    assert sentence in client.get("/feeds/lonely.json").json()["description"]
    assert sentence in client.get("/papers.json").json()["completeness"]
    assert sentence in client.get("/status.json").json()["completeness"]
    assert sentence in client.get("/public").text
    assert sentence in client.get("/public/works").text


def test_a_dead_source_is_told_wherever_people_read(maker: Maker, open_site: Callable[..., Client]) -> None:
    first, second = maker.run(day(20)), maker.run(day(24))
    maker.search("lonely", "Loneliness", sources=["pubmed", "europepmc"])
    for run in (first, second):
        maker.search_run(run, "lonely", "europepmc")
    maker.search_run(first, "lonely")
    maker.search_run(second, "lonely", outcome="failed", promised_first=None, promised_last=None, received=0, known=0,
                     new=0)  # fmt: skip
    maker.simple(1, "lonely", since=day(24))
    client = site_of(maker, open_site)
    everywhere(client, "PubMed has not answered in full since 20 November 2026")
    home = client.get("/").text
    assert "PubMed did not answer in full on this day." in home
    assert json.loads(client.get("/status.json").text)["complete"] is False


def test_a_week_without_a_run_is_not_a_quiet_week(maker: Maker, open_site: Callable[..., Client]) -> None:
    run = maker.run(day(10))
    maker.search("lonely", "Loneliness")
    maker.search_run(run, "lonely")
    maker.simple(1, "lonely", since=day(10))
    client = site_of(maker, open_site)
    everywhere(client, "Nothing has been searched since 10 November 2026")
    home = client.get("/").text
    assert "24 November 2026: not searched" in home
    assert '<h1 id="new">0 new papers' not in home
    assert "No correction, retraction" not in home
    assert "Not searched" in home


def test_before_the_first_run_nothing_is_said_as_zero(maker: Maker, open_site: Callable[..., Client]) -> None:
    maker.search("lonely", "Loneliness")
    client = site_of(maker, open_site)
    everywhere(client, "No search has been run yet")
    assert "No correction, retraction" not in client.get("/").text


def test_when_all_is_well_that_is_said_too(maker: Maker, open_site: Callable[..., Client]) -> None:
    run = maker.run(day(24))
    maker.search("lonely", "Loneliness")
    maker.search_run(run, "lonely")
    client = site_of(maker, open_site)
    everywhere(client, "Every source answered every search in full on 24 November 2026.")
    assert "Not complete" not in client.get("/").text
