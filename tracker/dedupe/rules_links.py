"""Links that a source states itself: PubMed's comments and corrections, the preprint servers' journal DOIs."""

from __future__ import annotations

from tracker.dedupe.lexicon import listed
from tracker.dedupe.likeness import compare_titles
from tracker.dedupe.names import compare_authors
from tracker.dedupe.pair import Pair
from tracker.dedupe.paper import Paper
from tracker.dedupe.ruling import Ruling
from tracker.sources import CROSSREF

_UPDATES = frozenset({"updatein", "updateof"})
_CROSSREF = "is-preprint-of"  # of no source: the checker has asked (store/checks.py)
_PUBLISHED = frozenset({"published", "preprint of", "preprint in", _CROSSREF, "has-preprint"})
_REPUBLISHED = frozenset({"republishedin", "republishedfrom", "reprintin", "reprintof"})
_ABOUT = frozenset(
    listed("""
    retractionin retractionof partialretractionin partialretractionof retractedandrepublishedin
    retractedandrepublishedfrom erratumin erratumfor expressionofconcernin expressionofconcernfor commentin commenton
    originalreportin summaryforpatientsin
    """)
)


def known_link(pair: Pair) -> Ruling | None:
    """A stated link decides: preprint and article are versions, an update or a notice is related.

    A link that its source has only guessed (its note says so) is left to the other rules.
    """
    for one, two in ((pair.a, pair.b), (pair.b, pair.a)):
        for kind, pmid, doi, note in one.links:
            if _points(pmid, doi, two) and "heuristic" not in note.casefold():
                ruling = _stated(kind, note, one, two)
                if ruling is not None:
                    return ruling
    return None


def _points(pmid: str, doi: str, paper: Paper) -> bool:
    return bool(pmid and pmid == paper.pmid) or bool(doi and doi == paper.doi)


def _version(one: Paper, two: Paper, why: str, sure: bool) -> Ruling:
    """A link with a note (OSF: entered by the author) is doubted when neither title nor authors bear it out."""
    unlike = {compare_titles(one.title, two.title).kind, compare_authors(one.authors, two.authors).kind}
    if not sure and unlike == {"unlike"}:
        return Ruling("ask", "stated link, unlike papers", why=why)
    return Ruling("version", "stated link", why=why)


def _stated(kind: str, note: str, one: Paper, two: Paper) -> Ruling | None:
    folded = kind.casefold()
    who = CROSSREF.name if folded == _CROSSREF else one.source or "the record"
    why = f"{who} states it: {kind}"
    if folded in _UPDATES or folded in _PUBLISHED:
        if one.preprint != two.preprint:
            return _version(one, two, why, sure=not note)
        if folded in _UPDATES:
            return Ruling("related", "stated link", why=why)
    if folded in _REPUBLISHED:
        return Ruling("version", "stated republication", why=why)
    if folded in _ABOUT:
        return Ruling("related", "stated link", why=why)
    return None
