"""``tracker verify``: a line for each promise, and whether it holds."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

from tracker.home import Home
from tracker.publish import verify as public
from tracker.searches import read_searches
from tracker.store import check_sqlite, not_ours, read_only, require
from tracker.store import verify as private
from tracker.store.verify import CheckResult

SHOWN = 3  # faults named in a line; how many there are is said


def verify(home: Home) -> Iterator[CheckResult]:
    """Every check of a home's databases, the private one first. Raises :class:`StoreError` when there is none."""
    check_sqlite()
    require(home.database)
    sound = True
    try:
        for finding in private.findings(home.database):
            sound = sound and not (finding.wrong and finding.name in private.DECISIVE)
            yield finding
    except sqlite3.DatabaseError as error:
        if read_only(error):  # nothing is known to be wrong
            raise not_ours(home.database) from error
        sound = False
        yield CheckResult("the database can be read", 0, (str(error),))
    if sound:  # the public copy is judged by the private database
        active = {item.slug for item in read_searches(home.queries)[0]}  # as stage 3 is given them
        yield from public.findings(home.database, home.public, home.settings(), active)


def line(finding: CheckResult) -> str:
    """``ok      matches: ...  (1,234)`` or ``BROKEN  matches: ...: 2 of 1,234, such as match 7, match 9``."""
    if not finding.wrong:
        note = f": {finding.note}" if finding.note else ""
        return f"{'note' if note else 'ok':<8}{finding.name}{note}  ({finding.looked_at:,})"
    count = f"{len(finding.wrong):,} wrong" if len(finding.wrong) < private.MOST else f"{private.MOST:,} or more wrong"
    return f"BROKEN  {finding.name}: {count} of {finding.looked_at:,}, such as {'; '.join(finding.wrong[:SHOWN])}"


def as_json(found: list[CheckResult]) -> dict[str, Any]:
    return {
        "ok": not any(item.wrong for item in found),
        "checks": [
            {"name": item.name, "looked_at": item.looked_at, "wrong": list(item.wrong), "note": item.note}
            for item in found
        ],
    }
