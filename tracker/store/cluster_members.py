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
from collections.abc import Callable, Iterable, Sequence
from itertools import count

from tracker.errors import UsageError
from tracker.sources import asked_wider
from tracker.store import identity
from tracker.store.sql import insert

UNJUDGED = """
select record.id from record left join placement on record_id = record.id
where (judged is null or judged <> state_id) and {wanted} order by source, length(source_id), source_id"""

Group = Sequence[Sequence[int]]  # the publications of one work, each a list of record ids


def is_wanted() -> str:
    """A condition on ``record``: what a source that is asked for a wider set brings stays stored when it is refused."""
    wider = ", ".join(f"'{name}'" for name in asked_wider())
    return f"""(record.source not in ({wider}) or record.id in (select record_id from placement)
        or exists (select 1 from match where match.source = record.source and match.source_id = record.source_id))"""  # noqa: S608


def place(db: sqlite3.Connection, groups: Iterable[Group], now: str) -> None:
    """Put the records of ``groups`` where they belong; whoever is in one of them must not be left out of all others."""
    groups = list(groups)
    keys = [key for group in groups for publication in group for key in publication]
    rank = _in_source_order(db, keys)
    anchored = _works_on(db, keys)
    new = _minter(db, now)
    placed, forwards = [], []
    for group in sorted(groups, key=lambda item: min(rank[key] for publication in item for key in publication)):
        members = sorted((key for publication in group for key in publication), key=rank.__getitem__)
        works = sorted(anchored[key] for key in members if key in anchored) or [new(members[0])]
        forwards += [(None if other == works[0] else works[0], other) for other in works]
        placed += [(key, min(publication), works[0]) for publication in group for key in publication]
    db.executemany("update work set forwards = ?1 where id = ?2 and forwards is not ?1", forwards)
    db.executemany(
        "insert into placement (record_id, publication, work_id) values (?, ?, ?) on conflict (record_id) "
        "do update set publication = excluded.publication, work_id = excluded.work_id",
        placed,
    )


def _in_source_order(db: sqlite3.Connection, keys: Sequence[int]) -> dict[int, int]:
    """The place of each record by its own id at its source; numbers in ascending order."""
    rows = db.execute(
        "select id from record where id in (select value from json_each(?)) "
        "order by source, length(source_id), source_id",
        (json.dumps(keys),),
    )
    return {row[0]: place for place, row in enumerate(rows)}


def _works_on(db: sqlite3.Connection, keys: Sequence[int]) -> dict[int, int]:
    """The work that stands on each record, of those that have one."""
    sql = "select anchor, id from work where anchor in (select value from json_each(?))"
    return {row[0]: row[1] for row in db.execute(sql, (json.dumps(keys),))}


def _minter(db: sqlite3.Connection, now: str) -> Callable[[int], int]:
    """Gives the next work id to a record; nobody else does within the transaction."""
    prefix = identity.prefix(db)
    numbers = count(identity.next_id(db, "work", identity.WORKS_GIVEN))

    def mint(anchor: int) -> int:
        number = next(numbers)
        return insert(db, "work", id=number, key=f"{prefix}-{number:06d}", anchor=anchor, given=now)

    return mint


def unjudged(db: sqlite3.Connection) -> list[int]:
    """Records that are new or whose content has changed since they were judged, in the order of their source ids.

    What every search has refused waits until one matches it: it is no work.
    """
    return [row[0] for row in db.execute(UNJUDGED.format(wanted=is_wanted()))]


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
    """Take a work down; its id and everything known of it stay. Returns the key.

    Raises :class:`UsageError` where it is down already: the first reason stands.
    """
    work, key = find_work(db, name)
    since, first = db.execute("select hidden, hidden_reason from work where id = ?", (work,)).fetchone()
    if since:
        raise UsageError(f"{key} was taken down on {since[:10]} already, because: {first}")
    db.execute("update work set hidden = ?, hidden_reason = ? where id = ?", (now, reason, work))
    return key


def bring_back(db: sqlite3.Connection, name: str) -> tuple[str, str]:
    """Show a work again that was taken down; returns its key and why it was down.

    Raises :class:`UsageError` where it is not down.
    """
    work, key = find_work(db, name)
    since, reason = db.execute("select hidden, hidden_reason from work where id = ?", (work,)).fetchone()
    if not since:
        raise UsageError(f"{key} is not taken down")
    db.execute("update work set hidden = null, hidden_reason = '' where id = ?", (work,))
    return key, str(reason)


def older_keys(db: sqlite3.Connection, work: int) -> tuple[str, ...]:
    """Keys that forward to the work."""
    return tuple(row[0] for row in db.execute("select key from work where forwards = ? order by id", (work,)))


def hand_outs(db: sqlite3.Connection, work: int) -> tuple[sqlite3.Row, ...]:
    """The exports that held the work: under its key, one that forwards to it, or by a record that is now in it."""
    return tuple(db.execute(HAND_OUTS, {"work": work}))


HAND_OUTS = """
select code, name as list, export.made from export join list on list.id = list_id where export.id in (
    select export_id from export_item join work on work.key = work_key where :work in (work.id, work.forwards)
    union
    select export_id from export_item join json_each(export_item.records) as one
    where one.value in (select record_id from placement where work_id = :work))
order by export.id"""


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


def record_name(db: sqlite3.Connection, record: int) -> str:
    """``source:id`` of a record."""
    return str(db.execute("select source || ':' || source_id from record where id = ?", (record,)).fetchone()[0])


def stands(db: sqlite3.Connection, record: int) -> tuple[int, int]:
    """(publication, work) of a record."""
    return tuple(db.execute("select publication, work_id from placement where record_id = ?", (record,)).fetchone())
