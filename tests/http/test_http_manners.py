"""Manners: the pace, who we say we are, what is never told, and where we do not go."""

from __future__ import annotations

import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker import __version__
from tracker.errors import Refused, Transient
from tracker.http import Http, Service
from tracker.http.redaction import HIDDEN, Redactor

KEY = "0123456789abcdef0123456789abcdef0123"
MAIL = "tracker.team+alerts@network.example"


def everything(answer):
    return answer.body


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "netrc"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


# --- pace


def test_the_pace_is_kept_before_each_request_also_before_retries(serve, make_http, reply, clock):
    server = serve([reply(503, headers={"Retry-After": "0"}), reply(body=b"a"), reply(body=b"b")])
    http = make_http(pace=2.0)
    http.ask(server.service(interval=5.0), "x", read=everything)
    http.ask(server.service(interval=5.0), "x", read=everything)
    assert clock.slept == [10.0, 10.0]


def test_time_already_spent_counts_towards_the_pace(serve, make_http, reply, clock):
    server = serve([reply(body=b"a")])
    http = make_http()
    for spent in (0.0, 4.0, 9.0):
        clock.now += spent
        http.ask(server.service(interval=5.0), "x", read=everything)
    assert clock.slept == [1.0]


def test_services_do_not_wait_for_each_other(serve, make_http, reply, clock):
    server = serve([reply(body=b"a")])
    http = make_http()
    for name in ("pubmed", "europepmc"):
        http.ask(Service(name, name, server.url, 5.0), "x", read=everything)
    assert (clock.slept, http.requests) == ([], {"pubmed": 1, "europepmc": 1})


