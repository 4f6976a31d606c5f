"""Sixty days of a literature in which everything happens that can happen: the ledger holds every day, and at the end
the hits of every past run, and the reason of every match, are those that the days themselves tell."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from small_world import CEILING, FIRST, NOTICE, PMID, Days, Lab, element, first_day, paper, saved

from emulator.index import Lexicon
from emulator.papers import Article
from emulator.service import PubMedService
from tracker.http import Http
from tracker.sources.pubmed.client import PubMed, service

DAYS = 60
CHANGED = 30  # on this day a strategy is changed
FAILING = {11, 12, 40}


def sixty_days(seed: int) -> Days:
    """New papers every day; some are edited, indexed late, retracted, deleted, or merged into another."""
    dice = random.Random(seed)
    now = {article.pmid: article for article in first_day()}
    told = {FIRST: list(now.values())}
    number = 100
    for day in (FIRST + timedelta(days=count) for count in range(1, DAYS)):
        for _ in range(dice.randint(0, 3)):
            number += 1
            topic = dice.choice(("loneliness", "isolation", "loneliness and isolation", "solitude"))
            now[str(PMID + number)] = paper(number, topic, day)
        for article in dice.sample(list(now.values()), 3):
            changed = _change(article, day, dice)
            if changed is None:
                del now[article.pmid]
            else:
                now[article.pmid] = changed
        told[day] = list(now.values())
    return Days(told)


def _change(article: Article, day: date, dice: random.Random) -> Article | None:
    what = dice.random()
    if what < 0.15:  # deleted, or merged into another: absent from now on
        return None
    if what < 0.45:
        return replace(article, mesh=("Loneliness",), revised=day)
    if what < 0.6:
        return replace(article, revised=day, xml=partial(element, link=("RetractionIn", NOTICE)))
    if what < 0.8:
        return replace(article, abstract=f"{article.abstract} Written anew on {day}.", revised=day)
    return replace(article, title=article.title.replace("Loneliness", "Solitude"), mesh=(), revised=day)


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(2, 8))])
def test_sixty_days(seed: int, tmp_path: Path, checked: Callable[[Lab], None]) -> None:
    truth: dict[int, dict[str, set[str]]] = {}  # run -> search -> ids
    with PubMedService(sixty_days(seed), FIRST, ceiling=CEILING) as running:
        lab = Lab(tmp_path / "home", running)
        for count in range(DAYS):
            running.day = FIRST + timedelta(days=count)
            if count in FAILING:
                running.faults.play("error-503", times=None)
                assert lab.update().troubles
                running.faults.clear()
                continue
            if count == CHANGED:
                lab.searches[1] = saved("two", "isolation[tiab] OR solitude[tiab]")
            lab.attempts = 2
            lab.update()
            truth[count + 1] = {item.slug: _ids(running, item.strategy) for item in lab.searches}
            if count % 10 == 9:
                checked(lab)
    _hits_follow(lab, truth)
    _reasons_follow(lab)


def _ids(running: PubMedService, text: str) -> set[str]:
    http = Http(pace=0)
    try:
        return set(PubMed(http, service({"TRACKER_PUBMED_URL": running.url}), ceiling=CEILING).walk(text).ids)
    finally:
        http.close()


def _hits_follow(lab: Lab, truth: dict[int, dict[str, set[str]]]) -> None:
    """By the intervals, each complete run found what the service listed, but for what was away for one run only."""
    complete = [
        (run, slug)
        for run, slug in lab.rows(
            "select run_id, slug from search_run join search on search.id = search_id "
            "where outcome in ('complete', 'complete with notes') order by run_id"
        )
    ]
    assert len(complete) > 2 * (DAYS - len(FAILING)) - 8
    for place, (run, slug) in enumerate(complete):
        held = {
            row[0]
            for row in lab.rows(
                "select source_id from match join search on search.id = search_id where slug = ? and from_run <= ? "
                "and coalesce(to_run, 1000000) > ?", slug, run, run,
            )
        }  # fmt: skip
        listed = truth[run][slug]
        assert listed <= held, (run, slug)
        after = next((later for later, other in complete[place + 1 :] if other == slug), None)
        assert after is None or held - listed <= truth[after][slug], (run, slug)


def _reasons_follow(lab: Lab) -> None:
    """New papers entered PubMed since the run before; late and edited ones are older; nothing is unexplained."""
    rows = lab.rows(
        "select why, created, since from match join record using (source, source_id) where first = 1 order by match.id"
    )
    assert {why for why, _, _ in rows} == {"baseline", "strategy", "new", "late", "edited"}
    for why, created, since in rows:
        age = date.fromisoformat(since[:10]) - date.fromisoformat(created)
        youngest, oldest = {"new": (0, 6), "late": (4, 9999), "edited": (4, 9999)}.get(why, (0, 9999))
        assert timedelta(days=youngest) <= age <= timedelta(days=oldest), (why, created, since)


def test_a_changed_translation_explains_old_papers_and_puts_off_departures(
    tmp_path: Path, checked: Callable[[Lab], None]
) -> None:
    """PubMed maps an untagged word to a heading from one day on, and drops it again later."""
    papers = first_day()
    mapped = [replace(paper(200 + number, "quiet", date(2018, 1, 1)), mesh=("Loneliness",)) for number in range(3)]
    word = "aloneness"
    with PubMedService(Days({FIRST: [*papers, *mapped]}), FIRST, ceiling=CEILING) as running:
        lab = Lab(tmp_path / "home", running, [saved("one", f"{word} OR loneliness[tiab]")])

        def day(mapping: dict[str, str]) -> tuple[str, int, int]:
            running.entrez.lexicon = Lexicon({}, mapping)
            running.day += timedelta(days=1)
            assert lab.update().troubles == []
            return lab.rows("select translation, missing, gone from search_run order by id desc limit 1")[0]

        plain, _, _ = day({})
        wide, missing, gone = day({word: "Loneliness"})
        assert (wide != plain, missing, gone) == (True, 0, 0)
        began = lab.rows("select why, why_detail from match where why <> 'baseline'")
        assert began == [("late", "the service now translates the strategy differently")] * 3
        assert day({})[1:] == (3, 0)
        assert day({word: "Loneliness"})[1:] == (0, 0)
        assert [day({})[1:] for _ in range(2)] == [(3, 0), (0, 3)]
        checked(lab)
