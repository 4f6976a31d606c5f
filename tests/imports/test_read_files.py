"""References out of RIS, nbib, CSV and BibTeX as databases write them, each with its line, damage and all."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from Bio import Medline
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.formats import READERS, fields, pieces
from tracker.formats.bibtex import plain
from tracker.formats.csv import column
from tracker.formats.row import Piece
from tracker.text.names import listed

EBSCO = """Provider: EBSCO
Database: APA PsycInfo

TY  - JOUR
ID  - 2026-00001-001
AN  - 2026-00001-001
AU  - Ashpenny, Anna B.
AU  - van der Moor, Cora
T1  - Loneliness on the night train
JF  - Journal of Tests
VL  - 12
IS  - 3
SP  - 737
EP  - 748
Y1  - 2026/03//
SN  - 1234-5679
DO  - 10.5555/night.1
N2  - Nobody spoke. It was
 a long night.
KW  - *Loneliness
KW  - Trains
DB  - APA PsycInfo
UR  - https://example.org/x
ER  - 

TY - CHAP
T1 - Without a space and an end
A1 - Doe, J
"""  # noqa: W291


def read(name: str, text: str) -> list[Any]:
    reader, found = pieces(name, text.encode())
    assert reader is not None
    return [piece if piece.broken else (piece.line, reader.read(piece.text)) for piece in found]


def test_ris_of_ebsco_with_a_header_wrapped_lines_and_a_record_without_end() -> None:
    (first, one), (second, two) = read("savedrecs.ris", EBSCO)
    assert (first, second) == (4, 26)
    assert one["title"] == ["Loneliness on the night train"]
    assert one["authors"] == ["Ashpenny, Anna B.", "van der Moor, Cora"]
    assert one["abstract"] == ["Nobody spoke. It was a long night."]
    assert (one["accession"], one["year"], one["first"], one["last"]) == (
        ["2026-00001-001"], ["2026/03//"], ["737"], ["748"],
    )  # fmt: skip
    assert one["type"] == ["Journal Article"]
    assert two == {"type": ["Book Chapter"], "title": ["Without a space and an end"], "authors": ["Doe, J"]}


def test_ris_numbers_between_records_are_nothing_and_words_are_broken() -> None:
    found = read(
        "x.ris", "1.\nTY  - JOUR\nTI  - A\nER  - \n2.\nTY  - JOUR\nTI  - B\nER  -\nlost words\nTY  - JOUR\nTI  - C\n"
    )
    assert [item[1]["title"] for item in found if isinstance(item, tuple)] == [["A"], ["B"], ["C"]]
    assert [(item.line, item.broken) for item in found if isinstance(item, Piece)] == [
        (9, "words that belong to no reference")
    ]


def test_ris_a_record_that_begins_before_the_last_has_ended_costs_nobody_anything() -> None:
    found = read("x.ris", "TY  - JOUR\nTI  - A\nTY  - JOUR\nTI  - B\nER  - \n")
    assert [item[1]["title"] for item in found] == [["A"], ["B"]]


NBIB = """
PMID- 990000001
OWN - NLM
STAT- MEDLINE
IS  - 1234-5679 (Electronic)
VI  - 12
IP  - 3
DP  - 2026 Mar 5
TI  - Loneliness on the night train: a very long title that is
      wrapped.
PG  - 737-48
LID - 10.5555/night.1 [doi]
AB  - BACKGROUND: Nobody spoke. RESULTS: It was
      a long night.
FAU - Ashpenny, Anna
AU  - Ashpenny A
CN  - The Night Riders
LA  - eng
PT  - Journal Article
TA  - J Test
JT  - Journal of tests
MH  - *Loneliness/psychology
OT  - trains
PMC - PMC99
AID - x1 [pii]
AID - 10.5555/night.1 [doi]

