"""Where each record stands: which publication, which work; and the permanent ids of works.

A work's id is given for one record, its anchor, and never to another. Where records stand together, the oldest id
among their anchors is the work's, and the others forward to it; where they part again, each id stands where its anchor
stands. So a join can be undone exactly: ids follow from where the records stand, not from the order of events.

New ids are given in the order of the records' own ids at their source, not in that of their arrival: so they are the
same whether a page had to be asked for twice or not.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence

from tracker.errors import UsageError
from tracker.store import identity
from tracker.store.sql import insert

# Europe PMC is asked for more than searches want, and what is refused stays among the records (deciding.py).
IS_WANTED = """(record.source <> 'europepmc' or record.id in (select record_id from placement)
    or exists (select 1 from match where match.source = record.source and match.source_id = record.source_id))"""
UNJUDGED = f"""
select record.id from record left join placement on record_id = record.id
where (judged is null or judged <> state_id) and {IS_WANTED} order by source, length(source_id), source_id"""  # noqa: S608

Group = Sequence[Sequence[int]]  # the publications of one work, each a list of record ids


def place(db: sqlite3.Connection, groups: Iterable[Group], now: str) -> None:
    """Put the records of ``groups`` where they belong; whoever is in one of them must not be left out of all others."""
    groups = list(groups)
    rank = _in_source_order(db, [key for group in groups for publication in group for key in publication])
    for group in sorted(groups, key=lambda item: min(rank[key] for publication in item for key in publication)):
        members = sorted((key for publication in group for key in publication), key=rank.__getitem__)
        work = _work_for(db, members, now)
        db.executemany(
            "insert into placement (record_id, publication, work_id) values (?, ?, ?) on conflict (record_id) "
            "do update set publication = excluded.publication, work_id = excluded.work_id",
            [(key, min(publication), work) for publication in group for key in publication],
        )


def _in_source_order(db: sqlite3.Connection, keys: Sequence[int]) -> dict[int, int]:
    """The place of each record by its own id at its source; numbers in ascending order."""
    rows = db.execute(
        "select id from record where id in (select value from json_each(?)) "
        "order by source, length(source_id), source_id",
        (json.dumps(keys),),
    )
    return {row[0]: place for place, row in enumerate(rows)}


def _work_for(db: sqlite3.Connection, members: Sequence[int], now: str) -> int:
    """The work of records that stand together, the first of them in source order before the others."""
    anchored = [
        row[0]
        for row in db.execute(
            "select id from work where anchor in (select value from json_each(?)) order by id", (json.dumps(members),)
        )
    ]
    if not anchored:
        return _mint(db, members[0], now)
    oldest = int(anchored[0])
    db.execute("update work set forwards = null where id = ? and forwards is not null", (oldest,))
    db.executemany("update work set forwards = ? where id = ?", [(oldest, other) for other in anchored[1:]])
    return oldest


def _mint(db: sqlite3.Connection, anchor: int, now: str) -> int:
    prefix = identity.prefix(db)
    number = identity.next_id(db, "work", identity.WORKS_GIVEN)
    return insert(db, "work", id=number, key=f"{prefix}-{number:06d}", anchor=anchor, given=now)


def unjudged(db: sqlite3.Connection) -> list[int]:
    """Records that are new or whose content has changed since they were judged, in the order of their source ids.

    What every search has refused waits until one matches it: it is no work.
    """
    return [row[0] for row in db.execute(UNJUDGED)]


def judge(db: sqlite3.Connection, records: Iterable[int]) -> None:
    """Note that the records have been judged as they stand now."""
    db.execute(
        "update placement set judged = (select state_id from record where id = record_id) "
        "where record_id in (select value from json_each(?))",
        (json.dumps(list(records)),),
    )


def judged_before(db: sqlite3.Connection, records: Iterable[int]) -> dict[int, str]:
    """The content by which changed records were judged last, as JSON, by record id."""
    rows = db.execute(
        "select placement.record_id, content from placement join record_state on record_state.id = judged "
        "where placement.record_id in (select value from json_each(?))",
        (json.dumps(list(records)),),
    )
    return {row[0]: row[1] for row in rows}


def companions(db: sqlite3.Connection, records: Iterable[int]) -> set[int]:
    """The given records and all that stand in a work with one of them."""
    wanted = json.dumps(list(records))
    rows = db.execute(
        "select record_id from placement where work_id in "
        "(select work_id from placement where record_id in (select value from json_each(?)))",
        (wanted,),
    )
    return {row[0] for row in rows} | set(json.loads(wanted))


def find_work(db: sqlite3.Connection, name: str) -> tuple[int, str]:
    """(work id, key) of the work that stands under a key, an older key, a PMID or a DOI.

    Raises :class:`UsageError` when there is none, or when a DOI belongs to several works.
    """
    found = db.execute(
        "select coalesce(other.id, work.id), coalesce(other.key, work.key) from work "
        "left join work as other on other.id = work.forwards where work.key = ?",
        (name.strip().upper(),),
    ).fetchall()
    if not found:
        wanted = (
            name.strip().casefold().removeprefix("pmid:").removeprefix("https://doi.org/").removeprefix("doi:").strip()
        )
        found = db.execute(
            "select distinct work.id, work.key from record join placement on record_id = record.id "
            "join work on work.id = work_id "
            "where :name in (pmid, doi, lower(pmcid), lower(source || ':' || source_id))",
            {"name": wanted},
        ).fetchall()
    if not found:
        raise UsageError(f"nothing is stored under {name!r} (a work's id, a PMID, a DOI or source:id)")
    if len(found) > 1:
        raise UsageError(f"{name!r} belongs to several works: {', '.join(row[1] for row in found)}")
    return found[0][0], found[0][1]


def hide(db: sqlite3.Connection, name: str, reason: str, now: str) -> str:
    """Take a work down; its id and everything known of it stay. Returns the key."""
    work, key = find_work(db, name)
    db.execute("update work set hidden = ?, hidden_reason = ? where id = ?", (now, reason, work))
    return key


def older_keys(db: sqlite3.Connection, work: int) -> tuple[str, ...]:
    """Keys that forward to the work."""
    return tuple(row[0] for row in db.execute("select key from work where forwards = ? order by id", (work,)))


def hand_outs(db: sqlite3.Connection, work: int) -> tuple[sqlite3.Row, ...]:
    """The exports that held the work, under this key or one that forwards to it."""
    return tuple(
        db.execute(
            "select code, name as list, export.made from export_item join export on export.id = export_id "
            "join list on list.id = list_id join work on work.key = work_key "
            "where :work in (work.id, work.forwards) order by export.id",
            {"work": work},
        )
    )


def standing(db: sqlite3.Connection) -> int:
    """How many works stand (those joined into others not counted)."""
    return int(db.execute("select count(*) from work where forwards is null").fetchone()[0])


def anchor(db: sqlite3.Connection, work: int) -> int:
    """The record on which a work stands."""
    return int(db.execute("select anchor from work where id = ?", (work,)).fetchone()[0])


def members(db: sqlite3.Connection, work: int) -> list[int]:
    """The records of a work, by id."""
    return [row[0] for row in db.execute("select record_id from placement where work_id = ? order by 1", (work,))]


def work_of(db: sqlite3.Connection, record: int) -> str:
    """The key of the work in which a record stands."""
    row = db.execute(
        "select key from placement join work on work.id = work_id where record_id = ?", (record,)
    ).fetchone()
    return str(row[0])
