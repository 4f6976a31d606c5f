"""Bodies: only whole ones of bounded size are answers, however the other side sends, stalls, drips or breaks off."""

from __future__ import annotations

import gzip
import socket
import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.errors import Refused, Transient
from tracker.http import Service
from tracker.http.body import Body
from tracker.http.deadline import Deadline

TEXT = b"<PubmedArticleSet>" + b"loneliness and depression " * 400 + b"</PubmedArticleSet>"
ZIPPED = gzip.compress(TEXT)
GZIP = {"Content-Encoding": "gzip"}


def everything(answer):
    return answer.body


def fails(http, server, match, **options):
    with pytest.raises(Transient, match=match) as caught:
        http.ask(server.service(), "x", read=everything, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def sends(server_box, *parts, every=0.02, head=b"HTTP/1.1 200 OK\r\n\r\n", endless=b""):
    """A handler that writes raw bytes with pauses, and goes on with ``endless`` until the test is over."""

    def write(handler):
        with suppress(OSError):
            handler.wfile.write(head)
            for part in parts:
                handler.wfile.write(part)
                server_box[0].stopping.wait(every)
            while endless and not server_box[0].stopping.wait(every):
                handler.wfile.write(endless)

    return lambda seen: write


def test_a_whole_body_arrives_as_it_was_meant(serve, make_http, reply):
    server = serve([reply(body=TEXT), reply(body=ZIPPED, headers=GZIP), reply(body=TEXT, length=False), reply()])
    http = make_http()
    got = [http.ask(server.service(), "x", read=everything) for _ in range(4)]
    assert got == [TEXT, TEXT, TEXT, b""]
    assert http.retries == {}


def test_a_whole_chunked_gzip_body_arrives(serve, make_http):
    chunks = b"".join(
        b"%x\r\n%s\r\n" % (len(part), part)
        for part in (ZIPPED[:50], ZIPPED[50:], ZIPPED)  # two members
    )
    box = []
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    box.append(serve(sends(box, chunks + b"0\r\n\r\n", head=head)))
    assert make_http().ask(box[0].service(), "x", read=everything) == TEXT * 2


@pytest.mark.parametrize("length", [None, False])
@pytest.mark.parametrize("kept", [5, 60, len(ZIPPED) - 8, len(ZIPPED) - 1])
def test_a_gzip_body_cut_anywhere_is_tried_again_even_where_http_sees_no_fault(serve, make_http, reply, length, kept):
    server = serve([reply(body=ZIPPED[:kept], headers=GZIP, length=length), reply(body=ZIPPED, headers=GZIP)])
    http = make_http()
    assert http.ask(server.service(), "x", read=everything) == TEXT
    assert http.retries == {"pubmed": 1}


def test_a_body_shorter_than_stated_is_tried_again(serve, make_http, reply):
    server = serve([reply(body=TEXT[:-9], length=len(TEXT)), reply(body=TEXT)])
    http = make_http()
    assert http.ask(server.service(), "x", read=everything) == TEXT
    assert http.retries == {"pubmed": 1}


def test_a_chunked_body_cut_between_chunks_is_a_fault(serve, make_http):
    box = []
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    box.append(serve(sends(box, b"5\r\nhello\r\n", head=head)))
    fails(make_http(attempts=2), box[0], "the connection failed before the answer was complete \\(tried 2 times\\)")


def test_a_damaged_gzip_body_is_a_fault(serve, make_http, reply):
    server = serve([reply(body=ZIPPED[:40] + b"\0\1\2" + ZIPPED[43:], headers=GZIP)])
    fails(make_http(attempts=1), server, "damaged")


def test_a_body_that_is_no_gzip_though_it_says_so_is_a_fault(serve, make_http, reply):
    server = serve([reply(body=TEXT, headers=GZIP)])
    fails(make_http(attempts=1), server, "damaged")


def test_an_encoding_that_was_not_asked_for_is_a_fault(serve, make_http, reply):
    server = serve([reply(body=b"x", headers={"Content-Encoding": "br"})])
    fails(make_http(attempts=1), server, r"not asked for \(br\)")


def test_a_gigantic_body_is_not_read_whether_its_length_is_stated_or_not(serve, make_http, reply):
    server = serve([reply(body=b"x" * 5000), reply(body=b"x" * 5000, length=False), reply(body=TEXT, length=10**12)])
    http = make_http(attempts=1)
    fails(http, server, "larger than 4,000 bytes, not read further", limit=4000)
    fails(http, server, "larger than 4,000 bytes, not read further", limit=4000)
    fails(http, server, "larger than 200 MB")


def test_a_gzip_bomb_is_not_unpacked_beyond_the_limit(serve, make_http, reply):
    bomb = gzip.compress(b"\0" * 30_000_000)
    server = serve([reply(body=bomb, headers=GZIP)])
    fails(make_http(attempts=1), server, "larger than 1 MB", limit=1_000_000)


def test_a_body_of_exactly_the_limit_is_taken(serve, make_http, reply):
    server = serve([reply(body=gzip.compress(b"x" * 100), headers=GZIP)])
    assert make_http().ask(server.service(), "x", read=everything, limit=100) == b"x" * 100


def test_an_endless_body_ends_at_the_limit(serve, make_http):
    box = []
    box.append(serve(sends(box, endless=b"x" * 4000, every=0.001)))
    fails(make_http(attempts=1), box[0], "larger than 20,000 bytes", limit=20_000)


@pytest.mark.parametrize(
    ("head", "endless"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nX-Drip: ", b"x"),
        (b"HTTP/1.1 200 OK\r\n", b"X-More: 1\r\n"),
        (b"", b"H"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["body", "stated", "chunk", "header", "headers", "status", "interim"],
)
def test_an_answer_that_drips_for_ever_ends_at_the_deadline(serve, make_http, head, endless):
    box = []
    box.append(serve(sends(box, head=head, endless=endless)))
    http = make_http(deadline=0.3, timeout=(5.0, 5.0), attempts=1)
    fails(http, box[0], "no complete answer within 0.3 s")


def test_after_an_attempt_that_met_the_deadline_the_next_one_works(serve, make_http, reply):
    box = []
    drip = sends(box, endless=b"x")
    box.append(serve(lambda seen: drip(seen) if len(box[0].seen) == 1 else reply(body=TEXT)))
    assert make_http(deadline=0.3).ask(box[0].service(), "x", read=everything) == TEXT


def test_a_stalled_answer_ends_at_the_read_timeout(serve, make_http):
    box = []
    before = sends(box, b"", head=b"", every=30)
    within = sends(box, b"half", head=b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", every=30)
    box.append(serve(lambda seen: (before if len(box[0].seen) == 1 else within)(seen)))
    http = make_http(timeout=(5.0, 0.2), attempts=1)
    fails(http, box[0], "no answer for 0.2 s")
    fails(http, box[0], "no answer for 0.2 s")


def test_a_connection_reset_before_or_within_the_answer_is_tried_again(serve, make_http, reply):
    def reset(handler, head=b""):
        handler.wfile.write(head)
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()

    def half(handler):
        reset(handler, b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf")

    box = []
    box.append(serve(lambda seen: [reset, half, reply(body=TEXT)][len(box[0].seen) - 1]))
    said = []
    assert make_http(say=said.append).ask(box[0].service(), "x", read=everything) == TEXT
    assert all("the connection failed" in line for line in said)


def test_nobody_listening_is_told_with_the_reason(make_http):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        service = Service("pubmed", "PubMed", f"http://127.0.0.1:{taken.getsockname()[1]}", 0)
        with pytest.raises(Transient, match=r"^PubMed: the connection failed: .*refused.* \(tried 2 times\)$"):
            make_http(attempts=2).ask(service, "x", read=everything)


def test_a_connection_that_is_not_taken_up_ends_at_the_connect_timeout(make_http):
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(3)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(address)
        service = Service("pubmed", "PubMed", f"http://127.0.0.1:{address[1]}", 0)
        with pytest.raises(Transient, match=r"no connection within 0.2 s|no answer for 0.3 s"):
            make_http(timeout=(0.2, 0.3), attempts=1).ask(service, "x", read=everything)
        for one in waiting:
            one.close()


def test_headers_that_contradict_each_other_are_a_fault_of_the_answer(serve, make_http):
    box = []
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nhalf"
    box.append(serve(sends(box, head=head)))
    fails(make_http(attempts=1), box[0], "headers of the answer contradict each other")


def test_an_answer_that_is_not_http_is_a_fault(serve, make_http):
    box = []
    box.append(serve(sends(box, head=b"220 mail.example.org ESMTP\r\n\r\n")))
    fails(make_http(attempts=1), box[0], "the connection failed before the answer was complete")


@pytest.mark.parametrize("base", ["http://", "ftp://example.org", "nonsense", "http://[::1"])
def test_an_address_that_cannot_be_asked_is_refused(make_http, base):
    with pytest.raises(Refused, match="its address, as set, is not one that can be asked"):
        make_http().ask(Service("pubmed", "PubMed", base, 0), "x", read=everything)


def test_a_deadline_that_passed_before_the_connection_stood_ends_the_first_read():
    ours, theirs = socket.socketpair()
    with ours, theirs, Deadline(30) as deadline:
        deadline._end()  # as the timer does
        deadline.watch(object())  # a TLS tunnel within TLS is no plain socket: the read timeout has to do
        deadline.watch(ours)
        assert ours.recv(1) == b""


def test_a_length_that_does_not_agree_is_a_fault_even_if_the_transport_lets_it_pass():
    body = Body("", 5, 100)
    body.add(b"four")
    with pytest.raises(Transient, match="broke off after 4 of 5 bytes"):
        body.whole()


@settings(max_examples=100, deadline=None)
@given(
    parts=st.lists(st.binary(max_size=300), max_size=4),
    sizes=st.lists(st.integers(1, 40), min_size=1, max_size=5),
    padding=st.integers(0, 9),
)
def test_any_gzip_stream_in_any_pieces_gives_the_bytes_back(parts, sizes, padding):
    sent = b"".join(gzip.compress(part) for part in parts) + (b"\0" * padding if parts else b"")
    body = Body("gzip", len(sent), 5000)
    place = turn = 0
    while place < len(sent):
        size = sizes[turn % len(sizes)]
        body.add(sent[place : place + size])
        place, turn = place + size, turn + 1
    assert body.whole() == b"".join(parts)


@settings(max_examples=100, deadline=None)
@given(text=st.binary(min_size=1, max_size=500), data=st.data())
def test_no_proper_beginning_of_a_gzip_stream_passes_for_the_whole(text, data):
    sent = gzip.compress(text)
    body = Body("gzip", None, 5000)
    body.add(sent[: data.draw(st.integers(1, len(sent) - 1))])
    with pytest.raises(Transient, match="broke off"):
        body.whole()


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200))
def test_garbage_after_a_gzip_stream_is_a_fault_unless_it_is_padding(garbage):
    sent = gzip.compress(b"text") + garbage
    body = Body("x-gzip", None, 5000)
    try:
        body.add(sent)
        whole = body.whole()
    except Transient:
        assert garbage.strip(b"\0")
    else:
        assert whole == b"text" + (zlib.decompress(garbage, 31) if garbage.strip(b"\0") else b"")
