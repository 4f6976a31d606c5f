"""ASReview LAB's export (3.0.8): our columns unchanged, then its own; a RIS file only if the project began as one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tracker.formats.ris import Tags, entries
from tracker.screening.decisions.rows import VALUES, Cell, Given, Said, given_row, given_tags, plain_text, refuse, table
from tracker.text import clean

TAG = "asreview_tag_"
RIS_VALUES = {"ASReview_relevant": "include", "ASReview_irrelevant": "exclude"}
ANY = frozenset((*RIS_VALUES, "ASReview_not_seen"))

_FACT = re.compile(r'asreview_(time|note): "?(.*?)"?$', re.S)


def read_asreview(path: Path, value: str) -> Iterator[Given]:
    refuse(value, path, "ASReview")
    if path.suffix.lower() in (".ris", ".txt") and is_ris(path):
        for position, tags in enumerate(entries(path), start=1):
            yield given_tags(position, tags, said=_from_notes(tags))
        return
    for position, row in enumerate(table(path), start=1):
        cell = Cell(row)
        yield given_row(position, cell, **_from_columns(cell))


def is_ris(path: Path) -> bool:
    """Whether the first record is one of ASReview's."""
    return not ANY.isdisjoint(next(entries(path), {}).get("N1", ()))


def _from_notes(tags: Tags) -> tuple[Said, ...]:
    """ASReview writes one note for the label, and one for each other thing it knows."""
    notes = tags.get("N1", [])
    value = next((RIS_VALUES[note] for note in notes if note in RIS_VALUES), "")
    facts = {found[1]: found[2] for note in notes if (found := _FACT.match(note))}
    return (Said(value, note=plain_text(facts.get("note", "")), decided=facts.get("time", "")),) if value else ()


def _from_columns(cell: Cell) -> dict[str, object]:
    label = cell("asreview_label")
    if not label:
        return {}
    value = VALUES.get(label.casefold(), "")
    if value not in ("include", "exclude"):
        return {"trouble": f"asreview_label {label!r}"}
    tags = [
        name for name, on in cell.row.items() if name.startswith(TAG) and on.strip().casefold() in ("1", "1.0", "true")
    ]
    said = Said(
        value,
        clean(cell("asreview_user_name", "asreview_user", "asreview_user_email")),
        labels=tuple(plain_text(name.removeprefix(TAG).replace("_", " ")) for name in tags),
        note=plain_text(cell("asreview_note")),
        decided=cell("asreview_time"),
    )
    return {"said": (said,)}
