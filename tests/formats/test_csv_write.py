"""The promises of the CSV writer: any Unicode in, the same number of records out in every reader."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import tracemalloc
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import hostile
import pandas
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tracker.errors import UsageError
from tracker.formats import COLUMNS, Row, Written
from tracker.formats.csv import EXCEL_CELL, PROFILES, PYTHON_CELL, TRUNCATED, cut_to, guard, unguard, write
from tracker.text import clean

CONTRACT = (
    "key, title, year, month, day, journal, issn, volume, issue, pages, authors, url, language, publisher, location, "
    "abstract, notes, doi, keywords, pubmed_id, pmc_id, record_type, status, versions, searches, sources, first_seen, "
    "priority, priority_why, priority_note, included, decision, reason, reviewer, comment"
)
B4 = CONTRACT.split(", ")
NASTY = Path(__file__).resolve().parents[2] / "../shared/samples/formats/nasty_records.json"
profiles = pytest.mark.parametrize("profile", PROFILES)
quick = settings(max_examples=80, deadline=None)


def written(rows: Iterable[Row], profile: str) -> tuple[bytes, Written]:
    out = io.BytesIO()
    receipt = write(rows, out, profile)
    return out.getvalue(), receipt


def cells(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_columns_are_those_of_the_contract_and_no_other() -> None:
    assert list(COLUMNS) == B4
    assert not {"label", "include", "asreview_label"} & set(COLUMNS)


@profiles
def test_header_is_bare_and_title_is_not_first(profile: str) -> None:
    """Rayyan looks for the bare word ``title``; a byte order mark sticks to the first name."""
    data, _ = written([], profile)
    assert data.removeprefix(b"\xef\xbb\xbf") == ",".join(B4).encode() + b"\r\n"
    assert COLUMNS[0] == "key"


@profiles
def test_only_the_spreadsheet_profile_has_a_byte_order_mark(profile: str) -> None:
    assert written([], profile)[0].startswith(b"\xef\xbb\xbf") is (profile == "spreadsheet")


@profiles
@given(rows=hostile.rows())
@example(rows=hostile.everywhere())
@quick
def test_any_text_in_the_same_records_out_in_every_reader(profile: str, rows: list[Row]) -> None:
    data, receipt = written(rows, profile)
    count, text = len(rows), data.decode("utf-8")
    assert receipt.records == count
    found = cells(data)
    assert [row[0] for row in found[1:]] == [row.key for row in rows]
    assert {len(row) for row in found} == {len(COLUMNS)}
    # one physical line a record, whatever a reader takes for a line end
    assert len(data.split(b"\r\n")) == count + 2
    assert len(text.splitlines()) == count + 1
    for universal in (None, ""):
        reader = csv.reader(io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline=universal))
        assert sum(1 for _ in reader) == count + 1
    frames = [
        pandas.read_csv(io.BytesIO(data)),
        pandas.read_csv(io.BytesIO(data), sep=None, engine="python"),  # as ASReview reads: the separator is sniffed
        pandas.read_csv(io.BytesIO(data), dtype=str, keep_default_na=False),
    ]
    for frame in frames:
        frame.columns = [name.lstrip("\ufeff") for name in frame.columns]  # pandas leaves it there when it sniffs
        assert list(frame["key"]) == [row.key for row in rows]
        assert list(frame.columns) == B4
    assert frames[-1].values.tolist() == found[1:]


@profiles
@given(rows=hostile.rows())
@example(rows=hostile.everywhere())
@quick
def test_every_value_survives_apart_from_what_is_not_text(profile: str, rows: list[Row]) -> None:
    """Breaks become spaces, controls go; nothing else changes but the guard, and Rayyan's "and"."""
    data, _ = written(rows, profile)
    for row, found in zip(rows, cells(data)[1:], strict=True):
        for name, cell in zip(COLUMNS, found, strict=True):
            value = getattr(row, name)
            expected = value if isinstance(value, str) else "" if value is None else str(value)
            expected = clean(expected)
            if profile == "rayyan" and name == "authors":
                expected = re.sub(r"\band\b", "&", expected)
            assert (unguard(cell) if profile == "spreadsheet" else cell) == expected


