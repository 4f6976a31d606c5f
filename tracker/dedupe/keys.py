"""The keys under which a paper is looked up: two papers are compared when they share one.

Keys are functions of one paper alone, so that candidates do not depend on what arrived before. For that reason the
rarest words of a title are not counted in the collection but guessed: long words that are not everyday words of
titles. Titles that say nothing (``Editorial``) are keys only together with author, place or journal and year.
"""

from __future__ import annotations

from hashlib import blake2b
from itertools import combinations

from tracker.dedupe.lexicon import EVERYDAY, OTHER_PAPER, STOP
from tracker.dedupe.paper import Paper
from tracker.dedupe.titles import Form

Key = tuple[str, str]
_PLAIN = "+"  # behind the kind of a key: of plain papers


def keys(paper: Paper) -> list[Key]:
    """(kind, value) pairs, without repetition, in a fixed order."""
    return list(dict.fromkeys([*_identifiers(paper), *_described(paper)]))


def _described(paper: Paper) -> list[Key]:
    wording = [key for form in paper.title.forms for key in _wording(paper, form)]
    return [*wording, *_standing(paper)]


def is_plain(paper: Paper) -> bool:
    """A paper of PubMed that is nothing but a paper: no preprint, notice, registration, edition, protocol or part.

    Two of them with different PMIDs can be neither same nor version nor related, however alike they read: they are
    looked up under each other's identifiers and whole titles only, the latter to tell that two papers of one title are
    two. So thousands of papers of one team and pattern cost nothing.
    """
    if not paper.pmid or paper.server or paper.notice or paper.register or paper.review[0]:
        return False
    return not any(word in OTHER_PAPER for form in paper.title.forms for word in form.words)


def digest(key: Key) -> int:
    """A key as a number of 63 bits: small in an index, and the same on every machine."""
    text = f"{key[0]}\x1f{key[1]}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big") >> 1


def digests(paper: Paper) -> list[int]:
    """The keys under which a paper is stored; what describes plain papers is kept apart from what describes others."""
    own = _PLAIN if is_plain(paper) else ""
    said = [*_identifiers(paper), *((kind + own, value) for kind, value in _described(paper))]
    return list(dict.fromkeys(digest(key) for key in said))


def sought(paper: Paper) -> tuple[list[int], list[int]]:
    """The keys under which a paper's candidates are found: (identifiers, descriptions)."""
    said = _described(paper)
    plain = is_plain(paper)
    said += [(kind + _PLAIN, value) for kind, value in said if kind == "title" or not plain]
    return [digest(key) for key in _identifiers(paper)], list(dict.fromkeys(digest(key) for key in said))


def doi_key(doi: str) -> int:
    """The digest under which the papers with a DOI are found."""
    return digest(("doi", doi))


def _identifiers(paper: Paper) -> list[Key]:
    found = [
        ("doi", paper.doi),
        ("pmid", paper.pmid),
        ("pmcid", paper.pmcid),
        ("register", paper.register),
        ("review", paper.review[0]),
    ]
    for _, pmid, doi, _ in paper.links:
        found += [("pmid", pmid), ("doi", doi)]
    return [(kind, value) for kind, value in found if value]


def telling(form: Form) -> list[str]:
    """The words of a title that tell most, best first: not everyday, long, and in a fixed order among equals."""
    return sorted(
        {word for word in form.words if word not in STOP and len(word) > 2},
        key=lambda word: (word in EVERYDAY, -len(word), word),
    )


def generic(form: Form) -> bool:
    """True for a title that many papers bear: ``Editorial``, ``Introduction``, ``Author's reply``."""
    return len(form.compact) < 22 or len([word for word in form.words if word not in STOP]) < 3


def _wording(paper: Paper, form: Form) -> list[Key]:
    first, year = paper.authors.first, paper.year or ""
    if not form.compact:
        return []
    if generic(form):
        journal = "".join(word[0] for word in paper.place.journal)
        return [("short", f"{form.compact}|{first}")] * bool(first) + [("short", f"{form.compact}|{journal}|{year}")]
    found = [("title", form.compact[:60]), ("end", form.compact[-40:]), ("head", f"{form.compact[:24]}|{year}")]
    best = telling(form)
    found += [("words", "|".join(three)) for three in combinations(sorted(best[:4]), 3)]
    if first:
        found.append(("head", f"{form.compact[:24]}|{first}"))
        found += [("wrote", f"{first}|{word}") for word in best[:4]]
    return found


def _standing(paper: Paper) -> list[Key]:
    found = []
    pages, names, initials = paper.place.pages, paper.authors.names, paper.authors.initials
    if pages is not None and pages.start > 1:
        if paper.place.volumes:
            found += [("place", f"{volume}|{pages.start}") for volume in paper.place.volumes]
        if names and paper.year:
            found.append(("page", f"{paper.year}|{pages.start}|{names[0]}"))
    if len(names) > 2:
        found.append(("team", f"{names[0]} {initials[0]}|{names[-1]} {initials[-1]}"))
    return found
