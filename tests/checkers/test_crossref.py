"""Crossref is asked about preprints without an article, many at a time, and what it states joins the two."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from checkers_lab import NOW, Canned, in_json, keep, marks, paper

from tracker.checkers import crossref
from tracker.checkers.crossref import BATCH, works
from tracker.dedupe import stage
from tracker.errors import Blocked, Refused, Transient
from tracker.http.answer import Answer
from tracker.store import Store, checks


def of(*items: Mapping[str, Any], **said: Any) -> Answer:
    message = {"total-results": len(items), "items": list(items)} | said
    return in_json({"status": "ok", "message-type": "work-list", "message": message})


def preprint_of(doi: str, article: str, **said: Any) -> dict[str, Any]:
    link = {"id-type": "doi", "id": article, "asserted-by": "subject"} | said
    return {"DOI": doi.upper(), "relation": {"is-preprint-of": [link]}}


def checker(answering: Any, **settings: str) -> tuple[Any, Canned]:
    http = Canned(answering if callable(answering) else lambda path, params: answering)
    return crossref.build(http, settings), http  # type: ignore[arg-type]


def test_only_preprints_without_an_article_are_asked_about(store: Store) -> None:
    run = keep(store, paper(1), paper(2, "medrxiv"), paper(3, "psyarxiv", source_id="ab3cd_v1"))
    made, http = checker(of(), TRACKER_EMAIL="a@example.org")
    assert made.check(store, run, NOW).looked_at == 2
    ((path, params),) = http.asked
    assert path == "works"
    assert params == {
        "filter": "doi:10.5555/paper.2,doi:10.5555/paper.3",
        "rows": "2",
        "select": "DOI,relation,updated-by",
        "mailto": "a@example.org",
    }


def test_many_are_asked_about_at_a_time_and_each_once_a_week(store: Store) -> None:
    run = keep(store, *(paper(number, "medrxiv") for number in range(BATCH + 5)))
    made, http = checker(of())
    assert made.check(store, run, NOW).looked_at == BATCH + 5
    assert len(http.asked) == 2
    assert made.check(store, run, "2026-03-03T06:00:00Z").looked_at == 0
    assert made.check(store, run, "2026-03-09T06:00:00Z").looked_at == BATCH + 5
    assert made.check(store, run, "2026-03-04T06:00:00Z").looked_at == BATCH + 5  # the clock had been ahead


def test_an_article_that_crossref_states_is_an_event_with_its_doi(store: Store) -> None:
    run = keep(store, paper(1, "medrxiv"))
    made, _ = checker(of(preprint_of("10.5555/paper.1", "10.5555/ARTICLE")))
    assert made.check(store, run, NOW).new == 1
    assert marks(store) == [("medrxiv", "published", "10.5555/article", "", "crossref")]
    assert made.check(store, run, "2026-04-01T06:00:00Z").looked_at == 0  # its article is known now


def test_preprint_and_article_become_one_work_though_nothing_else_joins_them(store: Store) -> None:
    other = paper(2, title="Silence in carriages: what nobody says on the way home at night", authors=())
    run = keep(store, paper(1, "medrxiv"), other)
    assert len(set(works_of(store))) == 2
    made, _ = checker(of(preprint_of("10.5555/paper.1", "10.5555/paper.2")))
    made.check(store, run, NOW)
    stage.judge(store, NOW)
    assert len(set(works_of(store))) == 1
    assert store.db.execute("select kind, evidence from verdict where undone is null").fetchone()[0] == "version"


def test_an_article_that_arrives_later_joins_as_well(store: Store) -> None:
    run = keep(store, paper(1, "medrxiv"))
    made, _ = checker(of(preprint_of("10.5555/paper.1", "10.5555/paper.2")))
    made.check(store, run, NOW)
    stage.judge(store, NOW)
    keep(store, paper(2, title="Silence in carriages: what nobody says on the way home at night", authors=()))
    assert len(set(works_of(store))) == 1


def works_of(store: Store) -> list[int]:
    return [row[0] for row in store.db.execute("select work_id from placement order by record_id")]


def test_notices_about_a_preprint_are_events(store: Store) -> None:
    run = keep(store, paper(1, "medrxiv"))
    said = {
        "DOI": "10.5555/paper.1",
        "updated-by": [
            {
                "type": "withdrawal",
                "label": "Withdrawal",
                "DOI": "10.5555/notice",
                "updated": {"date-parts": [[2026, 2]]},
            },
            {"type": "new_version", "DOI": "10.5555/v2"},
            {"type": "retraction", "updated": {"date-parts": [[None]]}},
            "odd",
        ],
    }
    made, _ = checker(of(said))
    made.check(store, run, NOW)
    rows = store.db.execute("select kind, notice, date, detail from event where source = 'crossref' order by id")
    assert [tuple(row) for row in rows] == [
        ("withdrawn", "10.5555/notice", "2026-02", "Withdrawal"),
        ("retracted", "", "", "retraction"),
    ]


@pytest.mark.parametrize(
    "item",
    [
        preprint_of("10.5555/paper.1", "10.5555/paper.1"),
        preprint_of("10.5555/paper.1", "PMC1", **{"id-type": "pmc"}),
        preprint_of("10.5555/paper.1", "not a doi"),
        {"DOI": "10.5555/paper.1", "relation": []},
        {"DOI": "10.5555/paper.1", "relation": {"is-preprint-of": None}},
        {"DOI": "10.5555/paper.1", "updated-by": {"type": "retraction"}},
        "odd",
        {},
    ],
)
def test_what_says_nothing_marks_nothing(item: Any) -> None:
    assert works(of(item), ["10.5555/paper.1"]) == {}


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (of(**{"total-results": 2, "items": []}), Transient, "0 works came where 2 were promised"),
        (of(items=None), Transient, "no list of works"),
        (in_json({"status": "ok"}), Transient, "no list of works"),
        (
            of(preprint_of("10.5555/of-others", "10.5555/b")),
            Transient,
            "about other works: 1 came, 1 of them not asked",
        ),
        (of({"DOI": "10.5555/a"}, {"DOI": "10.5555/b"}, {"DOI": "10.5555/c"}), Transient, "about other works: 3 came"),
        (Answer(200, {}, b"{"), Transient, "not complete JSON"),
        (Answer(200, {}, b""), Transient, "is empty"),
        (Answer(404, {}, b"Resource not found."), Refused, "Resource not found."),
        (Answer(200, {}, b"<html>"), Transient, "a page came"),
        (Answer(403, {}, b"You are blocked"), Blocked, "shut us out"),
        (
            in_json({"status": "failed", "message": [{"type": "x", "message": "This filter is unknown"}]}, 400),
            Refused,
            "This filter is unknown",
        ),
    ],
)
def test_no_fault_is_read_as_no_relation(answer: Answer, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        works(answer, ["10.5555/a", "10.5555/b"])


def test_a_list_that_is_refused_is_told_and_the_others_are_asked(store: Store) -> None:
    run = keep(store, *(paper(number, "medrxiv") for number in range(BATCH + 1)))

    def answering(path: str, params: Mapping[str, str]) -> Answer:
        return of() if params["rows"] == "1" else Answer(400, {}, b"No.")

    made, http = checker(answering)
    found = made.check(store, run, NOW)
    assert len(http.asked) == 2
    assert found.short.startswith("1 list was refused: ")


def test_a_doi_that_would_break_a_list_is_left_out(store: Store) -> None:
    keep(store, paper(1, "medrxiv", doi="10.5555/a,b"), paper(2, "medrxiv"))
    assert checks.unpublished(store.db, "crossref", NOW, NOW, 10) == ["10.5555/paper.2"]
    assert crossref.service({}).base == "https://api.crossref.org"
