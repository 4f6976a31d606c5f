"""Preprints: versions of one preprint, and a preprint with its journal article."""

from __future__ import annotations

from tracker.dedupe.pair import Pair
from tracker.dedupe.ruling import Ruling


def preprints(pair: Pair) -> Ruling | None:
    """Versions of one preprint are one publication; a preprint and an article are one work, two publications."""
    if not pair.a.preprint and not pair.b.preprint:
        return None
    if pair.a.notice != pair.b.notice:
        return None
    if pair.a.preprint and pair.b.preprint:
        return _both(pair)
    return _with_article(pair)


def _both(pair: Pair) -> Ruling | None:
    if pair.doi > 0:
        if pair.title.kind == "unlike" and pair.authors.kind == "unlike":
            return Ruling("ask", "one preprint DOI, unlike papers")
        return Ruling("same", "versions of one preprint")
    if not pair.alike or pair.authors.kind == "unlike" or pair.generic:
        return Ruling("different", "two preprints", firm=pair.doi < 0)
    if pair.doi == 0 and pair.year >= 0 and pair.authors.kind == "agree":
        return Ruling("same", "one preprint, title and authors")
    if pair.authors.kind == "agree" and pair.authors.share >= 0.75:
        return Ruling("version", "one preprint on two servers", score=_score(pair))
    return Ruling("different", "two preprints", firm=pair.doi < 0)


def _with_article(pair: Pair) -> Ruling | None:
    """Title and authors carry the link; the clusters take the best and want a margin to the runner-up."""
    if pair.authors.kind == "unlike" or pair.generic or pair.title.kind in ("unknown", "unlike"):
        return Ruling("different", "preprint and article", firm=True)
    score = _score(pair)
    if pair.title.clash:
        return Ruling("different", "numbers or opposites", firm=True)
    if pair.alike or (pair.title.kind == "part" and pair.authors.kind == "agree"):
        return Ruling("version", "preprint and article: title", score=score)
    if score >= 0.8 and pair.authors.kind == "agree":
        return Ruling("version", "preprint and article: title and authors", score=score)
    return Ruling("different", "preprint and article", firm=True)


def _score(pair: Pair) -> float:
    authors = pair.authors.share if pair.authors.of else 0.5
    return 0.6 * pair.title.score + 0.4 * authors
