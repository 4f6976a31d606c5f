"""Datasette's table pages: whatever order is asked for, every row comes exactly once, or the order is refused."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from making import METADATA, NOW, Client, Maker, day, fill, quiet

from tracker.publish import publish

SIZES = (1, 7, 20, 100)
FILTERED = ("", "first_seen__gte=2026", "year__gte=1", "changed__gte=2026")  # each may be found by another index


@pytest.fixture(scope="module")
def tied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A public folder in which nearly all rows share their days, years and journals."""
    home = tmp_path_factory.mktemp("tied")
    made = fill(Maker(home / "db" / "tracker.db"))
    for number in range(100, 160):
        made.simple(number, "lonely", since=day(20 + number % 2))
    made.db.close()
    publish(home / "db" / "tracker.db", home / "db" / "public", settings={}, now=NOW, say=quiet)
    return home / "db" / "public"


def _tables(folder: Path) -> dict[str, tuple[int, list[str]]]:
    """Number of rows and names of the columns of every table."""
    with closing(sqlite3.connect(folder / "public.db")) as db:
        names = [name for (name,) in db.execute("select name from sqlite_master where type = 'table'")]
        counts = {name: db.execute(f'select count(*) from "{name}"').fetchone()[0] for name in names}
        columns = {name: [row[1] for row in db.execute(f'pragma table_info("{name}")')] for name in names}
    return {name: (counts[name], columns[name]) for name in names}


def _walked(site: Client, path: str) -> list[str] | int:
    """Every row of every page to the end, or the status of the first page that is refused."""
    rows: list[str] = []
    while path:
        answer = site.get(path)
        if answer.status_code != 200:
            return int(answer.status_code)
        page = answer.json()
        rows += [json.dumps(row, sort_keys=True) for row in page["rows"]]
        found = urlsplit(page["next_url"] or "")
        path = f"{found.path}?{found.query}" if found.path else ""
    return rows


def test_every_order_of_every_table_gives_each_row_once_or_is_refused(
    tied: Path, open_site: Callable[..., Client]
) -> None:
    site = open_site(tied)
    taken, refused = set(), set()
    for table, (count, columns) in _tables(tied).items():
        for column in (*columns, "rowid"):
            for way in ("_sort", "_sort_desc"):
                for size in SIZES if count > 1 else SIZES[-1:]:
                    said = urlencode({way: column, "_size": size, "_shape": "objects"})
                    found = _walked(site, f"/public/{table}.json?{said}")
                    if isinstance(found, int):
                        assert found == 400, (table, said)
                        refused.add((table, column))
                        break
                    taken.add((table, column))
                    again = [row for row, times in Counter(found).items() if times > 1]
                    assert (len(found), again) == (count, []), (table, said)
    assert {("works", "id"), ("works", "key"), ("publications", "id")} <= taken
    assert {("works", name) for name in ("first_seen", "changed", "year", "journal_id", "title")} <= refused
    assert not taken & refused


@pytest.mark.parametrize("narrowed", FILTERED)
def test_rows_that_are_filtered_come_once_in_every_order(
    tied: Path, open_site: Callable[..., Client], narrowed: str
) -> None:
    site = open_site(tied)
    for order in ("_sort=id", "_sort_desc=id", "_sort=key", "_sort_desc=key", ""):
        whole = _walked(site, f"/public/works.json?_shape=objects&_size=1000&{narrowed}&{order}")
        paged = _walked(site, f"/public/works.json?_shape=objects&_size=7&{narrowed}&{order}")
        assert isinstance(whole, list), order
        assert len(whole) > 60, order
        assert paged == whole, order


def test_headings_offer_no_order_that_is_refused(tied: Path, open_site: Callable[..., Client]) -> None:
    site = open_site(tied)
    page = site.get("/public/works").text
    assert "_sort_desc=id" in page or "_sort=id" in page
    assert "_sort=key" in page
    for column in _tables(tied)["works"][1]:
        for way in ("_sort", "_sort_desc"):
            if f'?{way}={column}"' in page:
                assert site.get(f"/public/works?{way}={column}").status_code == 200, (way, column)
    assert '=first_seen"' not in page


@pytest.mark.parametrize("order", [{"sort_desc": "first_seen"}, {"sort": "title"}, {"sort_desc": "key"}])
def test_an_order_named_in_metadata_is_used_only_if_no_row_is_lost(
    tied: Path, open_site: Callable[..., Client], order: dict[str, str]
) -> None:
    said: dict[str, Any] = {"tables": {"works": {**order, "sortable_columns": ["title", "first_seen"]}}}
    site = open_site(tied, {**METADATA, "databases": {"public": said}})
    found = _walked(site, "/public/works.json?_shape=objects&_size=20")
    assert isinstance(found, list)
    assert len(set(found)) == len(found) == _tables(tied)["works"][0]
    assert site.get("/public/works.json?_sort=title").status_code == 400
    keys = [json.loads(row)["key"] for row in found]
    assert (keys == sorted(keys, reverse=True)) == (order == {"sort_desc": "key"})
