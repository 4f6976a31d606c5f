"""Decisions brought back from a tool's file: read, joined to what was handed out, stored.

What does not fit is told row by row, and nothing is guessed. The same file read again adds nothing, unless papers that
were not there the first time have arrived.

Reviewers are stored under labels (R1, R2 ...); names only if that is asked for, e-mail addresses never.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from hashlib import sha256
from pathlib import Path

from tracker.errors import UsageError
from tracker.home import Home
from tracker.screening import lists as list_files
from tracker.screening.decisions import verdicts as views
from tracker.screening.decisions.joining import TOOL_ID, Joined, ListIndex, join
from tracker.screening.decisions.report import DecisionReport, ReportRow
from tracker.screening.decisions.rows import CONSENSUS, Given, Said
from tracker.screening.decisions.tools import TOOLS, guess
from tracker.searches import ListFile
from tracker.searches.headers import did_you_mean
from tracker.states import unmarked
from tracker.store import Store, lists, works
from tracker.store import decisions as stored
from tracker.store.decisions import Decision, Handed
from tracker.text import first_surname, title_key
from tracker.works.display import display

UNNAMED = "unnamed"
STAGES = {
    **dict.fromkeys(("screening", "title", "abstract", "title-abstract", "title-and-abstract", "ta"), "screening"),
    **dict.fromkeys(("retrieval", "sought"), "retrieval"),
    **dict.fromkeys(("full-text", "fulltext", "full", "text", "ft"), "full-text"),
}
CHUNK = 1 << 20


@dataclass(frozen=True)
class DecisionFile:
    """A file of decisions and what was said beside it."""

    path: Path
    tool: str
    stage: str
    value: str  # --as
    reviewer: str
    keep_names: bool
    digest: str


@dataclass
class Done:
    """What an import has found so far."""

    rows: list[ReportRow] = field(default_factory=list)
    methods: Counter[str] = field(default_factory=Counter)
    labels: dict[int, tuple[str, str]] = field(default_factory=dict)  # reviewer id -> (label, name in the file)
    empty: int = 0
    outside: int = 0
    stored: int = 0
    known: int = 0
    changed: int = 0


def import_file(
    home: Home, store: Store, path: Path, *, name: str, tool: str = "auto", stage: str = "screening", value: str = "",
    reviewer: str = "", keep_names: bool = False, now: str,
) -> DecisionReport:  # fmt: skip
    """Read the decisions in ``path`` into the list ``name``; ``now`` is ISO 8601 UTC.

    ``value`` says what all papers of the file are, for tools that do not say it in their files. Raises
    :class:`UsageError` for a list, tool or stage that is not there and for a file that cannot be read: nothing is
    stored then.
    """
    listed = list_files.the_list(home.queries, lists.slugs(store.db), name, ())
    file = _file(path, tool, stage, value, reviewer, keep_names)
    rows = list(TOOLS[file.tool](path, value))
    if not rows:
        raise UsageError(f"{path.name} holds no rows that {file.tool} writes")
    with store.write() as db:
        in_list = stored.list_id(db, name, now)
        number = stored.begin_import(
            db, in_list, tool=file.tool, stage=file.stage, given=_given(db, file), filename=path.name,
            digest=file.digest, now=now,
        )  # fmt: skip
        done = _store(db, file, in_list, number, _joined(db, listed, in_list, rows))
        report = _report(db, listed, file, in_list, len(rows), done)
        stored.end_import(db, number, json.dumps(asdict(report), ensure_ascii=False))
    return replace(report, names=tuple(f"{label} = {said}" for label, said in done.labels.values() if _shown(said)))


def _file(path: Path, tool: str, stage: str, value: str, reviewer: str, keep_names: bool) -> DecisionFile:
    known = STAGES.get(stage.strip().casefold().replace("_", "-").replace(" ", "-"))
    if known is None:
        raise UsageError(f"there is no stage {stage!r}{did_you_mean(stage, views.STAGES)}")
    if tool != "auto" and tool not in TOOLS:
        raise UsageError(f"there is no tool {tool!r}{did_you_mean(tool, ('auto', *TOOLS))}")
    if "@" in reviewer:
        raise UsageError("--reviewer takes a name or a sign, not an e-mail address: addresses are never stored")
    try:
        with path.open("rb") as file:
            seen = sha256()
            while piece := file.read(CHUNK):
                seen.update(piece)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
    chosen = guess(path, value) if tool == "auto" else tool
    return DecisionFile(path, chosen, known, value, reviewer, keep_names, seen.hexdigest())


def _given(db: sqlite3.Connection, file: DecisionFile) -> str:
    """What else makes two imports of one file different ones; the reviewer as a mark, not by name."""
    return " ".join(filter(None, (file.value, file.reviewer and stored.mark(stored.salt(db), file.reviewer)[:12])))


def _joined(db: sqlite3.Connection, listed: ListFile, in_list: int, rows: Sequence[Given]) -> Iterator[Joined]:
    index = ListIndex(stored.manifest(db, in_list))

    @cache
    def later() -> ListIndex:
        return ListIndex(_matched(db, listed))

    @cache
    def by_tool() -> dict[str, tuple[str, tuple[int, ...]]]:
        return stored.by_tool_id(db, in_list)

    for given in rows:
        joined = join(given, index, later)
        if joined.kind == "unmatched" and given.tool_id in by_tool():
            key, records = by_tool()[given.tool_id]
            joined = Joined(given, Handed(key, records, "", "", "", None, "", frozenset()), TOOL_ID)
        yield joined


def _matched(db: sqlite3.Connection, listed: ListFile) -> Iterator[Handed]:
    """The works that the searches of the list match, as they are now."""
    keys = [key for _, key in lists.matched(db, listed.searches)]
    for work in works.stream(db, keys):
        shown = display(work.records)
        yield Handed(
            work.key, tuple(item.id for item in work.records), shown.pmid, shown.doi,
            title_key(unmarked(shown.title or shown.vernacular_title)), shown.date.year,
            first_surname(shown.authors[0].name if shown.authors else ""), frozenset({work.key}),
        )  # fmt: skip


def _store(db: sqlite3.Connection, file: DecisionFile, in_list: int, number: int, joined: Iterable[Joined]) -> Done:
    done, salt = Done(), stored.salt(db)
    before = {(one.handed_out, one.reviewer): one.value for one in _standing(db, in_list, file.stage)}
    for row, handed, said in _sorted_out(done, joined):
        who, label = _reviewer(db, salt, in_list, file, said, done)
        decision = Decision(
            row.given.position, handed.work_key, handed.records, who, said.value, said.reasons, said.labels, said.note,
            said.decided, row.by, row.given.tool_id,
        )  # fmt: skip
        if stored.add(db, number, decision):
            done.stored += 1
            done.changed += before.get((handed.work_key, label), said.value) != said.value
        else:
            done.known += 1
    return done


def _sorted_out(done: Done, joined: Iterable[Joined]) -> Iterator[tuple[Joined, Handed, Said]]:
    """Every decision whose paper is known, once no other row of the file says the opposite for the same reviewer."""
    good: list[tuple[Joined, Handed, Said]] = []
    for row in joined:
        if row.given.trouble:
            done.rows.append(ReportRow.of(row, "not understood", row.given.trouble))
        elif row.handed is None:
            done.rows.append(ReportRow.of(row, row.kind, row.why))
        else:
            done.methods[row.by] += 1
            done.outside += row.outside
            done.empty += not row.given.said
            good += [(row, row.handed, said) for said in row.given.said]
    values: dict[tuple[str, str], set[str]] = {}
    for _, handed, said in good:
        values.setdefault((handed.work_key, said.reviewer), set()).add(said.value)
    for row, handed, said in good:
        found = values[handed.work_key, said.reviewer]
        if len(found) > 1:
            why = f"{handed.work_key} stands in several rows with different decisions ({', '.join(sorted(found))})"
            done.rows.append(ReportRow.of(row, "conflicting", why))
        else:
            yield row, handed, said


def _reviewer(
    db: sqlite3.Connection, salt: str, in_list: int, file: DecisionFile, said: Said, done: Done
) -> tuple[int, str]:
    """(id, label); what --reviewer says stands in for a file that names nobody."""
    name = said.reviewer or file.reviewer or UNNAMED
    wanted = name if name in (CONSENSUS, UNNAMED) or (file.keep_names and "@" not in name) else ""
    marks = [stored.mark(salt, one) for one in (name, *said.also)]
    who, label = stored.reviewer(db, in_list, marks, wanted)
    done.labels[who] = (label, name)
    return who, label


def _standing(db: sqlite3.Connection, in_list: int, stage: str) -> list[stored.StandingDecision]:
    return [one for one in views.latest(stored.standing(db, in_list)) if one.stage == stage]


def _shown(name: str) -> bool:
    return name not in (CONSENSUS, UNNAMED) and "@" not in name


def _report(
    db: sqlite3.Connection, listed: ListFile, file: DecisionFile, in_list: int, rows: int, done: Done
) -> DecisionReport:
    separate = listed.versions == "separate"
    found = views.verdicts(stored.standing(db, in_list, separate=separate))
    here = [one for one in found if one.stage == file.stage]
    return DecisionReport(
        list=listed.name,
        tool=file.tool,
        stage=file.stage,
        filename=file.path.name,
        rows=rows,
        matched=dict(done.methods),
        outside=done.outside,
        empty=done.empty,
        stored=done.stored,
        known=done.known,
        changed=done.changed,
        troubles=tuple(done.rows),
        reviewers=tuple(sorted(label for label, _ in done.labels.values())),
        counts=views.counts(here, file.stage),
        agreement=tuple(map(str, views.agreement_at(here, file.stage))),
        conflicts=tuple(str(one) for one in here if one.value == views.CONFLICT),
    )
