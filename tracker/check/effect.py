"""What an edited strategy would change: the numbers, a sample of the papers, and how they are told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

HOW = {
    "asked": "asked just now, exact",
    "decided": "decided here, exact for the records stored",
    "estimated": "estimated here, not asked",
    "unknown": "cannot be told",
}


@dataclass(frozen=True, slots=True)
class SamplePaper:
    """One of the papers that would come or go; ``key`` is its work here, empty for one that is not stored."""

    source_id: str
    title: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class SourceEffect:
    """The effect on one source. ``how`` is one of ``HOW``: what the numbers rest on.

    ``before`` records match in the store, ``after`` would. ``added`` and ``lost`` are all of their ids. Of the added,
    ``added_stored`` are stored already and ``added_anyway`` come with the next run of the old strategy as well; of the
    lost, ``lost_kept`` stay through other searches and ``lost_anyway`` go without the edit too.
    """

    source: str
    title: str
    how: str
    before: int
    after: int
    added: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    added_stored: int = 0
    added_anyway: int = 0
    lost_kept: int = 0
    lost_anyway: int = 0
    added_sample: tuple[SamplePaper, ...] = ()
    lost_sample: tuple[SamplePaper, ...] = ()
    notes: tuple[str, ...] = ()
    trouble: str = ""  # why the service's answer is missing or not whole


@dataclass(frozen=True, slots=True)
class Effect:
    """The effect of a strategy as it stands in its file, on all sources of its search.

    ``stored`` is the number of the version that was run last, 0 if none was; ``changed``: the file holds another one.
    ``finds_lost`` are known papers that match now and would not any more, on no source.
    """

    slug: str
    title: str
    version: str
    stored: int
    stored_seen: str
    changed: bool
    sources: tuple[SourceEffect, ...]
    finds_lost: tuple[SamplePaper, ...] = ()
    finds_gained: tuple[str, ...] = ()
    finds_missing: tuple[str, ...] = ()

    @property
    def troubles(self) -> list[str]:
        return [f"{self.slug} on {item.source}: {item.trouble}" for item in self.sources if item.trouble]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def as_text(self) -> str:
        return "\n".join(_lines(self))


def _lines(effect: Effect) -> Iterator[str]:
    yield f"{effect.slug}: {effect.title}"
    if not effect.stored:
        yield "  never run yet: everything it finds would be added"
    elif effect.changed:
        yield f"  the strategy in its file against version {effect.stored}, first run on {effect.stored_seen[:10]}"
    else:
        yield f"  the strategy is still version {effect.stored}: what differs comes from the sources, not from an edit"
    for item in effect.sources:
        yield from _source(item)
    yield from _finds(effect)


def _source(item: SourceEffect) -> Iterator[str]:
    yield f"  {item.title} ({HOW[item.how]}):"
    if item.how != "unknown":
        yield f"    {item.before:,} match now, {item.after:,} would; {len(item.added):,} added, {len(item.lost):,} lost"
    of_added = [(item.added_stored, "stored already"), (item.added_anyway, "come with the next run in any case")]
    of_lost = [(item.lost_kept, "stay through other searches"), (item.lost_anyway, "go without the edit as well")]
    yield from _papers("added", "+", item.added, of_added, item.added_sample)
    yield from _papers("lost", "-", item.lost, of_lost, item.lost_sample)
    for text in (*item.notes, item.trouble and f"incomplete: {item.trouble}"):
        if text:
            yield f"    {text}"


def _papers(
    what: str, sign: str, ids: tuple[str, ...], parts: list[tuple[int, str]], sample: tuple[SamplePaper, ...]
) -> Iterator[str]:
    if not ids:
        return
    of_these = "; ".join(f"{number:,} {said}" for number, said in parts if number)
    yield f"    {what}{f', of these: {of_these}' if of_these else ''}"
    for paper in sample:
        yield f"      {sign} {_named(paper)}"
    if len(ids) > len(sample):
        yield f"      ... and {len(ids) - len(sample):,} more (all ids with --json)"


def _named(paper: SamplePaper) -> str:
    key = f" [{paper.key}]" if paper.key else ""
    return f"{paper.source_id}{key}  {paper.title or '(title not known here)'}"


def _finds(effect: Effect) -> Iterator[str]:
    for paper in effect.finds_lost:
        yield f"  KNOWN PAPER LOST: {_named(paper)}"
    if effect.finds_gained:
        yield f"  known papers that would now be found: {', '.join(effect.finds_gained)}"
    if effect.finds_missing:
        yield f"  known papers found neither before nor after: {', '.join(effect.finds_missing)}"
