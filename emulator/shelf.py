"""The shelf on which the imagined papers stand, and from which stories about them are told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from emulator.papers import Paper

SETTLED = date(2026, 6, 30)  # what happens to a paper in these three years happens to one created before this day
_STRIDE = 11


class Shelf:
    """Papers by PMID. :meth:`take` hands out drafts so that no two stories are told of one paper."""

    def __init__(self) -> None:
        self.papers: dict[str, Paper] = {}
        self.titles: set[str] = set()  # as printed, to keep them different
        self._drafts: defaultdict[str, list[str]] = defaultdict(list)
        self._turns: dict[str, Iterator[str]] = {}

    def put(self, *papers: Paper) -> None:
        """Adds papers, or replaces those of the same PMID."""
        self.papers.update((paper.pmid, paper) for paper in papers)

    def draft(self, theme: str, paper: Paper) -> None:
        """Adds a paper that stories may be told of: one with an abstract, in a journal, some time ago."""
        self.put(paper)
        if paper.parts and paper.created <= SETTLED and not paper.journal.preprints:
            self._drafts[theme].append(paper.pmid)

    def take(self, theme: str, after: date = date.min) -> Paper:
        """The next paper of the theme created after that day, at intervals: the stories are spread over the years."""
        if theme not in self._turns:
            pmids = self._drafts[theme]
            self._turns[theme] = iter([pmid for first in range(_STRIDE) for pmid in pmids[first::_STRIDE]])
        papers = (self.papers[pmid] for pmid in self._turns[theme])
        return next(paper for paper in papers if paper.created > after)
