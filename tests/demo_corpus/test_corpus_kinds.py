"""The fictional literature holds what it promises: enough of every kind, and nothing that is not fictional."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from itertools import groupby

import pytest

from emulator import corpus
from emulator.abstracts import MARK
from emulator.corpus import COPIED_DOI, SPECIMENS, SUPPLEMENT_DOI
from emulator.days import ACTORS
from emulator.journals import journals
from emulator.papers import DemoPaper, plain, spoken
from emulator.people import COUNT, person
from tracker.text.licences import is_open, licence_of

LAST = corpus.DAYS[-1].date


@pytest.fixture(scope="module")
def papers() -> Mapping[str, DemoPaper]:
    return corpus.papers(LAST)


@pytest.fixture(scope="module")
def xml() -> str:
    return b"".join(one.element() for one in corpus.articles(LAST).values()).decode()


def specimen(papers: Mapping[str, DemoPaper], name: str) -> DemoPaper:
    return papers[SPECIMENS[name]]


def types(papers: Mapping[str, DemoPaper]) -> Counter[str]:
    return Counter(name for paper in papers.values() for name in paper.types)


def test_two_thousand_records_over_three_years(papers: Mapping[str, DemoPaper]) -> None:
    assert len(corpus.papers(corpus.FIRST_DAY)) >= 2000
    months = {(paper.created.year, paper.created.month) for paper in papers.values()}
    assert months == {(y, m) for y in range(2023, 2027) for m in range(1, 13) if (2023, 11) <= (y, m) <= (2026, 11)}


def test_all_identifiers_are_fictional(papers: Mapping[str, DemoPaper], xml: str) -> None:
    """PMIDs from 990000001, DOIs under 10.5555/demo, ORCIDs outside the ranges that are given out."""
    assert all(int(number) >= 990_000_001 for number in re.findall(r"<PMID[^>]*>(\d+)<", xml))
    assert all(int(number) >= 990_000_001 for number in re.findall(r'IdType="pubmed">(\d+)<', xml))
    assert all(int(number) >= 990_000_001 for number in re.findall(r'IdType="pmc">PMC(\d+)<', xml))
    dois = {doi.casefold() for doi in re.findall(r"\b10\.\d{4,9}/[^\s<&]+", xml)}
    assert len(dois) > 2000
    assert {doi[:12] for doi in dois} == {"10.5555/demo"}
    orcids = {text[-19:].replace("-", "")[-16:] for text in re.findall(r'Source="ORCID">([^<]+)<', xml)}
    assert {text[:10] for text in orcids} == {"0000000099"}
    assert all(journal.issn.startswith("9999-") and "(demo)" in journal.title for journal in journals())


def test_addresses_are_at_example_org_alone(xml: str) -> None:
    hosts = Counter(re.findall(r"[\w.+-]+@([\w.-]+\w)", xml))
    assert set(hosts) == {"example.org", "mail.example.org"}
    assert xml.count("Electronic address: ") > 300


def test_every_abstract_says_that_it_is_fictional(papers: Mapping[str, DemoPaper]) -> None:
    abstracts = [paper.parts for paper in papers.values() if paper.parts]
    others = [parts for paper in papers.values() for _, _, parts in paper.other]
    assert all(MARK in spoken(parts) for parts in (*abstracts, *others))


def test_about_half_of_the_abstracts_are_licensed(papers: Mapping[str, DemoPaper]) -> None:
    rights = [licence_of(paper.copyright)[0] for paper in papers.values() if paper.parts]
    assert 0.45 < sum(map(is_open, rights)) / len(rights) < 0.55
    assert {code.rpartition(" ")[0] for code in rights if code} == {
        "CC0", "CC BY", "CC BY-SA", "CC BY-ND", "CC BY-NC", "CC BY-NC-SA", "CC BY-NC-ND",
    }  # fmt: skip
    assert any(paper.copyright and not licence_of(paper.copyright)[0] for paper in papers.values())


def test_abstracts_are_structured_unstructured_or_missing(papers: Mapping[str, DemoPaper]) -> None:
    shapes = Counter(len(paper.parts) > 1 if paper.parts else None for paper in papers.values())
    assert min(shapes[True], shapes[False], shapes[None]) > 200
    labels = {part.label for paper in papers.values() for part in paper.parts}
    assert len(labels) >= 35
    categories = {part.category for paper in papers.values() for part in paper.parts}
    assert categories == {"", "BACKGROUND", "OBJECTIVE", "METHODS", "RESULTS", "CONCLUSIONS", "UNASSIGNED"}


def test_publication_types(papers: Mapping[str, DemoPaper]) -> None:
    counts = types(papers)
    few = {
        "Expression of Concern": 4,
        "Retracted Publication": 8,
        "Retraction of Publication": 8,
        "Published Erratum": 18,
    }
    many = ("Review", "Systematic Review", "Meta-Analysis", "Randomized Controlled Trial", "Clinical Trial Protocol")
    for name, least in {**few, **dict.fromkeys(many, 40), "Editorial": 30, "Letter": 30, "Comment": 40}.items():
        assert counts[name] >= least, name
    assert counts["Preprint"] > 60


def test_links_between_records_with_and_without_pmid(papers: Mapping[str, DemoPaper]) -> None:
    links = Counter((link.kind, bool(link.pmid)) for paper in papers.values() for link in paper.notices)
    for kind in ("ErratumIn", "RetractionIn", "ExpressionOfConcernIn", "UpdateOf"):
        assert links[kind, True] > 0, kind
        assert links[kind, False] > 0, kind
    for kind in ("ErratumFor", "RetractionOf", "ExpressionOfConcernFor", "UpdateIn", "CommentOn", "CommentIn"):
        assert links[kind, True] >= 4, kind
    assert links["CorrectedandRepublishedIn", True] == 2
    assert all(link.pmid in papers for paper in papers.values() for link in paper.notices if link.pmid)


def test_retracted_papers_are_marked_on_both_sides(papers: Mapping[str, DemoPaper]) -> None:
    retracted = [paper for paper in papers.values() if "Retracted Publication" in paper.types]
    assert all(any(link.kind == "RetractionIn" for link in paper.notices) for paper in retracted)
    about = {link.pmid for paper in papers.values() for link in paper.notices if link.kind == "RetractionOf"}
    assert {paper.pmid for paper in retracted} > about
    assert len(retracted) == len(about) + 1, "one notice exists in print alone"


def test_preprints_and_their_articles_share_people_and_often_change_the_title(papers: Mapping[str, DemoPaper]) -> None:
    pairs = [
        (papers[link.pmid], paper)
        for paper in papers.values()
        for link in paper.notices
        if link.kind == "UpdateOf" and link.pmid and "Preprint" in papers[link.pmid].types
    ]
    assert len(pairs) >= 24
    assert all({one.cited for one in before.authors} & {one.cited for one in after.authors} for before, after in pairs)
    assert all(before.created < after.created for before, after in pairs)
    assert 5 < sum(before.title == after.title for before, after in pairs) < 15


def test_mesh_stands_on_indexed_records_alone(papers: Mapping[str, DemoPaper]) -> None:
    indexed = [paper for paper in papers.values() if paper.mesh]
    assert len(indexed) > 800
    assert {paper.status for paper in indexed} == {"MEDLINE"}
    assert any(heading.major and heading.qualifiers for paper in indexed for heading in paper.mesh)
    assert {paper.status for paper in papers.values()} == {
        "MEDLINE", "PubMed-not-MEDLINE", "In-Process", "In-Data-Review", "Publisher",
    }  # fmt: skip


def test_dates_of_issues_come_in_all_forms(papers: Mapping[str, DemoPaper]) -> None:
    issues = [paper.issue for paper in papers.values()]
    assert len({re.sub(r"\d{4}", "Y", issue.medline) for issue in issues if issue.medline}) >= 8
    assert {"Winter", "Apr-Jun", "Winter-Spring"} <= {issue.season for issue in issues}
    assert any(issue.month.isdigit() for issue in issues)
    assert any(paper.published > LAST for paper in papers.values() if not paper.electronic)


def test_pages_are_abbreviated_ranges_or_article_numbers(papers: Mapping[str, DemoPaper]) -> None:
    pages = {paper.pages for paper in papers.values()}
    assert (
        sum(
            bool(re.fullmatch(r"(\d+)-(\d+)", text) and len(text.split("-")[1]) < len(text.split("-")[0]))
            for text in pages
        )
        > 50
    )
    assert sum(text.startswith("e") for text in pages) > 200


def test_other_languages_have_bracketed_and_vernacular_titles(papers: Mapping[str, DemoPaper]) -> None:
    foreign = [paper for paper in papers.values() if paper.languages != ("eng",)]
    assert {code for paper in foreign for code in paper.languages} >= {
        "ger", "fre", "spa", "por", "nor", "cze", "jpn", "chi", "heb", "ara",
    }  # fmt: skip
    assert sum(paper.title.startswith("[") and bool(paper.vernacular) for paper in foreign) >= 20
    assert specimen(papers, "vernacular-only").title == ""
    assert sum(bool(paper.other) for paper in papers.values()) >= 3


def test_names_in_many_scripts_groups_and_two_hundred_authors(papers: Mapping[str, DemoPaper]) -> None:
    names = "".join(one.family for paper in papers.values() for one in paper.authors)
    for low, high in (("\u0590", "\u05ff"), ("\u0600", "\u06ff"), ("\u4e00", "\u9fff"), ("\uac00", "\ud7af")):
        assert any(low <= char <= high for char in names)
    assert {"'", "’", "Ø", "Ł", "ş"} <= set(names)
    assert sum(any(one.group for one in paper.authors) for paper in papers.values()) > 50
    assert any(all(one.group for one in paper.authors) for paper in papers.values() if paper.authors)
    assert len(specimen(papers, "two-hundred-authors").authors) == 201
    assert not specimen(papers, "no-authors").authors
    assert specimen(papers, "odd-names").investigators


def test_orcids_in_four_spellings_with_right_check_digits(xml: str) -> None:
    spelt = [text for text in set(re.findall(r'Source="ORCID">([^<]+)<', xml)) if "777X" not in text]
    shapes = Counter(
        re.sub(r"\d{4}-?\d{4}-?\d{4}-?\d{3}[\dX]$", "", text) + ("-" if "-" in text[-19:] else "") for text in spelt
    )
    assert set(shapes) == {"-", "https://orcid.org/-", "http://orcid.org/-", ""}
    for text in spelt:
        digits, total = text.replace("-", "")[-16:], 0
        for digit in digits[:-1]:
            total = (total + int(digit)) * 2
        assert digits[-1] == "0123456789X"[(12 - total % 11) % 11]


def test_books_supplements_copied_dois_and_editorials(papers: Mapping[str, DemoPaper]) -> None:
    assert sum(bool(paper.book and paper.title) for paper in papers.values()) == 4
    assert sum(bool(paper.book and not paper.title) for paper in papers.values()) == 1
    dois = Counter(paper.doi.casefold() for paper in papers.values() if paper.doi)
    assert {doi: count for doi, count in dois.items() if count > 1} == {SUPPLEMENT_DOI: 6, COPIED_DOI: 2}
    titles = Counter(paper.title for paper in papers.values())
    assert titles["Editorial."] == 3
    assert {paper.doi_in for paper in papers.values()} == {"both", "ids", "location", "invalid"}


def test_hostile_texts(papers: Mapping[str, DemoPaper]) -> None:
    assert specimen(papers, "formulas").title.startswith("=")
    inside = spoken(specimen(papers, "ris-in-abstract").parts)
    assert "\nER  - " in inside
    assert "TY  - JOUR" in inside
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in specimen(papers, "script-as-text").title
    assert len(spoken(specimen(papers, "forty-thousand-characters").parts)) > 40_000
    assert {'"', "\t", "’"} <= set(specimen(papers, "quotes-and-tabs").title)
    assert "mml:math" in specimen(papers, "mathml").title
    assert len(specimen(papers, "long-title").title) > 1000


def test_markup_and_greek_in_titles_and_abstracts(papers: Mapping[str, DemoPaper]) -> None:
    titles = [paper.title for paper in papers.values()]
    assert sum("<sub>" in title for title in titles) > 5
    assert sum("<i>" in title for title in titles) > 5
    abstracts = " ".join(part.text for paper in papers.values() for part in paper.parts)
    assert all(text in abstracts for text in ("<i>", "<sup>", "<sub>", "χ", "β", "α"))
    assert plain("5 &lt; 6 <i>x</i> &amp; y") == "5 < 6 x & y"


def test_titles_differ_unless_they_are_meant_not_to(papers: Mapping[str, DemoPaper]) -> None:
    rows = sorted((paper.title, paper.pmid) for paper in papers.values() if paper.pmid < "990100000")
    assert all(len(list(group)) == 1 for _, group in groupby(rows, key=lambda row: row[0]))


def test_references_have_identifiers_of_their_own(papers: Mapping[str, DemoPaper]) -> None:
    references = [row for paper in papers.values() for row in paper.references]
    assert len(references) > 2000
    assert not {pmid for _, pmid, _ in references} & set(papers)


def test_nothing_is_dated_before_it_happened(papers: Mapping[str, DemoPaper]) -> None:
    for paper in papers.values():
        assert paper.created <= (paper.revised or paper.created) <= LAST
        assert date(2023, 11, 16) <= paper.created
        assert paper.created <= (paper.completed or paper.created) <= LAST


def test_people_are_the_same_wherever_they_write() -> None:
    assert len({person(number) for number in range(COUNT)}) > COUNT * 0.95
    assert person(7) == person.__wrapped__(7)


def test_actors_and_specimens_are_there(papers: Mapping[str, DemoPaper]) -> None:
    assert set(SPECIMENS.values()) | (set(ACTORS.values()) - {ACTORS["deleted"]}) <= set(papers)
