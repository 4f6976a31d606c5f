"""``tracker reparse``: all raw records through today's parsers; told first, stored on a word, without the network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from emulator.corpus import papers
from emulator.days import FIRST_DAY
from emulator.pubmed_xml import element
from tracker.imports import imported
from tracker.model import Event, Record
from tracker.sources.biorxiv import parse as biorxiv_parse
from tracker.sources.pubmed import parse as pubmed_parse
from tracker.sources.pubmed.client import PubMed
from tracker.store import Store, events, preprint_versions, records, runs, verify

NOW = "2026-03-02T06:00:00Z"


@pytest.fixture
def stocked(desk: Any, ris: Any) -> Any:
    """Two PubMed records, an imported one, one that was set aside, and two preprints on the shelf."""
    desk.file("a.ris", ris(1))
    desk.take("a.ris")
    with Store(desk.home / "db" / "tracker.db") as store, store.write() as db:
        run = runs.begin(db, "collect", NOW)
        for paper in list(papers(FIRST_DAY).values())[:2]:
            raw = element(paper)
            record = pubmed_parse.parse(raw)
            records.keep(db, run, record, raw, 1, NOW)
            events.add(db, run, "pubmed", record.source_id, pubmed_parse.events(record), NOW)
        records.set_aside(db, run, "pubmed", "990000009", b"<PubmedArticle><broken", "not well-formed", NOW)
        records.set_aside(db, run, "medrxiv", "nameless-1", b"<broken", "not JSON", NOW)
        for number in (1, 2):
            row = {
                "doi": f"10.5555/{number}",
                "version": "1",
                "date": "2026-03-01",
                "title": "Tea",
                "abstract": "Nobody.",
            }
            raw = json.dumps(row).encode()
            record = biorxiv_parse.parse("medrxiv", raw)
            preprint_versions.keep(db, run, record, record.doi, raw, 1, NOW)
        runs.end(db, run, NOW)
    desk.run("dedupe")
    yield desk
    database = Path(desk.home) / "db" / "tracker.db"
    # no reading row tells of what this fixture has put there by hand
    wrong = [item for item in verify.findings(database) if item.wrong]
    assert [f"{item.name}: {item.wrong}" for item in wrong] == []


def content(desk: Any) -> list[Any]:
    return desk.rows("select id, content, fingerprint from record_state order by id") + desk.rows(
        "select id, fingerprint from shelf order by id"
    )


def test_with_the_same_parsers_nothing_would_change(stocked: Any) -> None:
    before = content(stocked)
    code, out, _ = stocked.run("reparse")
    assert code == 0
    assert out.splitlines() == [
        "medrxiv: 0 the same, 0 differ, 1 set aside still cannot be read",
        "psycinfo: 1 the same, 0 differ",
        "pubmed: 2 the same, 0 differ, 1 set aside still cannot be read",
        "Nothing would change.",
    ]
    assert stocked.run("reparse", "--apply")[1].endswith("Nothing has changed.\n")
    assert content(stocked) == before


@pytest.fixture
def better(stocked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parsers that read every title in capitals, and what was broken."""
    from dataclasses import replace

    def wrap(module: Any, name: str = "parse") -> None:
        plain = getattr(module, name)

        def parse(*said: Any) -> Record:
            if b"<broken" in said[-1]:
                key = "990000009" if module is pubmed_parse else "10.5555/9v1"
                return Record("pubmed" if module is pubmed_parse else "medrxiv", key, title="MENDED", doi="10.5555/9")
            record: Record = plain(*said)
            return replace(record, title=record.title.upper())

        monkeypatch.setattr(module, name, parse)

    for module in (pubmed_parse, biorxiv_parse, imported):
        wrap(module)


