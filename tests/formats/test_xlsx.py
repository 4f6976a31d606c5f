"""The promises of the workbook: text cells only, nothing lost, nothing run, and a reader that takes any tool's."""

from __future__ import annotations

import gc
import hashlib
import io
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import hostile
import openpyxl
import pandas
import pytest
import xlsxwriter.worksheet
from hypothesis import example, given, settings

from tracker.errors import UsageError
from tracker.formats import COLUMNS, Row, Written
from tracker.formats import xlsx as reading
from tracker.formats.csv import EXCEL_CELL, TRUNCATED
from tracker.formats.xlsx import XLSX, read, write
from tracker.text import clean

quick = settings(max_examples=25, deadline=None)


def written(rows: Iterable[Row]) -> tuple[bytes, Written]:
    out = io.BytesIO()
    receipt = write(rows, out)
    return out.getvalue(), receipt


def book_of(rows: Iterable[Row]) -> Any:
    return openpyxl.load_workbook(io.BytesIO(written(rows)[0]))


def expected(row: Row) -> dict[str, str]:
    said = {name: getattr(row, name) for name in COLUMNS}
    return {name: clean(v) if isinstance(v, str) else "" if v is None else str(v) for name, v in said.items()}


@given(rows=hostile.rows())
@example(rows=hostile.everywhere())
@quick
def test_any_text_in_the_same_rows_out_as_text_in_every_reader(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row]
) -> None:
    data, receipt = written(rows)
    assert receipt == Written(len(rows), len(data), hashlib.sha256(data).hexdigest())
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    cells = [list(line) for line in sheet.iter_rows()]
    assert [cell.value for cell in cells[0]] == list(COLUMNS)
    assert {cell.data_type for line in cells for cell in line if cell.value is not None} == {"s"}
    assert [line[0].value for line in cells[1:]] == [row.key for row in rows]
    frame = pandas.read_excel(io.BytesIO(data), dtype=str, keep_default_na=False, engine="openpyxl")
    assert list(frame.columns) == list(COLUMNS)
    assert list(frame["key"]) == [row.key for row in rows]
    path = tmp_path_factory.mktemp("xlsx") / "a.xlsx"
    path.write_bytes(data)
    assert list(read(path)) == [expected(row) for row in rows]


def test_the_same_rows_give_the_same_bytes() -> None:
    rows = hostile.everywhere()
    assert written(rows) == written(iter(rows))


def test_a_person_finds_a_frozen_header_a_filter_a_drop_down_and_a_read_me() -> None:
    book = book_of([Row(key="DEMO-000001"), Row(key="DEMO-000002")])
    sheet, help_sheet = book.worksheets
    assert (sheet.title, help_sheet.title) == ("Screening", "Read me")
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref == "A1:AI3"
    (choice,) = sheet.data_validations.dataValidation
    assert (str(choice.sqref), choice.formula1) == ("AF2:AF3", '"include,exclude,maybe"')
    assert COLUMNS[31] == "decision"
    assert sheet.column_dimensions["B"].width > sheet.column_dimensions["C"].width
    assert "include, exclude or maybe" in help_sheet["A2"].value


def test_long_cells_are_cut_on_purpose_and_marked() -> None:
    for sign in ("x", "🫂"):
        data, receipt = written([Row(key="DEMO-000001", abstract=sign * 40_000)])
        assert receipt.cut == 1
        value = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].cell(2, COLUMNS.index("abstract") + 1).value
        assert value.endswith(TRUNCATED)
        assert EXCEL_CELL - 1 <= len(value.encode("utf-16-le")) // 2 <= EXCEL_CELL


def test_no_time_of_writing_and_no_name_stands_inside() -> None:
    data, _ = written([Row(key="DEMO-000001")])
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert {one.date_time[0] for one in book.infolist()} == {1980}
        assert b"2000-01-01T00:00:00Z" in book.read("docProps/core.xml")


def test_a_cell_that_the_library_refuses_is_never_lost_silently(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsxwriter.worksheet.Worksheet, "write_string", lambda *given: -2 if given[1] else 0)
    with pytest.raises(ValueError, match="row 2, column 1 cannot be written"):
        written([Row(key="DEMO-000001")])


