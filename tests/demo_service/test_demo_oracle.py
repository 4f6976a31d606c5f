"""An independent reader, Bio.Entrez, understands what the demo's services send, DTD included."""

from __future__ import annotations

import io
import urllib.request
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from demo_client import article, ask, find

from emulator.index import Lexicon
from emulator.service import PubMedService
from emulator.synthetic import synthetic

Entrez = pytest.importorskip("Bio.Entrez")
Running = Callable[..., PubMedService]


def read(body: bytes) -> Any:
    return Entrez.read(io.BytesIO(body))


def test_bio_entrez_reads_a_search(running: Running) -> None:
    service = running([article(1, "Loneliness & <i>age</i>")], lexicon=Lexicon({"Behavior": ("Loneliness",)}))
    record = read(ask(service, "esearch", term='loneliness OR "a & b"[ti]').body)
    ours = find(service, 'loneliness OR "a & b"[ti]')
    assert (record["Count"], list(record["IdList"])) == (ours["count"], ours["idlist"])
    assert record["QueryTranslation"] == ours["querytranslation"]
    assert record["TranslationSet"][0]["To"] == ours["translationset"][0]["to"]


def test_bio_entrez_as_a_client_gets_through_search_and_fetch(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The independent client does the whole walk, its requests turned to the loopback service."""
    service = running()
    real = urllib.request.urlopen

    def urlopen(request: urllib.request.Request) -> Any:
        request.full_url = request.full_url.replace("https://eutils.ncbi.nlm.nih.gov", service.origin)
        return real(request)

    monkeypatch.setattr(Entrez, "urlopen", urlopen)
    monkeypatch.setattr(Entrez, "email", "somebody@example.org")
    with closing(Entrez.esearch(db="pubmed", term="burnout[tiab] AND 2021:2022[dp]", retmax=100)) as handle:
        found = Entrez.read(handle)
    with closing(Entrez.efetch(db="pubmed", id=list(found["IdList"]), retmode="xml")) as handle:
        records = Entrez.read(handle)["PubmedArticle"]
    assert int(found["Count"]) == len(records) == 2
    assert [str(record["MedlineCitation"]["PMID"]) for record in records] == list(found["IdList"])
    assert all("burnout" in record["MedlineCitation"]["Article"]["ArticleTitle"] for record in records)
    assert {asked.form["email"] for asked in service.log} == {"somebody@example.org"}


def test_bio_entrez_reads_errors_and_warnings(running: Running) -> None:
    service = running(lexicon=Lexicon(closed=True))
    record = read(ask(service, "esearch", term="abcXYZ").body)
    assert record["Count"] == "0"
    assert record["ErrorList"]["PhraseNotFound"] == ["abcXYZ"]
    assert record["WarningList"]["OutputMessage"] == ["No items found."]


def test_bio_entrez_reads_the_fields_of_a_fetch(running: Running) -> None:
    service = running(synthetic(3, size=6_000))
    records = read(ask(service, "efetch", id="990000001,990000002,990000003").body)["PubmedArticle"]
    articles = service.entrez.articles()
    assert len(records) == 3
    for record in records:
        said = articles[str(record["MedlineCitation"]["PMID"])]
        inner = record["MedlineCitation"]["Article"]
        assert inner["ArticleTitle"] == said.title
        assert inner["Abstract"]["AbstractText"] == [said.abstract]
        assert [str(each) for each in inner["ELocationID"]] == [said.doi]
        assert record["MedlineCitation"]["MeshHeadingList"][0]["DescriptorName"] == said.mesh[0]
        created = record["PubmedData"]["History"][0]
        assert (created["Year"], created["Month"], created["Day"]) == (
            str(said.created.year),
            f"{said.created.month:02}",
            f"{said.created.day:02}",
        )
        assert len(record["PubmedData"]["ReferenceList"][0]["Reference"]) > 10


def test_bio_entrez_raises_the_error_it_raises_for_the_real_service(running: Running) -> None:
    with pytest.raises(RuntimeError, match="Invalid db name"):
        read(ask(running(), "esearch", db="x", term="a").body)


def test_bio_entrez_reads_einfo(running: Running) -> None:
    info = read(ask(running(), "einfo", db="pubmed").body)["DbInfo"][0]
    assert (info["DbName"], info["Count"]) == ("pubmed", "20")
