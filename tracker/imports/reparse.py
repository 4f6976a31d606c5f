"""``tracker reparse``: every raw record through today's parser, without the network.

What a parser reads is derived from the raw answer, so a better parser mends what is stored; but it is told first what
would change, field by field, and stored only on a person's word. Records that can no longer be read stay as they are;
what was set aside and can be read now is stored. The preprints on the shelf are read again as well, and searched anew
where they read differently.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from sqlite3 import Connection
from typing import Any

from tracker.home import Context
from tracker.http import Http
from tracker.imports import imported
from tracker.model import Event, Record
from tracker.sources import AnySource, UnreadableRecord, WindowSource, is_window, load, names
from tracker.store import Store, events, preprint_versions, records, runs
from tracker.store import reread as stored

SHOWN = 5  # records of a source that are named with what differs


@dataclass
class ReparsedSource:
    """What became of one source; ``fields``: how many records differ in which field."""

    source: str
    same: int = 0
    differs: int = 0
    lost: int = 0  # stored, and not readable by today's parser
    mended: int = 0  # set aside, and readable now
    still: int = 0  # set aside, and not readable now either
    stored_versions: int = 0  # of preprints, whether a search wants them or not, and read differently
    marks: int = 0  # retracted, published ..., which today's parser sees and none saw before
    fields: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    @property
    def line(self) -> str:
        said = [f"{self.same:,} the same", f"{self.differs:,} differ"]
        said += [f"{self.stored_versions:,} stored versions of preprints differ"] if self.stored_versions else []
        said += [f"{self.marks:,} marks are new"] if self.marks else []
        said += [f"{self.lost:,} can no longer be read and stay as they are"] if self.lost else []
        said += [f"{self.mended:,} that were set aside can be read now"] if self.mended else []
        said += [f"{self.still:,} set aside still cannot be read"] if self.still else []
        return f"{self.source}: {', '.join(said)}"


@dataclass
class RereadReport:
    """All sources; ``applied``: whether anything was stored."""

    sources: list[ReparsedSource]
    applied: bool
    unknown: tuple[str, ...] = ()  # sources of which no parser is here

    @property
    def differing(self) -> int:
        return sum(item.differs + item.mended + item.stored_versions + item.marks for item in self.sources)

    def as_json(self) -> dict[str, Any]:
        rows = [
            {
                "source": item.source, "same": item.same, "differ": item.differs, "lost": item.lost,
                "mended": item.mended, "still_unreadable": item.still, "shelf": item.stored_versions,
                "marks": item.marks, "fields": dict(item.fields.most_common()), "examples": item.examples,
            }
            for item in self.sources
        ]  # fmt: skip
        return {"applied": self.applied, "sources": rows, "no_parser": list(self.unknown)}

    def as_text(self) -> str:
        lines: list[str] = []
        for item in self.sources:
            lines.append(item.line)
            if item.fields:
                lines.append(f"  fields: {', '.join(f'{name} {count:,}' for name, count in item.fields.most_common())}")
            lines += [f"  {example}" for example in item.examples]
        lines += [f"{name}: no parser is here, left as it is" for name in self.unknown]
        if not self.differing:
            lines.append("Nothing would change." if not self.applied else "Nothing has changed.")
        else:
            lines.append("Stored." if self.applied else "Nothing is changed yet: 'tracker reparse --apply' stores it.")
        return "\n".join(lines)


class _Imported:
    """The parser of imported references, in the shape of a source."""

    parser_version = imported.PARSER_VERSION

    def __init__(self, name: str) -> None:
        self.name = name

    def parse(self, raw: bytes) -> Record:
        return imported.parse(self.name, raw)

    def events(self, record: Record) -> tuple[Event, ...]:
        return imported.events(record)


Parser = AnySource | _Imported


def reread(context: Context, store: Store, *, apply: bool) -> RereadReport:
    """Read everything again; with ``apply`` store what is read, as a run of its own."""
    known, unknown = _parsers(store)
    run = 0
    if apply:
        with store.write() as db:
            run = runs.begin(db, "reparse", context.now())
    report = RereadReport([], apply, unknown)
    for name, parser in known.items():
        told = ReparsedSource(name)
        report.sources.append(told)
        _records(context, store, run, parser, told)
        _set_aside(context, store, run, parser, told)
        if not isinstance(parser, _Imported) and is_window(parser):
            _shelf(store, run, parser, told)
    if apply:
        with store.write() as db:
            runs.end(db, run, context.now(), f"{report.differing:,} records read anew")
    return report


def _parsers(store: Store) -> tuple[dict[str, Parser], tuple[str, ...]]:
    """The parser of each source that anything is stored of, and the sources without one."""
    found: dict[str, Parser] = {}
    unknown = []
    http = Http()
    for name, from_files in stored.sources(store.db):
        if name in names():
            found[name] = load(name).build(http, {})
        elif from_files:
            found[name] = _Imported(name)
        else:
            unknown.append(name)
    http.close()
    return found, tuple(unknown)


def _parse(parser: Parser, raw: bytes) -> Record | None:
    try:
        return parser.parse(raw)
    except UnreadableRecord:
        return None


def _records(context: Context, store: Store, run: int, parser: Parser, told: ReparsedSource) -> None:
    for page in stored.record_pages(store.db, parser.name):
        changed: list[tuple[stored.StoredAnswer, Record, str]] = []
        marked: list[tuple[stored.StoredAnswer, list[Event]]] = []
        for kept in page:
            record = _parse(parser, kept.raw)
            if record is None or record.source_id != kept.source_id:
                told.lost += 1
                continue
            content = record.to_json()
            if new := events.missing(store.db, parser.name, kept.source_id, parser.events(record)):
                marked.append((kept, new))
                told.marks += len(new)
            if content == kept.content:
                told.same += 1
            else:
                _tell(told, kept, content)
                changed.append((kept, record, content))
        if run and (changed or marked):
            with store.write() as db:
                for kept, record, content in changed:
                    stored.replace(db, kept.key, record, content, parser.parser_version)
                for kept, new in marked:
                    events.add(db, run, parser.name, kept.source_id, new, context.now())


def _tell(told: ReparsedSource, kept: stored.StoredAnswer, content: str) -> None:
    before, after = json.loads(kept.content), json.loads(content)
    differing = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    told.differs += 1
    told.fields.update(differing)
    if len(told.examples) < SHOWN:
        told.examples.append(f"{told.source}:{kept.source_id} differs in {', '.join(differing)}")


def _set_aside(context: Context, store: Store, run: int, parser: Parser, told: ReparsedSource) -> None:
    for page in stored.aside_pages(store.db, parser.name):
        mended: list[tuple[stored.StoredAnswer, Record]] = []
        for kept in page:
            record = _parse(parser, kept.raw)
            if record is None:
                told.still += 1
            else:
                told.mended += 1
                mended.append((kept, record))
        if run and mended:
            with store.write() as db:
                for kept, record in mended:
                    _store(db, run, parser, record, kept, context.now())


def _store(db: Connection, run: int, parser: Parser, record: Record, kept: stored.StoredAnswer, now: str) -> None:
    if not isinstance(parser, _Imported) and is_window(parser):
        preprint_versions.keep(db, run, record, parser.preprint(record), kept.raw, parser.parser_version, now)
    else:
        records.keep(db, run, record, kept.raw, parser.parser_version, now)
        events.add(db, run, parser.name, record.source_id, parser.events(record), now)
    stored.resolve(db, kept.key, now)


def _shelf(store: Store, run: int, source: WindowSource, told: ReparsedSource) -> None:
    for page in stored.shelf_pages(store.db, source.name):
        changed: list[tuple[int, Record, str]] = []
        for kept in page:
            record = _parse(source, kept.raw)
            mark = record.fingerprint[: preprint_versions.MARK] if record else ""
            if record is not None and record.source_id == kept.source_id and mark != kept.content:
                changed.append((kept.key, record, mark))
        told.stored_versions += len(changed)
        if run and changed:
            with store.write() as db:
                for key, record, mark in changed:
                    revision = preprint_versions.last_revision(db, source.name) + 1
                    preprint = source.preprint(record)
                    stored.replace_on_shelf(db, key, record, preprint, mark, revision, source.parser_version)
