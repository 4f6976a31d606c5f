"""Each trap of Europe PMC's records as a pair of files: what it says (x.json), what the record must be (x.record.json).

The records are invented and lie in ``twins/``; the name of the file says which trap it holds.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from preprint_world import TWINS

from tracker.model import record_from_json
from tracker.sources import UnreadableRecord
from tracker.sources.europepmc.parse import events, parse
from tracker.sources.kinds import is_preprint, kind
from tracker.text.licences import licence_of

FILES = sorted(path for path in TWINS.glob("*.json") if not path.name.endswith(".record.json"))
SAMPLES = Path(__file__).resolve().parents[2] / "../shared/samples/europepmc"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_record_kind_and_events_are_those_of_the_twin(path: Path) -> None:
    expected = json.loads(path.with_suffix(".record.json").read_text(encoding="utf-8"))
    found = []
    for said in json.loads(path.read_text(encoding="utf-8")):
        record = parse(json.dumps(said).encode())
        happened = [[event.kind, event.notice, event.date, event.detail] for event in events(record)]
        found.append({"kind": kind(record), "events": happened, "record": json.loads(record.to_json())})
        assert record.source_id == said["id"]
        assert record_from_json(record.to_json()) == record
        assert is_preprint(record)
        assert {event.source for event in events(record)} == {"europepmc"}
    assert found == expected


def test_each_trap_has_both_twins() -> None:
    assert {f"{path.stem}.record" for path in FILES} == {path.stem for path in TWINS.glob("*.record.json")}
    assert len(FILES) >= 8


def test_the_order_of_members_means_nothing() -> None:
    said = json.loads((TWINS / "plain.json").read_text(encoding="utf-8"))[0]
    turned = dict(reversed(said.items()))
    assert parse(json.dumps(turned, indent=2).encode()) == parse(json.dumps(said).encode())


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not one record"),
        (b"{}", "no id"),
        (b'{"id": ["PPR1"]}', "no id"),
        (b'{"id": "990000001", "source": "MED"}', "MED 990000001 is no preprint"),
    ],
)
def test_what_is_no_preprint_is_unreadable_with_a_reason(raw: bytes, reason: str) -> None:
    with pytest.raises(UnreadableRecord, match=reason):
        parse(raw)


MEMBERS = sorted({name for path in FILES for said in json.loads(path.read_text(encoding="utf-8")) for name in said})
INNER = sorted(
    {"author", "fullName", "lastName", "collectiveName", "authorId", "value", "type", "keyword", "pubType", "version"}
    | {"versionNumber", "pubTypeList", "commentCorrection", "reference", "note", "grant", "agency", "publisher", "id"}
    | {"journal", "title", "meshHeading", "meshQualifierList", "meshQualifier", "firstPublishDate", "source"}
)
TEXTS = st.text() | st.sampled_from(["<h4>", "</h4>x", "&lt;i&gt;", "Preprint of", "MED", "WITHDRAWN: x", "2026-02-30"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(INNER), inner, max_size=4),
    max_leaves=10,
)


@settings(deadline=None, max_examples=200)
@given(st.dictionaries(st.sampled_from(MEMBERS), JSON, max_size=8))
def test_any_json_is_a_record_or_unreadable(said: dict[str, Any]) -> None:
    """Parsing is total: members of any type, absent, nested; what comes out is clean and can be stored."""
    said = {**said, "id": "PPR1", "source": "PPR"}
    record = parse(json.dumps(said).encode())
    assert record == parse(json.dumps(said).encode())
    assert record_from_json(record.to_json()) == record
    assert len(record.fingerprint) == 64
    for text in (record.title, record.journal, *(part.text for part in record.abstract), *record.keywords):
        assert text == " ".join(text.split())
    assert all(event.kind for event in events(record))
    assert len({(event.kind, event.notice) for event in events(record)}) == len(events(record))


@pytest.mark.parametrize(
    ("printed", "code"),
    [("cc by", "CC BY"), ("cc by-nc-nd", "CC BY-NC-ND"), ("cc-by-nc", "CC BY-NC"), ("cc by nc sa", "CC BY-NC-SA"),
     ("cc0", "CC0 1.0"), ("cc", ""), ("", "")],
)  # fmt: skip
def test_the_licences_as_europe_pmc_prints_them_are_known(printed: str, code: str) -> None:
    record = parse(json.dumps({"id": "PPR1", "license": printed}).encode())
    assert record.licence == printed
    assert licence_of(record.licence)[0] == code


@pytest.mark.skipif(not SAMPLES.exists(), reason="the recorded samples are not on this machine")
def test_recorded_records_are_read_whole() -> None:
    said = json.loads((SAMPLES / "core_preprint_with_preprint_of_link.json").read_text(encoding="utf-8"))
    record = parse(json.dumps(said).encode())
    (link,) = record.links
    assert (link.kind, link.pmid) == ("Preprint of", "42631360")
    assert link.note == f"heuristic: {said['commentCorrectionList']['commentCorrection'][0]['note']}"
    assert [section.label for section in record.abstract] == ["", "Entry for the Table of Contents"]
    assert (record.publisher, record.licence, record.created) == ("bioRxiv", "cc by-nc-nd", "2026-08-13")
    for path, count in (("search_core_25.json", 25), ("search_lite_preprints_subset_24.json", 24)):
        results = json.loads((SAMPLES / path).read_text(encoding="utf-8"))["resultList"]["result"]
        records = [parse(json.dumps({**result, "source": "PPR"}).encode()) for result in results]
        assert len({record.source_id for record in records}) == count
        assert all(record.title and record.date.value and "<" not in record.title for record in records)
        assert not any("<h4>" in record.abstract_text or "&lt;" in record.abstract_text for record in records)
        assert sum(bool(record.authors) for record in records) >= count - 1
