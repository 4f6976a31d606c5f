"""Bad input gets one clear line and exit code 2, a failing service exit code 1, and nothing is lost."""

from __future__ import annotations

import json
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from homes import a_search

from tracker.errors import Located, StoreError
from tracker.home import Home
from tracker.store import Store, check_sqlite

Tracker = Callable[..., Any]


def one_line(text: str) -> str:
    lines = text.strip().splitlines()
    assert len(lines) == 1, text
    assert "Traceback" not in text
    return lines[0]


def test_without_a_contact_address_nothing_is_asked(tracker: Tracker, tmp_path: Path) -> None:
    a_search(tmp_path)
    told = tracker("update")
    assert told.code == 2
    assert "TRACKER_EMAIL is not set" in one_line(told.err)
    assert not (tmp_path / "db").exists()


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"TRACKER_EMAIL": "nobody"}, "TRACKER_EMAIL"),
        ({"TRACKER_EMAIL": "a@example.org", "TRACKER_PACE": "0.5"}, "TRACKER_PACE"),
        ({"TRACKER_EMAIL": "a@example.org", "TRACKER_PACE": "fast"}, "TRACKER_PACE"),
        ({"TRACKER_EMAIL": "a@example.org", "TRACKER_PACE": "-1"}, "TRACKER_PACE"),
        ({"TRACKER_EMAIL": "a@example.org", "TRACKER_PUBMED_URL": "pubmed"}, "PubMed"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(
    tracker: Tracker, tmp_path: Path, settings: dict[str, str], named: str
) -> None:
    a_search(tmp_path)
    told = tracker("collect", **settings)
    assert told.code == 2
    assert named in one_line(told.err)


def test_a_folder_that_is_no_home_says_how_to_make_one(tracker: Tracker, tmp_path: Path) -> None:
    told = tracker("update")
    assert told.code == 2
    assert "tracker init" in one_line(told.err)


def test_a_broken_search_is_named_with_file_and_line_before_anything_is_sent(
    tracker: Tracker, tmp_path: Path, settings: dict[str, str], service: Any
) -> None:
    a_search(tmp_path)
    a_search(tmp_path, "two", headers="colour: red\n")
    told = tracker("update", **settings)
    assert told.code == 2
    assert "two.txt:3" in one_line(told.err)
    assert service.asked() == []


def test_an_unknown_search_or_source_is_named(tracker: Tracker, tmp_path: Path, settings: dict[str, str]) -> None:
    a_search(tmp_path)
    assert "'tow'" in one_line(tracker("collect", "tow", **settings).err)
    assert "'medrxiv'" in one_line(tracker("collect", "--source", "medrxiv", **settings).err)


@pytest.mark.parametrize("words", [("--accept-gone", "nobody"), ("--accept-news=nobody",)])
def test_an_option_under_its_earlier_name_works_and_says_the_new_one(
    tracker: Tracker, tmp_path: Path, settings: dict[str, str], words: tuple[str, ...]
) -> None:
    a_search(tmp_path)
    told = tracker("collect", *words, **settings)
    renaming, refusal = told.err.splitlines()
    assert "is now called --" in renaming
    assert "nobody" in refusal
    assert told.code == 2


def test_a_corrupt_database_is_not_touched(tracker: Tracker, tmp_path: Path, settings: dict[str, str]) -> None:
    a_search(tmp_path)
    (tmp_path / "db").mkdir()
    (tmp_path / "db" / "tracker.db").write_bytes(b"this is no database, it only looks like one" * 100)
    told = tracker("update", **settings)
    assert told.code == 2
    assert "tracker.db" in one_line(told.err)
    assert (tmp_path / "db" / "tracker.db").read_bytes().startswith(b"this is no database")


def test_a_database_of_a_newer_program_is_not_touched(
    tracker: Tracker, tmp_path: Path, settings: dict[str, str]
) -> None:
    a_search(tmp_path)
    tracker("update", **settings)
    with sqlite3.connect(tmp_path / "db" / "tracker.db") as db:
        db.execute("insert into _sqlite_migrations (migration_set, name, applied_at) values ('tracker', 'later', '')")
    db.close()
    told = tracker("update", **settings)
    assert told.code == 2
    assert "newer tracker" in one_line(told.err)


def test_a_folder_that_cannot_be_written_is_one_line(
    tracker: Tracker, tmp_path: Path, settings: dict[str, str]
) -> None:
    a_search(tmp_path)
    (tmp_path / "db").write_text("a file where the folder should be", encoding="utf-8")
    told = tracker("update", **settings)
    assert told.code == 2
    one_line(told.err)


def test_a_python_with_an_old_sqlite_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 31, 1))
    with pytest.raises(StoreError, match=r"needs 3\.37"):
        check_sqlite()


