"""Lint: each finding at its line and column, errors apart from advice, and nothing against strategies that run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracker.searches import read_search_files
from tracker.strategy import StrategyError, compile, errors, lint

T = "tea[ti] OR\n"  # a first line, so that the finding is in the second

ERRORS = {
    "unknown-tag": [
        ("tea[tiba]", 1, 4),
        (T + "milk [nosuch]", 2, 6),
        ("tea[ab] OR milk[ti]", 1, 4),
        ("tea[mesh:exp]", 1, 4),
    ],
    "unclosed-tag": [("tea[ti OR milk[ti]", 1, 4), (T + "milk[tiab", 2, 5), ("tea ti] OR milk", 1, 7)],
    "unclosed-bracket": [("(tea[ti] OR milk[ti]", 1, 1), (T + "milk[ti])", 2, 9), ("tea[ti] OR ((milk[ti])", 1, 12)],
    "unclosed-quote": [('"tea[ti]', 1, 1), (T + '"green tea [ti]', 2, 1), ('"tea"[ti] OR milk"[ti]', 1, 18)],
    "wildcard-foreign": [
        ("wom?n[ti]", 1, 4),
        (T + "therap$[ti]", 2, 7),
        ("colo?r*[tiab]", 1, 5),
        ('"green te?"[ti]', 1, 10),
        ("behavio#r[ti]", 1, 8),
    ],
    "wildcard-leading": [
        ("*phobia[ti]", 1, 1),
        (T + "anti-*[ti]", 2, 6),
        ('"green *tea"[ti]', 1, 8),
        ('"green tea"*[ti]', 1, 12),
    ],
    "wildcard-short": [
        ("tea*[ti]", 1, 4),
        (T + "ill*[tiab]", 2, 4),
        ('"in *"[ti] OR "to b*"[ti]', 1, 20),
        ("A1c*", 1, 4),
    ],
    "wildcard-proximity": [
        ('"green teas*"[tiab:~2]', 1, 12),
        (T + '"social isolat*"[ti:~3]', 2, 15),
        ('"loneli* people"[tiab:~1]', 1, 8),
    ],
    "group-tag": [("(tea OR milk)[ti]", 1, 14), (T + "(milk) [tiab]", 2, 8), ("((tea)[ti])", 1, 7)],
    "curly-quote": [("“green tea”[ti]", 1, 1), (T + '"milk”[ti]', 2, 6), ("‘green tea’[ti]", 1, 1), ("（tea）", 1, 1)],
    "dash": [("COVID–19[ti]", 1, 6), (T + "self—harm[ti]", 2, 5), ("2010‑2020", 1, 5)],
    "empty": [
        ("tea[ti] AND ()", 1, 13),
        (T + "AND milk", 2, 1),
        ("tea OR (milk AND)", 1, 14),
        ('""', 1, 1),
        ("NOT tea", 1, 1),
    ],
    "date": [
        ("tea[ti] AND 2010:2020[dp]", 1, 13),
        (T + '"2020/01/01"[Date - Publication] : "3000"[Date - Publication]', 2, 1),
        ('tea[ti] AND "last 5 years"[edat]', 1, 13),
        ("tea[ti] AND y_5[filter]", 1, 13),
        ("tea[ti] AND 2019[pdat]", 1, 13),
        ("tea[ti] AND 2019:2020", 1, 13),
    ],
    "hidden": [("te\u200ba[ti]", 1, 3), (T + "milk\ufeff[ti]", 2, 5), ("tea\x07[ti]", 1, 4)],
    "lone-tag": [("[ti] OR tea", 1, 1), (T + "[tiab]", 2, 1), ("tea[ti][mh]", 1, 8)],
    "range": [("COVID-19: a view[ti]", 1, 9), (T + "a[mh] : b[mh]", 2, 6), ("tea : milk", 1, 4)],
    "block": [("{lonely} AND tea[ti]", 1, 1), (T + "{a", 2, 1), ("tea[ti] AND {b}", 1, 13)],
    "numbered": [("tea[ti] AND #2", 1, 13), ("#1 tea\n#2 #1 AND #3", 2, 11), ("#2 tea\n#1 milk\n#3 #1", 3, 1)],
    "dialect": [
        ("exp Depression/", 1, 1),
        (T + "lonel*.ti,ab.", 2, 6),
        ("(lonely OR alone).mp.", 1, 18),
        ("social adj3 isolation", 1, 8),
        ("TI=loneliness", 1, 1),
        ('MH "Loneliness"', 1, 1),
        ("TI (lonely OR alone)", 1, 1),
        ("loneliness NEAR/3 scale", 1, 12),
        ("'loneliness'/exp", 1, 12),
        ("lonel*:ti,ab", 1, 7),
        ("TITLE-ABS-KEY(lonely)", 1, 1),
        ('"lonely people"~3', 1, 16),
    ],
}

ADVICE = {
    "mixed": [
        ("tea[ti] OR milk[ti] AND sugar[ti]", 1, 21),
        (T + "milk[ti] AND sugar[ti]", 2, 10),
        ("tea[ti] AND (milk[ti] AND salt[ti] OR sugar[ti])", 1, 36),
        ("(tea[ti] OR milk[ti]) AND salt[ti] OR sugar[ti]", 1, 36),
        ("tea[ti] OR milk[ti] NOT sugar[ti]", 1, 21),
    ],
    "and-not": [
        ("tea[ti] AND NOT milk[ti]", 1, 9),
        (T + "(milk[ti] and not salt[ti])", 2, 11),
        ("tea[ti] AND NOT (a[ti])", 1, 9),
    ],
    "mapping": [("loneliness", 1, 1), (T + "green milk", 2, 1), ("tea[ti] AND (milk)", 1, 14)],
    "untagged": [('"green tea"', 1, 1), (T + "lonel*", 2, 1), ('tea[ti] AND "milk"', 1, 13)],
    "adjacent": [("tea[ti] milk[ti]", 1, 9), (T + "(milk[ti]) (salt[ti])", 2, 12), ('"tea"[ti] "milk"[ti]', 1, 11)],
    "mesh-only": [
        ('"Loneliness"[Mesh]', 1, 1),
        ("tea[ti] AND (a[mh] OR b[majr])", 1, 13),
        (T + 'milk[ti]\nAND ("Loneliness"[Mesh])', 3, 5),
        ("(a[mh] OR b[mh]) AND tea[ti]", 1, 2),
    ],
    "check-tag": [
        ('"Adolescent"[Mesh] OR teenage*[ti]', 1, 1),
        (T + '"Aged"[mh]', 2, 1),
        ('tea[ti] AND (child*[ti] OR "Infant, Newborn"[Mesh:noexp])', 1, 28),
    ],
    "filter": [
        ("tea[ti] AND humans[mh]", 1, 13),
        (T + "milk[ti]\nAND medline[sb]", 3, 5),
        ("tea[ti] AND review[pt]", 1, 13),
        ("tea[ti] NOT animals[mh]", 1, 9),
        ("tea[ti] AND (female[filter] OR adult[filter])", 1, 13),
    ],
    "redundant": [
        ("depress*[ti] OR depression[ti]", 1, 17),
        (T + '"green tea"[ti]', 2, 1),
        ('tea[tiab] OR "green tea"[ti]', 1, 14),
        ("tea[ti] OR milk[ti] OR TEA[ti]", 1, 24),
        ('"Loneliness"[mh] OR "loneliness"[Mesh] OR x[ti]', 1, 21),
        ('(salt[ti]) AND ("social isolat*"[ti] OR "social isolation scale"[ti])', 1, 41),
    ],
    "unused": [
        ("#1 tea\n#2 milk\n#3 #1", 2, 1),
        ("#1 a\n#2 b\n#3 c\n#4 d\n#5 #3 OR #4", 1, 1),
        ("#1 tea\n#2 milk", 1, 1),
    ],
    "proximity": [("green tea[tiab:~2]", 1, 1), (T + '"milk"[ti:~2]', 2, 1), ("tea[ti] OR milk[ti:~0]", 1, 12)],
    "stray": [("tea[ti] AND (humans[mh]/)", 1, 24), (T + "milk[ti].", 2, 9), ("tea[ti] ; OR milk[ti]", 1, 9)],
    "dash": [('"COVID–19"[ti]', 1, 7), (T + '"self—harm"[ti]', 2, 6), ('"a‑b"[ti]', 1, 3)],
    "space": [("tea\u00a0[ti]", 1, 4), (T + "green\u2009tea[ti]", 2, 6), ('"a\u3000b"[ti]', 1, 3)],
    "single-quote": [("'green tea'[ti]", 1, 1), (T + "'milk'", 2, 1), ("tea[ti] OR 'a b'", 1, 12)],
    "wildcard-wide": [('"self cut*"[ti]', 1, 1), (T + '"phone app*"[ti]', 2, 1), ("smart pho*[tiab]", 1, 1)],
}


def cases(table: dict[str, list[tuple[str, int, int]]]) -> list[tuple[str, str, int, int]]:
    return [(code, *case) for code, listed in table.items() for case in listed]


@pytest.mark.parametrize(("code", "text", "line", "column"), cases(ERRORS))
def test_error_at_its_place(code: str, text: str, line: int, column: int) -> None:
    found = [(finding.line, finding.column) for finding in errors(text) if finding.code == code]
    assert (line, column) in found


@pytest.mark.parametrize(("code", "text", "line", "column"), cases(ERRORS))
def test_nothing_is_compiled_from_a_strategy_with_an_error(code: str, text: str, line: int, column: int) -> None:
    for source in ("pubmed", "europepmc", "medrxiv"):
        with pytest.raises(StrategyError):
            compile(text, source)


@pytest.mark.parametrize(("code", "text", "line", "column"), cases(ADVICE))
def test_advice_at_its_place_and_no_error(code: str, text: str, line: int, column: int) -> None:
    found = lint(text)
    assert (line, column) in [(finding.line, finding.column) for finding in found if finding.code == code]
    assert not [finding for finding in found if finding.is_error]
    assert compile(text, "pubmed").text


@pytest.mark.parametrize("table", [ERRORS, ADVICE])
def test_three_cases_of_each_and_a_sentence_for_people(table: dict[str, list[tuple[str, int, int]]]) -> None:
    for code, listed in table.items():
        assert len(listed) >= 3
        for text, line, column in listed:
            finding = next(
                found for found in lint(text) if (found.code, found.line, found.column) == (code, line, column)
            )
            assert len(finding.message) > 20 or code in ("empty", "numbered")
            assert f"{line}:{column}: {finding.severity}: " in str(finding)
            assert finding.suggestion or code in ("unused", "numbered", "empty", "unknown-tag")


# Strategies in the shapes in which they are published (the search builder's brackets, the details page, small
# operators, a filter at the end, numbered lines); all run as pasted.
PUBLISHED = [
    '("loneliness"[MeSH Terms] OR "loneliness"[All Fields] OR "lonely"[All Fields]) AND "english"[Language]',
    "((((((Tea[Title/Abstract]) OR Milk[Title/Abstract]) OR Salt[Title/Abstract])) AND Sugar[ti])) NOT Rum[ti]",
    '("Tea"[MeSH] OR Tea[tiab] OR OPTC OR ((Green[tiab] OR black tea[tiab]) AND (cup[tiab] OR Post-mortem [tiab])))',
    '(Randomised controlled trial[pt] OR "drug therapy"[sh]) NOT (Animals[Mesh] not (Animals[Mesh] and Humans[Mesh]))',
    "#1 randomized trial [pt]\n#2 clinical trials as topic [mesh: noexp]\n#3 tea [tiab]\n#4 (#1 OR #2) AND #3",
    'nurse*[tw]OR"health care worker*"[Text Word]OR(doctors[ti])AND(tea[ti])',
    "Alzheimer's[tiab] OR Alzheimer’s disease[tiab] OR Physicians'[tiab]",
    '"Practice Patterns, Physicians"[Mesh:NoExp] OR "Stress, Psychological/epidemiology"[Majr]',
    '"corona virus"[tiab:~0] OR 2019-nCoV[All Fields] OR "SARS CoV-2"[nm] OR IL-6[tiab] OR 5-HT*[tiab]',
    "behavio*r[tiab] OR organi*ation*[tiab] OR hospitali*ed[ti]",
    '"mental hea*th"[ti] OR "organi*ation* of care"[tiab]',
    "tea[ti] AND hasabstract[text] AND systematic[sb] AND medline[sb]",
    "(tea) (milk) sugar",
    '("What Works for Wellbeing"[ti] OR $100[tiab])',
    '"Smith J"[Author] OR Jones AB[1au] OR 0028-0836[issn] OR 10.5555/tea.1[aid] OR 990000001[pmid] OR 12[vi]',
    "depress*[tiab] or anxi*[tiab] and child*[tiab]\n\n\tnot  rat[tiab]",
]


@pytest.mark.parametrize("text", PUBLISHED)
def test_published_shapes_run_as_pasted(text: str) -> None:
    assert errors(text) == []
    sent = compile(text, "pubmed").text
    assert "#" not in text or sent == (
        "((randomized trial [pt]) OR (clinical trials as topic [mesh: noexp])) AND (tea [tiab])"
    )
    if "#" not in text:
        assert sent == " ".join(line.strip(" \t") for line in text.splitlines() if line.strip())


def test_starting_searches_have_no_error_and_only_mild_advice() -> None:
    files, mistakes = read_search_files(Path(__file__).resolve().parents[2] / "queries")
    assert not mistakes
    for file in files:
        findings = lint(file.strategy)
        assert {finding.code for finding in findings} <= {"redundant", "wildcard-wide"}
        assert all(finding.severity == "advice" for finding in findings)


def test_finding_in_a_block_points_into_the_block(tmp_path: Path) -> None:
    (tmp_path / "blocks").mkdir()
    (tmp_path / "blocks" / "cold.txt").write_text("# note\nice[ti] OR\n  wom?n[ti]", encoding="utf-8")
    (tmp_path / "tea.txt").write_text("title: x\nsources: pubmed\n---\ntea[ti] AND {cold}\nAND (milk", encoding="utf-8")
    files, _ = read_search_files(tmp_path)
    found = [
        (Path(finding.path).name, finding.line, finding.column, finding.code) for finding in errors(files[0].strategy)
    ]
    assert found == [("cold.txt", 3, 6, "wildcard-foreign"), ("tea.txt", 5, 5, "unclosed-bracket")]


@pytest.mark.parametrize(
    "text",
    [
        "tea[ti] NOT (animals[mh] NOT humans[mh])",
        '(tea[ti] OR milk[ti]) AND "Preprint"[pt]',
        "((tea[ti] OR milk[ti]) AND salt[ti]) OR sugar[ti]",
        "tea[ti] AND milk[ti] NOT sugar[ti]",
        "(loneliness[mh] OR loneliness[tiab]) AND tea[ti]",
        "tea[ti] AND hasabstract",
        '"green tea"[ti] OR "green milk"[ti] OR "tea green"[ti]',
        '"green tea"[tiab:~2] OR tea milk*[ti]',
        "tea[ti] OR (tea[ti] AND milk[ti])",
        "tea[ti] AND (tea[ti] OR milk[ti])",
        "smith[au] OR smith j[au]",
    ],
)
def test_nothing_to_say_of_a_clean_strategy(text: str) -> None:
    assert lint(text) == []


@pytest.mark.parametrize("text", ['"either/exp"[tiab]', "http/de[tiab]", '"and/de or"[ti]', "exp[au] AND tea[ti]"])
def test_a_slash_that_belongs_to_a_word_of_pubmed_is_no_sign_of_embase(text: str) -> None:
    assert [finding for finding in lint(text) if finding.code == "dialect"] == []
