"""What docs/operations.md tells people is what the program says and has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tracker.cli import main

ROOT = Path(__file__).parent.parent.parent
TEXT = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
SQLITE = "database or disk is full"
FILES = [path for end in ("*.py", "*.sql") for path in (ROOT / "tracker").rglob(end)]
CODE = "\n".join(path.read_text(encoding="utf-8") for path in FILES) + SQLITE


def test_every_command_and_option_named_there_exists() -> None:
    named = re.findall(r"tracker (?:--home \S+ )?([a-z]+)([^`\n|]*)", TEXT)
    assert {"schedule", "backup", "restore", "verify", "status", "publish", "update", "collect"} <= {
        name for name, _ in named
    }
    for name, rest in named:
        command = main.commands.get(name)
        if command is None:
            continue  # prose: "tracker is writing"
        known = {option for parameter in command.params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", rest.split("#")[0])) <= known, (name, rest)


@pytest.mark.parametrize("table", ["## What an alarm means", "## When something breaks"])
def test_every_line_explained_there_is_one_the_program_says(table: str) -> None:
    part = TEXT[TEXT.index(table) + 3 :].split("\n## ")[0]
    cells = [row.split("|")[1].strip() for row in part.splitlines() if row.startswith("| ")][1:]
    said = re.sub(r"\{[^{}]*\}", "...", re.sub(r'"\s*\n\s*f?"', "", CODE))  # strings that go on in the next line
    assert len(cells) > 7
    for cell in cells:
        for piece in re.split(r"\.\.\.|\(.*?\)|`.*?`|\bn\b|\bm\b|\b3\b|;|BROKEN", cell):
            words = piece.strip(" ,:.")
            assert len(words) < 8 or words in said, words
