"""Any file of decisions: which tool it is from, no text that breaks the reading, the commands and their exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import tools
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lab import Lab

from tracker.cli import main
from tracker.errors import UsageError
from tracker.screening.decisions.rayyan import NotUnderstood, notes_of
from tracker.screening.decisions.rows import KEY, VALUES, sheet
from tracker.screening.decisions.tools import guess

quick = settings(max_examples=100, deadline=None)
PIECES = ["RAYYAN-INCLUSION: ", "RAYYAN-LABELS: ", "RAYYAN-EXCLUSION-REASONS: ", "USER-NOTES: ", " | ", "{", "}", "[",
          "]", '"', "\\", "=>", ",", "Included", "true", "nil", "x", "\n", "\ud800"]  # fmt: skip
texts = st.one_of(st.text(st.characters(), max_size=20), st.lists(st.sampled_from(PIECES), max_size=12).map("".join))


@given(texts)
@example('RAYYAN-INCLUSION: {"A"=>"Included"')
@quick
def test_any_notes_are_understood_or_refused(text: str) -> None:
    try:
        found = notes_of(text)
    except NotUnderstood:
        return
    assert set(found.values.values()) <= {"include", "exclude", "maybe", "undecided"}


NAMES = st.text(st.characters(), min_size=1, max_size=10)


@given(st.dictionaries(NAMES, st.sampled_from(["Included", "Excluded", "Maybe"]), min_size=1, max_size=3))
@quick
def test_names_with_anything_in_them_come_back(people: dict[str, str]) -> None:
    said = ", ".join(
        '"' + name.replace("\\", "\\\\").replace('"', '\\"') + f'"=>"{value}"' for name, value in people.items()
    )
    assert set(notes_of(f"ours | RAYYAN-INCLUSION: {{{said}}} | RAYYAN-LABELS: a, b").values) == set(people)


COLUMNS = [
    "key",
    "Title",
    "year",
    "authors",
    "doi",
    "pmid",
    "notes",
    "url",
    "decision",
    "reason",
    "reviewer",
    "comment",
]


@given(st.lists(st.dictionaries(st.sampled_from(COLUMNS), texts, max_size=8), max_size=4))
@quick
def test_any_cells_give_one_row_each_and_no_decision_that_was_not_said(rows: list[dict[str, str]]) -> None:
    found = list(sheet(rows, ""))
    assert [one.position for one in found] == list(range(1, len(rows) + 1))
    for row, one in zip(rows, found, strict=True):
        word = row.get("decision", "").strip()
        assert bool(one.said or one.trouble) == bool(word)
        assert all(said.value in VALUES.values() for said in one.said)
        assert all(KEY.fullmatch(key) for key in one.ids)
        assert not any("@" in text for said in one.said for text in (said.note, *said.reasons))


def guessed(folder: Path, name: str, rows: list[dict[str, str]], value: str = "") -> str:
    return guess(tools.table(folder / name, rows), value)


def test_whose_file_it_is(tmp_path: Path) -> None:
    assert guessed(tmp_path, "a.csv", [{"asreview_label": "1", "decision": ""}]) == "asreview"
    assert guessed(tmp_path, "a.tsv", [{"Covidence #": "#1"}]) == "covidence"
    assert guessed(tmp_path, "a.csv", [{"article_id": "1", "key": "k", "value": "1"}]) == "rayyan-log"
    assert guessed(tmp_path, "a.csv", [{"key": "rayyan-1", "notes": "x"}]) == "rayyan"
    late = [{"key": "a", "notes": ""}] * 60 + [{"key": "b", "notes": "RAYYAN-INCLUSION: {}"}]
    assert guessed(tmp_path, "a.csv", late) == "spreadsheet"
    assert guessed(tmp_path, "a.csv", [{"doi": "x"}], "include") == "list"
    assert guessed(tmp_path, "a.csv", [{"included": "1"}], "include") == "spreadsheet"
    assert guess(tmp_path / "never-opened.zip", "") == "rayyan"


def test_whose_ris_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.ris"
    for line, tool in (("N1  - ASReview_not_seen", "asreview"), ("N1  - x | RAYYAN-LABELS: a", "rayyan"),
                       ("KW  - eppi-reviewer4", "eppi"), ("U2  - x", "eppi")):  # fmt: skip
        path.write_text(f"TY  - JOUR\n{line}\nER  - \n", encoding="utf-8")
        assert guess(path, "") == tool
        (tmp_path / "a.txt").write_bytes(path.read_bytes())
        assert guess(tmp_path / "a.txt", "") == tool
    path.write_text("TY  - JOUR\nTI  - x\nER  - \n" * 60 + "TY  - JOUR\nU2  - late\nER  - \n", encoding="utf-8")
    assert guess(path, "include") == "list"
    with pytest.raises(UsageError, match="holds no decisions"):
        guess(path, "")


def test_the_commands_and_their_exit_codes(lab: Lab) -> None:
    """0 all joined, 1 rows set aside (a line for each, the rest kept), 2 wrong file."""
    lab.papers("one", [1, 2])
    lab.export("list.csv", searches=["one"])
    home = ["--home", str(lab.home.root)]
    rows = [{**row, "decision": "include", "reviewer": "Ana"} for row in lab.read()]
    good = tools.table(lab.home.root / "good.csv", rows)
    told = CliRunner().invoke(main, [*home, "decisions", "import", str(good), "--list", "mine", "--json"])
    assert told.exit_code == 0
    assert json.loads(told.stdout)["matched"] == {"id": 2}
    lost = {**rows[0], **dict.fromkeys(("key", "notes", "doi", "url"), ""), "pubmed_id": "1", "title": "Other"}
    bad = tools.table(lab.home.root / "bad.csv", [*rows, lost])
    told = CliRunner().invoke(main, [*home, "decisions", "import", str(bad), "--list", "mine"])
    assert told.exit_code == 1
    assert told.stdout.startswith("bad.csv (spreadsheet), stage screening of the list mine: 3 rows, 2 new decisions")
    assert told.stderr == "row 3 'Other': unmatched: not in this list (PMID 1)\n"
    told = CliRunner().invoke(main, [*home, "decisions", "import", str(bad), "--list", "nobody"])
    assert (told.exit_code, "there is no list 'nobody'" in told.stderr) == (2, True)
    told = CliRunner().invoke(main, [*home, "decisions", "show", "--list", "mine", "--json"])
    assert json.loads(told.stdout)["stages"]["screening"]["counts"] == {"include": 2}
    told = CliRunner().invoke(main, [*home, "decisions", "show", "--list", "mine"])
    assert "list mine: 2 works handed out" in told.stdout
    for option in (["--changed"], ["--sample", "1"], ["--split-by-source"], ["--seed", "1"]):
        told = CliRunner().invoke(main, [*home, "export", str(lab.home.root / "x.csv"), "--repeat", "E0001", *option])
        assert told.exit_code == 2
