"""Fill a new public database and a new index of words from the private database, in constant memory."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tracker.publish import charts, ledger
from tracker.publish.checks import ADDRESS
from tracker.publish.forms import Forms
from tracker.publish.journals import Journals
from tracker.publish.work import Rows, Words, rows, tombstone
from tracker.settings.abstracts import Abstracts
from tracker.store import events, works

LEFT_OUT = "[e-mail address left out]"


@dataclass
class PublishedCounts:
    """What was written; ``shown`` and ``withheld`` count publications that have an abstract."""

    works: int = 0
    tombstones: int = 0
    publications: int = 0
    shown: int = 0
    withheld: int = 0
    states: dict[str, int] = field(default_factory=lambda: defaultdict(int))


class Writer:
    """Writes rows of named columns; the one place where text becomes public, so e-mail addresses end here."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self._said: dict[tuple[str, ...], str] = {}  # the statement for rows of these columns

    def write(self, table: str, row: Mapping[str, Any]) -> int:
        sql = self._said.get((table, *row)) or self._insert(table, tuple(row))
        values = [public_text(value) if isinstance(value, str) else value for value in row.values()]
        return self.db.execute(sql, values).lastrowid or 0

    def _insert(self, table: str, columns: tuple[str, ...]) -> str:
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        sql = self._said[table, *columns] = f"insert into {table} ({names}) values ({marks})"  # noqa: S608
        return sql

    def write_all(self, table: str, found: Iterable[Mapping[str, Any]]) -> None:
        for row in found:
            self.write(table, row)


def public_text(text: str) -> str:
    """The text without any e-mail address; in JSON each text by itself, since its escapes are no part of an address."""
    if "@" not in text and "＠" not in text:
        return text
    if text.startswith(("[", "{")):
        try:
            return json.dumps(_public_value(json.loads(text)), ensure_ascii=False)
        except ValueError:  # a title may begin so too
            pass
    return ADDRESS.sub(LEFT_OUT, text)


def _public_value(value: Any) -> Any:
    if isinstance(value, str):
        return ADDRESS.sub(LEFT_OUT, value)
    if isinstance(value, list):
        return [_public_value(item) for item in value]
    return {name: _public_value(item) for name, item in value.items()} if isinstance(value, dict) else value


def build(
    store: sqlite3.Connection,
    public: sqlite3.Connection,
    search: sqlite3.Connection,
    abstracts: Abstracts,
    active: Collection[str] | None,
) -> PublishedCounts:
    """Write all tables but ``facts``; ``store`` is inside one read transaction, so all of it is one state."""
    writer, counts, journals, forms = Writer(public), PublishedCounts(), Journals(), Forms()
    slugs = ledger.searches(store, writer, active)
    indexes = _take_indexes(public)
    hidden = taken_down(store)
    later = events.news(store)
    for work in works.stream(store):
        if not work.matches:
            continue
        if work.id in hidden:
            writer.write("works", tombstone(work.id, work.key))
            counts.tombstones += 1
            continue
        made = rows(work, abstracts, journals.number, later.get(work.id, ()))
        _write_work(writer, made, slugs, counts)
        _index(search, work.id, made.words)
        forms.add(made.words)
    forms.write(search)
    for sql in indexes:
        public.execute(sql)
    writer.write_all(
        "journals", ({"id": key, "name": name, "works": journals.works[key]} for key, name in journals.names.items())
    )
    _forwards(store, writer)
    ledger.joins(store, writer)
    ledger.runs(store, writer)
    charts.count(public)
    public.execute("update searches set works = (select count(*) from work_searches where search_id = searches.id)")
    return counts


def _take_indexes(public: sqlite3.Connection) -> list[str]:
    """Remove the indexes and return how they are made: of a full table that takes a third of the time."""
    found = public.execute("select name, sql from sqlite_schema where type = 'index' and sql is not null").fetchall()
    for name, _ in found:
        public.execute(f"drop index {name}")
    return [sql for _, sql in found]


def _write_work(writer: Writer, made: Rows, slugs: Mapping[str, int], counts: PublishedCounts) -> None:
    writer.write("works", made.work)
    writer.write_all("publications", made.publications)
    writer.write_all("work_sources", made.sources)
    writer.write_all("events", made.events)
    for row in made.searches:
        named = {"work_id": made.work["id"], "search_id": slugs[row["slug"]], **row}
        del named["slug"]
        writer.write("work_searches", named)
    counts.works += 1
    counts.states[made.work["state"]] += 1
    counts.publications += len(made.publications)
    counts.shown += sum(row["abstract"] is not None for row in made.publications)
    counts.withheld += sum(row["abstract_withheld"] for row in made.publications)


def _index(search: sqlite3.Connection, work_id: int, words: Words) -> None:
    search.execute(
        "insert into words (rowid, title, abstract, authors, keywords) values (?, ?, ?, ?, ?)",
        (work_id, words.title, words.abstract, words.authors, words.keywords),
    )


def taken_down(store: sqlite3.Connection) -> set[int]:
    """Works that may not be shown: hidden themselves, or with a hidden work joined into them.

    A person's word outranks the machine's: a paper once taken down does not come back because it was joined.
    """
    forwards = dict(store.execute("select id, forwards from work where forwards is not null"))
    found = set()
    for (work_id,) in store.execute("select id from work where hidden is not null"):
        while work_id in forwards:
            work_id = forwards[work_id]
        found.add(work_id)
    return found


def _forwards(store: sqlite3.Connection, writer: Writer) -> None:
    """Keys of works that were joined into others, and the key that stands now."""
    told = {row[0]: tuple(row[1:]) for row in store.execute("select id, key, forwards, anchor from work")}
    public = {row[0] for row in writer.db.execute("select key from works")}
    for key, forwards, anchor in told.values():
        end = forwards
        while end is not None and told[end][1] is not None:
            end = told[end][1]
        if end is not None and told[end][0] in public:
            writer.write("work_forwards", {"key": key, "to_key": told[end][0], "at": _joined(store, anchor)})


def _joined(store: sqlite3.Connection, record_id: int) -> str:
    row = store.execute(
        "select max(made) from verdict where undone is null and kind in ('same', 'version') and ? in (a, b)",
        (record_id,),
    ).fetchone()
    return row[0] or ""


def facts(public: sqlite3.Connection, search: sqlite3.Connection, told: Mapping[str, object]) -> None:
    """Write the facts that every page needs; both files carry all of them."""
    for name, value in told.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
        for db in (public, search):
            db.execute("insert into facts (name, value) values (?, ?)", (name, text))
