"""Screening lists: what was handed out when, with the file itself, so that it can be written again byte for byte.

What is new is never stored: it follows from the matches and from what was handed out. Joins and splits are resolved
when reading: a work counts as handed out if a key that now forwards to it was, or any record that now stands in it.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from tempfile import TemporaryFile
from typing import BinaryIO

from tracker.store import identity
from tracker.store.sql import insert

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Export:
    """A file that was handed out; ``receipt`` is the JSON of it."""

    id: int
    code: str
    made: str
    filename: str
    sha256: str
    receipt: str


@dataclass(frozen=True, slots=True)
class ListedItem:
    """One line of the manifest: what stood at a position of the file, so that decisions can be joined to it later."""

    work_key: str
    records: tuple[int, ...]  # ids of the records the work then showed
    pmid: str
    doi: str
    title_key: str
    year: int | None
    surname: str
    status: str


@dataclass(frozen=True, slots=True)
class LastExport:
    """What was said of a work when it was last handed out; ``publications`` as they are counted today.

    ``apart``: what was said of other papers that turned out to be the same work, and have not been told of since.
    """

    code: str
    made: str
    status: str
    publications: frozenset[int]
    apart: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HandOut:
    """What was handed out of a list at one time: the codes of its files, and how many works they held together."""

    list: str
    made: str
    codes: tuple[str, ...]
    works: int


@dataclass(frozen=True, slots=True)
class Missing:
    """A match that cannot be handed out because no record of it could be read; ``why`` says since when."""

    source: str
    source_id: str
    why: str


EXPORT = "select export.id, code, export.made, filename, sha256, receipt from export"

MATCHED = """
select work.id, work.key, min(held), min(slug) from match
join search on search.id = match.search_id
join record on record.source = match.source and record.source_id = match.source_id
join placement on placement.record_id = record.id
join work on work.id = placement.work_id
where slug in (select value from json_each(?)) group by work.id order by work.id"""

HANDED_OUT = """
with recursive item as (
    select work_key, export_item.records from export_item join export on export.id = export_id where list_id = :list
),
handed(id) as (
    select work.id from item join work on work.key = work_key
    union
    select work_id from item join json_each(item.records) as one join placement on placement.record_id = one.value
    union
    select work.forwards from handed join work on work.id = handed.id where work.forwards is not null
)
select id from handed"""

SHOWN = """
select export.code, position, status, placement.work_id, placement.publication, export.made
from export join export_item on export_id = export.id join json_each(export_item.records) as one
join placement on placement.record_id = one.value where list_id = ? order by export.id, position"""

WITHOUT_RECORD = """
select distinct match.source, match.source_id,
    coalesce((select 'listed, but not sent since ' || substr(since, 1, 10) from withheld
            where withheld.source = match.source and withheld.source_id = match.source_id and arrived is null),
        (select 'unreadable: ' || reason from unreadable where unreadable.source = match.source
            and unreadable.source_id = match.source_id and resolved is null),
        'not read yet') as why
from match join search on search.id = match.search_id
where slug in (select value from json_each(?)) and to_run is null and not exists
    (select 1 from record where record.source = match.source and record.source_id = match.source_id)
