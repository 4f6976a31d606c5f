"""A schedule that tells the truth: the files it prints are accepted by those who read them, and their steps work."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from thinning import every

from emulator.service import PubMedService
from emulator.synthetic import synthetic
from tracker.cli import main
from tracker.errors import UsageError
from tracker.safety import schedule

posix = pytest.mark.skipif(os.name != "posix", reason="cron, systemd and the workflow's shell are POSIX")
ODD = ("home", "my home", "100% mine", "ada's $HOME", 'a "quoted" back\\slash')


def home(folder: Path) -> Path:
    (folder / "queries").mkdir(parents=True)
    text = "title: One\nsources: pubmed\n---\nloneliness[tiab]\n"
    (folder / "queries" / "one.txt").write_text(text, encoding="utf-8")
    return folder


def asked(kind: str, folder: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["--home", str(folder), "schedule", kind, *options])


def printed(kind: str, folder: Path, *options: str) -> str:
    told = asked(kind, folder, *options)
    assert told.exit_code == 0, told.output
    assert not re.search(r"@[A-Z_]+@", told.stdout)
    return told.stdout


@pytest.fixture
def service() -> Iterator[PubMedService]:
    with PubMedService(synthetic(30), date(2026, 11, 20)) as running:
        yield running


@posix
@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
@pytest.mark.parametrize("name", every(3, ODD))
def test_the_units_pass_systemds_own_check(tmp_path: Path, name: str) -> None:
    folder = home(tmp_path / name)
    units = schedule.parts("systemd", printed("systemd", folder, "--user", "root"))
    assert set(units) == {"evidence-tracker.service", "evidence-tracker.timer"}
    for unit, text in units.items():
        (tmp_path / unit).write_text(text, encoding="utf-8")
    words = ["systemd-analyze", "verify", *(str(tmp_path / unit) for unit in units)]
    checked = subprocess.run(words, capture_output=True, text=True, check=False)
    said = [line for line in checked.stderr.splitlines() if "evidence-tracker" in line]
    assert said == []
    assert checked.returncode == 0, checked.stderr


def test_the_service_may_write_into_its_home_and_where_lists_go_and_nowhere_else(tmp_path: Path) -> None:
    folder = home(tmp_path / "home")
    (folder / "queries" / "lists").mkdir()
    for name, to in (("shared", tmp_path / "shared"), ("inside", folder / "out")):
        text = f"title: {name}\nsearches: one\nevery: week\nto: {to}\n"
        (folder / "queries" / "lists" / f"{name}.txt").write_text(text, encoding="utf-8")
    service = schedule.parts("systemd", printed("systemd", folder))["evidence-tracker.service"]
    (writes,) = re.findall(r"^ReadWritePaths=(.*)$", service, flags=re.MULTILINE)
    assert writes == f"{folder} -{tmp_path / 'shared'}"
    for line in ("ProtectSystem=strict", "NoNewPrivileges=yes", "PrivateTmp=yes", f"EnvironmentFile=-{folder}/.env"):
        assert f"\n{line}\n" in service
    assert f"ExecStart={sys.executable} -m tracker --home {folder} update\n" in service


def test_the_timer_makes_up_for_what_was_missed_and_spreads_its_runs(tmp_path: Path) -> None:
    timer = schedule.parts("systemd", printed("systemd", home(tmp_path / "h"), "--at", "5:07"))[
        "evidence-tracker.timer"
    ]
    for line in ("OnCalendar=*-*-* 05:07:00 UTC", "Persistent=true", "RandomizedDelaySec=30min"):
        assert f"\n{line}\n" in timer


@posix
@pytest.mark.skipif(not shutil.which("sh"), reason="there is no shell")
@pytest.mark.parametrize("name", [ODD[-1], *(pytest.param(name, marks=pytest.mark.soak) for name in ODD[:-1])])
def test_the_cron_line_updates_with_the_settings_of_the_env_file_and_makes_a_backup(
    tmp_path: Path, service: PubMedService, name: str
) -> None:
    folder = home(tmp_path / name)
    (line,) = [row for row in printed("cron", folder).splitlines() if not row.startswith("#")]
    times, command = line.split(" ", 5)[:5], line.split(" ", 5)[5]
    assert times[1:] == ["4", "*", "*", "*"]
    assert 0 <= int(times[0]) < 60
    bare = re.sub(r"\\%", "%", command)  # as cron hands it on
    assert "%" not in command.replace("\\%", "")
    (folder / "db").mkdir()
    env = f'TRACKER_PUBMED_URL="{service.url}"\nTRACKER_PACE="0"\n'
    (folder / ".env").write_text(env, encoding="utf-8")
    root = Path(__file__).parent.parent.parent
    given = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(root), "HOME": str(tmp_path)}
    ran = subprocess.run(["/bin/sh", "-c", bare], cwd="/", env=given, capture_output=True, text=True, check=False)
    log = (folder / "db" / "update.log").read_text(encoding="utf-8")
    assert ran.returncode == 0, log
    assert ran.stdout + ran.stderr == ""
    assert "backup: " in log
    assert len(list((folder / "db" / "backups").iterdir())) == 1
    assert (folder / "db" / "heartbeat.json").exists()


def test_the_minute_follows_from_the_home_and_a_time_can_be_chosen(tmp_path: Path) -> None:
    assert schedule.at("", tmp_path) == schedule.at("", tmp_path)
    assert len({schedule.at("", tmp_path / str(number))[1] for number in range(40)}) > 10
    assert schedule.at("23:59", tmp_path) == (23, 59)
    for text in ("24:00", "7", "07:60", "noon", "07:05:00"):
        with pytest.raises(UsageError, match="no time of day"):
            schedule.at(text, tmp_path)
    assert asked("cron", home(tmp_path / "home"), "--at", "25:00").exit_code == 2


def test_a_home_that_no_file_can_name_is_refused(tmp_path: Path) -> None:
    place = schedule.InstalledPlace(tmp_path / "two\nlines", ["tracker"], "me")
    for kind in schedule.KINDS:
        with pytest.raises(UsageError, match="unprintable"):
            schedule.ready_file(kind, place, 4, 17)


@pytest.mark.parametrize("kind", schedule.KINDS)
def test_the_files_can_be_written_where_they_belong(tmp_path: Path, kind: str) -> None:
    folder = home(tmp_path / "home")
    told = asked(kind, folder, "--write", str(tmp_path / "out"))
    assert told.exit_code == 0
    assert told.stdout == ""
    written = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "out").iterdir()}
    assert written == dict(schedule.parts(kind, printed(kind, folder)))


# The workflow, step by step, with a stand-in for gh whose releases are folders and whose assets are files.
GH = """#!/bin/sh
echo "$*" >> "$GH_STORE/calls"
if [ -f "$GH_STORE/broken" ] && grep -qxF "$1 $2" "$GH_STORE/broken"; then echo "gh: broken" >&2; exit 1; fi
release="$GH_STORE/release-$TAG"
case "$1 $2" in
  "repo view") cat "$GH_STORE/visibility" ;;
  "workflow enable") test "$3" = tracker.yml ;;
  "release list") test ! -d "$release" || echo "$TAG" ;;
  "release create") mkdir "$release" ;;
  "release view") ls "$release" ;;
  "release download") cp "$release/$5" "$7/" ;;
  "release upload") cp "$4" "$release/" ;;
  "release delete-asset") test "$5" = --yes && rm "$release/$4" ;;
  *) echo "unknown: $*" >&2; exit 1 ;;
