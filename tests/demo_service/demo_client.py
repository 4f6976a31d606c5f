"""For the tests of the demo's services: invented articles, and a client that shows the bare wire."""

from __future__ import annotations

import http.client
import json
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode, urlsplit

from emulator.papers import Article
from emulator.service import PubMedService

DAY = date(2024, 6, 1)


def article(number: int, title: str, **more: Any) -> Article:
    """An invented article; the PMID is 990000000 + ``number``."""
    pmid = str(990_000_000 + number)
    plain = {
        "created": date(2024, 1, number % 28 + 1),
        "published": date(2024, 1, 1),
        "xml": f'<PubmedArticle><MedlineCitation><PMID Version="1">{pmid}</PMID><Article><ArticleTitle>{title}'
        f"</ArticleTitle></Article></MedlineCitation></PubmedArticle>".encode(),
    }
    return Article(pmid=pmid, title=title, **{**plain, **more})


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def result(self) -> Any:
        return self.json["esearchresult"]


def ask(
    service: PubMedService, utility: str, *, get: bool = False, headers: dict[str, str] | None = None, **form: Any
) -> Answer:
    """One request on a connection of its own, nothing unpacked, nothing followed, nothing repeated."""
    address = urlsplit(service.origin)
    assert address.hostname
    data = urlencode(form)
    path = f"/entrez/eutils/{utility}.fcgi"
    with closing(http.client.HTTPConnection(address.hostname, address.port, timeout=10)) as line:
        if get:
            line.request("GET", f"{path}?{data}", headers=headers or {})
        else:
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            line.request("POST", path, data.encode(), {**kind, **(headers or {})})
        answer = line.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())


def find(service: PubMedService, term: str, **form: Any) -> Any:
    """The esearch result of a term."""
    return ask(service, "esearch", **{"db": "pubmed", "term": term, "retmode": "json", "retmax": 100, **form}).result
