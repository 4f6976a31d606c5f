"""One work with everything that is public of it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from tracker.site.queries.papers import publications, searches_of


@dataclass(frozen=True, slots=True)
class Paper:
    work: sqlite3.Row
    publications: list[sqlite3.Row]
    searches: list[sqlite3.Row]
    events: list[sqlite3.Row]
    joins: list[sqlite3.Row]
    related: list[sqlite3.Row]  # joins of kind related, with the other work
    older_keys: list[str]


def survivor(db: sqlite3.Connection, key: str) -> str:
    """The key under which a joined work stands now, '' if this one was never joined."""
    row = db.execute("select to_key from work_forwards where key = ?", (key,)).fetchone()
    return row[0] if row else ""


def paper(db: sqlite3.Connection, key: str) -> Paper | None:
    """The work, None if no work has this key; a tombstone has only its row of ``works``."""
    work = db.execute("select * from works where key = ?", (key,)).fetchone()
    if work is None:
        return None
    number = work["id"]
    return Paper(
        work=work,
        publications=publications(db, [number]).get(number, []),
        searches=searches_of(db, [number]).get(number, []),
        events=db.execute("select * from events where work_id = ? order by seen, id", (number,)).fetchall(),
        joins=db.execute(
            "select * from joins where work_id = ? and kind <> 'related' order by made, id", (number,)
        ).fetchall(),
        related=db.execute(RELATED, {"id": number}).fetchall(),
        older_keys=[row[0] for row in db.execute("select key from work_forwards where to_key = ?", (work["key"],))],
    )


RELATED = """
select joins.rule, joins.evidence, joins.made, works.* from joins
join works on works.id = case work_id when :id then other_id else work_id end
where joins.kind = 'related' and :id in (work_id, other_id) order by works.id"""
