"""The second reading: Biopython beside our parser, over stored answers and over MEDLINE text."""

from __future__ import annotations

import json
import re
import sys
import zlib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from emulator.service import PubMedService
from emulator.synthetic import synthetic
from tracker.cli import main
from tracker.doctor import second_reading
from tracker.errors import UsageError
from tracker.http import Http
from tracker.model import RawRecord, Record
from tracker.sources.pubmed.client import PubMed, service
from tracker.store import Store, records, reread, runs

pytest.importorskip("Bio.Entrez", reason="Biopython is not installed")

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def raws() -> list[RawRecord]:
    with PubMedService(synthetic(40), date(2026, 11, 20)) as running:
        http = Http(pace=0)
        source = PubMed(http, service({"TRACKER_PUBMED_URL": running.url}))
        found = list(source.fetch([str(number) for number in source.walk("loneliness[tiab]").ids]))
        http.close()
    return found


@pytest.fixture
def home(tmp_path: Path, raws: list[RawRecord]) -> Path:
    """A home whose database holds these answers."""
    from tracker.sources.pubmed.parse import parse

    (tmp_path / "queries").mkdir()
    with Store(tmp_path / "db" / "tracker.db") as store, store.write() as db:
        run = runs.begin(db, "collect", "2026-03-02T06:00:00Z")
        for raw in raws:
            records.keep(db, run, parse(raw.body), raw.body, 1, "2026-03-02T06:00:00Z")
        runs.end(db, run, "2026-03-02T06:00:00Z")
    return tmp_path


def verify(home: Path, *words: str) -> tuple[int, str]:
    told = CliRunner().invoke(main, ["--home", str(home), "verify", *words])
    if told.exception and not isinstance(told.exception, SystemExit):
        raise told.exception
    return told.exit_code, told.stdout


def change(home: Path, old: bytes, new: bytes) -> None:
    """As if NLM had sent it so: in the raw answer of every record."""
    with Store(home / "db" / "tracker.db") as store, store.write() as db:
        for key, raw in db.execute("select id, raw from record_state").fetchall():
            said = re.sub(old, new, zlib.decompress(raw))
            db.execute("update record_state set raw = ? where id = ?", (zlib.compress(said), key))


def test_stored_answers_are_read_by_both_in_the_same_way(home: Path, raws: list[RawRecord]) -> None:
    code, out = verify(home, "--second-reading")
    assert code == 0
    assert f"second reading: Biopython reads PubMed's answers as we do  ({len(raws)})" in out


def test_an_element_that_the_document_type_does_not_have_is_told(home: Path) -> None:
    """Our parser passes over what it does not look for: that is how a change of the format would be overlooked."""
    change(home, rb"</Article>", b"<AuthorNote>new in 2027</AuthorNote></Article>")
    code, out = verify(home, "--second-reading")
    assert code == 1
    assert "DIFFERS  second reading" in out
    assert "an element that the document type of 2025 does not have: AuthorNote" in out


def test_a_field_that_is_read_otherwise_is_told_with_both_readings(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen, _ = second_reading.FIELDS["volume"]
    monkeypatch.setitem(second_reading.FIELDS, "volume", (seen, lambda ours: "another"))
    code, out = verify(home, "--second-reading", "--json", "--records", "0")
    assert code == 1
    check = json.loads(out)["second_reading"]["checks"][0]
    assert all(", volume: Biopython " in line and "here 'another'" in line for line in check["wrong"])
    assert len(check["wrong"]) == check["looked_at"]


def test_a_sample_is_spread_over_all_records(home: Path, raws: list[RawRecord]) -> None:
    with Store(home / "db" / "tracker.db", create=False) as store:
        assert len(list(reread.sample(store.db, "pubmed", 4))) == 4
        assert len(list(reread.sample(store.db, "pubmed", 0))) == len(raws)
        assert list(reread.sample(store.db, "nothing", 4)) == []


def test_what_our_parser_cannot_read_is_left_out(raws: list[RawRecord]) -> None:
    damaged = RawRecord("1", b"<PubmedArticle></PubmedArticle>")
    assert [(count, lines) for count, lines in second_reading.compare([damaged, raws[0]])] == [(1, [])]
    assert list(second_reading.compare([damaged])) == [(0, [])]


def test_without_biopython_the_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "Bio.Entrez", None)
    with pytest.raises(UsageError, match=r"pip install 'evidence-tracker\[second-reading\]'"):
        second_reading.require()


MEDLINE = """
PMID- 1
TI  - On the night train, nobody sits
      beside anybody.
FAU - Ashpenny, Anna
TA  - J Trains
VI  - 12
IP  - 3
LA  - eng

PMID- 2
TI  - Another
"""


def test_medline_text_is_compared_without_regard_to_lines_and_signs() -> None:
    from tracker.model import Author

    same = Record(
        "pubmed", "1", pmid="1", title="On the night train, nobody sits beside anybody.", journal_abbrev="J. Trains",
        volume="12", issue="3", languages=("eng",), authors=(Author("Ashpenny", "Anna"), Author(group="A group")),
    )  # fmt: skip
    assert second_reading.medline_differences(MEDLINE, {"1": same}) == (1, [])
    other = Record("pubmed", "2", pmid="2", title="Something else")
    assert second_reading.medline_differences(MEDLINE, {"2": other})[1] == [
        "PMID 2, title: Bio.Medline 'Another', here 'Something else'"
    ]
