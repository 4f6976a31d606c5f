"""Reads ``queries/``: saved searches, the blocks they insert, overrides for one source.

A search file is header lines (``name: value``), a line ``---``, and the strategy exactly as a librarian would paste it.
Nothing is guessed: every mistake of every file is returned with file, line and column, and a search that has one is
not returned.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from tracker.errors import Located
from tracker.model import SavedSearch
from tracker.searches.headers import (
    SLUG,
    Header,
    Mistakes,
    decode,
    did_you_mean,
    items,
    one_of,
    read_headers,
    read_lines,
    several_of,
    text_files,
)
from tracker.sources import WIDER, info, names
from tracker.strategy.parse import unit_problems
from tracker.strategy.source import Place, Sourced, SourcePiece, StrategyError, assemble, join, strategy_lines

DEEPEST = 20  # blocks within blocks


class Blocks:
    """The named parts of strategies in ``queries/blocks``; each is read and resolved once."""

    def __init__(self, folder: Path, mistakes: Mistakes) -> None:
        self._files: dict[str, Path] = {}
        self._done: dict[str, Sourced] = {}
        self._bad: dict[str, StrategyError] = {}
        for path in text_files(folder):
            name = path.name[: -len(".txt")]
            if SLUG.fullmatch(name):
                self._files[name] = path
            else:
                mistakes.add(f"{name!r} is not a name for a block: small letters a-z, digits, hyphens", path)
        for name, path in self._files.items():
            try:
                alone = self.get(name, Place(path, 0, 0))
                for unit, problem in unit_problems(alone if alone.units else replace(alone, units=(alone,))):
                    better = f" ({problem.suggestion})" if problem.suggestion else ""
                    mistakes.add(f"{problem.message}{better}", *unit.place(problem.start))
            except StrategyError as error:
                mistakes.keep(error)

    def get(self, name: str, place: Place, inside: tuple[str, ...] = ()) -> Sourced:
        """The block's text with its own insertions made; raises :class:`StrategyError` where the mistake is.

        ``inside`` are the blocks that are being inserted just now, outermost first.
        """
        if name in inside:
            circle = " -> ".join(f"{{{part}}}" for part in (*inside[inside.index(name) :], name))
            raise StrategyError(f"this block inserts itself: {circle}", *place)
        if len(inside) >= DEEPEST:
            raise StrategyError(f"blocks are inserted into blocks more than {DEEPEST} deep", *place)
        if name not in self._files:
            raise StrategyError(f"there is no block {{{name}}}{did_you_mean(name, tuple(self._files))}", *place)
        if name in self._bad:
            raise self._bad[name]
        if name not in self._done:
            try:
                self._done[name] = self._read(name, inside)
            except StrategyError as error:
                self._bad[name] = error
                raise
        return self._done[name]

    def _read(self, name: str, inside: tuple[str, ...]) -> Sourced:
        path = self._files[name]
        try:
            said = strategy_lines(decode(path), path)
        except Located as error:
            raise StrategyError(error.message, error.path, error.line, error.column) from error
        if not said:
            raise StrategyError("this block is empty", path)
        return assemble(said, lambda part, at: self.get(part, at, (*inside, name)))


EVERY = ("day", "week", "month")
RESERVED = ("all", "changes", "resources", "blocks", "lists")
FREE_HEADERS = ("author", "adapted-from", "limits", "filters", "reviewed-by", "changed", "notes")
HEADERS = ("title", "sources", "every", "at-least", "finds", *FREE_HEADERS)

_PMID = re.compile(r"[1-9]\d{0,8}")
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_DOI_PREFIX = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
_BY_HAND = re.compile(r"# line \d+, by hand: (.*)")
_NUMBER = re.compile(r"\d{1,9}")


@dataclass(frozen=True)
class SearchFile:
    """A saved search and where each character of its strategy was written."""

    search: SavedSearch
    path: Path
    strategy: Sourced
    overrides: dict[str, Sourced]
    by_hand: tuple[tuple[int, str], ...] = ()  # lines of a translation that a person has to look at, as it marked them


def version_of(strategy: str) -> str:
    """SHA-256 of the strategy after inserting, as hex; people are shown the first twelve characters."""
    return hashlib.sha256(strategy.encode("utf-8", "surrogatepass")).hexdigest()


def read_searches(folder: Path) -> tuple[list[SavedSearch], list[Located]]:
    """All saved searches of ``folder`` by slug, and every mistake found on the way."""
    files, mistakes = read_search_files(folder)
    return [file.search for file in files], mistakes


def read_search_files(folder: Path) -> tuple[list[SearchFile], list[Located]]:
    """The same with the place of every character, for whoever shows messages about the strategy."""
    mistakes = Mistakes()
    if not folder.is_dir():
        mistakes.add("there is no such folder of searches", folder)
        return [], list(mistakes)
    blocks = Blocks(folder / "blocks", mistakes)
    searches: dict[str, Path] = {}
    overrides: dict[str, dict[str, Path]] = {}
    for path in text_files(folder):
        slug, _, source = path.name[: -len(".txt")].partition(".")
        if not SLUG.fullmatch(slug):
            mistakes.add(f"{slug!r} is not a name for a search: small letters a-z, digits and hyphens only", path)
        elif slug in RESERVED:
            mistakes.add(f"{slug!r} is a reserved name: give the search another", path)
        elif not source:
            searches[slug] = path
        elif source not in names():
            mistakes.add(f"there is no source {source!r}{did_you_mean(source, names())}", path)
        else:
            overrides.setdefault(slug, {})[source] = path
    for slug in overrides.keys() - searches.keys():
        for path in overrides[slug].values():
            mistakes.add(f"there is no search {slug}.txt that this could override", path)
    if not searches:
        mistakes.add("there is no saved search in this folder", folder)
    found = [_read_search(slug, searches[slug], overrides.get(slug, {}), blocks, mistakes) for slug in sorted(searches)]
    return [file for file in found if file is not None], mistakes.in_order()


def known_paper(text: str) -> str:
    """A PMID, or a DOI in small letters without its prefix; empty when it is neither."""
    bare = _DOI_PREFIX.sub("", text, count=1)
    if _DOI.fullmatch(bare):
        return bare.lower()
    return text if _PMID.fullmatch(text) else ""


def _read_search(
    slug: str, path: Path, overrides: dict[str, Path], blocks: Blocks, mistakes: Mistakes
) -> SearchFile | None:
    before = len(mistakes)
    bad: list[StrategyError] = []
    lines = read_lines(path, mistakes)
    if lines is None:
        return None
    split = next((index for index, line in enumerate(lines) if line.rstrip() == "---"), None)
    if split is None:
        mistakes.add("the line --- between the headers and the strategy is missing", path, len(lines), 1)
        return None
    known = (*HEADERS, *(f"at-least.{name}" for name in names()))
    headers = read_headers(lines[:split], known, path, mistakes)
    sources = _sources(headers, path, split, mistakes)
    strategy = _strategy(strategy_lines(lines[split + 1 :], path, split + 2), path, split, blocks, bad)
    others: dict[str, Sourced] = {}
    for source, other in overrides.items():
        if source not in sources:
            mistakes.add(f"the search {slug} does not list the source {source}", other)
        others[source] = _override(source, other, blocks, mistakes, bad)
    search = SavedSearch(
        slug=slug,
        title=" ".join(headers["title"].value.split()) if "title" in headers else "",
        sources=sources,
        strategy=strategy.text,
        version=version_of(strategy.text),
        every=one_of(headers["every"], EVERY, path, mistakes) if "every" in headers else "day",
        at_least=_at_least(headers, sources, path, mistakes),
        finds=_finds(headers, path, mistakes),
        overrides=tuple((source, text.text) for source, text in sorted(others.items())),
        headers=tuple((name, said.value.strip()) for name, said in headers.items() if name in FREE_HEADERS),
    )
    for error in bad:
        mistakes.keep(error)
    left = [(at, match[1]) for at, line in enumerate(lines, 1) if (match := _BY_HAND.match(line))]
    return None if bad or len(mistakes) > before else SearchFile(search, path, strategy, others, tuple(left))


def _sources(headers: dict[str, Header], path: Path, split: int, mistakes: Mistakes) -> tuple[str, ...]:
    for name in ("title", "sources"):
        if name not in headers:
            mistakes.add(f"the header {name!r} is missing", path, split + 1, 1)
    return several_of(headers["sources"], names(), "source", path, mistakes) if "sources" in headers else ()


def _strategy(lines: list[SourcePiece], path: Path, split: int, blocks: Blocks, bad: list[StrategyError]) -> Sourced:
    """The assembled text; a mistake goes to ``bad``, because a mistake in a block is told only once."""
    try:
        if not lines:
            raise StrategyError("the strategy is empty", path, split + 1, 1)
        return assemble(lines, blocks.get)
    except StrategyError as error:
        bad.append(error)
        return Sourced(())


def _override(source: str, path: Path, blocks: Blocks, mistakes: Mistakes, bad: list[StrategyError]) -> Sourced:
    """A source with a language of its own (Europe PMC) takes it as it stands; others speak PubMed's, with blocks."""
    lines = read_lines(path, mistakes)
    said = strategy_lines(lines or [], path)
    if lines is None:
        return Sourced(())
    if info(source).asked == WIDER and said:
        return join(said)
    return _strategy(said, path, 0, blocks, bad)


