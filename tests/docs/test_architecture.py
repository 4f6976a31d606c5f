"""docs/architecture.md names what is there: every folder, every function, and nothing that is gone."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
FUNCTIONS = sorted(set(re.findall(r"`(tracker(?:\.\w+)+)`", PAGE + CONTRIBUTING)))
PATHS = sorted(set(re.findall(r"`((?:tracker|emulator|tests|docs)(?:/[\w.-]+)*)`", PAGE + CONTRIBUTING)))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_that_is_named_exists(name: str) -> None:
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            found = getattr(found, part)
        return
    raise AssertionError(name)


@pytest.mark.parametrize("path", PATHS)
def test_every_place_that_is_named_exists(path: str) -> None:
    assert (ROOT / path).exists() or (ROOT / f"{path}.py").exists()


def test_every_room_of_the_program_is_on_the_map() -> None:
    rooms = [p for p in (ROOT / "tracker").iterdir() if (p / "__init__.py").exists() or p.suffix == ".py"]
    missing = [p.name for p in rooms if not p.name.startswith("__") and f"`tracker/{p.name}`" not in PAGE]
    assert missing == []


def test_the_map_stands_in_the_order_that_the_house_test_holds() -> None:
    """A room never stands above one that may use it."""
    order = (ROOT / "tests" / "house" / "test_house.py").read_text(encoding="utf-8")
    (table,) = re.findall(r"^ORDER = \(\n(.*?)^\)", order, re.M | re.S)
    place = {name: number for number, line in enumerate(table.splitlines()) for name in re.findall(r'"(\w+)"', line)}
    rows = re.findall(r"^\| (`.*?) \|", PAGE.partition("## The map")[2].partition("## The way")[0], re.M)
    rooms = [name for row in rows for name in re.findall(r"`(?:tracker/)?(\w+)(?:\.py)?`", row)]
    numbers = [place[name] for name in rooms]
    assert numbers == sorted(numbers), list(zip(rooms, numbers, strict=True))
    assert set(place) == set(rooms) - {"home.py"}


def test_the_glossary_has_one_line_for_each_word() -> None:
    words = re.findall(r"^\| ([a-z ]+) \|", PAGE.partition("## Words")[2], re.M)
    assert len(words) == len(set(words)) >= 20
