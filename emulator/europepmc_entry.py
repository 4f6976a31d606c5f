"""What the demo's Europe PMC holds: preprints, and articles of PubMed as it copies them; each with its core record.

This is the demo's own model, on purpose not ``tracker.model``. Texts called *fragments* are pieces of HTML.

Beside it stands a reading of Europe PMC's search language of its own, independent of ``tracker.strategy``:
``FIELD:word``, ``FIELD:"a phrase"``, ``FIELD:stem*``, ``FIELD:(a OR b)``, ``FIELD:[from TO until]``; AND binds tighter
than OR, neighbours without an operator are ANDed, NOT takes away. A term without a field is looked for in everything,
the full text included. A wildcard within quotation marks is not read; a quoted EXT_ID matches nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Protocol

from emulator.papers import AbstractPart, Person, plain, spoken

WORDS = {  # fields in which words are looked for, and the parts of a document that they cover
    "TITLE": ("title",),
    "ABSTRACT": ("abstract",),
    "TITLE_ABS": ("title", "abstract"),
    "KW": ("keywords",),
    "KEYWORD": ("keywords",),
    "AUTH": ("authors",),
    "AUTH_FIRST": ("first author",),
    "AFF": ("affiliations",),
    "JOURNAL": ("journal",),
    "PUBLISHER": ("publisher",),
    "PUB_TYPE": ("types",),
    "LICENSE": ("licence",),
    "BODY": ("body",),
    "": ("title", "abstract", "keywords", "authors", "publisher", "journal", "body"),
}
EXACT = ("SRC", "EXT_ID", "DOI", "PMCID", "LANG", "HAS_ABSTRACT", "HAS_DOI", "HAS_PUBLISHED_VERSION", "OPEN_ACCESS")
DATES = ("FIRST_PDATE", "E_PDATE", "FIRST_IDATE", "CREATION_DATE", "UPDATE_DATE")
_TOKEN = re.compile(
    r'\s*(?:(?P<sign>[()])|(?P<field>[A-Z_]+):|"(?P<phrase>[^"]*)"|\[(?P<range>[^\]]*)\]|(?P<word>[^\s()"\[\]]+))'
)
_RANGE = re.compile(r"\s*(\S+)\s+TO\s+(\S+)\s*", re.I)


class BadQuery(ValueError):
    """The query cannot be read."""


@dataclass(frozen=True)
class Document:
    """What is searched of one record: words as ``words`` makes them, exact values in small letters, dates."""

    texts: Mapping[str, str]  # part -> " one two three " with a line for each unit
    exact: Mapping[str, str]
    dates: Mapping[str, date | None]


Test = Callable[[Document], bool]


# Letters without an accent that come off in no normal form: the service's index has them as they are typed.
_TYPED = str.maketrans(
    {"ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i", "ŧ": "t", "ŋ": "n"}
)


def words(text: str) -> str:
    """Small letters and digits without accents, a space before and after each word."""
    folded = unicodedata.normalize("NFKD", text).casefold().translate(_TYPED)
    kept = "".join(sign if sign.isalnum() else " " for sign in folded if not unicodedata.combining(sign))
    return f" {' '.join(kept.split())} "


def parse(query: str) -> Test:
    """The test that a query stands for. Raises BadQuery."""
    reader = _Reader(query)
    test = reader.alternatives("")
    if reader.here is not None:
        raise BadQuery(f"not read to its end: {query!r}")
    return test


class _Reader:
    def __init__(self, query: str) -> None:
        self.tokens = _tokens(query)
        self.at = 0

    @property
    def here(self) -> re.Match[str] | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def operator(self, *names: str) -> str:
        """The operator that stands here, consumed; '' if it is none of these."""
        token = self.here
        if token is not None and token["word"] in names:
            self.at += 1
            return str(token["word"])
        return ""

    def alternatives(self, field: str) -> Test:
        tests = [self.together(field)]
        while self.operator("OR"):
            tests.append(self.together(field))
        return tests[0] if len(tests) == 1 else lambda document: any(test(document) for test in tests)

    def together(self, field: str) -> Test:
        tests = [self.one(field)]
        while (token := self.here) is not None and token["sign"] != ")" and token["word"] != "OR":
            if self.operator("NOT"):
                tests.append(_not(self.one(field)))
            else:
                self.operator("AND")
                tests.append(_not(self.one(field)) if self.operator("NOT") else self.one(field))
        return tests[0] if len(tests) == 1 else lambda document: all(test(document) for test in tests)

    def one(self, field: str) -> Test:
        token = self.here
        if token is None or token["sign"] == ")" or token["word"] in ("AND", "OR"):
            raise BadQuery("a term is missing")
        if self.operator("NOT"):
            return _not(self.one(field))
        self.at += 1
        if token["sign"] == "(":
            test = self.alternatives(field)
            if (closing := self.here) is None or closing["sign"] != ")":
                raise BadQuery("a bracket is not closed")
            self.at += 1
            return test
        if token["field"] is not None:
            return self.one(token["field"])
        if token["range"] is not None:
            return _between(field, token["range"])
        if token["phrase"] is not None:
            return _term(field, token["phrase"], quoted=True)
        return _term(field, token["word"], quoted=False)


def _tokens(query: str) -> list[re.Match[str]]:
    found, at = [], 0
    query = query.rstrip()
    while at < len(query):
        token = _TOKEN.match(query, at)
        if token is None:
            raise BadQuery(f"not a query: {query[at : at + 30]!r}")
        found.append(token)
        at = token.end()
    return found


def _not(test: Test) -> Test:
    return lambda document: not test(document)


def _term(field: str, said: str, *, quoted: bool) -> Test:
    if field in DATES:
        return _between(field, f"{said} TO {said}")
    if field in EXACT:
        wanted = said.casefold()
        if field == "EXT_ID" and quoted:
            return lambda document: False
        return lambda document: document.exact.get(field, "") == wanted
    if field == "PUB_YEAR":
        return _between("FIRST_PDATE", f"{said}-01-01 TO {said}-12-31")
    stem = said.endswith("*") and not quoted
    wanted = words(said)
    wanted = wanted[:-1] if stem else wanted
    parts = WORDS.get(field, ())
    return lambda document: bool(wanted.strip()) and any(wanted in document.texts.get(part, "") for part in parts)


def _between(field: str, said: str) -> Test:
    bounds = _RANGE.fullmatch(said)
    if not bounds:
        raise BadQuery(f"not a range: {said!r}")
    low, high = (_date(text, end) for text, end in zip(bounds.groups(), (date.min, date.max), strict=True))
    return lambda document: (day := document.dates.get(field)) is not None and low <= day <= high


def _date(text: str, end: date) -> date:
    """A day as ``2020-01-31`` or ``20200131``; ``*`` is the end of all days."""
    if text == "*":
        return end
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadQuery(f"not a date: {text!r}") from None


Core = dict[str, Any]
GUESSED, ASSERTED = "Link created based on a title-first author match", "CrossRef Pre-print loader"


@dataclass(frozen=True, slots=True)
class Comment:
    """A link to another record: ``kind`` as Europe PMC words it ("Preprint of"), ``source`` MED or PPR."""

    kind: str
    id: str
    reference: str = ""
    note: str = ""
    source: str = "MED"


@dataclass(frozen=True, slots=True)
class Entry:
    """One record, of a preprint (``source`` PPR) or of an article (MED). ``title``, parts, keywords are fragments."""

    id: str
    title: str
    posted: date  # firstPublicationDate
    source: str = "PPR"
    indexed: date | None = None  # firstIndexDate; the day after it was posted where nothing is said
    revised: date | None = None
    server: str = ""
    journal: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    parts: tuple[AbstractPart, ...] = ()
    keywords: tuple[str, ...] = ()
    authors: tuple[Person, ...] = ()
    types: tuple[str, ...] = ("Preprint",)
    language: str = ""
    licence: str = ""
    version: int | None = None
    versions: tuple[tuple[str, int, date, str], ...] = ()  # (id, number, first publication, type), itself included
    comments: tuple[Comment, ...] = ()
    body: str = ""  # the full text, which a term without a field searches as well
    withheld: bool = False  # listed, and never sent

    @property
    def first_indexed(self) -> date:
        return self.indexed or self.posted + timedelta(days=1)

    @property
    def updated(self) -> date:
        return self.revised or self.first_indexed


class Holdings(Protocol):
    """Something that Europe PMC holds: ``emulator.preprints`` and :class:`Held` are such things."""

    def entries(self, day: date) -> Mapping[str, Entry]:
        """The records that are there on that day, by id; what did not change is the same object as the day before."""
        ...


@dataclass
class Held:
    """These records, each from the day on which it was first indexed."""

    held: Iterable[Entry]
    _held: tuple[Entry, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._held = tuple(self.held)

    def entries(self, day: date) -> Mapping[str, Entry]:
        return {entry.id: entry for entry in self._held if entry.first_indexed <= day}


def document(entry: Entry) -> Document:
    """The record as it is searched. Of a link only the preprint's side can be asked for."""
    people = [person.cited for person in entry.authors]
    places = [place for person in entry.authors for place in person.affiliations]
    texts = {
        "title": [plain(entry.title)],
        "abstract": [spoken(entry.parts)],
        "keywords": [plain(word) for word in entry.keywords],
        "authors": people,
        "first author": people[:1],
        "affiliations": places,
        "journal": [entry.journal],
        "publisher": [entry.server],
        "types": list(entry.types),
        "licence": [entry.licence],
        "body": [entry.body],
    }
    linked = any(comment.kind == "Preprint of" for comment in entry.comments)
    exact = {
        "SRC": entry.source,
        "EXT_ID": entry.id,
        "DOI": entry.doi,
        "PMCID": entry.pmcid,
        "LANG": entry.language,
        "HAS_ABSTRACT": _yes(bool(entry.parts)),
        "HAS_DOI": _yes(bool(entry.doi)),
        "HAS_PUBLISHED_VERSION": _yes(linked),
        "OPEN_ACCESS": _yes(bool(entry.licence)),
    }
    published = dict.fromkeys(("FIRST_PDATE", "E_PDATE"), entry.posted)
    indexed = dict.fromkeys(("FIRST_IDATE", "CREATION_DATE"), entry.first_indexed)
    return Document(
        {part: "\n".join(map(words, units)) for part, units in texts.items()},
        {name: value.casefold() for name, value in exact.items()},
        {**published, **indexed, "UPDATE_DATE": entry.updated},
    )


