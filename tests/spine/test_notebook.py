"""The notebook runs from end to end on the demo's public database, and pandas stays out of the commands.

Its code cells are executed one after the other, as Jupyter would; Jupyter itself is too heavy for this suite.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tracker.home import Home

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "corpus.ipynb"


@pytest.fixture(scope="module")
def played(played: Any) -> Home:
    """The demo that all tests share."""
    return Home(played.root)


def code_cells() -> list[str]:
    said = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in said["cells"] if cell["cell_type"] == "code"]


def test_the_notebook_runs_on_the_demo(played: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(played.root)
    found: dict[str, Any] = {"__name__": "__main__"}
    for place, cell in enumerate(code_cells(), start=1):
        exec(compile(cell, f"corpus.ipynb, code cell {place}", "exec"), found)
    db = sqlite3.connect(played.public / "public.db")
    count = db.execute("select count(*) from works where state <> 'hidden'").fetchone()[0]
    pairs = db.execute("select count(distinct work_id) from publications group by kind = 'preprint'").fetchall()
    db.close()
    assert found["size"]["works"] == count > 1500
    assert found["searches"]["works"].max() <= count
    overlap = found["overlap"]
    assert overlap.loc["pubmed", "pubmed"] + (found["member"]["pubmed"] == 0).sum() == count
    assert set(overlap.index) == {"pubmed", "europepmc", "medrxiv", "psyarxiv"}
    assert 0 < found["published"]["of these with a publication too"] <= min(row[0] for row in pairs)
    assert (found["delay"] >= -366).all()


def test_the_notebook_is_kept_without_outputs() -> None:
    said = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in said["cells"])


def test_no_command_loads_pandas() -> None:
    code = (
        "import sys, pkgutil, importlib, tracker\n"
        "for item in pkgutil.walk_packages(tracker.__path__, 'tracker.'):\n"
        "    if not item.name.endswith('__main__'):\n"
        "        importlib.import_module(item.name)\n"
        "found = sorted({'pandas', 'openpyxl', 'rispy', 'bibtexparser', 'jsonschema'} & set(sys.modules))\n"
        "sys.exit(f'loaded: {found}' if found else 0)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
