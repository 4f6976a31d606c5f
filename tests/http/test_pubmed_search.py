"""esearch: what is posted, and what each kind of answer means."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.errors import Blocked, Incomplete, Refused, SourceError, Transient
from tracker.http.answer import Answer
from tracker.sources.pubmed import client
from tracker.sources.pubmed.answers import BeyondCeiling, UnusableIds, search_page
from tracker.sources.pubmed.client import PubMed

KEY = "fedcba9876543210fedcba9876543210abcd"
GOOD = {"count": "2", "retmax": "2", "retstart": "0", "idlist": ["990000002", "990000001"], "querytranslation": "t"}


def body(**changes):
    result = {name: value for name, value in {**GOOD, **changes}.items() if value is not ...}
    return json.dumps({"header": {"type": "esearch"}, "esearchresult": result}).encode()


def understand(sent, status=200):
    return search_page(Answer(status, {}, sent if isinstance(sent, bytes) else sent.encode()))


# --- what is sent


def test_the_text_is_posted_unchanged_with_tool_mail_and_key(serve, make_http, reply):
    server = serve([reply(body=body())])
    settings = {
        "TRACKER_PUBMED_URL": server.url + "/eutils/",
        "NCBI_API_KEY": KEY,
        "TRACKER_EMAIL": "a@network.example",
    }
    source = client.build(make_http(), settings)
    text = ' "social isolation"[tiab]  OR\nloneliness[mh] NOT "é & +%"[ti] '
    walk = source.walk(text)
    (seen,) = server.seen
    assert (seen.method, seen.target) == ("POST", "/eutils/esearch.fcgi")
    assert seen.form == {
        "db": "pubmed",
        "term": text,
        "retmode": "json",
        "retmax": "9999",
        "retstart": "0",
        "tool": "evidence-tracker",
        "email": "a@network.example",
        "api_key": KEY,
    }
    assert (walk.promised_first, walk.promised_last, walk.ids) == (2, 2, ("990000002", "990000001"))
    assert (walk.translation, walk.warnings, walk.cuts, walk.notes, walk.shortfall) == ("t", (), (), (), "")


def test_without_key_and_mail_only_the_tool_is_named(serve, make_http, reply):
    server = serve([reply(body=body())])
    client.build(make_http(), {"TRACKER_PUBMED_URL": server.url, "NCBI_API_KEY": " "}).walk("x")
    assert set(server.seen[0].form) == {"db", "term", "retmode", "retmax", "retstart", "tool"}


@pytest.mark.parametrize(("key", "interval"), [("", 0.34), (KEY, 0.10)])
def test_the_interval_is_what_ncbi_allows_with_and_without_a_key(key, interval):
    service = client.service({"NCBI_API_KEY": key})
    assert (service.interval, service.base, service.loopback) == (interval, client.BASE, False)


def test_the_source_does_not_show_its_key(make_http):
    source = client.build(make_http(), {"NCBI_API_KEY": KEY, "TRACKER_EMAIL": "a@network.example"})
    assert KEY not in repr(source)
    assert "network.example" not in repr(source)
    assert (source.name, source.title, source.batch) == ("pubmed", "PubMed", 200)


def test_revised_asks_for_the_change_date_and_takes_no_more_than_the_limit(serve, make_http, reply):
    server = serve([reply(body=body(count="500")), reply(body=body())])
    source = PubMed(make_http(), server.service())
    assert source.revised("a OR b", date(2026, 1, 5), 1) == ("990000002",)
    form = server.seen[0].form
    assert form["term"] == '(a OR b) AND ("2026/01/05"[mdat] : "3000"[mdat])'
    assert (form["retmax"], form["retstart"]) == ("1", "0")
    assert source.revised("a OR b", date(2026, 1, 5), 20_000) == ("990000002", "990000001")
    assert server.seen[1].form["retmax"] == "9999"
    assert source.revised("a OR b", date(2026, 1, 5), 0) == ()
    assert len(server.seen) == 2


def test_a_clipped_list_of_revised_records_is_gone_on_with_and_one_that_ends_early_is_told(serve, make_http, reply):
    pages = [
        reply(body=body(count="3")),
        reply(body=body(count="3", idlist=["990000007"])),
        reply(body=body(count="9")),
    ]
    server = serve(pages)
    source = PubMed(make_http(), server.service())
    assert source.revised("a", date(2026, 1, 5), 50) == ("990000002", "990000001", "990000007")
    assert [seen.form["retstart"] for seen in server.seen] == ["0", "2"]
    with pytest.raises(Incomplete, match="lists 2 of 9 revised records and no more"):
        source.revised("a", date(2026, 1, 5), 50)


def test_inflow_counts_a_day_of_all_of_pubmed(serve, make_http, reply):
    server = serve([reply(body=body(count="4321", idlist=[]))])
    assert PubMed(make_http(), server.service()).inflow(date(2026, 1, 5)) == 4321
    assert (server.seen[0].form["term"], server.seen[0].form["retmax"]) == ('"2026/01/05"[crdt]', "0")


# --- an empty answer


def test_an_answer_without_hits_is_an_answer(serve, make_http, reply):
    nothing = {"phrasesignored": [], "quotedphrasesnotfound": [], "outputmessages": ["No items found."]}
    server = serve([reply(body=body(count="0", idlist=[], warninglist=nothing))])
    walk = PubMed(make_http(), server.service()).walk("x")
    assert (walk.ids, walk.promised_first, walk.promised_last, walk.warnings, walk.shortfall) == ((), 0, 0, (), "")


# --- warnings and translation


def test_warnings_are_told_in_one_list_except_that_nothing_was_found():
    page = understand(
        body(
            errorlist={"phrasesnotfound": ["lonelinesss[tiab]", "b\n c"], "fieldsnotfound": []},
            warninglist={
                "phrasesignored": "the",
                "quotedphrasesnotfound": ['"zz qq"'],
                "outputmessages": ["No items found.", "Restrictions achieved. Only 9999 are shown.", None],
            },
        )
    )
    assert page.warnings == (
        "phrasesnotfound: lonelinesss[tiab]",
        "phrasesnotfound: b c",
        "phrasesignored: the",
        'quotedphrasesnotfound: "zz qq"',
        "outputmessages: Restrictions achieved. Only 9999 are shown.",
    )


@pytest.mark.parametrize("odd", [[], "text", None, 5])
def test_a_warning_list_of_another_form_is_no_fault(odd):
    assert understand(body(errorlist=odd, warninglist=odd)).warnings == ()


@pytest.mark.parametrize("odd", [..., None, 7, ["x"]])
def test_a_missing_translation_is_no_fault(odd):
    assert understand(body(querytranslation=odd)).translation == ""


def test_ids_sent_twice_are_counted_as_sent_and_held_once():
    page = understand(body(count=3, idlist=["990000002", "990000001", "990000002"]))
    assert (page.count, page.returned, page.ids) == (3, 3, ("990000002", "990000001"))


def test_a_byte_order_mark_and_space_before_the_answer_are_no_fault():
    assert understand(b"\xef\xbb\xbf\n " + body()).count == 2


# --- faulty answers: never read as "no hits"

RATE = '{"error":"API rate limit exceeded","api-key":"198.51.100.7","count":"4","limit":"3"}'
HTML = "<html><head><title>WWW Error 500 Diagnostic</title></head><body><h1>Server Error</h1></body></html>"
XML = '<?xml version="1.0" ?>\n<!DOCTYPE eSearchResult PUBLIC "x" "y">\n<eSearchResult>{}</eSearchResult>'


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ("", "the answer is empty"),
        (" \r\n", "the answer is empty"),
        (RATE, "could not answer: API rate limit exceeded"),
        (HTML, "an HTML page came instead"),
        ("<!DOCTYPE html>\n<p>down for maintenance", "an HTML page came instead"),
        ('<?xml version="1.0"?><!DOCTYPE html PUBLIC "x"><html>down_bethesda</html>', "an HTML page came instead"),
        ("Service Unavailable", "neither JSON nor XML"),
        ("[1, 2]", "neither JSON nor XML"),
        (body()[:-20], "not complete JSON"),
        (b'{"esearchresult": "\xff"}', "not complete JSON"),
        ("{" + '"a":[' * 100_000, "not complete JSON"),
        ("{}", "no search result in it"),
        ('{"esearchresult": []}', "no search result in it"),
        ('{"esearchresult": null}', "no search result in it"),
        (body(count=...), "does not say how many"),
        (body(count="many"), "does not say how many"),
        (body(count="-1"), "does not say how many"),
        (body(count=None), "does not say how many"),
        (body(count="٣"), "does not say how many"),
        (body(count=1.5), "does not say how many"),
        (body(idlist=...), "no list of ids"),
        (body(idlist="990000001"), "no list of ids"),
        (body(idlist=["990000001", "42.9"]), "1 of 2 ids in the answer are not PMIDs: '42.9'"),
        (body(idlist=["", "PMC1", 7, "٣"]), "4 of 4 ids .*: '', 'PMC1', 7, '٣'"),
        (XML.format("<Count>2</Count>"), "XML without a result"),
        (XML.format("<ERROR>Search Backend failed: read request has failed. peer: 10.0.0.1:7011</ERROR>"), "peer"),
        (XML.format("<ERROR>Search Backend failed: invalid EOF</ERROR>"), "could not answer: Search Backend"),
        (XML.format("<ERROR>NCBI C++ Exception: &quot;x&quot;</ERROR>"), 'C\\+\\+ Exception: "x"'),
        (body(ERROR="TXCLIENT error"), "could not answer: TXCLIENT error"),
        (body(error="something nobody has seen before"), "could not answer: something nobody"),
    ],
)
def test_a_faulty_answer_with_status_200_is_tried_again(sent, words):
    with pytest.raises(Transient, match=words):
        understand(sent)


@pytest.mark.parametrize(
    "sent",
    [
        XML.format("<ERROR>Invalid db name specified: pubmedx</ERROR>"),
        XML.format("<ERROR>\nEmpty term and query_key - nothing todo</ERROR>"),
        body(ERROR="Invalid db name specified: pubmedx"),
        '{"error":"API key invalid","api-key":"xyz","type":"api-key","status":"unknown"}',
        '{"error":"Too many UIDs in request. Maximum number of UIDs is 500 for JSON format output."}',
    ],
)
def test_a_request_at_fault_is_refused(sent):
    with pytest.raises(Refused, match=r"^refuses the request: "):
        understand(sent)


@pytest.mark.parametrize(
    "sent",
    [
        b'{"esearchresult":{"ERROR":"Search Backend failed: Exception:\n\'retstart\' cannot be larger than 9998."}}',
        XML.format("<ERROR>Search Backend failed: Exception:\n'retstart' cannot be larger than 9998.</ERROR>"),
    ],
    ids=["json-that-is-none", "xml"],
)
def test_a_start_beyond_the_ceiling_is_told_from_a_failed_backend(sent):
    with pytest.raises(BeyondCeiling, match="Exception: 'retstart' cannot be larger than 9998"):
        understand(sent)


@pytest.mark.parametrize(
    "sent",
    [
        "<html><head><title>WWW Error Blocked Diagnostic</title></head><body>Access denied</body></html>",
        "<html><h1>Error</h1>Your access has been temporarily blocked due to a possible misuse</html>",
        "Error Blocked",
        '{"error":"Your IP address is blocked"}',
        XML.format("<ERROR>access blocked</ERROR>"),
    ],
)
def test_blocked_means_stop(sent):
    with pytest.raises(Blocked, match=r"^has blocked this address"):
        understand(sent)


def test_a_blocked_address_asks_once_and_says_so(serve, make_http, reply):
    server = serve([reply(500, b"<html><title>Error Blocked</title></html>")])
    with pytest.raises(
        Blocked, match=r"^PubMed: has blocked this address; write to its help desk before the next run$"
    ):
        PubMed(make_http(), server.service()).walk("x")
    assert len(server.seen) == 1


def test_ids_that_are_none_end_as_incomplete_with_their_names(serve, make_http, reply):
    server = serve([reply(body=body(idlist=["990000001", "42.9"]))])
    with pytest.raises(Incomplete, match=r"^PubMed: 1 of 2 ids in the answer are not PMIDs: '42.9' \(tried 5 times\)$"):
        PubMed(make_http(), server.service()).walk("x")
    assert len(server.seen) == 5


def test_ids_that_are_none_once_are_only_tried_again(serve, make_http, reply):
    server = serve([reply(body=body(idlist=["990000001", "42.9"])), reply(body=body())])
    assert PubMed(make_http(), server.service()).walk("x").shortfall == ""
    assert issubclass(UnusableIds, Transient)


def test_faults_that_pass_do_not_change_the_answer(serve, make_http, reply):
    server = serve(
        [reply(429, RATE.encode(), {"Retry-After": "2"}), reply(body=HTML.encode()), reply(502), reply(body=body())]
    )
    walk = PubMed(make_http(), server.service()).walk("x")
    assert (walk.ids, walk.shortfall) == (("990000002", "990000001"), "")


def test_an_error_that_names_the_key_is_redacted(serve, make_http, reply):
    server = serve([reply(400, f'{{"error":"API key invalid","api-key":"{KEY}"}}'.encode())])
    source = PubMed(make_http(secrets=[KEY]), server.service(), key=KEY)
    with pytest.raises(Refused, match=r"^PubMed: answered 400 \(Bad Request\): refuses the request: API key invalid$"):
        source.walk("x")


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=80),
        st.text(max_size=80).map(str.encode),
        st.integers(0, len(body()) - 1).map(lambda end: body()[:end]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["esearchresult", "count", "idlist", "ERROR", "error"]), inner, max_size=4
                )
            ),
            max_leaves=8,
        ).map(lambda value: json.dumps(value).encode()),
    )
)
def test_whatever_comes_is_an_answer_or_a_fault_in_words(sent):
    page = None
    with suppress(SourceError):
        page = understand(sent)
    if page is not None:
        said = json.loads(sent)["esearchresult"]
        assert (str(page.count), page.returned) == (str(said["count"]), len(said["idlist"]))
