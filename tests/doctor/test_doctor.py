"""``tracker doctor`` compares the services with what the code assumes, and names each difference in a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from emulator import corpus, preprints
from emulator.biorxiv_service import BiorxivService
from emulator.days import FIRST_DAY
from emulator.europepmc_service import EuropePmcService
from emulator.osf_service import OsfService
from emulator.service import PubMedService
from tracker import doctor
from tracker.checkers import crossref, retraction_watch
from tracker.cli import main
from tracker.doctor import AGREES, DIFFERS, SILENT, TOLD, ProbeFinding, examine, probe
from tracker.doctor import pubmed as probes_of_pubmed
from tracker.doctor.saved import at_least
from tracker.errors import Incomplete
from tracker.http import Http
from tracker.http.answer import Answer
from tracker.model import RawRecord, SavedSearch
from tracker.sources import WindowPage, load

SEARCH = SavedSearch(
    "lonely", "Lonely", ("pubmed",), "loneliness[tiab]", "1", finds=("990000001", "10.5555/nobody"),
    at_least=(("pubmed", 5),),
)  # fmt: skip


@pytest.fixture(scope="module")
def services() -> Iterator[dict[str, Any]]:
    with ExitStack() as stack:
        made = {
            "pubmed": PubMedService(corpus, FIRST_DAY),
            "europepmc": EuropePmcService(preprints, FIRST_DAY),
            "biorxiv": BiorxivService(preprints, FIRST_DAY, size=5),
            "osf": OsfService(preprints, FIRST_DAY, most=5),
        }
        yield {name: stack.enter_context(service) for name, service in made.items()}


@pytest.fixture
def environment(services: dict[str, Any]) -> dict[str, str]:
    return {f"TRACKER_{name.upper()}_URL": service.url for name, service in services.items()} | {"TRACKER_PACE": "0"}


def examined(environment: dict[str, str], names: tuple[str, ...], checkers: Any = ()) -> list[ProbeFinding]:
    http = Http(pace=0, attempts=2, sleep=lambda seconds: None)
    sources = {name: load(name).build(http, environment) for name in names}
    return list(examine(http, sources, checkers, [SEARCH], FIRST_DAY))


def verdicts(findings: list[ProbeFinding]) -> dict[str, str]:
    return {item.assumed: item.verdict for item in findings}


def test_every_service_is_probed_and_a_small_literature_differs_in_its_numbers(environment: dict[str, str]) -> None:
    """The demo's services speak like the real ones, but hold less: what is assumed of numbers differs, the rest not."""
    keys = {"NCBI_API_KEY": "k", "OSF_TOKEN": "t"}
    found = examined(environment | keys, ("pubmed", "europepmc", "medrxiv", "psyarxiv"))
    assert {item.service for item in found} == {
        "PubMed", "Europe PMC", "medRxiv", "PsyArXiv", "Saved searches on PubMed",
    }  # fmt: skip
    said = verdicts(found)
    assert all(item.verdict != SILENT for item in found)
    for agreeing in (
        "a phrase finds fewer than its words", "a wildcard finds more than one of its words",
        "operators are worked off from left to right", "the next page begins where the last one ended",
        "an empty interval is answered with 'no posts found'", "all versions are given by DOI",
        "records are read by this parser", "contributors and licences are embedded",
        "the token (OSF_TOKEN) is accepted", "lonely: hits",
    ):  # fmt: skip
        assert said[agreeing] == AGREES, agreeing
    assert said["one request lists at most 9,999 ids"] == DIFFERS
    assert said["the key (NCBI_API_KEY) is accepted"] == DIFFERS
    assert said["lonely: finds 10.5555/nobody"] == DIFFERS


def test_a_service_that_does_not_answer_is_asked_twice(services: dict[str, Any], environment: dict[str, str]) -> None:
    services["biorxiv"].faults.play("error-503", times=None)
    found = examined(environment, ("medrxiv",))
    services["biorxiv"].faults.clear()
    assert found[0].verdict == SILENT
    assert "503" in found[0].found
    assert any(item.found == "not asked: it did not answer before" for item in found)


def test_the_file_and_the_lists_of_the_checkers_are_probed() -> None:
    header = "OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature\n"

    class Canned:
        pace = 1.0

        def ask(self, service: Any, path: str, *, read: Any, params: Any = None, limit: int = 0) -> Any:
            link = {"id-type": "doi", "id": "10.5555/a"}
            item = {"DOI": "10.21203/rs.1.1/v2", "relation": {"is-preprint-of": [link]}}
            body = json.dumps({"status": "ok", "message": {"items": [item], "total-results": 1}})
            return read(Answer(200, {}, (f"{header}a,1,b\n" if path.endswith("csv") else body).encode()))

    checkers = [module.build(Canned(), {}) for module in (crossref, retraction_watch)]  # type: ignore[arg-type]
    found = list(examine(Canned(), {}, checkers, [], FIRST_DAY))  # type: ignore[arg-type]
    assert [(item.service, item.verdict) for item in found] == [("Crossref", AGREES), ("Retraction Watch", DIFFERS)]
    assert "1 rows" in found[1].found


