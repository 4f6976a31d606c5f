"""The parser: left to right, tags by any name, and a located message for everything that has no meaning."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategy_generator import expressions, written

from tracker.strategy import StrategyError, compile, lint, parse
from tracker.strategy.source import LONGEST
from tracker.strategy.tags import TAGS, suggest, tag_use
from tracker.strategy.tree import DEEPEST, Chain, Range, Term, leaves

# The short tags of the user guide and of einfo.
SHORT = (
    "ad affl aid all au auid 1au faut fau full lastau cn cois crdt dcom dp pdat ppdt epdt edat ed filter sb "
    "subset gr ir ip isbn is issn jour ta jid la lang lid majr majr:noexp mh mesh mh:noexp mesh:noexp mhda "
    "mdat lr nm ot ps pa pg pl pubn pmid uid pt ptyp rn ecno sh si so ti titl tiab tt tw word vi vol pmc pmcid "
    "book "
)
# The names of einfo's field list and of the user guide.
LONG = (
    "All Fields|UID|Filter|Title|MeSH Terms|MeSH Major Topic|Journal|Affiliation|EC/RN Number|"
    "Supplementary Concept|Date - Publication|Date - Entry|Volume|Pagination|Publication Type|Language|"
    "Issue|MeSH Subheading|Secondary Source ID|Date - MeSH|Title/Abstract|Other Term|Author - Corporate|"
    "Place of Publication|Pharmacological Action|Grants and Funding|Date - Modification|Date - Completion|"
    "Publisher ID|Author - First|Author|Investigator|Transliterated Title|Author - Last|"
    "Print Publication Date|Electronic Publication Date|Location ID|Date - Create|Book|Editor|ISBN|"
    "Publisher|Author Cluster ID|Extended PMID|DSO|Author - Identifier|Subject - Personal Name|"
    "Conflict of Interest Statements|Text Word|P1DAT|Text Words|MeSH Terms:noexp|MeSH Major Topic:noexp|"
    "Publication Date|Create Date|Entry Date|Modification Date|First Author Name|Corporate Author|"
    "Subheading|Journal Title|Subset|PMID"
)


@pytest.mark.parametrize("tag", [*SHORT.split(), *LONG.split("|")])
def test_every_tag_is_known_by_every_name_in_any_case_and_spacing(tag: str) -> None:
    use = tag_use(tag)
    assert use is not None
    for spelling in (tag.upper(), f"  {tag} ", tag.replace(":", " : ").replace(" ", "  ")):
        assert tag_use(spelling) == use
    assert parse(f"tea [{tag}]").root.first.tag == use.tag


def test_tag_table_holds_no_name_twice_for_two_fields() -> None:
    assert TAGS["mesh"] is TAGS["mh"]
    assert TAGS["mesh terms:noexp"].name == "mh:noexp"
    assert len({tag.name for tag in TAGS.values()}) >= 58


@pytest.mark.parametrize(
    ("written_tag", "better"),
    [("tiba", "[tiab]"), ("kw", "[ot]"), ("mesh:exp", ""), ("abstract", "[tiab]"), ("qqqqq", ""), ("Ti,Ab", "[tiab]")],
)
def test_better_tag_is_suggested(written_tag: str, better: str) -> None:
    assert suggest(written_tag) == better or (better == "" and suggest(written_tag).startswith("["))


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("tea OR milk AND sugar", "tea OR milk AND sugar"),
        ("tea or milk and Sugar not salt", "tea OR milk AND Sugar NOT salt"),
        ("green tea [Title/Abstract]", "green tea[tiab]"),
        ('"green  tea" [ti]milk[ti]', '"green tea"[ti] AND milk[ti]'),
        ("green tea", "green tea"),
        ('green "tea" milk', 'green AND "tea" AND milk'),
        ("((tea) OR (milk OR sugar)) AND salt", "((tea) OR (milk OR sugar)) AND salt"),
        ("(((tea) OR milk) OR sugar) AND salt", "(((tea) OR milk) OR sugar) AND salt"),
        ('"green tea"[Title:~2]', '"green tea"[ti:~2]'),
        ("2020:2026[dp]", "2020 : 2026[dp]"),
        ("2020 : 2026 [Date - Publication]", "2020 : 2026[dp]"),
        ('"2026/01/01"[crdt]:"3000"[crdt]', '"2026/01/01"[crdt] : "3000"[crdt]'),
        ('"last 30 days"[crdt]', '"last 30 days"[crdt]'),
        ("tea AND NOT milk", "tea NOT milk"),
        ("“green tea”[ti]", '"green tea"[ti]'),
        ("Depression/psychology[mh]", "Depression/psychology[mh]"),
        ("self-harm*[tiab]", "self-harm*[tiab]"),
        ("a:b[ti]", "a:b[ti]"),
        ("(tea)(milk)", "(tea) AND (milk)"),
        ("(tea[ti]/) OR . milk;", "(tea[ti]) OR . milk;"),
        ("tea[ti] AND / milk[ti] .", "tea[ti] AND / milk[ti]"),
        ("# note\n#1 tea[ti]\n#2 milk[ti] OR\n  sugar[ti]\n#3 #1 AND #2", "(tea[ti]) AND (milk[ti] OR sugar[ti])"),
    ],
)
def test_parsed_and_printed(text: str, printed: str) -> None:
    assert parse(text).text() == printed


def test_evaluation_is_from_left_to_right() -> None:
    """``a OR b AND c`` is ``(a OR b) AND c``: a bracket at the beginning changes nothing but what is printed."""
    bare, bracketed = parse("a OR b AND c").root, parse("(a OR b) AND c").root
    assert [(step.op, step.node) for step in bare.rest] == [(step.op, step.node) for step in bracketed.rest]
    assert isinstance(parse("a OR (b AND c)").root.rest[0].node, Chain)


def test_positions_are_those_of_the_text() -> None:
    tree = parse('tea[ti] OR  "green tea" [tiab]')
    first, second = leaves(tree.root)
    assert (first.start, first.end) == (0, 7)
    assert tree.written(second) == '"green tea" [tiab]'
    assert tree.place(tree.root.rest[0]).column == 9
    assert isinstance(parse("1 : 2[vi]").root.first, Range)
    assert isinstance(first, Term)


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ("", 1, 1, "empty"),
        ("# only a note", 1, 1, "empty"),
        ("(tea OR milk", 1, 1, "opened and never closed"),
        ("tea OR (milk[ti]\nAND (sugar[ti])", 1, 8, "opened and never closed"),
        ("tea) OR milk", 1, 4, "not opened"),
        ('"green tea[ti] OR milk[ti]', 1, 1, "opened and never closed"),
        ('tea[ti]\nOR "milk', 2, 4, "opened and never closed"),
        ("tea[ti OR milk[ti]", 1, 4, "opened and never closed"),
        ("tea ti] OR milk[ti]", 1, 7, "not opened"),
        ("tea[nosuch]", 1, 4, "no field tag [nosuch]"),
        ("tea[mh:~2]", 1, 4, "no proximity tag"),
        ('"green tea"[tiab:~x]', 1, 12, "no proximity tag"),
        ("(tea OR milk)[ti]", 1, 14, "not spread"),
        ("[ti] tea", 1, 1, "no term before it"),
        ("tea[ti][ab]", 1, 8, "no term before it"),
        ("tea AND OR milk", 1, 9, "nothing between AND and OR"),
        ("tea OR NOT milk", 1, 8, "nothing between OR and NOT"),
        ("OR tea", 1, 1, "nothing before OR"),
        ("NOT tea", 1, 1, "nothing before NOT"),
        ("tea AND", 1, 5, "nothing after AND"),
        ("tea AND (milk OR )", 1, 15, "nothing after OR"),
        ("tea AND ()", 1, 9, "nothing in these brackets"),
        ('tea AND ""', 1, 9, "nothing to search for"),
        ("tea AND ---[ti]", 1, 9, "nothing to search for"),
        ("tea AND .", 1, 5, "nothing after AND"),
        ("tea AND (/)", 1, 9, "nothing in these brackets"),
        (". : 2020", 1, 3, "one end of it is missing"),
        ("tea AND *", 1, 9, "no letters before it"),
        ('"green tea"*[ti]', 1, 12, "no letters before it"),
        ("tea : [dp]", 1, 5, "one end of it is missing"),
        (": tea", 1, 1, "one end of it is missing"),
        ("tea[ti] AND {block}", 1, 13, "inserts a block"),
        ("#1 tea\n#2 #1 AND #3", 2, 11, "not a line above"),
        ("tea OR (" * (DEEPEST + 2) + "a" + ")" * (DEEPEST + 2), 1, 16, "nested more than"),
        ("a " * LONGEST, 1, LONGEST + 1, "longer than"),
    ],
)
def test_text_without_one_meaning_ends_in_a_located_message(text: str, line: int, column: int, said: str) -> None:
    with pytest.raises(StrategyError) as caught:
        parse(text)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert said in caught.value.message
    assert any(finding.is_error and (finding.line, finding.column) == (line, column) for finding in lint(text))


def test_bytes_are_read_as_utf8_with_or_without_mark() -> None:
    assert parse(b"\xef\xbb\xbftea").text() == "tea"
    with pytest.raises(StrategyError) as caught:
        parse(b"tea\n caf\xe9")
    assert (caught.value.line, caught.value.column) == (2, 5)


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200)))
@settings(deadline=None, max_examples=100)
def test_any_text_ends_in_a_tree_or_a_located_message(raw: bytes | str) -> None:
    try:
        tree = parse(raw)
    except StrategyError as error:
        placed = error.line >= 1 and error.column >= 1
    else:
        placed = parse(tree.text()).root == tree.root
    assert placed


_PIECES = ["(", ")", '"', "[ti]", "[", "]", " AND ", " OR ", " NOT ", "tea", "green tea", "*", ":", "“", "”", "[mh:~2]"]
_PIECES += [
    "#1 ",
    "\n",
    "{a}",
    "–",
    "?",
    "[tiab:~2]",
    "2020:2021[dp]",
    " ",
    "[x]",
    "exp ",
    "'",
    "\u200b",
    "'s",
    "\u00a0",
]


@given(st.lists(st.sampled_from(_PIECES), max_size=25).map("".join))
@settings(deadline=None, max_examples=100)
def test_any_mix_of_the_signs_of_the_language_is_read_or_refused_alike_everywhere(text: str) -> None:
    """parse, lint and compile agree: what parse refuses is an error of lint, and compile refuses all errors."""
    findings = lint(text)
    assert all(finding.line >= 1 and finding.column >= 1 and finding.message for finding in findings)
    wrong = any(finding.is_error for finding in findings)
    try:
        tree = parse(text)
    except StrategyError:
        assert wrong
    else:
        assert parse(tree.text()).root == tree.root
        assert parse(tree.text()).text() == tree.text()
    if wrong:
        with pytest.raises(StrategyError):
            compile(text, "europepmc")
    else:
        assert compile(text, "pubmed").text
        assert compile(text, "europepmc").parts


@given(expressions, st.integers(0, 15))
@settings(deadline=None, max_examples=100)
def test_printing_and_parsing_again_is_stable(expression: object, quirky: int) -> None:
    tree = parse(written(expression, quirky))
    assert parse(tree.text()).root == tree.root
    assert parse(tree.text()).text() == tree.text()


@pytest.mark.parametrize(
    "text",
    [
        "(" * 20_000,
        ")" * 20_000,
        "[" * 20_000,
        '"' * 20_001,
        "“" * 20_000,
        "{" * 20_000,
        ":" * 20_000,
        "*" * 20_000,
        "(tea OR " * 8_000 + "tea" + ")" * 8_000,
        "(" * 20_000 + "tea" + " OR tea)" * 20_000,
        "tea OR milk AND " * 5_000 + "sugar",
        "tea[x] " * 20_000,
        "a[mh] OR " * 8_000 + "b[ti]",
        "a[mh] AND b[ti] OR " * 4_000 + "c[ti]",
        "exp " * 20_000,
        "a" * 100_000 + "*[ti]",
        "'a " * 20_000,
    ],
)
def test_hostile_text_is_read_without_recursion(text: str) -> None:
    findings = lint(text)
    try:
        read = bool(compile(text, "europepmc", refuse=False).parts)
    except StrategyError as error:
        read = any((found.line, found.column) == (error.line, error.column) for found in findings)
    assert read
