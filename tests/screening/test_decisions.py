"""Full circle: a list out, a tool's export back, every decision joined to its paper, none guessed, none twice."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import tools
from lab import Lab

from tracker.errors import UsageError
from tracker.formats import csv
from tracker.formats.csv import read
from tracker.screening.decisions import rayyan
from tracker.screening.decisions.importing import import_file
from tracker.screening.decisions.report import DecisionReport
from tracker.screening.decisions.verdicts import show
from tracker.store import decisions as stored
from tracker.store import lists

SAMPLES = Path(__file__).resolve().parents[2] / "../shared/samples/formats"
KEYS = [f"LSI-{n:06}" for n in range(1, 7)]


@pytest.fixture
def handed(lab: Lab) -> list[dict[str, str]]:
    """Six papers that were handed out."""
    lab.papers("one", [1, 2, 3, 4, 5, 6])
    lab.export("list.csv", searches=["one"])
    return list(read(lab.home.root / "list.csv"))


def bring(lab: Lab, path: Path, **options: Any) -> DecisionReport:
    lab.day += 1
    return import_file(lab.home, lab.store, path, name="mine", now=lab.now, **options)


def values(lab: Lab, stage: str = "screening") -> dict[str, str]:
    said = show(lab.home, lab.store, "mine").as_json()["stages"].get(stage, {"works": []})
    return {one["work"]: one["value"] for one in said["works"]}


def decisions(lab: Lab, work: str, stage: str = "screening") -> dict[str, dict[str, Any]]:
    said = show(lab.home, lab.store, "mine").as_json()["stages"][stage]["works"]
    return {one["reviewer"]: one for item in said if item["work"] == work for one in item["decisions"]}


def troubles(report: DecisionReport) -> list[tuple[int, str]]:
    return [(row.position, row.kind) for row in report.troubles]


# --- spreadsheets


def test_screeners_side_by_side_are_two_decisions(lab: Lab, handed: list[dict[str, str]]) -> None:
    path = lab.home.root / "two.csv"
    path.write_text(f"key,decision,reviewer,decision,reviewer\n{KEYS[0]},include,Anna,exclude,Bo\n", encoding="utf-8")
    report = bring(lab, path)
    assert (report.stored, values(lab)) == (2, {KEYS[0]: "conflict"})


def test_columns_that_are_ticked_are_decisions(lab: Lab, handed: list[dict[str, str]]) -> None:
    path = lab.home.root / "ticks.csv"
    ticks = ["x,,", ",1,", ",,yes", ",,", "x,x,", "0,no,X"]
    lines = [f"{key},{tick}" for key, tick in zip(KEYS, ticks, strict=False)]
    path.write_text("\n".join(["key,include,exclude,maybe", *lines, ""]), encoding="utf-8")
    report = bring(lab, path)
    right = {KEYS[0]: "include", KEYS[1]: "exclude", KEYS[2]: "maybe", KEYS[5]: "maybe"}
    assert {key: value for key, value in values(lab).items() if value} == right
    assert troubles(report) == [(5, "not understood")]


def test_spreadsheet_decisions_come_back_in_any_spelling(lab: Lab, handed: list[dict[str, str]]) -> None:
    words = ["Include", "EXCLUDED", " maybe ", "1", "no", ""]
    own = {"reviewer": "Ana", "comment": "ask ana@example.org"}
    why = {"no": "wrong population; Wrong design"}
    rows = [
        {**row, **own, "decision": word, "reason": why.get(word, "")} for row, word in zip(handed, words, strict=True)
    ]
    report = bring(lab, tools.table(lab.home.root / "back.csv", rows, "utf-8-sig"))
    assert (report.tool, report.rows, report.stored, report.empty, report.troubles) == ("spreadsheet", 6, 5, 1, ())
    assert report.matched == {"id": 6}
    assert values(lab) == dict(zip(KEYS, ["include", "exclude", "maybe", "include", "exclude"], strict=False))
    last = decisions(lab, KEYS[4])["R1"]
    assert last["reasons"] == ("wrong population", "Wrong design")
    assert last["note"] == "ask"
    assert "R1 = Ana" in str(report)


def test_the_workbook_comes_back_as_people_save_it(lab: Lab, handed: list[dict[str, str]]) -> None:
    path = lab.home.root / "list.xlsx"
    lab.export("list.xlsx", mode="all")
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    names = {cell.value: cell.column for cell in sheet[1]}
    for line, value in enumerate(["include", 0, True, "Maybe"], start=2):
        sheet.cell(line, names["decision"]).value = value
    book.save(path)
    assert bring(lab, path).stored == 4
    assert values(lab) == dict(zip(KEYS, ["include", "exclude", "include", "maybe"], strict=False))


def test_no_name_and_no_address_is_stored_anywhere(lab: Lab, handed: list[dict[str, str]]) -> None:
    rows = [{**row, "decision": "include", "reviewer": "Ana Sekret", "comment": "to bob@example.org"} for row in handed]
    log = [tools.event(n, "included", "1", "ana@example.org", "10:00") for n in (1, 2)]
    bring(lab, tools.table(lab.home.root / "back.csv", rows))
    bring(lab, tools.rayyan_zip(lab.home.root / "r.zip", handed, {k: {"Ana Sekret": "include"} for k in KEYS[:2]}, log))
    dump = "\n".join(lab.store.db.iterdump())
    for secret in ("Sekret", "sekret", "ana@", "bob@", "@example.org"):
        assert secret not in dump
    assert [one[0] for one in lab.store.db.execute("select label from reviewer")] == ["R1"]


def test_names_are_kept_if_that_is_asked_for_addresses_never(lab: Lab, handed: list[dict[str, str]]) -> None:
    names = ["Ana", "ben@example.org", "", "Ana", "Ana", "Ana"]
    rows = [{**row, "decision": "include", "reviewer": name} for row, name in zip(handed, names, strict=True)]
    report = bring(lab, tools.table(lab.home.root / "back.csv", rows), keep_names=True)
    assert report.reviewers == ("Ana", "R1", "unnamed")
    with pytest.raises(UsageError, match="not an e-mail address"):
        bring(lab, lab.home.root / "back.csv", reviewer="a@b.c")


def test_the_same_file_twice_adds_nothing(lab: Lab, handed: list[dict[str, str]]) -> None:
    rows = [{**row, "decision": "include", "reviewer": "Ana"} for row in handed]
    path = tools.table(lab.home.root / "back.csv", rows)
    bring(lab, path)
    before = "\n".join(lab.store.db.iterdump()).replace(lab.now, "")
    again = bring(lab, path)
    assert (again.stored, again.known) == (0, 6)
    assert "6 decisions known from the same file: nothing added" in str(again)
    assert lab.store.db.execute("select count(*) from decision").fetchone()[0] == 6
    assert lab.store.db.execute("select count(*) from decision_import").fetchone()[0] == 1
    assert before.count("INSERT") == "\n".join(lab.store.db.iterdump()).count("INSERT")


def test_two_files_of_two_people_and_how_far_they_agree(lab: Lab, handed: list[dict[str, str]]) -> None:
    for name, words in (("Ana", "iiieee"), ("Ben", "iieeei")):
        rows = [
            {**row, "decision": {"i": "include", "e": "exclude"}[word]} for row, word in zip(handed, words, strict=True)
        ]
        report = bring(lab, tools.table(lab.home.root / f"{name}.csv", rows), reviewer=name)
    assert report.agreement == ("R1 and R2: 4 of 6 (67 %), kappa 0.33",)
    assert report.conflicts == ("LSI-000003: R1 include, R2 exclude", "LSI-000006: R1 exclude, R2 include")
    said = show(lab.home, lab.store, "mine")
    assert said.as_json()["included"] == {KEYS[0]: 1, KEYS[1]: 1, KEYS[3]: 0, KEYS[4]: 0}
    assert "stage screening: 2 include, 2 exclude, 2 conflict" in said.as_text()
    lab.export("all.csv", mode="all")
    assert [row["included"] for row in lab.read("all.csv")] == ["1", "1", "", "0", "0", ""]
    assert {row["decision"] for row in lab.read("all.csv")} == {""}


def test_a_later_file_is_the_latest_word_and_the_earlier_one_stays(lab: Lab, handed: list[dict[str, str]]) -> None:
    for word in ("exclude", "include"):
        rows = [{**row, "decision": word, "reviewer": "Ana"} for row in handed]
        report = bring(lab, tools.table(lab.home.root / f"{word}.csv", rows))
    assert report.changed == 6
    assert set(values(lab).values()) == {"include"}
    assert lab.store.db.execute("select count(*) from decision where value = 'exclude'").fetchone()[0] == 6


def test_stages_stand_side_by_side_and_the_last_decides(lab: Lab, handed: list[dict[str, str]]) -> None:
    rows = [{**row, "decision": "include"} for row in handed]
    path = tools.table(lab.home.root / "a.csv", rows)
    bring(lab, path, stage="Title-Abstract")
    rows = [{**row, "decision": "exclude", "reason": "no data"} for row in handed[:2]]
    bring(lab, tools.table(lab.home.root / "b.csv", rows), stage="full text")
    said = show(lab.home, lab.store, "mine").as_json()
    assert list(said["stages"]) == ["screening", "full-text"]
    assert said["stages"]["full-text"]["reasons"] == {"no data": 2}
    assert list(said["included"].values()) == [0, 0, 1, 1, 1, 1]
    with pytest.raises(UsageError, match="there is no stage 'fulltexts': did you mean 'full-text'"):
        bring(lab, path, stage="fulltexts")


def test_what_does_not_fit_is_listed_row_by_row_and_not_guessed(lab: Lab, handed: list[dict[str, str]]) -> None:
    blank = dict.fromkeys(handed[0], "")
    rows = [
        {**handed[0], "decision": "perhaps"},
        {**blank, "title": "Never seen", "year": "2020", "decision": "include"},
        {**blank, "key": "LSI-999999", "decision": "include"},
        {**handed[1], "decision": "include"},
        {**handed[1], "decision": "exclude"},
        {**handed[2], "key": KEYS[3], "notes": "", "decision": "include"},  # the column key was sorted by itself
        {**handed[4], "decision": "include"},
        {**blank, "decision": "include"},
    ]
    report = bring(lab, tools.table(lab.home.root / "back.csv", rows))
    assert troubles(report) == [
        (1, "not understood"), (2, "unmatched"), (3, "unmatched"), (6, "contradicting"), (8, "unmatched"),
        (4, "conflicting"), (5, "conflicting"),
    ]  # fmt: skip
    assert values(lab) == {KEYS[4]: "include"}
    assert "its id says LSI-000004, everything else LSI-000003" in report.troubles[3].why
    assert "set aside: 3 unmatched, 1 contradicting, 2 conflicting, 1 not understood" in str(report)


def test_ambiguous_rows_name_what_they_may_be(lab: Lab) -> None:
    lab.papers("one", [1, 2], title="Same title", doi="", pmid="")
    lab.export("list.csv", searches=["one"])
    rows = [{"title": "Same Title.", "year": "2025", "decision": "include"}]
    report = bring(lab, tools.table(lab.home.root / "a.csv", rows))
    assert troubles(report) == [(1, "ambiguous")]
    assert report.troubles[0].why == "may be LSI-000001 or LSI-000002"


@pytest.mark.parametrize(
    ("row", "by"),
    [
        ({"pmid": "990000001.0"}, "PMID"),
        ({"Accession Number": "990000001"}, "PMID"),
        ({"doi": "https://doi.org/10.5555/P1"}, "DOI"),
        ({"title": "PAPER 1.", "year": "2025", "authors": "Doe, G"}, "title, year and author"),
        ({"title": "Paper 1", "year": "2025"}, "title and year"),
        ({"url": "https://tracker.example/paper/LSI-000001"}, "id"),
        ({"notes": "tracker-id: LSI-000001; and more"}, "id"),
        ({"record_id": "'LSI-000001"}, "id"),
        ({"\ufeffKey": " lsi-000001 "}, "id"),
    ],
)
def test_the_order_of_joining(lab: Lab, handed: list[dict[str, str]], row: dict[str, str], by: str) -> None:
    report = bring(lab, tools.table(lab.home.root / "a.csv", [{**row, "decision": "include"}]))
    assert report.matched == {by: 1}
    assert values(lab) == {KEYS[0]: "include"}


# --- Rayyan


def test_rayyan_full_circle_with_its_log(lab: Lab, handed: list[dict[str, str]]) -> None:
    lab.export("rayyan.csv", mode="all", profile="rayyan")
    rows = list(read(lab.home.root / "rayyan.csv"))
    decided = {
        KEYS[0]: {"Ana": "include", "Ben O'Neill": "maybe"},
        KEYS[1]: {"Ana": "exclude", "Ben O'Neill": "exclude"},
        KEYS[2]: {"Ana": "include"},
    }
    log = [
        tools.event(1, "included", "-1", "ana@x.org", "09:00"),
        tools.event(1, "included", "1", "ana@x.org", "10:00"),
        tools.event(1, "included", "0", "ben@x.org", "10:00"),
        tools.event(2, "included", "-1", "ana@x.org", "10:01"),
        tools.event(2, '"__EXR__wrong population"', "1", "ana@x.org", "10:02"),
        tools.event(2, "__EXR__taken back", "1", "ana@x.org", "10:03"),
        tools.event(2, "__EXR__taken back", "0", "ana@x.org", "10:04"),
        tools.event(2, "included", "-1", "ben@x.org", "10:05"),
        tools.event(4, "included", "1", "ana@x.org", "10:06"),
        tools.event(4, "included", "deleted", "ana@x.org", "10:07"),
    ]
    report = bring(lab, tools.rayyan_zip(lab.home.root / "back.zip", rows, decided, log))
    assert (report.tool, report.rows, report.stored, report.troubles) == ("rayyan", 6, 5, ())
    assert values(lab) == {KEYS[0]: "conflict", KEYS[1]: "exclude", KEYS[2]: "include"}
    assert decisions(lab, KEYS[1])["R1"]["reasons"] == ("wrong population",)
    assert decisions(lab, KEYS[0])["R1"]["decided"] == "2026-01-10 10:00 UTC"
    assert decisions(lab, KEYS[1])["R2"]["reasons"] == ()
    only_log = lab.home.root / "customizations_log.csv"
    again = bring(lab, only_log)
    assert (again.tool, again.matched, again.changed) == ("rayyan-log", {"the tool's own id": 2}, 0)
    assert troubles(again) == [(3, "unmatched")]  # nobody had decided on the fourth when the articles came
    assert again.reviewers == ("R1", "R2")


def test_a_log_without_decisions_in_the_notes_stands_by_itself(lab: Lab, handed: list[dict[str, str]]) -> None:
    log = [
        tools.event(1, "included", "1", "ana@x.org", "10:00"),
        tools.event(1, "old study", "1", "ana@x.org", "10:01"),
        tools.event(2, "included", "deleted", "ben@x.org", "10:00"),
    ]
    report = bring(lab, tools.rayyan_zip(lab.home.root / "back.zip", handed, {}, log))
    assert report.stored == 2
    assert values(lab) == {KEYS[0]: "include", KEYS[1]: "undecided"}
    assert decisions(lab, KEYS[0])["R1"]["labels"] == ("old study",)
    assert "@" not in str(report)


def test_a_log_that_fits_nobody_adds_nothing(lab: Lab, handed: list[dict[str, str]]) -> None:
    decided = {KEYS[0]: {"Ana": "include", "Ben": "include"}}
    log = [tools.event(1, "included", "1", "ana@x.org", "10:00"), tools.event(1, "included", "1", "ben@x.org", "10:00")]
    bring(lab, tools.rayyan_zip(lab.home.root / "back.zip", handed, decided, log))
    assert {one["decided"] for one in decisions(lab, KEYS[0]).values()} == {""}


def test_rayyan_as_ris(lab: Lab, handed: list[dict[str, str]]) -> None:
    lines = []
    for row in tools.rayyan_rows(handed, {KEYS[0]: {"Ana": "include"}}, " | RAYYAN-LABELS: a,b"):
        lines += ["TY  - JOUR", f"AN  - {row['key']}", f"T1  - {row['title']}", f"N1  - {row['notes']}", "ER  - ", ""]
    path = lab.home.root / "back.ris"
    path.write_text("\n".join(lines), encoding="utf-8")
    report = bring(lab, path)
    assert (report.tool, report.matched, report.stored) == ("rayyan", {"id": 6}, 1)
    assert decisions(lab, KEYS[0])["R1"]["labels"] == ("a", "b")


def test_the_rayyan_sample_of_the_reference(lab: Lab) -> None:
    if not SAMPLES.exists():
        pytest.skip("the reference samples are not beside this project")
    dois = {7: "10.1101/2024.01.02.24300001", 12: "10.1016/j.socscimed.2018.01.001"}
    for paper in range(1, 13):
        lab.store_paper(paper, doi=dois.get(paper, f"10.5555/p{paper}"))
    lab.run("one", list(range(1, 13)))
    lab.export("list.csv", searches=["one"])
    path = lab.home.root / "rayyan.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for name in ("rayyan_articles.csv", "rayyan_customizations_log.csv"):
            packed.write(SAMPLES / name, name)
    report = bring(lab, path)
    assert report.troubles == ()
    assert report.matched == {"id": 4, "DOI": 1}
    assert values(lab) == {
        "LSI-000001": "conflict", "LSI-000005": "conflict", "LSI-000007": "exclude", "LSI-000012": "include",
    }  # fmt: skip
    notes = decisions(lab, "LSI-000007")
    assert notes["R1"]["note"] == "check | later; second note"
    assert (notes["R1"]["reasons"], notes["R2"]["reasons"]) == (
        ("wrong population",), ("wrong population", "background article"),
    )  # fmt: skip


@pytest.mark.parametrize(
    "end", ["", "{", '{"Ana"', '{"Ana"=>', '{"Ana"=>"Perhaps"}', "{1=>2}", '{"Ana"=>{', '{"A"=>["x"=>]}']
)
def test_notes_that_are_not_rayyans_are_told(lab: Lab, handed: list[dict[str, str]], end: str) -> None:
    rows = tools.rayyan_rows(handed, {})
    rows[0]["notes"] += f" | RAYYAN-INCLUSION: {end}"
    assert troubles(bring(lab, tools.table(lab.home.root / "a.csv", rows))) == [(1, "not understood")]


def test_older_rayyan_words_and_names_with_quotes() -> None:
    found = rayyan.notes_of(
        'x | RAYYAN-INCLUSION: {"Ana \\"A\\""=>true, "B"=>false, "C"=>nil} | '
        'USER-NOTES: {"B"=>"one\\ntwo | RAYYAN-LABELS: no"}'
    )
    assert found.values == {'Ana "A"': "include", "B": "exclude", "C": "undecided"}
    assert found.notes == {"B": "one two | RAYYAN-LABELS: no"}
    assert found.labels == ()


def test_zips_that_are_not_rayyans_are_one_clear_line(
    lab: Lab, handed: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = lab.home.root / "back.zip"
    path.write_bytes(b"no zip")
    with pytest.raises(UsageError, match=r"back.zip is no zip file, or it is damaged"):
        bring(lab, path)
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("readme.txt", "x")
    with pytest.raises(UsageError, match="holds no articles"):
        bring(lab, path)
    tools.rayyan_zip(path, handed, {})
    monkeypatch.setattr(rayyan, "HUGE", 10)
    with pytest.raises(UsageError, match="larger than any list can be"):
        bring(lab, path)


# --- Covidence, ASReview, EPPI-Reviewer, lists


def test_covidence_full_circle(lab: Lab, handed: list[dict[str, str]]) -> None:
    path = tools.covidence(lab.home.root / "excluded.csv", handed, {KEYS[1]: "Wrong outcome", KEYS[4]: ""})
    with pytest.raises(UsageError, match="--as include, exclude or maybe"):
        bring(lab, path)
    report = bring(lab, path, value="exclude", stage="full-text")
    assert (report.tool, report.stored, report.troubles) == ("covidence", 2, ())
    assert report.matched == {"PMID": 2}
    found = decisions(lab, KEYS[1], "full-text")
    assert found["consensus"]["reasons"] == ("Wrong outcome",)


def test_asreview_full_circle(lab: Lab, handed: list[dict[str, str]]) -> None:
    lab.export("asreview.csv", mode="all", profile="asreview")
    rows = list(csv.read(lab.home.root / "asreview.csv"))
    labels = {KEYS[0]: "1", KEYS[1]: "0", KEYS[2]: "1.0", KEYS[3]: "odd"}
    path = tools.asreview(lab.home.root / "back.csv", rows, labels)
    report = bring(lab, path)
    assert (report.tool, report.matched, report.stored, troubles(report)) == (
        "asreview",
        {"id": 5},
        3,
        [(4, "not understood")],
    )
    assert values(lab) == {KEYS[0]: "include", KEYS[1]: "exclude", KEYS[2]: "include"}
    assert decisions(lab, KEYS[0])["unnamed"]["decided"] == "2026-01-10 06:09:05"
    with pytest.raises(UsageError, match="holds decisions itself"):
        bring(lab, path, value="include")


def test_real_asreview_exports_of_the_reference(lab: Lab) -> None:
    if not SAMPLES.exists():
        pytest.skip("the reference samples are not beside this project")
    lab.papers("one", list(range(1, 13)))
    lab.export("list.csv", searches=["one"])
    for name in ("of_csv_project.csv", "of_ris_project.csv", "of_ris_project.ris"):
        report = bring(lab, SAMPLES / f"asreview308_export_{name}")
        assert (report.tool, report.rows, report.stored, report.troubles) == ("asreview", 4, 3, ())
        assert values(lab) == {"LSI-000001": "include", "LSI-000006": "exclude", "LSI-000007": "include"}


def test_asreview_tags_and_people(lab: Lab, handed: list[dict[str, str]]) -> None:
    row = {"key": KEYS[0], "title": "Paper 1", "asreview_label": "1", "asreview_tag_design_rct": "1"}
    row |= {"asreview_tag_x_y": "0", "asreview_user_email": "a@b.org", "asreview_note": "nice"}
    bring(lab, tools.table(lab.home.root / "a.csv", [row]))
    assert decisions(lab, KEYS[0])["R1"]["labels"] == ("design rct",)


def test_eppi_full_circle(lab: Lab, handed: list[dict[str, str]]) -> None:
    lab.export("eppi.ris", mode="all", profile="eppi")
    path = tools.eppi(lab.home.root / "included.ris", lab.home.root / "eppi.ris", {KEYS[0], KEYS[5]})
    with pytest.raises(UsageError, match="codes are not in its RIS files"):
        bring(lab, path)
    report = bring(lab, path, value="include")
    assert (report.tool, report.matched, report.stored) == ("eppi", {"id": 2}, 2)
    assert values(lab) == {KEYS[0]: "include", KEYS[5]: "include"}


def test_covidence_ris_and_plain_lists_say_what_they_are(lab: Lab, handed: list[dict[str, str]]) -> None:
    path = lab.home.root / "a.ris"
    path.write_text("TY  - JOUR\nDO  - 10.5555/p1\nER  - \n", encoding="utf-8")
    with pytest.raises(UsageError, match="holds no decisions: say what its papers are"):
        bring(lab, path)
    assert bring(lab, path, value="include").tool == "list"
    assert bring(lab, path, value="exclude", tool="covidence").reviewers == ("consensus",)
    table = tools.table(lab.home.root / "old.csv", [{"doi": "10.5555/p2"}])
    with pytest.raises(UsageError, match="there is no column 'decision' in it"):
        bring(lab, table)
    assert bring(lab, table, value="exclude").tool == "list"
    assert values(lab) == {KEYS[0]: "exclude", KEYS[1]: "exclude"}


def test_a_sheet_with_decisions_is_not_overruled(lab: Lab, handed: list[dict[str, str]]) -> None:
    rows = [{**row, "decision": "include"} for row in handed]
    with pytest.raises(UsageError, match="holds decisions itself"):
        bring(lab, tools.table(lab.home.root / "a.csv", rows), value="exclude")
    assert bring(lab, tools.table(lab.home.root / "b.csv", handed), value="exclude").stored == 6


def test_files_that_cannot_be_read_are_one_clear_line(lab: Lab, handed: list[dict[str, str]]) -> None:
    with pytest.raises(UsageError, match=r"none.csv cannot be read"):
        bring(lab, lab.home.root / "none.csv")
    odd = lab.home.root / "a.pdf"
    odd.write_bytes(b"x")
    with pytest.raises(UsageError, match="decisions are read from files that end in"):
        bring(lab, odd)
    with pytest.raises(UsageError, match="there is no tool 'rayan': did you mean 'rayyan'"):
        bring(lab, odd, tool="rayan")
    empty = lab.home.root / "a.csv"
    empty.write_text("key,decision\n", encoding="utf-8")
    with pytest.raises(UsageError, match="holds no rows"):
        bring(lab, empty, tool="spreadsheet")
    with pytest.raises(UsageError, match="there is no list 'other'"):
        import_file(lab.home, lab.store, empty, name="other", now=lab.now)


# --- lists older than the tracker, downloads from the site


def test_a_list_older_than_the_tracker(lab: Lab) -> None:
    """Its decisions are joined to what the searches match; what was decided is not handed out as new."""
    lab.papers("one", [1, 2, 3])
    (lab.home.queries / "lists").mkdir()
    (lab.home.queries / "lists/mine.txt").write_text("title: x\nsearches: one\n", encoding="utf-8")
    rows = [
        {"Title": "Paper 1", "Year": "2025", "Included": "yes"},
        {"Title": "Paper 9", "Year": "2025", "Included": "no"},
    ]
    path = tools.table(lab.home.root / "old.csv", rows)
    report = bring(lab, path)
    assert (report.outside, report.stored, troubles(report)) == (1, 1, [(2, "unmatched")])
    assert "of these never handed out in this list: 1" in str(report)
    receipt = lab.export("a.csv")
    assert lab.keys("a.csv") == KEYS[1:3]
    assert "left out: 1 work decided before the tracker handed them out" in str(receipt)
    lab.papers("one", [1, 2, 3, 9])
    again = bring(lab, path)  # the paper has arrived meanwhile
    assert (again.stored, again.known, again.troubles) == (1, 1, ())
    assert lab.export("b.csv", mode="all").records == 4
    assert [row["included"] for row in lab.read("b.csv")] == ["1", "", "", "0"]


def test_decided_publications_of_a_separate_list_are_not_new(lab: Lab) -> None:
    lab.papers("one", [1, 2])
    (lab.home.queries / "lists").mkdir()
    (lab.home.queries / "lists/mine.txt").write_text("title: x\nsearches: one\nversions: separate\n", encoding="utf-8")
    bring(lab, tools.table(lab.home.root / "old.csv", [{"pmid": "990000001", "decision": "include"}]))
    lab.export("a.csv")
    assert lab.keys("a.csv") == [KEYS[1]]


def test_separate_versions_are_decided_each_for_itself(lab: Lab) -> None:
    lab.papers("one", [1, 2])
    lab.place([1, 2])
    (lab.home.queries / "lists").mkdir()
    (lab.home.queries / "lists/mine.txt").write_text("title: x\nsearches: one\nversions: separate\n", encoding="utf-8")
    lab.export("a.csv")
    rows = [{**row, "decision": word} for row, word in zip(lab.read("a.csv"), ("exclude", "include"), strict=True)]
    report = bring(lab, tools.table(lab.home.root / "b.csv", rows))
    assert (report.matched, report.conflicts) == ({"id": 2}, ())
    assert values(lab) == {"LSI-000001": "exclude", "LSI-000001.2": "include"}
    lab.export("c.csv", mode="all")
    assert [row["included"] for row in lab.read("c.csv")] == ["0", "1"]


# --- joins and splits afterwards


def test_opposite_decisions_on_works_that_were_joined_are_a_conflict(lab: Lab, handed: list[dict[str, str]]) -> None:
    words = ["include", "exclude", "include", "include"]
    rows = [{**row, "decision": word} for row, word in zip(handed, words, strict=False)]
    bring(lab, tools.table(lab.home.root / "a.csv", rows))
    lab.place([1, 2], [3, 4])
    assert values(lab) == {KEYS[0]: "conflict", KEYS[2]: "include"}
    text = show(lab.home, lab.store, "mine").as_text()
    assert "conflict: LSI-000001: unnamed include, unnamed exclude (as LSI-000002)" in text
    lab.place([1], [2])
    assert values(lab)[KEYS[1]] == "exclude"


def test_a_decision_on_a_work_that_was_split_counts_for_both_parts(lab: Lab) -> None:
    lab.papers("one", [1, 2])
    lab.place([1, 2])
    lab.export("list.csv", searches=["one"])
    rows = [{**row, "decision": "include"} for row in lab.read()]
    bring(lab, tools.table(lab.home.root / "a.csv", rows))
    lab.place([1], [2])
    assert values(lab) == {KEYS[0]: "include", KEYS[1]: "include"}


def test_decisions_find_a_joined_work_by_either_key(lab: Lab, handed: list[dict[str, str]]) -> None:
    lab.place([1, 2])
    rows = [{"key": KEYS[1], "decision": "include"}]
    assert bring(lab, tools.table(lab.home.root / "a.csv", rows)).matched == {"id": 1}
    assert values(lab) == {KEYS[0]: "include"}


def test_before_any_decision_show_says_how_they_come(lab: Lab, handed: list[dict[str, str]]) -> None:
    text = show(lab.home, lab.store, "mine").as_text()
    assert text.startswith("list mine: 6 works handed out\n  no decisions yet: 'tracker decisions import FILE")
    assert json.dumps(show(lab.home, lab.store, "mine").as_json())
    assert stored.imports(lab.store.db, lists.find(lab.store.db, "mine")) == []


def test_many_conflicts_are_named_up_to_a_bound(lab: Lab) -> None:
    lab.papers("one", list(range(1, 41)))
    lab.export("list.csv", searches=["one"])
    for name, word in (("Ana", "include"), ("Ben", "exclude")):
        rows = [{**row, "decision": word} for row in lab.read()]
        report = bring(lab, tools.table(lab.home.root / f"{name}.csv", rows), reviewer=name)
    assert len(report.conflicts) == 40
    assert "and 10 more (--json names all)" in str(report)
