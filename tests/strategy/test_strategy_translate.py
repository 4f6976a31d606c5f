"""Strategies of six services for PubMed: line for line, each line marked, nothing in silence, and the output passes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.check.report import check_folder
from tracker.cli import main
from tracker.strategy import errors, parse
from tracker.strategy.translate import BY_HAND, SAME, WIDER, Translation, detect, translate

# A line of a service, what is written for it, and its mark.
LINES = {
    "ovid": [
        ("exp Loneliness/", '"Loneliness"[Mesh]', SAME),
        ("Loneliness/", '"Loneliness"[Mesh:NoExp]', SAME),
        ("*Social Isolation/", '"Social Isolation"[Majr:NoExp]', SAME),
        ("exp *Depression/", '"Depression"[Majr]', SAME),
        ("Depression/px", '"Depression/px"[Mesh:NoExp]', SAME),
        ("exp Depression/pc, th", '("Depression/pc"[Mesh] OR "Depression/th"[Mesh])', SAME),
        ("lonel*.ti.", "lonel*[ti]", SAME),
        ("lonel$.ti,ab.", "lonel*[tiab]", WIDER),
        ("social isolation.ti,ab,kf.", '"social isolation"[tiab]', SAME),
        ("(lonely or alone).tw.", "lonely[tiab] OR alone[tiab]", WIDER),
        ("lonely.mp.", "lonely[tw]", WIDER),
        ("(older adj3 adults).ti,ab,kw.", '"older adults"[tiab:~2]', SAME),
        ("(older adj adults).ti.", '"older adults"[ti]', SAME),
        ("(lonel* adj3 adult*).ti,ab,kf.", "lonel*[tiab] AND adult*[tiab]", WIDER),
        ("behavio?r*.ti.", "behavio*r*[ti]", WIDER),
        ("ill*.ti.", "ill[ti]", BY_HAND),
        ("review.pt.", "review[pt]", SAME),
        ("english.lg.", "english[la]", SAME),
        ("Depression/ or depress*.ti.", '"Depression"[Mesh:NoExp] OR depress*[ti]', SAME),
        ("animals/ not humans/", '"animals"[Mesh:NoExp] NOT "humans"[Mesh:NoExp]', SAME),
        ("humans.sh.", "humans[mh:noexp]", SAME),
        ("lonely.mp. [mp=title, abstract]", "lonely[tw]", WIDER),
        ("lonely.m_titl.", "lonely[ti]", SAME),
        ("wom#n.ti.", "(woman[ti] OR women[ti] OR womin[ti] OR womon[ti] OR womun[ti])", BY_HAND),
        ("lonely.kw. or alone.kf.", "lonely[ot] OR alone[ot]", SAME),
        ("lonely.ti. and alone.ti. or mood.ti.", "(lonely[ti] AND alone[ti]) OR mood[ti]", BY_HAND),
    ],
    "ebsco": [
        ('(MH "Loneliness+")', '"Loneliness"[Mesh]', SAME),
        ('MH "Loneliness"', '"Loneliness"[Mesh:NoExp]', SAME),
        ('(MM "Loneliness+")', '"Loneliness"[Majr]', SAME),
        ('DE "Loneliness"', '"Loneliness"[Mesh:NoExp]', BY_HAND),
        ("TI lonel*", "lonel*[ti]", SAME),
        ("AB lonel*", "lonel*[tiab]", WIDER),
        ("TI (lonely OR alone)", "lonely[ti] OR alone[ti]", SAME),
        ("TI social isolation", '"social isolation"[ti]', SAME),
        ("TI lonely OR AB lonely", "lonely[ti] OR lonely[tiab]", WIDER),
        ("TI (older N3 adults)", '"older adults"[ti:~3]', SAME),
        ("TI older N3 adult*", "older[ti] AND adult*[ti]", WIDER),
        ("TI older W2 adults", '"older adults"[ti:~2]', WIDER),
        ("TI(lonely OR alone)", "lonely[ti] OR alone[ti]", SAME),
        ("TI lonely Limiters - Published Date: 20100101-20201231", "lonely[ti]", WIDER),
        ("TX lonely", "lonely[tw]", WIDER),
        ("TI behavio#r", "behavio*r[ti]", WIDER),
    ],
    "scopus": [
        ("TITLE(lonel*)", "lonel*[ti]", SAME),
        ('TITLE-ABS("social isolation")', '"social isolation"[tiab]', WIDER),
        ("TITLE-ABS-KEY(lonely)", "lonely[tw]", WIDER),
        ("TITLE(lonely W/3 adults)", '"lonely adults"[ti:~3]', WIDER),
        ("TITLE(lonely) AND NOT TITLE(mice)", "lonely[ti] NOT mice[ti]", SAME),
        ("TITLE(lonely alone)", "lonely[ti] AND alone[ti]", SAME),
        ("AUTHKEY(lonely)", "lonely[ot]", SAME),
        ("INDEXTERMS(loneliness)", "loneliness[mh]", BY_HAND),
        ("TITLE(lonely) AND PUBYEAR > 2009", "lonely[ti]", WIDER),
        ('TITLE(lonely) AND (LIMIT-TO(DOCTYPE,"ar"))', "lonely[ti]", WIDER),
        ("TITLE ( lonely ) AND PUBYEAR AFT 2010", "lonely[ti]", WIDER),
        ("TITLE(lonely OR alone) AND TITLE(mood)", "(lonely[ti] OR alone[ti]) AND mood[ti]", SAME),
        ("TITLE(a) OR TITLE(b) AND TITLE(c)", "(a[ti] OR b[ti]) AND c[ti]", BY_HAND),
    ],
    "wos": [
        ("TS=lonely", "lonely[tiab]", SAME),
        ("TS=(lonely OR alone)", "lonely[tiab] OR alone[tiab]", SAME),
        ('TI=("social isolation")', '"social isolation"[ti]', SAME),
        ("TS = (older NEAR/3 adults)", '"older adults"[tiab:~3]', SAME),
        ("TS=(lonel* NEAR/3 adult*)", "lonel*[tiab] AND adult*[tiab]", WIDER),
        ("AB=lonely", "lonely[tiab]", WIDER),
        ("AK=lonely", "lonely[ot]", SAME),
        ("TI=behavio$r", "behavio*r[ti]", WIDER),
        ("TI=lonely AND PY=(2010-2020)", "lonely[ti]", WIDER),
        ("TI=(older SAME adults)", '"older adults"[ti:~15]', BY_HAND),
        ("TOPIC: (lonely)", "lonely[tiab]", SAME),
        ("TI=lonely AND LANGUAGE: (English)", "lonely[ti] AND English[la]", SAME),
        ("LA=(English)", "English[la]", SAME),
    ],
    "central": [
        ("MeSH descriptor: [Loneliness] explode all trees", '"Loneliness"[Mesh]', SAME),
        ("MeSH descriptor: [Loneliness] this term only", '"Loneliness"[Mesh:NoExp]', SAME),
        ('[mh "Social Isolation"]', '"Social Isolation"[Mesh]', SAME),
        ("[mh ^Loneliness]", '"Loneliness"[Mesh:NoExp]', SAME),
        ("lonel*:ti", "lonel*[ti]", SAME),
        ("lonel*:ti,ab", "lonel*[tiab]", WIDER),
        ('"social isolation":ti,ab,kw', '"social isolation"[tiab]', SAME),
        ("(lonely or alone):ti,ab,kw", "lonely[tiab] OR alone[tiab]", SAME),
        ("(older near/3 adults):ti,ab,kw", '"older adults"[tiab:~3]', SAME),
        ("(older next adults):ti", '"older adults"[ti]', SAME),
        ("(older next adult*):ti", '"older adult*"[ti]', SAME),
        ("MeSH descriptor: [Loneliness] explode all trees 345", '"Loneliness"[Mesh]', SAME),
        ("(lonely):ti 1234", "lonely[ti]", SAME),
        ("lonely:ti in Trials", "lonely[ti]", WIDER),
    ],
    "proquest": [
        ("ti(lonel*)", "lonel*[ti]", SAME),
        ("ti,ab(lonely)", "lonely[tiab]", WIDER),
        ("noft(lonely)", "lonely[tw]", WIDER),
        ('MESH.EXACT("Loneliness")', '"Loneliness"[Mesh:NoExp]', SAME),
        ('MESH.EXACT.EXPLODE("Loneliness")', '"Loneliness"[Mesh]', SAME),
        ('MJMESH.EXACT("Loneliness")', '"Loneliness"[Majr:NoExp]', SAME),
        ('MAINSUBJECT.EXACT("Loneliness")', '"Loneliness"[Mesh:NoExp]', BY_HAND),
        ('SU.EXACT("Loneliness")', '"Loneliness"[Mesh:NoExp]', BY_HAND),
        ('ti(lonely) AND la.exact("ENG")', "lonely[ti] AND english[la]", SAME),
        ("ti(lonely) AND pd(20100101-20201231)", "lonely[ti]", WIDER),
        ("ti(older NEAR/3 adults)", '"older adults"[ti:~3]', SAME),
        ("ti(older N/3 adults)", '"older adults"[ti:~3]', SAME),
        ("ti(lonely OR alone) NOT ti(mice)", "(lonely[ti] OR alone[ti]) NOT mice[ti]", SAME),
    ],
}
CASES = [(dialect, *case) for dialect, listed in LINES.items() for case in listed]


@pytest.mark.parametrize(("dialect", "written", "text", "mark"), CASES)
def test_a_line_has_its_counterpart_and_its_mark(dialect: str, written: str, text: str, mark: str) -> None:
    line = translate(written, dialect).lines[0]
    assert (line.text, line.mark) == (text, mark)
    assert line.reasons or mark == SAME
    assert not errors(line.text)


SETS = {
    "ovid": "1. exp Loneliness/\n2. lonel*.ti,ab. (1,234)\n3. 1 or 2\n4. or/1-3\n5. limit 4 to english language\n"
    "6. 4 and 5",
    "ebsco": 'S3 S1 AND S2\nS2 TI lonel* OR AB lonel*\nS1 (MH "Loneliness+")',
    "scopus": "#1 TITLE(lonel*)\n#2 TITLE-ABS-KEY(mood)\n#3 #1 AND #2",
    "wos": "#1 TS=(lonel*)\n#2 TI=mood\n#3 #1 AND #2",
    "central": "#1 [mh Loneliness]\n#2 (lonel*):ti,ab,kw\n#3 {or #1-#2}\n#4 #3 in Trials",
    "proquest": 'S1 noft(lonel*)\nS2 MESH.EXACT("Loneliness")\nS3 S1 OR S2',
}
LAST = {
    "ovid": "#4 AND #5",
    "ebsco": "#1 AND #2",
    "scopus": "#1 AND #2",
    "wos": "#1 AND #2",
    "central": "#3",
    "proquest": "#1 OR #2",
}


def passes(made: Translation, tmp_path: Path) -> list[str]:
    """The messages of check about the written file; it has no error."""
    (tmp_path / "tea.txt").write_text(made.search_file("Tea", "tea.txt"), encoding="utf-8")
    report = check_folder(tmp_path)
    assert [str(mistake) for mistake in report.mistakes] == []
    return [finding.message for finding in report.searches[0].findings if finding.code == "by-hand"]


@pytest.mark.parametrize("dialect", SETS)
def test_a_set_is_known_by_its_language_and_passes_check(dialect: str, tmp_path: Path) -> None:
    assert detect(SETS[dialect]) == dialect
    made = translate(SETS[dialect])
    assert made.lines[-1].text == LAST[dialect]
    assert len(made.lines) == len(SETS[dialect].splitlines())
    assert len(passes(made, tmp_path)) == len(made.by_hand)


def test_lines_by_hand_are_told_by_check_one_by_one(tmp_path: Path) -> None:
    made = translate("1. ill*.ti.\n2. DE.xx.\n3. from 1 keep 1-5\n4. 1 or 9\n5. remove duplicates from 4", "ovid")
    said = passes(made, tmp_path)
    assert len(said) == len(made.by_hand) >= 3
    assert any("ill*.ti." in message for message in said)


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("1. lonely.ti.\n2. mood.ab.\n3. 1 not 2", [SAME, WIDER, BY_HAND]),
        ("1. lonely.ti.\n2. mood.ti.\n3. 1 not 2", [SAME, SAME, SAME]),
        ("1. lonely.ti. not mood.ab.\n2. 1 or 1", [BY_HAND, SAME]),
        ("1. lonely.ab. not mood.ti.\n2. 1 or 1", [WIDER, SAME]),
        ("1. lonely.ti.\n2. mood.ab.\n3. 2 or 1\n4. 1 not 3", [SAME, WIDER, SAME, BY_HAND]),
    ],
)
def test_what_takes_more_away_is_never_called_wider(text: str, marks: list[str]) -> None:
    assert [line.mark for line in translate(text, "ovid").lines] == marks


def test_what_belongs_to_no_search_is_told() -> None:
    made = translate("Database: Ovid MEDLINE\n1. exp Loneliness/\n2. lonely.ti.\n3. 1 or 2")
    assert made.left_out == ((1, "Database: Ovid MEDLINE"),)
    assert "Database: Ovid MEDLINE" in made.search_file("x", "y")


def test_headings_of_another_thesaurus_are_by_hand() -> None:
    made = translate("Database: Embase\n1. exp loneliness/\n2. lonely.ti.\n3. 1 or 2", "ovid")
    assert [line.mark for line in made.lines] == [BY_HAND, SAME, SAME]


@pytest.mark.parametrize("text", ["", "\n\n", "lonely people", "lonely[tiab] OR mood[tiab]"])
def test_a_language_that_nobody_knows_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"language|no line"):
        translate(text)


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["check", *arguments])
    return result.exit_code, result.output


def test_the_command_writes_a_new_file_and_never_over_another(tmp_path: Path) -> None:
    origin = tmp_path / "My search.txt"
    origin.write_text(SETS["ovid"], encoding="utf-8")
    code, said = run("--translate", str(origin))
    new = tmp_path / "my-search-pubmed.txt"
    assert code == 0
    assert str(new) in said.replace("\n", "")
    assert "#1 same:" in said
    assert "by hand" in said
    written = new.read_text(encoding="utf-8")
    assert run("--translate", str(origin))[0] == 2
    assert new.read_text(encoding="utf-8") == written
    assert origin.read_text(encoding="utf-8") == SETS["ovid"]
    code, said = run("--translate", str(origin), "--to", str(tmp_path / "b.txt"), "--from", "ovid", "--json")
    told = json.loads(said)
    assert code == 0
    assert {line["mark"] for line in told["lines"]} <= {SAME, WIDER, BY_HAND}
    assert Path(told["file"]).is_file()


@pytest.mark.parametrize(
    "arguments", [("--translate", "nowhere.txt"), ("--from", "ovid"), ("--translate", "x", "--preview"), ("--to", "x")]
)
def test_what_cannot_be_translated_is_a_mistake_and_no_traceback(arguments: tuple[str, ...]) -> None:
    code, said = run(*arguments)
    assert code in (1, 2)
    assert "Traceback" not in said


_pieces = st.sampled_from(
    [*("1. ", "2. ", "S1 ", "#1 ", "\n", "(", ")", '"', " or ", " AND ", " not ", "lonel*", "adult", "?", "$"),
     *(".ti,ab.", " adj3 ", " N3 ", " NEAR/2 ", "TITLE(", "MH ", "exp ", ":ti,ab", "{or #1-#3}", "[mh x]", "1-9"),
     *("*", "/", "TS=", "or/1-2", "limit 1 to ", "ti,ab(", ".EXACT(", "'", "[", "]", "β", "#", "{",
     "\x02", "\t12", "~", "ø", "\u201c")]
)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(st.lists(_pieces, max_size=18).map("".join), st.sampled_from(sorted(LINES)))
def test_any_text_is_translated_into_what_parses_or_is_refused(text: str, dialect: str) -> None:
    try:
        made = translate(text, dialect)
    except ValueError:
        return
    assert made == translate(text, dialect)
    for line in made.lines:
        assert line.mark == SAME or line.reasons
        assert 1 <= line.line <= len(re.split(r"\r\n|\n|\r", text))
    strategy = made.search_file("x", "y").partition("---\n")[2]
    assert not errors(strategy)
    parse(strategy)
