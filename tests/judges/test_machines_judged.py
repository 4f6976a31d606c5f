"""The page of a work, read by other people's readers: its JSON-LD, its Link header, its MODS."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import HERE, INSTALLED, beside, need, run

from tracker.publish import publish

pytestmark = pytest.mark.judges
BASE = "http://localhost"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    beside("site", "chromium"), beside("site", "page_types")  # which it imports
    made, home = beside("site", "conftest", called="conftest_of_site"), tmp_path_factory.mktemp("pages")
    maker = made.fill(made.Maker(home / "tracker.db"))
    maker.db.close()
    publish(home / "tracker.db", home / "public", settings={}, now=made.NOW, say=made.quiet)
    client = made.Client(made.serve.build(home / "public", made.METADATA, clock=lambda: made.NOW))
    yield client
    client.close()


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Any]:
    program = INSTALLED / "web" / "bin" / "python"
    if not program.exists():
        pytest.skip("extruct and signposting are not installed: .ci/judges installs them")
    path = tmp_path_factory.mktemp("asked") / "text"

    def ask(what: str, text: str) -> Any:
        path.write_text(text, encoding="utf-8")
        return json.loads(run(program, HERE / "web_judge.py", what, path, BASE))

    return ask


@pytest.mark.parametrize("key", ["LSI-000001", "LSI-000003", "LSI-000004", "LSI-000006"])
def test_extruct_finds_one_scholarly_article(web: Callable[[str, str], Any], pages: Any, key: str) -> None:
    found = web("json-ld", pages.get(f"/paper/{key}").text)
    assert [item["@type"] for item in found] == ["ScholarlyArticle"]
    assert found[0]["@id"] == f"{BASE}/paper/{key}"
    assert [author["familyName"] for author in found[0]["author"]] == ["Vale", "Moss"]


def test_signposting_finds_doi_types_data_and_licence(web: Callable[[str, str], Any], pages: Any) -> None:
    found = web("links", pages.get("/paper/LSI-000001").headers["link"])
    assert found["cite-as"] == "https://doi.org/10.5555/lsi.1"
    assert found["type"] == ["https://schema.org/AboutPage", "https://schema.org/ScholarlyArticle"]
    assert found["describedby"]["application/json"] == f"{BASE}/paper/LSI-000001.json"
    assert len(found["describedby"]) == 4
    assert found["license"] == "https://creativecommons.org/licenses/by/4.0/"


@pytest.mark.parametrize("key", ["LSI-000001", "LSI-000006"])
def test_bibutils_reads_our_mods(pages: Any, tmp_path: Path, key: str) -> None:
    path = tmp_path / "mods.xml"
    path.write_text(pages.get(f"/unapi?id={key}&format=mods").text, encoding="utf-8")
    ris = run(need("xml2ris"), "-i", "utf8", "-o", "utf8", path)
    assert "AU  - Vale, Ada" in ris
    assert "AU  - Moss, Ben Tim" in ris
    assert "Journal of Invented Results" in ris
    assert f"DO  - 10.5555/lsi.{int(key[-3:])}" in ris