def idlist(entry: Entry) -> Core:
    """The record as ``resultType=idlist`` shows it."""
    return _without_nothing({"id": entry.id, "source": entry.source, "pmid": entry.pmid, "pmcid": entry.pmcid})


def core(entry: Entry) -> Core:
    """The record as ``resultType=core`` shows it. Members without content are left out, and so are empty lists."""
    people = [_author(person) for person in entry.authors if person.valid]
    details = {"publisher": entry.server, "yearOfPublication": entry.posted.year} if entry.server else None
    info = {"yearOfPublication": entry.posted.year, "journal": {"title": entry.journal}} if entry.journal else None
    return _without_nothing(
        {
            **idlist(entry),
            "doi": entry.doi,
            "title": entry.title,
            "authorString": ", ".join(person.cited for person in entry.authors) + "." if entry.authors else "",
            "authorList": _listed("author", people),
            "journalInfo": info,
            "pubYear": str(entry.posted.year),
            "abstractText": "".join(f"<h4>{p.label}</h4>{p.text}" if p.label else p.text for p in entry.parts),
            "language": entry.language,
            "pubTypeList": {"pubType": list(entry.types)},
            "keywordList": _listed("keyword", list(entry.keywords)),
            "bookOrReportDetails": details,
            "commentCorrectionList": _listed(
                "commentCorrection", [_comment(c, n) for n, c in enumerate(entry.comments)]
            ),
            "isOpenAccess": _yes(bool(entry.licence)),
            "inEPMC": "N",
            "citedByCount": 0,
            "license": entry.licence,
            "versionNumber": entry.version,
            "versionList": _listed("version", [_version(*version) for version in entry.versions]),
            "dateOfCreation": entry.first_indexed.isoformat(),
            "firstIndexDate": entry.first_indexed.isoformat(),
            "dateOfRevision": entry.revised.isoformat() if entry.revised else "",
            "firstPublicationDate": entry.posted.isoformat(),
        }
    )


