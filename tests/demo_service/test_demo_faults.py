"""Every fault does on the wire what its line in the table says, is played when the script says, and then is over."""

from __future__ import annotations

import gzip
import http.client
import io
import json
import re
import socket
import zlib
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Any
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree as ET

import pytest
from demo_client import Answer, ask, find

from emulator.faults import FAULTS, WRONG
from emulator.plan import Plan
from emulator.service import PubMedService

Running = Callable[..., PubMedService]
IDS = "990000001,990000002,990000003,990000004,990000005"
SEARCH = {"db": "pubmed", "term": "counted[tiab]", "retmode": "json", "retmax": "5"}
FETCH = {"db": "pubmed", "id": IDS, "retmode": "xml"}
FORMS: dict[str, dict[str, str]] = {"esearch": SEARCH, "efetch": FETCH}
KEYED = {"api_key": "0123456789abcdef"}


def played(service: PubMedService, name: str, **options: Any) -> list[Answer]:
    """The answers of all utilities that the fault concerns, each with the fault."""
    service.faults.play(name, times=None, **options)
    return [ask(service, utility, **FORMS[utility], **KEYED) for utility in FAULTS[name].on]


def pmids(body: bytes) -> list[str]:
    return re.findall(r'<PMID Version="1">(\d+)', body.decode("utf-8", "replace"))


# One check a fault: what the wire must show.


def rate_limit(service: PubMedService) -> None:
    for answer in played(service, "rate-limit"):
        assert (answer.status, answer.headers["retry-after"]) == (429, "2")
        assert answer.headers["x-ratelimit-limit"] == "3"
        assert answer.json == {
            "error": "API rate limit exceeded",
            "api-key": KEYED["api_key"],
            "count": "4",
            "limit": "3",
        }
    assert ask(service, "esearch", **SEARCH).json["api-key"] == "127.0.0.1"


def rate_limit_bare(service: PubMedService) -> None:
    for answer in played(service, "rate-limit-bare"):
        assert (answer.status, "retry-after" in answer.headers) == (429, False)


def rate_limit_200(service: PubMedService) -> None:
    for answer in played(service, "rate-limit-200"):
        assert (answer.status, answer.json["error"]) == (200, "API rate limit exceeded")


def status(name: str, code: int, text: bytes, **headers: str) -> Callable[[PubMedService], None]:
    def check(service: PubMedService) -> None:
        for answer in played(service, name):
            assert answer.status == code
            assert text in answer.body
            assert answer.headers["content-type"].startswith("text/html") == (code != 400 and b"ERROR" not in text)
            assert answer.headers.get("retry-after") == headers.get("wait")

    return check


def empty_body(service: PubMedService) -> None:
    for answer in played(service, "empty-body"):
        assert (answer.status, answer.body) == (200, b"")


def no_json(name: str) -> Callable[[PubMedService], None]:
    def check(service: PubMedService) -> None:
        for answer in played(service, name):
            assert (answer.status, answer.headers["content-type"]) == (200, "application/json; charset=UTF-8")
            with pytest.raises(json.JSONDecodeError):
                json.loads(answer.body, strict=False)

    return check


def null_json(service: PubMedService) -> None:
    assert [answer.json for answer in played(service, "null-json")] == [None]


