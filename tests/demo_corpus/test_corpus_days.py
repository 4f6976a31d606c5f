"""Seven days: from one to the next exactly that changes which the table of days tells."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from emulator import corpus
from emulator.days import ACTORS, INDEXED
from emulator.papers import Article

DATES = [day.date for day in corpus.DAYS]


def difference(number: int) -> tuple[set[str], set[str], set[str]]:
    """PMIDs that are new, changed and gone on day ``number``, from 2."""
    before, after = (corpus.articles(DATES[number - 1 - back]) for back in (1, 0))
    changed = {pmid for pmid in before.keys() & after.keys() if before[pmid].element() != after[pmid].element()}
    return set(after.keys() - before.keys()), changed, set(before.keys() - after.keys())


def named(*names: str) -> set[str]:
    return {ACTORS[name] for name in names}


def on(number: int, name: str) -> Article:
    return corpus.articles(DATES[number - 1])[ACTORS[name]]


def test_seven_days_in_a_row_each_with_a_sentence() -> None:
    assert [date(2026, 11, 16) + timedelta(days=number) for number in range(7)] == DATES
    assert all(len(day.story) > 30 for day in corpus.DAYS)
    assert date(2026, 11, 20) == corpus.FAILING_DAY
    assert "fails" in corpus.DAYS[4].story


@pytest.mark.parametrize(
    ("number", "new", "changed", "gone"),
    [
        (2, set(), set(), set()),
        (3, set(), {"late-match"}, set()),
        (4, {"erratum"}, {"misprint", "no-longer-lonely", "corrected"}, set()),
        (5, set(), set(), set()),
        (6, {"retraction-notice"}, {"retracted"}, set()),
        (7, {"article", "withheld"}, {"preprint"}, {"deleted"}),
    ],
)
def test_exactly_what_the_table_tells_changes(number: int, new: set[str], changed: set[str], gone: set[str]) -> None:
    day = corpus.DAYS[number - 1]
    is_new, is_changed, is_gone = difference(number)
    assert named(*new) <= is_new
    assert len(is_new - named(*new)) == sum(day.new.values())
    assert named(*changed) <= is_changed
    assert len(is_changed - named(*changed)) == (INDEXED if number == 3 else 0)
    assert is_gone == named(*gone)
    today = corpus.articles(day.date)
    assert {today[pmid].created for pmid in is_new} <= {day.date}
    assert {today[pmid].revised for pmid in is_new | is_changed} == {day.date}


def test_what_did_not_change_is_the_very_same_object() -> None:
    """So that the index of the service is kept from day to day."""
    for number in range(2, 8):
        before, after = (corpus.articles(DATES[number - 1 - back]) for back in (1, 0))
        new, changed, _ = difference(number)
        assert {pmid for pmid in after if after[pmid] is not before.get(pmid)} == new | changed


def test_day_3_an_old_paper_gets_headings() -> None:
    before, after = on(2, "late-match"), on(3, "late-match")
    assert (before.mesh, before.title) == ((), after.title)
    assert after.mesh == ("Loneliness/psychology", "Mental Health", "Humans")
    assert after.major == ("Loneliness/psychology", "Mental Health")
    assert DATES[2] - after.created > timedelta(days=500)


def test_day_4_edits_and_an_erratum() -> None:
    assert on(3, "misprint").title.startswith("Lonelyness ")
    assert on(4, "misprint").title.startswith("Loneliness ")
    assert "lonely" in on(3, "no-longer-lonely").abstract
    assert "lonely" not in on(4, "no-longer-lonely").abstract
    assert "in 31 of them." in on(3, "corrected").abstract
    assert "in 13 of them" in on(4, "corrected").abstract
    assert b'RefType="ErratumIn"' in on(4, "corrected").element()
    assert ACTORS["corrected"].encode() in on(4, "erratum").element()


def test_day_6_a_paper_seen_before_is_retracted() -> None:
    before, after = on(5, "retracted"), on(6, "retracted")
    assert after.title == f"RETRACTED: {before.title}"
    assert "Retracted Publication" in set(after.publication_types) - set(before.publication_types)
    assert on(6, "retraction-notice").publication_types == ("Retraction of Publication",)
    assert ACTORS["retraction-notice"].encode() in after.element()


def test_day_7_a_preprint_comes_out_and_two_records_cannot_be_had() -> None:
    assert b'RefType="UpdateIn"' not in on(6, "preprint").element()
    assert ACTORS["article"].encode() in on(7, "preprint").element()
    assert ACTORS["preprint"].encode() in on(7, "article").element()
    assert on(7, "article").title != on(7, "preprint").title
    assert on(7, "withheld").withheld
    assert not any(one.withheld for one in corpus.articles(DATES[5]).values())
    assert ACTORS["deleted"] in corpus.articles(DATES[5])


def test_before_and_after_the_seven_days() -> None:
    assert corpus.articles(DATES[-1] + timedelta(days=30)) is corpus.articles(DATES[-1])
    year_ago = corpus.articles(DATES[0] - timedelta(days=365))
    assert 1000 < len(year_ago) < 1900
    assert max(one.created for one in year_ago.values()) <= DATES[0] - timedelta(days=365)
    assert len(corpus.papers(DATES[0] - timedelta(days=9))) == len(corpus.papers(DATES[0]))
