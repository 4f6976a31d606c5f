"""How works stand now, without loading them: what happened to them, of what they consist, when searches matched them.

For whoever has many works to compare with what was said of them once; see ``screening/changes.py``.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WorkStanding:
    """A work, or one of its publications: ``work`` is its id, ``kinds`` those of its events.

    ``matches`` are (since, until) of the stretches in which one of the searches asked for matched it; until is '' while
    it does.
    """

    work: int
    kinds: frozenset[str]
    publications: frozenset[int]
    matches: tuple[tuple[str, str], ...]


KINDS = """
select distinct work_id, publication, coalesce(kind, '') from placement
left join event on event.record_id = placement.record_id where work_id in (select value from json_each(?))
order by work_id, publication"""
MATCHES = """
select work_id, publication, slug, since, coalesce(until, '') from placement
join record on record.id = placement.record_id
join match on match.source = record.source and match.source_id = record.source_id
join search on search.id = match.search_id where work_id in (select value from json_each(?)) order by match.id"""


def of_works(
    db: sqlite3.Connection, works: Collection[int], searches: Collection[str], *, by_publication: bool = False
) -> Iterator[WorkStanding]:
    """How each of these works stands (with ``by_publication``: each of their publications), by id.

    A publication that no search ever matched stands by the matches of its work.
    """
    asked = json.dumps(list(works))
    kinds: dict[tuple[int, int], set[str]] = {}
    for work, publication, kind in db.execute(KINDS, (asked,)):
        kinds.setdefault((work, publication), set()).add(kind)
    found: dict[int, list[tuple[int, str, str, str]]] = {}
    for work, *match in db.execute(MATCHES, (asked,)):
        found.setdefault(work, []).append(tuple(match))
    units: dict[tuple[int, int], list[int]] = {}
    for work, publication in kinds:
        units.setdefault((work, publication if by_publication else 0), []).append(publication)
    for (work, _), publications in units.items():
        matches = found.get(work, [])
        own = [match for match in matches if match[0] in publications] or matches
        yield WorkStanding(
            work,
            frozenset(kind for publication in publications for kind in kinds[work, publication] if kind),
            frozenset(publications),
            tuple((since, until) for _, slug, since, until in own if slug in searches),
        )
