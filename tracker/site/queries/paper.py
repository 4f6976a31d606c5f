"""One work with everything that is public of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from tracker.site.queries.papers import publications


@dataclass(frozen=True, slots=True)
class PaperRows:
    work: sqlite3.Row
    publications: list[sqlite3.Row]
    searches: list[sqlite3.Row]  # why it is here, the first to bring it first; each with its strategy
    events: list[sqlite3.Row]
    joins: list[sqlite3.Row]
    related: list[sqlite3.Row]  # joins of kind related, with the other work
    older_keys: list[str]


def survivor(db: sqlite3.Connection, key: str) -> str:
    """The key under which a joined work stands now, '' if this one was never joined."""
    row = db.execute("select to_key from work_forwards where key = ?", (key,)).fetchone()
    return row[0] if row else ""


def paper(db: sqlite3.Connection, key: str) -> PaperRows | None:
    """The work, None if no work has this key; a tombstone has only its row of ``works``."""
    work = db.execute("select * from works where key = ?", (key,)).fetchone()
    if work is None:
        return None
    number = work["id"]
    return PaperRows(
        work=work,
        publications=publications(db, [number]).get(number, []),
        searches=db.execute(SEARCHES, (number,)).fetchall(),
        events=db.execute("select * from events where work_id = ? order by seen, id", (number,)).fetchall(),
        joins=db.execute(
            "select * from joins where work_id = ? and kind <> 'related' order by made, id", (number,)
        ).fetchall(),
        related=_each_once(db.execute(RELATED, {"id": number})),
        older_keys=[row[0] for row in db.execute("select key from work_forwards where to_key = ?", (work["key"],))],
    )


def _each_once(rows: Iterable[sqlite3.Row]) -> list[sqlite3.Row]:
    """One row a work, though several pairs of records may link it; what a source states comes before what was found."""
    found: dict[str, sqlite3.Row] = {}
    for row in rows:
        found.setdefault(row["key"], row)
    return list(found.values())


SEARCHES = """
select slug, title, since, until, why, detail, work_searches.sources, strategy from work_searches
join searches on searches.id = search_id where work_id = ? order by since, slug"""
RELATED = """
select joins.rule, joins.evidence, joins.by, joins.made, works.* from joins
join works on works.id = case work_id when :id then other_id else work_id end
where joins.kind = 'related' and (work_id = :id or other_id = :id)
order by works.id, joins.rule <> 'stated link', joins.id"""
