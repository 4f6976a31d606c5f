"""A backup is whole, checked and brings a home back; a restore changes nothing unless it can change all."""

from __future__ import annotations

import gzip
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tracker.errors import StoreError, UsageError
from tracker.home import Context, Home
from tracker.safety import backup as backing
from tracker.store import Store, migrations
from tracker.store import backup as copies

Tracker = Callable[..., Any]


def rows(path: Path) -> dict[str, list[Any]]:
    """Everything in a database."""
    with closing(sqlite3.connect(path)) as db:
        names = [row[0] for row in db.execute("select name from sqlite_schema where type = 'table' order by 1")]
        return {name: db.execute(f"select * from {name} order by 1").fetchall() for name in names}


def ids(path: Path, table: str = "work") -> list[int]:
    with closing(sqlite3.connect(path)) as db:
        return [row[0] for row in db.execute(f"select id from {table} order by 1")]


@pytest.fixture
def updated(tracker: Tracker, a_home: Path, settings: dict[str, str]) -> Path:
    assert tracker("update", **settings).code == 0
    assert tracker("export", str(a_home.parent / "list.csv"), "--list", "one", "--search", "one").code == 0
    return a_home


@pytest.mark.parametrize("name", ["copy.db", "copy.db.gz"])
def test_a_backup_brings_the_home_back_on_another_computer(
    tracker: Tracker, updated: Path, tmp_path: Path, name: str
) -> None:
    before = rows(updated / "db" / "tracker.db")
    told = tracker("backup", str(tmp_path / name))
    assert told.code == 0, told.err
    assert "checked" in told.out
    new = tmp_path / "new"
    told = tracker("restore", str(tmp_path / name), home=new)
    assert told.code == 0, told.err
    after = rows(new / "db" / "tracker.db")
    settings, others = after.pop("setting"), before.pop("setting")
    assert after == before
    assert set(others) <= set(settings)
    assert (new / "queries" / "one.txt").read_bytes() == (updated / "queries" / "one.txt").read_bytes()
    assert (new / "queries" / "lists" / "one.txt").exists()
    assert tracker("publish", home=new).code == 0
    assert tracker("verify", home=new).code == 0
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_backup_is_one_plain_sqlite_file_that_others_cannot_read(tracker: Tracker, updated: Path) -> None:
    tracker("backup")
    kept = list((updated / "db" / "backups").iterdir())
    assert len(kept) == 1
    with closing(sqlite3.connect(f"{kept[0].as_uri()}?mode=ro", uri=True)) as db:
        assert db.execute("pragma journal_mode").fetchone() == ("delete",)
        assert db.execute("select count(*) from backup_file where path like 'queries/%'").fetchone()[0] >= 2
    if os.name == "posix":
        assert kept[0].stat().st_mode & 0o077 == 0


def test_the_newest_stay_and_the_one_just_made_whatever_the_clock_said(updated: Path, clock: Any) -> None:
    context = Context(Home(updated), clock, lambda line: None)
    made = []
    for _ in range(4):
        made.append(backing.backup(context, None, keep=3).path)
        clock.move(days=1)
    folder = updated / "db" / "backups"
    (folder / "before-schema_0002-1.db").write_bytes(b"")
    assert sorted(folder.glob("tracker-*")) == made[1:]
    clock.move(days=-400)  # the clock was ahead until now
    last = backing.backup(context, None, keep=3)
    assert last.path.exists()
    assert "1 older removed" in last.line
    assert sorted(folder.glob("tracker-*")) == [last.path, *made[2:]]
    assert (folder / "before-schema_0002-1.db").exists()


def test_a_backup_never_overwrites_a_file(tracker: Tracker, updated: Path, tmp_path: Path) -> None:
    (tmp_path / "there.db").write_text("mine", encoding="utf-8")
    told = tracker("backup", str(tmp_path / "there.db"))
    assert told.code == 2
    assert "never overwrites" in told.err
    assert (tmp_path / "there.db").read_text(encoding="utf-8") == "mine"


