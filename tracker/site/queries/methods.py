"""The strategies with everything that was ever sent for them."""

from __future__ import annotations

import sqlite3


def strategies(db: sqlite3.Connection) -> list[sqlite3.Row]:
    """All searches with all versions of their strategies, those that are still run first."""
    return db.execute(
        "select slug, title, sources, every, version, versions, last_complete, works, active from searches "
        "order by active desc, title, slug"
    ).fetchall()
