"""Hands out a screening list: the first time all, then only what is new, each time with a receipt.

The order makes sure that no file is there without its receipt: the file is built beside its place, the receipt, the
manifest and the file itself are stored in the transaction in which the works were chosen, then the file is moved to
its place. If that last step fails, ``tracker export --repeat CODE FILE`` writes the stored file.
"""

from __future__ import annotations

import os
import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from tracker.dedupe.display import display
from tracker.errors import StoreError, UsageError
from tracker.formats import Format, format_of
from tracker.formats.row import Row, Written
from tracker.home import Home
from tracker.model import Work
from tracker.screening import lists as list_files
from tracker.screening.receipt import Receipt, SearchState, SourceState, receipt_from_json
from tracker.screening.rows import ended_on, left_out, row
from tracker.searches import ListFile
from tracker.store import Store, lists, works
from tracker.text import first_surname, title_key


@dataclass(frozen=True)
class Order:
    """What was asked for, options and list file put together."""

    listed: ListFile
    entry: Format
    profile: str
    mode: str | None  # new, all, or as the list's history says
    out: Path
    now: str


@dataclass
class Tally:
    """What happened to the works on their way into the file."""

    left: Counter[str] = field(default_factory=Counter)  # notices, preprints, languages, hidden
    ended: int = 0


def export(
    home: Home, store: Store, out: Path, *, name: str, searches: Sequence[str] = (), mode: str | None = None,
    profile: str | None = None, now: str, dry_run: bool = False,
) -> Receipt:  # fmt: skip
    """Hand out the list ``name`` into the file ``out``; its suffix decides the format.

    ``mode`` is ``new``, ``all``, or None: all the first time, then new. ``now`` is ISO 8601 UTC. Where there is nothing
    to hand out, nothing is written and the receipt has no code. Raises :class:`UsageError` for contradictions, for a
    folder that cannot be written, and for a file that is there already with other content.
    """
    entry = format_of(out)
    if mode not in (None, "new", "all"):
        raise UsageError(f"there is no mode {mode!r}: use --new or --all")
    listed = list_files.the_list(home.queries, lists.slugs(store.db), name, searches)
    order = Order(listed, entry, list_files.profile_of(entry, listed, profile), mode, out, now)
    if dry_run:
        with Path(os.devnull).open("wb") as nowhere:
            return replace(_fill(store.db, order, nowhere, None), dry_run=True)
    _check_place(out)
    with _beside(out) as (part, file):
        with store.write() as db:
            number, code = lists.next_export(db)
            receipt = _fill(db, order, file, number)
            if not receipt.records:
                return receipt
            file.flush()
            os.fsync(file.fileno())
            _check_unlike(out, receipt.sha256)
            receipt = replace(receipt, code=code)
            list_files.write_list(home.queries, order.listed)
            kept = lists.Export(number, code, now, out.name, receipt.sha256, receipt.to_json())
            lists.add_export(db, kept, name, receipt.mode, order.profile, entry.name, receipt.records, file)
        file.close()
        _put(part, out, code)
    return receipt


def repeat(store: Store, code: str, out: Path) -> Receipt:
    """Write the file of an earlier export again, byte for byte; returns its receipt with the new file name.

    Raises :class:`UsageError` for an unknown code, :class:`StoreError` if the stored file is damaged.
    """
    found = lists.by_code(store.db, code)
    if found is None:
        last = lists.codes(store.db)[-1:]
        raise UsageError(
            f"there is no export {code!r}" + (f"; the last one is {last[0]}" if last else ": none was made")
        )
    _check_place(out)
    _check_unlike(out, found.sha256)
    with _beside(out) as (part, file):
        seen = sha256()
        try:
            for piece in lists.body(store.db, found.id):
                file.write(piece)
                seen.update(piece)
        except zlib.error as error:
            raise StoreError(f"the stored file of {found.code} is damaged: {error}") from error
        if seen.hexdigest() != found.sha256:
            raise StoreError(f"the stored file of {found.code} is damaged: its SHA-256 has changed")
        file.close()
        _put(part, out, found.code)
    return replace(receipt_from_json(found.receipt), filename=out.name)


