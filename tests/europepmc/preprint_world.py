"""Small fictional preprints for the tests of Europe PMC."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from emulator.europepmc_entry import Entry, core
from emulator.papers import AbstractPart, Person
from tracker.model import Record
from tracker.sources.europepmc.parse import parse

DAY = date(2026, 3, 2)
TWINS = Path(__file__).parent / "twins"
ALL = "SRC:PPR AND (TITLE_ABS:lanterns)"


def preprint(number: int, title: str = "", text: str = "Lanterns were counted.", **more: Any) -> Entry:
    """Preprint PPR99 + four digits, posted so many days into 2026; the abstract says ``text``."""
    plain: dict[str, Any] = {
        "posted": date(2026, 1, 1) + timedelta(days=number % 50),
        "server": "medRxiv (demo)",
        "doi": f"10.5555/demo.preprint.{number}",
        "parts": (AbstractPart(text),) if text else (),
        "authors": (Person("Example", f"Ada {chr(65 + number % 26)}"), Person(f"Other{number}", "Bo")),
    }
    return Entry(f"PPR99{number:04}", title or f"Counting lanterns, part {number}.", **{**plain, **more})


def some(count: int, **more: Any) -> list[Entry]:
    return [preprint(number, **more) for number in range(1, count + 1)]


def read(entry: Entry) -> Record:
    """The record that the product makes of an entry."""
    return parse(json.dumps(core(entry)).encode())
