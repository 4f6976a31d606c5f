"""From one strategy to what each source is asked, with a report part by part. Nothing is altered in silence.

PubMed gets the text as written. Europe PMC gets a query that brings at least everything wanted. The servers' own
services (medRxiv, bioRxiv, PsyArXiv) have no search: every record is read and decided here.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from tracker import sources
from tracker.model import SavedSearch
from tracker.strategy.lint import errors
from tracker.strategy.local import Local, Note, Part, is_has_abstract, local, print_local
from tracker.strategy.match import Matcher, matcher
from tracker.strategy.parse import parse
from tracker.strategy.source import Sourced, StrategyError, source
from tracker.strategy.tree import Tree, print_node


@dataclass(frozen=True, slots=True)
class Compiled:
    """What a source is asked. ``text`` is empty when a part is impossible: then the source cannot be asked at all.

    ``filtered``: the answer is decided record by record with the local matcher before it counts as a match.
    """

    source: str
    text: str
    parts: tuple[Part, ...]
    filtered: bool

    @property
    def impossible(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.kind == "impossible")

    @property
    def hash(self) -> str:
        """SHA-256 of the text as sent, kept with each run."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()


def compile(text: str | Sourced, source_name: str, *, refuse: bool = True) -> Compiled:
    """How ``source_name`` is asked for a strategy.

    Raises :class:`StrategyError` at the first error of lint (``refuse=False``: only where the text cannot be read), and
    ValueError for a source that no search can list (``tracker.sources``).
    """
    info = sources.info(source_name)
    if info.asked not in (sources.AS_WRITTEN, sources.WIDER, sources.WHOLE):
        raise ValueError(f"there is no source {source_name!r}")
    said = source(text)
    wrong = errors(said) if refuse else []
    if wrong:
        raise StrategyError(wrong[0].message, wrong[0].path, wrong[0].line, wrong[0].column)
    tree = parse(said)
    if info.speaks_pubmed:
        place = said.place(0)
        as_written = Part("exact", said.text, said.text, "sent as written", place.line, place.column, str(place.path))
        return Compiled(source_name, said.text, (as_written,), filtered=False)
    decided = local(tree)
    if decided.node is None:
        return Compiled(source_name, "", _parts(tree, decided, {}), filtered=True)
    if info.asked == sources.WIDER:
        return _wider(info, tree, decided)
    return Compiled(source_name, print_local(decided.node), _parts(tree, decided, _locally(decided)), filtered=True)


def _wider(info: sources.SourceInfo, tree: Tree, decided: Local) -> Compiled:
    """The superset in the service's own language; impossible where nobody can write one."""
    if decided.node is None:
        raise ValueError("nothing can be asked")
    query, asked = sources.named(info.superset)(decided.node) if info.superset else ("", {})
    parts = _parts(tree, decided, asked)
    if not query:
        reason = "nothing in it narrows the answer down: every preprint would have to be fetched"
        if not info.superset:
            reason = f"{info.title} is asked in its own language only"
        parts = (*parts, _part(tree, Note("impossible", tree.root.start, tree.root.end, reason), ""))
    return Compiled(info.name, query, parts, filtered=True)


def compile_search(search: SavedSearch, source_name: str) -> Compiled:
    """The same for a saved search, whose override for this source, if there is one, takes the strategy's place.

    An override for a source with a language of its own (Europe PMC) is sent as it stands, and its answer is taken as
    it is.
    """
    override = dict(search.overrides).get(source_name)
    if override is None:
        return compile(search.strategy, source_name)
    if sources.info(source_name).asked != sources.WIDER:
        return compile(override, source_name)
    return Compiled(source_name, override, (Part("exact", override, override, "written by hand"),), filtered=False)


def matcher_for(search: SavedSearch, source_name: str) -> Matcher | None:
    """The matcher that decides what the source brings; None where every answer counts as a match."""
    override = dict(search.overrides).get(source_name)
    info = sources.info(source_name)
    decided_here = info.reads_whole or (info.asked == sources.WIDER and override is None)
    if not decided_here:
        return None
    return matcher(override if override is not None else search.strategy)


def _locally(decided: Local) -> dict[int, Part]:
    """How a term is decided on a record that was read whole."""
    told: dict[int, Part] = {}
    for note in decided.notes:
        if note.leaf is None or note.kind != "test":
            continue
        name = note.leaf.tag.name if note.leaf.tag else ""
        kind = note.leaf.tag.kind if note.leaf.tag else "text"
        reason = ""
        if name in ("", "all", "tw") and not is_has_abstract(note.leaf):
            reason = "looked for in title, abstract and keywords"
        elif kind in ("date", "language"):
            reason = "a record that does not say is kept"
        told[note.start] = Part("widened" if reason else "exact", "", print_node(note.leaf), reason)
    return told


def _parts(tree: Tree, decided: Local, asked: dict[int, Part]) -> tuple[Part, ...]:
    """One part for each term or dropped piece, in the order of the strategy."""
    parts = []
    for note in decided.notes:
        if note.kind == "test":
            told = asked.get(note.start, Part("exact", "", ""))
            parts.append(_part(tree, note._replace(kind=told.kind, reason=told.reason), told.sent))
        else:
            parts.append(_part(tree, note._replace(kind="exact") if note.kind == "always" else note, ""))
    return tuple(parts)


def _part(tree: Tree, note: Note, sent: str) -> Part:
    path, line, column = tree.source.place(note.start)
    return Part(note.kind, note.written(tree.source.text), sent, note.reason, line, column, str(path))
