"""Killed between any two requests or commits, the next run ends with the same records, matches, works and events."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from small_world import FIRST, SECOND, Days, Lab, State, differences, paper

from emulator.service import PubMedService
from tracker.http import Http
from tracker.store import Store


class Killed(BaseException):
    """The process is gone: nothing may catch it, nothing uncommitted may stay."""


class Fuse:
    """Burns a notch at each request and each commit, and kills at the last."""

    def __init__(self, notches: int | None, kill: Callable[[], None]) -> None:
        self.left, self.burnt, self.kill = notches, 0, kill

    def burn(self) -> None:
        self.burnt += 1
        if self.left is not None and self.burnt >= self.left:
            self.kill()


def die() -> None:
    raise Killed


@contextmanager
def fused(fuse: Fuse, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Http]]:
    """Http whose requests burn the fuse; so does each transaction of the store, once before and once after its end."""

    class Burning(Http):
        def ask(self, *words: Any, **named: Any) -> Any:
            fuse.burn()
            return super().ask(*words, **named)

    real = Store.write

    @contextmanager
    def write(store: Store) -> Iterator[Any]:
        with real(store) as db:
            yield db
            fuse.burn()
        fuse.burn()

    with monkeypatch.context() as patch:
        patch.setattr(Store, "write", write)
        yield Burning


def run_fused(lab: Lab, notches: int | None, monkeypatch: pytest.MonkeyPatch) -> tuple[bool, int]:
    """(killed, notches burnt)."""
    fuse = Fuse(notches, die)
    with fused(fuse, monkeypatch) as burning:
        lab.make_http = burning
        try:
            lab.update()
        except Killed:
            return True, fuse.burnt
        finally:
            lab.make_http = Http
    return False, fuse.burnt


@pytest.mark.parametrize(
    ("day", "name", "step"),
    [
        (FIRST, "first", 6),
        (SECOND, "second", 3),
        *(pytest.param(*said, 1, marks=pytest.mark.soak) for said in ((FIRST, "first"), (SECOND, "second"))),
    ],
)
def test_killed_at_any_point_the_next_run_ends_the_same(
    day: date, name: str, step: int, running: PubMedService, after_first: Path, undisturbed: dict[str, State],
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, checked: Callable[[Lab], None],
) -> None:  # fmt: skip
    running.faults.clear()

    def home(number: int) -> Lab:
        lab = Lab(tmp_path / str(number), running)
        if day == SECOND:
            shutil.copytree(after_first, lab.root)
        running.day = day
        return lab

    killed, notches = run_fused(home(0), None, monkeypatch)
    assert not killed
    assert notches > 30
    for notch in range(1, notches + 1, step):
        lab = home(notch)
        assert run_fused(lab, notch, monkeypatch)[0], notch
        assert lab.update().troubles == []
        assert differences(lab.state(), undisturbed[name]) == [], notch
        checked(lab)
        shutil.rmtree(lab.root)


SCRIPT = """
import os, signal, sys
from datetime import date
from pathlib import Path
from types import SimpleNamespace
sys.path.insert(0, sys.argv[1])
from small_world import Lab
from tracker.http import Http

left = int(sys.argv[5])

class Deadly(Http):
    def ask(self, *words, **named):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
        return super().ask(*words, **named)

service = SimpleNamespace(url=sys.argv[3], day=date.fromisoformat(sys.argv[4]))
Lab(Path(sys.argv[2]), service, make_http=Deadly).update()
"""


@pytest.mark.parametrize("requests", [0, 6, 12, *(pytest.param(n, marks=pytest.mark.soak) for n in (3, 9, 15, 18))])
def test_a_real_kill_9_leaves_nothing_that_the_next_run_cannot_use(
    requests: int, lab: Lab, undisturbed: dict[str, State]
) -> None:
    words = [str(Path(__file__).parent), str(lab.root), lab.service.url, lab.service.day.isoformat(), str(requests)]
    ended = subprocess.run([sys.executable, "-c", SCRIPT, *words], capture_output=True, text=True)
    assert ended.returncode == (-signal.SIGKILL if os.name == "posix" else ended.returncode), ended.stderr
    assert lab.update().troubles == []
    assert differences(lab.state(), undisturbed["second"]) == []


def test_the_run_that_was_killed_is_told_as_failed(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    run_fused(lab, 12, monkeypatch)
    lab.update()
    assert lab.rows("select outcome, note from run where id = 2") == [
        ("failed", "the process ended before the run did")
    ]


def test_a_burst_is_held_back_wherever_the_run_that_brought_it_was_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing lies between the matches of a run and the word that they wait for."""
    days = [FIRST + timedelta(days=number) for number in range(11)]
    papers = [paper(number, "loneliness", days[number // 2]) for number in range(20)]
    papers += [paper(number, "loneliness", days[-1]) for number in range(20, 50)]
    told = {day: [item for item in papers if item.created <= day] for day in days}
    with PubMedService(Days(told), FIRST) as running:
        usual = Lab(tmp_path / "usual", running, ceiling=100)
        for running.day in days[:-1]:
            assert usual.update().troubles == []

        def home(name: str) -> Lab:
            shutil.copytree(usual.root, tmp_path / name)
            return Lab(tmp_path / name, running, ceiling=100)

        running.day = days[-1]
        whole = home("whole")
        _, notches = run_fused(whole, None, monkeypatch)
        held = "select count(*) from match where held = 1"
        assert whole.rows(held) == [(30,)]
        for notch in range(notches - 9, notches + 1):
            lab = home(str(notch))
            assert run_fused(lab, notch, monkeypatch)[0]
            assert lab.update().troubles == []
            assert differences(lab.state(), whole.state()) == [], notch
