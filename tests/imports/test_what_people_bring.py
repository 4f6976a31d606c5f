"""Files as people bring them, by kinds of public bug reports: read as meant, and cures that do not go too far."""

from __future__ import annotations

import io
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import Workbook

from tracker.errors import UsageError
from tracker.formats import pieces, xlsx
from tracker.imports.imported import parse, parse_and_tell, raw_of
from tracker.model import Record


def references(name: str, text: str | bytes) -> list[Record]:
    """The references of a file; none of it may be broken."""
    reader, found = pieces(name, text if isinstance(text, bytes) else text.encode())
    assert reader is not None
    assert [piece.broken for piece in found if piece.broken] == []
    return [parse("embase", raw_of(reader.name, piece.text)) for piece in found if not piece.note]


def ris(*lines: str) -> Record:
    (record,) = references("x.ris", "\n".join(["TY  - JOUR", "TI  - Quiet ferries", *lines, "ER  - ", ""]))
    return record


def names(record: Record) -> list[str]:
    return [author.name for author in record.authors]


def test_several_authors_on_one_line_are_several() -> None:
    assert names(ris("AU  - Kest, Anna; Lorr, Bo; van der Berg, Carl")) == [
        "Kest, Anna", "Lorr, Bo", "van der Berg, Carl",
    ]  # fmt: skip
    assert names(ris("AU  - Kest, A., Lorr, B.")) == ["Kest, A", "Lorr, B"]


@pytest.mark.parametrize(
    "said",
    [
        "Kest Lorr, Anna Maria", "van der Berg, Bo B.", "García López, M. J.", "de la Cruz, Ana Mª", "LEE KIM, A B",
        "von Kest, Anna, Jr", "Kest, Anna B. C.", "Núñez de Lorr, José", "Al Kest, Bo Lorr", "O Kest, Bo A.",
    ],
)  # fmt: skip
def test_one_person_with_several_names_stays_one(said: str) -> None:
    (person,) = ris(f"AU  - {said}").authors
    assert person.family.casefold() == said.partition(",")[0].casefold()


def test_one_author_on_a_line_stays_one() -> None:
    assert names(ris("AU  - Kest, A., Jr.")) == ["Kest, A, Jr."]
    assert names(ris("AU  - Health, Ageing and Sea Research Group")) == ["Health, Ageing and Sea Research Group"]
    assert names(ris("AU  - Na, Li", "AU  - Others, Jane")) == ["Na, Li", "Others, Jane"]


def test_et_al_is_no_author_and_says_that_some_are_missing() -> None:
    record = ris("AU  - Kest, Anna", "AU  - et al.")
    assert (names(record), record.authors_complete) == (["Kest, Anna"], False)
    assert ris("AU  - Kest, Anna").authors_complete


@pytest.mark.parametrize(
    "filler", ["[No author name available]", "NA", "Anonymous", "[Anonymous]", "no authorship indicated"]
)
def test_fillers_are_no_authors(filler: str) -> None:
    assert ris(f"AU  - {filler}").authors == ()


def test_what_r_writes_for_nothing_is_nothing() -> None:
    record = ris("AB  - NA", "DO  - NA", "KW  - NA", "VL  - NA", "SP  - NA")
    assert (record.abstract, record.doi, record.keywords, record.volume, record.pages) == ((), "", (), "", "")
    assert ris("KW  - Na", "AB  - NA and K were measured.").keywords == ("Na",)


def test_a_doi_in_the_notes_or_the_kind_is_the_doi() -> None:
    for tag in ("M3", "N1", "L3"):
        record = ris(f"{tag}  - doi: 10.5555/n.1")
        assert record.doi == "10.5555/n.1"
        assert [word for _, word in record.publication_types] == ["Journal Article"]
    assert ris("N1  - cites doi 10.5555/n.1 and others").doi == ""


def test_lines_behind_keywords_are_keywords() -> None:
    record = ris("KW  - loneliness", "social isolation", "old age; ships", "PY  - 2020")
    assert record.keywords == ("loneliness", "social isolation", "old age", "ships")
    assert ris("KW  - loneliness,", "of the old").keywords == ("loneliness, of the old",)


def test_wrapped_lines_that_only_look_like_tags_stay_text() -> None:
    record = ris(
        "AB  - Risk was lower,",
        "OR - 0.8, in those",
        "CI - 0.7 to 0.9",
        "AD - a note of Alzheimer's",
        "XX  - odd",
        "PY  - 2020",
    )
    assert record.abstract_text == (
        "Risk was lower, OR - 0.8, in those CI - 0.7 to 0.9 AD - a note of Alzheimer's XX  - odd".replace("  ", " ")
    )
    assert record.date.value == "2020"
    (titled,) = references("x.ris", "TY  - JOUR\nTI  - The tag AB  - in titles\nER  - \n")
    assert titled.title == "The tag AB - in titles"


