"""Every command in docs/reviewers.md runs as it stands, in its order, and its list file is one."""

from __future__ import annotations

import shlex
from pathlib import Path

import openpyxl
import tools
from click.testing import CliRunner
from lab import Lab

from tracker.cli import main
from tracker.formats.csv import read
from tracker.screening.decisions.verdicts import show
from tracker.screening.schedule import due_hand_outs

DOC = Path(__file__).resolve().parents[2] / "docs/reviewers.md"


def blocks() -> list[list[str]]:
    found: list[list[str]] = []
    inside = False
    for line in DOC.read_text(encoding="utf-8").splitlines():
        if line.startswith("```"):
            inside = not inside
            found += [[]] if inside else []
        elif inside:
            found[-1].append(line)
    return found


def prepare(lab: Lab, name: str) -> None:
    """What a person or a tool has made of a list before its decisions are read."""
    root = lab.home.root
    handed = list(read(root / "rayyan.csv")) if (root / "rayyan.csv").exists() else []
    keys = [row["key"] for row in handed]
    if name.startswith("screening-"):
        book = openpyxl.load_workbook(root / "screening.xlsx")
        sheet = book.worksheets[0]
        place = next(cell.column for cell in sheet[1] if cell.value == "decision")
        for line in range(2, sheet.max_row + 1):
            sheet.cell(line, place).value = "include" if line == 2 or "ana" in name else "exclude"
        book.save(root / name)
    elif name == "rayyan-export.zip":
        tools.rayyan_zip(root / name, handed, {keys[0]: {"Ana": "include"}})
    elif name == "asreview-export.csv":
        tools.asreview(root / name, list(read(root / "asreview.csv")), dict.fromkeys(keys, "1"))
    elif name == "covidence-excluded.csv":
        tools.covidence(root / name, handed, {keys[0]: "Wrong outcome"})
    elif name == "eppi-included.ris":
        tools.eppi(root / name, root / "eppi.ris", {keys[1]})
    else:
        assert name == "old-included.csv"
        tools.table(root / name, [{"DOI": "10.5555/p1"}])


def test_every_command_of_the_guide_runs(lab: Lab) -> None:
    lab.papers("loneliness", [1, 2, 3])
    ran = []
    for line in (line for block in blocks() for line in block if line.startswith("tracker")):
        _, verb, *rest = shlex.split(line)
        if verb == "decisions" and rest[0] == "import":
            prepare(lab, rest[1])
        words = [str(lab.home.root / word) if word.partition(".")[2] and "." in word else word for word in rest]
        told = CliRunner().invoke(main, ["--home", str(lab.home.root), verb, *words])
        assert (told.exit_code, told.exception) == (0, None), f"{line}: {told.output}"
        ran.append(line)
        if rest[0] == "screening.xlsx":
            lab.papers("loneliness", [1, 2, 3, 4])  # so that there is something new
        if rest[0] == "screening-3.xlsx":
            lab.mark(1, "retracted")
        if verb == "export" and "--dry-run" not in rest and "--split-by-source" not in rest:
            assert (lab.home.root / rest[0]).exists(), line
    assert len(ran) == len(set(ran)) >= 20
    assert (lab.home.root / "sources-pubmed.ris").exists()
    assert (lab.home.root / "lost.xlsx").read_bytes() == (lab.home.root / "screening.xlsx").read_bytes()
    said = show(lab.home, lab.store, "wellbeing").as_json()["stages"]
    assert said["full-text"]["counts"] == {"include": 1, "exclude": 1}
    assert said["screening"]["agreement"][0]["works"] == 3


def test_the_list_file_of_the_guide_hands_out_on_schedule(lab: Lab) -> None:
    lab.papers("loneliness", [1, 2])
    (text,) = [block for block in blocks() if block[0].startswith("title:")]
    (lab.home.queries / "lists").mkdir()
    (lab.home.queries / "lists/wellbeing.txt").write_text("\n".join(text) + "\n", encoding="utf-8")
    told = due_hand_outs(lab.home, lab.store, "2026-03-02T06:00:00Z")
    assert told.troubles == ()
    assert (lab.home.root / "handed-out/wellbeing_2026-03-02.xlsx").exists()


def test_the_guide_names_every_format_and_tool() -> None:
    from tracker.formats import FORMATS
    from tracker.screening.decisions.verdicts import STAGES

    text = DOC.read_text(encoding="utf-8")
    for entry in FORMATS:
        assert entry.suffix in text
    for stage in STAGES:
        assert f"`{stage}`" in text