def test_rows_that_end_in_an_error_leave_no_file_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def broken() -> Iterator[Row]:
        yield Row(key="DEMO-000001")
        raise OSError("the disk has gone")

    with pytest.raises(OSError, match="the disk has gone"):
        written(broken())
    gc.collect()  # an open file would be a warning here, and warnings are errors
    assert list(tmp_path.iterdir()) == []


# --- the reader


def saved(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, lines in sheets.items():
        sheet = book.create_sheet(title)
        for line in lines:
            sheet.append(line)
    book.save(path)
    return path


def test_what_a_person_typed_into_it_is_read(tmp_path: Path) -> None:
    """As Excel saves it: shared strings, numbers, truth values, formulas with their last result."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(written([Row(key="DEMO-000001", title="a", issue="3-4"), Row(key="DEMO-000002")])[0])
    book = openpyxl.load_workbook(path)
    sheet, place = book.worksheets[0], COLUMNS.index("decision") + 1
    sheet.cell(2, place).value, sheet.cell(3, place).value = "include", 1
    sheet.cell(3, place + 1).value, sheet.cell(2, len(COLUMNS) + 1).value = True, "mine"
    book.save(path)
    first, second = read(path)
    assert (first["decision"], first["issue"], first["column 36"]) == ("include", "3-4", "mine")
    assert (second["decision"], second["reason"]) == ("1", "1")


def test_the_sheet_with_most_of_our_columns_is_read(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", {"Notes": [["title"], ["no"]], "B": [[], ["\ufeffKEY ", "Title", "x", "x", None],
                 ["DEMO-000001", "t", 38000001.0, 2.5, None], [None, None], ["DEMO-000002"]]})  # fmt: skip
    assert list(read(path)) == [
        {"key": "DEMO-000001", "title": "t", "x": "38000001", "x (2)": "2.5"},
        {"key": "DEMO-000002", "title": "", "x": "", "x (2)": ""},
    ]


def test_rich_text_readings_and_cells_without_place(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row><c t="inlineStr"><is><t>key</t></is></c><c t="inlineStr"><is><t>title</t></is></c></row>'
        '<row><c t="inlineStr"><is><r><t>DEMO</t></r><r><t>-1</t></r><rPh sb="0" eb="1"><t>no</t></rPh></is></c>'
        '<c r="B2" t="str"><f>A1</f><v>a_x005F_x0041_</v></c><c r="D2" t="s"><v>9</v></c><c r="E2" t="s"><v>0</v></c>'
        '<c r="F2"/></row></sheetData></worksheet>'
    )
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("xl/worksheets/sheet1.xml", sheet)
        book.writestr("xl/sharedStrings.xml", "<sst><si><t>shared</t></si></sst>")
    assert list(read(path)) == [{"key": "DEMO-1", "title": "a_x0041_", "column 5": "shared"}]


def test_what_is_no_workbook_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match=r"none.xlsx cannot be read"):
        list(read(tmp_path / "none.xlsx"))
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"key,title\r\n")
    with pytest.raises(UsageError, match=r"a.xlsx is no workbook, or it is damaged"):
        list(read(path))
    for name, body, why in (
        ("other.xml", b"", "it has no sheet"),
        ("xl/worksheets/sheet1.xml", b"<a><b>", "or it is damaged"),
        ("xl/worksheets/sheet1.xml", b"<!DOCTYPE x [<!ENTITY a 'b'>]><a/>", "declares a document type"),
    ):
        with zipfile.ZipFile(path, "w") as book:
            book.writestr(name, body)
        with pytest.raises(UsageError, match=why):
            list(read(path))
    path.write_bytes(written([Row(key="DEMO-000001")])[0])
    monkeypatch.setattr(reading, "HUGE", 10)
    with pytest.raises(UsageError, match="larger than any list can be"):
        list(read(path))


def test_the_library_is_loaded_only_for_a_workbook() -> None:
    import subprocess
    import sys

    code = "import sys; import tracker.cli, tracker.formats; sys.exit('xlsxwriter' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert XLSX.suffix == ".xlsx"
