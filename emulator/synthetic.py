"""Literatures that are not written but counted off: any number of small or large articles, and a fixed list of them.

For benchmarks and tests. Every article has a title, DOI and PMID of its own, so that no two are one publication.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

from emulator.papers import Article

FIRST_PMID = 990_000_001
TOPICS = (
    ("Loneliness", "loneliness and depression"),
    ("Social Isolation", "social isolation and anxiety"),
    ("Mental Health", "mental health in a pandemic"),
    ("Telemedicine", "telehealth for psychosis"),
    ("Burnout, Psychological", "burnout in nurses"),
)
_TEMPLATE = (
    '<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM" IndexingMethod="Automated"><PMID Version="1">{pmid}'
    '</PMID><DateRevised>{revised}</DateRevised><Article PubModel="Print-Electronic"><Journal>'
    '<ISSN IssnType="Electronic">0000-0019</ISSN><JournalIssue CitedMedium="Internet"><Volume>1</Volume><Issue>2'
    "</Issue><PubDate><Year>{year}</Year></PubDate></JournalIssue><Title>Journal of Counted Examples</Title>"
    "<ISOAbbreviation>J Count Ex</ISOAbbreviation></Journal><ArticleTitle>{title}</ArticleTitle><Pagination>"
    '<MedlinePgn>1-9</MedlinePgn></Pagination><ELocationID EIdType="doi" ValidYN="Y">{doi}</ELocationID><Abstract>'
    '<AbstractText>{abstract}</AbstractText></Abstract><AuthorList CompleteYN="Y"><Author ValidYN="Y">'
    "<LastName>Example</LastName><ForeName>Ada</ForeName><Initials>A</Initials></Author></AuthorList><Language>eng"
    '</Language><PublicationTypeList><PublicationType UI="D016428">Journal Article</PublicationType>'
    "</PublicationTypeList></Article><MedlineJournalInfo><MedlineTA>J Count Ex</MedlineTA><NlmUniqueID>990000"
    "</NlmUniqueID></MedlineJournalInfo><MeshHeadingList><MeshHeading>"
    '<DescriptorName UI="D000000" MajorTopicYN="Y">{mesh}</DescriptorName></MeshHeading></MeshHeadingList>'
    '</MedlineCitation><PubmedData><History><PubMedPubDate PubStatus="entrez">{created}</PubMedPubDate></History>'
    '<PublicationStatus>ppublish</PublicationStatus><ArticleIdList><ArticleId IdType="pubmed">{pmid}</ArticleId>'
    '<ArticleId IdType="doi">{doi}</ArticleId></ArticleIdList>{references}</PubmedData></PubmedArticle>'
)
_REFERENCE = (
    "<Reference><Citation>Example B. A cited example. J Count Ex. 2001.</Citation><ArticleIdList>"
    '<ArticleId IdType="doi">10.5555/cited.example</ArticleId></ArticleIdList></Reference>'
)


@dataclass
class Listed:
    """A literature of these articles; each is there from the day it was created."""

    listed: Iterable[Article]
    tree: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    mapping: Mapping[str, str] = field(default_factory=dict)
    _days: dict[int, dict[str, Article]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.listed = sorted(self.listed, key=lambda article: article.created)

    def articles(self, day: date) -> Mapping[str, Article]:
        present = {article.pmid: article for article in self.listed if article.created <= day}
        return self._days.setdefault(len(present), present)


def synthetic(
    count: int,
    *,
    size: int = 3_000,
    first: date = date(2021, 1, 1),
    last: date = date(2024, 12, 31),
    pmid: int = FIRST_PMID,
    topics: Iterable[tuple[str, str]] = TOPICS,
) -> Listed:
    """A literature of ``count`` articles, create dates spread evenly from ``first`` to ``last``.

    ``size``: bytes of XML an article (about 2,000 at least; the rest are references); the XML is made when it is asked
    for. ``topics``: MeSH heading and words of the title, in turns. ``pmid``: of the first one.
    """
    subjects, span = tuple(topics), (last - first).days + 1
    made = (_article(number, pmid + number, size, first, span, subjects, count) for number in range(count))
    return Listed(made)


def _article(
    number: int, pmid: int, size: int, first: date, span: int, subjects: tuple[tuple[str, str], ...], count: int
) -> Article:
    mesh, words = subjects[number % len(subjects)]
    created = first + timedelta(days=number * span // count)
    return Article(
        pmid=str(pmid),
        created=created,
        published=date(created.year, 1, 1),
        title=f"Counted example {number + 1} of {words}.",
        xml=_xml(size),
        abstract=f"We counted to {number + 1} and looked at {words}.",
        mesh=(mesh,),
        major=(mesh,),
        authors=("Example A",),
        journal="Journal of Counted Examples",
        doi=f"10.5555/counted.{pmid}",
    )


class _Writer:
    """Makes the XML of an article; one object serves all of a size."""

    def __init__(self, size: int) -> None:
        self.size = size

    def __call__(self, article: Article) -> bytes:
        created = _ymd(article.created)
        text = _TEMPLATE.format(
            pmid=article.pmid,
            revised=_ymd(article.modified),
            year=article.published.year,
            title=article.title,
            doi=article.doi,
            abstract=article.abstract,
            mesh=article.mesh[0],
            created=created,
            references=_references(max((self.size - 2_100) // len(_REFERENCE), 0)),
        )
        return text.encode()


@cache
def _xml(size: int) -> _Writer:
    return _Writer(size)


@cache
def _references(count: int) -> str:
    return f"<ReferenceList>{_REFERENCE * count}</ReferenceList>" if count else ""


@cache
def _ymd(day: date) -> str:
    return f"<Year>{day.year}</Year><Month>{day.month:02}</Month><Day>{day.day:02}</Day>"
