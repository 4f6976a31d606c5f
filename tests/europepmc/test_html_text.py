"""HTML of titles and abstracts: no word is lost, none grows onto another, and a bare sign is no tag."""

from __future__ import annotations

import re
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.text import clean
from tracker.text.html_text import plain, plain_and_markup, sections
from tracker.text.safe_markup import safe_markup


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("H<sub>2</sub>O and CO<sub>2</sub>", "H2O and CO2"),
        ("one<br>two<br/>three<p>four</p>five", "one two three four five"),
        ("<ul><li>a</li><li>b</li></ul>", "a b"),
        ("p < .05, n <1 year, a<b and c>d, <alpha>", "p < .05, n <1 year, a<b and c>d, <alpha>"),
        ("<I>x</I> <a href=\"http://a/?b=1&amp;c\">link</a> <span class='y'>z</span>", "x link z"),
        ("<jats:p>Text</jats:p><mml:math><mml:mi>x</mml:mi></mml:math>", "Text x"),
        ("AT&T &amp; R&D &beta; &#946; &#x3B2; &nosuch; &lt;", "AT&T & R&D β β β &nosuch; <"),
        ("&lt;i&gt;twice&lt;/i&gt; &amp;lt; 5", "twice < 5"),
        ("a<!-- hidden -->b<!-- open", "a b<!-- open"),
        ("\x00tab\there\u2028there", "tab here there"),
        ("", ""),
    ],
)
def test_plain_text(html: str, text: str) -> None:
    assert plain(html) == text


@pytest.mark.parametrize(
    ("html", "text", "markup"),
    [
        ("A <i>b</i> c", "A b c", "A <i>b</i> c"),
        ("A <em>b</em> &amp; <strong>c</strong>", "A b & c", "A <i>b</i> &amp; <b>c</b>"),
        ("A <sup class='x'>2</sup>", "A 2", "A <sup>2</sup>"),
        ("&lt;i&gt;b&lt;/i&gt;", "b", "<i>b</i>"),
        ("A <u>b</u>", "A b", ""),
        ("A <i>b", "A b", ""),
        ("A </i>b<i>", "A b", ""),
        ("A <i>b<b>c</i>d</b>", "A bcd", ""),
        ("5 < 6", "5 < 6", ""),
    ],
)
def test_markup_of_titles(html: str, text: str, markup: str) -> None:
    assert plain_and_markup(html) == (text, markup)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("Just text.", [("", "Just text.")]),
        ("<h4>Aim</h4>One.<h4>Results: </h4> Two.", [("Aim", "One."), ("Results", "Two.")]),
        ("Before.<h4>Aim</h4>One.", [("", "Before."), ("Aim", "One.")]),
        ("<h4>Methods</h4><h4>Design</h4>Three.", [("Methods: Design", "Three.")]),
        ("<h4>Abstract</h4><h4>Aim</h4>One.", [("Aim", "One.")]),
        ("<h4>Abstract</h4>One.", [("", "One.")]),
        ("One.<h4>Registration: 7</h4>", [("", "One."), ("", "Registration: 7")]),
        ("<h4>Open heading and text", [("", "Open heading and text")]),
        ("One.</h4>Two.", [("", "One. Two.")]),
        ("<h4>A<h4>B</h4>C", [("A B", "C")]),
        ("<H3 class=\"x\">Aim</H3>One.", [("Aim", "One.")]),
        ("&lt;h4&gt;Aim&lt;/h4&gt;One.", [("Aim", "One.")]),
        (f"<h4>{'long ' * 30}</h4>One.", [("", f"{'long ' * 30}".strip() + ". One.")]),
        ("<h4></h4>One.", [("", "One.")]),
        ("", []),
        ("<h4></h4>", []),
    ],
)  # fmt: skip
def test_abstracts_are_cut_at_their_headings(html: str, expected: list[tuple[str, str]]) -> None:
    assert [(part.label, part.text) for part in sections(html)] == expected


PIECES = [
    "<h4>",
    "</h4>",
    "<i>",
    "</i>",
    "<sub>",
    "</sub>",
    "<p>",
    "<br/>",
    "&amp;",
    "&lt;",
    "<",
    ">",
    " ",
    "word",
    "Ω",
    ".",
]
HTML = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=15).map("".join)


@settings(deadline=None, max_examples=300)
@given(HTML)
def test_any_html_gives_clean_text_and_markup_that_pairs(html: str) -> None:
    text, markup = plain_and_markup(html)
    assert text == clean(text) == plain(html)
    if markup:
        assert safe_markup(markup)
        assert not re.search(r"<(?!/?(?:i|b|sub|sup)>)", markup)
    for part in sections(html):
        assert part.text
        assert (part.text, part.label) == (clean(part.text), clean(part.label))


@settings(deadline=None)
@given(st.text())
def test_text_that_was_escaped_comes_back_as_it_was(text: str) -> None:
    """Unless it looks like a tag or an entity itself: such things are encoded twice by mistake, not on purpose."""
    said = re.sub("[<&]", "", text)
    assert plain(escape(f"{said} < & {said}")) == clean(f"{said} < & {said}")


@settings(deadline=None)
@given(st.lists(st.text("abcdé", min_size=1, max_size=4), min_size=1, max_size=6))
def test_no_word_of_an_abstract_is_lost(words: list[str]) -> None:
    html = "".join(f"<h4>{word}</h4>" if number % 2 else word for number, word in enumerate(words))
    found = " ".join(f"{part.label} {part.text}" for part in sections(html))
    assert sorted(re.findall(r"\w+", found)) == sorted(words)


@pytest.mark.parametrize(
    "html",
    ["<" * 50_000, "<h4>" * 20_000, "<h4>x</h4>" * 10_000, "<b " * 20_000, "<b" + " x=1" * 20_000, "<!--" * 20_000,
     "&lt;" * 20_000, "<p x= " * 10_000],
    ids=lambda html: html[:6],
)  # fmt: skip
def test_hostile_html_takes_time_in_proportion_to_its_length(html: str) -> None:
    """There is no clock here: a suite that does not end tells it."""
    assert all(part.text for part in sections(html))
    assert plain_and_markup(html)[0] == plain(html)
