"""``tracker import``: references from databases without an open API, out of the files that people export there.

A run of the ledger like any other, with the file's name as the source of what it says. A damaged file gives what can be
read, and lists what cannot; the same file again adds nothing. Imports are additive: the search row counts everything
imported so far for this search and source (*received* = *known* + *new*), and nothing ever ends by an import.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from tracker.errors import UsageError
from tracker.formats import pieces
from tracker.home import Context
from tracker.imports import imported
from tracker.model import IdList, Record, SavedSearch
from tracker.sources import REGISTERS, UnreadableRecord, names
from tracker.store import Store, events, matches, records, runs
from tracker.text.plural import plural

NAME = re.compile(r"[a-z][a-z0-9-]{1,30}")
RESERVED = frozenset({*REGISTERS, "all"})
CHUNK = 500  # references a transaction
READABLE = "RIS, nbib, BibTeX, EndNote, and CSV and workbooks with a header line"
TOLD = 50  # unreadable references that are named


@dataclass
class FileReport:
    """What became of one file; ``unreadable``: (line, reason) of what could not be read."""

    name: str
    form: str = ""
    counts: Counter[str] = field(default_factory=Counter)
    repeated: int = 0
    unreadable: list[tuple[int, str]] = field(default_factory=list)
    trouble: str = ""
    notes: list[str] = field(default_factory=list)  # what was left out that is no reference

    @property
    def line(self) -> str:
        if self.trouble:
            return f"{self.name}: {self.trouble}"
        said = [f"{self.counts[name]:,} {name}" for name in ("fresh", "changed", "same", "unreadable")]
        again = f" ({self.repeated:,} of them twice in the file)" if self.repeated else ""
        return f"{self.name} ({self.form}): {plural(self.counts.total(), 'reference')}: {', '.join(said)}{again}"


@dataclass
class ImportReport:
    """What an import did; ``new``: how many papers match the search for the first time."""

    files: list[FileReport]
    new: int = 0
    standing: int = 0

    @property
    def lines(self) -> list[str]:
        told = [line for report in self.files for line in (report.line, *report.notes[:TOLD])]
        return [*told, f"{self.new:,} new for the search, {self.standing:,} imported so far"]

    @property
    def troubles(self) -> list[str]:
        """One line for each reference that could not be read, and for each file in no known format."""
        lines = [report.line for report in self.files if report.trouble]
        lost = [(report.name, *item) for report in self.files for item in report.unreadable]
        lines += [f"{name}:{line}: {reason}" for name, line, reason in lost[:TOLD]]
        return lines + ([f"and {len(lost) - TOLD:,} more"] if len(lost) > TOLD else [])


@dataclass(frozen=True)
class _Read:
    """One reference of a file: its key, what is kept, and the record or the reason why there is none."""

    line: int
    raw: bytes
    record: Record | str
    repeated: bool = False


def import_files(
    context: Context, store: Store, files: Sequence[Path], search: SavedSearch, source: str
) -> ImportReport:
    """Import ``files`` for ``search``, as papers of ``source``; raises UsageError for a name that cannot be one."""
    _check_name(source)
    loaded = [(path, _bytes(path)) for path in files]
    report = ImportReport([])
    started = context.now()
    with store.write() as db:
        run = runs.begin(db, "import", started)
        key = runs.begin_reading(db, run, source, started)
    ids: dict[str, None] = {}
    seen: dict[str, list[Record]] = {}
    for path, data in loaded:
        told = FileReport(path.name)
        report.files.append(told)
        for chunk in _chunks(_read(source, path, data, seen, told)):
            _keep(context, store, run, key, source, chunk, told, ids)
    _close(context, store, run, key, search, source, loaded, list(ids), report)
    return report


def _check_name(source: str) -> None:
    if not NAME.fullmatch(source):
        raise UsageError(f"{source!r} is not a name for a source: small letters, digits and hyphens, such as psycinfo")
    if source in names() or source in RESERVED:
        raise UsageError(f"{source!r} is collected by the tracker itself: give the import another name")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error


def _read(source: str, path: Path, data: bytes, seen: dict[str, list[Record]], told: FileReport) -> Iterator[_Read]:
    """Every reference of a file. Two that differ under one key get keys of their own, in the order of the file."""
    try:
        reader, found = pieces(path.name, data)
    except UsageError as error:
        told.trouble = str(error)
        return
    if reader is None or not found:
        told.trouble = f"no reference in it: {READABLE} can be read"
        return
    told.form = reader.name
    for piece in found:
        if piece.note:
            told.notes.append(f"{told.name}:{piece.line}: {piece.note}")
            continue
        raw = imported.raw_of(reader.name, piece.text)
        if piece.broken:
            yield _Read(piece.line, raw, piece.broken)
            continue
        try:
            record, notes = imported.parse_and_tell(source, raw)
        except UnreadableRecord as error:
            yield _Read(piece.line, raw, str(error))
            continue
        told.notes += [f"{told.name}:{piece.line}: {note}" for note in notes]
        before = seen.setdefault(record.source_id, [])
        repeated = record in before
        place = before.index(record) if repeated else len(before)
        if not repeated:
            before.append(record)
        if place:
            raw = imported.raw_of(reader.name, piece.text, place + 1)
            record = imported.parse(source, raw)
        yield _Read(piece.line, raw, record, repeated)


def _chunks(items: Iterator[_Read]) -> Iterator[list[_Read]]:
    chunk: list[_Read] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _keep(
    context: Context, store: Store, run: int, key: int, source: str, chunk: Sequence[_Read], told: FileReport,
    ids: dict[str, None],
) -> None:  # fmt: skip
    now, counts = context.now(), Counter[str]()
    with store.write() as db:
        for item in chunk:
            if isinstance(item.record, str):
                place = f"{told.name}:{item.line}"
                records.set_aside(db, run, source, place, item.raw, item.record, now)
                told.unreadable.append((item.line, item.record))
                counts["unreadable"] += 1
                continue
            counts[records.keep(db, run, item.record, item.raw, imported.PARSER_VERSION, now)] += 1
            events.add(db, run, source, item.record.source_id, imported.events(item.record), now)
            ids[item.record.source_id] = None
            told.repeated += item.repeated
        runs.count_page(db, key, now, counts)
    told.counts += counts


def _close(
    context: Context, store: Store, run: int, key: int, search: SavedSearch, source: str,
    loaded: Sequence[tuple[Path, bytes]], ids: Sequence[str], report: ImportReport,
) -> None:  # fmt: skip
    """Begin the matches and write the rows of the ledger, all in one transaction."""
    lost = sum(len(item.unreadable) for item in report.files)
    notes = [item.line for item in report.files if item.trouble]
    notes += [f"{plural(lost, 'reference')} could not be read, set aside"] if lost else []
    outcome, now = "complete with notes" if notes else "complete", context.now()
    with store.write() as db:
        number, strategy = runs.strategy(db, search, run, now)
        previous = runs.last_complete(db, number, source)
        baseline = "" if previous else "baseline"
        named = "\n".join(f"imported from {path.name}, SHA-256 {sha256(data).hexdigest()}" for path, data in loaded)
        asked = matches.SearchRun(number, strategy, source, run, now, baseline, previous, "", ())
        report.new = matches.arrive(db, asked, ids).new
        report.standing = matches.standing(db, number, source)
        row = runs.SearchRow(
            number, strategy, source, now, now, outcome, baseline, runs.sent_text(db, named),
            IdList(report.standing, report.standing, ()), report.standing - report.new, report.new,
            received=report.standing, note="; ".join(notes),
        )  # fmt: skip
        runs.add_search_row(db, run, row)
        runs.end_reading(db, key, runs.ReadingRow(source, now, outcome, note="; ".join(notes)))
        runs.end(db, run, now)
