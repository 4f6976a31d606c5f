"""No file without a receipt, no receipt whose file cannot be had: killed, refused, repeated."""

from __future__ import annotations

import os
import sqlite3
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lab import Lab

from tracker.errors import StoreError, UsageError
from tracker.screening import choose, files
from tracker.screening import export as exporting
from tracker.screening import lists as list_files
from tracker.screening.export import export, repeat
from tracker.store import Store, lists, works


class Killed(BaseException):
    """The process dies here."""


def die(*_: Any, **__: Any) -> None:
    raise Killed


def stored(lab: Lab) -> dict[str, int]:
    return {
        name: lab.store.db.execute(f"select count(*) from {name}").fetchone()[0]
        for name in ("list", "export", "export_item")
    }


BEFORE_THE_END = [
    (lists, "matched"),
    (works, "stream"),
    (choose, "row"),
    (lists, "add_item"),
    (exporting.os, "fsync"),
    (exporting, "check_unlike"),
    (list_files, "write_list"),
    (lists, "add_export"),
]


@pytest.mark.parametrize(("module", "step"), BEFORE_THE_END, ids=[step for _, step in BEFORE_THE_END])
def test_killed_before_the_end_nothing_was_handed_out(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, module: Any, step: str
) -> None:
    lab.papers("one", [1, 2])
    with monkeypatch.context() as patch:
        patch.setattr(module, step, die)
        with pytest.raises(Killed):
            lab.export(searches=["one"])
    assert stored(lab) == {"list": 0, "export": 0, "export_item": 0}
    assert list(lab.home.root.glob("*.csv")) == []
    assert lab.left_behind() == []
    assert lab.export(searches=["one"]).code == "E0001"
    assert lab.keys() == ["LSI-000001", "LSI-000002"]


