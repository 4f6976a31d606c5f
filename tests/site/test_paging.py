"""Lists: every paging path shows every work exactly once, and every count is exact."""

from __future__ import annotations

import html
import random
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from conftest import METADATA, NOW, Client, Maker, day, quiet, record

from tracker.model import PartialDate, Section
from tracker.publish import publish
from tracker.site.choice import choice
from tracker.site.queries import papers
from tracker.site.queries.reader import Reader

WORKS = 230


@pytest.fixture(scope="module")
def tied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Many works, and nearly all of them tie: three days, two dates, few words."""
    home = tmp_path_factory.mktemp("tied")
    maker = Maker(home / "tracker.db")
    dice = random.Random(7)
    first = maker.run(day(1))
    maker.search("one")
    maker.search("two")
    for number in range(1, WORKS + 1):
        made = record(
            number,
            title=f"Loneliness {dice.choice(['survey', 'trial', 'survey trial'])}",
            date=PartialDate(dice.choice(["2026", "2026-03"])),
            journal=dice.choice(["A", "B", "C"]),
            languages=(dice.choice(["eng", "ger"]),),
            pmcid=dice.choice(["", f"PMC{990000 + number}"]),
            publication_types=(dice.choice([("D016428", "Journal Article"), ("D016454", "Review")]),),
            abstract=(Section("Solitude."),),
        )
        key = maker.record(made, seen=day(1))
        since = day(dice.choice([1, 1, 1, 20]))
        for slug in dice.choice([["one"], ["two"], ["one", "two"]]):
            maker.match(slug, made, first, since, dice.choice(["baseline", "new"]))
        maker.work(key)
    maker.db.close()
    publish(home / "tracker.db", home / "public", settings={}, now=NOW, say=quiet)
    return home / "public"


@pytest.fixture
def reader(tied: Path) -> Reader:
    return Reader(tied)


CHOICES = [
    "",
    "q=survey",
    "q=survey&sort=relevance",
    "q=loneliness&sort=published",
    "sort=published",
    "sort=newest",
    "q=-survey",
    "search=one",
    "search=one&search=two&sort=published",
    "type=review",
    "free=1&language=ger",
    "year=2026&journal=A&journal=B",
    "since=2026-11-02",
    "until=2026-11-01&news=1",
    "search=two&since=2026-11-20&news=1",
    "source=pubmed",
    "source=nowhere",
    "year=x",
    "q=trial&type=review&sort=relevance",
    "q=990000001",
    "q=%3F%3F",
]


def chosen(query: str) -> object:
    from urllib.parse import parse_qsl

    return choice(parse_qsl(query))[0]


@pytest.mark.parametrize("query", CHOICES)
@pytest.mark.parametrize("size", [7, 25, 1000])
def test_every_paging_path_shows_every_work_exactly_once(reader: Reader, query: str, size: int) -> None:
    from dataclasses import replace

    where = chosen(query)
    seen: list[int] = []
    while True:
        page = reader.ask(papers.page, where, size)
        seen += [row["id"] for row in page.rows]
        if not page.after:
            break
        where = replace(where, after=page.after)  # type: ignore[type-var]
    total = reader.ask(papers.counts, chosen(query)).total
    assert len(seen) == len(set(seen)) == total
    reader.close()


@pytest.mark.parametrize("query", [query for query in CHOICES if "sort" not in query])
def test_the_number_beside_a_filter_is_what_choosing_it_shows(reader: Reader, query: str) -> None:
    """For each value of each filter: set it alone of its filter, count again."""
    base = chosen(query)
    for name, values in reader.ask(papers.counts, base).facets.items():
        for value, number in values:
            then = base.without(name).with_value(name, value)  # type: ignore[attr-defined]
            assert reader.ask(papers.counts, then).total == number, (name, value)
    reader.close()


def test_pages_link_on_until_every_work_was_shown(tied: Path, open_site: Callable[..., Client]) -> None:
    """By the links of the pages themselves, as a reader goes."""
    client = open_site(tied, METADATA)
    for query in ("", "?sort=published", "?q=survey&sort=relevance"):
        path, seen, pages = f"/papers{query}", [], 0
        while path:
            text = client.get(path).text
            seen += re.findall(r'<h2><a href="/paper/(LSI-\d+)">', text)
            more = re.search(r'rel="next" href="([^"]+)"', text)
            path, pages = html.unescape(more[1]) if more else "", pages + 1
        total = int(re.search(r"<b>([\d,]+) paper", client.get(f"/papers{query}").text)[1])  # type: ignore[index]
        assert len(seen) == len(set(seen)) == total
        assert pages == -(-total // 25)


@pytest.mark.parametrize("after", ["x", "~", "2026~x", "a~b~3", "~1", "9" * 50, "nan~3", "x~" + "9" * 30, "\x00~1"])
@pytest.mark.parametrize("sort", ["newest", "relevance"])
def test_a_broken_mark_is_a_page_too(tied: Path, open_site: Callable[..., Client], after: str, sort: str) -> None:
    client = open_site(tied, METADATA)
    assert client.get(f"/papers?q=survey&sort={sort}&after={quote(after)}").status_code == 200


def test_each_order_is_the_order_it_says(reader: Reader) -> None:
    newest = reader.ask(papers.page, chosen(""), 1000).rows
    assert [(row["first_seen"], row["id"]) for row in newest] == sorted(
        ((row["first_seen"], row["id"]) for row in newest), reverse=True
    )
    published = reader.ask(papers.page, chosen("sort=published"), 1000).rows
    assert [(row["sort_date"], row["id"]) for row in published] == sorted(
        ((row["sort_date"], row["id"]) for row in published), reverse=True
    )
    best = reader.ask(papers.page, chosen("q=survey&sort=relevance"), 1000).rows
    assert [row["place"] for row in best] == sorted(row["place"] for row in best)
    reader.close()


def test_readers_cannot_write(reader: Reader) -> None:
    def write(db: sqlite3.Connection) -> None:
        db.execute("delete from works")

    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.ask(write)
    reader.close()
