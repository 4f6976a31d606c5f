"""``python -m benchmarks.parse`` runs, says what it measures, and makes records of the size it promises."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from benchmarks.parse import made_answers, main
from tracker.sources.pubmed.answers import split
from tracker.sources.pubmed.parse import parse


def test_one_line_for_each_reader(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--records", "3", "--rounds", "1"])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["parser"] for line in lines} >= {"tracker", "ElementTree"}
    assert all(line["records"] == 3 and line["records_per_second"] > 0 and line["peak_mb"] > 0 for line in lines)


def test_files_are_read_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "answer.xml.gz"
    path.write_bytes(gzip.compress(made_answers(2)[0]))
    main([str(path), "--rounds", "1"])
    assert json.loads(capsys.readouterr().out.splitlines()[0])["records"] == 2


def test_the_records_made_are_like_real_ones() -> None:
    """28 kB each, three quarters of them references; always the same; nothing of them is lost on the way."""
    body = made_answers(20)[0]
    assert body == made_answers(20)[0]
    raws = split(body)
    assert 27_000 < len(body) / len(raws) < 29_500
    assert 0.65 < 1 - sum(len(raw.body) for raw in raws) / len(body) < 0.8
    record = parse(raws[0].body)
    counts = (len(record.abstract), len(record.authors), len(record.mesh), record.pages)
    assert counts == (4, 7, 8, "737-748")


def test_help_says_what_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "Entrez.read of Biopython" in capsys.readouterr().out
