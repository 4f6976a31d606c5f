"""What kind of paper a record is: pure rules on publication types, links and titles, for every source.

Types are compared by NLM's identifier (UI) or by their text in small letters: old files write them in capitals and
leave the UI out, other sources never had one.
"""

from __future__ import annotations

import re

from tracker.model import Link, Record
from tracker.sources import info

PREPRINT, ERRATUM, RETRACTED, RETRACTION = "D000076942", "D016425", "D016441", "D016440"

_PREPRINT_DOI = re.compile(
    r"10\.1101/(?:[0-9]{4}\.[0-9]{2}\.[0-9]{2}\.|[0-9]{6}(?:v[0-9]+)?$)|10\.64898/|10\.21203/rs\.|10\.3123[45]/|10\.31219/"
    r"|10\.20944/preprints|10\.26434/|10\.2139/ssrn|10\.48550/arxiv|10\.22541/au\.|10\.36227/techrxiv|10\.2196/preprints"
    r"|10\.1590/scielopreprints"
)
_PREPRINT_CITATION = re.compile(
    r"(?:^|\. )(?:(?:bio|med|psy|chem|tech)?a?rxiv|res(?:earch)? sq(?:uare)?|ssrn|preprints(?:\.org)?)\b", re.I
)

_NOTICE_TYPES = frozenset(
    {
        *{"published erratum", "retraction of publication", "retraction notice", "expression of concern"},
        *{"corrected and republished notice", "correction", "corrigendum", "erratum", "retraction"},
        *{ERRATUM.casefold(), RETRACTION.casefold()},
    }
)
_REPUBLISHED = frozenset({"corrected and republished article", "d016439"})
_NOTICE_LINKS = frozenset({"ErratumFor", "RetractionOf", "ExpressionOfConcernFor"})
_NOTICE_TITLE = re.compile(
    r"\W*(?:(?:corrigend|errat|addend)(?:um|a)\b"
    r"|(?:(?:author|publisher|editorial|editor)(?:['’]?s)? )?correction(?: to)?(?:\.?$|:)"
    r"|(?:author|publisher|editorial|editor)(?:['’]?s)? correction\b"
    r"|correction to (?:the )?(?:[a-z]+ ){1,6}[0-9]{4}"
    r"|retraction(?: to)?(?:\.?$|:)|(?:(?:notice|statement) of retraction|retraction (?:note|notice|statement))\b"
    r"|(?:editorial )?(?:expression|statement|notice) of (?:editorial )?concern\b)"
    r"|.*(?:[\"'”’] ?:|\s[-–—]) ?(?:correction|corrigendum|erratum|addendum|retraction|expression of concern)\.?$",
    re.I,
)

_PROTOCOL_TITLE = re.compile(
    r"\b(?:study|trial|review|research|analysis) protocol\b"
    r"|\bprotocol (?:for|of) an? (?:\S+ ){0,8}(?:trial|study|review|meta-analysis|survey)\b",
    re.I,
)
_TRIALS = frozenset(
    {
        *{"randomized controlled trial", "controlled clinical trial", "clinical trial", "pragmatic clinical trial"},
        *{"equivalence trial", "adaptive clinical trial", "clinical trial, phase i", "clinical trial, phase ii"},
        *{"clinical trial, phase iii", "clinical trial, phase iv", "randomized controlled trial, veterinary"},
        *{"d016449", "d018848", "d016430"},
    }
)
_SYNTHESES = frozenset({"systematic review", "meta-analysis", "network meta-analysis", "d000078182", "d017418"})
_REVIEWS = frozenset({"review", "scoping review", "d016454"}) | _SYNTHESES
_ARTICLES = frozenset(
    {
        *{"journal article", "article", "research-article", "case reports", "comparative study", "observational study"},
        *{
            "evaluation study",
            "validation study",
            "multicenter study",
            "twin study",
            "clinical study",
            "technical report",
        },
        *{
            "historical article",
            "classical article",
            "corrected and republished article",
            "introductory journal article",
        },
        *{"english abstract", "dataset", "clinical conference", "guideline", "practice guideline", "d016428"},
    }
)
_UNTELLING = re.compile(r"research support, |retracted publication$|d[0-9]{6,9}$")


def types(record: Record) -> frozenset[str]:
    """Publication types, UIs and texts alike, in small letters."""
    return frozenset(part.casefold() for pair in record.publication_types for part in pair if part)


def is_preprint(record: Record) -> bool:
    """Whether the record itself is a preprint."""
    return info(record.source).is_preprint_server or not types(record).isdisjoint({"preprint", PREPRINT.casefold()})


def is_notice(record: Record) -> bool:
    """Whether the record is about another paper's fault: erratum, retraction notice, expression of concern.

    A corrected article that was published again in full is a paper of its own, even under the title "Erratum: ...".
    """
    said = types(record)
    if not said.isdisjoint(_REPUBLISHED) and record.abstract:
        return False
    if not said.isdisjoint(_NOTICE_TYPES) or any(link.kind in _NOTICE_LINKS for link in record.links):
        return True
    return _NOTICE_TITLE.match(record.title) is not None


def kind(record: Record) -> str:
    """The first of notice, preprint, book, protocol, review, trial, editorial, letter, comment, article; else other.

    A synthesis of trials is a review, a report of a trial with the type Review beside it a trial; a letter that
    comments on a paper is a letter. A record that says nothing of its type is taken for an article.
    """
    said = types(record)
    rules = (
        ("notice", is_notice(record)),
        ("preprint", is_preprint(record)),
        ("book", any(name == "book" for name, _ in record.extra) or not said.isdisjoint({"book", "book chapter"})),
        ("protocol", "clinical trial protocol" in said or _PROTOCOL_TITLE.search(record.title) is not None),
        ("review", not said.isdisjoint(_SYNTHESES)),
        ("trial", not said.isdisjoint(_TRIALS)),
        ("review", not said.isdisjoint(_REVIEWS)),
        ("editorial", not said.isdisjoint({"editorial", "d016421"})),
        ("letter", not said.isdisjoint({"letter", "d016422"})),
        ("comment", not said.isdisjoint({"comment", "d016420"})),
        ("article", not said.isdisjoint(_ARTICLES) or all(_UNTELLING.match(word) for word in said)),
    )
    return next((name for name, fits in rules if fits), "other")


def preprint_links(record: Record) -> tuple[Link, ...]:
    """PubMed's UpdateIn and UpdateOf between a preprint and its article.

    The same words link the updates of a Cochrane review; they count only if one side is known to be a preprint, by
    its own type, or by the DOI or the citation of the other.
    """
    return tuple(
        link
        for link in record.links
        if (link.kind == "UpdateIn" and is_preprint(record) and not cites_preprint(link))
        or (link.kind == "UpdateOf" and not is_preprint(record) and cites_preprint(link))
    )


def cites_preprint(link: Link) -> bool:
    """Whether what is linked to is a preprint, by its DOI or the name of the server in its citation."""
    return _PREPRINT_DOI.match(link.doi) is not None or _PREPRINT_CITATION.search(link.text) is not None
