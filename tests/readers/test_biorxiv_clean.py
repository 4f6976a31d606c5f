"""Typesetting codes and glued headings of medRxiv's texts are gone before anything is searched for."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.model import Record
from tracker.sources.biorxiv.parse import SIGNS, abstract, headings, title
from tracker.strategy import matcher


def sections(text: str) -> list[tuple[str, str]]:
    return [(part.label, part.text) for part in abstract(text)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("BackgroundLoneliness is common.", [("Background", "Loneliness is common.")]),
        (
            "BackgroundTrains run late.\n\nMethodsWe rode them.\n\nResultsOf 412 riders 31 spoke. ConclusionsAsk.",
            [
                ("Background", "Trains run late."),
                ("Methods", "We rode them."),
                ("Results", "Of 412 riders 31 spoke."),
                ("Conclusions", "Ask."),
            ],
        ),
        ("Nobody spoke.ResultsSilence.", [("", "Nobody spoke."), ("Results", "Silence.")]),
        ("Nobody spoke (n = 3) ResultsSilence.", [("", "Nobody spoke (n = 3)"), ("Results", "Silence.")]),
        ("OBJECTIVETo ride. RESULTSA few rode.", [("OBJECTIVE", "To ride."), ("RESULTS", "A few rode.")]),
        ("Main Outcomes and MeasuresSeats. ", [("Main Outcomes and Measures", "Seats.")]),
        ("Design, setting and participantsRiders.", [("Design, setting and participants", "Riders.")]),
        ("Findings1,234 rode.\nInterpretation“Yes”.", [("Findings", "1,234 rode."), ("Interpretation", "“Yes”.")]),
        ("Background: Trains.\nMethods:\nWe rode.", [("Background", "Trains."), ("Methods", "We rode.")]),
        ("Results\n\nOf 412 riders.", [("Results", "Of 412 riders.")]),
        ("Added value of this studyWe rode.", [("Added value of this study", "We rode.")]),
        ("FundingNone.\n\nRegistrationPROSPERO 1.", [("Funding", "None."), ("Registration", "PROSPERO 1.")]),
        ("ObjectivesTo ride", [("Objectives", "To ride")]),
        ("ObjectiveSince trains", [("Objective", "Since trains")]),
        ("BackgroundO_ST_ABSAimC_ST_ABSTo ride.", [("", "Background"), ("Aim", "To ride.")]),
    ],
)
def test_glued_headings_become_labels(text: str, parts: list[tuple[str, str]]) -> None:
    assert sections(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "The methods we used. Results were mixed.",
        "We saw IgG and IgM in PubMed.",
        "Background noise was loud. Design matters. Aims differ.",
        "RESULTSAND more",
        "They wrote to ResultsCorp about it",
        "Objectively, nothing. Settings vary.",
    ],
)
def test_words_of_a_sentence_are_no_headings(text: str) -> None:
    assert sections(text) == [("", text)]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("{beta} = 0.31 {+/-} 0.02 at 37 {degrees}C, 5 {micro}g, {approx}3, {rho}, {varepsilon}", None),
        ("p [&le;] 0.05 [&ge;] 3 [~]5 A[-&gt;]B", "p ≤ 0.05 ≥ 3 ~5 A→B"),
        ("0{middle dot}5 and {Delta}t, {unknown} stays, {95% CI} too", "0·5 and Δt, {unknown} stays, {95% CI} too"),
        ("Cohens O_SCPLOWKC_SCPLOWO_SCPCAP.C_SCPCAP End", "Cohens K. End"),
        ("SARS{square}CoV{square}2", "SARS CoV 2"),
        ("O_LIFirst thingC_LIO_LIsecond thingC_LI", "First thing second thing"),
        ("O_TEXTBOXIn the boxC_TEXTBOX", "In the box"),
        (
            "O_TBL View this table:\norg.highwire.dtl.DTLVardef@f_HPS_FORMAT_FIGEXP M_TBL O_FLOATNOT 1C_FLOATNO C_TBL",
            "T 1",
        ),
        ("Seen &amp; heard &#8211; once", "Seen & heard – once"),
        ("One<BR> two<i>three</i>", "One twothree"),
        ("a < b and c > d", "a < b and c > d"),
        ("[tpltrtarr]Category A", "▶ Category A"),
    ],
)
def test_codes_become_characters(text: str, plain: str | None) -> None:
    found = " ".join(part.text for part in abstract(text))
    assert found == (plain or "β = 0.31 ± 0.02 at 37 °C, 5 µg, ≈3, ρ, ε")


def test_a_figure_is_dropped_whole_with_its_debris() -> None:
    figure = (
        'O_FIG O_LINKSMALLFIG WIDTH=200 HEIGHT=151 SRC="FIGDIR/small/1_ufig1.gif" ALT="Figure 1">\n'
        "View larger version (47K):\norg.highwire.dtl.DTLVardef@3f13caorg.highwire.dtl.DTLVardef@12c6f6c"
        "_HPS_FORMAT_FIGEXP  M_FIG O_FLOATNOFigure 1.C_FLOATNO A caption nobody needs C_FIG"
    )
    assert sections(f"Silence.\n\n{figure} End.") == [("", "Silence. End.")]
    cut = figure[: figure.index("C_FIG") - 20]
    assert "highwire" not in sections(f"Silence. {cut}")[0][1]
    assert "FIGDIR" not in sections(f"Silence. {cut}")[0][1]


def test_a_heading_in_codes_is_a_label_whatever_it_says() -> None:
    assert sections("CommentaryO_ST_ABSWhat is new?C_ST_ABSO_LIIn modelsC_LI") == [
        ("", "Commentary"),
        ("What is new?", "In models"),
    ]


def test_the_first_word_behind_a_heading_is_found() -> None:
    lonely = matcher("loneliness[tiab] AND riders[tiab]")
    glued = Record("medrxiv", "1", abstract=abstract("BackgroundLoneliness is common.\n\nResultsRiders spoke."))
    assert lonely(glued)


def test_titles_lose_their_codes_and_keep_their_capitals() -> None:
    assert title("THE {beta}-TEST O_SCPLOWOFC_SCPLOW TRAINS &amp; <i>Silence</i>\n") == "THE β-TEST OF TRAINS & Silence"


def test_every_named_sign_is_one_character() -> None:
    assert {len(sign) for sign in SIGNS.values()} == {1}


PIECES = st.sampled_from(
    ["Background", "Results", "RESULTS", "O_ST_ABS", "C_ST_ABS", "O_LI", "C_LI", "O_FIG ", " C_FIG", "{beta}", "{", "}",
     "[&ge;]", "\n\n", ". ", ":", "Of", "we", "1", "\x02", "\x03", "&lt;", "<br>", "_", "é", "\ud800"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=25).map("".join))
def test_any_text_gives_clean_sections_and_loses_no_ordinary_word(text: str) -> None:
    found = abstract(text)
    assert all((part.text or part.label) and "\x02" not in part.text and "\n" not in part.text for part in found)
    title(text)
    for start, end, _ in headings(text):
        assert 0 <= start < end <= len(text)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["lonely", "riders", "Of", "We", "the", "412", "silence.", "Results"]), max_size=30))
def test_what_has_no_codes_keeps_all_its_words(words: list[str]) -> None:
    said = " ".join(words)
    found = " ".join(f"{part.label} {part.text}" for part in abstract(said))
    assert found.split() == words