@pytest.mark.parametrize("form", ["{} - {}", "{} -{}", "{}- {}", "{}   - {}", "  {}  - {}"])
def test_tags_with_other_spaces_are_tags(form: str) -> None:
    lines = [form.format(*pair) for pair in (("TY", "JOUR"), ("TI", "Quiet ferries"), ("PY", "2020"), ("ER", ""))]
    if form == "{} -{}":
        lines = [line.replace("-", "- ") for line in lines]
    (record,) = references("x.ris", "\n".join(lines))
    assert (record.title, record.date.value) == ("Quiet ferries", "2020")


def test_tags_before_the_type_belong_to_what_follows() -> None:
    records = references(
        "x.ris",
        "ID  - 1\nDO  - 10.5555/a\nTY  - JOUR\nTI  - A\nER  - \n\nDO  - 10.5555/b\nTY  - JOUR\nTI  - B\nER  - \n",
    )
    assert [(record.title, record.doi) for record in records] == [("A", "10.5555/a"), ("B", "10.5555/b")]


def test_a_reference_without_its_type_is_read() -> None:
    records = references("x.ris", "TY  - JOUR\nTI  - A\nER  - \n\nTI  - B\nPY  - 2020\nER  - \n")
    assert [record.title for record in records] == ["A", "B"]


def test_what_providers_print_round_references_is_nothing() -> None:
    link = "Link to the Ovid Full Text or citation: http://x.invalid/a"
    ovid = f"1. \nTY  - JOUR\nTI  - A\nER  -  \n\n{link}\n\n2. \nTY  - JOUR\nTI  - B\nER  -  \n\n"
    ovid += "C1  - Database: Embase\n\nSearch Strategy:\n\n1 lonel*.ti. (200)\n2 limit 1 to yr=2020\n"
    cochrane = "\n".join(
        f"Record #{n} of 2\nProvider: A, Ltd\nContent: text/plain\n\nTY  -  JOUR\nTI  -  {t}\nER  -  \n"
        for n, t in ((1, "A"), (2, "B"))
    )
    for text in (ovid, cochrane):
        assert [record.title for record in references("x.ris", text)] == ["A", "B"]


def test_comparisons_are_no_tags_and_signs_are_decoded_once() -> None:
    said = "Slopes with a<b and c>d were kept; H<sub>2</sub>O, P<0.05."
    assert ris(f"AB  - {said}").abstract_text == "Slopes with a<b and c>d were kept; H2O, P<0.05."
    encoded = said.replace("<", "&lt;").replace(">", "&gt;")
    assert ris(f"AB  - {encoded}").abstract_text == "Slopes with a<b and c>d were kept; H2O, P<0.05."
    assert ris("AB  - R&amp;D, written &amp;lt; in HTML").abstract_text == "R&D, written &lt; in HTML"
    assert ris("AB  - AT&T; fish &chips; x &y").abstract_text == "AT&T; fish &chips; x &y"


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "utf-16-le", "utf-16-be"])
def test_one_detector_of_encodings(code: str) -> None:
    (record,) = references("x.ris", "TY  - JOUR\r\nTI  - Müde Möwen – “quiet”\r\nER  - \r\n".encode(code))
    assert record.title == "Müde Möwen – “quiet”"


CASES = Path(__file__).resolve().parents[2] / "../shared/cases/files"
RIGHT: dict[str, list[str]] = {
    "04-authors-on-one-line.ris": ["Quiet ferries"],
    "08-ovid.ris": ["Quiet ferries of the north", "Lonely bakers by night"],
    "09-cochrane.ris": ["Quiet ferries", "Lonely bakers"],
}


@pytest.mark.skipif(not CASES.exists(), reason="the shared cases are not here")
@pytest.mark.parametrize("name", RIGHT)
def test_shared_cases(name: str) -> None:
    assert [record.title for record in references(name, (CASES / name).read_bytes())] == RIGHT[name]


