"""Clusters depend on what the records say, never on when or in which company they came."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st
from shelf import Shelf
from trap_cases import CASES, PILOTS, POSTER, PREPRINT

from tracker.dedupe.paper import from_row
from tracker.model import Verdict

# Few values for each field, so that records collide in every way: shared DOIs, chains, rivals, doubles.
TITLES = (
    PILOTS["title"],
    "Night shifts and broken sleep among harbour pilots",
    "Night shifts and broken sleep among harbour pilots. Part I",
    "Night shifts and broken sleep among harbour pilots. Part II",
    "Erratum to: " + PILOTS["title"],
    "Night shifts and tired eyes among harbour pilots: a two-year cohort study",
    "Gebrochener Schlaf bei Hafenlotsen",
    POSTER["title"],
    "Editorial",
    "",
)
AUTHORS = (PILOTS["authors"], "Varga IM; Oyelaran T", "Roe, Pat", "Oyelaran T; Varga IM", "")
PLACES = (
    {"journal": PILOTS["journal"], "volume": "34", "issue": "2", "pages": "145-158", "year": "2019"},
    {"journal": "J Marit Occup Health", "volume": "34", "issue": "", "pages": "145-58", "year": "2020"},
    {"journal": PILOTS["journal"], "volume": "", "issue": "", "pages": "", "year": "2019"},
    {"journal": PILOTS["journal"], "volume": "34", "issue": "Suppl 1", "pages": "S145", "year": "2019"},
    {"journal": "European Archives of Calm", "volume": "8", "issue": "1", "pages": "9-12", "year": "2021"},
    {"journal": "medRxiv", "volume": "", "issue": "", "pages": "", "year": "2018"},
)
DOIS = ("", "10.5555/jmoh.2019.145", "10.5555/jmoh.2019.159", PREPRINT["doi"], PREPRINT["doi"] + "v2")
PMIDS = ("", "", "", "990000501", "990000502")

ROWS = st.lists(
    st.builds(
        lambda title, authors, place, doi, pmid: dict(place, title=title, authors=authors, doi=doi, pmid=pmid),
        st.sampled_from(TITLES),
        st.sampled_from(AUTHORS),
        st.sampled_from(PLACES),
        st.sampled_from(DOIS),
        st.sampled_from(PMIDS),
    ),
    min_size=2,
    max_size=9,
)


def _papers(rows):
    return [from_row(number, row) for number, row in enumerate(rows)]


def _at_once(papers):
    shelf = Shelf()
    shelf.add(papers)
    return shelf


def _said(shelf):
    return {pair: (held.kind, held.rule, held.evidence, held.score) for pair, held in shelf.machine.items()}


@settings(max_examples=150, deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_batches_give_what_all_at_once_gives(rows, dice):
    """Verdicts and clusters are the same for one batch, for single records, and for any cut between."""
    papers = _papers(rows)
    whole = _at_once(papers)
    shuffled = list(papers)
    dice.shuffle(shuffled)
    parts = Shelf()
    while shuffled:
        size = dice.randint(1, 3)
        parts.add(shuffled[:size])
        del shuffled[:size]
    assert _said(parts) == _said(whole)
    assert parts.partition() == whole.partition()


@settings(max_examples=100, deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_ids_do_not_matter(rows, dice):
    """Numbering the records in another order gives the same clusters of the same contents."""
    numbers = list(range(len(rows)))
    dice.shuffle(numbers)
    first = _at_once(_papers(rows))
    second = _at_once([from_row(number, row) for number, row in zip(numbers, rows, strict=True)])

    def contents(shelf, partition):
        return sorted(sorted(shelf.papers[number].order for number in group) for group in partition)

    for one, two in zip(first.partition(), second.partition(), strict=True):
        assert contents(first, one) == contents(second, two)


@settings(max_examples=100, deadline=None)
@given(ROWS, ROWS, st.randoms(use_true_random=False))
def test_a_changed_record_leaves_no_trace_of_what_it_was(rows, later, dice):
    """After records changed, everything is as if they had always said what they say now."""
    shelf = _at_once(_papers(rows))
    changed = {number: later[number % len(later)] for number in range(len(rows)) if dice.random() < 0.5}
    now = [changed.get(number, row) for number, row in enumerate(rows)]
    shelf.add([from_row(number, row) for number, row in changed.items()])
    fresh = _at_once(_papers(now))
    assert _said(shelf) == _said(fresh)
    assert shelf.partition() == fresh.partition()


@settings(max_examples=100, deadline=None)
@given(ROWS, st.data())
def test_a_component_settles_as_the_whole_does(rows, data):
    """Settling only what verdicts connect with a record gives what settling everything gives for it."""
    shelf = _at_once(_papers(rows))
    seed = data.draw(st.integers(0, len(rows) - 1))
    near, whole = shelf.settle_near([seed]), shelf.settle()
    assert near.publication == {number: whole.publication[number] for number in near.publication}
    assert near.work == {number: whole.work[number] for number in near.work}


@settings(max_examples=100, deadline=None)
@given(ROWS, st.data())
def test_a_persons_word_is_kept_and_can_be_taken_back(rows, data):
    """Different keeps two records in two works, same brings them into one; without it all is as before."""
    shelf = _at_once(_papers(rows))
    a, b = sorted(data.draw(st.permutations(range(len(rows))))[:2])
    before = shelf.partition()
    apart = shelf.settle([Verdict(a, b, "different", "person", "seen")])
    assert apart.work[a] != apart.work[b]
    joined = shelf.settle([Verdict(a, b, "same", "person", "seen")])
    assert joined.publication[a] == joined.publication[b]
    linked = shelf.settle([Verdict(a, b, "version", "person", "seen")])
    assert linked.work[a] == linked.work[b]
    assert linked.publication[a] != linked.publication[b]
    for settled in (apart, joined, linked):
        assert not any((one.a, one.b) == (a, b) for one in settled.asks)
    assert shelf.partition() == before


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_publications_lie_within_works(rows):
    """Every record has one publication and one work, and a publication is never divided between works."""
    settled = _at_once(_papers(rows)).settle()
    assert settled.publication.keys() == settled.work.keys() == set(range(len(rows)))
    for number, publication in settled.publication.items():
        assert settled.work[number] == settled.work[publication]


def test_all_traps_in_one_database_in_any_order():
    """The trap cases together, where they meet each other: shuffled and in small batches, always the same clusters."""
    rows = [{**base, **half} for _, _, base, first, second in CASES for half in (first, second)]
    papers = _papers(rows)
    want = _at_once(papers).partition()
    for seed in range(3):
        dice = random.Random(seed)
        shuffled = list(papers)
        dice.shuffle(shuffled)
        shelf = Shelf()
        while shuffled:
            size = dice.randint(1, 40)
            shelf.add(shuffled[:size])
            del shuffled[:size]
        assert shelf.partition() == want
