"""The demo's Europe PMC: its own reading of the query language, the manners of the service, the fictional preprints."""

from __future__ import annotations

import http.client
import json
from contextlib import closing
from datetime import date
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from preprint_world import ALL, preprint, read, some

from emulator import corpus, preprints
from emulator.days import ACTORS as PAPERS
from emulator.days import DAYS
from emulator.europepmc_entry import BadQuery, document, parse
from emulator.europepmc_service import FAULTS
from emulator.papers import AbstractPart, Person
from emulator.preprints import ACTORS, NEW
from tracker.sources.europepmc.parse import events
from tracker.testing import check_source

ENTRY = preprint(
    1,
    "Loneliness and the Café of <i>Ternhaven</i>.",
    parts=(AbstractPart("Social isolation was told of.", "Background"),),
    keywords=("Self-harm", "Tea"),
    authors=(Person("Example", "Ada B", affiliations=("School of Lanterns, Ternhaven.",)), Person("Other", "Bo")),
    licence="cc by",
    revised=date(2026, 2, 20),
    body="In the full text a lighthouse is mentioned.",
)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("TITLE:loneliness", True),
        ("TITLE:LONELINESS", True),
        ("TITLE:isolation", False),
        ("ABSTRACT:isolation", True),
        ('TITLE_ABS:"social isolation"', True),
        ('TITLE_ABS:"isolation social"', False),
        ('TITLE_ABS:"ternhaven social"', False),
        ("TITLE_ABS:lonel*", True),
        ('TITLE_ABS:"lonel*"', False),
        ("TITLE:cafe", True),
        ("KW:self-harm", True),
        ('KW:"self harm"', True),
        ('KW:"harm tea"', False),
        ("lighthouse", True),
        ("TITLE_ABS:lighthouse", False),
        ("BODY:lighthouse", True),
        ('AUTH:"Example AB"', True),
        ("AUTH_FIRST:other", False),
        ("AFF:lanterns", True),
        ('PUBLISHER:"medrxiv"', True),
        ("SRC:PPR", True),
        ("SRC:MED", False),
        ("EXT_ID:PPR990001", True),
        ('EXT_ID:"PPR990001"', False),
        ('DOI:"10.5555/demo.preprint.1"', True),
        ("LICENSE:cc", True),
        ("PUB_TYPE:preprint", True),
        ("PUB_YEAR:2026", True),
        ("PUB_YEAR:2025", False),
        ("HAS_ABSTRACT:y", True),
        ("HAS_PUBLISHED_VERSION:Y", False),
        ("FIRST_IDATE:[2026-01-03 TO 2026-01-03]", True),
        ("FIRST_IDATE:[2026-01-04 TO *]", False),
        ("FIRST_PDATE:20260102", True),
        ("UPDATE_DATE:[2026-02-20 TO 3000-12-31]", True),
        ("UPDATE_DATE:[2026-02-21 TO 3000-12-31]", False),
        ("NO_SUCH_FIELD:tea", False),
        ("TITLE:loneliness AND TITLE:nothing OR KW:tea", True),
        ("KW:tea OR TITLE:loneliness AND TITLE:nothing", True),
        ("TITLE:nothing AND (KW:tea OR TITLE:loneliness)", False),
        ("KW:tea NOT TITLE:loneliness", False),
        ("KW:tea AND NOT TITLE:nothing", True),
        ("NOT TITLE:nothing", True),
        ("KW:tea TITLE:loneliness", True),
        ("TITLE:(nothing OR loneliness)", True),
        ("TITLE:*", False),
        ('TITLE:""', False),
    ],
)
def test_queries_are_read_as_the_service_reads_them(query: str, found: bool) -> None:
    assert parse(query)(document(ENTRY)) is found


@pytest.mark.parametrize(
    "query",
    ["", "(", ")", "TITLE:", "a AND", "a OR OR b", "(a", "a)", "FIRST_IDATE:[2026 TO]", "E_PDATE:soon", '"a', "a]"],
)
def test_a_query_that_cannot_be_read_is_told(query: str) -> None:
    with pytest.raises(BadQuery):
        parse(query)


