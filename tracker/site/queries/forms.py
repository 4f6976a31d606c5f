"""Beginnings of words in an index of stems: which words a reader means that the index would not find by itself."""

from __future__ import annotations

import sqlite3
import threading
import unicodedata
from dataclasses import replace

from tracker.site.searchbox import BoxTerm, Question

MOST = 300  # stems that are named beside one beginning; a short one has thousands of words, but few such stems

# A word for each stem that does not begin as the index will have the beginning: those are found anyway.
FORMS = """
select min(word) from search.forms where word >= ?1 and word < ?1 || char(1114111)
and substr(stem, 1, length(?2)) <> ?2 group by stem limit ?3"""


def expanded(db: sqlite3.Connection, question: Question) -> Question:
    """The same question; its terms with ``*`` know the further words that begin so."""
    if not any(term.prefix for term in (*question.terms, *question.without)):
        return question
    groups = tuple(tuple(with_forms(db, term) for term in group) for group in question.groups)
    return replace(question, groups=groups, without=tuple(with_forms(db, term) for term in question.without))


def with_forms(db: sqlite3.Connection, term: BoxTerm) -> BoxTerm:
    """The same term; with ``*`` it knows the further words that begin so."""
    beginning = _folded(term.last)
    if not term.prefix or not beginning:
        return term
    found = db.execute(FORMS, (beginning, _stem(beginning), MOST))
    return replace(term, forms=tuple(row[0] for row in found))


def _folded(word: str) -> str:
    """Small letters without marks, as the index has them."""
    parts = unicodedata.normalize("NFD", word.lower())
    return "".join(char for char in parts if unicodedata.category(char) != "Mn")


_own = threading.local()


def _stem(beginning: str) -> str:
    """What the index makes of a beginning: it stems that too."""
    db: sqlite3.Connection | None = getattr(_own, "db", None)
    if db is None:
        db = _own.db = sqlite3.connect(":memory:", isolation_level=None)
        db.execute("create virtual table one using fts5 (word, tokenize='porter unicode61 remove_diacritics 2')")
        db.execute("create virtual table stems using fts5vocab (one, row)")
    db.execute("insert into one (rowid, word) values (1, ?)", (beginning,))
    found = db.execute("select term from stems").fetchone()
    db.execute("delete from one")
    return found[0] if found else beginning
