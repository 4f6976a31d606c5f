"""The blocks of a strategy: what each is alone, and together, means what it means in the strategy."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategy_generator import expressions, written

from tracker.strategy import parse
from tracker.strategy.source import source
from tracker.strategy.tree import combinations, operands


@pytest.mark.parametrize(
    ("text", "blocks", "together"),
    [
        ("tea", ["tea"], []),
        ("((tea))", ["tea"], []),
        ("tea OR milk AND salt", ["tea", "milk", "salt"], ["tea OR milk", "tea OR milk AND salt"]),
        ("((tea OR milk) AND salt)", ["(tea OR milk)", "salt"], ["(tea OR milk) AND salt"]),
        ("(tea OR milk) (salt)", ["(tea OR milk)", "(salt)"], ["(tea OR milk) (salt)"]),
        (
            "((tea OR milk) AND salt) OR (rum) not ice",
            ["((tea OR milk) AND salt)", "(rum)", "ice"],
            ["((tea OR milk) AND salt) OR (rum)", "((tea OR milk) AND salt) OR (rum) not ice"],
        ),
        ('( ("(tea"[ti]) /) OR rum', ['( ("(tea"[ti]) /)', "rum"], ['( ("(tea"[ti]) /) OR rum']),
        ("1:2[vi] AND tea", ["1:2[vi]", "tea"], ["1:2[vi] AND tea"]),
    ],
)
def test_blocks_and_combinations(text: str, blocks: list[str], together: list[str]) -> None:
    tree = parse(text)
    assert [operand.text for operand in operands(tree)] == blocks
    assert [combination.text for combination in combinations(tree)] == together


@settings(max_examples=150, deadline=None)
@given(expressions, st.integers(0, 15))
def test_the_last_combination_is_the_strategy_and_the_blocks_make_it(node: object, quirky: int) -> None:
    tree = parse(written(node, quirky))
    found, together = operands(tree), combinations(tree)
    assert [operand.op == "" for operand in found] == [True] + [False] * (len(found) - 1)
    for operand in found:
        parse(operand.text)
    if together:
        assert together[-1].size == len(found)
        whole = parse(together[-1].text).root
        assert (whole.first, whole.rest) == (tree.root.first, tree.root.rest)
        rebuilt = " ".join(f"{operand.op} ({operand.text})".strip() for operand in found)
        again = parse(rebuilt).root
        assert (again.first, len(again.rest)) == (tree.root.first, len(tree.root.rest))
    else:
        assert len(found) == 1


def test_numbered_lines_are_kept_with_all_that_they_name() -> None:
    said = source("#1 tea\n#2 milk OR\n cream\n#3 #1 AND #2")
    assert [(line.number, line.written, line.filled.text) for line in said.numbered] == [
        (1, "tea", "tea"),
        (2, "milk OR cream", "milk OR cream"),
        (3, "#1 AND #2", "(tea) AND (milk OR cream)"),
    ]
    assert source("tea").numbered == ()
