"""``tracker dedupe --ask``: the pairs that rules cannot tell, side by side in a CSV, one line a pair.

The person fills the column ``answer`` (same, version, related, different); :mod:`tracker.dedupe.answers` reads it back.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from sqlite3 import Connection

from tracker.errors import UsageError
from tracker.formats.csv import EXCEL_CELL, cut_to, guard
from tracker.model import Record, Verdict
from tracker.store import cluster_members, records, verdicts
from tracker.text import clean

ANSWERS = ("same", "version", "related", "different")
FIRST = ("pair", "answer", "reason", "reviewer", "question", "evidence")
SHOWN = ("work", "record", "title", "authors", "year", "journal", "place", "doi", "pmid", "abstract")
COLUMNS = (*FIRST, *(f"{name}_{side}" for name in SHOWN for side in "ab"))
ABSTRACT = 600  # characters, its first lines


def name_of(a: int, b: int) -> str:
    """The name of a pair in the file; no spreadsheet takes it for a date or a number."""
    return f"Q{min(a, b)}-{max(a, b)}"


def write(db: Connection, out: Path) -> str:
    """Write the open questions to ``out``: UTF-8 with byte order mark, guarded against formulas; returns a line.

    The same questions give the same bytes. Raises :class:`UsageError` when the file is there already: somebody's
    answers may stand in it.
    """
    asked = verdicts.open_questions(db)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in asked:
        writer.writerow(map(_cell, _row(db, one)))
    try:
        with out.open("xb") as file:
            file.write(text.getvalue().encode("utf-8-sig"))
    except FileExistsError:
        raise UsageError(f"{out} is there already, and answers may stand in it: choose another name") from None
    return f"{out}: {len(asked):,} pairs. Answer with {', '.join(ANSWERS)}; empty where you cannot tell."


def _row(db: Connection, one: Verdict) -> list[str]:
    said = dict(records.load_many(db, (one.a, one.b)))
    sides = [{"work": cluster_members.work_of(db, key), **_told(said[key])} for key in (one.a, one.b)]
    return [name_of(one.a, one.b), "", "", "", one.rule, one.evidence, *chain(*zip(*map(_ordered, sides), strict=True))]


def _ordered(told: Mapping[str, str]) -> list[str]:
    return [told[name] for name in SHOWN]


def _told(record: Record) -> dict[str, str]:
    place = (("vol. ", record.volume), ("no. ", record.issue), ("pp. ", record.pages))
    abstract = record.abstract_text
    return {
        "record": f"{record.source}:{record.source_id}",
        "title": record.title or record.vernacular_title,
        "authors": "; ".join(author.name for author in record.authors),
        "year": record.date.value[:4],
        "journal": record.journal or record.journal_abbrev or record.publisher,
        "place": ", ".join(f"{word}{value}" for word, value in place if value),
        "doi": record.doi,
        "pmid": record.pmid,
        "abstract": abstract if len(abstract) <= ABSTRACT else f"{abstract[:ABSTRACT].rstrip()} ...",
    }


def _cell(text: str) -> str:
    return cut_to(guard(clean(text)), EXCEL_CELL)[0]
