"""Charts: counted by the sources' own dates at publication, drawn as SVG that can be read without seeing it."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import NOW, Client, Maker, day, quiet, record

from tracker.model import PartialDate, Record
from tracker.publish import publish
from tracker.publish.days import earliest, entered, first_date
from tracker.site import svg
from tracker.site.pages.charts import MONTHS, YEARS, axis
from tracker.site.svg import Bar

PREPRINT = (("D000076942", "Preprint"),)
SVG = "{http://www.w3.org/2000/svg}"


def build(maker: Maker) -> sqlite3.Connection:
    public = maker.path.parent / "public"
    publish(maker.path, public, settings={}, now=NOW, say=quiet)
    return sqlite3.connect(public / "public.db")


def counts(maker: Maker, chart: str) -> dict[tuple[str, str], int]:
    with build(maker) as db:
        found = db.execute("select series, step, number from counts where chart = ?", (chart,)).fetchall()
    db.close()
    return {(series, step): number for series, step, number in found}


def begin(maker: Maker) -> Maker:
    maker.run(day(1))
    maker.search("lonely")
    maker.search("covid")
    return maker


def preprint(number: int, posted: str, **said: Any) -> Record:
    usual: dict[str, Any] = {
        "source": "europepmc", "source_id": f"PPR99{number:04}", "pmid": "", "doi": f"10.5555/pre.{number}",
        "publication_types": PREPRINT, "date": PartialDate(posted),
    }  # fmt: skip
    return record(number, **{**usual, **said})


def pair(maker: Maker, number: int, posted: str, published: str) -> None:
    """A preprint and its article as one work."""
    early = preprint(number, posted)
    late = record(1000 + number, date=PartialDate(published))
    a, b = maker.record(early), maker.record(late)
    maker.match("covid", early)
    maker.match("lonely", late)
    maker.work(a, b, publications=[a, b])


# --- which date is meant --------------------------------------------------------------------------------------------


def test_an_article_counts_when_its_source_made_the_record_and_a_preprint_when_it_was_posted() -> None:
    article = record(1, created="2024-05-06", date=PartialDate("2025-01"))
    assert entered(article) == "2024-05-06"
    assert entered(preprint(1, "2023-03-04", created="2024-05-06")) == "2023-03-04"
    assert entered(preprint(1, "2023", created="2024-05-06")) == "2024-05-06"
    assert entered(record(1, source="psycinfo", date=PartialDate("2019-02"))) == "2019-02"
    assert entered(record(1, date=PartialDate(""))) == ""


def test_the_first_date_of_a_publication_is_the_earliest_that_names_a_month() -> None:
    two = [record(1, date=PartialDate("2024-05-02"), issue_date=PartialDate("2024-06")),
           record(2, date=PartialDate("2024"), electronic_date=PartialDate("2024-04-30"))]  # fmt: skip
    assert first_date(two) == "2024-04-30"
    assert first_date([record(1, date=PartialDate("2024"))]) == "2024"
    assert earliest([]) == earliest([""]) == ""


def test_nothing_is_counted_by_the_day_on_which_the_tracker_first_saw_it(maker: Maker) -> None:
    begin(maker)
    maker.simple(1, "lonely", since=day(20), created="1999-12-31")
    assert counts(maker, "all-year") == {("", "1999"): 1}
    assert counts(maker, "source-month") == {("pubmed", "1999-12"): 1}
    assert counts(maker, "search-month") == {("lonely", "1999-12"): 1}


# --- what is counted ------------------------------------------------------------------------------------------------


def test_a_work_counts_once_in_all_and_once_in_each_source_and_search(maker: Maker) -> None:
    pair(begin(maker), 1, "2023-12-30", "2024-06")
    maker.simple(2, "lonely", created="2024-02-01")
    maker.simple(3, "lonely", date=PartialDate("2024"))
    maker.simple(4, "lonely", date=PartialDate(""))
    assert counts(maker, "all-year") == {("", "2023"): 1, ("", "2024"): 2, ("", ""): 1}
    assert counts(maker, "all-month") == {("", "2023-12"): 1, ("", "2024-02"): 1, ("", ""): 2}
    assert counts(maker, "source-year") == {("europepmc", "2023"): 1, ("pubmed", "2024"): 3, ("pubmed", ""): 1}
    assert counts(maker, "search-year") == {
        ("covid", "2023"): 1, ("lonely", "2023"): 1, ("lonely", "2024"): 2, ("lonely", ""): 1,
    }  # fmt: skip


def test_the_delay_is_counted_in_months_from_first_posting_to_first_publication(maker: Maker) -> None:
    begin(maker)
    pair(maker, 1, "2023-12-30", "2024-06")
    pair(maker, 2, "2023-12", "2024-06-30")
    pair(maker, 3, "2024-03-01", "2024-02-28")
    pair(maker, 4, "2024-03-01", "2024")
    alone = preprint(5, "2024-03-01")
    key = maker.record(alone)
    maker.match("covid", alone)
    maker.work(key)
    maker.simple(6, "lonely")
    assert counts(maker, "delay") == {("article", "6"): 2, ("article", "-1"): 1, ("article", ""): 1, ("none", ""): 1}


def test_sources_share_works_by_exact_combination_and_taken_down_works_count_nowhere(maker: Maker) -> None:
    begin(maker)
    pair(maker, 1, "2023-12-30", "2024-06")
    maker.simple(2, "lonely")
    hidden = maker.simple(3, "lonely")
    maker.db.execute("update work set hidden = ? where id = ?", (day(2), hidden))
    assert counts(maker, "overlap") == {("europepmc+pubmed", ""): 1, ("pubmed", ""): 1}
    assert sum(counts(maker, "all-year").values()) == 2


def test_joins_are_counted_by_kind_rule_and_who_decided(maker: Maker) -> None:
    begin(maker)
    pair(maker, 1, "2023-12-30", "2024-06")
    maker.verdict(1, 2, "version", rule="stated link")
    assert counts(maker, "joins-version") == {("stated link", "machine"): 1}
    assert counts(maker, "joins-same") == {}


def test_the_sum_of_every_chart_over_time_is_the_number_of_its_works(filled: Path) -> None:
    with sqlite3.connect(filled / "public.db") as db:
        works = db.execute("select count(*) from works where state <> 'hidden'").fetchone()[0]
        for chart in ("all-year", "all-month", "overlap"):
            assert db.execute("select sum(number) from counts where chart = ?", (chart,)).fetchone()[0] == works
        told = "select series, sum(number) from counts where chart = ? group by 1 order by 1"
        by_source = db.execute("select source, count(*) from work_sources group by 1 order by 1").fetchall()
        assert db.execute(told, ("source-month",)).fetchall() == by_source
        by_search = db.execute("select slug, works from searches where works > 0 order by 1").fetchall()
        assert db.execute(told, ("search-year",)).fetchall() == by_search
    db.close()


# --- drawing --------------------------------------------------------------------------------------------------------


def read(picture: str) -> ElementTree.Element:
    return ElementTree.fromstring(str(picture).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


numbers = st.lists(st.integers(0, 2_000_000), max_size=40)


@settings(max_examples=50, deadline=None)
@given(numbers, st.text(max_size=30).filter(str.isprintable))
def test_every_picture_is_well_formed_says_what_it_is_and_stays_within_its_frame(found: list[int], text: str) -> None:
    bars = [Bar(f"{text} {n}", n, text, place == len(found) - 1) for place, n in enumerate(found)]
    for draw in (svg.columns, svg.rows):
        picture = read(draw("one", text, f"{text}.", bars))
        assert picture.get("role") == "img"
        ids = str(picture.get("aria-labelledby")).split()
        said = [picture.find(f"{SVG}title"), picture.find(f"{SVG}desc")]
        assert [element.get("id") for element in said if element is not None] == ids
        _, _, width, height = map(float, str(picture.get("viewBox")).split())
        boxes = [
            [float(box.get(name, "")) for name in ("x", "y", "width", "height")] for box in picture.iter(f"{SVG}rect")
        ]
        assert len(boxes) == len(bars)
        for x, y, wide, high in boxes:
            assert -0.2 <= x <= x + wide <= width + 0.2
            assert -0.2 <= y <= y + high <= height + 0.2
        assert not [element for element in picture.iter() if element.get("style")]


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**9))
def test_the_grid_has_at_most_four_lines_at_round_numbers(highest: int) -> None:
    step = svg.grid_step(highest)
    assert highest <= step * svg.GRID_LINES
    assert str(step).rstrip("0") in ("1", "2", "5")
    assert step == 1 or step * 8 < highest * 5  # no finer step would do


def test_a_bar_whose_time_is_not_over_is_drawn_open_and_the_highest_has_its_number() -> None:
    picture = str(svg.columns("x", "T", "D", [Bar("2025", 7, "2025"), Bar("2026", 3, "", True)]))
    assert picture.count('class="bar open"') == 1
    assert "<title>2026: 3</title>" in picture
    assert '<text class="value"' in picture
    assert ">7</text>" in picture


def test_the_axis_ends_now_and_begins_with_the_literature() -> None:
    years = axis("year", "2020", "2026-11-24")
    assert years.steps == tuple(str(year) for year in range(2020, 2027))
    assert [bar.tick for bar in years.bars({}, ("", "2026-11-24"))] == ["2020", "", "2022", "", "2024", "", "2026"]
    assert [bar.open for bar in years.bars({}, ("", "2026-11-24"))] == [False] * 6 + [True]
    assert len(axis("year", "1890", "2026-11-24").steps) == YEARS
    assert axis("year", "", "2026-11-24").steps == ("2026",)
    assert axis("year", "2031", "2026-11-24").steps == ("2026",)
    months = axis("month", "2020", "2026-02-01")
    assert len(months.steps) == MONTHS
    assert (months.steps[0], months.last) == ("2023-03", "2026-02")
    assert [bar.tick for bar in months.bars({}, ("", "2026-11-24")) if bar.tick] == ["2024", "2025", "2026"]


# --- the page -------------------------------------------------------------------------------------------------------


@pytest.fixture
def rich(maker: Maker, open_site: Callable[..., Client]) -> Client:
    begin(maker)
    for number, (posted, published) in enumerate(
        [("2023-12-30", "2024-06"), ("2024-03-01", "2024-02-28"), ("2020-01", "2024-06"), ("2024-03", "2024")], start=1
    ):
        pair(maker, number, posted, published)
    maker.simple(50, "lonely", created="2026-11-02")
    maker.simple(51, "lonely", created="2027-01-02")
    maker.simple(52, "lonely", date=PartialDate(""))
    maker.simple(53, "lonely", created="1950-01-02")
    build(maker).close()
    return open_site(maker.path.parent / "public")


def test_the_page_tells_the_numbers_in_pictures_words_and_tables(rich: Client) -> None:
    text = rich.get("/charts?by=year").text
    assert "1 before 1997; 1 with a date after 2026; 1 without a year" in text
    assert "1997 to 2026: 5 papers. Most in 2024: 2. 2026, which is not over: 1." in text
    assert "Of 3 preprints with an article here, half became an article within <strong>6 months</strong>" in text
    assert "Of 1 pair a month is not known." in text
    assert "Article published before the preprint was posted: 1" in text
    assert "More than 24 months: 1" in text
    assert "4 papers of 8 (50 %) are known from more than one source." in text
    assert "PubMed alone: 4. Europe PMC and PubMed: 4." in text
    assert re.search(r'<th scope="row" class="nowrap">1950</th><td class="n">1</td>', text)
    assert re.search(r'<th scope="row" class="nowrap">after 2026</th><td class="n">1</td>', text)
    assert '<th scope="row" class="nowrap">not known</th><td class="n">1</td>' in text


def test_months_that_are_not_drawn_share_a_line_so_that_the_table_stays_short(rich: Client) -> None:
    text = rich.get("/charts?by=month").text
    assert '<th scope="row" class="nowrap">before December 2023</th><td class="n">2</td>' in text
    assert '<th scope="row" class="nowrap">after November 2026</th><td class="n">1</td>' in text
    assert len(re.findall('<th scope="row" class="nowrap">', text)) == 2 * (MONTHS + 3)


def test_every_picture_of_the_page_has_an_id_of_its_own_and_nothing_in_line(rich: Client) -> None:
    answer = rich.get("/charts?by=month")
    ids = re.findall(r' id="([^"]+)"', answer.text)
    assert len(ids) == len(set(ids))
    pictures = re.findall(r"<svg.*?</svg>", answer.text, re.DOTALL)
    assert len(pictures) == 1 + 2 + 2 + 2
    for picture in pictures:
        read(picture)
    assert " style=" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("by", ["", "?by=", "?by=decade", "?by=<script>", "?by=year&by=month"])
def test_an_address_that_asks_for_something_else_gets_the_usual_page(rich: Client, by: str) -> None:
    """An old literature is shown by year first."""
    answer = rich.get(f"/charts{by}")
    assert answer.status_code == 200
    assert "papers by year" in answer.text
    assert "<script>" not in answer.text


def test_a_young_literature_is_shown_by_month(site: Client) -> None:
    assert "papers by month" in site.get("/charts").text


def test_charts_of_a_tracker_that_has_nothing_yet(maker: Maker, open_site: Callable[..., Client]) -> None:
    build(maker).close()
    text = open_site(maker.path.parent / "public").get("/charts").text
    assert "0 papers" in text
    assert "No preprint here has a known article" in text
    assert "There is only one source so far" in text


def test_all_numbers_can_be_taken_as_csv(rich: Client) -> None:
    answer = rich.get("/charts.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert {"chart": "all-year", "series": "", "step": "1950", "number": "1"} in rows
    assert {"chart": "delay", "series": "article", "step": "6", "number": "1"} in rows


def test_more_combinations_than_are_drawn_share_a_bar(maker: Maker, open_site: Callable[..., Client]) -> None:
    begin(maker)
    names = ("pubmed", "europepmc", "medrxiv", "psyarxiv")
    for number in range(1, 16):
        chosen = [name for place, name in enumerate(names) if number >> place & 1]
        made = [record(100 * number + n, source=name, source_id=f"{name}-{number}") for n, name in enumerate(chosen)]
        keys = [maker.record(item) for item in made]
        maker.match("lonely", made[0])
        maker.work(*keys)
    build(maker).close()
    text = open_site(maker.path.parent / "public").get("/charts").text
    assert "3 other combinations: 3" in text
    assert "Europe PMC, medRxiv, PsyArXiv and PubMed</th>" in text