def test_threads_share_one_pace(serve, make_http, reply, clock):
    server = serve([reply(body=b"a")])
    http = make_http()
    threads = [
        threading.Thread(target=http.ask, args=(server.service(2.0), "x"), kwargs={"read": everything})
        for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert http.requests == {"pubmed": 5}
    assert clock.slept == [2.0] * 4


def test_while_one_thread_obeys_a_retry_after_the_others_wait(serve, reply):
    order = []
    told = threading.Event()

    def sleep(seconds):
        order.append(f"pause {seconds:.0f}")
        told.set()
        time.sleep(0.2)
        order.append("over")

    def answering(seen):
        order.append(seen.path)
        return reply(429, headers={"Retry-After": "9"}) if len(server.seen) == 1 else reply(body=b"a")

    server = serve(answering)
    http = Http(sleep=sleep)
    first = threading.Thread(target=http.ask, args=(server.service(), "first"), kwargs={"read": everything})
    first.start()
    assert told.wait(10)
    http.ask(server.service(), "second", read=everything)
    first.join()
    http.close()
    assert order[:3] == ["/first", "pause 9", "over"]
    assert sorted(order[3:]) == ["/first", "/second"]


# --- what is sent


def test_get_and_post_carry_agent_contact_and_nothing_unasked(serve, make_http, reply):
    server = serve([reply(body=b"a", headers={"Set-Cookie": "sid=1"})])
    http = make_http(contact=f"{MAIL}\r\nX-Bad: 1\u2028")
    http.ask(
        server.service(path="/base/"), "/search", read=everything, params={"q": "a & b", "e": ""}, headers={"X": "1"}
    )
    http.ask(server.service(), "search", read=everything, data={"term": "ä AND \n(b)"})
    got, posted = server.seen
    assert (got.method, got.path, got.query) == ("GET", "/base/search", {"q": "a & b", "e": ""})
    assert (posted.method, posted.path, posted.form) == ("POST", "/search", {"term": "ä AND \n(b)"})
    assert got.headers["User-Agent"] == f"evidence-tracker/{__version__} (+{MAIL}X-Bad: 1)"
    assert (got.headers["Accept-Encoding"], got.headers["X"]) == ("gzip", "1")
    assert "Cookie" not in posted.headers


def test_without_a_contact_the_agent_is_the_bare_name(serve, make_http, reply):
    server = serve([reply(body=b"a")])
    make_http().ask(server.service(), "x", read=everything)
    assert server.seen[0].headers["User-Agent"] == f"evidence-tracker/{__version__}"


def test_headers_of_an_answer_are_found_in_any_case(serve, make_http, reply):
    server = serve([reply(body=b"a", headers={"X-RateLimit-Limit": "3"})])
    assert make_http().ask(server.service(), "x", read=lambda answer: answer.headers["x-ratelimit-limit"]) == "3"


def test_a_connection_is_used_again(serve, make_http, reply):
    ports = []

    def answering(seen):
        ports.append(threading.get_ident())
        return reply(body=b"a")

    server = serve(answering)
    http = make_http()
    for _ in range(3):
        http.ask(server.service(), "x", read=everything)
    assert len(set(ports)) == 1  # the server has a thread for each connection


# --- proxies and .netrc


@pytest.mark.parametrize(
    ("base", "loopback"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://127.9.9.9/x", True),
        ("http://[::1]:8000", True),
        ("http://localhost:1", True),
        ("http://demo.localhost", True),
        ("https://eutils.ncbi.nlm.nih.gov/entrez/eutils", False),
        ("http://localhost.example.org", False),
        ("http://10.0.0.1", False),
        ("nonsense", False),
    ],
)
def test_loopback_addresses_are_known(base, loopback):
    assert Service("pubmed", "PubMed", base, 0).loopback is loopback


def _netrc(tmp_path, monkeypatch, host):
    path = tmp_path / "netrc"
    path.write_text(f"machine {host} login someone password hush\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(path))


def test_for_loopback_addresses_proxies_and_netrc_are_ignored(serve, make_http, reply, monkeypatch, tmp_path):
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    _netrc(tmp_path, monkeypatch, "127.0.0.1")
    server = serve([reply(body=b"a")])
    assert make_http(attempts=1).ask(server.service(), "x", read=everything) == b"a"
    assert "Authorization" not in server.seen[0].headers


def test_elsewhere_the_proxy_is_used_but_netrc_sends_nothing(serve, make_http, reply, monkeypatch, tmp_path):
    proxy = serve([reply(body=b"a")])
    monkeypatch.setenv("http_proxy", proxy.url)
    _netrc(tmp_path, monkeypatch, "service.example")
    service = Service("pubmed", "PubMed", "http://service.example/eutils", 0)
    assert make_http(attempts=1).ask(service, "x", read=everything) == b"a"
    assert proxy.seen[0].target == "http://service.example/eutils/x"
    assert "Authorization" not in proxy.seen[0].headers


def test_a_proxy_that_does_not_work_is_named_as_the_cause(make_http, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with pytest.raises(Transient, match=r"the connection through the proxy failed: .*refused"):
        make_http(attempts=1).ask(Service("pubmed", "PubMed", "http://service.example", 0), "x", read=everything)


# --- redirects


def test_a_redirect_to_another_host_is_not_followed(serve, make_http, reply):
    server = serve([reply(302, headers={"Location": f"http://elsewhere.example/login?api_key={KEY}"})])
    with pytest.raises(
        Refused, match=r"^PubMed: redirects to another host \(elsewhere.example\), which is not followed"
    ):
        make_http(secrets=[KEY]).ask(server.service(), "x", read=everything, data={"api_key": KEY})
    assert len(server.seen) == 1


@pytest.mark.parametrize("location", ["http://127.0.0.1:1/x", "ftp://127.0.0.1/x", "https://127.0.0.1/x"])
def test_a_redirect_to_another_port_or_scheme_is_not_followed(serve, make_http, reply, location):
    server = serve([reply(301, headers={"Location": location})])
    with pytest.raises(Refused, match="redirects from http port"):
        make_http().ask(server.service(), "x", read=everything)


@pytest.mark.parametrize("location", ["http://[", "http://127.0.0.1:port/"])
def test_a_redirect_to_nowhere_is_refused(serve, make_http, reply, location):
    server = serve([reply(301, headers={"Location": location})])
    with pytest.raises(Refused, match="answered 301 with an address that is none"):
        make_http().ask(server.service(), "x", read=everything)


def test_an_upgrade_to_https_on_the_same_host_is_followed_and_a_downgrade_is_not():
    from tracker.http.answer import Answer, Request, redirected

    request = Request("POST", "http://host.example/x", None, {"a": "b"}, None)
    up = redirected(request, Answer(301, {"Location": "https://HOST.example/x"}, b""))
    assert (up.method, up.url, up.data) == ("POST", "https://HOST.example/x", {"a": "b"})
    with pytest.raises(Refused, match="from https port 443 to http port 80"):
        redirected(up, Answer(301, {"Location": "http://host.example/x"}, b""))


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_on_the_same_host_sends_the_same_form_again_at_the_same_pace(serve, make_http, reply, clock, status):
    server = serve([reply(status, b"moved", {"Location": "/new?v=2"}), reply(body=b"a")])
    data = {"term": "x"}
    assert make_http().ask(server.service(interval=2.0), "old", read=everything, data=data, params={"v": "1"}) == b"a"
    assert [(seen.method, seen.target, seen.form) for seen in server.seen] == [
        ("POST", "/old?v=1", data),
        ("POST", "/new?v=2", data),
    ]
    assert clock.slept == [2.0]


def test_see_other_is_a_get(serve, make_http, reply):
    server = serve([reply(303, headers={"Location": "/result"}), reply(body=b"a")])
    make_http().ask(server.service(), "old", read=everything, data={"term": "x"})
    assert (server.seen[1].method, server.seen[1].target, server.seen[1].form) == ("GET", "/result", {})


def test_at_most_three_redirects_are_followed(serve, make_http, reply):
    server = serve([reply(302, headers={"Location": "/again"})])
    with pytest.raises(Refused, match="redirects more than 3 times"):
        make_http().ask(server.service(), "x", read=everything)
    assert len(server.seen) == 4


# --- secrets


def test_a_key_echoed_by_a_429_is_in_no_message(serve, make_http, reply):
    echo = f'{{"error":"API rate limit exceeded","api-key":"{KEY}","count":"4","limit":"3"}}'.encode()
    server = serve([reply(429, echo)])
    said = []

    def read(answer):
        raise Transient(answer.body.decode())

    http = make_http(secrets=[KEY], contact=MAIL, attempts=2, say=said.append)
    with pytest.raises(Transient) as caught:
        http.ask(server.service(), "x", read=read, data={"api_key": KEY, "email": MAIL})
    told = "\n".join([str(caught.value), *said])
    assert KEY not in told
    assert MAIL not in told


@pytest.mark.parametrize("status", [200, 400])
def test_what_read_quotes_of_a_body_is_redacted(serve, make_http, reply, status):
    server = serve([reply(status, f"bad api_key={KEY} of {MAIL}, 'api-key': \"198.51.100.7\"".encode())])

    def read(answer):
        raise Refused(answer.body.decode())

    with pytest.raises(Refused) as caught:
        make_http(secrets=["", KEY]).ask(server.service(), "x", read=read)
    told = str(caught.value)
    assert not any(secret in told for secret in (KEY, MAIL, "198.51.100.7"))
    assert told.endswith(f"bad api_key={HIDDEN} of {HIDDEN}, 'api-key': {HIDDEN}")


def test_a_long_message_is_cut(serve, make_http, reply):
    server = serve([reply(body=b"x" * 900)])

    def read(answer):
        raise Refused(answer.body.decode())

    with pytest.raises(Refused) as caught:
        make_http().ask(server.service(), "x", read=read)
    assert len(str(caught.value)) == 508
    assert str(caught.value).endswith("x…")


@pytest.mark.parametrize(
    "text",
    [
        f"https://host.example/x?api_key={KEY}&db=pubmed",
        f'{{"error":"x","api-key":"{KEY}"}}',
        f"apikey: {KEY}",
        f"mailto={MAIL}",
        "email=tracker.team%2Balerts%40network.example",
        f"write to {MAIL}.",
        f"Authorization: Bearer {KEY}",
        f"https://user:{KEY}@proxy.example:3128/",
        f"token = {KEY}",
    ],
)
def test_parameters_that_carry_secrets_are_redacted_even_if_the_secret_is_not_known(text):
    told = Redactor()(text)
    assert KEY not in told
    assert "network.example" not in told
    assert HIDDEN in told


@pytest.mark.parametrize(
    "text",
    [
        "PubMed: answered 503 (Service Unavailable) (tried 5 times)",
        "Search Backend failed: peer: 10.0.0.1:7011",
        "12:30",
    ],
)
def test_ordinary_messages_are_left_alone(text):
    assert Redactor([KEY])(text) == text


@settings(max_examples=100, deadline=None)
@given(before=st.text(), secret=st.text(min_size=4).filter(lambda text: len(text.strip()) > 3), after=st.text())
def test_a_known_secret_never_survives(before, secret, after):
    if secret.strip() not in HIDDEN * 3:
        told = Http(secrets=[secret]).redact(f"{before}{secret}{after}")
        assert secret.strip() not in told.replace(HIDDEN, "\0")
