"""Dates as bibliographic sources give them: partial, in words, as ranges.

A value is ISO 8601 cut to what is known (``2019``, ``2019-09``, ``2019-09-05``); of a range it is the beginning. What
is not a date of the calendar is cut to the part that is one: 31 February is February, month 13 is the year alone.
"""

from __future__ import annotations

import re
from calendar import monthrange

from tracker.model import PartialDate
from tracker.text import clean

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = f"({'|'.join(_MONTHS)})[a-z]*"
_YEAR = r"([12][0-9]{3})"
_WORDS = re.compile(rf"(?<![0-9]){_YEAR}(?![0-9])(?:[ ,/-]*{_NAME}\b\.?(?: +([0-9]{{1,2}})(?![0-9]))?)?", re.I | re.A)
_TURNED = re.compile(rf"(?<![a-z])(?:([0-9]{{1,2}}) +)?{_NAME}\.?,? +{_YEAR}(?![0-9])", re.I | re.A)
_ISO = re.compile(rf"{_YEAR}-([0-9]{{2}})-([0-9]{{2}})(?![0-9])", re.A)
_CITED = re.compile(
    rf"(?<![0-9]){_YEAR}(?: +{_NAME}\b(?:[-/][a-z]+)?(?: +([0-9]{{1,2}}))?[0-9a-z /-]*)? *(?=[;:.]|$)", re.I | re.A
)


def iso(year: str, month: str = "", day: str = "") -> str:
    """``2019-09-05`` from year, month (number or English name), day; shorter where they say less, '' without year."""
    year, month, day = clean(year), clean(month), clean(day)
    if not re.fullmatch(_YEAR, year):
        return ""
    number = _month(month)
    if not number:
        return year
    if re.fullmatch("[0-9]{1,2}", day) and 1 <= int(day) <= monthrange(int(year), number)[1]:
        return f"{year}-{number:02}-{int(day):02}"
    return f"{year}-{number:02}"


def _month(word: str) -> int:
    """1 to 12, or 0 when the word is no month."""
    if re.fullmatch("[0-9]{1,2}", word):
        return int(word) if int(word) <= 12 else 0
    found = re.match(rf"{_NAME}(?![a-z])", word, re.I | re.A)
    return _MONTHS.index(found[1].lower()) + 1 if found else 0


def from_words(text: str) -> str:
    """The ISO date at the beginning of what the text says: PubMed's MedlineDate and its like.

    ``2019 Sep-Oct`` 2019-09, ``2018 Dec-2019 Jan`` 2018-12, ``1998-1999`` 1998, ``2000 Spring`` 2000,
    ``2019 Jan 15-30`` 2019-01-15, ``3 March 2021`` 2021-03-03, ``2021-03-05`` itself. ``2010-11`` is 2010: it may be
    two years as well as a month.
    """
    text = clean(text)
    if found := _ISO.match(text):
        return iso(*found.groups())
    if found := _TURNED.match(text):
        day, month, year = found.groups(default="")
        return iso(year, month, day)
    found = _WORDS.search(text)
    return iso(*found.groups(default="")) if found else ""


def pubdate(year: str, month: str = "", day: str = "", season: str = "", medline: str = "") -> PartialDate:
    """PubMed's PubDate: year, month, day; or year and season (``Winter``, ``Apr-Jun``); or a MedlineDate in words."""
    text = clean(" ".join((year, month, day, season, medline)))
    value = iso(year, month, day)
    if len(value) == 4 and season:
        value = iso(year, season)
    return PartialDate(value or from_words(text), text)


def citation_date(text: str) -> str:
    """The date inside a citation as NLM prints it: ``J Test. 2001 Mar 30;276(13):10-6`` is of 2001-03-30; or ''."""
    found = _CITED.search(clean(text))
    return iso(*found.groups(default="")) if found else ""
