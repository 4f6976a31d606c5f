"""Rules about kinds of records: what is no paper, what is a paper about a paper, what is another part or edition."""

from __future__ import annotations

from tracker.dedupe.lexicon import LEADING, OTHER_PAPER
from tracker.dedupe.pair import Pair
from tracker.dedupe.ruling import Ruling


def registers(pair: Pair) -> Ruling | None:
    """Trial registers: the registration number decides; a registration is never a paper."""
    one, two = pair.a.register, pair.b.register
    if one and two:
        if one == two:
            return Ruling("same", "registration number")
        return Ruling("different", "registration number", firm=True)
    if one or two:
        return Ruling("different", "registration and paper", firm=True)
    return None


def notices(pair: Pair) -> Ruling | None:
    """A correction, retraction, reply or comment is a paper about a paper: linked to it, never merged with it."""
    one, two = pair.a.notice, pair.b.notice
    if one == two and not _leads(pair):
        return None
    if {one, two} <= {"", "comment", "reply"} and pair.spot and pair.authors.kind == "agree":
        return None  # one letter, which MEDLINE once listed as "Letter: ..."
    rule = f"notice: {one or two or 'comment'}"
    about = pair.title.kind in ("equal", "near", "part") and not pair.title.clash and not pair.generic
    if about and (pair.journal >= 0 or pair.authors.kind == "agree"):
        return Ruling("related", rule, firm=True)
    return Ruling("different", rule, firm=True)


def _leads(pair: Pair) -> bool:
    """One title is the other with ``Response to`` in front."""
    if pair.title.kind != "part" or not pair.title.more:
        return False
    short, long = sorted((pair.a.title.main.words, pair.b.title.main.words), key=len)
    lead = long[: len(long) - len(short)]
    return long[len(lead) :] == short and all(word in LEADING for word in lead)


def editions(pair: Pair) -> Ruling | None:
    """Cochrane reviews: one edition is one record; an update is a paper of its own, linked to the earlier one."""
    (one, first), (two, second) = pair.a.review, pair.b.review
    if one and two:
        if one != two:
            return Ruling("different", "Cochrane review", firm=True)
        if first == second:
            return Ruling("same", "Cochrane edition")
        return Ruling("related", "Cochrane update", firm=True)
    if pair.a.cochrane and pair.b.cochrane and pair.alike and not pair.generic and pair.authors.kind != "unlike":
        if pair.gap is not None and pair.gap > 0:
            return Ruling("related", "Cochrane update", firm=True)
        if pair.issue >= 0:
            return Ruling("same", "Cochrane edition", 0.9)
    return None


def clashes(pair: Pair) -> Ruling | None:
    """Part 1 and Part 2, men and women, wave 1 and wave 2: two papers, however alike the rest.

    Except where both fill the same pages: a range of pages holds one paper, and the number is misprinted.
    """
    if not pair.title.clash or pair.title.score < 0.75:
        return None
    if pair.pages == 3 and pair.spot and pair.doi >= 0 and not pair.congress and pair.authors.kind == "agree":
        return Ruling("same", "place and authors, a word misprinted", 0.8)
    if pair.authors.kind == "agree" and pair.journal > 0:
        return Ruling("related", "parts", firm=True)
    return Ruling("different", "numbers or opposites", firm=True)


def other_papers(pair: Pair) -> Ruling | None:
    """One title says protocol, comment or Part 1 and the other does not: the plan is not the report.

    Unless DOI or place say that the words are only a subtitle that one source dropped.
    """
    if pair.title.kind not in ("part", "extra", "changed") or pair.doi > 0 or pair.spot:
        return None
    said = [word for word in pair.title.more if word in OTHER_PAPER or word.isdigit()]
    if not said:
        return None
    if "protocol" in said and pair.authors.kind in ("agree", "partly") and pair.overlap >= 0.8:
        return Ruling("related", "protocol", firm=True)
    return Ruling("different", "another kind of paper") if pair.title.kind == "part" else None
