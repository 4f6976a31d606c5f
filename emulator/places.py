"""Towns that are on no map, the houses that stand in them, and who pays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from emulator.dice import Dice, table
from emulator.papers import Grant


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


def grant(dice: Dice) -> Grant:
    funder = dice.pick(_funders())
    number = f"DEMO-{dice.number(1, 9999):04}"
    return Grant(number, funder["acronym"], funder["agency"], funder["country"])
