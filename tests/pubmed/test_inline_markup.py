"""Titles keep their letters and, beside them, the four tags that may be shown."""

from __future__ import annotations

import re
from html import unescape
from string import ascii_lowercase
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.text import clean
from tracker.text.languages import language_code
from tracker.text.markup import plain, plain_and_markup

MATH = '<m:math xmlns:m="http://www.w3.org/1998/Math/MathML"><m:mi>x</m:mi><m:mo>&lt;</m:mo><m:mn>2</m:mn></m:math>'


@pytest.mark.parametrize(
    ("inside", "text", "html"),
    [
        ("no tags &amp; signs", "no tags & signs", ""),
        ("CO<sub>2</sub>-rich", "CO2-rich", "CO<sub>2</sub>-rich"),
        ("a <i>b</i> c", "a b c", "a <i>b</i> c"),
        ("a<i> b </i>c", "a b c", "a<i> b </i>c"),
        ("a <i> b</i>", "a b", "a <i> b</i>"),
        ("<b>all</b>", "all", "<b>all</b>"),
        ("<i>n <sup>2</sup></i>", "n 2", "<i>n <sup>2</sup></i>"),
        ("<u>under</u> line", "under line", ""),
        ("<u>x<sub>1</sub></u>", "x1", "x<sub>1</sub>"),
        ("empty <i/>tag<b> </b>s", "empty tag s", ""),
        ("5 &lt; 6 <i>&amp;</i> &gt; 4", "5 < 6 & > 4", "5 &lt; 6 <i>&amp;</i> &gt; 4"),
        ("&lt;script&gt;<i>x</i>", "<script>x", "&lt;script&gt;<i>x</i>"),
        ("<i onclick='x()'>x</i>", "x", "<i>x</i>"),
        (f"is {MATH}<sup>y</sup>", "is x<2y", "is x&lt;2<sup>y</sup>"),
        ("two\n   lines <i>in\n one</i>", "two lines in one", "two lines <i>in one</i>"),
        ("<i>e</i>\u0301t\u00e9", "\u00e9t\u00e9", "<i>e</i>&#769;t\u00e9"),
        ("<i>a</i>\u0338b", "a\u0338b", "<i>a</i>&#824;b"),  # would melt with the bracket to another sign
        ("", "", ""),
    ],
)
def test_plain_text_and_markup(inside: str, text: str, html: str) -> None:
    element = ElementTree.fromstring(f"<ArticleTitle>{inside}</ArticleTitle>")
    assert plain_and_markup(element) == (text, html)
    assert plain(element) == text


def test_no_element_is_no_text() -> None:
    assert plain(None) == ""
    assert plain_and_markup(None) == ("", "")


def trees(depth: int = 3) -> st.SearchStrategy[Element]:
    """Elements with any text, tags known and unknown, nested."""

    def build(tag: str, text: str, tail: str, inside: list[Element]) -> Element:
        element = Element(tag)
        element.text, element.tail = text, tail
        element.extend(inside)
        return element

    text = st.text(st.characters(exclude_categories=()), max_size=8) | st.sampled_from(["<b>", "&amp;", " ", "\u0338"])
    inside: st.SearchStrategy[list[Element]] = st.lists(trees(depth - 1), max_size=3) if depth else st.just([])
    return st.builds(build, st.sampled_from(["i", "b", "sub", "sup", "u", "script", "m"]), text, text, inside)


@settings(max_examples=120, deadline=None)
@given(trees())
def test_markup_holds_four_tags_and_the_same_letters(element: Element) -> None:
    """Any tree gives HTML of only the four tags, balanced, whose text is the plain text but for white space."""
    text, html = plain_and_markup(element)
    assert text == clean(text)
    if html:
        assert set(re.findall(r"</?([^>]*)>", html)) <= {"i", "b", "sub", "sup"}
        read = ElementTree.fromstring(f"<x>{html}</x>".encode("utf-8", "replace"))
        assert clean("".join(read.itertext())).replace(" ", "") == text.replace(" ", "")
        assert clean(unescape(re.sub("<[^>]*>", "", html))).replace(" ", "") == text.replace(" ", "")


def test_markup_nested_without_end_is_cut_to_text() -> None:
    top = element = Element("ArticleTitle")
    for _ in range(5000):
        element = SubElement(element, "i")
    element.text = "deep"
    text, html = plain_and_markup(top)
    assert text == "deep"
    assert html.count("<i>") == html.count("</i>") == 20


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("eng", "eng"),
        ("ENG", "eng"),
        ("en", "eng"),
        ("en-GB", "eng"),
        ("pt_BR", "por"),
        ("de", "ger"),
        ("deu", "ger"),
        ("fra", "fre"),
        ("ga", "gle"),
        ("cy", "wel"),
        ("sw-KE", "swa"),
        ("hy", "arm"),
        ("my", "bur"),
        ("mi", "mao"),
        ("bo", "tib"),
        ("bod", "tib"),
        ("zu", "zul"),
        ("iw", "heb"),
        ("xx", "xx"),
        ("und", "und"),
        ("mul", "mul"),
        ("English", "english"),
        (" ", ""),
        ("", ""),
    ],
)
def test_languages_become_the_codes_of_pubmed(said: str, code: str) -> None:
    assert language_code(said) == code
    assert language_code(code) == code


def test_every_code_of_two_letters_has_one_of_three() -> None:
    pairs = [first + second for first in ascii_lowercase for second in ascii_lowercase]
    found = {pair: language_code(pair) for pair in pairs if language_code(pair) != pair}
    assert len(found) == 184 + 5  # all of ISO 639-1 (bh with them), and those that it has given up
    assert all(len(code) == 3 and language_code(code) == code for code in found.values())


@pytest.mark.parametrize(
    ("sent", "right"),
    [
        ("Sleep &amp;amp; mood", "Sleep & mood"),
        ("p &amp;lt; 0.05", "p < 0.05"),
        ("3 &amp;gt; 2 &amp;#x2265; 1", "3 > 2 ≥ 1"),
        ("caf&amp;eacute; owners&amp;#8217; moods", "café owners’ moods"),
        ("a study&amp;nbsp;of &amp;mdash; ferries", "a study of — ferries"),
        ("10 &amp;#956;g, 5 &amp;plusmn; 2", "10 μg, 5 ± 2"),
        ("&amp;lt;p&amp;gt;Quiet&amp;lt;/p&amp;gt;", "Quiet"),
        ("&amp;lt;i&amp;gt;E. coli&amp;lt;/i&amp;gt; at sea", "E. coli at sea"),
        ("H&amp;lt;sub&amp;gt;2&amp;lt;/sub&amp;gt;O", "H2O"),
        ("a<i>b &amp;amp; c</i>d", "ab & cd"),
        # once is enough, and what is no sign stays
        ("a&lt;b and c&gt;d", "a<b and c>d"),
        ("Sleep &amp; mood", "Sleep & mood"),
        ("AT&amp;T, fish &amp;chips; x &amp;y", "AT&T, fish &chips; x &y"),
        ("if a &lt; b &amp;&amp; c", "if a < b && c"),
        ("the tag &lt;i&gt; in HTML", "the tag <i> in HTML"),
        ("1 &lt; 2 &gt; 0", "1 < 2 > 0"),
        ("&lt;60 and &gt;80 years", "<60 and >80 years"),
    ],
)
def test_what_journals_send_encoded_twice_is_decoded(sent: str, right: str) -> None:
    assert plain(ElementTree.fromstring(f"<ArticleTitle>{sent}</ArticleTitle>")) == right