@profiles
@given(rows=hostile.rows())
@quick
def test_receipt_says_what_was_written_and_the_same_rows_give_the_same_bytes(profile: str, rows: list[Row]) -> None:
    data, receipt = written(rows, profile)
    assert receipt == Written(len(rows), len(data), hashlib.sha256(data).hexdigest())
    assert written(iter(rows), profile) == (data, receipt)


@given(hostile.texts)
@example("''=x")
@example("＝1")
@quick
def test_guard_is_a_bijection_and_no_cell_starts_as_a_formula(text: str) -> None:
    assert unguard(guard(text)) == text
    assert not re.match("[=+\\-@\t\r\0＝＋－＠]", guard(text))


@given(rows=hostile.rows())
@example(rows=hostile.everywhere())
@quick
def test_spreadsheet_runs_no_formula_in_any_column(rows: list[Row]) -> None:
    for row in cells(written(rows, "spreadsheet")[0])[1:]:
        assert not [cell for cell in row if cell.startswith(tuple("=+-@\t\r\0＝＋－＠"))]


def test_tools_get_no_guard() -> None:
    """ASReview and Rayyan would show the sign."""
    for profile in ("rayyan", "asreview"):
        assert cells(written([Row(key="DEMO-000001", title="=x")], profile)[0])[1][1] == "=x"


def test_rayyan_group_names_hold_no_and() -> None:
    """Rayyan splits the authors at ``;`` and at every word "and" (``\\band\\b`` in its reader)."""
    names = "Health and Social Care Group; Anderson, Holland; Lund-and-Sand Group"
    row = Row(key="DEMO-000001", authors=names, title="Anger and grief")
    rayyan, asreview = (cells(written([row], name)[0])[1] for name in ("rayyan", "asreview"))
    authors = COLUMNS.index("authors")
    assert rayyan[authors] == "Health & Social Care Group; Anderson, Holland; Lund-&-Sand Group"
    assert re.split(r"\s*;\s*|\band\b", rayyan[authors]) == rayyan[authors].split("; ")
    assert asreview[authors] == names
    assert rayyan[1] == "Anger and grief"


@given(st.text(st.sampled_from("a🫂é "), max_size=60), st.integers(len(TRUNCATED), 40))
@quick
def test_cut_keeps_within_the_limit_as_excel_counts_and_is_marked(text: str, limit: int) -> None:
    kept, was_cut = cut_to(text, limit)
    units = len(text.encode("utf-16-le")) // 2
    assert was_cut == (units > limit)
    assert len(kept.encode("utf-16-le")) // 2 <= limit
    assert kept == text if not was_cut else kept.endswith(TRUNCATED) and text.startswith(kept[: -len(TRUNCATED)])


@pytest.mark.parametrize("start", ["", "="])
@pytest.mark.parametrize("sign", ["x", "🫂"])
def test_long_cells_are_cut_with_a_mark_and_counted(start: str, sign: str) -> None:
    row = Row(key="DEMO-000001", abstract=start + sign * 200_000, title="short")
    for profile, limit in (("spreadsheet", EXCEL_CELL), ("rayyan", PYTHON_CELL), ("asreview", PYTHON_CELL)):
        data, receipt = written([row], profile)
        assert receipt.cut == 1
        cell = dict(zip(COLUMNS, cells(data)[1], strict=True))["abstract"]
        assert cell.endswith(TRUNCATED)
        assert limit - 1 <= len(cell.encode("utf-16-le")) // 2 <= limit
        assert len(pandas.read_csv(io.BytesIO(data), sep=None, engine="python")) == 1


def test_python_cell_is_the_limit_of_pythons_own_reader() -> None:
    assert csv.field_size_limit() == PYTHON_CELL


