"""What completeness is judged from: the last runs of what is still searched, and the days on which a source failed."""

from __future__ import annotations

import sqlite3

from tracker.site.queries.status import COMPLETE

ASKED = f"""
select runs.search, runs.source, runs.outcome, runs.started, coalesce(runs.missing, 0) as missing, coalesce((
    select started from runs as done where done.search = runs.search and done.source = runs.source
    and done.outcome in {COMPLETE} order by id desc limit 1), '') as last_complete
from runs join searches on slug = search
where active and runs.id in (select max(id) from runs where search <> '' group by search, source)
order by runs.source, runs.search"""  # noqa: S608
FAILED = """
select distinct substr(started, 1, 10) as day, source from runs as failed
where search <> '' and outcome in ('incomplete', 'failed') and started >= ?
and not exists (select 1 from runs as later where later.search = failed.search and later.source = failed.source
    and later.id > failed.id and substr(later.started, 1, 10) = substr(failed.started, 1, 10)
    and later.outcome not in ('incomplete', 'failed'))
order by 1, 2"""


def asked(db: sqlite3.Connection) -> list[sqlite3.Row]:
    """The last run of each search that is still run, on each source."""
    return db.execute(ASKED).fetchall()


def failed_days(db: sqlite3.Connection, since: str) -> dict[str, list[str]]:
    """For each day from ``since`` (ISO) on the sources that did not answer every search of that day in full."""
    found: dict[str, list[str]] = {}
    for day, source in db.execute(FAILED, (since,)):
        found.setdefault(day, []).append(source)
    return found