def bib(*fields: str, kind: str = "article") -> Record:
    return references("x.bib", f"@{kind}{{k1,\n" + ",\n".join(fields) + "\n}\n")[0]


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"p {\textless} .05, x {\textgreater} 5 {\&} more", "p < .05, x > 5 & more"),
        (r"{\textless}i{\textgreater}Ferries{\textless}/i{\textgreater} at sea", "Ferries at sea"),
        (r"$\alpha$-synuclein, $\Delta$T, \textbeta{} and $\beta_{2}$", "α-synuclein, ΔT, β and β_2"),
        (r"costs \$5 or \$6", "costs $5 or $6"),
        (r"G{\"o}del, \v{S}koda, {\aa}se, \'{\i}, \c c, {\L}", "Gödel, Škoda, åse, í, ç, Ł"),
        (r"10$^{6}$ cells, m\textsuperscript{2}", "10⁶ cells, m²"),
        (r"\emph{Quiet} \textbf{ferries}, 5\,\%", "Quiet ferries, 5 %"),
        (r"a \textasciitilde{} b~c -- d --- e, ``so''", "a ~ b c – d — e, “so”"),
        (r"$\leq$ 5, $\pm$ 2, 20\textdegree C, \textonehalf", "≤ 5, ± 2, 20°C, ½"),
        ("{COVID}-19 and {NaCl}", "COVID-19 and NaCl"),
    ],
)
def test_latex_is_read_by_a_whole_table(latex: str, text: str) -> None:
    assert bib(f"title = {{{latex}}}").title == text


def test_unknown_commands_keep_what_they_hold_and_are_told() -> None:
    reader, (piece,) = pieces("x.bib", rb"@article{k, title = {A \oddly{quiet} ferry}}")
    assert reader is not None
    record, told = parse_and_tell("x", raw_of(reader.name, piece.text))
    assert record.title == "A quiet ferry"
    assert told == ["the LaTeX command \\oddly is not known: what it holds is kept"]


def test_addresses_are_verbatim() -> None:
    record = bib("title = {A}", r"doi = {10.5555/a\_b--c~d}", "url = {http://x.invalid/~a}")
    assert record.doi == "10.5555/a_b--c~d"


@pytest.mark.parametrize(
    ("value", "right", "complete"),
    [
        ("Kest, Anna and Lorr, Bo and others", ["Kest, Anna", "Lorr, Bo"], False),
        ("von Last, Jr, First", ["von Last, First, Jr"], True),
        ("Anna Kest, Bo Lorr, Carl van der Berg", ["Kest, Anna", "Lorr, Bo", "van der Berg, Carl"], True),
        ("{Health and Care Group} and Kest, Anna", ["Health and Care Group", "Kest, Anna"], True),
        ("{Others} and Others, Jane", ["Others", "Others, Jane"], True),
        ("Kest, Anna AND Lorr, Bo", ["Kest, Anna", "Lorr, Bo"], True),
        (r"{\'E}tienne Roe and {\O}re, Bo", ["Roe, Étienne", "Øre, Bo"], True),
    ],
)
def test_names_of_bibtex(value: str, right: list[str], complete: bool) -> None:
    record = bib("title = {A}", f"author = {{{value}}}")
    assert (names(record), record.authors_complete) == (right, complete)


@pytest.mark.parametrize(
    ("month", "right"),
    [("jul", "2010-07"), ("{July}", "2010-07"), ("7", "2010-07"), ("{07}", "2010-07"), ('may # "~3"', "2010-05-03"),
     ('"3~" # may', "2010-05-03"), ("{summer}", "2010"), ("{Jul/Aug}", "2010-07")],
)  # fmt: skip
def test_months_of_bibtex(month: str, right: str) -> None:
    assert bib("title = {A}", f"month = {month}", "year = 2010").date.value == right


def test_a_chapter_takes_what_it_does_not_say_from_its_book() -> None:
    text = "@inbook{c1, title = {A chapter}, author = {Kest, Anna}, crossref = {b1}}\n"
    text += "@book{b1, title = {The book}, author = {Edd, Some}, year = 2018, publisher = {Press}, doi = {10.5555/b}}\n"
    chapter, book = references("x.bib", text)
    assert (chapter.journal, chapter.date.value, chapter.publisher) == ("The book", "2018", "Press")
    assert (chapter.doi, names(chapter), book.title) == ("", ["Kest, Anna"], "The book")


def table(*lines: str) -> list[Record]:
    return references("x.csv", "\n".join(lines) + "\n")


def test_embase_with_labels_in_front_of_each_field() -> None:
    records = table(
        '"TITLE","Quiet ferries"', '"AUTHOR NAMES","Kest A.","Lorr B."', '"SOURCE","Journal of Invention"',
        '"PUBLICATION YEAR","2020"', '"MEDLINE PMID","39000001"', '"DOI","10.5555/em.1"', "",
        '"TITLE","Lonely bakers"', '"AUTHOR NAMES","Öz C."', '"PUBLICATION YEAR","2021"',
    )  # fmt: skip
    assert [(record.title, names(record), record.journal, record.pmid) for record in records] == [
        ("Quiet ferries", ["Kest, A", "Lorr, B"], "Journal of Invention", "39000001"),
        ("Lonely bakers", ["Öz, C"], "", ""),
    ]


