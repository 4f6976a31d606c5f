"""The service itself: on this machine only, quick to stop, exact about what it was asked."""

from __future__ import annotations

import gc
import gzip
import http.client
import socket
import struct
import sys
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import closing
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pytest
from demo_client import DAY, ask, find

from emulator.faults import FAULTS
from emulator.service import PubMedService
from emulator.synthetic import synthetic

Running = Callable[..., PubMedService]
ONE = {"db": "pubmed", "id": "990000001", "retmode": "xml"}


def line_to(service: PubMedService) -> http.client.HTTPConnection:
    address = urlsplit(service.origin)
    assert address.hostname
    return http.client.HTTPConnection(address.hostname, address.port, timeout=10)


def test_it_listens_on_the_loopback_address_and_a_free_port(running: Running) -> None:
    first, second = running(), running()
    assert first.url.startswith("http://127.0.0.1:")
    assert first.url.endswith("/entrez/eutils")
    assert first.url != second.url
    assert first._server.server_address[0] == "127.0.0.1"


def test_a_port_that_is_taken_is_an_oserror(running: Running) -> None:
    port = urlsplit(running().origin).port
    with pytest.raises(OSError, match=r"."):
        PubMedService(synthetic(1), DAY, port=port)


@pytest.mark.parametrize(("host", "status"), [("localhost:1", 200), ("127.0.0.1", 200), ("tracker.example", 403)])
def test_it_answers_to_loopback_names_only(running: Running, host: str, status: int) -> None:
    assert ask(running(), "efetch", headers={"Host": host}, **ONE).status == status


def test_one_connection_serves_many_requests(running: Running) -> None:
    service = running()
    with closing(line_to(service)) as line:
        sockets = set()
        for _ in range(3):
            line.request("GET", "/entrez/eutils/esearch.fcgi?term=counted&retmode=json")
            line.getresponse().read()
            sockets.add(line.sock)
    assert len(sockets) == 1


def test_an_old_client_gets_a_length_instead_of_chunks_and_then_the_end(running: Running) -> None:
    address = urlsplit(running().origin)
    with socket.create_connection((str(address.hostname), address.port or 0), timeout=10) as line:
        line.sendall(b"GET /entrez/eutils/efetch.fcgi?id=990000001 HTTP/1.0\r\nHost: localhost\r\n\r\n")
        got = b""
        while piece := line.recv(65_536):
            got += piece
    head, _, body = got.partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    assert body.endswith(b"</PubmedArticleSet>\n")


def test_gzip_is_sent_to_those_who_take_it_unless_switched_off(running: Running) -> None:
    service = running()
    plain = ask(service, "efetch", **ONE)
    packed = ask(service, "efetch", headers={"Accept-Encoding": "gzip, deflate"}, **ONE)
    assert ("content-encoding" in plain.headers, packed.headers["content-encoding"]) == (False, "gzip")
    assert gzip.decompress(packed.body) == plain.body
    service.gzip = False
    assert ask(service, "efetch", headers={"Accept-Encoding": "gzip"}, **ONE).body == plain.body


def test_the_log_shows_number_path_form_and_time_of_every_request(running: Running) -> None:
    service = running()
    before = time.monotonic()
    find(service, "counted[ti]", tool="t", email="me@example.org")
    ask(service, "efetch", headers={"User-Agent": "tester/1"}, id="990000001,990000002")
    search, fetch = service.log
    assert (search.number, search.utility, search.path, search.method) == (
        1,
        "esearch",
        "/entrez/eutils/esearch.fcgi",
        "POST",
    )
    assert (search.form["term"], search.form["email"], search.day) == ("counted[ti]", "me@example.org", DAY)
    assert before <= search.time <= fetch.time
    assert (fetch.ids, fetch.headers["user-agent"], fetch.fault) == (["990000001", "990000002"], "tester/1", "")
    assert service.asked("efetch") == [fetch]
    assert service.asked() == [search, fetch]


def test_ids_may_be_given_once_each(running: Running) -> None:
    service = running()
    with closing(line_to(service)) as line:
        line.request("GET", "/entrez/eutils/efetch.fcgi?id=990000001&id=990000002")
        assert line.getresponse().read().count(b"<PubmedArticle>") == 2
    assert service.log[0].ids == ["990000001", "990000002"]


def test_haste_is_answered_with_429_and_a_key_allows_more(running: Running) -> None:
    service = running(limit=3)
    answers = [ask(service, "efetch", **ONE) for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["x-ratelimit-remaining"] for answer in answers] == ["2", "1", "0", "0"]
    assert answers[0].headers["x-ratelimit-limit"] == "3"
    assert (answers[3].json["api-key"], answers[3].headers["retry-after"]) == ("127.0.0.1", "2")
    service._recent.clear()
    keyed = [ask(service, "efetch", api_key="k3y", **ONE) for _ in range(11)]
    assert [answer.status for answer in keyed] == [200] * 10 + [429]
    assert keyed[10].json["api-key"] == "k3y"


def test_after_a_second_of_patience_all_is_well(running: Running) -> None:
    service = running(limit=1)
    assert [ask(service, "efetch", **ONE).status for _ in range(2)] == [200, 429]
    service._recent = type(service._recent)(moment - 1 for moment in service._recent)
    assert ask(service, "efetch", **ONE).status == 200