PMID- 990000002
TI  - Another one
AU  - Doe J
"""


def test_nbib_is_read_as_biopython_reads_it() -> None:
    (first, one), (_, two) = read("set.nbib", NBIB)
    theirs = list(Medline.parse(io.StringIO(NBIB)))
    assert first == 2
    for ours, record in zip((one, two), theirs, strict=True):
        assert ours["pmid"] == [record["PMID"]]
        assert ours["title"] == [record["TI"]]
        assert ours.get("abstract", [""])[0] == record.get("AB", "")
    assert one["authors"] == ["Ashpenny, Anna", "{The Night Riders}"]
    assert two["authors"] == ["Doe J"]
    assert (one["doi"], one["journal"], one["pages"], one["mesh"]) == (
        ["10.5555/night.1"] * 2, ["Journal of tests"], ["737-48"], ["Loneliness/psychology"],
    )  # fmt: skip
    assert one["issn"] == ["1234-5679"]


def test_nbib_tags_before_the_first_pmid_are_broken_and_empty_lines_are_not() -> None:
    found = read("x.nbib", "TI  - Lost\n\nPMID- 990000001\nTI  - Kept\n")
    assert [item.broken for item in found if isinstance(item, Piece)] == ["a reference without its PMID"]
    assert [item[1]["title"] for item in found if isinstance(item, tuple)] == [["Kept"]]


SCOPUS = (
    "\ufeffAuthors,Author full names,Title,Year,Source title,Volume,Issue,Art. No.,Page start,Page end,DOI,Link,"
    "Abstract,Author Keywords,Index Keywords,Document Type,EID,PubMed ID\r\n"
    '"Ashpenny A.B.; Moor C.","Ashpenny, Anna (1); Moor, Cora (2)","Loneliness, at night",2026,"J Test",12,3,,737,'
    '748,10.5555/night.1,https://example.org,"Nobody\nspoke.","trains; nights","human; train",Article,2-s2.0-1,'
    "990000001\r\n"
)


def test_csv_of_scopus_with_line_breaks_in_cells() -> None:
    ((line, row),) = read("scopus.csv", SCOPUS)
    assert line == 2
    assert row["authors"] == ["Ashpenny A.B.", "Moor C."]
    assert (row["title"], row["first"], row["last"]) == (["Loneliness, at night"], ["737"], ["748"])
    assert row["keywords"] == ["trains", "nights", "human", "train"]
    assert (row["accession"], row["pmid"]) == (["2-s2.0-1"], ["990000001"])


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_with_any_delimiter(delimiter: str) -> None:
    text = delimiter.join(("Article Title", "Author", "Journal Title", "Accession Number")) + "\nA"
    text += (
        delimiter + "Doe, J and Roe, R" + delimiter * 2 + "77\n" if delimiter != "," else ',"Doe, J and Roe, R",,77\n'
    )
    ((_, row),) = read("x.txt", text)
    assert row == {"title": ["A"], "authors": ["Doe, J", "Roe, R"], "accession": ["77"]}


def test_csv_rows_that_are_damaged_are_broken_and_nothing_is_shifted() -> None:
    found = read("x.csv", "Year,Title,DOI\n2026,A,10.5555/a\n2026,B,10.5555/b,one more\n2026\n2026,C\n\n")
    assert [item.broken for item in found if isinstance(item, Piece)] == [
        "4 cells for 3 columns",
        "the row ends after 1 of 3 cells",
    ]
    assert [item[1]["title"] for item in found if isinstance(item, tuple)] == [["A"], ["C"]]


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_quotation_mark_that_is_never_closed_is_told_and_swallows_no_row_in_silence(end: str) -> None:
    one, two = read("x.csv", f'Title,Year\nA,2026\n"B,2025\nC,2024{end}')
    assert one[1]["title"] == ["A"]
    assert (two.line, two.broken) == (3, "a quotation mark is opened in it and not closed before the file ends")
    assert "C,2024" in two.text
    assert [item[1]["title"] for item in read("x.csv", f'Title,Year\n"A\nB",2026{end}')] == [["A\nB"]]


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_lines_may_end_as_on_any_computer(end: str) -> None:
    assert [item[1]["title"] for item in read("x.csv", f"Title;Year{end}A;2026{end}B;2025{end}")] == [["A"], ["B"]]
    assert [item[1]["title"] for item in read("x.ris", f"TY  - JOUR{end}TI  - A{end}ER  - {end}")] == [["A"]]
    assert pieces("x.ris", f"PDF\x00,{end}x".encode() * 9) == (None, [])


def test_a_cell_may_be_of_any_length() -> None:
    (one, two) = read("x.csv", f'Title,Abstract\nA,"{"word " * 2_100_000}"\nB,short\n')
    assert (len(one[1]["abstract"][0]), two[1]["title"]) == (10_500_000, ["B"])


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Doe, J.; Roe, R.", ["Doe, J.", "Roe, R."]),
        ("Doe J., Roe R.", ["Doe J.", "Roe R."]),
        ("Doe, J., Roe, R.B.", ["Doe, J.", "Roe, R.B."]),
        ("Jane Doe and Rob Roe", ["Jane Doe", "Rob Roe"]),
        ("Jane Doe, Rob Roe, and Al Poe", ["Jane Doe, Rob Roe", "Al Poe"]),
        ("Doe, Jane", ["Doe, Jane"]),
        ("The Night Riders", ["The Night Riders"]),
    ],
)
def test_the_names_in_one_cell(cell: str, names: list[str]) -> None:
    assert listed(cell) == names


def test_columns_are_known_by_their_letters() -> None:
    names = ("Article Title", "article_title", "UT (Unique WOS ID)", "Publication Year", "ISSN/ISBN", "Cited by", "")
    assert [column(name) for name in names] == ["title", "title", "accession", "year", "issn", "", ""]


BIBTEX = r"""
% exported
@string{jt = "Journal of Tests"}
@comment{nothing}
@article{ashpenny2026,
  author = {Ashpenny, Anna and {The Night Riders and Friends} and M{\"u}ller, J{\'e}r{\^o}me},
  title = {{Loneliness} on the {N}ight Train: 5\% \& more},
  journal = jt # { and More},
  year = 2026, month = mar,
  pages = {737--748},
  doi = {10.5555/night.1},
  abstract = "Nobody {"}spoke{"} -- \emph{at all}. \alpha{} $\beta$",
  keywords = {loneliness; trains, nights},
  pmid = {990000001},
}
@misc(key2, title = "In round brackets", author = "Doe, Jane")
@article{broken, title = {Never closed,
  year = 2026
@book{last, title = {The last one}, editor = {Roe, R}}
"""


def test_bibtex_with_strings_groups_accents_and_an_entry_that_is_not_closed() -> None:
    first, second, broken, last = read("refs.bib", BIBTEX)
    assert first[0] == 5
    one = first[1]
    assert one["authors"] == ["Ashpenny, Anna", "{The Night Riders and Friends}", "Müller, Jérôme"]
    assert one["title"] == ["Loneliness on the Night Train: 5% & more"]
    assert one["journal"] == ["Journal of Tests and More"]
    assert (one["pages"], one["keywords"]) == (["737–748"], ["loneliness", "trains", "nights"])
    assert one["abstract"] == ['Nobody "spoke" – at all. α β']
    assert second[1] == {"title": ["In round brackets"], "authors": ["Doe, Jane"]}
    assert broken.broken == "the entry is not closed"
    assert last[1]["title"] == ["The last one"]


STRINGS = r"""
@STRING{ jt = "Journal of Tests" }
@string(nights = jt # ", Night Edition")
@string{loop = loop # "x"}
@string{unused = {Never}}
@string{broken = "not closed
@article{a, title = {A jt of nights}, journal = NIGHTS, note = loop, year = 2026}
@string{jt = {J. Tests}}
@article{b, title = "B", journal = jt}
@article{c, title = "C", journal = unknown}
@misc(d, title = "D", journal = jt)
"""


def test_bibtex_abbreviations_are_put_in_and_stay_with_each_piece() -> None:
    one, two, three, four = read("refs.bib", STRINGS)
    assert one[1] == {"type": ["Journal Article"], "title": ["A jt of nights"], "year": ["2026"], "notes": ["loopx"],
                      "journal": ["Journal of Tests, Night Edition"]}  # fmt: skip
    assert two[1]["journal"] == ["J. Tests"]
    assert three[1]["journal"] == ["unknown"]
    assert four[1]["journal"] == ["J. Tests"]
    _, found = pieces("refs.bib", STRINGS.encode())
    assert [piece.text.lower().count("@string") for piece in found] == [3, 1, 0, 1]
    assert "Never" not in found[0].text


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\'{e}\`a\^{\i}\"o\~n\c{c}\v{s}\H{o}\u{g}\r{a}\=u\.{z}\k{a}", "éàîöñçšőğåūżą"),
        (r"Stra{\ss}e {\O}re {\L}\'od\'z {\ae}on", "Straße Øre Łódź æon"),
        (r"a~b---c--d \textendash{} e", "a b—c–d – e"),
        (r"\unknown{x} \'", r"x \'"),
        (r"\'{} x", " x"),
        (r"50\,000 \& 5\%", "50 000 & 5%"),
    ],
)
def test_latex_is_letters(latex: str, text: str) -> None:
    assert plain(latex) == text


def test_the_format_is_known_by_what_the_file_says_not_by_its_name() -> None:
    for name, text, form in (
        ("export.txt", EBSCO, "ris"),
        ("export.txt", NBIB, "nbib"),
        ("export.csv", EBSCO, "ris"),
        ("pubmed.txt", BIBTEX, "bibtex"),
        ("data.txt", SCOPUS, "csv"),
    ):
        reader, found = pieces(name, text.encode())
        assert reader is not None
        assert (reader.name, bool(found)) == (form, True)


@pytest.mark.parametrize("data", [b"", b"\0\0\0", b"%PDF-1.4", b"a,b\n1,2\n", b"<xml/>", b"\xff\xfe"])
def test_a_file_in_no_known_format_has_no_reader(data: bytes) -> None:
    assert pieces("x.dat", data) == (None, [])


def test_a_format_that_is_not_known_is_told() -> None:
    with pytest.raises(ValueError, match="there is no format 'xml'"):
        fields("xml", "")
    with pytest.raises(ValueError, match="no entry in it"):
        fields("bibtex", "nothing")


DAMAGE = st.lists(
    st.sampled_from(["TY  - JOUR\n", "TI  - A\n", "ER  - \n", "PMID- 1\n", "@article{a,", "title = {", "}", '"', ",",
                     ";", "\n", "Title,Year\n", "x", " ", "\\'", "#", "=", "(", ")", "\0", "é"]), max_size=40,
).map("".join)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(DAMAGE, st.sampled_from(["a.ris", "a.nbib", "a.bib", "a.csv", "a.txt"]))
def test_any_file_is_cut_and_every_piece_is_read_or_broken(text: str, name: str) -> None:
    reader, found = pieces(name, text.encode())
    for piece in found if reader else ():
        assert piece.line >= 1
        if not piece.broken:
            try:
                said = reader.read(piece.text) if reader else {}
            except ValueError:
                continue
            assert all(isinstance(value, str) for values in said.values() for value in values)


@settings(max_examples=100, deadline=None)
@given(DAMAGE)
def test_every_reader_can_be_asked_about_any_text(text: str) -> None:
    for reader in READERS:
        reader.fits(text)
        reader.cut(text)


def test_the_reference_files_are_read_whole() -> None:
    folder = Path(__file__).resolve().parents[2] / "../shared/samples/formats"
    if not folder.is_dir():
        pytest.skip("the reference samples are not here")
    counts = {"recommended.ris": 9, "pubmed_like.nbib": 2, "zotero_export_bibtex.bib": 2, "screening_input.csv": 4}
    for name, count in counts.items():
        _, found = pieces(name, (folder / name).read_bytes())
        assert [piece.broken for piece in found] == [""] * count
