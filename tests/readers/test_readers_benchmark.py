"""``python -m benchmarks.readers`` runs, says what it measures, and makes rows of the shape it promises."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from benchmarks.readers import made_rows, main
from tracker.sources.biorxiv.parse import parse

QUERIES = Path(__file__).parents[2] / "queries"


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_line_for_each_step(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--parse", "40", "--stored", "40", "--queries", str(QUERIES)])
    lines = told(capsys)
    assert [line["step"] for line in lines] == ["parse", "shelve", "growth", "match", "match"]
    assert all(line["records"] == 40 for line in lines)
    assert lines[3]["searches"] == 1


def test_rows_of_files_are_repeated_under_other_dois(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, body in (("a.json", lambda said: said), ("b.json.gz", gzip.compress)):
        (tmp_path / name).write_bytes(body(json.dumps({"collection": made_rows(2)}).encode()))
    main(
        [
            str(tmp_path / "a.json"),
            str(tmp_path / "b.json.gz"),
            "--stored",
            "10",
            "--parse",
            "5",
            "--queries",
            str(QUERIES),
        ]
    )
    assert [line["records"] for line in told(capsys)] == [5, 10, 10, 10, 10]


def test_the_rows_made_are_like_real_ones() -> None:
    """Abstracts of 1,900 characters, half of them in sections; always the same."""
    rows = made_rows(40)
    assert rows == made_rows(40)
    records = [parse("medrxiv", json.dumps(row).encode()) for row in rows]
    lengths = [len(record.abstract_text) for record in records]
    assert 1300 < sum(lengths) / len(lengths) < 2300
    assert sum(len(record.abstract) == 4 for record in records) == 20


def test_help_says_what_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "as when its strategy had changed" in capsys.readouterr().out
