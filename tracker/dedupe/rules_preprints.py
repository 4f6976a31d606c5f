"""Preprints: versions of one preprint, and a preprint with its journal article."""

from __future__ import annotations

from tracker.dedupe.pair import Pair
from tracker.dedupe.ruling import Ruling

_SAME_TEAM = 0.95  # shares of the authors in common, by the longer list
_ONE_TEAM = 0.75
_LATEST = 6  # years from preprint to article
# Letters in common: an abstract may be rewritten for the article; that of another paper stays below 0.55.
_UNLIKE_ABSTRACTS, _WEAK_ABSTRACTS, _SAME_ABSTRACT = 0.52, 0.58, 0.85


def preprints(pair: Pair) -> Ruling | None:
    """Versions of one preprint are one publication; a preprint and an article are one work, two publications."""
    if not pair.a.preprint and not pair.b.preprint:
        return None
    if pair.a.preprint and pair.b.preprint:
        return _both(pair)
    if pair.a.notice != pair.b.notice or pair.doi > 0:
        return None
    return _with_article(pair)


def _both(pair: Pair) -> Ruling | None:
    if pair.doi > 0:
        if pair.title.kind == "unlike" and pair.authors.kind == "unlike":
            return Ruling("different", "DOI on unlike papers", firm=True)
        return Ruling("same", "versions of one preprint")
    if pair.a.notice != pair.b.notice:
        return None
    two = Ruling("different", "two preprints", firm=pair.doi < 0)
    if not pair.alike or pair.generic or pair.authors.kind != "agree":
        return two
    if pair.doi == 0 and pair.year >= 0:
        return Ruling("same", "one preprint, title and authors", 0.8)
    return Ruling("version", "one preprint posted twice", _score(pair)) if pair.authors.share >= _ONE_TEAM else two


def _with_article(pair: Pair) -> Ruling:
    """Title and authors carry the link, the abstracts confirm it; the clusters take the best of several."""
    two = Ruling("different", "preprint and article", firm=True)
    article, preprint = (pair.b, pair.a) if pair.a.preprint else (pair.a, pair.b)
    if article.year and preprint.year and not preprint.year - 1 <= article.year <= preprint.year + _LATEST:
        return two
    if pair.title.kind == "unknown" or pair.authors.kind in ("unlike", "partly"):
        return two
    if "protocol" in pair.title.more or (pair.title.clash and not pair.title.counts):
        return two
    if not _carries(pair):
        return two
    if article.place.supplement:
        return Ruling("related", "preprint and congress abstract", firm=True)
    rule = "preprint and article: title" if pair.alike else "preprint and article: title and authors"
    return Ruling("version", rule, _score(pair), firm=True)


def _carries(pair: Pair) -> bool:
    """Enough of the title for what the authors leave open, and the other way round."""
    title, authors = pair.title, pair.authors
    if pair.alike and not pair.generic:
        return True
    if pair.abstract >= _SAME_ABSTRACT and (authors.kind == "agree" or pair.overlap >= 0.5):
        return True
    if 0 <= pair.abstract < (_UNLIKE_ABSTRACTS if title.score >= 0.8 else _WEAK_ABSTRACTS):
        return False
    several = authors.of >= 3
    if title.kind == "part" and several and authors.matched == authors.of:
        return True
    if pair.generic or authors.kind != "agree":
        return False
    wanted = 0.85
    if several and authors.share >= _SAME_TEAM:
        wanted = 0.5 if pair.abstract >= 0.6 else 0.6
    elif several and authors.share >= _ONE_TEAM:
        wanted = 0.7
    elif authors.share == 1 and authors.of == 2:
        wanted = 0.75 if title.score >= 0.8 else 2.0
    elif authors.matched < authors.of or not several or title.score < 0.8:
        wanted = 0.85 if title.score >= 0.9 else 2.0
    return pair.overlap >= wanted


def _score(pair: Pair) -> float:
    title = 1.0 if pair.alike else (pair.title.score + pair.overlap) / 2
    authors = (pair.authors.share + pair.authors.matched / pair.authors.of) / 2 if pair.authors.of else 0.5
    return (title + authors) / 2