esac
"""


def _filled(text: str, texts: dict[str, str]) -> str:
    """The expressions that GitHub fills in; those of secrets are empty here."""
    return re.sub(r"\$\{\{ (.*?) \}\}", lambda found: texts.get(found[1], ""), text)


class Runner:
    """Runs the steps of the printed workflow as GitHub does: each a script of its own, in a fresh checkout."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.number = folder, 0
        self.store = folder / "store"
        self.tools = folder / "tools"
        self.store.mkdir(parents=True)
        self.tools.mkdir()
        (self.store / "visibility").write_text("PRIVATE\n", encoding="utf-8")
        self._tool("gh", GH)
        self._tool("tracker", f'#!/bin/sh\nexec "{sys.executable}" -m tracker "$@"\n')
        self._tool("python", '#!/bin/sh\necho "$*" >> "$GH_STORE/installed"\n')
        self.workflow: dict[str, Any] = yaml.safe_load(printed("github", home(folder / "origin")))
        self.job = self.workflow["jobs"]["update"]
        self.environment = {
            "PATH": f"{self.tools}{os.pathsep}/usr/bin:/bin", "GH_STORE": str(self.store),
            "PYTHONPATH": str(Path(__file__).parent.parent.parent), "TRACKER_PUBMED_URL": url, "TRACKER_PACE": "0",
            "HOME": str(folder),
        }  # fmt: skip

    def _tool(self, name: str, text: str) -> None:
        (self.tools / name).write_text(text, encoding="utf-8")
        (self.tools / name).chmod(0o755)

    def run(self) -> tuple[dict[str, int], Path]:
        """The exit codes of the steps that ran, by name, and the checkout."""
        self.number += 1
        if self.number > 1:
            time.sleep(1.1)  # backups bear the second in their name; two days of a schedule never share one
        checkout = Path(shutil.copytree(self.folder / "origin", self.folder / f"checkout{self.number}"))
        temporary, output = self.folder / f"temp{self.number}", self.folder / f"output{self.number}"
        temporary.mkdir()
        output.touch()
        codes: dict[str, int] = {}
        self.said = ""
        for step in (item for item in self.job["steps"] if "run" in item):
            failed = any(codes.values())
            condition = step.get("if", "")
            if failed and not ("always()" in condition and codes.get("Fetch the database") == 0):
                continue
            outputs = dict(line.split("=", 1) for line in output.read_text(encoding="utf-8").splitlines())
            given = {**self.job["env"], **step.get("env", {})}
            texts = {
                "github.repository": "us/tracker", "github.token": "token", "vars.TRACKER_SOURCE": "",
                "steps.update.outputs.code": outputs.get("code", ""),
            }  # fmt: skip
            filled = {name: _filled(str(value), texts) for name, value in given.items()}
            given = {**self.environment, **{name: value for name, value in filled.items() if value},
                     "GITHUB_OUTPUT": str(output), "RUNNER_TEMP": str(temporary)}  # fmt: skip
            script = temporary / "step.sh"
            script.write_text(step["run"], encoding="utf-8")
            shell = self.job["defaults"]["run"]["shell"].replace("{0}", str(script)).split()
            ran = subprocess.run(shell, cwd=checkout, env=given, capture_output=True, text=True, check=False)
            codes[step["name"]] = ran.returncode
            self.said += ran.stdout + ran.stderr
        return codes, checkout

    @property
    def assets(self) -> list[str]:
        return sorted(path.name for path in (self.store / "release-tracker-database").iterdir())


