"""``tracker check --preview``: what an edited strategy adds and loses is told exactly, before it is run."""

from __future__ import annotations

from datetime import date

import pytest
from desks import Desk

from emulator import preprints
from emulator.europepmc_service import EuropePmcService

LONELY = [f"9900000{number:02}" for number in (36, 31, 26, 21, 16, 11, 6, 1)]  # newest first
ALARM = 3  # all done, but a known paper is lost
ISOLATED = [f"9900000{number:02}" for number in (37, 32, 27, 22, 17, 12, 7, 2)]


@pytest.fixture
def edited(desk: Desk) -> Desk:
    """Run with one strategy, then edited: loneliness goes, social isolation comes, telehealth stays."""
    desk.write(
        "loneliness[tiab] OR telehealth[tiab]", headers="finds: 990000006, 10.5555/counted.990000002, 990000040\n"
    )
    desk.write('"social isolation"[tiab] OR (loneliness[tiab] AND 31[ti])', "two")
    assert desk.run("update").code == 0
    desk.write(
        '"social isolation"[tiab] OR telehealth[tiab]',
        headers="finds: 990000006, 10.5555/counted.990000002, 990000040\n",
    )
    return desk


def test_added_and_lost_are_exact_and_sampled(edited: Desk) -> None:
    (effect,) = edited.report("one", "--preview")["preview"]
    (pubmed,) = effect["sources"]
    assert (pubmed["how"], pubmed["before"], pubmed["after"]) == ("asked", 16, 16)
    assert pubmed["added"] == ISOLATED
    assert pubmed["lost"] == LONELY
    assert pubmed["lost_sample"][0] == {
        "source_id": "990000036",
        "title": "Counted example 36 of loneliness and depression.",
        "key": pubmed["lost_sample"][0]["key"],
    }
    assert all(paper["key"].startswith("LSI-") for paper in pubmed["lost_sample"])
    assert effect["changed"]
    assert effect["stored"] == 1


def test_what_the_next_run_then_does_is_what_the_preview_said(edited: Desk) -> None:
    pubmed = edited.report("one", "--preview")["preview"][0]["sources"][0]
    assert edited.run("update").code == ALARM
    after = edited.report("one", "--preview")["preview"][0]
    assert not after["changed"]
    assert after["sources"][0]["before"] == pubmed["after"]
    assert (after["sources"][0]["added"], after["sources"][0]["lost"]) == ([], [])


def test_titles_of_papers_that_are_not_stored_are_fetched(edited: Desk) -> None:
    edited.write('burnout[tiab] OR "social isolation"[tiab]')
    pubmed = edited.report("one", "--preview")["preview"][0]["sources"][0]
    titles = {paper["source_id"]: (paper["title"], paper["key"]) for paper in pubmed["added_sample"]}
    assert titles["990000040"] == ("Counted example 40 of burnout in nurses.", "")
    assert len(pubmed["added"]) == 16
    assert len(pubmed["added_sample"]) == 10


def test_papers_known_through_other_searches_are_counted(edited: Desk) -> None:
    pubmed = edited.report("one", "--preview")["preview"][0]["sources"][0]
    assert pubmed["lost_kept"] == 1  # the search two keeps number 31
    edited.write("loneliness[tiab]", "three")
    assert edited.run("update").code == ALARM
    edited.write("telehealth[tiab]")
    again = edited.report("one", "--preview")["preview"][0]["sources"][0]
    assert (again["lost"], again["lost_kept"]) == (ISOLATED, 8)


def test_known_papers_lost_gained_and_missed_are_named(edited: Desk) -> None:
    effect = edited.report("one", "--preview")["preview"][0]
    assert [paper["source_id"] for paper in effect["finds_lost"]] == ["990000006"]
    assert effect["finds_lost"][0]["title"] == "Counted example 6 of loneliness and depression."
    assert effect["finds_gained"] == ["10.5555/counted.990000002"]  # stored through the search two
    assert effect["finds_missing"] == ["990000040"]
    text = edited.run("check", "one", "--preview").out
    assert "KNOWN PAPER LOST: 990000006 [LSI-00000" in text
    assert "known papers that would now be found: 10.5555/counted.990000002" in text
    assert "known papers found neither before nor after: 990000040" in text


