"""Our parser against Bio.Entrez, field by field: on our own fixtures, and on the recorded answers where they lie."""

from __future__ import annotations

from pathlib import Path

import pytest
from pubmed_files import TWINS, body_of, samples

from tracker.doctor.second_reading import FIELDS, read
from tracker.model import Record
from tracker.sources.pubmed.answers import split
from tracker.sources.pubmed.parse import parse

pytest.importorskip("Bio.Entrez", reason="Biopython is not installed")


def differences(body: bytes) -> tuple[int, list[str]]:
    """How many records were compared in all fields, and what differs."""
    ours: dict[str, Record] = {}
    for raw in split(body):
        record = parse(raw.body)
        ours[record.pmid] = record
    theirs = read(body)
    pmid_of = FIELDS["PMID"][0]
    found = [] if len(theirs) == len(ours) else [f"{len(theirs)} records read by Entrez, {len(ours)} by us"]
    for said in theirs:
        record = ours[str(pmid_of(said))]
        for name, (seen, held) in FIELDS.items():
            if seen(said) != held(record):
                found.append(f"PMID {record.pmid}, {name}: Entrez {seen(said)!r}, we {held(record)!r}")
    return len(theirs), found


@pytest.mark.parametrize("path", sorted(TWINS.glob("*.xml")), ids=lambda path: path.stem)
def test_entrez_sees_the_same_in_our_own_fixtures(path: Path) -> None:
    count, found = differences(path.read_bytes())
    assert count > 0
    assert found == []


def test_entrez_sees_the_same_in_every_recorded_answer() -> None:
    """All 19 recorded efetch answers, NLM's own sample and the corpus sample: 291 records in all fields."""
    compared, found = 0, []
    for path in samples():
        count, different = differences(body_of(path))
        compared += count
        found += [f"{path.name}: {line}" for line in different]
    assert found == []
    assert compared >= 291
    assert len(FIELDS) >= 35
