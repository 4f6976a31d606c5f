"""The judges: other people's readers, installed by .ci/judges; each that is not there is skipped, and says so."""

from __future__ import annotations

import importlib.util
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from tracker.formats import FORMATS, Row
from tracker.formats.row import COLUMNS
from tracker.model import Author

ROOT = Path(__file__).resolve().parents[2]
INSTALLED = ROOT / ".judges"
HERE = Path(__file__).parent
RECORDS = int(os.environ.get("JUDGES_RECORDS", "10000"))


def beside(folder: str, name: str, called: str = "") -> ModuleType:
    """A helper module of another folder of tests; ``called`` where its name is taken here."""
    known = called or name
    if known not in sys.modules:
        spec = importlib.util.spec_from_file_location(known, ROOT / "tests" / folder / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[known] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[known])
    return sys.modules[known]


def run(*command: str | Path, **more: str) -> str:
    """What a judge prints; it must end well."""
    told = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, encoding="utf-8", errors="replace",
        check=False, env={**os.environ, **more}, timeout=1800,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr[-2000:]
    return told.stdout


def need(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed: .ci/judges installs it on Debian")
    return found


@pytest.fixture(scope="session")
def pandoc() -> Callable[..., str]:
    own = next(INSTALLED.glob("pandoc/lib/python*/site-packages/pypandoc/files/pandoc"), None)
    program = str(own) if own else need("pandoc")
    known = run(program, "--list-input-formats").split()

    def ask(form: str, path: Path) -> str:
        if form not in known:
            pytest.skip(f"this pandoc reads no {form}: .ci/judges installs a newer one")
        return run(program, "-f", form, "-t", "csljson", path)

    return ask


@pytest.fixture(scope="session")
def asreview() -> Callable[..., str]:
    program = INSTALLED / "asreview" / "bin" / "python"
    if not program.exists():
        pytest.skip("ASReview is not installed: .ci/judges installs it")
    return lambda *words: run(program, HERE / "asreview_project.py", *words).strip().splitlines()[-1]


@pytest.fixture(scope="session")
def node() -> Callable[..., int]:
    folder = INSTALLED / "node" / "node_modules"
    if not folder.exists():
        pytest.skip("the JavaScript readers are not installed: .ci/judges installs them")
    program = need("node")
    return lambda *words: int(run(program, HERE / "readers.mjs", *words, NODE_FOLDER=str(folder)))


def hostile_rows(count: int) -> list[Row]:
    """So many records of the pieces that break writers, two or three of them in every column; always the same."""
    pieces: tuple[str, ...] = beside("formats", "hostile").PIECES
    numbers, dice = ("year", "month", "day", "included"), random.Random(7)

    def say() -> str:
        return "".join(dice.choices((*pieces, "word "), k=dice.randint(0, 3)))

    def names() -> tuple[Author, ...]:
        return tuple(Author(say(), say()) if dice.random() < 0.5 else Author(group=say()) for _ in range(2))

    return [
        Row(
            key=f"DEMO-{number:06}", year=dice.choice((None, 1999, 2024)), month=3, day=dice.choice((None, 5)),
            included=dice.choice((None, 0, 1)), names=names(),
            **{
                **{name: say() for name in COLUMNS if name not in (*numbers, "key")},
                "record_type": dice.choice(("article", "preprint", "book")),
            },
        )
        for number in range(1, count + 1)
    ]  # fmt: skip


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """``ris/rayyan`` and the like -> a file of hostile records in that format and profile."""
    folder, rows, made = tmp_path_factory.mktemp("judged"), hostile_rows(RECORDS), {}
    for entry in FORMATS:
        for profile in entry.profiles:
            path = folder / f"{profile}{entry.suffix}"
            with path.open("wb") as out:
                assert entry.write(rows, out, profile).records == RECORDS
            made[f"{entry.name}/{profile}"] = path
    return made
