"""Hands out a screening list: the first time all, then only what is new, each time with a receipt.

The order makes sure that no file is there without its receipt: the files are built beside their places; receipts,
manifests and the files themselves are stored in the transaction in which the works were chosen; then the files are
moved to their places. If that last step fails, ``tracker export --repeat CODE FILE`` writes the stored file.

One hand-out is one file, unless it is split by source or a tool takes only so much at once; each file has a code.
"""

from __future__ import annotations

import os
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from tracker.errors import StoreError, UsageError
from tracker.formats import format_of
from tracker.formats.row import Limit, Row, Written
from tracker.home import Home
from tracker.screening import choose
from tracker.screening import lists as list_files
from tracker.screening.choose import ChoiceTally, Chosen, Order, sample_of
from tracker.screening.files import Beside, Counted, check_place, check_unlike, name_of, nowhere, put
from tracker.screening.receipt import Receipt, SearchState, SourceState, receipt_from_json
from tracker.store import Store, decisions, lists

MODES = ("new", "all", "changed")
SPARE = 4096  # bytes of tags and ids of a record, over what its values take


@dataclass(frozen=True)
class Filled:
    """One file of a hand-out, written but not yet in its place."""

    label: str
    written: Written
    file: BinaryIO


def export(
    home: Home, store: Store, out: Path, *, name: str, searches: Sequence[str] = (), mode: str | None = None,
    profile: str | None = None, by_source: bool = False, sample: str | None = None, seed: int | None = None, now: str,
    dry_run: bool = False,
) -> tuple[Receipt, ...]:  # fmt: skip
    """Hand out the list ``name`` into the file ``out``; its suffix decides the format. One receipt for each file.

    ``mode`` is ``new``, ``all``, ``changed``, or None: all the first time, then new. ``by_source`` makes a file for
    each source (``out-pubmed.ris``); a tool's limit makes parts (``out-1.ris``). ``sample`` is a number of works or a
    share (``20%``). ``now`` is ISO 8601 UTC. Where there is nothing to hand out, nothing is written and the receipt has
    no code. Raises :class:`UsageError` for contradictions, for a folder that cannot be written, and for a file that is
    there already with other content.
    """
    entry = format_of(out)
    if mode is not None and mode not in MODES:
        raise UsageError(f"there is no mode {mode!r}: use {' or '.join(f'--{known}' for known in MODES)}")
    listed = list_files.the_list(home.queries, lists.slugs(store.db), name, searches)
    chosen = list_files.profile_of(entry, listed, profile)
    order = Order(listed, entry, chosen, mode or "", out, now, by_source, sample_of(sample, seed))
    if dry_run:
        with nowhere() as file:
            receipts, _ = _fill(store.db, order, Same(file), None)
            return tuple(replace(receipt, dry_run=True) for receipt in receipts)
    check_place(out)
    with Beside(out) as beside:
        with store.write() as db:
            first, _ = lists.next_export(db)
            receipts, filled = _fill(db, order, beside, first)
            if not receipts[0].records:
                return receipts
            receipts = tuple(_keep(db, home, order, *one) for one in zip(receipts, filled, strict=True))
        codes = [receipt.code for receipt in receipts]
        for place, ((part, file), receipt) in enumerate(zip(beside.made, receipts, strict=True)):
            file.close()
            put(part, out.with_name(receipt.filename), codes[place:])
    return receipts