@pytest.mark.usefixtures("better")
def test_what_would_change_is_told_before_anything_is_changed(stocked: Any) -> None:
    before = content(stocked)
    code, out, _ = stocked.run("reparse")
    assert code == 0
    assert content(stocked) == before
    lines = out.splitlines()
    assert lines[0] == (
        "medrxiv: 0 the same, 0 differ, 2 stored versions of preprints differ, 1 that were set aside can be read now"
    )
    assert "pubmed: 0 the same, 2 differ, 1 that were set aside can be read now" in lines
    assert any(line.startswith("  fields: title") for line in lines)
    assert any("differs in title" in line for line in lines)
    assert lines[-1] == "Nothing is changed yet: 'tracker reparse --apply' stores it."


@pytest.mark.usefixtures("better")
def test_on_a_word_it_is_stored_with_the_same_history(stocked: Any) -> None:
    states = len(stocked.rows("select id from record_state"))
    seen = stocked.rows("select id, first_seen, refreshed from record order by id")
    revisions = stocked.rows("select max(revision) from shelf")
    code, out, _ = stocked.run("reparse", "--apply")
    assert (code, out.splitlines()[-1]) == (0, "Stored.")
    titles = [row[0] for row in stocked.rows("select json_extract(content, '$.title') from record_state")]
    assert all(title == title.upper() for title in titles)
    assert len(titles) == states + 1  # what was set aside
    assert stocked.rows("select id, first_seen, refreshed from record order by id")[: len(seen)] == seen
    assert stocked.rows("select distinct resolved is null from unreadable") == [(0,)]
    assert stocked.rows("select count(*) from shelf") == [(3,)]
    assert stocked.rows("select max(revision) from shelf") > revisions
    assert stocked.rows("select command, outcome from run order by id desc limit 1") == [("reparse", "complete")]
    assert stocked.run("reparse")[1].endswith("Nothing would change.\n")


@pytest.mark.usefixtures("better")
def test_the_report_can_be_read_by_a_machine(stocked: Any) -> None:
    said = json.loads(stocked.run("reparse", "--json")[1])
    assert said["applied"] is False
    pubmed = next(row for row in said["sources"] if row["source"] == "pubmed")
    assert (pubmed["differ"], pubmed["mended"], pubmed["fields"]["title"]) == (2, 1, 2)


def test_what_can_no_longer_be_read_stays_as_it_is(stocked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from tracker.sources import UnreadableRecord

    def parse(raw: bytes) -> Record:
        raise UnreadableRecord("a worse parser")

    monkeypatch.setattr(pubmed_parse, "parse", parse)
    before = content(stocked)
    assert "2 can no longer be read and stay as they are" in stocked.run("reparse", "--apply")[1]
    assert content(stocked) == before


def test_a_source_without_a_parser_is_left_as_it_is(stocked: Any) -> None:
    with Store(stocked.home / "db" / "tracker.db") as store, store.write() as db:
        run = runs.begin(db, "collect", NOW)
        records.keep(db, run, Record("elsewhere", "1", title="T"), b"{}", 1, NOW)
        runs.end(db, run, NOW)
    stocked.run("dedupe")
    assert "elsewhere: no parser is here, left as it is" in stocked.run("reparse")[1]
    assert json.loads(stocked.run("reparse", "--json")[1])["no_parser"] == ["elsewhere"]


def test_a_home_without_a_database_is_told(tmp_path: Path, desk: Any) -> None:
    (tmp_path / "db" / "tracker.db").unlink()
    code, _, err = desk.run("reparse")
    assert code == 2
    assert "there is no database yet" in err


def test_marks_that_only_todays_parser_sees_are_told_and_stored(stocked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The content is the same; what is made of it is not."""
    before, real = content(stocked), PubMed.events
    monkeypatch.setattr(PubMed, "events", lambda self, record: (*real(self, record), Event("concern", "x", "pubmed")))
    out = stocked.run("reparse")[1]
    assert "pubmed: 2 the same, 0 differ, 2 marks are new, 1 set aside still cannot be read" in out
    assert stocked.rows("select count(*) from event where kind = 'concern'") == [(0,)]
    assert stocked.run("reparse", "--apply")[1].endswith("Stored.\n")
    assert stocked.rows("select count(*) from event where kind = 'concern'") == [(2,)]
    assert stocked.run("reparse")[1].endswith("Nothing would change.\n")
    assert content(stocked) == before
