"""Each numbered line and each block is whole by itself; other services' signs never pass as words, words always do."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.check.report import check_folder
from tracker.model import Record
from tracker.strategy import StrategyError, compile, errors, lint, matcher, parse
from tracker.strategy.dialects import suggestion
from tracker.strategy.source import source

# Two mistakes that cancel each other once the lines are put together; where the first stands.
CANCELLING = [
    ("#1 (lonely[tiab] OR alone[tiab]\n#2 mood[tiab] OR aged[tiab])\n#3 #1 AND #2", [(1, 4), (2, 28)]),
    ('#1 "lonely people[tiab]\n#2 older"[tiab]\n#3 #1 OR #2', [(1, 4), (2, 9)]),
    ("#1 lonely[tiab] OR (\n#2 mood[tiab])\n#3 #1 AND #2", [(1, 20), (2, 14)]),
    ("#1 lonely[tiab\n#2 mood]\n#3 #1 OR #2", [(1, 10), (2, 8)]),
    ("#1 lonely[tiab] OR\n#2 mood[tiab]\n#3 (#1 #2)", [(1, 17)]),
    ("#1 lonely[tiab]\n#2 mood[tiab]\n#3 (#1 AND #2\n#4 #3)", [(3, 4), (4, 6)]),
    ("#3 #1) AND (#2\n#2 mood[tiab]\n#1 lonely[tiab]", [(1, 6), (1, 12)]),
    ("#1 ((lonely[tiab]\n#2 mood[tiab]))\n#3 #1 NOT #2", [(1, 4), (1, 5), (2, 14), (2, 15)]),
    ("#1 lonely[tiab] AND\n#2 NOT mood[tiab]\n#3 #1 OR #2", [(1, 17), (2, 4)]),
    ("#1 “lonely[tiab]\n#2 mood”[tiab]\n#3 #1 OR #2", [(1, 4), (2, 8)]),
]


@pytest.mark.parametrize(("text", "places"), CANCELLING)
def test_lines_that_cancel_each_other_are_told_each_at_its_own_place(text: str, places: list[tuple[int, int]]) -> None:
    found = [(finding.line, finding.column) for finding in errors(text)]
    for place in places:
        assert place in found
    with pytest.raises(StrategyError):
        parse(text)
    with pytest.raises(StrategyError):
        compile(text, "pubmed")


def home(tmp_path: Path, strategy: str, **blocks: str) -> Path:
    (tmp_path / "blocks").mkdir()
    for name, text in blocks.items():
        (tmp_path / "blocks" / f"{name}.txt").write_text(text, encoding="utf-8")
    (tmp_path / "tea.txt").write_text(f"title: Tea\nsources: pubmed\n---\n{strategy}\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("strategy", "blocks", "places"),
    [
        ("{a} AND {b}", {"a": "(tea[tiab] OR cup[tiab]", "b": "aged[tiab])"}, [("a.txt", 1, 1), ("b.txt", 1, 11)]),
        ("({a} AND {b}", {"a": "tea[tiab])", "b": "cup[tiab]"}, [("a.txt", 1, 10), ("tea.txt", 4, 1)]),
        ("{a} AND {b}", {"a": '"green tea[tiab]', "b": 'cup"[tiab]'}, [("a.txt", 1, 1), ("b.txt", 1, 4)]),
        ("{a}", {"a": "tea[tiab]", "b": "(cup[tiab]"}, [("b.txt", 1, 1)]),
        ("{a} AND cup[tiab]", {"a": "tea[tiab]\nOR"}, [("a.txt", 2, 1)]),
        ("#1 {a}\n#2 cup[tiab])\n#3 #1 AND #2", {"a": "(tea[tiab]"}, [("a.txt", 1, 1), ("tea.txt", 5, 13)]),
        ("{a} AND {b}", {"a": "tea[tiab] OR {b}", "b": "#1 (cup[tiab]\n#2 #1)"}, [("b.txt", 1, 4), ("b.txt", 2, 6)]),
    ],
)
def test_blocks_that_cancel_each_other_are_told_in_the_block(
    tmp_path: Path, strategy: str, blocks: dict[str, str], places: list[tuple[str, int, int]]
) -> None:
    report = check_folder(home(tmp_path, strategy, **blocks))
    found = [(Path(mistake.path).name, mistake.line, mistake.column) for mistake in report.mistakes]
    assert sorted(found) == sorted(places)
    assert not report.ok


@pytest.mark.parametrize(
    "text",
    [
        "#1 (lonely[tiab])\n#2 #1 AND (mood[tiab] OR (aged[tiab]))",
        '#1 "a #2 of tea"[tiab]\n#2 #1',
        "#1 lonely[tiab]\n#2 mood[tiab]\n#3 (#1) AND ((#2))",
        "#1 lonely[tiab] OR\nalone[tiab]\n#2 #1 NOT\nmood[tiab]",
        "#1 lonely[tiab] #not a reference\n#2 #1",
    ],
)
def test_whole_lines_pass(text: str) -> None:
    assert not errors(text)


RUN_ON = [
    ("loneliness\nsocial isolation\nolder adults", [(1, 11), (2, 17)]),
    ("lonely[tiab] OR\nsocial isolation\nalone[tiab]", [(2, 17)]),
    ("#1 loneliness\nsocial isolation\n#2 #1", [(1, 14)]),
]


@pytest.mark.parametrize(("text", "places"), RUN_ON)
def test_a_line_that_runs_into_the_next_is_told(text: str, places: list[tuple[int, int]]) -> None:
    found = [finding for finding in lint(text) if finding.code == "run-on"]
    assert [(finding.line, finding.column) for finding in found] == places
    assert not any(finding.is_error for finding in found)


@pytest.mark.parametrize(
    "text", ['"social\nisolation"[tiab]', "lonely\n[tiab]", "lonely[tiab]\nOR\nmood[tiab]", "lonely[Title/\nAbstract]"]
)
def test_a_line_that_ends_where_it_may_is_not_told(text: str) -> None:
    assert not [finding for finding in lint(text) if finding.code == "run-on"]


CONCEPT_DATES = {
    "COVID-19[tiab] OR (coronavirus[tiab] AND 2019/12:3000[dp])": True,
    "(coronavirus[tiab] AND 2019:3000[dp]) OR COVID-19[tiab]": True,
    'mood[tiab] AND (covid[tiab] OR (corona*[tiab] AND ("2019/12/01"[crdt] : "3000"[crdt])))': True,
    "#1 corona*[tiab] AND 2019:3000[dp]\n#2 covid[tiab]\n#3 #1 OR #2": True,
    "covid[tiab] AND 2019:3000[dp]": False,
    "(covid[tiab] OR corona*[tiab]) AND 2019:3000[dp]": False,
    "covid[tiab] OR (corona*[tiab] AND 2019:2021[dp])": False,
    "covid[tiab] OR 2019:3000[dp]": False,
    "covid[tiab] NOT (corona*[tiab] AND 1900:2019[dp])": False,
    "covid[tiab] OR corona*[tiab] AND 2019:3000[dp]": False,
}


@pytest.mark.parametrize("text", CONCEPT_DATES)
def test_an_open_date_of_one_concept_is_advice_and_a_limit_is_an_error(text: str) -> None:
    found = [finding for finding in lint(text) if finding.code == "date"]
    assert len(found) == 1
    assert found[0].is_error is not CONCEPT_DATES[text]


FOREIGN = [
    "lonel* N3 adult*", "lonely W2 people", '"older people" N5 lonel*', "(lonely) N3 (adult)", "older* ADJ adult*",
    "older* ADJ3 adult*", "(lonel* or alone) adj4 adult*", "lonely.lg.", "review.pt.", "(lonely or alone).ab,ti.",
    "exp Loneliness/", 'exp "Social Isolation"/', "exp *Loneliness/", "focus Depression/", "lonely adj2 people",
    "TITLE-ABS(lonely)", "INDEXTERMS(loneliness)", "TITLE(lonely) AND ABS(mood)", "AUTHKEY(lonely)", "KEY (lonely)",
    "LIMIT-TO(LANGUAGE, english)", "lonely W/3 people", "lonely PRE/2 people", "SRCTITLE(lancet)", "DOCTYPE(re)",
    "TS = (lonely)", "TS=(lonely)", 'TI = "lonely people"', "lonely SAME people", "lonely NEAR/5 people", "AK=lonely",
    "MAINSUBJECT.EXACT(lonely)", 'MESH.EXACT.EXPLODE("Loneliness")', 'SU.EXACT("Loneliness")', "noft(lonely)",
    "ti,ab(lonely)", "diskw(lonely)", "S1 AND S2", "(S1 OR S2) AND S3", "1 or 2 or 3", "1 and (2 or 3)", "3 not 4",
    "lonely:ME", "lonel*:ME", "lonely:ti,ab", "lonely NEXT people", "lonely NEAR people", '(MH "Loneliness+")',
    'DE "Loneliness"', 'MM "Loneliness"', "SU lonel*", "TX (lonely)", "'social isolation'/exp", "'loneliness'/de",
    '[mh "Social Isolation"]', "[mh ^Loneliness]", "lonely near/3 people", "lonely P/3 people",
]  # fmt: skip


@pytest.mark.parametrize("text", FOREIGN)
def test_a_sign_of_another_service_is_an_error_in_a_strategy_without_a_tag(text: str) -> None:
    found = [finding for finding in errors(text) if finding.code == "dialect"]
    assert found
    assert found[0].suggestion
    with pytest.raises(StrategyError):
        compile(text, "pubmed")


WORDS = [
    "N3[tiab] OR vitamin N3 intake[tiab]", '"N3 receptor"[tiab]', "exp[tiab] AND study[ti]", '"exp"[ti] OR TS[tiab]',
    "TS[ti] OR Tourette syndrome[tiab]", '"1 or 2"[tiab]', "grade 1 or 2[tiab]", "S1[tiab] AND S2[tiab]",
    '"S1 AND S2"[tiab]', "stage N2 disease[tiab]", '"W3 wave"[ti]', "near[ti] OR next[ti]", '"adj3"[tiab]',
    "all (older adults)", "type 1 or 2 diabetes", "NEAR[ti] OR SAME[ti]", "same sex[tiab]", "title[ti] OR abstract[ti]",
    "AB blood group", "omega N3", "U.S.[tiab] OR e.g.[tiab]", "Ph.D.[tiab] students[tiab]", '"de novo"[tiab]',
    "MH[ti]", "key[ti] (lonely[ti])", "language (older adults[tiab])", "St. Louis[ad]",
    "10.5555/ab.ti.9[aid]", "HIV/AIDS[tiab]", "mother/child[tiab]", '"TS=(lonely)"[tiab]',
    "SF-36 or EQ-5D", "1[vi] OR 2[vi]", '"exp Loneliness/"[ti]', "S100 AND lonely", "covid AND SAME day discharge",
]  # fmt: skip


@pytest.mark.parametrize("text", WORDS)
def test_words_that_look_like_signs_pass(text: str) -> None:
    assert [str(finding) for finding in errors(text)] == []


@pytest.mark.parametrize(
    ("sign", "better"),
    [
        ("exp Loneliness/", '"Loneliness"[Mesh]'),
        ("Loneliness/", '"Loneliness"[Mesh:NoExp]'),
        ('exp "Social Isolation"/', '"Social Isolation"[Mesh]'),
        ("exp *Loneliness/", '"Loneliness"[Majr]'),
        ("'social isolation'/exp", '"social isolation"[Mesh]'),
        (".pt.", "[pt]"),
        (".lg.", "[la]"),
        (".ti.", "[ti]"),
        (".ti,ab.", "[tiab]"),
        (".mp.", "[tw]"),
        (".kf.", "[ot]"),
        ("adj3", '"..."[tiab:~2]'),
        ("ADJ", "phrase"),
        ("N3", '"..."[tiab:~3]'),
        ("NEAR/4", '"..."[tiab:~4]'),
        ("W/2", '"..."[tiab:~2]'),
        ('MH "Loneliness+"', '"Loneliness"[Mesh]'),
        ('(MM "Loneliness"'.strip("("), '"Loneliness"[Majr:NoExp]'),
        ('MESH.EXACT.EXPLODE("Loneliness"', '"Loneliness"[Mesh]'),
        ("TITLE-ABS(", "[tiab]"),
        ("TITLE(", "[ti]"),
        ("INDEXTERMS(", "[mh]"),
        ("TS = (", "[tiab]"),
        (":ME", "[mh]"),
    ],
)
def test_the_suggestion_fits_the_sign(sign: str, better: str) -> None:
    assert better in suggestion(sign)


@pytest.mark.parametrize(
    ("strategy", "title"),
    [
        ("beta-blocker*[tiab]", "β-blockers and mood"),
        ("β-blocker*[tiab]", "Beta-blockers and mood"),
        ("TNF-α[tiab]", "TNF-alpha and mood"),
        ("TNFalpha[tiab]", "TNFα and mood"),
        ('"amyloid beta"[ti]', "Amyloid-β in old age"),
        ("µ-opioid*[ti]", "Mu-opioid receptors"),
        ("ω-3[ti]", "Omega-3 and mood"),
        ("lodz[tiab]", "Loneliness in Łódź"),
        ("Łódź[tiab]", "Loneliness in Lodz"),
        ("malmo*[ti] OR tromso[ti]", "Older people of Tromsø"),
        ("caesar*[ti]", "Cæsarean section and mood"),
        ("Cæsarean[ti]", "Caesarean section and mood"),
        ("oeuvre[ti]", "An œuvre of care"),
        ("thor[ti]", "Þór and the lonely"),
    ],
)
def test_greek_letters_are_their_names_and_letters_are_typed_plainly(strategy: str, title: str) -> None:
    assert matcher(strategy)(Record("medrxiv", "1", title=title))


@pytest.mark.parametrize(
    ("strategy", "title"),
    [
        ("mug[ti]", "A dose of 5 μg a day"),
        ("beta[ti]", "Η ζωή και η υγεία"),
        ("alphabet[ti]", "α bet"),
        ("o[ti]", "øl"),
    ],
)
def test_units_and_words_of_greek_are_left_alone(strategy: str, title: str) -> None:
    assert not matcher(strategy)(Record("medrxiv", "1", title=title))


def test_a_term_that_only_spells_a_greek_letter_otherwise_adds_nothing() -> None:
    found = [finding.code for finding in lint("β-blocker*[tiab] OR beta-blocker*[tiab] OR mood[tiab]")]
    assert "redundant" in found


def test_europe_pmc_is_asked_for_the_letter_and_the_name() -> None:
    for strategy in ('"beta blocker"[tiab]', '"β-blocker"[tiab]', "beta-blocker*[tiab]"):
        asked = compile(strategy, "europepmc").text
        assert "beta" in asked
        assert "β" in asked


_signs = st.sampled_from(
    [
        *(
            "#1 ",
            "#2 ",
            "# 3 ",
            "\n",
            "(",
            ")",
            '"',
            "[tiab]",
            "[mh]",
            " AND ",
            " OR ",
            " NOT ",
            "lonel*",
            "N3",
            "exp ",
            "/",
        ),
        *(".ti,ab.", "adj3", "1 or 2", "S1", "TS=(", "{a}", "#1", "β", "ø", ":", "MH ", "2019:3000[dp]", "x"),
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(_signs, max_size=14).map("".join))
def test_any_pieces_end_in_findings_at_places_within_the_text(text: str) -> None:
    lines = text.split("\n")
    for finding in lint(text):
        assert 1 <= finding.line <= len(lines)
        assert 1 <= finding.column <= len(lines[finding.line - 1]) + 2
    try:
        units = source(text).units
    except StrategyError:
        return
    for unit in units:
        assert unit.text.strip() or not unit.text
