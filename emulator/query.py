"""The demo's own reading of PubMed's search language: a second opinion, independent of ``tracker.strategy``.

Operators are worked off strictly from left to right, without precedence; brackets group; neighbours without an operator
are ANDed; ``A AND NOT B`` is executed as ``A AND B``; a tag behind a bracket is ignored; an unknown tag is not refused
(the term is looked for in all fields). Where the real service is not documented, a comment says so.

First the field tags and the names that PubMed gives them in its translation, then the text read into chains of terms,
then what they mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from emulator.index import Index, Lexicon, heading, plain, words

# field: (name in the translation, every way to write the tag, in lower case)
FIELDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "ti": ("Title", ("ti", "titl", "title")),
    "tiab": ("Title/Abstract", ("tiab", "title/abstract")),
    "ab": ("Abstract", ("ab", "abstract")),
    "ot": ("Other Term", ("ot", "other term")),
    "tw": ("Text Word", ("tw", "word", "text word")),
    "all": ("All Fields", ("all", "all fields")),
    "mh": ("MeSH Terms", ("mh", "mesh", "mesh terms", "mesh:exp", "mh:exp")),
    "mh:noexp": ("MeSH Terms:noexp", ("mh:noexp", "mesh:noexp", "mesh terms:noexp")),
    "majr": ("MeSH Major Topic", ("majr", "mesh major topic")),
    "majr:noexp": ("MeSH Major Topic:noexp", ("majr:noexp", "mesh major topic:noexp")),
    "sh": ("MeSH Subheading", ("sh", "subh", "subheading", "mesh subheading")),
    "pt": ("Publication Type", ("pt", "ptyp", "publication type")),
    "la": ("Language", ("la", "lang", "language")),
    "au": ("Author", ("au", "auth", "author", "fau", "full", "full author name")),
    "1au": ("Author - First", ("1au", "first author name", "author - first")),
    "lastau": ("Author - Last", ("lastau", "last author name", "author - last")),
    "ta": ("Journal", ("ta", "jour", "journal")),
    "dp": ("Date - Publication", ("dp", "pdat", "ppdt", "epdt", "date - publication", "publication date")),
    "crdt": ("Date - Create", ("crdt", "date - create", "create date")),
    "edat": ("Date - Entry", ("edat", "date - entry", "entry date", "mhda")),
    "mdat": ("Date - Modification", ("mdat", "lr", "date - modification", "modification date")),
    "pmid": ("UID", ("pmid", "uid")),
    "aid": ("Location ID", ("aid", "lid", "doi", "location id")),
    "pmc": ("PMCID", ("pmc", "pmcid")),
    "filter": ("Filter", ("filter", "sb", "subset", "text")),
}
DATES = frozenset({"dp", "crdt", "edat", "mdat"})
WORDS = frozenset({"ti", "tiab", "ab", "ot", "tw", "all"})
PEOPLE = frozenset({"au", "1au", "lastau"})

# Fields that PubMed has and the demo's articles do not fill: nothing matches.
UNFILLED = frozenset(
    [
        "ad",
        "affl",
        "auid",
        "book",
        "cn",
        "cois",
        "dcom",
        "ecno",
        "ed",
        "gr",
        "ip",
        "ir",
        "is",
        "isbn",
        "issn",
        "jid",
        "nm",
        "pa",
        "pg",
        "pl",
        "ps",
        "pubn",
        "rn",
        "si",
        "so",
        "tt",
        "vi",
        "vol",
    ]
)
TAGS = {way: field for field, (_, ways) in FIELDS.items() for way in ways}

LANGUAGES = {
    "english": "eng",
    "german": "ger",
    "french": "fre",
    "spanish": "spa",
    "portuguese": "por",
    "italian": "ita",
    "dutch": "dut",
    "chinese": "chi",
    "japanese": "jpn",
    "korean": "kor",
    "polish": "pol",
    "russian": "rus",
    "turkish": "tur",
    "norwegian": "nor",
    "swedish": "swe",
    "danish": "dan",
    "finnish": "fin",
    "czech": "cze",
    "hungarian": "hun",
    "persian": "per",
    "arabic": "ara",
}


def canonical(tag: str) -> str:
    """The field a tag means: a key of :data:`FIELDS`, a member of :data:`UNFILLED`, or "" for a tag PubMed lacks."""
    name = ":".join(" ".join(part.split()) for part in tag.casefold().split(":"))
    return TAGS.get(name, name if name in UNFILLED else "")


TOKEN = re.compile(
    r'"(?P<quoted>[^"]*"\*?)|\[(?P<tag>[^\]]*)\]|(?P<open>\()|(?P<close>\))|(?P<colon>:)|(?P<word>[^\s()"\[\]:]+)'
)
OPERATORS = frozenset({"AND", "OR", "NOT"})
DATE = re.compile(r"(\d{4})(?:/(\d{1,2}))?(?:/(\d{1,2}))?")


@dataclass(frozen=True)
class QueryTerm:
    """A word, phrase or value; ``tag`` is None when there was none; ``upto`` makes it a range."""

    text: str
    tag: str | None
    quoted: bool = False
    upto: str = ""

    @property
    def written(self) -> str:
        text = f'"{self.text}"' if self.quoted else self.text
        return text if self.tag is None else f"{text}[{self.tag}]"


@dataclass(frozen=True)
class TermChain:
    """Operands with the operator before each, to be worked off from left to right."""

    parts: tuple[tuple[str, QueryTerm | TermChain], ...]


def parse(text: str) -> TermChain:
    """The text as chains of terms; what cannot be understood is passed over, as PubMed does."""
    tokens = [(found.lastgroup or "", found[found.lastgroup or 0]) for found in TOKEN.finditer(text)]
    parser = _Parser(tokens)
    chains = [parser.chain()]
    while parser.kind:  # a closing bracket too many
        parser.take()
        chains.append(parser.chain())
    full = [chain for chain in chains if chain.parts]
    return full[0] if len(full) == 1 else TermChain(tuple(("AND", chain) for chain in full))


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens, self.place = tokens, 0

    @property
    def kind(self) -> str:
        """The kind of the token that comes next; "" at the end."""
        kind, text = self.tokens[self.place] if self.place < len(self.tokens) else ("", "")
        return "operator" if kind == "word" and text.upper() in OPERATORS else kind

    def take(self) -> str:
        self.place += 1
        return self.tokens[self.place - 1][1]

    def chain(self) -> TermChain:
        parts: list[tuple[str, QueryTerm | TermChain]] = []
        operator = ""
        while self.kind not in ("", "close"):
            if self.kind == "operator":
                word = self.take().upper()
                operator = operator or word  # "A AND NOT B" is executed as "A AND B"
            elif self.kind == "open":
                self.take()
                inner = self.chain()
                if self.kind == "close":
                    self.take()
                if self.kind == "tag":  # a tag behind a bracket does not distribute
                    self.take()
                parts.append((operator or "AND", inner))
                operator = ""
            elif self.kind in ("tag", "colon"):
                self.take()
            else:
                parts.append((operator or "AND", self.term()))
                operator = ""
        return TermChain(tuple(parts))

    def term(self) -> QueryTerm:
        first = self.atom()
        if self.kind != "colon":
            return first
        self.take()
        if self.kind not in ("word", "quoted"):
            return first
        last = self.atom()
        tag = last.tag if last.tag is not None else first.tag
        if tag is not None and canonical(tag) in DATES:
            return QueryTerm(first.text, tag, upto=last.text)
        return QueryTerm(f"{first.text} {last.text}", tag)  # a colon elsewhere is punctuation

    def atom(self) -> QueryTerm:
        quoted = self.kind == "quoted"
        if quoted:
            text = self.take()
            text = text.removesuffix("*").removesuffix('"') + ("*" if text.endswith("*") else "")
        else:
            run = [self.take()]
            while self.kind == "word":
                run.append(self.take())
            if len(run) > 1 and self.kind == "colon" and DATE.fullmatch(run[-1]):
                self.place -= 1  # "lonely 2020:2026[dp]": the range is a term of its own
                run.pop()
            text = " ".join(run)
        return QueryTerm(text, self.take() if self.kind == "tag" else None, quoted)


LAST = re.compile(r"last (\d+) (day|week|month|year)s?")
NEAR = re.compile(r"(.+):~(\d+)")
DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
STOPWORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "as",
        "at",
        "be",
        "by",
        "for",
        "from",
        "in",
        "is",
        "it",
        "of",
        "on",
        "or",
        "that",
        "the",
        "this",
        "to",
        "was",
        "were",
        "with",
    ]
)


@dataclass(frozen=True)
class Found:
    """An answer: the set of articles, and everything esearch says about how the text was understood."""

    hits: int
    translation: str
    translations: tuple[tuple[str, str], ...] = ()  # automatic term mapping: from, to
    phrases_not_found: tuple[str, ...] = ()
    quoted_not_found: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()


def search(text: str, index: Index, lexicon: Lexicon, day: date) -> Found:
    """What PubMed would find for this text on that day."""
    return _Reading(index, lexicon, day).answer(parse(text))


class _Reading:
    """One evaluation: the articles, what PubMed knows, and the remarks that gather on the way."""

    def __init__(self, index: Index, lexicon: Lexicon, day: date) -> None:
        self.index, self.lexicon, self.day = index, lexicon, day
        self.translations: dict[str, str] = {}
        self.phrases_not_found: list[str] = []
        self.quoted_not_found: list[str] = []
        self.ignored: list[str] = []

    def answer(self, chain: TermChain) -> Found:
        hits, translation = self.chain(chain)
        return Found(
            (hits or 0) & self.index.alive,
            translation,
            tuple(self.translations.items()),
            tuple(self.phrases_not_found),
            tuple(self.quoted_not_found),
            tuple(self.ignored),
        )

    def chain(self, chain: TermChain) -> tuple[int | None, str]:
        """The set and its translation; None when every term of it was dropped."""
        hits: int | None = None
        said = ""
        before = ""
        for operator, part in chain.parts:
            found, text = self.chain(part) if isinstance(part, TermChain) else self.term(part)
            if found is None:
                continue
            if isinstance(part, TermChain) and len(part.parts) > 1:
                text = f"({text})"
            if hits is None:
                hits = self.index.alive & ~found if operator == "NOT" else found
                said = f"NOT {text}" if operator == "NOT" else text
                continue
            hits = {"AND": hits & found, "OR": hits | found, "NOT": hits & ~found}[operator]
            if before not in ("", operator):
                said = f"({said})"
            said, before = f"{said} {operator} {text}", operator
        return hits, said

    def term(self, term: QueryTerm) -> tuple[int | None, str]:
        if term.tag is None:
            return self.untagged(term)
        near = NEAR.fullmatch("".join(term.tag.casefold().split()))
        if near:
            return self.proximity(term, canonical(near[1]) or "all", int(near[2]))
        name = canonical(term.tag)
        if name in DATES:
            return self.dates(term, name)
        if name in WORDS or not name:
            return self.text(term, name or "all", FIELDS[name][0] if name else term.tag)
        label = FIELDS[name][0] if name in FIELDS else term.tag
        return self.value(term, name), f'"{term.text}"[{label}]'

    def text(self, term: QueryTerm, name: str, label: str) -> tuple[int | None, str]:
        """A word, phrase or truncated word in a field that is searched word by word."""
        wanted = words(term.text)
        truncated = term.text.rstrip().endswith("*")
        said = f'"{" ".join(wanted)}{"*" if truncated else ""}"[{label}]'
        if not wanted or (truncated and sum(map(len, wanted)) < 4):  # how PubMed words this is not documented
            self.ignored.append(term.written)
            return None, said
        hits = self.index.phrase(name, wanted, truncated=truncated)
        if name == "all":  # PMIDs and DOIs are among all fields
            hits |= self.index.look_up("pmid", wanted[0]) | self.index.look_up("aid", " ".join(wanted))
        if truncated or not self.lexicon.lacks(term.text, hits):
            return hits, said
        if len(wanted) == 1:
            self.phrases_not_found.append(term.written)
            return None, said
        if term.quoted:
            self.quoted_not_found.append(f'"{term.text}"')
        apart = self.index.alive
        for word in wanted:  # the phrase index lacks it: its words are searched apart
            apart &= self.index.phrase(name, [word])
        return apart, "(" + " AND ".join(f'"{word}"[{label}]' for word in wanted) + ")"

    def untagged(self, term: QueryTerm) -> tuple[int | None, str]:
        """Automatic term mapping, which quotes and truncation switch off."""
        if term.quoted or "*" in term.text:
            parts = [term] if term.quoted else [QueryTerm(word, None) for word in term.text.split()]
            return self.join([self.text(part, "all", "All Fields") for part in parts])
        if self.lexicon.maps(term.text):
            return self.mapped(term.text)
        found: list[tuple[int | None, str]] = []
        for word in term.text.split():
            if word.casefold() in STOPWORDS:
                self.ignored.append(word)
            elif word.casefold() == "hasabstract":
                found.append((self.index.look_up("filter", "hasabstract"), '"hasabstract"[All Fields]'))
            else:
                found.append(
                    self.mapped(word)
                    if self.lexicon.maps(word)
                    else self.text(QueryTerm(word, None), "all", "All Fields")
                )
        return self.join(found)

    def mapped(self, text: str) -> tuple[int, str]:
        name, wanted = self.lexicon.maps(text), words(text)
        hits = self.value(QueryTerm(name, "mh"), "mh") | self.index.phrase("all", wanted)
        said = f'"{name.casefold()}"[MeSH Terms] OR "{" ".join(wanted)}"[All Fields]'
        self.translations[text] = said
        return hits, f"({said})"

    def join(self, found: list[tuple[int | None, str]]) -> tuple[int | None, str]:
        """Neighbours are ANDed; what was dropped does not count."""
        kept = [(hits, said) for hits, said in found if hits is not None]
        if not kept:
            return None, " AND ".join(said for _, said in found)
        joined = self.index.alive
        for hits, _ in kept:
            joined &= hits
        said = " AND ".join(said for _, said in kept)
        return joined, f"({said})" if len(kept) > 1 else said

    def proximity(self, term: QueryTerm, name: str, between: int) -> tuple[int | None, str]:
        if "*" in term.text or name not in WORDS:  # a truncated word makes PubMed drop the ":~N"
            return self.text(term, name if name in WORDS else "all", FIELDS[name][0])
        wanted = words(term.text)
        if not wanted:
            self.ignored.append(term.written)
            return None, term.written
        return self.index.near(name, wanted, between), f'"{" ".join(wanted)}"[{FIELDS[name][0]}:~{between}]'

    def dates(self, term: QueryTerm, name: str) -> tuple[int | None, str]:
        low, high = self.span(term.text), self.span(term.upto or term.text)
        if not low or not high:
            self.phrases_not_found.append(term.written)
            return None, term.written
        first, last = low[0], high[1]
        said = f"{first:%Y/%m/%d}:{last:%Y/%m/%d}[{FIELDS[name][0]}]"
        return self.index.between(name, first, last), said

    def span(self, text: str) -> tuple[date, date] | None:
        """The first and the last day that a date of any precision means; "3000" is the open end."""
        last = LAST.fullmatch(text.casefold().strip())
        if last:
            return self.day - timedelta(days=int(last[1]) * DAYS[last[2]]), self.day
        found = DATE.fullmatch(text.strip())
        if not found:
            return None
        year, month, day = int(found[1]), found[2], found[3]
        try:
            first = date(year, int(month or 1), int(day or 1))
            following = date(year, int(month) + 1, 1) if month and int(month) < 12 else date(year + 1, 1, 1)
        except ValueError:
            return None
        return first, first if day else following - timedelta(days=1)

    def value(self, term: QueryTerm, name: str) -> int:
        """A field that is compared as a whole: headings, types, people, journals, ids."""
        if name in UNFILLED:
            return 0
        begins = term.text.endswith("*")
        if name in PEOPLE:
            return self.people(plain(term.text), name, begins, term.quoted)
        kind, _, noexp = name.partition(":")
        return self.union(self.values(term.text, kind, bool(noexp) or begins), kind, begins)

    def values(self, text: str, kind: str, alone: bool) -> Iterator[tuple[str, str]]:
        """(field, value) of everything that satisfies the term."""
        if kind in ("mh", "majr"):
            main, slash, qualifier = text.partition("/")
            wanted = heading(f"{self.lexicon.maps(main) or main}{slash}{qualifier}")
            yield from ((kind, each) for each in ({wanted} if alone else self.lexicon.explode(wanted)))
        elif kind == "pt":
            yield from (("pt", each) for each in ({plain(text)} if alone else self.lexicon.explode(plain(text))))
        elif kind == "la":
            yield "la", LANGUAGES.get(text.casefold(), text.casefold())
        elif kind == "filter":
            wanted = plain(text)
            yield from (("filter", wanted), ("pt", wanted), ("mh", wanted), ("la", LANGUAGES.get(wanted, wanted)))
        elif kind == "pmc":
            yield "pmc", text.casefold()
        else:
            yield kind, plain(text)

    def union(self, wanted: Iterator[tuple[str, str]], kind: str, begins: bool) -> int:
        hits = 0
        for name, value in wanted:
            hits |= self.index.look_up(name, value, begins=begins)
        return hits

    def people(self, wanted: str, name: str, begins: bool, exactly: bool) -> int:
        """ "smith" and "smith a" find "Smith AB"; quotes switch that off."""
        hits = self.index.look_up(name, wanted, begins=begins)
        if not exactly:
            hits |= self.index.look_up(name, wanted if " " in wanted else f"{wanted} ", begins=True)
        return hits
