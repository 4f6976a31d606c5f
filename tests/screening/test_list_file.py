"""The list file decides: made on the first export, and no option may contradict it later."""

from __future__ import annotations

from pathlib import Path

import pytest
from lab import Lab

from tracker.errors import Located, UsageError
from tracker.screening import lists
from tracker.searches import read_lists


def write(lab: Lab, text: str, name: str = "mine") -> Path:
    path = lists.list_path(lab.home.queries, name)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_first_use_writes_a_file_that_reads_without_a_mistake(lab: Lab) -> None:
    lab.papers("one", [1])
    lab.papers("two", [2])
    lab.export(searches=["two", "one", "two"])
    assert lists.list_path(lab.home.queries, "mine").read_bytes() == b"title: mine\nsearches: two, one\n"
    found, mistakes = read_lists(lab.home.queries, ["one", "two"])
    assert mistakes == []
    assert found[0].searches == ("two", "one")


def test_the_same_searches_may_be_said_again_in_any_order(lab: Lab) -> None:
    lab.papers("one", [1])
    lab.papers("two", [2])
    lab.export("a.csv", searches=["two", "one"])
    assert not lab.export("b.csv", searches=["one", "two"]).code


@pytest.mark.parametrize("searches", [["one"], ["two", "one", "three"], ["three"]])
def test_other_searches_are_a_contradiction(lab: Lab, searches: list[str]) -> None:
    for slug, paper in (("one", 1), ("two", 2), ("three", 3)):
        lab.papers(slug, [paper])
    lab.export("a.csv", searches=["one", "two"])
    with pytest.raises(
        UsageError, match=r"the list mine follows one, two; --search .* contradicts that: change .*mine"
    ):
        lab.export("b.csv", searches=searches)


def test_a_search_added_to_the_file_brings_its_works(lab: Lab) -> None:
    lab.papers("one", [1])
    lab.papers("two", [2])
    lab.export("a.csv", searches=["one"])
    write(lab, "title: mine\nsearches: one, two\n")
    lab.export("b.csv")
    assert lab.keys("b.csv") == ["LSI-000002"]


def test_profile_of_the_file_holds_and_cannot_be_contradicted(lab: Lab) -> None:
    lab.papers("one", [1])
    write(lab, "title: mine\nsearches: one\nprofile: rayyan\n")
    with pytest.raises(UsageError, match="the list mine has the profile rayyan; --profile asreview contradicts that"):
        lab.export(profile="asreview")
    assert lab.export(profile="rayyan", dry_run=True).profile == "rayyan"
    assert lab.export().profile == "rayyan"


def test_a_list_without_a_profile_goes_to_any_tool(lab: Lab) -> None:
    lab.papers("one", [1])
    for profile in ("rayyan", "asreview", "spreadsheet"):
        assert lab.export(f"{profile}.csv", searches=["one"], mode="all", profile=profile).profile == profile


def test_mistakes_in_the_file_are_told_with_their_place(lab: Lab) -> None:
    lab.papers("one", [1])
    write(lab, "title: mine\nsearches: one, tow\n")
    with pytest.raises(Located, match=r"mine.txt:2:16: there is no search 'tow'"):
        lab.export()


def test_mistakes_in_another_list_do_not_matter(lab: Lab) -> None:
    lab.papers("one", [1])
    write(lab, "nonsense\n", "other")
    assert lab.export(searches=["one"]).records == 1
    assert lab.export("b.csv", mode="all").records == 1


def test_a_list_whose_search_file_has_gone_still_hands_out_what_was_collected(lab: Lab) -> None:
    lab.papers("one", [1])
    lab.export("a.csv", searches=["one"])
    lab.papers("one", [2])
    (lab.home.queries / "one.txt").unlink()
    assert lab.export("b.csv").records == 1


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"name": "mine"}, r"there is no list 'mine'; --search SEARCH makes it \(file: .*mine.txt\)"),
        ({"name": "mine", "searches": ["onne"]}, "there is no search 'onne': did you mean 'one'"),
        ({"name": "../mine", "searches": ["one"]}, "'../mine' is not a name for a list"),
        ({"name": "Mine", "searches": ["one"]}, "'Mine' is not a name for a list"),
        ({"name": "othr"}, "there is no list 'othr': did you mean 'other'"),
    ],
)
def test_names_that_are_not_there_are_one_clear_line(lab: Lab, options: dict[str, object], why: str) -> None:
    lab.papers("one", [1])
    if options["name"] == "othr":
        write(lab, "title: other\nsearches: one\n", "other")
    with pytest.raises(UsageError, match=why):
        lab.export(**options)


def test_a_folder_of_lists_that_cannot_be_written_is_one_clear_line(lab: Lab) -> None:
    lab.papers("one", [1])
    (lab.home.queries / "lists").write_text("a file, not a folder", encoding="utf-8")
    with pytest.raises(UsageError, match=r"the list file .*mine.txt cannot be written"):
        lab.export(searches=["one"])
    assert list(lab.home.root.glob("*.csv")) == []


def test_a_list_file_that_is_there_is_not_written_over(lab: Lab) -> None:
    path = write(lab, "title: by hand\nsearches: one\n")
    lists.write_list(lab.home.queries, lists.ListFile("mine", "mine", ("two",)))
    assert path.read_text(encoding="utf-8") == "title: by hand\nsearches: one\n"