@pytest.mark.parametrize(
    "above",
    [["sep=,"], ['"About the data: exported"'], ["Search: loneliness", "Date: 2026-01-01", ""], ["\ufeffsep=,", "x"]],
)
def test_lines_above_the_header_are_no_references(above: list[str]) -> None:
    (record,) = table(*above, "Title,PubYear,Authors,PMID", 'Quiet ferries,2020,"Kest, Anna; Lorr, Bo",39000001.0')
    assert (record.title, names(record), record.pmid) == ("Quiet ferries", ["Kest, Anna", "Lorr, Bo"], "39000001")


def test_a_doubled_column_is_told() -> None:
    reader, found = pieces("x.csv", b"Title,Year,Year\nQuiet ferries,,2020\n")
    assert [piece.note for piece in found if piece.note] == [
        "2 columns are called 'Year': the first that is filled is read"
    ]
    assert reader is not None
    assert parse("x", raw_of(reader.name, found[-1].text)).date.value == "2020"


def test_what_excel_made_of_numbers_is_read_where_nothing_is_lost() -> None:
    (record,) = table("Title,PMID,Volume,Issue,Year", "A,3.9000001E+07,12.0,3.0,2020.0")
    assert (record.pmid, record.volume, record.issue, record.date.value) == ("39000001", "12", "3", "2020")
    (lost,) = table("Title,PMID,Volume", "A,3.9E+07,1.5")
    assert (lost.pmid, lost.volume) == ("", "1.5")


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (
            '"Authors","Title","Year","Source title","PubMed ID","Source"',
            '"Kest A., Lorr B.","T","2020","J","1","Scopus"',
        ),
        ("Title,Author Names,Source title,Publication Year,Medline PMID", 'T,"Kest A., Lorr B.",J,2020,1'),
        ("Rank,PMID,Title,Source title,PubYear,Authors", '1,1,T,J,2020,"Kest, A.; Lorr, B."'),
        ("PT\tAU\tTI\tSO\tPY\tPM\tUT", "J\tKest, A; Lorr, B\tT\tJ\t2020\t1\tWOS:1"),
        ("source,pmid,title,authorString,journalTitle,pubYear", 'MED,1,T,"Kest A, Lorr B.",J,2020'),
        ("PMID,Title,Authors,Citation,Journal/Book,Publication Year", '1,T,"Kest A, Lorr B.",c,J,2020'),
        ("Article Title,Author,Journal Title,Publication Date,PMID", 'T,"Kest, A.; Lorr, B.",J,2020,1'),
        ("Author(s);Title;Source;Year;PubMed ID", '"Kest A, Lorr B";T;J;2020;1'),
    ],
)
def test_columns_of_the_databases(header: str, row: str) -> None:
    (record,) = references("x.csv", f"{header}\n{row}\n")
    authors = [(author.family, author.initials) for author in record.authors]
    assert (record.title, authors, record.journal) == ("T", [("Kest", "A"), ("Lorr", "B")], "J")
    assert (record.date.value, record.pmid) == ("2020", "1")


def test_placeholders_of_scopus_are_nothing() -> None:
    (record,) = table('"Authors","Title","Abstract"', '"[No author name available]","A","[No abstract available]"')
    assert (record.authors, record.abstract) == ((), ())


def workbook(rows: list[list[object]]) -> bytes:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_is_read_as_references() -> None:
    data = workbook(
        [
            ["Export of today"],
            ["Title", "Year", "Authors", "PMID"],
            ["Quiet ferries", 2020, "Kest, A.; Lorr, B.", 39000001],
        ]
    )
    (record,) = references("x.xlsx", data)
    assert (record.title, record.date.value, record.pmid) == ("Quiet ferries", "2020", "39000001")
    assert len(record.authors) == 2


def test_a_damaged_workbook_is_one_sentence() -> None:
    with pytest.raises(UsageError, match="no workbook, or it is damaged"):
        pieces("x.xlsx", b"PK\x03\x04 and nothing more")


