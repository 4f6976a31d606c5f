"""Hand-outs on schedule: lists with ``every`` and ``to`` are written into a folder, so that reviewers need no shell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tracker.errors import UsageError
from tracker.home import Home
from tracker.screening import lists as list_files
from tracker.screening.export import export
from tracker.screening.receipt import Receipt
from tracker.searches import ListFile
from tracker.store import Store, lists

# A list says whom it is for, not in which format: this is what that tool takes best.
SUFFIXES = {"": ".xlsx", "spreadsheet": ".xlsx", "rayyan": ".csv", "asreview": ".csv"}
OTHERS = ".ris"
DAYS = {"day": 1, "week": 7}


@dataclass(frozen=True)
class HandOuts:
    """What was handed out, a receipt for each file, and a line for each list that could not be."""

    receipts: tuple[Receipt, ...]
    troubles: tuple[str, ...]


def due_hand_outs(home: Home, store: Store, now: str) -> HandOuts:
    """Hand out every list whose time has come; ``now`` is ISO 8601 UTC.

    A list is due a day, a week or a calendar month after it was last handed out, and stays so while there is nothing
    new. Beside each file stands its receipt as text. A folder ``to`` is taken from the home; one inside the home is
    made, one outside must be there (a share that is not mounted is no place to write to). One list that cannot be
    handed out stops no other.
    """
    found, mistakes = list_files.all_lists(home.queries, lists.slugs(store.db))
    receipts: list[Receipt] = []
    troubles = [str(mistake) for mistake in mistakes]
    for listed in found:
        if not listed.every or not _is_due(store, listed, date.fromisoformat(now[:10])):
            continue
        try:
            receipts += _hand_out(home, store, listed, now)
        except UsageError as error:
            troubles.append(f"the list {listed.name} could not be handed out: {error}")
    return HandOuts(tuple(receipts), tuple(troubles))


def _is_due(store: Store, listed: ListFile, today: date) -> bool:
    last = lists.last_export(store.db, listed.name)
    if last is None:
        return True
    made = date.fromisoformat(last.made[:10])
    if listed.every == "month":
        months = (today.year - made.year) * 12 + today.month - made.month
        return months > 1 or (months == 1 and (today.day >= made.day or _is_last_of_month(today)))
    return (today - made).days >= DAYS[listed.every]


def _is_last_of_month(day: date) -> bool:
    return date.fromordinal(day.toordinal() + 1).day == 1


def _hand_out(home: Home, store: Store, listed: ListFile, now: str) -> tuple[Receipt, ...]:
    folder = _folder(home, listed)
    out = next(path for path in _names(folder, listed, now[:10]) if not path.exists())
    receipts = export(home, store, out, name=listed.name, now=now)
    made = tuple(receipt for receipt in receipts if receipt.code)
    if made:
        told = folder / f"{out.name.partition('.')[0]}_receipt.txt"
        try:
            told.write_text("\n".join(map(str, made)) + "\n", encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{made[0].code} is handed out, but {told} cannot be written: {error.strerror}") from error
    return made


def _folder(home: Home, listed: ListFile) -> Path:
    folder = home.root / Path(listed.to).expanduser()
    if folder.is_dir():
        return folder
    if not folder.resolve().is_relative_to(home.root.resolve()):
        raise UsageError(f"there is no folder {folder}")
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise UsageError(f"the folder {folder} cannot be made: {error.strerror or error}") from error
    return folder


def _names(folder: Path, listed: ListFile, day: str) -> Iterator[Path]:
    """``wellbeing_2026-11-23.xlsx``; where there is one already, with a number."""
    suffix = SUFFIXES.get(listed.profile, OTHERS)
    yield folder / f"{listed.name}_{day}{suffix}"
    number = 2
    while True:
        yield folder / f"{listed.name}_{day}_{number}{suffix}"
        number += 1
