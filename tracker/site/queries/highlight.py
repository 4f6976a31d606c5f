"""Marks found words by SQLite's own full-text search, so that what is marked is what was found."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from markupsafe import Markup, escape

from tracker.site.queries.papers import found_in
from tracker.site.searchbox import BoxTerm

START, END = "\ue000", "\ue001"  # private use; taken out of the texts first
SHOWN = ("title", "abstract", "authors")
COLUMNS = ("abstract", "title", "authors", "keywords")  # in the order in which they are told
EXCERPT = 28  # words
EXPLAINED = 12  # of a long question only so many words are looked for one by one


@dataclass
class Marked:
    """One paper's texts as HTML, and the words found in what is not on the page: column -> words."""

    title: Markup
    abstract: Markup
    authors: Markup
    excerpt: Markup = Markup()  # noqa: RUF009 - of the abstract, around what was found
    elsewhere: dict[str, list[str]] = field(default_factory=dict)


def mark(db: sqlite3.Connection, terms: Sequence[BoxTerm], papers: Sequence[tuple[int, str, str, str]]) -> list[Marked]:
    """Mark ``terms`` in papers given as (id of the work, title, abstract, authors), each as it is shown.

    The big index keeps no text, so what is shown is put into a small one of the same making.
    """
    if not terms:
        return [_unmarked(texts) for _, *texts in papers]
    scratch = _scratch()
    try:
        scratch.executemany(
            "insert into shown (rowid, title, abstract, authors, keywords) values (?, ?, ?, ?, '')",
            ((number, *map(_bare, texts)) for number, *texts in papers),
        )
        found = _highlights(scratch, terms)
        marked = {number: _html(found[number]) if number in found else _unmarked(texts) for number, *texts in papers}
        for term in terms[:EXPLAINED]:
            _explain(db, scratch, term, marked)
    finally:
        scratch.execute("delete from shown")
    return [marked[number] for number, *_ in papers]


def _highlights(scratch: sqlite3.Connection, terms: Sequence[BoxTerm]) -> dict[int, tuple[str, str, str, str]]:
    sql = (
        "select rowid, highlight(shown, 0, ?1, ?2), highlight(shown, 1, ?1, ?2), highlight(shown, 2, ?1, ?2), "
        "snippet(shown, 1, ?1, ?2, '…', ?4) from shown where shown match ?3"
    )
    wanted = " OR ".join(term.fts for term in terms)
    return {row[0]: row[1:] for row in scratch.execute(sql, (START, END, wanted, EXCERPT))}


def _explain(db: sqlite3.Connection, scratch: sqlite3.Connection, term: BoxTerm, marked: dict[int, Marked]) -> None:
    """Note for each paper where the index found ``term`` in texts that are not on the page.

    An abstract comes first; other texts are named only where the word can be seen nowhere.
    """
    seen = {row[0] for row in scratch.execute("select rowid from shown where shown match ?", (term.fts,))}
    for column in COLUMNS:
        if term.columns and column not in term.columns.split():
            continue
        there = replace(term, columns=column).fts
        visible = {row[0] for row in scratch.execute("select rowid from shown where shown match ?", (there,))}
        unseen = marked.keys() - visible - (set() if column == "abstract" else seen)
        hidden = found_in(db, there, unseen) if unseen else set()  # half a millisecond for each: ask for no other
        for number in hidden:
            marked[number].elsewhere.setdefault(column, []).append(term.word)
        seen |= hidden


def _html(texts: Sequence[str]) -> Marked:
    title, abstract, authors, excerpt = (
        Markup(str(escape(text)).replace(START, "<mark>").replace(END, "</mark>"))  # noqa: S704 - escaped before
        for text in texts
    )
    return Marked(title, abstract, authors, excerpt if "<mark>" in excerpt else Markup())


def _unmarked(texts: Sequence[str]) -> Marked:
    title, abstract, authors = (escape(_bare(text)) for text in texts)
    return Marked(title, abstract, authors)


def _bare(text: str) -> str:
    return text.replace(START, "").replace(END, "")


_own = threading.local()


def _scratch() -> sqlite3.Connection:
    db: sqlite3.Connection | None = getattr(_own, "db", None)
    if db is None:
        db = _own.db = sqlite3.connect(":memory:", isolation_level=None)
        db.execute(
            "create virtual table shown using fts5 (title, abstract, authors, keywords, "
            "tokenize='porter unicode61 remove_diacritics 2')"
        )
    return db