order by match.source, length(match.source_id), match.source_id"""


def find(db: sqlite3.Connection, name: str) -> int | None:
    """The id of a list that has been handed out, or is about to be."""
    row = db.execute("select id from list where name = ?", (name,)).fetchone()
    return int(row[0]) if row else None


def hand_outs(db: sqlite3.Connection) -> list[HandOut]:
    """Every hand-out of every list, oldest first; files that were made together are one."""
    rows = db.execute(
        "select name, export.made, code, records from export join list on list.id = list_id order by export.id"
    )
    return [
        HandOut(name, made, tuple(row[2] for row in files), sum(row[3] for row in files))
        for (name, made), group in groupby(rows, key=itemgetter(0, 1))
        if (files := list(group))
    ]


def slugs(db: sqlite3.Connection) -> set[str]:
    """The searches that have been collected."""
    return {row[0] for row in db.execute("select slug from search")}


def last_export(db: sqlite3.Connection, name: str) -> Export | None:
    """The newest file of a list."""
    row = db.execute(
        f"{EXPORT} join list on list.id = list_id where name = ? order by export.id desc", (name,)
    ).fetchone()
    return Export(*row) if row else None


def by_code(db: sqlite3.Connection, code: str) -> Export | None:
    row = db.execute(f"{EXPORT} where code = ?", (code.strip().upper(),)).fetchone()
    return Export(*row) if row else None


def codes(db: sqlite3.Connection) -> list[str]:
    return [row[0] for row in db.execute("select code from export order by id")]


def matched(db: sqlite3.Connection, searches: Sequence[str]) -> list[tuple[int, str]]:
    """(id, key) of every work that ever matched one of the searches, by id; without those that are held back."""
    return [(row[0], row[1]) for row in db.execute(MATCHED, (json.dumps(list(searches)),)) if not row[2]]


def held_back(db: sqlite3.Connection, searches: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """(key, search) of the works that came only in a burst, on which a person has to say a word first."""
    return tuple((row[1], row[3]) for row in db.execute(MATCHED, (json.dumps(list(searches)),)) if row[2])


def handed_out(db: sqlite3.Connection, name: str) -> set[int]:
    """Ids of the works that count as handed out in a list."""
    return {row[0] for row in db.execute(HANDED_OUT, {"list": find(db, name)})}


def shown_publications(db: sqlite3.Connection, name: str) -> set[int]:
    """Ids of the publications that a list has shown."""
    return {row[4] for row in db.execute(SHOWN, (find(db, name),))}


def last_told(db: sqlite3.Connection, name: str, *, by_publication: bool = False) -> dict[int, LastExport]:
    """What was last said in a list of each work, by its id (or of each publication); joins and splits resolved."""
    found: dict[int, list[LastExport]] = {}
    for (code, _), group in groupby(db.execute(SHOWN, (find(db, name),)), key=itemgetter(0, 1)):
        rows = [tuple(row) for row in group]
        told = LastExport(code, rows[0][5], rows[0][2], frozenset(row[4] for row in rows))
        for key in {row[4] if by_publication else row[3] for row in rows}:
            found[key] = [one for one in found.get(key, ()) if not one.publications <= told.publications] + [told]
    return {key: replace(said[-1], apart=tuple(one.status for one in said[:-1])) for key, said in found.items()}


def without_record(db: sqlite3.Connection, searches: Sequence[str]) -> tuple[Missing, ...]:
    """What the searches match now and nobody could read."""
    return tuple(Missing(*row) for row in db.execute(WITHOUT_RECORD, (json.dumps(list(searches)),)))


def next_export(db: sqlite3.Connection) -> tuple[int, str]:
    """Id and code of the export that is about to be made; no number is ever given twice, because no row is deleted."""
    number = identity.next_id(db, "export", identity.EXPORTS_GIVEN)
    return number, f"E{number:04d}"


def add_item(db: sqlite3.Connection, export: int, position: int, item: ListedItem) -> None:
    """One line of the manifest of an export whose own row follows in the same transaction."""
    insert(
        db, "export_item", export_id=export, position=position, work_key=item.work_key,
        records=json.dumps(item.records), pmid=item.pmid, doi=item.doi, title_key=item.title_key, year=item.year,
        surname=item.surname, status=item.status,
    )  # fmt: skip


def add_export(
    db: sqlite3.Connection, export: Export, name: str, mode: str, profile: str, entry: str, records: int, file: BinaryIO
) -> None:
    """The row of an export with the whole file, compressed piece by piece; makes the list on its first export.

    ``entry`` is the name of the format, ``file`` is read from its start.
    """
    db.execute("insert into list (name, made) values (?, ?) on conflict do nothing", (name, export.made))
    with TemporaryFile() as packed:
        squeeze = zlib.compressobj(1)  # a third of the time of 6, and a fifth larger
        file.seek(0)
        while piece := file.read(CHUNK):
            packed.write(squeeze.compress(piece))
        packed.write(squeeze.flush())
        db.execute(
            "insert into export (id, code, list_id, made, mode, profile, format, filename, records, sha256, receipt, "
            "body) values (?,?,?,?,?,?,?,?,?,?,?,zeroblob(?))",
            (
                export.id, export.code, find(db, name), export.made, mode, profile, entry, export.filename, records,
                export.sha256, export.receipt, packed.tell(),
            ),
        )  # fmt: skip
        packed.seek(0)
        with db.blobopen("export", "body", export.id) as blob:
            while piece := packed.read(CHUNK):
                blob.write(piece)


def body(db: sqlite3.Connection, export: int) -> Iterator[bytes]:
    """The file as it was handed out, in pieces. Raises zlib.error where the stored bytes are damaged."""
    unpack = zlib.decompressobj()
    with db.blobopen("export", "body", export, readonly=True) as blob:
        while piece := blob.read(CHUNK):
            yield unpack.decompress(piece)
    yield unpack.flush()


STRATEGY = """
select number, version from strategy join search on search.id = search_id where slug = ? order by number desc"""
SOURCES = """
select search_run.source, outcome, search_run.started, note from search_run join search on search.id = search_id
where slug = :slug and search_run.id in (select max(id) from search_run group by search_id, source)
order by search_run.source"""
COMPLETE = """
select search_run.started, search_run.run_id, number from search_run join search on search.id = search_run.search_id
join strategy on strategy.id = strategy_id
where slug = ? and source = ? and outcome in ('complete', 'complete with notes') order by search_run.id desc"""


def strategy_of(db: sqlite3.Connection, slug: str) -> tuple[int, str]:
    """(number, version) of the newest strategy that was collected; (0, '') before the first run."""
    row = db.execute(STRATEGY, (slug,)).fetchone()
    return (row[0], row[1]) if row else (0, "")


def last_runs(db: sqlite3.Connection, slug: str) -> list[tuple[str, str, str, str]]:
    """(source, outcome, started, note) of the newest run of a search on each source."""
    return [tuple(row) for row in db.execute(SOURCES, {"slug": slug})]


def last_complete(db: sqlite3.Connection, slug: str, source: str) -> tuple[str, int, int] | None:
    """(started, run id, strategy number) of the last run in which nothing was left out."""
    row = db.execute(COMPLETE, (slug, source)).fetchone()
    return tuple(row) if row else None
