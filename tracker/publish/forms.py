"""The words of the index as they are written, each with the stem under which the index has it.

The index knows stems only (isolation: isol), so by itself it finds nothing for ``isolat*``. With this table a question
for a beginning can name a word for each stem that is meant.
"""

from __future__ import annotations

import re
import sqlite3

from tracker.publish.work import Words

WORD = re.compile(r"[\w\u0300-\u036f]+")  # no less than what the index takes for a word

BEFORE = (
    "create virtual table temp.plain using fts5 (word, tokenize='unicode61 remove_diacritics 2')",
    "create virtual table temp.plain_words using fts5vocab (temp, plain, row)",
    "create virtual table temp.stemmed using fts5 (word, tokenize='porter unicode61 remove_diacritics 2')",
    "create virtual table temp.stems using fts5vocab (temp, stemmed, instance)",
)
AFTER = (
    "insert into stemmed (word) select term from plain_words",
    "insert into forms (word, stem) select word, term from stems join stemmed on stemmed.rowid = doc",
    "drop table temp.stems",
    "drop table temp.stemmed",
    "drop table temp.plain_words",
    "drop table temp.plain",
)


class Forms:
    """Collects the different words of all works; memory grows with the vocabulary, not with the works."""

    def __init__(self) -> None:
        self._words = set[str]()
        self._read = set[str]()  # between spaces, with their commas: soon there are few new ones

    def add(self, said: Words) -> None:
        for text in (said.title, said.abstract, said.authors, said.keywords):
            if new := set(text.split()) - self._read:
                self._read |= new
                self._words.update(WORD.findall(" ".join(new)))

    def write(self, search: sqlite3.Connection) -> None:
        """Fill the table ``forms``; SQLite's own tokenizers say what a word is and what its stem."""
        for statement in BEFORE:
            search.execute(statement)
        search.executemany("insert into plain (word) values (?)", ((word,) for word in self._words))
        for statement in AFTER:
            search.execute(statement)
