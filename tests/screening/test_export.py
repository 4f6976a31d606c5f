"""The promises of `tracker export`: all, then what is new; nothing twice, nothing lost, nothing left out silently."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lab import ERRATUM, PREPRINT, Lab, opened
from makers import insert

from tracker.errors import UsageError
from tracker.store import lists


def test_first_all_then_only_what_is_new(lab: Lab) -> None:
    lab.papers("one", [1, 2, 3])
    first = lab.export("a.csv", searches=["one"])
    assert (first.code, first.mode, first.records) == ("E0001", "all", 3)
    lab.papers("one", [4, 5])
    second = lab.export("b.csv")
    assert (second.code, second.mode, second.records) == ("E0002", "new", 2)
    assert lab.keys("a.csv") + lab.keys("b.csv") == [f"LSI-{n:06}" for n in range(1, 6)]


def test_nothing_new_writes_nothing_and_says_since_when(lab: Lab) -> None:
    lab.papers("one", [1])
    lab.export("a.csv", searches=["one"])
    receipt = lab.export("b.csv")
    assert not receipt.code
    assert not (lab.home.root / "b.csv").exists()
    assert str(receipt).startswith("nothing new for the list mine since E0001 of 2026-01-03: no file written")
    assert "--repeat E0001" in str(receipt)
    assert lists.codes(lab.store.db) == ["E0001"]
    assert lab.left_behind() == []


def test_before_any_run_nothing_is_written_not_even_the_list(lab: Lab) -> None:
    lab.search("one")
    receipt = lab.export(searches=["one"])
    assert str(receipt) == "nothing new for the list mine: no file written\n  search one: not collected yet"
    assert not (lab.home.queries / "lists").exists()
    assert lists.find(lab.store.db, "mine") is None


def test_all_hands_out_everything_once_more_with_the_same_bytes(lab: Lab) -> None:
    lab.papers("one", [1, 2])
    first = lab.export("a.csv", searches=["one"])
    again = lab.export("b.csv", mode="all")
    assert (lab.home.root / "a.csv").read_bytes() == (lab.home.root / "b.csv").read_bytes()
    assert first.sha256 == again.sha256
    assert again.code == "E0002"


def test_lists_remember_each_for_itself(lab: Lab) -> None:
    lab.papers("one", [1])
    lab.export("a.csv", searches=["one"])
    assert lab.export("b.csv", name="other", searches=["one"]).records == 1


def test_several_searches_make_one_list_and_each_work_stands_in_it_once(lab: Lab) -> None:
    lab.papers("one", [1, 2])
    lab.papers("two", [3])
    lab.run("two", [1, 3])
    lab.papers("three", [4])
    receipt = lab.export(searches=["one", "two"])
    assert receipt.records == 3
    assert [row["searches"] for row in lab.read()] == ["one; two", "one", "two"]


def test_order_is_that_of_work_ids(lab: Lab) -> None:
    for number in (9, 3, 7, 1):
        lab.store_paper(number)
    lab.run("one", [1, 3, 7, 9])
    lab.export(searches=["one"])
    assert lab.keys() == ["LSI-000001", "LSI-000002", "LSI-000003", "LSI-000004"]


def test_a_joined_work_counts_as_handed_out_if_either_was(lab: Lab) -> None:
    lab.papers("one", [1, 2, 3])
    lab.run("one", [1, 2, 3])
    lab.papers("two", [4])
    lab.export("a.csv", name="mine", searches=["two"])  # hands out the work of record 4
    (lab.home.queries / "lists/mine.txt").write_text("title: mine\nsearches: one, two\n", encoding="utf-8")
    lab.place([1, 4])
    assert lab.export("b.csv").records == 2
    assert lab.keys("b.csv") == ["LSI-000002", "LSI-000003"]


def test_a_split_off_work_that_was_never_shown_is_new(lab: Lab) -> None:
    lab.papers("one", [1])
    lab.export("a.csv", searches=["one"])
    lab.papers("one", [2])
    lab.place([1, 2])
    assert not lab.export("b.csv").code
    lab.place([1], [2])
    lab.export("c.csv")
    assert lab.keys("c.csv") == ["LSI-000002"]


def test_a_split_off_work_whose_record_was_shown_is_not_new(lab: Lab) -> None:
    lab.papers("one", [1, 2])
    lab.place([1, 2])
    assert lab.export("a.csv", searches=["one"]).records == 1
    lab.place([1], [2])
    assert not lab.export("b.csv").code


def test_a_paper_that_no_longer_matches_is_still_handed_out_and_says_so(lab: Lab) -> None:
    lab.papers("one", [1, 2])
    with lab.store.write() as db:
        db.execute("update match set to_run = from_run, until = '2026-01-09T06:00:00Z' where source_id = '990000001'")
    receipt = lab.export(searches=["one"])
    assert receipt.records == 2
    assert receipt.ended == 1
    assert [row["notes"] for row in lab.read()] == [
        "tracker-id: LSI-000001; no longer matches since 2026-01-09",
        "tracker-id: LSI-000002",
    ]
    assert "1 work no longer matched by a search of the list" in str(receipt)


def test_notices_and_hidden_works_are_left_out_and_counted(lab: Lab) -> None:
    lab.store_paper(1)
    lab.store_paper(2, publication_types=ERRATUM)
    lab.store_paper(3)
    lab.run("one", [1, 2, 3])
    with lab.store.write() as db:
        db.execute("update work set hidden = '2026-01-02T00:00:00Z' where id = 3")
    receipt = lab.export(searches=["one"])
    assert (receipt.records, receipt.notices, receipt.hidden) == (1, 1, 1)
    assert "left out: 1 notice, 1 hidden work" in str(receipt)
    (lab.home.queries / "lists/mine.txt").write_text("title: x\nsearches: one\nleave-out: nothing\n", encoding="utf-8")
    lab.export("b.csv")
    assert lab.keys("b.csv") == ["LSI-000002"]


def test_the_list_file_decides_what_is_left_out(lab: Lab) -> None:
    lab.store_paper(1, languages=("ger",))
    lab.store_paper(2, publication_types=PREPRINT)
    lab.store_paper(3, languages=("ger", "eng"))
    lab.store_paper(4, publication_types=ERRATUM)
    lab.run("one", [1, 2, 3, 4])
    (lab.home.queries / "lists").mkdir()
    text = "title: x\nsearches: one\nleave-out: preprints, languages\n"
    (lab.home.queries / "lists/mine.txt").write_text(text, encoding="utf-8")
    receipt = lab.export()
    assert lab.keys() == ["LSI-000003", "LSI-000004"]
    assert "left out: 1 preprint, 1 work in other languages" in str(receipt)


def test_what_matched_but_could_not_be_read_is_named(lab: Lab) -> None:
    lab.papers("one", [1])
    lab.run("one", [1, *range(2, 30)])
    with lab.store.write() as db:
        insert(db, "withheld", source_id="990000002")
        insert(db, "unreadable", source_id="990000003", seen="2026-01-01")
    receipt = lab.export(searches=["one"])
    assert len(receipt.missing) == 28
    text = str(receipt)
    assert "PubMed 990000002 (listed, but not sent since 2026-01-01)" in text
    assert "PubMed 990000003 (unreadable: no title)" in text
    assert "PubMed 990000004 (not read yet)" in text
    assert text.endswith("; and 8 more")


def test_dry_run_hands_out_nothing(lab: Lab) -> None:
    lab.papers("one", [1])
    receipt = lab.export(searches=["one"], dry_run=True)
    assert receipt.dry_run
    assert (receipt.code, receipt.records) == ("", 1)
    assert str(receipt).startswith("dry run: 1 work of the list mine would be handed out\n")
    assert list(lab.home.root.glob("*.csv")) == []
    assert lists.codes(lab.store.db) == []
    assert lab.export(searches=["one"]).sha256 == receipt.sha256


@pytest.mark.parametrize("profile", ["spreadsheet", "rayyan", "asreview"])
def test_profiles_write_their_file(lab: Lab, profile: str) -> None:
    lab.papers("one", [1])
    assert lab.export(searches=["one"], profile=profile).profile == profile
    assert (lab.home.root / "list.csv").read_bytes().startswith(b"\xef\xbb\xbf") is (profile == "spreadsheet")


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(1, 4), st.booleans()),
        st.tuples(st.just("join"), st.integers(0, 40), st.integers(0, 40)),
        st.tuples(st.just("export")),
    ),
    min_size=1,
    max_size=14,
)


@given(STEPS)
@settings(max_examples=60, deadline=None)
def test_exports_are_disjoint_and_their_union_is_the_whole(steps: list[tuple[str, int, int]]) -> None:
    """Whatever is added and joined between them: no record is handed out twice, and none is lost."""
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as lab:
        lab.run("one", [])
        partition: list[list[int]] = []  # which records stand together
        handed: list[str] = []  # keys as they were handed out
        listed: list[int] = []

        def hand_out() -> None:
            out = f"{len(handed)}-{lab.day}.csv"
            before = {lab.work_of(key): True for key in handed}
            receipt = lab.export(out, searches=["one"])
            keys = lab.keys(out) if receipt.code else []
            assert len(set(keys)) == len(keys) == receipt.records
            assert not before.keys() & set(keys)
            handed.extend(keys)

        for kind, *numbers in steps:
            if kind == "add":
                for _ in range(numbers[0]):
                    listed.append(len(listed) + 1)
                    partition.append([lab.store_paper(listed[-1])])
                if numbers[1]:  # else they match only with the next addition
                    lab.run("one", listed)
            elif kind == "join" and len(partition) > 1:
                one, other = numbers[0] % len(partition), numbers[1] % len(partition)
                if one != other:
                    partition[one] += partition[other]
                    del partition[other]
                    lab.place(*partition)
            elif kind == "export":
                hand_out()
        lab.run("one", listed)
        hand_out()
        standing = {row[0] for row in lab.store.db.execute("select key from work where forwards is null")}
        assert {lab.work_of(key) for key in handed} == standing


def test_joining_and_parting_again_neither_repeats_nor_loses(lab: Lab) -> None:
    lab.papers("one", [1, 2, 3, 4])
    lab.export("a.csv", searches=["one"])
    lab.papers("one", [5, 6])
    lab.place([1, 5], [2, 3], [4], [6])
    lab.export("b.csv")
    assert lab.keys("b.csv") == ["LSI-000006"]
    lab.place([1], [5], [2], [3], [4], [6])
    lab.export("c.csv")
    assert lab.keys("c.csv") == ["LSI-000005"]
    assert not lab.export("d.csv").code


def test_manifest_holds_what_decisions_are_joined_by(lab: Lab) -> None:
    lab.papers("one", [1, 2])
    lab.place([1, 2])
    lab.export(searches=["one"])
    row = dict(lab.store.db.execute("select * from export_item").fetchone())
    assert row == {
        "export_id": 1,
        "position": 1,
        "work_key": "LSI-000001",
        "records": "[1, 2]",
        "pmid": "990000001",
        "doi": "10.5555/p1",
        "title_key": "paper 1",
        "year": 2025,
        "surname": "Doe",
        "status": "published",
    }


def test_options_that_name_nothing_are_one_clear_line(lab: Lab) -> None:
    lab.papers("one", [1])
    with pytest.raises(UsageError, match="no mode 'newest': use --new or --all or --changed"):
        lab.export(searches=["one"], mode="newest")
    with pytest.raises(UsageError, match=r"must end in \.bib or "):
        lab.export("list.doc", searches=["one"])
    with pytest.raises(UsageError, match="no csv profile 'covidence'"):
        lab.export(searches=["one"], profile="covidence")
    assert lists.codes(lab.store.db) == []
