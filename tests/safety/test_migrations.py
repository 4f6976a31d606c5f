"""Every released database can be brought up to date, after a checked copy of it was made; a newer one is left alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from released import DATA, dump, load

from tracker.errors import StoreError
from tracker.store import Store, migrations
from tracker.store import backup as copies
from tracker.store.verify import findings, objects

RELEASED = sorted(DATA.glob("*.sql")) if DATA.is_dir() else []
SECOND = "alter table search add column colour text not null default '';\ncreate index match_why on match (why);"

CHANGED = (
    "a released schema is never edited: what is new belongs into a step of its own "
    "(before the first release: python tests/safety/released.py 0.1.0)"
)


@pytest.fixture
def second_step(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A step that some later version may bring."""

    def add(text: str) -> None:
        real = migrations.script
        monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, "schema_0099"))
        monkeypatch.setattr(migrations, "script", lambda name: text if name == "schema_0099" else real(name))

    return add


@pytest.fixture
def older(tmp_path: Path) -> Path:
    path = tmp_path / "home" / "db" / "tracker.db"
    path.parent.mkdir(parents=True)
    load(dump(), path)
    return path


def schema(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as db:
        return objects(db)


def count(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute("select count(*) from record_state").fetchone()[0])


@pytest.mark.parametrize("path", RELEASED, ids=lambda path: path.stem)
def test_a_released_database_is_brought_to_the_newest_schema(path: Path, tmp_path: Path) -> None:
    load(path.read_text(encoding="utf-8"), tmp_path / "old.db")
    rows = count(tmp_path / "old.db")
    with Store(tmp_path / "old.db") as store:
        assert bool(store.copied) == (len(migrations.applied(store.db)) > 1)
    with Store(tmp_path / "new.db"):
        pass
    assert schema(tmp_path / "old.db") == schema(tmp_path / "new.db"), CHANGED
    assert count(tmp_path / "old.db") == rows > 0
    assert [item for item in findings(tmp_path / "old.db") if item.wrong] == []


@pytest.mark.parametrize("path", RELEASED, ids=lambda path: path.stem)
def test_no_row_of_a_released_database_is_lost_or_changed_on_the_way(path: Path, tmp_path: Path) -> None:
    load(path.read_text(encoding="utf-8"), tmp_path / "old.db")
    before = contents(tmp_path / "old.db")
    with Store(tmp_path / "old.db"):
        pass
    after = contents(tmp_path / "old.db", {table: columns for table, (columns, _) in before.items()})
    assert after == before
    assert before["event"][1]
    assert before["export"][1]


def contents(
    path: Path, wanted: dict[str, list[str]] | None = None
) -> dict[str, tuple[list[str], list[tuple[object, ...]]]]:
    """Every table's columns and rows; ``wanted``: only these tables and columns."""
    found = {}
    with closing(sqlite3.connect(path)) as db:
        names = [row[0] for row in db.execute("select name from sqlite_schema where type = 'table'")]
        for name in wanted or [name for name in names if not name.startswith(("sqlite_", "_sqlite"))]:
            columns = (wanted or {}).get(name) or [row[1] for row in db.execute(f"pragma table_info('{name}')")]
            rows = db.execute(f"select {', '.join(columns)} from {name}").fetchall()
            found[name] = (columns, sorted(rows, key=repr))
    return found


def test_before_a_step_a_checked_copy_is_made(older: Path, second_step: Callable[[str], None]) -> None:
    before = schema(older)
    second_step(SECOND)
    with Store(older) as store:
        copy = store.copied
        assert store.db.execute("select colour from search").fetchone()[0] == ""
        assert store.db.execute("pragma foreign_keys").fetchone()[0] == 1
    assert copy == older.parent / "backups" / "before-schema_0099-1.db"
    assert schema(copy) == before
    assert count(copy) == count(older)
    with Store(older) as store:
        assert store.copied is None
    assert [item for item in findings(older) if item.wrong] == []


def test_a_new_database_needs_no_copy(tmp_path: Path, second_step: Callable[[str], None]) -> None:
    second_step(SECOND)
    with Store(tmp_path / "db" / "tracker.db") as store:
        assert store.copied is None
    assert not (tmp_path / "db" / "backups").exists()


def test_a_step_that_fails_changes_nothing_and_each_attempt_has_its_copy(
    older: Path, second_step: Callable[[str], None]
) -> None:
    before = schema(older)
    second_step(SECOND + "\ninsert into no_such_table values (1);")
    for _ in range(2):
        with pytest.raises(StoreError, match="no_such_table"):
            Store(older)
    assert schema(older) == before
    assert len(list((older.parent / "backups").iterdir())) == 2


def test_without_room_for_the_copy_nothing_is_changed(
    older: Path, second_step: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = schema(older)
    second_step(SECOND)

    def full(path: Path, out: Path) -> None:
        raise StoreError(f"{path} cannot be copied to {out.parent}: database or disk is full")

    monkeypatch.setattr(copies, "snapshot", full)
    with pytest.raises(StoreError, match="disk is full"):
        Store(older)
    assert schema(older) == before


def test_a_step_after_which_a_reference_is_broken_says_how_to_go_back(
    older: Path, second_step: Callable[[str], None]
) -> None:
    second_step("delete from run where id = 1;")
    with pytest.raises(StoreError, match=r"tracker restore .*before-schema_0099-1\.db"):
        Store(older)


def test_reading_commands_leave_an_older_database_to_those_that_hold_the_lock(
    older: Path, second_step: Callable[[str], None], tracker: Callable[..., Any], settings: dict[str, str]
) -> None:
    home = older.parent.parent
    before = schema(older)
    second_step(SECOND)
    told = tracker("verify", home=home)
    assert told.code == 2
    assert "schema_0099 is to come: 'tracker update'" in told.out
    told = tracker("status", home=home)
    assert told.code == 2
    assert "'tracker update' brings it up to date" in told.err
    assert schema(older) == before
    told = tracker("update", home=home, **settings)
    assert "before-schema_0099-1.db" in told.err
    assert tracker("status", home=home).code in (0, 3)
    assert tracker("verify", home=home).code == 0


def test_a_backup_of_an_older_version_is_restored_and_then_brought_up_to_date(
    older: Path, second_step: Callable[[str], None], tracker: Callable[..., Any], tmp_path: Path
) -> None:
    copies.snapshot(older, tmp_path / "copy.db", {})
    second_step(SECOND)
    home = tmp_path / "new"
    assert tracker("restore", str(tmp_path / "copy.db"), home=home).code == 0
    with Store(home / "db" / "tracker.db") as store:
        assert store.copied is not None


def test_there_is_a_dump_of_every_release() -> None:
    assert {path.stem for path in RELEASED} >= {"0.1.0"}
