"""The key index: which records bear a key. The protocol, and one that lives in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol


class KeyIndex(Protocol):
    """What the engine needs of an index. Keys are the 63-bit numbers of :func:`tracker.dedupe.keys.digest`.

    In SQL: ``create table dedupe_key (key integer not null, record_id integer not null, primary key (key, record_id))
    strict, without rowid`` with an index on ``record_id``; all three calls are one statement for a chunk of numbers.
    """

    def put(self, keys: Mapping[int, Collection[int]]) -> None:
        """Store the keys of each record id, in place of those it had."""
        ...

    def of(self, records: Collection[int]) -> Mapping[int, Collection[int]]:
        """The stored keys of each record id; ids that are not stored may be absent."""
        ...

    def find(self, keys: Collection[int]) -> Mapping[int, Collection[int]]:
        """The ids of the records that bear each key; keys that nobody bears may be absent."""
        ...


class MemoryIndex:
    """A :class:`KeyIndex` in two dictionaries."""

    def __init__(self) -> None:
        self._bearers: dict[int, tuple[int, ...]] = {}
        self._keys: dict[int, tuple[int, ...]] = {}

    def put(self, keys: Mapping[int, Collection[int]]) -> None:
        for record, numbers in keys.items():
            for old in self._keys.pop(record, ()):
                left = tuple(bearer for bearer in self._bearers[old] if bearer != record)
                if left:
                    self._bearers[old] = left
                else:
                    del self._bearers[old]
            self._keys[record] = tuple(numbers)
            for number in numbers:
                self._bearers[number] = (*self._bearers.get(number, ()), record)

    def of(self, records: Collection[int]) -> Mapping[int, Collection[int]]:
        return {record: self._keys[record] for record in records if record in self._keys}

    def find(self, keys: Collection[int]) -> Mapping[int, Collection[int]]:
        return {key: self._bearers[key] for key in keys if key in self._bearers}
