"""The rules: what is held of two papers, and why. Typed, in a fixed order, the first that fires decides.

identifiers -> known links -> trial registers -> preprints -> notices -> numbers and opposites -> Cochrane editions ->
DOI -> place -> title and authors. No learned weights: each rule stands for a kind of case, and its docstring names it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from tracker.dedupe.lexicon import LEADING
from tracker.dedupe.pair import Pair, compare, evidence
from tracker.dedupe.paper import Paper
from tracker.dedupe.rules_links import known_link
from tracker.dedupe.rules_preprints import preprints
from tracker.dedupe.ruling import Ruling
from tracker.model import Verdict

RULES_VERSION = 1  # stored with every verdict; raised when a rule changes what it says of a pair


@dataclass(frozen=True, slots=True)
class Context:
    """What a verdict may know beyond the two papers: DOIs that stand on unlike papers."""

    shared: frozenset[str] = frozenset()


NOTHING_SHARED = Context()


def verdict(a: Paper, b: Paper, context: Context = NOTHING_SHARED) -> Verdict:
    """The verdict on a pair. Kind ``different`` with rule ``nothing in common`` is no veto; every other is."""
    if b.id < a.id:
        a, b = b, a
    ruling, pair = _rule(a, b, context)
    return Verdict(a.id, b.id, ruling.kind, ruling.rule, ruling.why or evidence(pair), round(ruling.score, 4))


def judge(a: Paper, b: Paper, context: Context = NOTHING_SHARED) -> Ruling:
    """The same without the words, for the many pairs of which nothing is told."""
    return _rule(a, b, context)[0]


def _rule(a: Paper, b: Paper, context: Context) -> tuple[Ruling, Pair]:
    pair = compare(a, b, shared=bool(a.doi) and a.doi in context.shared)
    for rule in RULES:
        if (ruling := rule(pair)) is not None:
            if ruling.kind == "same" and pair.pmid < 0:
                return Ruling("different", "two PMIDs", firm=True, told=True), pair
            if ruling.kind == "different" and (pair.alike or pair.doi > 0):
                return replace(ruling, told=True), pair
            return ruling, pair
    return Ruling("different", "nothing in common"), pair


def identifiers(pair: Pair) -> Ruling | None:
    """One PMID or PMCID is one record of PubMed or PMC, whatever the fields say."""
    if pair.pmid > 0:
        return Ruling("same", "PMID")
    if pair.pmcid > 0 and pair.pmid == 0:
        return Ruling("same", "PMCID")
    return None


def registers(pair: Pair) -> Ruling | None:
    """Trial registers: the registration number decides; a registration is never a paper."""
    one, two = pair.a.register, pair.b.register
    if one and two:
        return (
            Ruling("same", "registration number")
            if one == two
            else Ruling("different", "registration number", firm=True)
        )
    if one or two:
        return Ruling("different", "registration and paper", firm=True)
    return None


def notices(pair: Pair) -> Ruling | None:
    """A correction, retraction, reply or comment is a paper about a paper: linked to it, never merged with it."""
    one, two = pair.a.notice, pair.b.notice
    if one == two and not _leads(pair):
        return None
    about = pair.title.kind in ("equal", "near", "part") and not pair.title.clash and not pair.generic
    if about and pair.journal >= 0:
        return Ruling("related", f"notice: {one or two or 'comment'}")
    return Ruling("different", f"notice: {one or two or 'comment'}", firm=True)


def _leads(pair: Pair) -> bool:
    """One title is the other with ``Response to`` in front."""
    if pair.title.kind != "part" or not pair.title.more:
        return False
    short, long = sorted((pair.a.title.main.words, pair.b.title.main.words), key=len)
    lead = long[: len(long) - len(short)]
    return long[len(lead) :] == short and bool(lead) and all(word in LEADING for word in lead)


def clashes(pair: Pair) -> Ruling | None:
    """Part 1 and Part 2, men and women, wave 1 and wave 2: two papers, however alike the rest."""
    if not pair.title.clash or pair.title.score < 0.75:
        return None
    if pair.authors.kind == "agree" and pair.journal > 0:
        return Ruling("related", "parts")
    return Ruling("different", "numbers or opposites", firm=True)


def editions(pair: Pair) -> Ruling | None:
    """Cochrane reviews: one edition is one record; an update is a paper of its own, linked to the earlier one."""
    (one, first), (two, second) = pair.a.review, pair.b.review
    if one and two:
        if one != two:
            return Ruling("different", "Cochrane review", firm=True)
        return Ruling("same", "Cochrane edition") if first == second else Ruling("related", "Cochrane update")
    if pair.a.cochrane and pair.b.cochrane and pair.alike and not pair.generic and pair.authors.kind != "unlike":
        if pair.gap is not None and pair.gap > 0:
            return Ruling("related", "Cochrane update")
        if pair.issue >= 0:
            return Ruling("same", "Cochrane edition")
    return None


def same_doi(pair: Pair) -> Ruling | None:
    """One DOI: proof together with the title, with place and authors (a translated title), or with the abstract."""
    if pair.doi <= 0:
        return None
    kind, authors = pair.title.kind, pair.authors.kind
    if kind in ("equal", "near", "part", "unknown") and not pair.title.clash:
        if pair.generic and (pair.pages < 0 or authors == "unlike"):
            return Ruling("different", "generic title", firm=True)
        return Ruling("same", "DOI and title")
    if pair.abstract >= 0.9 and authors != "unlike":
        return Ruling("same", "DOI and abstract")
    if authors == "unlike" or pair.pages < 0 or 0 <= pair.abstract < 0.5:
        return Ruling("different", "DOI on unlike papers", firm=True)
    if pair.spot and authors in ("agree", "unknown") and pair.journal >= 0:
        return Ruling("same", "DOI and place")
    if kind in ("extra", "changed") and pair.title.score >= 0.7 and authors == "agree" and not pair.title.clash:
        return Ruling("same", "DOI, title and authors")
    if authors == "agree" and pair.authors.share >= 0.75 and pair.journal > 0 and pair.year > 0:
        return Ruling("ask", "DOI and authors, unlike titles")
    return Ruling("different", "DOI on unlike papers", firm=True)


def other_doi(pair: Pair) -> Ruling | None:
    """Two DOIs are two papers, unless title and place say that one of them is mistyped."""
    if pair.doi >= 0:
        return None
    if pair.alike and pair.spot and pair.journal >= 0 and pair.authors.kind != "unlike" and not pair.generic:
        return Ruling("same", "title and place, one DOI mistyped")
    if pair.title.kind == "unlike":
        return None
    return Ruling("different", "two DOIs", firm=True)


def supplements(pair: Pair) -> Ruling | None:
    """A congress abstract is not the paper, nor the same abstract at another congress."""
    one, two = pair.a.place, pair.b.place
    if one.supplement != two.supplement and pair.journal < 0 and pair.title.kind != "unlike":
        return Ruling("different", "congress abstract", firm=True)
    return None


def place(pair: Pair) -> Ruling | None:
    """Volume and first page agree: the title may be spelled, cut or translated in another way."""
    if not pair.spot or pair.authors.kind == "unlike":
        return None
    kind, authors = pair.title.kind, pair.authors.kind
    if kind in ("equal", "near", "part", "unknown"):
        return Ruling("same", "place and title")
    if 0 <= pair.abstract < 0.5:
        return Ruling("different", "place, unlike abstracts", firm=True)
    if pair.abstract >= 0.9:
        return Ruling("same", "place and abstract")
    if kind in ("extra", "changed") and authors in ("agree", "unknown") and pair.title.score >= 0.7:
        return Ruling("same", "place, title and authors")
    pages = pair.a.place.pages, pair.b.place.pages
    ends = all(page is not None and page.end > page.start for page in pages) and pages[0].end == pages[1].end  # type: ignore[union-attr]
    if authors == "agree" and pair.authors.share >= 0.75 and pair.journal > 0 and pair.gap == 0 and ends:
        return Ruling("same", "place and authors")
    return None


def title_and_authors(pair: Pair) -> Ruling | None:
    """No place to compare, or only part of it: a telling title, its authors, its journal and its year."""
    if pair.title.kind not in ("equal", "near", "part") or pair.generic or pair.title.clash:
        return None
    authors = pair.authors.kind
    if authors == "unlike" or pair.journal < 0 or pair.year < 0 or pair.volume < 0 or pair.issue < 0:
        return Ruling("different", "title alone", firm=authors == "unlike" or pair.volume < 0 or pair.issue < 0)
    if pair.pages < 0:
        return Ruling("different", "other pages", firm=True)
    if 0 <= pair.abstract < 0.5:
        return Ruling("different", "unlike abstracts", firm=True)
    if authors in ("agree", "unknown") and (pair.journal > 0 or pair.abstract >= 0.9):
        return Ruling("same", "title, authors and journal")
    return None


RULES: tuple[Callable[[Pair], Ruling | None], ...] = (
    identifiers,
    known_link,
    registers,
    preprints,
    notices,
    clashes,
    editions,
    same_doi,
    other_doi,
    supplements,
    place,
    title_and_authors,
)
