"""Real abstracts of medRxiv, with what typesetting has left in them: nothing of it stays, and no word is lost."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tracker.model import Record
from tracker.sources.biorxiv import parse

SHARED = Path(__file__).resolve().parents[2] / "../shared"
PAGES = ("details_medrxiv_2024_page0_100.json", "details_medrxiv_2026_new_prefix_3.json")
CORPUS = "bench/corpus/covid_preprint_versions.jsonl.gz"
CODES = re.compile(
    r"\b[OCM]_[A-Z]{2,}|DTLVardef|FIGDIR|&(?:[a-z]+|#\d+);|\[&|\[~\]"
    r"|\{(?:alpha|beta|gamma|delta|kappa|rho|chi|mu|micro|sigma|degrees|approx|\+/-)[^{}]{0,8}\}"
)
GLUED = re.compile(
    r"(?:^|(?<=[.?!] )|(?<=\n))(?:Background|Objectives?|Introduction|Importance|Aims?|Purpose|Methods?|Design|Setting"
    r"|Participants|Interventions?|Findings|Results?|Interpretation|Discussion|Conclusions?|Limitations|Funding)(?=[A-Z])"
)
SMALL = re.compile(r"(?<![A-Za-z_&])[a-z]{6,}(?![A-Za-z_;])")
OTHER = re.compile(
    r"[{\[][^{}\[\]]{0,20}[}\]]|&\w+;|<[^<>]+>|\S*org\.highwire\S*"
)  # signs in braces, entities, tags, debris
FIGURE = re.compile(r"O_FIG.*?C_FIG|View larger version.*?(?=C_FIG|$)", re.S)


def rows() -> Iterator[dict[str, Any]]:
    for name in PAGES:
        yield from json.loads((SHARED / "samples/medrxiv" / name).read_text(encoding="utf-8"))["collection"]
    with gzip.open(SHARED / CORPUS, "rt", encoding="utf-8") as file:
        found = map(json.loads, file)
        for said in (one for one in found if one["server"].lower() == "medrxiv"):
            doi = said["preprint_id"] if str(said["preprint_id"]).startswith("10.") else "10.5555/unknown"
            yield {"doi": doi, "version": "1", "date": "2020-06-01", "title": said["title"], "authors": "Doe, J.",
                   "abstract": said["abstract"], "server": "medRxiv"}  # fmt: skip


@pytest.fixture(scope="module")
def read() -> list[tuple[str, Record]]:
    """(abstract as it came, record)."""
    if not (SHARED / CORPUS).exists():
        pytest.skip("the recorded samples are not on this machine")
    return [(row["abstract"], parse.parse("medrxiv", json.dumps(row).encode())) for row in rows()]


def test_no_code_of_typesetting_is_left(read: list[tuple[str, Record]]) -> None:
    left = [(record.doi, found[0]) for _, record in read for part in record.abstract
            if (found := CODES.search(f"{part.label} {part.text}"))]  # fmt: skip
    assert left == []
    assert sum(CODES.search(raw) is not None for raw, _ in read) > 20


def test_no_heading_is_glued_to_the_word_behind_it(read: list[tuple[str, Record]]) -> None:
    left = [(record.doi, found[0]) for _, record in read for part in record.abstract
            if (found := GLUED.search(part.text))]  # fmt: skip
    assert left == []
    assert sum(GLUED.search(raw) is not None for raw, _ in read) > 200
    assert sum(len(record.abstract) > 2 for _, record in read) > len(read) / 3


def test_no_word_is_lost(read: list[tuple[str, Record]]) -> None:
    """Words of small letters, as they stand outside of figures."""
    lost = {}
    for raw, record in read:
        prose = OTHER.sub(" ", FIGURE.sub(" ", raw))
        text = " ".join(f"{part.label} {part.text}" for part in record.abstract)
        missing = set(SMALL.findall(prose)) - set(re.findall(r"[a-z]{6,}", text))
        if missing:
            lost[record.doi] = sorted(missing)[:5]
    assert lost == {}
