"""The report of ``tracker check``: mistakes, lint, and how each source is asked, for people and machines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tracker.check.report import check, check_folder
from tracker.home import Home

HEAD = "title: Tea\nsources: {}\n---\n"


def folder(root: Path, **files: str) -> Path:
    queries = root / "queries"
    for name, text in files.items():
        path = queries / (name.replace("__", "/").replace("_", ".") + ".txt")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return queries


def test_report_tells_for_each_source_how_it_is_asked(tmp_path: Path) -> None:
    strategy = '("Tea"[Mesh] OR "green teas*"[tiab] OR teatime[tiab]) AND milk[tiab]'
    queries = folder(tmp_path, tea=HEAD.format("pubmed, europepmc, medrxiv") + strategy)
    report = check_folder(queries)
    assert report.ok
    assert [source.source for source in report.searches[0].sources] == ["pubmed", "europepmc", "medrxiv"]
    assert [source.filtered for source in report.searches[0].sources] == [False, True, True]
    assert report.searches[0].sources[1].count("widened") == 1
    text = report.as_text()
    for said in (
        "tea: Tea",
        f"every day, version {report.searches[0].version[:12]}",
        "PubMed: sent as written, 68 characters",
        "Europe PMC: asked for more than is wanted, each record decided here",
        "SRC:PPR AND",
        "1 dropped: headings are given by indexers; a preprint has none",
        '"Tea"[Mesh]',
        "2 exact",
        "medRxiv: every record is read and decided here",
        "1 search, 0 errors, 0 pieces of advice",
    ):
        assert said in text
    assert "teatime[tiab], milk[tiab]" not in text
    assert "teatime[tiab], milk[tiab]" in report.as_text(full=True)


def test_impossible_part_is_an_error_at_its_place(tmp_path: Path) -> None:
    queries = folder(tmp_path, tea=HEAD.format("pubmed, europepmc") + "milk[ti] AND\n  tea[mh]")
    report = check_folder(queries)
    assert not report.ok
    assert [(mistake.line, mistake.column) for mistake in report.mistakes] == [(5, 3)]
    assert "Europe PMC cannot be asked for tea[mh]" in str(report.mistakes[0])
    assert "Europe PMC: cannot be asked" in report.as_text()
    assert "PubMed: sent as written" in report.as_text()


def test_nothing_is_asked_of_a_search_with_an_error(tmp_path: Path) -> None:
    queries = folder(tmp_path, tea=HEAD.format("pubmed") + "{cold} AND wom?n[ti]", blocks__cold="ice[tiba]", x="hello")
    report = check_folder(queries)
    assert report.searches[0].sources == ()
    assert "nothing is sent to any source until the errors are mended" in report.as_text()
    assert [(Path(found.path).name, found.line, found.column) for found in report.mistakes] == [
        ("x.txt", 1, 1),
        ("cold.txt", 1, 4),
        ("tea.txt", 4, 15),
    ]


def test_mistake_in_a_shared_block_counts_once(tmp_path: Path) -> None:
    head = HEAD.format("pubmed")
    queries = folder(tmp_path, tea=head + "{cold}", milk=head + "{cold}", blocks__cold="ice[tiba]")
    assert len(check_folder(queries).mistakes) == 1


def test_override_is_shown_as_written_by_hand_and_linted_in_its_own_language(tmp_path: Path) -> None:
    head = HEAD.format("pubmed, europepmc, medrxiv")
    queries = folder(tmp_path, tea=head + "tea[mh]", tea_europepmc="TITLE:t?a", tea_medrxiv="tea[ti]")
    report = check_folder(queries)
    assert report.ok
    assert "Europe PMC: asked as written by hand, 9 characters" in report.as_text()
    assert report.searches[0].sources[2].text == "tea[ti]"
    (queries / "tea.medrxiv.txt").write_text("t?a[ti]", encoding="utf-8")
    assert [Path(found.path).name for found in check_folder(queries).mistakes] == ["tea.medrxiv.txt"]


def test_only_the_searches_named_are_shown(tmp_path: Path) -> None:
    head = HEAD.format("pubmed")
    queries = folder(tmp_path, tea=head + "tea", milk=head + "milk", bad="hello")
    report = check_folder(queries, ["tea"])
    assert [search.slug for search in report.searches] == ["tea"]
    assert len(check_folder(queries, ["tea", "bad"]).mistakes) == 1
    assert "there is no saved search 'sugar'" in str(check_folder(queries, ["sugar"]).mistakes[-1])


def test_report_is_plain_json(tmp_path: Path) -> None:
    head = HEAD.format("pubmed, europepmc")
    lists = "title: A list\nsearches: tea\n"
    queries = folder(tmp_path, tea=head + "tea OR milk[ti]", bad="hello", lists__one=lists)
    report = check_folder(queries)
    said = json.loads(json.dumps(report.as_json()))
    assert said["ok"] is False
    assert said["mistakes"][0]["line"] == 1
    search = said["searches"][0]
    assert search["findings"][0]["code"] == "mapping"
    assert search["sources"][1]["parts"][0]["kind"] == "widened"
    assert said["lists"][0]["name"] == "one"
    assert "list one: A list (tea)" in report.as_text()
    assert "1 piece of advice" in report.as_text()


@pytest.mark.parametrize(("settings", "mistakes"), [("{}", 0), ("{", 1), ('{"plugins": []}', 1)])
def test_metadata_that_cannot_be_read_is_a_mistake(tmp_path: Path, settings: str, mistakes: int) -> None:
    folder(tmp_path, tea=HEAD.format("pubmed") + "tea[ti]")
    (tmp_path / "metadata.json").write_text(settings, encoding="utf-8")
    assert len(check(Home(tmp_path)).mistakes) == mistakes


def test_starting_searches_pass_on_every_source(tmp_path: Path) -> None:
    starting = Path(__file__).resolve().parents[2] / "queries"
    for path in starting.rglob("*.txt"):
        copy = tmp_path / path.relative_to(starting)
        copy.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text(encoding="utf-8")
        copy.write_text(text.replace("sources: pubmed\n", "sources: pubmed, europepmc, medrxiv, psyarxiv\n"), "utf-8")
    report = check_folder(tmp_path)
    assert report.ok
    assert all(source.text for search in report.searches for source in search.sources)
    assert len(report.searches) == 10
