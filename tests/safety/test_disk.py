"""A full disk, a folder that cannot be written, a killed process: one line, and what was there is still there."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from thinning import every

from tracker.home import Home
from tracker.safety.verify import verify

Tracker = Callable[..., Any]
REAL = sqlite3.connect


def public(home: Path) -> tuple[str, int]:
    """What readers see: when it was built, and how many works."""
    with closing(REAL(home / "db" / "public" / "public.db")) as db:
        built = db.execute("select value from facts where name = 'built'").fetchone()[0]
        return built, db.execute("select count(*) from works").fetchone()[0]


def one_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.startswith("tracker:")]
    assert len(lines) == 1, text
    assert "Traceback" not in text
    return lines[0]


def more(home: Path, text: str = "nurses") -> None:
    """Another search, which brings as many papers again."""
    (home / "queries" / "two.txt").write_text(f"title: two\nsources: pubmed\n---\n{text}[tiab]\n", encoding="utf-8")


def full(monkeypatch: pytest.MonkeyPatch, name: str, pages: int) -> None:
    """From now on files called ``name`` may grow by so many pages and no more, as on a disk that is nearly full."""

    def connect(path: Any, *args: Any, **options: Any) -> Any:
        db = REAL(path, *args, **options)
        if name in str(path):
            has = db.execute("pragma page_count").fetchone()[0]
            db.execute(f"pragma max_page_count = {max(has + pages, 1)}")  # 0 would set nothing
        return db

    monkeypatch.setattr(sqlite3, "connect", connect)


@pytest.mark.parametrize("pages", every(3, [0, 1, 3, 8, 20, 60]))
@pytest.mark.parametrize("name", ["tracker.db", ".building-public.db", ".building-search.db"])
def test_a_full_disk_is_one_line_and_the_next_run_with_room_makes_it_right(
    tracker: Tracker, a_home: Path, settings: dict[str, str], monkeypatch: pytest.MonkeyPatch, name: str, pages: int
) -> None:
    assert tracker("update", **settings).code == 0
    before = public(a_home)
    more(a_home)
    with monkeypatch.context() as room:
        full(room, name, pages)
        told = tracker("update", **settings)
    if told.code == 2:
        assert "full" in one_line(told.err)
        assert public(a_home) == before
    assert [item for item in verify(Home(a_home)) if item.wrong] == []
    assert tracker("update", **settings).code == 0
    assert public(a_home)[1] > before[1]
    assert [item for item in verify(Home(a_home)) if item.wrong or item.note] == []
    assert not list((a_home / "db" / "public").glob(".building-*"))
    assert told.code == 2 or pages > 1


def test_a_disk_that_fills_while_the_public_copy_is_replaced_leaves_the_old_one(
    tracker: Tracker, a_home: Path, settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tracker("update", **settings).code == 0
    before = public(a_home)
    more(a_home)
    with monkeypatch.context() as room:
        full(room, f"public{os.sep}public.db", 0)
        told = tracker("update", **settings)
    assert told.code == 2
    assert "full" in one_line(told.err)
    assert public(a_home) == before
    assert tracker("publish").code == 0
    assert public(a_home)[1] > before[1]


def test_a_disk_that_fills_during_a_backup_leaves_no_half_a_backup(
    tracker: Tracker, a_home: Path, settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tracker("update", **settings).code == 0
    with monkeypatch.context() as room:
        full(room, ".part", 5)
        told = tracker("backup")
    assert told.code == 2
    assert "full" in one_line(told.err)
    assert list((a_home / "db" / "backups").iterdir()) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 1.5 MB."""
    place = tmp_path / "small"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", str(place)]
    if shutil.which("mount") is None or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("only root may mount a small file system")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_disk_that_is_really_full(tracker: Tracker, small_disk: Path, settings: dict[str, str]) -> None:
    (small_disk / "queries").mkdir()
    (small_disk / "queries" / "one.txt").write_text(
        "title: one\nsources: pubmed\n---\nloneliness[tiab]\n", encoding="utf-8"
    )
    assert tracker("update", home=small_disk, **settings).code == 0
    before = public(small_disk)
    more(small_disk)
    filler = small_disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            pass
    told = tracker("update", home=small_disk, **settings)
    assert told.code == 2
    one_line(told.err)
    filler.unlink()
    assert public(small_disk) == before
    assert tracker("update", home=small_disk, **settings).code == 0
    assert public(small_disk)[1] > before[1]
    assert [item for item in verify(Home(small_disk)) if item.wrong] == []


