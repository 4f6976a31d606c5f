"""What kind of paper a record is, and which of PubMed's UpdateIn/UpdateOf links are those of a preprint."""

from __future__ import annotations

import pytest

from tracker.model import Link, Record, Section
from tracker.sources.kinds import cites_preprint, is_notice, is_preprint, kind, preprint_links


def record(
    *types: str, title: str = "A title.", source: str = "pubmed", links: tuple[Link, ...] = (), **more: object
) -> Record:
    said = tuple(tuple(item.split("|")) if "|" in item else ("", item) for item in types)
    return Record(source, "1", title=title, publication_types=said, links=links, **more)  # type: ignore[arg-type]


ARTICLE = "D016428|Journal Article"


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        ((), "article"),
        ((ARTICLE,), "article"),
        (("JOURNAL ARTICLE",), "article"),
        (("D016428|",), "article"),
        ((ARTICLE, "Case Reports"), "article"),
        (("Case Reports",), "article"),
        ((ARTICLE, "D016441|Retracted Publication"), "article"),
        (("D016441|Retracted Publication",), "article"),
        (("D013485|Research Support, Non-U.S. Gov't",), "article"),
        ((ARTICLE, "D016454|Review"), "review"),
        ((ARTICLE, "Systematic Review"), "review"),
        ((ARTICLE, "D017418|Meta-Analysis", "D016449|Randomized Controlled Trial"), "review"),
        ((ARTICLE, "D016449|Randomized Controlled Trial"), "trial"),
        ((ARTICLE, "Clinical Trial, Phase II", "Review"), "trial"),
        ((ARTICLE, "Clinical Trial Protocol"), "protocol"),
        (("D016421|Editorial", "D016420|Comment"), "editorial"),
        (("D016422|Letter", "D016420|Comment"), "letter"),
        ((ARTICLE, "D016420|Comment"), "comment"),
        (("D000076942|Preprint", ARTICLE), "preprint"),
        (("preprint",), "preprint"),
        ((ARTICLE, "D016425|Published Erratum"), "notice"),
        (("RETRACTION OF PUBLICATION",), "notice"),
        (("D016440|Retraction Notice",), "notice"),
        (("Expression of Concern",), "notice"),
        (("Book Chapter",), "book"),
        (("D016433|News",), "other"),
        (("Congress", "Overall"), "other"),
        (("Interview", "Newspaper Article"), "other"),
    ],
)
def test_kind_by_publication_types(types: tuple[str, ...], expected: str) -> None:
    assert kind(record(*types)) == expected


@pytest.mark.parametrize("source", ["medrxiv", "biorxiv", "psyarxiv"])
def test_what_a_preprint_server_sends_is_a_preprint(source: str) -> None:
    assert kind(record(source=source)) == "preprint"
    assert is_preprint(record(source=source))


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Erratum: Loneliness in tests.", "notice"),
        ("Erratum to 'Loneliness in tests'.", "notice"),
        ("Corrigendum: Loneliness.", "notice"),
        ("Addendum to loneliness.", "notice"),
        ("Correction.", "notice"),
        ("Correction", "notice"),
        ("Correction: Loneliness.", "notice"),
        ("Correction to: Loneliness.", "notice"),
        ("Author Correction: Loneliness.", "notice"),
        ("Publisher's correction to loneliness.", "notice"),
        ("RETRACTION: Loneliness.", "notice"),
        ("Retraction Note: Loneliness.", "notice"),
        ("Notice of Retraction: Loneliness.", "notice"),
        ("Expression of Concern: Loneliness.", "notice"),
        ("Editorial expression of concern.", "notice"),
        ("[Erratum: Einsamkeit].", "notice"),
        ("Statement of Retraction: Loneliness.", "notice"),
        ("Correction to Test Psychiatry 2020;published online Nov 16.", "notice"),
        ('"Loneliness and tests": Correction.', "notice"),
        ("Loneliness and Tests - Erratum.", "notice"),
        ("Loneliness and tests – CORRIGENDUM", "notice"),
        ("Beliefs of the lonely: antecedents, consequences, correction.", "article"),
        ("Correction of refractive errors in lonely people.", "article"),
        ("Correction to the mean in lonely people.", "article"),
        ("Corrections in a prison: loneliness.", "article"),
        ("Retraction of the lung in lonely people.", "article"),
        ("Retractions in psychology: a survey.", "article"),
        ("Loneliness. [Erratum appears in J Test. 2024;1:1].", "article"),
        ("RETRACTED: Loneliness.", "article"),
        ("Expressions of concern among lonely people.", "article"),
        ("Loneliness in adults: a study protocol.", "protocol"),
        ("Protocol for a randomised controlled trial of company.", "protocol"),
        ("Protocol of an online survey.", "protocol"),
        ("A new protocol improves sleep.", "article"),
    ],
)
def test_kind_by_title_where_the_types_do_not_say(title: str, expected: str) -> None:
    """Ahead of indexing, and in other sources, an erratum is only known by its title."""
    assert kind(record(ARTICLE, title=title)) == expected


