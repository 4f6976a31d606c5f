"""MODS: any text in, one well-formed record out, with what Zotero reads where Zotero reads it."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.model import Author
from tracker.site.machines import highwire, json_ld, signposting
from tracker.site.machines.mods import mods
from tracker.site.machines.reference import Reference
from tracker.text import clean

NS = {"m": "http://www.loc.gov/mods/v3"}
ARTICLE = Reference(
    key="LSI-000001",
    address="https://evidence.example/paper/LSI-000001",
    title="Loneliness in Ålesund: a <cohort> & its mood",
    authors=(Author("Çelik", "Özgür", suffix="Jr"), Author(group="WHO, Group on <Mood>"), Author("Suharto")),
    kind="article",
    date="2024-03-05",
    journal="Journal of Invented Results",
    journal_abbrev="J Invent Res",
    publisher="Fable & Daughters",
    volume="12",
    issue="3",
    first_page="e12",
    last_page="",
    issn="9999-0164",
    doi="10.5555/lsi.1",
    pmid="990000001",
    pmcid="PMC990001",
    languages=("eng", "nob"),
    abstract="AIM: We asked. RESULTS: p < .05",
    keywords=("solitude",),
    mesh=("Loneliness / psychology",),
    licence="CC BY 4.0",
    state="Retracted",
    changed="2026-11-20T06:00:00Z",
)
PREPRINT = replace(ARTICLE, kind="preprint", journal="medRxiv", journal_abbrev="", publisher="", volume="", issue="",
                   first_page="", issn="", state="")  # fmt: skip
# What mods-3-8.xsd lets stand within an element (of what is written here), and which attributes it may have.
CHILDREN = {
    "mods": {"titleInfo", "genre", "typeOfResource", "name", "originInfo", "language", "abstract", "subject",
             "identifier", "location", "accessCondition", "note", "relatedItem", "recordInfo"},
    "relatedItem": {"titleInfo", "originInfo", "identifier", "part"},
    "titleInfo": {"title"}, "name": {"namePart", "role"}, "role": {"roleTerm"}, "language": {"languageTerm"},
    "originInfo": {"publisher", "dateIssued", "issuance"}, "subject": {"topic"}, "location": {"url"},
    "part": {"detail", "extent"}, "detail": {"number"}, "extent": {"start", "end"},
    "recordInfo": {"recordIdentifier", "recordChangeDate"},
}  # fmt: skip
VALUES = {
    ("name", "type"): {"personal", "corporate"}, ("namePart", "type"): {"family", "given", "termsOfAddress"},
    ("roleTerm", "type"): {"code"}, ("languageTerm", "type"): {"code"}, ("titleInfo", "type"): {"abbreviated"},
    ("languageTerm", "authority"): {"iso639-2b", "rfc5646"}, ("relatedItem", "type"): {"host"},
    ("url", "usage"): {"primary display"}, ("dateIssued", "encoding"): {"w3cdtf"}, ("dateIssued", "keyDate"): {"yes"},
    ("recordChangeDate", "encoding"): {"w3cdtf"}, ("roleTerm", "authority"): {"marcrelator"},
    ("genre", "authority"): {"local"}, ("subject", "authority"): {"mesh"}, ("extent", "unit"): {"pages"},
    ("detail", "type"): {"volume", "issue"}, ("accessCondition", "type"): {"use and reproduction"},
    ("identifier", "type"): {"doi", "pmid", "pmcid", "issn", "local"}, ("mods", "version"): {"3.8"},
}  # fmt: skip


def read(paper: Reference) -> ElementTree.Element:
    return ElementTree.fromstring(mods(paper))


def texts(root: ElementTree.Element, path: str) -> list[str]:
    return [node.text or "" for node in root.findall(path, NS)]


def assert_of_the_schema(root: ElementTree.Element) -> None:
    """Elements and attributes are those of MODS 3.8, nothing is empty."""
    for node in root.iter():
        name = node.tag.removeprefix(f"{{{NS['m']}}}")
        for child in node:
            assert child.tag.removeprefix(f"{{{NS['m']}}}") in CHILDREN.get(name, set()), (name, child.tag)
        for attribute, value in node.attrib.items():
            if not attribute.startswith("{"):
                assert value in VALUES[name, attribute], (name, attribute, value)
        assert len(node) or node.text, name


def test_an_article_has_its_journal_as_host_and_all_that_is_known() -> None:
    root = read(ARTICLE)
    assert_of_the_schema(root)
    assert texts(root, "m:titleInfo/m:title") == [ARTICLE.title]
    assert texts(root, "m:genre[@authority='local']") == ["journalArticle"]
    assert texts(root, "m:originInfo/m:dateIssued[@encoding='w3cdtf']") == ["2024-03-05"]
    host = "m:relatedItem[@type='host']"
    assert texts(root, f"{host}/m:titleInfo/m:title") == ["Journal of Invented Results", "J Invent Res"]
    assert texts(root, f"{host}/m:part/m:detail[@type='volume']/m:number") == ["12"]
    assert texts(root, f"{host}/m:part/m:detail[@type='issue']/m:number") == ["3"]
    assert texts(root, f"{host}/m:identifier[@type='issn']") == ["9999-0164"]
    assert texts(root, "m:identifier[@type='doi']") == ["10.5555/lsi.1"]
    assert texts(root, "m:identifier[@type='pmid']") == ["990000001"]
    assert texts(root, "m:abstract") == [ARTICLE.abstract]
    assert texts(root, "m:subject/m:topic") == ["solitude", "Loneliness / psychology"]
    assert texts(root, "m:language/m:languageTerm") == ["eng", "en", "nob", "nob"]
    assert texts(root, "m:location/m:url") == ["https://doi.org/10.5555/lsi.1"]
    assert texts(root, "m:accessCondition") == ["CC BY 4.0"]
    note = "tracker-id: LSI-000001; PMID: 990000001; PMCID: PMC990001; status: Retracted"
    assert texts(root, "m:note") == [note]


def test_one_page_is_begin_and_end_so_that_zotero_writes_no_null_behind_it() -> None:
    extent = "m:relatedItem/m:part/m:extent[@unit='pages']"
    assert texts(read(ARTICLE), f"{extent}/m:start") == texts(read(ARTICLE), f"{extent}/m:end") == ["e12"]
    assert texts(read(replace(ARTICLE, last_page="e19")), f"{extent}/m:end") == ["e19"]


def test_persons_have_two_names_and_groups_one_whatever_commas_they_have() -> None:
    person, group, mononym = read(ARTICLE).findall("m:name", NS)
    assert [node.text for node in person.findall("m:namePart", NS)] == ["Çelik", "Özgür", "Jr"]
    assert (group.get("type"), texts(group, "m:namePart")) == ("corporate", ["WHO, Group on <Mood>"])
    assert (mononym.get("type"), texts(mononym, "m:namePart[@type='family']")) == ("personal", ["Suharto"])
    assert {code for node in (person, group) for code in texts(node, "m:role/m:roleTerm")} == {"aut"}


def test_a_preprint_is_a_preprint_of_its_server_and_has_no_journal() -> None:
    root = read(PREPRINT)
    assert_of_the_schema(root)
    assert texts(root, "m:genre[@authority='local']") == ["preprint"]
    assert texts(root, "m:originInfo/m:publisher") == ["medRxiv"]
    assert root.find("m:relatedItem", NS) is None


def test_a_chapter_has_a_book_and_a_book_has_none() -> None:
    chapter = replace(ARTICLE, kind="book", journal="Handbook of Solitude")
    assert texts(read(chapter), "m:genre") == ["bookSection"]
    assert texts(read(replace(chapter, journal="")), "m:genre") == ["book"]
    assert read(chapter).find("m:relatedItem/m:originInfo", NS) is None


def test_what_is_not_known_is_left_out() -> None:
    bare = replace(
        ARTICLE, authors=(), date="", publisher="", volume="", issue="", first_page="", languages=(), abstract="",
        keywords=(), mesh=(), doi="", pmid="", pmcid="", licence="", issn="", state="",
    )  # fmt: skip
    root = read(bare)
    assert_of_the_schema(root)
    assert root.find("m:relatedItem/m:part", NS) is None
    assert texts(root, "m:location/m:url") == [ARTICLE.address]
    assert texts(root, "m:note") == ["tracker-id: LSI-000001"]


WILD = st.text(st.characters(), max_size=30)
FIELDS = ("journal", "publisher", "volume", "issue", "first_page", "issn", "doi", "pmid", "abstract", "licence")
REFERENCES = st.builds(
    replace,
    st.sampled_from([ARTICLE, PREPRINT]),
    title=WILD.map(lambda text: f"T{text}"),
    authors=st.lists(st.one_of(st.builds(Author, WILD, WILD), st.builds(Author, group=WILD)), max_size=4).map(tuple),
    **dict.fromkeys(FIELDS, WILD),  # type: ignore[arg-type]
)


@settings(max_examples=50, deadline=None)
@given(REFERENCES)
def test_any_text_makes_one_well_formed_record(paper: Reference) -> None:
    """Controls, surrogates, ``]]>``, tags: what XML cannot hold is taken out, the rest is text."""
    root = ElementTree.fromstring(mods(paper).encode("utf-8"))
    assert texts(root, "m:titleInfo/m:title") == [clean(paper.title)]
    assert texts(root, "m:abstract") == ([clean(paper.abstract)] if clean(paper.abstract) else [])
    assert len(root.findall("m:name", NS)) == len(paper.authors)


@settings(max_examples=50, deadline=None)
@given(REFERENCES)
def test_no_text_ends_a_script_or_begins_a_header(paper: Reference) -> None:
    inside = str(json_ld.script(paper))
    assert not set(inside) & set("<>&\u2028\u2029")
    assert "\n" not in signposting.page_links(paper)
    assert signposting.page_links(paper).isascii()
    assert all(content for _, content in highwire.tags(paper))
