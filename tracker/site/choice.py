"""What a reader chose on /papers: one address, read and written back. Nothing a reader can write is an error."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from itertools import starmap
from urllib.parse import parse_qsl, urlencode

from tracker.site.searchbox import Question, read

FACETS = ("search", "source", "type", "state", "year", "journal", "language", "free")
SORTS = {"newest": "newest here first", "published": "newest publication first", "relevance": "best match first"}
IDENTIFIER = re.compile(
    r"""\s*(?: (?:https?://(?:dx\.)?doi\.org/|doi:\s*)? (?P<doi>10\.[0-9]{4,9}/\S+)
    | (?:pmid:?\s*|https?://pubmed\.ncbi\.nlm\.nih\.gov/)? (?P<pmid>[0-9]{6,9})/?
    | (?P<pmcid>PMC[0-9]{3,9})
    | (?P<key>[A-Z]{2,12}-[0-9]{6,}) )\s*""",
    re.VERBOSE | re.IGNORECASE,
)
USUAL_SORT = "newest"
MOST_VALUES, LONGEST_VALUE = 20, 300
MOST_PARAMETERS = 200


@dataclass(frozen=True, slots=True)
class Choice:
    """The search box, the filters (several values of one filter mean any of them), the order and the place in it."""

    q: str = ""
    picked: tuple[tuple[str, tuple[str, ...]], ...] = ()
    since: str = ""  # ISO days, both included
    until: str = ""
    news: bool = False  # leave out what the first run of a search brought
    sort: str = "newest"
    after: str = ""
    question: Question = field(default_factory=Question, compare=False)
    identifier: tuple[str, str] = ("", "")  # what the box holds when it holds nothing but an identifier

    def values(self, name: str) -> tuple[str, ...]:
        return dict(self.picked).get(name, ())

    def with_value(self, name: str, value: str) -> Choice:
        return self._with(name, (*self.values(name), value))

    def without_value(self, name: str, value: str) -> Choice:
        return self._with(name, tuple(item for item in self.values(name) if item != value))

    def without(self, name: str) -> Choice:
        """The same without one filter (``since``, ``until``, ``news`` and ``q`` count as filters here)."""
        if name == "q":
            return replace(self, q="", question=Question(), identifier=("", ""), after="")
        if name == "since":
            return replace(self, since="", after="")
        if name == "until":
            return replace(self, until="", after="")
        return replace(self, news=False, after="") if name == "news" else self._with(name, ())

    def first_page(self) -> Choice:
        return replace(self, after="")

    def _with(self, name: str, values: tuple[str, ...]) -> Choice:
        others = {**dict(self.picked), name: values}
        return replace(self, picked=tuple((key, others[key]) for key in FACETS if others.get(key)), after="")

    @property
    def narrowed(self) -> bool:
        return bool(self.q or self.picked or self.since or self.until or self.news)

    def url(self, path: str = "/papers") -> str:
        """The address of this choice, the same for the same choice."""
        pairs = [("q", self.q)] if self.q else []
        pairs += [(name, value) for name, values in self.picked for value in values]
        told = {"since": self.since, "until": self.until, "news": "1" if self.news else "", "after": self.after}
        pairs += [(name, value) for name, value in told.items() if value]
        if self.sort != USUAL_SORT:
            pairs.append(("sort", self.sort))
        return f"{path}?{'&'.join(starmap(_pair, pairs))}" if pairs else path


@lru_cache(10_000)
def _pair(name: str, value: str) -> str:
    """As in an address; a page has hundreds of them, and nearly all of them on it and on other pages again."""
    return urlencode({name: value})


def parameters(query: str) -> list[tuple[str, str]]:
    """The parameters of the address; an address with absurdly many is read as one without any."""
    try:
        return parse_qsl(query, keep_blank_values=True, errors="replace", max_num_fields=MOST_PARAMETERS)
    except ValueError:
        return []


def choice(pairs: Iterable[tuple[str, str]]) -> tuple[Choice, list[str]]:
    """The choice that an address's query string says, and notes on what of it could not be used."""
    said: dict[str, list[str]] = {}
    for name, value in pairs:
        said.setdefault(name, []).append(_plain(value))
    notes: list[str] = []
    q = next(iter(said.get("q", ())), "").strip()
    question, identifier = read(q), _identifier(q)
    sort = next(iter(said.get("sort", ())), USUAL_SORT)
    if sort not in SORTS or (sort == "relevance" and (not question.groups or identifier[0])):
        sort = USUAL_SORT
    made = Choice(
        q=q,
        picked=tuple((name, values) for name in FACETS if (values := _values(said.get(name, ()), name, notes))),
        since=_day(said, "since", notes),
        until=_day(said, "until", notes),
        news=next(iter(said.get("news", ())), "") == "1",
        sort=sort,
        after=next(iter(said.get("after", ())), ""),
        question=question,
        identifier=identifier,
    )
    return made, notes + list(question.notes)


def _identifier(q: str) -> tuple[str, str]:
    found = IDENTIFIER.fullmatch(q)
    if not found or not (name := found.lastgroup):
        return "", ""
    value = found[name]
    return name, value.lower().rstrip(".,;") if name == "doi" else value.upper()


def _plain(value: str) -> str:
    """Without what no database and no page can hold: NUL and lone surrogates."""
    return "".join(" " if char == "\0" or "\ud800" <= char <= "\udfff" else char for char in value)


def _values(said: Sequence[str], name: str, notes: list[str]) -> tuple[str, ...]:
    values = tuple(dict.fromkeys(value.strip()[:LONGEST_VALUE] for value in said if value.strip()))
    if len(values) > MOST_VALUES:
        notes.append(f"Only the first {MOST_VALUES} values of {name} were used.")
    if name == "free":
        return ("1",) if "1" in values else ()
    return values[:MOST_VALUES]


def _day(said: Mapping[str, Sequence[str]], name: str, notes: list[str]) -> str:
    text = next(iter(said.get(name, ())), "").strip()
    if not text:
        return ""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        notes.append(f"“{text[:40]}” is not a date like 2026-11-24, so “{name}” was not used.")
        return ""