def test_commands_that_need_a_database_say_so(tracker: Tracker, tmp_path: Path) -> None:
    a_search(tmp_path)
    for words in (["status"], ["show", "LSI-000001"], ["publish"]):
        told = tracker(*words)
        assert told.code == 2
        assert "tracker update" in one_line(told.err)


def test_a_taken_port_is_one_line(tracker: Tracker, tmp_path: Path, settings: dict[str, str]) -> None:
    a_search(tmp_path)
    tracker("update", **settings)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        told = tracker("serve", "--port", str(taken.getsockname()[1]))
    assert told.code == 2
    assert "port" in one_line(told.err)


def test_a_dead_service_ends_with_1_says_so_and_the_rest_is_kept(
    tracker: Tracker, tmp_path: Path, settings: dict[str, str], service: Any
) -> None:
    a_search(tmp_path)
    assert tracker("update", **settings).code == 0
    service.faults.play("error-503", times=None)
    told = tracker("update", **settings)
    assert told.code == 1
    assert "incomplete: one on pubmed: failed" in told.err
    said = json.loads(tracker("status", "--json").out)
    assert said["searches"][0]["outcome"] == "failed"
    assert said["searches"][0]["last_complete"]
    assert said["counts"]["works"] == 13 - 5 or said["counts"]["works"] > 0


def test_a_second_update_on_the_same_day_makes_only_id_requests(
    tracker: Tracker, tmp_path: Path, settings: dict[str, str], service: Any
) -> None:
    a_search(tmp_path)
    tracker("update", **settings)
    fetches = len(service.asked("efetch"))
    assert fetches
    assert tracker("update", **settings).code == 0
    assert len(service.asked("efetch")) == fetches


def test_a_dry_run_tells_the_numbers_and_stores_nothing(
    tracker: Tracker, tmp_path: Path, settings: dict[str, str]
) -> None:
    a_search(tmp_path)
    told = tracker("collect", "--dry-run", **settings)
    assert told.code == 0
    assert "match" in told.out
    assert not (tmp_path / "db").exists()


def test_the_contact_and_the_key_are_sent_in_the_body_and_never_shown(
    tracker: Tracker, tmp_path: Path, settings: dict[str, str], service: Any
) -> None:
    a_search(tmp_path)
    service.faults.play("rate-limit-bare", times=None)
    secret = {"NCBI_API_KEY": "0123456789abcdef0123456789abcdef0123", "TRACKER_EMAIL": "who@example.org"}
    told = tracker("update", **settings, **secret)
    assert told.code == 1
    assert service.asked()[0].form["email"] == "who@example.org"
    assert service.asked()[0].method == "POST"
    left = told.out + told.err + "".join(
        path.read_bytes().decode("latin-1") for path in tmp_path.rglob("*") if path.is_file()
    )  # fmt: skip
    for value in secret.values():
        assert value not in left


def test_two_at_once_the_second_leaves_with_the_pid_of_the_first(
    tracker: Tracker, tmp_path: Path, settings: dict[str, str]
) -> None:
    a_search(tmp_path)
    script = (
        "import sys, pathlib, datetime, os\n"
        "from tracker import pipeline\nfrom tracker.home import Home\n"
        "home = Home(pathlib.Path(sys.argv[1]))\n"
        "context = pipeline.Context(home, lambda: datetime.datetime.now(datetime.UTC), print)\n"
        "with pipeline.writing(context, create=True):\n    print(os.getpid(), flush=True)\n    sys.stdin.read()\n"
    )
    first = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert first.stdout is not None
    assert first.stdin is not None
    try:
        pid = first.stdout.readline().strip()
        told = tracker("update", **settings)
        assert told.code == 2
        assert f"process {pid}, started" in one_line(told.err)
        first.kill()
        first.wait()
        assert tracker("update", **settings).code == 0  # the lock died with its process
    finally:
        first.stdin.close()
        first.stdout.close()
        first.kill()
        first.wait()


