"""Days of works: partial ISO dates for order, and the sources' own days for charts."""

from __future__ import annotations

from collections.abc import Sequence

from tracker.model import Record
from tracker.sources.kinds import is_preprint

NO_DAY = "0000-00-00"


def sort_date(value: str) -> str:
    """A partial date filled up to ten characters; what is less precise sorts before what is known better."""
    return value + NO_DAY[len(value) :]


def entered(record: Record) -> str:
    """The source's own day: of a preprint when it was posted, of all else when the source made its record.

    A day of publication stands in where the source tells no day of its own (imported references). Partial, or ''.
    """
    posted = is_preprint(record) and len(record.date.value) > len("2024")
    return record.date.value if posted else record.created or record.date.value


def first_date(records: Sequence[Record]) -> str:
    """The earliest date of publication that records of one publication name; partial, or ''."""
    return earliest([d.value for r in records for d in (r.date, r.electronic_date, r.issue_date)])


def earliest(dates: Sequence[str]) -> str:
    """The earliest of partial ISO dates; one that names no month counts only where no other does."""
    return min([value for value in dates if len(value) > len("2024")] or [value for value in dates if value] or [""])
