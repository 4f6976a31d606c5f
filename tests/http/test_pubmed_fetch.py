"""efetch: what is posted, and which answers are a whole set of records."""

from __future__ import annotations

import gzip
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.errors import Blocked, Refused, SourceError, Transient
from tracker.http.answer import Answer
from tracker.sources.pubmed.answers import fetched_records
from tracker.sources.pubmed.client import PubMed

DTD = '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle//EN" "https://dtd.example/pubmed_250101.dtd">'
HEAD = f'<?xml version="1.0" ?>\n{DTD}\n'
ERROR_HEAD = (
    '<?xml version="1.0" ?>\n<!DOCTYPE eEfetchResult PUBLIC "-//NLM//DTD efetch//EN" "https://dtd.example/e.dtd">\n'
)


def article(pmid, title="Loneliness"):
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">{pmid}</PMID><Article>'
        f"<ArticleTitle>{title}</ArticleTitle></Article></MedlineCitation></PubmedArticle>"
    )


def answer_with(*articles, head=HEAD):
    return (head + "<PubmedArticleSet>" + "\n".join(articles) + "</PubmedArticleSet>").encode()


def understand(sent, *wanted, status=200):
    return fetched_records(Answer(status, {}, sent if isinstance(sent, bytes) else sent.encode()), wanted or ("1", "2"))


def found(records):
    return [raw.source_id for raw in records]


def test_the_ids_are_posted_in_one_request(serve, make_http, reply):
    server = serve([reply(body=answer_with(article("990000001"), article("990000002")))])
    source = PubMed(make_http(), server.service(), key="k" * 36, email="a@network.example", tool="other")
    records = source.fetch(["990000001", "990000002", "990000001"])
    assert found(records) == ["990000001", "990000002"]
    assert source.parse(records[0].body).title == "Loneliness"
    (seen,) = server.seen
    assert (seen.method, seen.target) == ("POST", "/efetch.fcgi")
    assert seen.form == {
        "db": "pubmed",
        "retmode": "xml",
        "id": "990000001,990000002",
        "tool": "other",
        "email": "a@network.example",
        "api_key": "k" * 36,
    }


@pytest.mark.parametrize("odd", ["42.9", "", " 1", "1,2", "PMC1", "٣", "-1", "1\n"])
def test_anything_but_a_pmid_is_not_sent(serve, make_http, reply, odd):
    server = serve([reply(body=answer_with())])
    with pytest.raises(ValueError, match="not a PMID"):
        PubMed(make_http(), server.service()).fetch(["990000001", odd])
    assert server.seen == []


def test_at_most_200_ids_are_sent_and_none_need_no_request(serve, make_http, reply):
    server = serve([reply(body=answer_with())])
    source = PubMed(make_http(), server.service())
    with pytest.raises(ValueError, match="201 ids in one request"):
        source.fetch([str(number) for number in range(201)])
    assert source.fetch([]) == ()
    assert server.seen == []
    assert source.fetch([str(number) for number in range(200)]) == ()
    assert len(server.seen) == 1


def test_events_and_version_are_those_of_the_parser(make_http, serve, reply):
    source = PubMed(make_http(), serve([reply()]).service())
    record = source.parse(article("990000001").encode())
    assert isinstance(source.events(record), tuple)
    assert source.parser_version >= 1


def test_an_empty_set_is_an_answer_all_records_are_withheld():
    assert understand(answer_with()) == ()
    assert understand(HEAD + "<PubmedArticleSet/>") == ()


def test_records_that_were_not_asked_for_and_second_copies_are_dropped():
    sent = answer_with(article("2"), article("3"), article("2", "again"), article("1"))
    records = understand(sent)
    assert found(records) == ["2", "1"]
    assert b"again" not in records[0].body


def test_a_record_too_damaged_to_say_whose_it_is_is_kept_if_only_one_can_be_meant():
    nameless = "<PubmedArticle><MedlineCitation><PMID></PMID></MedlineCitation></PubmedArticle>"
    assert found(understand(answer_with(article("2"), nameless))) == ["2", "1"]
    assert found(understand(answer_with(nameless))) == []
    assert found(understand(answer_with(article("2"), nameless, nameless))) == ["2"]


