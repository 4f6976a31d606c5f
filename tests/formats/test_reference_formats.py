"""The promises of the RIS, BibTeX and CSL-JSON writers: no value ends or forges a record, in any reader."""

from __future__ import annotations

import hashlib
import io
import json
import re
import tracemalloc
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import bibtexparser
import hostile
import jsonschema
import pytest
import rispy
from bibtexparser.middlewares import LatexDecodingMiddleware, SeparateCoAuthors
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tracker.errors import UsageError
from tracker.formats import FORMATS, Format, Row, Written
from tracker.formats.bibtex import BIBTEX, escape
from tracker.formats.csl import CSL_JSON, item
from tracker.formats.ris import PROFILES, RIS, UNTITLED, entries, read
from tracker.formats.row import people
from tracker.model import Author
from tracker.text import clean

SAMPLES = Path(__file__).resolve().parents[2] / "../shared/samples/formats"
profiles = pytest.mark.parametrize("profile", PROFILES)
quick = settings(max_examples=60, deadline=None)
ARTICLE = Row(
    key="DEMO-000001",
    title="Loneliness & {CORONA}: 100 % of us",
    year=2024,
    month=3,
    day=5,
    journal="A Journal",
    journal_abbrev="A J",
    issn="1234-5678",
    volume="12 Suppl 1",
    issue="3-4",
    pages="S12-S18, S20",
    authors="van der Berg, J. P., Jr.; Care and Research Group, for the",
    names=(Author("van der Berg", "J. P.", suffix="Jr."), Author(group="Care and Research Group, for the")),
    url="https://doi.org/10.5555/a%3Cb",
    language="eng; ger",
    publisher="A Publisher",
    abstract="BACKGROUND: First. ER  - \r\nTY  - JOUR",
    notes="tracker-id: DEMO-000001; retracted | P(A|B)",
    doi="10.5555/a<b_c",
    keywords="solitude; a -- b; c,d",
    pubmed_id="990000001",
    pmc_id="PMC9900001",
    record_type="article",
    status="retracted",
    sources="europepmc; pubmed; strange",
)
PREPRINT = Row(
    key="DEMO-000002", title="Early", record_type="preprint", journal="medRxiv", doi="10.5555/pre", year=2024
)


def written(entry: Format, rows: Iterable[Row], profile: str = "generic") -> str:
    out = io.BytesIO()
    receipt = entry.write(rows, out, profile)
    data = out.getvalue()
    assert receipt == Written(receipt.records, len(data), hashlib.sha256(data).hexdigest())
    return data.decode("utf-8")


def tags(row: Row, profile: str = "generic") -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in written(RIS, [row], profile).split("\r\n"):
        if line:
            found.setdefault(line[:2], []).append(line[6:])
    return found


# --- RIS


def test_each_tag_of_an_article() -> None:
    assert tags(ARTICLE) == {
        "TY": ["JOUR"],
        "ID": ["DEMO-000001"],
        "TI": ["Loneliness & {CORONA}: 100 % of us"],
        "AU": ["van der Berg, J. P., Jr.", "Care and Research Group for the"],
        "PY": ["2024"],
        "DA": ["2024/03/05"],
        "T2": ["A Journal"],
        "J2": ["A J"],
        "VL": ["12 Suppl 1"],
        "IS": ["3-4"],
        "SP": ["S12"],
        "EP": ["S18, S20"],
        "SN": ["1234-5678"],
        "PB": ["A Publisher"],
        "DO": ["10.5555/a<b_c"],
        "UR": ["https://doi.org/10.5555/a%3Cb"],
        "AB": ["BACKGROUND: First. ER - TY - JOUR"],
        "KW": ["solitude", "a -- b", "c,d"],
        "LA": ["eng; ger"],
        "M3": ["Article"],
        "AN": ["990000001"],
        "DB": ["Europe PMC; PubMed; strange"],
        "U1": ["DEMO-000001"],
        "N1": ["tracker-id: DEMO-000001; retracted / P(A/B)"],
        "ER": [""],
    }


def test_what_is_not_known_has_no_tag_and_a_partial_date_is_as_long_as_it_is_known() -> None:
    assert tags(Row(key="DEMO-000002", year=2024, month=3)) == {
        "TY": ["JOUR"],
        "ID": ["DEMO-000002"],
        "TI": [UNTITLED],
        "PY": ["2024"],
        "DA": ["2024/03//"],
        "AN": ["DEMO-000002"],
        "U1": ["DEMO-000002"],
        "N1": ["tracker-id: DEMO-000002"],
        "ER": [""],
    }


