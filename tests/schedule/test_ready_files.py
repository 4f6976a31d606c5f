"""A schedule that tells the truth: the files it prints are accepted by those who read them, and their steps work."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from tracker.cli import main
from tracker.demo.service import PubMedService
from tracker.demo.synthetic import synthetic
from tracker.errors import UsageError
from tracker.schedule import ready_file

posix = pytest.mark.skipif(os.name != "posix", reason="cron, systemd and the workflow's shell are POSIX")


def home(folder: Path) -> Path:
    (folder / "queries").mkdir(parents=True)
    (folder / "queries" / "one.txt").write_text(
        "title: One\nsources: pubmed\n---\nloneliness[tiab]\n", encoding="utf-8"
    )
    return folder


def printed(kind: str, folder: Path) -> str:
    told = CliRunner().invoke(main, ["--home", str(folder), "schedule", kind])
    assert told.exit_code == 0, told.output
    assert "$HOME_FOLDER" not in told.stdout
    return told.stdout


@posix
@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_the_units_pass_systemds_own_check(tmp_path: Path) -> None:
    text = printed("systemd", home(tmp_path / "home"))
    parts = re.split(r"^# --- (\S+)\n", text, flags=re.MULTILINE)[1:]
    units = dict(zip(parts[::2], parts[1::2], strict=True))
    assert set(units) == {"evidence-tracker.service", "evidence-tracker.timer"}
    for name, unit in units.items():
        (tmp_path / name).write_text(unit, encoding="utf-8")
    checked = subprocess.run(
        ["systemd-analyze", "verify", *(str(tmp_path / name) for name in units)], capture_output=True, text=True
    )
    said = [line for line in checked.stderr.splitlines() if "evidence-tracker" in line]
    assert said == []


@posix
def test_the_cron_line_names_home_and_command_and_its_command_is_good_shell(tmp_path: Path) -> None:
    (line,) = [row for row in printed("cron", home(tmp_path / "home")).splitlines() if not row.startswith("#")]
    times, command = line.split(" ", 5)[:5], line.split(" ", 5)[5]
    assert times == ["17", "5", "*", "*", "*"]
    assert str(tmp_path / "home") in command
    assert subprocess.run(["sh", "-n", "-c", command], check=False).returncode == 0


def test_a_home_that_a_unit_cannot_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        ready_file("systemd", tmp_path / "my home", "tracker", "me")
    with pytest.raises(UsageError):
        ready_file("cron", tmp_path / "100%", "tracker", "me")


GH = """#!/bin/sh
# A stand-in for gh: releases are folders, assets are files.
case "$1 $2" in
  "release view") test -d "$GH_STORE" ;;
  "release create") mkdir -p "$GH_STORE" ;;
  "release download") cp "$GH_STORE"/tracker-backup.db.gz . ;;
  "release upload") cp "$4" "$GH_STORE"/ ;;
  "workflow enable") echo enabled >> "$GH_STORE/enabled" ;;
  *) echo "unknown: $*" >&2; exit 1 ;;
esac
"""


def steps(workflow: str) -> dict[str, str]:
    """The shell text of each named step but the installation."""
    found = {}
    for block in re.split(r"^      - ", workflow, flags=re.MULTILINE)[1:]:
        name = re.match(r"name: (.*)\n", block)
        run = re.search(r"^        run: (?:\|\n((?:          .*\n)+)|(.*)\n)", block, flags=re.MULTILINE)
        if name and run and name[1] != "Install":
            text = run[1] or run[2]
            found[name[1]] = re.sub(r"^ {10}", "", text, flags=re.MULTILINE)
    return found


@posix
def test_the_steps_of_the_workflow_keep_the_database_from_run_to_run(tmp_path: Path) -> None:
    tools, store = tmp_path / "tools", tmp_path / "assets"
    tools.mkdir()
    (tools / "gh").write_text(GH, encoding="utf-8")
    (tools / "tracker").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tracker "$@"\n', encoding="utf-8")
    for tool in tools.iterdir():
        tool.chmod(0o755)
    workflow = steps(printed("github", home(tmp_path / "first")))
    assert list(workflow) == [
        "Fetch the database",
        "Update",
        "Keep the database",
        "Keep the schedule alive",
        "Say how it went",
    ]
    script = "set -e\n" + "\n".join(workflow.values()).replace('echo "code=$code" >> "$GITHUB_ENV"', "true")
    with PubMedService(synthetic(30), date(2026, 11, 20)) as service:
        environment = {
            **os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "GH_STORE": str(store),
            "TRACKER_PUBMED_URL": service.url, "TRACKER_PACE": "0", "GITHUB_ENV": os.devnull,
        }  # fmt: skip
        for folder in (tmp_path / "first", home(tmp_path / "second")):
            ran = subprocess.run(["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True)
            assert ran.returncode == 0, ran.stdout + ran.stderr
    db = sqlite3.connect(tmp_path / "second" / "db" / "tracker.db")
    assert db.execute("select count(*) from run").fetchone() == (2,)  # the second run went on with the first one's
    db.close()
    assert (store / "enabled").read_text(encoding="utf-8").count("enabled") == 2