def _author(person: Person) -> Core:
    if person.group:
        return {"collectiveName": person.group}
    name = f"{person.family} {person.suffix}".strip()
    places = [{"affiliation": place} for place in person.affiliations]
    return _without_nothing(
        {
            "fullName": f"{name} {person.initials}".strip(),
            "firstName": person.given,
            "lastName": name,
            "initials": person.initials,
            "authorId": {"type": "ORCID", "value": person.orcid} if person.orcid else None,
            "authorAffiliationDetailsList": _listed("authorAffiliation", places),
        }
    )


def _comment(comment: Comment, number: int) -> Core:
    said = {"id": comment.id, "source": comment.source, "reference": comment.reference, "type": comment.kind}
    return {**_without_nothing({**said, "note": comment.note}), "orderIn": 10_001 + number}


def _version(id: str, number: int, posted: date, kind: str) -> Core:
    return {
        "id": id,
        "source": "PPR",
        "firstPublishDate": posted.isoformat(),
        "versionNumber": number,
        "pubTypeList": {"pubType": [kind]},
        "hasEvaluations": "N",
    }


def _listed(name: str, items: list[Any]) -> Core | None:
    return {name: items} if items else None


def _yes(true: bool) -> str:
    return "Y" if true else "N"


def _without_nothing(said: Core) -> Core:
    return {name: value for name, value in said.items() if value not in (None, "")}