def ask(service: Any, path: str = "search", method: str = "GET", **form: str) -> Any:
    address = urlsplit(service.url)
    assert address.hostname
    said = {"query": ALL, "format": "json", "resultType": "idlist", **form}
    data = urlencode({name: value for name, value in said.items() if value is not None})
    with closing(http.client.HTTPConnection(address.hostname, address.port, timeout=10)) as line:
        if method == "GET":
            line.request("GET", f"{address.path}/{path}?{data}")
        else:
            line.request("POST", f"{address.path}/{path}", data, {"Content-Type": "application/x-www-form-urlencoded"})
        answer = line.getresponse()
        body = answer.read()
    return json.loads(body) if answer.status == 200 else answer.status


def test_an_answer_has_the_form_of_the_recorded_ones(running: Any) -> None:
    service = running()
    got, posted = ask(service), ask(service, "searchPOST", "POST")
    assert got["request"] == {
        "queryString": ALL,
        "resultType": "idlist",
        "cursorMark": "%2A",
        "pageSize": 25,
        "sort": "",
        "synonym": False,
    }
    assert (got["version"], got["hitCount"], len(got["resultList"]["result"])) == ("6.9", 25, 25)
    assert got["resultList"]["result"][0] == {"id": "PPR990025", "source": "PPR"}
    assert "nextPageUrl" in got
    assert (posted["request"]["cursorMark"], posted["request"]["synonym"], "nextPageUrl" in posted) == (
        "*",
        True,
        False,
    )


def test_the_cursor_is_named_to_the_end_and_then_stays_the_same(running: Any) -> None:
    service = running(some(5), most=3)
    first = ask(service)
    second = ask(service, cursorMark=first["nextCursorMark"])
    third = ask(service, cursorMark=second["nextCursorMark"])
    assert [len(page["resultList"]["result"]) for page in (first, second, third)] == [3, 2, 0]
    assert third["nextCursorMark"] == second["nextCursorMark"]
    assert "nextCursorMark" not in ask(service, query="TITLE:nothing")


def test_errors_come_with_status_200(running: Any) -> None:
    service = running()
    for size in ("0", "1001", "many"):
        assert ask(service, pageSize=size)["errCode"] == 404
    assert ask(service, sort="date") == {"version": "6.9"}
    assert ask(service, sort="P_PDATE_D desc")["hitCount"] == 25
    assert "cursorMark" in ask(service, cursorMark="nonsense!")["errMsg"]
    assert "cursorMark" in ask(service, cursorMark="bm9uc2Vuc2U=")["errMsg"]
    assert "query" in ask(service, query="(")["errMsg"]
    assert "query" in ask(service, query="")["errMsg"]
    assert ask(service, "nowhere") == ask(service, "search", "POST") == ask(service, "searchPOST") == 404
    assert ask(service, "../elsewhere") == 404


def test_withheld_records_are_listed_and_never_sent(running: Any) -> None:
    service = running([*some(2), preprint(3, withheld=True)], withheld={"PPR990001"})
    assert ask(service)["hitCount"] == 3
    (only,) = ask(service, resultType="core")["resultList"]["result"]
    assert only["id"] == "PPR990002"


def test_a_record_is_there_from_the_day_it_was_indexed(running: Any) -> None:
    service = running([preprint(5)], day=date(2026, 1, 6))
    assert ask(service)["hitCount"] == 0
    service.day = date(2026, 1, 7)
    assert ask(service)["hitCount"] == 1


def test_every_fault_says_what_it_does_and_a_script_plays_it_by_number(running: Any) -> None:
    assert all(fault.does and set(fault.on) <= {"idlist", "core"} for fault in FAULTS.values())
    service = running(faults={2: "version-only"})
    assert [set(ask(service)) == {"version"} for _ in range(3)] == [False, True, False]
    assert [asked.fault for asked in service.log] == ["", "version-only", ""]
    with pytest.raises(ValueError, match="no such fault"):
        service.faults.play("reste")


