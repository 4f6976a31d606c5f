"""The rules: what is held of two papers, and why. Typed, in a fixed order, the first that fires decides.

identifiers -> links stated by a source -> trial registers -> preprints -> notices -> Cochrane editions -> numbers,
opposites and other kinds of paper -> DOI -> place -> title and authors. No learned weights: each rule stands for a kind
of case, which its docstring names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from tracker.dedupe.pair import Pair, compare, evidence
from tracker.dedupe.paper import Paper
from tracker.dedupe.rules_kinds import clashes, editions, notices, other_papers, registers
from tracker.dedupe.rules_links import known_link
from tracker.dedupe.rules_preprints import preprints
from tracker.dedupe.ruling import Ruling
from tracker.model import Verdict

RULES_VERSION = 1  # stored with every verdict; raised when a rule changes what it says of a pair

_UNLIKE_ABSTRACTS = 0.6  # below: two papers; any two abstracts have 0.4 to 0.55 of their letters in common
_SAME_ABSTRACT = 0.9


@dataclass(frozen=True, slots=True)
class RuleContext:
    """What a verdict may know beyond the two papers: DOIs that stand on unlike papers."""

    shared: frozenset[str] = frozenset()


NOTHING_SHARED = RuleContext()


def verdict(a: Paper, b: Paper, context: RuleContext = NOTHING_SHARED) -> Verdict:
    """The verdict on a pair, with its evidence in words."""
    if b.id < a.id:
        a, b = b, a
    ruling, pair = _rule(a, b, context)
    return Verdict(a.id, b.id, ruling.kind, ruling.rule, ruling.why or evidence(pair), round(ruling.score, 4))


def judge(a: Paper, b: Paper, context: RuleContext = NOTHING_SHARED) -> Ruling:
    """The same without the words, for the many pairs of which nothing is told."""
    return _rule(a, b, context)[0]


def _rule(a: Paper, b: Paper, context: RuleContext) -> tuple[Ruling, Pair]:
    if b.order < a.order:  # by content, so that neither ids nor arrival can change what is found
        a, b = b, a
    pair = compare(a, b, shared=bool(a.doi) and a.doi in context.shared)
    for rule in RULES:
        ruling = rule(pair)
        if ruling is not None:
            break
    else:
        ruling = Ruling("different", "nothing in common")
    if ruling.kind == "same" and pair.pmid < 0:
        ruling = Ruling("different", "two PMIDs", firm=True)
    if ruling.kind == "different" and (pair.title.kind in ("equal", "near") or pair.doi > 0):
        ruling = replace(ruling, told=True)
    return ruling, pair


def identifiers(pair: Pair) -> Ruling | None:
    """One PMID or PMCID is one record of PubMed or PMC, whatever the fields say."""
    if pair.pmid > 0:
        return Ruling("same", "PMID")
    if pair.pmcid > 0 and pair.pmid == 0:
        return Ruling("same", "PMCID")
    return None


def same_doi(pair: Pair) -> Ruling | None:
    """One DOI: proof together with the title, with place and authors (a translated title), or with the abstract."""
    if pair.doi <= 0:
        return None
    kind, authors = pair.title.kind, pair.authors.kind
    other = Ruling("different", "DOI on unlike papers", firm=True)
    if kind in ("equal", "near", "part", "unknown"):
        unlike = pair.generic or authors == "unlike" or 0 <= pair.abstract < _UNLIKE_ABSTRACTS
        chapters = pair.generic and authors == "unlike"
        return other if chapters or (pair.pages < 0 and unlike) else Ruling("same", "DOI and title", 0.98)
    if authors == "unlike" or pair.pages < 0 or 0 <= pair.abstract < _UNLIKE_ABSTRACTS:
        return other
    if pair.abstract >= _SAME_ABSTRACT:
        return Ruling("same", "DOI and abstract", 0.98)
    if pair.congress:
        return other
    if pair.spot and pair.journal >= 0 and pair.pages == 3:
        return Ruling("same", "DOI and place", 0.95)
    if kind in ("extra", "changed") and pair.title.score >= 0.7 and authors == "agree":
        return Ruling("same", "DOI, title and authors", 0.9)
    if authors == "agree" and pair.authors.share >= 0.75 and pair.journal > 0 and pair.year > 0:
        if pair.a.title.translated != pair.b.title.translated or pair.spot:
            return Ruling("same", "DOI and authors, translated title", 0.85)
        return Ruling("ask", "DOI and authors, unlike titles")
    return other


def other_doi(pair: Pair) -> Ruling | None:
    """Two DOIs are two papers, unless title and place say that one of them is mistyped."""
    if pair.doi >= 0 or pair.title.kind == "unlike":
        return None
    if pair.alike and pair.spot and pair.authors.kind != "unlike" and not pair.generic:
        return Ruling("same", "title and place, one DOI mistyped", 0.9)
    return Ruling("different", "two DOIs", firm=True)


def place(pair: Pair) -> Ruling | None:
    """One spot in print holds one paper: its title may be spelled, cut or translated in another way."""
    if not pair.spot:
        return None
    kind, authors = pair.title.kind, pair.authors.kind
    if authors == "unlike":
        filled = kind == "equal" and pair.pages == 3 and pair.long and pair.volume > 0 and pair.journal > 0
        return Ruling("same", "place and title, authors garbled", 0.7) if filled and not pair.generic else None
    if kind in ("equal", "near", "part", "unknown"):
        return Ruling("same", "place and title", 0.95)
    if 0 <= pair.abstract < _UNLIKE_ABSTRACTS:
        return Ruling("different", "place, unlike abstracts", firm=True)
    if pair.abstract >= _SAME_ABSTRACT:
        return Ruling("same", "place and abstract", 0.95)
    if pair.pages < 3 or pair.congress:  # two abstracts, or two letters, of one page
        return None
    if kind in ("extra", "changed") and authors in ("agree", "unknown") and pair.title.score >= 0.7:
        return Ruling("same", "place, title and authors", 0.9)
    if authors == "agree" and pair.authors.share >= 0.75 and pair.journal > 0 and pair.gap == 0:
        return Ruling("same", "place and authors", 0.85)
    return None


def title_and_authors(pair: Pair) -> Ruling | None:
    """No spot to compare, or half of one: a telling title, its authors, its journal, its year, nothing against it."""
    kind, authors = pair.title.kind, pair.authors.kind
    if kind not in ("equal", "near", "part") or (pair.generic and pair.abstract < _SAME_ABSTRACT):
        return None
    if authors == "unlike":
        return Ruling("different", "title alone, other authors", firm=True)
    if 0 <= pair.abstract < _UNLIKE_ABSTRACTS:
        return Ruling("different", "title alone, unlike abstracts", firm=True)
    if pair.journal < 0 and pair.pages == 3 and pair.gap == 0 and pair.volume >= 0 and authors == "agree":
        return Ruling("same", "title, authors and pages, the journal under two names", 0.7)
    if pair.journal < 0 or pair.year < 0:
        return Ruling("different", "title alone, other journal or year", firm=pair.volume < 0 or pair.pages < 0)
    if pair.volume < 0 or pair.pages < 0 or pair.issue < 0:
        return _other_place(pair)
    if pair.abstract >= _SAME_ABSTRACT and authors != "partly":
        return Ruling("same", "title, authors and abstract", 0.85)
    return _little_known(pair)


def _other_place(pair: Pair) -> Ruling:
    """Journal and year agree, volume or pages do not: a misprint, when everything else says so."""
    firmly = pair.title.kind == "equal" and pair.authors.kind == "agree" and pair.authors.share == 1
    if firmly and pair.journal > 0 and pair.gap == 0:
        if pair.pages < 0 and pair.volume > 0 and pair.issue >= 0 and _one_numbering(pair):
            return Ruling("same", "title, authors and volume; pages misprinted", 0.6)
        if pair.pages >= 0 and pair.abstract >= _SAME_ABSTRACT and not pair.congress:
            return Ruling("same", "title, authors and journal; volume misprinted", 0.6)
    return Ruling("different", "title alone, other place", firm=True)


def _one_numbering(pair: Pair) -> bool:
    """Too long for a notice or a letter under the title of the paper; or the abstracts are one, outside congresses."""
    if pair.congress:
        return False
    telling = pair.telling >= 5 and pair.authors.of >= 2
    return (pair.long and telling) or pair.abstract >= _SAME_ABSTRACT


def _little_known(pair: Pair) -> Ruling:
    """Nothing contradicts, and half of the place is missing: the less is known, the more of the authors must agree."""
    authors = pair.authors
    all_authors = authors.share == 1 and authors.of >= 2 and pair.title.kind == "equal"
    located = pair.volume > 0 or pair.pages > 0
    if pair.journal > 0 and authors.kind in ("agree", "unknown") and (located or pair.gap == 0 or all_authors):
        score = 0.8 if pair.title.kind == "equal" and authors.kind == "agree" else 0.7
        return Ruling("same", "title, authors and journal", score)
    known = pair.a.place.journal and pair.b.place.journal  # then one name is a part of the other
    if pair.journal == 0 and all_authors and pair.gap == 0 and (located or not known):
        return Ruling("same", "title, authors and year", 0.6)
    return Ruling("different", "title alone")


RULES: tuple[Callable[[Pair], Ruling | None], ...] = (
    identifiers,
    known_link,
    registers,
    preprints,
    notices,
    editions,
    clashes,
    other_papers,
    same_doi,
    other_doi,
    place,
    title_and_authors,
)
