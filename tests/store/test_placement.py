"""Works have permanent ids: joins forward, splits give ids back, and nothing is ever lost."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.dedupe import people, stage
from tracker.errors import UsageError
from tracker.model import Author, PartialDate, Record
from tracker.store import Store, cluster_members, identity, records, runs, works

NOW = "2026-03-02T06:00:00Z"


def keep(store: Store, number: int, **said: Any) -> str:
    key = str(990000000 + number)
    said.setdefault("title", f"A plainly different study, number {number * 7919}, of subject {number}")
    said.setdefault("authors", (Author(family=f"Name{number}", given="Ann"),))
    said.setdefault("date", PartialDate("2024"))
    record = Record("pubmed", key, pmid=key, **said)
    with store.write() as db:
        run = runs.begin(db, "collect", NOW)
        records.keep(db, run, record, b"raw", 1, NOW)
    return f"pubmed:{key}"


@pytest.fixture
def store(tmp_path: Path) -> Any:
    with Store(tmp_path / "db" / "tracker.db") as opened:
        yield opened


def stands(store: Store) -> dict[str, str]:
    rows = store.db.execute(
        "select source_id, key from placement join record on record.id = record_id join work on work.id = work_id"
    )
    return {row[0]: row[1] for row in rows}


def test_each_record_gets_a_work_of_its_own_in_the_order_of_arrival(store: Store) -> None:
    for number in (1, 2, 3):
        keep(store, number)
    report = stage.judge(store, NOW)
    assert (report.judged, report.works) == (3, 3)
    assert stands(store) == {"990000001": "LSI-000001", "990000002": "LSI-000002", "990000003": "LSI-000003"}
    assert stage.judge(store, NOW).line == "Dedupe: nothing new"


def test_the_prefix_is_what_was_decided_and_cannot_be_decided_again(store: Store) -> None:
    with store.write() as db:
        identity.decide(db, "NET", "example.org")
    keep(store, 1)
    stage.judge(store, NOW)
    assert stands(store) == {"990000001": "NET-000001"}
    with pytest.raises(UsageError, match="stays so"), store.write() as db:
        identity.decide(db, "OTHER", "example.org")


@pytest.mark.parametrize(("prefix", "authority"), [("lsi", "a.org"), ("L", "a.org"), ("LSI-", "a.org"), ("LSI", "a b")])
def test_a_prefix_or_authority_that_no_id_could_carry_is_refused(prefix: str, authority: str) -> None:
    with pytest.raises(UsageError):
        identity.check(prefix, authority)


def test_a_join_keeps_the_older_id_and_the_other_forwards_and_a_split_gives_it_back(store: Store) -> None:
    for number in (1, 2, 3):
        keep(store, number)
    stage.judge(store, NOW)
    people.join(store, "LSI-000003", "LSI-000002", "version", "same study", NOW)
    assert stands(store)["990000003"] == "LSI-000002"
    assert works.resolve(store.db, "LSI-000003") == "LSI-000002"
    assert cluster_members.find_work(store.db, "990000003")[1] == "LSI-000002"
    people.split(store, "LSI-000003", "pubmed:990000003", "it was not", NOW)
    assert stands(store)["990000003"] == "LSI-000003"
    assert works.resolve(store.db, "LSI-000003") == "LSI-000003"
    assert [row["undone"] for row in store.db.execute("select undone from verdict order by id")] == [NOW]


def test_a_persons_word_outlives_a_new_reading_of_the_record(store: Store) -> None:
    keep(store, 1)
    keep(store, 2)
    stage.judge(store, NOW)
    people.join(store, "LSI-000001", "LSI-000002", "version", "I know the authors", NOW)
    keep(store, 2, title="A title that has been changed since")
    assert stage.judge(store, NOW).judged == 1
    assert stands(store) == {"990000001": "LSI-000001", "990000002": "LSI-000001"}


def test_nonsense_is_refused_in_one_line(store: Store) -> None:
    keep(store, 1)
    stage.judge(store, NOW)
    for call in (
        lambda: people.join(store, "LSI-000001", "LSI-000001", "same", "x", NOW),
        lambda: people.join(store, "LSI-000001", "LSI-000009", "same", "x", NOW),
        lambda: people.split(store, "LSI-000001", "pubmed:990000001", "x", NOW),
        lambda: people.split(store, "LSI-000001", "pubmed:7", "x", NOW),
    ):
        with pytest.raises(UsageError):
            call()
    assert store.db.execute("select count(*) from verdict").fetchone()[0] == 0


def test_a_hidden_work_keeps_its_id(store: Store) -> None:
    keep(store, 1)
    stage.judge(store, NOW)
    with store.write() as db:
        assert cluster_members.hide(db, "pmid:990000001", "asked by its author", NOW) == "LSI-000001"
    assert next(works.stream(store.db)).hidden == NOW


def test_a_record_is_loaded_with_its_work(store: Store) -> None:
    keep(store, 1, doi="10.5555/one")
    keep(store, 2)
    stage.judge(store, NOW)
    one, two = works.stream(store.db)
    assert (one.key, one.records[0].record.doi, two.key) == ("LSI-000001", "10.5555/one", "LSI-000002")
    assert [work.key for work in works.stream(store.db, ["LSI-000002", "LSI-000009"])] == ["LSI-000002"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(1, 5), st.integers(1, 5)), max_size=12), st.randoms())
def test_no_sequence_of_joins_and_splits_loses_a_record_or_an_id(
    steps: list[tuple[bool, int, int]], chance: random.Random
) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "tracker.db") as store:
        for number in range(1, 6):
            keep(store, number)
        stage.judge(store, NOW)
        for joining, one, two in steps:
            try:
                if joining:
                    people.join(store, f"LSI-{one:06d}", f"LSI-{two:06d}", chance.choice(["same", "version"]), "x", NOW)
                else:
                    people.split(store, f"LSI-{one:06d}", f"pubmed:{990000000 + two}", "x", NOW)
            except UsageError:
                continue
        standing = stands(store)
        assert len(standing) == 5
        assert {row[0] for row in store.db.execute("select key from work")} == {f"LSI-{n:06d}" for n in range(1, 6)}
        for number in range(1, 6):  # a key always leads to where its own record stands
            assert works.resolve(store.db, f"LSI-{number:06d}") == standing[str(990000000 + number)]
        for key in list(standing):
            for other in list(standing):
                while key != other and standing[key] == standing[other]:
                    people.split(store, standing[key], f"pubmed:{key}", "apart", NOW)
                    standing = stands(store)
        assert stands(store) == {str(990000000 + n): f"LSI-{n:06d}" for n in range(1, 6)}
