"""Collecting from Europe PMC: each record decided here, refusals remembered, decided anew when anything has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from preprint_lab import TEXT, Lab, Shelf, saved
from preprint_world import DAY, preprint

from emulator.papers import AbstractPart
from tracker import pipeline
from tracker.collect.deciding import rules_for, undecided
from tracker.errors import UsageError
from tracker.model import SavedSearch

HIT = "Social connection and depression were told of."
MISS = "A social evening; the ferry connects at four; some were depressed."
OTHER = "Lanterns were counted."


@pytest.fixture
def lab(running: Any, client: Any, tmp_path: Path) -> Iterator[Lab]:
    """Three preprints match, two are found and refused, one is not found."""
    shelf = Shelf()
    shelf.put(*(preprint(number, text=HIT) for number in (1, 2, 3)))
    shelf.put(*(preprint(number, text=MISS) for number in (4, 5)), preprint(6, text=OTHER))
    service = running(shelf)
    found = Lab(tmp_path / "home", service, client(service), [saved()], shelf)
    yield found
    for row in found.rows("select received, known, new, rejected from search_run"):
        assert row[0] == sum(row[1:])
    for row in found.rows("select fetched, read, fresh, changed, same, unreadable, withheld from reading_run"):
        assert (row[0], row[1]) == (row[1] + row[5] + row[6], row[2] + row[3] + row[4])
    found.store.close()


IDS = {f"PPR99000{number}" for number in (1, 2, 3)}
REFUSED = {"PPR990004", "PPR990005"}


def test_one_strategy_one_meaning_what_is_found_wider_is_refused(lab: Lab) -> None:
    lab.update()
    assert lab.matching() == IDS
    assert lab.ledger() == [(5, 0, 3, 2, "complete")]
    assert set(lab.fetched()) == IDS | REFUSED
    assert {row[0] for row in lab.rows("select source_id from rejection")} == REFUSED
    assert "2 refused: complete" in "\n".join(lab.said)


def test_refused_preprints_keep_their_raw_record_and_are_no_works(lab: Lab) -> None:
    lab.update()
    assert len(lab.rows("select 1 from record_state")) == 5
    works = "select source_id from placement join record on record.id = record_id"
    assert {row[0] for row in lab.rows(works)} == IDS


def test_a_second_run_fetches_nothing_that_was_refused(lab: Lab) -> None:
    lab.update()
    before = len(lab.service.log)
    lab.tomorrow(days=20)
    assert lab.ledger()[-1] == (5, 3, 0, 2, "complete")
    again = lab.fetched(before)
    assert len(again) <= 5  # rotation and revision ask again for what is known, never for all at once
    before = len(lab.service.log)
    lab.update()  # the same day: nothing is due
    assert lab.fetched(before) == []
    assert lab.ledger()[-1] == (5, 3, 0, 2, "complete")


def test_a_revised_record_is_decided_anew_in_both_directions(lab: Lab) -> None:
    lab.update()
    lab.day = date(2026, 3, 20)
    lab.shelf.edit("PPR990004", lab.day, parts=(AbstractPart(HIT),))
    lab.shelf.edit("PPR990001", lab.day, parts=(AbstractPart(MISS),))
    lab.update()
    assert lab.matching() - {"PPR990001"} == {"PPR990002", "PPR990003", "PPR990004"}
    assert lab.rows("select why from match where source_id = 'PPR990004'") == [("edited",)]
    assert {row[0] for row in lab.rows("select source_id from rejection")} == {"PPR990001", "PPR990005"}
    lab.tomorrow()
    assert "PPR990001" not in lab.matching()  # gone after two complete runs
    assert lab.rows("select ended from match where source_id = 'PPR990001'") == [("gone",)]
    assert "PPR990004" in {
        row[0] for row in lab.rows("select source_id from placement join record on record.id = record_id")
    }


def test_a_new_strategy_version_is_decided_anew_without_fetching_again(lab: Lab) -> None:
    lab.update()
    before = len(lab.service.log)
    lab.searches = [saved(text="social[tiab] AND depress*[tiab]")]
    lab.update()
    assert lab.matching() == IDS | REFUSED
    assert lab.fetched(before) == []
    assert set(lab.rows("select why from match where source_id in ('PPR990004', 'PPR990005')")) == {("strategy",)}
    assert lab.rows("select * from rejection") == []
    lab.searches = [saved()]
    lab.update()
    assert lab.matching() == IDS
    assert lab.ledger()[-1] == (5, 3, 0, 2, "complete")


def test_two_searches_share_what_was_read_and_each_has_its_own_refusals(lab: Lab) -> None:
    lab.searches = [saved(), saved("two", "connects[tiab] OR lanterns[ti]")]
    lab.update()
    assert lab.matching("two") == {f"PPR99000{number}" for number in range(1, 7)}
    assert len(lab.fetched()) == len(set(lab.fetched())) == 6
    assert {row[0] for row in lab.rows("select slug from rejection join search on search.id = search_id")} == {"one"}


def test_withheld_preprints_are_no_matches_until_they_come(lab: Lab) -> None:
    lab.service.search.withheld.add("PPR990002")
    lab.update()
    assert lab.matching() == IDS - {"PPR990002"}
    assert lab.ledger() == [(5, 0, 2, 3, "complete with notes")]
    assert "PPR990002" not in {row[0] for row in lab.rows("select source_id from rejection")}
    lab.service.search.withheld.clear()
    lab.tomorrow()
    assert lab.matching() == IDS
    assert lab.ledger()[-1] == (5, 2, 1, 2, "complete")


def test_an_outage_while_reading_is_incomplete_and_the_next_run_mends_it(lab: Lab) -> None:
    lab.service.faults.play("error-503", times=None, where=lambda asked: asked.utility == "core")
    lab.update()
    assert lab.ledger()[-1][-1] == "incomplete"
    assert lab.matching() == set()
    lab.service.faults.clear()
    lab.tomorrow()
    assert lab.matching() == IDS
    assert lab.ledger()[-1] == (5, 0, 3, 2, "complete")
    assert lab.rows("select distinct baseline from search_run where outcome = 'complete'") == [("baseline",)]


@pytest.mark.parametrize(
    "fault", ["version-only", "page-size-200", "another-query", "null-list", "html", "foreign-record"]
)
def test_an_odd_answer_to_a_search_is_failed_and_takes_nothing_away(lab: Lab, fault: str) -> None:
    lab.update()
    lab.service.faults.play(fault, times=None, where=lambda asked: asked.utility == "idlist")
    lab.tomorrow()
    assert lab.ledger()[-1][-1] == "failed"
    assert lab.matching() == IDS
    assert lab.rows("select missing_run from match where missing_run is not null") == []


def test_a_hand_written_query_is_sent_and_taken_as_it_stands(lab: Lab) -> None:
    by_hand = "SRC:PPR AND TITLE_ABS:ferry"
    lab.searches = [saved(overrides=(("europepmc", by_hand),))]
    lab.update()
    assert lab.matching() == REFUSED
    assert lab.ledger() == [(2, 0, 2, 0, "complete")]
    assert lab.rows("select text from sent_text") == [(by_hand,)]


def test_what_is_sent_is_kept_with_the_run(lab: Lab) -> None:
    lab.update()
    ((sent,),) = lab.rows("select text from sent_text")
    assert sent == lab.service.asked("idlist")[0].form["query"]
    assert sent.startswith("SRC:PPR AND (")


def test_a_strategy_that_europe_pmc_cannot_be_asked_for_is_refused_and_nothing_is_sent(lab: Lab) -> None:
    lab.searches = [saved(text='"Loneliness"[mh] AND depress*[tiab]')]
    with pytest.raises(UsageError, match="europepmc cannot be asked for"):
        lab.update()
    assert lab.service.log == []


def test_a_home_with_such_a_search_fails_tracker_check(tmp_path: Path) -> None:
    from tracker.home import Home

    (tmp_path / "queries").mkdir()
    text = 'title: x\nsources: pubmed, europepmc\n---\n"Loneliness"[mh] AND depress*[tiab]\n'
    (tmp_path / "queries" / "one.txt").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="Europe PMC cannot be asked for"):
        pipeline.searches_of(Home(tmp_path))


def test_a_dry_run_says_that_more_is_listed_than_is_wanted(lab: Lab) -> None:
    told: list[str] = []
    context = pipeline.Context(None, lambda: None, lab.said.append)  # type: ignore[arg-type]
    assert pipeline.dry_run(context, {"europepmc": lab.source}, lab.searches, told.append) == []
    assert told == [
        "one on Europe PMC: 5 are listed (asked wider; each is decided when it is read), 5 ids received",
    ]


def test_the_inflow_of_the_last_days_is_kept(lab: Lab) -> None:
    lab.shelf.put(*(preprint(number, text=OTHER, posted=date(2026, 2, 27)) for number in (11, 12)))
    lab.update()
    assert ("2026-02-28", 2) in lab.rows("select day, records from inflow where source = 'europepmc'")


def test_a_run_killed_before_it_decided_ends_with_the_same_records_matches_and_works(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tracker.collect import deciding
    from tracker.dedupe import stage

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(deciding, "decide", killed)
        with pytest.raises(KeyboardInterrupt):
            lab.update()
    stage.judge(lab.store, "2026-03-02T07:00:00Z")
    assert lab.rows("select * from work") == []
    lab.update()
    assert lab.matching() == IDS
    assert [row[0] for row in lab.rows("select id from work order by id")] == [1, 2, 3]
    assert lab.fetched() == sorted(IDS | REFUSED)


# The pure parts


def test_only_sources_that_are_asked_wider_have_rules() -> None:
    search = saved()
    assert rules_for(search, "europepmc")
    assert rules_for(search, "pubmed") is rules_for(search, "a source from elsewhere") is None
    assert rules_for(saved(overrides=(("europepmc", "SRC:PPR"),)), "europepmc") is None


def test_another_strategy_has_other_rules() -> None:
    marks: Callable[[SavedSearch], str] = lambda search: rules_for(search, "europepmc").mark  # type: ignore[union-attr]  # noqa: E731
    assert marks(saved()) == marks(saved("two", TEXT))
    assert marks(saved()) != marks(saved(text="tea[ti]"))


def test_what_is_decided_on_is_stored_and_not_refused_as_it_stands() -> None:
    standing = {"a": "1", "b": "2", "c": "3"}
    assert undecided(["a", "b", "c", "d"], standing, {"a": "1", "b": "old", "d": "4"}) == {"b", "c"}


def test_the_day_of_the_service_is_that_of_the_lab(lab: Lab) -> None:
    assert lab.day == DAY