def truncated_xml(service: PubMedService) -> None:
    whole = ask(service, "efetch", **FETCH).body
    (answer,) = played(service, "truncated-xml")
    assert answer.body == whole[: len(whole) // 2]
    assert answer.headers["transfer-encoding"] == "chunked"  # and it ended properly, or http.client had raised


def rootless_xml(service: PubMedService) -> None:
    (answer,) = played(service, "rootless-xml")
    with pytest.raises(ET.ParseError, match="no element found"):
        ET.fromstring(answer.body)
    assert b"<!DOCTYPE PubmedArticleSet" in answer.body


def wrong_type(service: PubMedService) -> None:
    search, fetch = played(service, "wrong-type")
    assert search.headers["content-type"] == fetch.headers["content-type"] == "text/html; charset=UTF-8"
    assert search.result["count"] == "20"
    assert len(pmids(fetch.body)) == 5


def cut_gzip(service: PubMedService) -> None:
    for answer in played(service, "cut-gzip"):
        assert answer.headers["content-encoding"] == "gzip"
        assert len(answer.body) == int(answer.headers["content-length"])
        with pytest.raises(EOFError):
            gzip.decompress(answer.body)
        assert zlib.decompressobj(31).decompress(answer.body)  # what a careless client takes for the whole


def incomplete(name: str) -> Callable[[PubMedService], None]:
    def check(service: PubMedService) -> None:
        for utility in FAULTS[name].on:
            service.faults.play(name)
            with pytest.raises(http.client.IncompleteRead) as caught:
                ask(service, utility, **FORMS[utility])
            assert caught.value.partial

    return check


def stall(service: PubMedService) -> None:
    answers = played(service, "stall", seconds=0.05)
    assert (answers[0].result["count"], len(pmids(answers[1].body))) == ("20", 5)
    service.faults.clear()
    silent(service, "stall", b"")


def stall_in_body(service: PubMedService) -> None:
    answers = played(service, "stall-in-body", seconds=0.05)
    assert (answers[0].result["count"], len(pmids(answers[1].body))) == ("20", 5)
    service.faults.clear()
    silent(service, "stall-in-body", b"HTTP/1.1 200 OK")


def silent(service: PubMedService, name: str, first: bytes) -> None:
    """With a long stall the client gets ``first`` and then nothing until its own patience ends."""
    service.faults.play(name, seconds=60)
    with opened(service, "esearch") as line:
        line.settimeout(0.3)
        got, end = read_out(line)
        assert isinstance(end, TimeoutError)
        assert got.startswith(first)
        assert bool(got) == bool(first)
        assert b'"querytranslation"' not in got


def read_out(line: socket.socket) -> tuple[bytes, OSError | None]:
    """Everything that arrives, and what ended it; None when the connection was closed in order."""
    got = b""
    while True:
        try:
            piece = line.recv(65_536)
        except OSError as error:
            return got, error
        if not piece:
            return got, None
        got += piece


def opened(service: PubMedService, utility: str) -> socket.socket:
    """A bare connection with the request sent."""
    address = urlsplit(service.origin)
    assert address.hostname
    assert address.port
    line = socket.create_connection((address.hostname, address.port), timeout=10)
    data = urlencode(FORMS[utility]).encode()
    head = f"POST /entrez/eutils/{utility}.fcgi HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(data)}\r\n\r\n"
    line.sendall(head.encode() + data)
    return line


def reset(service: PubMedService) -> None:
    for utility in FAULTS["reset"].on:
        service.faults.play("reset")
        with opened(service, utility) as line, pytest.raises(ConnectionError):
            line.recv(1)


def reset_in_body(service: PubMedService) -> None:
    for utility in FAULTS["reset-in-body"].on:
        service.faults.play("reset-in-body")
        with opened(service, utility) as line:
            got, end = read_out(line)
        assert isinstance(end, ConnectionError)
        assert got.startswith(b"HTTP/1.1 200 OK")


def hang_up(service: PubMedService) -> None:
    service.faults.play("hang-up", times=None)
    for utility in FAULTS["hang-up"].on:
        with pytest.raises(http.client.RemoteDisconnected):
            ask(service, utility, **FORMS[utility])


def endless(service: PubMedService) -> None:
    service.faults.play("endless")
    with opened(service, "efetch") as line:
        got = b""
        while got.count(b"1\r\n \r\n") < 5:
            got += line.recv(4_096)
        assert b"0\r\n\r\n" not in got


def gigantic(service: PubMedService) -> None:
    for answer in played(service, "gigantic", size=3_000_001):
        assert answer.body == b" " * 3_000_001
        assert "content-length" not in answer.headers


def gzip_bomb(service: PubMedService) -> None:
    for answer in played(service, "gzip-bomb", size=30 * 1_048_576):
        assert len(answer.body) < 60_000
        assert gzip.decompress(answer.body) == b" " * (30 * 1_048_576)  # whole, checksum and all
        assert answer.headers["content-encoding"] == "gzip"


def redirect(service: PubMedService) -> None:
    search, fetch = played(service, "redirect")
    assert (search.status, search.headers["location"]) == (307, f"{service.url}/esearch.fcgi")
    assert (fetch.status, fetch.headers["location"]) == (307, f"{service.url}/efetch.fcgi")


def redirect_elsewhere(service: PubMedService) -> None:
    for answer in played(service, "redirect-elsewhere"):
        assert answer.status == 307
        assert answer.headers["location"] == service.origin.replace("127.0.0.1", "localhost") + "/elsewhere"


def xml_bomb(service: PubMedService) -> None:
    (answer,) = played(service, "xml-bomb")
    assert len(answer.body) < 2_000
    levels = re.findall(r'<!ENTITY (l\d) "([^"]+)">', answer.body.decode())
    swollen = {"l0": 2}
    for name, text in levels[1:]:
        swollen[name] = sum(swollen[inner] for inner in re.findall(r"&(l\d);", text))
    assert swollen["l9"] == 2_000_000_000
    assert b"&l9;" in answer.body
    assert pmids(answer.body) == ["990000001"]


def external_entity(service: PubMedService) -> None:
    (answer,) = played(service, "external-entity")
    assert f'<!ENTITY x SYSTEM "{service.origin}/elsewhere">'.encode() in answer.body
    assert b"<ArticleTitle>&x;</ArticleTitle>" in answer.body


def moving_count(service: PubMedService) -> None:
    service.faults.play("moving-count", times=None)
    assert [find(service, "counted[ti]")["count"] for _ in range(3)] == ["21", "22", "23"]


def count_word(service: PubMedService) -> None:
    assert played(service, "count-word")[0].result["count"] == "many"


def no_count(service: PubMedService) -> None:
    result = played(service, "no-count")[0].result
    assert ("count" in result, len(result["idlist"])) == (False, 5)


def no_idlist(service: PubMedService) -> None:
    result = played(service, "no-idlist")[0].result
    assert (result["count"], "idlist" in result) == ("20", False)


def clipped(service: PubMedService) -> None:
    result = played(service, "clipped")[0].result
    assert (result["count"], len(result["idlist"])) == ("20", 2)


def malformed_ids(service: PubMedService) -> None:
    ids = played(service, "malformed-ids")[0].result["idlist"]
    assert ids == ["42.9", "", "PMC7", "-5", "990000016"]


def duplicate_ids(service: PubMedService) -> None:
    ids = played(service, "duplicate-ids")[0].result["idlist"]
    assert (len(ids), len(set(ids)), ids[-1]) == (5, 4, ids[0])


def false_zero(service: PubMedService) -> None:
    result = played(service, "false-zero")[0].result
    assert (result["count"], result["idlist"]) == ("0", [])
    assert result["warninglist"]["outputmessages"] == ["No items found."]


def records(name: str, expected: list[int]) -> Callable[[PubMedService], None]:
    def check(service: PubMedService) -> None:
        (answer,) = played(service, name)
        assert pmids(answer.body) == [str(990_000_000 + number) for number in expected]
        assert answer.body.endswith(b"</PubmedArticleSet>\n")
        ET.fromstring(answer.body)

    return check


def broken_record(service: PubMedService) -> None:
    (answer,) = played(service, "broken-record")
    assert len(pmids(answer.body)) == 5
    with pytest.raises(ET.ParseError):
        ET.fromstring(answer.body)
    service.faults.clear()
    service.faults.play("broken-record")
    assert pmids(ask(service, "efetch", id="1").body) == []  # nothing there to break


def hollow_record(service: PubMedService) -> None:
    (answer,) = played(service, "hollow-record")
    assert pmids(answer.body) == [f"99000000{number}" for number in (2, 3, 4, 5)]
    assert len(ET.fromstring(answer.body)) == 5
    assert len(ET.fromstring(ask(service, "efetch", id="1").body)) == 0


def bad_bytes(service: PubMedService) -> None:
    (answer,) = played(service, "bad-bytes")
    with pytest.raises(UnicodeDecodeError):
        answer.body.decode()
    assert answer.body.count(b"</PubmedArticle>") == 5


DIAGNOSTIC = b"WWW Error 500 Diagnostic"
CHECKS: dict[str, Callable[[PubMedService], None]] = {
    "rate-limit": rate_limit,
    "rate-limit-bare": rate_limit_bare,
    "rate-limit-200": rate_limit_200,
    "error-500": status("error-500", 500, DIAGNOSTIC),
    "error-502": status("error-502", 502, b"502 Bad Gateway"),
    "error-503": status("error-503", 503, b"503 Service Unavailable"),
    "error-503-later": status("error-503-later", 503, b"503 Service Unavailable", wait="1"),
    "error-504": status("error-504", 504, b"504 Gateway Time-out"),
    "error-400": status("error-400", 400, b"<ERROR>Invalid db name specified: pubmed</ERROR>"),
    "html": status("html", 200, DIAGNOSTIC),
    "maintenance": status("maintenance", 200, b"down_bethesda"),
    "blocked": status("blocked", 200, b"Error Blocked"),
    "backend-failed": status("backend-failed", 200, b"<ERROR>Search Backend failed: read request has failed"),
    "txclient": status("txclient", 200, b"<ERROR>Search Backend failed: NCBI C++ Exception: TXCLIENT"),
    "empty-body": empty_body,
    "invalid-json": no_json("invalid-json"),
    "null-json": null_json,
    "truncated-json": no_json("truncated-json"),
    "truncated-xml": truncated_xml,
    "rootless-xml": rootless_xml,
    "wrong-type": wrong_type,
    "cut-gzip": cut_gzip,
    "short-content": incomplete("short-content"),
    "cut-chunks": incomplete("cut-chunks"),
    "stall": stall,
    "stall-in-body": stall_in_body,
    "reset": reset,
    "reset-in-body": reset_in_body,
    "hang-up": hang_up,
    "endless": endless,
    "gigantic": gigantic,
    "gzip-bomb": gzip_bomb,
    "redirect": redirect,
    "redirect-elsewhere": redirect_elsewhere,
    "xml-bomb": xml_bomb,
    "external-entity": external_entity,
    "moving-count": moving_count,
    "count-word": count_word,
    "no-count": no_count,
    "no-idlist": no_idlist,
    "clipped": clipped,
    "malformed-ids": malformed_ids,
    "duplicate-ids": duplicate_ids,
    "false-zero": false_zero,
    "record-short": records("record-short", [1, 2, 3, 4]),
    "half-batch": records("half-batch", [1, 2]),
    "no-records": records("no-records", []),
    "other-records": records("other-records", [6, 7, 8, 9, 10]),
    "one-more": records("one-more", [1, 2, 3, 4, 5, 6]),
    "record-twice": records("record-twice", [1, 1, 2, 3, 4, 5]),
    "broken-record": broken_record,
    "hollow-record": hollow_record,
    "bad-bytes": bad_bytes,
}


def test_every_fault_has_a_check() -> None:
    assert list(CHECKS) == [name for name in FAULTS if name not in WRONG]  # those: tests/faults/test_wrong_answers.py


@pytest.mark.parametrize("name", CHECKS)
def test_the_fault_does_what_its_line_says(running: Running, name: str) -> None:
    CHECKS[name](running())


@pytest.mark.parametrize("name", FAULTS)
def test_after_the_fault_the_answer_is_right_again(running: Running, name: str) -> None:
    """Played once; whatever became of that request, the next ones are answered in full."""
    service = running()
    service.faults.play(name, seconds=0.01, size=100_000)
    utility = FAULTS[name].on[0]
    if name == "endless":
        opened(service, utility).close()
        while not service.log:
            pass
    else:
        with suppress(http.client.HTTPException, ConnectionError):  # that is what several faults are for
            ask(service, utility, **FORMS[utility])
    assert service.log[0].fault == name
    assert find(service, "counted[tiab]")["count"] == "20"
    assert pmids(ask(service, "efetch", **FETCH).body) == IDS.split(",")
    assert [asked.fault for asked in service.log[1:]] == ["", ""]


# The script


def test_a_fault_waits_for_a_request_that_it_concerns(running: Running) -> None:
    service = running()
    service.faults.play("record-short")
    assert find(service, "counted[ti]")["count"] == "20"
    assert len(pmids(ask(service, "efetch", **FETCH).body)) == 4
    assert [asked.fault for asked in service.log] == ["", "record-short"]


def test_a_fault_is_played_on_the_numbers_it_is_given_counted_over_the_requests_it_concerns(running: Running) -> None:
    service = running()
    service.faults.play("record-short", at=(2, 3))
    counts = []
    for _ in range(4):
        find(service, "counted[ti]")
        counts.append(len(pmids(ask(service, "efetch", **FETCH).body)))
    assert counts == [5, 4, 4, 5]
    service.faults.play("no-records", at=1)
    assert [len(pmids(ask(service, "efetch", **FETCH).body)) for _ in range(2)] == [0, 5]


def test_a_fault_may_be_played_several_times_or_without_end_until_it_is_cleared(running: Running) -> None:
    service = running()
    rule = service.faults.play("no-records", times=2)
    assert [len(pmids(ask(service, "efetch", **FETCH).body)) for _ in range(3)] == [0, 0, 5]
    assert (rule.seen, rule.played) == (3, 2)
    service.faults.play("half-batch", times=None)
    assert [len(pmids(ask(service, "efetch", **FETCH).body)) for _ in range(3)] == [2, 2, 2]
    service.faults.clear()
    assert len(pmids(ask(service, "efetch", **FETCH).body)) == 5


def test_a_condition_narrows_a_fault_down(running: Running) -> None:
    service = running()
    service.faults.play("no-records", where=lambda asked: "990000003" in asked.ids, times=None)
    assert len(pmids(ask(service, "efetch", id="990000001,990000002").body)) == 2
    assert len(pmids(ask(service, "efetch", id="990000002,990000003").body)) == 0


def test_a_script_by_number_of_the_request_passes_by_what_does_not_fit(running: Running) -> None:
    service = running(faults={1: "record-short", 2: "record-short", 4: "count-word"})
    find(service, "counted[ti]")
    assert len(pmids(ask(service, "efetch", **FETCH).body)) == 4
    assert len(pmids(ask(service, "efetch", **FETCH).body)) == 5
    assert find(service, "counted[ti]")["count"] == "many"
    assert [asked.fault for asked in service.log] == ["", "record-short", "", "count-word"]


def test_of_two_faults_that_are_due_the_first_is_played(running: Running) -> None:
    service = running()
    service.faults.play("no-records", times=None)
    service.faults.play("half-batch", times=None)
    assert pmids(ask(service, "efetch", **FETCH).body) == []


def test_an_unknown_fault_is_refused_with_the_names_of_all() -> None:
    with pytest.raises(ValueError, match=r"no such fault: reste; known are rate-limit, .*bad-bytes"):
        Plan().play("reste")


def test_faults_take_hold_of_gzip_answers_too(running: Running) -> None:
    service = running()
    service.faults.play("truncated-xml")
    answer = ask(service, "efetch", headers={"Accept-Encoding": "gzip"}, **FETCH)
    assert not gzip.GzipFile(fileobj=io.BytesIO(answer.body)).read().endswith(b"</PubmedArticleSet>\n")


def test_a_client_that_leaves_a_gigantic_body_does_not_trouble_the_service(running: Running) -> None:
    service = running()
    service.faults.play("gigantic")
    with closing(opened(service, "efetch")) as line:
        line.recv(100)
    assert find(service, "counted[ti]")["count"] == "20"
