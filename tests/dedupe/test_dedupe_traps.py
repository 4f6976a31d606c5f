"""The trap cases: what is one publication, what is one work, what is linked, and what must stay apart."""

from __future__ import annotations

import pytest
from shelf import Shelf
from trap_cases import CASES

from tracker.dedupe.paper import from_row
from tracker.dedupe.rules import verdict

EMPTY = dict.fromkeys(
    ("source", "title", "authors", "year", "journal", "volume", "issue", "pages", "doi", "pmid", "abstract"), ""
)


@pytest.mark.parametrize(("name", "want", "base", "first", "second"), CASES, ids=[case[0] for case in CASES])
@pytest.mark.parametrize("turned", [False, True], ids=["first first", "second first"])
def test_trap(name, want, base, first, second, turned):
    """Each case alone in a database, in both orders, through candidates, rules and clusters."""
    rows = [{**EMPTY, **base, **first}, {**EMPTY, **base, **second}]
    shelf = Shelf()
    shelf.add([from_row(number, row) for number, row in enumerate(reversed(rows) if turned else rows)])
    settled = shelf.settle()
    one = settled.publication[0] == settled.publication[1]
    work = settled.work[0] == settled.work[1]
    related = any(held.kind == "related" for held in shelf.machine.values())
    said = verdict(shelf.papers[0], shelf.papers[1])
    got = "same" if one else "version" if work else "related" if related else "apart"
    assert got == want or (want == "apart" and got == "related"), said


def test_more_cases_are_to_stay_apart_than_to_be_merged():
    """Merging two papers is the worse error: the table leans to the side of it."""
    wants = [case[1] for case in CASES]
    assert len(CASES) >= 80
    assert wants.count("apart") > wants.count("same")
    assert len({case[0] for case in CASES}) == len(CASES)
