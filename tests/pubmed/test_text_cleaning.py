"""Cleaning at the door: each table row is a shape met in real data, with an invented number in it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tracker import text as text_module
from tracker.text import (
    clean,
    clean_doi,
    clean_orcid,
    clean_pmcid,
    clean_pmid,
    first_surname,
    pages_full,
    safe_url,
    strip_emails,
    title_key,
)

CLEAN = [
    ("  two\t words\r\nand  a line\x0bbreak ", "two words and a line break"),
    ("no\u00a0break,\u2009thin,\u3000wide", "no break, thin, wide"),
    ("paragraph\u2029and line\u2028separators", "paragraph and line separators"),
    ("e\u0301", "é"),
    ("e\x00\u0301", "é"),  # a control between letter and accent does not keep them apart
    ("\ufeffbyte order\ufeff mark", "byte order mark"),
    ("bell\x07 escape\x1b[0m delete\x7f next\x85line \x9fC1", "bell escape[0m delete next line C1"),
    ("half \ud83d a pair, \udc00 the other", "half a pair, the other"),
    ("depres\u00adsion and lone\u200bliness", "depression and loneliness"),
    ("turned \u202eround\u202c", "turned round"),
    (
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    ),  # joiners spell
    ("\U0001f9e0 brain", "\U0001f9e0 brain"),
    ("", ""),
    (" \t\u2028 ", ""),
]

DOI = [
    # canonical already
    ("10.5555/12345678", "10.5555/12345678"),
    ("10.5555/s0140-6736(20)30168-1", "10.5555/s0140-6736(20)30168-1"),
    ("10.5555//0002-9432.72.1.50", "10.5555//0002-9432.72.1.50"),
    ("10.5555/a.b/c.d_e-f", "10.5555/a.b/c.d_e-f"),
    # prefixes
    ("https://doi.org/10.5555/Abc.1", "10.5555/abc.1"),
    ("http://dx.doi.org/10.5555/ABC.1", "10.5555/abc.1"),
    ("HTTPS://WWW.DOI.ORG/10.5555/abc", "10.5555/abc"),
    ("doi.org/10.5555/abc", "10.5555/abc"),
    ("//doi.org/10.5555/abc", "10.5555/abc"),
    ("doi:10.5555/abc", "10.5555/abc"),
    ("DOI: 10.5555/abc", "10.5555/abc"),
    ("doi 10.5555/abc", "10.5555/abc"),
    ("info:doi/10.5555/abc", "10.5555/abc"),
    ("urn:doi:10.5555/abc", "10.5555/abc"),
    ("https://doi.org/doi:10.5555/abc", "10.5555/abc"),
    ("https://doi.org/https://doi.org/10.5555/abc", "10.5555/abc"),
    # what stands around it
    ("  10.5555/abc\n", "10.5555/abc"),
    ("10.5555/abc.", "10.5555/abc"),
    ("10.5555/abc.;,", "10.5555/abc"),
    ("(10.5555/abc)", "10.5555/abc"),
    ("(doi: 10.5555/s0140-6736(20)30168-1).", "10.5555/s0140-6736(20)30168-1"),
    ("<https://doi.org/10.5555/abc>", "10.5555/abc"),
    ('"10.5555/abc"', "10.5555/abc"),
    ("10.5555/abc [doi]", "10.5555/abc"),
    ("[10.5555/abc]", "10.5555/abc"),
    # encoded
    ("10.5555%2Fabc", "10.5555/abc"),
    ("https://doi.org/10.5555%252Fabc", "10.5555/abc"),
    (
        "10.5555/(SICI)1097-0258(19980815/30)17:15/16&lt;1661::AID-SIM968&gt;3.0.CO;2-2",
        "10.5555/(sici)1097-0258(19980815/30)17:15/16<1661::aid-sim968>3.0.co;2-2",
    ),
    ("10.5555/(SICI)1(2)3%3C1661::AID%3E3.0.CO;2-%23", "10.5555/(sici)1(2)3<1661::aid>3.0.co;2-#"),
    ("10.5555/a&amp;lt;b&amp;gt;", "10.5555/a<b>"),
    ("10.5555/100%sure", "10.5555/100%sure"),
    # addresses with more behind
    ("https://doi.org/10.5555/abc?utm_source=feed", "10.5555/abc"),
    ("https://doi.org/10.5555/abc#section-2", "10.5555/abc"),
    ("https://doi.org/10.5555/abc/", "10.5555/abc"),
    ("https://doi.org/10.5555/abc%3Fx", "10.5555/abc?x"),
    # nothing, rather than something in between
    ("", ""),
    ("10.5555", ""),
    ("10.5555/", ""),
    ("10.5555/.", ""),
    ("10.55/abc", ""),
    ("10.1234567890/abc", ""),
    ("110.5555/abc", ""),
    ("10,5555/abc", ""),
    ("10.5555abc", ""),
    ("10.5555/abc def", ""),
    ("10.5555/abc -s.6506", ""),
    ("10.5555/abc%20def", ""),
    ("10.5555/abc%00def", ""),
    ("10.5555/abc%FF", ""),
    ("10.5555/2017.2.129–155", ""),  # a dash of typesetting: which sign it stands for is a guess
    ("10.5555/abc; 10.5555/def", ""),
    ("10.5555/abc;10.5555/def", ""),
    ("10.5555/abc,https://doi.org/10.5555/def", ""),
    ("https://journals.example/article?id=10.5555/abc", ""),
    ("https://doi.org.proxy.example/10.5555/abc", ""),
    ("S0140-6736(20)30168-1", ""),
    ("hdl:10.5555/abc", ""),
    ("\u0661\u0660.5555/abc", ""),  # digits of another script
    ("n/a", ""),
    ("doi:" * 1000 + "10.5555/abc", ""),
]

PMID = [
    ("990000001", "990000001"),
    (" 990000001 ", "990000001"),
    ("PMID: 990000001", "990000001"),
    ("pmid990000001", "990000001"),
    ("00012345", "12345"),
    ("https://pubmed.ncbi.nlm.nih.gov/990000001/", "990000001"),
    ("http://www.ncbi.nlm.nih.gov/pubmed/990000001", "990000001"),
    ("990000001.0", "990000001"),
    ("42.9", ""),
    ("0", ""),
    ("", ""),
    ("-5", ""),
    ("1234567890", ""),
    ("12 34", ""),
    ("1,2", ""),
    ("PMC990001", ""),
    ("\u0661\u0662", ""),
]

PMCID = [
    ("PMC9900001", "PMC9900001"),
    ("pmc9900001", "PMC9900001"),
    ("PMC 9900001", "PMC9900001"),
    ("9900001", "PMC9900001"),
    ("PMCID: PMC9900001", "PMC9900001"),
    ("pmc-id: PMC9900001;", "PMC9900001"),
    ("PMC9900001.2", "PMC9900001"),
    ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC9900001/", "PMC9900001"),
    ("https://pmc.ncbi.nlm.nih.gov/articles/PMC9900001", "PMC9900001"),
    ("PMC", ""),
    ("PMC0", ""),
    ("NIHMS990001", ""),
    ("10.5555/abc", ""),
    ("", ""),
]

ORCID = [  # the numbers are the ones ORCID's documentation uses as examples
    ("0000-0002-1825-0097", "0000-0002-1825-0097"),
    ("https://orcid.org/0000-0002-1825-0097", "0000-0002-1825-0097"),
    ("http://orcid.org/0000-0002-1694-233X", "0000-0002-1694-233X"),
    ("orcid.org/0000-0002-1694-233x/", "0000-0002-1694-233X"),
    ("0000000218250097", "0000-0002-1825-0097"),
    ("0000 0002 1825 0097", "0000-0002-1825-0097"),
    ("ORCID: 0000-0002-1825-0097", "0000-0002-1825-0097"),
    ("0000-0002-1825-0098", ""),  # wrong check digit
    ("0000-0002-1825-009", ""),
    ("X000-0002-1825-0097", ""),
    ("", ""),
]

URL = [
    ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
    ("  http://example.org  ", "http://example.org"),
    ("HTTPS://EXAMPLE.ORG/", "HTTPS://EXAMPLE.ORG/"),
    ("https://[2001:db8::1]:8080/x", "https://[2001:db8::1]:8080/x"),
    ("javascript:alert(1)", ""),
    ("java\nscript:alert(1)", ""),
    ("data:text/html,x", ""),
    ("ftp://example.org/x", ""),
    ("//example.org/x", ""),
    ("/papers", ""),
    ("example.org", ""),
    ("https://", ""),
    ("https:///path", ""),
    ("https://user:secret@example.org/", ""),
    ("https://good.example\\@bad.example/", ""),
    ("https://example.org/a b", ""),
    ('https://example.org/"onclick=', ""),
    ("https://example.org/<script>", ""),
    ("https://[::1", ""),
    ("https://example.org:port/", ""),
    ("https://example.org:99999/", ""),
    ("", ""),
]

TITLE_KEY = [
    ("Loneliness & health: a review.", "loneliness health a review"),
    ("  LONELINESS   and Health ", "loneliness and health"),
    ("[Einsamkeit und Gesundheit].", "einsamkeit und gesundheit"),
    ("Café-based naïve Ångström", "cafe based naive angstrom"),
    ("CO\u2082 and the \ufb01rst x\u00b2", "co2 and the first x2"),
    ("Straße", "strasse"),
    ("TNF-α in 1,000 men", "tnf α in 1 000 men"),
    ("depres\u00adsion", "depression"),
    (
        "\u041e\u0434\u0438\u043d\u043e\u0447\u0435\u0441\u0442\u0432\u043e",
        "\u043e\u0434\u0438\u043d\u043e\u0447\u0435\u0441\u0442\u0432\u043e",
    ),
    ("...", ""),
    ("", ""),
]

PAGES = [
    ("737-8", "737-738"),
    ("311-20", "311-320"),
    ("1825-34, 1839-40", "1825-1834, 1839-1840"),
    ("186-7; discussion 187-8", "186-187; discussion 187-188"),
    ("943-5; author reply 943-5", "943-945; author reply 943-945"),
    ("S12-5", "S12-S15"),
    ("S12-S25", "S12-S25"),
    ("e12-9", "e12-e19"),
    ("737–8", "737-738"),
    ("1-191", "1-191"),
    ("98-102", "98-102"),
    ("3307-3324.e30", "3307-3324.e30"),
    ("123-4.e1-5", "123-124.e1-5"),
    ("1.11-1.18", "1.11-1.18"),
    ("12-1-12-10", "12-1-12-10"),
    ("1999-03", "1999-03"),
    ("e12345", "e12345"),
    ("CD002020", "CD002020"),
    ("iv-ix", "iv-ix"),
    (f"{'9' * 5000}-{'9' * 5000}", f"{'9' * 5000}-{'9' * 5000}"),
    ("S12-E15", "S12-E15"),
    ("[34457 words; 185 paragraphs]", "[34457 words; 185 paragraphs]"),
    ("", ""),
]

EMAILS = [
    ("Dept of Moods, Leeds, UK. Electronic address: a.b@uni.example.", "Dept of Moods, Leeds, UK."),
    ("Dept of Moods, Leeds, UK. a.b@uni.example", "Dept of Moods, Leeds, UK."),
    ("Dept of Moods; E-mail: a@x.example; Leeds", "Dept of Moods; Leeds"),
    ("Dept of Moods (email: a@x.example), Leeds", "Dept of Moods, Leeds"),
    ("Leeds, UK. Electronic addresses: a@x.example, b@y.example.", "Leeds, UK."),
    ("Leeds, UK. a@x.example and b@y.example", "Leeds, UK."),
    ("Leeds <a@x.example>", "Leeds"),
    ("Leeds, name[at]x.example", "Leeds"),
    ("Leeds, name (at) x.example", "Leeds"),
    ("Leeds, a\uff20x.example", "Leeds"),
    ("Lab @ Home, Leeds", "Lab Home, Leeds"),
    ("Correspondence to: a@x.example", ""),
    ("Department of Contact Dermatitis, Leeds.", "Department of Contact Dermatitis, Leeds."),
    ("School of E-mail Studies, Leeds", "School of E-mail Studies, Leeds"),
    ("", ""),
]

SURNAME = [
    ("Smith, Ann; Doe, B", "Smith"),
    ("Smith A, Doe B", "Smith"),
    ("Smith AB", "Smith"),
    ("Smith A.-B.", "Smith"),
    ("Ann Smith and Bo Doe", "Smith"),
    ("Ann B. Smith", "Smith"),
    ("Ann van der Berg", "van der Berg"),
    ("van der Berg A, Doe B", "van der Berg"),
    ("van der Berg, Ann", "van der Berg"),
    ("O'Neil-Smith, Ann", "O'Neil-Smith"),
    ("Sukarno", "Sukarno"),
    ("Smith, A. & Doe, B.", "Smith"),
    ("A", "A"),
    ("; Doe B", ""),
    ("", ""),
]

TABLES: list[tuple[Callable[[str], str], list[tuple[str, str]]]] = [
    (clean, CLEAN),
    (clean_doi, DOI),
    (clean_pmid, PMID),
    (clean_pmcid, PMCID),
    (clean_orcid, ORCID),
    (safe_url, URL),
    (title_key, TITLE_KEY),
    (pages_full, PAGES),
    (strip_emails, EMAILS),
    (first_surname, SURNAME),
]
CASES = [
    pytest.param(function, said, meant, id=f"{function.__name__}-{said!a:.60}")
    for function, rows in TABLES
    for said, meant in rows
]
FUNCTIONS = [pytest.param(function, id=function.__name__) for function, _ in TABLES]


@pytest.mark.parametrize(("function", "said", "meant"), CASES)
def test_awkward_values_come_out_as_meant(function: Callable[[str], str], said: str, meant: str) -> None:
    assert function(said) == meant


# Any Unicode with lone surrogates, and strings of the pieces that the functions look at.
WORDS = (
    "10.5555/ doi: https://doi.org/ %25 %2F %E2%80%8B &amp; &lt; ( ) < > [ ] [doi] PMC 123 .0 0000-0002-1825-0097 "
    "737-8 S12-5 - – @ [at] a@b.c E-mail: ; , and http:// x . / ? # van A."
)
PIECES = st.sampled_from(
    [*WORDS.split(), "", " ", "\n", "\x00", "\u0301", "\u0345", "\ufb01", "\u1e9e", "\u03a3", "\u200d", "\ud800"]
)
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60) | st.lists(PIECES, max_size=14).map("".join)


@pytest.mark.parametrize("function", FUNCTIONS)
@settings(max_examples=150, deadline=None)
@given(text=ANY_TEXT)
@example(text="\u0345\u0301a\u0345")
@example(text="A\u030a\ud800\u0301")
@example(text="0(@[AT]0")
def test_total_idempotent_and_without_controls(function: Callable[[str], str], text: str) -> None:
    """Any text gives a text; cleaning it again changes nothing; no control, surrogate or line separator is left."""
    once = function(text)
    assert function is first_surname or function(once) == once
    assert not [sign for sign in once if unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") or sign == "\ufeff"]
    assert once == once.strip()


@settings(max_examples=150, deadline=None)
@given(ANY_TEXT)
def test_a_doi_is_canonical_or_nothing(text: str) -> None:
    doi = clean_doi(text)
    assert not doi or (
        doi.isascii() and doi == doi.lower() and doi.startswith("10.") and "/" in doi and not doi.split()[1:]
    )


@settings(max_examples=150, deadline=None)
@given(ANY_TEXT)
def test_no_address_is_left_in_a_public_affiliation(text: str) -> None:
    assert "@" not in strip_emails(text)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40))
def test_title_key_ignores_case_form_and_space(before: str, after: str) -> None:
    title = f"{before} {after}"
    assert title_key(title) == title_key(unicodedata.normalize("NFD", f"  {before}\n\n{after}. "))


def test_every_public_function_has_its_table() -> None:
    public = {
        name
        for name, item in vars(text_module).items()
        if callable(item) and getattr(item, "__module__", "") == "tracker.text" and name[0] != "_"
    }
    assert public == {function.__name__ for function, _ in TABLES}