@pytest.fixture
def runner(tmp_path: Path, service: PubMedService) -> Runner:
    if os.name != "posix" or not shutil.which("bash"):
        pytest.skip("the workflow's shell is bash")
    return Runner(tmp_path / "runner", service.url)


def rows(checkout: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(checkout / "db" / "tracker.db")) as db:
        return db.execute(sql).fetchall()


def test_the_workflow_keeps_the_database_from_run_to_run_and_ids_go_on_without_a_gap(runner: Runner) -> None:
    codes, first = runner.run()
    assert set(codes.values()) == {0}, runner.said
    assert list(codes)[-3:] == ["Update", "Keep the database", "How it ended"]
    assert len(runner.assets) == 1
    given = len(rows(first, "select id from work"))
    text = (runner.folder / "origin" / "queries" / "one.txt").read_text(encoding="utf-8")
    (runner.folder / "origin" / "queries" / "two.txt").write_text(
        text.replace("loneliness", "nurses"), encoding="utf-8"
    )
    codes, second = runner.run()
    assert set(codes.values()) == {0}, runner.said
    assert rows(second, "select count(*) from run") == [(2,)]
    ids = [row[0] for row in rows(second, "select id from work order by id")]
    assert ids == list(range(1, len(ids) + 1))
    assert len(ids) > given
    assert (runner.store / "calls").read_text(encoding="utf-8").count("workflow enable tracker.yml") == 2
    assert (runner.store / "installed").read_text(encoding="utf-8").splitlines()[0] == "-m pip install --quiet ."


