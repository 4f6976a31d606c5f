"""What is asked of the site: addresses by what they cost, each list long enough that no address need be asked twice."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.site_data import SEARCHES, Zipf

KINDS = ("article", "preprint", "review", "trial", "letter", "editorial")
HOSTILE = (
    "with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c",
    "select count(*) from works a, works b, works c where a.title < b.title and b.title < c.title",
    "select group_concat(hex(abstract)) from publications",
    "select title from works order by random()",
)


@dataclass(frozen=True)
class Asked:
    """Addresses by kind."""

    works: list[str]
    lists: list[str]
    deep: list[str]
    few: list[str]  # searches that find up to 5 % of works
    many: list[str]  # searches for a word of 87 % of works, with others
    homes: list[str]
    feeds: list[str]
    hostile: list[str]
    readers: list[str]  # all of these as readers ask, the popular ones again and again


def asked(public: Path, today: date) -> Asked:
    dice = random.Random(9)
    with closing(sqlite3.connect(f"{(public / 'public.db').as_uri()}?mode=ro", uri=True)) as db:
        keys = [row[0] for row in db.execute("select key from works order by random() limit 60000")]
        marks = db.execute("select first_seen, id from works order by random() limit 3000").fetchall()
    words = [f"/papers?{urlencode({'q': word})}" for word in _words(public / "search.db", dice)]
    lists = _lists(dice)
    days = [(today - timedelta(days=back)).isoformat() for back in range(2, 110)]
    found = {
        "works": [f"/paper/{key}" for key in keys],
        "lists": lists,
        "deep": [f"/papers?{urlencode({'after': f'{time}~{number}'})}" for time, number in marks],
        "few": words,
        "many": [f"/papers?{urlencode({'q': f'loneliness -{path[10:]}'})}" for path in words],
        "homes": [f"/?since={day}" for day in days[:30]],
        "feeds": [f"/feeds/{name}.{form}" for form in ("atom", "rss", "json") for name in
                  ("all", "changes", *(f"search-{number}" for number in range(1, SEARCHES + 1)))],
        "hostile": [f"/public?{urlencode({'sql': sql})}" for sql in HOSTILE],
    }  # fmt: skip
    return Asked(**found, readers=readers(found, dice))


def readers(found: dict[str, list[str]], dice: random.Random, count: int = 60_000) -> list[str]:
    """Requests as they come from many readers: kinds by share, addresses of each kind by Zipf's law."""
    popular = {
        "works": Zipf.over(found["works"]),
        "lists": Zipf.over(["/", "/papers", *found["lists"]]),
        "few": Zipf.over(found["few"]),
        "feeds": Zipf.over(found["feeds"]),
    }
    kinds = dice.choices(list(popular), (45, 20, 10, 25), k=count)
    drawn = {kind: iter(items.draw(dice, count)) for kind, items in popular.items()}
    return [next(drawn[kind]) for kind in kinds]


def _lists(dice: random.Random) -> list[str]:
    """Lists by filters, 25 works each, in random order."""
    years, searches = range(2015, 2027), [f"search-{number}" for number in range(1, SEARCHES + 1)]
    parts: Sequence[Sequence[object]] = (KINDS, years, searches, ("newest", "published"))
    names = ("type", "year", "search", "sort")
    found = [f"/papers?{urlencode(dict(zip(names, values, strict=True)))}" for values in product(*parts)]
    dice.shuffle(found)
    return found


def _words(search: Path, dice: random.Random) -> list[str]:
    """Words that 0.5 to 5 % of works have."""
    with closing(sqlite3.connect(f"{search.as_uri()}?mode=ro", uri=True)) as db:
        total = db.execute("select count(*) from words_docsize").fetchone()[0]
        db.execute("create virtual table temp.vocabulary using fts5vocab('main', 'words', 'row')")
        sql = "select term from temp.vocabulary where doc between ? and ? order by term limit 3000"
        found = [row[0] for row in db.execute(sql, (total // 200, total // 20))]
    dice.shuffle(found)
    return found