@contextmanager
def nobody() -> Iterator[None]:
    """As somebody who may not write where others may; only root has to become that."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.mark.skipif(os.name != "posix", reason="folders are made read-only in another way there")
@pytest.mark.parametrize("place", ["db", "db/public", "whole"])
def test_a_folder_that_cannot_be_written_is_one_line(settings: dict[str, str], tracker: Tracker, place: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        home = Path(folder) / "home"
        (home / "queries").mkdir(parents=True)
        more(home, "loneliness")
        assert tracker("update", home=home, **settings).code == 0
        before = public(home)
        more(home, "nurses")
        for path in [home, *home.rglob("*")]:
            path.chmod(0o777 if path.is_dir() else 0o666)
        locked = [home, *home.rglob("*")] if place == "whole" else [home / place, *(home / place).glob("*.db")]
        for path in locked:
            path.chmod(0o555 if path.is_dir() else 0o444)
        with nobody():
            told = tracker("update", home=home, **settings)
        for path in [home, *home.rglob("*")]:
            path.chmod(0o777 if path.is_dir() else 0o666)
        assert told.code == 2, told.err
        one_line(told.err)
        assert public(home) == before


KILLED = """
import os, sqlite3, sys, datetime, pathlib
from tracker.publish import live, publish
build = sys.modules["tracker.publish.build"]
step = sys.argv[2]
real_copy, real_write = live.copy, build._write_work
written = [0]
def write(*words):
    written[0] += 1
    if step == "building" and written[0] == 5:
        os._exit(9)
    return real_write(*words)
def copy(built, live_file):
    if step == "built" or (step == "between" and live_file.name == "public.db"):
        os._exit(9)
    if step == "copying" and live_file.name == "public.db":
        source, target = sqlite3.connect(built), sqlite3.connect(live_file)
        target.execute("pragma journal_mode = wal")
        source.backup(target, pages=3, progress=lambda *left: os._exit(9))
    real_copy(built, live_file)
build._write_work, live.copy = write, copy
home = pathlib.Path(sys.argv[1])
publish(home / "db" / "tracker.db", home / "db" / "public", settings={}, say=print,
        now=datetime.datetime.now(datetime.UTC))
"""


@pytest.mark.parametrize("step", ["building", "built", "between", "copying"])
def test_a_killed_publish_leaves_the_old_public_copy_and_the_next_one_is_whole(
    tracker: Tracker, a_home: Path, settings: dict[str, str], step: str
) -> None:
    assert tracker("update", **settings).code == 0
    before = public(a_home)
    more(a_home)
    assert tracker("collect", **settings).code == 0
    assert tracker("dedupe").code == 0
    words = [sys.executable, "-c", KILLED, str(a_home), step]
    assert subprocess.run(words, check=False, capture_output=True).returncode == 9
    assert public(a_home) == before
    with closing(REAL(a_home / "db" / "public" / "public.db")) as db:
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
    assert tracker("publish").code == 0
    assert public(a_home)[1] > before[1]
    assert not list((a_home / "db" / "public").glob(".building-*"))
    assert [item for item in verify(Home(a_home)) if item.wrong or item.note] == []


def test_the_lock_is_freed_when_the_disk_was_full(
    tracker: Tracker, a_home: Path, settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as room:
        full(room, "tracker.db", 5)
        assert tracker("update", **settings).code == 2
    assert tracker("update", **settings).code == 0


@pytest.mark.skipif(os.name != "posix", reason="folders are made read-only in another way there")
@pytest.mark.parametrize("words", [["status"], ["status", "--json"], ["verify"], ["show", "LSI-000001"], ["publish"]])
def test_somebody_who_may_only_read_is_told_so_and_not_to_restore(
    settings: dict[str, str], tracker: Tracker, words: list[str]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        home = Path(folder) / "home"
        (home / "queries").mkdir(parents=True)
        more(home, "loneliness")
        assert tracker("update", home=home, **settings).code == 0
        for path in [home, *home.rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        with nobody():
            told = tracker(*words, home=home)
        for path in [home, *home.rglob("*")]:
            path.chmod(0o777 if path.is_dir() else 0o666)
    assert told.code == 2
    assert one_line(told.err).startswith("tracker: cannot write in ")
    assert "run the tracker as the owner of that folder" in told.err
    assert "BROKEN" not in told.out