def test_a_backup_may_be_made_while_an_update_writes(updated: Path, tracker: Tracker, tmp_path: Path) -> None:
    with Store(updated / "db" / "tracker.db") as store, store.write() as db:
        db.execute("insert into setting values ('half', 'done')")
        assert tracker("backup", str(tmp_path / "copy.db")).code == 0
    assert "half" not in [row[0] for row in rows(tmp_path / "copy.db")["setting"]]


def damage(path: Path) -> None:
    """Overwrite a page in the middle of the file."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("pragma wal_checkpoint(truncate)")
        size = db.execute("pragma page_size").fetchone()[0]
        page = db.execute("select rootpage from sqlite_schema where name = 'record_state'").fetchone()[0]
    body = bytearray(path.read_bytes())
    body[(page - 1) * size : page * size] = b"\xa5" * size
    path.write_bytes(body)


def test_a_corrupted_page_is_found_stops_the_update_is_never_backed_up_and_a_restore_heals_it(
    tracker: Tracker, updated: Path, settings: dict[str, str]
) -> None:
    tracker("backup")
    (kept,) = (updated / "db" / "backups").iterdir()
    good = rows(updated / "db" / "tracker.db")
    public = (updated / "db" / "public" / "public.db").read_bytes()
    damage(updated / "db" / "tracker.db")

    assert tracker("verify").code == 2
    told = tracker("update", **settings)
    assert told.code == 2
    assert len(told.err.strip().splitlines()) == 1, told.err
    assert "damaged" in told.err
    assert "tracker restore" in told.err
    assert (updated / "db" / "public" / "public.db").read_bytes() == public
    told = tracker("backup", "--keep", "1")
    assert told.code == 2
    assert list((updated / "db" / "backups").iterdir()) == [kept]

    told = tracker("restore", str(kept))
    assert told.code == 0, told.err
    (replaced,) = (updated / "db").glob("replaced-*.db")
    assert str(replaced) in told.out
    after = rows(updated / "db" / "tracker.db")
    assert {name: after[name] for name in after if name != "setting"} == {
        name: good[name] for name in good if name != "setting"
    }
    assert tracker("update", **settings).code == 0
    assert tracker("verify").code == 0


def test_ids_given_since_the_backup_are_not_given_again(
    tracker: Tracker, updated: Path, settings: dict[str, str], service: Any, tmp_path: Path
) -> None:
    tracker("backup", str(tmp_path / "old.db"))
    given = ids(updated / "db" / "tracker.db")
    text = (updated / "queries" / "one.txt").read_text(encoding="utf-8")
    (updated / "queries" / "two.txt").write_text(text.replace("loneliness", "nurses"), encoding="utf-8")
    assert tracker("update", **settings).code == 0
    assert tracker("export", str(tmp_path / "b.csv"), "--list", "two", "--search", "two").code == 0
    later = ids(updated / "db" / "tracker.db")
    assert later[-1] > given[-1]
    assert tracker("restore", str(tmp_path / "old.db")).code == 0
    assert ids(updated / "db" / "tracker.db") == given
    (updated / "queries" / "two.txt").write_text(text.replace("loneliness", "psychosis"), encoding="utf-8")
    assert tracker("update", **settings).code == 0
    assert tracker("export", str(tmp_path / "c.csv"), "--list", "two", "--search", "two").code == 0
    assert not set(ids(updated / "db" / "tracker.db")) - set(given) & set(later)
    assert ids(updated / "db" / "tracker.db", "export") == [1, 3]
    assert tracker("verify").code == 0


def test_where_nobody_can_tell_which_were_given_some_numbers_are_passed_over(
    tracker: Tracker, updated: Path, tmp_path: Path
) -> None:
    tracker("backup", str(tmp_path / "old.db"))
    told = tracker("restore", str(tmp_path / "old.db"), home=tmp_path / "new")
    assert "passed over" in told.out
    own = ids(updated / "db" / "tracker.db")[-1]
    assert copies.given(tmp_path / "new" / "db" / "tracker.db") == (own + backing.UNKNOWN_WORKS, 101)
    told = tracker("restore", str(tmp_path / "old.db"), home=tmp_path / "new")  # now it can be told
    assert "passed over" not in told.out
    assert copies.given(tmp_path / "new" / "db" / "tracker.db") == (own + backing.UNKNOWN_WORKS, 101)


def test_files_of_the_home_come_back_where_they_are_missing_and_none_is_overwritten(
    tracker: Tracker, updated: Path, tmp_path: Path
) -> None:
    tracker("backup", str(tmp_path / "old.db"))
    (updated / "queries" / "lists" / "one.txt").unlink()
    (updated / "queries" / "one.txt").write_text("title: mine now\n", encoding="utf-8")
    told = tracker("restore", str(tmp_path / "old.db"))
    assert "brought back: queries/lists/one.txt" in told.out
    assert "not touched, though the backup has another version: queries/one.txt" in told.out
    assert (updated / "queries" / "one.txt").read_text(encoding="utf-8") == "title: mine now\n"


def untouched(tracker: Tracker, home: Path, file: Path, named: str) -> None:
    before = rows(home / "db" / "tracker.db")
    told = tracker("restore", str(file))
    assert told.code == 2
    assert named in told.err
    assert len(told.err.strip().splitlines()) == 1
    assert rows(home / "db" / "tracker.db") == before
    left = {path.name for path in (home / "db").iterdir()} - {"tracker.db-wal", "tracker.db-shm"}
    assert left <= {"tracker.db", "public", "backups", "writer.lock", "writer.txt", "heartbeat.json"}


def test_a_file_that_is_no_sound_backup_changes_nothing(tracker: Tracker, updated: Path, tmp_path: Path) -> None:
    tracker("backup", str(tmp_path / "good.db"))
    tracker("backup", str(tmp_path / "good.db.gz"))
    whole = (tmp_path / "good.db.gz").read_bytes()
    (tmp_path / "cut.db.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "plain.db.gz").write_bytes(b"not compressed")
    (tmp_path / "text.db").write_text("no database" * 1000, encoding="utf-8")
    shutil.copy(tmp_path / "good.db", tmp_path / "bad.db")
    damage(tmp_path / "bad.db")
    (tmp_path / "bad.db.gz").write_bytes(gzip.compress((tmp_path / "bad.db").read_bytes()))
    with closing(sqlite3.connect(tmp_path / "other.db")) as db:
        db.execute("create table of_somebody_else (id)")
    shutil.copy(tmp_path / "good.db", tmp_path / "newer.db")
    with closing(sqlite3.connect(tmp_path / "newer.db", isolation_level=None)) as db:
        db.execute("insert into _sqlite_migrations (migration_set, name, applied_at) values ('tracker', 'later', '')")
    for name, named in (
        ("nothing.db", "there is no file"), ("cut.db.gz", "damaged"), ("plain.db.gz", "damaged"),
        ("text.db", "no sound database"), ("bad.db", "bad.db is no sound"), ("bad.db.gz", "bad.db.gz is no sound"),
        ("other.db", "no database of a tracker"), ("newer.db", "newer tracker"),
    ):  # fmt: skip
        untouched(tracker, updated, tmp_path / name, named)


def test_a_backup_with_a_file_from_elsewhere_writes_nothing_outside_the_home(
    tracker: Tracker, updated: Path, tmp_path: Path
) -> None:
    tracker("backup", str(tmp_path / "odd.db"))
    with closing(sqlite3.connect(tmp_path / "odd.db", isolation_level=None)) as db:
        db.execute("insert into backup_file values ('queries/../../outside.txt', x'61')")
    told = tracker("restore", str(tmp_path / "odd.db"))
    assert told.code == 2
    assert "belongs to no home" in told.err
    assert not (tmp_path / "outside.txt").exists()


def test_a_copy_that_is_not_what_was_written_is_no_backup(updated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = Context(Home(updated), lambda: datetime(2026, 3, 2, tzinfo=UTC), lambda line: None)
    sums = iter(("one", "another"))
    monkeypatch.setattr(backing, "_sum", lambda file: next(sums))
    with pytest.raises(StoreError, match="read back"):
        backing.backup(context, updated.parent / "x.db.gz", keep=1)
    assert not list(updated.parent.glob("*x.db*"))


def test_a_copy_that_a_killed_backup_left_is_no_hindrance(tmp_path: Path, updated: Path) -> None:
    (tmp_path / "out.db").write_bytes(b"half a copy" * 999)
    copies.snapshot(updated / "db" / "tracker.db", tmp_path / "out.db")
    migrations.check_file(tmp_path / "out.db", tmp_path / "out.db")


def test_a_restore_needs_the_lock(tracker: Tracker, updated: Path, tmp_path: Path) -> None:
    from tracker.safety.lock import writing

    tracker("backup", str(tmp_path / "copy.db"))
    with writing(Context(Home(updated), lambda: datetime(2026, 3, 2, tzinfo=UTC), lambda line: None)):
        told = tracker("restore", str(tmp_path / "copy.db"))
    assert told.code == 2
    assert f"process {os.getpid()}" in told.err


KILLED = """
import os, sys, pathlib, datetime
from tracker.safety import backup
from tracker.home import Context
from tracker.home import Home
real, left = os.replace, [int(sys.argv[3])]
def replace(*names):
    if left[0] == 0:
        os._exit(9)
    left[0] -= 1
    real(*names)
