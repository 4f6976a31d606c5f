"""An inverted index over the demo's articles, kept from day to day.

A set of articles is an ``int``: bit *n* stands for article number *n*. So AND, OR and NOT of a strategy with seventy
terms over 200,000 articles are seventy operations on integers. Numbers are given in order of arrival and never reused:
an edited article gets a new one, and :attr:`Index.alive` says which numbers the literature of the day consists of.

:class:`Lexicon` is what PubMed knows beside its articles: headings, where plain words are mapped to, words it lacks.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache

from emulator.papers import Article

WORD = re.compile(r"[^\W_]+")

# The texts of an article that are searched word by word: title, abstracts, author keywords, headings and publication
# types, names of people and journals. Which field of PubMed looks into which of them:
TEXTS = ("ti", "ab", "ot", "hd", "na")
LOOKS_INTO: dict[str, tuple[str, ...]] = {
    "ti": ("ti",),
    "ab": ("ab",),
    "ot": ("ot",),
    "tiab": ("ti", "ab", "ot"),
    "tw": ("ti", "ab", "ot", "hd"),
    "all": TEXTS,
}
_BREAK = " | "  # between two texts that a phrase must not span
_BITS = [[bit for bit in range(8) if byte >> bit & 1] for byte in range(256)]


def words(text: str) -> list[str]:
    """The words as PubMed compares them: no case, no marks, everything but letters and digits is a space."""
    if not text.isascii():
        text = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return WORD.findall(text.casefold())


def plain(text: str) -> str:
    """The same as one string: the form in which headings, names and types are compared."""
    return " ".join(words(text))


@lru_cache(50_000)
def _name(text: str) -> str:
    """The same, remembered: names and types come again and again."""
    return plain(text)


@lru_cache(50_000)
def heading(text: str) -> str:
    """A MeSH heading in that form; a qualifier stays behind its slash."""
    return "/".join(plain(part) for part in text.split("/"))


def numbers(bits: int) -> list[int]:
    """The numbers of the articles in a set, ascending."""
    data = bits.to_bytes((bits.bit_length() + 7) // 8, "little")
    return [place * 8 + bit for place, byte in enumerate(data) if byte for bit in _BITS[byte]]


def bitset(members: Iterable[int], size: int) -> int:
    """The set of these numbers, all below ``size``."""
    data = bytearray(size // 8 + 1)
    for number in members:
        data[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(data, "little")


class Index:
    """Everything that can be searched for, of all articles that were ever shown."""

    def __init__(self) -> None:
        self.alive = 0
        self._versions: dict[str, list[tuple[Article, int]]] = {}
        self._articles: list[Article] = []
        self._texts: dict[str, list[str]] = {name: [] for name in TEXTS}
        self._postings: dict[str, dict[str, array[int]]] = defaultdict(dict)
        self._dates: dict[str, dict[date, array[int]]] = defaultdict(dict)
        self._vocabulary: dict[str, list[str]] = {}
        self._memo: dict[tuple[object, ...], int] = {}
        self._order: list[int] = []

    def show(self, articles: Mapping[str, Article]) -> None:
        """Make these the literature that is searched; only articles not seen before cost time."""
        before = len(self._articles)
        present = [self._number(article) for article in articles.values()]
        if len(self._articles) > before:
            self._memo.clear()
            self._vocabulary.clear()
        self.alive = bitset(present, len(self._articles))
        # Newest first, as PubMed lists by default.
        self._order = sorted(present, key=self._age, reverse=True)

    def ids(self, bits: int, limit: int) -> list[str]:
        """The PMIDs of the first ``limit`` articles of a set, newest first."""
        data = bits.to_bytes(len(self._articles) // 8 + 1, "little")
        found: list[str] = []
        for number in self._order:
            if data[number >> 3] >> (number & 7) & 1:
                if len(found) == limit:
                    break
                found.append(self._articles[number].pmid)
        return found

    def look_up(self, field: str, value: str, *, begins: bool = False) -> int:
        """Articles with this word or value in one field, or with any that begins so."""
        key = (field, value, begins)
        if key not in self._memo:
            posts = self._postings[field]
            if begins:
                names = self._vocabulary.setdefault(field, sorted(posts))
                first, last = bisect_left(names, value), bisect_left(names, value + "\U0010ffff")
                members = [number for name in names[first:last] for number in posts[name]]
            else:
                members = list(posts.get(value, ()))
            self._memo[key] = bitset(members, len(self._articles))
        return self._memo[key]

    def phrase(self, field: str, wanted: Sequence[str], *, truncated: bool = False) -> int:
        """Articles where one text of the field has these words in a row; the last may be only a beginning."""
        key = ("phrase", field, tuple(wanted), truncated)
        if key not in self._memo:
            needle = " " + " ".join(wanted) + ("" if truncated else " ")
            found = 0
            for name in LOOKS_INTO[field]:
                candidates = self._all_of(name, wanted, truncated)
                if len(wanted) > 1:
                    texts = self._texts[name]
                    hits = (number for number in numbers(candidates) if needle in texts[number])
                    candidates = bitset(hits, len(self._articles))
                found |= candidates
            self._memo[key] = found
        return self._memo[key]

    def near(self, field: str, wanted: Sequence[str], between: int) -> int:
        """Articles where one text has all these words, in any order, with at most ``between`` others among them."""
        key = ("near", field, tuple(wanted), between)
        if key not in self._memo:
            found = 0
            for name in LOOKS_INTO[field]:
                texts = self._texts[name]
                candidates = numbers(self._all_of(name, wanted, False))
                hits = (number for number in candidates if _within(texts[number], wanted, between))
                found |= bitset(hits, len(self._articles))
            self._memo[key] = found
        return self._memo[key]

    def between(self, field: str, low: date, high: date) -> int:
        """Articles whose date (dp, crdt, edat or mdat) lies in the range, both ends included."""
        key = ("between", field, low, high)
        if key not in self._memo:
            days = self._dates[field]
            members = (number for day, posts in days.items() if low <= day <= high for number in posts)
            self._memo[key] = bitset(members, len(self._articles))
        return self._memo[key]

    def _all_of(self, name: str, wanted: Sequence[str], truncated: bool) -> int:
        found = self.look_up(name, wanted[-1], begins=truncated)
        for word in wanted[:-1]:
            found &= self.look_up(name, word)
        return found

    def _age(self, number: int) -> tuple[date, int]:
        article = self._articles[number]
        return article.created, int(article.pmid)

    def _number(self, article: Article) -> int:
        versions = self._versions.setdefault(article.pmid, [])
        for known, number in versions:
            if known is article or known == article:
                return number
        number = len(self._articles)
        versions.append((article, number))
        self._articles.append(article)
        self._add(article, number)
        return number

    def _add(self, article: Article, number: int) -> None:
        for name, text in _texts(article).items():
            self._texts[name].append(f" {text} ")
            self._post(name, set(text.split()), number)
        for name, values in _values(article).items():
            self._post(name, values, number)
        for name, day in _dates(article).items():
            self._dates[name].setdefault(day, array("I")).append(number)

    def _post(self, field: str, values: Iterable[str], number: int) -> None:
        posts = self._postings[field]
        for value in values:
            if value in posts:
                posts[value].append(number)
            else:
                posts[value] = array("I", (number,))


def _texts(article: Article) -> dict[str, str]:
    """The searchable words of each text, single texts kept apart."""
    return {
        "ti": plain(article.title),
        "ab": _BREAK.join(map(plain, (article.abstract, *article.other_abstracts))),
        "ot": _BREAK.join(map(plain, article.keywords)),
        "hd": _BREAK.join(map(_name, (*article.mesh, *article.publication_types))),
        "na": _BREAK.join(map(_name, (*article.authors, article.journal))),
    }


def _values(article: Article) -> dict[str, set[str]]:
    """What is compared as a whole, field by field; a heading with a qualifier also counts without it."""
    mesh = {heading(name) for name in article.mesh}
    major = {heading(name) for name in article.major}
    authors = [_name(name) for name in article.authors]
    return {
        "mh": mesh | {name.split("/")[0] for name in mesh},
        "majr": major | {name.split("/")[0] for name in major},
        "sh": {name.split("/")[1] for name in mesh if "/" in name},
        "pt": {_name(name) for name in article.publication_types},
        "la": {name.casefold() for name in article.languages},
        "au": set(authors),
        "1au": set(authors[:1]),
        "lastau": set(authors[-1:]),
        "ta": {_name(article.journal)},
        "pmid": {article.pmid},
        "aid": {plain(article.doi)} if article.doi else set(),
        "pmc": {article.pmcid.casefold()} if article.pmcid else set(),
        "filter": {name for name, said in (("hasabstract", article.abstract), ("pubmed pmc", article.pmcid)) if said},
    }


def _dates(article: Article) -> dict[str, date]:
    return {"dp": article.published, "crdt": article.created, "edat": article.entered, "mdat": article.modified}


def _within(text: str, wanted: Sequence[str], between: int) -> bool:
    need = Counter(wanted)
    for part in text.split(_BREAK):
        tokens = part.split()
        for start, token in enumerate(tokens):
            if token in need and need <= Counter(tokens[start : start + len(wanted) + between]):
                return True
    return False


@dataclass(frozen=True, eq=False)
class Lexicon:
    """What PubMed knows beside its articles.

    ``tree``: MeSH headings and the headings right below each. ``mapping``: automatic term mapping, from an untagged
    word or phrase to a heading (the headings of the tree map to themselves). ``unknown``: words and phrases missing
    from the index of terms; ``closed``: so is everything that no article contains (real PubMed is like that, but its
    index hardly changes from day to day, and that of a small literature does).
    """

    tree: Mapping[str, Sequence[str]] = field(default_factory=dict)
    mapping: Mapping[str, str] = field(default_factory=dict)
    unknown: Collection[str] = ()
    closed: bool = False

    @cached_property
    def _narrower(self) -> dict[str, list[str]]:
        return {heading(name): [heading(part) for part in parts] for name, parts in self.tree.items()}

    @cached_property
    def _mapped(self) -> dict[str, str]:
        names = {*self.tree, *(part for parts in self.tree.values() for part in parts)}
        return {**{plain(name): name for name in names}, **{plain(word): name for word, name in self.mapping.items()}}

    @cached_property
    def _unknown(self) -> frozenset[str]:
        return frozenset(plain(text) for text in self.unknown)

    def maps(self, text: str) -> str:
        """The heading that an untagged text is mapped to, or ""."""
        return self._mapped.get(plain(text), "")

    def explode(self, name: str) -> set[str]:
        """A heading (as :func:`heading` writes it, perhaps with a qualifier) and all below it."""
        name, slash, qualifier = name.partition("/")
        found, wait = set[str](), [name]
        while wait:
            here = wait.pop()
            if here not in found:
                found.add(here)
                wait.extend(self._narrower.get(here, ()))
        return {f"{each}{slash}{qualifier}" for each in found}

    def lacks(self, text: str, hits: int) -> bool:
        """Whether this word or phrase is missing from the index of terms."""
        return plain(text) in self._unknown or (self.closed and not hits)