def test_text_names_what_was_asked(edited: Desk) -> None:
    told = edited.run("check", "one", "--preview")
    assert told.code == 0
    for part in (
        "one: The search one",
        "the strategy in its file against version 1, first run on",
        "PubMed (asked just now, exact):",
        "16 match now, 16 would; 8 added, 8 lost",
        "lost, of these: 1 stay through other searches",
        "      - 990000036 [LSI-0000",
    ):
        assert part in told.out


def test_nothing_is_stored_by_looking(edited: Desk) -> None:
    before = (edited.home / "db" / "tracker.db").read_bytes()
    edited.run("check", "--preview", "--counts")
    assert (edited.home / "db" / "tracker.db").read_bytes() == before


def test_without_a_name_only_edited_strategies_are_looked_at(edited: Desk) -> None:
    assert [effect["slug"] for effect in edited.report("--preview")["preview"]] == ["one"]
    assert edited.run("update").code == ALARM
    asked = len(edited.terms())
    told = edited.run("check", "--preview")
    assert told.code == 0
    assert "no strategy has changed since it was run last" in told.err
    assert len(edited.terms()) == asked


def test_what_comes_without_the_edit_is_told_apart(desk: Desk) -> None:
    desk.service.day = date(2022, 12, 31)
    desk.write("loneliness[tiab]")
    assert desk.run("update").code == 0
    desk.service.day = date(2026, 11, 20)
    desk.write("loneliness[tiab] OR burnout[tiab]")
    pubmed = desk.report("one", "--preview")["preview"][0]["sources"][0]
    assert (pubmed["before"], len(pubmed["added"]), pubmed["added_anyway"]) == (4, 12, 4)
    assert "4 come with the next run in any case" in desk.run("check", "one", "--preview").out
    desk.write("loneliness[tiab]")
    same = desk.report("one", "--preview")["preview"][0]
    assert not same["changed"]
    assert (len(same["sources"][0]["added"]), same["sources"][0]["added_anyway"]) == (4, 4)
    assert "still version 1" in desk.run("check", "one", "--preview").out


def test_search_that_was_never_run_would_add_everything(desk: Desk) -> None:
    desk.write("loneliness[tiab]")
    assert desk.run("update").code == 0
    desk.write("burnout[tiab]", "new")
    (effect,) = desk.report("--preview")["preview"]
    assert (effect["slug"], effect["stored"], len(effect["sources"][0]["added"])) == ("new", 0, 8)
    assert "never run yet" in desk.run("check", "--preview").out


def test_offline_estimate_asks_nothing_and_says_how_good_it_is(edited: Desk) -> None:
    asked = len(edited.terms())
    (effect,) = edited.report("one", "--preview", "--offline")["preview"]
    (pubmed,) = effect["sources"]
    assert len(edited.terms()) == asked
    assert pubmed["how"] == "estimated"
    assert pubmed["lost"] == LONELY
    assert pubmed["added"] == ISOLATED  # all stored through the search two
    assert "our reading of the old strategy agrees with the source on 24 of 24 records" in pubmed["notes"]
    assert "PubMed (estimated here, not asked)" in edited.run("check", "one", "--preview", "--offline").out


def test_estimate_follows_headings_and_leaves_out_what_it_cannot_read(desk: Desk) -> None:
    desk.write("loneliness[tiab] OR counted[ti]")
    assert desk.run("update").code == 0
    desk.write('"Burnout, Psychological"[mh] OR "Loneliness"[mh]')
    pubmed = desk.report("one", "--preview", "--offline")["preview"][0]["sources"][0]
    assert (pubmed["after"], len(pubmed["lost"])) == (16, 24)
    desk.write("(loneliness[tiab]) AND (nih[gr])")
    unknown = desk.report("one", "--preview", "--offline")["preview"][0]["sources"][0]
    assert (unknown["how"], unknown["lost"]) == ("unknown", [])
    assert "cannot be read against stored records" in unknown["notes"][0]
    assert "PubMed (cannot be told)" in desk.run("check", "one", "--preview", "--offline").out


