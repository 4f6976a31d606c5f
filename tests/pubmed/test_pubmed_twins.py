"""Each trap of PubMed's XML as a pair of files: what PubMed says (.xml) and what the record must be (.json).

The XML is invented and lies in ``twins/``; its name says which trap it holds.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pubmed_files import TWINS

from tracker.model import record_from_json
from tracker.sources.kinds import kind
from tracker.sources.pubmed.answers import split
from tracker.sources.pubmed.parse import events, parse

FILES = sorted(TWINS.glob("*.xml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_record_kind_and_events_are_those_of_the_twin(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    found = []
    for raw in split(path.read_bytes()):
        record = parse(raw.body)
        happened = [[event.kind, event.notice, event.date, event.detail] for event in events(record)]
        found.append({"kind": kind(record), "events": happened, "record": json.loads(record.to_json())})
        assert raw.source_id == record.source_id == record.pmid
        assert {event.source for event in events(record)} == {"pubmed"}
        assert record_from_json(record.to_json()) == record
    assert found == expected


def test_each_trap_has_both_twins() -> None:
    assert {path.stem for path in FILES} == {path.stem for path in TWINS.glob("*.json")}
    assert len(FILES) >= 14


def test_pretty_printed_and_one_line_xml_give_the_same_record() -> None:
    """Old files are indented, today's answers are not: white space between elements means nothing."""
    raw = split((TWINS / "plain_article.xml").read_bytes())[0].body
    assert parse(raw.replace(b"><", b">\r\n\t  <")) == parse(raw)