def test_a_fault_is_kept_for_a_request_that_is_not_refused_for_haste(running: Running) -> None:
    service = running(limit=1)
    ask(service, "efetch", **ONE)
    service.faults.play("no-records")
    assert ask(service, "efetch", **ONE).status == 429
    service._recent.clear()
    assert b"<PubmedArticle>" not in ask(service, "efetch", **ONE).body


def test_latency_is_the_time_a_request_takes(running: Running) -> None:
    service = running()
    service.latency, waited = 0.75, []
    service.stopping.wait = waited.append  # type: ignore[method-assign,assignment]
    ask(service, "efetch", **ONE)
    find(service, "a")
    assert waited == [0.75, 0.75]


def test_it_stops_at_once_in_the_middle_of_stalls_and_leaves_nothing_behind() -> None:
    before = threading.active_count()
    service = PubMedService(synthetic(3), DAY).start()
    service.faults.play("stall", times=2)
    service.faults.play("endless")
    address = (str(urlsplit(service.origin).hostname), urlsplit(service.origin).port or 0)
    clients = [socket.create_connection(address, timeout=10) for _ in range(4)]
    for client in clients[:3]:
        client.sendall(b"GET /entrez/eutils/efetch.fcgi?id=990000001 HTTP/1.1\r\nHost: localhost\r\n\r\n")
    while len(service.log) < 3:
        time.sleep(0.005)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        service.stop()
        service.stop()
        gc.collect()
    for client in clients:
        client.close()
    assert threading.active_count() == before
    with pytest.raises(ConnectionError):
        socket.create_connection(address, timeout=10)


def test_a_service_that_never_started_can_be_stopped() -> None:
    service = PubMedService(synthetic(1), DAY)
    service.stop()


def test_many_clients_at_once_get_each_their_own_answer(running: Running) -> None:
    service = running()
    got: dict[int, Any] = {}

    def client(number: int) -> None:
        got[number] = ask(service, "efetch", id=str(990_000_000 + number)).body

    threads = [threading.Thread(target=client, args=(number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(f'<PMID Version="1">{990_000_000 + number}<'.encode() in body for number, body in got.items())
    assert sorted(asked.number for asked in service.log) == list(range(1, 9))


def test_a_connection_that_breaks_off_is_no_error_of_the_service(
    running: Running, capfd: pytest.CaptureFixture[str]
) -> None:
    service = running()
    address = urlsplit(service.origin)
    line = socket.create_connection((str(address.hostname), address.port or 0))
    line.sendall(b"GET /entrez")
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0))
    line.close()
    assert find(service, "counted[ti]")["count"] == "20"
    service.stop()
    assert capfd.readouterr().err == ""


def test_an_error_of_our_own_is_shown_and_not_hidden(running: Running, capfd: pytest.CaptureFixture[str]) -> None:
    class Broken:
        def articles(self, day: date) -> dict[str, Any]:
            raise ZeroDivisionError(day.isoformat())

    service = running(Broken())
    with pytest.raises(http.client.RemoteDisconnected):
        find(service, "a")
    service.stop()
    assert "ZeroDivisionError: 2024-06-01" in capfd.readouterr().err


def test_who_follows_a_redirect_to_elsewhere_is_seen(running: Running) -> None:
    service = running()
    with closing(line_to(service)) as line:
        line.request("GET", "/elsewhere")
        assert line.getresponse().status == 404
    assert [asked.path for asked in service.log] == ["/elsewhere"]


# The page for people


def page(service: PubMedService, method: str = "GET", path: str = "/", body: str = "") -> tuple[int, str]:
    with closing(line_to(service)) as line:
        line.request(method, path, body, {"Content-Type": "application/x-www-form-urlencoded"})
        answer = line.getresponse()
        return answer.status, answer.read().decode()


def test_people_find_every_fault_with_a_button_on_the_page(running: Running) -> None:
    service = running()
    status, text = page(service)
    assert status == 200
    assert text.count('value="') == len(FAULTS) + 1
    assert service.url in text
    assert "Script of faults: none" in text
    assert service.log == []  # looking does not count as asking


def test_a_button_plays_its_fault_once_and_another_clears_the_script(running: Running) -> None:
    service = running()
    assert page(service, "POST", "/faults", "fault=no-records")[0] == 303
    assert "no-records (0 of 1)" in page(service)[1]
    assert b"<PubmedArticle>" not in ask(service, "efetch", **ONE).body
    assert "<strong>no-records</strong>" in page(service)[1]
    service.faults.play("reset", times=None)
    assert "reset (0 of every)" in page(service)[1]
    assert page(service, "POST", "/faults", "fault=")[0] == 303
    assert service.faults.rules == []
    assert page(service, "POST", "/faults", "fault=nonsense") == (400, "no such fault")


def test_the_page_escapes_what_was_asked_and_shows_neither_key_nor_address(running: Running) -> None:
    service = running()
    find(service, "<script>x</script>" + "y" * 200, api_key="s3cret", email="me@example.org")
    text = page(service)[1]
    assert "&lt;script&gt;" in text
    assert "<script>" not in text
    assert "s3cret" not in text
    assert "me@example.org" not in text
