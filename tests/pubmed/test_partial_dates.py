"""Dates as precise as the source knows them, never more precise and never of another month."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.model import PartialDate
from tracker.text.dates import citation_date, from_words, iso, pubdate

WORDS = [
    ("2019 Sep-Oct", "2019-09"),
    ("2019 Sep/Oct", "2019-09"),
    ("2019 Sept", "2019-09"),
    ("2019 September 5", "2019-09-05"),
    ("2018 Dec-2019 Jan", "2018-12"),
    ("1998-1999", "1998"),
    ("1998-99", "1998"),
    ("2010-11", "2010"),  # two years or a month: not said
    ("2019 May - Jun", "2019-05"),
    ("2000 Spring", "2000"),
    ("Spring 2000", "2000"),
    ("2000 Fall-Winter", "2000"),
    ("1976 1st Quart", "1976"),
    ("2019", "2019"),
    ("2019 Jan 15-30", "2019-01-15"),
    ("2019 Jan 15-Feb 2", "2019-01-15"),
    ("2019 Feb 30", "2019-02"),
    ("2019 Mar 100", "2019-03"),
    ("2021-03-05", "2021-03-05"),
    ("2021-13-05", "2021"),
    ("3 March 2021", "2021-03-03"),
    ("March, 2021", "2021-03"),
    ("Dec. 2021", "2021-12"),
    ("2019 \u017fep", "2019"),  # a letter that only looks like an s
    ("0019 Jan", ""),
    ("20190 Jan", ""),
    ("no date", ""),
    ("", ""),
]

CITATIONS = [
    ("J Test. 2001 Mar 30;276(13):10576", "2001-03-30"),
    ("J Test 1999 May 7;274(19):13728", "1999-05-07"),
    ("testRxiv. 2023 Apr 05:2023.03.21.990061. doi: 10.5555/2023.03.21.990061.", "2023-04-05"),
    ("Test Database Syst Rev. 2001;(2):CD990020", "2001"),
    ("J Test. 1994 May-Jun;5(3):526-7", "1994-05"),
    ("Doe A, Roe B. J Test. 1998 Feb;53(2):346", "1998-02"),
    ("J Test. 2017 Dec", "2017-12"),
    ("J Test. 2024", "2024"),
    ("J Test. 2018 Dec 30-Jan 5;1:1", "2018-12-30"),
    ("J Test;12:1999-2001", "2001"),
    ("J Test", ""),
    ("", ""),
]


@pytest.mark.parametrize(("text", "value"), WORDS)
def test_dates_in_words(text: str, value: str) -> None:
    assert from_words(text) == value
    assert pubdate("", medline=text) == PartialDate(value, text)


@pytest.mark.parametrize(("text", "value"), CITATIONS)
def test_the_date_inside_a_citation(text: str, value: str) -> None:
    assert citation_date(text) == value


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("2019", "Sep", "5"), PartialDate("2019-09-05", "2019 Sep 5")),
        (("2019", "09", "05"), PartialDate("2019-09-05", "2019 09 05")),
        (("2019", "9"), PartialDate("2019-09", "2019 9")),
        (("2019", "13", "1"), PartialDate("2019", "2019 13 1")),
        (("2019", "Feb", "29"), PartialDate("2019-02", "2019 Feb 29")),
        (("2020", "Feb", "29"), PartialDate("2020-02-29", "2020 Feb 29")),
        (("2019", "", "5"), PartialDate("2019", "2019 5")),
        (("2019", "", "", "Summer"), PartialDate("2019", "2019 Summer")),
        (("2019", "", "", "Jul-Aug"), PartialDate("2019-07", "2019 Jul-Aug")),
        (("2019", "", "", "Winter-Spring"), PartialDate("2019", "2019 Winter-Spring")),
        (("2019 Sep",), PartialDate("2019-09", "2019 Sep")),
        (("\u0662\u0660\u0661\u0669",), PartialDate("", "\u0662\u0660\u0661\u0669")),
        (("",), PartialDate()),
    ],
)
def test_year_month_day_and_season(parts: tuple[str, ...], expected: PartialDate) -> None:
    assert pubdate(*parts) == expected


ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=30)
WORD = st.sampled_from(["2019", "1998", "-Jan", "Sep", "Spring", "5", "31", "02", "-", "/", ";", ":", ".", "", "MAY"])
PIECES = st.lists(WORD, max_size=8)


@settings(max_examples=150, deadline=None)
@given(ANY_TEXT | PIECES.map(" ".join), ANY_TEXT | PIECES.map("".join), ANY_TEXT)
def test_any_text_gives_a_date_of_the_calendar_or_none(one: str, two: str, three: str) -> None:
    for value in (iso(one, two, three), from_words(one), citation_date(two), pubdate(one, two, three, one, two).value):
        assert len(value) in (0, 4, 7, 10)
        if value:
            date.fromisoformat((value + "-01-01")[:10])


@settings(max_examples=50, deadline=None)
@given(st.dates(min_value=date(1000, 1, 1), max_value=date(2999, 12, 31)))
def test_whole_dates_are_kept(day: date) -> None:
    assert iso(str(day.year), str(day.month), str(day.day)) == from_words(day.isoformat()) == day.isoformat()
    assert from_words(f"{day.year} {day:%b} {day.day}") == day.isoformat()
