"""What the tests of the PubMed parser share: small answers to build, twins to read, real samples where they are."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

TWINS = Path(__file__).with_name("twins")
SHARED = Path(__file__).resolve().parents[2] / "../shared"

HEAD = (
    '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
    '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n'
)


def article(pmid: int = 990000001, title: str = "A title.", inside: str = "", after: str = "", types: str = "") -> str:
    """A PubmedArticle with little in it; ``inside`` follows the title, ``after`` the article."""
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">{pmid}</PMID>'
        '<Article PubModel="Print"><Journal><JournalIssue CitedMedium="Internet"><PubDate><Year>2024</Year></PubDate>'
        f"</JournalIssue><Title>Journal of tests</Title></Journal><ArticleTitle>{title}</ArticleTitle>{inside}"
        f"<Language>eng</Language><PublicationTypeList>{types}</PublicationTypeList></Article>{after}</MedlineCitation>"
        f'<PubmedData><ArticleIdList><ArticleId IdType="pubmed">{pmid}</ArticleId></ArticleIdList></PubmedData>'
        "</PubmedArticle>"
    )


def answer(*parts: str, root: str = "PubmedArticleSet") -> bytes:
    """An answer of efetch with these parts in its set."""
    return "\n".join([f"{HEAD}<{root}>", *parts, f"</{root.split()[0]}>"]).encode()


def samples() -> list[Path]:
    """Real recorded answers, which lie beside the project and are no part of it; skips the test without them."""
    folder = SHARED / "samples/pubmed"
    found = [*sorted(folder.glob("efetch_*.xml")), folder / "nlm_pubmedsample_2019_176_records.xml"]
    found.append(SHARED / "bench/corpus/pubmed_sample.xml.gz")
    if not all(path.is_file() for path in found):
        pytest.skip("the recorded answers of ../shared are not here")
    return found


def body_of(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
