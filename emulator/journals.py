"""Journals that do not exist, and what they say about who may copy their abstracts."""

from __future__ import annotations

from functools import cache

from emulator.dice import Dice, table
from emulator.papers import Journal

_WORDS = {"BY": "Attribution", "NC": "NonCommercial", "ND": "NoDerivatives", "SA": "ShareAlike"}


@cache
def journals() -> tuple[Journal, ...]:
    """All of them, in the order of the table; ISSNs and NLM ids are numbered, and never given out by anybody."""
    return tuple(
        Journal(
            **row,
            nlm=f"99{number:05}",
            issn=_issn(9999_000 + 2 * number),
            issn_linking=_issn(9999_000 + 2 * number - number % 2),
        )
        for number, row in enumerate(table("journals")["journals"], start=1)
    )


@cache
def by_abbrev() -> dict[str, Journal]:
    return {journal.abbrev: journal for journal in journals()}


def in_language(code: str) -> Journal:
    return next(journal for journal in journals() if journal.lang == code)


@cache
def preprint_servers() -> tuple[Journal, ...]:
    return tuple(journal for journal in journals() if journal.preprints)


@cache
def general() -> tuple[tuple[Journal, ...], tuple[int, ...]]:
    """The journals in English and how often each is drawn."""
    drawn = [journal for journal in journals() if journal.weight]
    return tuple(drawn), tuple(journal.weight for journal in drawn)


@cache
def _texts(kind: str) -> tuple[str, ...]:
    return tuple(table("journals")[kind]["texts"])


def rights(journal: Journal, year: int, dice: Dice) -> str:
    """The copyright line of one of its papers; empty where the journal says nothing."""
    if journal.access == "silent":
        return ""
    if journal.access == "closed":
        return dice.pick(_texts("closed")).format(year=year)
    if journal.access.startswith("CC0"):
        return (
            f"{year}, nobody at all. Dedicated to the public domain under CC0 1.0 "
            "(https://creativecommons.org/publicdomain/zero/1.0/)."
        )
    _, parts, version = journal.access.split(" ")
    words = "-".join(_WORDS[part] for part in parts.split("-"))
    return dice.pick(_texts("open")).format(
        year=year,
        code=journal.access,
        url=f"https://creativecommons.org/licenses/{parts.lower()}/{version}/",
        words=words,
        version=version,
        hyphened=f"CC-{parts} {version}",
    )


def _issn(number: int) -> str:
    """Seven digits and the check digit of ISO 3297."""
    digits = f"{number:07}"
    rest = -sum(int(digit) * weight for digit, weight in zip(digits, range(8, 1, -1), strict=True)) % 11
    return f"{digits[:4]}-{digits[4:]}{'X' if rest == 10 else rest}"
