"""The receipt of a hand-out: what the file holds, what was left out and why, how current the searches were."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tracker import sources
from tracker.store.lists import Missing
from tracker.store.runs import COMPLETE

SHOWN = 20  # ids named in the text; the stored receipt holds all


@dataclass(frozen=True, slots=True)
class SourceState:
    """How far a search has been asked on a source; ``complete`` is the start of its last complete run, '' if none."""

    source: str
    complete: str
    run: int
    strategy: int
    outcome: str  # of the last run
    note: str

    @property
    def title(self) -> str:
        return sources.title(self.source)

    def __str__(self) -> str:
        if not self.complete:
            return f"{self.title} never completely"
        return f"{self.title} up to {minute(self.complete)} (run {self.run}, strategy {self.strategy})"


@dataclass(frozen=True, slots=True)
class SearchState:
    """A search of the list: its newest strategy (0 if it was never collected) and its sources."""

    slug: str
    strategy: int
    version: str
    sources: tuple[SourceState, ...]

    def __str__(self) -> str:
        if not self.strategy:
            return f"search {self.slug}: not collected yet"
        return f"search {self.slug}, strategy {self.strategy} ({self.version[:12]}): " + "; ".join(
            map(str, self.sources)
        )

    def incomplete(self) -> Iterator[str]:
        for state in self.sources:
            if state.outcome not in COMPLETE:
                why = f": {state.note}" if state.note else ""
                yield f"{state.title} was {told(state.outcome)} in the last run of {self.slug}{why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """``code`` is empty for a dry run and when there was nothing to hand out; times are ISO 8601 UTC.

    ``records``, ``size``, ``sha256`` and ``cut`` are of this file, one of ``files``; all else is of the whole hand-out.
    """

    list: str
    made: str
    mode: str
    format: str
    profile: str
    filename: str
    searches: tuple[SearchState, ...]
    code: str = ""
    source: str = ""  # with --split-by-source: whose works this file holds
    file: int = 1
    files: int = 1
    versions: str = "together"
    sample: str = ""  # size and seed
    eligible: int = 0  # works of which the sample was drawn
    records: int = 0
    size: int = 0
    sha256: str = ""
    cut: int = 0  # cells
    notices: int = 0
    preprints: int = 0
    languages: int = 0
    hidden: int = 0
    decided: int = 0  # decided in this list before they were ever handed out
    ended: int = 0  # of the records: no search of the list matches them any more
    missing: tuple[Missing, ...] = ()
    held: tuple[tuple[str, str], ...] = ()  # (key, search)
    previous_code: str = ""
    previous_made: str = ""
    dry_run: bool = False

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    def __str__(self) -> str:
        return render(self)


def receipt_from_json(text: str) -> Receipt:
    """The inverse of :meth:`Receipt.to_json`."""
    said: dict[str, Any] = json.loads(text)
    said["missing"] = tuple(Missing(**one) for one in said["missing"])
    said["held"] = tuple((key, search) for key, search in said["held"])
    said["searches"] = tuple(
        SearchState(**{**one, "sources": tuple(SourceState(**state) for state in one["sources"])})
        for one in said["searches"]
    )
    return Receipt(**said)


def render(receipt: Receipt) -> str:
    """The receipt as people read it."""
    return "\n  ".join([_first_line(receipt), *_details(receipt)])


def _first_line(receipt: Receipt) -> str:
    since = f" since {receipt.previous_code} of {receipt.previous_made[:10]}" if receipt.previous_code else ""
    if not receipt.records:
        again = f" ('tracker export --repeat {receipt.previous_code} FILE' writes that file again)" if since else ""
        if receipt.mode == "changed":
            return f"nothing has changed of what the list {receipt.list} handed out: no file written"
        return f"nothing new for the list {receipt.list}{since}: no file written{again}"
    what = f"{number(receipt.records, 'work')} of the list {receipt.list}"
    if receipt.mode == "new" and since:
        what += f", new{since},"
    elif receipt.mode == "changed":
        what += ", changed since they were handed out,"
    return (
        f"dry run: {what} would be handed out" if receipt.dry_run else f"{receipt.code}: {what} in {receipt.filename}"
    )


def _details(receipt: Receipt) -> Iterator[str]:
    if receipt.records:
        yield f"{receipt.mode}, {receipt.format} for {receipt.profile}, {minute(receipt.made)}, {receipt.size:,} bytes"
        yield f"sha256 {receipt.sha256}"
    if receipt.files > 1 or receipt.source:
        whose = f" (works of {sources.title(receipt.source)})" if receipt.source else ""
        yield f"file {receipt.file} of {receipt.files}{whose}; what follows is said of all of them together"
    if receipt.sample:
        yield f"a pilot sample of {receipt.sample}, drawn from {number(receipt.eligible, 'work')}"
    if receipt.versions == "separate":
        yield "preprints and articles of one work on rows of their own (versions: separate)"
    yield from map(str, receipt.searches)
    for state in receipt.searches:
        yield from state.incomplete()
    yield from _left_out(receipt)
    if receipt.cut:
        yield f"{number(receipt.cut, 'cell')} cut to what the reader of the file can hold, marked [truncated]"


def _left_out(receipt: Receipt) -> Iterator[str]:
    """What the file does not hold although it was found, and why."""
    left_out = ((receipt.notices, "notice"), (receipt.preprints, "preprint"), (receipt.hidden, "hidden work"))
    parts = [number(count, word) for count, word in left_out if count]
    if receipt.languages:
        parts.append(f"{number(receipt.languages, 'work')} in other languages")
    if receipt.decided:
        parts.append(f"{number(receipt.decided, 'work')} decided before the tracker handed them out")
    if parts:
        yield f"left out: {', '.join(parts)}"
    if receipt.ended:
        yield f"{number(receipt.ended, 'work')} no longer matched by a search of the list (see notes in the file)"
    if receipt.missing:
        named = [f"{sources.title(one.source)} {one.source_id} ({one.why})" for one in receipt.missing]
        yield f"matched, but no record to hand out: {some(named)}"
    for search in sorted({search for _, search in receipt.held}):
        keys = [key for key, of in receipt.held if of == search]
        yield (
            f"held back, because so many came at once: {some(keys)} "
            f"('tracker collect --release-held {search}' lets them through)"
        )


def some(names: Sequence[str]) -> str:
    """The first of them, and how many more there are."""
    more = f"; and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    return "; ".join(names[:SHOWN]) + more


def number(count: int, word: str) -> str:
    """``1 work``, ``2 works``."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def minute(time: str) -> str:
    """2026-11-23T06:00:00Z as 2026-11-23 06:00 UTC."""
    return f"{time[:10]} {time[11:16]} UTC"


def told(outcome: str) -> str:
    return {"failed": "not reached (failed)", "catching up": "still catching up"}.get(outcome, outcome)
