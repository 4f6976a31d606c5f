"""States as events: who is retracted, corrected, published; what is only a notice about another paper."""

from __future__ import annotations

import pytest
from pubmed_files import answer, article

from tracker.model import Event, Link, PartialDate, Record
from tracker.sources.pubmed.answers import split
from tracker.sources.pubmed.parse import events, parse

JOURNAL, PREPRINT, RETRACTED = (
    ("D016428", "Journal Article"),
    ("D000076942", "Preprint"),
    ("D016441", "Retracted Publication"),
)
DATE = PartialDate("2024-03-05", "2024 Mar 5")


def kinds(*links: Link, types: tuple[tuple[str, str], ...] = (JOURNAL,), title: str = "A title.") -> list[str]:
    record = Record("pubmed", "990000001", title=title, publication_types=types, links=links, date=DATE)
    return [event.kind for event in events(record)]


def test_every_record_is_published_or_posted_on_its_date() -> None:
    assert events(Record("pubmed", "1", date=DATE)) == (Event("published", "", "pubmed", "2024-03-05"),)
    posted = Record("pubmed", "1", date=DATE, publication_types=(PREPRINT,))
    assert events(posted) == (Event("preprint", "", "pubmed", "2024-03-05"),)


@pytest.mark.parametrize(
    "types", [(RETRACTED,), (("D016441", ""),), (("", "RETRACTED PUBLICATION"),), (("", "retracted publication"),)]
)
def test_retracted_by_type_whatever_its_form(types: tuple[tuple[str, str], ...]) -> None:
    assert kinds(types=types) == ["published", "retracted"]


def test_type_and_link_together_are_one_retraction() -> None:
    link = Link("RetractionIn", "J Test. 2025 Jan 2;1:1", pmid="990000002")
    assert kinds(link, types=(JOURNAL, RETRACTED)) == ["published", "retracted"]


def test_several_notices_are_several_events_and_repeats_are_not() -> None:
    one, two = Link("ErratumIn", "J Test. 2024;1:1"), Link("ErratumIn", "J Test. 2024;2:2")
    assert kinds(one, two, one) == ["published", "corrected", "corrected"]


@pytest.mark.parametrize(
    ("link", "notice"),
    [
        (Link("ErratumIn", "J Test. 2024;1:1", pmid="990000002", doi="10.5555/e"), "PMID 990000002"),
        (Link("ErratumIn", "J Test. 2024;1:1", doi="10.5555/e"), "10.5555/e"),
        (Link("ErratumIn", "J Test. 2024;1:1"), "J Test. 2024;1:1"),
        (Link("ErratumIn"), ""),
    ],
)
def test_the_notice_is_named_by_pmid_else_doi_else_citation(link: Link, notice: str) -> None:
    found = events(Record("pubmed", "1", links=(link,)))[1]
    assert (found.kind, found.notice) == ("corrected", notice)


OTHERS = (
    "RetractionOf ErratumFor ExpressionOfConcernFor CommentOn CommentIn RepublishedFrom RepublishedIn "
    "AssociatedDataset CorrectedandRepublishedFrom RetractedandRepublishedFrom SummaryForPatientsIn"
)


@pytest.mark.parametrize("refers", OTHERS.split())
def test_a_notice_or_comment_is_not_itself_retracted_or_corrected(refers: str) -> None:
    notice = ("D016440", "Retraction of Publication")
    assert kinds(Link(refers, "J Test. 2024;1:1", pmid="990000002"), types=(notice,)) == ["published"]


def test_a_title_that_speaks_of_retraction_is_no_retraction() -> None:
    assert kinds(title="Retracted papers: a survey of retraction.") == ["published"]


@pytest.mark.parametrize(
    ("title", "types"),
    [
        ("WITHDRAWN: Loneliness.", (PREPRINT,)),
        ("[WITHDRAWN] : Loneliness.", (PREPRINT,)),
        ("Loneliness.", (PREPRINT, ("", "Withdrawn Publication"))),
    ],
)
def test_withdrawn_preprints(title: str, types: tuple[tuple[str, str], ...]) -> None:
    assert kinds(types=types, title=title) == ["preprint", "withdrawn"]


def test_a_withdrawn_review_is_withdrawn_too_and_a_study_of_withdrawal_is_not() -> None:
    assert kinds(title="WITHDRAWN: Company for lonely people.") == ["published", "withdrawn"]
    assert kinds(title="Withdrawn: the lives of lonely people.") == ["published"]


def test_the_update_of_a_review_is_no_publication_of_a_preprint() -> None:
    assert kinds(Link("UpdateIn", "Test Database Syst Rev. 2024;(1):CD990001", pmid="990000002")) == ["published"]


def test_states_come_from_the_xml_as_a_whole() -> None:
    """From bytes to events: the erratum without PMID and with its DOI in the citation."""
    after = (
        '<CommentsCorrectionsList><CommentsCorrections RefType="ErratumIn"><RefSource>J Test. 2024 Jul;12(7):101. '
        "doi: 10.5555/Erratum.2.</RefSource></CommentsCorrections></CommentsCorrectionsList>"
    )
    record = parse(split(answer(article(after=after)))[0].body)
    citation = "J Test. 2024 Jul;12(7):101. doi: 10.5555/Erratum.2."
    assert events(record)[1] == Event("corrected", "10.5555/erratum.2", "pubmed", "2024-07", citation)
