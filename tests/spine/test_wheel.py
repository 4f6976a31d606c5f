"""The wheel carries everything: installed elsewhere, the demo runs in an empty folder."""

from __future__ import annotations

import csv
import os
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the built wheel unpacked into it, apart from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = folder.glob("evidence_tracker-*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "site")
    return folder / "site"


@pytest.mark.parametrize("days", ["1", pytest.param("7", marks=pytest.mark.soak)])
def test_the_demo_runs_from_the_wheel_in_an_empty_folder(installed: Path, tmp_path: Path, days: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"}
    where = subprocess.run(
        [sys.executable, "-c", "import tracker; print(tracker.__file__)"],
        cwd=tmp_path, env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert where.stdout.startswith(str(installed))
    told = subprocess.run(
        [sys.executable, "-m", "tracker", "demo", "--no-serve", "--days", days],
        cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    assert "Where to look" in told.stdout
    public = sqlite3.connect(tmp_path / ".demo" / "db" / "public" / "public.db")
    assert public.execute("select count(*) from works").fetchone()[0] > 1500
    public.close()
    with (tmp_path / ".demo" / "screening-first.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file))) > 500


def test_the_wheel_names_its_licence_and_its_one_command(installed: Path) -> None:
    (info,) = installed.glob("evidence_tracker-*.dist-info")
    assert "tracker = tracker.cli:main" in (info / "entry_points.txt").read_text(encoding="utf-8")
    assert "License-Expression: MIT" in (info / "METADATA").read_text(encoding="utf-8")
    assert (info / "licenses" / "LICENSE").exists()
