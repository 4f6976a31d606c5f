"""Is the public copy a projection of the private database, and nothing else? Nothing is changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import Any

from tracker.errors import StoreError
from tracker.publish import SCHEMAS, schema_of
from tracker.publish.build import taken_down
from tracker.publish.checks import check
from tracker.publish.digest import digest
from tracker.store import works
from tracker.store.backup import reading
from tracker.store.verify import MOST, CheckResult, checks, faults, objects
from tracker.works.display import display

NAME = "public copy: "
NOW = "now: "  # a check that holds of a copy of today's database only


def findings(
    store: Path, folder: Path, settings: Mapping[str, Any], active: Collection[str] | None = None
) -> Iterator[CheckResult]:
    """Every check of ``folder``'s public copy against the private database at ``store``.

    ``settings`` and ``active`` are as stage 3 is given them. A copy that is older than the database is judged by what
    cannot have changed since.
    """
    public, words = folder / "public.db", folder / "search.db"
    if not (public.exists() and words.exists()):
        yield CheckResult("public copy", 0, note="nothing has been published yet")
        return
    with closing(reading(store)) as db:
        db.execute("attach ? as public", (f"{public.resolve().as_uri()}?mode=ro",))
        db.execute("attach ? as words", (f"{words.resolve().as_uri()}?mode=ro",))
        db.execute("begin")
        sound = _sound(db, public, words)
        yield sound
        if sound.wrong:
            return
        yield _schema(public, words)
        mark = digest(db, settings, active, "".join(map(schema_of, SCHEMAS)))
        current = {_mark(db, "public"), _mark(db, "words")} == {mark}
        yield CheckResult(NAME + "is of today's database", 1, note="" if current else "it is older: 'tracker publish'")
        for promise, table, query in checks(_script("verify.sql")):
            name = promise.removeprefix(NOW)
            if current or name == promise:
                count = db.execute(f"select count(*) from public.{table}").fetchone()[0]  # noqa: S608
                yield CheckResult(NAME + name, count, faults(db, query))
        if current:
            yield _hidden(db)
            yield _shown(db)


def _sound(db: sqlite3.Connection, public: Path, words: Path) -> CheckResult:
    """The checks that every new copy has passed, passed again."""
    try:
        told = dict(db.execute("select state = 'hidden', count(*) from public.works group by 1").fetchall())
        check(public, words, works=told.get(0, 0), tombstones=told.get(1, 0))
    except (StoreError, sqlite3.DatabaseError) as error:
        return CheckResult(NAME + "is sound and holds no e-mail address", 0, (str(error),))
    return CheckResult(NAME + "is sound and holds no e-mail address", sum(told.values()))


def _script(name: str) -> str:
    return files("tracker.publish").joinpath(name).read_text(encoding="utf-8")


def _schema(public: Path, words: Path) -> CheckResult:
    """No table and no column but those of the explicit list of what may be public."""
    wrong = []
    looked = 0
    for path, script in zip((public, words), SCHEMAS, strict=True):
        with closing(sqlite3.connect(":memory:")) as fresh, closing(reading(path)) as db:
            fresh.executescript(schema_of(script))
            wanted, found = objects(fresh), objects(db)
        looked += len(wanted)
        names = sorted(wanted.keys() | found.keys())
        wrong += [f"{path.name}: {name}" for name in names if wanted.get(name) != found.get(name)]
    return CheckResult(NAME + "has the tables and columns that may be public, and no other", looked, tuple(wrong))


def _mark(db: sqlite3.Connection, name: str) -> str:
    row = db.execute(f"select value from {name}.facts where name = 'digest'").fetchone()  # noqa: S608
    return row[0] if row else ""


def _hidden(db: sqlite3.Connection) -> CheckResult:
    """What was taken down is a tombstone, and nothing else is."""
    told = dict(db.execute("select id, key from public.works where state = 'hidden'").fetchall())
    down = taken_down(db)
    matched = {row[0] for row in db.execute("select id from public.works")}
    wrong = [f"{told[key]} is hidden" for key in told.keys() - down]
    wrong += [f"work {key} is shown" for key in (down & matched) - told.keys()]
    return CheckResult(NAME + "what was taken down is not shown", len(down), tuple(sorted(wrong)))


def _shown(db: sqlite3.Connection) -> CheckResult:
    """Works of several records show the title and the ids that are chosen from them."""
    sql = (
        "select works.key, works.title, works.doi, works.pmid from public.works join placement on work_id = works.id "
        "where state <> 'hidden' group by works.id having count(*) > 1"
    )
    public = {row[0]: tuple(row[1:]) for row in db.execute(sql)}
    wrong = []
    for work in works.stream(db, list(public)) if public else ():
        shown = display(work.records)
        if (
            public[work.key] != (shown.title or shown.vernacular_title, shown.doi, shown.pmid)
            and "@" not in shown.title
        ):
            wrong.append(work.key)
    return CheckResult(
        NAME + "works of several records show what is chosen from them", len(public), tuple(wrong[:MOST])
    )


def highest_work(public: Path) -> int:
    """The highest work id that the public has seen; 0 where there is no public copy that can be read."""
    if not public.exists():
        return 0
    try:
        with closing(reading(public)) as db:
            keys = db.execute("select key from works union all select key from work_forwards").fetchall()
    except sqlite3.DatabaseError:
        return 0
    return max((int(key.rpartition("-")[2]) for (key,) in keys), default=0)