def _at_least(
    headers: dict[str, Header], sources: tuple[str, ...], path: Path, mistakes: Mistakes
) -> tuple[tuple[str, int], ...]:
    found = []
    for name, header in headers.items():
        if name == "at-least" or name.startswith("at-least."):
            value, source = header.value.strip(), name.partition(".")[2]
            column = header.column + len(header.value) - len(header.value.lstrip())
            if not _NUMBER.fullmatch(value):
                mistakes.add(f"{value!r} is not a whole number", path, header.line, column)
            elif source and source not in sources:
                mistakes.add(f"the search does not list the source {source!r}", path, header.line, 1)
            else:
                found.append((source, int(value)))
    return tuple(found)


def _finds(headers: dict[str, Header], path: Path, mistakes: Mistakes) -> tuple[str, ...]:
    found: list[str] = []
    for value, column in items(headers["finds"]) if "finds" in headers else ():
        paper = known_paper(value)
        if not paper:
            message = f"{value!r} is neither a PMID (a number) nor a DOI (10.1234/abc)"
            mistakes.add(message, path, headers["finds"].line, column)
        elif paper in found:
            mistakes.add(f"{value!r} is named twice", path, headers["finds"].line, column)
        else:
            found.append(paper)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class ListFile:
    """A screening list of ``queries/lists``: which searches feed it, and how it is handed out.

    ``leave_out`` holds notices, preprints, languages; ``every`` and ``to`` are both set, or both empty.
    """

    name: str
    title: str
    searches: tuple[str, ...]
    question: str = ""
    sender: str = ""  # the header ``from``
    leave_out: tuple[str, ...] = ("notices",)
    versions: str = "together"
    profile: str = ""
    every: str = ""
    to: str = ""
    contact: str = ""


