"""``tracker check --counts``: hits by line or block, as PubMed gives them."""

from __future__ import annotations

from typing import Any

from desks import Desk

from tracker.check import counts
from tracker.searches import read_search_files
from tracker.sources.pubmed.answers import SearchPage


def lines(report: Any) -> list[tuple[str, str, int]]:
    return [(line["name"], line["written"], line["hits"]) for line in report["counts"][0]["lines"]]


def test_blocks_and_what_they_make_together(desk: Desk) -> None:
    desk.write("(loneliness[tiab] OR burnout[tiab])\nAND\n(nurses[tiab] OR telehealth[tiab])\nNOT 40[ti]")
    assert lines(desk.report("--counts")) == [
        ("1", "(loneliness[tiab] OR burnout[tiab])", 16),
        ("2", "(nurses[tiab] OR telehealth[tiab])", 16),
        ("3", "40[ti]", 1),
        ("1 AND 2", "", 8),
        ("1 AND 2 NOT 3", "the whole strategy", 7),
    ]


def test_only_counts_are_asked_for_and_each_text_once(desk: Desk) -> None:
    for slug in ("one", "two"):
        desk.write("(loneliness[tiab]) AND (depression[tiab])", slug)
    desk.report("--counts")
    assert sorted(desk.terms()) == [
        "(depression[tiab])",
        "(loneliness[tiab])",
        "(loneliness[tiab]) AND (depression[tiab])",
    ]
    assert {asked.form["retmax"] for asked in desk.service.log} == {"0"}
    assert {asked.method for asked in desk.service.log} == {"POST"}


def test_inserted_blocks_are_named_as_in_the_file(desk: Desk) -> None:
    (desk.home / "queries" / "blocks").mkdir(parents=True)
    for name, text in (
        ("lonely", "{core} OR burnout[tiab]"),
        ("core", "loneliness[tiab]"),
        ("mood", "depression[tiab]"),
    ):
        (desk.home / "queries" / "blocks" / f"{name}.txt").write_text(text, encoding="utf-8")
    desk.write("{lonely} AND ({mood} OR nurses[tiab])")
    assert lines(desk.report("--counts")) == [
        ("1", "{lonely}", 16),
        ("2", "({mood} OR nurses[tiab])", 16),
        ("1 AND 2", "the whole strategy", 16),
    ]


def test_numbered_set_is_counted_line_by_line(desk: Desk) -> None:
    desk.write("#1 loneliness[tiab] OR\n   burnout[tiab]\n#2 nurses[tiab]\n#3 telehealth[tiab]\n#4 #1 AND #2")
    assert lines(desk.report("--counts")) == [
        ("#1", "loneliness[tiab] OR burnout[tiab]", 16),
        ("#2", "nurses[tiab]", 8),
        ("#3", "telehealth[tiab]", None),
        ("#4", "#1 AND #2", 8),
    ]
    assert "telehealth[tiab]" not in desk.terms()
    assert "not used by the last line" in desk.run("check", "--counts").out


def test_table_for_people(desk: Desk) -> None:
    desk.write('loneliness[tiab] OR burnout[tiab] OR telehealth[tiab] OR "nothing like this"[tiab] OR counted[ti]')
    told = desk.run("check", "--counts")
    assert told.code == 0
    assert "PubMed: 6 requests" in told.err
    shown = told.out.splitlines()
    assert shown[0] == "one: The search one: hits on PubMed"
    assert "   8  1       loneliness[tiab]" in shown
    assert '   0  4       "nothing like this"[tiab]' in shown
    assert "  40  1 to 5  the whole strategy" in shown


def test_override_for_pubmed_is_what_is_counted(desk: Desk) -> None:
    desk.write("loneliness[tiab]")
    (desk.home / "queries" / "one.pubmed.txt").write_text("burnout[tiab] AND 5[ti]", encoding="utf-8")
    assert lines(desk.report("--counts"))[-1] == ("1 AND 2", "the whole strategy", 1)


def test_search_that_does_not_ask_pubmed_is_left_out(desk: Desk) -> None:
    desk.write("loneliness[tiab]", sources="medrxiv")
    desk.write("burnout[tiab]", "two")
    told = desk.run("check", "--counts")
    assert "one: it does not list pubmed" in told.err
    assert "two: The search two" in told.out
    assert "one: The search one" not in told.out


def test_what_is_not_answered_is_a_line_and_the_rest_is_told(desk: Desk) -> None:
    desk.write("loneliness[tiab]")
    desk.write("burnout[tiab]", "two")
    desk.service.faults.play("error-503", times=None, where=lambda asked: "loneliness" in asked.form["term"])
    told = desk.run("check", "--counts")
    assert told.code == 1
    assert "incomplete: one: not counted:" in told.err
    assert "two: The search two: hits on PubMed" in told.out


def test_service_that_has_shut_us_out_is_not_asked_again(desk: Desk) -> None:
    for slug in ("one", "two", "three"):
        desk.write(f"{slug}[tiab]", slug)
    desk.service.faults.play("blocked", times=None)
    assert desk.run("check", "--counts").code == 1
    assert len(desk.service.log) == 1


def test_warnings_stand_under_the_line_that_they_are_about(desk: Desk) -> None:
    desk.write('loneliness[tiab] OR "not a phrase"[tiab]')
    planned = counts.plan(read_search_files(desk.home / "queries")[0][0])
    said = ('quotedphrasesnotfound: "not a phrase"[tiab]',)
    told = counts.count(
        planned, lambda text: SearchPage(1234, 0, (), "", said if text.startswith('"') else ()), {}
    ).as_text()
    assert told.splitlines()[1:] == [
        "  1,234  1       loneliness[tiab]",
        '  1,234  2       "not a phrase"[tiab]',
        '                 PubMed: quotedphrasesnotfound: "not a phrase"[tiab]',
        "  1,234  1 OR 2  the whole strategy",
    ]


def test_long_block_is_shown_by_its_beginning(desk: Desk) -> None:
    desk.write(f"({' OR '.join(f'word{number}[tiab]' for number in range(100))}) AND loneliness[tiab]")
    told = counts.plan(read_search_files(desk.home / "queries")[0][0]).as_text().splitlines()
    assert len(told) == 6
    assert told[3].endswith(" ...")
    assert told[1].startswith("  -  1        (word0[tiab] OR word1[tiab]")
