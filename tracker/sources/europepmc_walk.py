"""The walk: all preprints that a query matches, page by page along the cursor, proved against what was promised."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from tracker.model import IdList
from tracker.sources.europepmc_answers import FIRST, Page, ids

PAGES = 10_000  # requests of one walk; more means that the cursor makes no headway

Ask = Callable[[str], Page]  # the page at a cursor


def pages(ask: Ask) -> Iterator[Page]:
    """The pages of an answer in order.

    The last is the one that names no further cursor, or one that has been used already, or lists nothing, or brings
    as many entries as the service promises (which saves the empty request at the end).
    """
    cursor, used, received = FIRST, set[str](), 0
    while cursor and cursor not in used and len(used) < PAGES:
        used.add(cursor)
        page = ask(cursor)
        yield page
        received += len(page.entries)
        if not page.entries or received >= page.count:
            return
        cursor = page.cursor


def walk(ask: Ask) -> IdList:
    """All ids. Asked once more when the promise moved meanwhile, or when the ids do not agree with it."""
    found = _once(ask)
    if found.promised_first == len(found.ids) == found.promised_last:
        return found
    found = _once(ask)
    low, high = sorted((found.promised_first, found.promised_last))
    promise = f"{found.promised_first:,}" if low == high else f"{found.promised_first:,}, later {found.promised_last:,}"
    if not low <= len(found.ids) <= high:
        short = f"Europe PMC promised {promise} preprints, and {len(found.ids):,} ids came"
        return replace(found, shortfall=short)
    if low < high:
        return replace(found, notes=(f"the promise moved during the walk: {promise}; {len(found.ids):,} ids came",))
    return found


def _once(ask: Ask) -> IdList:
    found: dict[str, None] = {}
    promises: list[int] = []
    warnings: dict[str, None] = {}
    for page in pages(ask):
        promises.append(page.count)
        found.update(dict.fromkeys(ids(page)))
        warnings.update(dict.fromkeys(page.warnings))
    return IdList(promises[0], promises[-1], tuple(found), warnings=tuple(warnings))