FAULTS = [
    (b"", "the answer is empty"),
    (HEAD, "not a set of articles"),
    (answer_with(article("1"), article("2"))[:-3], "cut short"),
    (answer_with(article("1"), article("2"))[:-120], "cut short"),
    (answer_with(article("1"))[: len(HEAD) + 60], "cut short"),
    ("<html><title>WWW Error 500 Diagnostic</title></html>", "an HTML page"),
    ("<!DOCTYPE html><p>maintenance", "an HTML page"),
    ("Error: 502", "neither JSON nor XML"),
    ('{"error":"API rate limit exceeded","api-key":"198.51.100.7"}', "API rate limit exceeded"),
    ('{"header":{}}', "JSON where records were asked for"),
    ('{"header":', "not complete JSON"),
    (ERROR_HEAD + "<eFetchResult><ERROR>Search Backend failed: peer</ERROR></eFetchResult>", "Search Backend failed"),
    (ERROR_HEAD + "<eFetchResult></eFetchResult>", "not a set of articles"),
    (answer_with(article("1")) + b"<ERROR>Unable to obtain records</ERROR>", "Unable to obtain records"),
]


@pytest.mark.parametrize(("sent", "words"), FAULTS)
def test_a_faulty_answer_with_status_200_is_tried_again(sent, words):
    with pytest.raises(Transient, match=words):
        understand(sent)


def test_every_fault_is_got_over_when_the_next_answer_is_whole(serve, make_http, reply):
    whole = answer_with(article("1"), article("2"))
    faults = [reply(body=sent if isinstance(sent, bytes) else sent.encode()) for sent, _ in FAULTS]
    faults.append(reply(body=gzip.compress(whole)[:-30], headers={"Content-Encoding": "gzip"}))
    faults.append(reply(body=whole[:-40], length=len(whole)))
    server = serve([*faults, reply(body=gzip.compress(whole), headers={"Content-Encoding": "gzip"})])
    http = make_http(attempts=len(faults) + 1)
    assert found(PubMed(http, server.service()).fetch(["1", "2"])) == ["1", "2"]
    assert http.retries == {"pubmed": len(faults)}


@pytest.mark.parametrize(
    "words",
    [
        "ID list is empty! Possibly it has no correct IDs.",
        "Cannot retrieve history data: OUT OF RANGE. Parameter retstart=1 is greater than number of records",
        "Neither query_key nor id specified",
        "Invalid db name specified: x",
    ],
)
@pytest.mark.parametrize("status", [200, 400])
def test_a_request_at_fault_is_refused_in_the_words_of_the_service(serve, make_http, reply, words, status):
    body = f"{ERROR_HEAD}<eFetchResult>\n\t<ERROR>{words}</ERROR>\n</eFetchResult>".encode()
    server = serve([reply(status, body)])
    with pytest.raises(Refused) as caught:
        PubMed(make_http(), server.service()).fetch(["1"])
    start = "PubMed: " if status == 200 else "PubMed: answered 400 (Bad Request): "
    assert str(caught.value) == f"{start}refuses the request: {words}"
    assert len(server.seen) == 1


BOMB = """<?xml version="1.0"?><!DOCTYPE PubmedArticleSet [
<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<PubmedArticleSet>&b;</PubmedArticleSet>"""


@pytest.mark.parametrize(
    "sent", [BOMB, BOMB.lower().replace("pubmedarticleset", "PubmedArticleSet"), BOMB.replace("ENTITY", "ELEMENT")]
)
def test_an_answer_that_declares_entities_is_not_read_and_not_asked_for_again(serve, make_http, reply, sent):
    server = serve([reply(body=sent.encode())])
    with pytest.raises(Refused, match="declares entities of its own"):
        PubMed(make_http(), server.service()).fetch(["1"])
    assert len(server.seen) == 1


def test_a_record_that_writes_about_entities_is_no_bomb():
    sent = answer_with(
        article("1", "On &lt;!ENTITY in XML, blocked &lt;html&gt; pages and &lt;ERROR&gt;x&lt;/ERROR&gt;")
    )
    assert found(understand(sent)) == ["1"]


def test_a_record_that_writes_about_blocking_does_not_block_the_source():
    assert found(understand(answer_with(article("1", "Receptors are blocked")))) == ["1"]


def test_blocked_means_stop():
    with pytest.raises(Blocked):
        understand("<html><title>Error Blocked</title></html>", status=403)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 400), st.binary(max_size=5))
def test_no_damaged_answer_passes_for_a_whole_one(end, junk):
    whole = answer_with(article("1"), article("2"))
    sent = whole[: min(end, len(whole) - 1)] + junk
    records = None
    with suppress(SourceError):
        records = understand(sent)
    assert records is None or found(records) == ["1", "2"]
