"""Names as sources and files print them, taken apart in one place."""

from __future__ import annotations

import pytest

from tracker.model import Author
from tracker.text.names import is_group, is_nothing, listed, people, person


@pytest.mark.parametrize(
    ("said", "author"),
    [
        ("Doe, Jane B, Jr", Author("Doe", "Jane B", "JB", "Jr")),
        ("Doe, Jr, Jane", Author("Doe", "Jane", "J", "Jr")),
        ("Doe JB Jr", Author("Doe", initials="JB", suffix="Jr")),
        ("Doe J A", Author("Doe", initials="JA")),
        ("Jane B. van Doe III", Author("van Doe", "Jane B.", "JB", "III")),
        ("DOE, JANE", Author("Doe", "Jane", "J")),
        ("Doe, Jane, MD, PhD", Author("Doe", "Jane", "J")),
        ("Jane Doe M.D.", Author("Doe", "Jane", "J")),
        ("Doe MD", Author("Doe", initials="MD")),
        ("Doe IV", Author("Doe", initials="IV")),
        ("Center, David", Author("Center", "David", "D")),
        ("Jane Doe, Jr", Author("Doe", "Jane", "J", "Jr")),
        ("Doe, Jane (57194000001)", Author("Doe", "Jane", "J")),
        ("{Care, and Sea Group}", Author(group="Care, and Sea Group")),
        ("Ministry of Ferries, Department of Tides", Author(group="Ministry of Ferries, Department of Tides")),
    ],
)
def test_names_are_taken_apart(said: str, author: Author) -> None:
    assert person(said) == author


@pytest.mark.parametrize("said", ["", "{}", "NA", "N/A", "[Anonymous]", "no authors listed"])
def test_what_fills_a_place_is_nobody(said: str) -> None:
    assert person(said) is None


def test_people_who_are_not_all_named() -> None:
    assert people(["Doe, Jane", "et al."]) == ((Author("Doe", "Jane", "J"),), False)
    assert people(["Doe, Jane et al", "NA"]) == ((Author("Doe", "Jane", "J"),), False)
    assert people(["{Others}"]) == ((Author(group="Others"),), True)


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Doe, J.; Roe, B.;", ["Doe, J.", "Roe, B."]),
        ("Jane Doe and Bo Roe", ["Jane Doe", "Bo Roe"]),
        ("Doe J., Roe B.", ["Doe J.", "Roe B."]),
        ("Doe, J., Roe, B.", ["Doe, J.", "Roe, B."]),
        ("Jane Doe, Bo Roe, Ann Poe", ["Jane Doe", "Bo Roe", "Ann Poe"]),
        ("Doe Roe, Jane Mary", ["Doe Roe, Jane Mary"]),
        ("Health, Ageing and Sea Group", ["Health, Ageing and Sea Group"]),
    ],
)
def test_names_in_one_cell(cell: str, names: list[str]) -> None:
    assert listed(cell) == names


def test_groups_and_fillers_are_known_by_their_words() -> None:
    assert is_group("The Sea Consortium")
    assert not is_group("Jane Doe")
    assert is_nothing("Anonymous")
    assert not is_nothing("Na")
