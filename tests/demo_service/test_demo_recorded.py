"""Recorded answers can be served again byte by byte, and literatures of any size can be counted off."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from demo_client import ask, find

from emulator.recorded import article_of, recorded
from emulator.service import PubMedService
from emulator.synthetic import synthetic

SHARED = Path(__file__).resolve().parents[2] / "../shared"
Running = Callable[..., PubMedService]

RECORD = """<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">990000077</PMID>
<DateRevised><Year>2024</Year><Month>03</Month><Day>09</Day></DateRevised>
<Article><Journal><JournalIssue><PubDate>{issue}</PubDate></JournalIssue><Title>Journal of Examples</Title></Journal>
<ArticleTitle>Effects of <i>nothing</i>  on CO<sub>2</sub>.</ArticleTitle>
<Abstract><AbstractText Label="AIMS">To look.</AbstractText><AbstractText>Found &lt;5.</AbstractText></Abstract>
<AuthorList><Author><LastName>Smith</LastName><Initials>AB</Initials></Author><Author>
<CollectiveName>Example Group</CollectiveName></Author><Author/></AuthorList>
<Language>eng</Language><Language>fre</Language>
<PublicationTypeList><PublicationType UI="D016428">Journal Article</PublicationType></PublicationTypeList>{electronic}
</Article><MeshHeadingList>
<MeshHeading><DescriptorName MajorTopicYN="N">Loneliness</DescriptorName>
<QualifierName MajorTopicYN="Y">psychology</QualifierName>
<QualifierName MajorTopicYN="N">trends</QualifierName></MeshHeading>
<MeshHeading><DescriptorName MajorTopicYN="Y">Humans</DescriptorName></MeshHeading></MeshHeadingList>
<OtherAbstract Type="Publisher" Language="fre"><AbstractText>Rien.</AbstractText></OtherAbstract>
<KeywordList Owner="NOTNLM"><Keyword>air</Keyword></KeywordList></MedlineCitation>
<PubmedData><History><PubMedPubDate PubStatus="entrez"><Year>2024</Year><Month>2</Month><Day>3</Day><Hour>6</Hour>
</PubMedPubDate></History><ArticleIdList><ArticleId IdType="doi">10.5555/x</ArticleId>
<ArticleId IdType="pmc">PMC1</ArticleId></ArticleIdList><ReferenceList><Reference><ArticleIdList>
<ArticleId IdType="doi">10.5555/not.this</ArticleId></ArticleIdList></Reference></ReferenceList></PubmedData>
</PubmedArticle>"""


def record(issue: str = "<Year>2023</Year><Month>Nov</Month>", electronic: str = "") -> bytes:
    return RECORD.format(issue=issue, electronic=electronic).encode()


def test_a_recorded_article_is_searchable_by_everything_it_says() -> None:
    found = article_of(record())
    assert found.pmid == "990000077"
    assert (found.created, found.revised, found.published) == (date(2024, 2, 3), date(2024, 3, 9), date(2023, 11, 1))
    assert found.title == "Effects of nothing on CO2."
    assert found.abstract == "AIMS: To look. Found <5."
    assert found.other_abstracts == ("Rien.",)
    assert found.authors == ("Smith AB", "Example Group")
    assert found.languages == ("eng", "fre")
    assert found.mesh == ("Loneliness", "Loneliness/psychology", "Loneliness/trends", "Humans")
    assert found.major == ("Loneliness/psychology", "Humans")
    assert (found.keywords, found.publication_types) == (("air",), ("Journal Article",))
    assert (found.doi, found.pmcid, found.journal) == ("10.5555/x", "PMC1", "Journal of Examples")
    assert found.element() == record()


@pytest.mark.parametrize(
    ("issue", "electronic", "published"),
    [
        ("<Year>2023</Year>", "", date(2023, 1, 1)),
        ("<Year>2023</Year><Month>09</Month><Day>5</Day>", "", date(2023, 9, 5)),
        ("<Year>2023</Year><Season>Winter</Season>", "", date(2023, 1, 1)),
        ("<Year>2023</Year><Month>Frimaire</Month>", "", date(2023, 1, 1)),
        ("<MedlineDate>2018 Dec-2019 Jan</MedlineDate>", "", date(2018, 12, 1)),
        ("<MedlineDate>1998-1999</MedlineDate>", "", date(1998, 1, 1)),
        ("<MedlineDate>sine anno</MedlineDate>", "", date(1900, 1, 1)),
        (
            "<Year>2023</Year>",
            '<ArticleDate DateType="Electronic"><Year>2022</Year><Month>12</Month><Day>31</Day></ArticleDate>',
            date(2022, 12, 31),
        ),
    ],
)
def test_a_partial_date_stands_at_the_first_day_of_what_is_known(issue: str, electronic: str, published: date) -> None:
    assert article_of(record(issue, electronic)).published == published


def test_a_record_without_create_date_counts_from_its_publication() -> None:
    found = article_of(
        record()
        .replace(b'PubStatus="entrez"', b'PubStatus="received"')
        .replace(b"<PubDate>", b"<Pub>")
        .replace(b"</PubDate>", b"</Pub>")
    )
    assert (found.created, found.published) == (date(1900, 1, 1), date(1900, 1, 1))


def test_files_are_read_packed_or_not_and_the_later_copy_of_a_record_holds(tmp_path: Path) -> None:
    one, two = tmp_path / "one.xml", tmp_path / "two.xml.gz"
    one.write_bytes(b"<PubmedArticleSet>" + record() + b"</PubmedArticleSet>")
    later = record().replace(b"To look.", b"To see.")
    two.write_bytes(gzip.compress(b"<PubmedArticleSet>\n" + later + b"</PubmedArticleSet>"))
    (found,) = recorded([one, two]).articles(date(2024, 2, 3)).values()
    assert found.abstract.startswith("AIMS: To see.")
    assert recorded([one, two]).articles(date(2024, 2, 2)) == {}


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "broken.xml"
    path.write_bytes(record().replace(b"</ArticleTitle>", b""))
    with pytest.raises(ValueError, match=r"broken\.xml: mismatched tag"):
        recorded([path])


def test_the_recorded_answers_are_served_byte_by_byte(running: Running) -> None:
    folder = SHARED / "samples/pubmed"
    paths = [*folder.glob("efetch_*.xml"), folder / "nlm_pubmedsample_2019_176_records.xml"]
    if not all(path.exists() for path in paths) or len(paths) < 10:
        pytest.skip("the recorded answers are not here")
    literature = recorded(paths)
    service = running(literature, day=date(2030, 1, 1))
    ids = find(service, '"1800"[crdt] : "3000"[crdt]', retmax=9_999)["idlist"]
    whole = b"".join(path.read_bytes() for path in paths)
    assert len(ids) == len(set(ids)) == whole.count(b"</PubmedArticle>") + whole.count(b"</PubmedBookArticle>")
    assert len(ET.fromstring(ask(service, "efetch", id=",".join(ids)).body)) == len(ids)
    assert all(literature.articles(date(2030, 1, 1))[pmid].element() in whole for pmid in ids)
    assert int(find(service, "depress*[tiab] OR anxiety[tiab]")["count"]) > 3


def test_counted_off_articles_are_cheap_spread_over_the_days_and_of_the_size_wanted() -> None:
    literature = synthetic(1_000, size=28_000)
    whole = literature.articles(date(2030, 1, 1))
    assert len(whole) == 1_000
    assert whole is literature.articles(date(2031, 1, 1))  # nothing is built twice
    sizes = [len(article.element()) for article in list(whole.values())[:50]]
    assert all(27_000 < size < 29_000 for size in sizes)
    assert len({article.created for article in whole.values()}) > 900
    assert len(literature.articles(date(2022, 12, 31))) == 500
    assert (
        len({article.title for article in whole.values()}) == len({article.doi for article in whole.values()}) == 1_000
    )


def test_a_counted_off_article_says_the_same_in_xml_as_to_a_search() -> None:
    for article in synthetic(10).articles(date(2030, 1, 1)).values():
        again = article_of(article.element())
        for name in ("pmid", "created", "published", "title", "abstract", "mesh", "major", "authors", "doi", "journal"):
            assert getattr(again, name) == getattr(article, name), name


def test_the_smallest_article_has_no_references() -> None:
    (article,) = synthetic(1, size=0).articles(date(2030, 1, 1)).values()
    assert b"ReferenceList" not in article.element()
