"""``python -m emulator``: the services in a process of their own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

from emulator.__main__ import main
from emulator.faults import FAULTS


def test_it_prints_the_address_serves_and_ends_with_its_input() -> None:
    command = [sys.executable, "-W", "error", "-m", "emulator", "--articles", "50", "--day", "2025-01-01"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        address = process.stdout.readline().strip()
        with urlopen(f"{address}/esearch.fcgi?{urlencode({'term': 'counted[ti]', 'rettype': 'count'})}") as answer:
            assert b"<Count>50</Count>" in answer.read()
        out, err = process.communicate("", timeout=20)
    assert (process.returncode, out, err) == (0, "", "")


def test_every_fault_is_listed_with_what_it_does() -> None:
    result = CliRunner().invoke(main, ["--list-faults"])
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.output.splitlines()] == list(FAULTS)


@pytest.mark.parametrize("fault", ["reset", "x:reset", "1:reste"])
def test_a_script_that_cannot_be_played_is_a_usage_error(fault: str) -> None:
    result = CliRunner().invoke(main, ["--fault", fault])
    assert result.exit_code == 2
    assert "is not NUMBER:NAME" in result.output


def test_options_reach_the_service_and_recorded_files_can_be_served(tmp_path: Path) -> None:
    path = tmp_path / "none.xml"
    path.write_bytes(b"<PubmedArticleSet></PubmedArticleSet>")
    result = CliRunner().invoke(main, ["--recorded", str(path), "--fault", "1:reset", "--ceiling", "5"], input="")
    assert result.exit_code == 0
    assert result.output.startswith("http://127.0.0.1:")
