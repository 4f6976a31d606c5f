"""Cohen's kappa against worked examples and its own laws."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.screening.decisions.verdicts import Agreement, agreement, agreements

VALUES = ("include", "exclude", "maybe")


def test_the_textbook_example() -> None:
    """Fifty proposals, 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: kappa 0.40."""
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    assert agreement(pairs) == pytest.approx(0.4)


@given(st.lists(st.tuples(st.sampled_from(VALUES), st.sampled_from(VALUES)), max_size=30))
def test_kappa_lies_between_minus_one_and_one_and_does_not_depend_on_who_is_first(pairs: list[tuple[str, str]]) -> None:
    kappa = agreement(pairs)
    swapped = agreement([(other, one) for one, other in pairs])
    if kappa is None:
        assert swapped is None
        assert len({value for pair in pairs for value in pair}) < 2
    else:
        assert -1 <= kappa <= 1
        assert kappa == pytest.approx(swapped)
        assert (kappa == 1) == all(one == other for one, other in pairs)


def test_only_works_of_both_count_and_each_two_are_compared() -> None:
    found = agreements(
        {"B": {"1": "include", "2": "exclude"}, "A": {"1": "include", "3": "maybe"}, "C": {"9": "maybe"}}
    )
    assert found == [Agreement("A", "B", 1, 1, None)]
    assert str(found[0]) == "A and B: 1 of 1 (100 %), kappa not defined"
