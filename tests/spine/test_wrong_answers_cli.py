"""What a person sees of answers that are well-formed and wrong: exit codes, lines, ``tracker status``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from emulator import preprints
from emulator.biorxiv_service import BiorxivService
from emulator.europepmc_service import EuropePmcService
from emulator.osf_service import OsfService
from emulator.service import PubMedService
from emulator.synthetic import synthetic

Tracker = Callable[..., Any]
SHOWN = date(2026, 11, 20)


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """All emulations on one day, which is also that of the commands."""
    for module in ("stages", "checking", "work", "upkeep"):
        monkeypatch.setattr(f"tracker.cli.{module}.clock", lambda: datetime(2026, 11, 20, 6, tzinfo=UTC), raising=False)
    with (
        PubMedService(synthetic(40), SHOWN) as pubmed,
        EuropePmcService(preprints, SHOWN) as europepmc,
        BiorxivService(preprints, SHOWN) as biorxiv,
        OsfService(preprints, SHOWN) as osf,
    ):
        yield {"pubmed": pubmed, "europepmc": europepmc, "medrxiv": biorxiv, "psyarxiv": osf}


@pytest.fixture
def asked(tracker: Tracker, tmp_path: Path, services: dict[str, Any]) -> Callable[..., tuple[int, dict[str, Any]]]:
    """Runs ``tracker collect`` on one source and returns the exit code and the source's row of ``status --json``."""
    settings = {
        "TRACKER_PUBMED_URL": services["pubmed"].url,
        "TRACKER_EUROPEPMC_URL": services["europepmc"].url,
        "TRACKER_BIORXIV_URL": services["medrxiv"].url,
        "TRACKER_OSF_URL": services["psyarxiv"].url,
        "TRACKER_PACE": "0",
    }
    (tmp_path / "queries").mkdir()

    def run(source: str, *words: str) -> tuple[int, dict[str, Any]]:
        text = f"title: One\nsources: {source}\n---\nloneliness[tiab]\n"
        (tmp_path / "queries" / "one.txt").write_text(text, encoding="utf-8")
        told = tracker("collect", *words, **settings)
        said = json.loads(tracker("status", "--json", **settings).out)
        return told.code, said["searches"][0] | {"alarms": said["alarms"], "err": told.err}

    return run


@pytest.mark.parametrize(
    ("source", "fault", "code", "outcome", "said"),
    [
        ("pubmed", "term-ignored", 3, "complete with notes", "PubMed did not find lonely[tiab]"),
        ("pubmed", "filter-added", 3, "complete with notes", "PubMed added the filter"),
        ("pubmed", "other-mapping", 3, "complete with notes", "reads the search in another way"),
        ("pubmed", "another-search", 1, "incomplete", "another question"),
        ("europepmc", "synonyms", 3, "complete with notes", "synonyms were searched"),
        ("europepmc", "other-cursor", 1, "failed", "another cursor"),
        ("europepmc", "language-filter", 1, "failed", "another query"),
    ],
)
def test_a_wrong_answer_is_seen_in_exit_code_note_and_alarm(
    asked: Any, services: dict[str, Any], source: str, fault: str, code: int, outcome: str, said: str
) -> None:
    assert asked(source)[0] == 0
    services[source].faults.play(fault, times=None)
    found, row = asked(source)
    assert (found, row["outcome"]) == (code, outcome)
    assert said in row["note"]
    assert bool(row["alarms"]) == (code == 3)
    services[source].faults.clear()
    asked(source)
    found, row = asked(source)
    assert (found, row["outcome"], row["alarms"]) == (0, "complete", [])


def test_confirming_a_warning_closes_its_alarm(asked: Any, services: dict[str, Any]) -> None:
    asked("pubmed")
    services["pubmed"].faults.play("term-ignored", times=None)
    assert asked("pubmed")[0] == 3
    code, row = asked("pubmed", "--confirm-removals", "one")
    assert (code, row["alarms"]) == (0, [])
    assert row["warnings"] == ["phrasesnotfound: lonely[tiab]"]
    assert row["gone"] > 0


def test_a_first_answer_of_nothing_is_said_to_be_no_first_run(asked: Any, services: dict[str, Any]) -> None:
    services["pubmed"].faults.play("false-zero", times=None)
    code, row = asked("pubmed")
    assert (code, row["outcome"], row["baseline"]) == (0, "complete with notes", "baseline")
    assert "--confirm-removals one" in row["note"]
    services["pubmed"].faults.clear()
    code, row = asked("pubmed")
    assert (code, row["outcome"], row["baseline"], row["new"] > 0) == (0, "complete", "baseline", True)


@pytest.mark.parametrize("source", ["medrxiv", "psyarxiv"])
def test_a_server_that_answers_another_question_is_incomplete(
    asked: Any, services: dict[str, Any], source: str
) -> None:
    fault = "other-provider" if source == "psyarxiv" else "other-server"
    since = (SHOWN - timedelta(days=400)).isoformat()
    services[source].faults.play(fault, times=None)
    code, row = asked(source, "--since", since)
    assert (code, row["known"] + row["new"]) == (1, 0)
    assert row["outcome"] in ("incomplete", "failed")
    services[source].faults.clear()
    code, row = asked(source, "--since", since)
    assert code == 0
    assert row["received"] > 0
