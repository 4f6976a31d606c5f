"""A work shows the article before the preprint, field by field, and the gravest of its states."""

from __future__ import annotations

from typing import Any

import pytest

from tracker.model import Event, PartialDate, Record, Section, StoredEvent, StoredRecord, Work
from tracker.works.display import display, state

PREPRINT = ("D000076942", "Preprint")


def stored(number: int, publication: int = 0, **said: Any) -> StoredRecord:
    return StoredRecord(
        number, Record("pubmed", str(number), **said), "2026-01-01", "2026-01-01", publication or number
    )


def test_the_article_speaks_and_takes_from_the_preprint_only_what_does_not_say_which_publication_it_is() -> None:
    preprint = stored(
        1, title="Old", doi="10.5555/pre", publication_types=(PREPRINT,), abstract=(Section("Text."),),
        journal="Server", pages="1-2",
    )  # fmt: skip
    article = stored(2, title="New", journal="Journal", volume="3")
    shown = display([preprint, article])
    assert (shown.title, shown.journal, shown.volume, shown.pages) == ("New", "Journal", "3", "")
    assert shown.abstract_text == "Text."
    assert (shown.doi, shown.publication_types) == ("", ())


def test_two_records_of_one_publication_lend_each_other_their_identifiers() -> None:
    shown = display([stored(1, title="A"), stored(2, 1, title="B", doi="10.5555/x", date=PartialDate("2024"))])
    assert (shown.title, shown.doi, shown.date.value) == ("A", "10.5555/x", "2024")


def test_one_record_is_shown_as_it_is() -> None:
    only = stored(1, title="Alone")
    assert display([only]) is only.record


@pytest.mark.parametrize(
    ("kinds", "shown"),
    [
        ([], "published"),
        (["preprint"], "preprint"),
        (["preprint", "published"], "published"),
        (["published", "corrected"], "corrected"),
        (["concern", "corrected"], "concern"),
        (["retracted", "published", "corrected", "withdrawn"], "retracted"),
    ],
)
def test_the_gravest_state_is_shown(kinds: list[str], shown: str) -> None:
    events = tuple(StoredEvent(1, Event(kind, "", "pubmed"), "2026-01-01") for kind in kinds)
    assert state(Work(1, "LSI-000001", (stored(1),), (), events)) == shown
