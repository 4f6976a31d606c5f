"""The benchmark of issue 7 runs and prints one JSON line each (the figures themselves are no test)."""

from __future__ import annotations

import json

import pytest

from benchmarks import export


@pytest.mark.parametrize("memory", [[], ["--memory"]])
def test_it_prints_a_line_for_each_format_and_for_decisions(
    capsys: pytest.CaptureFixture[str], memory: list[str]
) -> None:
    export.main(["--works", "12", "--rounds", "1", *memory])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line.get("format") for line in lines] == ["csv", "xlsx", "ris", "bibtex", "csl-json", None]
    assert all(("peak_mb" if memory else "seconds") in line for line in lines)
    if not memory:
        assert [line.get("works", line.get("rows")) for line in lines] == [12] * 6


def test_what_is_not_there_is_one_clear_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        export.main(["docx"])
    assert "unknown: docx" in capsys.readouterr().err
