"""Stage 3, publish: the public copy of the private database.

``db/public/public.db`` is built from the explicit list in ``public.sql``, ``db/public/search.db`` is the index of
words over all abstracts, of which only our own search page makes use. Both are built beside, checked, and then copied
into the live files under their readers' eyes (:mod:`tracker.publish.live`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from tracker import __version__, states
from tracker.errors import StoreError
from tracker.publish import ledger, live
from tracker.publish.build import PublishedCounts, build, facts
from tracker.publish.checks import check
from tracker.publish.digest import digest
from tracker.settings.abstracts import Abstracts, abstracts
from tracker.store import identity
from tracker.text.plural import plural

DEMO_PREFIX = "DEMO"


@dataclass(frozen=True, slots=True)
class PublishReport:
    """What a publication did; ``changed`` is False when everything was published already."""

    changed: bool
    works: int = 0
    tombstones: int = 0
    publications: int = 0
    abstracts_shown: int = 0
    abstracts_withheld: int = 0

    @property
    def line(self) -> str:
        """The report in one line, for people."""
        if not self.changed:
            return "public copy: nothing has changed since it was last published"
        total = self.abstracts_shown + self.abstracts_withheld
        share = f" ({self.abstracts_shown / total:.0%})" if total else ""
        hidden = f"; taken down: {self.tombstones:,}" if self.tombstones else ""
        return (
            f"public copy: {plural(self.works, 'work')}, {plural(self.publications, 'publication')}; "
            f"abstracts shown: {self.abstracts_shown:,} of {total:,}{share}{hidden}"
        )


def publish(
    store_path: Path,
    public_folder: Path,
    *,
    settings: Mapping[str, Any],
    now: datetime,
    say: Callable[[str], None],
    active: Collection[str] | None = None,
) -> PublishReport:
    """Bring the public copy up to date; what readers see changes only when everything else has succeeded.

    ``settings`` is metadata.json's ``plugins.tracker``; ``active`` are the slugs that have a file in queries/ now (all
    where it is not given). Raises :class:`tracker.errors.StoreError` where a database cannot be read or written or the
    new copy fails its checks, :class:`tracker.errors.UsageError` for settings that cannot be followed.
    """
    which = abstracts(settings)
    schema = {name: schema_of(name) for name in SCHEMAS}
    public, search = public_folder / "public.db", public_folder / "search.db"
    with _reading(store_path) as store:
        mark = digest(store, settings, active, "".join(schema.values()))
        damaged = [path for path in (public, search) if path.is_file() and not live.sound(path)]
        for path in damaged:
            say(f"publishing: {path.name} was damaged: it is built again (restart 'tracker serve' if it is running)")
        if not damaged and _published(public) == _published(search) == mark:
            return PublishReport(changed=False)
        say("publishing: building the new copy")
        _prepare_folder(public_folder)
        live.sweep(public_folder)
        try:
            counts = _build(store, public, search, schema, which, active, mark, now)
            check(live.beside(public), live.beside(search), works=counts.works, tombstones=counts.tombstones)
            # The index first: a work that only the index knows yet is not shown; the reverse would not be found.
            for path in damaged:
                live.remove(path)
            live.copy(live.beside(search), search)
            live.copy(live.beside(public), public)
        finally:
            live.sweep(public_folder)
    return PublishReport(True, counts.works, counts.tombstones, counts.publications, counts.shown, counts.withheld)


SCHEMAS = ("public.sql", "search.sql")


def schema_of(name: str) -> str:
    """The tables of a public file; what a state may be is filled in from the table of states."""
    text = files("tracker.publish").joinpath(name).read_text(encoding="utf-8")
    return text.replace("/*states*/", f"{states.sql_codes()},")


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    """The private database, read only, in one transaction: all that is read belongs to one moment."""
    if not path.exists():
        raise StoreError(f"there is no database yet at {path}: run 'tracker update' first")
    db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=30)
    try:
        db.execute("begin")
        yield db
    except sqlite3.DatabaseError as error:
        raise StoreError(f"cannot make the public copy of {path}: {error}") from error
    finally:
        db.close()


def _published(path: Path) -> str:
    """The digest of what a live file holds, '' if there is no such file or it cannot be read."""
    if not path.exists():
        return ""
    try:
        db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            row = db.execute("select value from facts where name = 'digest'").fetchone()
        finally:
            db.close()
    except sqlite3.DatabaseError:
        return ""  # not ours or damaged: it is written anew
    return row[0] if row else ""


def _prepare_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"cannot make the folder {folder}: {error}") from error


def _build(
    store: sqlite3.Connection, public: Path, search: Path, schema: Mapping[str, str], which: Abstracts,
    active: Collection[str] | None, mark: str, now: datetime,
) -> PublishedCounts:  # fmt: skip
    first, second = _new(live.beside(public), schema["public.sql"]), _new(live.beside(search), schema["search.sql"])
    try:
        counts = build(store, first, second, which, active)
        facts(first, second, _facts(store, counts, which, now) | {"digest": mark, "built": _iso(now)})
        second.execute("insert into words (words) values ('optimize')")
        first.execute("commit")
        second.execute("commit")
        first.execute("pragma optimize")
    finally:
        first.close()
        second.close()
    return counts


def _new(path: Path, script: str) -> sqlite3.Connection:
    try:
        db = sqlite3.connect(path, isolation_level=None)
        # Nobody else reads this file, and after a power cut it is built again.
        db.execute("pragma journal_mode = off")
        db.execute("pragma synchronous = off")
        db.executescript(script)
        db.execute("begin")
    except sqlite3.OperationalError as error:
        raise StoreError(f"cannot write in {path.parent}: {error}") from error
    return db


def _facts(store: sqlite3.Connection, counts: PublishedCounts, which: Abstracts, now: datetime) -> dict[str, object]:
    demo = store.execute("select 1 from setting where name = 'prefix' and value = ?", (DEMO_PREFIX,)).fetchone()
    return {
        "software": __version__,
        "demo": "1" if demo else "",
        "authority": identity.setting(store, identity.AUTHORITY) or "localhost",
        "read_from": ledger.read_from(store),
        "founded": ledger.first_year(store) or _iso(now)[:4],
        "counts": {
            "works": counts.works,
            "publications": counts.publications,
            "hidden": counts.tombstones,
            **counts.states,
        },
        "abstracts": {
            "shown": counts.shown,
            "withheld": counts.withheld,
            "which": which.which,
            "by": which.by,
            "on": which.on,
        },
        **ledger.last_runs(store),
    }


def _iso(now: datetime) -> str:
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
