"""What ``tracker check`` tells of the saved searches: mistakes, lint, and how each source will be asked.

Nothing here talks to a service. :func:`check` reads the files of a home; the rest works on what was read.
"""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from tracker import sources
from tracker.errors import Located
from tracker.home import Home
from tracker.searches import ListFile, SearchFile, read_lists, read_search_files
from tracker.settings import helplines, privacy
from tracker.strategy import Compiled, Finding, Part, Sourced, compile, lint
from tracker.text.plural import plural

WIDTH = 110  # characters of a line of the report


@dataclass(frozen=True, slots=True)
class SourceReport:
    """How one source is asked for one search; ``text`` is empty when it cannot be asked (the findings say why)."""

    source: str
    text: str
    hash: str
    filtered: bool
    by_hand: bool
    parts: tuple[Part, ...]

    def count(self, kind: str) -> int:
        return sum(part.kind == kind for part in self.parts)


@dataclass(frozen=True, slots=True)
class SearchReport:
    """One saved search, what there is to say about it, and how each of its sources is asked."""

    slug: str
    title: str
    version: str
    path: str
    every: str
    sources: tuple[SourceReport, ...]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.is_error)


@dataclass(frozen=True)
class CheckReport:
    """Everything ``tracker check`` has to say. ``broken``: mistakes in the form of files; lint is in the searches.

    ``notes``: what is not wrong, but not done.
    """

    searches: tuple[SearchReport, ...]
    lists: tuple[ListFile, ...] = ()
    broken: tuple[Located, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def mistakes(self) -> tuple[Located, ...]:
        """All that keeps a run from starting, files first, each once."""
        found = list(self.broken)
        for finding in (error for search in self.searches for error in search.errors):
            better = f" ({finding.suggestion})" if finding.suggestion else ""
            found.append(Located(f"{finding.message}{better}", finding.path, finding.line, finding.column))
        return tuple({str(mistake): mistake for mistake in found}.values())

    @property
    def ok(self) -> bool:
        return not self.mistakes

    def as_json(self) -> dict[str, Any]:
        """Plain lists and dictionaries, for ``--json``."""
        return _json(self)

    def as_text(self, full: bool = False, quiet: bool = False) -> str:
        """For people: errors beside their search, those of other files left out.

        ``full`` lists every part, not only what could not be carried over; ``quiet`` has one line a search, and errors.
        """
        return _text(self, full, quiet)


def check(home: Home, only: Collection[str] = ()) -> CheckReport:
    """Reads the searches, lists and metadata.json of a home, and reports on the searches in ``only``, or on all.

    A name that is no search is a mistake. Mistakes in the form of any file are told, whatever ``only`` says.
    """
    report = check_folder(home.queries, only)
    try:
        settings = home.settings()
    except Located as mistake:
        return replace(report, broken=(*report.broken, mistake))
    wrong = (Located(text, home.metadata_file) for said in (privacy, helplines) for text in said.mistakes(settings))
    note = privacy.unfilled_line(settings)
    return replace(report, broken=(*report.broken, *wrong), notes=(note,) if note else ())


def check_folder(folder: Path, only: Collection[str] = ()) -> CheckReport:
    """The same for a folder of searches alone."""
    files, mistakes = read_search_files(folder)
    lists, more = read_lists(folder, [file.search.slug for file in files])
    known = {file.search.slug for file in files} | {Path(found.path).name.split(".")[0] for found in mistakes}
    unknown = [Located(f"there is no saved search {slug!r}", folder) for slug in only if slug not in known]
    chosen = [file for file in files if not only or file.search.slug in only]
    return CheckReport(tuple(check_search(file) for file in chosen), tuple(lists), (*mistakes, *more, *unknown))


def check_search(file: SearchFile) -> SearchReport:
    """Lint of the strategy and its overrides, and the report for each source the search lists."""
    findings = [*lint(file.strategy)]
    for line, written in file.by_hand:
        message = f"this line has no full counterpart in PubMed: look at what became of {_short(written)!r}"
        findings.append(
            Finding(line, 1, "by-hand", "advice", message, "mend it, then take this comment out", file.path)
        )
    for source, override in file.overrides.items():
        findings += lint(override) if sources.info(source).asked != sources.WIDER else ()
    asked = []
    if not any(finding.is_error for finding in findings):
        for source in file.search.sources:
            compiled = _compiled(file, source)
            findings += _impossible(compiled)
            by_hand = source in file.overrides
            asked.append(SourceReport(source, compiled.text, compiled.hash, compiled.filtered, by_hand, compiled.parts))
    search = file.search
    return SearchReport(
        search.slug,
        search.title,
        search.version,
        str(file.path),
        search.every,
        tuple(asked),
        tuple(dict.fromkeys(findings)),
    )


def _compiled(file: SearchFile, source: str) -> Compiled:
    override: Sourced | None = file.overrides.get(source)
    if override is None:
        return compile(file.strategy, source)
    if sources.info(source).asked != sources.WIDER:
        return compile(override, source)
    path, line, column = override.place(0)
    by_hand = Part("exact", override.text, override.text, "written by hand", line, column, str(path))
    return Compiled(source, override.text, (by_hand,), filtered=False)


def _impossible(compiled: Compiled) -> Iterator[Finding]:
    for part in compiled.impossible:
        message = f"{sources.title(compiled.source)} cannot be asked for {_short(part.original)}: {part.reason}"
        better = f"or write queries/<search>.{compiled.source}.txt, or leave {compiled.source} out of sources:"
        yield Finding(part.line, part.column, f"impossible-{compiled.source}", "error", message, better, part.path)


def _short(text: str, length: int = 60) -> str:
    return text if len(text) <= length else f"{text[: length - 3]}..."


def _json(report: CheckReport) -> dict[str, Any]:
    return {
        "ok": report.ok,
        "mistakes": [
            {"path": str(found.path), "line": found.line, "column": found.column, "message": found.message}
            for found in report.mistakes
        ],
        "searches": [_search_json(search) for search in report.searches],
        "lists": [asdict(read) for read in report.lists],
        "notes": list(report.notes),
    }


def _search_json(search: SearchReport) -> dict[str, Any]:
    said = asdict(search)
    said["findings"] = [{**asdict(finding), "path": str(finding.path)} for finding in search.findings]
    for source, report in zip(said["sources"], search.sources, strict=True):
        source["parts"] = [part._asdict() for part in report.parts]
    return said


def _text(report: CheckReport, full: bool, quiet: bool) -> str:
    lines: list[str] = []
    for search in report.searches:
        lines += _short_lines(search) if quiet else [*_search_lines(search, full), ""]
    if report.lists and not quiet:
        lines += [*(f"list {read.name}: {read.title} ({', '.join(read.searches)})" for read in report.lists), ""]
    lines += [*report.notes, ""] if report.notes else []
    advice = len({finding for search in report.searches for finding in search.findings if not finding.is_error})
    wrong = len(report.mistakes)
    said = f"{plural(len(report.searches), 'search', 'searches')}, {plural(wrong, 'error')}"
    lines.append(f"{said}, {plural(advice, 'piece of advice', 'pieces of advice')}")
    return "\n".join(lines)


def _short_lines(search: SearchReport) -> Iterator[str]:
    """One line a search, and each of its errors below."""
    advice = len(search.findings) - len(search.errors)
    state = plural(len(search.errors), "error") if search.errors else "ready"
    yield f"{search.slug}: {state}, {plural(advice, 'piece of advice', 'pieces of advice')}"
    yield from (f"  {error}" for error in search.errors)


def _search_lines(search: SearchReport, full: bool) -> Iterator[str]:
    yield f"{search.slug}: {search.title}"
    yield f"  {search.path}, every {search.every}, version {search.version[:12]}"
    if not search.sources and search.errors:
        yield "  nothing is sent to any source until the errors are mended"
    for source in search.sources:
        yield from _source_lines(source, full)
    yield from (f"  {finding}" for finding in search.findings)


def _source_lines(source: SourceReport, full: bool) -> Iterator[str]:
    info = sources.info(source.source)
    name = info.title
    size = plural(len(source.text), "character")
    if not source.text:
        yield f"  {name}: cannot be asked"
    elif source.by_hand:
        yield f"  {name}: asked as written by hand, {size}"
    elif info.speaks_pubmed:
        yield f"  {name}: sent as written, {size}"
        yield f"      {source.text}"
    elif info.asked == sources.WIDER:
        yield f"  {name}: asked for more than is wanted, each record decided here, {size}"
        yield from textwrap.wrap(
            source.text, WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6, break_on_hyphens=False
        )
    else:
        yield f"  {name}: every record is read and decided here (the service has no search)"
    if not info.speaks_pubmed and not source.by_hand:
        yield from _part_lines(source, full)


def _part_lines(source: SourceReport, full: bool) -> Iterator[str]:
    """Parts with the same fate and reason in one line."""
    groups: dict[tuple[str, str], list[Part]] = {}
    for part in source.parts:
        groups.setdefault((part.kind, part.reason), []).append(part)
    for (kind, reason), parts in groups.items():
        why = f": {reason}" if reason else ""
        yield f"    {len(parts)} {kind}{why}"
        if full or kind != "exact":
            said = ", ".join(part.original for part in parts)
            yield from textwrap.wrap(
                said, WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6, break_on_hyphens=False
            )
