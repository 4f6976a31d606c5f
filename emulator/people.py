"""Seven hundred people who do not exist: the authors. One person has one name, one ORCID and one workplace.

The workplaces stand in towns that are on no map; funders are as invented.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from emulator.dice import Dice, table
from emulator.papers import PaperGrant, Person


@dataclass(frozen=True, slots=True)
class Town:
    name: str
    country: str


@cache
def towns() -> tuple[Town, ...]:
    return tuple(Town(name, country["name"]) for country in table("places")["countries"] for name in country["towns"])


@cache
def _institutions() -> tuple[tuple[str, ...], tuple[str, ...]]:
    said = table("places")["institutions"]
    return tuple(said["departments"]), tuple(said["houses"])


@cache
def _funders() -> tuple[dict[str, str], ...]:
    return tuple(table("places")["funders"])


def affiliation(dice: Dice) -> str:
    """``Department, House, Town, Country.``"""
    departments, houses = _institutions()
    town = dice.pick(towns())
    house = dice.pick(houses).format(town=town.name.removeprefix("the "))
    return f"{dice.pick(departments)}, {house}, {town.name.removeprefix('the ')}, {town.country}."


def grant(dice: Dice) -> PaperGrant:
    funder = dice.pick(_funders())
    number = f"DEMO-{dice.number(1, 9999):04}"
    return PaperGrant(number, funder["acronym"], funder["agency"], funder["country"])


COUNT = 700
_SUFFIXES = ("Jr", "3rd", "Sr")


@cache
def _kinds() -> tuple[tuple[tuple[tuple[str, ...], tuple[str, ...]], ...], tuple[int, ...]]:
    rows = table("people")["kinds"]
    return tuple((tuple(row["family"]), tuple(row["given"])) for row in rows), tuple(row["weight"] for row in rows)


@cache
def _groups() -> tuple[str, ...]:
    return tuple(table("people")["groups"]["names"])


@cache
def person(number: int) -> Person:
    """Person number 0 to COUNT-1."""
    dice = Dice(77_000 + number)
    families, given = dice.weighted(*_kinds())
    family = dice.pick(families)
    places = tuple(affiliation(dice) for _ in range(1 + dice.chance(0.25) + dice.chance(0.06)))
    if dice.chance(0.22):
        places = (f"{places[0]} {_address(family, dice)}", *places[1:])
    return Person(
        family=family,
        given=dice.pick(given),
        suffix=dice.pick(_SUFFIXES) if dice.chance(0.02) else "",
        orcid=_orcid(number, dice) if dice.chance(0.45) else "",
        affiliations=places,
    )


def authors(dice: Dice, count: int) -> tuple[Person, ...]:
    """That many different people, in any order."""
    drawn: list[int] = []
    while len(drawn) < count:
        number = dice.number(0, COUNT - 1)
        if number not in drawn:
            drawn.append(number)
    return tuple(person(number) for number in drawn)


def group(dice: Dice) -> Person:
    town = dice.pick(towns()).name.removeprefix("the ")
    return Person(group=dice.pick(_groups()).format(place=town))


def _address(family: str, dice: Dice) -> str:
    """Addresses that must never come out in public; all at example.org."""
    ascii_only = unicodedata.normalize("NFKD", family).encode("ascii", "ignore").decode().lower()
    address = f"{re.sub('[^a-z]', '', ascii_only) or 'author'}@example.org"
    return dice.pick(["Electronic address: {}.", "{}.", "E-mail: {}", "Electronic address: {}"]).format(address)


def _orcid(number: int, dice: Dice) -> str:
    """A number of the right form, outside the ranges from which ORCIDs are given out, in one of four spellings."""
    digits = f"0000000099{number:05}"
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    joined = digits + ("X" if check == 10 else str(check))
    bare = "-".join(joined[place : place + 4] for place in range(0, 16, 4))
    spellings = (bare, f"https://orcid.org/{bare}", f"http://orcid.org/{bare}", joined)
    return dice.weighted(spellings, (80, 12, 3, 5))
