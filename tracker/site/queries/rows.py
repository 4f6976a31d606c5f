"""Works as rows of the file formats, out of the public tables: what a download is written from.

A row is the one that ``tracker export`` writes of the same work, made by the same function, wherever its abstract may
be shown; where it may not, the cell is empty and the notes say where to read it. The reviewers' own columns are empty.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from tracker.formats.row import Row, person
from tracker.model import Author, PartialDate, Record, Section
from tracker.site.queries.papers import publications
from tracker.site.queries.sets import plain
from tracker.works.row import Around, filled, states_of

BATCH = 250  # works read at once: four queries for all of them, and no more of them in memory
WITHHELD = 2  # in works.abstract

_read = json.JSONDecoder().raw_decode  # json.loads without its looks at what stands before and behind

WORKS = """
select id, key, title, date, type, abstract, pmid, url from works where id in (select value from json_each(?))"""
SEARCHES = """
select work_id, slug, until from work_searches join searches on searches.id = search_id
where work_id in (select value from json_each(?)) order by work_id, slug"""
EVENTS = "select work_id, kind from events where work_id in (select value from json_each(?))"


def rows(db: sqlite3.Connection, ids: Iterable[int]) -> Iterator[Row]:
    """The rows of works, in the order given and in constant memory; tombstones must not be among them."""
    left = iter(ids)
    while batch := list(islice(left, BATCH)):
        yield from _batch(db, batch)


def _batch(db: sqlite3.Connection, ids: list[int]) -> Iterator[Row]:
    asked = (json.dumps(ids),)
    works = {row["id"]: row for row in db.execute(WORKS, asked)}
    texts = publications(db, ids)
    searches: dict[int, list[tuple[str, str]]] = {}
    for number, slug, until in plain(db, SEARCHES, asked):
        searches.setdefault(number, []).append((slug, until))
    kinds: dict[int, set[str]] = {}
    for number, kind in plain(db, EVENTS, asked):
        kinds.setdefault(number, set()).add(kind)
    for number in ids:
        yield row(works[number], texts[number], searches.get(number, ()), kinds.get(number, set()))


def row(work: sqlite3.Row, found: Sequence[sqlite3.Row], searches: Sequence[tuple[str, str]], kinds: set[str]) -> Row:
    """One work: its rows of ``works`` and ``publications``, (slug, until) of its searches, the kinds of its events."""
    others = {name: other for other in found[1:] for name in _list(other["gives"])}
    abstract, note = _abstract(work, others.get("abstract", found[0]), found)
    records = [record for one in found for record in _list(one["records"])]
    untils = [until for _, until in searches]
    around = Around(
        key=work["key"],
        kind=work["type"],
        status=states_of(kinds),
        ended=max(untils)[:10] if untils and all(untils) else "",
        versions=[f"{one['kind']} {one['called']}" for one in sorted(found, key=lambda one: one["id"])],
        searches=[slug for slug, _ in searches],
        sources=sorted({record["source"] for record in records}),
        first_seen=min(record["first_seen"] for record in records)[:10],
        note=note,
    )
    return filled(_record(work, found[0], others, abstract), around)


def _record(
    work: sqlite3.Row, first: sqlite3.Row, others: dict[str, sqlite3.Row], abstract: tuple[Section, ...]
) -> Record:
    """What the work shows, as far as a row tells it; ``others`` are the publications that give what ``first`` lacks."""
    named = others.get("authors", first)
    return Record(
        source="",
        source_id="",
        title=work["title"],
        abstract=abstract,
        authors=authors(named),
        authors_complete=bool(named["authors_complete"]),
        journal=first["journal"],
        journal_abbrev=first["journal_abbrev"],
        issn_linking=first["issn"],
        publisher=first["publisher"],
        country=others.get("country", first)["country"],
        volume=first["volume"],
        issue=first["issue"],
        pages=first["pages"],
        date=PartialDate(work["date"]),
        pmid=first["pmid"],
        pmcid=first["pmcid"],
        doi=first["doi"],
        languages=tuple(others.get("languages", first)["language"].split(", ")),
        keywords=(*_list(others.get("keywords", first)["keywords"]), *_headings(others.get("mesh", first))),
    )


def _abstract(work: sqlite3.Row, own: sqlite3.Row, found: Sequence[sqlite3.Row]) -> tuple[tuple[Section, ...], str]:
    """The abstract that may be shown, and what the notes say of it; ``own``: the publication whose abstract it is."""
    if work["abstract"] == WITHHELD:
        where = f": read it at {'PubMed' if work['pmid'] else 'the publisher'} {work['url']}" if work["url"] else ""
        return (), f"abstract not shown here{where}"
    if own["abstract"] is not None or not own["abstract_withheld"]:
        return _sections(own), ""
    other = next(one for one in found if one["abstract"] is not None)
    return _sections(other), f"the abstract is that of the {other['kind']} {other['called']}"


def _sections(publication: sqlite3.Row) -> tuple[Section, ...]:
    return tuple(Section(text, label) for label, text in _list(publication["abstract"] or "[]"))


def authors(publication: sqlite3.Row) -> tuple[Author, ...]:
    """The authors in parts; the names of most tell them, those of others are told beside."""
    names, groups = _list(publication["authors"]), _list(publication["group_authors"])
    found = [Author(group=name) if name in groups else person(name) for name in names]
    for place, family, given, suffix in _list(publication["author_parts"]):
        found[place] = Author(family, given, suffix=suffix)
    return tuple(found)


def _list(text: str) -> list[Any]:
    """A JSON list as publish writes it."""
    return _read(text)[0] if text != "[]" else []


def _headings(publication: sqlite3.Row) -> list[str]:
    """``Loneliness`` of ``Loneliness / psychology *``: a row tells headings and keywords alike."""
    return [text.removesuffix(" *").partition(" / ")[0] for text in _list(publication["mesh"])]


def of_keys(db: sqlite3.Connection, keys: Sequence[str]) -> tuple[list[int], list[str]]:
    """The works of keys, in their order, each once, joined ones as what they were joined into; and keys of none.

    A work that was taken down is none.
    """
    forwards = dict(plain(db, "select key, to_key from work_forwards where key in (select value from json_each(?))",
                          (json.dumps(keys),)))  # fmt: skip
    standing = {key: forwards.get(key, key) for key in keys}
    sql = "select key, id from works where state <> 'hidden' and key in (select value from json_each(?))"
    ids = dict(plain(db, sql, (json.dumps(list(standing.values())),)))
    found = dict.fromkeys(ids[now] for now in standing.values() if now in ids)
    return list(found), [key for key, now in standing.items() if now not in ids]


def withheld(db: sqlite3.Connection, ids: Sequence[int]) -> int:
    """How many of a few works have an abstract that may not be shown."""
    sql = "select count(*) from works where abstract = ? and id in (select value from json_each(?))"
    count: int = db.execute(sql, (WITHHELD, json.dumps(ids))).fetchone()[0]
    return count


def prefix(db: sqlite3.Connection) -> str:
    """What the keys of this tracker begin with, ``LSI``; '' where there is no work yet."""
    found = db.execute("select key from works limit 1").fetchone()
    return found[0].partition("-")[0] if found else ""
