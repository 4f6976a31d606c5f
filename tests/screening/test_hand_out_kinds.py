"""Changed works, files by source, parts, pilot samples, separate versions, works held back: none lost, all said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

import pytest
from lab import PREPRINT, Lab

from tracker import formats
from tracker.errors import UsageError
from tracker.formats import ris
from tracker.formats.ris import entries
from tracker.formats.row import Limit, Row, Written
from tracker.screening import files
from tracker.screening.export import repeat


def notes(lab: Lab, out: str = "list.csv") -> dict[str, str]:
    return {row["key"]: row["notes"].partition("; ")[2] for row in lab.read(out)}


def list_file(lab: Lab, text: str, name: str = "mine") -> None:
    folder = lab.home.queries / "lists"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.txt").write_text(text, encoding="utf-8")


# --- --changed


def test_changed_hands_out_what_has_another_state_or_publication(lab: Lab) -> None:
    lab.papers("one", [1, 2, 3, 4])
    lab.export("a.csv", searches=["one"])
    lab.mark(1, "retracted")
    lab.papers("one", [1, 2, 3, 4, 5])
    lab.place([2, 5])
    receipt = lab.export("b.csv", mode="changed")
    assert notes(lab, "b.csv") == {
        "LSI-000001": "retracted; changed since E0001: was published, is retracted",
        "LSI-000002": "changed since E0001: also published as article 10.5555/p5",
    }
    assert str(receipt).startswith("E0002: 2 works of the list mine, changed since they were handed out, in b.csv")


def test_what_has_changed_is_told_once(lab: Lab) -> None:
    lab.papers("one", [1, 2])
    lab.export("a.csv", searches=["one"])
    lab.mark(1, "concern")
    lab.export("b.csv", mode="changed")
    again = lab.export("c.csv", mode="changed")
    assert str(again).startswith("nothing has changed of what the list mine handed out: no file written")
    lab.mark(1, "retracted")
    lab.export("d.csv", mode="changed")
    assert notes(lab, "d.csv") == {
        "LSI-000001": "retracted; expression of concern; changed since E0002: "
        "was expression of concern, is retracted; expression of concern"
    }


def test_a_split_is_a_change_of_both_parts(lab: Lab) -> None:
    lab.papers("one", [1, 2])
    lab.place([1, 2])
    lab.export("a.csv", searches=["one"])
    lab.place([1], [2])
    lab.export("b.csv", mode="changed")
    assert set(notes(lab, "b.csv").values()) == {"changed since E0001: no longer one paper with another"}
    assert lab.keys("b.csv") == ["LSI-000001", "LSI-000002"]
    assert not lab.export("c.csv", mode="changed").code


def test_before_anything_was_handed_out_nothing_has_changed(lab: Lab) -> None:
    lab.papers("one", [1])
    assert not lab.export(searches=["one"], mode="changed").code


# --- --split-by-source


def test_one_file_for_each_source_and_each_work_in_one_of_them(lab: Lab) -> None:
    lab.papers("one", [1, 2])
    for paper in (3, 4):
        lab.store_paper(paper, source="medrxiv", publication_types=PREPRINT)
    lab.run("one", [3, 4], source="medrxiv")
    lab.place([1, 3])
    receipts = lab.exports("list.ris", searches=["one"], by_source=True)
    assert [(one.code, one.filename, one.records) for one in receipts] == [
        ("E0001", "list-medrxiv.ris", 1),
        ("E0002", "list-pubmed.ris", 2),
    ]
    assert "file 2 of 2 (works of PubMed)" in str(receipts[1])
    keys = [[tags["ID"][0] for tags in entries(lab.home.root / one.filename)] for one in receipts]
    assert keys == [["LSI-000004"], ["LSI-000001", "LSI-000002"]]
    assert not lab.export("more.ris").code
    repeat(lab.store, "E0002", lab.home.root / "again.ris")
    assert (lab.home.root / "again.ris").read_bytes() == (lab.home.root / "list-pubmed.ris").read_bytes()


def test_a_list_of_one_source_still_names_it(lab: Lab) -> None:
    lab.papers("one", [1])
    assert lab.export(searches=["one"], by_source=True).filename == "list-pubmed.csv"
    assert lab.left_behind() == []


# --- a writer's word


def test_a_writer_that_counts_wrongly_does_no_harm(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(rows: Iterable[Row], out: BinaryIO, profile: str) -> Written:
        ris.write(rows, out, profile)
        return Written(99, 0, "no hash")

    wrong = replace(ris.RIS, write=write)
    monkeypatch.setattr(formats, "FORMATS", tuple(wrong if entry.name == "ris" else entry for entry in formats.FORMATS))
    lab.papers("one", [1, 2])
    receipt = lab.export("list.ris", searches=["one"])
    data = (lab.home.root / "list.ris").read_bytes()
    assert (receipt.records, receipt.size, receipt.sha256) == (2, len(data), sha256(data).hexdigest())
    repeat(lab.store, receipt.code, lab.home.root / "again.ris")
    assert (lab.home.root / "again.ris").read_bytes() == data


# --- the limits of a tool


def with_limit(monkeypatch: pytest.MonkeyPatch, limit: Limit) -> None:
    limited = replace(ris.RIS, limits={"covidence": limit})
    monkeypatch.setattr(
        formats, "FORMATS", tuple(limited if entry.name == "ris" else entry for entry in formats.FORMATS)
    )


def test_covidence_takes_fifteen_thousand_records_and_fifty_megabytes() -> None:
    assert ris.RIS.limits == {"covidence": Limit(15_000, 50_000_000)}


def test_parts_of_at_most_so_many_records(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    with_limit(monkeypatch, Limit(2, 10_000_000))
    lab.papers("one", [1, 2, 3, 4, 5])
    receipts = lab.exports("list.ris", searches=["one"], profile="covidence")
    assert [(one.filename, one.records, one.file, one.files) for one in receipts] == [
        ("list-1.ris", 2, 1, 3),
        ("list-2.ris", 2, 2, 3),
        ("list-3.ris", 1, 3, 3),
    ]
    found = [tags["ID"][0] for one in receipts for tags in entries(lab.home.root / one.filename)]
    assert found == [f"LSI-{n:06}" for n in range(1, 6)]
    items = lab.store.db.execute("select export_id, position from export_item order by 1, 2").fetchall()
    assert [tuple(row) for row in items] == [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1)]
    assert not lab.export("more.ris", profile="covidence").code


def test_no_part_is_larger_than_the_tool_takes(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    with_limit(monkeypatch, Limit(1000, 20_000))
    lab.papers("one", list(range(1, 61)), title="孤独" * 100)
    receipts = lab.exports("list.ris", searches=["one"], profile="covidence")
    assert len(receipts) > 2
    assert sum(one.records for one in receipts) == 60
    for one in receipts:
        assert (lab.home.root / one.filename).stat().st_size == one.size <= 20_000


def test_a_dry_run_in_parts_hands_out_nothing(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    with_limit(monkeypatch, Limit(2, 10_000_000))
    lab.papers("one", [1, 2, 3])
    receipts = lab.exports("list.ris", searches=["one"], profile="covidence", dry_run=True)
    assert [one.records for one in receipts] == [2, 1]
    assert not list(lab.home.root.glob("*.ris"))


def test_of_several_files_each_that_is_not_in_its_place_is_named(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    with_limit(monkeypatch, Limit(1, 10_000_000))
    lab.papers("one", [1, 2, 3])

    def locked(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(files.os, "replace", locked)
        with pytest.raises(UsageError, match="E0001 and E0002 and E0003 are handed out and stored, but"):
            lab.exports("list.ris", searches=["one"], profile="covidence")
    assert lab.left_behind() == []
    assert repeat(lab.store, "E0003", lab.home.root / "x.ris").records == 1


def test_one_file_with_other_content_in_the_way_hands_out_none(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    with_limit(monkeypatch, Limit(1, 10_000_000))
    lab.papers("one", [1, 2])
    (lab.home.root / "list-2.ris").write_text("decisions", encoding="utf-8")
    with pytest.raises(UsageError, match=r"list-2.ris is there already"):
        lab.exports("list.ris", searches=["one"], profile="covidence")
    assert not (lab.home.root / "list-1.ris").exists()
    assert lab.store.db.execute("select count(*) from export").fetchone()[0] == 0


# --- pilot samples


def test_a_sample_is_handed_out_and_the_rest_is_what_is_new(lab: Lab) -> None:
    lab.papers("one", list(range(1, 21)))
    pilot = lab.export("pilot.csv", searches=["one"], sample="5", seed=7)
    assert (pilot.records, pilot.mode) == (5, "all")
    assert "a pilot sample of 5 (seed 7), drawn from 20 works" in str(pilot)
    rest = lab.export("rest.csv")
    assert rest.records == 15
    assert sorted(lab.keys("pilot.csv") + lab.keys("rest.csv")) == [f"LSI-{n:06}" for n in range(1, 21)]


def test_the_same_seed_draws_the_same_works_and_a_larger_sample_holds_the_smaller(lab: Lab) -> None:
    lab.papers("one", list(range(1, 21)))
    drawn = {}
    for size, seed in (("5", 1), ("5", None), ("5", 2), ("20%", 1), ("50%", 1), ("99", 1)):
        lab.export(f"{size}-{seed}.csv", searches=["one"], mode="all", sample=size, seed=seed)
        drawn[size, seed] = set(lab.keys(f"{size}-{seed}.csv"))
    assert drawn["5", 1] == drawn["5", None] != drawn["5", 2]
    assert len(drawn["20%", 1]) == 4
    assert drawn["20%", 1] < drawn["5", 1] < drawn["50%", 1]
    assert len(drawn["99", 1]) == 20


def test_a_sample_is_drawn_from_what_is_not_left_out(lab: Lab) -> None:
    for paper in range(1, 11):
        types = () if paper % 2 else (("D016425", "Published Erratum"),)
        lab.store_paper(paper, publication_types=types)
    lab.run("one", list(range(1, 11)))
    receipt = lab.export(searches=["one"], sample="4")
    assert (receipt.records, receipt.eligible, receipt.notices) == (4, 5, 5)


@pytest.mark.parametrize("size", ["0", "x", "-1", "101%", "1.5", ""])
def test_a_sample_that_is_no_number_is_one_clear_line(lab: Lab, size: str) -> None:
    lab.papers("one", [1])
    with pytest.raises(UsageError, match="is neither a number of works"):
        lab.export(searches=["one"], sample=size)
    with pytest.raises(UsageError, match="--seed belongs to --sample"):
        lab.export(searches=["one"], seed=1)


# --- versions: separate


def test_separate_versions_are_rows_of_their_own_each_handed_out_once(lab: Lab) -> None:
    lab.store_paper(1, source="medrxiv", publication_types=PREPRINT)
    lab.run("one", [1], source="medrxiv")
    list_file(lab, "title: mine\nsearches: one\nversions: separate\n")
    lab.export("a.csv")
    lab.papers("one", [2, 3])
    lab.place([1, 2])
    receipt = lab.export("b.csv")
    assert lab.keys("a.csv") == ["LSI-000001"]
    assert lab.keys("b.csv") == ["LSI-000001.2", "LSI-000003"]
    assert [row["record_type"] for row in lab.read("b.csv")] == ["article", "article"]
    assert lab.read("b.csv")[0]["notes"] == "tracker-id: LSI-000001.2"
    assert "(versions: separate)" in str(receipt)
    assert not lab.export("c.csv").code
    assert lab.export("d.csv", mode="all").records == 3
    lab.mark(2, "retracted")
    lab.export("e.csv", mode="changed")
    assert lab.keys("e.csv") == ["LSI-000001.2"]


def test_separate_versions_by_source_and_in_a_sample(lab: Lab) -> None:
    lab.store_paper(1, source="medrxiv", publication_types=PREPRINT)
    lab.run("one", [1], source="medrxiv")
    lab.papers("one", [2])
    lab.place([1, 2])
    list_file(lab, "title: mine\nsearches: one\nversions: separate\n")
    receipts = lab.exports("x.csv", by_source=True)
    assert [(one.filename, one.records) for one in receipts] == [("x-medrxiv.csv", 1), ("x-pubmed.csv", 1)]
    assert lab.export("y.csv", mode="all", sample="1").eligible == 2


# --- held back


def test_a_burst_is_held_back_and_named_until_a_person_lets_it_through(lab: Lab) -> None:
    lab.papers("one", [1])
    lab.papers("two", [3])
    lab.papers("one", [1, 2, 3])
    with lab.store.write() as db:
        db.execute("update match set held = 1 where source_id in ('990000002', '990000003') and search_id = 1")
    receipt = lab.export("a.csv", searches=["one", "two"])
    assert lab.keys("a.csv") == ["LSI-000001", "LSI-000002"]  # the second came by another search too
    assert receipt.held == (("LSI-000003", "one"),)
    assert "held back, because so many came at once: LSI-000003 ('tracker collect --release-held one'" in str(receipt)
    with lab.store.write() as db:
        db.execute("update match set held = 0")
    lab.export("b.csv")
    assert lab.keys("b.csv") == ["LSI-000003"]


# --- every format


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".ris", ".bib", ".csl.json"])
def test_every_format_is_handed_out_and_repeated(lab: Lab, tmp_path: Path, suffix: str) -> None:
    lab.papers("one", [1, 2])
    out = f"list{suffix}"
    receipt = lab.export(out, searches=["one"])
    assert (receipt.filename, receipt.records) == (out, 2)
    repeat(lab.store, receipt.code, lab.home.root / f"again{suffix}")
    data = (lab.home.root / out).read_bytes()
    assert data == (lab.home.root / f"again{suffix}").read_bytes()
    assert suffix == ".xlsx" or b"LSI-000002" in data