def test_a_public_repository_is_refused_before_anything_is_kept(runner: Runner) -> None:
    (runner.store / "visibility").write_text("PUBLIC\n", encoding="utf-8")
    codes, _ = runner.run()
    assert codes == {"Only in a private repository": 1}
    assert "private" in runner.said
    assert not (runner.store / "release-tracker-database").exists()


@pytest.mark.parametrize("call", every(3, ["release list", "release view", "release download"]))
def test_a_failure_to_fetch_the_database_is_never_taken_for_a_first_run(runner: Runner, call: str) -> None:
    runner.run()
    kept = runner.assets
    (runner.store / "broken").write_text(f"{call}\n", encoding="utf-8")
    codes, checkout = runner.run()
    assert codes["Fetch the database"] != 0
    assert "Update" not in codes
    assert "Keep the database" not in codes
    assert runner.assets == kept
    assert not (checkout / "db" / "tracker.db").exists()


def test_a_failed_upload_leaves_the_backup_of_the_run_before(runner: Runner) -> None:
    runner.run()
    kept = runner.assets
    (runner.store / "broken").write_text("release upload\n", encoding="utf-8")
    codes, _ = runner.run()
    assert codes["Keep the database"] != 0
    assert runner.assets == kept


def test_an_incomplete_run_is_kept_and_ends_red(runner: Runner, service: PubMedService) -> None:
    runner.run()
    service.faults.play("error-503", times=None)
    codes, checkout = runner.run()
    assert codes["Update"] == 0
    assert codes["Keep the database"] == 0
    assert codes["How it ended"] == 1
    assert len(runner.assets) == 2
    assert rows(checkout, "select outcome from run order by id desc limit 1") == [("failed",)]


def test_a_schedule_that_cannot_be_switched_on_again_is_a_warning(runner: Runner) -> None:
    (runner.store / "broken").write_text("workflow enable\n", encoding="utf-8")
    codes, _ = runner.run()
    assert set(codes.values()) == {0}
    assert "::warning::" in runner.said


def test_the_newest_seven_backups_stay(runner: Runner) -> None:
    release = runner.store / "release-tracker-database"
    release.mkdir()
    (release / "notes.txt").write_text("of a person", encoding="utf-8")
    runner.run()
    good = release / runner.assets[-1]
    for day in range(10, 21):
        shutil.copy(good, release / f"tracker-2025-01-{day}T000000Z.db.gz")
    codes, _ = runner.run()
    assert set(codes.values()) == {0}, runner.said
    backups = [name for name in runner.assets if name.endswith(".gz")]
    assert len(backups) == 7
    assert backups[0] == "tracker-2025-01-16T000000Z.db.gz"
    assert "notes.txt" in runner.assets


def test_a_first_run_without_settings_keeps_nothing_and_says_so(runner: Runner) -> None:
    del runner.environment["TRACKER_PUBMED_URL"]
    codes, _ = runner.run()
    assert codes["Keep the database"] == 0
    assert codes["How it ended"] == 1
    assert "TRACKER_EMAIL is not set" in runner.said
    assert runner.assets == []
    runner.environment["TRACKER_PUBMED_URL"] = "http://127.0.0.1:9"
    codes, _ = runner.run()
    assert "No run has come to its end yet" in runner.said


def test_what_the_workflow_may_do_is_little_and_its_secrets_reach_the_update_alone(runner: Runner) -> None:
    assert runner.workflow["permissions"] == {"contents": "write", "actions": "write"}
    assert runner.workflow["concurrency"] == {"group": "tracker", "cancel-in-progress": False}
    with_secrets = [step["name"] for step in runner.job["steps"] if "secrets." in str(step)]
    assert with_secrets == ["Update"]
