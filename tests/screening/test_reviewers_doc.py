"""Every command in docs/reviewers.md runs as it stands."""

from __future__ import annotations

import shlex
from pathlib import Path

from click.testing import CliRunner
from lab import Lab

from tracker.cli import main

DOC = Path(__file__).resolve().parents[2] / "docs/reviewers.md"


def commands() -> list[list[str]]:
    lines, inside = [], False
    for line in DOC.read_text(encoding="utf-8").splitlines():
        if line.startswith("```"):
            inside = not inside
        elif inside:
            lines.append(shlex.split(line))
    return lines


def test_every_command_of_the_guide_runs(lab: Lab) -> None:
    lab.papers("loneliness", [1, 2, 3])
    found = commands()
    assert len(found) == 6
    for name, verb, out, *options in found:
        assert (name, verb) == ("tracker", "export")
        where = lab.home.root / out
        told = CliRunner().invoke(main, ["--home", str(lab.home.root), verb, str(where), *options])
        assert (told.exit_code, told.exception) == (0, None), told.output
        if out == "screening.csv":
            lab.papers("loneliness", [4])  # so that there is something new
        if "--dry-run" not in options:
            assert where.exists() == ("nothing new" not in told.output)
    assert (lab.home.root / "lost.csv").read_bytes() == (lab.home.root / "screening.csv").read_bytes()
    assert len(lab.read("asreview.csv")) == 4