def test_estimate_of_a_search_that_was_never_run(desk: Desk) -> None:
    desk.write("loneliness[tiab]")
    assert desk.run("update").code == 0
    desk.write("36[ti]", "new")
    (effect,) = desk.report("--preview", "--offline")["preview"]
    assert effect["sources"][0]["added"] == ["990000036"]
    assert effect["sources"][0]["notes"] == ["records that are not stored are not in the estimate"]


def test_service_that_does_not_answer_is_told_and_estimated(edited: Desk) -> None:
    edited.service.faults.play("error-503", times=None)
    told = edited.run("check", "one", "--preview")
    assert told.code == 1
    assert "PubMed (estimated here, not asked)" in told.out
    assert "incomplete: one on pubmed:" in told.err
    assert edited.report("one", "--preview", code=1)["preview"][0]["sources"][0]["lost"] == LONELY


def test_sample_that_cannot_be_fetched_leaves_the_numbers(edited: Desk) -> None:
    edited.write("burnout[tiab]")
    edited.service.faults.play("error-503", times=None, where=lambda asked: asked.utility == "efetch")
    report = edited.report("one", "--preview", code=1)
    pubmed = report["preview"][0]["sources"][0]
    assert (pubmed["how"], len(pubmed["added"]), len(pubmed["lost"])) == ("asked", 8, 16)
    assert pubmed["added_sample"][0]["title"] == ""
    assert "(title not known here)" in edited.run("check", "one", "--preview").out


def test_error_in_the_strategy_is_told_and_nothing_is_sent(edited: Desk) -> None:
    edited.write("loneliness[tiba]")
    asked = len(edited.terms())
    for option in ("--preview", "--counts"):
        told = edited.run("check", "one", option)
        assert told.code == 2
        assert "one.txt:4:11" in told.err
    assert len(edited.terms()) == asked


def test_without_a_database_or_a_contact_one_line_says_so(desk: Desk) -> None:
    desk.write("loneliness[tiab]")
    told = desk.run("check", "--preview")
    assert told.code == 2
    assert "there is no database yet" in told.err
    assert desk.run("update").code == 0
    told = desk.run("check", "one", "--preview", TRACKER_PUBMED_URL="https://eutils.example.org")
    assert told.code == 2
    assert "TRACKER_EMAIL" in told.err


def test_offline_goes_with_preview_alone(desk: Desk) -> None:
    desk.write("loneliness[tiab]")
    for words in (("--offline",), ("--counts", "--offline"), ("--preview", "--counts", "--offline")):
        told = desk.run("check", *words)
        assert told.code == 2
        assert "--offline goes with --preview alone" in told.err


def test_plain_check_asks_nothing(desk: Desk) -> None:
    desk.write("loneliness[tiab]")
    told = desk.run("check")
    assert told.code == 0
    assert "sent as written" in told.out
    assert desk.service.log == []


def test_preprints_are_told_as_the_next_run_will_find_them(desk: Desk) -> None:
    """Europe PMC is asked for more than is wanted, and each record decided here: in the preview as in the run."""
    with EuropePmcService(preprints, date(2026, 11, 20)) as europepmc:
        desk.write('"social isolation"[tiab]', sources="pubmed, europepmc")
        assert desk.run("update", TRACKER_EUROPEPMC_URL=europepmc.url).code in (0, ALARM)
        desk.write("burnout[tiab] OR isolation[ti]", sources="pubmed, europepmc")
        said = desk.report("--preview", TRACKER_EUROPEPMC_URL=europepmc.url)["preview"][0]["sources"]
        assert desk.run("update", TRACKER_EUROPEPMC_URL=europepmc.url).code in (0, ALARM)
        done = desk.report("one", "--preview", TRACKER_EUROPEPMC_URL=europepmc.url)["preview"][0]["sources"]
    assert [source["source"] for source in said] == ["pubmed", "europepmc"]
    for before, after in zip(said, done, strict=True):
        assert before["added"]
        assert before["after"] == after["before"] == after["after"]
        assert not after["added"]
        assert not after["lost"]
    assert said[1]["lost"]