@pytest.mark.parametrize("refers", ["ErratumFor", "RetractionOf", "ExpressionOfConcernFor"])
def test_a_notice_is_known_by_its_link(refers: str) -> None:
    assert is_notice(record("D016422|Letter", links=(Link(refers, "J Test"),)))


@pytest.mark.parametrize("refers", ["ErratumIn", "RetractionIn", "CommentOn", "UpdateOf"])
def test_other_links_make_no_notice(refers: str) -> None:
    assert not is_notice(record(ARTICLE, links=(Link(refers, "J Test"),)))


def test_an_article_republished_in_full_is_no_notice() -> None:
    """A reviewer must not lose it, whatever stands before its title; without an abstract it is the notice."""
    republished = "D016439|Corrected and Republished Article"
    full = record(ARTICLE, republished, title="Erratum: Loneliness.", abstract=(Section("All of it."),))
    assert kind(full) == "article"
    assert kind(record(ARTICLE, republished, title="Erratum: Loneliness.")) == "notice"
    assert kind(record(ARTICLE, republished)) == "article"


def test_a_chapter_with_the_type_review_is_a_book() -> None:
    assert kind(record("D016454|Review", extra=(("book", "TestReviews"),))) == "book"


PREPRINT = record("D000076942|Preprint")
ARTICLE_RECORD = record(ARTICLE)


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        (Link("UpdateOf", "medRxiv. 2023 Apr 05:2023.03.21.990001."), True),
        (Link("UpdateOf", "Doe A. bioRxiv. 2023 Apr 05:2023.03.21.990001."), True),
        (Link("UpdateOf", "Res Sq. 2022 Jun 29:rs.3.rs-990001."), True),
        (Link("UpdateOf", "ArXiv. 2022 Jun 29:2206.99001v1."), True),
        (Link("UpdateOf", "J Test. 2022", doi="10.1101/2023.03.21.990001"), True),
        (Link("UpdateOf", "J Test. 2022", doi="10.21203/rs.3.rs-990001/v1"), True),
        (Link("UpdateOf", "J Test. 2022", doi="10.31234/osf.io/zzzzz"), True),
        (Link("UpdateOf", "J Test. 2022", doi="10.1101/gr.990001.122"), False),  # a journal of the same publisher
        (Link("UpdateOf", "J Test. 2022", doi="10.5555/x"), False),
        (Link("UpdateOf", "Test Database Syst Rev. 2020;(4):CD990001"), False),
        (Link("UpdateOf", "Preventive Test. 2020;(4):1"), False),
        (Link("CommentOn", "medRxiv. 2023 Apr 05:2023.03.21.990001."), False),
    ],
)
def test_an_update_of_counts_only_if_the_other_side_is_a_preprint(link: Link, expected: bool) -> None:
    article = record(ARTICLE, links=(link,))
    assert preprint_links(article) == ((link,) if expected else ())
    assert cites_preprint(link) is (expected or link.kind == "CommentOn")


def test_an_update_in_counts_only_on_a_preprint_and_only_to_an_article() -> None:
    published, version = (
        Link("UpdateIn", "J Test. 2023;1:1"),
        Link("UpdateIn", "medRxiv. 2023 Apr 05:2023.03.21.990001."),
    )
    preprint = record("D000076942|Preprint", links=(published, version))
    assert preprint_links(preprint) == (published,)
    assert preprint_links(record("Systematic Review", links=(published,))) == ()
    assert preprint_links(record("D000076942|Preprint", links=(Link("UpdateOf", "bioRxiv. 2020"),))) == ()
