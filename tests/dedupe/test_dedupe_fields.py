"""Each field is read from whatever a source wrote, and compared without being fooled by the way it was written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.dedupe.fold import fold, squeeze
from tracker.dedupe.ids import (
    cochrane,
    digits,
    is_register,
    preprint_server,
    read_doi,
    registry_number,
    without_version,
)
from tracker.dedupe.likeness import compare_titles, lookalike, opposed, overlap
from tracker.dedupe.names import compare_authors, read_authors, split_authors
from tracker.dedupe.places import compare_issues, compare_journals, compare_pages, compare_volumes, read_place
from tracker.dedupe.titles import read_title


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Łęcka's TNF-α &amp; <i>IL-1β</i>", "leckas tnf-alpha & il-1beta"),
        ("Straße ´ µ²", "strasse ´ mu2"),
        ("plain ASCII's", "plain asciis"),
        ("x &lt; y", "x < y"),
    ],
)
def test_folding_makes_two_spellings_one(text, want):
    """Marks, markup, entities, Greek letters and apostrophes do not tell records apart."""
    assert fold(text).replace("´", "´") == fold(want) if "´" in text else fold(text) == want
    assert squeeze(fold("COVID-19")) == squeeze(fold("covid 19"))


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_folding_any_text_twice_changes_nothing_more(text):
    """Folding is a normal form, for any Unicode."""
    once = fold(text)
    if "<" not in once and "&" not in once:
        assert fold(once) == once


@pytest.mark.parametrize(
    ("text", "words", "notice", "marked"),
    [
        ("Choirs and mood. [Review] [41 refs]", ["choirs and mood"], "", ""),
        ("[Choirs and mood]. [Finnish]", ["choirs and mood"], "", ""),
        ("Choirs and mood.[Erratum appears in J Choir. 2020;3(2):9]", ["choirs and mood"], "", ""),
        ("Choirs and mood in very old age.[Erratum appears in J Cho", ["choirs and mood in very old age"], "", ""),
        ("Choirs and mood (Review)", ["choirs and mood"], "", ""),
        (
            "Kuorot ja mieliala [Choirs and mood in old age]",
            ["kuorot ja mieliala", "choirs and mood in old age"],
            "",
            "",
        ),
        (
            "Choirs and mood. [Portuguese]Coros e humor em idosos",
            ["choirs and mood", "coros e humor em idosos"],
            "",
            "",
        ),
        ("Chöre = Choirs of old people", ["chore", "choirs of old people"], "", ""),
        ("RETRACTED: Choirs and mood", ["choirs and mood"], "", "retracted"),
        ("WITHDRAWN: Choirs and mood", ["choirs and mood"], "", "withdrawn"),
        ("Choirs and mood (Retracted)", ["choirs and mood"], "", ""),
        ("Choirs and mood: RETRACTED", ["choirs and mood"], "", "retracted"),
        ("Correction: Choirs and mood", ["choirs and mood"], "erratum", ""),
        ("Author Correction: Choirs and mood", ["choirs and mood"], "erratum", ""),
        ("Corrigendum to 'Choirs and mood'", ["choirs and mood"], "erratum", ""),
        ("Choirs and mood (vol 12, pg 3, 2010)", ["choirs and mood"], "erratum", ""),
        ("Retraction note to: Choirs and mood", ["choirs and mood"], "retraction", ""),
        ("Notice of retraction: Choirs and mood", ["choirs and mood"], "retraction", ""),
        ("Editorial expression of concern: Choirs and mood", ["choirs and mood"], "concern", ""),
        ("Choirs and mood - authors' reply", ["choirs and mood"], "reply", ""),
        ("Reply to Choirs and mood", ["choirs and mood"], "reply", ""),
        ("Choirs and mood: in reply", ["choirs and mood"], "reply", ""),
        ("Choirs and mood - reply to Roe", ["choirs and mood"], "reply", ""),
        ("Correction notice: Choirs and mood", ["choirs and mood"], "erratum", ""),
        ("Choirs, Part B", ["choirs part 2"], "", ""),
        ("Re: Choirs and mood", ["choirs and mood"], "comment", ""),
        ("Invited commentary: Choirs and mood", ["choirs and mood"], "comment", ""),
        ("Erratum", ["erratum"], "erratum", ""),
        ("Correction of posture in choirs", ["correction of posture in choirs"], "", ""),
        ("Response to singing in choirs", ["response to singing in choirs"], "", ""),
        ("Retraction of the lid in singers", ["retraction of the lid in singers"], "", ""),
        ("Part II: altos, part one", ["part 2 altos part 1"], "", ""),
        ("Five choirs, 10,000 singers", ["5 choirs 10000 singers"], "", ""),
        ("Choirs and COVID-19, choirs and SARS-CoV-2", ["choirs and covid choirs and covid"], "", ""),
        ("", [""], "", ""),
        ("[]", [""], "", ""),
    ],
)
def test_titles_lose_what_was_wrapped_around_them(text, words, notice, marked):
    """Asides of indexers go, translations are kept beside, notices are told from papers."""
    title = read_title(text)
    assert [form.key for form in title.forms] == words
    assert (title.notice, title.marked) == (notice, marked)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab []().:=-EratumRe12 é"), max_size=60))
def test_any_title_can_be_read(text):
    """Unbalanced brackets, nothing but signs, anything: a title comes out, and it equals itself."""
    title = read_title(text)
    assert title.forms
    assert compare_titles(title, title).kind in ("equal", "unknown")


@pytest.mark.parametrize(
    ("one", "two", "kind", "clash"),
    [
        ("Singing in choirs", "Singing in choirs.", "equal", False),
        ("Singing in church choirs", "Singing in church choir", "near", False),
        ("Behaviour of choir singers", "Behavior of choir singers", "near", False),
        ("Signals of NF-kappaB in singers", "Signals of NF-B in singers", "near", False),
        ("TNF-alpha in choir singers", "TNF-beta in choir singers", "changed", False),
        ("Singing in choirs of the north", "Singing in choirs of the north: a survey", "part", False),
        ("Singing in northern choirs", "Singing often in northern choirs", "extra", False),
        ("Mood of retired teachers in choirs", "Mood of retired miners in choirs", "changed", False),
        ("Mood of men in choirs", "Mood of women in choirs", "changed", True),
        ("Choirs, wave 1 of the survey", "Choirs, wave 2 of the survey", "changed", True),
        ("Choirs in 1986-1990, a survey", "Choirs in 1986-90, a survey", "equal", False),
        ("Choirs of Oslo", "A quite different thing entirely", "unlike", False),
        ("Choirs of Oslo", "", "unknown", False),
    ],
)
def test_titles_are_compared_word_by_word(one, two, kind, clash):
    """Spelling is forgiven; a number or an opposite in the place of another is not."""
    for a, b in ((one, two), (two, one)):
        likeness = compare_titles(read_title(a), read_title(b))
        assert likeness.kind == kind
        assert bool(likeness.clash) == clash


def test_counts_may_change_and_years_may_not():
    """46400 against 46407 is a count; 2018 against 2019 is another report."""
    assert compare_titles(read_title("A study of 46400 singers"), read_title("A study of 46407 singers")).counts
    assert not compare_titles(read_title("Singers in 2018, a study"), read_title("Singers in 2019, a study")).counts


def test_words_that_exclude_each_other():
    """Men and women, hypo- and hyper-, numbers: never spelling variants of each other."""
    assert opposed("men", "women")
    assert opposed("hypertension", "hypotension")
    assert opposed("prenatal", "postnatal")
    assert not opposed("hyper", "hypo")
    assert not lookalike("16", "18")
    assert not lookalike("male", "female")
    assert lookalike("randomised", "randomized")
    assert lookalike("singer", "singers")


def test_overlap_counts_the_words_of_the_shorter_title():
    """In any order, stop words left out."""
    assert overlap(read_title("Mood and choirs"), read_title("Choirs of Oslo and the mood of singers")) == 1
    assert overlap(read_title("of the"), read_title("Choirs")) == 0


@pytest.mark.parametrize(
    ("name", "surname", "initial"),
    [
        ("Harlow, Miriam J", "harlow", "m"),
        ("Harlow MJ", "harlow", "m"),
        ("Terada M.", "terada", "m"),
        ("van der Berg P", "berg", "p"),
        ("van, Kampen F", "kampen", "f"),
        ("Al Mansur A. M.", "mansur", "a"),
        ("Greenwood Jr J. C.", "greenwood", "j"),
        ("Nürnberg, Jürgen", "nurnberg", "j"),
        ("Nuernberg J", "nurnberg", "j"),
        ("Miriam Harlow", "harlow", "m"),
        ("M. Harlow", "harlow", "m"),
        ("Harlow", "harlow", ""),
        ("O'Brien, T.", "obrien", "t"),
        ("van, ", "van", ""),
    ],
)
def test_names_are_read_in_every_usual_form(name, surname, initial):
    """Surname and first initial, particles and suffixes left out."""
    authors = read_authors([name])
    assert (authors.first, authors.initials[0]) == (surname, initial)


def test_groups_and_et_al_are_no_persons():
    """A group is kept apart; "et al." says that the list is cut."""
    authors = read_authors(["Harlow MJ", "Harbour Sleep Study Group", "et al."])
    assert authors.names == ("harlow",)
    assert authors.groups == ("group harbour sleep study",)
    assert authors.cut
    assert read_authors([]).first == read_authors([]).last == ""
    assert split_authors("Harlow MJ, Roe P, Quist H") == ["Harlow MJ", "Roe P", "Quist H"]
    assert split_authors("Harlow, Miriam") == ["Harlow, Miriam"]


@pytest.mark.parametrize(
    ("one", "two", "kind", "matched"),
    [
        ("Harlow MJ; Roe P", "Harlow, M; Roe, Pat", "agree", 2),
        ("Harlow MJ", "Harlow MJ; Roe P; Quist H", "agree", 1),
        ("Harlow MJ; Roe P", "Harlov MJ; Roe P", "agree", 2),
        ("Ruiz-Navarro E; Roe P", "Navarro E; Roe P", "agree", 2),
        ("Mei-Ling, Chen; Bo-Wen, Hsu", "Chen ML; Hsu BW", "agree", 2),
        ("Harlow MJ; Roe P; Abel T", "Quist H; Roe P; Cain U", "partly", 1),
        ("Harlow MJ", "Quist H", "unlike", 0),
        ("Harlow MJ", "", "unknown", 0),
        ("Harbour Sleep Study Group", "Harbour Sleep Study Group", "agree", 1),
        ("Harbour Sleep Study Group", "Northern Choir Consortium", "partly", 0),
    ],
)
def test_lists_of_authors_are_compared(one, two, kind, matched):
    """Misprints, double names and turned names are forgiven; the shorter list counts."""
    for a, b in ((one, two), (two, one)):
        shared = compare_authors(read_authors(split_authors(a)), read_authors(split_authors(b)))
        assert (shared.kind, shared.matched) == (kind, matched)


@pytest.mark.parametrize(
    ("one", "two", "want"),
    [
        ("The British Journal of Choirs", "Br J Choirs", 1),
        ("National Singing Weekly", "Natl Sing Wkly", 1),
        ("Journal of the Norwegian Choir Association", "JNCA", 1),
        ("Choir Notes (Oslo, Norway)", "Choir Notes", 1),
        ("L'Encéphale du chœur", "Encephale Choeur", 1),
        ("Ons Tijdschrift voor Koren", "Ons Tijdschr Koren", 1),
        ("Choir notes : official journal of all choirs", "Choir Notes", 1),
        ("Proceedings of the National Academy of Song of Norway", "Proc Natl Acad Song", 1),
        ("Choir Letters Quarterly", "Choir Lettres Quarterly", 0),
        ("Choir", "Choir Research", 0),
        ("Song", "Choir", -1),
        ("Journal of Song", "British Journal of Song", -1),
        ("", "Choir", 0),
    ],
)
def test_journals_are_compared_through_abbreviations(one, two, want):
    """1 one journal, -1 two, 0 when one name is part of the other or is missing."""
    a, b = read_place(one, "", "", "").journal, read_place(two, "", "", "").journal
    assert compare_journals(a, b) == compare_journals(b, a) == want


def _pages(text):
    return read_place("", "", "", text).pages


@pytest.mark.parametrize(
    ("one", "two", "want"),
    [
        ("311-320", "311-20", 3),
        ("311-0", "311-320", 2),
        ("S123-S124", "123-4", 3),
        ("311", "311-320", 2),
        ("H311-8", "H311-H318", 3),
        ("e101", "e101", 2),
        ("e101", "1-12", 0),
        ("e101", "311-320", 0),
        ("Article 42", "Art. No. 42", 2),
        ("e101", "e102", -1),
        ("1-10", "311-320", 0),
        ("1-10", "1-10", 1),
        ("1-10", "1-12", 0),
        ("315", "311-320", 1),
        ("319-330", "311-320", 1),
        ("301-320", "311-320", 1),
        ("131", "311", 1),
        ("311-320", "321-330", -1),
        ("S40", "311-320", -1),
        ("311-320", "", 0),
        ("2.05E+15", "311-320", 0),
        ("9-Aug", "311-320", 0),
        ("Suppl-48", "311-320", 0),
        ("no pagination", "311-320", 0),
        ("xv, 250", "311-320", 0),
        ("?", "311-320", 0),
    ],
)
def test_pages_are_compared(one, two, want):
    """The same range, the same first page, perhaps the same, other pages, or nothing to be said."""
    assert compare_pages(_pages(one), _pages(two)) == compare_pages(_pages(two), _pages(one)) == want


def test_fields_in_the_wrong_place_are_understood():
    """Issue inside the volume, article number in the issue, combined volumes, the rest of a cut field."""
    inside = read_place("Choir", "34(2)", "", "")
    assert (inside.volumes, inside.issue) == (("34",), "2")
    shifted = read_place("Choir", "8 (8) (no pagination)", "70933", "")
    assert (shifted.volumes, shifted.issue, shifted.pages.start) == (("8",), "8", 70933)
    electronic = read_place("Choir", "8", "e70933", "")
    assert (electronic.issue, electronic.pages.article) == ("", True)
    combined, one = read_place("", "96-98", "", ""), read_place("", "96", "", "")
    assert compare_volumes(combined, one) == 1
    assert read_place("", "1)", "", "").volumes == ()
    damaged, whole = read_place("", "1", "", ""), read_place("", "55", "SUPPL. 1", "")
    assert compare_volumes(damaged, whole) == 0
    assert compare_volumes(one, whole) == -1
    assert whole.supplement
    assert read_place("", "5", "2-Feb", "").issue == ""


def test_an_article_number_in_the_issue_field_is_no_other_issue():
    """11(791) against 11(3):791."""
    assert compare_issues(read_place("", "11", "791", ""), read_place("", "11", "3", "791")) == 0
    assert compare_issues(read_place("", "11", "4", ""), read_place("", "11", "3", "791")) == -1


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("https://doi.org/10.5555/ABC.1", "10.5555/abc.1"),
        ("doi:10.5555/abc.1.", "10.5555/abc.1"),
        ("10.5555/abc.1/full", "10.5555/abc.1"),
        ("10.5555/abc.1.pdf", "10.5555/abc.1"),
        ("10.5555/s0033(99)00082-8", "10.5555/s0033(99)00082-8"),
        ("none", ""),
    ],
)
def test_dois_are_bare_and_small(text, want):
    assert read_doi(text) == want


def test_identifiers_tell_what_a_record_is():
    """Registers, preprint servers and Cochrane reviews are known by their numbers and names."""
    assert digits("PMC0012345") == "12345"
    assert digits("") == ""
    assert registry_number("", "see NCT 09900012") == "nct09900012"
    assert registry_number("nothing") == ""
    assert is_register("https://clinicaltrials.gov/show/NCT1")
    assert not is_register("Journal of Trials")
    assert preprint_server("medRxiv", "") == "medrxiv"
    assert preprint_server("", "10.31234/osf.io/ab1cd") == "10.31234"
    assert preprint_server("Choir Letters", "10.5555/abc") == ""
    assert without_version("10.21203/rs.3.rs-99/v2") == ("10.21203/rs.3.rs-99", "2")
    assert without_version("10.5555/abc") == ("10.5555/abc", "")
    assert cochrane("10.1002/14651858.CD099001") == ("cd099001", "1")
    assert cochrane("10.5555/abc") == ("", "")