def test_join_split_hide_and_show_from_the_command_line(
    tracker: Tracker, tmp_path: Path, settings: dict[str, str]
) -> None:
    a_search(tmp_path)
    tracker("update", **settings)
    joined = tracker("join", "LSI-000002", "LSI-000001", "--reason", "the same cohort", "--kind", "version")
    assert joined.code == 0, joined.err
    said = json.loads(tracker("show", "LSI-000002", "--json").out)
    assert said["key"] == "LSI-000001"
    assert said["older_keys"] == ["LSI-000002"]
    record = f"pubmed:{said['records'][1]['source_id']}"
    assert tracker("split", "LSI-000001", record, "--reason", "it was another cohort").code == 0
    assert json.loads(tracker("show", "LSI-000002", "--json").out)["key"] == "LSI-000002"
    assert "the same cohort" in tracker("show", "LSI-000001").out
    assert tracker("hide", "LSI-000003", "--reason", "its author asked").code == 0
    assert "taken down" in tracker("show", "LSI-000003").out
    assert tracker("show", "LSI-999999").code == 2


def test_init_asks_once_and_never_overwrites(tracker: Tracker, tmp_path: Path) -> None:
    new = tmp_path / "network"
    told = tracker("init", str(new), typed="NET\nexample.org\nlicensed\n")
    assert told.code == 0, told.err
    with Store(new / "db" / "tracker.db") as store:
        assert dict(store.db.execute("select name, value from setting").fetchall()) == {
            "prefix": "NET",
            "authority": "example.org",
        }
    assert len(list((new / "queries").glob("*.txt"))) == 10
    assert (new / ".gitignore").read_text(encoding="utf-8") == "/.env\n/db/\n"  # secrets and what is private
    assert (
        json.loads((new / "metadata.json").read_text(encoding="utf-8"))["plugins"]["tracker"]["public_abstracts"]
        == "licensed"
    )
    assert tracker("check", home=new).code == 0
    assert "run 'tracker update'" in tracker("status", home=new).out  # nothing collected yet is no quiet day
    again = tracker("init", str(new), typed="NET\nexample.org\nlicensed\n")
    assert again.code == 2
    assert (
        tracker(
            "init", str(tmp_path / "x"), "--prefix", "net", "--authority", "a.org", "--public-abstracts", "none"
        ).code
        == 2
    )
    assert not (tmp_path / "x").exists()


def test_to_show_all_abstracts_a_person_is_named(tracker: Tracker, tmp_path: Path) -> None:
    told = tracker(
        "init", str(tmp_path / "n"), "--prefix", "NET", "--authority", "a.org", "--public-abstracts", "all",
        "--decided-by", "A. Librarian",
    )  # fmt: skip
    assert told.code == 0, told.err
    said = json.loads((tmp_path / "n" / "metadata.json").read_text(encoding="utf-8"))["plugins"]["tracker"]
    assert said["public_abstracts"] == "all"
    assert "A. Librarian" in json.dumps(said)


def test_export_from_the_command_line_first_all_then_new_then_again(
    tracker: Tracker, tmp_path: Path, settings: dict[str, str]
) -> None:
    a_search(tmp_path)
    tracker("update", **settings)
    first = tmp_path / "first.csv"
    told = tracker("export", str(first), "--list", "review", "--search", "one")
    assert told.code == 0, told.err
    assert "E0001" in told.out
    assert "nothing new" in tracker("export", str(tmp_path / "second.csv"), "--list", "review").out
    assert not (tmp_path / "second.csv").exists()
    assert tracker("export", str(tmp_path / "again.csv"), "--repeat", "E0001").code == 0
    assert (tmp_path / "again.csv").read_bytes() == first.read_bytes()
    assert tracker("export", str(first), "--repeat", "E0001", "--all").code == 2
    assert tracker("export", str(tmp_path / "x.csv")).code == 2
    assert tracker("export", str(tmp_path / "x.csv"), "--list", "nobody").code == 2