def test_a_chapter_stands_in_its_book_and_a_book_in_none() -> None:
    chapter = Row(key="DEMO-000003", record_type="book", title="On quiet", journal="Handbook of Solitude")
    whole = Row(key="DEMO-000004", record_type="book", title="Solitude")
    by_name = {entry.name: entry for entry in FORMATS}
    assert [tags(row)["TY"] for row in (chapter, whole)] == [["CHAP"], ["BOOK"]]
    assert tags(chapter)["T2"] == ["Handbook of Solitude"]
    entries = [written(by_name["bibtex"], [row]) for row in (chapter, whole)]
    assert entries[0].startswith("@incollection{")
    assert "booktitle = {Handbook of Solitude}" in entries[0]
    assert "journal =" not in entries[0]
    assert entries[1].startswith("@book{")
    items = json.loads(written(by_name["csl-json"], [chapter, whole]))
    assert [item["type"] for item in items] == ["chapter", "book"]
    assert items[0]["container-title"] == "Handbook of Solitude"


def test_a_part_of_a_name_that_is_no_text_leaves_no_comma() -> None:
    """bibutils makes broken XML of an author who begins with a comma."""
    row = Row(key="DEMO-000001", names=(Author("\t", "Ann"), Author("Doe", "\x00", suffix="Jr"), Author(" ")))
    assert tags(row)["AU"] == ["Ann", "Doe, Jr"]
    assert "author = {Ann and Doe, Jr}," in written(BIBTEX, [row])


def test_rayyan_splits_at_and_and_double_dashes_so_its_profile_has_none() -> None:
    found = tags(ARTICLE, "rayyan")
    assert found["AU"][1] == "Care & Research Group for the"
    assert found["KW"] == ["solitude", "a - b", "c,d"]


@profiles
@given(rows=hostile.rows())
@example(rows=hostile.everywhere())
@quick
def test_any_text_in_the_same_ris_records_out_in_every_reader(profile: str, rows: list[Row]) -> None:
    text = written(RIS, rows, profile)
    keys = [row.key for row in rows]
    lines = text.splitlines()  # whatever a reader takes for a line end
    assert len(lines) == text.count("\r\n")
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in lines if line)
    assert [line[6:] for line in lines if line.startswith("ID  - ")] == keys
    assert text.count("ER  - \r\n\r\n") == len(rows)
    assert len(re.findall(r"[A-Z][A-Z0-9]  -", text)) == sum(1 for line in lines if line)  # as EPPI looks for tags
    assert [entry["id"] for entry in rispy.loads(text)] == keys
    assert not any(line.startswith(("M1", "Y2", "L1", "L2")) for line in lines)


@given(rows=hostile.rows())
@example(rows=hostile.everywhere())
@quick
def test_ris_comes_back_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, rows: list[Row]) -> None:
    path = tmp_path_factory.mktemp("ris") / "a.ris"
    path.write_bytes(written(RIS, rows).encode())
    found = list(read(path))
    assert [row["key"] for row in found] == [row.key for row in rows]
    for row, said in zip(rows, found, strict=True):
        assert said["title"] == (clean(row.title) or UNTITLED)
        assert said["abstract"] == clean(row.abstract)
        assert said["doi"] == clean(row.doi)
        assert said["year"] == (str(row.year) if row.year else "")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("newline", ["\r\n", "\n", "\r"])
def test_ris_of_any_tool_reads(tmp_path: Path, encoding: str, newline: str) -> None:
    lines = ["1.", "TY  - JOUR", "T1  - Été", "A1  - Doe, J", "AU  - Roe, R", "Y1  - 2024/03//", "N2  - first line",
             "  second line", "SP  - 1", "EP  - 9", "KW  - a", "KW  - ", "N1  - one", "N1  - two", "CY  - ", "ER  -",
             "", "2.", "TY  - JOUR", "ID  - X", "TY  - JOUR", "TI  - no end"]  # fmt: skip
    path = tmp_path / "a.ris"
    path.write_bytes(newline.join(lines).encode(encoding))
    found = list(read(path))
    assert [row["title"] for row in found] == ["Été", "", "no end"]
    assert found[0]["abstract"] == "first line second line"
    assert (found[0]["authors"], found[0]["year"], found[0]["pages"]) == ("Roe, R; Doe, J", "2024", "1-9")
    assert (found[0]["notes"], found[0]["keywords"], found[1]["key"]) == ("one; two", "a", "X")


def test_real_ris_of_tools_reads() -> None:
    if not SAMPLES.exists():
        pytest.skip("the reference samples are not beside this project")
    counts = {"recommended": 9, "asreview308_export_of_ris_project": 4, "eppi_reviewer_export": 1, "zotero_export": 2}
    for name, count in (counts | {"rayyan_import_example": 6}).items():
        assert len(list(entries(SAMPLES / f"{name}.ris"))) == count
    eppi = next(entries(SAMPLES / "eppi_reviewer_export.ris"))
    assert eppi["U2"] == ["LSI-000001"]


def test_a_ris_file_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none.ris cannot be read"):
        list(entries(tmp_path / "none.ris"))


# --- BibTeX


def bib(text: str) -> Any:
    library = bibtexparser.parse_string(text, append_middleware=[SeparateCoAuthors(), LatexDecodingMiddleware()])
    assert library.failed_blocks == []
    assert library.comments == []
    assert library.strings == []
    return library.entries


