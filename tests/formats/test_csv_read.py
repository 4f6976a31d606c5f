"""The promises of the CSV reader: what was handed out comes back, also after a spreadsheet has saved it again."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

import hostile
import pytest
from hypothesis import HealthCheck, example, given, settings

from tracker.errors import UsageError
from tracker.formats import COLUMNS, Row
from tracker.formats.csv import PROFILES, read, write
from tracker.text import clean

quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
SAMPLES = Path(__file__).resolve().parents[2] / "../shared/samples/formats"


def file_of(folder: Path, rows: list[Row], profile: str = "spreadsheet") -> Path:
    path = folder / "list.csv"
    with path.open("wb") as out:
        write(rows, out, profile)
    return path


def expected(row: Row) -> dict[str, str]:
    said = {name: getattr(row, name) for name in COLUMNS}
    return {name: clean(v) if isinstance(v, str) else "" if v is None else str(v) for name, v in said.items()}


def without_own_columns(row: dict[str, str]) -> dict[str, str]:
    return {name: row[name] for name in COLUMNS if name not in ("decision", "reason", "reviewer", "comment", "authors")}


@pytest.mark.parametrize("profile", PROFILES)
@given(rows=hostile.rows())
@example(rows=hostile.everywhere())
@quick
def test_what_was_written_is_read_back(tmp_path: Path, profile: str, rows: list[Row]) -> None:
    path = file_of(tmp_path, rows, profile)
    found = list(read(path, guarded=profile == "spreadsheet"))
    assert [without_own_columns(row) for row in found] == [without_own_columns(expected(row)) for row in rows]


@pytest.mark.parametrize(
    ("delimiter", "encoding", "newline", "quoting"),
    [
        (",", "utf-8-sig", "\r\n", csv.QUOTE_MINIMAL),  # Excel: CSV UTF-8
        (";", "utf-8-sig", "\r\n", csv.QUOTE_MINIMAL),  # the same where the comma is the decimal sign
        ("\t", "utf-16", "\r\n", csv.QUOTE_MINIMAL),  # Excel: Unicode text
        (",", "utf-8", "\n", csv.QUOTE_MINIMAL),  # LibreOffice
        (";", "utf-8", "\n", csv.QUOTE_ALL),
        ("\t", "utf-8", "\r", csv.QUOTE_ALL),  # old Macintosh
        ("|", "utf-8", "\n", csv.QUOTE_NONNUMERIC),
    ],
)
@given(rows=hostile.rows())
@example(rows=hostile.everywhere())
@settings(quick, max_examples=25)
def test_saved_again_by_a_spreadsheet_it_reads_the_same(
    tmp_path: Path, delimiter: str, encoding: str, newline: str, quoting: int, rows: list[Row]
) -> None:
    before = list(read(file_of(tmp_path, rows)))
    with (tmp_path / "list.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = list(csv.reader(file))
    again = tmp_path / "again.csv"
    with again.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter, lineterminator=newline, quoting=quoting).writerows(cells)  # type: ignore[arg-type]
    assert list(read(again)) == before


def text_file(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "given.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_plain_excel_csv_in_windows_1252_keeps_its_letters(tmp_path: Path) -> None:
    path = text_file(tmp_path, "key;title;decision\r\nDEMO-000001;Épidémiologie – “Größe”;include\r\n", "cp1252")
    assert list(read(path)) == [{"key": "DEMO-000001", "title": "Épidémiologie – “Größe”", "decision": "include"}]


def test_bytes_of_no_encoding_are_shown_not_dropped(tmp_path: Path) -> None:
    path = tmp_path / "given.csv"
    path.write_bytes(b"key,title\r\nDEMO-000001,a\x81b\r\nDEMO-000002,c\r\n")
    assert [row["title"] for row in read(path)] == ["a\x81b", "c"]


def test_the_line_that_tells_excel_the_separator_is_no_header(tmp_path: Path) -> None:
    for first in ("sep=;", '"sep=;"'):
        path = text_file(tmp_path, f"{first}\r\nkey;title\r\nDEMO-000001;a,b,c,d\r\n", "utf-8-sig")
        assert list(read(path)) == [{"key": "DEMO-000001", "title": "a,b,c,d"}]


def test_headers_are_known_under_what_tools_leave_on_them(tmp_path: Path) -> None:
    """ASReview puts an unnamed column first and keeps a byte order mark inside the name that follows."""
    path = text_file(tmp_path, "\n,\ufeffKey, Title ,'Decision',My column,Title\n0,DEMO-000001,a,b,c,d,e\n,,,,,\n")
    assert list(read(path)) == [
        {"column 1": "0", "key": "DEMO-000001", "title": "a", "decision": "b", "My column": "c", "title (2)": "d"}
        | {"column 7": "e"}
    ]


def test_guard_is_undone_in_our_columns_only(tmp_path: Path) -> None:
    """What a reviewer typed is taken as typed, and so is a column of her own."""
    path = text_file(tmp_path, "key,title,comment,mine\nDEMO-000001,'=x,'=y,'=z\n")
    assert list(read(path)) == [{"key": "DEMO-000001", "title": "=x", "comment": "'=y", "mine": "'=z"}]
    assert next(read(path, guarded=False))["title"] == "'=x"


def test_short_rows_are_filled_and_line_breaks_in_comments_kept(tmp_path: Path) -> None:
    path = text_file(tmp_path, 'key,title,comment\nDEMO-000001,a,"two\r\nlines",\nDEMO-000002\n')
    assert list(read(path)) == [
        {"key": "DEMO-000001", "title": "a", "comment": "two\r\nlines"},
        {"key": "DEMO-000002", "title": "", "comment": ""},
    ]


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff", "\ufeff\r\n,,,\r\n", "key,title\n", "sep=;\n"])
def test_a_file_without_rows_has_none(tmp_path: Path, text: str) -> None:
    assert list(read(text_file(tmp_path, text))) == []


def test_what_cannot_be_read_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"missing.csv cannot be read: No such file"):
        list(read(tmp_path / "missing.csv"))


def test_a_cell_of_any_length_is_read(tmp_path: Path) -> None:
    path = text_file(tmp_path, "key,comment\nDEMO-000001,ok\nDEMO-000002," + "x" * 200_000 + "\n")
    assert [len(row["comment"]) for row in read(path)] == [2, 200_000]


def test_reads_row_by_row(tmp_path: Path) -> None:
    path = file_of(tmp_path, [Row(key=f"DEMO-{n:06}") for n in range(5)])
    assert [row["key"] for row in itertools.islice(read(path), 2)] == ["DEMO-000000", "DEMO-000001"]


def test_real_exports_of_tools_read(tmp_path: Path) -> None:
    if not SAMPLES.exists():
        pytest.skip("the reference samples are not beside this project")
    asreview = list(read(SAMPLES / "asreview308_export_of_csv_project.csv"))
    assert [row["key"] for row in asreview] == ["LSI-000001", "LSI-000007", "LSI-000012", "LSI-000006"]
    assert [row["asreview_label"] for row in asreview] == ["1", "1", "", "0"]
    rayyan = list(read(SAMPLES / "rayyan_articles.csv"))
    assert sum("RAYYAN-INCLUSION" in row["notes"] for row in rayyan) == 4
    mine = list(read(SAMPLES / "screening_input.csv"))
    assert len(mine) == 4
    assert mine[0]["title"].startswith("Loneliness")
