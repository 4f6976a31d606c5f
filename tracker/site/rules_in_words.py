"""What each rule of deduplication has seen when it holds two records together, in words for readers.

The names are those of ``tracker.dedupe``; a test keeps the two lists together. docs/deduplication.md tells the rest.
"""

from __future__ import annotations

KINDS = {
    "same": "The same publication",
    "version": "Two publications of one paper",
    "related": "Two papers that belong together",
}
RULES = {
    "PMID": "Both have the same PubMed number.",
    "PMCID": "Both have the same PubMed Central number.",
    "registration number": "Two trial registers list the same registration number.",
    "versions of one preprint": "Both are versions of one preprint, with one DOI.",
    "one preprint, title and authors": "Two preprints; title, authors and year agree, no DOI speaks against it.",
    "one preprint posted twice": "Two preprints with DOIs of their own; title and authors agree.",
    "Cochrane edition": "Both are the same edition of a Cochrane review.",
    "DOI and title": "The DOI is the same, and the titles agree.",
    "DOI and abstract": "The DOI is the same, and so is the abstract.",
    "DOI and place": "The DOI is the same, and so are journal, volume and pages.",
    "DOI, title and authors": "The DOI is the same; the titles are alike, and the authors agree.",
    "DOI and authors, translated title": "The DOI is the same and the authors agree; the title is in another language.",
    "title and place, one DOI mistyped": "Title, journal, volume and pages agree; one of the two DOIs has a slip.",
    "place and title": "Journal, volume and pages are the same, and the titles agree.",
    "place and title, authors garbled": "Journal, volume, pages and all of the title agree; the authors are garbled.",
    "place and abstract": "Journal, volume and pages are the same, and so is the abstract.",
    "place, title and authors": "Journal, volume and pages are the same; the titles are alike, and the authors agree.",
    "place and authors": "Journal, volume and pages are the same, and the authors agree.",
    "place and authors, a word misprinted": "The same pages by the same authors; one word of the title is misprinted.",
    "title, authors and pages, the journal under two names": "All agree but the name that the journal goes by.",
    "title, authors and abstract": "Title, authors and abstract agree.",
    "title, authors and volume; pages misprinted": "All agree but the pages, which one record misprints.",
    "title, authors and journal; volume misprinted": "All agree but the volume, which one record misprints.",
    "title, authors and journal": "Title, authors, journal and year agree; half of the place is missing.",
    "title, authors and year": "Title, all authors and year agree; one record tells little of the journal.",
    "stated link": "One of the sources says so itself: published as, update of, erratum in, comment on ...",
    "stated republication": "One of the sources says that it was published again.",
    "preprint and article: title": "A preprint and an article with the same title, and authors that agree.",
    "preprint and article: title and authors": "A preprint and an article: title, authors, abstract are alike enough.",
    "preprint and congress abstract": "A preprint, and an abstract in a congress supplement under the same title.",
    "Cochrane update": "A Cochrane review and its update.",
    "parts": "Part 1 and Part 2, two waves, two groups: alike, but two papers.",
    "protocol": "The plan of a study and its report.",
    "a person said so": "A person joined the two, and said why.",
    "a person answered": "The rules could not tell; a person could.",
}
NOTICE = "A correction, reply, comment or notice, and the paper that it is about."


def words(rule: str) -> str:
    """The rule in words, '' for one that this table does not know."""
    return NOTICE if rule.startswith("notice: ") else RULES.get(rule, "")
