"""The query for Europe PMC never misses what the local matcher accepts, whatever the strategy and the record."""

from __future__ import annotations

import pytest
from europepmc_model import Model
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategy_generator import expressions, records, written

from tracker.model import Record
from tracker.strategy import StrategyError, compile, matcher

SAYS = {"exact", "widened", "dropped", "impossible"}


@given(expressions, st.lists(records, min_size=1, max_size=6), st.integers(0, 15))
@settings(deadline=None, max_examples=100)
def test_superset_brings_all_that_is_accepted(expression: object, papers: list[Record], quirky: int) -> None:
    strategy = written(expression, quirky)
    compiled = compile(strategy, "europepmc", refuse=False)
    assert {part.kind for part in compiled.parts} <= SAYS
    if compiled.impossible:
        assert compiled.text == ""
        return
    accepts = matcher(strategy)
    for paper in papers:
        if accepts(paper):
            assert Model(paper).finds(compiled.text)


@given(expressions, records)
@settings(deadline=None, max_examples=100)
def test_superset_holds_where_common_words_are_not_indexed(expression: object, paper: Record) -> None:
    """A common word asked for alone can find nothing there; that is left out, phrases with it are not."""
    strategy = written(expression)
    compiled = compile(strategy, "europepmc", refuse=False)
    alone = ('"the"', '"in"', '"the in"', '"in the"', '"the the"', '"in in"')
    assume(compiled.text and not any(f":{word}" in compiled.text for word in alone))
    if matcher(strategy)(paper):
        assert Model(paper, stop_words=True).finds(compiled.text)


@given(expressions)
@settings(deadline=None, max_examples=100)
def test_what_cannot_be_decided_here_is_refused_by_matcher_and_compiler_alike(expression: object) -> None:
    strategy = written(expression)
    try:
        matcher(strategy)
    except StrategyError:
        possible = False
    else:
        possible = True
    for source in ("medrxiv", "biorxiv", "psyarxiv"):
        compiled = compile(strategy, source, refuse=False)
        assert bool(compiled.text) is possible
        assert bool(compiled.impossible) is not possible


@given(expressions, records)
@settings(deadline=None, max_examples=100)
def test_text_shown_for_a_preprint_server_means_what_the_matcher_does(expression: object, paper: Record) -> None:
    strategy = written(expression)
    compiled = compile(strategy, "medrxiv", refuse=False)
    assume(compiled.text)
    assert bool(matcher(compiled.text)(paper)) == bool(matcher(strategy)(paper))


def test_model_reads_and_before_or_and_refuses_what_it_does_not_know() -> None:
    model = Model(Record("europepmc", "PPR1", title="lonely people"))
    assert model.finds("TITLE:lonely OR TITLE:tea AND TITLE:coffee")
    assert not model.finds("(TITLE:lonely OR TITLE:tea) AND TITLE:coffee")
    assert model.finds('SRC:PPR AND (TITLE_ABS:"lonely people")')
    assert not model.finds("TITLE:lonely NOT TITLE:peop*")
    for query in ('TITLE:"lon*"', "lonely", "TITLE:lo*ly", "NOSUCH:x"):
        with pytest.raises(AssertionError):
            model.finds(query)