# The fictional preprints


def test_everything_shows_that_it_is_invented() -> None:
    for entry in preprints.preprints(DAYS[-1].date).values():
        assert entry.id.startswith("PPR99")
        assert "(demo)" in entry.server.lower()
        assert entry.doi.startswith("10.5555/demo")
        assert (
            not entry.parts
            or "(Fictional demonstration record.)" in entry.parts[-1].text
            or "(p <" in entry.parts[-1].text
        )


def test_there_are_versions_links_of_all_kinds_groups_withdrawals_and_empty_abstracts() -> None:
    records = {name: read(entry) for name, entry in preprints.preprints(DAYS[0].date).items()}
    notes = [link.note for record in records.values() for link in record.links if link.kind == "Preprint of"]
    assert any(note.startswith("heuristic") for note in notes)
    assert any("CrossRef" in note for note in notes)
    assert sum(record.version == "2" for record in records.values()) >= 5
    assert sum(any(event.kind == "withdrawn" for event in events(record)) for record in records.values()) >= 3
    assert any(author.group for record in records.values() for author in record.authors)
    assert any(not record.abstract for record in records.values())
    assert len({record.publisher for record in records.values()}) >= 6
    papers = corpus.papers(DAYS[0].date)
    dois = {paper.doi for paper in papers.values() if "Preprint" in paper.types}
    assert 10 < sum(record.doi in dois for record in records.values()) < 60
    assert all(link.pmid in papers for record in records.values() for link in record.links if link.pmid)


def test_ids_and_dois_belong_to_one_preprint_each() -> None:
    entries = preprints.preprints(DAYS[-1].date)
    assert len({entry.doi for entry in entries.values()}) == len(entries)
    assert all(name == entry.id for name, entry in entries.items())


@pytest.mark.parametrize("number", range(2, 8))
def test_exactly_what_the_table_tells_changes_from_day_to_day(number: int) -> None:
    before, after = (preprints.preprints(DAYS[number - 1 - back].date) for back in (1, 0))
    new = after.keys() - before.keys()
    changed = {name for name in before if before[name] is not after[name]}
    happens = {3: {"first-version"}, 4: {"refused"}, 6: {"withdrawn"}, 7: {"becomes-article"}}.get(number, set())
    assert len(new) == NEW[number] + (number == 3)
    assert changed == {ACTORS[name] for name in happens}
    assert all(after[name].updated == DAYS[number - 1].date for name in new | changed)
    assert all(after[name].first_indexed == DAYS[number - 1].date for name in new)


def test_on_the_seventh_day_a_preprint_is_linked_to_its_article() -> None:
    (before, after) = (preprints.preprints(DAYS[day].date)[ACTORS["becomes-article"]] for day in (5, 6))
    assert before.doi == corpus.papers(DAYS[0].date)[PAPERS["preprint"]].doi
    assert (before.comments, [comment.id for comment in after.comments]) == ((), [PAPERS["article"]])


def test_before_and_after_the_seven_days_and_the_articles_beside_the_preprints() -> None:
    first, last = DAYS[0].date, DAYS[-1].date
    assert preprints.entries(date(2020, 1, 1)) == preprints.entries(first)
    assert preprints.entries(date(2030, 1, 1)) == preprints.entries(last)
    articles = [entry for entry in preprints.entries(last).values() if entry.source == "MED"]
    assert len(articles) == len(corpus.papers(DAYS[-2].date))
    assert {entry.licence for entry in articles} >= {"", "cc by"}


def test_the_source_keeps_the_contract_on_the_fictional_preprints(running: Any, client: Any) -> None:
    service = running(preprints, day=DAYS[-1].date, most=60)
    check_source(client(service), "SRC:PPR AND (FIRST_IDATE:[2020-01-01 TO 3000-12-31])")
