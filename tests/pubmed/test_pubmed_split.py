"""Cutting an answer into records: only a whole answer is believed, and one bad record harms no other."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pubmed_files import HEAD, TWINS, answer, article

from tracker.errors import Transient
from tracker.sources import UnreadableRecord
from tracker.sources.pubmed.answers import split
from tracker.sources.pubmed.parse import parse

ONE, TWO, THREE = (article(990000001 + number, f"Number {number + 1}.") for number in range(3))


def ids(body: bytes) -> list[str]:
    return [raw.source_id for raw in split(body)]


def titles(body: bytes) -> list[str]:
    return [parse(raw.body).title for raw in split(body)]


@pytest.mark.parametrize(
    "body",
    [
        b"<PubmedArticleSet></PubmedArticleSet>",
        b"<PubmedArticleSet/>",
        b" <PubmedArticleSet />\n",
        answer(),
        HEAD.encode() + b"<PubmedArticleSet/>",
        answer("<DeleteCitation><PMID Version='1'>990000009</PMID></DeleteCitation>"),
    ],
)
def test_an_empty_set_is_an_answer_with_no_records(body: bytes) -> None:
    assert split(body) == []


@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param(b"", "ends before anything", id="empty"),
        pytest.param(b"\xef\xbb\xbf \n", "ends before anything", id="space"),
        pytest.param(HEAD.encode(), "ends before anything", id="no root"),
        pytest.param(b'{"error":"API rate limit exceeded"}', "API rate limit exceeded", id="JSON"),
        pytest.param(b"<!DOCTYPE html><html><title>WWW Error 500</title></html>", "WWW Error 500", id="HTML"),
        pytest.param(HEAD.encode() + b"<eFetchResult><ERROR>Failed.</ERROR></eFetchResult>", "Failed", id="ERROR"),
        pytest.param(answer(ONE, TWO)[:-20], "closing PubmedArticleSet is missing", id="root not closed"),
        pytest.param(answer(ONE, TWO)[:900], "closing PubmedArticleSet is missing", id="cut in a record"),
        pytest.param(answer(ONE)[:150], "cut short", id="cut in the document type"),
        pytest.param(answer(ONE) + b"<p>", "closing PubmedArticleSet is missing", id="more behind the root"),
        pytest.param(answer(ONE, "<ERROR>Backend failed</ERROR>", TWO), "Backend failed", id="error between records"),
        pytest.param(answer(ONE, "stray", TWO), "stray", id="text between records"),
        pytest.param(answer(ONE, TWO.partition(">")[2]), "MedlineCitation", id="record without a beginning"),
        pytest.param(b"<PubmedArticleSet/><PubmedArticleSet/>", "between its records", id="two roots"),
        pytest.param((ONE + TWO).encode(), "not one article", id="two articles without a root"),
        pytest.param(ONE[:-5].encode(), "not one article", id="one article cut short"),
        pytest.param(b"<?xml version='1.0' encoding='utf-7'?><PubmedArticleSet/>", "utf-7", id="odd encoding"),
        pytest.param(
            b"<?xml version='1.0' encoding='latin-99'?><PubmedArticleSet/>", "declares", id="no such encoding"
        ),
        pytest.param(b"\xff\xfe<\x00\x00\xd8", "declares", id="broken UTF-16"),
    ],
)
def test_what_is_not_a_whole_answer_is_transient_with_one_line(body: bytes, says: str) -> None:
    with pytest.raises(Transient) as caught:
        split(body)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 160


@pytest.mark.parametrize(
    "bomb",
    [
        b'<!DOCTYPE PubmedArticleSet [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><PubmedArticleSet>&b;</PubmedArticleSet>',
        b"<!DOCTYPE PubmedArticleSet SYSTEM 'x' [ ]><PubmedArticleSet/>",
        b'<PubmedArticleSet><!ENTITY a "a"></PubmedArticleSet>',
        b"<PubmedArticleSet><!DOCTYPE a></PubmedArticleSet>",
    ],
)
def test_an_answer_that_declares_entities_is_refused(bomb: bytes) -> None:
    with pytest.raises(Transient):
        split(bomb)


def test_each_record_is_cut_out_under_its_own_pmid() -> None:
    book = split((TWINS / "books.xml").read_bytes())[0].body.decode()
    assert ids(answer(ONE, book, TWO)) == ["990000001", "990000070", "990000002"]
    assert [raw.body for raw in split(answer(ONE, TWO))] == [ONE.encode(), TWO.encode()]


def test_deleted_citations_at_the_end_are_no_records() -> None:
    deleted = "<DeleteCitation>\n<PMID Version='1'>990000009</PMID> <PMID>990000008</PMID></DeleteCitation>"
    assert ids(answer(ONE, deleted)) == ["990000001"]


def test_a_single_article_without_declaration_and_root_is_read() -> None:
    assert ids(ONE.encode()) == ["990000001"]
    assert ids(b"\n" + ONE.encode() + b"\n\n") == ["990000001"]
    assert split(b"<PubmedArticle/>")[0].source_id == ""


@pytest.mark.parametrize(
    "lists",
    [
        "<ReferenceList><Reference><Citation>x</Citation></Reference></ReferenceList>",
        "<ReferenceList><ReferenceList><Title>a</Title></ReferenceList><ReferenceList/></ReferenceList>",
        "<ReferenceList/>",
        "<ReferenceList>1</ReferenceList>\n<ReferenceList a='b'>2</ReferenceList >",
    ],
)
def test_reference_lists_are_left_out_nested_or_not(lists: str) -> None:
    raw = split(answer(ONE.replace("</PubmedData>", f"{lists}</PubmedData>"), TWO))
    assert b"ReferenceList" not in raw[0].body
    assert parse(raw[0].body) == parse(ONE.encode())
    assert raw[1].body == TWO.encode()


@pytest.mark.parametrize(
    "lists",
    [
        "<ReferenceList>",
        "</ReferenceList><ReferenceList>",
        "<ReferenceList></ReferenceList></ReferenceList>",
        "<ReferenceList></ReferenceList></ReferenceList> <ReferenceList>",
    ],
)
def test_a_reference_list_that_does_not_end_makes_one_record_unreadable(lists: str) -> None:
    bad = ONE.replace("</PubmedData>", f"{lists}</PubmedData>")
    first, second = split(answer(bad, TWO))
    with pytest.raises(UnreadableRecord, match="not well-formed"):
        parse(first.body)
    assert parse(second.body).title == "Number 2."


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace("</ArticleTitle>", ""),
        lambda text: text.replace("</PubmedArticle>", ""),
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("</ArticleTitle>", "&nbsp;</ArticleTitle>"),
        lambda text: text.replace("Number 2", "Number \x01 2"),
        lambda text: text.replace("Number 2", "<mml:math>2</mml:math>"),
        lambda text: text.replace("Number 2", "<!-- never closed"),
    ],
)
def test_a_record_damaged_inside_does_not_lose_its_neighbours(damage: object) -> None:
    assert callable(damage)
    first, second, third = split(answer(ONE, damage(TWO), THREE))
    assert (parse(first.body).title, parse(third.body).title) == ("Number 1.", "Number 3.")
    assert second.source_id == "990000002"
    with pytest.raises(UnreadableRecord):
        parse(second.body)


def test_a_record_with_bytes_that_are_not_utf8_does_not_lose_its_neighbours() -> None:
    first, second = split(answer(ONE, TWO).replace(b"Number 2", b"Number \xff"))
    assert parse(first.body).title == "Number 1."
    with pytest.raises(UnreadableRecord):
        parse(second.body)


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "utf-16", "UTF-8", "us-ascii"])
def test_other_declared_encodings_are_read(encoding: str) -> None:
    text = f"<?xml version='1.0' encoding='{encoding}'?>\n<PubmedArticleSet>{article(title='Café.')}</PubmedArticleSet>"
    body = text.encode("ascii" if encoding == "us-ascii" else encoding, "xmlcharrefreplace")
    assert titles(body) == ["Café."]


def test_a_byte_order_mark_is_no_text() -> None:
    assert titles(b"\xef\xbb\xbf" + answer(ONE)) == ["Number 1."]


def test_comments_instructions_and_cdata_do_not_mislead_the_knife() -> None:
    """Inside them, tags are not tags: nothing is cut at them, and what CDATA says is kept."""
    cdata = article(990000001, "Less <![CDATA[</PubmedArticle> & <b>]]> more.")
    body = answer("<!-- <PubmedArticle> -->", cdata, "<?note </PubmedArticleSet>?>", TWO, "<!-- </PubmedArticle> -->")
    assert titles(body) == ["Less </PubmedArticle> & <b> more.", "Number 2."]


def test_namespaces_declared_on_the_root_hold_in_every_record() -> None:
    first = article(990000001, "The <mml:math><mml:mi>x</mml:mi></mml:math>.")
    root = 'PubmedArticleSet xmlns:mml="http://www.w3.org/1998/Math/MathML" xmlns="http://example.org/"'
    assert titles(answer(first, TWO, root=root)) == ["The x.", "Number 2."]


def test_attributes_and_space_inside_tags_do_not_matter() -> None:
    odd = ONE.replace("<PubmedArticle>", "<PubmedArticle\n a='b' >").replace("</PubmedArticle>", "</PubmedArticle\n>")
    assert titles(answer(odd, TWO)) == ["Number 1.", "Number 2."]


def test_other_elements_that_begin_alike_are_no_records() -> None:
    """PubmedData, PubmedBookData, PubmedArticleSet and MathML text all begin with letters of a record's tag."""
    assert ids(answer(ONE.replace("</PubmedData>", "<PubmedArticles/></PubmedData>"), TWO)) == [
        "990000001",
        "990000002",
    ]