os.replace = replace
context = Context(Home(pathlib.Path(sys.argv[1])), lambda: datetime.datetime(2026, 3, 2, tzinfo=datetime.UTC), print)
backup.restore(context, pathlib.Path(sys.argv[2]))
"""


def test_a_restore_killed_between_any_two_steps_is_done_again_and_nothing_is_lost(
    tracker: Tracker, updated: Path, settings: dict[str, str], tmp_path: Path
) -> None:
    tracker("backup", str(tmp_path / "copy.db"))
    good = rows(updated / "db" / "tracker.db")
    opened = sqlite3.connect(updated / "db" / "tracker.db")  # so that there is a log beside the database
    opened.execute("insert into setting values ('later', 'than the backup')")
    opened.commit()
    for step in range(6):
        home = Path(shutil.copytree(updated, tmp_path / f"home{step}"))
        words = [sys.executable, "-c", KILLED, str(home), str(tmp_path / "copy.db"), str(step)]
        code = subprocess.run(words, check=False, capture_output=True).returncode
        if code == 0:
            break
        assert code == 9
        if not (home / "db" / "tracker.db").exists():
            told = tracker("update", home=home, **settings)
            assert told.code == 2
            assert "did not come to its end" in told.err
        assert tracker("restore", str(tmp_path / "copy.db"), home=home).code == 0
        after = rows(home / "db" / "tracker.db")
        assert after.keys() == good.keys()
        assert after["record_state"] == good["record_state"]
        assert ("later", "than the backup") not in after["setting"]
        assert tracker("verify", home=home).code == 0
    opened.close()
    assert step >= 3


def test_a_reference_into_nowhere_is_no_sound_backup(tracker: Tracker, updated: Path, tmp_path: Path) -> None:
    tracker("backup", str(tmp_path / "copy.db"))
    for path in (updated / "db" / "tracker.db", tmp_path / "copy.db"):
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute("delete from run where id = 1")
    told = tracker("backup", str(tmp_path / "other.db"))
    assert told.code == 2
    assert "refers to a row of run that is not there" in told.err
    assert not (tmp_path / "other.db").exists()
    assert "copy.db is damaged" in tracker("restore", str(tmp_path / "copy.db")).err


def test_a_database_that_cannot_be_read_can_still_be_replaced(tracker: Tracker, updated: Path, tmp_path: Path) -> None:
    tracker("backup", str(tmp_path / "copy.db"))
    for name in ("tracker.db-wal", "tracker.db-shm"):
        (updated / "db" / name).unlink(missing_ok=True)
    (updated / "db" / "tracker.db").write_bytes(b"no database" * 1000)
    (updated / "db" / "public" / "public.db").write_bytes(b"neither" * 1000)
    told = tracker("restore", str(tmp_path / "copy.db"))
    assert told.code == 0, told.err
    assert "passed over" in told.out


def test_a_missing_database_is_said(tracker: Tracker, a_home: Path) -> None:
    assert tracker("backup").code == 2
    assert copies.given(a_home / "db" / "tracker.db") is None
    with pytest.raises(UsageError):
        backing.restore(Context(Home(a_home), lambda: datetime(2026, 3, 2, tzinfo=UTC), print), a_home / "none.db")
