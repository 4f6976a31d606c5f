"""What must hold of a new public copy before anybody sees it."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

from tracker.errors import StoreError

# Deliberately wider than what an address may be: rather leave out too much than publish one. Bounded, so that no text
# takes long (RFC 5321: 64 characters before the sign, 255 behind it).
SIGNS = r"[^\s@＠<>()\[\]{},;:\"'|\\/]"
ADDRESS = re.compile(rf"{SIGNS}{{1,64}}[@＠]{SIGNS}{{1,255}}\.[^\W\d_]{{2,}}")


def check(public: Path, search: Path, *, works: int, tombstones: int) -> None:
    """Raise :class:`StoreError` unless both files are sound and hold what the private database says they must."""
    db = sqlite3.connect(public)
    try:
        db.execute("attach ? as search", (str(search),))
        _sound(db)
        _counts(db, works, tombstones)
        _no_addresses(db)
    except sqlite3.DatabaseError as error:
        raise StoreError(f"the new public copy is damaged: {error}; nothing was published") from error
    finally:
        db.close()


def _sound(db: sqlite3.Connection) -> None:
    for name in ("main", "search"):
        if (said := db.execute(f"pragma {name}.integrity_check").fetchone()[0]) != "ok":
            raise StoreError(f"the new public copy is damaged ({said}); nothing was published")
    if bad := db.execute("pragma main.foreign_key_check").fetchone():
        raise StoreError(f"the new public copy refers to a row that is not there ({tuple(bad)}); nothing was published")


def _counts(db: sqlite3.Connection, works: int, tombstones: int) -> None:
    found = dict(db.execute("select state = 'hidden', count(*) from works group by 1"))
    words = db.execute("select count(*) from search.words_docsize").fetchone()[0]
    spoken = db.execute("select count(distinct work_id) from publications").fetchone()[0]
    told = [
        ("works", found.get(0, 0), works),
        ("tombstones", found.get(1, 0), tombstones),
        ("works in the index of words", words, works),
        ("works with a publication", spoken, works),
    ]
    for what, got, wanted in told:
        if got != wanted:
            raise StoreError(f"the new public copy has {got} {what}, there must be {wanted}; nothing was published")


def _no_addresses(db: sqlite3.Connection) -> None:
    for (table,) in db.execute("select name from sqlite_schema where type = 'table'").fetchall():
        names = [row[1] for row in db.execute(f"pragma table_info({table})") if row[2] == "TEXT"]
        signs = " or ".join(f"instr({name}, '@') or instr({name}, '＠')" for name in names) or "0"
        for row in db.execute(f"select {', '.join(names) or 'null'} from {table} where {signs}"):  # noqa: S608
            for name, text in zip(names, row, strict=True):
                if text and ADDRESS.search(text):
                    raise StoreError(f"an e-mail address would become public in {table}.{name}; nothing was published")