def _fill(db: sqlite3.Connection, order: Order, file: BinaryIO, number: int | None) -> Receipt:
    """Choose the works and write them; with ``number`` the manifest of that export too. The receipt has no code yet."""
    previous = lists.last_export(db, order.listed.name)
    settled = replace(order, mode=order.mode or ("new" if previous else "all"))
    tally = Tally()
    written = order.entry.write(_rows(db, settled, tally, number), file, order.profile)
    return _receipt(db, settled, tally, written, previous)


def _rows(db: sqlite3.Connection, order: Order, tally: Tally, number: int | None) -> Iterator[Row]:
    """The rows in the order of work ids, in constant memory; counts what is left out."""
    handed = lists.handed_out(db, order.listed.name) if order.mode == "new" else set()
    keys = [key for work, key in lists.matched(db, order.listed.searches) if work not in handed]
    position = 0
    for work in works.stream(db, keys):
        shown = display(work.records)
        reason = "hidden" if work.hidden else left_out(shown, order.listed.leave_out)
        if reason:
            tally.left[reason] += 1
            continue
        tally.ended += bool(ended_on(work, order.listed.searches))
        position += 1
        line = row(work, shown, order.listed.searches)
        if number is not None:
            lists.add_item(db, number, position, _item(work, line))
        yield line


def _item(work: Work, line: Row) -> lists.Item:
    records = tuple(item.id for item in work.records)
    surname = first_surname(line.authors)
    return lists.Item(
        work.key, records, line.pubmed_id, line.doi, title_key(line.title), line.year, surname, line.status
    )


def _receipt(
    db: sqlite3.Connection, order: Order, tally: Tally, written: Written, previous: lists.Export | None
) -> Receipt:
    return Receipt(
        list=order.listed.name,
        made=order.now,
        mode=order.mode or "",
        format=order.entry.name,
        profile=order.profile,
        filename=order.out.name,
        searches=tuple(_search_state(db, slug) for slug in order.listed.searches),
        records=written.records,
        size=written.size,
        sha256=written.sha256,
        cut=written.cut,
        notices=tally.left["notices"],
        preprints=tally.left["preprints"],
        languages=tally.left["languages"],
        hidden=tally.left["hidden"],
        ended=tally.ended,
        missing=lists.without_record(db, order.listed.searches),
        previous_code=previous.code if previous else "",
        previous_made=previous.made if previous else "",
    )


def _search_state(db: sqlite3.Connection, slug: str) -> SearchState:
    number, version = lists.strategy_of(db, slug)
    states = []
    for source, outcome, _, note in lists.last_runs(db, slug):
        started, run, strategy = lists.last_complete(db, slug, source) or ("", 0, 0)
        states.append(SourceState(source, started, run, strategy, outcome, note))
    return SearchState(slug, number, version, tuple(states))


@contextmanager
def _beside(out: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A file of a name of its own beside ``out``, gone afterwards; a full disk or the like is a UsageError."""
    part = out.with_name(f".{out.name}.{uuid4().hex[:8]}.part")
    try:
        with part.open("x+b") as file:
            yield part, file
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror or error}") from error
    finally:
        part.unlink(missing_ok=True)


def _check_place(out: Path) -> None:
    if not out.parent.is_dir():
        raise UsageError(f"{out} cannot be written: there is no folder {out.parent}")
    if out.is_dir():
        raise UsageError(f"{out} is a folder: give the name of a file")


def _check_unlike(out: Path, digest: str) -> None:
    """Refuse to overwrite a file, which may hold decisions by now, unless it is the very same."""
    if not out.exists():
        return
    with out.open("rb") as file:
        seen = sha256()
        while piece := file.read(lists.CHUNK):
            seen.update(piece)
    if seen.hexdigest() != digest:
        raise UsageError(f"{out} is there already and holds something else: give another name")


def _put(part: Path, out: Path, code: str) -> None:
    try:
        os.replace(part, out)
    except OSError as error:
        raise UsageError(
            f"{code} is handed out and stored, but {out} cannot be written ({error.strerror or error}): "
            f"'tracker export --repeat {code} FILE' writes the file"
        ) from error