def open_document(rows: list[list[object]]) -> bytes:
    def cell(value: object) -> str:
        kind = f'"float" office:value="{value}"' if isinstance(value, float) else '"string"'
        return f"<table:table-cell office:value-type={kind}><text:p>{value}</text:p></table:table-cell>"

    spaces = "urn:oasis:names:tc:opendocument:xmlns:"
    body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    content = (
        f'<office:document-content xmlns:office="{spaces}office:1.0" xmlns:table="{spaces}table:1.0" '
        f'xmlns:text="{spaces}text:1.0"><office:body><office:spreadsheet><table:table table:name="A">{body}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    manifest = f'<manifest:manifest xmlns:manifest="{spaces}manifest:1.0"/>'
    out = io.BytesIO()
    with ZipFile(out, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("META-INF/manifest.xml", manifest)
        packed.writestr("content.xml", content)
    return out.getvalue()


def test_an_open_document_is_read_as_references(monkeypatch: pytest.MonkeyPatch) -> None:
    data = open_document([["Title", "Year", "PMID"], ["Quiet ferries", 2020.0, 39000001.0]])
    (record,) = references("x.ods", data)
    assert (record.title, record.date.value, record.pmid) == ("Quiet ferries", "2020", "39000001")
    monkeypatch.setattr(xlsx, "HUGE", 10)
    with pytest.raises(UsageError, match="larger than any list can be"):
        pieces("x.ods", data)


def test_what_only_begins_like_an_old_workbook_is_one_sentence() -> None:
    with pytest.raises(UsageError, match="no workbook, or it is damaged"):
        pieces("x.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and nothing more")


def nbib(*lines: str) -> Record:
    (record,) = references("x.nbib", "\n".join(["PMID- 39000001", *lines, ""]))
    return record


@pytest.mark.parametrize(
    ("lines", "right"),
    [
        (["FAU - Kest, Anna B Jr", "AU  - Kest AB Jr"], ("Kest", "AB", "Jr")),
        (["FAU - Kest, Anna B, Jr"], ("Kest", "AB", "Jr")),
        (["FAU - Lorr, Bo C 3rd", "AU  - Lorr BC 3rd"], ("Lorr", "BC", "3rd")),
        (["FAU - Lorr, Bo 2nd"], ("Lorr", "B", "2nd")),
        (["FAU - Lorr, Bo III"], ("Lorr", "B", "III")),
        (["FAU - van der Kest, Anna Sr"], ("van der Kest", "A", "Sr")),
        (["AU  - Kest AB Jr"], ("Kest", "AB", "Jr")),
        (["AU  - Kest A 4th"], ("Kest", "A", "4th")),
        (["AU  - Kest JP"], ("Kest", "JP", "")),
        (["FAU - Müller, Ülle", "AU  - Müller Ü"], ("Müller", "Ü", "")),
        # no suffixes
        (["AU  - Kest V"], ("Kest", "V", "")),
        (["AU  - Kest IV"], ("Kest", "IV", "")),
        (["FAU - Sr, Anna", "AU  - Sr A"], ("Sr", "A", "")),
        (["FAU - NA, Li", "AU  - NA L"], ("NA", "L", "")),
        (["FAU - Others, Jane", "AU  - Others J"], ("Others", "J", "")),
        (["FAU - Vi, Tran", "AU  - Vi T"], ("Vi", "T", "")),
    ],
)
def test_suffixes_of_nbib_stand_apart(lines: list[str], right: tuple[str, str, str]) -> None:
    record = nbib("TI  - Quiet ferries", *lines)
    assert [(one.family, one.initials, one.suffix) for one in record.authors] == [right]
    assert record.authors_complete


@pytest.mark.parametrize(
    ("lines", "title", "journal"),
    [
        (["TI  - A chapter", "BTI - The book of tides"], "A chapter", "The book of tides"),
        (["BTI - The book of tides", "TI  - A chapter"], "A chapter", "The book of tides"),
        (["BTI - The book of tides"], "The book of tides", ""),
        (["TI  - A chapter", "BTI - The book", "      of tides"], "A chapter", "The book of tides"),
        (["TI  - A chapter", "BTI - The book", "CTI - Series of the sea"], "A chapter", "The book"),
        (["BTI - The book", "CTI - Series of the sea"], "The book", "Series of the sea"),
        (["TI  - A paper", "JT  - Journal of Ferries"], "A paper", "Journal of Ferries"),
        (["TI  - A chapter", "BTI - R&amp;D: p &lt; .05"], "A chapter", "R&D: p < .05"),
        (["TI  - A chapter", "BTI - GrÃ¶ÃŸe"], "A chapter", "Größe"),
        (["TI  - a<b and c>d", "BTI - a<b and c>d"], "a<b and c>d", "a<b and c>d"),
    ],
)
def test_a_chapter_of_nbib_stands_in_its_book(lines: list[str], title: str, journal: str) -> None:
    record = nbib(*lines, "FAU - Kest, Anna")
    assert (record.title, record.journal) == (title, journal)
