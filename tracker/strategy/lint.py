"""What a librarian should know before a strategy is run: errors, with which nothing is sent, and advice.

An *error* is something with which PubMed would answer another question than the one written down. *Advice* is about
strategies that run as pasted but may not do what their author had in mind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tracker.strategy.lex import Problem
from tracker.strategy.lint_advice import advice
from tracker.strategy.lint_terms import sign_errors, sign_notes, term_errors, term_notes
from tracker.strategy.parse import NOTES, read
from tracker.strategy.pasted import Remark, pasted, pasted_lines
from tracker.strategy.source import Piece, Place, Sourced, StrategyError, source, split_lines, strategy_lines


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark: where, what (``code``), how grave (``severity`` is error or advice), and what to do about it."""

    line: int
    column: int
    code: str
    severity: str
    message: str
    suggestion: str = ""
    path: Path | str = ""

    @property
    def is_error(self) -> bool:
        return self.severity == "error"

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.path, self.line, self.column) if part)
        return f"{place}: {self.severity}: {self.message}" + (f" ({self.suggestion})" if self.suggestion else "")


def lint(text: str | Sourced) -> list[Finding]:
    """All findings in the order in which they stand; a text that cannot even be cut into lines gives one."""
    try:
        said = source(text)
    except StrategyError as error:
        found = [Finding(error.line, error.column, "numbered", "error", error.message, path=error.path)]
        found += _along(pasted_lines(strategy_lines(split_lines(text)))) if isinstance(text, str) else []
        return sorted(found, key=_in_order)
    remarks = pasted(said)
    found = [_finding(said, problem, severity) for problem, severity in _problems(said.text)]
    found = [*(finding for finding in found if not _covered(finding, remarks)), *_along(remarks)]
    if any(finding.code == "dialect" for finding in found):  # another service's lines: numbering them does not help
        found = [finding for finding in found if finding.code != "numbered"]
    for number, place in said.unused:
        message = f"line #{number} is not used by the last line, so it is not searched"
        found.append(Finding(place.line, place.column, "unused", "advice", message, "", place.path))
    return sorted(found, key=_in_order)


def _in_order(finding: Finding) -> tuple[str, int, int]:
    return str(finding.path), finding.line, finding.column


def _along(remarks: Sequence[Remark]) -> list[Finding]:
    """What was copied along with a strategy, as findings."""
    return [
        Finding(place.line, place.column, code, "error", message, better, place.path)
        for place, _, code, message, better in remarks
    ]


def _covered(finding: Finding, remarks: Sequence[Remark]) -> bool:
    """Whether a finding is about characters that do not belong to the strategy anyway."""
    return any(
        (finding.path, finding.line) == remark.place[:2]
        and (
            remark.code == "doubled-quote"  # nothing in such a line is what it seems
            or remark.place.column <= finding.column < remark.place.column + remark.width
        )
        for remark in remarks
    )


def errors(text: str | Sourced) -> list[Finding]:
    """Only the errors: with one of them nothing is sent."""
    return [finding for finding in lint(text) if finding.is_error]


@lru_cache(maxsize=64)
def _problems(text: str) -> tuple[tuple[Problem, str], ...]:
    """The text decides alone, so each is looked at once, however many sources ask."""
    tree, form, tokens = read(Sourced((Piece(text, Place("", 1, 1)),)))
    wrong = [*(problem for problem in form if problem.code not in NOTES), *sign_errors(text, tokens)]
    notes = [*(problem for problem in form if problem.code in NOTES), *sign_notes(text, tokens)]
    if tree is not None:
        wrong += term_errors(tree)
        notes += [*term_notes(tree), *advice(tree)]
    return (*((problem, "error") for problem in wrong), *((problem, "advice") for problem in notes))


def _finding(said: Sourced, problem: Problem, severity: str) -> Finding:
    path, line, column = said.place(problem.start)
    return Finding(line, column, problem.code, severity, problem.message, problem.suggestion, path)
