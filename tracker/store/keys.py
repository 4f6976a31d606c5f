"""The key index of the deduplicator in SQLite; the protocol is ``tracker.dedupe.index.KeyIndex``."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Mapping


class StoredIndex:
    """Keys of records in the table ``dedupe_key``; a batch costs in proportion to itself."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    def put(self, keys: Mapping[int, Collection[int]]) -> None:
        self.db.executemany("delete from dedupe_key where record_id = ?", [(record,) for record in keys])
        self.db.executemany(
            "insert or ignore into dedupe_key (key, record_id) values (?, ?)",
            [(number, record) for record, numbers in keys.items() for number in numbers],
        )

    def of(self, records: Collection[int]) -> Mapping[int, Collection[int]]:
        return self._grouped(
            "select record_id, key from dedupe_key where record_id in (select value from json_each(?))", records
        )

    def find(self, keys: Collection[int]) -> Mapping[int, Collection[int]]:
        return self._grouped(
            "select key, record_id from dedupe_key where key in (select value from json_each(?)) order by 1, 2", keys
        )

    def _grouped(self, sql: str, wanted: Collection[int]) -> Mapping[int, Collection[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for key, value in self.db.execute(sql, (json.dumps(list(wanted)),)):
            found[key].append(value)
        return found