@pytest.mark.parametrize(
    "words",
    [
        ("show", "\udcff"),
        ("hide", "DEMO-000001", "--reason", "\udcff"),
        ("export", "\udcff.csv", "--list", "one"),
        ("export", "--repeat", "\udcff", "one.csv"),
    ],
)
def test_a_word_that_is_no_text_gets_one_line(tracker: Tracker, tmp_path: Path, words: tuple[str, ...]) -> None:
    """Bytes that are no UTF-8 reach a program as lone surrogates, which SQLite cannot store."""
    a_search(tmp_path)
    told = tracker(*words)
    assert told.code == 2
    assert "UTF-8" in one_line(told.err)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a": ' + "9" * 5000 + "}"])
def test_json_that_python_cannot_read_gets_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "metadata.json").write_text(text, encoding="utf-8")
    with pytest.raises(Located, match=r"metadata\.json.*no JSON that can be read"):
        Home(tmp_path).metadata()


@pytest.mark.parametrize("emptied", [True, False])
def test_a_lost_database_is_not_begun_again_beside_its_public_copy(
    tracker: Tracker, tmp_path: Path, settings: dict[str, str], emptied: bool
) -> None:
    """Work ids are never given to another paper: a new database would give them all out again."""
    a_search(tmp_path)
    tracker("update", **settings)
    database = tmp_path / "db" / "tracker.db"
    for file in database.parent.glob("tracker.db*"):
        file.unlink()
    if emptied:
        database.touch()
    before = (tmp_path / "db" / "public" / "public.db").read_bytes()
    told = tracker("update", **settings)
    assert told.code == 2
    assert "tracker restore" in one_line(told.err)
    assert (tmp_path / "db" / "public" / "public.db").read_bytes() == before


def test_a_paper_that_was_taken_down_can_be_brought_back_and_keeps_its_first_reason(
    tracker: Tracker, tmp_path: Path, settings: dict[str, str]
) -> None:
    a_search(tmp_path)
    assert tracker("update", **settings).code == 0
    assert "is hidden" in tracker("hide", "LSI-000001", "--reason", "the author asked").err
    again = tracker("hide", "LSI-000001", "--reason", "another reason")
    assert again.code == 2
    assert "because: the author asked" in one_line(again.err)
    assert "the author asked" in tracker("hide", "LSI-000001", "--undo").err
    assert tracker("publish").code == 0
    for words in (("LSI-000001", "--undo"), ("LSI-000001",), ("LSI-000001", "--undo", "--reason", "x")):
        assert tracker("hide", *words).code == 2, words
    assert tracker("verify").code == 0


@pytest.mark.parametrize("name", ["again.csv", "again.xlsx.csv", "again", "again.RIS"])
def test_an_export_is_repeated_under_its_own_suffix_only(
    tracker: Tracker, tmp_path: Path, settings: dict[str, str], name: str
) -> None:
    a_search(tmp_path, "lonely")
    assert tracker("update", **settings).code == 0
    assert tracker("export", str(tmp_path / "a.xlsx"), "--list", "l", "--search", "lonely").code == 0
    told = tracker("export", "--repeat", "E0001", str(tmp_path / name))
    assert told.code == 2
    assert ".xlsx" in one_line(told.err)
    assert not (tmp_path / name).exists()
    assert tracker("export", "--repeat", "E0001", str(tmp_path / "again.XLSX")).code == 0


@pytest.mark.parametrize("name", ["x.zip", "x", "x.gz", "x.sqlite"])
def test_a_backup_under_a_name_that_promises_something_else_is_refused(
    tracker: Tracker, tmp_path: Path, settings: dict[str, str], name: str
) -> None:
    a_search(tmp_path)
    assert tracker("update", **settings).code == 0
    told = tracker("backup", str(tmp_path / name))
    assert told.code == 2
    assert ".db.gz" in one_line(told.err)
