"""Lists: every paging path shows every work exactly once, and every count is exact."""

from __future__ import annotations

import html
import random
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import METADATA, NOW, Client, Maker, day, quiet, record

from tracker.model import PartialDate, Section
from tracker.publish import publish
from tracker.site.choice import Choice, choice
from tracker.site.queries import filters, papers, sets
from tracker.site.queries.known import Known
from tracker.site.queries.reader import PublicReader
from tracker.site.queries.selection import Selection

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
def reader(tied: Path) -> PublicReader:
    return PublicReader(tied)


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


def chosen(query: str) -> Choice:
    return choice(parse_qsl(query))[0]


def selected(reader: PublicReader, where: Choice) -> Selection:
    def read(db: sqlite3.Connection) -> Selection:
        return Known().publication(db).select(db, where)

    return reader.ask(read)


@pytest.mark.parametrize("query", CHOICES)
@pytest.mark.parametrize("size", [7, 25, 1000])
@pytest.mark.parametrize("way", ["by places", "by sets", "by SQL"])
def test_every_paging_path_shows_every_work_exactly_once(reader: PublicReader, query: str, size: int, way: str) -> None:
    where = chosen(query)
    selection = selected(reader, where)
    works = None if way == "by SQL" else selection.works
    of = reader.ask(sets.read) if way == "by places" else None
    seen: list[int] = []
    while True:
        page = reader.ask(papers.page, where, size, works, of)
        seen += [row["id"] for row in page.rows]
        if not page.after:
            break
        where = replace(where, after=page.after)
    assert len(seen) == len(set(seen)) == selection.counts.total
    reader.close()


def in_order(reader: PublicReader, query: str, works: int | None) -> list[int]:
    return [row["id"] for row in reader.ask(papers.page, chosen(query), 1000, works).rows]


@pytest.mark.parametrize("query", CHOICES)
@pytest.mark.parametrize("few", [0, papers.FEW], ids=["one by one", "at once"])
def test_what_is_chosen_by_sets_is_what_sql_chooses_in_the_same_order(
    reader: PublicReader, query: str, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(papers, "FEW", few)
    works = selected(reader, chosen(query)).works
    assert in_order(reader, query, works) == in_order(reader, query, None)
    by_places = reader.ask(papers.page, chosen(query), 1000, works, reader.ask(sets.read)).rows
    assert [row["id"] for row in by_places] == in_order(reader, query, None)
    reader.close()


A_CHOICE = st.lists(
    st.tuples(
        st.sampled_from(("q", "search", "source", "type", "state", "year", "journal", "language", "free", "since",
                         "until", "news")),
        st.sampled_from(("survey", "survey OR trial", "-trial", "one", "two", "pubmed", "article", "review",
                         "published", "2026", "02026", "A", "C", "eng", "ger", "1", "2026-11-01", "2026-11-19",
                         "10.5555/lsi.3", "LSI-000004", "?", "nothing")),
    ),
    max_size=6,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(pairs=A_CHOICE)
def test_counting_by_sets_and_counting_by_sql_agree(tied: Path, pairs: list[tuple[str, str]]) -> None:
    """The total of any choice, and for each value of each filter what SQL counts once it is chosen."""
    reader = PublicReader(tied)
    where = choice(pairs)[0]

    def count(db: sqlite3.Connection, of: Choice) -> int:
        found = filters.conditions(of)
        return db.execute(f"select count(*) from works where {found.sql}", found.values).fetchone()[0]

    counts = selected(reader, where).counts
    assert counts.total == reader.ask(count, where)
    for name, values in counts.facets.items():
        for value, number in values[:4]:
            assert number == reader.ask(count, where.without(name).with_value(name, value)), (name, value)
    reader.close()


@pytest.mark.parametrize("query", [query for query in CHOICES if "sort" not in query])
@pytest.mark.parametrize("few", [0, sets.FEW], ids=["all journals", "journals one by one"])
def test_the_number_beside_a_filter_is_what_choosing_it_shows(
    reader: PublicReader, query: str, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For each value of each filter: set it alone of its filter, count again."""
    monkeypatch.setattr(sets, "FEW", few)
    base = chosen(query)
    for name, values in selected(reader, base).counts.facets.items():
        for value, number in values:
            then = base.without(name).with_value(name, value)
            assert selected(reader, then).counts.total == number, (name, value)
    reader.close()


@given(numbers=st.sets(st.integers(0, 400)))
def test_a_set_of_works_gives_back_the_works_that_went_in(numbers: set[int]) -> None:
    assert sets.ids(sets.bits([(number,) for number in numbers], 401)) == sorted(numbers)


def test_words_that_only_the_index_knows_yet_are_no_works(tied: Path, tmp_path: Path) -> None:
    """While something is being published the index comes a moment before the works."""
    folder = Path(shutil.copytree(tied, tmp_path / "public"))
    with closing(sqlite3.connect(folder / "search.db")) as db, db:
        db.execute("insert into words (rowid, title) values (9999, 'Loneliness survey of tomorrow')")
    reader, before = PublicReader(folder), PublicReader(tied)
    for query in ("q=survey", "q=tomorrow", "q=-survey", "q=survey&sort=relevance"):
        works = selected(before, chosen(query)).works
        assert selected(reader, chosen(query)).works == works
        assert in_order(reader, query, works) == in_order(before, query, None)
    reader.close()
    before.close()


def test_what_is_known_of_a_publication_is_read_again_after_the_next_one(tied: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tied, tmp_path / "public"))
    reader, known = PublicReader(folder), Known()
    first = reader.ask(known.publication)
    selection = reader.ask(first.select, chosen("type=review"))
    assert reader.ask(known.publication) is first
    assert reader.ask(first.select, chosen("type=review&sort=published")) is selection
    with closing(sqlite3.connect(folder / "public.db")) as db, db:
        db.execute("update facts set value = 'another' where name = 'digest'")
        db.execute("update works set type = 'review'")
    second = reader.ask(known.publication)
    assert second.facts.digest == "another"
    assert reader.ask(second.select, chosen("type=review")).counts.total == WORKS
    reader.close()


def test_what_is_kept_of_a_publication_is_bounded(tied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.site.queries.known.MOST", 3)
    reader = PublicReader(tied)
    publication = reader.ask(Known().publication)
    for year in range(1990, 2030):
        reader.ask(publication.select, chosen(f"year={year}"))
        assert len(publication._made) <= 3
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


def test_each_order_is_the_order_it_says(reader: PublicReader) -> None:
    newest = reader.ask(papers.page, chosen(""), 1000).rows
    assert [(row["first_seen"], row["id"]) for row in newest] == sorted(
        ((row["first_seen"], row["id"]) for row in newest), reverse=True
    )
    published = reader.ask(papers.page, chosen("sort=published"), 1000).rows
    assert [(row["sort_date"], row["id"]) for row in published] == sorted(
        ((row["sort_date"], row["id"]) for row in published), reverse=True
    )
    best = in_order(reader, "q=survey&sort=relevance", None)

    def ranks(db: sqlite3.Connection) -> dict[int, float]:
        return dict(map(tuple, db.execute("select rowid, rank from search.words where words match 'survey'")))

    rank = reader.ask(ranks)
    assert best == sorted(rank, key=lambda number: (rank[number], -number))
    reader.close()


def test_readers_cannot_write(reader: PublicReader) -> None:
    def write(db: sqlite3.Connection) -> None:
        db.execute("delete from works")

    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.ask(write)
    reader.close()
