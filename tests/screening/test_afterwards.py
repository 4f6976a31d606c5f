"""Told afterwards: what has become of works that were handed out, until it has been handed out itself."""

from __future__ import annotations

import pytest
from lab import PREPRINT, Lab

from tracker.screening import afterwards
from tracker.screening.afterwards import Afterwards
from tracker.store import lists, standing, works


def told(lab: Lab) -> list[Afterwards]:
    return afterwards.tell(lab.store.db, lab.home.queries)


def without_ending(lab: Lab) -> list[str]:
    return [str(one).partition(": 'tracker export")[0] for one in told(lab)]


def test_nothing_is_told_before_anything_was_handed_out_or_has_changed(lab: Lab) -> None:
    lab.papers("one", [1, 2])
    assert told(lab) == []
    lab.export("a.csv", searches=["one"])
    lab.mark(1, "published")
    assert told(lab) == []


def test_retractions_and_published_preprints_are_counted_and_named(lab: Lab) -> None:
    for number in (1, 2, 3):
        lab.store_paper(number, publication_types=PREPRINT)
        lab.mark(number, "preprint")
    lab.papers("one", [1, 2, 3, 4, 5])
    lab.export("a.csv", searches=["one"])
    for number in (1, 2):
        lab.mark(number, "published")
    lab.mark(4, "retracted")
    lab.mark(4, "corrected")
    lab.mark(5, "concern")
    (one,) = told(lab)
    assert str(one) == (
        "Your list mine of 3 January 2026 (5 works, E0001) now holds 1 retracted paper, 1 paper with an expression of "
        "concern and 2 preprints that have been published: 'tracker export changed.csv --list mine --changed' hands "
        "them out"
    )
    assert one.as_json() == {
        "list": "mine", "codes": ["E0001"], "made": "2026-01-03T06:00:00Z", "works": 5, "changed": 4, "retracted": 1,
        "withdrawn": 0, "concern": 1, "corrected": 0, "published": 2, "another": 0, "parted": 0, "other": 0,
        "ended": 0, "again": 0,
    }  # fmt: skip


def test_it_falls_silent_when_it_has_been_handed_out_and_speaks_of_what_comes_after(lab: Lab) -> None:
    lab.papers("one", [1, 2])
    lab.export("a.csv", searches=["one"])
    lab.mark(1, "concern")
    assert told(lab)[0].changed == 1
    assert lab.export("b.csv", mode="changed").records == 1
    assert told(lab) == []
    lab.mark(1, "retracted")
    (line,) = without_ending(lab)
    assert line == "Your list mine of 4 January 2026 (1 work, E0002) now holds 1 retracted paper"
    lab.export("all.csv", mode="all")
    assert told(lab) == []


def test_what_no_longer_matches_and_what_matches_again_is_told_once(lab: Lab) -> None:
    lab.papers("one", [1, 2, 3])
    lab.export("a.csv", searches=["one"])
    end(lab, 2, 3)
    assert without_ending(lab) == ["Your list mine of 3 January 2026 (3 works, E0001) has changed; 2 no longer match"]
    lab.export("b.csv", mode="changed")
    notes = {row["key"]: row["notes"] for row in lab.read("b.csv")}
    assert notes["LSI-000002"].endswith("changed since E0001: no search of the list matches it any more")
    assert told(lab) == []
    lab.run("one", [1, 2])
    assert without_ending(lab) == ["Your list mine of 5 January 2026 (2 works, E0002) has changed; 1 matches again"]
    lab.export("c.csv", mode="changed")
    assert told(lab) == []


def end(lab: Lab, *papers: int) -> None:
    """Papers that no search matches any more, from a later day on."""
    lab.day += 1
    with lab.store.write() as db:
        for paper in papers:
            db.execute(
                "update match set to_run = from_run, until = ?, ended = 'gone' where source_id = ?",
                (lab.now, str(990000000 + paper)),
            )


def test_a_work_that_another_search_of_the_list_still_matches_has_not_ended(lab: Lab) -> None:
    lab.papers("one", [1])
    lab.run("two", [1])
    lab.export("a.csv", searches=["one", "two"])
    with lab.store.write() as db:
        db.execute("update match set to_run = from_run, until = '2026-01-09T06:00:00Z' where search_id = 1")
    assert told(lab) == []