class Same:
    """Gives the same file for each part: a dry run keeps none."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    def open(self) -> BinaryIO:
        return self.file


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
    check_place(out)
    check_unlike(out, found.sha256)
    _check_suffix(out, found.code, receipt_from_json(found.receipt).filename)
    with Beside(out) as beside:
        file, seen = beside.open(), sha256()
        try:
            for piece in lists.body(store.db, found.id):
                file.write(piece)
                seen.update(piece)
        except zlib.error as error:
            raise StoreError(f"the stored file of {found.code} is damaged: {error}") from error
        if seen.hexdigest() != found.sha256:
            raise StoreError(f"the stored file of {found.code} is damaged: its SHA-256 has changed")
        file.close()
        put(beside.made[0][0], out, [found.code])
    return replace(receipt_from_json(found.receipt), filename=out.name)


def _fill(
    db: sqlite3.Connection, order: Order, beside: Beside | Same, first: int | None
) -> tuple[tuple[Receipt, ...], list[Filled]]:
    """Choose the works and write them; with ``first``, the id of the first export, their manifests too.

    Returns a receipt for each file, without codes. Where there is nothing to hand out it is one, and no file.
    """
    previous = lists.last_export(db, order.listed.name)
    older = decisions.decided(db, lists.find(db, order.listed.name))  # decisions may be older than the tracker
    settled = replace(order, mode=order.mode or ("new" if previous or older else "all"))
    tally, filled = ChoiceTally(), list[Filled]()
    for batch in choose.batches(db, settled, tally):
        rows = _Rest(choose.rows(db, settled, batch, tally))
        while rows.more():
            file = beside.open()
            number = None if first is None else first + len(filled)
            filled.append(Filled(batch.label, _write(db, settled, rows, file, number), file))
    receipt = _receipt(db, settled, tally, previous)
    if not filled:
        return (receipt,), []
    labels = [one.label for one in filled]
    parts = [0 if labels.count(one) == 1 else 1 + labels[:place].count(one) for place, one in enumerate(labels)]
    names = [name_of(order.out, order.entry.suffix, label, part) for label, part in zip(labels, parts, strict=True)]
    return tuple(
        replace(
            receipt, filename=name, records=one.written.records, size=one.written.size, sha256=one.written.sha256,
            cut=one.written.cut, source=one.label, file=place, files=len(filled),
        )
        for place, (one, name) in enumerate(zip(filled, names, strict=True), start=1)
    ), filled  # fmt: skip


class _Rest:
    """Rows that can be taken part by part; looks one ahead."""

    def __init__(self, rows: Iterator[Chosen]) -> None:
        self.rows = rows
        self.next = next(rows, None)

    def more(self) -> bool:
        return self.next is not None

    def take(self, limit: Limit | None, out: Counted) -> Iterator[Chosen]:
        """Rows until the file would exceed what the tool takes; at least one."""
        records = 0
        while self.next is not None:
            if limit and records and (records >= limit.records or out.size + _at_most(self.next[0]) > limit.size):
                return
            records += 1
            yield self.next
            self.next = next(self.rows, None)


def _at_most(row: Row) -> int:
    """More bytes than a row can take in any format of text: four a character, and what stands around the values."""
    long = (row.title, row.abstract, row.authors, row.keywords, row.notes, row.versions, row.url, row.doi, row.journal)
    return 4 * sum(map(len, long)) + 10 * (row.authors.count(";") + row.keywords.count(";")) + SPARE


def _write(db: sqlite3.Connection, order: Order, rows: _Rest, file: BinaryIO, number: int | None) -> Written:
    out, taken = Counted(file), 0

    def lines() -> Iterator[Row]:
        nonlocal taken
        for position, (line, item) in enumerate(rows.take(order.entry.limits.get(order.profile), out), start=1):
            if number is not None:
                lists.add_item(db, number, position, item)
            taken = position
            yield line

    told = order.entry.write(lines(), out, order.profile)  # type: ignore[arg-type]  # all it needs is write()
    return Written(taken, out.size, out.seen.hexdigest(), told.cut)


def _keep(db: sqlite3.Connection, home: Home, order: Order, receipt: Receipt, filled: Filled) -> Receipt:
    """Store the receipt and the file; the export gets its code."""
    filled.file.flush()
    os.fsync(filled.file.fileno())
    check_unlike(order.out.with_name(receipt.filename), receipt.sha256)
    number, code = lists.next_export(db)
    receipt = replace(receipt, code=code)
    list_files.write_list(home.queries, order.listed)
    kept = lists.Export(number, code, order.now, receipt.filename, receipt.sha256, receipt.to_json())
    lists.add_export(
        db, kept, receipt.list, receipt.mode, order.profile, order.entry.name, receipt.records, filled.file
    )
    return receipt


def _receipt(db: sqlite3.Connection, order: Order, tally: ChoiceTally, previous: lists.Export | None) -> Receipt:
    """What holds for the hand-out as a whole."""
    return Receipt(
        list=order.listed.name,
        made=order.now,
        mode=order.mode,
        format=order.entry.name,
        profile=order.profile,
        filename=order.out.name,
        searches=tuple(_search_state(db, slug) for slug in order.listed.searches),
        versions=order.listed.versions,
        sample=str(order.sample) if order.sample else "",
        eligible=tally.eligible,
        notices=tally.left["notices"],
        preprints=tally.left["preprints"],
        languages=tally.left["languages"],
        hidden=tally.left["hidden"],
        decided=tally.left["decided"],
        ended=tally.ended,
        missing=lists.without_record(db, order.listed.searches),
        held=lists.held_back(db, order.listed.searches),
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


def _check_suffix(out: Path, code: str, written: str) -> None:
    """A workbook under the name of a table would be opened by nobody; raises :class:`UsageError` naming the suffix."""
    suffix = format_of(Path(written)).suffix
    if not out.name.lower().endswith(suffix):
        raise UsageError(f"{code} was written as {suffix}: {out.name} must end in {suffix}, too")
