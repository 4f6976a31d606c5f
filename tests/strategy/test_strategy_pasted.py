"""Strategies in the shapes in which they are published: each runs as pasted, or ends in a located, plain message.

All of them are our own; the shapes are those of appendices, PubMed's history and details pages, word processors, PDF
files, web pages, and of other services whose strategies are pasted by mistake.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategy_generator import expressions, written

from tracker.searches import read_search_files
from tracker.strategy import compile, errors, lint, parse

LONELY = '("Loneliness"[Mesh] OR lonel*[tiab]) AND (depress*[tiab] OR "mental health"[tiab])'

# What is pasted, and what PubMed is sent: the same text in one line, numbered lines and comments resolved.
RUNS = {
    "one line": (LONELY, LONELY),
    "search builder, one bracket a term": (
        "(((((lonely[Title/Abstract]) OR isolated[Title/Abstract]) OR alone[Title/Abstract]))) AND mood[MeSH]",
        "(((((lonely[Title/Abstract]) OR isolated[Title/Abstract]) OR alone[Title/Abstract]))) AND mood[MeSH]",
    ),
    "details page, everything quoted": (
        '("loneliness"[MeSH Terms] OR "loneliness"[All Fields] OR "lonely"[All Fields]) AND "english"[Language]',
        '("loneliness"[MeSH Terms] OR "loneliness"[All Fields] OR "lonely"[All Fields]) AND "english"[Language]',
    ),
    "lines wrapped within a phrase and a tag": (
        '"perceived social\nisolation"[Title/\nAbstract] OR\n   lonely\n[tiab]',
        '"perceived social isolation"[Title/ Abstract] OR lonely [tiab]',
    ),
    "Windows line ends, tabs and empty lines": (
        "(lonely[tiab] OR\r\n\r\n\tisolated[tiab])\r\nAND mood[tiab]\r\n",
        "(lonely[tiab] OR isolated[tiab]) AND mood[tiab]",
    ),
    "operators on lines of their own": ("lonely[tiab]\nOR\nisolated[tiab]", "lonely[tiab] OR isolated[tiab]"),
    "headings as comments": (
        "# Exposure\nlonely[tiab]\n# Outcome\nAND mood[tiab]\n#",
        "lonely[tiab] AND mood[tiab]",
    ),
    "numbered with #": (
        "#1 lonely[tiab]\n#2 mood[tiab]\n#3 #1 AND #2",
        "(lonely[tiab]) AND (mood[tiab])",
    ),
    "numbered with #, colons and tabs": (
        "#1:\tlonely[tiab]\n#2:\tmood[tiab] OR\n\tsadness[tiab]\n#3:\t#1 AND #2",
        "(lonely[tiab]) AND (mood[tiab] OR sadness[tiab])",
    ),
    "numbered with #, the last line without a number": (
        "#1 lonely[tiab]\n#2 mood[tiab]\n#1 AND #2",
        "(lonely[tiab]) AND (mood[tiab])",
    ),
    "numbered, the newest first as the history prints it": (
        "#3 #1 AND #2\n#2 mood[tiab]\n#1 lonely[tiab]",
        "(lonely[tiab]) AND (mood[tiab])",
    ),
    "the newest first, and that one without a number": (
        "#2 NOT #1\n#2 mood[tiab]\n#1 lonely[tiab]",
        "(mood[tiab]) NOT (lonely[tiab])",
    ),
    "the newest first, lines wrapped": (
        "#3 #1\nAND #2\n#2 mood[tiab] OR\n   sadness[tiab]\n#1 lonely[tiab]",
        "(lonely[tiab]) AND (mood[tiab] OR sadness[tiab])",
    ),
    "a space between # and the number": (
        "# 1 lonely[tiab]\n# 2 mood[tiab]\n# 3 # 1 AND # 2",
        "(lonely[tiab]) AND (mood[tiab])",
    ),
    "a space in one line alone": (
        "#1 lonely[tiab]\n#2 mood[tiab]\n# 3 #1 AND #2",
        "(lonely[tiab]) AND (mood[tiab])",
    ),
    "a space and no field tags": ("# 1 lonely\n# 2 mood\n# 3 #1 AND #2", "(lonely) AND (mood)"),
    "a bracket right after the number": (
        "#1(lonely[tiab] OR alone[tiab])\n#2(mood[tiab])\n#3(#1 AND #2)",
        "(((lonely[tiab] OR alone[tiab])) AND ((mood[tiab])))",
    ),
    "a quotation mark right after the number": ('#1"low mood"[tiab]\n#2 #1', '("low mood"[tiab])'),
    "numbered headings stay comments": (
        "# 1 Exposure\nlonely[tiab]\n# 2 Outcome\nAND mood[tiab]",
        "lonely[tiab] AND mood[tiab]",
    ),
    "a numbered heading above one search": ("# 1 Exposure [see protocol]\nlonely[tiab]", "lonely[tiab]"),
    "a note that begins with a number, in a set": (
        "#1 lonely[tiab]\n# 2 lines were dropped here\n#2 mood[tiab]\n#3 #1 OR #2",
        "(lonely[tiab]) OR (mood[tiab])",
    ),
    "a year in a heading": ("# 2020 update\nlonely[tiab]\n# 2021 update\nOR mood[tiab]", "lonely[tiab] OR mood[tiab]"),
    "numbered with gaps": ("#2 lonely[tiab]\n#5 mood[tiab]\n#9 #2 NOT #5", "(lonely[tiab]) NOT (mood[tiab])"),
    "combined again and again": (
        "#1 lonely[tiab]\n#2 alone[tiab]\n#3 #1 OR #2\n#4 mood[tiab]\n#5 #3 AND #4\n#6 #5 NOT mice[mh]",
        "(((lonely[tiab]) OR (alone[tiab])) AND (mood[tiab])) NOT mice[mh]",
    ),
    "small operators": ("lonely[ti] or isolated[ti] and mood[ti]", "lonely[ti] or isolated[ti] and mood[ti]"),
    "no spaces": ("(lonely[ti])OR(isolated[ti])AND\"low mood\"[ti]", '(lonely[ti])OR(isolated[ti])AND"low mood"[ti]'),
    "spaces in tags": ("lonely [ tiab ] OR mood [Text  Word]", "lonely [ tiab ] OR mood [Text  Word]"),
    "headings with qualifiers": (
        '"Depression/prevention and control"[Mesh] OR "Aged"[MAJR] OR Social Isolation[MeSH:NoExp]',
        '"Depression/prevention and control"[Mesh] OR "Aged"[MAJR] OR Social Isolation[MeSH:NoExp]',
    ),
    "trial filter at the end": (
        "lonely[tiab] AND (randomized controlled trial[pt] OR placebo[tiab] OR randomly[tiab] OR drug therapy[sh])",
        "lonely[tiab] AND (randomized controlled trial[pt] OR placebo[tiab] OR randomly[tiab] OR drug therapy[sh])",
    ),
    "untagged words": ("loneliness older adults", "loneliness older adults"),
    "adjacent brackets": ("(lonely) (older adults) mood", "(lonely) (older adults) mood"),
    "an abbreviation in brackets within a term": (
        "(major depressive disorder (MDD) scale[tiab])",
        "(major depressive disorder (MDD) scale[tiab])",
    ),
    "proximity": ('"lonely adults"[tiab:~3] OR mood[Title]', '"lonely adults"[tiab:~3] OR mood[Title]'),
    "wildcards in phrases": ('"social* isolat*"[tiab] OR "a lonel*"[tw]', '"social* isolat*"[tiab] OR "a lonel*"[tw]'),
    "letters of other scripts": (
        'Sjögren*[tiab] OR "TNF-α"[tiab] OR 孤独[tiab] OR Einsamkeit[tt]',
        'Sjögren*[tiab] OR "TNF-α"[tiab] OR 孤独[tiab] OR Einsamkeit[tt]',
    ),
    "signs that belong to words": (
        "HIV/AIDS[tiab] OR p<0.05[tiab] OR R&D[tiab] OR C++[tiab] OR 3'-UTR[tiab] OR U.S.[tiab] OR St. John's[tiab]",
        "HIV/AIDS[tiab] OR p<0.05[tiab] OR R&D[tiab] OR C++[tiab] OR 3'-UTR[tiab] OR U.S.[tiab] OR St. John's[tiab]",
    ),
    "numbers that belong to words": (
        '"SARS-CoV-2"[tiab] OR "COVID 19"[tiab] OR 2019-nCoV OR SF-36[tiab] OR 12345678[pmid]',
        '"SARS-CoV-2"[tiab] OR "COVID 19"[tiab] OR 2019-nCoV OR SF-36[tiab] OR 12345678[pmid]',
    ),
    "words that other shapes begin with": (
        "Search engine*[tiab] OR filters[tiab] OR sort[tiab] OR limits[ti] OR results[ti] OR near[ti] OR (next step)",
        "Search engine*[tiab] OR filters[tiab] OR sort[tiab] OR limits[ti] OR results[ti] OR near[ti] OR (next step)",
    ),
    "such words in phrases": (
        '"Filters: a study"[ti] OR "n = 12"[tiab] OR "adj3"[tiab] OR "and/or"[tiab] OR "TS=x"[ti] OR "#1"[ti]',
        '"Filters: a study"[ti] OR "n = 12"[tiab] OR "adj3"[tiab] OR "and/or"[tiab] OR "TS=x"[ti] OR "#1"[ti]',
    ),
    "journals, authors, identifiers": (
        '"Lancet"[ta] OR Vale A[au] OR 0000-0019[issn] OR 10.5555/lonely.1[aid] OR "Vale, Ada"[fau]',
        '"Lancet"[ta] OR Vale A[au] OR 0000-0019[issn] OR 10.5555/lonely.1[aid] OR "Vale, Ada"[fau]',
    ),
    "a trailing full stop": ("lonely[tiab] OR mood[tiab].", "lonely[tiab] OR mood[tiab]."),
    "commas and semicolons between": ("lonely[tiab]; OR mood[tiab],", "lonely[tiab]; OR mood[tiab],"),
    "dashes that open lines": ("- lonely[tiab]\n- OR mood[tiab]", "- lonely[tiab] - OR mood[tiab]"),
    "a first word that is a number": ("1 hour[tiab]\nOR 2 hours[tiab]", "1 hour[tiab] OR 2 hours[tiab]"),
    "one of a kind that looks like EBSCO": ("AB blood group AND mood[tiab]", "AB blood group AND mood[tiab]"),
}  # fmt: skip

# What is pasted, the code of an error, its line and column, and words of the message.
BROKEN = [
    # PubMed's history and details
    ("#1 lonely[tiab]\n#3 mood[tiab]\n#2 #1", "numbered", 3, 1, "put the lines in order"),
    ("#1 lonely[tiab] #2 mood[tiab] #3 #1 AND #2", "numbered", 1, 17, "on a line of its own"),
    ("#1 lonely[tiab]\n#2 mood[tiab]\n#3 #1 AND #4", "numbered", 3, 11, "#4 is not a line above"),
    ("#1 lonely[tiab] 4567\n#2 mood[tiab] 12,345\n#3 #1 AND #2 98", "pasted", 2, 15, "a number of hits"),
    ("#1 lonely[tiab]\n#2 mood[tiab]\n#3 #1 AND #2 98", "pasted", 3, 14, "'98' looks like a number of hits"),
    ("#1 lonely 4567\n#2 mood 12,345\n#3 #1 AND #2 98", "pasted", 1, 11, "'4567' looks like a number of hits"),
    ("#1\tlonely[tiab]\t4,567\t05:12:33\n#2\t#1\t9\t05:13:00", "pasted", 1, 17, "'4,567\\t05:12:33' looks like"),
    ("#1 lonely[tiab] (4567)\n#2 #1 AND mood[tiab] (12 results)", "pasted", 1, 17, "'(4567)' looks like"),
    ("#1 Search lonely[tiab]\n#2 Search mood[tiab]\n#3 Search (#1 AND #2)", "pasted", 3, 4, "what PubMed prints"),
    ("Search: lonely[tiab] Sort by: Most Recent", "pasted", 1, 22, "'Sort by:' is what PubMed prints"),
    ("Search: (lonely[tiab]) AND mood[tiab]", "pasted", 1, 1, "'Search:' is what PubMed prints"),
    ("Search (lonely[tiab] OR mood[tiab])", "pasted", 1, 1, "'Search' is what PubMed prints"),
    ("Search lonely[tiab] Field: Title/Abstract", "pasted", 1, 21, "'Field:'"),
    ("lonely[tiab]\nFilters: Humans; English; Adult: 19+ years", "pasted", 2, 1, "'Filters:'"),
    ("lonely[tiab] Filters applied: Clinical Trial, Humans.", "pasted", 1, 14, "'Filters applied:'"),
    ("lonely[tiab]\nLimits: English, published in the last 10 years", "pasted", 2, 1, "'Limits:'"),
    ("lonely[tiab]\nTranslations\nlonely: \"loneliness\"[MeSH Terms]", "pasted", 2, 1, "'Translations'"),
    ("lonely[tiab] AND mood[tiab]\n1,234 results", "pasted", 2, 1, "'1,234 results'"),
    ("lonely[tiab] AND mood[tiab] (n = 1,234)", "pasted", 1, 29, "'(n = 1,234)'"),
    ("lonely[tiab] AND mood[tiab] = 1234", "pasted", 1, 29, "'= 1234'"),
    ("lonely[tiab] AND mood[tiab]: 1234", "pasted", 1, 28, "': 1234'"),
    ("lonely[tiab] AND mood[tiab]\nResults: 1234", "pasted", 2, 1, "'Results: 1234'"),
    ("Search\tQuery\tItems found\tTime\n#1\tlonely[tiab]\t12\t05:12:33", "pasted", 1, 1, "first line of a table"),
    ("Search number,Query,Sort By,Filters,Search Details,Results,Time\n1,lonely,,,lonely,99,05:11:11", "pasted", 2, 1,
     "the file that PubMed's history downloads"),
    # Numbered otherwise
    ("1. lonely[tiab]\n2. mood[tiab]\n3. 1 AND 2", "numbered", 1, 1, "'1.' is a line number"),
    ("1 lonely[tiab]\n2 mood[tiab]\n3 1 AND 2", "numbered", 2, 1, "'2' is a line number"),
    ("(1) lonely[tiab]\n(2) mood[tiab]\n(1) AND (2)", "numbered", 1, 1, "'(1)' is a line number"),
    ("1) lonely[tiab]", "numbered", 1, 1, "'1)' is a line number"),
    ("S1 lonely[tiab]\nS2 mood[tiab]\nS1 AND S2", "numbered", 1, 1, "'S1' is a line number"),
    ("#1 lonely[tiab]\n#2 mood[tiab]\n#3 1 OR 2", "numbered", 3, 4, "'1 OR 2' searches for numbers"),
    ("#1 lonely[tiab]\n#2 mood[tiab]\n#3 OR/#1-#2", "numbered", 3, 4, "a range of lines"),
    ("#1 lonely[tiab]\n#2 mood[tiab]\n#3 #1-#2/OR", "numbered", 3, 4, "a range of lines"),
    # Word processors
    ("“social isolation”[tiab] OR lonely[tiab]", "curly-quote", 1, 1, "is not a quotation mark to PubMed"),
    ("lonely[tiab] OR „soziale Isolation“[tt]", "curly-quote", 1, 17, "is not a quotation mark"),
    ("‘social isolation’[tiab]", "curly-quote", 1, 1, "is not a quotation mark"),
    ("«isolement social»[tt]", "curly-quote", 1, 1, "is not a quotation mark"),
    ("``social isolation''[tiab]", "curly-quote", 1, 1, "is not a quotation mark"),
    ("lonely[tiab] AND “mood[tiab]", "unclosed-quote", 1, 18, "never closed"),
    ("COVID–19[tiab]", "dash", 1, 6, "is a dash, not a hyphen"),
    ("lonely[tiab]\u200b OR mood[tiab]", "hidden", 1, 13, "invisible character"),
    ("• lonely[tiab]\n• OR mood[tiab]", "pasted", 1, 1, "the sign of a list"),
    ("* lonely[tiab]\n* OR mood[tiab]", "pasted", 2, 1, "the sign of a list"),
    # PDF files
    ("lonel\n*[tiab]", "wildcard-leading", 2, 1, "at the beginning of a word"),
    ("lonely[ti\nab]", "unknown-tag", 1, 7, "no field tag [ti ab]"),
    ("lonely[tiab] ORisolated[tiab]", "operator", 1, 14, "a space is missing after 'OR'"),
    ("lonely[tiab", "unclosed-tag", 1, 7, "never closed"),
    ("(lonely[tiab] OR mood[tiab]", "unclosed-bracket", 1, 1, "never closed"),
    ("lonely[tiab] OR OR mood[tiab]", "empty", 1, 17, "nothing between OR and OR"),
    # Web pages, tables, typesetting
    ("&quot;social isolation&quot;[tiab]", "markup", 1, 1, "as web pages write it"),
    ("lonely[tiab]&nbsp;OR mood[tiab]", "markup", 1, 13, "as web pages write it"),
    ("<i>lonely</i>[tiab]", "markup", 1, 1, "layout of a web page"),
    ("lonely\\[tiab\\] OR mood\\[tiab\\]", "markup", 1, 7, "typesetting"),
    ("lonel\\*[tiab]", "markup", 1, 6, "typesetting"),
    ("lonely[tiab] **OR** mood[tiab]", "markup", 1, 14, "typesetting"),
    ("| 1 | lonely[tiab] | 123 |\n| 2 | mood[tiab] | 12 |", "pasted", 1, 1, "a table drawn with |"),
    ('"(""social isolation""[tiab] OR lonely[tiab])"', "doubled-quote", 1, 3, "two quotation marks stand for one"),
    ("â€œsocial isolationâ€\x9d[tiab]", "markup", 1, 1, "wrong character set"),
    ("https://pubmed.ncbi.nlm.nih.gov/?term=lonely%5Btiab%5D&sort=date", "pasted", 1, 1, "this is an address"),
    ("lonely%5Btiab%5D+OR+mood", "pasted", 1, 7, "as addresses write it"),
    ("（lonely OR mood）", "curly-quote", 1, 1, "wide sign of another script"),
    # Slips
    ("lonely AND/OR mood", "operator", 1, 8, "'AND/OR' is no operator"),
    ("lonely || mood", "operator", 1, 8, "'||' is no operator"),
    ("lonely[tiab] && mood[tiab]", "operator", 1, 14, "'&&' is no operator"),
    ("lonely(tiab) OR mood (Title/Abstract)", "tag-brackets", 1, 7, "without its square brackets"),
    ("lonely tiab", "tag-brackets", 1, 8, "without its square brackets"),
    ("Loneliness[Mesh:exp]", "unknown-tag", 1, 11, "no field tag [Mesh:exp]"),
    ("lonely[ti, ab] OR mood[kw]", "unknown-tag", 1, 7, "no field tag [ti, ab]"),
    ("lonely[tiab] OR 10.5555/x[doi]", "unknown-tag", 1, 26, "no field tag [doi]"),
    ("Exposure: lonely[tiab]\nAND mood[tiab]", "range", 1, 9, "a colon between two terms means a range"),
    ("Concept 1: (lonely[tiab])", "empty", 1, 10, "a colon means a range"),
    ("lonely[tiab] AND 2010:2020[dp]", "date", 1, 18, "a date in the strategy"),
    ('lonely[tiab] AND ("2010/01/01"[Date - Publication] : "3000"[Date - Publication])', "date", 1, 19, "a date"),
    ("(lonely[tiab]) AND (y_10[Filter])", "date", 1, 21, "a date in the strategy"),
    # Other services
    ("1. exp Loneliness/\n2. lonel*.ti,ab.\n3. 1 or 2", "dialect", 1, 4, "the language of Ovid"),
    ("1     exp Loneliness/ (4321)\n2     or/1 (4444)", "dialect", 1, 7, "the language of Ovid"),
    ("lonely.mp. [mp=title, abstract, original title]", "dialect", 1, 7, "the language of Ovid"),
    ("lonely.tw or Depression/", "dialect", 1, 7, "the language of Ovid"),
    ("Depression/pc, th or Loneliness/px", "dialect", 1, 11, "the language of Ovid"),
    ("(social adj3 isolat$).tw.", "dialect", 1, 9, "the language of Ovid"),
    ("exp Loneliness[mesh]", "dialect", 1, 1, "the language of Ovid"),
    ("#1 MeSH descriptor: [Loneliness] explode all trees\n#2 lonel*:ti,ab,kw\n#3 #1", "dialect", 1, 4, "Cochrane"),
    ("#1 (lonely or alone):ti,ab,kw (Word variations have been searched)", "dialect", 1, 21, "Cochrane Library"),
    ('#1 "low mood":ti,ab\n#2 #1 in Trials', "dialect", 2, 7, "Cochrane Library"),
    ("#1 lonely near/3 people\n#2 #1", "dialect", 1, 11, "Cochrane"),
    ("'loneliness'/exp OR 'lonely':ti,ab", "dialect", 1, 12, "the language of Embase"),
    ('lonely[tiab] OR "social isolation"/exp', "dialect", 1, 17, "the language of Embase"),
    ("loneliness/exp OR loneliness/de", "dialect", 1, 1, "the language of Embase"),
    ("'loneliness'/de AND [english]/lim AND [2010-2020]/py", "dialect", 1, 21, "the language of Embase"),
    ("TS=(lonely NEAR/3 people)", "dialect", 1, 1, "Web of Science"),
    ("TITLE-ABS-KEY(lonely) AND PUBYEAR > 2009", "dialect", 1, 1, "Scopus"),
    ('(MH "Loneliness+") OR TI lonely OR AB lonely', "dialect", 1, 2, "the language of EBSCO"),
    ("S1 TI lonely\nS2 AB lonely\nS3 S1 OR S2", "numbered", 2, 1, "a line number as EBSCO writes it"),
    ("TI lonely OR AB lonely", "dialect", 1, 14, "the language of EBSCO"),
    ("lonely N3 people", "dialect", 1, 8, "the language of EBSCO"),
    ('MESH.EXACT.EXPLODE("Loneliness") OR noft(lonely)', "dialect", 1, 37, "ProQuest"),
    ("ti,ab(lonely)", "dialect", 1, 1, "ProQuest"),
    ("TITLE_ABS:(lonely) AND PUB_YEAR:[2010 TO 2020]", "dialect", 1, 24, "the language of Europe PMC"),
    ("abs:lonely AND cat:q-bio", "dialect", 1, 1, "arXiv"),
    ('"lonely people"~3', "dialect", 1, 16, "Lucene"),
    ("Loneliness[Mesh]/prevention", "dialect", 1, 17, "subheading"),
]  # fmt: skip


@pytest.mark.parametrize("shape", RUNS)
def test_published_shape_runs_as_pasted(shape: str) -> None:
    pasted, sent = RUNS[shape]
    assert errors(pasted) == []
    assert compile(pasted, "pubmed").text == sent


@pytest.mark.parametrize(("text", "code", "line", "column", "said"), BROKEN)
def test_what_does_not_belong_is_told_where_it_stands(text: str, code: str, line: int, column: int, said: str) -> None:
    found = errors(text)
    there = [finding for finding in found if (finding.code, finding.line, finding.column) == (code, line, column)]
    assert there, [str(finding) for finding in found]
    assert any(said in finding.message for finding in there)
    assert all(finding.line >= 1 and finding.column >= 1 and len(finding.message) > 20 for finding in found)


def test_more_than_a_hundred_shapes_of_strategies_are_held() -> None:
    assert len(RUNS) + len(BROKEN) >= 120
    assert len({text for text, *_ in BROKEN}) == len(BROKEN)


def test_suggestions_say_what_to_write_instead() -> None:
    assert "write &" in str(errors("R&amp;D[tiab]")[0])
    assert "write a space" in str(errors("lonely[tiab]&nbsp;OR mood[tiab]")[0])
    assert "write #1 OR #2" in str(errors("#1 a[ti]\n#2 b[ti]\n#3 1 OR 2")[0])
    assert "lonely[tiab] AND mood" in str(errors("?term=lonely%5Btiab%5D+AND+mood&size=200")[0])
    assert "did you mean [mh]?" in str(errors("Loneliness[Mesh Terms:exp]")[0])
    assert "did you mean [aid]?" in str(errors("10.5555/x[doi]")[0])


def test_noise_within_what_does_not_belong_is_not_told() -> None:
    assert [finding.code for finding in errors("lonely[tiab]\nFilters: Humans; Adult: 19+ years, [x")] == ["pasted"]
    assert {finding.code for finding in errors('"(""low mood""[tiab] OR lonely[tiab])"')} == {"doubled-quote"}
    assert {finding.code for finding in errors("1. exp Loneliness/\n2. lonel*.ti,ab.\n3. 1 or 2")} == {"dialect"}


def test_of_a_line_full_of_slips_twenty_are_told() -> None:
    assert len(errors("a[ti] OR &amp; " + "&amp; " * 100)) == 20


def test_slip_in_a_block_is_told_in_the_block_and_once(tmp_path: Path) -> None:
    (tmp_path / "blocks").mkdir()
    (tmp_path / "blocks" / "mood.txt").write_text("mood[tiab]\nFilters: Humans", encoding="utf-8")
    head = "title: x\nsources: pubmed\n---\n"
    (tmp_path / "one.txt").write_text(f"{head}({{mood}} OR lonely[tiab]) AND {{mood}} (12 hits)", encoding="utf-8")
    (tmp_path / "two.txt").write_text(f"{head}#1 {{mood}} 12,345\n#2 #1", encoding="utf-8")
    files, mistakes = read_search_files(tmp_path)
    assert not mistakes
    told = [[(Path(said.path).name, said.line, said.column) for said in errors(file.strategy)] for file in files]
    assert told == [[("mood.txt", 2, 1), ("one.txt", 4, 37)], [("mood.txt", 2, 1), ("two.txt", 4, 11)]]


HARMLESS = {
    "wrapped after every word": lambda text: text.replace(" ", "\n"),
    "wrapped and indented": lambda text: text.replace(" ", "\n\t  "),
    "Windows line ends": lambda text: text.replace(" ", "\r\n"),
    "small operators": lambda text: text.replace(" OR ", " or ").replace(" AND ", " and "),
    "brackets around it": lambda text: f"(({text}))",
    "as a numbered line": lambda text: f"#1 {text}\n#2 #1",
    "with a comment": lambda text: f"# Table S1\n{text}\n#\n# end",
    "spaces before tags": lambda text: text.replace("[", " ["),
    "long tags": lambda text: text.replace("[tiab]", "[Title/Abstract]").replace("[Mesh]", "[MeSH Terms]"),
    "a full stop": lambda text: f"{text}.",
}
HARMFUL = {
    "curly quotation marks": lambda text: text.replace('"', "”"),
    "apostrophes": lambda text: text.replace('"', "``"),
    "a filter line": lambda text: f"{text}\nFilters: Humans, English",
    "a heading of PubMed": lambda text: f"Search: {text}",
    "a sort order": lambda text: f"{text} Sort by: Best Match",
    "hits in brackets": lambda text: f"{text} (1,234)",
    "hits with a word": lambda text: f"{text}\n1234 results",
    "hits after a tab": lambda text: f"{text}\t1,234\t09:15:00",
    "a number before it": lambda text: f"1. {text}",
    "a file of tables": lambda text: '"' + text.replace('"', '""') + '"',
    "a web page": lambda text: text.replace('"', "&quot;"),
    "an address": lambda text: text.replace("[", "%5B").replace("]", "%5D"),
    "typesetting": lambda text: text.replace("[", "\\[").replace("]", "\\]"),
    "a table": lambda text: f"| 1 | {text} |",
    "lost tag ends": lambda text: text.replace("[tiab]", "[tiab"),
    "lost bracket": lambda text: text.replace("(", "", 1),
    "tags of Ovid": lambda text: text.replace("[tiab]", ".ti,ab."),
    "tags of Embase": lambda text: text.replace("[tiab]", ":ti,ab"),
    "round tags": lambda text: text.replace("[tiab]", "(tiab)"),
    "dashes": lambda text: text.replace("depress*", "self–harm"),
}  # fmt: skip


@pytest.mark.parametrize("damage", HARMLESS)
def test_harmless_pasting_changes_no_meaning(damage: str) -> None:
    pasted = HARMLESS[damage](LONELY)
    assert errors(pasted) == []
    whole, again = parse(LONELY).root, parse(pasted).root
    assert (again.first, again.rest) == (whole.first, whole.rest)


@pytest.mark.parametrize("damage", HARMFUL)
def test_harmful_pasting_is_an_error_at_a_place(damage: str) -> None:
    found = errors(HARMFUL[damage](LONELY))
    assert found
    assert all(finding.line >= 1 and finding.column >= 1 for finding in found)


@settings(max_examples=150, deadline=None)
@given(expressions, st.integers(0, 15))
def test_a_plain_strategy_is_never_taken_for_something_pasted(node: object, quirky: int) -> None:
    own = {"pasted", "markup", "doubled-quote", "operator", "tag-brackets", "numbered", "dialect"}
    assert not [finding for finding in lint(written(node, quirky)) if finding.code in own]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab1 #\n\t()[]\"':;=|&%\\*/,.-“–", max_size=60))
def test_any_text_ends_in_located_findings(text: str) -> None:
    for finding in lint(text):
        assert finding.line >= 1
        assert finding.column >= 1