BODY = answer(ONE, "<!-- c -->", TWO.replace("</PubmedData>", "<ReferenceList/></PubmedData>"), THREE)
TAGS = (
    b"< > </PubmedArticle> <PubmedArticle> </PubmedArticleSet> <ReferenceList> <!-- ]]> <![CDATA[ & <? <!ENTITY <PMID> "
)
MORE = b"</MedlineCitation> encoding='utf-16' <b><b><b><b><b> &lt; <?xml <PubmedBookArticle>"
PIECES = st.sampled_from([*TAGS.split(), *MORE.split(), b"\xff", b"\x00", b" "])


def outcome(body: bytes) -> int:
    """Split and parse everything; only Transient and UnreadableRecord may come of it. How many records were read?"""
    try:
        raws = split(body)
    except Transient:
        return 0
    good = 0
    for raw in raws:
        try:
            record = parse(raw.body)
        except UnreadableRecord:
            continue
        good += 1
        assert raw.source_id in ("", record.source_id)
    return good


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, len(BODY)), st.integers(0, 60), PIECES | st.binary(max_size=4)), min_size=1, max_size=4
    )
)
def test_any_damage_ends_in_records_or_in_the_two_errors(changes: list[tuple[int, int, bytes]]) -> None:
    body = BODY
    for place, length, piece in changes:
        body = body[:place] + piece + body[place + length :]
    assert outcome(body) <= 3


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=80))
def test_any_bytes_end_in_records_or_in_the_two_errors(body: bytes) -> None:
    outcome(body)
    outcome(b"<PubmedArticleSet>" + body + b"</PubmedArticleSet>")
    with pytest.raises(UnreadableRecord):
        parse(body)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(BODY) - 1))
def test_no_truncated_answer_passes_for_a_whole_one(length: int) -> None:
    """Cut anywhere before the closing root: Transient, never a shorter list."""
    assert BODY.rstrip().endswith(b"</PubmedArticleSet>")
    if length < len(BODY.rstrip()):
        with pytest.raises(Transient):
            split(BODY[:length])


def test_markup_nested_deeper_than_the_stack_is_read() -> None:
    deep = article(title="<i>" * 30_000 + "deep" + "</i>" * 30_000)
    assert titles(answer(deep)) == ["deep"]