def test_bibtex_of_an_article_and_a_preprint() -> None:
    first, second = bib(written(BIBTEX, [ARTICLE, PREPRINT]))
    said = {name: field.value for name, field in first.fields_dict.items()}
    assert (first.entry_type, first.key) == ("article", "DEMO-000001")
    assert said["title"] == "Loneliness & {CORONA}: 100 % of us"
    assert said["author"] == ["van der Berg, Jr., J. P.", "{Care and Research Group, for the}"]
    assert (said["year"], said["month"], said["pages"]) == ("2024", "mar", "S12–S18, S20")
    assert (said["doi"], said["keywords"]) == ("10.5555/a<b_c", "solitude, a – b, c d")
    assert second.entry_type == "misc"
    assert second.fields_dict["howpublished"].value == "medRxiv"
    assert "journal" not in second.fields_dict


@given(rows=hostile.rows())
@example(rows=hostile.everywhere())
@quick
def test_any_text_in_the_same_bibtex_entries_out(rows: list[Row]) -> None:
    text = written(BIBTEX, rows)
    assert [entry.key for entry in bib(text)] == [row.key for row in rows]
    for block in text.split("\n\n")[:-1]:  # braces balance as BibTeX itself counts them, escaped or not
        depth = 0
        for place, sign in enumerate(block):
            depth += (sign == "{") - (sign == "}")
            assert depth > 0 or place in (len(block) - 1, *range(block.index("{")))


@given(st.text(st.sampled_from("{}\\%&a ~^$@,"), max_size=12))
@example("}{")
@quick
def test_escaped_braces_balance(text: str) -> None:
    said, depth = escape(text), 0
    for sign in said:
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    assert depth == 0


def test_a_doi_that_could_end_its_value_is_left_out() -> None:
    (entry,) = bib(written(BIBTEX, [Row(key="DEMO-000001", doi="10.5555/x}", url="https://a.example/{")]))
    assert not {"doi", "url"} & set(entry.fields_dict)


# --- CSL-JSON


def schema() -> dict[str, Any]:
    path = SAMPLES / "csl-data.schema.json"
    if not path.exists():
        pytest.skip("the reference samples are not beside this project")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_csl_of_an_article_and_a_preprint() -> None:
    first, second = json.loads(written(CSL_JSON, [ARTICLE, PREPRINT]))
    assert first["author"] == [
        {"family": "van der Berg", "given": "J. P.", "suffix": "Jr."},
        {"literal": "Care and Research Group, for the"},
    ]
    assert first["type"] == "article-journal"
    assert first["issued"] == {"date-parts": [[2024, 3, 5]]}
    assert first["note"].splitlines()[:2] == ["PMID: 990000001", "PMCID: PMC9900001"]
    assert (first["PMID"], first["custom"]["tracker-id"]) == ("990000001", "DEMO-000001")
    assert (second["type"], second["genre"], second["publisher"]) == ("article", "Preprint", "medRxiv")
    assert "container-title" not in second


@given(rows=hostile.rows())
@example(rows=hostile.everywhere())
@quick
def test_any_text_in_the_same_csl_items_out_and_each_fits_the_schema(rows: list[Row]) -> None:
    found = json.loads(written(CSL_JSON, rows))
    assert [one["id"] for one in found] == [row.key for row in rows]
    for one, row in zip(found, rows, strict=True):
        assert one == item(row)
    if SAMPLES.exists():
        jsonschema.Draft7Validator(schema()).validate(found)


# --- all of them


def test_names_are_taken_apart_where_only_the_column_is_there() -> None:
    assert people(Row(key="K", authors="Doe, Jane; A Group; Roe, R, Jr")) == (
        Author("Doe", "Jane"),
        Author(group="A Group"),
        Author("Roe", "R", suffix="Jr"),
    )


@pytest.mark.parametrize("entry", FORMATS, ids=lambda entry: entry.name)
def test_unknown_profile_is_one_clear_line(entry: Format) -> None:
    with pytest.raises(UsageError, match="profile 'nobody'"):
        entry.write([], io.BytesIO(), "nobody")


@pytest.mark.parametrize("entry", FORMATS, ids=lambda entry: entry.name)
def test_no_rows_make_a_readable_file(entry: Format) -> None:
    out = io.BytesIO()
    assert entry.write(iter([]), out, entry.default_profile).records == 0
    if entry is CSL_JSON:
        assert json.loads(out.getvalue()) == []


@pytest.mark.parametrize("entry", FORMATS, ids=lambda entry: entry.name)
def test_memory_does_not_grow_with_the_rows(entry: Format) -> None:
    class Nowhere(io.RawIOBase):
        def write(self, data: object) -> int:
            return 0

    def peak(count: int) -> int:
        row = Row(key="DEMO-000001", abstract="word " * 300)
        tracemalloc.start()
        entry.write((replace(row, title=str(n)) for n in range(count)), Nowhere(), entry.default_profile)  # type: ignore[arg-type]
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(5)  # what is imported and compiled once does not count
    assert peak(1_500) < 2 * peak(20) + 200_000
