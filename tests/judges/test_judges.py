"""Ten thousand hostile records through other people's readers: each finds as many as were written.

Run with ``make judges``; what is not installed is skipped. JUDGES_RECORDS=500 makes it quick.
"""

from __future__ import annotations

import csv
import json
import re
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from conftest import RECORDS, need, run

from tracker.formats.ris import PROFILES as RIS_PROFILES

pytestmark = pytest.mark.judges
csv.field_size_limit(sys.maxsize)

Files = dict[str, Path]


@pytest.mark.parametrize("name", ["csv/asreview", "csv/rayyan", "csv/spreadsheet", "ris/generic", "xlsx/spreadsheet"])
def test_asreview_loads_every_record(asreview: Callable[..., str], files: Files, name: str) -> None:
    assert int(asreview("count", files[name])) == RECORDS


@pytest.mark.parametrize("profile", RIS_PROFILES)
def test_pandoc_reads_every_ris_record(pandoc: Callable[..., str], files: Files, profile: str) -> None:
    found = json.loads(pandoc("ris", files[f"ris/{profile}"]))
    assert len(found) == RECORDS


def test_pandoc_reads_every_bibtex_entry(pandoc: Callable[..., str], files: Files) -> None:
    found = json.loads(pandoc("bibtex", files["bibtex/generic"]))
    assert [one["id"] for one in found] == [f"DEMO-{number:06}" for number in range(1, RECORDS + 1)]


@pytest.mark.parametrize(
    ("program", "name"), [("ris2xml", "ris/generic"), ("ris2xml", "ris/zotero"), ("bib2xml", "bibtex/generic")]
)
def test_bibutils_makes_valid_xml_of_every_record(files: Files, tmp_path: Path, program: str, name: str) -> None:
    xml = run(need(program), "-i", "utf8", "-o", "utf8", files[name])
    assert len(re.findall(r"<mods[ >]", xml)) == RECORDS
    path = tmp_path / "out.xml"
    path.write_text(xml, encoding="utf-8")
    run(need("xmllint"), "--noout", "--huge", path)


@pytest.mark.parametrize(
    ("reader", "name"),
    [("ris", "ris/generic"), ("bibtex", "bibtex/generic"), ("csl", "csl-json/generic"), ("reflib", "ris/generic"),
     ("reflib", "ris/eppi")],
)  # fmt: skip
def test_javascript_readers_find_every_record(node: Callable[..., int], files: Files, reader: str, name: str) -> None:
    assert node(reader, files[name]) == RECORDS


def test_libreoffice_opens_the_spreadsheet_csv_without_a_formula(files: Files, tmp_path: Path) -> None:
    """As a British spreadsheet that looks for special numbers: the worst case."""
    run(
        need("soffice"), "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "xlsx",
        "--infilter=CSV:44,34,76,1,,2057,false,true", "--outdir", tmp_path, files["csv/spreadsheet"],
    )  # fmt: skip
    sheet = openpyxl.load_workbook(tmp_path / "spreadsheet.xlsx", read_only=True).worksheets[0]
    kinds: set[str] = set()
    keys = []
    for line in sheet.iter_rows(min_row=2):
        kinds |= {cell.data_type for cell in line if cell.value is not None}
        keys.append(line[0].value)
    assert keys == [f"DEMO-{number:06}" for number in range(1, RECORDS + 1)]
    assert "f" not in kinds


def test_libreoffice_opens_the_workbook_and_saves_it_again(files: Files, tmp_path: Path) -> None:
    run(
        need("soffice"), "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to",
        "csv:Text - txt - csv (StarCalc):44,34,76,1", "--outdir", tmp_path, files["xlsx/spreadsheet"],
    )  # fmt: skip
    with (tmp_path / "spreadsheet.csv").open(encoding="utf-8", newline="") as file:
        keys = [line[0] for line in csv.reader(file)]
    assert keys == ["key", *(f"DEMO-{number:06}" for number in range(1, RECORDS + 1))]


def test_the_workbook_is_well_formed_xml(files: Files, tmp_path: Path) -> None:
    with zipfile.ZipFile(files["xlsx/spreadsheet"]) as book:
        book.extract("xl/worksheets/sheet1.xml", tmp_path)
    run(need("xmllint"), "--noout", "--huge", tmp_path / "xl/worksheets/sheet1.xml")
