"""The life of a paper in a reader's words: one happening is one line, and codes of services are told as words."""

from __future__ import annotations

import pytest

from tracker.site import labels
from tracker.site.pages.paper import _timeline
from tracker.site.queries.paper import PaperRows

RECORDS = '[{"source": "pubmed", "id": "990000001", "first_seen": "2026-11-16T06:00:00Z"}]'
DAY = "2026-11-22T06:00:00Z"


def told(**found: object) -> list[tuple[str, str]]:
    """What the timeline says of a work: (line, what stands below it)."""
    empty = {"searches": [], "events": [], "joins": [], "related": [], "older_keys": []}
    paper = PaperRows(
        work={"first_seen": DAY}, publications=[{"kind": "article", "records": RECORDS}], **{**empty, **found}
    )
    return [(line["what"], line["detail"]) for line in _timeline(paper)]


def test_what_several_records_tell_of_one_join_is_one_line() -> None:
    join = {"made": DAY, "kind": "version", "by": "machine", "rule": "stated link"}
    joins = [
        {**join, "a": "pubmed:1", "b": "pubmed:2", "evidence": "pubmed states it: UpdateOf"},
        {**join, "a": "europepmc:PPR1", "b": "pubmed:2", "evidence": "europepmc states it: Preprint of"},
        {**join, "a": "medrxiv:x", "b": "pubmed:2", "evidence": "pubmed states it: UpdateOf"},
        {**join, "a": "pubmed:1", "b": "pubmed:3", "by": "person", "rule": "person", "evidence": "their word"},
    ]
    assert told(joins=joins) == [
        (
            "Publications held to be one work, by the rule “stated link”",
            "PubMed states it: update of · Europe PMC states it: preprint of",
        ),
        ("Publications held to be one work, by a person", "their word"),
    ]


def test_a_change_that_two_sources_tell_names_both_and_the_exact_date_alone() -> None:
    event = {"later": 1, "seen": DAY, "kind": "published", "detail": ""}
    events = [
        {**event, "source": "pubmed", "date": "2026-11"},
        {**event, "source": "europepmc", "date": "2026-11-21"},
        {**event, "source": "pubmed", "date": ""},
    ]
    assert told(events=events) == [("Published", "PubMed and Europe PMC say so. Dated 21 November 2026.")]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("is-preprint-of, asserted by subject", "The preprint’s record names the article."),
        ("is-preprint-of, asserted by object", "The article’s record names the preprint."),
        ("is-preprint-of, asserted by ", ""),
        ("publication type preprint-withdrawal", "Its record is marked “preprint withdrawal”."),
        ("J Imag. 2026;1:2.", "J Imag. 2026;1:2."),
        ("", ""),
    ],
)
def test_codes_of_services_are_told_in_words(said: str, words: str) -> None:
    assert labels.detail(said) == words


def test_evidence_names_its_source_and_other_evidence_is_left_as_it_is() -> None:
    assert labels.evidence("crossref states it: is-preprint-of") == "Crossref states it: is preprint of"
    assert labels.evidence("DOI equal; title 0.98") == "DOI equal; title 0.98"
    assert labels.record("medrxiv:10.5555/a:b") == "medRxiv 10.5555/a:b"
