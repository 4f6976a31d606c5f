"""PubMed's search language: read it, check it, ask each source with it, decide on records with it.

``parse`` makes a tree of a strategy, ``lint`` tells what is wrong with it or may surprise, ``compile`` gives what a
source is asked and what could not be carried over, ``matcher`` decides on a record. A position is a line and a column
of the text given, or of the file it was read from (:class:`Sourced`).
"""

from tracker.strategy.compile import Compiled, compile, compile_search, matcher_for
from tracker.strategy.lint import Finding, errors, lint
from tracker.strategy.local import KINDS, Part, Seq
from tracker.strategy.match import Matcher, MatchResult, Prepared, matcher, prepare
from tracker.strategy.parse import parse
from tracker.strategy.source import Place, Sourced, StrategyError
from tracker.strategy.tree import Term, Tree
from tracker.strategy.words import words

__all__ = [
    "KINDS",
    "Compiled",
    "Finding",
    "MatchResult",
    "Matcher",
    "Part",
    "Place",
    "Prepared",
    "Seq",
    "Sourced",
    "StrategyError",
    "Term",
    "Tree",
    "compile",
    "compile_search",
    "errors",
    "lint",
    "matcher",
    "matcher_for",
    "parse",
    "prepare",
    "words",
]
