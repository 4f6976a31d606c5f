"""The walk: all PMIDs that a text matches, proved against what PubMed promised.

PubMed gives out the first 9,999 ids of an answer and clips the rest without a word, so a larger answer is asked for in
parts by create date. The parts are disjoint and together complete, because every record has one create date that never
changes (NLM Technical Bulletin 2008 Nov-Dec); the sum of the parts is compared with the whole all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise

from tracker.model import IdList
from tracker.sources.pubmed_answers import BeyondCeiling, Page

CEILING = 9_999
FULL_DAYS = 3  # days above the ceiling after which the walk stops
PAGES = 1_000  # requests for one part; more means that the pages make no headway
ROOMY = 0.8  # of the ceiling: up to there neighbouring parts are joined next time, with room left to grow
FIRST_DAY, LAST_DAY = date(1800, 1, 1), date(3000, 12, 31)
BUSY_FROM, BUSY_TO = date(1960, 1, 1), date(2040, 1, 1)  # nearly all create dates; halving beyond finds nothing
ONE_DAY = timedelta(days=1)

Ask = Callable[[str, int, int], Page]  # (term, retstart, retmax)


@dataclass(frozen=True)
class _Part:
    """The records created between two days, both included."""

    first: date
    last: date

    def term(self, text: str) -> str:
        return f'({text}) AND ("{self.first:%Y/%m/%d}"[crdt] : "{self.last:%Y/%m/%d}"[crdt])'

    def halves(self) -> tuple[_Part, _Part]:
        """Two parts of about the same length, as far as the length can hold records; at least a day each."""
        low, high = max(self.first, BUSY_FROM), min(self.last, BUSY_TO)
        if low >= high:
            low, high = self.first, self.last
        middle = low + (high - low) // 2
        return _Part(self.first, middle), _Part(middle + ONE_DAY, self.last)


@dataclass
class _Round:
    """One passage through the whole answer."""

    ask: Ask
    text: str
    most: int  # ids to ask for at once
    ceiling: int  # ids that can be had; less than ``most`` when that turns out
    ids: dict[str, None] = field(default_factory=dict)
    sizes: list[tuple[_Part, int]] = field(default_factory=list)
    clipped: list[str] = field(default_factory=list)
    too_full: list[str] = field(default_factory=list)

    def run(self, cuts: Sequence[str]) -> IdList:
        whole = self.ask(self.text, 0, self.most)
        last = self._take(self.text, whole, "") if whole.count <= self.ceiling else None
        if last is None:
            unseen = whole.count
            *parts, final = _cut_at(cuts)
            for part in parts:
                unseen -= self._part(part, None)
            self._part(final, unseen)
            last = self.ask(self.text, 0, 0).count
        return IdList(
            promised_first=whole.count,
            promised_last=last,
            ids=tuple(self.ids),
            translation=whole.translation,
            warnings=whole.warnings,
            cuts=self._cuts(),
            shortfall="; ".join((*self.too_full, *self.clipped)),
        )

    def _part(self, part: _Part, known: int | None) -> int:
        """Take a part, halved as often as need be; returns its size. One known to be too large is not asked for."""
        if len(self.too_full) >= FULL_DAYS:  # a service that does not heed dates would be asked for every day
            return 0
        one_day = part.first == part.last
        if known is None or known <= self.ceiling or one_day:
            page = self.ask(part.term(self.text), 0, self.most)
            size = None
            if page.count <= self.ceiling or one_day:
                size = self._take(part.term(self.text), page, f" for {part.first} to {part.last}")
            if one_day and page.count > self.ceiling:
                given = f"PubMed gives no more than {self.ceiling:,} of one day"
                self.too_full.append(f"{part.first} alone has {page.count:,} records, {given}")
                size = page.count
            if size is not None:
                self.sizes.append((part, size))
                return size
            known = page.count
        earlier, later = part.halves()
        size = self._part(earlier, None)
        return size + self._part(later, known - size)

    def _take(self, term: str, page: Page, where: str) -> int | None:
        """Keep the ids of a page and of those after it, going on from what was returned.

        Returns the last promise; None when it turns out that the service gives out fewer than we thought it did, and
        the answer has to be split after all.
        """
        self.ids.update(dict.fromkeys(page.ids))
        start = page.returned
        for _ in range(PAGES):
            if start >= min(page.count, self.ceiling):
                return page.count
            try:
                page = self.ask(term, start, self.ceiling - start)
            except BeyondCeiling:
                self.ceiling = start
                return None
            if not page.returned:
                break
            self.ids.update(dict.fromkeys(page.ids))
            start += page.returned
        self.clipped.append(f"the list of ids{where} ended after {start:,} of {page.count:,}")
        return page.count

    def _cuts(self) -> tuple[str, ...]:
        """The days at which parts begin; neighbours that fit into one are joined."""
        cuts, filled = [], 0
        for part, size in self.sizes:
            if filled and filled + size > self.ceiling * ROOMY:
                cuts.append(part.first.isoformat())
                filled = 0
            filled += size
        return tuple(cuts)


def walk(ask: Ask, text: str, cuts: Sequence[str] = (), ceiling: int = CEILING) -> IdList:
    """All ids of ``text``. Asked once more when the promise moved meanwhile, or when the ids do not agree with it.

    Asked once more as well when nothing is said to match: services have said so of searches with thousands of hits.
    ``cuts`` are those of an earlier walk; what cannot be understood in them is left out, for they only save requests.
    """
    first = _Round(ask, text, ceiling, ceiling)
    found = first.run(cuts)
    whole = not found.shortfall and found.promised_first == len(found.ids) == found.promised_last
    if first.too_full or (whole and found.ids):
        return found
    found = _Round(ask, text, ceiling, first.ceiling).run(found.cuts or cuts)
    low, high = sorted((found.promised_first, found.promised_last))
    promise = f"{found.promised_first:,}" if low == high else f"{found.promised_first:,}, later {found.promised_last:,}"
    if found.shortfall:
        return found
    if not low <= len(found.ids) <= high:
        return replace(found, shortfall=f"PubMed promised {promise} records, and {len(found.ids):,} ids came")
    if low < high:
        return replace(found, notes=(f"the promise moved during the walk: {promise}; {len(found.ids):,} ids came",))
    return found


def _cut_at(cuts: Sequence[str]) -> list[_Part]:
    """The parts that begin at the first day and at each of ``cuts`` (ISO dates)."""
    begins = {FIRST_DAY}
    for cut in cuts:
        with suppress(ValueError):
            begins.add(date.fromisoformat(cut))
    days = sorted(day for day in begins if FIRST_DAY <= day <= LAST_DAY)
    return [_Part(day, later - ONE_DAY) for day, later in pairwise((*days, LAST_DAY + ONE_DAY))]
