"""Files as people bring them, by kinds of public bug reports: read as meant, and cures that do not go too far."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracker.formats import pieces
from tracker.imports.imported import parse, raw_of
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