def test_killed_before_the_file_is_in_its_place_it_can_be_repeated(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Handed out means stored: the next export tells the command that writes the file."""
    lab.papers("one", [1, 2])
    with monkeypatch.context() as patch:
        patch.setattr(files.os, "replace", die)
        with pytest.raises(Killed):
            lab.export(searches=["one"])
    assert stored(lab) == {"list": 1, "export": 1, "export_item": 2}
    assert not (lab.home.root / "list.csv").exists()
    told = str(lab.export())
    assert "nothing new for the list mine since E0001" in told
    assert "'tracker export --repeat E0001 FILE' writes that file again" in told
    receipt = repeat(lab.store, "E0001", lab.home.root / "list.csv")
    assert receipt.records == 2
    assert lab.keys() == ["LSI-000001", "LSI-000002"]


def test_a_file_that_cannot_be_put_in_its_place_names_the_command(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.papers("one", [1])

    def locked(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(files.os, "replace", locked)
        with pytest.raises(
            UsageError, match=r"E0001 is handed out and stored, but .*list.csv cannot be written"
        ) as told:
            lab.export(searches=["one"])
    assert "'tracker export --repeat E0001 FILE' writes the file" in str(told.value)
    assert lab.left_behind() == []
    assert repeat(lab.store, "e0001", lab.home.root / "x.csv").code == "E0001"


def test_a_full_disk_hands_nothing_out(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.papers("one", [1])

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(exporting.os, "fsync", full)
        with pytest.raises(UsageError, match=r"list.csv cannot be written: No space left on device"):
            lab.export(searches=["one"])
    assert stored(lab)["export"] == 0


@pytest.mark.parametrize(
    ("out", "why"),
    [
        ("missing/list.csv", "there is no folder"),
        ("queries/one.txt/list.csv", "there is no folder"),
        ("folder.csv", "is a folder: give the name of a file"),
    ],
)
def test_a_place_that_cannot_be_written_is_one_clear_line(lab: Lab, out: str, why: str) -> None:
    lab.papers("one", [1])
    (lab.home.root / "folder.csv").mkdir()
    with pytest.raises(UsageError, match=why):
        lab.export(out, searches=["one"])
    assert stored(lab)["export"] == 0


def test_a_folder_without_the_right_to_write_is_one_clear_line(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.papers("one", [1])

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", refuse)
        with pytest.raises(UsageError, match=r"list.csv cannot be written: Permission denied"):
            lab.export(searches=["one"])
    assert stored(lab)["export"] == 0


def test_a_file_with_other_content_is_never_overwritten(lab: Lab) -> None:
    """It may hold decisions by now."""
    lab.papers("one", [1])
    lab.export(searches=["one"])
    with (lab.home.root / "list.csv").open("ab") as file:
        file.write(b"a reviewer's work\r\n")
    before = (lab.home.root / "list.csv").read_bytes()
    lab.papers("one", [2])
    for mode in (None, "all"):
        with pytest.raises(UsageError, match=r"list.csv is there already and holds something else: give another name"):
            lab.export(mode=mode)
    with pytest.raises(UsageError, match="give another name"):
        repeat(lab.store, "E0001", lab.home.root / "list.csv")
    assert (lab.home.root / "list.csv").read_bytes() == before
    assert stored(lab)["export"] == 1
    assert lab.export("b.csv").records == 1


def test_the_very_same_file_may_be_written_over(lab: Lab) -> None:
    lab.papers("one", [1])
    lab.export(searches=["one"])
    assert lab.export(mode="all").code == "E0002"
    assert repeat(lab.store, "E0001", lab.home.root / "list.csv").code == "E0001"


def test_repeat_is_byte_for_byte_whatever_has_changed_since(lab: Lab) -> None:
    lab.papers("one", [1, 2])
    first = lab.export("a.csv", searches=["one"], profile="rayyan")
    lab.store_paper(1, title="Another title", volume="9")
    lab.place([1, 2])
    with lab.store.write() as db:
        db.execute("update work set hidden = 'now'")
    again = repeat(lab.store, "E0001", lab.home.root / "b.csv")
    assert (lab.home.root / "a.csv").read_bytes() == (lab.home.root / "b.csv").read_bytes()
    assert again == replace(first, filename="b.csv")


def test_repeat_of_what_was_never_made_is_one_clear_line(lab: Lab) -> None:
    with pytest.raises(UsageError, match="there is no export 'E0001': none was made"):
        repeat(lab.store, "E0001", lab.home.root / "b.csv")
    lab.papers("one", [1])
    lab.export(searches=["one"])
    with pytest.raises(UsageError, match="there is no export 'E42'; the last one is E0001"):
        repeat(lab.store, "E42", lab.home.root / "b.csv")


@pytest.mark.parametrize("damaged", [b"garbage", zlib.compress(b"another file"), b""])
def test_a_damaged_file_is_not_repeated(lab: Lab, damaged: bytes) -> None:
    lab.papers("one", [1])
    lab.export(searches=["one"])
    with lab.store.write() as db:
        db.execute("update export set body = ?", (damaged,))
    with pytest.raises(StoreError, match="the stored file of E0001 is damaged"):
        repeat(lab.store, "E0001", lab.home.root / "b.csv")
    assert not (lab.home.root / "b.csv").exists()
    assert lab.left_behind() == []


def test_a_large_file_is_stored_and_repeated_in_pieces(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "CHUNK", 64)
    lab.papers("one", list(range(1, 30)))
    lab.export("a.csv", searches=["one"])
    repeat(lab.store, "E0001", lab.home.root / "b.csv")
    assert (lab.home.root / "a.csv").read_bytes() == (lab.home.root / "b.csv").read_bytes()
    lab.export("a.csv", mode="all")  # the same bytes, compared in pieces


def test_two_processes_do_not_hand_out_the_same_works(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """The works are chosen inside the transaction that hands them out, so the second waits and finds nothing new."""
    lab.papers("one", [1])
    real, seen = lists.add_export, []

    def meanwhile(*given: Any) -> None:
        with Store(lab.home.database) as other:
            other.db.execute("pragma busy_timeout = 0")
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                export(lab.home, other, lab.home.root / "b.csv", name="mine", searches=["one"], now=lab.now)
            seen.append(True)
        real(*given)

    monkeypatch.setattr(lists, "add_export", meanwhile)
    lab.export("a.csv", searches=["one"])
    assert seen == [True]
    assert not (lab.home.root / "b.csv").exists()


def test_the_file_gets_ordinary_rights(lab: Lab) -> None:
    """Reviewers read it in a shared folder; a temporary file of mkstemp could be read by its owner only."""
    if os.name != "posix":
        pytest.skip("rights of files are Unix's")
    lab.papers("one", [1])
    lab.export(searches=["one"])
    other = lab.home.root / "other"
    other.touch()
    assert (lab.home.root / "list.csv").stat().st_mode == other.stat().st_mode
