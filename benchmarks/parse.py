"""How fast PubMed's answers are read, and in how much memory: our parser beside two others, in the same run.

Three readers of the same answers, one JSON line each, one core, no network:

tracker       split and parse: every field of the record, cleaned; reference lists cut out by bytes first
ElementTree   the standard library's iterparse and a plain extraction of the main fields, nothing cleaned
Bio.Entrez    Entrez.read of Biopython (all elements as dictionaries, nothing cleaned); left out if not installed

Without FILEs the answers are made here: records of about 28 kB, the mean of recent real ones, three quarters of it
references, 200 in an answer. FILEs are efetch answers (.xml or .xml.gz), each read as often as --rounds says.
`records_per_second` is the best of the rounds, `peak_mb` the most Python memory held while one answer is read, taken
in a round of its own that is not timed.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import random
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from string import Template
from xml.etree import ElementTree

from tracker.sources.pubmed.answers import split
from tracker.sources.pubmed.parse import parse

try:
    from Bio import Entrez
except ImportError:
    Entrez = None

WORDS = """
loneliness social isolation depression anxiety young people adults pandemic lockdown survey cohort intervention women
association wellbeing school family support symptoms scale baseline follow-up men older students online β café review
meta-analysis trial randomised control group outcome effect confidence interval model risk
"""
HEAD = (
    '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
    '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n<PubmedArticleSet>\n'
)
RECORD = Template("""<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM" IndexingMethod="Automated">\
<PMID Version="1">$pmid</PMID><DateCompleted>$day</DateCompleted><DateRevised>$day</DateRevised>\
<Article PubModel="Print-Electronic"><Journal><ISSN IssnType="Electronic">1234-5679</ISSN>\
<JournalIssue CitedMedium="Internet"><Volume>12</Volume><Issue>3</Issue>\
<PubDate><Year>2024</Year><Month>Mar</Month></PubDate></JournalIssue><Title>Journal of tests</Title>\
<ISOAbbreviation>J Test</ISOAbbreviation></Journal><ArticleTitle>$title H<sub>2</sub>O.</ArticleTitle><Pagination>\
<MedlinePgn>737-48</MedlinePgn></Pagination><ELocationID EIdType="doi" ValidYN="Y">10.5555/$pmid</ELocationID>\
<Abstract>$abstract</Abstract><AuthorList CompleteYN="Y">$authors</AuthorList><Language>eng</Language>\
<PublicationTypeList><PublicationType UI="D016428">Journal Article</PublicationType></PublicationTypeList>\
<ArticleDate DateType="Electronic">$day</ArticleDate></Article><MedlineJournalInfo><Country>England</Country>\
<MedlineTA>J Test</MedlineTA><NlmUniqueID>9900001</NlmUniqueID><ISSNLinking>1234-5679</ISSNLinking>\
</MedlineJournalInfo><MeshHeadingList>$mesh</MeshHeadingList><KeywordList Owner="NOTNLM">$keywords</KeywordList>\
</MedlineCitation><PubmedData><History><PubMedPubDate PubStatus="entrez">$day</PubMedPubDate>\
<PubMedPubDate PubStatus="pubmed">$day</PubMedPubDate></History><PublicationStatus>ppublish</PublicationStatus>\
<ArticleIdList><ArticleId IdType="pubmed">$pmid</ArticleId><ArticleId IdType="doi">10.5555/$pmid</ArticleId>\
</ArticleIdList><ReferenceList>$references</ReferenceList></PubmedData></PubmedArticle>
""")
ABSTRACT = Template('<AbstractText Label="$label" NlmCategory="$label">$text <i>p</i> &lt; 0.05.</AbstractText>')
AUTHOR = Template("""<Author ValidYN="Y"><LastName>Family$number</LastName><ForeName>Given $number</ForeName>\
<Initials>G</Initials><Identifier Source="ORCID">0000-0002-1825-0097</Identifier><AffiliationInfo>\
<Affiliation>Department of $text, Sometown, Nowhere.</Affiliation></AffiliationInfo></Author>""")
HEADING = Template("""<MeshHeading><DescriptorName UI="D009900$number" MajorTopicYN="N">$text</DescriptorName>\
<QualifierName UI="Q000523" MajorTopicYN="Y">psychology</QualifierName></MeshHeading>""")
KEYWORD = Template('<Keyword MajorTopicYN="N">$text</Keyword>')
REFERENCE = Template("""<Reference><Citation>Doe J, $text. J Test. 2019;$number:1-9.</Citation><ArticleIdList>\
<ArticleId IdType="doi">10.5555/ref.$number</ArticleId><ArticleId IdType="pubmed">9900$number</ArticleId>\
</ArticleIdList></Reference>
""")


def made_record(pmid: int, chance: random.Random) -> str:
    """One invented article of about 28 kB with all the usual parts."""
    words = WORDS.split()

    def say(count: int) -> str:
        return " ".join(chance.choices(words, k=count))

    def several(part: Template, count: int, length: int) -> str:
        return "".join(part.substitute(number=1000 + number, text=say(length)) for number in range(count))

    labels = ("BACKGROUND", "METHODS", "RESULTS", "CONCLUSIONS")
    return RECORD.substitute(
        pmid=pmid,
        day=f"<Year>2024</Year><Month>03</Month><Day>{chance.randint(10, 28)}</Day>",
        title=say(14),
        abstract="".join(ABSTRACT.substitute(label=label, text=say(50)) for label in labels),
        authors=several(AUTHOR, 7, 6),
        mesh=several(HEADING, 8, 2),
        keywords=several(KEYWORD, 5, 1),
        references=several(REFERENCE, 68, 12),
    )


def made_answers(records: int, size: int = 200) -> list[bytes]:
    """As many records in answers of ``size``; always the same."""
    chance = random.Random(1)
    made = [made_record(990000001 + number, chance) for number in range(records)]
    pages = [made[start : start + size] for start in range(0, records, size)]
    return [(HEAD + "".join(page) + "</PubmedArticleSet>").encode() for page in pages]


def by_tracker(body: bytes) -> int:
    return sum(1 for raw in split(body) if parse(raw.body).title is not None)


def by_element_tree(body: bytes) -> int:
    """A plain script of some dozen fields."""
    found = 0
    for _, element in ElementTree.iterparse(io.BytesIO(body)):
        if element.tag in ("PubmedArticle", "PubmedBookArticle"):
            _plain_fields(element)
            element.clear()
            found += 1
    return found


def _plain_fields(element: ElementTree.Element) -> dict[str, object]:
    def text(path: str) -> str:
        item = element.find(path)
        return "" if item is None else "".join(item.itertext())

    article, data = "MedlineCitation/Article/", "PubmedData/"
    return {
        "pmid": text("MedlineCitation/PMID"),
        "title": text(article + "ArticleTitle"),
        "abstract": ["".join(part.itertext()) for part in element.iterfind(article + "Abstract/AbstractText")],
        "authors": [
            (author.findtext("LastName"), author.findtext("ForeName"), author.findtext("CollectiveName"))
            for author in element.iterfind(article + "AuthorList/Author")
        ],
        "affiliations": [
            item.text for item in element.iterfind(article + "AuthorList/Author/AffiliationInfo/Affiliation")
        ],
        "journal": text(article + "Journal/Title"),
        "year": text(article + "Journal/JournalIssue/PubDate/Year"),
        "volume": text(article + "Journal/JournalIssue/Volume"),
        "pages": text(article + "Pagination/MedlinePgn"),
        "types": [item.text for item in element.iterfind(article + "PublicationTypeList/PublicationType")],
        "mesh": [item.text for item in element.iterfind("MedlineCitation/MeshHeadingList/MeshHeading/DescriptorName")],
        "keywords": ["".join(item.itertext()) for item in element.iterfind("MedlineCitation/KeywordList/Keyword")],
        "ids": [(item.get("IdType"), item.text) for item in element.iterfind(data + "ArticleIdList/ArticleId")],
    }


def by_entrez(body: bytes) -> int:
    found = Entrez.read(io.BytesIO(body), validate=False)
    return len(found["PubmedArticle"]) + len(found["PubmedBookArticle"])


def measure(read: Callable[[bytes], int], answers: list[bytes], rounds: int) -> dict[str, object]:
    """Records and seconds of the best round, and the peak of memory in a round that is not timed."""
    best, records = float("inf"), 0
    for _ in range(rounds):
        start = time.perf_counter()
        records = sum(read(body) for body in answers)
        best = min(best, time.perf_counter() - start)
    tracemalloc.start()
    for body in answers[:1]:
        read(body)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    size = sum(map(len, answers))
    return {
        "records": records,
        "mean_kb": round(size / max(records, 1) / 1000, 1),
        "seconds": round(best, 3),
        "records_per_second": round(records / best),
        "peak_mb": round(peak / 1e6, 1),
    }


def lines(answers: list[bytes], rounds: int) -> Iterator[dict[str, object]]:
    readers = {"tracker": by_tracker, "ElementTree": by_element_tree}
    if Entrez is not None:
        readers["Bio.Entrez"] = by_entrez
    for name, read in readers.items():
        try:
            yield {"parser": name, **measure(read, answers, rounds)}
        except (ValueError, RuntimeError) as error:  # Entrez cannot read every answer, and says so in one of these
            if read is not by_entrez:
                raise
            yield {"parser": name, "cannot_read": str(error).splitlines()[0]}


def unzipped(path: Path) -> bytes:
    body = path.read_bytes()
    return gzip.decompress(body) if path.suffix == ".gz" else body


def main(argv: list[str] | None = None) -> None:
    options = argparse.ArgumentParser(
        "benchmarks.parse", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    options.add_argument("files", nargs="*", type=Path, metavar="FILE", help="efetch answers, .xml or .xml.gz")
    options.add_argument("--records", type=int, default=1000, help="how many records are made without FILEs (1000)")
    options.add_argument("--rounds", type=int, default=3, help="how often all is read; the best counts (3)")
    chosen = options.parse_args(argv)
    answers = [unzipped(path) for path in chosen.files] if chosen.files else made_answers(chosen.records)
    for line in lines(answers, chosen.rounds):
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