def test_numbers_are_integers_or_empty() -> None:
    """ASReview refuses the whole file for ``2024-03`` or ``2024.0``."""
    rows = [Row(key="DEMO-000001", year=2024, month=3, day=5, included=1), Row(key="DEMO-000002", included=0)]
    first, second = (dict(zip(COLUMNS, row, strict=True)) for row in cells(written(rows, "asreview")[0])[1:])
    assert [first[name] for name in ("year", "month", "day", "included")] == ["2024", "3", "5", "1"]
    assert [second[name] for name in ("year", "month", "day", "included")] == ["", "", "", "0"]


def test_memory_does_not_grow_with_the_rows() -> None:
    class Nowhere(io.RawIOBase):
        def write(self, data: object) -> int:
            return 0

    def peak(count: int) -> int:
        row = Row(key="DEMO-000001", abstract="word " * 300)
        tracemalloc.start()
        write((replace(row, title=str(n)) for n in range(count)), Nowhere())  # type: ignore[arg-type]
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    assert peak(2_000) < 2 * peak(20) + 100_000


def test_unknown_profile_is_one_clear_line() -> None:
    with pytest.raises(UsageError, match="no CSV profile 'covidence': use one of spreadsheet, rayyan, asreview"):
        write([], io.BytesIO(), "covidence")


def asreview_complaints(data: bytes) -> list[str]:
    """ASReview 3's rules for a CSV, read in its source: column names, whole years, labels 1, 0 or nothing."""
    frame = pandas.read_csv(io.BytesIO(data), sep=None, engine="python", encoding="utf-8")
    frame.columns = [name.lower().strip() for name in frame.columns]
    labels = {"label", "final_included", "label_included", "included_label", "included_final", "include"}
    found = [name for name in ("title", "abstract", "authors", "keywords", "year", "doi", "url") if name not in frame]
    found += sorted(labels & set(frame.columns))
    found += [f"year {year}" for year in frame["year"].dropna() if int(year) != year]
    found += [f"included {value}" for value in frame["included"].dropna() if value not in (0, 1)]
    return found


@given(rows=hostile.rows())
@example(rows=hostile.everywhere())
@quick
def test_asreview_has_nothing_to_complain_about(rows: list[Row]) -> None:
    assert asreview_complaints(written(rows, "asreview")[0]) == []


def rayyan_rows(data: bytes) -> list[dict[str, str]]:
    """Rayyan's open reader: no RIS or EndNote in the first ten lines, the word ``title`` in the split first line."""
    text = data.decode("utf-8")
    lines = text.split("\n")
    assert not any(re.match(r"(TY  - |%0 |FN |@\w+\{|PMID- )", line) for line in lines[:10])
    assert "title" in re.split(r"\s*,\s*", lines[0].strip().lower())
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


@given(rows=hostile.rows())
@example(rows=hostile.everywhere())
@quick
def test_rayyan_takes_it_for_csv_and_sees_every_record(rows: list[Row]) -> None:
    assert [row["key"] for row in rayyan_rows(written(rows, "rayyan")[0])] == [row.key for row in rows]


@profiles
def test_nasty_records_of_the_reference_keep_their_number(profile: str) -> None:
    if not NASTY.exists():
        pytest.skip("the reference samples are not beside this project")
    rows = []
    for said in json.loads(NASTY.read_text(encoding="utf-8")):
        pattern, count = said.get("authors_pattern", ["", 0])
        names = said.get("authors") or [pattern % (n, n) for n in range(count)]
        abstract = "".join(said["abstract_repeat"][:1] * 8000) if "abstract_repeat" in said else said.get("abstract")
        known = {
            name: said[name] for name in ("title", "year", "journal", "volume", "issue", "pages", "doi") if name in said
        }
        keywords = "; ".join(said.get("keywords", ()))
        rows.append(Row(key=said["id"], abstract=abstract or "", authors="; ".join(names), keywords=keywords, **known))
    data, receipt = written(rows, profile)
    assert [row[0] for row in cells(data)[1:]] == [row.key for row in rows]
    assert receipt.cut == (profile == "spreadsheet")  # the abstract of 40,000 characters
    assert len(pandas.read_csv(io.BytesIO(data))) == len(rows) == 15
