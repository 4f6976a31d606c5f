"""Dates, times and names as readers see them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tracker.site import labels

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("back", "said"),
    [
        (timedelta(seconds=30), "just now"),
        (timedelta(minutes=5), "5 minutes ago"),
        (timedelta(minutes=119), "119 minutes ago"),
        (timedelta(hours=2), "2 hours ago"),
        (timedelta(hours=47), "47 hours ago"),
        (timedelta(days=2), "2 days ago"),
        (timedelta(days=-1), "just now"),
    ],
)
def test_ago(back: timedelta, said: str) -> None:
    assert labels.ago((NOW - back).strftime("%Y-%m-%dT%H:%M:%SZ"), NOW) == said
    assert labels.ago("", NOW) == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [("", ""), ("2026", "2026"), ("2026-03", "March 2026"), ("2026-03-05", "5 March 2026"), ("2026-13", "2026"),
     ("2026-03-05T06:00:00Z", "5 March 2026"), ("rubbish", "rubbish")],
)  # fmt: skip
def test_days_as_precise_as_they_are_known(text: str, said: str) -> None:
    assert labels.day(text) == said


def test_other_words() -> None:
    assert labels.on("2026-03-05") == "on 5 March 2026"
    assert labels.on("2026-03") == "in March 2026"
    assert labels.time("2026-03-05T06:00:00Z") == "5 March 2026, 06:00 UTC"
    assert labels.time("2026-03") == "March 2026"
    assert labels.short("2026-03-05T06:00:00Z") == "5 Mar 2026, 06:00"
    assert labels.weekday("2026-11-23", date(2026, 11, 24)) == "Yesterday, 23 November 2026"
    assert labels.unstop("Done.") == "Done"
    assert labels.unstop("And so on...") == "And so on..."
    assert (labels.language("ger"), labels.language("xyz")) == ("German", "xyz")
    assert (labels.lang("ger"), labels.lang("eng"), labels.lang("xyz"), labels.lang("ger, eng")) == ("de", "", "", "de")
