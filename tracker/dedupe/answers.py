"""``tracker dedupe --answers``: the answered pairs back from a spreadsheet. Unclear ones are listed, not guessed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from sqlite3 import Connection, Row

from tracker.dedupe import stage
from tracker.dedupe.ask import ANSWERS, name_of
from tracker.errors import UsageError
from tracker.formats.csv import read as read_csv
from tracker.model import Verdict
from tracker.store import Store, cluster_members, records, verdicts
from tracker.text import clean

RULE = "a person answered"
Pair = tuple[int, int]


@dataclass(frozen=True)
class PersonAnswer:
    """One line of the file: its number (1: below the header), the pair, the answer."""

    line: int
    pair: Pair
    kind: str
    reason: str


@dataclass
class AnswersReport:
    """``known``: said before; ``troubles``: a line for each answer that was not taken, or that changes nothing."""

    stored: int = 0
    known: int = 0
    empty: int = 0
    troubles: list[str] = field(default_factory=list)

    @property
    def line(self) -> str:
        return (
            f"{self.stored:,} answers stored, {self.known:,} known before, {self.empty:,} pairs without an answer, "
            f"{len(self.troubles):,} lines to look at"
        )


def take(store: Store, path: Path, now: str) -> AnswersReport:
    """Store the answers of a file as persons' verdicts, all in one transaction; the same file twice adds nothing.

    Raises :class:`UsageError` when it cannot be read or has no columns ``pair`` and ``answer``.
    """
    report = AnswersReport()
    with store.write() as db:
        said = verdicts.of_persons(db)
        fresh = [one for one in _agreeing(_read(db, path, report), report) if _is_new(one, said, report)]
        contrary = contradictions({pair: row["kind"] for pair, row in said.items()}, fresh)
        taken = [one for one in fresh if one.pair not in contrary]
        for one in fresh:
            if one.pair in contrary:
                _note(report, one, f"{one.kind!r} contradicts {contrary[one.pair]}; nothing was stored for it")
        _store(db, taken, now)
        report.stored = len(taken)
        report.troubles += _without_effect(db, taken)
    return report


def _read(db: Connection, path: Path, report: AnswersReport) -> Iterable[PersonAnswer]:
    """The lines that are understood."""
    for line, cells in enumerate(read_csv(path), start=1):
        row = {name.strip().casefold(): clean(value) for name, value in cells.items()}
        if "pair" not in row or "answer" not in row:
            raise UsageError(f"{path} has no columns 'pair' and 'answer': is it the file of 'tracker dedupe --ask'?")
        answer = row["answer"].casefold()
        pair = _pair(db, row)
        if not answer:
            report.empty += bool(row["pair"])
        elif pair is None:
            report.troubles.append(f"line {line}: no such pair: {row['pair']!r}, or its records are others than then")
        elif answer not in ANSWERS:
            report.troubles.append(
                f"line {line} ({row['pair']}): not understood: {answer!r} (use {', '.join(ANSWERS)})"
            )
        else:
            yield PersonAnswer(line, pair, answer, ": ".join(filter(None, (row.get("reviewer"), row.get("reason")))))


def _pair(db: Connection, row: Mapping[str, str]) -> Pair | None:
    """The records of a line, None unless its name and both of its records say the same."""
    a, b = (records.find(db, row.get(f"record_{side}", "")) for side in "ab")
    return (min(a, b), max(a, b)) if a and b and name_of(a, b).casefold() == row["pair"].casefold() else None


def _agreeing(answers: Iterable[PersonAnswer], report: AnswersReport) -> list[PersonAnswer]:
    """One answer a pair; where the lines of one pair differ, none."""
    found: dict[Pair, list[PersonAnswer]] = {}
    for one in answers:
        found.setdefault(one.pair, []).append(one)
    for lines in found.values():
        if len({one.kind for one in lines}) > 1:
            told = ", ".join(f"{one.kind!r} on line {one.line}" for one in lines)
            _note(report, lines[0], f"answered in several ways: {told}; nothing was stored for it")
    return [lines[0] for lines in found.values() if len({one.kind for one in lines}) == 1]


def _is_new(one: PersonAnswer, said: Mapping[Pair, Row], report: AnswersReport) -> bool:
    """False when a person has answered this pair: in the same way, or, which is told, in another."""
    before = said.get(one.pair)
    if before is None:
        return True
    if before["kind"] == one.kind:
        report.known += 1
    else:
        told = (
            f"{one.kind!r} here, {before['kind']!r} said on {before['made']} ({before['reason'] or 'no reason given'})"
        )
        _note(report, one, f"{told}; that stands until 'tracker join' or 'tracker split'")
    return False


def contradictions(said: Mapping[Pair, str], fresh: Iterable[PersonAnswer]) -> dict[Pair, str]:
    """The new answers that cannot all be true with each other and with what persons have said, and what they hurt.

    What is joined by a chain of same and version is one work: none of its pairs may be related or different, and none
    of what is joined by same alone may be versions of each other.
    """
    fresh = list(fresh)
    kinds = {**said, **{one.pair: one.kind for one in fresh}}
    same = _joined(pair for pair, kind in kinds.items() if kind == "same")
    one_work = _joined(pair for pair, kind in kinds.items() if kind in ("same", "version"))
    hurt: dict[int, str] = {}
    for (a, b), kind in kinds.items():
        groups = same if kind == "version" else one_work
        if kind in ("version", "related", "different") and a in groups and groups[a] == groups.get(b):
            hurt[one_work[a]] = f"{kind!r} of {name_of(a, b)}"
    return {
        one.pair: f"other answers about these records ({hurt[name]})"
        for one in fresh
        if (name := one_work.get(one.pair[0])) in hurt and one_work.get(one.pair[1]) == name
    }


def _joined(pairs: Iterable[Pair]) -> dict[int, int]:
    """The name of the group in which each record stands."""
    members: dict[int, list[int]] = {}
    names: dict[int, int] = {}
    for a, b in pairs:
        for key in (a, b):
            members.setdefault(names.setdefault(key, key), [key])
        if names[a] != names[b]:
            gone = members.pop(names[b])
            members[names[a]] += gone
            names.update(dict.fromkeys(gone, names[a]))
    return names


def _store(db: Connection, answers: Iterable[PersonAnswer], now: str) -> None:
    asked = {(one.a, one.b): f"{one.rule}: {one.evidence}" for one in verdicts.open_questions(db)}
    touched: set[int] = set()
    for one in answers:
        verdict = Verdict(*one.pair, one.kind, RULE, asked.get(one.pair, "asked before"))
        stage.say(db, verdict, one.reason, now, verdicts.next_word(db))
        touched.update(one.pair)
    stage.resettle(db, touched, now)


def _without_effect(db: Connection, answers: Iterable[PersonAnswer]) -> list[str]:
    """A line for each stored answer that other verdicts keep from its effect."""
    lines = []
    for one in answers:
        (publication, work), (other, its_work) = (cluster_members.stands(db, key) for key in one.pair)
        held = publication == other if one.kind == "same" else (work == its_work) == (one.kind == "version")
        if not held:
            lines.append(
                f"line {one.line} ({name_of(*one.pair)}): stored, but other verdicts on these records outweigh it"
            )
    return lines


def _note(report: AnswersReport, one: PersonAnswer, text: str) -> None:
    report.troubles.append(f"line {one.line} ({name_of(*one.pair)}): {text}")
