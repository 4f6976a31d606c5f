"""The walk: every id that was promised, or a line that says which are missing; split by create date when need be."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.http.answer import Answer
from tracker.sources.pubmed.answers import SearchPage, search_page
from tracker.sources.pubmed.client import CEILING, PubMed, walk

TEXT = "loneliness OR isolation"


def ids(number, first=990_000_001):
    return [str(first + step) for step in range(number)]


def on_days(*sizes, first=date(2020, 1, 1), step=1):
    """So many PMIDs on each of some days."""
    days = [first + timedelta(days=number * step) for number, size in enumerate(sizes) for _ in range(size)]
    return dict(zip(ids(len(days)), days, strict=True))


def search(serve, make_http, world, text=TEXT, cuts=()):
    server = serve(world)
    return PubMed(make_http(), server.service()).walk(text, cuts)


def test_an_answer_that_fits_is_one_request(serve, make_http, eutils):
    world = eutils(on_days(3, 5))
    found = search(serve, make_http, world)
    assert (found.ids, found.promised_first, found.promised_last, found.cuts) == (tuple(world.created), 8, 8, ())
    assert world.terms == [(TEXT, 0, 9999)]


def test_a_clipped_page_is_followed_by_what_was_returned(serve, make_http, eutils):
    world = eutils(on_days(25), clip=10)
    found = search(serve, make_http, world)
    assert (found.ids, found.shortfall) == (tuple(world.created), "")
    assert [(start, most) for _, start, most in world.terms] == [(0, 9999), (10, 9989), (20, 9979)]


def test_a_list_that_ends_early_is_asked_for_once_more_and_then_told(serve, make_http, reply, esearch_body):
    some = ids(3)

    def answering(seen):
        return reply(body=esearch_body(5, some if seen.form["retstart"] == "0" else []))

    server = serve(answering)
    found = PubMed(make_http(), server.service()).walk(TEXT)
    assert found.shortfall == "the list of ids ended after 3 of 5"
    assert (found.ids, found.promised_first, found.promised_last) == (tuple(some), 5, 5)
    assert len(server.seen) == 4


def test_a_list_that_ended_early_only_once_is_whole_in_the_end(serve, make_http, reply, esearch_body):
    def answering(seen):
        return reply(body=esearch_body(5, ids(5) if len(server.seen) > 2 else []))

    server = serve(answering)
    found = PubMed(make_http(), server.service()).walk(TEXT)
    assert (found.ids, found.shortfall, found.notes) == (tuple(ids(5)), "", ())


def test_pages_that_make_no_headway_end(make_http):
    asked = []

    def ask(term, start, most):
        asked.append(start)
        return SearchPage(9_000, 1, (str(start % 7),), "", ())

    found = walk(ask, TEXT)
    assert found.shortfall == "the list of ids ended after 1,001 of 9,000"
    assert len(asked) == 2 * 1001


def test_ids_sent_twice_do_not_pass_for_two(serve, make_http, reply, esearch_body):
    server = serve([reply(body=esearch_body(4, ["990000001", "990000002", "990000001", "990000003"]))])
    found = PubMed(make_http(), server.service()).walk(TEXT)
    assert found.shortfall == "PubMed promised 4 records, and 3 ids came"
    assert found.ids == ("990000001", "990000002", "990000003")


def test_more_ids_than_promised_are_not_agreement(serve, make_http, reply, esearch_body):
    server = serve([reply(body=esearch_body(1, ids(2)))])
    assert PubMed(make_http(), server.service()).walk(TEXT).shortfall == "PubMed promised 1 records, and 2 ids came"


# --- a promise that moves


def moves(world, *at):
    """One more record on the newest day before each of these requests, counted from 1."""

    def step(self):
        if len(self.terms) in at:
            self.created[str(995_000_000 + len(self.terms))] = date(2026, 3, 1)

    world.moving = step
    return world


def test_a_promise_that_moves_during_the_walk_makes_it_walk_once_more(serve, make_http, eutils):
    world = moves(eutils(on_days(25), clip=10), 2)
    found = search(serve, make_http, world)
    assert (len(found.ids), found.promised_first, found.promised_last) == (26, 26, 26)
    assert (found.shortfall, found.notes) == ("", ())


def test_a_promise_that_moves_again_by_as_much_as_the_difference_is_a_note(serve, make_http, eutils):
    world = moves(eutils(on_days(25), clip=10), 2, 5)
    found = search(serve, make_http, world)
    assert (found.promised_first, found.promised_last, len(found.ids), found.shortfall) == (26, 27, 27, "")
    assert found.notes == ("the promise moved during the walk: 26, later 27; 27 ids came",)


def test_a_difference_larger_than_the_movement_is_a_shortfall(serve, make_http, reply, esearch_body):
    def answering(seen):
        half = len(server.seen) % 2
        return reply(body=esearch_body(10 if half else 11, ids(5) if half else ids(6, 990_000_003)))

    server = serve(answering)
    found = PubMed(make_http(), server.service()).walk(TEXT)
    assert found.shortfall == "PubMed promised 10, later 11 records, and 8 ids came"
    assert (found.notes, len(server.seen)) == ((), 4)


# --- more than one answer can hold


def test_more_than_9999_records_are_walked_in_parts_by_create_date(serve, make_http, eutils):
    world = eutils(on_days(*[700] * 30, first=date(2015, 1, 1), step=100))
    found = search(serve, make_http, world)
    assert len(found.ids) == 21_000
    assert set(found.ids) == set(world.created)
    assert (found.promised_first, found.promised_last, found.shortfall, found.notes) == (21_000, 21_000, "", ())
    terms = [term for term, _, _ in world.terms]
    assert terms[0] == terms[-1] == TEXT
    assert all(term.startswith(f"({TEXT}) AND (") for term in terms[1:-1])
    assert world.terms[-1][1:] == (0, 0)
    assert len(world.terms) <= 9
    assert found.cuts


def test_the_cuts_of_the_last_walk_save_requests(serve, make_http, eutils):
    days = on_days(*[7] * 30, first=date(2015, 1, 1), step=100)
    first = eutils(dict(days), ceiling=99)
    found = search(serve, make_http, first)
    again = eutils(dict(days), ceiling=99)
    second = search(serve, make_http, again, cuts=found.cuts)
    assert set(second.ids) == set(found.ids) == set(days)
    assert second.cuts == found.cuts
    assert len(again.terms) < len(first.terms)


def test_cuts_that_make_no_sense_are_left_out(serve, make_http, eutils):
    world = eutils(on_days(5, 5, 5), ceiling=10)
    found = search(serve, make_http, world, cuts=("nonsense", "0099-01-01", "2020-01-02", "2020-01-02", "2020-02-30"))
    assert (set(found.ids), found.shortfall) == (set(world.created), "")


def test_uneven_days_are_split_down_to_the_day(serve, make_http, eutils):
    world = eutils(on_days(2, 9_000, 9_500, 3, 0, 4_000))
    found = search(serve, make_http, world)
    assert (set(found.ids), found.shortfall) == (set(world.created), "")
    for cut in found.cuts:
        assert date(2020, 1, 1) < date.fromisoformat(cut) <= date(2020, 1, 6)


def test_records_at_the_edges_of_time_are_not_lost(serve, make_http, eutils):
    edges = {"1": date(1800, 1, 1), "2": date(3000, 12, 31), "3": date(1959, 12, 31), "4": date(2040, 1, 1)}
    world = eutils({**edges, **on_days(4, 4, 4)}, ceiling=5)
    found = search(serve, make_http, world)
    assert (set(found.ids), found.shortfall) == (set(world.created), "")


def test_a_day_above_the_limit_is_told_by_name_and_not_asked_for_twice(serve, make_http, eutils):
    world = eutils(on_days(4, CEILING + 2, 4))
    found = search(serve, make_http, world)
    assert found.shortfall == "2020-01-02 alone has 10,001 records, PubMed gives no more than 9,999 of one day"
    assert len(found.ids) == CEILING + 8
    assert [term for term, _, most in world.terms if most].count(TEXT) == 1


def test_a_part_that_ends_early_is_told_by_its_days(serve, make_http, eutils, reply, esearch_body):
    world = eutils(on_days(6, 6), ceiling=8)

    def answering(seen):
        sent = world(seen)
        if '"2020/01/02"[crdt]' in seen.form["term"] and seen.form["term"].count("2020/01/02") == 1:
            return reply(body=esearch_body(6, ids(2) if seen.form["retstart"] == "0" else []))
        return sent

    found = search(serve, make_http, answering)
    assert "the list of ids for 2020-01-02 to " in found.shortfall
    assert "ended after 2 of 6" in found.shortfall


def test_a_service_that_does_not_heed_dates_is_not_asked_for_every_day():
    asked = []

    def ask(term, start, most):
        asked.append(term)
        return SearchPage(50_000, min(most, CEILING), tuple(ids(min(most, CEILING))), "", ())

    found = walk(ask, TEXT)
    assert found.shortfall.count("alone has 50,000 records") == 3
    assert len(asked) < 60


def test_a_lower_limit_than_we_know_of_is_found_out_and_obeyed(serve, make_http, eutils):
    world = eutils(on_days(6, 7, 8, 30, 1), ceiling=40)
    found = search(serve, make_http, world)
    assert (set(found.ids), found.shortfall) == (set(world.created), "")


def test_a_lower_limit_is_told_when_a_single_day_does_not_fit(serve, make_http, eutils):
    found = search(serve, make_http, eutils(on_days(6, 41), ceiling=40))
    assert found.shortfall == "2020-01-02 alone has 41 records, PubMed gives no more than 40 of one day"


def test_a_promise_that_moves_while_the_parts_are_read_is_reconciled(serve, make_http, eutils):
    world = moves(eutils(on_days(*[7] * 9, step=300), ceiling=20), 4)
    found = search(serve, make_http, world)
    assert (found.promised_first, found.promised_last, len(found.ids), found.shortfall) == (64, 64, 64, "")


def test_the_translation_is_that_of_the_whole(make_http):
    def ask(term, start, most):
        got = ids(6) if term == TEXT else ids(3) if "2000/01/01" in term else ids(3, 990_000_004)
        return SearchPage(12_000 if term == TEXT else 6_000, len(got), tuple(got), term, (f"phrasesignored: {term}",))

    found = walk(ask, TEXT)
    assert (found.translation, found.warnings) == (TEXT, (f"phrasesignored: {TEXT}",))


@settings(max_examples=60, deadline=None)
@given(
    created=st.dictionaries(
        st.integers(1, 10**8).map(str),
        st.dates(date(2019, 12, 25), date(2020, 1, 5)) | st.dates(date(1800, 1, 1), date(3000, 12, 31)),
        max_size=60,
    ),
    ceiling=st.integers(12, 40),
    clip=st.integers(3, 40),
    cuts=st.lists(st.dates().map(date.isoformat), max_size=4),
)
def test_any_spread_over_days_arrives_whole_or_with_a_shortfall(eutils, created, ceiling, clip, cuts):
    """Without the network: the same service as above, asked directly."""
    world = eutils(created, ceiling=ceiling, clip=clip)

    def ask(term, start, most):
        form = {"term": term, "retstart": str(start), "retmax": str(most)}
        return search_page(Answer(200, {}, world(SimpleNamespace(form=form)).body))

    for found in (walk(ask, TEXT, cuts), walk(ask, TEXT, walk(ask, TEXT).cuts)):
        assert set(found.ids) <= set(created)
        assert found.promised_first == found.promised_last == len(created)
        per_day = [list(created.values()).count(day) for day in set(created.values())]
        if max(per_day, default=0) <= ceiling:
            assert (set(found.ids), found.shortfall) == (set(created), "")
        else:
            assert "alone has" in found.shortfall


@pytest.mark.parametrize("text", ["a", "(a OR b) NOT c", 'x "quoted"'])
def test_a_part_puts_the_text_in_brackets_and_changes_nothing_in_it(text, serve, make_http, eutils):
    world = eutils(on_days(3, 3), ceiling=4)
    search(serve, make_http, world, text)
    parts = [term for term, _, _ in world.terms if term != text]
    assert parts
    assert all(term.startswith(f'({text}) AND ("') for term in parts)
