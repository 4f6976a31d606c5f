"""What was counted at publication for the charts and the methods page; nothing is counted here."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Sequence

Series = dict[str, dict[str, int]]  # series -> step -> number


def counts(db: sqlite3.Connection, charts: Sequence[str]) -> dict[str, Series]:
    """The numbers of these charts; a chart without any is an empty one."""
    found: dict[str, Series] = {name: defaultdict(dict) for name in charts}
    sql = "select chart, series, step, number from counts where chart in (select value from json_each(?))"
    for chart, series, step, number in db.execute(sql, (json.dumps(charts),)):
        found[chart][series][step] = number
    return found


def everything(db: sqlite3.Connection) -> list[tuple[str, str, str, int]]:
    """All rows, in order."""
    return [tuple(row) for row in db.execute("select * from counts order by chart, series, step")]


def earliest_year(db: sqlite3.Connection) -> str:
    """The first year that has a work, '' if none has."""
    sql = "select min(step) from counts where chart = 'all-year' and series = '' and step <> ''"
    return db.execute(sql).fetchone()[0] or ""
