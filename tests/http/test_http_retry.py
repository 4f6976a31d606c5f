"""Retries: what is tried again, how long it is waited for, and what is said in the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tracker.errors import Blocked, Incomplete, Refused, SourceError, Transient

GOOD = b"good"


def body(answer):
    if not answer.ok or not answer.body.startswith(GOOD):
        raise Transient("the body makes no sense")
    return answer.body


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 520])
def test_a_fault_of_the_server_is_tried_again(serve, make_http, reply, status):
    server = serve([reply(status), reply(status), reply(body=GOOD)])
    http = make_http()
    assert http.ask(server.service(), "x", read=body) == GOOD
    assert (http.requests, http.retries) == ({"pubmed": 3}, {"pubmed": 2})


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 414, 304])
def test_other_statuses_are_refused_at_once(serve, make_http, reply, status):
    server = serve([reply(status)])
    with pytest.raises(Refused, match=f"^PubMed: answered {status} "):
        make_http().ask(server.service(), "x", read=body)
    assert len(server.seen) == 1


def test_an_unknown_status_has_no_name(serve, make_http, reply):
    server = serve([reply(499)])
    with pytest.raises(Refused, match="499 \\(no known status\\): the body makes no sense"):
        make_http().ask(server.service(), "x", read=body)


def test_the_last_failure_is_told_in_one_line_with_the_number_of_tries(serve, make_http, reply):
    server = serve([reply(503, b"<html>\nblah</html>")])
    with pytest.raises(Transient) as caught:
        make_http(attempts=3).ask(server.service(), "x", read=body)
    assert str(caught.value) == "PubMed: answered 503 (Service Unavailable) (tried 3 times)"
    assert len(server.seen) == 3


def test_one_attempt_is_one_request_and_no_waiting(serve, make_http, reply, clock):
    server = serve([reply(503)])
    with pytest.raises(Transient, match=r"Unavailable\)$"):
        make_http(attempts=0).ask(server.service(), "x", read=body)
    assert (len(server.seen), clock.slept) == (1, [])


def test_what_read_raises_as_transient_is_tried_again(serve, make_http, reply):
    server = serve([reply(body=b"<html>"), reply(body=b""), reply(body=GOOD)])
    assert make_http().ask(server.service(), "x", read=body) == GOOD


def test_a_pause_that_read_found_in_the_body_is_obeyed_before_that_of_the_headers(serve, make_http, reply, clock):
    server = serve([reply(body=b"wait 11 s", headers={"Retry-After": "3"}), reply(body=GOOD)])

    def read(answer):
        if answer.body != GOOD:
            raise Transient("throttled", 11.0)
        return answer.body

    assert make_http(pace=0).ask(server.service(), "x", read=read) == GOOD
    assert clock.slept == [11.0]


@pytest.mark.parametrize("kind", [Refused, Blocked, Incomplete])
def test_every_other_error_of_read_goes_straight_through(serve, make_http, reply, kind):
    server = serve([reply(body=GOOD)])

    def read(answer):
        raise kind("no\n  more\x1b[31m")

    with pytest.raises(kind) as caught:
        make_http().ask(server.service(), "x", read=read)
    assert str(caught.value) == "PubMed: no more [31m"
    assert len(server.seen) == 1


def test_a_fault_of_our_own_is_not_hidden(serve, make_http, reply):
    server = serve([reply(body=GOOD)])
    with pytest.raises(ZeroDivisionError):
        make_http().ask(server.service(), "x", read=lambda answer: 1 / 0)


@pytest.mark.parametrize("status", [400, 403, 429, 500])
def test_blocked_is_seen_in_any_failed_answer_and_never_retried(serve, make_http, reply, status):
    server = serve([reply(status, b"blocked")])

    def read(answer):
        raise Blocked("has blocked this address")

    with pytest.raises(Blocked):
        make_http().ask(server.service(), "x", read=read)
    assert len(server.seen) == 1


def test_the_words_of_a_400_are_passed_on(serve, make_http, reply):
    server = serve([reply(400, b"ID list is empty")])

    def read(answer):
        assert answer.status == 400
        raise Refused(answer.body.decode())

    with pytest.raises(Refused, match=r"^PubMed: answered 400 \(Bad Request\): ID list is empty$"):
        make_http().ask(server.service(), "x", read=read)


def test_a_400_is_refused_even_if_read_likes_its_body(serve, make_http, reply):
    server = serve([reply(400, GOOD)])
    with pytest.raises(Refused, match="answered 400"):
        make_http().ask(server.service(), "x", read=lambda answer: answer.body)


def test_a_failed_answer_with_a_cut_or_gigantic_body_keeps_its_status_and_its_retry_after(
    serve, make_http, reply, clock
):
    cut = reply(429, b"xx", {"Retry-After": "7"}, length=50)
    server = serve([cut, reply(503, b"x" * 1_500_000), reply(body=GOOD)])
    assert make_http(pace=0).ask(server.service(), "x", read=body) == GOOD
    assert clock.slept == [7.0]


@pytest.mark.parametrize("pace", [0.0, 1.0, 3.0])
@pytest.mark.parametrize("status", [200, 429, 503])
def test_retry_after_in_seconds_is_obeyed_in_full_whatever_the_pace(serve, make_http, reply, clock, pace, status):
    server = serve([reply(status, b"slow down", {"Retry-After": "37"}), reply(body=GOOD)])
    assert make_http(pace=pace).ask(server.service(), "x", read=body) == GOOD
    assert clock.slept == [37.0]


def test_retry_after_as_a_date_counts_from_the_date_of_the_answer(serve, make_http, reply, clock):
    def answering(seen):
        later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
        return reply(503, headers={"Retry-After": later}) if len(server.seen) == 1 else reply(body=GOOD)

    server = serve(answering)
    assert make_http(pace=0).ask(server.service(), "x", read=body) == GOOD
    assert clock.slept == [pytest.approx(90, abs=3)]


@pytest.mark.parametrize("said", ["soon", "Wed, 99 Foo 2026", "-5", "", "Thu, 01 Jan 1970 00:00:00 -0000"])
def test_a_retry_after_that_says_nothing_is_no_reason_to_wait(serve, make_http, reply, clock, said):
    server = serve([reply(503, headers={"Retry-After": said}), reply(body=GOOD)])
    assert make_http(pace=0).ask(server.service(), "x", read=body) == GOOD
    assert clock.slept == []


@pytest.mark.parametrize("said", ["601", "86400", "9" * 400])
def test_a_pause_of_more_than_ten_minutes_is_not_waited_for(serve, make_http, reply, clock, said):
    server = serve([reply(429, headers={"Retry-After": said})])
    with pytest.raises(Transient, match=r"429 \(Too Many Requests\); it asks for a pause of \w+ minutes"):
        make_http().ask(server.service(), "x", read=body)
    assert (clock.slept, len(server.seen)) == ([], 1)


def test_back_off_doubles_with_jitter_and_is_multiplied_by_the_pace(serve, make_http, reply, clock):
    server = serve([reply(500)])
    with pytest.raises(Transient):
        make_http(attempts=9, pace=2.0).ask(server.service(), "x", read=body)
    assert len(clock.slept) == 8
    for number, pause in enumerate(clock.slept):
        assert 0.75 <= pause / (2.0 * min(60.0, 2.0**number)) <= 1.5


def test_pace_nought_does_not_wait_at_all(serve, make_http, reply, clock):
    server = serve([reply(500)])
    with pytest.raises(Transient):
        make_http(pace=0).ask(server.service(interval=9.0), "x", read=body)
    assert clock.slept == []


def test_a_person_is_told_before_each_further_attempt(serve, make_http, reply):
    server = serve([reply(500), reply(503, headers={"Retry-After": "2"}), reply(body=GOOD)])
    said = []
    make_http(say=said.append, pace=0).ask(server.service(), "x", read=body)
    assert said == [
        "PubMed: answered 500 (Internal Server Error); trying again in 0 s (2 of 5)",
        "PubMed: answered 503 (Service Unavailable); trying again in 2 s (3 of 5)",
    ]


def test_no_earlier_exception_with_an_address_in_it_hangs_on_the_error(serve, make_http, reply):
    server = serve([lambda handler: handler.connection.close()])
    with pytest.raises(SourceError) as caught:
        make_http(attempts=2, pace=0).ask(server.service(), "x", read=body, params={"api_key": "hush"})
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None
