"""Every command in docs/strategies.md runs as it stands, in its order."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from tracker.cli import main

ROOT = Path(__file__).resolve().parents[2]
OVID = "1. exp Loneliness/\n2. (lonel* or alone).ti,ab.\n3. 1 or 2\n4. ill*.ti.\n5. 3 and 4\n"


def test_every_command_of_the_guide_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("queries", "metadata.json"):
        origin = ROOT / name
        if origin.is_dir():
            shutil.copytree(origin, tmp_path / name)
        else:
            shutil.copy(origin, tmp_path / name)
    (tmp_path / "ovid.txt").write_text(OVID, encoding="utf-8")
    ran = []
    for line in (ROOT / "docs/strategies.md").read_text(encoding="utf-8").splitlines():
        if not line.startswith("tracker "):
            continue
        command = shlex.split(line.partition("#")[0])
        result = CliRunner().invoke(main, command[1:])
        assert result.exit_code == 0, (line, result.output)
        ran.append(result.output)
    assert len(ran) == 6
    assert "sent as written" in ran[0]
    assert len(ran[1].splitlines()) < len(ran[0].splitlines()) / 5
    assert "#4 by hand" in ran[3]
    again = CliRunner().invoke(main, ["check", "loneliness-ovid"])
    assert again.exit_code == 0, again.output
    assert "has no full counterpart in PubMed" in again.output


def test_errors_stand_beside_their_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "queries", tmp_path / "queries")
    shutil.copy(ROOT / "metadata.json", tmp_path / "metadata.json")
    (tmp_path / "queries/tea.txt").write_text("title: Tea\nsources: pubmed\n---\n(tea[tiab]\n", encoding="utf-8")
    lines = CliRunner().invoke(main, ["check", "-q"]).stdout.splitlines()
    at = lines.index(next(line for line in lines if line.startswith("tea: 1 error")))
    assert "tea.txt:4:1: error:" in lines[at + 1]
    assert any(line.startswith("loneliness-mental-health: ready") for line in lines)


def test_the_text_that_is_sent_stands_on_one_line_ready_to_paste(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "queries/blocks").mkdir(parents=True)
    shutil.copy(ROOT / "metadata.json", tmp_path / "metadata.json")
    (tmp_path / "queries/blocks/leaf.txt").write_text("tea[tiab]\nOR leaf[tiab]", encoding="utf-8")
    strategy = "#2 #1 AND {leaf}\n#1 cup[tiab]"
    (tmp_path / "queries/tea.txt").write_text(f"title: Tea\nsources: pubmed\n---\n{strategy}\n", encoding="utf-8")
    told = CliRunner().invoke(main, ["check"]).stdout.splitlines()
    assert "(cup[tiab]) AND (tea[tiab] OR leaf[tiab])" in [line.strip() for line in told]
