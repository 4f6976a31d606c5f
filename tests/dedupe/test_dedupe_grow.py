"""The benchmark itself: invented sets, counting, and the large mixed set."""

from __future__ import annotations

import csv
import json

from trap_cases import CASES

from benchmarks.dedup import main
from benchmarks.grow import grow
from benchmarks.scoring import Clusters, Labels, close, pieces, score


def _rows():
    rows = []
    for number, (_, _, base, first, second) in enumerate(CASES):
        for half in (first, second):
            rows.append(
                {
                    "source": f"case {number}",
                    "title": "",
                    "authors": "",
                    "year": "",
                    "journal": "",
                    "volume": "",
                    "issue": "",
                    "pages": "",
                    "doi": "",
                    "pmid": "",
                    "pmcid": "",
                    "abstract": "",
                    **base,
                    **half,
                }
            )
    return rows


def test_grown_sets_are_labelled_repeatable_and_new():
    """The same seed gives the same records, copies bear the label of the first, and no title is one of the source."""
    rows = _rows()
    made = grow(rows, 400)
    assert made == grow(rows, 400)
    assert len(made) == 400
    assert len({row["record_id"] for row in made}) == 400
    assert 200 < len({row["group_id"] for row in made}) < 400


def test_errors_are_counted_as_the_labels_say():
    """Lost: groups too many in a cluster; missed: pieces too many of a group; doubtful pairs count neither way."""
    gold = Labels(["a1", "a1", "a2", "b1", "b1", "c1"], list("aaabbc"))
    ours = Clusters([0, 0, 0, 3, 4, 5], [0, 0, 0, 3, 4, 5], [])
    found = score(ours, gold, set())
    assert (found["lost"], found["missed"]) == (1, 1)
    assert (found["pair_precision"], found["pair_recall"]) == (0.3333, 0.5)
    lenient = score(ours, gold, {(3, 4), (0, 2)})
    assert (lenient["lost"], lenient["missed"]) == (0, 0)
    assert pieces([1, 1, 2], ["x", "y", "z"]) == 1
    assert close([1, 1, 2, 3], [(0, 2)]) == [1, 1, 1, 3]


def test_the_command_prints_one_line_a_file(tmp_path, capsys):
    """Cases alone, and a grown set with the time for 500 more; links counted by work."""
    path = tmp_path / "own.csv"
    rows = [
        {"record_id": f"r{number}", **row, "group_id": f"g{number}", "work_id": f"g{number}"}
        for number, row in enumerate(_rows())
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    with (tmp_path / "own.cases.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("case", "verdict", "name", "record_ids"))
        writer.writerow(("case 0", "D", "one", "r0;r1"))
        writer.writerow(("case 1", "L", "no link", "r2;r3"))
        writer.writerow(("case 2", "X2", "ends", "r0;r2;r5"))
    assert main([str(path), "--case-column", "source", "--grow", "300"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["file"] for line in lines] == ["own.csv", "grown to 300"]
    assert (lines[0]["cases_D"], lines[0]["cases_L"], lines[0]["cases_X"]) == ("1 of 1", "0 of 1", "1 of 1")
    assert lines[1]["lost"] == 0
    assert lines[1]["records"] == 300
    assert "add_500_seconds" in lines[1]
