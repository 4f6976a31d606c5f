"""Conditional requests as RFC 9110 has them: what the asker holds already is not sent again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.site import conditional
from tracker.site.answers import OWN_POLICY

MARK = conditional.tag("a", "b")
BUILT = datetime(2026, 11, 24, 12, 0, 0, 999, UTC)
BUILT_SAID = "Tue, 24 Nov 2026 12:00:00 GMT"


def test_tags_are_strong_the_same_for_the_same_parts_and_other_for_others() -> None:
    assert conditional.tag("a", "b") == MARK
    assert len({MARK, conditional.tag("ab"), conditional.tag("a", "b", ""), conditional.tag("b", "a")}) == 4
    assert MARK.startswith('"')
    assert MARK.endswith('"')
    assert "W/" not in MARK


def test_times_are_said_in_gmt_whatever_zone_they_are_of() -> None:
    elsewhere = BUILT.astimezone(timezone(timedelta(hours=5)))
    assert conditional.validators(MARK, elsewhere) == {"ETag": MARK, "Last-Modified": BUILT_SAID}


@pytest.mark.parametrize(
    ("none_match", "modified_since", "held"),
    [
        (None, "", False),
        (MARK, "", True),
        (f"W/{MARK}", "", True),  # a proxy that compresses makes tags weak
        (f'"x", W/"y" ,{MARK}', "", True),
        ("*", "", True),
        (" * ", "", True),
        ('"x"', "", False),
        ("", "", False),
        (MARK.strip('"'), "", False),
        ('"' + MARK, "", False),
        ('"x"', BUILT_SAID, False),  # a tag outranks a time
        (MARK, "Mon, 23 Nov 2026 12:00:00 GMT", True),
        (None, BUILT_SAID, True),
        (None, "Wed, 25 Nov 2026 12:00:00 GMT", True),
        (None, "Tue, 24 Nov 2026 11:59:59 GMT", False),
        (None, "Tuesday, 24-Nov-26 12:00:00 GMT", True),  # the two old forms (RFC 9110, 5.6.7)
        (None, "Tue Nov 24 12:00:00 2026", True),
        (None, "yesterday", False),
        (None, "Tue, 15 Nov 99999 12:45:26 GMT", False),
        (None, "Tue, 15 Nov 1994 99999999999999999999:45:26 GMT", False),
        (None, "Tue, 15 Nov 1994 12:45:26 +99999999999999", False),
    ],
)
def test_what_the_asker_holds(none_match: str | None, modified_since: str, held: bool) -> None:
    assert conditional.held(MARK, BUILT, none_match, modified_since) is held


@given(st.text(), st.text())
def test_no_header_is_an_error(none_match: str, modified_since: str) -> None:
    conditional.held(MARK, BUILT, none_match, "")
    conditional.held(MARK, BUILT, None, modified_since)


def test_a_304_has_the_headers_that_a_cache_takes_over_and_no_body() -> None:
    request = SimpleNamespace(headers={"if-none-match": MARK})
    answer = conditional.unchanged(
        request, MARK, BUILT, kind="application/atom+xml; charset=utf-8", cache="public", more={"X-More": "1"}
    )
    assert answer is not None
    assert (answer.status, answer.body, answer.content_type) == (304, "", "application/atom+xml; charset=utf-8")
    assert answer.headers == {
        "ETag": MARK,
        "Last-Modified": BUILT_SAID,
        "Cache-Control": "public",
        "Content-Security-Policy": OWN_POLICY,
        "X-More": "1",
    }
    assert conditional.unchanged(SimpleNamespace(headers={}), MARK, BUILT, kind="text/html", cache="public") is None
