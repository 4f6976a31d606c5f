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
from tracker.site.pages.charts import _uncovered, axis
from tracker.site.rehearsal import Rehearsal
from tracker.site.svg import Bar, columns
from tracker.states import prefixed

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
        (
            [row(last=day(16)), row("europepmc", "failed", day(15))],
            day(15),
            "what came later is not here. Before that, Europe PMC has not answered in full since 15 November 2026",
            False,
        ),
        ([row(), row(last=day(14))], day(14), "Some searches have not been run in full since 14 November 2026", False),
        ([row(), row("europepmc", last="")], "never", "Some searches have not been run in full yet", False),
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


@pytest.mark.parametrize(
    ("step", "begins", "until", "dark"),
    [("2019", "2020-05-01", day(24), True), ("2020", "2020-05-01", day(24), False), ("2026-11", "", day(24), False),
     ("2026-12", "", day(24), True), ("2026", "", "", True)],
)  # fmt: skip
def test_what_lies_outside_the_time_searched_is_not_covered(step: str, begins: str, until: str, dark: bool) -> None:
    assert _uncovered(step, begins, until) is dark


def test_a_time_not_searched_is_hatched_and_an_unfinished_one_is_never_the_peak() -> None:
    bars = axis("year", "2024", "2026-11-24").bars({"2025": 3, "2026": 9}, ("2025-02-01", day(24)))
    picture = columns("c", "t", "d", bars)
    assert "<title>2024: not searched</title>" in picture
    assert picture.count('class="uncovered"') == 1
    assert ">3</text>" in picture.split('class="value"')[1]
    assert picture.count('class="value"') == 1
    assert "not searched in full" in Bar("2024", 2, covered=False).words


@pytest.mark.parametrize("title", ["Withdrawn adolescents: a study", "Withdrawn-like behaviour", "Withdrawn"])
def test_a_title_that_only_has_the_word_does_not_say_that_the_paper_is_withdrawn(title: str) -> None:
    assert prefixed("withdrawn", title) == f"WITHDRAWN: {title}"


@pytest.mark.parametrize("title", ["WITHDRAWN: A", "Withdrawn article: A", "[Withdrawn]: A", "Withdrawn - A"])
def test_a_title_that_says_so_already_stays(title: str) -> None:
    assert prefixed("withdrawn", title) == title


@pytest.mark.parametrize("before", ["explain ", "EXPLAIN QUERY PLAN ", "/* a */ explain ", "-- a\n explain "])
def test_a_plan_that_is_only_asked_for_is_tried_first_too(maker: Maker, before: str) -> None:
    """Planning is what takes long: to explain an intricate query is as dear as to run it."""
    publish(maker.path, maker.path.parent / "public", settings={}, now=NOW, say=quiet)
    tables = ", ".join(f"t{n} as (select a.x from t{n - 1} as a join t{n - 1} as b)" for n in range(1, 40))
    planned = Rehearsal(maker.path.parent / "public" / "public.db")
    try:
        assert planned(f"{before}select 1")
        assert not planned(f"{before}with t0 as (select 1 as x), {tables} select * from t39")
    finally:
        planned.close()
