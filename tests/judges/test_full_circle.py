"""Export -> a real ASReview project -> labels -> its own export -> import: all joined, labels equal."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import beside

from tracker.formats.csv import read
from tracker.formats.ris import entries
from tracker.formats.xlsx import read as read_xlsx
from tracker.screening.decisions.importing import import_file
from tracker.screening.decisions.verdicts import show

pytestmark = pytest.mark.judges


@pytest.mark.parametrize(
    ("out", "back"),
    [("list.csv", "back.csv"), ("list.csv", "back.xlsx"), ("list.ris", "back.ris"), ("list.ris", "back.csv"),
     ("list.xlsx", "back.csv"), ("list.csv", "back.tsv")],
)  # fmt: skip
def test_labels_come_back_as_they_were_given(asreview: Callable[..., str], tmp_path: Path, out: str, back: str) -> None:
    with beside("screening", "lab").opened(tmp_path / "home") as lab:
        lab.papers("one", list(range(1, 31)))
        lab.store_paper(7, doi="", pmid="")  # known by its id alone
        profile = "asreview" if out.endswith(".csv") else None
        lab.export(out, searches=["one"], profile=profile)
        labels = {str(place): int(place % 3 == 0) for place in range(0, 30, 2)}
        source, target = lab.home.root / out, tmp_path / back
        keys = keys_of(source)
        assert asreview("circle", source, target, json.dumps(labels)) == "200"
        report = import_file(lab.home, lab.store, target, name="mine", now=lab.now)
        assert (report.tool, report.rows, report.stored, report.troubles) == ("asreview", 30, 15, ())
        assert report.matched == {"id": 30}
        found = show(lab.home, lab.store, "mine").as_json()["included"]
        assert found == {keys[int(place)]: label for place, label in labels.items()}


def keys_of(path: Path) -> list[str]:
    if path.suffix == ".ris":
        return [tags["ID"][0] for tags in entries(path)]
    return [row["key"] for row in (read_xlsx(path) if path.suffix == ".xlsx" else read(path))]
