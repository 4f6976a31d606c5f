"""One number for all spellings of one journal, so that a filter by journal finds all of its papers."""

from __future__ import annotations

from tracker.model import Record


class Journals:
    """Numbers journals as they come; spellings are one journal if NLM id, linking ISSN or name are the same."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], int] = {}
        self.names: dict[int, str] = {0: ""}
        self.works: dict[int, int] = {0: 0}

    def number(self, record: Record) -> int:
        """The journal of a work, counted; 0 where none is named."""
        number = self._number(record)
        self.works[number] += 1
        return number

    def _number(self, record: Record) -> int:
        if not record.journal:
            return 0
        said = {"name": " ".join(record.journal.casefold().split()), "nlm": record.nlm_id, "issn": record.issn_linking}
        marks = [(sort, value) for sort, value in said.items() if value]
        number = next((self._known[mark] for mark in marks if mark in self._known), len(self.names))
        self.names.setdefault(number, record.journal)
        self.works.setdefault(number, 0)
        for mark in marks:
            self._known.setdefault(mark, number)
        return number