def test_a_probe_tells_agreement_difference_silence_and_doubt() -> None:
    def silent() -> Any:
        raise Incomplete("nothing came")

    asked = iter(
        [("a", lambda: (True, "yes")), ("b", lambda: (False, "no")), ("c", lambda: (None, "well")), ("d", silent),
         ("e", silent), ("f", lambda: (True, "never asked"))]
    )  # fmt: skip
    found = list(probe("S", asked))
    assert [item.verdict for item in found] == [AGREES, DIFFERS, TOLD, SILENT, SILENT, SILENT]
    assert found[-1].found == "not asked: it did not answer before"
    examination = doctor.Examination(tuple(found))
    assert len(examination.troubles) == 4
    assert "  ok        a: yes" in examination.as_text()
    assert examination.as_text().endswith("1 as assumed, 1 differs, 3 no answer")
    assert examination.as_json()["findings"][0] == {"service": "S", "assumed": "a", "found": "yes", "verdict": AGREES}


def test_records_that_cannot_be_read_are_told(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    from tracker.sources import UnreadableRecord
    from tracker.sources.biorxiv import parse as biorxiv_parse
    from tracker.sources.europepmc import parse as europepmc_parse
    from tracker.sources.pubmed import parse as pubmed_parse

    def parse(*said: Any) -> Any:
        raise UnreadableRecord("a field has moved")

    monkeypatch.setattr(probes_of_pubmed, "KNOWN", ("990000001", "990000002"))
    for module in (biorxiv_parse, europepmc_parse, pubmed_parse):
        monkeypatch.setattr(module, "parse", parse)
    found = examined(environment, ("pubmed", "europepmc", "medrxiv"))
    told = [item for item in found if item.assumed == "records are read by this parser"]
    assert [item.verdict for item in told] == [DIFFERS] * 3
    assert all("a field has moved" in item.found for item in told)


def test_rows_that_do_not_say_whose_they_are_are_told_and_end_no_probe() -> None:
    from tracker.doctor import preprints as probes

    nameless = WindowPage(1, (RawRecord("nameless-0123456789abcdef", b"[]"),))
    psyarxiv: Any = load("psyarxiv").build(Http(), {})
    assert probes._by_doi(psyarxiv, [nameless]) == (None, "there is no DOI to ask for")
    assert probes._embedded(psyarxiv, nameless.rows)[0] is False
    assert probes._read(psyarxiv, nameless.rows)[0] is False


def test_a_server_without_anything_new_is_left_to_a_person() -> None:
    from tracker.doctor import preprints as probes

    assert probes._no_overlap([WindowPage(0, ())])[0] is None
    assert probes._by_doi(None, [])[0] is None  # type: ignore[arg-type]
    assert probes._embedded(None, [])[0] is False  # type: ignore[arg-type]


@pytest.mark.parametrize(("hits", "proposed"), [(0, 0), (5, 4), (99, 79), (3417, 2700), (120_000, 96_000)])
def test_what_is_proposed_is_four_fifths_in_round_numbers(hits: int, proposed: int) -> None:
    assert at_least(hits) == proposed


def test_searches_without_a_lowest_number_are_for_a_person_to_judge(environment: dict[str, str]) -> None:
    from tracker.doctor import saved

    source = load("pubmed").build(Http(pace=0), environment)
    plain = SavedSearch("plain", "P", ("pubmed",), "loneliness[tiab]", "1")
    elsewhere = SavedSearch("other", "O", ("medrxiv",), "loneliness[tiab]", "1")
    nothing = SavedSearch("none", "N", ("pubmed",), "zzyzx[tiab]", "1")
    found = list(probe("S", saved.probes(source, [plain, elsewhere, nothing])))  # type: ignore[arg-type]
    assert [item.verdict for item in found] == [TOLD, DIFFERS]
    assert "at-least.pubmed could be" in found[0].found


def test_the_command_prints_the_findings_and_ends_with_1_when_something_differs(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    (tmp_path / "queries").mkdir()
    text = "title: L\nsources: pubmed, medrxiv\n---\nloneliness[tiab]\n"
    (tmp_path / "queries" / "lonely.txt").write_text(text, encoding="utf-8")
    for words in (("doctor",), ("doctor", "medrxiv", "--json")):
        told = CliRunner().invoke(main, ["--home", str(tmp_path), *words], env=environment)
        assert told.exit_code == 1, told.output
    assert {item["service"] for item in json.loads(told.stdout)["findings"]} == {"medRxiv"}


def test_the_guide_names_every_service() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "first-day.md").read_text(encoding="utf-8")
    for name in ("PubMed", "Europe PMC", "medRxiv", "bioRxiv", "PsyArXiv", "Crossref", "Retraction Watch"):
        assert name in guide