LIST_HEADERS = (
    "title",
    "searches",
    "question",
    "from",
    "leave-out",
    "versions",
    "profile",
    "every",
    "to",
    "contact",
)
LEAVE_OUT = ("notices", "preprints", "languages", "nothing")
VERSIONS = ("together", "separate")
PROFILES = ("spreadsheet", "rayyan", "asreview", "generic", "covidence", "eppi", "zotero")


def read_lists(folder: Path, known_slugs: Collection[str]) -> tuple[list[ListFile], list[Located]]:
    """The screening lists in ``lists/`` of the folder of searches, by name, and every mistake."""
    mistakes = Mistakes()
    found = []
    for path in text_files(folder / "lists"):
        name = path.name[: -len(".txt")]
        if SLUG.fullmatch(name):
            found.append(_read_list(name, path, tuple(known_slugs), mistakes))
        else:
            mistakes.add(f"{name!r} is not a name for a list: small letters a-z, digits and hyphens only", path)
    return [read for read in found if read is not None], mistakes.in_order()


def _read_list(name: str, path: Path, slugs: tuple[str, ...], mistakes: Mistakes) -> ListFile | None:
    before = len(mistakes)
    lines = read_lines(path, mistakes)
    if lines is None:
        return None
    headers = read_headers(_without_end(lines, path, mistakes), LIST_HEADERS, path, mistakes)
    for needed in ("title", "searches"):
        if needed not in headers:
            mistakes.add(f"the header {needed!r} is missing", path, len(lines), 1)
    if ("every" in headers) != ("to" in headers):
        there, missing = ("every", "to") if "every" in headers else ("to", "every")
        message = f"{there!r} needs {missing!r} beside it: a list is handed out on schedule into a folder"
        mistakes.add(message, path, headers[there].line, 1)

    def choice(header: str, known: tuple[str, ...], otherwise: str = "") -> str:
        return one_of(headers[header], known, path, mistakes) if header in headers else otherwise

    def several(header: str, known: tuple[str, ...], what: str) -> tuple[str, ...]:
        return several_of(headers[header], known, what, path, mistakes) if header in headers else ()

    def said(header: str) -> str:
        return " ".join(headers[header].value.split()) if header in headers else ""

    left_out = several("leave-out", LEAVE_OUT, "thing to leave out")
    read = ListFile(
        name=name,
        title=said("title"),
        searches=several("searches", slugs, "search"),
        question=said("question"),
        sender=said("from"),
        leave_out=tuple(part for part in left_out if part != "nothing") if left_out else ("notices",),
        versions=choice("versions", VERSIONS, "together"),
        profile=choice("profile", PROFILES),
        every=choice("every", EVERY),
        to=said("to"),
        contact=said("contact"),
    )
    return None if len(mistakes) > before else read


def _without_end(lines: list[str], path: Path, mistakes: Mistakes) -> list[str]:
    """A list has no strategy; a closing ``---`` may stand, text after it may not."""
    end = next((index for index, line in enumerate(lines) if line.rstrip() == "---"), len(lines))
    for extra in strategy_lines(lines[end + 1 :], path, end + 2):
        mistakes.add("a screening list has no strategy of its own", path, extra.place.line, extra.place.column)
    return lines[:end]
