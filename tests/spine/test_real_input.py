"""The main job on real recorded answers, from search to CSV and page, against Biopython as an independent oracle."""

from __future__ import annotations

import asyncio
import csv
import gzip
import io
import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from emulator.recorded import recorded
from emulator.service import PubMedService
from tracker.model import record_from_json

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"
FILES = [
    *sorted((SHARED / "samples" / "pubmed").glob("efetch_*.xml")),
    SHARED / "samples" / "pubmed" / "nlm_pubmedsample_2019_176_records.xml",
    SHARED / "bench" / "corpus" / "pubmed_sample.xml.gz",
]
DAY = date(2026, 11, 20)

pytestmark = pytest.mark.skipif(not FILES[-1].exists(), reason="the recorded answers (../shared) are not here")


@pytest.fixture(scope="module")
def literature() -> Any:
    return recorded([path for path in FILES if path.exists()])


def test_every_recorded_article_goes_from_search_to_csv_and_page(
    literature: Any, tracker: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "queries").mkdir()
    languages = {code for article in literature.articles(DAY).values() for code in article.languages}
    everything = " OR ".join(f"{code}[la]" for code in sorted(languages))
    for slug, text in {"everything": everything, "mental": "depress*[tiab] OR mental health[tiab]"}.items():
        (tmp_path / "queries" / f"{slug}.txt").write_text(
            f"title: {slug}\nsources: pubmed\n---\n{text}\n", encoding="utf-8"
        )
    with PubMedService(literature, DAY) as service:
        settings = {"TRACKER_PUBMED_URL": service.url, "TRACKER_PACE": "0"}
        told = tracker("update", **settings)
        assert told.code == 0, told.err
    store = sqlite3.connect(tmp_path / "db" / "tracker.db")
    promised, received, outcome = store.execute(
        "select promised_last, received, outcome from search_run join search on search.id = search_id "
        "where slug = 'everything'"
    ).fetchone()
    kept = {row[0]: record_from_json(row[1]) for row in store.execute(
        "select record.source_id, content from record join record_state on record_state.id = state_id"
    )}  # fmt: skip
    assert promised == received == len(kept) > 250
    assert outcome == "complete"

    exported = tracker("export", str(tmp_path / "all.csv"), "--list", "all", "--search", "everything")
    assert exported.code == 0, exported.err
    rows = list(csv.DictReader((tmp_path / "all.csv").read_text(encoding="utf-8-sig").splitlines()))
    works = store.execute("select count(*) from work where forwards is null").fetchone()[0]
    notices = works - len(rows)
    assert 0 <= notices < 30
    assert {row["pubmed_id"] for row in rows} <= set(kept)
    assert len({row["key"] for row in rows}) == len(rows)

    compared = sum(_agrees(kept, path) for path in FILES)
    assert compared > 250
    pages = asyncio.run(_pages(tmp_path, [row["key"] for row in rows]))
    assert set(pages) == {200}
    print(f"records {len(kept)}, works {works}, rows in the CSV {len(rows)}, compared with Biopython {compared}")


def _agrees(kept: dict[str, Any], path: Path) -> int:
    """Compare PMIDs, DOIs, years and surnames with what Biopython reads; returns how many records it could read."""
    from Bio import Entrez

    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    try:
        read = Entrez.read(io.BytesIO(data), validate=False)
    except (RuntimeError, ValueError, AssertionError):
        return 0  # a DTD that Biopython does not carry, or none: the oracle cannot read this file
    articles = read.get("PubmedArticle", []) if isinstance(read, dict) else []
    for article in articles:
        citation = article["MedlineCitation"]
        record = kept[str(citation["PMID"])]
        authors = citation["Article"].get("AuthorList", [])
        names = [str(author.get("LastName", author.get("CollectiveName", ""))) for author in authors
                 if author.attributes.get("ValidYN", "Y") == "Y"]  # fmt: skip
        assert len(record.authors) == len([name for name in names if name])
        doi = [str(item) for item in article["PubmedData"]["ArticleIdList"] if item.attributes["IdType"] == "doi"]
        assert not doi or record.doi == doi[0].lower()
        types = [str(item) for item in citation["Article"]["PublicationTypeList"]]
        assert [text for _, text in record.publication_types] == types
        headings = [str(item["DescriptorName"]) for item in citation.get("MeshHeadingList", [])]
        assert [item.name for item in record.mesh] == headings
        assert record.status == citation.attributes["Status"]
    return len(articles)


async def _pages(home: Path, keys: list[str]) -> list[int]:
    from tracker.home import Home
    from tracker.site.serve import build

    site = build(home / "db" / "public", Home(home).metadata())
    return [(await site.client.get(f"/paper/{key}")).status_code for key in keys]
