"""New rules are told before they change anything; what a person has said or been handed is named."""

from __future__ import annotations

import pytest
from shelves import LATER, NOW, TEAM, hand_out, ids, judge, keep, stands

from tracker.dedupe import clusters as clustering
from tracker.dedupe import engine, people, review, stage
from tracker.dedupe.rules import NOTHING_SHARED, verdict
from tracker.dedupe.ruling import Ruling
from tracker.errors import UsageError
from tracker.store import Store, cluster_members, verdicts


@pytest.fixture
def new_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Version 2 of the rules: whatever was 'same' is a version now."""
    from dataclasses import replace

    def softer(a, b, context=NOTHING_SHARED):  # type: ignore[no-untyped-def]
        said = verdict(a, b, context)
        return replace(said, kind="version", rule="stated link") if said.kind == "same" else said

    def judged(a, b, context=NOTHING_SHARED):  # type: ignore[no-untyped-def]
        said = softer(a, b, context)
        return Ruling(said.kind, said.rule, firm=said.kind == "version", told=True)

    monkeypatch.setattr(engine, "verdict", softer)
    monkeypatch.setattr(engine, "judge", judged)
    monkeypatch.setattr(clustering, "judge", judged)
    for module in (stage, review):
        monkeypatch.setattr(module, "RULES_VERSION", 2)


def twins(store: Store) -> None:
    """Two works of two records each, and one of one."""
    for number in (1, 2, 3, 4):
        title = f"Loneliness in the winter of {(number + 1) // 2 + 1980}: a survey of many people and places"
        source = ("pubmed", "import")[number % 2]
        keep(store, number, source=source, title=title, authors=TEAM, journal="Journal of Winters")
    keep(store, 5)
    judge(store)


def everything(store: Store) -> list[tuple[object, ...]]:
    return [tuple(row) for row in store.db.execute("select * from verdict order by id")]


def test_without_new_rules_it_says_so_and_does_nothing(store: Store) -> None:
    twins(store)
    before = everything(store)
    assert review.review(store, LATER, apply=True).lines == ["No new rules: everything was judged by version 1."]
    assert everything(store) == before


def test_before_anything_was_judged_there_is_nothing_to_review(store: Store) -> None:
    with pytest.raises(UsageError, match="nothing has been judged"):
        review.review(store, NOW, apply=False)


@pytest.mark.usefixtures("new_rules")
def test_the_review_tells_everything_and_changes_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as old:
        for module in (stage, review):
            old.setattr(module, "RULES_VERSION", 1)
        old.setattr(engine, "verdict", verdict)
        old.setattr(engine, "judge", __import__("tracker.dedupe.rules", fromlist=["judge"]).judge)
        old.setattr(clustering, "judge", engine.judge)
        twins(store)
        code = hand_out(store, "list")
        with store.write() as db:
            cluster_members.hide(db, "LSI-000002", "asked", NOW)
    assert "there are new rules" in stage.judge(store, NOW).line
    before, rows, given = stands(store), everything(store), ids(store)
    told = review.review(store, LATER, apply=False)
    assert (stands(store), everything(store), ids(store)) == (before, rows, given)
    assert told.lines[0] == "Rules 1 -> 2: 5 records judged again."
    assert "same +0 -2" in told.lines[1]
    assert "version +" in told.lines[1]
    assert {change.key for change in told.changes} >= {"LSI-000001", "LSI-000002"}
    assert all(code in change.seen for change in told.changes if change.key < "LSI-000004")
    assert "taken down" in next(change.seen for change in told.changes if change.key == "LSI-000002")
    assert told.lines[-1].startswith("Nothing has been changed")

    done = review.review(store, LATER, apply=True)
    assert (done.changes, done.lines[-1]) == (told.changes, "Done.")
    assert stands(store) != before
    assert given <= ids(store)
    assert verdicts.reviewed(store.db) == 2
    assert "No new rules" in review.review(store, LATER, apply=False).lines[0]
    assert "new rules" not in stage.judge(store, LATER).line


@pytest.mark.usefixtures("new_rules")
def test_a_persons_word_outlives_new_rules_and_is_named(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as old:
        old.setattr(stage, "RULES_VERSION", 1)
        keep(store, 1)
        keep(store, 2)
        twins(store)
        people.join(store, "pubmed:990000005", "pubmed:990000002", "same", "I wrote it", NOW)
    joined = stands(store)
    told = review.review(store, LATER, apply=True)
    after = stands(store)
    assert after["pubmed:990000005"][0] == after["pubmed:990000002"][0] == joined["pubmed:990000002"][0]
    assert all("a person's word" in change.seen for change in told.changes if "990000005" in change.what)