def test_two_works_that_were_handed_out_and_are_one_now_are_told_as_what_became_of_the_preprint(lab: Lab) -> None:
    lab.store_paper(1, publication_types=PREPRINT)
    lab.mark(1, "preprint")
    lab.papers("one", [1, 2])
    lab.mark(2, "published")
    lab.export("a.csv", searches=["one"])
    lab.place([1, 2])
    assert told(lab)[0].counts == {"published": 1}
    lab.export("b.csv", mode="changed")
    assert told(lab) == []


def test_a_split_and_a_further_version_are_told_without_a_state(lab: Lab) -> None:
    lab.papers("one", [1, 2, 3])
    lab.place([1, 2])
    lab.export("a.csv", searches=["one"])
    lab.place([1], [2])
    lab.papers("one", [1, 2, 3, 4])
    lab.place([3, 4])
    (line,) = without_ending(lab)
    assert line.endswith(
        "(2 works, E0001) now holds 1 paper that has appeared in another version and 2 papers that are no longer one "
        "with another"
    )


def test_files_that_were_made_together_are_one_hand_out(lab: Lab) -> None:
    lab.papers("one", [1, 2])
    lab.store_paper(3, source="europepmc")
    lab.run("one", [3], source="europepmc")
    lab.exports("a.csv", searches=["one"], by_source=True)
    for number in (1, 3):
        lab.mark(number, "withdrawn")
    (line,) = without_ending(lab)
    assert line.startswith("Your list mine of 4 January 2026 (3 works, E0001 to E0002) now holds 2 withdrawn papers")


def test_a_list_whose_file_is_gone_or_broken_is_followed_as_its_receipt_says(lab: Lab) -> None:
    lab.papers("one", [1])
    lab.export("a.csv", searches=["one"])
    lab.mark(1, "retracted")
    path = lab.home.queries / "lists" / "mine.txt"
    path.write_text("colour: red\n", encoding="utf-8")
    assert len(told(lab)) == 1
    path.unlink()
    assert len(told(lab)) == 1


def test_with_separate_versions_each_publication_is_told_for_itself(lab: Lab) -> None:
    folder = lab.home.queries / "lists"
    folder.mkdir()
    (folder / "mine.txt").write_text("title: mine\nsearches: one\nversions: separate\n", encoding="utf-8")
    lab.papers("one", [1, 2])
    lab.place([1, 2])
    lab.export("a.csv")
    lab.mark(2, "retracted")
    (one,) = told(lab)
    assert (one.changed, one.counts) == (1, {"retracted": 1})
    receipt = lab.export("b.csv", mode="changed")
    assert receipt.records == 1
    assert told(lab) == []


def test_hidden_works_are_not_told_of(lab: Lab) -> None:
    lab.papers("one", [1])
    lab.export("a.csv", searches=["one"])
    lab.mark(1, "retracted")
    with lab.store.write() as db:
        db.execute("update work set hidden = '2026-02-01', hidden_reason = 'x'")
    assert told(lab) == []


@pytest.mark.parametrize("by_publication", [False, True])
def test_how_works_stand_is_what_they_show_when_they_are_loaded(lab: Lab, by_publication: bool) -> None:
    lab.papers("one", [1, 2, 3])
    lab.run("two", [2, 3])
    lab.place([1, 2])
    lab.mark(2, "retracted")
    ids = [row[0] for row in lab.store.db.execute("select id from work where forwards is null")]
    found = list(standing.of_works(lab.store.db, ids, ["two"], by_publication=by_publication))
    assert [sorted(one.publications) for one in found] == ([[1], [2], [3]] if by_publication else [[1, 2], [3]])
    if not by_publication:
        for one, work in zip(found, works.stream(lab.store.db), strict=True):
            assert one.kinds == {item.event.kind for item in work.events}
            assert set(one.matches) == {(m.since, m.until) for m in work.matches if m.search == "two"}
    assert bool(found[0].matches) is not by_publication  # publication 1 has matches of its own, of another search
    assert lists.hand_outs(lab.store.db) == []
