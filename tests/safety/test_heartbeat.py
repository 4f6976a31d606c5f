"""After each update a sign of life is left, whatever became of it; that it cannot be left fails nothing."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tracker.home import Home
from tracker.safety import heartbeat

Tracker = Callable[..., Any]


class Monitor:
    """An address that is called, and what it answers."""

    def __init__(self) -> None:
        self.called: list[tuple[str, str, str]] = []
        self.status = 200
        monitor = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
                monitor.called.append((self.path, body, self.headers.get("User-Agent", "")))
                self.send_response(monitor.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *words: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/5ec3e7-uuid"


@pytest.fixture
def monitor() -> Iterator[Monitor]:
    made = Monitor()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def beat(home: Path) -> dict[str, Any]:
    return dict(json.loads((home / "db" / "heartbeat.json").read_text(encoding="utf-8")))


def test_a_complete_update_says_when_it_was_and_when_the_next_is_due(
    tracker: Tracker, a_home: Path, settings: dict[str, str], monitor: Monitor
) -> None:
    told = tracker("update", TRACKER_PING_URL=monitor.url, **settings)
    assert told.code == 0
    said = beat(a_home)
    assert said["outcome"] == "complete"
    assert said["started"] <= said["finished"] < said["next_due"]
    assert said["troubles"] == said["alarms"] == 0
    assert [(path, body) for path, body, _ in monitor.called] == [("/5ec3e7-uuid", "outcome=complete")]
    assert not list((a_home / "db").glob(".heartbeat*"))


def test_an_incomplete_update_and_a_failed_one_say_so(
    tracker: Tracker, a_home: Path, settings: dict[str, str], monitor: Monitor, service: Any
) -> None:
    tracker("update", **settings)
    service.faults.play("error-503", times=None)
    assert tracker("update", TRACKER_PING_URL=monitor.url, **settings).code == 1
    assert beat(a_home)["outcome"] == "incomplete"
    assert beat(a_home)["troubles"] == 2
    assert beat(a_home)["next_due"] <= beat(a_home)["finished"]
    (a_home / "queries" / "one.txt").write_text("title: broken\n", encoding="utf-8")
    assert tracker("update", TRACKER_PING_URL=monitor.url, **settings).code == 2
    assert beat(a_home)["outcome"] == "failed"
    assert [(path, body) for path, body, _ in monitor.called] == [
        ("/5ec3e7-uuid/fail", "outcome=incomplete"),
        ("/5ec3e7-uuid/fail", "outcome=failed"),
    ]


def test_an_open_alarm_is_told_as_one_and_counts_as_done(
    tracker: Tracker, a_home: Path, settings: dict[str, str], monitor: Monitor
) -> None:
    path = a_home / "queries" / "one.txt"
    tracker("update", **settings)
    path.write_text(path.read_text(encoding="utf-8").replace("---", "at-least: 999\n---"), encoding="utf-8")
    tracker("update", **settings)
    told = tracker("update", TRACKER_PING_URL=monitor.url, **settings)
    assert told.code == 3
    assert beat(a_home)["outcome"] == "alarm"
    assert monitor.called[0][:2] == ("/5ec3e7-uuid", "outcome=alarm")


def test_the_outcome_may_have_its_place_in_the_address(
    tracker: Tracker, settings: dict[str, str], monitor: Monitor
) -> None:
    tracker("update", TRACKER_PING_URL=monitor.url + "?key=5ec3e7&state={outcome}", **settings)
    assert monitor.called[0][0] == "/5ec3e7-uuid?key=5ec3e7&state=complete"


def test_the_contact_is_not_told_to_whoever_is_pinged(
    tracker: Tracker, settings: dict[str, str], monitor: Monitor
) -> None:
    tracker("update", TRACKER_PING_URL=monitor.url, TRACKER_EMAIL="who@example.org", **settings)
    assert "who@example.org" not in str(monitor.called)


@pytest.mark.parametrize("status", [404, 500])
def test_a_ping_that_fails_is_a_note_and_never_a_failure(
    tracker: Tracker, settings: dict[str, str], monitor: Monitor, status: int
) -> None:
    monitor.status = status
    told = tracker("update", TRACKER_PING_URL=monitor.url, **settings)
    assert told.code == 0
    note = next(line for line in told.err.splitlines() if line.startswith("note: the ping address"))
    assert str(status) in note
    assert "5ec3e7" not in told.err


@pytest.mark.parametrize("url", ["5ec3e7-uuid", "ftp://5ec3e7.example/x", "http://[5ec3e7", "http://a:99999/5ec3e7",
                                 "http://127.0.0.1:9/5ec3e7-uuid", "http://127.0.0.1:0/5ec3e7"])  # fmt: skip
def test_an_address_that_cannot_be_called_is_a_note_and_is_not_shown(
    tracker: Tracker, settings: dict[str, str], url: str
) -> None:
    told = tracker("update", TRACKER_PING_URL=url, **settings)
    assert told.code == 0
    assert "note: the ping address was not told" in told.err
    assert "5ec3e7" not in told.err


def test_a_heartbeat_that_cannot_be_written_is_a_note(tracker: Tracker, a_home: Path, settings: dict[str, str]) -> None:
    (a_home / "db" / "heartbeat.json").mkdir(parents=True)
    told = tracker("update", **settings)
    assert told.code == 0
    assert "note: " in told.err
    assert "heartbeat.json could not be written" in told.err


def test_without_a_database_folder_none_is_made_for_the_heartbeat(tracker: Tracker, a_home: Path) -> None:
    assert tracker("update").code == 2  # no contact address
    assert not (a_home / "db").exists()


HOLDING = """
import sys, pathlib, datetime
from tracker.home import Context
from tracker.home import Home
from tracker.safety.lock import holding
with holding(Context(Home(pathlib.Path(sys.argv[1])), lambda: datetime.datetime.now(datetime.UTC), print)):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_second_of_two_updates_leaves_the_sign_to_the_first(
    tracker: Tracker, a_home: Path, settings: dict[str, str], monitor: Monitor
) -> None:
    words = [sys.executable, "-c", HOLDING, str(a_home)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        told = tracker("update", TRACKER_PING_URL=monitor.url, **settings)
        assert told.code == 2
        assert f"process {first.pid}, started" in told.err
        assert first.stdin is not None
        first.stdin.close()
    assert monitor.called == []
    assert not (a_home / "db" / "heartbeat.json").exists()


def test_the_lock_says_so_when_its_holder_has_only_just_begun(
    tracker: Tracker, a_home: Path, settings: dict[str, str]
) -> None:
    from filelock import FileLock

    (a_home / "db").mkdir()
    with FileLock(Home(a_home).lock_file):
        told = tracker("update", **settings)
    assert told.code == 2
    assert "just started" in told.err


def test_without_an_address_nobody_is_called() -> None:
    assert heartbeat.caller("", lambda secrets: pytest.fail("asked")) is None
